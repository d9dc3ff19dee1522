// What a list does to the store. Runs on both databases.
import { describe, expect, test } from "vitest";
import { planOf } from "../../../tests/support/database.ts";
import { audienceChoices } from "../audience.ts";
import { erasureHash } from "../erasure.ts";
import { anySlot, economy, morning, openStore } from "../subscribers.fixture.ts";
import { chunkStatements } from "./chunk.ts";
import { importList, listImports } from "./import.ts";
import { fileOf, importSubscribers } from "./memory.ts";
import { previewImport } from "./preview.ts";
import { type ReportedRow, reportText } from "./report.ts";
import type { ImportRequest } from "./rows.ts";
import { rowWords } from "./words.ts";

type Store = Awaited<ReturnType<typeof openStore>>;

const request: ImportRequest = {
  consent: "at the book fair, 2025",
  consentedAt: null,
  digest: morning,
  sections: [],
  language: "ar",
  zone: "Asia/Beirut",
  encoding: null,
};
const names = {
  digests: [
    { id: morning, slug: "morning", names: [] },
    { id: economy, slug: "economy", names: [] },
  ],
  sections: [
    { id: 3, slug: "politics", names: [] },
    { id: 4, slug: "sport", names: [] },
  ],
};
const depsOf = (store: Store, batch = store.database.batch) => ({
  database: { ...store.database, batch },
  names,
  actor: "amal",
  now: store.now(),
});
const listOf = (lines: readonly string[]) => fileOf("list.csv", new TextEncoder().encode(lines.join("\n")));

/** Imports a list; the report as lines. */
async function take(
  store: Store,
  lines: readonly string[],
  given: Partial<ImportRequest> = {},
  batch = store.database.batch,
) {
  const report: string[] = [];
  const result = await importList(
    depsOf(store, batch),
    await listOf(lines),
    { ...request, ...given },
    async (rows) => {
      for await (const it of rows) report.push(`${it.row} ${it.text}: ${it.outcome}`);
    },
  );
  return { ...result, report };
}

test("a list is subscribed at once, with what the publisher says about consent", async () => {
  const store = await openStore();
  const { counts, report } = await take(
    store,
    [
      "البريد,اللغة,تاريخ الموافقة,المصدر",
      "a@example.org,ar,,",
      "b@example.org,en,2025-05-01,online form",
      "",
      "A@example.org,en,,",
      "سلمى <c@example.org>,ar,,",
    ],
    { consentedAt: Temporal.Instant.from("2025-06-01T00:00:00Z") },
  );
  expect(counts).toEqual({ rows: 6, added: 2, others: { duplicate: 1, refused: 1 } });
  expect(report).toEqual(["5 A@example.org: duplicate", "6 سلمى <c@example.org>: refused"]);
  expect(await store.standing()).toEqual({ "a@example.org": "mailed", "b@example.org": "mailed" });
  expect(await store.ledger()).toEqual([
    'imported 1 {"via":"import","import":1,"consent":"at the book fair, 2025","consentedAt":"2025-06-01T00:00:00Z"}',
    'imported 1 {"via":"import","import":1,"consent":"at the book fair, 2025","source":"online form","consentedAt":"2025-04-30T21:00:00Z"}',
  ]);
  expect(
    await store.db
      .selectFrom("subscribers")
      .select(["source", "import_id", "active_at", "confirmed_at"])
      .execute(),
  ).toEqual([
    { source: "import", import_id: 1, active_at: null, confirmed_at: Date.UTC(2025, 5, 1) },
    { source: "import", import_id: 1, active_at: null, confirmed_at: Date.UTC(2025, 3, 30, 21) },
  ]);
  expect(await audienceChoices(store.db, morning, anySlot)).toEqual([
    { sections: "", language: "ar" },
    { sections: "", language: "en" },
  ]);
  expect(await store.notices()).toEqual([]);
  const audit = await store.db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute();
  expect(audit).toEqual([{ actor: "amal", act: "subscribers-import", subject: "list.csv (morning)" }]);
  expect(await store.db.selectFrom("import_rows").selectAll().execute()).toEqual([]); // no longer than it is needed
});

