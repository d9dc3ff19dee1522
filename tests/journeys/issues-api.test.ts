// What programs are told of issues: those that were opened and those to come, what became of one, its ledger and editions, and why a
// story stands where it does; by the same rules as on the pages.
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
const tokens = { viewer: "", editor: "" };
const name = "daily/2026-03-01-morning";

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  for (const role of ["viewer", "editor"] as const)
    tokens[role] = await createApiToken(nashra.database, role, role, nashra.at());
  await nashra.threeArticles();
  await nashra.confirmed("salma@example.org", "omar@example.org", "layla@example.org");
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

async function get(path: string, who: "viewer" | "editor" = "editor") {
  const reply = await nashra.app.request(`http://localhost:3000/api/v1/${path}`, {
    headers: { Authorization: `Bearer ${tokens[who]}` },
  });
  return { status: reply.status, json: JSON.parse(await reply.text()) };
}

test("before its hour: the calendar has it, and a story's place in it is told with what the score is made of", async () => {
  const { json } = await get("calendar?month=2026-03", "viewer");
  expect(json).toMatchObject({ month: "2026-03", zone: "Asia/Beirut" });
  expect(json.entries[0]).toEqual({ issue: name, at: "2026-03-01T05:00:00Z", state: null, reason: null });
  expect((await get("calendar?month=March")).status).toBe(422);
  expect(await get("issues", "viewer")).toEqual({ status: 200, json: { issues: [], next: null } });
  const rank = await get("stories/1/rank", "viewer");
  expect(rank).toMatchObject({
    status: 200,
    json: { issue: name, kind: "chosen", place: expect.any(Number), parts: { articles: 1, hand: null } },
  });
  expect((await get("stories/99/rank")).status).toBe(404);
  expect((await get("stories/1/rank?issue=daily/2020-01-01-morning")).json.detail).toContain(name);
  for (const of of ["account", "ledger", "editions"])
    expect((await get(`issues/${name}/${of}`)).status, of).toBe(404);
});

test("afterwards: the account agrees, the ledger is told in pages to whoever may see addresses, editions with their bytes", async () => {
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect((await get("issues?limit=1", "viewer")).json).toMatchObject({
    issues: [
      { issue: name, state: "sent", candidates: 3, progress: { letters: 3, accepted: 3, waiting: 0 } },
    ],
    next: null,
  });
  expect((await get(`issues/${name}/account`, "viewer")).json).toMatchObject({
    ...{ agrees: true, candidates: 3, excluded: 0, left: [], waits: [] },
    states: [{ state: "accepted", count: 3 }],
    health: { sent: 3, bounced: 0, bounced_percent: 0, complained: 0, warns: false },
    back: { bounces: 0, complaints: 0, newest: [] },
  });
  expect((await get(`issues/${name}/ledger`, "viewer")).status).toBe(403);
  const seen: string[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const { json } = await get(`issues/${name}/ledger?limit=2&after=${after}`);
    expect(json.folded).toBe(false);
    for (const { address, state, tries } of json.lines) seen.push(`${address} ${state} ${tries}`);
    after = json.next;
  }
  expect(seen.toSorted()).toEqual(["layla", "omar", "salma"].map((who) => `${who}@example.org accepted 1`));
  const { json } = await get(`issues/${name}/editions`, "viewer");
  expect(json).toMatchObject({
    editions: [
      { sections: "", language: "ar", articles: [expect.any(Number), 2, expect.any(Number)], warnings: [] },
    ],
    next: null,
  });
  expect(json.editions[0].bytes).toBeGreaterThan(5000);
  expect((await get(`issues/${name}/ledger?after=x`)).status).toBe(422);
});
