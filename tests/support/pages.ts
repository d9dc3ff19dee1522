// Every page there is, and how a visitor gets to it: what the browser tests walk through and the screenshots show.
import type { Browser, BrowserContext } from "playwright-core";
import { type FakeSite, startWordPress } from "../../src/sources/wordpress/site.fixture.ts";
import { startBrowser } from "./browser.ts";
import { newsroomVisits } from "./newsroom-visits.ts";
import { grownOld, lastWeeks, viewer } from "./past.ts";
import { readerVisits } from "./reader-visits.ts";
import { found, type Site, startSite } from "./site.ts";
import type { Language, Visit, Who } from "./visits.ts";

/** The browsers of all who look, which speak one language and are signed in to the newsroom. */
export type Visitor = { contexts: Record<Who, BrowserContext>; visits: readonly Visit[] };

/** A browser and all that it looks at. */
export type House = {
  browser: Browser;
  /** The sample, as readers see it. */
  site: Site;
  /** The newsroom of a paper that has been at work for some weeks. */
  desk: Site;
  /** The newsroom of a paper that has nothing yet. */
  bare: Site;
  /** A site that articles come from. */
  wordpress: FakeSite;
  close: () => Promise<void>;
};

/** Starts all of it; the bundle must be built. */
export async function openHouse(): Promise<House> {
  const [browser, wordpress, site, desk, bare] = await Promise.all([
    startBrowser(),
    startWordPress(),
    startSite(),
    startSite({ NASHRA_FETCH_ALLOW: "127.0.0.0/8" }),
    startSite({ NASHRA_SAMPLE: "off" }),
  ]);
  const close = async () => {
    await browser.close();
    await Promise.all([site.close(), desk.close(), bare.close(), wordpress.close()]);
  };
  return { browser, site, desk, bare, wordpress, close };
}

/** Fills the papers, signs in, and makes a visitor for each language, whose readers have addresses of their own. */
export async function visitors(house: House): Promise<Record<Language, Visitor>> {
  const { browser, site, desk, bare } = house;
  await fetch(site.signIn, { method: "POST", headers: { Origin: site.origin } }); // which is spent thereby
  await lastWeeks(house);
  const signedIn = async (link: string) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(link);
    await page.locator("main button").click();
    await page.waitForURL("**/newsroom");
    const state = await context.storageState();
    await context.close();
    return state;
  };
  const states = {
    reader: undefined,
    administrator: await signedIn(desk.signIn),
    viewer: await signedIn(found(/(http:\S+)/u, await desk.run("login-link", viewer))),
    beginner: await signedIn(bare.signIn),
  };
  grownOld(desk, viewer);
  const visitor = async (language: Language): Promise<Visitor> => {
    const context = async (who: Who) => {
      const locale = language === "ar" ? "ar-SY" : "en-GB";
      const made = await browser.newContext({ ...(states[who] && { storageState: states[who] }), locale });
      await made.addCookies([{ name: "nashra_language", value: language, url: site.origin }]);
      return made;
    };
    const contexts = {
      reader: await context("reader"),
      administrator: await context("administrator"),
      viewer: await context("viewer"),
      beginner: await context("beginner"),
    };
    return {
      contexts,
      visits: [...(await readerVisits(site, language)), ...newsroomVisits(house, language)],
    };
  };
  return { ar: await visitor("ar"), en: await visitor("en") };
}
