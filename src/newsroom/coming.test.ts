import { expect, test } from "vitest";
import { comingIssues } from "./coming.ts";
import { openNewsroom } from "./newsroom.fixture.ts";

test("editors decide of open issues and of the next run of each digest that is on, soonest first", async () => {
  const { database, issue } = await openNewsroom();
  const { db } = database;
  const coming = async () =>
    (await comingIssues(db)).map(({ date, issue }) => `${date} ${issue?.state ?? "to come"}`);
  const before = await coming();
  await issue("2026-03-02", { state: "waiting" });
  await issue("2026-03-01", { state: "sending" });
  const breaking = await issue("2026-03-03", { state: "waiting" });
  await db.updateTable("issues").set({ kind: "breaking" }).where("id", "=", breaking).execute();
  const at = Temporal.Instant.from("2026-03-01T05:00Z").epochMilliseconds;
  await db
    .updateTable("digests")
    .set({ next_at: at, next_date: "2026-03-01", next_slot: "morning" })
    .execute();
  expect([before, await coming()]).toEqual([[], ["2026-03-01 to come", "2026-03-02 waiting"]]);
  await db.updateTable("digests").set({ state: "off" }).execute();
  expect(await coming()).toEqual(["2026-03-02 waiting"]);
});
