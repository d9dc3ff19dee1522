// A WordPress site says who it is: its REST API is found from whatever address of it a person has at hand.
import { decodeHTML } from "entities";
import { z } from "zod";
import type { GuardedGet } from "../../platform/index.ts";
import { linked } from "../feed/poll.ts";
import type { Category } from "../item.ts";
import { isWholePaper } from "../page/furniture.ts";
import { ask, askList } from "./api.ts";
import { wordPressCategory } from "./names.ts";
import { plainText } from "./text.ts";

export type WordPressSite = {
  name: string;
  homeUrl: URL;
  apiRoot: URL;
  language: string | null;
  /** An IANA zone, or a fixed offset such as +03:00; null where it says neither. */
  zone: string | null;
  categories: Category[];
};

type No = { ok: false; why: string };

const index = z.object({
  name: z.string().catch(""),
  home: z.string().catch(""),
  timezone_string: z.string().catch(""),
  gmt_offset: z.coerce.number().min(-14).max(14).catch(0),
  namespaces: z.array(z.string()).refine((names) => names.includes("wp/v2")),
});

export type FoundApi = { ok: true; root: URL; index: z.output<typeof index>; language: string | null };

/** Whether a category holds everything ("آخر الأخبار", "Uncategorized"), so that it says nothing of where an article belongs. */
// By its label: many sites rename the category that WordPress begins with, and its slug stays "uncategorized".
export const isCatchAll = ({ key, label }: Category): boolean => isWholePaper(label || key);

/**
 * Asks a site who it is, and whether its posts can be read as a run reads them.
 *
 * @param url its home page, any page of it, or its REST API
 */
export async function discoverWordPress(
  get: GuardedGet,
  url: URL,
): Promise<{ ok: true; site: WordPressSite } | No> {
  const found = await findApi(get, url);
  if (!found.ok) return found;
  const { root, index } = found;
  // No post was changed after the year 2100: whoever gives one all the same does not know the question.
  const posts = await askList(get, root, "wp/v2/posts", {
    modified_after: "2100-01-01T00:00:00Z",
    per_page: "1",
    _fields: "id",
  });
  if (!posts.ok) return { ok: false, why: posts.why };
  if (posts.list.length > 0) return { ok: false, why: tooOld(root) };
  const homeUrl = homeOf(root, index.home);
  return {
    ok: true,
    site: {
      name: plainText(index.name) || homeUrl.host,
      homeUrl,
      apiRoot: root,
      language: found.language ?? (await languageOf(get, homeUrl)),
      zone: zoneOf(index),
      categories: await categoriesOf(get, root),
    },
  };
}

export const tooOld = (root: URL): string =>
  `The WordPress at ${root.host} does not tell what changed since a time (modified_after): it is older than 5.7, or a cache in front of it answers without looking at the question. Update it, or let the cache leave out wp-json; until then, add its feed as a source.`;

/** Finds the root of a site's REST API: by the link that its pages carry, else where it mostly is. */
export async function findApi(get: GuardedGet, url: URL): Promise<FoundApi | No> {
  const own = apiOf(url);
  if (own) return readIndex(get, own, null);
  const page = await get({ url, headers: { Accept: "text/html, */*;q=0.5" } });
  if (page.kind !== "answer") return { ok: false, why: page.why };
  const html = new TextDecoder().decode(page.body.subarray(0, mostHead));
  const language = languageIn(html);
  const said = linked(page.headers, apiRelation, page.url) ?? linkIn(html, page.url);
  if (said) return readIndex(get, said, language);
  const folder = new URL(".", page.url);
  const guesses = [
    new URL("wp-json/", folder),
    new URL("?rest_route=/", folder),
    new URL("/wp-json/", folder),
  ];
  for (const guess of new Map(guesses.map((it) => [it.href, it])).values()) {
    const found = await readIndex(get, guess, language);
    if (found.ok) return found;
  }
  return {
    ok: false,
    why: `${url.href} shows no WordPress REST API: no page there links to one, and none is at ${guesses[0]?.href}. If it is a WordPress, REST is turned off there; its feed can be a source all the same.`,
  };
}

