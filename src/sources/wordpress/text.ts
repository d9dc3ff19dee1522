// What a WordPress says of an article in words of its own, whether it is asked by REST or gives an export: titles with
// entities, slugs with percents, the source in the last line. Pure.
import { decodeHTML } from "entities";
import type { Importance } from "../../articles/index.ts";
import { attribution } from "../page/furniture.ts";

// Only names that are tags: a title may well say <الصمت>.
const tags =
  /<\/?(?:(br|p|div|h[1-6]|li|ul|ol|blockquote|hr)|a|abbr|b|bdi|bdo|cite|code|em|font|i|mark|q|s|small|span|strong|sub|sup|u|wbr)(?![\w-])[^<>]*>/gi;

/** The text of a title, a name or an excerpt: on one line, without tags, entities as what they mean. */
export function plainText(html: string): string {
  const text = html.includes("<") ? html.replace(tags, (_, block?: string) => (block ? " " : "")) : html;
  return (text.includes("&") ? decodeHTML(text) : text).replace(/\s+/g, " ").trim();
}

/** Whether HTML says anything in words; a picture alone is no article. */
export const hasText = (html: string): boolean =>
  /[\p{L}\p{N}]/u.test(decodeHTML(html.replace(/<[^<>]*>/g, " ")));

/** A slug as people read it. One that was cut inside a letter stays as it is. */
export function plainSlug(slug: string): string {
  try {
    return decodeURIComponent(slug).normalize("NFC");
  } catch {
    return slug;
  }
}

const urgent = /^[\p{P}\p{S}\s]*عاجل(?![\p{L}\p{M}])/u;

/** What the newsroom put on top, or called urgent, goes before the rest. */
export const importanceOf = (title: string, sticky: boolean): Importance =>
  sticky || urgent.test(title) ? 2 : 0;

/** No attribution is longer, tags and all. */
const mostAttribution = 600;

/** Takes the source out of a body: its last line, a paragraph or after a break, where that is an attribution. */
export function withoutAttribution(html: string): { bodyHtml: string; sourceName: string | null } {
  const none = { bodyHtml: html, sourceName: null };
  const end = /<\/(?:p|div)>\s*$/i.exec(html.slice(-mostAttribution));
  if (!end) return none;
  const stop = html.length - (Math.min(html.length, mostAttribution) - end.index);
  const start = Math.max(0, stop - mostAttribution);
  const begins = [...html.slice(start, stop).matchAll(/<(?:p|div|(br))\b[^<>]*>/gi)].at(-1);
  if (!begins) return none;
  const from = start + begins.index;
  const source = attribution(plainText(html.slice(from + begins[0].length, stop)));
  if (source === null) return none;
  const rest = begins[1] ? html.slice(stop) : "";
  return { bodyHtml: html.slice(0, from).trimEnd() + rest, sourceName: source };
}
