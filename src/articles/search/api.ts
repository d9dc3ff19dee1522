// The API for search: /api/v1/search. Mounted by api.ts, behind its tokens.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Kysely } from "kysely";
import { escapeHtml } from "../../arabic/index.ts";
import type { Clock } from "../../platform/index.ts";
import { readPublisher, type SettingsTables } from "../../settings/index.ts";
import { problem } from "../../web/index.ts";
import { articleUrl } from "../article.ts";
import type { ArticleTables } from "../tables.ts";
import { searchArticles } from "./find.ts";
import { longestQuery, mostTerms } from "./query.ts";
import { placeText, readParameters, readSearch, type SearchFault, searchAddress } from "./request.ts";
import { finderOf, highlight, type Piece, plainText, snippet } from "./text.ts";
import { mostSearched } from "./words.ts";

export type SearchApiDeps = { db: Kysely<ArticleTables & SettingsTables>; site: URL; now: Clock };

const foundJson = z
  .object({
    id: z.int(),
    url: z.string(),
    title: z.string(),
    title_html: z
      .string()
      .openapi({ description: "The title, escaped, with `<mark>` round what was found." }),
    snippet_html: z
      .string()
      .openapi({ description: "The part of the text where most was found, in the same way." }),
    sections: z.array(z.object({ slug: z.string(), title: z.string() })),
    authors: z.array(z.object({ slug: z.string(), name: z.string() })),
    source_name: z.string().nullable(),
    published_at: z.string(),
  })
  .openapi("FoundArticle");

const problemJson = z.looseObject({ type: z.string(), title: z.string(), status: z.int() });
const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemJson } },
});
const text = (description: string) => z.string().default("").openapi({ description });

const route = createRoute({
  method: "get",
  path: "/api/v1/search",
  summary: "Published articles by their words, the best first",
  security: [{ token: [] }],
  request: {
    query: z.object({
      q: z.string().openapi({
        description:
          'Words that are all to be there, "some in quotes" in this order, -without. The last may be a beginning.',
        example: "مجلس “موازنة العام” -رياضة",
      }),
      section: text("A slug or an exact title."),
      tag: text("A slug or a name."),
      author: text("A slug or a name."),
      from: text("The first day, as in 2026-03-01, in the publisher's zone."),
      to: text("The last day."),
      after: text("Where the page before ended; `next` has it."),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
  },
  responses: {
    200: {
      description:
        "A page, and the address of the next one. A page may be shorter than its limit and not be the last.",
      content: {
        "application/json": {
          schema: z.object({
            articles: z.array(foundJson),
            count: z
              .int()
              .nullable()
              .openapi({ description: "All that match; null where they are more than are counted." }),
            next: z.string().nullable(),
          }),
        },
      },
    },
    401: refusal("No token, or one that does not work."),
    403: refusal("The token's scopes do not reach."),
    422: refusal("The search says nothing that can be looked for; `detail` says why."),
  },
});

export function searchApi(
  { db, site, now }: SearchApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  app.openapi(route, async (c) => {
    const { limit, ...query } = c.req.valid("query");
    const given = readParameters((name) => new Map(Object.entries(query)).get(name));
    const { zone } = await readPublisher(db);
    const asked = await readSearch(db, given, { zone, now: now(), limit });
    if (!asked.ok) return problem(c, { status: 422, title: "Refused", detail: faults[asked.why] });
    const { articles, next, begins, count } = await searchArticles(db, asked.search);
    const finder = finderOf(asked.search.query, begins);
    const found = articles.map((article) => ({
      id: article.id,
      url: articleUrl(site, article),
      title: article.title,
      title_html: marked(highlight(article.title, finder)),
      snippet_html: marked(snippet(plainText(article.bodyHtml, mostSearched), finder)),
      sections: article.sections.map(({ slug, title }) => ({ slug, title })),
      authors: article.authors.map(({ slug, name }) => ({ slug, name })),
      source_name: article.sourceName,
      published_at: article.publishedAt.toString(),
    }));
    const address = next && new URL(searchAddress("/api/v1/search", given, placeText(next)), site);
    address?.searchParams.set("limit", String(limit));
    return c.json({ articles: found, count, next: address?.href ?? null }, 200);
  });
  return app;
}

const faults: Readonly<Record<SearchFault, string>> = {
  empty: "q is empty. Say which words to look for.",
  "too-long": `q is longer than ${longestQuery} characters. Look for fewer words.`,
  "too-many-words": `q has more than ${mostTerms} words or phrases, or a phrase of more than twenty. Look for fewer.`,
  "no-words": "q has no letter and no digit. Say which words to look for.",
  "only-without": "q only says what is not to be there. Say also what is.",
  "no-date": "from and to take a day as in 2026-03-01.",
  "no-place": "after is none of ours. Take the address in next as it is.",
  "no-such": "There is no such section, tag or author. /api/v1/sections lists the sections.",
};

const marked = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, found }) => (found ? `<mark>${escapeHtml(text)}</mark>` : escapeHtml(text))).join("");
