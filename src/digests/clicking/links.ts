// The counted links of mails: a short signed token for a story of an issue. It carries no address, so it leads nowhere but to what
// we published; and it names nobody, so that all letters of an edition have the same.
import { type ArticleId, articleId } from "../../articles/index.ts";
import type { Keyring } from "../../config.ts";
import { placeOf } from "../../mail/index.ts";
import { fromMilliseconds, readToken, signToken } from "../../platform/index.ts";
import { type SubscriberId, testToken } from "../../subscribers/index.ts";
import type { IssueId } from "../tables.ts";

export type ClickLink = { issue: IssueId; article: ArticleId };

/** The links of stories, in the order of the articles that are asked for. */
export type ClickLinks = (issue: IssueId, articles: readonly ArticleId[]) => Promise<Map<ArticleId, string>>;

/** Editions of one issue have mostly the same stories, so that a link is signed once. */
const mostRemembered = 2000;

export function clickLinks(keys: Keyring, site: URL): ClickLinks {
  const remembered = new Map<string, string>();
  const urlOf = async (issue: IssueId, article: ArticleId) => {
    const name = `${issue}-${article}`;
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const url = new URL(`/c/${await signToken(keys, "click", [issue, article], null)}`, site).href;
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(name, url);
    return url;
  };
  return async (issue, articles) => {
    const links = new Map<ArticleId, string>();
    for (const article of articles) links.set(article, await urlOf(issue, article));
    return links;
  };
}

/** Which story of which issue a token names; null if it is none of ours. It works as long as its key is kept. */
export async function readClick(
  keys: Keyring,
  token: string,
  now: Temporal.Instant,
): Promise<ClickLink | null> {
  const reading = await readToken(keys, "click", token, now);
  const [issue, article] = reading.ok ? reading.payload : [];
  if (issue === undefined || article === undefined) return null;
  return { issue: issue as IssueId, article: articleId(article) };
}

// ——— Whose letter it is, where the publisher counts by person.

/** Stands behind each counted link in editions of such a publisher, and is filled in for each reader. */
export const clickMarkPlace = placeOf("clickMark");

/** The mail with a place for its reader behind each of these links. */
export function withMarks<Mail extends { html: string; text: string }>(
  mail: Mail,
  links: Iterable<string>,
): Mail {
  let { html, text } = mail;
  for (const link of links) {
    html = html.replaceAll(link, link + clickMarkPlace);
    text = text.replaceAll(link, link + clickMarkPlace);
  }
  return { ...mail, html, text };
}

/** What is put there: a path that names the reader and when the letter was made, the same for all links of a letter. */
export async function clickMark(
  keys: Keyring,
  issue: IssueId,
  subscriber: SubscriberId,
  madeAt: Temporal.Instant,
): Promise<string> {
  const seconds = Math.floor(madeAt.epochMilliseconds / 1000);
  return `/${await signToken(keys, "clicker", [issue, subscriber, seconds], null)}`;
}

export type Clicker = { subscriber: SubscriberId; madeAt: Temporal.Instant };

/** The reader that a mark names; null if it is none of ours, or of another issue. */
export async function readMark(
  keys: Keyring,
  mark: string,
  issue: IssueId,
  now: Temporal.Instant,
): Promise<Clicker | null> {
  const reading = await readToken(keys, "clicker", mark, now);
  const [of, subscriber, seconds] = reading.ok ? reading.payload : [];
  if (of !== issue || subscriber === undefined || seconds === undefined) return null;
  return { subscriber: subscriber as SubscriberId, madeAt: fromMilliseconds(seconds * 1000) };
}

/** A mail that is only looked at: its links lead where they would, and are not counted. */
export function uncounted<Mail extends { html: string; text: string }>(mail: Mail, site: URL): Mail {
  const start = new URL("/c/", site).href.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const links = new RegExp(`${start}[\\w-]+\\.\\w+\\.[\\w-]+(?![\\w/-])`, "g");
  const write = (text: string) => text.replace(links, `$&/${testToken}`);
  return { ...mail, html: write(mail.html), text: write(mail.text) };
}
