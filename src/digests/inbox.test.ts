import { expect, test } from "vitest";
import { inboxLines } from "./inbox.ts";

test.each<[string, string, string, string]>([
  ["short", "صباح الخير", "صباح الخير", "صباح الخير"],
  ["forty exactly", "س".repeat(40), "س".repeat(40), "س".repeat(40)],
  ["one too many for a phone", "س".repeat(41), `${"س".repeat(39)}…`, "س".repeat(41)],
  ["no space before the mark", `${"س".repeat(38)} صصص`, `${"س".repeat(38)}…`, `${"س".repeat(38)} صصص`],
  ["too many for both", "س".repeat(90), `${"س".repeat(39)}…`, `${"س".repeat(69)}…`],
  ["vowels count with their letters", "سَ".repeat(41), `${"سَ".repeat(39)}…`, "سَ".repeat(41)],
  ["a family is one", `${"س".repeat(38)}👨‍👩‍👧صصص`, `${"س".repeat(38)}👨‍👩‍👧…`, `${"س".repeat(38)}👨‍👩‍👧صصص`],
])("%s", (_, text, phone, desktop) => {
  const lines = inboxLines({ subject: text, preheader: text });
  expect(lines.phone).toEqual({ subject: phone, preheader: phone });
  expect(lines.desktop).toEqual({ subject: desktop, preheader: desktop });
});
