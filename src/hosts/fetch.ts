// The guarded doors to the web on Node: the address is checked where the socket is opened, so that a name cannot resolve to
// one address for us and to another for the connection.
import { lookup as resolve } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import type { AllowedRange } from "../config.ts";
import {
  type Call,
  callBytes,
  type FetchResult,
  fetchLimits,
  type GuardedCall,
  type GuardedFetch,
  userAgent,
} from "../platform/index.ts";
import { bounded, bySentence, hostOf, insideWhy, isWeb, mayReach, withinASecond, wordsOf } from "./reach.ts";

/**
 * @param allow addresses inside the operator's network that may be reached all the same
 * @param limits other bounds than the service's own, for tests
 */
export function guardedFetch(
  allow: readonly AllowedRange[],
  limits: Readonly<Record<keyof typeof fetchLimits, number>> = fetchLimits,
): GuardedFetch {
  const may = mayReach(allow);
  return async (start) => {
    const deadline = AbortSignal.timeout(limits.seconds * 1000);
    let url = start;
    for (let redirects = 0; redirects <= limits.redirects; redirects++) {
      if (!isWeb(url)) return { ok: false, why: `${url.href} is neither http nor https.` };
      const step = await fetchOnce(url, may, limits.bytes, deadline).catch((error: unknown) => ({
        ok: false as const,
        why: deadline.aborted
          ? `${url.href} took more than ${limits.seconds} seconds.`
          : `${url.href} could not be read: ${wordsOf(error)}`,
      }));
      if (!("redirect" in step)) return step;
      url = step.redirect;
    }
    return { ok: false, why: `${start.href} redirects more than ${limits.redirects} times.` };
  };
}

/** @param allow addresses inside the operator's network that may be called all the same */
export function guardedCall(allow: readonly AllowedRange[]): GuardedCall {
  const may = mayReach(allow);
  return (call) =>
    bySentence(call, async (deadline) => {
      const response = await send(call, may, deadline);
      if (response === null) return { kind: "inside", why: insideWhy(call.url) };
      const retryAfter = response.headers["retry-after"] ?? null;
      const arriving = bodyOf(response, callBytes).catch(() => null);
      // Of a push the status is the answer: who never ends a body holds up nobody.
      const body = await (call.method === "POST" ? withinASecond(arriving) : arriving);
      response.destroy();
      return { kind: "answer", status: response.statusCode ?? 0, retryAfter, body };
    });
}

type MayReach = ReturnType<typeof mayReach>;

async function fetchOnce(
  url: URL,
  may: MayReach,
  mostOctets: number,
  signal: AbortSignal,
): Promise<FetchResult | { redirect: URL }> {
  const headers = { Accept: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5" };
  const response = await send({ method: "GET", url, headers }, may, signal);
  if (response === null) return { ok: false, why: insideWhy(url) };

  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (status >= 300 && status < 400 && location) {
    response.destroy();
    const next = URL.parse(location, url);
    return next
      ? { redirect: next }
      : { ok: false, why: `${url.href} redirects to "${location}", which is no address.` };
  }
  if (status !== 200) {
    response.destroy();
    return { ok: false, why: `${url.href} answered ${status}, not the page.` };
  }
  const body = await bodyOf(response, mostOctets);
  if (body === null) return { ok: false, why: `${url.href} is larger than ${mostOctets} octets.` };
  return { ok: true, page: { url, contentType: response.headers["content-type"] ?? "", body } };
}

/** Sends one request. @returns the head of what came back, its body to be read or destroyed; null if it leads inside */
async function send(
  request: { url: URL; headers: Call["headers"] } & (
    | { method: "GET" }
    | { method: "POST"; body: Uint8Array }
  ),
  may: MayReach,
  signal: AbortSignal,
): Promise<IncomingMessage | null> {
  const { url, method } = request;
  const host = hostOf(url);
  if (isIP(host) && !may(host)) return null;
  let refused = false;
  const lookup: LookupFunction = (name, options, done) => {
    resolve(name, { all: true }).then(
      (found) => {
        const outside = found.filter(({ address }) => may(address));
        refused = outside.length === 0;
        const [first] = outside;
        if (!first) done(new Error("its name leads inside"), "", 4);
        else if (options.all) done(null, outside);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error instanceof Error ? error : new Error(String(error)), "", 4),
    );
  };
  const open = url.protocol === "https:" ? httpsRequest : httpRequest;
  const headers = { ...request.headers, "User-Agent": userAgent, "Accept-Encoding": "gzip, br" };
  return new Promise<IncomingMessage>((done, fail) => {
    open(url, { method, lookup, signal, headers, agent: false })
      .on("response", done)
      .on("error", fail)
      .on("upgrade", (_, socket) => {
        socket.destroy();
        fail(new Error("it changes to another protocol"));
      })
      .end(request.method === "POST" ? request.body : undefined);
  }).catch((error: unknown) => {
    if (refused) return null;
    throw error;
  });
}

const decoders = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["br", createBrotliDecompress],
]);

/** The body without its encoding, or null if it is too large. Throws if it breaks off or has another encoding. */
async function bodyOf(response: IncomingMessage, most: number): Promise<Uint8Array | null> {
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const decoder = decoders.get(encoding);
  if (!decoder && encoding !== "identity" && encoding !== "") {
    response.destroy();
    throw new Error(`it came in the encoding "${encoding}", which was not asked for`);
  }
  // What goes wrong on the way, either side of the decoder, ends the reading.
  return bounded(decoder ? pipeline(response, decoder(), () => {}) : response, most);
}
