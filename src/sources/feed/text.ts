// The texts of feeds: what is HTML, what is plain, and what may be either. Pure.
import { plainText as titleText } from "../wordpress/text.ts";

/** `either`: RSS does not say; titles and descriptions are found as text and as HTML. */
export type FeedText = { kind: "text" | "html" | "either"; value: string };

/** Without an end they go on to the end of the text, as in a browser; so each is looked through once. */
const unseen = /<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)|<!--[\s\S]*?(?:-->|$)/gi;
const otherTags =
  /<\/?(?!(?:br|p|div|h[1-6]|li|ul|ol|blockquote|hr)[\s/>])(?:(td|th|tr|table|figure|figcaption|section)|[a-z])[^<>]*>/gi;

/** The same as plain text on one line. */
export function plainText({ kind, value }: FeedText): string {
  if (kind === "text") return value.replace(/\s+/g, " ").trim();
  if (kind === "either" || !value.includes("<")) return titleText(value);
  const shown = value
    .replace(unseen, " ")
    .replace(otherTags, (_, block: string | undefined) => (block ? " " : ""));
  return titleText(shown);
}

/** The same as HTML: plain text in paragraphs, HTML as it is, in a paragraph if it has no elements. */
export function bodyHtml({ kind, value }: FeedText): string {
  if (kind === "html" || (kind === "either" && /<[a-z]/i.test(value)))
    return value === "" || /<[a-z]/i.test(value) ? value : `<p>${value}</p>`;
  const escaped = kind === "text" ? value.replaceAll("&", "&amp;") : value;
  return escaped
    .replaceAll("<", "&lt;")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br>")}</p>`)
    .join("\n");
}

/** Whether a summary is one that a program cut off a text: "… […]", and what it writes behind that. */
export const isExcerpt = (summary: string): boolean =>
  /\[(?:…|\.{3})\]/.test(summary) || /(?:…|\.{3})[\])]?$/.test(summary);

const attribute = /(\s(?:href|src|cite|poster)\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;
const srcset = /(\ssrcset\s*=\s*)(?:"([^"]*)"|'([^']*)')/gi;

/** HTML whose relative addresses are made absolute; whoever stores it cleans it first, so that this need not be complete. */
export function withBase(html: string, base: URL): string {
  const absolute = (address: string) => {
    const relative = address.trim();
    const isRelative = relative !== "" && !/^(?:[a-z][a-z\d+.-]*:|#)/i.test(relative);
    return (
      (isRelative && URL.parse(relative.replaceAll("&amp;", "&"), base)?.href.replaceAll("&", "&amp;")) ||
      address
    );
  };
  return html.replace(/<[a-z][^<>]{0,10000}>/gi, (element) =>
    element
      .replace(attribute, (_, start: string, double?: string, single?: string, bare?: string) =>
        single === undefined
          ? `${start}"${absolute(double ?? bare ?? "")}"`
          : `${start}'${absolute(single).replaceAll("'", "%27")}'`,
      )
      .replace(srcset, (_, start: string, double?: string, single?: string) => {
        const list = (double ?? single ?? "").replace(
          /(^|,\s+)([^\s,]+)/g,
          (_all, gap: string, address: string) => gap + absolute(address),
        );
        return `${start}"${list.replaceAll('"', "%22")}"`;
      }),
  );
}
