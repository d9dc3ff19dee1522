// A publisher's list, as real processes take it over: killed in the middle, run again, given out, cut into segments; and the
// same by the API.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiToken, type Role } from "../../src/accounts/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { nashra } from "../support/process.ts";

const scratch = mkdtempSync(join(tmpdir(), "nashra-"));
const env = { NASHRA_DATA: join(scratch, "data"), NASHRA_SAMPLE: "off" };
const run = (...args: string[]) => nashra(env, args);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const people = 60_000;
const list = join(scratch, "القائمة.csv");
const consent = ["--consent", "معرض الكتاب"];

/** Every tenth row holds no address, and every seventh repeats the one before. */
function writeList(): { added: number; refused: number; duplicate: number } {
  const counts = { added: 0, refused: 0, duplicate: 0 };
  const lines = ["البريد;اللغة"];
  for (let i = 0; i < people; i++) {
    if (i % 10 === 9) counts.refused++;
    else if (i % 7 === 6 && i % 10 !== 0) counts.duplicate++;
    else counts.added++;
    lines.push(
      i % 10 === 9
        ? `nobody ${i};`
        : i % 7 === 6 && i % 10 !== 0
          ? `s${i - 1}@example.org;en`
          : `s${i}@example.org;ar`,
    );
  }
  writeFileSync(list, lines.join("\r\n"));
  return counts;
}

test("a list whose import is killed again and again is taken over once, whole", async () => {
  const wanted = writeList();
  await run("section", "add", "سياسة"); // makes the store
  const stored = () => {
    const sqlite = new Sqlite(join(env.NASHRA_DATA, "nashra.sqlite"), { readonly: true });
    const row = sqlite
      .prepare("select count(*) as people, (select max(rows) from imports) as rows from subscribers")
      .get();
    sqlite.close();
    return row as { people: number; rows: number | null };
  };
  const report = join(scratch, "report.csv");
  const command = ["subscriber", "import", list, ...consent, "--report", report, "--json"];
  for (const rows of [1, 15_000, 40_000]) {
    const bin = resolve(import.meta.dirname, "../../bin/nashra.js");
    const child = spawn(process.execPath, [bin, ...command], {
      env: { PATH: process.env["PATH"], NASHRA_LOG_LEVEL: "error", ...env },
      stdio: "ignore",
    });
    const ended = new Promise((done) => child.once("exit", done));
    await expect
      .poll(() => stored().rows ?? 0, { interval: 5, timeout: 30_000 })
      .toBeGreaterThanOrEqual(rows);
    child.kill("SIGKILL");
    await ended;
    expect(stored().rows).toBeLessThan(people);
  }
  const last = await nashra(env, command);
  expect([last.code, last.err]).toEqual([0, ""]);
  const { added, refused, duplicate } = wanted;
  expect(JSON.parse(last.out)).toMatchObject({
    ...{ import: 1, finished: true, rows: people + 1, added, refused, known: duplicate },
    ...{ resumed_at: expect.any(Number), outcomes: { refused, duplicate } },
  });
  expect(JSON.parse(last.out).resumed_at).toBeGreaterThanOrEqual(40_000);
  expect(stored().people).toBe(added);
  expect(readFileSync(report, "utf8").trim().split("\r\n")).toHaveLength(1 + refused + duplicate); // all, not the last run's
  expect(
    JSON.parse((await run("segment", "add", "الكل", "--digest", "daily", "--state", "active", "--json")).out),
  ).toEqual({
    segment: "الكل",
    count: added,
  });
});

test("what is given out can be taken over by another store, and what left stays out", async () => {
  await run("subscriber", "leave", "s0@example.org");
  await run("suppression", "add", "s1@example.org", "--reason", "complaint");
  const exported = (await run("subscriber", "export")).out;
  const other = { NASHRA_DATA: join(scratch, "other"), NASHRA_SAMPLE: "off" };
  const preview = await nashra(other, ["subscriber", "import", "-", ...consent, "--dry-run"], exported);
  expect(preview.out).toMatch(/standard input: utf-8, cells between ",", headings in its first row/);
  expect(preview.out).toContain('column 7 ("confirmed_at"): when they agreed');
  expect(preview.out).toContain("Nothing was written.");
  const taken = await nashra(other, ["subscriber", "import", "-", ...consent, "--json"], exported);
  const before = exported.trim().split("\n").length - 1;
  expect(JSON.parse(taken.out)).toMatchObject({ added: before - 2, refused: 2 });
  const shown = (await nashra(other, ["subscriber", "show", "S2@example.org"])).out;
  expect(shown).toMatch(
    /s2@example.org: confirmed, ar[\s\S]*daily: active, all sections, each issue[\s\S]*“معرض الكتاب”/,
  );
});

