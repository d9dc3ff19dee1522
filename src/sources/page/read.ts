// One HTML page becomes one article draft: what it says of itself first, then Readability for its text.
import { Readability } from "@mozilla/readability";
import { cleanText, oneLine } from "../../arabic/index.ts";
import { openAddress } from "../../platform/index.ts";
import { type PageElement, type PageNode, parsePage } from "./dom.ts";
import { fewestWords, hasWords, isTooLarge, type PageReading, refuse, tooLarge } from "./draft.ts";
import { attribution, isStray, related, sameLine } from "./furniture.ts";
import { readMetadata } from "./metadata.ts";

/**
 * Reads a page. Title, summary, section, date, authors and image come from its JSON-LD, else its meta elements, else from
 * what it shows; the text from Readability, without the breadcrumb, the attribution line (which becomes `sourceName`) and
 * related matter. A first paragraph that is the summary too stays: feeds carry the whole text.
 *
 * The body is not sanitised here: `articles/clean` does that for every article, wherever it comes from.
 *
 * @param url where the page was fetched, against which its addresses are read; null for a file. A canonical address
 *   replaces it if it is of the same host
 * @returns the draft; or why this is no article
 */
export function readPage(html: string, url: URL | null): PageReading {
  if (isTooLarge(html)) return tooLarge;
  if (!/<[a-z!]/i.test(html)) return refuse("This is no HTML page: there is no element in it.");
  if (isOtherXml(html)) return refuse("This is a feed or other XML, not the page of an article.");
  const document = parsePage(cleanText(html));
  if (document === null) return refuse("The page is nested deeper, or has more elements, than any article.");

  const metadata = readMetadata(document, url);
  const title = metadata.title?.slice(0, 500).toWellFormed() ?? null;
  if (title === null)
    return refuse("The page has no title: no headline, og:title, heading or title element.");
  if (isErrorTitle(title)) return refuse(`The page is an error page: its title is "${title}".`);

  for (const element of document.querySelectorAll(notText)) element.remove();
  const content = readable(document);
  if (content === null) return refuse("No article text was found on the page.");
  cutRelated(content);
  const sourceName = takeAttribution(content);
  const text = content.textContent ?? "";
  if (!hasWords(text, fewestWords)) {
    return refuse(`The page's text has fewer than ${fewestWords} words, too few for an article.`);
  }
  if (linkShare(content, text) > 0.6) {
    return refuse("The page is a list of links, such as a section's front page, and no article.");
  }
  dropRepeated(content, title);

  const { summary, section, publishedAt, authors, image } = metadata;
  return {
    ok: true,
    draft: {
      url: addressOf(url, metadata.canonical),
      title,
      summary,
      bodyHtml: cleanText(innermost(content).innerHTML).trim(),
      section,
      sourceName,
      publishedAt,
      authors,
      image,
    },
  };
}

function isOtherXml(html: string): boolean {
  const start = html.slice(0, 2000);
  return /<(?:rss|feed|rdf:RDF|opml|urlset|sitemapindex)[\s>]/.test(start) && !/<html[\s>]/i.test(start);
}

const notText = 'script, style, noscript, template, [class*="breadcrumb" i], [id*="breadcrumb" i]';

// Whole titles, the site's name aside: "Access denied: a film about borders" is news.
const isErrorTitle = (title: string) =>
  /^(?:error\s*)?(?:40[0-9]|410|429|50[0-9])(?:\s|$|[:!–-])|^(?:page not found|not found|access denied|forbidden|just a moment|bad gateway|service unavailable|الصفحة غير موجودة|لم يتم العثور على الصفحة|خطأ)\W*(?:$|[|–—-])/iu.test(
    title,
  );

function readable(document: PageNode): PageElement | null {
  // What a hostile tree may throw is an answer too: there is nothing to read in it.
  try {
    const reader = new Readability<PageElement>(document, {
      maxElemsToParse: 30_000,
      charThreshold: 200,
      disableJSONLD: true, // read above
      serializer: (node) => node,
    });
    const content = reader.parse()?.content ?? null;
    return content?.querySelector(".page") ?? content;
  } catch {
    return null;
  }
}

