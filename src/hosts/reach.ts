// Which addresses may be called, and what both hosts' doors to the web say and bound alike.
import { BlockList, isIP } from "node:net";
import type { AllowedRange } from "../config.ts";
import type { Call, CallResult } from "../platform/index.ts";

/**
 * Reads the ranges once. @returns whether an address lies in one of them
 *
 * An IPv4 address written as IPv6 (::ffff:a.b.c.d) lies in its IPv4 range; an IPv4 address lies in no range of IPv6.
 */
export function within(ranges: readonly AllowedRange[]): (address: string) => boolean {
  // Two lists, since a BlockList takes every IPv4 address to be one of ::ffff:0:0/96.
  const ipv4 = new BlockList();
  const ipv6 = new BlockList();
  for (const { address, prefix, family } of ranges) {
    if (family === "ipv4") ipv4.addSubnet(address, prefix, family);
    ipv6.addSubnet(address, prefix, family);
  }
  return (address) => {
    const version = isIP(address);
    return version === 4 ? ipv4.check(address, "ipv4") : version === 6 && ipv6.check(address, "ipv6");
  };
}

// What is inside, or no host at all (RFC 6890 and the registries it set up).
const forbidden = within([
  { address: "0.0.0.0", prefix: 8, family: "ipv4" },
  { address: "10.0.0.0", prefix: 8, family: "ipv4" },
  { address: "100.64.0.0", prefix: 10, family: "ipv4" },
  { address: "127.0.0.0", prefix: 8, family: "ipv4" },
  { address: "169.254.0.0", prefix: 16, family: "ipv4" },
  { address: "172.16.0.0", prefix: 12, family: "ipv4" },
  { address: "192.0.0.0", prefix: 24, family: "ipv4" },
  { address: "192.0.2.0", prefix: 24, family: "ipv4" },
  { address: "192.88.99.0", prefix: 24, family: "ipv4" },
  { address: "192.168.0.0", prefix: 16, family: "ipv4" },
  { address: "198.18.0.0", prefix: 15, family: "ipv4" },
  { address: "198.51.100.0", prefix: 24, family: "ipv4" },
  { address: "203.0.113.0", prefix: 24, family: "ipv4" },
  { address: "224.0.0.0", prefix: 3, family: "ipv4" },
  { address: "::", prefix: 96, family: "ipv6" },
  { address: "::ffff:0:0", prefix: 96, family: "ipv6" },
  { address: "64:ff9b::", prefix: 96, family: "ipv6" },
  { address: "64:ff9b:1::", prefix: 48, family: "ipv6" },
  { address: "100::", prefix: 64, family: "ipv6" },
  { address: "2001::", prefix: 23, family: "ipv6" },
  { address: "2001:db8::", prefix: 32, family: "ipv6" },
  { address: "2002::", prefix: 16, family: "ipv6" },
  { address: "3fff::", prefix: 20, family: "ipv6" },
  { address: "5f00::", prefix: 16, family: "ipv6" },
  { address: "fc00::", prefix: 7, family: "ipv6" },
  { address: "fe80::", prefix: 10, family: "ipv6" },
  { address: "fec0::", prefix: 10, family: "ipv6" },
  { address: "ff00::", prefix: 8, family: "ipv6" },
]);

/**
 * Whether an address may be called: outside, or listed by the operator. An IPv4 address in the clothes of IPv6 must be
 * listed; what is outside is called by its own name.
 */
export function mayReach(allow: readonly AllowedRange[]): (address: string) => boolean {
  const listed = within(allow);
  return (address) => isIP(address) !== 0 && (listed(address) || !forbidden(address));
}

/** The host of a URL as resolvers and sockets take it: an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

export const isWeb = (url: URL): boolean => url.protocol === "http:" || url.protocol === "https:";

export const insideWhy = (url: URL): string =>
  `${url.host} lies inside your own network, which fetching does not reach. If it should, list its address in NASHRA_FETCH_ALLOW.`;

/** Some errors of sockets have a code and no words. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}

/** Makes a call within its seconds: whatever `attempt` throws becomes a sentence. */
export async function bySentence(
  { url, seconds }: Call,
  attempt: (deadline: AbortSignal) => Promise<CallResult>,
): Promise<CallResult> {
  if (!isWeb(url)) return { kind: "silence", why: `${url.protocol} is neither http nor https.` };
  const deadline = AbortSignal.timeout(seconds * 1000);
  try {
    return await attempt(deadline);
  } catch (error) {
    const why = deadline.aborted
      ? `${url.host} took more than ${seconds} seconds.`
      : `${url.host} could not be called: ${wordsOf(error)}`;
    return { kind: "silence", why };
  }
}

/** The decompressed body, or null if it is too large: a small bomb is read no further than a large page. */
export async function bounded(
  stream: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) return null; // leaving the loop closes the connection
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What comes within a second, else null. */
export const withinASecond = <It>(it: Promise<It>): Promise<It | null> =>
  Promise.race([it, new Promise<null>((resolve) => setTimeout(() => resolve(null), 1000))]);
