// What a page says about itself: JSON-LD (schema.org), OpenGraph and other meta elements, breadcrumb. All of it hostile:
// broken or endless JSON-LD is passed over.
import { oneLine } from "../../arabic/index.ts";
import type { PageDocument, PageElement } from "./dom.ts";
import type { PageDraft } from "./draft.ts";
import { breadcrumb, isSectionName, isWholePaper, sectionOf } from "./furniture.ts";

export type Metadata = Pick<PageDraft, "summary" | "section" | "publishedAt" | "authors" | "image"> & {
  title: string | null;
  /** The address that the page gives itself, absolute; null if it gives none. */
  canonical: URL | null;
};

type Json = Readonly<Record<string, unknown>>;

/**
 * @param base what relative addresses are read against: where the page was found; null drops them
 */
export function readMetadata(document: PageDocument, base: URL | null): Metadata {
  const nodes = readJsonLd(document);
  const article =
    nodes.find((node) => hasType(node, /^(?:\w*(?:NewsArticle|BlogPosting)|Article|Report)$/)) ?? {};
  const meta = readMeta(document);
  const title = titleOf(document, textOf(article["headline"]), meta);
  return {
    title,
    summary: summaryOf([textOf(article["description"]), meta("og:description"), meta("description")], title),
    section: sectionFrom(document, article, nodes, meta, title ?? ""),
    publishedAt:
      instantOf(textOf(article["datePublished"])) ??
      instantOf(meta("article:published_time")) ??
      instantOf(
        document.querySelector('time[itemprop="datePublished"], time[pubdate]')?.getAttribute("datetime"),
      ),
    authors: authorsOf(article, meta),
    image: imageOf(article, meta, base),
    canonical:
      webAddress(document.querySelector('link[rel="canonical"]')?.getAttribute("href"), base) ??
      webAddress(meta("og:url"), base),
  };
}

/** All nodes of all blocks, inner lists and `@graph` opened. Bounded, as the page decides how many there are. */
function readJsonLd(document: PageDocument): Json[] {
  const nodes: Json[] = [];
  for (const script of [...document.querySelectorAll('script[type="application/ld+json"]')].slice(0, 20)) {
    const open: unknown[] = [parseJson((script.textContent ?? "").slice(0, 500_000))];
    while (open.length > 0 && nodes.length < 500) {
      const value = open.shift();
      if (Array.isArray(value)) open.push(...value.slice(0, 100));
      else if (isJson(value)) {
        nodes.push(value);
        open.push(value["@graph"]);
      }
    }
  }
  return nodes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, 100) : [value]);

const hasType = (node: Json, type: RegExp) =>
  listOf(node["@type"]).some((name) => typeof name === "string" && type.test(name));

/** A text, or the first of a list; null for anything else and for blanks. */
function textOf(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? oneLine(decodeEntities(first.slice(0, 5000))) || null : null;
}

// Publishing systems escape their texts once more on the way into JSON-LD.
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};
const decodeEntities = (text: string) =>
  text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,5}));/gi,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex ?? "0", 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : "";
    },
  );

type Meta = (name: string) => string | null;

function readMeta(document: PageDocument): Meta {
  const all = new Map<string, string>();
  for (const element of [...document.querySelectorAll("meta[content]")].slice(0, 300)) {
    const name = (element.getAttribute("property") ?? element.getAttribute("name") ?? "").toLowerCase();
    const content = oneLine((element.getAttribute("content") ?? "").slice(0, 5000));
    if (name !== "" && content !== "" && !all.has(name)) all.set(name, content);
  }
  return (name) => all.get(name) ?? null;
}

/** Without the site's name behind it, where the page names its site or has the bare title as a heading. */
function titleOf(document: PageDocument, headline: string | null, meta: Meta): string | null {
  const shown = oneLine((document.querySelector("title")?.textContent ?? "").slice(0, 1000));
  const headings = [...document.querySelectorAll("h1")].slice(0, 5).map(lineOf);
  const title =
    headline ?? meta("og:title") ?? meta("twitter:title") ?? (headings.length === 1 ? headings[0] : shown);
  if (!title) return shown || null;
  const heading = headings.find((text) => text.length > 10 && title.startsWith(text));
  const siteName = meta("og:site_name");
  const isNamed = siteName !== null && title.length > siteName.length && title.endsWith(siteName);
  return (
    heading ?? (isNamed ? title.slice(0, -siteName.length).replace(/\s+[-–—|•»:]\s*$/, "") : title).trim()
  );
}

const lineOf = (element: PageElement) => oneLine((element.textContent ?? "").slice(0, 1000));