async function readIndex(get: GuardedGet, at: URL, language: string | null): Promise<FoundApi | No> {
  const answer = await ask(get, at, "", { _fields: "name,home,gmt_offset,timezone_string,namespaces" });
  if (!answer.ok) return { ok: false, why: answer.why };
  const read = index.safeParse(answer.value);
  if (!read.success)
    return { ok: false, why: `${at.href} answers with JSON, but not as the REST API of a WordPress does.` };
  // Where redirects led: so they are followed once and not at each question.
  const root = new URL(answer.url);
  root.searchParams.delete("_fields");
  return { ok: true, root, index: read.data, language };
}

const apiRelation = "https://api.w.org/";

/** The root of the API that this address lies in; null if it lies in none. */
function apiOf(url: URL): URL | null {
  const [, path] = /^(.*?\/wp-json)(?:\/|$)/.exec(url.pathname) ?? [];
  if (path !== undefined) return new URL(`${path}/`, url);
  if (!url.searchParams.has("rest_route")) return null;
  return new URL("?rest_route=/", url);
}

/** Where a page has its head; what follows is its text. */
const mostHead = 300_000;

function linkIn(html: string, base: URL): URL | null {
  for (const [tag] of html.matchAll(/<link\b[^<>]*>/gi)) {
    if (!tag.includes(apiRelation)) continue;
    const [, double, single] = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(tag) ?? [];
    const url = URL.parse(decodeHTML(double ?? single ?? ""), base);
    if (url && /^https?:$/.test(url.protocol)) return url;
  }
  return null;
}

function languageIn(html: string): string | null {
  const tag = /<html\b[^<>]*>/i.exec(html)?.[0] ?? "";
  const said = /\slang\s*=\s*["']?([a-z]{2,3}(?:-[a-z0-9]{2,8})*)/i.exec(tag)?.[1];
  try {
    return said === undefined ? null : (Intl.getCanonicalLocales(said)[0] ?? null);
  } catch {
    return null;
  }
}

async function languageOf(get: GuardedGet, home: URL): Promise<string | null> {
  const page = await get({ url: home, headers: { Accept: "text/html" } });
  return page.kind === "answer" && page.status === 200
    ? languageIn(new TextDecoder().decode(page.body.subarray(0, mostHead)))
    : null;
}

/** What the site calls its home, where that is the host that answered; else where its API lies: nobody speaks for another. */
function homeOf(root: URL, said: string): URL {
  const bare = ({ host }: URL) => host.replace(/^www\./, "");
  const claimed = URL.parse(said);
  const home = new URL(".", root);
  if (!root.searchParams.has("rest_route"))
    home.pathname = root.pathname.replace(/(?:index\.php\/)?[^/]*\/?$/, "");
  const own = claimed && /^https?:$/.test(claimed.protocol) && bare(claimed) === bare(root) ? claimed : home;
  if (root.protocol === "https:") own.protocol = "https:";
  if (!own.pathname.endsWith("/")) own.pathname += "/";
  own.search = "";
  own.hash = "";
  return own;
}

function zoneOf({ timezone_string: name, gmt_offset: hours }: FoundApi["index"]): string | null {
  const minutes = Math.round(Math.abs(hours) * 60);
  const two = (n: number) => String(n).padStart(2, "0");
  const zone = name || `${hours < 0 ? "-" : "+"}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
  try {
    return new Temporal.ZonedDateTime(0n, zone).timeZoneId;
  } catch {
    return null;
  }
}

/** A paper has dozens. */
const mostCategoryPages = 5;

async function categoriesOf(get: GuardedGet, root: URL): Promise<Category[]> {
  const categories: Category[] = [];
  for (let page = 1; page <= mostCategoryPages; page++) {
    const answer = await askList(get, root, "wp/v2/categories", {
      per_page: "100",
      page: String(page),
      _fields: "id,name,slug",
    });
    // What is not told now comes with the articles.
    if (!answer.ok) break;
    for (const given of answer.list) {
      const read = wordPressCategory.safeParse(given);
      if (read.success && read.data.value.key !== "") categories.push(read.data.value);
    }
    if (answer.list.length < 100) break;
  }
  return categories;
}
