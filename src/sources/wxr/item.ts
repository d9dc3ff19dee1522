// One item of a WordPress export: an article, something that is none, or an article that is not for readers. Pure.
import { readDate } from "../feed/dates.ts";
import type { Category, Skipped, SourceItem } from "../item.ts";
import { hasText, importanceOf, plainSlug, plainText, withoutAttribution } from "../wordpress/text.ts";
import type { Fields } from "./element.ts";
import { paragraphs } from "./paragraphs.ts";
import type { Pictures } from "./pictures.ts";
import { unfoldShortcodes } from "./shortcodes.ts";

/** What one export says of the whole site. */
export type WxrSite = {
  /** Null where the export does not say it. */
  homeUrl: URL | null;
  title: string;
  language: string | null;
  categories: readonly WxrCategory[];
  /** What is shown for each login. */
  authors: ReadonlyMap<string, string>;
};
export type WxrCategory = Category & { parentKey: string | null };

export type ItemReading =
  | { kind: "article"; item: SourceItem; removedShortcodes: readonly string[] }
  /** Attachments, pages, menus…: no articles, however many. */
  | { kind: "other"; type: string }
  | { kind: "skipped"; skipped: Skipped };

/** Twice as long as any article may be once it is clean. */
const mostContent = 2_000_000;

const unpublished: Readonly<Record<string, string>> = {
  draft: "It is a draft.",
  "auto-draft": "It is a draft that nobody saved.",
  pending: "It waits for review and was never published.",
  private: "It is private: only who is signed in there may read it.",
  trash: "It lies in the trash.",
};

/** Reads an item of an export of this site. */
export function readItem({ text, terms, meta }: Fields, site: WxrSite, pictures: Pictures): ItemReading {
  const field = (name: string) => text.get(name)?.trim() ?? "";
  const type = field("wp:post_type");
  const title = plainText(field("title"));
  const link = field("link");
  const id = field("wp:post_id");
  const skip = (why: string): ItemReading => {
    const what = `${title.slice(0, 200).toWellFormed() || "An article without a title"} (${link || id || "no address"})`;
    return { kind: "skipped", skipped: { what, why } };
  };
  if (type === "") return skip("It does not say whether it is an article (wp:post_type).");
  if (type !== "post") return { kind: "other", type };
  const status = field("wp:status");
  if (status !== "publish" && status !== "future")
    return skip(unpublished[status] ?? `It is not published: its status is "${status.slice(0, 50)}".`);
  if (field("wp:post_password") !== "") return skip("It is protected by a password.");
  // The newsroom's headline is not for us to invent.
  if (title === "") return skip("It has no title.");
  const content = text.get("content:encoded") ?? "";
  if (content.length > mostContent) return skip(`Its text is longer than ${mostContent} characters.`);
  const externalId = field("guid") || guidOf(site, id) || link;
  if (externalId === "") return skip("It has neither a guid nor an address.");

  const { html, removed } = unfoldShortcodes(content, pictures.find);
  const body = withoutAttribution(shown(html));
  if (!hasText(body.bodyHtml)) return skip("It has no text.");
  const published = gmt(field("wp:post_date_gmt")) ?? readDate(field("pubDate"));
  const author = field("dc:creator");
  const item: SourceItem = {
    externalId,
    remoteId: /^\d+$/.test(id) ? id : null,
    url: /^https?:\/\//i.test(link) ? link : null,
    title,
    summary: plainText(field("excerpt:encoded")) || null,
    ...body,
    categories: terms
      .filter(({ taxonomy }) => taxonomy === "category")
      .map(({ slug, label }) => categoryOf(slug, label)),
    tags: terms.filter(({ taxonomy }) => taxonomy === "post_tag").map(({ label }) => plainText(label)),
    authors: author === "" ? [] : [site.authors.get(author) ?? plainText(author)],
    image: pictures.find(Number(meta.get("_thumbnail_id") ?? 0)),
    importance: importanceOf(title, field("wp:is_sticky") === "1"),
    published,
    scheduled: status === "future",
    modified: gmt(field("wp:post_modified_gmt")),
  };
  return { kind: "article", item, removedShortcodes: removed };
}

/** A category as its slug and label stand in an export. */
export function categoryOf(slug: string, label: string): Category {
  const name = plainText(label);
  return { key: plainSlug(slug) || name, label: name };
}

/** The guid that WordPress itself gives an article when it is written. */
const guidOf = ({ homeUrl }: WxrSite, id: string) =>
  homeUrl !== null && /^\d+$/.test(id) ? `${homeUrl.href.replace(/\/$/, "")}/?p=${id}` : "";

/** Each comment ends before the next begins, so that a text full of beginnings is read once. */
const comment = /<!--(?:(?!<!--)[\s\S])*?-->/g;
const embed = /(<div class="wp-block-embed__wrapper">)\s*(https?:\/\/[^\s<>"]+)\s*(?=<\/div>)/g;

/** As WordPress shows it. The block editor writes whole HTML between its comments, the classic one plain lines. */
function shown(content: string): string {
  const html = content.replace(comment, "");
  if (!content.includes("<!-- wp:")) return paragraphs(html);
  return html.replace(embed, '$1<a href="$2">$2</a>').trim();
}

/** `2026-03-29 12:59:00`; null for the zeros that WordPress writes where there is no date. */
function gmt(text: string): Temporal.Instant | null {
  if (!/^[12]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null;
  try {
    return Temporal.Instant.from(`${text.replace(" ", "T")}Z`);
  } catch {
    return null; // the 31st of February
  }
}
