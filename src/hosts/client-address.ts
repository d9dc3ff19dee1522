// Whose request it is on Node, when a reverse proxy may stand between. (Workers are told by Cloudflare: CF-Connecting-IP.)
import { isIP } from "node:net";
import type { AllowedRange } from "../config.ts";
import { within } from "./reach.ts";

/** `peer` is the socket's other end, `forwardedFor` the value of X-Forwarded-For (several joined by commas). */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | undefined) => string;

/**
 * Reads the list of proxies once, for every request after it.
 *
 * @returns a function that says the address of whoever asks: the peer, or, if the peer is a listed proxy, the last
 * address of X-Forwarded-For that is none. What stands before it, anybody could have written. If the header holds no
 * such address, or something else stands where it should be, the peer. Empty if the connection is gone and nobody knows.
 */
export function clientAddressOf(proxies: readonly AllowedRange[]): ClientAddress {
  const isProxy = within(proxies);
  return (peer, forwardedFor) => {
    const nearest = plain(peer ?? "");
    if (forwardedFor === undefined || !isProxy(nearest)) return nearest;
    for (let end = forwardedFor.length; end > 0; ) {
      const start = forwardedFor.lastIndexOf(",", end - 1) + 1;
      const entry = withoutPort(forwardedFor.slice(start, end).trim());
      if (isIP(entry) === 0) break;
      const address = plain(entry);
      if (!isProxy(address)) return address;
      end = start - 1;
    }
    return nearest;
  };
}

/** An IPv4 address that came as IPv6, which is how a socket for both shows it, by its own name. */
function plain(address: string): string {
  if (!/^::ffff:/i.test(address)) return address;
  const tail = address.slice("::ffff:".length);
  if (isIP(tail) === 4) return tail;
  const [, high, low] = /^([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(tail) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

/** Some proxies write 192.0.2.1:4711 or [2001:db8::1]:4711. */
const withoutPort = (entry: string): string =>
  /^\[([^\]]*)\](?::\d{1,5})?$/.exec(entry)?.[1] ?? /^(\d[\d.]*):\d{1,5}$/.exec(entry)?.[1] ?? entry;
