import { expect, test } from "vitest";
import { whyNoCandidate } from "./why.ts";

test.each([
  ["digest", "built", 0, null, "the audience of the issue is not written: it is built"],
  ["digest", "skipped", 0, null, "the audience of the issue is not written: it is skipped"],
  ["digest", "cancelled", 0, null, "the audience of the issue is not written: it is cancelled"],
  [
    "digest",
    "built",
    40,
    null,
    "is not in the audience of the issue as far as it is written: the issue is built",
  ],
  [
    "digest",
    "cancelled",
    40,
    null,
    "is not in the audience of the issue as far as it is written: the issue is cancelled",
  ],
  ["digest", "sent", 40, 40, "had no subscription to this digest when the audience of the issue was written"],
  [
    "breaking",
    "cancelling",
    40,
    40,
    "had no subscription to this digest when the audience of the issue was written",
  ],
  [
    "digest",
    "cancelled",
    40,
    40,
    "had no subscription to this digest when the audience of the issue was written",
  ],
  [
    "digest",
    "sending",
    0,
    0,
    "had no subscription to this digest when the audience of the issue was written",
  ],
  ["correction", "sent", 40, 2, "was not sent what this issue corrects, as it was before it was put right"],
] as const)("of a %s that is %s, up to %i of %s", (kind, state, frozenThrough, candidates, why) =>
  expect(whyNoCandidate({ kind, state, frozenThrough, candidates })).toBe(why),
);
