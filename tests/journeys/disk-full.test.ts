// The disk is full while letters leave: the database says so (SQLITE_FULL), and nothing leaves that it does not know of.
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { startChaos } from "../support/chaos-smtp.ts";
import { startNashra } from "../support/nashra.ts";

test("where the ledger has no room, sending stops before anything unrecorded leaves, and goes on when there is room", async () => {
  const server = await startChaos();
  onTestFinished(server.close);
  const env = { NASHRA_SMTP_CONNECTIONS: "3" };
  const nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: server.url.href, env });
  onTestFinished(nashra.stop);
  const { db } = nashra.database;
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    await nashra.article({ title: `خبر ${section}`, sections: [section] });
  await nashra.confirmed(...Array.from({ length: 400 }, (_, i) => `reader${i}@example.org`));
  nashra.setClock("2026-03-01T05:00:00Z");
  const pages = async (most: number) => {
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql.raw(`pragma max_page_count = ${most === 0 ? rows[0]?.page_count : most}`).execute(db);
  };
  let isFull = false;
  const filling = setInterval(() => {
    if (isFull || server.taken.length < 20) return;
    isFull = true;
    void pages(0);
  }, 1);
  await nashra.tick(600).catch(() => {});
  clearInterval(filling);
  expect(isFull).toBe(true);
  const rows = () =>
    db.selectFrom("deliveries").select(["address", "state", "message_id", "in_doubt"]).execute();
  const idIn = (text: string) => /^Message-ID: (\S+)/m.exec(text)?.[1] ?? "";
  const known = new Map((await rows()).map((it) => [it.address, it]));
  expect(server.taken.length).toBeLessThan(400);
  for (const { to, text } of server.taken) {
    const row = known.get(to);
    expect(["sending", "accepted"]).toContain(row?.state);
    expect(row?.message_id).toBe(idIn(text));
  }
  const before = server.taken.length;
  nashra.wait({ minutes: 1 });
  await nashra.tick(600).catch(() => {});
  const unsure = [...known.values()].filter(({ state }) => state === "sending").length;
  expect(unsure).toBeLessThanOrEqual(6);
  await pages(1_000_000_000);
  for (const minutes of [21, 2]) {
    nashra.wait({ minutes });
    await nashra.tick(600);
  }
  const after = await rows();
  expect(new Set(after.map(({ state }) => state))).toEqual(new Set(["accepted"]));
  expect(server.taken.length).toBeGreaterThan(before);
  for (const { address, in_doubt } of after) {
    const arrived = server.to(address).length;
    expect(arrived).toBeGreaterThanOrEqual(1);
    expect(arrived).toBeLessThanOrEqual(1 + in_doubt);
  }
}, 60_000);
