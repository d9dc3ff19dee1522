// One element of a WordPress export as fields. A small reader of the XML that WordPress writes and not of all there is: it
// knows no declarations and no entities but the standard ones, and does not mind characters that XML forbids.

/** A word of one of the site's taxonomies, as an article names it. */
export type Term = { taxonomy: string; slug: string; label: string };

export type Fields = {
  /** The text of each child by its name, as WordPress writes names (`wp:post_id`); the first, where there are more. */
  text: ReadonlyMap<string, string>;
  terms: readonly Term[];
  /** Those of its meta fields that are of use. */
  meta: ReadonlyMap<string, string>;
  /** False where tags do not close as they open, or something is declared. */
  whole: boolean;
};

const metaOfUse = new Set(["_thumbnail_id", "_wp_attachment_metadata", "_wp_attachment_image_alt"]);

/** WordPress nests four deep. */
const deepest = 20;
const mostTerms = 1000;

// Values hold no `<`, in quotes or not, so that each character is looked at once however a hostile file is made.
const tag = /<(?:(\/?)([A-Za-z_][\w:.-]*)([^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*)>|!\[CDATA\[|!--|\?|!)/y;

/** Reads the tags and texts of one element, or of the beginning of a file. */
export function readFields(xml: string): Fields {
  const text = new Map<string, string>();
  const terms: Term[] = [];
  const meta = new Map<string, string>();
  const open: { name: string; attributes: string }[] = [];
  let words = "";
  let metaKey = "";
  let at = 0;
  const result = (whole: boolean): Fields => ({ text, terms, meta, whole });

  function close(name: string, attributes: string): void {
    if (name === "category" && terms.length < mostTerms)
      terms.push({
        taxonomy: attribute(attributes, "domain"),
        slug: attribute(attributes, "nicename"),
        label: words,
      });
    else if (name === "wp:meta_key") metaKey = words;
    else if (name === "wp:meta_value") {
      if (metaOfUse.has(metaKey)) meta.set(metaKey, words);
    } else if (!text.has(name) && open.at(-1)?.name !== "wp:comment") text.set(name, words);
  }

  while (at < xml.length) {
    const next = xml.indexOf("<", at);
    if (next !== at) words += decodeXml(xml.slice(at, next < 0 ? xml.length : next));
    if (next < 0) break;
    tag.lastIndex = next;
    const found = tag.exec(xml);
    if (found === null) {
      words += "<"; // of a text that nobody escaped
      at = next + 1;
      continue;
    }
    const [mark, slash = "", name, attributes = ""] = found;
    at = next + mark.length;
    if (name === undefined) {
      const end = markEnds[mark];
      if (end === undefined) return result(false);
      const stop = xml.indexOf(end, at);
      if (stop < 0) return result(false);
      if (mark === "<![CDATA[") words += xml.slice(at, stop);
      at = stop + end.length;
    } else if (slash !== "") {
      const last = open.pop();
      if (last?.name !== name) return result(false);
      close(name, last.attributes);
      words = "";
    } else {
      if (attributes.endsWith("/")) {
        words = "";
        close(name, attributes);
      } else if (open.push({ name, attributes }) > deepest) return result(false);
      words = "";
    }
  }
  return result(open.length === 0);
}

/** What ends each of these; a declaration (`<!DOCTYPE`, `<!ENTITY`) is refused with all that holds it. */
const markEnds: Readonly<Record<string, string>> = { "<![CDATA[": "]]>", "<!--": "-->", "<?": "?>" };

function attribute(attributes: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return decodeXml(found?.[1] ?? found?.[2] ?? "");
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const decodeXml = (text: string): string =>
  text.includes("&")
    ? text.replace(
        /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
        (_, decimal?: string, hex?: string, name?: string) => {
          if (name !== undefined) return named[name.toLowerCase()] ?? "";
          const code = decimal === undefined ? Number.parseInt(hex ?? "0", 16) : Number(decimal);
          return code <= 0x10ffff ? String.fromCodePoint(code) : "";
        },
      )
    : text;
