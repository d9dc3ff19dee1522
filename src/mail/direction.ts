// Which way a mail's texts run, in HTML and in plain text. Pure.
import { escapeHtml, isolateHtml, isolatePlain, startsLatin } from "../arabic/index.ts";
import { isPlace } from "./personal.ts";

const arabicLetter = /\p{Script=Arabic}/u;
const firstLetter = /\p{L}/u;

/**
 * Plain text as HTML, escaped, in a mail that runs `dir`: telephone numbers, URLs and the like are isolated inside
 * Arabic, and a text of the other direction is put in a span of its own.
 */
export function directedHtml(text: string, dir: "rtl" | "ltr"): string {
  const html = escapeHtml(text);
  const first = firstLetter.exec(text)?.[0] ?? "";
  if (dir === "rtl") {
    return first === "" || arabicLetter.test(text) ? isolated(html) : `${opening("ltr")}${html}</span>`;
  }
  // A title such as "OpenHarbor تدير 26 ميناءً" is Arabic, whatever it begins with.
  const arabic =
    arabicLetter.test(first) ||
    lettersOf(text, /\p{Script=Arabic}/gu) > lettersOf(text, /\p{Script=Latin}/gu);
  return arabic ? `${opening("rtl")}${isolated(html)}</span>` : html;
}

const lettersOf = (text: string, script: RegExp) => text.match(script)?.length ?? 0;

/** Said twice, as some programs drop `dir`. */
const opening = (dir: "rtl" | "ltr") => `<span dir="${dir}" style="direction:${dir};unicode-bidi:embed">`;

/** A telephone number is not broken over two lines; a URL may have to be. */
const isolated = (html: string) =>
  isolateHtml(html).replace(
    /<span dir="ltr">([^<]*)<\/span>/g,
    (_, token: string) =>
      `${token.length > 30 ? opening("ltr") : opening("ltr").replace('">', ';white-space:nowrap">')}${token}</span>`,
  );

/**
 * A plain-text mail with its Arabic lines directed and isolated, no white space at line ends, and at most one empty
 * line in a row. URLs and places of personal links are left alone: a program would take an isolate for a part of them.
 */
export function directedPlain(text: string, dir: "rtl" | "ltr"): string {
  // In an English mail a sentence with an Arabic name in it stays English.
  const stays = (line: string) =>
    isPlace(line) || /^https?:\S+$/.test(line) || (dir === "ltr" && startsLatin(line));
  return text
    .split("\n")
    .map((line) => line.trim())
    .map((line) => (stays(line) ? line : isolatePlain(line).trim()))
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .concat("\n");
}

/**
 * Gives the tables inside Outlook's conditional comments their direction. MJML writes them and its html-attributes do
 * not reach into comments; without it Outlook lays out columns from the left.
 */
export const directedOutlook = (html: string, dir: "rtl" | "ltr"): string =>
  html.replace(/<!--\[if [^\]]*\]>[\s\S]*?<!\[endif\]-->/g, (comment) =>
    comment.replace(/<table(?![^>]*\sdir=)(?=[\s>])/g, `<table dir="${dir}"`),
  );
