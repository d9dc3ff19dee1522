// axe-core as it must be used on Arabic: with its guess at icon fonts cut out.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

/**
 * axe draws a text letter by letter and as a whole, and where the two differ takes it for an icon out of a ligature font,
 * whose contrast it does not judge. Joined Arabic letters always differ.
 */
const guess = "function _isIconLigature(textVNode) {";

const axe = (() => {
  const source = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.js")), "utf8");
  const parts = source.split(guess);
  if (parts.length !== 2)
    throw new Error(`axe-core has no "${guess}" any more: look how it judges Arabic now.`);
  return parts.join(`${guess} return false;`);
})();

export type Verdict = {
  /** A line for each fault: the rule, the element, what is wrong. */
  faults: string[];
  /** How many elements show words, of how many the contrast was judged, and where axe could not tell. */
  contrast: { texts: number; judged: number; open: string[] };
};

/** Judges the page as it is now; `rules` for some rules only. Frames hold mails, which are judged for themselves. */
export async function judge(page: Page, rules?: readonly string[]): Promise<Verdict> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe);
  const options = {
    iframes: false,
    reporter: "raw",
    ...(rules ? { runOnly: { type: "rule", values: rules } } : {}),
  };
  return page.evaluate<Verdict>(`axe.run(document, ${JSON.stringify(options)}).then((results) => {
    const line = (rule) => ({ node, all, any, none }) => {
      const why = [...any, ...all, ...none].map(({ id, data }) => id + " " + (data?.messageKey ?? "")
        + (data?.contrastRatio ? data.contrastRatio + " " + data.fgColor + " on " + data.bgColor : ""));
      return [rule, node.selector.join(" "), why.join(", ")].join(" | ");
    };
    const isHidden = (it) => it && (getComputedStyle(it).clipPath === "inset(50%)" || isHidden(it.parentElement));
    const texts = [...document.querySelectorAll("body *")].filter((it) => {
      const { width, height } = it.getBoundingClientRect();
      const words = [...it.childNodes].some((node) => node.nodeType === 3 && /[\\p{L}\\p{N}]/u.test(node.data));
      return words && width > 1 && height > 1 && it.checkVisibility() && !isHidden(it);
    });
    const contrast = results.find(({ id }) => id === "color-contrast");
    return {
      faults: results.flatMap((rule) => rule.violations.map(line(rule.id))),
      contrast: {
        texts: texts.length,
        judged: contrast.passes.length,
        // An arrow beside a word, or a button of words, has their colours, which are judged; axe does not judge what is no letter.
        open: contrast.incomplete
          .filter(({ node }) => {
            const it = document.querySelector(node.selector.join(" "));
            return !(it?.ariaHidden === "true" && /^[←→↑↓]$/.test(it.textContent));
          })
          .map(line("color-contrast")),
      },
    };
  })`);
}
