// Visits to pages: who goes where, and by what they press.
import type { Page } from "playwright-core";
import type { Site } from "./site.ts";

export type Language = "ar" | "en";

/** Who looks: a reader; an administrator or a viewer of a paper at work; the administrator of one that has nothing yet. */
export type Who = "reader" | "administrator" | "viewer" | "beginner";

export type Visit = {
  name: string;
  status: number;
  who: Who;
  /** How many scripts of ours it runs; none if it does not say. */
  scripts?: number;
  /** Brings a page of a context of `contextFor` there. */
  open: (page: Page) => Promise<void>;
};

/** By its address alone. */
export const visit = (who: Who, { origin }: Site, name: string, path: string, status = 200): Visit => ({
  name,
  status,
  who,
  open: async (page) => {
    await page.goto(new URL(path, origin).href);
  },
});

/** The same, and on from there. */
export const followed = (visit: Visit, name: string, go: (page: Page) => Promise<void>): Visit => ({
  ...visit,
  name,
  open: async (page) => {
    await visit.open(page);
    await go(page);
  },
});

/** The same, for somebody else. */
export const seenBy = (who: Who, visit: Visit): Visit => ({ ...visit, who });

/** Clicks the first of these. */
export const follow = (selector: string) => async (page: Page) => {
  await page.locator(selector).first().click();
  await page.waitForLoadState();
};

/** Presses the first button in there. */
export const pressIn = (form: string) => async (page: Page) => {
  await page.locator(`${form} button`).first().click();
  await page.waitForLoadState();
};
