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

const options = (base: string | null): sanitizeHtml.IOptions => ({
  allowedTags: [...Object.keys(allowed), ...textBlocks, ...bare.split(" ")],
  allowedAttributes: { ...allowed, ...Object.fromEntries(textBlocks.map((tag) => [tag, ["dir", "lang"]])) },
  allowedSchemes: ["http", "https", "mailto", "tel"],
  allowedSchemesByTag: { img: ["http", "https"], iframe: ["https"] },
  allowProtocolRelative: false,
  allowedIframeHostnames: embedHosts,
  parseStyleAttributes: false,
  nestingLimit: 100,
  // A heading of the first rank inside a text is the text's own title again, or should rank below ours.
  transformTags: {
    h1: "h2",
    "*": (tagName, attributes) => ({ tagName, attribs: absolute(attributes, base) }),
  },
  exclusiveFilter: (frame) => (frame.tag === "img" || frame.tag === "iframe") && !frame.attribs["src"], // an empty frame shows a hole
});

/** Makes every address absolute, `//host` and `srcset` included; what cannot be is dropped. */
function absolute(attributes: Record<string, string>, base: string | null): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "href" || name === "src" || name === "cite") {
      const url = resolve(value, base);
      if (url !== null) result[name] = url;
    } else if (name === "srcset") {
      const candidates = value.split(/,\s+/).flatMap((candidate) => {
        const [address = "", ...size] = candidate.trim().split(/\s+/);
        const url = resolve(address, base);
        return url === null ? [] : [[url, ...size].join(" ")];
      });
      if (candidates.length > 0) result[name] = candidates.join(", ");
    } else {
      result[name] = value;
    }
  }
  return result;
}

function resolve(address: string, base: string | null): string | null {
  const text = address.trim();
  if (/^(mailto|tel):/i.test(text)) return text;
  const withScheme = text.startsWith("//") ? `https:${text}` : text;
  const parsed = base === null ? URL.parse(withScheme) : URL.parse(withScheme, base);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : null;
}

/**
 * HTML that may be shown to anybody: no scripts, handlers, styles or forms, no `javascript:`, frames only from known
 * hosts, every address absolute, no character that XML 1.0 forbids.
 *
 * @param base the article's own URL, against which relative addresses are read; null drops them
 */
export function cleanHtml(html: string, base: string | null): string {
  return sanitizeHtml(cleanText(html), options(base)).trim();
}

/** The text of clean HTML, one line a block: for ledes, same-story and counting words. */
export function htmlToText(html: string): string {
  const blocks = html.replace(
    /<(?:br|\/p|\/h[2-4]|\/li|\/tr|\/blockquote|\/figcaption|\/div)\b[^>]*>/gi,
    "\n",
  );
  const text = sanitizeHtml(blocks, {
    allowedTags: [],
    allowedAttributes: {},
    parser: { decodeEntities: true },
  });
  return decodeEntities(text)
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
