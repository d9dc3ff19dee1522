// The one guarded door to the web: the host builds it, since only the host sees addresses.

export type FetchedPage = { url: URL; contentType: string; body: Uint8Array };

/** `why` is a sentence for a person: which address, what happened, what to do. */
export type FetchResult = { ok: true; page: FetchedPage } | { ok: false; why: string };

/**
 * Gets a page by http or https: at most 5 redirects, each checked again, bounded in bytes and time, and never an
 * address inside the operator's own network, unless NASHRA_FETCH_ALLOW lists it.
 */
export type GuardedFetch = (url: URL) => Promise<FetchResult>;

/** The bounds of one fetch. */
export const fetchLimits = { bytes: 5_000_000, seconds: 20, redirects: 5 } as const;