/** Somebody of each standing that a list may meet. */
async function openWithAll() {
  const store = await openStore();
  for (const name of ["left", "has", "left-one"]) {
    await store.signUp(`${name}@example.org`);
    await store.confirm();
  }
  await store.signUp("left-one@example.org", economy);
  await store.confirm();
  await store.leave("left@example.org");
  await store.leave("left-one@example.org", morning);
  await store.signUp("pending@example.org", morning, [4]);
  await store.signUp("pending@example.org", economy);
  for (const reason of ["hard-bounce", "complaint", "unsubscribed", "manual", "imported"] as const)
    await store.suppress(`${reason}@example.org`, reason);
  const [hash] = await erasureHash(store.db, ["erased@example.org"]);
  await store.suppress(`erased:${hash}`, "erased");
  return store;
}
const everybody = [
  ...["left", "has", "left-one", "pending", "hard-bounce", "complaint", "unsubscribed", "manual", "imported"],
  ...["Erased", "new"],
].map((name) => `${name}@example.org`);

test("whoever left, is suppressed, erased or subscribed stays so; whoever is pending is confirmed for this digest alone", async () => {
  const store = await openWithAll();
  const { counts, report } = await take(store, everybody);
  expect(report).toEqual([
    "1 left@example.org: left",
    "2 has@example.org: known",
    "3 left-one@example.org: left",
    "5 hard-bounce@example.org: suppressed-hard-bounce",
    "6 complaint@example.org: suppressed-complaint",
    "7 unsubscribed@example.org: suppressed-unsubscribed",
    "8 manual@example.org: suppressed-manual",
    "9 imported@example.org: suppressed-imported",
    "10 Erased@example.org: erased",
  ]);
  expect(counts.added).toBe(2);
  expect(await store.standing()).toEqual({
    "left@example.org": "left-by-one-click",
    "has@example.org": "mailed",
    "left-one@example.org": "left-by-one-click",
    "pending@example.org": "mailed",
    "new@example.org": "mailed",
  });
  expect(await store.standing(economy)).toEqual({
    "left-one@example.org": "mailed",
    "pending@example.org": "pending",
  });
  const before = await store.everything();
  const again = await take(store, everybody);
  expect(again.counts).toMatchObject({ added: 0, others: { known: 3, left: 2, erased: 1 } });
  expect(again.id).not.toBe(1);
  expect(await store.everything()).toEqual(before);
});

test("whoever left everything is not brought back by another digest's list", async () => {
  const store = await openWithAll();
  expect((await take(store, everybody, { digest: economy })).report[0]).toBe("1 left@example.org: left");
  expect(Object.keys(await store.standing(economy))).not.toContain("left@example.org");
});

test("a chunk that another process has stored is not stored, judged or counted once more", async () => {
  const store = await openStore();
  const stop = AbortSignal.abort();
  const { id } = await importList(depsOf(store), await listOf(["a@example.org"]), request, async () => {}, {
    stop,
  });
  const wanted = [
    {
      digest: morning,
      sections: "",
      frequency: "each",
      slots: "",
      breaking: null,
      state: "active",
      until: null,
    },
  ] as const;
  const person = {
    address: "a@example.org",
    key: "a@example.org",
    language: "ar",
    consentedAt: null,
    consentSource: "",
    wanted,
  } as const;
  const rows = [{ row: 1, person, erasedKey: null }];
  const chunk = { ...{ id, from: 0, to: 1, rows, consent: "fair", sample: false }, now: store.now() };
  const stored = await store.database.batch(chunkStatements(store.db, chunk));
  const again = await store.database.batch(chunkStatements(store.db, chunk));
  expect(stored.map(({ changes }) => changes)).toEqual([0, 1, 1, 0, 1, 1]);
  expect(again.map(({ changes }) => changes)).toEqual([0, 0, 0, 0, 0, 0]);
});

