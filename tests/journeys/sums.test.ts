// Whoever may get an issue gets it or is excluded: where the sums do not agree nothing leaves, and it is said.

import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { createLoginLink } from "../../src/accounts/index.ts";
import { whyOf } from "../../src/delivery/index.ts";
import { createLog } from "../../src/platform/index.ts";
import { startNashra } from "../support/nashra.ts";
import { startSmtp } from "../support/smtp.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test("an issue whose candidates are not letters and exclusions is paused with words, and goes on when they are and somebody says so", async () => {
  const smtp = await startSmtp();
  closing.push(smtp.close);
  const logged: string[] = [];
  const log = createLog("error", { write: (line) => void logged.push(line) });
  const nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url, log });
  closing.push(nashra.stop);
  const { db, batch } = nashra.database;
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    await nashra.article({ title: `خبر ${section}`, sections: [section] });
  const readers = ["a@example.org", "b@example.org", "lost@example.org"];
  await nashra.confirmed(...readers);
  // As if a row had been lost on its way to the disk.
  await sql`create trigger lost after insert on deliveries when new.address like 'lost@%' begin
    delete from deliveries where id = new.id; end`.execute(db);
  const name = "daily/2026-03-01-morning";
  for (const time of ["05:00", "05:01"]) await nashra.tickAt(`2026-03-01T${time}:00Z`);
  expect(smtp.arrived).toEqual([]);
  const counts = { candidates: 3, letters: 2, excluded: 0 };
  expect(await nashra.issue(name)).toMatchObject({
    state: "built",
    candidates: null,
    paused: { by: null, reason: { kind: "sums", ...counts } },
  });
  expect(logged.join()).toContain("3 candidates, but 2 deliveries and 0 exclusions. Nothing of it is sent");
  const [letter] = (await whyOf(db, "a@example.org", null, 1, nashra.at())).letters;
  expect(letter).toMatchObject({ got: "queued", paused: { reason: { kind: "sums" } } });
  const link = await createLoginLink(nashra.database, "editor@paper.example", nashra.at());
  const Origin = "http://localhost:3000";
  const signedIn = await nashra.post(`/newsroom/login/${link}`, {}, { Origin });
  const Cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  for (const path of ["/newsroom", `/newsroom/issues/${name}`])
    expect(await (await nashra.get(path, { Cookie })).text()).toContain("الحساب لا يستقيم");
  await sql`drop trigger lost`.execute(db);
  await batch([
    sql`insert into deliveries (issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at)
      select d.issue_id, s.id, '', 'ar', s.address, 'queued', d.due_at, d.deadline_at, d.at
      from subscribers s, deliveries d where s.address like 'lost@%' limit 1`.compile(db),
  ]);
  await nashra.tickAt("2026-03-01T05:02:00Z");
  expect(smtp.arrived).toEqual([]);
  await nashra.post(`/newsroom/issues/${name}/resume`, {}, { Cookie, Origin });
  await nashra.tickAt("2026-03-01T05:03:00Z");
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(readers);
  expect(await nashra.issue(name)).toMatchObject({ state: "sent", candidates: 3, paused: null });
});
