import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clientsIn,
  placeOf,
  rankOf,
  registerCount,
  registerOf,
  saltOf,
  subscribersClaimed,
} from "./readers.ts";

describe("what aggregators say of themselves", () => {
  test.each([
    [
      "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 457 subscribers; like FeedFetcher-Google)",
      "Feedly",
      457,
    ],
    ["Feedly/1.0 (poller; 131 subscribers;)", "Feedly", 131],
    ["Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 16 subscribers; )", "Inoreader", 16],
    ["Mozilla/5.0 (compatible; inoreader.com; 7 subscribers)", "Inoreader", 7],
    [
      "NewsBlur Feed Fetcher - 1 subscriber - http://www.newsblur.com/site/5994357/x (Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0.1 Safari/605.1.15)",
      "NewsBlur",
      1,
    ],
    ["Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 6 subscribers)", "BazQux", 6],
    ["Mozilla 5.0 (compatible; BazQux/2.4 +http://bazqux.com/fetcher; 2 subscribers)", "BazQux", 2],
    [
      "Mozilla/5.0 (compatible; theoldreader.com; 5 subscribers; feed-id=0719795c4d27c784217b0bc0)",
      "The Old Reader",
      5,
    ],
    ["Bloglovin/1.0 (http://www.bloglovin.com; 1 subscribers)", "Bloglovin", 1],
    ["Feedbin feed-id:1373711 - 142 subscribers", "Feedbin", 142],
    ["Feed Wrangler/1.0 (3 subscribers; feed-id=12)", "Feed Wrangler", 3],
    ["Netvibes (http://www.netvibes.com/; 5 subscribers; feedId: 5404723)", "Netvibes", 5],
    ["Overcast/1.0 Podcast Sync (123 subscribers; feed-id=456789; +http://overcast.fm/)", "Overcast", 123],
    [
      "Feedfetcher-Google; (+http://www.google.com/feedfetcher.html; 3 subscribers; feed-id=7675226481817637975)",
      "Feedfetcher-Google",
      3,
    ],
    ["LiveJournal.com (webmaster@livejournal.com; for your_url/; 12 readers)", "LiveJournal", 12],
  ])("%s", (userAgent, name, subscribers) =>
    expect(subscribersClaimed(userAgent)).toEqual({ name, subscribers, wellKnown: true }),
  );

  test.each([
    ["SomeReader/2.1 (1,204 readers)", "SomeReader", 1204],
    ["AideRSS/1.0 (aiderss.com); 2 subscribers", "AideRSS", 2],
    ["Zhuaxia.com 1 Subscribers", "Zhuaxia.com", 1],
    ["قارئ/1 (5 subscribers)", "قارئ", 5],
    ["12 subscribers", "unnamed", 12],
    [`<b>"Evil"\u0000\r\n</b> ${"x".repeat(100)} 99999999999999 subscribers`, "bEvil", 10_000_000],
    [`${"n".repeat(39)}\u{10380} 3 subscribers`, "n".repeat(39), 3],
    [`${"n".repeat(90)}/1 (3 subscribers)`, "n".repeat(40), 3],
    ["Liar/1 (0 subscribers)", "Liar", 0],
  ])("an aggregator that we do not list: %s", (userAgent, name, subscribers) =>
    expect(subscribersClaimed(userAgent)).toEqual({ name, subscribers, wellKnown: false }),
  );

  test.each([
    "",
    "FreshRSS/1.28.1 (Linux; https://freshrss.org)",
    "Mozilla/5.0 (compatible; Miniflux/2.0.43; +https://miniflux.app)",
    "NetNewsWire (RSS Reader; https://netnewswire.com/)",
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)",
    "Atom 1.0 reader for subscribers",
    "Subscribers 12",
    "RSS 2.0 readers club",
    `x ${"1".repeat(16)} subscribers`,
    `${"x".repeat(400)}; 5 subscribers`,
  ])("nothing is claimed by: %s", (userAgent) => expect(subscribersClaimed(userAgent)).toBeNull());

  const anyText = fc.string({ unit: "binary", maxLength: 60 });

  test("whatever a User-Agent holds, a claim is bounded", () =>
    fc.assert(
      fc.property(anyText, fc.nat(), anyText, (before, n, after) => {
        const claim = subscribersClaimed(`${before} ${n} subscribers${after}`);
        if (claim === null) return;
        expect(claim.subscribers).toBeLessThanOrEqual(10_000_000);
        expect(claim.name).toMatch(/^[\p{L}\p{N} ._-]{1,40}$/u);
      }),
    ));
});