test("a dry run says the same of every row, and writes nothing", async () => {
  const store = await openWithAll();
  const lines = [...everybody, "new@example.org", "nobody"];
  const before = await store.everything();
  const { counts, sample, layout } = await previewImport(depsOf(store), await listOf(lines), request);
  expect(await store.everything()).toEqual(before);
  expect(await store.db.selectFrom("imports").selectAll().execute()).toEqual([]);
  expect(await store.db.selectFrom("audit_log").selectAll().execute()).toEqual([]);
  expect(layout).toMatchObject({ encoding: "utf-8", headings: null });
  expect(sample.map(({ row, understood }) => [row, understood.ok])).toEqual(
    [1, 2, 3, 4, 5].map((row) => [row, true]),
  );
  expect((await take(store, lines)).counts).toEqual(counts);
});

test("digests, sections and pauses of each row; the same person twice for two digests is one person", async () => {
  const store = await openStore();
  const { counts } = await take(store, [
    "email,digests,sections",
    "a@example.org,morning[sport]/weekly; economy/paused:2026-05-01T00:00:00Z,",
    "b@example.org,morning,politics",
    "b@example.org,economy,",
    "b@example.org,morning,",
    "c@example.org,evening,",
  ]);
  expect(counts).toEqual({ rows: 6, added: 3, others: { duplicate: 1, refused: 1 } });
  const rows = await store.db
    .selectFrom("subscriptions")
    .select(["subscriber_id", "digest_id", "state", "sections", "frequency", "paused_until"])
    .orderBy("subscriber_id")
    .orderBy("digest_id")
    .execute();
  expect(rows.map((row) => Object.values(row).join(" "))).toEqual([
    "1 1 active [4] weekly ",
    `1 2 paused  each ${Date.UTC(2026, 4, 1)}`,
    "2 1 active [3] each ",
    "2 2 active  each ",
  ]);
});

test("whoever is the first to be erased while a list goes in does not come back by a later chunk", async () => {
  const store = await openStore();
  const list = Array.from({ length: 2001 }, (_, i) => `s${i}@example.org`);
  let batches = 0;
  const { report } = await take(store, list, {}, async (statements) => {
    const results = await store.database.batch(statements);
    const [hash] = await erasureHash(store.db, ["s2000@example.org"]);
    // The first batch begins the import, the second is a chunk.
    if (++batches === 2) await store.suppress(`erased:${hash}`, "erased");
    return results;
  });
  expect(report).toEqual(["2001 s2000@example.org: erased"]);
});

const many = Array.from({ length: 5000 }, (_, i) => (i % 10 === 9 ? `nobody ${i}` : `s${i}@example.org`));

describe("an import that dies", () => {
  test.each([0, 1, 2, 3])(
    "goes on behind the %i chunks that it had stored, and counts right",
    async (chunks) => {
      const store = await openStore();
      let batches = 0;
      const dies: typeof store.database.batch = async (statements) => {
        // The first one begins the import.
        if (batches++ > chunks) throw new Error("killed");
        return store.database.batch(statements);
      };
      const dying = take(store, many, {}, dies);
      if (chunks < 3) await expect(dying).rejects.toThrow("killed");
      else await dying.catch(() => {});
      const stored = await store.db.selectFrom("subscribers").select("id").execute();
      expect(stored).toHaveLength(Math.min(chunks * 1800, 4500));
      const { counts, report, resumedAt } = await take(store, many);
      if (chunks < 3) {
        expect(resumedAt).toBe(chunks * 2000);
        expect(counts).toEqual({ rows: 5000, added: 4500, others: { refused: 500 } });
        expect(report).toHaveLength(500); // those before the kill, too
        expect(await listImports(store.db, 10)).toMatchObject([{ state: "done", rows: 5000, added: 4500 }]);
      }
      expect(await store.db.selectFrom("subscribers").select("id").execute()).toHaveLength(4500);
      expect(await store.db.selectFrom("consents").select("id").execute()).toHaveLength(4500);
    },
  );

  test("is another one if the list or what is said of it differs", async () => {
    const store = await openStore();
    const stop = AbortSignal.abort();
    const stopped = await importList(depsOf(store), await listOf(many), request, async () => {}, { stop });
    expect(stopped).toMatchObject({ finished: false, counts: { rows: 0 } });
    expect((await take(store, many.slice(1))).id).toBe(2);
    expect((await take(store, many, { consent: "another" })).id).toBe(3);
    expect((await take(store, many)).id).toBe(1);
  });

  test("and two processes at once with one list: one gives way, nobody is doubled", async () => {
    const store = await openStore();
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    let batches = 0;
    const slow: typeof store.database.batch = async (statements) => {
      if (batches++ > 0) await go.promise;
      const results = await store.database.batch(statements);
      begun.resolve();
      return results;
    };
    const second = take(store, many, {}, slow);
    await begun.promise;
    await take(store, many);
    go.resolve();
    await expect(second).rejects.toThrow("Another run of Nashra is importing list.csv");
    const again = await take(store, many);
    expect(await store.db.selectFrom("consents").select("id").execute()).toHaveLength(4500);
    const done = await listImports(store.db, 10);
    expect(done.reduce((sum, { added }) => sum + added, 0)).toBe(4500);
    expect(again.finished).toBe(true);
  });
});

