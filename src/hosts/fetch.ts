// The guarded door to the web on Node: the address is checked where the socket is opened, so that a name cannot resolve to
// one address for us and to another for the connection.
import { lookup as resolve } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { BlockList, isIP } from "node:net";
import { pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import type { AllowedRange } from "../config.ts";
import { type FetchResult, fetchLimits, type GuardedFetch } from "../platform/index.ts";

// What is inside, or no host at all (RFC 6890 and the registries it set up). Two lists, since a BlockList takes every IPv4
// address to be one of ::ffff:0:0/96.
const forbiddenIpv4 = new BlockList();
const forbiddenIpv6 = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  forbiddenIpv4.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const)
  forbiddenIpv6.addSubnet(network, prefix, "ipv6");

/**
 * Whether an address may be called: outside, or listed by the operator. An IPv4 address in the clothes of IPv6 must be
 * listed; what is outside is called by its own name.
 */
export function mayReach(address: string, allow: readonly AllowedRange[]): boolean {
  if (isIP(address) === 0) return false;
  const family = isIP(address) === 4 ? "ipv4" : "ipv6";
  const listed = new BlockList();
  for (const range of allow) {
    if (range.family === "ipv4" || family === "ipv6") {
      listed.addSubnet(range.address, range.prefix, range.family);
    }
  }
  if (listed.check(address, family)) return true;
  return !(family === "ipv4" ? forbiddenIpv4 : forbiddenIpv6).check(address, family);
}

/**
 * @param allow addresses inside the operator's network that may be reached all the same
 * @param limits other bounds than the service's own, for tests
 */
export function guardedFetch(
  allow: readonly AllowedRange[],
  limits: Readonly<Record<keyof typeof fetchLimits, number>> = fetchLimits,
): GuardedFetch {
  return async (start) => {
    const deadline = AbortSignal.timeout(limits.seconds * 1000);
    let url = start;
    for (let redirects = 0; redirects <= limits.redirects; redirects++) {
      if (url.protocol !== "http:" && url.protocol !== "https:") {
        return { ok: false, why: `${url.href} is neither http nor https.` };
      }
      const step = await fetchOnce(url, allow, limits.bytes, deadline).catch((error: unknown) => ({
        ok: false as const,
        why: deadline.aborted
          ? `${url.href} took more than ${limits.seconds} seconds.`
          : `${url.href} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      }));
      if (!("redirect" in step)) return step;
      url = step.redirect;
    }
    return { ok: false, why: `${start.href} redirects more than ${limits.redirects} times.` };
  };
}

async function fetchOnce(
  url: URL,
  allow: readonly AllowedRange[],
  mostOctets: number,
  signal: AbortSignal,
): Promise<FetchResult | { redirect: URL }> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) && !mayReach(host, allow)) return inside(url);
  let refused = false;
  const lookup: LookupFunction = (name, options, done) => {
    resolve(name, { all: true }).then(
      (found) => {
        const outside = found.filter(({ address }) => mayReach(address, allow));
        refused = outside.length === 0;
        const [first] = outside;
        if (!first) done(new Error("its name leads inside"), "", 4);
        else if (options.all) done(null, outside);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error instanceof Error ? error : new Error(String(error)), "", 4),
    );
  };
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  const headers = {
    "User-Agent": "Nashra/0.1 (+feeds and bulletins)",
    Accept: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, br",
  };
  const response = await new Promise<IncomingMessage>((done, fail) => {
    request(url, { lookup, signal, headers, agent: false })
      .on("response", done)
      .on("error", fail)
      .on("upgrade", (_, socket) => {
        socket.destroy();
        fail(new Error("it changes to another protocol"));
      })
      .end();
  }).catch((error: unknown) => {
    if (refused) return null;
    throw error;
  });
  if (response === null) return inside(url);

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
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const decoder = decoders.get(encoding);
  if (!decoder && encoding !== "identity" && encoding !== "") {
    response.destroy();
    return { ok: false, why: `${url.href} came in the encoding "${encoding}", which was not asked for.` };
  }
  // What goes wrong on the way, either side of the decoder, ends the reading below.
  const body = await bounded(decoder ? pipeline(response, decoder(), () => {}) : response, mostOctets);
  if (body === null) return { ok: false, why: `${url.href} is larger than ${mostOctets} octets.` };
  return { ok: true, page: { url, contentType: response.headers["content-type"] ?? "", body } };
}

const decoders = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["br", createBrotliDecompress],
]);

const inside = (url: URL): FetchResult => ({
  ok: false,
  why: `${url.host} lies inside your own network, which fetching does not reach. If it should, list its address in NASHRA_FETCH_ALLOW.`,
});

/** The decompressed body, or null if it is too large: a small bomb is read no further than a large page. */
async function bounded(stream: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) return null; // leaving the loop closes the connection
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
