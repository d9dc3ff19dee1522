import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { newPublisher, publisherSchema, weekendDays, weekOf } from "./publisher.ts";
import { readPublisher, type SettingsTables, savePublisher } from "./store.ts";

const now = Temporal.Instant.from("2026-03-01T07:00:00Z");

test("a new paper has its defaults, a set one what was set", async () => {
  const { db, batch } = openTestDatabase<SettingsTables>();
  expect(await readPublisher(db)).toEqual(newPublisher);
  await batch([savePublisher(db, { ...newPublisher, name: "المرسى", months: "levant" }, now)]);
  await batch([
    savePublisher(db, { ...newPublisher, name: "المرسى", digits: "arab" }, now.add({ hours: 1 })),
  ]);
  expect(await readPublisher(db)).toEqual({ ...newPublisher, name: "المرسى", digits: "arab" });
  const rows = await db.selectFrom("settings").select("changed_at").execute();
  expect(rows).toEqual([{ changed_at: now.epochMilliseconds + 3_600_000 }]);
});

test("a setting that came after the paper has its default", async () => {
  const { db } = openTestDatabase<SettingsTables>();
  const value = JSON.stringify({ name: "المرسى" });
  await db.insertInto("settings").values({ name: "publisher", value, changed_at: 0 }).execute();
  expect(await readPublisher(db)).toEqual({ ...newPublisher, name: "المرسى" });
});

test.each([
  ["zone", "Asia/Damascus", true],
  ["zone", "Mars/Olympus", false],
  ["zone", "", false],
  ["weekend", "sat-sun", true],
  ["weekend", "mon", false],
  ["colour", "#0a1b2c", true],
  ["colour", "#0A1B2C", true],
  ["colour", "red", false],
  ["colour", "#fff;background:url(x)", false],
  ["logoUrl", "https://paper.example/logo.png", true],
  ["logoUrl", "javascript:alert(1)", false],
  ["logoUrl", "data:image/svg+xml,x", false],
  ["logoUrl", null, true],
  ["hijriOffset", 2, false],
  ["name", "  ", false],
  ["name", "س".repeat(81), false],
  ["disposable", "refuse", true],
  ["disposable", "perhaps", false],
  ["refusedDomains", "", true],
  ["refusedDomains", "Spam.example، مثال.إختبار other.example", true],
  ["refusedDomains", "a@spam.example", false],
  ["refusedDomains", "*.example", false],
  ["unknown", 1, false],
])("%s: %j", (name, value, good) =>
  expect(publisherSchema.safeParse({ ...newPublisher, [name]: value }).success).toBe(good),
);

test("a colour is kept in small letters, however it was typed", () =>
  expect(publisherSchema.parse({ ...newPublisher, colour: "#8A1C2c" }).colour).toBe(newPublisher.colour));

test("what is wrong is not stored", () =>
  expect(() =>
    savePublisher(openTestDatabase<SettingsTables>().db, { ...newPublisher, colour: "red" }, now),
  ).toThrow());

test("refused domains are kept in A-labels, each once", () => {
  const { refusedDomains } = publisherSchema.parse({
    ...newPublisher,
    refusedDomains: "مثال.إختبار، Spam.example\nspam.example,",
  });
  expect(refusedDomains).toBe("spam.example, xn--mgbh0fb.xn--kgbechtv");
  expect(publisherSchema.parse({ ...newPublisher, refusedDomains }).refusedDomains).toBe(refusedDomains);
});

test.each([
  ["fri-sat", [7, 1, 2, 3, 4, 5, 6], [5, 6]],
  ["sat-sun", [1, 2, 3, 4, 5, 6, 7], [6, 7]],
  ["fri", [6, 7, 1, 2, 3, 4, 5], [5]],
] as const)("a week begins behind a weekend of %s", (weekend, week, rest) => {
  expect(weekOf({ weekend })).toEqual(week);
  expect(weekendDays({ weekend })).toEqual(rest);
});