test("duplicates are found across chunks, and told from those who had the digest before", async () => {
  const store = await openStore();
  await take(store, ["before@example.org"]);
  const lines = Array.from({ length: 2900 }, (_, i) => `s${i % 2800}@example.org`);
  const { counts } = await take(store, [...lines, "before@example.org"]);
  expect(counts).toEqual({ rows: 2901, added: 2800, others: { duplicate: 100, known: 1 } });
});

test("the report is a file that says each reason in words, in both languages", async () => {
  const rows: ReportedRow[] = [
    { row: 2, text: '=cmd("x")', outcome: "refused", problem: { why: "no-at", what: "" } },
    { row: 7, text: "a@example.org", outcome: "suppressed-complaint", problem: null },
  ];
  const pieces: string[] = [];
  for await (const piece of reportText(
    (async function* () {
      yield* rows;
    })(),
  ))
    pieces.push(piece);
  expect(pieces).toEqual([
    "\uFEFFrow,address,outcome,reason,السبب\r\n",
    `2,"'=cmd(""x"")",refused,"An address has exactly one @, as in name@example.org.","لا بدّ في العنوان من علامة @ واحدة، مثل name@example.org."\r\n`,
    "7,a@example.org,suppressed-complaint,Must not be mailed: its owner reported our mail as spam.,لا يُراسَل: أبلغ صاحبه أنّ رسائلنا مزعجة.\r\n",
  ]);
  expect(rowWords.en({ outcome: "refused", problem: { why: "digest", what: "x" } })).toBe(
    "There is no digest “x”.",
  );
});

test("a short list in memory: refused lines are counted, and the first hundred told", async () => {
  const store = await openStore();
  const lines = [...many, ...Array.from({ length: 20 }, (_, i) => `nobody ${i} ${"x".repeat(5000)}`)];
  const options = { digest: morning, consent: "", language: "ar", now: store.now() } as const;
  const result = await importSubscribers(store.database, options, lines);
  expect(result).toMatchObject({ added: 4500, known: 0, refused: 520 });
  expect(result.refusals).toHaveLength(100);
  expect(result.refusals[0]).toEqual({
    line: 10,
    text: "nobody 9",
    why: "Enter the address alone: no name, spaces, brackets or quotation marks.",
  });
  expect(await importSubscribers(store.database, options, [])).toMatchObject({ added: 0, refused: 0 });
});

test("no statement of an import scans a table that grows", async () => {
  const store = await openWithAll();
  await take(store, everybody);
  await previewImport(depsOf(store), await listOf(everybody), request);
  const ours = store.database.ran.filter(({ sql: text }) => /import_rows|imports|"suppressions"/.test(text));
  expect(ours.length).toBeGreaterThan(8);
  for (const query of ours) {
    const steps = await planOf(store.db, query);
    const bad = steps.filter((step) => /^SCAN (?!CONSTANT|j |w |json_each|\(subquery)/.test(step));
    expect(bad, query.sql).toEqual([]);
  }
});
