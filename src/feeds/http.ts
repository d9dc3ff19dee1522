// What a request says of the copy it has and the encodings it takes (RFC 9110). Pure.

type Validators = { hash: string; lastModified: Temporal.Instant | null };

/** The strong validator of one encoding: each has its own, as their bytes differ (§8.8.3.3). */
export const etag = (hash: string, gzipped: boolean): string => (gzipped ? `"${hash}-gzip"` : `"${hash}"`);

/** An HTTP date (§5.6.7), which counts whole seconds. */
export const httpDate = (at: Temporal.Instant): string => new Date(at.epochMilliseconds).toUTCString();

/**
 * Whether the reader has it already. If-None-Match wins (§13.1.3), compared weakly (§13.1.2) and whatever the encoding:
 * a proxy that compresses adds `-gzip` or `-br` to our tag and `W/` before it.
 */
export function isKnown(
  { hash, lastModified }: Validators,
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

/** Whether gzip is allowed and not liked less than the plain bytes (§12.5.3). */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  const weights = new Map(
    (acceptEncoding ?? "").split(",").map((part): [string, number] => {
      const [coding = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
      const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [coding, q === undefined ? 1 : Number(q) || 0];
    }),
  );
  const gzip = weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0;
  return gzip > 0 && gzip >= (weights.get("identity") ?? 0);
}
