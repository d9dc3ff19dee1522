// Destinations that want less of us, and an issue that pauses by itself.
import { afterEach, expect, test } from "vitest";
import { startChaos } from "../support/chaos-smtp.ts";
import { startNashra } from "../support/nashra.ts";

const issue = "daily/2026-03-01-morning";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(...readers: string[]) {
  const server = await startChaos();
  const env = { NASHRA_SMTP_CONNECTIONS: "1" };
  const nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: server.url.href, env });
  closing.push(server.close, nashra.stop);
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    await nashra.article({ title: `خبر ${section}`, sections: [section] });
  await nashra.confirmed(...readers);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  return { server, nashra };
}

test("a group that says three times that it wants less rests for a quarter of an hour, and others go on", async () => {
  const slow = ["a", "b", "c"].map((name) => `${name}+rate@gmail.com`);
  const { server, nashra } = await start(...slow, "x@gmail.com", "y@example.org", "z@outlook.com");
  const [pace] = await nashra.database.db
    .selectFrom("paces")
    .selectAll()
    .where("destination", "=", "gmail")
    .execute();
  expect(pace).toMatchObject({ reason: "rate", rests: 1, at_once: 1 });
  expect(pace?.rests_until).toBe(nashra.at().add({ minutes: 15 }).epochMilliseconds);
  expect(server.taken.map(({ to }) => to)).toEqual(
    expect.arrayContaining(["y@example.org", "z@outlook.com"]),
  );
  const before = server.to("x@gmail.com").length;
  await nashra.tickAt("2026-03-01T05:14:00Z");
  expect(server.to("x@gmail.com").length).toBe(before);
}, 30_000);

test("an issue that servers refuse for what it says pauses by itself", async () => {
  const readers = Array.from({ length: 60 }, (_, i) => `r${i}${i % 4 === 0 ? "+d554" : ""}@example.org`);
  const { server, nashra } = await start(...readers);
  const { paused } = await nashra.database.db
    .selectFrom("issues")
    .select("paused")
    .where("slot", "=", "morning")
    .executeTakeFirstOrThrow();
  expect(JSON.parse(paused ?? "null")).toMatchObject({ reason: { kind: "content" }, by: null });
  expect(server.taken.length).toBeLessThan(45);
  const states = new Set([...(await nashra.ledger(issue)).values()].map(({ state }) => state));
  expect(states).toEqual(new Set(["accepted", "rejected", "queued"]));
}, 30_000);
