// What one may ask of the hub, how pushes are signed, and what answers lead to.
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallResult } from "../platform/index.ts";
import {
  afterDenial,
  afterPush,
  afterQuestion,
  callbackWith,
  hubUrls,
  methodFor,
  readAsk,
  retryAfterSeconds,
  signature,
  waitSeconds,
} from "./rules.ts";

const site = new URL("https://news.example");
const right = {
  "hub.mode": "subscribe",
  "hub.topic": "https://news.example/feeds/all.atom",
  "hub.callback": "https://reader.example/push?id=7",
};
const form = (fields: Record<string, string>) => new URLSearchParams({ ...right, ...fields }).toString();

test("a request is read as it was written", () =>
  expect(readAsk(form({ "hub.secret": "سر", "hub.lease_seconds": "86400" }), site)).toEqual({
    ok: true,
    ask: {
      mode: "subscribe",
      topic: right["hub.topic"],
      callback: new URL(right["hub.callback"]),
      leaseSeconds: 86_400,
      secret: "سر",
    },
  }));

test.each<[string, Record<string, string>, RegExp]>([
  ["no mode", { "hub.mode": "" }, /hub\.mode/],
  ["an unknown mode", { "hub.mode": "follow" }, /hub\.mode/],
  ["a publisher's ping", { "hub.mode": "publish" }, /needs no publish/],
  ["no topic", { "hub.topic": "" }, /hub\.topic is missing/],
  ["a topic that is no URL", { "hub.topic": "all.rss" }, /hub\.topic is no address/],
  ["another site's topic", { "hub.topic": "https://other.example/feeds/all.atom" }, /this site alone/],
  ["the same site by another scheme", { "hub.topic": "http://news.example/feeds/all.atom" }, /this site/],
  ["an endless topic", { "hub.topic": `${site}feeds/${"x".repeat(4000)}` }, /hub\.topic is longer/],
  ["no callback", { "hub.callback": "" }, /hub\.callback is missing/],
  ["a callback that is no URL", { "hub.callback": "//reader.example/" }, /no absolute URL/],
  ["a callback by another protocol", { "hub.callback": "ftp://reader.example/" }, /neither http nor https/],
  ["a script for a callback", { "hub.callback": "javascript:alert(1)" }, /neither http nor https/],
  ["a callback with a password", { "hub.callback": "https://a:b@reader.example/" }, /user or password/],
  ["a callback with a fragment", { "hub.callback": "https://reader.example/#a" }, /fragment/],
  ["a callback with an empty fragment", { "hub.callback": "https://reader.example/#" }, /fragment/],
  ["ourselves", { "hub.callback": "https://news.example/websub" }, /this site/],
  ["an endless callback", { "hub.callback": `https://r.example/${"x".repeat(2000)}` }, /longer than 2000/],
  [
    "one that percent-encoding makes endless",
    { "hub.callback": `https://r.example/${"ا".repeat(900)}` },
    /too long/,
  ],
  ["a lease in words", { "hub.lease_seconds": "a day" }, /hub\.lease_seconds/],
  ["a lease of nothing", { "hub.lease_seconds": "0" }, /hub\.lease_seconds/],
  ["a negative lease", { "hub.lease_seconds": "-5" }, /hub\.lease_seconds/],
  ["half a second", { "hub.lease_seconds": "0.5" }, /hub\.lease_seconds/],
  ["a secret of 200 bytes", { "hub.secret": "ا".repeat(100) }, /fewer than 200 bytes/],
])("refused with one sentence: %s", (_, fields, why) => {
  const read = readAsk(form(fields), site);
  expect(read).toMatchObject({ ok: false, why: expect.stringMatching(why) });
});

test("a field that stands there twice is refused, since nobody knows which was meant", () =>
  expect(readAsk(`${form({})}&hub.callback=https://victim.example/`, site)).toEqual({
    ok: false,
    why: "hub.callback stands there twice.",
  }));

test.each([
  ["none", "", 864_000],
  ["a second", "1", 300],
  ["an hour", "3600", 3600],
  ["with zeros before it", "003600", 3600],
  ["a year", "31536000", 2_592_000],
  ["for ever", "9999999999999999", 2_592_000],
])("a lease is bounded: %s", (_, given, seconds) =>
  expect(readAsk(form({ "hub.lease_seconds": given }), site)).toMatchObject({
    ask: { leaseSeconds: seconds },
  }),
);

test("what the standard says to ignore is ignored: other fields, and the lease of an unsubscription", () => {
  const more = { "hub.verify": "async", "hub.verify_token": "x", foo: "bar" };
  expect(readAsk(form(more), site)).toMatchObject({ ok: true });
  expect(readAsk(form({ "hub.mode": "unsubscribe", "hub.lease_seconds": "none" }), site)).toMatchObject({
    ok: true,
  });
});

test("whatever is posted, there is an answer", () =>
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.dictionary(fc.string(), fc.string()).map(form)), (text) => {
      const read = readAsk(text, site);
      return read.ok || read.why.length > 10;
    }),
  ));

test.each([
  ["https://r.example/push", "https://r.example/push?a=1&b=x+y"],
  ["https://r.example/push?", "https://r.example/push?a=1&b=x+y"],
  ["https://r.example/push?id=7&q=%D8%A7+b&&x", "https://r.example/push?id=7&q=%D8%A7+b&&x&a=1&b=x+y"],
  ["https://r.example/?a=0", "https://r.example/?a=0&a=1&b=x+y"],
])("parameters go after the callback's own: %s", (callback, expected) =>
  expect(callbackWith(new URL(callback), { a: "1", b: "x y" }).href).toBe(expected),
);

