// The little of a DOM that reading pages takes: linkedom's objects, typed by what we use of them.
import { parseHTML } from "linkedom/worker";

export type PageNode = {
  textContent: string | null;
  readonly nodeType: number;
  readonly parentNode: PageNode | null;
  readonly firstChild: PageNode | null;
  readonly nextSibling: PageNode | null;
  readonly previousSibling: PageNode | null;
  remove(): void;
};

export type PageElement = PageNode & {
  readonly tagName: string;
  innerHTML: string;
  readonly children: ArrayLike<PageElement>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
};

export type PageDocument = PageElement & { readonly documentElement: PageElement };

// Measured with linkedom and Readability: their time grows with the characters of text times the depth at which they
// stand (16 million: 2 s, 30 million: 9 s), with tags (25,000 elements: 1 s) and with character references (a million:
// 5 s); a depth of 10,000 exhausts the stack.
const mostTags = 50_000;
const mostReferences = 200_000;
const deepest = 150;
const mostTextByDepth = 16_000_000;

/** The page as a tree, or null if it is deeper or fuller than any article. Nothing in it runs. */
export function parsePage(html: string): PageDocument | null {
  if (hasMore(html, "<", mostTags) || hasMore(html, "&", mostReferences)) return null;
  const document: PageDocument = parseHTML(withRoots(html)).document;
  return isModest(document) ? document : null;
}

function hasMore(text: string, sign: string, most: number): boolean {
  let at = -1;
  for (let count = 0; count <= most; count++) {
    at = text.indexOf(sign, at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** linkedom adds no html and body where HTML lets them be left out. */
function withRoots(html: string): string {
  if (!/<html[\s>]/i.test(html)) return `<html><head></head><body>${html}</body></html>`;
  return /<body[\s>]/i.test(html) ? html : html.replace(/<\/head\s*>/i, "</head><body>");
}

/** Walks without recursion, which a hostile page would exhaust. */
function isModest(root: PageNode): boolean {
  let depth = 0;
  let textByDepth = 0;
  let node: PageNode | null = root.firstChild;
  while (node !== null && node !== root) {
    if (node.nodeType === textNode) textByDepth += depth * (node.textContent?.length ?? 0);
    if (depth > deepest || textByDepth > mostTextByDepth) return false;
    if (node.firstChild !== null) {
      depth++;
      node = node.firstChild;
      continue;
    }
    while (node !== null && node !== root && node.nextSibling === null) {
      depth--;
      node = node.parentNode;
    }
    node = node === root ? root : (node?.nextSibling ?? null);
  }
  return true;
}

const textNode = 3;
