// Segments, exports, suppressions and what is shown of a person: on a store with people of every standing. Runs on both
// databases.
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { planOf } from "../../../tests/support/database.ts";
import { exclusionsNow } from "../audience.ts";
import type { SuppressionReason } from "../consent.ts";
import { erasureHash } from "../erasure.ts";
import { subscriberAt } from "../preferences/erase.ts";
import { economy, morning, openStore } from "../subscribers.fixture.ts";
import { csvLine } from "./cells.ts";
import { exportText } from "./export.ts";
import { eventWords } from "./history.ts";
import { importList } from "./import.ts";
import { fileOf } from "./memory.ts";
import { showSubscriber } from "./person.ts";
import { type GivenFilter, givenFilter, resolveFilter, showFilter } from "./segment.ts";
import {
  addSegment,
  countSegment,
  countSome,
  listSegments,
  removeSegment,
  segmentBySlug,
  segmentPages,
} from "./segments.ts";
import { importSuppressions, liftSuppression, listSuppressions, suppress } from "./suppress.ts";

type Store = Awaited<ReturnType<typeof openStore>>;
const names = {
  digests: [
    { id: morning, slug: "morning", names: [] },
    { id: economy, slug: "economy", names: [] },
  ],
  sections: [
    { id: 3, slug: "politics", names: [] },
    { id: 13, slug: "sport", names: [] },
  ],
};
const zone = "Asia/Beirut";
const today = (store: Store) => ({ now: store.now(), zone });
const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text));
const filterOf = (given: GivenFilter) => {
  const resolved = resolveFilter(givenFilter.parse(given), names);
  if (!resolved.ok) throw new Error(resolved.why);
  return resolved.filter;
};

async function take(store: Store, text: string) {
  const request = { consent: "fair", consentedAt: null, digest: morning, sections: [], encoding: null };
  const deps = { database: store.database, names, actor: "amal", now: store.now() };
  return importList(
    deps,
    await fileOf("list.csv", bytes(text)),
    { ...request, language: "ar", zone },
    async () => {},
  );
}

async function found(store: Store, given: GivenFilter) {
  const addresses: string[] = [];
  for await (const page of segmentPages(store.db, filterOf(given), today(store)))
    addresses.push(...page.map(({ address }) => address.replace("@example.org", "")));
  expect(await countSegment(store.db, filterOf(given), today(store))).toBe(addresses.length);
  return addresses;
}

/** Amal … each with what her name says; it is 2026-03-21 when all are there. */
async function openWithPeople() {
  const store = await openStore(); // 2026-03-01
  await store.signUp("signed@example.org", [morning, economy]);
  await store.confirm();
  await store.signUp("pending@example.org", morning);
  store.later({ hours: 24 * 10 });
  await take(
    store,
    [
      "email,language,digests",
      "sport@example.org,en,morning[sport]/weekly",
      "politics@example.org,ar,morning[politics]",
      "paused@example.org,ar,morning/paused",
      "over@example.org,ar,morning/paused:2026-03-20",
      "economy@example.org,ar,economy",
      "gone@example.org,ar,",
      "complained@example.org,ar,",
    ].join("\n"),
  );
  store.later({ hours: 24 * 10 });
  await store.leave("gone@example.org", null);
  await store.suppress("complained@example.org", "complaint");
  return store;
}

test.each<[string, GivenFilter, string[]]>([
  [
    "everybody",
    {},
    ["signed", "pending", "sport", "politics", "paused", "over", "economy", "gone", "complained"],
  ],
  ["the confirmed", { state: "confirmed" }, ["signed", "sport", "politics", "paused", "over", "economy"]],
  ["the suppressed", { state: "suppressed" }, ["complained"]],
  ["who left", { state: "left" }, ["gone"]],
  ["the pending", { state: "pending" }, ["pending"]],
  ["the erased", { state: "erased" }, []],
  ["a digest", { digest: "economy" }, ["signed", "economy"]],
  ["active in it", { digest: "morning", state: "active" }, ["signed", "sport", "politics", "over"]],
  ["paused in it", { digest: "morning", state: "paused" }, ["paused"]],
  ["pending in it", { digest: "morning", state: "pending" }, ["pending"]],
  ["left it", { digest: "morning", state: "left" }, ["gone"]],
  [
    "a section of it",
    { digest: "morning", section: "politics", state: "active" },
    ["signed", "politics", "over"],
  ],
  ["3 is not 13", { digest: "morning", section: "sport", state: "active" }, ["signed", "sport", "over"]],
  ["a language", { language: "en" }, ["sport"]],
  ["a source", { source: "page" }, ["signed", "pending"]],
  ["an import", { import: 1, state: "confirmed" }, ["sport", "politics", "paused", "over", "economy"]],
  ["first known until a day", { created_to: "2026-03-01" }, ["signed", "pending"]],
  ["first known from a day", { created_from: "2026-03-11", digest: "economy" }, ["economy"]],
  ["confirmed between days", { confirmed_from: "2026-03-01", confirmed_to: "2026-03-10" }, ["signed"]],
  ["active since", { active_since: "5d" }, ["gone"]],
  ["idle since", { idle_since: "2026-03-10", state: "confirmed", source: "page" }, ["signed"]],
  ["idle for ever", { idle_since: "90d", state: "confirmed", language: "en" }, ["sport"]],
])("the segment of %s", async (_, filter, people) => {
  expect(await found(await openWithPeople(), filter)).toEqual(people);
});

