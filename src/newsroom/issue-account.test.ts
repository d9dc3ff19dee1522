// What the page of an issue tells of its letters: while they leave, and of what comes back.
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openNewsroom } from "./newsroom.fixture.ts";

const path = "/newsroom/issues/daily/2026-03-01-morning";

test("while it goes out the page follows it, with the sum as its audience was written", async () => {
  const { issue, candidate, enter } = await openNewsroom();
  const id = await issue("2026-03-01", { state: "sending", candidates: 5 });
  await candidate(id, "a@example.org", { state: "accepted" });
  await candidate(id, "b@example.org", { state: "rejected" });
  await candidate(id, "c@example.org", { excluded: "paused" });
  const { html, headers } = await (await enter())(path);
  for (const words of [
    "قبلت الخوادم 1 من 4",
    "مرفوضة 1",
    "في الانتظار 2",
    "المرشحون 5 = الرسائل 4 + المستثنون 1",
    "live.js",
    "data-going",
  ])
    expect(html).toContain(words);
  expect(headers.get("Content-Security-Policy")).toContain("connect-src 'self'");
});

test("bounces and complaints stand in the servers' words, and who left before the next issue is counted by the way they went", async () => {
  const { issue, candidate, enter, database, now } = await openNewsroom();
  const { db } = database;
  const id = await issue("2026-03-01", { state: "sent", candidates: 3 });
  for (const name of ["a", "b", "c"]) await candidate(id, `${name}@example.org`, { state: "accepted" });
  const at = now().epochMilliseconds;
  const planned = at - 3_600_000;
  await sql`update issues set planned_at = ${planned}, opened_at = ${planned}`.execute(db);
  const fact = (name: string, kind: string, verdict: string, code: string, words: string) =>
    sql`insert into feedback (delivery_id, issue_id, subscriber_id, kind, verdict, code, words, known_by, report, letter_at, at)
      select id, issue_id, subscriber_id, ${kind}, ${verdict}, ${code}, ${words}, 'return-path', 'x', ${at}, ${at}
      from deliveries where address = ${`${name}@example.org`}`.execute(db);
  await fact("a", "bounce", "hard", "5.1.1", "<a@example.org>: no <such> user");
  await fact("b", "complaint", "abuse", "", "");
  const leave = (name: string, by: string, when: number) =>
    sql`insert into subscriptions (subscriber_id, digest_id, state, sections, since, left_at, left_by)
      select s.id, d.id, 'left', '', 0, ${when}, ${by} from subscribers s, digests d
      where s.address = ${`${name}@example.org`}`.execute(db);
  await leave("b", "complaint", planned + 60_000);
  await leave("c", "one-click", planned - 60_000); // before this issue
  await leave("a", "one-click", planned + 120_000);
  const { html } = await (await enter())(path);
  for (const words of [
    "المرتدّ 1، وما عُدّ مزعجًا 1، ومن غادروا النشرة بعده وقبل الذي يليه 2.",
    "5.1.1 &lt;a@example.org&gt;: no &lt;such&gt; user",
    "ألغى الاشتراك من زرّ البريد",
    "a@example.org",
  ])
    expect(html).toContain(words);
  // Addresses are none of a viewer's business, also those that servers repeat.
  const seen = await (await enter("guest@example.org", "viewer"))(path);
  expect(seen.html).toContain("no &lt;such&gt; user");
  expect(seen.html).not.toContain("a@example.org");

  // The next issue takes over.
  const next = await issue("2026-03-02", { state: "sent", candidates: 3 });
  await sql`update issues set planned_at = ${planned + 90_000} where id = ${next}`.execute(db);
  expect((await (await enter("nada@example.org", "editor"))(path)).html).toContain("الذي يليه 1.");
});
