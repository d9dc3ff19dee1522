import { expect, test } from "vitest";
import { afterQuiet, readQuiet } from "./quiet.ts";

const every = Array.from({ length: 24 }, (_, hour) => hour);
const channel = (hours: readonly unknown[], days: readonly string[] = []) =>
  `<skipHours>${hours.map((it) => `<hour>${it}</hour>`).join("\n")}</skipHours><skipDays>${days.map((it) => `<day> ${it} </day>`).join("")}</skipDays>`;

test.each<[string, ReturnType<typeof readQuiet>]>([
  ["<title>صوت</title>", null],
  [channel([]), null],
  [channel([9]), { hours: [9], days: [] }],
  [channel([0, 1, 24, "01"]), { hours: [0, 1], days: [] }], // RSS 0.91 counts to 24
  [channel([25, -1, 1.5, "x"], ["Someday"]), null],
  [channel([], ["Friday", "saturday"]), { hours: [], days: [5, 6] }],
  [channel(every, ["Friday"]), { hours: [], days: [5] }], // never at all is nonsense
  [channel(every), null],
  [`<item>${channel([3])}</item>${channel([4])}`, { hours: [4], days: [] }], // what an item quotes is no wish
])("%s", (rss, found) => expect(readQuiet(rss)).toEqual(found));

// The first of March 2026 is a Sunday.
test.each([
  ["2026-03-01T06:12:00Z", { hours: [7], days: [] }, "2026-03-01T06:12:00Z"],
  ["2026-03-01T06:12:00Z", { hours: [6, 7], days: [] }, "2026-03-01T08:00:00Z"],
  ["2026-03-01T23:59:59Z", { hours: [23, 0, 1], days: [] }, "2026-03-02T02:00:00Z"],
  ["2026-03-01T06:12:00Z", { hours: [], days: [7, 1] }, "2026-03-03T00:00:00Z"],
  ["2026-03-01T06:12:00Z", { hours: [0, 1], days: [7, 1] }, "2026-03-03T02:00:00Z"],
])("at %s, quiet %j: %s", (at, quiet, then) =>
  expect(afterQuiet(quiet, Temporal.Instant.from(at)).toString()).toBe(then),
);
