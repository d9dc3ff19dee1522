// What a request says of the copy it has and the encodings it takes (RFC 9110), and what it is answered. Pure.
import type { Document } from "./cache.ts";
import { maxAgeSeconds } from "./render.ts";
import type { Found } from "./service.ts";

/** A request as far as feeds care; header names are in lower case. */
export type FeedRequest = {
  url: string;
  method: string;
  header: (name: string) => string | undefined;
  /** Whose request it is, as far as the host knows; empty where nobody does. */
  address: string;
};

/** What goes back, for whatever speaks HTTP. To HEAD the same is answered; whoever sends it leaves out the body. */
export type FeedAnswer = {
  status: 200 | 301 | 304 | 307;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | null;
};

export type Encoding = "identity" | "gzip" | "br";

/** After five minutes a cache asks again, and may answer with its old copy while it does. */
const cacheControl = `public, max-age=${maxAgeSeconds}, stale-while-revalidate=${maxAgeSeconds}`;

/** One address has a document for readers and a page for people, told apart by Sec-Fetch-Mode. */
const vary = "Accept-Encoding, Sec-Fetch-Mode";

/** What every answer carries: any site's reader may have feeds, and nobody guesses what they are. */
const common = {
  "Cache-Control": cacheControl,
  Vary: vary,
  "Access-Control-Allow-Origin": "*",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Makes what answers: the document, the word that the reader has it already, or the way to it. What is the same in all
 * answers from a document is put together once and kept as long as the document is.
 */
export function answerer(hubUrls: readonly string[]) {
  const prepared = new WeakMap<Document, Map<Encoding, Prepared>>();
  const encodings = new Map<string, { withBrotli: Encoding; without: Encoding }>();

  function encodingOf(acceptEncoding: string, hasBrotli: boolean): Encoding {
    let both = encodings.get(acceptEncoding);
    if (both === undefined) {
      both = { withBrotli: encodingFor(acceptEncoding, true), without: encodingFor(acceptEncoding, false) };
      if (encodings.size >= mostAccepted) encodings.clear();
      encodings.set(acceptEncoding, both);
    }
    return hasBrotli ? both.withBrotli : both.without;
  }

  function preparedFor(found: FoundDocument, encoding: Encoding): Prepared {
    const known = prepared.get(found.document) ?? new Map<Encoding, Prepared>();
    const ready = known.get(encoding) ?? prepare(found, encoding, hubUrls);
    known.set(encoding, ready);
    prepared.set(found.document, known);
    return ready;
  }

  return (
    found: FoundDocument | Extract<Found, { kind: "redirect" }>,
    header: FeedRequest["header"],
    nowMilliseconds: number,
  ): FeedAnswer => {
    if (found.kind === "redirect")
      return { status: found.status, headers: { ...common, Location: found.to.href }, body: null };
    const { document } = found;
    const encoding = encodingOf(header("accept-encoding") ?? "", document.br !== null);
    const ready = preparedFor(found, encoding);
    const ifNoneMatch = header("if-none-match");
    const known = ifNoneMatch === ready.etag || isKnown(document, ifNoneMatch, header("if-modified-since"));
    const headers = known ? ready.known : ready.whole;
    return {
      status: known ? 304 : 200,
      // No answer is modified later than it is given (§8.8.2.1), though a burst of changes may put the time of the last one
      // ahead of the clock. Asked with the earlier time the reader is told again, once too often and never too seldom.
      headers:
        ready.modifiedAt > nowMilliseconds
          ? { ...headers, "Last-Modified": httpDate(nowMilliseconds) }
          : headers,
      body: known ? null : ready.body,
    };
  };
}

type FoundDocument = Extract<Found, { kind: "document" }>;

/** The headers of both answers from one encoding of a document, and its bytes. */
type Prepared = {
  known: Record<string, string>;
  whole: Record<string, string>;
  /** As most readers give it back, so that most tags need not be taken apart. */
  etag: string;
  /** In milliseconds since 1970. */
  modifiedAt: number;
  body: Uint8Array<ArrayBuffer>;
};

/** Programs say what they take in a few dozen ways. */
const mostAccepted = 200;

function prepare(found: FoundDocument, encoding: Encoding, hubUrls: readonly string[]): Prepared {
  const { document, contentType, selfUrl, feed } = found;
  const hubs = feed !== null && feed.archive === null ? hubUrls : [];
  const modifiedAt = document.lastModified?.epochMilliseconds ?? null;
  const tag = etag(document.hash, encoding);
  const known = {
    ...common,
    ETag: tag,
    Link: [...hubs.map((hub) => `<${hub}>; rel="hub"`), `<${selfUrl.href}>; rel="self"`].join(", "),
    ...(modifiedAt !== null && { "Last-Modified": httpDate(modifiedAt) }),
  };
  const body = bytesOf(document, encoding);
  const whole = {
    ...known,
    "Content-Type": contentType,
    "Content-Length": String(body.length),
    ...(encoding !== "identity" && { "Content-Encoding": encoding }),
  };
  return { known, whole, etag: tag, modifiedAt: modifiedAt ?? 0, body };
}

const bytesOf = ({ identity, gzip, br }: Document, encoding: Encoding) =>
  encoding === "br" ? (br ?? identity) : encoding === "gzip" ? gzip : identity;

/** The strong validator of one encoding: each has its own, as their bytes differ (§8.8.3.3). */
export const etag = (hash: string, encoding: Encoding): string =>
  encoding === "identity" ? `"${hash}"` : `"${hash}-${encoding}"`;

/** An HTTP date (§5.6.7), which counts whole seconds, of milliseconds since 1970. */
export const httpDate = (milliseconds: number): string => new Date(milliseconds).toUTCString();

/**
 * Whether the reader has it already. If-None-Match wins (§13.1.3), compared weakly (§13.1.2) and whatever the encoding:
 * a proxy that compresses adds `-gzip` or `-br` to our tag and `W/` before it.
 */
export function isKnown(
  { hash, lastModified }: Pick<Document, "hash" | "lastModified">,
  ifNoneMatch: string | undefined,
  ifModifiedSince: string | undefined,
): boolean {
  if (ifNoneMatch !== undefined) {
    return ifNoneMatch.split(",").some((given) => {
      const tag = given.trim();
      return tag === "*" || tag.replace(/^W\/|"/g, "").replace(/-(?:gzip|br|zstd|deflate)$/, "") === hash;
    });
  }
  if (ifModifiedSince === undefined || lastModified === null) return false;
  const since = Date.parse(ifModifiedSince); // not a date: NaN, which no comparison holds for
  return lastModified.epochMilliseconds <= since;
}

/**
 * The best encoding that is taken and at hand (§12.5.3): the smallest of those that the reader likes best. One that is
 * named with `q=0` is never sent.
 */
export function encodingFor(acceptEncoding: string | undefined, hasBrotli: boolean): Encoding {
  const weights = weightsOf(acceptEncoding);
  const any = weights.get("*") ?? 0;
  const br = hasBrotli ? (weights.get("br") ?? any) : 0;
  const gzip = weights.get("gzip") ?? weights.get("x-gzip") ?? any;
  const identity = weights.get("identity") ?? 0;
  if (br > 0 && br >= gzip && br >= identity) return "br";
  return gzip > 0 && gzip >= identity ? "gzip" : "identity";
}

/** Whether the reader would take brotli if there were one. */
export const takesBrotli = (acceptEncoding: string | undefined): boolean =>
  encodingFor(acceptEncoding, true) === "br";

function weightsOf(acceptEncoding: string | undefined): Map<string, number> {
  return new Map(
    (acceptEncoding ?? "").split(",").map((part): [string, number] => {
      const [coding = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
      const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [coding, q === undefined ? 1 : Number(q) || 0];
    }),
  );
}
