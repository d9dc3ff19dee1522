// Whatever one file or address holds becomes articles: JSON as the API takes it, a page, the plain text of a page.
import { z } from "zod";
import { cleanText } from "../arabic/index.ts";
import { type ArticleInput, articleInput } from "../articles/index.ts";
import { sha256 } from "../platform/index.ts";
import { decode } from "./decode.ts";
import { believedTime } from "./lay.ts";
import { mostOctets, type PageDraft } from "./page/draft.ts";
import { readPlainText } from "./page/plaintext.ts";
import { readPage } from "./page/read.ts";

export type ImportedFile = {
  bytes: Uint8Array;
  /** What the server called it; null for a file. */
  contentType: string | null;
  /** Where it was fetched; null for a file. */
  url: URL | null;
};

export type ImportOverrides = {
  /** Instead of the date in the text, for all that is imported. */
  publishedAt: Temporal.Instant | null;
  /** Where a text that names no section goes. */
  section: string;
  /** A date in a page that lies far ahead of now is an error, and no embargo for years. */
  now: Temporal.Instant;
};

/** `why` is a sentence on which a person can act. */
export type ImportReading = { ok: true; articles: ArticleInput[] } | { ok: false; why: string };

/** Reads articles from a file or a fetched page. Nothing is stored; the same content gives the same external ids. */
export async function readImport(file: ImportedFile, overrides: ImportOverrides): Promise<ImportReading> {
  if (file.bytes.length > mostOctets)
    return refused(`It is larger than ${mostOctets / 1_000_000} MB, too large for an import.`);
  const text = decode(file.bytes, file.contentType);
  if (text === null) return refused("It is no text: neither UTF-8 nor in an encoding that it names.");
  const start = text.trimStart();
  if (looksLikeJson(start, file.contentType)) return readJson(text, overrides);
  const isHtml =
    /^text\/html|xhtml/i.test(file.contentType ?? "") ||
    /^<(!doctype|html|head|body|!--|\?xml|[a-z][a-z0-9]*[\s>])/i.test(start);
  const reading = isHtml ? readPage(text, file.url) : readPlainText(text);
  if (!reading.ok) return refused(reading.why);
  const input = articleInput.safeParse(await inputOf(reading.draft, overrides));
  return input.success ? { ok: true, articles: [input.data] } : refused(tellIssues(input.error));
}

/** A title may begin with a bracket as well: "[فيديو] …". */
const looksLikeJson = (start: string, contentType: string | null) =>
  /^application\/(?:[\w.-]+\+)?json\b/i.test(contentType ?? "") || /^[[{]\s*["[\]{}]/.test(start);

/** A page's address is its id; a text without one is known by its words, so that the same file is the same article. */
async function inputOf(draft: PageDraft, { publishedAt, section, now }: ImportOverrides) {
  const fits = (text: string, most: number) => (text.length <= most ? text : null);
  const dated = believedTime({ published: draft.publishedAt, scheduled: false }, null, now);
  const known = draft.url ?? cleanText(`${draft.title}\n${draft.bodyHtml}`);
  return {
    // Arabic addresses are long once they are escaped.
    external_id: (draft.url && fits(draft.url, 2000)) ?? `sha256:${(await sha256(known)).slice(0, 40)}`,
    title: draft.title,
    // What a page says of itself beside its text may be too long; that is no reason to refuse the text.
    summary: draft.summary && fits(draft.summary, 2000),
    body_html: draft.bodyHtml,
    url: draft.url && fits(draft.url, 2000),
    sections: [(draft.section && fits(draft.section, 120)) ?? section],
    authors: draft.authors,
    source_name: draft.sourceName,
    image:
      draft.image && fits(draft.image.url, 2000)
        ? { ...draft.image, alt: draft.image.alt && fits(draft.image.alt, 500) }
        : null,
    published_at: (publishedAt ?? dated)?.toString() ?? null,
  };
}

function readJson(text: string, { publishedAt }: ImportOverrides): ImportReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refused(
      `It begins like JSON, but is none: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const given = publishedAt ? { published_at: publishedAt.toString() } : {};
  const list = z
    .array(z.looseObject({}))
    .min(1)
    .safeParse(Array.isArray(json) ? json : [json]);
  if (!list.success) return refused("It is JSON, but no article and no list of articles.");
  const articles: ArticleInput[] = [];
  for (const [index, item] of list.data.entries()) {
    const article = articleInput.safeParse({ ...item, ...given });
    if (!article.success)
      return refused(`Article ${index + 1} of ${list.data.length}: ${tellIssues(article.error)}`);
    articles.push(article.data);
  }
  return { ok: true, articles };
}

const refused = (why: string): ImportReading => ({ ok: false, why });

const tellIssues = (error: z.ZodError) =>
  error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join(".") || "it"}: ${message}`)
    .join("; ");