test.each<[string, string[], number, RegExp]>([
  [
    "a file that is not there",
    ["subscriber", "import", "/nowhere.csv", ...consent],
    1,
    /cannot be read: ENOENT/,
  ],
  [
    "a digest that is not there",
    ["subscriber", "import", "LIST", ...consent, "--digest", "x"],
    1,
    /There are: daily/,
  ],
  ["an empty consent", ["subscriber", "import", "LIST", "--consent", " "], 1, /Say how these people agreed/],
  [
    "an encoding that is none",
    ["subscriber", "import", "LIST", ...consent, "--encoding", "x"],
    1,
    /Nobody knows the encoding/,
  ],
  ["somebody unknown", ["subscriber", "show", "nobody@example.org"], 1, /is known/],
  ["leaving twice", ["subscriber", "leave", "s0@example.org"], 1, /had left everything/],
  ["a segment that is not there", ["segment", "count", "x"], 1, /no segment "x"/],
  ["a segment's name taken", ["segment", "add", "الكل"], 1, /already/],
  ["a filter that is none", ["segment", "add", "y", "--created-from", "soon"], 1, /takes a day as in/],
  ["a state without its digest", ["segment", "add", "y", "--state", "active"], 1, /This is no filter/],
  ["lifting what is not suppressed", ["suppression", "remove", "s5@example.org"], 1, /is not suppressed/],
  ["suppressing what is no address", ["suppression", "add", "nobody"], 1, /exactly one @/],
])("%s: code and words", async (_, args, code, words) => {
  const ended = await run(...args.map((arg) => (arg === "LIST" ? list : arg)));
  expect(ended.err).toMatch(words);
  expect([ended.code, ended.out, ended.err.includes("    at ")]).toEqual([code, "", false]);
});

