// The guarded doors to the web on Workers, for getting and for calls, by the runtime's own fetch.
//
// It asks what a name resolves to (over DNS-over-HTTPS: workerd has no other), but cannot say which address fetch then
// takes, so whoever answers for a name may answer fetch differently. What keeps that harmless is the runtime: Cloudflare
// calls from outside the operator's network, and workerd by itself reaches public addresses alone, unless its
// configuration says otherwise.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { AllowedRange } from "../config.ts";
import {
  type Call,
  callBytes,
  fetchLimits,
  type GuardedCall,
  type GuardedGet,
  userAgent,
} from "../platform/index.ts";
import { following, type Limits } from "./follow.ts";
import { bounded, bySentence, hostOf, insideWhy, mayReach, withinASecond } from "./reach.ts";

/**
 * @param allow addresses inside the operator's network that may be reached all the same
 * @param limits other bounds than the service's own, for tests
 */
export function workerGet(allow: readonly AllowedRange[], limits: Limits = fetchLimits): GuardedGet {
  const may = mayReach(allow);
  return following(async (url, headers, deadline) => {
    const closing = new AbortController();
    const signal = AbortSignal.any([deadline, closing.signal]);
    const response = await send({ method: "GET", url, headers }, may, signal);
    return (
      response && {
        status: response.status,
        headers: response.headers,
        read: async (most) => (response.body ? bounded(response.body, most) : noBytes()),
        close: () => closing.abort(),
      }
    );
  }, limits);
}

/** @param allow addresses inside the operator's network that may be called all the same */
export function workerCall(allow: readonly AllowedRange[]): GuardedCall {
  const may = mayReach(allow);
  return (call) =>
    bySentence(call, async (deadline) => {
      const response = await send(call, may, deadline);
      if (response === null) return { kind: "inside", why: insideWhy(call.url) };
      const retryAfter = response.headers.get("Retry-After");
      if (!response.body) return { kind: "answer", status: response.status, retryAfter, body: noBytes() };
      const arriving = bounded(response.body, callBytes).catch(() => null);
      // Of a push the status is the answer: who never ends a body holds up nobody.
      const reply = await (call.method === "POST" ? withinASecond(arriving) : arriving);
      return { kind: "answer", status: response.status, retryAfter, body: reply };
    });
}

/** Sends one request. @returns what came back; null if it leads inside */
async function send(
  call: { url: URL; headers: Call["headers"] } & (
    | { method: "GET" }
    | { method: "POST"; body: Uint8Array<ArrayBuffer> }
  ),
  may: ReturnType<typeof mayReach>,
  signal: AbortSignal,
): Promise<Response | null> {
  const { url, method } = call;
  const addresses = await before(signal, addressesOf(hostOf(url)));
  // All of them, not one: fetch takes whichever it likes.
  if (!addresses.every(may)) return null;
  const headers = new Headers(call.headers);
  headers.set("User-Agent", userAgent);
  const body = call.method === "POST" ? call.body : null;
  const response = await fetch(url, { method, headers, body, redirect: "manual", signal });
  if (response.status < 200) throw new Error("it changes to another protocol");
  return response;
}

/** A name that means this machine (RFC 6761 §6.3) is not asked for: who answers for others may not know. */
async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  if (/(^|\.)localhost\.?$/.test(host)) return ["127.0.0.1", "::1"];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Fails once the time is over: a lookup takes no signal. */
function before<It>(deadline: AbortSignal, it: Promise<It>): Promise<It> {
  return Promise.race([
    it,
    new Promise<never>((_, fail) => deadline.addEventListener("abort", () => fail(deadline.reason))),
  ]);
}

const noBytes = () => new Uint8Array();
