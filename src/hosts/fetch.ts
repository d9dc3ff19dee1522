// The guarded door to the web on Node: the address is checked where the socket is opened, so that a name cannot resolve to
// one address for us and to another for the connection.
import { lookup as resolve } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { BlockList, isIP } from "node:net";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { AllowedRange } from "../config.ts";
import { type FetchResult, fetchLimits, type GuardedFetch } from "../platform/index.ts";

/** What is inside, or no host at all (RFC 6890 and the registries it set up). */
const forbidden = new BlockList();
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
  forbidden.addSubnet(network, prefix, "ipv4");
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
  forbidden.addSubnet(network, prefix, "ipv6");

/** Whether an address may be called: outside, or listed by the operator. */
export function mayReach(address: string, allow: readonly AllowedRange[]): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const listed = new BlockList();
  for (const range of allow) listed.addSubnet(range.address, range.prefix, range.family);
  if (listed.check(address, family)) return true;
  // An IPv4 address in the clothes of IPv6 is judged as what it is.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ? mayReach(mapped, allow) : !forbidden.check(address, family);
}

/** @param allow addresses inside the operator's network that may be reached all the same */
export function guardedFetch(allow: readonly AllowedRange[]): GuardedFetch {
  return async (start) => {
    const deadline = AbortSignal.timeout(fetchLimits.seconds * 1000);
    let url = start;
    for (let redirects = 0; redirects <= fetchLimits.redirects; redirects++) {
      if (url.protocol !== "http:" && url.protocol !== "https:") {
        return { ok: false, why: `${url.href} is neither http nor https.` };
      }
      const step = await fetchOnce(url, allow, deadline).catch((error: unknown) => ({
        ok: false as const,
        why: deadline.aborted
          ? `${url.href} took more than ${fetchLimits.seconds} seconds.`
          : `${url.href} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      }));
      if (!("redirect" in step)) return step;
      url = step.redirect;
    }
    return { ok: false, why: `${start.href} redirects more than ${fetchLimits.redirects} times.` };
  };
}

async function fetchOnce(
  url: URL,
  allow: readonly AllowedRange[],
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
    "Accept-Encoding": "gzip, br, deflate",
  };
  const response = await new Promise<IncomingMessage>((done, fail) => {
    request(url, { lookup, signal, headers, agent: false }).on("response", done).on("error", fail).end();
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
  const body = await bounded(response);
  if (body === null) return { ok: false, why: `${url.href} is larger than ${fetchLimits.bytes} octets.` };
  return { ok: true, page: { url, contentType: response.headers["content-type"] ?? "", body } };
}

const inside = (url: URL): FetchResult => ({
  ok: false,
  why: `${url.host} lies inside your own network, which fetching does not reach. If it should, list its address in NASHRA_FETCH_ALLOW.`,
});

/** The decompressed body, or null if it is too large: a small bomb is read no further than a large page. */
async function bounded(response: IncomingMessage): Promise<Uint8Array | null> {
  const decoders: Record<string, () => NodeJS.ReadWriteStream> = {
    gzip: createGunzip,
    "x-gzip": createGunzip,
    br: createBrotliDecompress,
    deflate: createInflate,
  };
  const decoder = decoders[response.headers["content-encoding"]?.trim().toLowerCase() ?? ""]?.();
  if (decoder) response.on("error", (error) => decoder.emit("error", error));
  const stream = decoder ? response.pipe(decoder) : response;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > fetchLimits.bytes) {
      response.destroy();
      return null;
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
