import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { newPublisher, type SettingsTables, savePublisher } from "../settings/index.ts";
import { assets, openPaper, site, startOfTests } from "./articles.fixture.ts";
import { type ArticleTables, articlePages } from "./index.ts";

async function open() {
  const database = openTestDatabase<ArticleTables & SettingsTables>();
  const paper = await openPaper(database);
  const app = articlePages({
    database,
    site,
    now: paper.now,
    assets,
    signUp: (language) => `the form in ${language}`,
    feedLinks: (name, own) => [
      {
        title: `${name}: ${own?.title ?? "*"}`,
        href: `/feeds/${own ? `${own.kind}/${own.slug}` : "all"}.rss`,
        type: "application/rss+xml",
      },
    ],
  });
  const get = async (path: string) => {
    const reply = await app.request(path);
    return { status: reply.status, headers: reply.headers, html: await reply.text() };
  };
  return { ...paper, database, get };
}

const hoursBefore = (hours: number) => startOfTests.subtract({ hours }).toString();
const count = (html: string, piece: string) => html.split(piece).length - 1;

test("a renamed section's page is found under the name that it had", async () => {
  const { get, section, database } = await open();
  await section("culture", "ثقافة");
  await database.db.updateTable("sections").set({ slug: "فنون" }).where("slug", "=", "culture").execute();
  const { status, headers } = await get("/sections/culture");
  expect([status, headers.get("location")]).toEqual([301, "/sections/%D9%81%D9%86%D9%88%D9%86"]);
  expect((await get("/sections/never")).status).toBe(404);
});

test("the front page of a paper without news says so, and has the form", async () => {
  const { get } = await open();
  const { status, html } = await get("/");
  expect(status).toBe(200);
  expect(html).toContain("لا أخبار هنا بعد");
  expect(html).toContain("the form in ar");
  expect(html).toContain('<link rel="canonical" href="https://marsa.example/"');
});

test("the front page: the editor's choice leads, each story stands once, each section has its block", async () => {
  const { get, section, publish } = await open();
  await section("culture", "ثقافة", "Culture");
  await section("sports", "رياضة");
  await publish({ title: "خبر عاجل", importance: 3, published_at: hoursBefore(5) });
  for (let i = 0; i < 12; i++) await publish({ title: `سياسة ${i}`, published_at: hoursBefore(i) });
  for (let i = 0; i < 3; i++)
    await publish({
      title: `ثقافة ${i}`,
      sections: ["culture", "politics"],
      published_at: hoursBefore(40 + i),
    });
  const { html } = await get("/");
  expect(html).toMatch(/story-lead[\s\S]{0,400}خبر عاجل/);
  for (const title of ["خبر عاجل", "سياسة 0<", "سياسة 5<", "ثقافة 0<"])
    expect([title, count(html, title)]).toEqual([title, 1]);
  expect(html).toContain('href="/sections/culture"');
  expect(html).not.toContain('id="section-3"'); // sports has nothing to show
  const english = await get("/?lang=en");
  expect(english.html).toContain('<html lang="en" dir="ltr">');
  expect(english.html).toContain(">Culture<");
  expect(english.html).toContain("2 hours ago");
});

test("a section is read to its end, every article once, and what came in meanwhile does not shift it", async () => {
  const { get, publish } = await open();
  for (let i = 0; i < 45; i++)
    await publish({ title: `خبر-${i}-`, published_at: hoursBefore(Math.floor(i / 3)) });
  const seen: string[] = [];
  let path: string | undefined = "/sections/politics";
  for (let pages = 0; path !== undefined && pages < 5; pages++) {
    const { status, html } = await get(path);
    expect(status).toBe(200);
    seen.push(...(html.match(/خبر-\d+-/g) ?? []));
    path = /href="([^"]*)" rel="next"/.exec(html)?.[1];
    await publish({ title: "وصل الآن" });
  }
  expect(path).toBeUndefined();
  expect(seen).toHaveLength(45);
  expect(new Set(seen).size).toBe(45);
});

