import { expect, test } from "vitest";
import { openNewsroom } from "./newsroom.fixture.ts";

async function open() {
  const newsroom = await openNewsroom();
  await newsroom.database.db
    .updateTable("digests")
    .set({
      next_at: newsroom.now().add({ hours: 20 }).epochMilliseconds,
      next_date: "2026-03-02",
      next_slot: "morning",
    })
    .execute();
  const put = async (article: Parameters<typeof newsroom.publish>[0]) => ({
    id: await newsroom.publish(article),
  });
  for (const slug of ["ثقافة", "اقتصاد"]) await newsroom.section(slug);
  const council = await put({ title: "المجلس يقر الموازنة", sections: ["ثقافة"] });
  const budget = await put({
    title: "إقرار موازنة البلاد",
    sections: ["اقتصاد"],
    source_name: "وكالة",
  });
  const edit = await newsroom.enter("mona@example.org", "editor");
  const log = async () =>
    (
      await newsroom.database.db
        .selectFrom("audit_log")
        .select(["actor", "act", "subject"])
        .orderBy("id")
        .execute()
    )
      .filter(({ act }) => act !== "sign-in")
      .map(({ actor, act, subject }) => `${actor} ${act} ${subject}`);
  return { ...newsroom, council, budget, edit, log };
}

test("two stories become one, and two again", async () => {
  const { council, budget, edit, log } = await open();
  const path = `/newsroom/stories/${council.id}`;
  const list = await edit("/newsroom/stories");
  expect(list.html).toContain("المجلس يقر الموازنة");
  expect(list.html).toContain("إقرار موازنة البلاد");
  const merged = await edit(`${path}/merge`, { with: String(budget.id) });
  expect([merged.status, merged.headers.get("Location")]).toEqual([303, `${path}?done=merged`]);
  expect((await edit(`${path}?done=merged`)).html).toContain("صارتا قصة واحدة");
  expect((await edit("/newsroom/stories")).html).toContain('<ul class="tellers">');
  expect((await edit(`${path}/merge`, { with: String(budget.id) })).status).toBe(409);
  expect((await edit(`${path}/merge`, { number: "999" })).html).toContain("لا خبر رقمه 999");
  const split = await edit(`${path}/split`, { article: String(budget.id) });
  expect(split.headers.get("Location")).toBe(`${path}?done=split`);
  expect((await edit(`${path}/split`, {})).status).toBe(409);
  expect(await log()).toEqual([
    `mona@example.org story-merge story ${budget.id} into ${council.id}`,
    `mona@example.org story-split articles ${budget.id} out of story ${council.id}`,
  ]);
});

test("an article is weighed, chosen for the next issue, and why it stands there is said", async () => {
  const { council, edit } = await open();
  const path = `/newsroom/stories/${council.id}`;
  expect((await edit(`${path}/importance`, { importance: "3" })).headers.get("Location")).toBe(
    `${path}?done=importance`,
  );
  expect((await edit(`${path}/importance`, { importance: "7" })).status).toBe(409);
  expect((await edit("/newsroom/stories?importance=3")).html).toContain("المجلس يقر الموازنة");
  expect((await edit("/newsroom/stories?importance=2")).html).toContain("لا أخبار هنا");
  const issue = "daily/2026-03-02-morning";
  const hand = (act: string, name = issue) => edit(`${path}/hand`, { issue: name, act });
  expect((await hand("pin")).headers.get("Location")).toBe(`${path}?done=pin`);
  expect((await edit("/newsroom/stories?show=pinned")).html).toContain("المجلس يقر الموازنة");
  expect((await edit(`${path}/rank?issue=${issue}`)).html).toContain("ثبّته المحرر في أول العدد");
  expect((await hand("hide")).headers.get("Location")).toBe(`${path}?done=hide`);
  expect((await edit(`${path}/rank?issue=${issue}`)).html).toContain("حذفه محرر من العدد");
  expect((await hand("hide", "daily/none")).status).toBe(409);
  expect((await hand("burn")).status).toBe(409);
});

test("a correction is refused where somebody else was quicker; a retraction is asked about and stands", async () => {
  const { council, edit, log } = await open();
  const path = `/newsroom/stories/${council.id}`;
  const fixed = { title: "المجلس يقر نصف الموازنة", summary: "نصفها.", correction: "كتبنا كلها." };
  expect((await edit(`${path}/correct`, { ...fixed, revision: "1" })).headers.get("Location")).toBe(
    `${path}?done=corrected`,
  );
  const stale = await edit(`${path}/correct`, { ...fixed, title: "غيره", revision: "1" });
  expect([stale.status, stale.html.includes("غيّر غيرك هذا الخبر")]).toEqual([409, true]);
  for (const typed of ["غيره", fixed.summary, fixed.correction]) expect(stale.html).toContain(`${typed}</p>`);
  expect((await edit(path)).html).toContain("المجلس يقر نصف الموازنة");
  expect((await edit(`${path}/retract`)).html).toContain("لا يعود أبدًا".slice(0, 8));
  expect((await edit(`${path}/retract`, { reason: " " })).status).toBe(409);
  expect((await edit(`${path}/retract`, { reason: "خطأ من أصله" })).headers.get("Location")).toBe(
    `${path}?done=retracted`,
  );
  expect((await edit(path)).html).toContain("خطأ من أصله");
  expect((await edit("/newsroom/stories")).html).not.toContain("نصف الموازنة");
  expect((await edit("/newsroom/stories?show=retracted")).html).toContain("نصف الموازنة");
  expect((await edit(`${path}/correct`, { ...fixed, revision: "2" })).html).toContain("ما سُحب لا يعود");
  expect(await log()).toContain(`mona@example.org article-retract article ${council.id}`);
});

test("a viewer looks and changes nothing", async () => {
  const { council, enter } = await open();
  const view = await enter("nada@example.org", "viewer");
  const { html } = await view(`/newsroom/stories/${council.id}`);
  expect(html).not.toContain("<textarea");
  expect(html).not.toContain(`/newsroom/stories/${council.id}/hand`);
  for (const act of ["importance", "hand", "merge", "split", "correct", "retract"])
    expect((await view(`/newsroom/stories/${council.id}/${act}`, {})).status).toBe(403);
});

test("pages of the stream follow each other, each article once, also where two filters hold", async () => {
  const { publish, edit } = await open();
  for (let i = 0; i < 45; i++)
    await publish({
      title: `خبر رقم ${i} عن ${i * 7919}`,
      sections: [i % 2 ? "ثقافة" : "اقتصاد"],
      source_name: i % 3 ? "وكالة" : "صحيفة",
    });
  for (const [query, most] of [
    ["", 47],
    ["?source=%D9%88%D9%83%D8%A7%D9%84%D8%A9", 31],
    ["?source=%D9%88%D9%83%D8%A7%D9%84%D8%A9&section=%D8%AB%D9%82%D8%A7%D9%81%D8%A9", 15],
  ] as const) {
    const seen: string[] = [];
    let next: string | undefined = `/newsroom/stories${query}`;
    for (let page = 0; next && page < 9; page++) {
      const { html } = await edit(next);
      seen.push(
        ...[...html.matchAll(/<th scope="row"><a href="(\/newsroom\/stories\/\d+)"/g)].map(
          ([, it = ""]) => it,
        ),
      );
      next = /<a href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    }
    expect([query, seen.length, new Set(seen).size]).toEqual([query, most, most]);
  }
});
