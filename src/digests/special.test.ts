import { describe, expect, test } from "vitest";
import { isQuiet, isSameAudience, quietHours, versionOf } from "./special.ts";

const overNight = { from: "23:00", until: "07:00" };
const atNoon = { from: "12:30", until: "14:00" };

describe("quiet hours", () => {
  test.each([
    [overNight, "22:59:59", false],
    [overNight, "23:00", true],
    [overNight, "00:00", true],
    [overNight, "06:59:59.999", true],
    [overNight, "07:00", false],
    [overNight, "15:00", false],
    [atNoon, "12:29", false],
    [atNoon, "12:30", true],
    [atNoon, "13:59", true],
    [atNoon, "14:00", false],
    [null, "03:00", false],
  ])("%j at %s: %j", (quiet, time, expected) =>
    expect(isQuiet(quiet, Temporal.ZonedDateTime.from(`2026-03-01T${time}[Asia/Damascus]`))).toBe(expected),
  );

  test.each([
    ["the night that Cairo loses an hour", "2026-04-23T22:30:00Z", "Africa/Cairo", true], // 01:30
    ["the hour that New York has twice", "2026-11-01T06:30:00Z", "America/New_York", true], // 01:30, again
    ["when it is day elsewhere", "2026-03-01T22:30:00Z", "Asia/Damascus", true], // 01:30
    ["when it is night elsewhere", "2026-03-01T04:30:00Z", "Asia/Dubai", false], // 08:30
  ])("are those of the digest's zone, %s", (_, at, zone, expected) =>
    expect(isQuiet(overNight, Temporal.Instant.from(at).toZonedDateTimeISO(zone))).toBe(expected),
  );

  test.each([
    ["23:00-07:00", overNight],
    [" 12:30-14:00 ", atNoon],
    ["00:00-23:59", { from: "00:00", until: "23:59" }],
    ["07:00-07:00", null],
    ["24:00-07:00", null],
    ["7:00-8:00", null],
    ["23:00", null],
    ["23:00 to 07:00", null],
    ["", null],
  ])("as one writes them: %j", (text, expected) => expect(quietHours(text)).toEqual(expected));
});

test.each([
  [1, 1, true],
  [1, 2, false],
  [99, 98, false],
  [100, 101, true],
  [100, 102, false],
  [1_000_000, 990_000, true],
  [1_000_000, 1_010_001, false],
])("an audience of %i that is %i now is the same: %j", (shown, now, same) =>
  expect(isSameAudience(shown, now)).toBe(same),
);

test("the version of an article grows with whatever happens to it", () => {
  const at = Temporal.Instant.from("2026-03-01T05:00:00Z");
  const published = { state: "published" } as const;
  const retracted = { state: "retracted", at, reason: "" } as const;
  const story = [
    { revision: 1, status: published },
    { revision: 2, status: published },
    { revision: 2, status: retracted },
    { revision: 3, status: published }, // put back
  ].map((it) => versionOf(it));
  expect(story).toEqual([...new Set(story)].sort((a, b) => a - b));
});
