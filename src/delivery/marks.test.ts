import { expect, test } from "vitest";
import type { Keyring } from "../config.ts";
import { marked } from "./marks.ts";
import { readReturnPath } from "./verp.ts";

const keys: Keyring = [{ id: "k1", key: "k".repeat(40) }];
const letter = { table: "deliveries", id: 123456789 } as const;
const composed = {
  bytes: new TextEncoder().encode("From: b@news.example\r\n\r\nx\r\n"),
  recipient: "x@y.example",
  isRelaxed: false,
};
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("a letter carries a mark for those relays alone that hand it back, and the mark names the letter", async () => {
  expect((await marked({ keys }, letter, composed)).bytes).toBe(composed.bytes);
  const { bytes } = await marked({ keys, marks: ["postmark", "brevo"] }, letter, composed);
  const [postmark = "", brevo = "", ...others] = text(bytes).split("\r\n");
  expect(postmark).toMatch(/^X-PM-Metadata-letter: \S{1,80}$/);
  expect(brevo).toMatch(/^X-Mailin-custom: \S+$/);
  expect(others.join("\r\n")).toBe(text(composed.bytes));
  for (const field of [postmark, brevo]) expect(await readReturnPath(keys, field)).toEqual(letter);
});
