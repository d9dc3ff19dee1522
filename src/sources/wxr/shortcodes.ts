// WordPress shortcodes in a text as its editor keeps it: `[caption]…[/caption]`, `[gallery ids="4,5"]`, and those of plugins
// that nobody here knows. Pure.
import { escapeHtml } from "../../arabic/index.ts";
import type { ArticleImage } from "../../articles/index.ts";

export type Unfolded = {
  html: string;
  /** The names of those that were taken out because nobody knows what they meant; what they enclosed stays. */
  removed: readonly string[];
};

const attributes = String.raw`(?:[^\[\]"'<>]*(?:(?:"[^"\[]*"|'[^'\[]*')[^\[\]"'<>]*)*)`;
const shortcode = new RegExp(
  String.raw`(\[?)\[(/?)([A-Za-z][\w-]{0,60})(?![\w-])(${attributes})\](\]?)`,
  "g",
);

type Opened = { name: string; attributes: string; at: number };

/** A page builder's raw HTML is base64; nobody reads that. */
const unreadable = new Set(["vc_raw_html", "vc_raw_js"]);
const enclosing = new Set(["caption", "wp_caption", "embed", ...unreadable]);
const mostGalleryPictures = 100;

/**
 * Captions become figures, galleries the pictures that are known, embedded addresses links. Others are taken out, without
 * what they enclose: REST would show them to readers as text, but they mean nothing without their plugin. What stands in
 * brackets and is hardly a shortcode, `[AFP]` or `[sic]`, stays; `[[name]]` is how WordPress writes `[name]`.
 */
export function unfoldShortcodes(text: string, picture: (id: number) => ArticleImage | null): Unfolded {
  if (!text.includes("[")) return { html: text, removed: [] };
  const closed = new Set([...text.matchAll(/\[\/([A-Za-z][\w-]{0,60})\s*\]/g)].map(([, name]) => name));
  const pieces: string[] = [];
  const removed: string[] = [];
  let opened: Opened | null = null;
  let at = 0;
  for (const found of text.matchAll(shortcode)) {
    const [all, before = "", slash = "", name = "", given = "", after = ""] = found;
    pieces.push(text.slice(at, found.index));
    at = found.index + all.length;
    if (before !== "" && after !== "") {
      pieces.push(all.slice(1, -1));
      continue;
    }
    pieces.push(before);
    if (enclosing.has(name)) {
      if (slash === "") opened = { name, attributes: given, at: pieces.length };
      else if (opened?.name === name) {
        pieces.push(enclosed(opened, pieces.splice(opened.at).join("")));
        opened = null;
      }
    } else if (name === "gallery" && slash === "") pieces.push(gallery(given, picture));
    else if ((name === "video" || name === "audio") && (given.includes("=") || closed.has(name)))
      pieces.push(slash === "" ? media(given) : "");
    else if (slash !== "" || /=|\/$/.test(given) || name.includes("_") || closed.has(name)) {
      if (slash === "") removed.push(name);
    } else pieces.push(all.slice(before.length, all.length - after.length));
    pieces.push(after);
  }
  pieces.push(text.slice(at));
  return { html: pieces.join(""), removed };
}

function enclosed({ name, attributes }: Opened, content: string): string {
  if (unreadable.has(name)) return "";
  if (name === "embed") return link(content.trim());
  const [, media = "", rest = ""] =
    /^\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*<\/a>)?)?([\s\S]*)$/.exec(content) ?? [];
  const caption = rest.trim() || attribute(attributes, "caption") || "";
  return `\n\n<figure>${media}${caption && `<figcaption>${caption}</figcaption>`}</figure>\n\n`;
}

/** A gallery that names no pictures means those that were uploaded with the article, which an export does not tell for sure. */
function gallery(given: string, picture: (id: number) => ArticleImage | null): string {
  const ids = (attribute(given, "ids") ?? attribute(given, "include") ?? "").split(/[\s,]+/);
  const figures = ids.slice(0, mostGalleryPictures).flatMap((id) => {
    const found = /^\d{1,15}$/.test(id) ? picture(Number(id)) : null;
    if (!found) return [];
    const size = found.width && found.height ? ` width="${found.width}" height="${found.height}"` : "";
    return [
      `<figure><img src="${escapeHtml(found.url)}" alt="${escapeHtml(found.alt ?? "")}"${size}></figure>`,
    ];
  });
  return figures.length > 0 ? `\n\n${figures.join("\n")}\n\n` : "";
}

/** Players need their plugin's scripts; the address they would play does not. */
function media(given: string): string {
  const source = ["src", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "wav"]
    .map((name) => attribute(given, name))
    .find((value) => value !== null);
  return source ? link(source) : "";
}

/** A paragraph with an address alone; nothing where it is none. */
function link(address: string): string {
  if (!/^https?:\/\/[^\s<>"]+$/i.test(address)) return "";
  return `\n\n<p><a href="${address}">${address}</a></p>\n\n`;
}

function attribute(attributes: string, name: string): string | null {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"']+))`).exec(attributes);
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? null;
}
