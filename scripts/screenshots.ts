// Pictures of every page and mail, for looking at: `npm run screenshots [folder]`. Two widths, two languages, light and dark.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { startBrowser } from "../tests/support/browser.ts";
import { preferencesMail, subscribe, visitors } from "../tests/support/pages.ts";
import { type Site, startSite } from "../tests/support/site.ts";

const folder = process.argv[2] ?? "screenshots";
const widths = [375, 1280];
const schemes = ["light", "dark"] as const;
const taken: string[] = [];

await mkdir(folder, { recursive: true });
const [browser, site] = await Promise.all([startBrowser(), startSite()]);
try {
  await Promise.all([pages(browser, site), mails(browser, site)]);
  await writeFile(join(folder, "index.html"), contactSheet(taken.toSorted()));
  process.stdout.write(`${taken.length} pictures, and all on one page: ${join(folder, "index.html")}\n`);
} finally {
  await browser.close();
  await site.close();
}

async function pages(browser: Browser, site: Site): Promise<void> {
  const both = await visitors(browser, site);
  for (const language of ["ar", "en"] as const) {
    const { context, visits } = both[language];
    const page = await context.newPage();
    for (const { name, open } of visits) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await open(page);
      await photograph(page, `${name}-${language}`);
    }
    await context.close();
  }
}

/** The digest as readers got it, and the mail that asks to confirm, each as a mail program shows it alone. */
async function mails(browser: Browser, site: Site): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await subscribe(site, "a@example.org", "ar");
  await subscribe(site, "b@example.org", "en");
  const letters = {
    "mail-digest-ar": await site.mailTo("noor@readers.invalid"),
    "mail-confirm-ar": await site.mailTo("a@example.org"),
    "mail-confirm-en": await site.mailTo("b@example.org"),
    "mail-preferences-ar": await preferencesMail(site, "noor@readers.invalid"),
  };
  for (const [name, letter] of Object.entries(letters)) {
    await page.setContent(letter.html ?? "", { waitUntil: "load" });
    await photograph(page, name);
  }
  await context.close();
}

async function photograph(page: Page, name: string): Promise<void> {
  for (const width of widths) {
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await seeAll(page, width);
      const file = `${name}-${width}-${scheme}.png`;
      await page.screenshot({ path: join(folder, file), fullPage: true });
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