test("people are found however far their ids lie apart", async () => {
  const store = await openStore();
  for (const id of [1, 2000, 2001, 50_000, 50_001, 120_000])
    await sql`insert into subscribers (id, address, address_key, state, language, created_at, confirmed_at)
      values (${id}, ${String(id)}, ${String(id)}, 'confirmed', 'ar', 0, 0)`.execute(store.db);
  expect(await found(store, { state: "confirmed" })).toEqual([
    "1",
    "2000",
    "2001",
    "50000",
    "50001",
    "120000",
  ]);
  // A count that has no time left stops behind a query, and goes on from there.
  const counts: number[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const some = await countSome(store.db, {}, today(store), { after, milliseconds: 0 });
    counts.push(some.count);
    after = some.through;
  }
  expect(counts).toEqual([4, 1, 1]);
});

test("each person is in one segment by state", async () => {
  const store = await openWithPeople();
  const all = await Promise.all(
    (["pending", "confirmed", "left", "suppressed", "erased"] as const).map((state) =>
      found(store, { state }),
    ),
  );
  expect(all.flat().sort()).toEqual((await found(store, {})).sort());
});

test.each<[string, unknown]>([
  ["a word that is no filter", { colour: "red" }],
  ["a state of a digest without the digest", { state: "active" }],
  ["a section without a digest", { section: "sport" }],
  ["a day that there is not", { created_from: "2026-02-31" }],
  ["a state of people beside a digest", { digest: "morning", state: "suppressed" }],
])("%s is refused", (_, filter) => expect(givenFilter.safeParse(filter).success).toBe(false));

test("what is wrong with a filter is told of the kind that was meant", () => {
  const faults = (filter: unknown) =>
    givenFilter.safeParse(filter).error?.issues.map(({ message }) => message);
  expect(faults({ digest: "morning", created_from: "soon" })).toEqual([
    "created_from: it takes a day as in 2026-03-01, or 90d for so many days ago",
  ]);
  expect(faults({ state: "active" })).toEqual([expect.stringContaining('"suppressed"')]);
});

test("segments are saved, named once, and removed; slugs are told where ids are kept", async () => {
  const store = await openStore();
  const given = { digest: "morning", section: "sport", state: "active" } as const;
  const add = () =>
    store.database.batch([addSegment(store.db, { slug: "رياضة", filter: filterOf(given) }, store.now())]);
  expect((await add()).map(({ changes }) => changes)).toEqual([1]);
  expect((await add()).map(({ changes }) => changes)).toEqual([0]);
  const [segment] = await listSegments(store.db);
  expect(segment?.filter).toEqual({ digest: morning, section: 13, state: "active" });
  expect(segment && showFilter(segment.filter, names)).toEqual(given);
  expect(resolveFilter({ digest: "evening" }, names)).toEqual({
    ok: false,
    why: 'There is no digest "evening".',
  });
  await store.database.batch([removeSegment(store.db, "رياضة")]);
  expect(await segmentBySlug(store.db, "رياضة")).toBeNull();
});

async function exported(store: Store, format: "csv" | "json") {
  const pieces: string[] = [];
  for await (const piece of exportText(store.db, format, {}, names, today(store))) pieces.push(piece);
  return pieces.join("");
}

