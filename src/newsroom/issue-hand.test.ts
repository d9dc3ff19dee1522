// What editors say of an issue on its page: words and order, by plain forms; and of two who save at once the later is shown both versions.
import { expect, test } from "vitest";
import { newPublisher, savePublisher } from "../settings/index.ts";
import { openNewsroom } from "./newsroom.fixture.ts";

const path = "/newsroom/issues/daily/2026-03-01-morning";
const titles = ["عاد القطار", "المجلس يقر الموازنة", "معرض الكتاب", "الليرة تستقر"];

/** An issue that waits for an editor, with an edition of four stories in Arabic and the same in English. */
async function waiting() {
  const newsroom = await openNewsroom();
  const { db } = newsroom.database;
  const ids = [];
  for (const title of titles) ids.push(await newsroom.publish({ title }));
  const id = await newsroom.issue("2026-03-01", { state: "waiting" });
  await newsroom.edition(id, "", ids);
  await db.updateTable("issues").set({ revision: 2 }).execute();
  const soon = newsroom.now().add({ minutes: 30 }).epochMilliseconds;
  await db.updateTable("issues").set({ approve_by: soon, unanswered: "skip", planned_at: soon }).execute();
  const ask = await newsroom.enter("salma@example.org", "editor");
  const hand = async () => {
    const row = await db.selectFrom("issue_hand").select(["hand", "version"]).executeTakeFirst();
    return row ? { ...JSON.parse(row.hand), version: row.version } : null;
  };
  const list = ids.join();
  const order = (more: Record<string, string>) =>
    ask(`${path}/order`, { seen: "0", sections: "", language: "ar", list, ...more });
  return { ...newsroom, db, ids: ids.map(Number), ask, hand, order, list };
}

