// The guarded doors to the web, for getting pages and for calling others: hosts build them, since only they see addresses.

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

/** Something to get, with headers of the caller's (`If-None-Match`…), and the most octets that are taken in, unpacked. */
export type Get = { url: URL; headers?: Readonly<Record<string, string>>; bytes?: number };

/**
 * What getting led to, whatever the status. `url` is where the answer came from after redirects; `permanentUrl` where those
 * of them led that say "for ever" (301, 308) before any other kind. Of an answer that is not 2xx the status counts: its body
 * is empty unless it arrived whole within a second.
 * `silence` is no answer or one past a bound; `inside`, that it was not asked, since it leads into the operator's own network.
 */
export type GetResult =
  | {
      kind: "answer";
      url: URL;
      permanentUrl: URL;
      status: number;
      headers: Headers;
      body: Uint8Array<ArrayBuffer>;
    }
  | { kind: "silence"; why: string }
  | { kind: "inside"; why: string };

/** Gets something by http or https, as pages are got: redirects followed and checked, bounded, guarded; never throws. */
export type GuardedGet = (get: Get) => Promise<GetResult>;

/** One request to an address that somebody else named. `seconds` bound it whole, from the name to the end of the reply. */
export type Call = { url: URL; headers: Readonly<Record<string, string>>; seconds: number } & (
  | { method: "GET" }
  | { method: "POST"; body: Uint8Array<ArrayBuffer> }
);

/**
 * What a call led to. The `body` of an answer is null if it is longer than a call's bound or did not arrive whole: what
 * the status said stands all the same; of a POST nobody waits for it
 * longer than a second. `silence` is no answer; `inside`, that it was not called, since it leads into the
 * operator's own network. `why` is a sentence for a person; it names the host alone, since the rest may be a secret.
 */
export type CallResult =
  | { kind: "answer"; status: number; retryAfter: string | null; body: Uint8Array | null }
  | { kind: "silence"; why: string }
  | { kind: "inside"; why: string };

/** Calls an address by http or https, once: a redirect is an answer like any other. Guarded as pages are; never throws. */
export type GuardedCall = (call: Call) => Promise<CallResult>;

/** The most of an answer's body that a call takes in. */
export const callBytes = 4096;

/** Who we say we are (RFC 9110 §10.1.5). No caller changes it. */
export const userAgent = "Nashra/0.1 (+feeds and bulletins)";