test("a section's page names its own feed, and its slug may be written in any form of Unicode", async () => {
  const { get, section } = await open();
  await section("آراء", "آراء", "Opinion");
  const path = (form: "NFC" | "NFD") => `/sections/${encodeURIComponent("آراء".normalize(form))}`;
  const { html } = await get(path("NFC"));
  expect(html).toMatch(
    /<link rel="alternate" type="application\/rss\+xml" title="[^"]*آراء" href="\/feeds\/section/,
  );
  expect(html).toContain('aria-current="page"');
  expect((await get(path("NFD"))).status).toBe(200);
});

test("what is asked for and what it gets", async () => {
  const { get, database, clock, section, publish, retract } = await open();
  await section("closed", "مغلق");
  await database.db
    .updateTable("sections")
    .set({ closed_at: startOfTests.epochMilliseconds })
    .where("slug", "=", "closed")
    .execute();
  const shown = await publish();
  const later = await publish({ published_at: startOfTests.add({ hours: 1 }).toString() });
  const gone = await publish({ title: "خبر كاذب" });
  await retract(gone, "نُشر قبل أن يتحقق منه أحد");
  clock.now = startOfTests.add({ hours: 2 }); // and no tick since
  const table: [path: string, status: number][] = [
    ["/", 200],
    ["/sections/politics", 200],
    ["/sections/politics?before=", 400],
    ["/sections/politics?before=0-1", 200],
    ["/sections/politics?before=1-1%20or%201=1", 400],
    [`/sections/politics?before=${"9".repeat(16)}-1`, 400],
    ["/sections/politics?before[]=1", 200],
    ["/sections/closed", 410],
    ["/sections/nothing", 404],
    [`/sections/${"a".repeat(5000)}`, 404],
    ["/sections/%E0%A4%A", 404],
    ["/sections/%00", 404],
    [`/articles/${shown}`, 200],
    [`/articles/0${shown}`, 404],
    [`/articles/${later}`, 404],
    [`/articles/${gone}`, 410],
    ["/articles/0", 404],
    ["/articles/-1", 404],
    ["/articles/1e0", 404],
    ["/articles/999999999999999", 404],
    [`/articles/${"9".repeat(400)}`, 404],
  ];
  for (const [path, status] of table) expect([path, (await get(path)).status]).toEqual([path, status]);
  const retracted = await get(`/articles/${gone}`);
  expect(retracted.html).toContain("نُشر قبل أن يتحقق منه أحد");
  expect(retracted.html).not.toContain("خبر كاذب");
  expect((await get("/")).html).not.toContain("خبر كاذب");
});

test("an article shows all that is known of it", async () => {
  const { get, clock, publish } = await open();
  const known = {
    external_id: "a",
    title: "C++ في مدارس مرسانة",
    body_html: "<p>اتصل على <strong>+963 11 222 3333</strong> قبل الأحد.</p>",
    authors: ["ليلى الحاج", "سامر قباني"],
    source_name: "وكالة الفنار",
    tags: ["تعليم", "برمجة"],
    image: {
      url: "https://marsa.example/pictures/a.jpg",
      alt: "قاعة درس",
      credit: "رسوم المرسى",
      width: 1200,
      height: 800,
    },
    published_at: hoursBefore(3),
  };
  await publish(known);
  clock.now = startOfTests.add({ hours: 1 });
  const id = await publish({ ...known, correction: "ورد العدد خطأ، والصواب 12." });
  const { html } = await get(`/articles/${id}`);
  expect(html).toContain('<link rel="canonical" href="https://marsa.example/articles/1"');
  expect(html.replace(/<[^>]*>/g, "")).toContain("ليلى الحاج، سامر قباني · وكالة الفنار");
  expect(html).toContain('<span dir="ltr">+963 11 222 3333</span>');
  expect(html).toContain("\u2066C++\u2069");
  expect(html).toContain('src="/pictures/a.jpg"'); // ours: without our host
  expect(html).toContain("رسوم المرسى");
  expect(html).toContain("ورد العدد خطأ، والصواب 12.");
  expect(html.replace(/<[^>]*>/g, "")).toContain("تعليم، برمجة");
  expect(html).toContain("1 آذار/مارس 2026، 06:00");
  expect(html).toContain("عُدّل في 1 آذار/مارس 2026، 10:00");
});