const lineOf = (node: PageNode) => oneLine(node.textContent ?? "");

/** The elements that hold a line of text each, in their order; of `div` and `span`, those with no element in them. */
const linesOf = (content: PageElement) =>
  [...content.querySelectorAll("h1, h2, h3, h4, h5, h6, p, li, strong, b, div, span")].filter(
    (element) => !/^(?:div|span)$/i.test(element.tagName) || element.children.length === 0,
  );

function cutRelated(content: PageElement): void {
  for (const element of linesOf(content)) {
    const kind = related(lineOf(element));
    if (kind === null) continue;
    const block = whole(element, content);
    if (kind === "heading" && hasWords(textBefore(block, content), fewestWords)) {
      removeAfter(block, content);
      block.remove();
      return;
    }
    block.remove();
  }
}

/** The outermost element that holds no other text than this one: the box round a heading. */
function whole(element: PageNode, content: PageNode): PageNode {
  let node = element;
  const line = lineOf(element);
  while (node.parentNode !== null && node.parentNode !== content && lineOf(node.parentNode) === line) {
    node = node.parentNode;
  }
  return node;
}

function textBefore(block: PageNode, content: PageNode): string {
  const parts: string[] = [];
  for (let node: PageNode | null = block; node !== null && node !== content; node = node.parentNode) {
    for (let other = node.previousSibling; other !== null; other = other.previousSibling) {
      parts.push(other.textContent ?? "");
    }
  }
  return parts.join("\n");
}

function removeAfter(block: PageNode, content: PageNode): void {
  for (let node: PageNode | null = block; node !== null && node !== content; node = node.parentNode) {
    while (node.nextSibling !== null) node.nextSibling.remove();
  }
}

/** Takes the attribution line, and what strays after it, off the end. */
function takeAttribution(content: PageElement): string | null {
  for (const element of linesOf(content).slice(-8).reverse()) {
    const line = lineOf(element);
    if (isStray(line)) {
      if (element.querySelector("img, iframe, video") === null) element.remove();
      continue;
    }
    const found = attribution(line);
    if (found !== null) {
      whole(element, content).remove();
      return found;
    }
    return takeLastLine(element);
  }
  return null;
}

/** The same where the line is the last of a paragraph, after a <br>. */
function takeLastLine(paragraph: PageElement): string | null {
  const [, before, last] = /^([\s\S]*)<br[^>]*>([\s\S]*)$/i.exec(paragraph.innerHTML) ?? [];
  if (before === undefined || last === undefined || last.length > 500) return null;
  const found = attribution(last.replace(/<[^>]*>/g, "").replaceAll("&nbsp;", " "));
  if (found !== null) paragraph.innerHTML = before;
  return found;
}

/** Without the boxes that hold the whole text. */
function innermost(content: PageElement): PageElement {
  const box = content.children[0];
  const isAll = content.children.length === 1 && box !== undefined && lineOf(box) === lineOf(content);
  return isAll && /^(?:div|article|section|main)$/i.test(box.tagName) ? innermost(box) : content;
}

function linkShare(content: PageElement, text: string): number {
  let linked = 0;
  for (const link of content.querySelectorAll("a")) linked += lineOf(link).length;
  return linked / Math.max(1, oneLine(text).length);
}

/** The title above the text would be shown twice. */
function dropRepeated(content: PageElement, title: string): void {
  const heading = content.querySelector("h1, h2");
  if (heading !== null && sameLine(lineOf(heading), title)) heading.remove();
}

/** Readers are led there, so a key with which we were let in is none of its. */
function addressOf(url: URL | null, canonical: URL | null): string | null {
  const host = (it: URL) => it.host.replace(/^www\./, "");
  const isCanonical = url === null || (canonical !== null && host(canonical) === host(url));
  const chosen = isCanonical ? canonical : openAddress(url);
  if (chosen === null) return null;
  const address = new URL(chosen);
  address.hash = "";
  return address.href;
}