test("an export says of everybody what they have and how they agreed", async () => {
  const store = await openWithPeople();
  const csv = (await exported(store, "csv")).split("\r\n");
  expect(csv.slice(0, 4)).toEqual([
    "\uFEFFaddress,state,language,digests,source,created_at,confirmed_at,active_at,consent",
    'signed@example.org,confirmed,ar,"morning; economy",page,2026-03-01T05:00:00Z,2026-03-01T05:00:00Z,2026-03-01T05:00:00Z,confirmed (link)',
    "pending@example.org,pending,ar,,page,2026-03-01T05:00:00Z,,2026-03-01T05:00:00Z,",
    "sport@example.org,confirmed,en,morning[sport]/weekly,import,2026-03-11T05:00:00Z,2026-03-11T05:00:00Z,,fair",
  ]);
  const json = (await exported(store, "json"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(json).toHaveLength(9);
  expect(json[2]).toMatchObject({
    address: "sport@example.org",
    import: 1,
    digests: [
      {
        digest: "morning",
        state: "active",
        sections: ["sport"],
        frequency: "weekly",
        slots: [],
        paused_until: null,
      },
    ],
  });
});

const address = fc
  .tuple(fc.stringMatching(/^[a-z0-9+='-]{1,12}$/), fc.constantFrom("example.org", "xn--mgbh0fb.example"))
  .map(([local, domain]) => `${local}@${domain}`);
const person = fc.record({
  address,
  language: fc.constantFrom("ar", "en"),
  digests: fc.constantFrom(
    "morning",
    "economy[politics|sport]/weekly",
    "morning/daily/at:evening+morning; economy/paused",
    "morning[sport]/paused:2027-01-01T00:00:00Z",
  ),
});

test("what is exported and imported again is the same people", () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(person, { minLength: 1, maxLength: 20, selector: (it) => it.address }),
      async (people) => {
        const first = await openStore();
        const list = people.map((it) => csvLine([it.address, it.language, it.digests]));
        await take(first, `address,language,digests\n${list.join("")}`);
        const text = await exported(first, "csv");
        for (const line of text.split("\r\n")) expect(line).not.toMatch(/(^|,)"?[=+@-]/);
        const second = await openStore();
        const { counts } = await take(second, text);
        expect(counts.added).toBe(people.length);
        expect(await exported(second, "csv")).toBe(text);
      },
    ),
    { numRuns: 15 },
  ));

describe("suppressions", () => {
  const deps = (store: Store) => ({ database: store.database, actor: "amal", now: store.now() });
  const salma = { address: "Salma@example.org", key: "salma@example.org" };

  test.each<[SuppressionReason, string]>([
    ["hard-bounce", "suppressed"],
    ["complaint", "suppressed"],
    ["unsubscribed", "suppressed"],
    ["manual", "suppressed"],
    ["imported", "suppressed"],
    ["erased", "erased"],
  ])("%s keeps a message from being claimed", async (reason, exclusion) => {
    const store = await openStore();
    await take(store, "salma@example.org");
    const id = await subscriberAt(store.db, "salma@example.org");
    if (id === null) throw new Error("She is not there.");
    expect(await exclusionsNow(store.db, morning, [id], store.now())).toEqual(new Map());
    if (reason === "erased") {
      const [hash] = await erasureHash(store.db, ["salma@example.org"]);
      await store.suppress(`erased:${hash}`, reason);
      const blank = { state: "erased", address: "", address_key: "erased-1" } as const;
      await store.db.updateTable("subscribers").set(blank).where("id", "=", id).execute();
    } else await store.suppress("salma@example.org", reason);
    expect(await exclusionsNow(store.db, morning, [id], store.now())).toEqual(new Map([[id, exclusion]]));
  });

  test("the mark beside a person follows the list, whoever changes it", async () => {
    const store = await openStore();
    const marks = async () =>
      (await store.db.selectFrom("subscribers").select("suppressed").orderBy("id").execute()).map(
        (row) => row.suppressed,
      );
    await take(store, "salma@example.org\nkarim@example.org");
    await suppress(deps(store), salma, "manual");
    expect(await marks()).toEqual([1, 0]);
    await liftSuppression(deps(store), salma);
    expect(await marks()).toEqual([0, 0]);
    await store.suppress("noor@example.org", "unsubscribed");
    await store.suppress("moved@example.org");
    await store.signUp("noor@example.org");
    expect(await marks()).toEqual([0, 0, 1]);
    await store.confirm();
    expect(await marks()).toEqual([0, 0, 0]);
    await store.db
      .updateTable("subscribers")
      .set({ address_key: "moved@example.org" })
      .where("id", "=", 1 as never)
      .execute();
    expect(await marks()).toEqual([1, 0, 0]);
  });

  test("a reason that owners lift gives way to one that they cannot, and not the other way", async () => {
    const store = await openStore();
    const reasons = async () =>
      (await listSuppressions(store.db, "", 10)).map(({ address: it, reason }) => `${it} ${reason}`);
    expect(await suppress(deps(store), salma, "unsubscribed")).toBe(true);
    expect(await suppress(deps(store), salma, "complaint")).toBe(true);
    expect(await suppress(deps(store), salma, "unsubscribed")).toBe(false);
    expect(await reasons()).toEqual(["salma@example.org complaint"]);
    expect(await liftSuppression(deps(store), salma)).toBe(true);
    expect(await liftSuppression(deps(store), salma)).toBe(false);
    const audit = await store.db.selectFrom("audit_log").select(["act", "subject"]).execute();
    expect(audit.map(({ act, subject }) => `${act} ${subject}`)).toEqual([
      "suppression-add an address at example.org (unsubscribed)",
      "suppression-add an address at example.org (complaint)",
      "suppression-remove an address at example.org",
    ]);
  });

  test("of subscribers the answers and the counts are the same", async () => {
    const store = await openStore();
    await take(store, "salma@example.org\nkarim@example.org\nnour@example.org");
    expect(await suppress(deps(store), salma, "manual")).toBe(true);
    const file = await fileOf(
      "out.csv",
      bytes("email\nsalma@example.org\nkarim@example.org\nnour@example.org\n"),
    );
    const counts = { added: 2, known: 1, refused: 0 };
    expect(await importSuppressions(deps(store), file, "imported")).toEqual(counts);
  });

  test("who was erased is found by the keyed hash alone, and lifted by the address", async () => {
    const [other] = await erasureHash((await openStore()).db, [salma.key]);
    const store = await openStore();
    const [hash] = await erasureHash(store.db, [salma.key]);
    expect(hash).toMatch(/^[\w-]{43}$/);
    expect(other).not.toBe(hash); // each store has a key of its own
    await store.suppress(`erased:${hash}`, "erased");
    expect((await take(store, "salma@example.org")).counts.others).toEqual({ erased: 1 });
    expect(await liftSuppression(deps(store), salma)).toBe(true);
    expect((await take(store, "salma@example.org")).counts.added).toBe(1);
  });

  test("another program's list is taken over with its reasons", async () => {
    const store = await openStore();
    const text =
      "Email;Reason\na@example.org;Hard Bounce\nb@example.org;spam complaint\nc@example.org;\nnobody;\nA@example.org;\n";
    const file = await fileOf("cleaned.csv", bytes(text));
    expect(await importSuppressions(deps(store), file, "imported")).toEqual({
      added: 3,
      known: 1,
      refused: 1,
    });
    expect(await importSuppressions(deps(store), file, "imported")).toEqual({
      added: 0,
      known: 4,
      refused: 1,
    });
    const listed = await listSuppressions(store.db, "a@example.org", 10);
    expect(listed.map(({ address: it, reason }) => `${it} ${reason}`)).toEqual([
      "b@example.org complaint",
      "c@example.org imported",
    ]);
  });
});

test("a person is shown with the history of their consent in words", async () => {
  const store = await openStore();
  await store.signUp("salma@example.org", morning, [13]);
  await store.confirm();
  await store.leave("salma@example.org");
  const id = await subscriberAt(store.db, "salma@example.org");
  if (id === null) throw new Error("She is not there.");
  const shown = await showSubscriber(store.db, id, names);
  expect(shown).toMatchObject({ address: "salma@example.org", state: "left", suppression: null });
  expect(shown?.history.map((event) => eventWords("en", event))).toEqual([
    "somebody asked for it with this address; whether its owner, is not known yet, on the sign-up page, from the network 203.0.113.0/24",
    "confirmed, by a link in a mail",
    "left, by the mail program’s own button",
  ]);
  expect(shown?.history.map((event) => eventWords("ar", event)).at(1)).toBe("أكّد اشتراكه، برابط في رسالة");
});

test("no statement of segments, exports or suppressions scans a table that grows", async () => {
  const store = await openWithPeople();
  const begin = store.database.ran.length;
  await found(store, { digest: "morning", section: "sport", state: "active" });
  await found(store, { state: "suppressed", active_since: "3d" });
  await exported(store, "csv");
  await listSuppressions(store.db, "", 10);
  const id = await subscriberAt(store.db, "signed@example.org");
  if (id !== null) await showSubscriber(store.db, id, names);
  const ours = store.database.ran.slice(begin);
  expect(ours.length).toBeGreaterThan(8);
  for (const query of ours) {
    const steps = await planOf(store.db, query);
    expect(
      steps.filter((step) => /^SCAN (?!CONSTANT|j )/.test(step)),
      query.sql,
    ).toEqual([]);
  }
});
