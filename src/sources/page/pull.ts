// A source that is one page: an article that is looked at again and again, and read only when it changed.
import { z } from "zod";
import { type GetResult, type GuardedGet, openAddress } from "../../platform/index.ts";
import { decode } from "../decode.ts";
import { retryAfter, validators } from "../feed/poll.ts";
import type { SourceItem } from "../item.ts";
import type { NoStretch, Pull, Stretch } from "../pull.ts";
import { mostOctets, type PageDraft } from "./draft.ts";
import { readPage } from "./read.ts";

const cursorShape = z.object({
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  /** The article that stood there. */
  remoteId: z.string(),
});
type Cursor = z.infer<typeof cursorShape>;

/** A page that is gone for good need not be asked for each hour. */
const goneHours = 24;

/**
 * Looks at the page. One that is unchanged, is missing (404), or is no article changes nothing; one that is gone for good
 * (410) takes its article with it.
 */
export const pullPage: Pull = async ({ url, cursor, recentRemoteIds, get, now }) => {
  const known = cursorShape.safeParse(cursor).data ?? null;
  const result = await get({ url, bytes: mostOctets, headers: { Accept: accepted, ...conditions(known) } });
  if (result.kind !== "answer") return nothing(result.why);
  if (result.status === 304 && known) return stretch({ cursor: known });
  if (result.status === 410) {
    const standing = await recentRemoteIds(10);
    const gone = standing.filter((id) => known === null || id === known.remoteId);
    const reason = "The page is gone for good: its server answers 410.";
    if (gone.length > 0)
      return stretch({ cursor: null, gone: gone.map((remoteId) => ({ remoteId, reason })) });
    return nothing(`${url.href} is gone for good (410). Remove this source.`, now.add({ hours: goneHours }));
  }
  const reading = readAnswer(result);
  if (!reading.ok) return nothing(reading.why, retryAfter(result.headers, now));
  // Where an article was taken away, many sites lead to their front page, which is no article of this source.
  if (isRoot(result.url) && !isRoot(url))
    return nothing(
      `${url.href} leads to the site's front page. Its article stays; add its new address, or remove this source.`,
    );
  const item = itemOf(reading.draft, result.url);
  return stretch({
    items: [item],
    categories: item.categories,
    cursor: {
      ...validators(result.headers),
      remoteId: item.externalId,
    } satisfies Cursor,
  });
};

/**
 * Looks whether an address is the page of an article.
 *
 * @returns the address to ask from now on, which is where it moved for ever, and the article's title
 */
export async function identifyPage(
  url: URL,
  get: GuardedGet,
): Promise<{ ok: true; url: URL; title: string } | { ok: false; why: string }> {
  const result = await get({ url, bytes: mostOctets, headers: { Accept: accepted } });
  if (result.kind !== "answer") return { ok: false, why: result.why };
  const reading = readAnswer(result);
  return reading.ok ? { ok: true, url: result.permanentUrl, title: reading.draft.title } : reading;
}

const accepted = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5";

const conditions = (known: Cursor | null): Record<string, string> => ({
  ...(known?.etag && { "If-None-Match": known.etag }),
  ...(known?.lastModified && { "If-Modified-Since": known.lastModified }),
});

const isRoot = ({ pathname, search }: URL) => pathname === "/" && search === "";

type Answered = Extract<GetResult, { kind: "answer" }>;

function readAnswer({ status, url, headers, body }: Answered) {
  const refused = (why: string) => ({ ok: false as const, why });
  if (status === 404)
    return refused(
      `${url.href} is not found (404). Its article stays; if the page moved, add its new address, else remove this source.`,
    );
  if (status !== 200) return refused(`${url.href} answered ${status}, not the page.`);
  const text = decode(body, headers.get("Content-Type"));
  if (text === null)
    return refused(`${url.href} is no text: neither UTF-8 nor in an encoding that it names.`);
  const reading = readPage(text, url);
  return reading.ok ? reading : refused(`${url.href} is no article. ${reading.why}`);
}

function itemOf(draft: PageDraft, foundAt: URL): SourceItem {
  // An address that is longer than any other is none of an article.
  const address =
    draft.url !== null && draft.url.length <= 2000 ? draft.url : openAddress(foundAt).href.slice(0, 2000);
  const { section, image } = draft;
  return {
    externalId: address,
    remoteId: address,
    url: address,
    title: draft.title,
    summary: draft.summary,
    bodyHtml: draft.bodyHtml,
    categories: section === null ? [] : [{ key: section, label: section }],
    tags: [],
    authors: draft.authors,
    sourceName: draft.sourceName,
    image: image && { ...image, type: null, length: null, credit: null },
    importance: 0,
    published: draft.publishedAt,
    scheduled: false,
    modified: null,
  };
}

const stretch = (it: Partial<Stretch> & Pick<Stretch, "cursor">): Stretch => ({
  ok: true,
  items: [],
  skipped: [],
  gone: [],
  categories: [],
  more: false,
  notBefore: null,
  ...it,
});

const nothing = (why: string, notBefore: Temporal.Instant | null = null): NoStretch => ({
  ok: false,
  why,
  notBefore,
});
