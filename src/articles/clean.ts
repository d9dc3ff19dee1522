// The one door for HTML from outside. What passes here is stored and shown everywhere: feeds, pages, mails.
import sanitizeHtml from "sanitize-html";
import { cleanText } from "../arabic/index.ts";

const embedHosts = [
  "www.youtube.com",
  "www.youtube-nocookie.com",
  "player.vimeo.com",
  "www.dailymotion.com",
  "open.spotify.com",
  "w.soundcloud.com",
];

const allowed: Record<string, string[]> = {
  a: ["href", "title", "dir", "lang", "rel"],
  img: ["src", "srcset", "alt", "title", "width", "height"],
  iframe: ["src", "width", "height", "title", "allowfullscreen"],
  td: ["colspan", "rowspan", "dir"],
  th: ["colspan", "rowspan", "scope", "dir"],
  ol: ["start", "type"],
  time: ["datetime"],
  blockquote: ["cite", "dir", "lang"],
  q: ["cite"],
};
const textBlocks = ["p", "div", "span", "h2", "h3", "h4", "li", "figcaption", "bdi", "bdo"];
const bare =
  "ul br hr strong b em i u s sub sup small mark code pre abbr cite figure table caption thead tbody tfoot tr dl dt dd ins del";

/** Deeper than any text that a person wrote. The parser's time grows with depth times tags: 300,000 `<b>` took 45 s. */
const deepest = 500;

class NestedTooDeep extends Error {}

const allowedTags = [...Object.keys(allowed), ...textBlocks, ...bare.split(" ")];
const known = new Set([...allowedTags, "h1", "html", "head", "body"]);

/** What was taken out, by the names of elements, handlers as `on…` and addresses as `javascript:`, and how often. */
export type Removed = Record<string, number>;

function options(base: string | null, removed: Removed): sanitizeHtml.IOptions {
  let depth = 0;
  const count = (what: string) => {
    removed[what] = (removed[what] ?? 0) + 1;
  };
  return {
    allowedTags,
    allowedAttributes: { ...allowed, ...Object.fromEntries(textBlocks.map((tag) => [tag, ["dir", "lang"]])) },
    allowedSchemes: ["http", "https", "mailto", "tel"],
    allowedSchemesByTag: { img: ["http", "https"], iframe: ["https"] },
    allowProtocolRelative: false,
    allowedIframeHostnames: embedHosts,
    parseStyleAttributes: false,
    nestingLimit: 100,
    // Dropped with all that is in them. In drawings and formulas HTML is read by other rules.
    nonTextTags: ["script", "style", "textarea", "option", "xmp", "svg", "math"],
    onOpenTag: (name, attributes) => {
      depth += 1;
      if (depth > deepest) throw new NestedTooDeep();
      if (!known.has(name)) count(/^[a-z][a-z0-9-]{0,30}$/.test(name) ? name : "(no name)");
      for (const attribute in attributes) {
        if (/^on/i.test(attribute)) count("on…");
        if (/^\s*javascript:/i.test(attributes[attribute] ?? "")) count("javascript:");
      }
    },
    onCloseTag: () => {
      depth -= 1;
    },
    transformTags: {
      // A heading of the first rank inside a text is the text's own title again, or should rank below ours.
      h1: "h2",
      // What stands inside a frame is for browsers without frames.
      iframe: (tagName, attribs) => ({ tagName, attribs, text: "" }),
      "*": (tagName, attributes) => ({ tagName, attribs: absolute(attributes, base) }),
    },
  };
}

/** Makes every address absolute, `//host` and `srcset` included; what cannot be is dropped. */
function absolute(attributes: Record<string, string>, base: string | null): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "href" || name === "src" || name === "cite") {
      const url = resolve(value, base);
      if (url !== null) result[name] = url;
    } else if (name === "srcset") {
      const candidates = candidatesOf(value).flatMap(({ address, size }) => {
        const url = resolve(address, base);
        return url === null ? [] : [`${url} ${size}`.trim()];
      });
      if (candidates.length > 0) result[name] = candidates.join(", ");
    } else {
      result[name] = value;
    }
  }
  return result;
}

/**
 * The pictures of a srcset, as HTML reads them: an address may hold commas, but not end in one; a size ends at a comma,
 * with a space after it or none. One that has more than a single size is left out.
 */