describe("by the API", () => {
  let it: TestNashra;
  const tokens = new Map<Role, string>();
  beforeAll(async () => {
    it = await startNashra();
    for (const role of ["viewer", "editor", "administrator"] as const)
      tokens.set(role, await createApiToken(it.database, `the ${role}`, role, it.at()));
  });
  afterAll(() => it.stop());

  async function api(role: Role, method: string, path: string, body?: object | string) {
    const reply = await it.app.request(`http://localhost:3000/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${tokens.get(role)}`,
        "Content-Type": typeof body === "string" ? "text/csv" : "application/json",
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, text, json: () => JSON.parse(text) };
  }
  const csv = "email,lang\na@example.org,en\nb@example.org,ar\nnobody,\n";
  const path = "/subscribers/import?consent=fair&name=fair.csv";

  test("a list is shown as understood, then taken over", async () => {
    expect((await api("administrator", "POST", `${path}&columns=shoe=1`, csv)).status).toBe(422);
    const said = await api("administrator", "POST", `${path}&dry_run=true&columns=address=1`, csv);
    expect(JSON.stringify(said.json())).toContain('"columns":{"address":0}');
    const dry = await api("administrator", "POST", `${path}&dry_run=true`, csv);
    expect([dry.status, dry.json()]).toEqual([
      200,
      {
        import: null,
        counts: { rows: 4, added: 2, others: { refused: 1 } },
        refused: [],
        read_as: {
          ...{
            encoding: "utf-8",
            delimiter: ",",
            headings: ["email", "lang"],
            columns: { address: 0, language: 1 },
          },
          rows: [
            expect.objectContaining({ row: 2, address: "a@example.org", language: "en", digests: "daily" }),
            expect.objectContaining({ row: 3, address: "b@example.org", language: "ar" }),
            expect.objectContaining({ row: 4, address: null, refused: expect.stringContaining("@") }),
          ],
        },
      },
    ]);
    const taken = await api("administrator", "POST", path, csv);
    expect(taken.json()).toMatchObject({
      import: 1,
      counts: { rows: 4, added: 2 },
      refused: [{ row: 4, text: "nobody", outcome: "refused", why: { ar: expect.stringContaining("@") } }],
    });
  });

  test("people are listed in pages, by segment, and shown with their history", async () => {
    const first = (await api("editor", "GET", "/subscribers?limit=1")).json();
    expect(first.subscribers).toMatchObject([{ id: 1, address: "a@example.org", state: "confirmed" }]);
    const next = (await api("editor", "GET", new URL(first.next).href.split("/api/v1")[1] ?? "")).json();
    expect(next).toMatchObject({ subscribers: [{ address: "b@example.org" }], next: null });
    const filter = { digest: "daily", state: "active", language: "en" };
    const saved = await api("editor", "POST", "/segments", { slug: "الإنجليزية", filter });
    expect([saved.status, saved.json()]).toEqual([201, { slug: "الإنجليزية", filter }]);
    expect((await api("editor", "POST", "/segments", { slug: "الإنجليزية", filter })).status).toBe(409);
    expect((await api("viewer", "GET", "/segments/الإنجليزية")).json()).toEqual({
      slug: "الإنجليزية",
      filter,
      count: 1,
    });
    expect((await api("viewer", "GET", "/segments")).json().segments).toHaveLength(1);
    expect((await api("editor", "GET", "/subscribers?segment=الإنجليزية")).json().subscribers).toHaveLength(
      1,
    );
    expect((await api("editor", "GET", "/subscribers/1")).json()).toMatchObject({
      address: "a@example.org",
      history: [{ act: "imported", words: { en: expect.stringContaining("“fair”") } }],
    });
    const lines = (
      await api("administrator", "GET", "/subscribers/export.csv?segment=الإنجليزية")
    ).text.split("\r\n");
    expect(lines[1]).toMatch(/^a@example\.org,confirmed,en,daily,import,/);
    expect(
      (await api("administrator", "GET", "/subscribers/export.jsonl")).text.trim().split("\n"),
    ).toHaveLength(2);
    expect((await api("editor", "DELETE", "/segments/الإنجليزية")).status).toBe(204);
  });

  test("addresses are suppressed and lifted", async () => {
    expect(
      (await api("editor", "POST", "/suppressions", { address: "B@example.org", reason: "complaint" }))
        .status,
    ).toBe(201);
    expect((await api("editor", "GET", "/suppressions")).json()).toMatchObject({
      suppressions: [{ address: "b@example.org", reason: "complaint" }],
      next: null,
    });
    expect((await api("editor", "GET", "/subscribers/2")).json()).toMatchObject({
      state: "suppressed",
      suppression: "complaint",
    });
    expect((await api("administrator", "DELETE", "/suppressions?address=b@example.org")).status).toBe(204);
    expect((await api("administrator", "DELETE", "/suppressions?address=b@example.org")).status).toBe(404);
  });

  test.each<[string, Role, string, string, (object | string | undefined)?, number?]>([
    ["a viewer reads no names", "viewer", "GET", "/subscribers"],
    ["a viewer reads nobody", "viewer", "GET", "/subscribers/1"],
    ["a viewer reads no suppressions", "viewer", "GET", "/suppressions"],
    ["a viewer saves nothing", "viewer", "POST", "/segments", { slug: "x", filter: {} }],
    ["a viewer removes nothing", "viewer", "DELETE", "/segments/x"],
    ["an editor takes no file out", "editor", "GET", "/subscribers/export.csv"],
    ["an editor takes no lines out", "editor", "GET", "/subscribers/export.jsonl"],
    ["an editor takes no list over", "editor", "POST", path, csv],
    ["an editor lifts nothing", "editor", "DELETE", "/suppressions?address=b@example.org"],
    ["a list without consent", "administrator", "POST", "/subscribers/import", csv, 422],
    ["a list for no digest", "administrator", "POST", `${path}&digest=x`, csv, 422],
    ["a list that is none", "administrator", "POST", path, "name\nSalma\n", 422],
    ["a list that is too long", "administrator", "POST", path, "a".repeat(2_000_001), 413],
    ["a filter that is none", "editor", "POST", "/segments", { slug: "x", filter: { colour: "red" } }, 422],
    ["a name that is none", "editor", "POST", "/segments", { slug: "x y", filter: {} }, 422],
    ["a segment that is not there", "editor", "GET", "/subscribers?segment=x", undefined, 404],
    ["somebody who is not there", "editor", "GET", "/subscribers/99", undefined, 404],
    ["an address that is none", "editor", "POST", "/suppressions", { address: "nobody" }, 422],
  ])("%s", async (_, role, method, where, body, status = 403) => {
    expect((await api(role, method, where, body)).status).toBe(status);
  });

  test("each change stands in the audit log, and the description has every path", async () => {
    const rows = await it.database.db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute();
    expect(
      rows.filter(({ act }) => act !== "token-create").map((row) => Object.values(row).join(": ")),
    ).toEqual([
      "the administrator: subscribers-import: fair.csv (daily)",
      "the editor: segment-add: الإنجليزية",
      "the administrator: subscribers-export: الإنجليزية (csv)",
      "the administrator: subscribers-export: all (json)",
      "the editor: segment-remove: الإنجليزية",
      "the editor: suppression-add: subscriber 2 (complaint)",
      "the administrator: suppression-remove: subscriber 2",
    ]);
    const description: { paths: object } = JSON.parse(await (await it.get("/api/openapi.json")).text());
    expect(
      Object.keys(description.paths)
        .filter((name) => /subscribers|segments|suppressions/.test(name))
        .sort(),
    ).toEqual([
      "/api/v1/segments",
      "/api/v1/segments/{slug}",
      "/api/v1/subscribers",
      "/api/v1/subscribers/export.csv",
      "/api/v1/subscribers/export.jsonl",
      "/api/v1/subscribers/import",
      "/api/v1/subscribers/imports",
      "/api/v1/subscribers/imports/{id}",
      "/api/v1/subscribers/imports/{id}/report",
      "/api/v1/subscribers/{id}",
      "/api/v1/subscribers/{id}/export",
      "/api/v1/subscribers/{id}/leave",
      "/api/v1/suppressions",
    ]);
  });
});