/** What an editor wrote; an excerpt cut by a program ends in … and is none. */
function summaryOf(candidates: readonly (string | null)[], title: string | null): string | null {
  return (
    candidates.find((text) => text !== null && text !== title && !/(?:…|\.{3})[\])]?$/.test(text)) ?? null
  );
}

function sectionFrom(
  document: PageDocument,
  article: Json,
  nodes: Json[],
  meta: Meta,
  title: string,
): string | null {
  const given = [...listOf(article["articleSection"]), meta("article:section")]
    .flatMap((value) => (typeof value === "string" ? value.slice(0, 1000).split(/\s*[,،]\s*/) : []))
    .map((name) => oneLine(decodeEntities(name)))
    .find((name) => isSectionName(name) && !isWholePaper(name));
  const list = nodes.find((node) => hasType(node, /^BreadcrumbList$/));
  return given ?? (list && sectionOf(listedCrumbs(list), title)) ?? shownSection(document, title);
}

function listedCrumbs(list: Json): string[] {
  return listOf(list["itemListElement"])
    .filter(isJson)
    .sort((a, b) => Number(a["position"] ?? 0) - Number(b["position"] ?? 0))
    .flatMap(
      (entry) =>
        textOf(entry["name"]) ?? (isJson(entry["item"]) ? textOf(entry["item"]["name"]) : null) ?? [],
    );
}

const breadcrumbs =
  '[class*="breadcrumb" i], [id*="breadcrumb" i], [aria-label*="breadcrumb" i], [itemtype$="BreadcrumbList"]';

function shownSection(document: PageDocument, title: string): string | null {
  for (const element of [...document.querySelectorAll(breadcrumbs)].slice(0, 5)) {
    // Each crumb is an element of its own, or stands between separators.
    const line = element.innerHTML.slice(0, 5000).replace(/<[^>]*>/g, " » ");
    const crumbs = decodeEntities(line)
      .split(/\s+[»«›‹>≫/|←](?=\s)/)
      .map(oneLine)
      .filter((crumb) => /[\p{L}\p{N}]/u.test(crumb));
    const section = sectionOf(crumbs, title);
    if (section !== null) return section;
  }
  for (const element of [...document.querySelectorAll("p, div, nav, span")].slice(0, 2000)) {
    if (element.children.length > 6) continue;
    const line = (element.textContent ?? "").slice(0, 500);
    const crumbs = /[»›≫]/.test(line) ? breadcrumb(line) : null;
    if (crumbs !== null) return sectionOf(crumbs, title);
  }
  return null;
}

/** A time with its zone; one without could be anywhere, and is none. */
function instantOf(text: string | null | undefined): Temporal.Instant | null {
  try {
    const instant = Temporal.Instant.from((text ?? "").trim());
    const { year } = instant.toZonedDateTimeISO("UTC");
    return year >= 1990 && year <= 2200 ? instant : null;
  } catch {
    return null;
  }
}

function authorsOf(article: Json, meta: Meta): string[] {
  const named = listOf(article["author"]).map((author) => textOf(isJson(author) ? author["name"] : author));
  const all = [...named, ...(named.some(Boolean) ? [] : [meta("author"), meta("article:author")])];
  return [...new Set(all)]
    .filter((name) => name !== null)
    .filter((name) => name.length <= 100 && !/^https?:|@/.test(name))
    .slice(0, 10);
}

function imageOf(article: Json, meta: Meta, base: URL | null): PageDraft["image"] {
  const og = meta("og:image:secure_url") ?? meta("og:image:url") ?? meta("og:image") ?? meta("twitter:image");
  const ogUrl = webAddress(og, base);
  if (ogUrl !== null) {
    return {
      url: ogUrl.href,
      alt: meta("og:image:alt") ?? meta("twitter:image:alt"),
      width: pixels(meta("og:image:width")),
      height: pixels(meta("og:image:height")),
    };
  }
  for (const image of listOf(article["image"])) {
    const it: Json = isJson(image) ? image : { url: image };
    const url = webAddress(textOf(it["url"]) ?? textOf(it["contentUrl"]), base);
    if (url === null) continue;
    const alt = textOf(it["caption"]) ?? textOf(it["description"]);
    return { url: url.href, alt, width: pixels(it["width"]), height: pixels(it["height"]) };
  }
  return null;
}

function pixels(value: unknown): number | null {
  const text = typeof value === "number" || typeof value === "string" ? String(value) : "";
  return /^[1-9]\d{0,4}(?:px)?$/.test(text) ? Number.parseInt(text, 10) : null;
}

function webAddress(text: string | null | undefined, base: URL | null): URL | null {
  if (!text || text.length > 2000) return null;
  const url = URL.parse(text.trim(), base ?? undefined);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" ? url : null;
}
