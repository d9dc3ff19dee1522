// The guarded doors to the web on Node, for getting, for pages and for calls: the address is checked where the socket is opened, so that a name cannot resolve to
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
  fetchLimits,
  type GuardedCall,
  type GuardedFetch,
  type GuardedGet,
  userAgent,
  withoutKeys,
} from "../platform/index.ts";
import { following, type Limits } from "./follow.ts";
import { bounded, bySentence, hostOf, insideWhy, mayReach, withinASecond } from "./reach.ts";

/**
 * @param allow addresses inside the operator's network that may be reached all the same
 * @param limits other bounds than the service's own, for tests
 */
export function guardedGet(allow: readonly AllowedRange[], limits: Limits = fetchLimits): GuardedGet {
  const may = mayReach(allow);
  return following(async (url, headers, deadline) => {
    const response = await send({ method: "GET", url, headers }, may, deadline);
    return (
      response && {
        status: response.statusCode ?? 0,
        headers: headersOf(response),
        read: (most) => bodyOf(response, most),
        close: () => void response.destroy(),
      }
    );
  }, limits);
}

/** The same for a page alone: whatever else comes is told in words. */
export function guardedFetch(allow: readonly AllowedRange[], limits: Limits = fetchLimits): GuardedFetch {
  const get = guardedGet(allow, limits);
  return async (start) => {
    const result = await get({
      url: start,
      headers: { Accept: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5" },
    });
    if (result.kind !== "answer") return { ok: false, why: result.why };
    const { url, status, headers, body } = result;
    if (status !== 200)
      return { ok: false, why: withoutKeys(`${url.href} answered ${status}, not the page.`) };
    return { ok: true, page: { url, contentType: headers.get("Content-Type") ?? "", body } };
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

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}

const decoders = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["br", createBrotliDecompress],
]);

/** The body without its encoding, or null if it is too large. Throws if it breaks off or has another encoding. */
async function bodyOf(response: IncomingMessage, most: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const decoder = decoders.get(encoding);
  if (!decoder && encoding !== "identity" && encoding !== "") {
    response.destroy();
    throw new Error(`it came in the encoding "${encoding}", which was not asked for`);
  }
  // What goes wrong on the way, either side of the decoder, ends the reading.
  return bounded(decoder ? pipeline(response, decoder(), () => {}) : response, most);
}