function candidatesOf(srcset: string): { address: string; size: string }[] {
  const found: { address: string; sizes: string[] }[] = [];
  let open: { address: string; sizes: string[] } | null = null;
  for (const word of srcset.split(/\s+/)) {
    let rest = word;
    if (open) {
      const [size = "", ...after] = rest.split(",");
      if (size !== "") open.sizes.push(size);
      if (after.length === 0) continue;
      open = null;
      rest = after.join(",");
    }
    const address = rest.replace(/^,+/, "").replace(/(?<!,),+$/, "");
    if (address === "") continue;
    const candidate = { address, sizes: [] };
    found.push(candidate);
    open = rest.endsWith(",") ? null : candidate;
  }
  return found
    .map(({ address, sizes }) => ({ address, size: sizes.join(" ") }))
    .filter(({ size }) => /^(?:|[1-9]\d{0,5}w|\d{1,3}(?:\.\d{1,3})?x)$/.test(size));
}

function resolve(address: string, base: string | null): string | null {
  const text = address.trim();
  if (text === "") return null; // it would mean the page itself
  if (/^(mailto|tel):/i.test(text)) return text;
  const withScheme = text.startsWith("//") ? `https:${text}` : text;
  const parsed = base === null ? URL.parse(withScheme) : URL.parse(withScheme, base);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : null;
}

/**
 * HTML that may be shown to anybody: no scripts, handlers, styles or forms, no `javascript:`, frames only from known
 * hosts, every address absolute, no character that XML 1.0 forbids, and in NFC, so that it never changes again.
 *
 * @param base the article's own URL, against which relative addresses are read; null drops them
 * @returns the empty text where elements are nested deeper than any person would
 */
export const cleanHtml = (html: string, base: string | null): string => cleanAndCount(html, base).html;

/** The same, and what was taken out. */
export function cleanAndCount(html: string, base: string | null): { html: string; removed: Removed } {
  const removed: Removed = {};
  try {
    const given = cleanText(html);
    const once = allowedOnly(given, base, removed);
    // Once the unknown elements are gone, HTML may read differently what stood in them: the second time it stays.
    return { html: once === given ? once : allowedOnly(once, base, {}), removed };
  } catch (error) {
    if (error instanceof NestedTooDeep) return { html: "", removed };
    throw error;
  }
}

const allowedOnly = (html: string, base: string | null, removed: Removed): string =>
  cleanPieces(sanitizeHtml(html, options(base, removed)).replace(hole, "")).trim();

/** A picture or frame that lost its source, or never had one. (The library's own filter takes a copy of all for each.) */
const hole = /<img(?![^<>]* src=")[^<>]*>|<iframe(?![^<>]* src=")[^<>]*><\/iframe>/g;

/**
 * Cleans once more what stood as character references before. Text and tags apart: in NFC a long stroke (U+0338) after the
 * > of a tag becomes one sign with it, ≯, and what was text after the tag would be read as its attributes.
 */
const cleanPieces = (html: string): string =>
  html.replace(/(<[^>]*>)|[^<]+/g, (piece, tag: string | undefined) =>
    tag
      ? cleanText(tag)
      : cleanText(piece).replace(/^[\s\p{M}]+/u, (marks) => marks.replaceAll("\u0338", "")),
  );

const block =
  /<\/?(?:address|blockquote|br|caption|dd|div|dl|dt|figcaption|figure|h[1-6]|hr|li|ol|p|pre|table|tbody|tfoot|thead|tr|ul)\b[^<>]*>/gi;
const cell = /<\/?t[dh]\b[^<>]*>/gi;

/** The text of clean HTML, one line a block: for ledes, same-story and counting words. */
export function htmlToText(html: string): string {
  const lines = html.replace(/\s+/g, " ").replace(block, "\n").replace(cell, " ");
  // In clean HTML every other < and > is escaped, also in attributes, so no parser is needed to tell tags from text.
  return decodeEntities(lines.replace(/<[^>]*(?:>|$)/g, ""))
    .split("\n")
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n");
}

/** sanitize-html leaves its output escaped; these are the only entities it writes. */
const decodeEntities = (text: string) =>
  text.replace(
    /&(amp|lt|gt|quot);/g,
    (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "",
  );
