// How many read a feed: what aggregators say of themselves, and an estimate of all others who poll it. Pure.

/** What an aggregator's User-Agent says. `wellKnown`: a name that we list; anybody can invent others. */
export type Claim = { name: string; subscribers: number; wellKnown: boolean };

/** Aggregators that many people use, by what their names contain in lower case. */
const wellKnown: readonly (readonly [part: string, name: string])[] = [
  ["feedly", "Feedly"],
  ["inoreader", "Inoreader"],
  ["newsblur", "NewsBlur"],
  ["bazqux", "BazQux"],
  ["theoldreader", "The Old Reader"],
  ["feedbin", "Feedbin"],
  ["bloglovin", "Bloglovin"],
  ["netvibes", "Netvibes"],
  ["feedspot", "Feedspot"],
  ["feedwrangler", "Feed Wrangler"],
  ["feed wrangler", "Feed Wrangler"],
  ["newsify", "Newsify"],
  ["g2reader", "G2Reader"],
  ["overcast", "Overcast"],
  ["feedfetcher-google", "Feedfetcher-Google"],
  ["livejournal", "LiveJournal"],
  ["dreamwidth", "Dreamwidth"],
];

/** More of a User-Agent than any honest one needs; the rest is not looked at. */
const longestUserAgent = 400;
const longestName = 40;

/** More people than any feed in Arabic has. */
const mostSubscribers = 10_000_000;

const saidNumber = /(?<![\d.,])(\d{1,3}(?:,\d{3}){1,3}|\d{1,15}) (?:subscribers?|readers)\b/i;

/**
 * The readers that an aggregator says it fetches a feed for: "Feedly/1.0 (…; 16 subscribers; …)". No standard says how, but
 * since Bloglines all write the number before the word. Null where the User-Agent says nothing of the kind.
 *
 * Nothing proves such a number: whoever can send a request can write one. So it is never added to what we count ourselves
 * without being shown beside it by name, where a person sees who claims what; it is cut at ten million; invented names are
 * at most fifty a feed and day and cannot push out the well-known ones; a lie is gone the next day; and nothing is decided
 * by these numbers.
 */
export function subscribersClaimed(userAgent: string): Claim | null {
  // Two searches for a plain text, so that the many who claim nothing cost no regular expression.
  if (!userAgent.includes("ubscriber") && !userAgent.includes(" readers")) return null;
  const text = userAgent.slice(0, longestUserAgent);
  const found = saidNumber.exec(text);
  if (!found?.[1]) return null;
  const subscribers = Math.min(Number(found[1].replaceAll(",", "")), mostSubscribers);
  const given = text
    .slice(0, found.index)
    .replace(/^Mozilla[/ ][\d.]+ \(compatible; */i, "")
    .replace(/(?:[/(;,]| - | feed-id).*$/s, "")
    .slice(0, longestName)
    .replace(/[^\p{L}\p{N} ._-]/gu, "")
    .trim();
  const lower = given.toLowerCase();
  const known = wellKnown.find(([part]) => lower.includes(part))?.[1];
  return { name: known ?? (given || "unnamed"), subscribers, wellKnown: known !== undefined };
}

/** The registers of an estimate: the error is about 1.04 / √1024, 3 %. */
export const registerCount = 1024;

/** The secret of a day, as the two halves of a hash that it went through. */
export type Salt = { left: number; right: number };

const leftFactor = 2654435761;
const rightFactor = 1597334677;

/** @param text random and secret, 64 bits or more of it */
export function saltOf(text: string): Salt {
  let left = 0x5bd1e995;
  let right = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    left = Math.imul(left ^ code, leftFactor);
    right = Math.imul(right ^ code, rightFactor);
  }
  return { left, right };
}

/**
 * Where a client falls: its register (0 to 1023) times 64, plus its rank (1 to 33). Of an IPv6 address the first half counts:
 * the second is the machine's own choice and changes by the hour (RFC 8981).
 *
 * Plain multiplications, since this runs in every request; what makes it one-way is that the salt is forgotten and that a
 * register keeps 16 bits of a crowd. Who wants to can raise the count by inventing User-Agents: an estimate is no evidence.
 */
export function placeOf(salt: Salt, address: string, userAgent: string): number {
  let { left, right } = salt;
  const addressLength = Math.min(address.length, 64);
  for (let i = 0, colons = 0; i < addressLength; i++) {
    const code = address.charCodeAt(i);
    if (code === 58 && ++colons === 4) break;
    left = Math.imul(left ^ code, leftFactor);
    right = Math.imul(right ^ code, rightFactor);
  }
  left = Math.imul(left ^ 0x10ffff, leftFactor); // where the address ends
  right = Math.imul(right ^ 0x10ffff, rightFactor);
  const length = Math.min(userAgent.length, longestUserAgent);
  for (let i = 0; i < length; i++) {
    const code = userAgent.charCodeAt(i);
    left = Math.imul(left ^ code, leftFactor);
    right = Math.imul(right ^ code, rightFactor);
  }
  // The end of MurmurHash3, with the halves crossed: each bit of either half then changes every bit of both.
  const mixed = Math.imul(left ^ (left >>> 16), 2246822507) ^ Math.imul(right ^ (right >>> 13), 3266489909);
  const other = Math.imul(right ^ (right >>> 16), 2246822507) ^ Math.imul(mixed ^ (mixed >>> 13), 3266489909);
  return ((mixed >>> 22) << 6) | (Math.clz32(other) + 1);
}

export const registerOf = (place: number): number => place >> 6;
export const rankOf = (place: number): number => place & 63;

/** What the estimate needs of the registers: how many were raised, and the sum of 2^-rank over these. */
export type Sketch = { touched: number; weight: number };

/**
 * How many different clients raised these registers: O. Ertl, "New cardinality estimation algorithms for HyperLogLog
 * sketches" (2017), section 4. Unlike the first HyperLogLog it needs no switch to linear counting, which it is for small
 * numbers, and no table of corrections where that switch would be. (His τ, for registers at their last rank, is left out:
 * with 32 bits of rank none of them is.)
 */
export function clientsIn({ touched, weight }: Sketch): number {
  if (touched <= 0) return 0;
  const untouched = registerCount * sigma(Math.max(0, 1 - touched / registerCount));
  return registerCount ** 2 / (2 * Math.LN2 * (weight + untouched));
}

/** x + Σ x^(2^k) · 2^(k-1), for 0 ≤ x < 1: a few steps until nothing more is added. */
function sigma(x: number): number {
  let sum = x;
  for (let power = x * x, factor = 1; power > 0 && sum + power * factor !== sum; factor *= 2, power *= power)
    sum += power * factor;
  return sum;
}