test("a text without a date says when it was first seen; one with a page elsewhere names that page", async () => {
  const { get, publish } = await open();
  const undated = await publish();
  expect((await get(`/articles/${undated}`)).html).toContain("وصلنا في 1 آذار/مارس 2026، 09:00");
  const elsewhere = await publish({
    url: "https://other.example/news/1?a=1&b=2",
    published_at: hoursBefore(1),
  });
  const { html } = await get(`/articles/${elsewhere}`);
  expect(html).toContain('<link rel="canonical" href="https://other.example/news/1?a=1&amp;b=2"');
  expect(html).not.toContain("وصلنا في");
  expect((await get("/")).html).toContain('href="https://other.example/news/1?a=1&amp;b=2"');
});

test("nothing that was typed becomes markup", async () => {
  const { get, publish, section, database, retract } = await open();
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)> ' & </title>`;
  await section("evil", evil, evil);
  await database.batch([
    savePublisher(
      database.db,
      { ...newPublisher, name: evil.slice(0, 80), nameEn: evil.slice(0, 80), tagline: evil },
      startOfTests,
    ),
  ]);
  const id = await publish({
    title: evil,
    summary: evil,
    sections: ["evil"],
    authors: [evil],
    tags: [evil],
    source_name: evil,
    correction: evil,
    image: { url: "https://x.example/a.jpg", alt: evil, credit: evil },
    body_html: `<p>${evil}</p>`,
  });
  const gone = await publish();
  await retract(gone, evil);
  for (const path of ["/", "/?lang=en", "/sections/evil", `/articles/${id}`, `/articles/${gone}`]) {
    const { html } = await get(path);
    expect([path, /<script|<[^>]*\sonerror=[^>]*>/i.test(html.replaceAll(/="[^"]*"/g, ""))]).toEqual([
      path,
      false,
    ]);
    expect(html).toContain("&lt;script&gt;");
  }
});

test("a summary stands above the text, unless the text begins with it", async () => {
  const { get, publish } = await open();
  const long = `${"كلمات كثيرة ".repeat(40)}.`;
  const table: [over: Parameters<typeof publish>[0], times: number][] = [
    [{ summary: "ما كتبه محرر", body_html: "<p>فتحت المكتبة.</p>" }, 1],
    [{ summary: "فتحت «المكتبة» & عادت", body_html: "<p>فتحت <b>«المكتبة»</b> &amp;\nعادت</p><p>نص</p>" }, 0],
    [{ body_html: "<p>فتحت المكتبة.</p><p>نص</p>" }, 0],
    [{ body_html: `<p>${long}</p>` }, 0],
  ];
  for (const [over, times] of table) {
    const { html } = await get(`/articles/${await publish(over)}`);
    expect(html.match(/class="article-summary"/g) ?? []).toHaveLength(times);
  }
});

test("a tag and an author have pages, under one address for all spellings, to which an article leads", async () => {
  const { get, publish } = await open();
  const id = await publish({ title: "أول", tags: ["ثقافة عامة"], authors: ["أحمد نور", "سلمى"] });
  await publish({ title: "ثانٍ", tags: ["ثقافه عامه"], authors: ["احمد نور"] });
  const [tag, author] = [encodeURIComponent("ثقافه-عامه"), encodeURIComponent("احمد-نور")];
  const { html } = await get(`/articles/${id}`);
  expect(html).toContain(`<a href="/tags/${tag}">ثقافة عامة</a>`);
  expect(html).toContain(`<a href="/authors/${author}">أحمد نور</a>`);
  const page = await get(`/authors/${author}`);
  expect([page.html.includes("أول"), page.html.includes("ثانٍ")]).toEqual([true, true]);
  expect(page.html).toContain('href="/feeds/author/احمد-نور.rss"');
  expect(page.html).toContain(">أحمد نور</h1>");
  const other = await get(`/authors/${encodeURIComponent("أحمد-نور")}`);
  expect([other.status, other.headers.get("location")]).toEqual([301, `/authors/${author}`]);
  expect((await get(`/tags/${tag}`)).html).toContain(">وسم: ثقافة عامة</h1>");
  expect((await get("/tags/nothing")).status).toBe(404);
  expect((await get(`/tags/${tag}?before=x`)).status).toBe(400);
});
