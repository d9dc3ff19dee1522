// Mails as they are drawn, not as they are marked up: where each word stands, whatever a mail program strips from them.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createMailRenderer,
  type DigestMail,
  type DigestStory,
  fillPersonal,
  mailWords,
} from "../../src/mail/index.ts";
import { newPublisher } from "../../src/settings/index.ts";
import { noticeMail } from "../../src/subscribers/index.ts";
import { startBrowser } from "../support/browser.ts";
import { startSite } from "../support/site.ts";
import { judge } from "./axe.ts";
import { lettersOf, stickingOut, type Word, wordsOf } from "./measure.ts";

const [browser, site] = await Promise.all([startBrowser(), startSite()]);
const context = await browser.newContext();
const page = await context.newPage();
afterAll(async () => {
  await browser.close();
  await site.close();
});

const fromOutbox = (await site.mailTo("salma@readers.invalid")).html ?? "";

const picture = (width: number, height: number, text: string) => ({
  url: `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#789"/></svg>`)}`,
  alt: text,
  width,
  height,
});

const hardStories: DigestStory[] = [
  {
    title: "OpenHarbor يدير حركة 26 ميناءً بلغة C++ منذ 2022",
    url: "https://news.example.org/1",
    summary: "للاستفسار يُرجى الاتصال بالرقم +963 11 222 3333 أو مراسلة jobs@example.org في أي وقت.",
    brief: "للاستفسار يُرجى الاتصال بالرقم +963 11 222 3333 أو مراسلة jobs@example.org.",
    section: "تقنية",
    source: "خاص",
    time: "05:40",
    image: picture(1200, 675, "برج المراقبة في الميناء"),
  },
  {
    title: "مَن كَتَبَ «مقدّمة Visual Studio Code» بالعربية؟",
    url: "https://news.example.org/2",
    summary: "التفاصيل على https://docs.example.org/ar/guide وهي متاحة لمن يشاء، بسعر 4.99- دولار.",
    brief: "التفاصيل على https://docs.example.org/ar/guide لمن يشاء.",
    section: "كتب",
    source: "رويترز",
    time: "أمس 17:30",
    image: picture(600, 800, ""),
  },
  {
    title:
      "وزير الثقافة يفتتح معرض الكتاب العربي الثالث والستين بمشاركة 412 دار نشر من 27 بلدًا، ويعلن إنشاء صندوق دائم لدعم الترجمة من اللغات الآسيوية والإفريقية إلى العربية",
    url: "https://news.example.org/3",
    summary: "",
    brief: "",
    section: "كتب",
    source: "وكالة الأنباء",
    time: "04:05",
    image: null,
  },
  {
    title: "EU agrees, again, on a common charger.",
    url: "https://news.example.org/4",
    summary: "Brussels: the new rule applies from 2028.",
    brief: "Brussels: the new rule applies from 2028.",
    section: "Tech",
    source: "Reuters",
    time: "03:00",
    image: picture(1600, 400, "A charger"),
  },
];

/** What is hard to set: islands of Latin, numbers with signs, tashkeel, titles that begin in another script. */
const hard: DigestMail = {
  language: "ar",
  dir: "rtl",
  publisher: {
    name: "صحيفة المرفأ",
    url: "https://news.example.org",
    logoUrl: null,
    colour: "#8a1c2c",
    postalAddress: "شارع الميناء 14، طرابلس",
    social: [
      { name: "فيسبوك", url: "https://facebook.com/harbour" },
      { name: "mastodon.example", url: "https://mastodon.example/@harbour" },
    ],
  },
  subject: "المرفأ",
  preheader: "المدارس",
  sample: true,
  words: mailWords("ar"),
  digest: { name: "نشرة الصباح" },
  dateLine: "الاثنين 24 تشرين الثاني 2026",
  hijriLine: "14 جمادى الآخرة 1448 هـ",
  intro: "صباح الخير من هيئة التحرير.",
  stories: hardStories,
  groups: [
    { heading: "كتب", stories: hardStories.slice(1, 3) },
    { heading: "Tech", stories: hardStories.slice(3) },
  ],
};
/** Names and titles stay as they are; the time is in the mail's language, as edition.ts writes it. */
const inEnglish = (story: DigestStory): DigestStory => ({
  ...story,
  time: story.time.replace("أمس", "yesterday"),
});
const english: DigestMail = {
  ...hard,
  stories: hard.stories.map(inEnglish),
  groups: hard.groups.map((group) => ({ ...group, stories: group.stories.map(inEnglish) })),
  language: "en",
  dir: "ltr",
  words: mailWords("en"),
  digest: { name: "The Daily Bulletin" },
  dateLine: "Monday 24 November 2026",
  hijriLine: null,
  intro: "Good morning from the editors.",
};

const weekly: DigestMail = { ...hard, dateLine: "من 28 تشرين الثاني إلى 4 كانون الأول 2026" };
const alone: DigestMail = { ...hard, intro: null, stories: hardStories.slice(0, 1), groups: [] };

const builtIn = (name: string) => readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8");
const renderer = createMailRenderer(() => builtIn);
const reader = {
  unsubscribeUrl: "https://news.example.org/unsubscribe/t",
  preferencesUrl: "https://news.example.org/preferences/t",
  worthUrl: "https://news.example.org/worth/t",
  webUrl: "https://news.example.org/issues/daily/2026-11-24-morning",
  address: "salma@example.org",
};
const rendered = async (data: DigestMail, template = "digest") =>
  fillPersonal(await renderer.render(template, data), reader).html;
const hardHtml = await rendered(hard);
const whenIn = { ar: "الأحد إلى الخميس، 07:00 بتوقيت بيروت", en: "Sunday to Thursday, 07:00 Beirut" };
/** A mail that is no issue, as the service writes it. */
const notice = async (kind: string, language: "ar" | "en", data: object) => {
  const queued = { id: 1, kind, language, data: JSON.stringify({ subscriber: 7, ...data }) };
  const { template, data: letter } = await noticeMail(queued, {
    publisher: {
      ...newPublisher,
      ...hard.publisher,
      nameEn: "The Harbour",
      social: "https://t.me/harbour https://mastodon.example/@harbour",
    },
    site: new URL("https://news.example.org/"),
    keys: [{ id: "k1", key: "k".repeat(40) }],
    digests: [{ id: 1, slug: "morning", name: "نشرة الصباح", nameEn: null, when: whenIn[language] }],
    date: Temporal.Instant.from("2026-03-01T05:00:00Z"),
  });
  const base: "rtl" | "ltr" = letter.dir;
  // A token has no words whose order could be judged, and is broken where a line ends.
  const html = (await renderer.render(template, letter)).html.replace(/(>https:[^<]*\/)[^<]*</g, "$1t<");
  return { name: `${kind}, ${language}`, base, html };
};
const kinds: [string, object][] = [
  ["confirm", { request: 3, digests: [1] }],
  ["welcome", { digests: [1] }],
  ["preferences", {}],
  ["address", { change: 4 }],
  ["moved", {}],
];
/** Issues that carry one article. */
const special = async (name: "breaking" | "correction", data: DigestMail) => {
  const notice = "أرسلنا إليك في عدد 24 تشرين الثاني 2026 خبرًا فيه خطأ. هذا صوابه:";
  const one = { ...data, stories: data.stories.slice(0, 1), notice };
  const html = fillPersonal(await renderer.render(name, one), reader).html;
  return { name: `${name}, ${data.language}`, base: data.dir, html };
};
const mails: { name: string; base: "rtl" | "ltr"; html: string }[] = [
  { name: "the digest of the sample", base: "rtl", html: fromOutbox },
  { name: "hard Arabic", base: "rtl", html: hardHtml },
  { name: "the same in an English mail", base: "ltr", html: await rendered(english) },
  { name: "compact", base: "rtl", html: await rendered(hard, "compact") },
  { name: "compact, in an English mail", base: "ltr", html: await rendered(english, "compact") },
  { name: "weekly", base: "rtl", html: await rendered(weekly, "weekly") },
  { name: "weekly, in an English mail", base: "ltr", html: await rendered(english, "weekly") },
  { name: "one story alone", base: "rtl", html: await rendered(alone) },
  ...(await Promise.all(
    [hard, english].flatMap((data) => [special("breaking", data), special("correction", data)]),
  )),
  ...(await Promise.all(
    kinds.flatMap(([kind, data]) => [notice(kind, "ar", data), notice(kind, "en", data)]),
  )),
];

const strip = {
  "as it is": (html: string) => html,
  "without its head": (html: string) => html.replace(/<head[\s>][\s\S]*?<\/head>/u, ""),
  "with no inner dir": (html: string) => html.replace(/<(?!html|body)([^>]*?) dir="\w+"/gu, "<$1"),
};

describe.each(mails)("$name", ({ base, html }) => {
  test.each(Object.entries(strip))("%s", async (how, stripped) => {
    await page.setContent(stripped(html), { waitUntil: "load" });
    for (const width of [600, 375]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const where = `${width} px, ${colorScheme}`;
        const words = await wordsOf(page);
        expect(words.length, where).toBeGreaterThan(20);
        expect(outOfOrder(words, base), where).toEqual([]);
        expect(await stickingOut(page), where).toEqual([]);
        if (how === "with no inner dir") continue; // colours are as they were
        const { faults, contrast } = await judge(page, ["color-contrast"]);
        expect(faults, where).toEqual([]);
        expect(contrast.open, where).toEqual([]);
        expect(contrast.judged, where).toBeGreaterThanOrEqual(contrast.texts);
      }
    }
  });
});

describe.each(Object.entries(strip))("islands in Arabic, %s", (_how, stripped) => {
  beforeAll(async () => {
    await page.setViewportSize({ width: 600, height: 800 });
    await page.setContent(stripped(hardHtml), { waitUntil: "load" });
  });

  test.each(["+963 11 222 3333", "C++", "jobs@example.org", "salma@example.org", "2022", "05:40", "1448"])(
    "%s is read from the left",
    async (piece) => {
      const lefts = await lettersOf(page, piece);
      expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
    },
  );

  test("a URL is read from the left, on each of its lines", async () => {
    const url = "https://docs.example.org/ar/guide";
    const [first = 0, second = 0] = await lettersOf(page, url);
    expect(second).toBeGreaterThan(first);
  });
});

test.each([
  [600, "as it is", strip["as it is"]],
  [375, "as it is", strip["as it is"]],
  [600, "without its head", strip["without its head"]],
  [600, "with no inner dir", strip["with no inner dir"]],
])("at %i px, %s, stories stand as designed", async (width, _how, stripped) => {
  await page.setViewportSize({ width, height: 800 });
  await page.setContent(stripped(fromOutbox), { waitUntil: "load" });
  const [lead, ...others] = await storiesOf(page);
  expect(others.length).toBeGreaterThan(3);
  const headings = await page.locator("h2.label").allTextContents();
  expect(headings.length).toBeGreaterThan(1);
  expect(new Set(headings).size, "each section stands once").toBe(headings.length);
  const column = Math.min(width, 600);
  if (!lead?.image) throw new Error("The sample's lead has a picture.");
  expect(lead.image.width, "the lead's picture fills the column").toBeGreaterThan(column * 0.85);
  expect(lead.image.bottom, "and stands above its title").toBeLessThanOrEqual(lead.title.top);
  for (const { title, summary, image } of [lead, ...others]) {
    expect(title.bottom, "a title stands above its summary").toBeLessThanOrEqual(summary.top + 1);
    expect(Math.abs(title.right - summary.right), "both begin at the right").toBeLessThan(2);
    expect(title.right, "at the edge").toBeGreaterThan((page.viewportSize()?.width ?? 0) / 2 + column * 0.42);
    if (image && image !== lead.image) {
      expect(image.right, "a picture stands beside, at the left").toBeLessThan(title.left);
      expect(image.top, "at the height of the words").toBeLessThan(summary.bottom);
    }
  }
});

type Place = { left: number; right: number; top: number; bottom: number; width: number };
type Story = { title: Place; summary: Place; image: Place | null };

const storiesOf = (of: Page) =>
  of.evaluate<Story[]>(`[...document.querySelectorAll("h2.lead, h3")].map((title) => {
    const place = (it) => it && (({ left, right, top, bottom, width }) => ({ left, right, top, bottom, width }))(it.getBoundingClientRect());
    const summary = title.nextElementSibling;
    return { title: place(title), summary: place(summary), image: place((title.matches("h2") ? title.closest("table") : title.closest("tr")).querySelector("img")) };
  })`);

const arabic = /\p{Script=Arabic}/u;
const latin = /\p{Script=Latin}/u;

/**
 * Pairs of neighbours on a line that stand the wrong way round. After an Arabic word one goes on to the left, inside Latin
 * to the right; from one script to the other the way goes as the whole mail does.
 */
function outOfOrder(words: readonly Word[], base: "rtl" | "ltr"): string[] {
  return words.flatMap((word, i) => {
    const next = words[i + 1];
    if (!next || next.block !== word.block) return [];
    const sameLine = Math.min(word.bottom, next.bottom) - Math.max(word.top, next.top) > 4;
    if (!sameLine) return next.top > word.top ? [] : [`${next.text} stands above ${word.text}`];
    const scripts = [word, next].map(({ text }) =>
      arabic.test(text) ? "rtl" : latin.test(text) ? "ltr" : null,
    );
    const [first, second] = scripts;
    if (!first || !second) return []; // numbers go with what is about them
    // In an English mail, Arabic titles run right to left as wholes, Latin words in them too.
    if (first !== second && base === "ltr") return [];
    const way = first === second ? first : base;
    if (way === "rtl" && next.right > word.left + 1) return [`${next.text} is not left of ${word.text}`];
    if (way === "ltr" && next.left < word.right - 1) return [`${next.text} is not right of ${word.text}`];
    return [];
  });
}
