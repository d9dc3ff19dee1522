import { expect, test } from "vitest";
import { poolSizeOf, reachHours } from "./draw.ts";

const now = Temporal.Instant.from("2026-03-08T05:00:00Z");

test.each<[what: string, gathers: number, lastHoursAgo: number | null, hours: number]>([
  ["a daily, the day after", 24, 24, 36],
  ["a daily, the first", 24, null, 36],
  ["a daily, after an issue by hand an hour ago", 24, 1, 36],
  ["a daily, after two days of pause", 24, 48, 60],
  ["a daily, after a month of pause", 24, 720, 72],
  ["five days a week, after the weekend", 33.6, 72, 72],
  ["a weekly, the week after", 168, 168, 180],
  ["a weekly, the first", 168, null, 180],
  ["a weekly, after an issue by hand yesterday", 168, 24, 180],
  ["a weekly, after a month of pause", 168, 720, 180],
])("%s", (_, gathers, ago, hours) =>
  expect(reachHours(gathers, ago === null ? null : now.subtract({ hours: ago }), now)).toBe(hours),
);

test.each([
  [36, 5000],
  [72, 5000],
  [180, 12_500],
])("of %i hours the newest %i articles are looked at", (hours, size) => expect(poolSizeOf(hours)).toBe(size));
