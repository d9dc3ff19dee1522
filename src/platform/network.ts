// From where somebody comes, as far as it is kept. Pure.
import { z } from "zod";

/**
 * The network of an address, as far as it is kept: 24 bits of IPv4, 48 of IPv6 (what a provider gives one customer).
 *
 * @param address as the host tells it; '' where nobody knows
 */
export function networkOf(address: string): string {
  if (z.ipv4().safeParse(address).success) return `${address.split(".").slice(0, 3).join(".")}.0/24`;
  if (!z.ipv6().safeParse(address).success) return "";
  // The URL parser writes an IPv6 address in its shortest form (RFC 5952); a zone is no part of it.
  const written = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? "";
  const [head = "", tail] = written.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return written === "" ? "" : `${groups.slice(0, 3).join(":")}::/48`;
}