test.each(["sha1", "sha256", "sha384", "sha512"] as const)(
  "%s is what node:crypto computes",
  async (method) => {
    const body = new TextEncoder().encode("<rss>خبر</rss>");
    const expected = createHmac(method, "س-secret").update(body).digest("hex");
    expect(await signature(method, "س-secret", body)).toBe(`${method}=${expected}`);
  },
);

test("the operator's method for a host, with its port or without; else sha256", () => {
  const chosen = new Map([
    ["old.example", "sha1"],
    ["other.example:8080", "sha512"],
  ] as const);
  const of = (callback: string) => methodFor(chosen, new URL(callback));
  expect(of("https://OLD.example/a")).toBe("sha1");
  expect(of("http://old.example:81/a")).toBe("sha1");
  expect(of("http://other.example:8080/")).toBe("sha512");
  expect(of("http://other.example/")).toBe("sha256");
});

describe("what an answer leads to", () => {
  const now = Temporal.Instant.from("2026-03-01T06:00:00Z");
  const answer = (status: number, body = "", retryAfter: string | null = null): CallResult => ({
    ...{ kind: "answer", status, retryAfter, body: new TextEncoder().encode(body) },
  });
  const silence: CallResult = { kind: "silence", why: "no answer" };
  const inside: CallResult = { kind: "inside", why: "inside your own network" };

  test.each<[string, CallResult, number, object]>([
    ["200", answer(200), 1, { kind: "done" }],
    ["204", answer(204), 3, { kind: "done" }],
    ["410: gone", answer(410), 1, { kind: "dropped" }],
    ["a redirect", answer(301), 1, { kind: "again", afterSeconds: 60 }],
    ["404, which may pass", answer(404), 2, { kind: "again", afterSeconds: 120 }],
    ["500", answer(500), 3, { kind: "again", afterSeconds: 240 }],
    ["no answer", silence, 4, { kind: "again", afterSeconds: 480, why: "no answer" }],
    ["no answer for days: the lease is kept (§7)", silence, 500, { kind: "again", afterSeconds: 21_600 }],
    ["503, in ten minutes", answer(503, "", "600"), 1, { kind: "again", afterSeconds: 600 }],
    ["503, sooner than is due", answer(503, "", "5"), 3, { kind: "again", afterSeconds: 240 }],
    [
      "503, next year",
      answer(503, "", "Mon, 01 Mar 2027 06:00:00 GMT"),
      1,
      { kind: "again", afterSeconds: 21_600 },
    ],
    ["inside", inside, 1, { kind: "dropped", why: "inside your own network" }],
  ])("a push: %s", (_, reply, failures, expected) =>
    expect(afterPush(reply, failures, now)).toMatchObject(expected),
  );

  test.each<[string, CallResult, number, object]>([
    ["the challenge", answer(200, "abc"), 1, { kind: "done" }],
    ["the challenge with 201", answer(201, "abc"), 1, { kind: "done" }],
    ["the challenge and more", answer(200, "abc\n"), 1, { kind: "dropped" }],
    ["the challenge behind a byte order mark", answer(200, "\uFEFFabc"), 1, { kind: "dropped" }],
    ["something else", answer(200, "ok"), 1, { kind: "dropped" }],
    [
      "more than one reads",
      { kind: "answer", status: 200, retryAfter: null, body: null },
      1,
      { kind: "dropped" },
    ],
    ["nothing", answer(200, ""), 1, { kind: "dropped" }],
    ["the challenge, but not found", answer(404, "abc"), 1, { kind: "dropped" }],
    ["the challenge behind a redirect", answer(302, "abc"), 1, { kind: "dropped" }],
    ["500", answer(500, "abc"), 1, { kind: "again", afterSeconds: 60 }],
    ["429, in five minutes", answer(429, "", "300"), 1, { kind: "again", afterSeconds: 300 }],
    ["no answer", silence, 4, { kind: "again", afterSeconds: 480 }],
    ["no answer for the fifth time", silence, 5, { kind: "dropped" }],
    ["inside", inside, 1, { kind: "dropped" }],
  ])("a question: %s", (_, reply, tries, expected) =>
    expect(afterQuestion(reply, "abc", tries, now)).toMatchObject(expected),
  );

  test.each<[string, CallResult, number, object]>([
    ["any word of its own will do", answer(200, "?"), 1, { kind: "done" }],
    ["it does not want to know", answer(404), 1, { kind: "dropped" }],
    ["no answer", silence, 1, { kind: "again", afterSeconds: 60 }],
    ["no answer for the fifth time", silence, 5, { kind: "dropped" }],
  ])("a denial: %s", (_, reply, tries, expected) =>
    expect(afterDenial(reply, tries, now)).toMatchObject(expected),
  );

  test("waiting grows and is bounded, however often it failed", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (failures) => {
        const [wait, next] = [waitSeconds(silence, failures, now), waitSeconds(silence, failures + 1, now)];
        return wait >= 60 && wait <= 21_600 && (next === wait * 2 || next === 21_600);
      }),
    ));
});

test.each([
  [null, null],
  ["120", 120],
  ["Sun, 01 Mar 2026 06:01:30 GMT", 90],
  ["Sun, 01 Mar 2026 05:00:00 GMT", 0],
  ["soon", null],
])("Retry-After: %s", (header, seconds) =>
  expect(retryAfterSeconds(header, Temporal.Instant.from("2026-03-01T06:00:00Z"))).toBe(seconds),
);

test("feeds name the hub that the operator chose", () => {
  expect(hubUrls({ kind: "own" }, site)).toEqual(["https://news.example/websub"]);
  expect(hubUrls({ kind: "outside", url: new URL("https://hub.example/x") }, site)).toEqual([
    "https://hub.example/x",
  ]);
  expect(hubUrls({ kind: "off" }, site)).toEqual([]);
});
