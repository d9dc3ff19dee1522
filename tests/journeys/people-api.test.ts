// What programs learn of one reader: all that is kept, why a mail came or not, and what became of the list they came by.
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createApiToken } from "../../src/accounts/index.ts";
import { keepReport } from "../../src/subscribers/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

let nashra: TestNashra;
const tokens = { viewer: "", editor: "", administrator: "" };

beforeEach(async () => {
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z" });
  for (const role of ["viewer", "editor", "administrator"] as const)
    tokens[role] = await createApiToken(nashra.database, role, role, nashra.at());
});
afterEach(() => nashra.stop());

async function api(who: keyof typeof tokens, method: string, path: string, body?: unknown) {
  const at = path.startsWith("http") ? path : `http://localhost:3000/api/v1/${path}`;
  const reply = await nashra.app.request(at, {
    method,
    headers: { Authorization: `Bearer ${tokens[who]}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  const isJson = reply.headers.get("Content-Type")?.includes("json");
  return {
    status: reply.status,
    text,
    cache: reply.headers.get("Cache-Control"),
    json: isJson ? JSON.parse(text) : null,
  };
}

test("all that is kept of a reader, to administrators, with an entry in the log", async () => {
  await nashra.threeArticles();
  await nashra.confirmed("salma@example.org", "hala@example.org");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const { json } = await api("editor", "GET", "subscribers");
  const { id } = json.subscribers.find((it: { address: string }) => it.address === "salma@example.org");
  for (const who of ["viewer", "editor"] as const)
    expect((await api(who, "GET", `subscribers/${id}/export`)).status).toBe(403);
  const all = await api("administrator", "GET", `subscribers/${id}/export`);
  expect([all.status, all.cache, all.json]).toMatchObject([
    200,
    "no-store",
    {
      subscriber: { address: "salma@example.org", state: "confirmed" },
      subscriptions: [{ state: "active" }],
      consents: [{ act: expect.any(String), proof: expect.any(Object) }],
      requests: [],
      deliveries: [{ address: "salma@example.org", state: "accepted", reply: expect.any(String) }],
      clicks: [],
    },
  ]);
  expect(all.text).not.toContain("hala@");
  for (const [wrong, status] of [
    ["987654", 404],
    ["x", 422],
    ["0", 422],
  ] as const)
    expect((await api("administrator", "GET", `subscribers/${wrong}/export`)).status).toBe(status);
  const entries = await nashra.database.db
    .selectFrom("audit_log")
    .select(["actor", "subject"])
    .where("act", "=", "subscriber-export")
    .execute();
  expect(entries).toEqual([{ actor: "administrator", subject: `subscriber ${id}` }]);
});

test("why an address got its mail or not, asked in the body", async () => {
  await nashra.threeArticles();
  await nashra.confirmed("salma@example.org");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect((await api("viewer", "POST", "why", { address: "salma@example.org" })).status).toBe(403);
  const why = await api("editor", "POST", "why", { address: " Salma@EXAMPLE.org " });
  expect([why.status, why.cache, why.json]).toMatchObject([
    200,
    "no-store",
    {
      subscriber: expect.any(Number),
      suppression: null,
      letters: [
        {
          issue: "daily/2026-03-01-morning",
          got: "accepted",
          address: "salma@example.org",
          tries: [{ try: 1, reply: expect.any(String) }],
          paused: null,
          feedback: [],
        },
      ],
      notices: [],
    },
  ]);
  const { letters } = why.json;
  const one = { address: "salma@example.org", issue: "daily/2026-03-01-morning" };
  expect((await api("editor", "POST", "why", one)).json.letters).toEqual(letters);

  await api("editor", "POST", "suppressions", { address: "away@example.org" });
  expect((await api("editor", "POST", "why", { address: "away@example.org" })).json).toEqual({
    subscriber: null,
    suppression: { reason: "manual", at: nashra.at().toString() },
    letters: [],
    folded_before: null,
    notices: [],
  });
  for (const [wrong, status] of [
    [{ address: "salma" }, 422],
    [{ address: "" }, 422],
    [{ address: `${"a".repeat(250)}@example.org` }, 422],
    [{}, 422],
    [{ address: "salma@example.org", issue: "daily/2026-03-09-morning" }, 404],
    [{ address: "salma@example.org", issue: "nonsense" }, 404],
  ] as const)
    expect([wrong, (await api("editor", "POST", "why", wrong)).status]).toEqual([wrong, status]);
});

test("the lists that were taken over, what became of each, and its report", async () => {
  const { db } = nashra.database;
  const send = async (name: string, text: string) => {
    const reply = await nashra.app.request(
      `http://localhost:3000/api/v1/subscribers/import?consent=fair&name=${name}`,
      {
        method: "POST",
        headers: { Authorization: `Bearer ${tokens.administrator}`, "Content-Type": "text/csv" },
        body: text,
      },
    );
    return z.object({ import: z.int() }).parse(await reply.json()).import;
  };
  const first = await send("first.csv", "address\nsalma@example.org\nnobody\n");
  const second = await send("second.csv", "address\nsalma@example.org\nhala@example.org\n");
  for (const path of ["", `/${first}`, `/${first}/report`])
    expect((await api("editor", "GET", `subscribers/imports${path}`)).status).toBe(403);

  const told = (id: number, name: string, added: number) => ({
    id,
    name,
    state: "done",
    rows: 3, // with the headings
    added,
    started_at: nashra.at().toString(),
  });
  const list = await api("administrator", "GET", "subscribers/imports");
  expect(list.json).toEqual([told(second, "second.csv", 1), told(first, "first.csv", 1)]);
  expect((await api("administrator", "GET", "subscribers/imports?limit=1")).json).toHaveLength(1);

  const one = { ...told(first, "first.csv", 1), others: { refused: 1 } };
  expect((await api("administrator", "GET", `subscribers/imports/${first}`)).json).toEqual({
    ...one,
    report: null,
  });
  expect((await api("administrator", "GET", `subscribers/imports/${first}/report`)).status).toBe(404);
  async function* rows() {
    yield { row: 3, text: "nobody", outcome: "refused", problem: null } as const;
  }
  const { id } = await db
    .selectFrom("imports")
    .select("id")
    .where(sql<number>`id`, "=", first)
    .executeTakeFirstOrThrow();
  await keepReport(db, id, rows(), nashra.at());
  const kept = await api("administrator", "GET", `subscribers/imports/${first}`);
  const report = await api("administrator", "GET", kept.json.report);
  expect([kept.json.others, report.status, report.cache]).toEqual([{ refused: 1 }, 200, "no-store"]);
  expect(report.text).toContain("nobody");
  nashra.wait({ hours: 24 * 8 });
  expect((await api("administrator", "GET", kept.json.report)).status).toBe(404);
  for (const [wrong, status] of [
    ["/987654", 404],
    ["/987654/report", 404],
    ["/x", 422],
    ["?limit=0", 422],
  ] as const)
    expect((await api("administrator", "GET", `subscribers/imports${wrong}`)).status).toBe(status);
});