test("the page has a form for each thing, none for a viewer, and none once the audience is written", async () => {
  const { ask, enter, db } = await waiting();
  const { html, headers } = await ask(path);
  expect(html.match(/action="[^"]*\/order"/g)).toHaveLength(5); // one a story, and the script's
  expect(html).toContain(`action="${path}/words"`);
  expect(html).toContain("order.js");
  expect(headers.get("Content-Security-Policy")).toContain("script-src 'self'");
  const viewer = await enter("guest@example.org", "viewer");
  const seen = await viewer(path);
  expect(seen.html).not.toMatch(/action="[^"]*\/(order|words|send)"/);
  for (const act of ["order", "words", "send"])
    expect((await viewer(`${path}/${act}`, { seen: "0" })).status).toBe(403);
  await db.updateTable("issues").set({ state: "sending", candidates: 3 }).execute();
  expect((await ask(path)).html).not.toMatch(/action="[^"]*\/(order|words|send)"/);
});

test("places are counted in the paper's digits, in Latin ones on an English page; a title that begins in Latin runs from the right", async () => {
  const { ask, database, publish, edition, issue, now } = await waiting();
  const later = await issue("2026-03-02", { state: "waiting" });
  await edition(later, "", [await publish({ title: "OpenHarbor تدير 26 ميناءً" })]);
  await database.batch([savePublisher(database.db, { ...newPublisher, digits: "arab" }, now())]);
  const shown = async (query: string) =>
    (await ask(`/newsroom/issues/daily/2026-03-02-morning${query}`)).html;
  expect(await shown("")).toMatch(/<ol class="order"[^>]* data-digits="arab"/);
  expect(await shown("?lang=en")).toMatch(/<ol class="order"[^>]* data-digits="latn"/);
  expect(await shown("")).toContain('<span dir="auto">\u200fOpenHarbor');
});

test.each([
  ["up", { act: "up" }, 2, [0, 2, 1, 3]],
  ["down", { act: "down" }, 1, [0, 2, 1, 3]],
  ["to a place", { act: "place", place: "1" }, 3, [3, 0, 1, 2]],
])("a story goes %s", async (_, act, which, after) => {
  const { order, hand, ids } = await waiting();
  const reply = await order({ article: String(ids[which]), ...act });
  expect(reply.status).toBe(303);
  expect(reply.headers.get("Location")).toBe(`${path}?sections=&language=ar#story-${ids[which]}`);
  expect(await hand()).toMatchObject({ pins: [], order: after.map((i) => ids[i]), version: 1 });
});

test("the whole order is saved at once, as after dragging; the page shows it before the issue is built anew", async () => {
  const { order, hand, ids, ask, db } = await waiting();
  const [a = 0, b = 0, c = 0, d = 0] = ids;
  expect((await order({ act: "order", list: [d, c, b, a].join() })).status).toBe(303);
  expect(await hand()).toMatchObject({ order: [d, c, b, a] });
  expect((await db.selectFrom("issues").select("state").executeTakeFirstOrThrow()).state).toBe("opened");
  const { html } = await ask(path);
  const places = [d, c, b, a].map((id) => html.indexOf(`id="story-${id}"`));
  expect(places.every((at) => at > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((x, y) => x - y));
});

test("what stands before a pinned story is pinned with it; one is left out and put back", async () => {
  const { order, hand, ids, ask } = await waiting();
  const [a = 0, b = 0, c = 0, d = 0] = ids;
  await order({ act: "pin", article: String(c) });
  expect(await hand()).toMatchObject({ pins: [c] });
  await order({ act: "order", list: [a, c, b, d].join(), seen: "1" });
  expect(await hand()).toMatchObject({ pins: [a, c], order: [b, d] });
  await order({ act: "hide", article: String(d), seen: "2" });
  expect(await hand()).toMatchObject({ hides: [d] });
  expect((await ask(path)).html).toContain("محذوف من العدد");
  await order({ act: "unhide", article: String(d), seen: "3" });
  expect(await hand()).toMatchObject({ hides: [] });
});

test("subject and intro are saved, shown as an inbox has them, and taken back", async () => {
  const { ask, hand } = await waiting();
  const words = { seen: "0", subject: "  صباح هادئ ", intro: "أهلًا.\r\nمن <غرفة> الأخبار" };
  expect((await ask(`${path}/words`, words)).status).toBe(303);
  expect(await hand()).toMatchObject({ subject: "صباح هادئ", intro: "أهلًا.\nمن <غرفة> الأخبار" });
  const { html } = await ask(path);
  expect(html).toContain("طول الموضوع 9");
  expect(html).toContain("من &lt;غرفة&gt; الأخبار");
  await ask(`${path}/words`, { seen: "1", subject: "", intro: "" });
  expect(await hand()).toMatchObject({ subject: null, intro: null });
  const long = await ask(`${path}/words`, { seen: "2", subject: "س".repeat(121), intro: "يبقى" });
  expect([long.status, long.html.includes("س".repeat(121)), long.html.includes("يبقى")]).toEqual([
    422,
    true,
    true,
  ]);
});

/** Each form of an issue that saves text or order, as the later of two sends it. */
const forms: [
  what: string,
  (ids: number[]) => [act: string, fields: Record<string, string>],
  yours: string,
][] = [
  ["its words", () => ["words", { subject: "موضوعي", intro: "مقدمتي" }], "مقدمتي"],
  ["a story up", (ids) => ["order", { act: "up", article: String(ids[1]) }], titles[1] ?? ""],
  ["a story down", (ids) => ["order", { act: "down", article: String(ids[1]) }], titles[1] ?? ""],
  [
    "a story to a place",
    (ids) => ["order", { act: "place", place: "1", article: String(ids[3]) }],
    titles[3] ?? "",
  ],
  ["the whole order", (ids) => ["order", { act: "order", list: ids.toReversed().join() }], titles[3] ?? ""],
  ["a pin", (ids) => ["order", { act: "pin", article: String(ids[1]) }], titles[1] ?? ""],
  ["a story left out", (ids) => ["order", { act: "hide", article: String(ids[1]) }], titles[1] ?? ""],
];

test.each(forms)(
  "two editors at once, %s: the older save is refused with both versions, and can be taken over",
  async (_, form, yours) => {
    const { ask, hand, ids, list, enter } = await waiting();
    const nada = await enter("nada@example.org", "editor");
    const theirs = { seen: "0", subject: "موضوع ندى", intro: "مقدمة ندى" };
    expect((await nada(`${path}/words`, theirs)).status).toBe(303);
    const other = { seen: "1", sections: "", language: "ar", list, act: "hide", article: String(ids[2]) };
    expect((await nada(`${path}/order`, other)).status).toBe(303);
    const held = await hand();

    const [act, fields] = form(ids);
    const sent = { seen: "0", sections: "", language: "ar", list, ...fields };
    const refused = await ask(`${path}/${act}`, sent);
    expect(refused.status).toBe(409);
    expect(await hand()).toEqual(held); // nothing was changed
    const both = refused.html.split('id="both"')[1] ?? "";
    expect(both).toContain("كما هو الآن");
    expect(both).toContain("كما أردته");
    expect(both).toContain(yours);
    if (act === "words") expect(both).toContain("مقدمة ندى");
    else expect(both).toContain(`value="${held.version}"`);

    // The form on that page carries the version that was shown: saved by hand it holds.
    const hidden = [...both.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
    const again = Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, value]));
    expect(again["seen"]).toBe(String(held.version));
    const taken = await ask(`${path}/${act}`, act === "words" ? { ...again, ...fields } : again);
    expect(taken.status).toBe(303);
    expect((await hand()).version).toBe(held.version + 1);
    if (act === "words") expect(await hand()).toMatchObject({ subject: "موضوعي", hides: held.hides });
    else expect(await hand()).toMatchObject({ subject: "موضوع ندى" });
  },
);

