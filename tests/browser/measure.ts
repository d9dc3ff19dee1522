// What a page looks like, measured in the browser: what sticks out, which language it speaks, where its words stand.
import type { Page } from "playwright-core";

type Box = { left: number; right: number; top: number; bottom: number; width: number; height: number };
type Shape = { outerHTML: string; parentElement: Shape | null; getBoundingClientRect: () => Box };

/** Elements that reach beyond the window's sides, where a reader would have to scroll sideways, or could not even do that. */
export function stickingOut(page: Page): Promise<string[]> {
  return page.locator("html").evaluate((root): string[] => {
    const view = root.ownerDocument.defaultView;
    const width: number = view.innerWidth;
    const scrolls = root.scrollWidth > width ? [`the page is ${root.scrollWidth} wide in ${width}`] : [];
    const contained = (element: Shape) => {
      for (let at = element.parentElement; at; at = at.parentElement)
        if (view.getComputedStyle(at).overflowX !== "visible") return true;
      return false;
    };
    const all: Shape[] = [...root.querySelectorAll("body *")];
    const out = all.filter((element) => {
      const box = element.getBoundingClientRect();
      const seen = box.width > 1 && box.height > 1;
      return seen && (box.left < -1 || box.right > width + 1) && !contained(element);
    });
    return [...scrolls, ...out.map((element) => element.outerHTML.slice(0, 120))];
  });
}

/**
 * Texts of ours that are not in the page's language, with the labels that screen readers say. What people wrote is left
 * out: articles, and whatever is marked with a language or a direction of its own, or isolated inside a sentence.
 */
export function foreignWords(page: Page, language: "ar" | "en"): Promise<string[]> {
  const foreign = language === "ar" ? "[a-z]{2,}" : "\\p{Script=Arabic}";
  return page.locator("html").evaluate((root, pattern): string[] => {
    const document = root.ownerDocument;
    const walker = document.createTreeWalker(document.body, 4); // text nodes
    const texts: string[] = [];
    while (walker.nextNode()) {
      const { parentElement, data } = walker.currentNode;
      if (!parentElement.closest("article, pre, code, body [lang], body [dir]")) texts.push(data);
    }
    for (const element of document.body.querySelectorAll("[aria-label]"))
      texts.push(element.getAttribute("aria-label"));
    const formats = /\bAtom\b|\u2068[^\u2069]*\u2069/gu;
    return texts.filter((text) => new RegExp(pattern, "u").test(text.replace(formats, "")));
  }, foreign);
}

/** How far things moved while the page was loading, as browsers count it (CLS); fonts that come late move lines. */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    let sum = 0;
    const add = (entries) => { for (const entry of entries) sum += entry.value; };
    const observer = new PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => {
      add(observer.takeRecords());
      done(sum);
    })));
  })`);
}

/** What one can press or type into with a mouse and never gets to with the Tab key. */
export function beyondTheKeyboard(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll(
      "a, button, input:not([type=hidden]), select, textarea, summary, [onclick], [role=button], [role=link]")]
    .filter((it) => it.checkVisibility({ visibilityProperty: true }) && !it.disabled)
    .filter((it) => !it.closest("[aria-hidden=true]")) // the trap for robots is nobody's
    .filter((it) => it.tabIndex < 0 || it.closest("[inert]"))
    .map((it) => it.outerHTML.slice(0, 120))`);
}

/** How many bytes of script the page has loaded, unpacked. */
export function scriptBytes(page: Page): Promise<number> {
  return page.evaluate<number>(`performance.getEntriesByType("resource")
    .filter(({ initiatorType, name }) => initiatorType === "script" || name.endsWith(".js"))
    .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)
    + [...document.scripts].reduce((sum, it) => sum + it.text.length, 0)`);
}

/** A word where it is drawn, without the punctuation about it, which may stand at its other side. Words of the same block follow each other as they are read. */
export type Word = Box & { text: string; block: number };

/** Every word that can be seen, in the order of the text. */
export function wordsOf(page: Page): Promise<Word[]> {
  return page.evaluate<Word[]>(`(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const blocks = [];
    const words = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      let block = node.parentElement;
      while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
      if (!blocks.includes(block)) blocks.push(block);
      for (const { 0: text, index } of node.data.matchAll(/[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}]*/gu)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + text.length);
        if (range.getClientRects().length > 1) continue; // broken over two lines: it stands at no one place
        const { left, right, top, bottom, width, height } = range.getBoundingClientRect();
        const word = { text, block: blocks.indexOf(block), left, right, top, bottom, width, height };
        if (width > 0 && height > 0 && getComputedStyle(block).visibility !== "hidden") words.push(word);
      }
    }
    return words;
  })()`);
}

/** The left edges of the letters of a piece of text, in reading order; it stands within one element. */
export function lettersOf(page: Page, piece: string): Promise<number[]> {
  return page.evaluate<number[]>(`(() => {
    const piece = ${JSON.stringify(piece)};
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const start = node.data.indexOf(piece);
      if (start < 0 || node.parentElement.getBoundingClientRect().height === 0) continue;
      return [...piece].map((_, i) => {
        const range = document.createRange();
        range.setStart(node, start + i);
        range.setEnd(node, start + i + 1);
        return range.getBoundingClientRect().left;
      });
    }
    throw new Error(piece + " is nowhere to be seen");
  })()`);
}
