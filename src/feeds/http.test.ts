import { describe, expect, test } from "vitest";
import { encodingFor, isKnown } from "./http.ts";

const document = { hash: "abc1", lastModified: Temporal.Instant.from("2026-03-01T05:00:00Z") };
const sameSecond = "Sun, 01 Mar 2026 05:00:00 GMT";

describe("what the reader has already", () => {
  test.each([
    [undefined, undefined, false],
    ['"abc1"', undefined, true],
    ['"abc1-gzip"', undefined, true],
    ['"abc1-br"', undefined, true],
    ['W/"abc1"', undefined, true],
    ['W/"abc1-gzip"', undefined, true],
    ['"old", W/"abc1" , "x"', undefined, true],
    ["*", undefined, true],
    ["abc1", undefined, true], // without its quotes, as some readers send it
    ['"old"', undefined, false],
    ['"abc1x"', undefined, false],
    ['""', undefined, false],
    ["", undefined, false],
    ['"old"', sameSecond, false], // If-None-Match wins
    ['"abc1"', "Sun, 01 Mar 2020 05:00:00 GMT", true],
    [undefined, sameSecond, true],
    [undefined, "Sunday, 01-Mar-26 05:00:00 GMT", true],
    [undefined, "Sun, 01 Mar 2026 05:00:01 GMT", true],
    [undefined, "Sun, 01 Mar 2026 04:59:59 GMT", false],
    [undefined, "yesterday", false],
    [undefined, "", false],
  ])("If-None-Match: %s, If-Modified-Since: %s", (noneMatch, since, known) =>
    expect(isKnown(document, noneMatch, since)).toBe(known),
  );

  test("a document of no known date is never known by date", () =>
    expect(isKnown({ ...document, lastModified: null }, undefined, sameSecond)).toBe(false));
});

test.each([
  [undefined, "identity", "identity"],
  ["", "identity", "identity"],
  ["gzip", "gzip", "gzip"],
  ["GZIP, deflate, br", "gzip", "br"],
  ["x-gzip", "gzip", "gzip"],
  ["gzip, br;q=0", "gzip", "gzip"],
  ["gzip, br;q=0.5", "gzip", "gzip"],
  ["br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip", "br"],
  ["gzip;q=0", "identity", "identity"],
  ["gzip; q=0.000", "identity", "identity"],
  ["*", "gzip", "br"],
  ["*;q=0", "identity", "identity"],
  ["gzip;q=0, *", "identity", "br"],
  ["identity", "identity", "identity"],
  ["identity;q=0, gzip;q=0.2", "gzip", "gzip"],
  ["identity, gzip;q=0.5", "identity", "identity"],
  ["identity, br;q=0.5", "identity", "identity"],
  ["gzip;q=x", "identity", "identity"],
  ["br", "identity", "br"],
])("Accept-Encoding: %s gets %s, and once there is brotli %s", (said, before, after) =>
  expect([encodingFor(said, false), encodingFor(said, true)]).toEqual([before, after]),
);