test("reasons: of two who call an issue off, or pause it, the second sees both", async () => {
  const { ask, enter, db } = await waiting();
  const nada = await enter("nada@example.org", "editor");
  await db.updateTable("issues").set({ state: "sending", candidates: 3 }).execute();
  for (const act of ["pause", "cancel"]) {
    expect((await nada(`${path}/${act}`, { reason: `سبب ندى ${act}` })).status).toBe(303);
    const { status, html } = await ask(`${path}/${act}`, { reason: "سبب سلمى" });
    expect([act, status]).toEqual([act, 409]);
    for (const words of [`سبب ندى ${act}`, "سبب سلمى", "nada@example.org"]) expect(html).toContain(words);
  }
});

test.each([
  ["order", { seen: "x" }],
  ["order", { act: "nothing" }],
  ["order", { act: "up", article: "999" }],
  ["order", { act: "order", list: "1,1" }],
  ["order", { act: "place", place: "0" }],
  ["order", { act: "hide", article: "" }],
  ["words", { seen: "" }],
])("a form that is none of ours is refused: %s %j", async (act, fields) => {
  const { ask, hand, ids, list } = await waiting();
  const reply = await ask(`${path}/${act}`, {
    ...{ seen: "0", sections: "", language: "ar", list, article: String(ids[0]) },
    ...fields,
  });
  expect([reply.status, await hand()]).toEqual([400, null]);
});

test("one that is to come has a page of its own, and what is said there waits for it", async () => {
  const { enter, database, publish } = await openNewsroom();
  const at = Temporal.Instant.from("2026-03-02T05:00Z").epochMilliseconds;
  const next = { next_at: at, next_date: "2026-03-02", next_slot: "morning" };
  await database.db.updateTable("digests").set(next).execute();
  const id = await publish({ title: "عاد القطار" });
  const ask = await enter("salma@example.org", "editor");
  const page = "/newsroom/issues/daily/2026-03-02-morning";
  const { status, html } = await ask(page);
  expect([status, html.includes("لم يُفتح بعد"), html.includes(`id="story-${id}"`)]).toEqual([
    200,
    true,
    true,
  ]);
  expect((await ask(`${page}/words`, { seen: "0", subject: "غدًا", intro: "" })).status).toBe(303);
  expect((await ask(page)).html).toContain('value="غدًا"');
  for (const none of ["2026-03-01-morning", "2026-03-02-noon", "2026-03-02-extra-1", "2026-02-30-morning"])
    expect([none, (await ask(`/newsroom/issues/daily/${none}`)).status]).toEqual([none, 404]);
});

test("it is sent before its time by whoever saw this revision, and by nobody twice", async () => {
  const { ask, db, now } = await waiting();
  const old = await ask(`${path}/send`, { revision: "1" });
  expect([old.status, old.html.includes("تغيّر العدد")]).toEqual([409, true]);
  expect((await ask(`${path}/send`, { revision: "2" })).status).toBe(303);
  const issue = await db.selectFrom("issues").selectAll().executeTakeFirstOrThrow();
  expect(issue).toMatchObject({
    state: "built",
    approved_by: "salma@example.org",
    planned_at: now().epochMilliseconds,
  });
  expect((await ask(`${path}/send`, { revision: "2" })).status).toBe(409);
});
