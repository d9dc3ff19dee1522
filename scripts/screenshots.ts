// Pictures of every page and mail, for looking at: `npm run screenshots [folder [mails or
// the beginning of some pages' names]]`. Two widths, two languages, light and dark.
// `npm run screenshots docs/images readme` takes those of the newsroom that the README shows.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { samplePictures } from "../src/sample/pictures/index.ts";
import { type House, openHouse, visitors } from "../tests/support/pages.ts";
import { movingMail, preferencesMail, subscribe } from "../tests/support/reader-visits.ts";
import { found, type Site } from "../tests/support/site.ts";

const [, , folder = "screenshots", only] = process.argv;
const widths = [375, 1280];
const schemes = ["light", "dark"] as const;
const taken: string[] = [];

/** Stories that are hard to set: long titles and short ones, Latin words, numbers, no summary, no picture, tall ones. */
async function news(site: Site, name: string): Promise<void> {
  const file = join(folder, `${name}.json`);
  const picture = (path: string, width: number, height: number) => ({
    url: `${site.origin}/assets/sample/${path}`,
    type: "image/jpeg",
    width,
    height,
    alt: "صورة",
  });
  const stories = [
    [
      "وزير الثقافة يفتتح معرض الكتاب الثالث والستين بمشاركة 412 دار نشر من 27 بلدًا، ويعلن صندوقًا دائمًا لدعم الترجمة",
      "ثقافة",
      "يستمر المعرض حتى 12 آذار، والدخول إليه بلا مقابل كل يوم من العاشرة صباحًا إلى التاسعة مساء، ويشارك فيه كتّاب من ثلاث قارات.",
    ],
    ["عاد القطار", "اقتصاد", ""],
    [
      "OpenHarbor تدير 26 ميناءً بلغة C++ منذ 2022",
      "اقتصاد",
      "للاستفسار: +963 11 222 3333 أو jobs@example.org، وهي متاحة بسعر 4.99- دولار.",
    ],
    ["مَن كَتَبَ «مقدّمة Visual Studio Code» بالعربية؟", "ثقافة", "كتاب في 320 صفحة."],
    ["انتخابات الغرفة التجارية يوم الأحد المقبل", "اقتصاد", "تُفتح الصناديق عند الثامنة."],
    ["EU agrees, again, on a common charger", "سياسة", "Brussels: the new rule applies from 2028."],
    [
      "المجلس البلدي يقر موازنة العام المقبل بعد جلسة امتدت ست ساعات",
      "سياسة",
      "أقر المجلس الموازنة بأغلبية ثلثي أعضائه، وفيها زيادة لمخصصات النقل والمدارس.",
    ],
  ] as const;
  const articles = stories.map(([title, section, summary], i) => ({
    external_id: `${name}-${i}`,
    title: name === "weekly" ? `${title} (2)` : title,
    summary,
    body_html: `<p>${Array.from({ length: 40 }, (_, n) => `${name} ${title.slice(i, i + 12)} ${n * 7919 * (i + 1)}`).join("، ")}.</p>`,
    sections: [section],
    importance: i === 0 ? 3 : 0,
    ...(i === 0 ? { image: picture(pictureNames[0] ?? "", 1200, 675) } : {}),
    ...(i === 3 ? { image: picture(pictureNames[1] ?? "", 600, 800) } : {}),
  }));
  await writeFile(file, JSON.stringify(articles));
  await site.run("import", file);
}
const pictureNames = Object.keys(samplePictures);

const social = "https://facebook.com/paper https://t.me/paper https://mastodon.example/@paper";
const looks = {
  digest: ["--template", "digest"],
  compact: ["--template", "compact"],
  weekly: ["--template", "digest", "--days", "sun", "--at", "morning=07:00"],
};

await mkdir(folder, { recursive: true });
/** The README's: each the first window full of a page. */
const ofReadme = [
  { name: "newsroom-today", language: "ar", width: 1280, height: 1160, scheme: "light" },
  { name: "newsroom-digest", language: "en", width: 1280, height: 1160, scheme: "light" },
  { name: "newsroom-stories", language: "ar", width: 375, height: 780, scheme: "dark" },
  { name: "newsroom-issue", language: "ar", width: 1280, height: 1160, scheme: "light" },
] as const;

const house = await openHouse();
try {
  if (only === "readme") await readme(house);
  else if (only !== "mails") await pages(house);
  if (only === undefined || only === "mails") await mails(house.browser, house.site); // after the pages: it changes the paper
  if (taken.length > 0) {
    await writeFile(join(folder, "index.html"), contactSheet(taken.toSorted()));
    process.stdout.write(`${taken.length} pictures, and all on one page: ${join(folder, "index.html")}\n`);
  }
} finally {
  await house.close();
}

async function pages(house: House): Promise<void> {
  const both = await visitors(house);
  for (const language of ["ar", "en"] as const) {
    const { contexts, visits } = both[language];
    const pages = new Map<string, Page>(); // a fresh one for each visit is more than the browser draws in the end
    for (const { name, open, who } of visits.filter(({ name }) => name.startsWith(only ?? ""))) {
      const page = pages.get(who) ?? (await contexts[who].newPage());
      pages.set(who, page);
      await page.setViewportSize({ width: 1280, height: 900 });
      await open(page);
      await photograph(page, `${name}-${language}`);
    }
    for (const context of Object.values(contexts)) await context.close();
  }
}