const salt = (seed: number) => saltOf(`salt ${seed} of a test, as long as a real one is`);

/** The registers that some clients raise. */
function registersOf(places: Iterable<number>): Uint8Array {
  const registers = new Uint8Array(registerCount);
  for (const place of places) {
    const register = registerOf(place);
    registers[register] = Math.max(registers[register] ?? 0, rankOf(place));
  }
  return registers;
}

function estimate(registers: Uint8Array): number {
  const raised = [...registers].filter((rank) => rank > 0);
  return clientsIn({ touched: raised.length, weight: raised.reduce((sum, rank) => sum + 2 ** -rank, 0) });
}

const reader = "FreshRSS/1.28.1 (Linux; https://freshrss.org)";

/** Crowds as they come: neighbours with one program, one address with many, and networks of version 6. */
const crowds: [string, (seed: number, n: number) => Generator<number>][] = [
  [
    "neighbours",
    function* (seed, n) {
      for (let i = 0; i < n; i++)
        yield placeOf(salt(seed), `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`, reader);
    },
  ],
  [
    "programs behind one address",
    function* (seed, n) {
      for (let i = 0; i < n; i++) yield placeOf(salt(seed), "192.0.2.7", `Reader/${i}`);
    },
  ],
  [
    "networks of version 6",
    function* (seed, n) {
      for (let i = 0; i < n; i++)
        yield placeOf(
          salt(seed),
          `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}:aaaa::${seed}`,
          reader,
        );
    },
  ],
];

describe.each(crowds)("the estimate of %s", (_, crowd) => {
  test.each([10, 30, 100, 300, 1000, 2500, 5000, 20_000, 100_000])("%i of them", (n) => {
    const days = Array.from({ length: n > 20_000 ? 10 : 30 }, (_, day) => day);
    const errors = days.map((day) => Math.abs(estimate(registersOf(crowd(day, n))) / n - 1));
    // Three standard deviations are 10 %: of hundreds of days one or two may be beyond.
    expect(errors.filter((error) => error > 0.1).length).toBeLessThanOrEqual(1);
    expect(Math.max(...errors)).toBeLessThan(0.13);
    expect(Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / days.length)).toBeLessThan(0.05);
  });
});

test("nobody is nobody, one is one, and every register at its last is still a number", () => {
  expect(clientsIn({ touched: 0, weight: 0 })).toBe(0);
  expect(clientsIn({ touched: 1, weight: 0.5 })).toBeCloseTo(1, 1);
  expect(clientsIn({ touched: registerCount, weight: registerCount * 2 ** -33 })).toBeGreaterThan(1e12);
});

test("whoever asks again is not counted again, by whatever address of their network", () => {
  const place = placeOf(salt(1), "2001:db8:1:2:aaaa:bbbb:cccc:dddd", reader);
  expect(placeOf(salt(1), "2001:db8:1:2:1:2:3:4", reader)).toBe(place);
  expect(placeOf(salt(1), "2001:db8:1:3:aaaa:bbbb:cccc:dddd", reader)).not.toBe(place);
  expect(placeOf(salt(2), "2001:db8:1:2:aaaa:bbbb:cccc:dddd", reader)).not.toBe(place);
  // What belongs to the address and what to the program is not the same client.
  expect(placeOf(salt(1), "10.0.0.1", "1 x")).not.toBe(placeOf(salt(1), "10.0.0.11", " x"));
});

test("two processes that saw parts of a crowd are one that saw all of it", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.ipV4(), fc.string())),
      fc.array(fc.tuple(fc.ipV4(), fc.string())),
      (one, other) => {
        const see = (clients: [string, string][]) =>
          registersOf(clients.map(([address, userAgent]) => placeOf(salt(7), address, userAgent)));
        const merged = see(one).map((rank, i) => Math.max(rank, see(other)[i] ?? 0));
        expect(merged).toEqual(see([...one, ...other]));
      },
    ),
  ));

test("another day's salt throws everybody elsewhere", () => {
  const stayed = Array.from({ length: 2000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).filter(
    (address) =>
      registerOf(placeOf(salt(1), address, reader)) === registerOf(placeOf(salt(2), address, reader)),
  );
  expect(stayed.length).toBeLessThan(15); // two of 2,000 by chance
});