async function readme(house: House): Promise<void> {
  const both = await visitors(house);
  for (const { name, language, width, height, scheme } of ofReadme) {
    const { contexts, visits } = both[language];
    const visit = visits.find((it) => it.name === name);
    if (!visit) throw new Error(`There is no page "${name}" any more: choose another for the README.`);
    const page = await contexts[visit.who].newPage();
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await visit.open(page);
    await page.evaluate("document.fonts.ready");
    const cdp = await page.context().newCDPSession(page); // which knows WebP: half as large
    const { data } = await cdp.send("Page.captureScreenshot", { format: "webp", quality: 82 });
    const file = join(folder, `${name}.webp`);
    await writeFile(file, Buffer.from(data, "base64"));
    process.stdout.write(`${file}\n`);
    await page.close();
  }
}

/** Every mail there is, in both languages, each as a mail program shows it alone. */
async function mails(browser: Browser, site: Site): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const show = async (name: string, html: string | undefined) => {
    await page.setContent(html ?? "", { waitUntil: "load" });
    await photograph(page, `mail-${name}`, [375, 600]);
  };
  const readers = { ar: "a@example.org", en: "b@example.org" };
  await show("sample-ar", (await site.mailTo("salma@readers.invalid")).html);
  await show("sample-en", (await site.mailTo("karim@readers.invalid")).html);
  const moved = { ar: "نُصلحه", en: "put it right" };
  const languages = ["ar", "en"] as const;
  for (const language of languages) {
    const address = `old-${readers[language]}`;
    await subscribe(site, address, language);
    const confirmation = await site.mailTo(address);
    await show(`confirm-${language}`, confirmation.html);
    const link = found(/(http:\S+\/confirm\/\S+)/u, confirmation.text ?? "");
    await fetch(link, { method: "POST", headers: { Origin: site.origin } });
    await show(`welcome-${language}`, (await site.mailTo(address, "07:00")).html);
    const preferences = await preferencesMail(site, address, language);
    await show(`preferences-${language}`, preferences.html);
    const choices = found(/(http:\S+\/preferences\/\S+)/u, preferences.text ?? "");
    const moving = await movingMail(site, choices, readers[language], language);
    await show(`address-${language}`, moving.html);
    const move = found(/(http:\S+\/preferences\/address\/\S+)/u, moving.text ?? "");
    await fetch(move, { method: "POST", headers: { Origin: site.origin } });
    await show(`moved-${language}`, (await site.mailTo(address, moved[language])).html);
  }
  await site.run("publisher", "hijri=true", "postalAddress=شارع الميناء 14، طرابلس", `social=${social}`);
  for (const [name, look] of Object.entries(looks)) {
    await site.run("digest", "set", "daily", ...look);
    if (name !== "digest") await news(site, name); // what the sample has is sent once
    const subject = JSON.parse(await site.run("digest", "send", "daily", "--dry-run", "--json")).stories[0]
      .title;
    await site.run("digest", "send", "daily");
    for (const language of languages)
      await show(`${name}-${language}`, (await site.mailTo(readers[language], subject)).html);
  }
  await specials(site, async (name, words) => {
    for (const language of languages)
      await show(`${name}-${language}`, (await site.mailTo(readers[language], words)).html);
  });
  await context.close();
}

/** Sends breaking news, and then its correction; `show` waits for the mails that hold these words. */
async function specials(site: Site, show: (name: string, words: string) => Promise<void>): Promise<void> {
  const file = join(folder, "breaking.json");
  const title = "هزة أرضية خفيفة قبالة الساحل، ولا أضرار حتى الآن";
  const written = async (time: string): Promise<string> => {
    const summary = `سُجّلت الهزة عند ${time} بقوة 4.1 درجات، وشعر بها سكان المدن الثلاث القريبة.`;
    const body_html = `<p>${Array.from({ length: 40 }, (_, n) => `هزة ${n * 7919}`).join("، ")}.</p>`;
    const article = { external_id: "breaking", title, summary, body_html, sections: ["سياسة"] };
    await writeFile(file, JSON.stringify(article));
    return String(JSON.parse(await site.run("import", file, "--json")).id);
  };
  const id = await written("05:12");
  await twice(site, "breaking", "daily", id, "--in-quiet-hours");
  await show("breaking", title);
  const { issue } = JSON.parse(await site.run("issue", "list", "--count", "1", "--json"));
  await written("06:12");
  await twice(
    site,
    "correct",
    issue,
    id,
    "--say",
    "كتبنا أن الهزة سُجّلت عند 05:12، والصواب أنها كانت عند 06:12.",
  );
  await show("correction", "كتبنا أن الهزة");
}

/** What is shown first and sent with its token. */
async function twice(site: Site, ...words: string[]): Promise<void> {
  const { confirm } = JSON.parse(await site.run("issue", ...words, "--json"));
  await site.run("issue", ...words, "--confirm", confirm);
}

async function photograph(page: Page, name: string, at: readonly number[] = widths): Promise<void> {
  for (const width of at) {
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await seeAll(page, width);
      const file = `${name}-${width}-${scheme}.png`;
      const path = join(folder, file);
      await page.screenshot({ path, fullPage: true });
      taken.push(file);
    }
  }
}

/** Pictures and frames far below are loaded and drawn only when somebody comes near: a window as tall as the page sees all. */
async function seeAll(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  const height = await page.locator("html").evaluate(async (root): Promise<number> => {
    const images = [...root.querySelectorAll("img")];
    for (const image of images) image.loading = "eager";
    await Promise.all(images.map((image) => image.decode().catch(() => {})));
    await root.ownerDocument.fonts.ready;
    return root.scrollHeight;
  });
  await page.setViewportSize({ width, height });
}

function contactSheet(files: readonly string[]): string {
  const figures = files.map(
    (file) =>
      `<figure><a href="${file}"><img src="${file}" alt="" loading="lazy"></a><figcaption>${file}</figcaption></figure>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Screenshots</title>
<style>body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:16px}figure{margin:0}img{height:420px;max-width:420px;object-fit:cover;object-position:top;border:1px solid #888}</style>
${figures.join("\n")}</html>
`;
}
