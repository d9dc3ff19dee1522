import { expect, test } from "vitest";
import { createLineReader } from "./lines.ts";

const read = (lines: string[]) => {
  const reader = createLineReader();
  return lines.flatMap((line) => {
    const it = reader(line);
    return it ? [[it.address.trim(), it.language]] : [];
  });
};

test.each<[string, string[], [string, "ar" | "en" | null][]]>([
  [
    "an address a line",
    ["a@x.org", "", "  b@x.org "],
    [
      ["a@x.org", null],
      ["b@x.org", null],
    ],
  ],
  ["a byte-order mark and CR", ["\uFEFFemail\r", "a@x.org\r"], [["a@x.org", null]]],
  [
    "columns without a header",
    ["a@x.org,ar", "b@x.org,EN"],
    [
      ["a@x.org", "ar"],
      ["b@x.org", "en"],
    ],
  ],
  ["a header in another order", ["Language,Name,E-mail", "en,Salma,a@x.org"], [["a@x.org", "en"]]],
  ["a header without a language", ["name,email", "ar,a@x.org"], [["a@x.org", null]]],
  [
    "Arabic heads, semicolons",
    ["الاسم;البريد الإلكتروني;اللغة", "سلمى;a@x.org;العربيّة"],
    [["a@x.org", "ar"]],
  ],
  ["tabs", ["البريد\tاللغة", "a@x.org\tالإنجليزية"], [["a@x.org", "en"]]],
  [
    "quotes",
    ['"email","language"', '"a@x.org","ar"', '"a ""b""@x.org",'],
    [
      ["a@x.org", "ar"],
      ['a "b"@x.org', null],
    ],
  ],
  ["a language nobody knows", ["a@x.org,fr"], [["a@x.org", null]]],
  ["a line without the column", ["name,email", "سلمى"], [["", null]]],
])("%s", (_, lines, expected) => expect(read(lines)).toEqual(expected));

test("a line of any length is read in bounded time", () => {
  expect(createLineReader()(`${'"'.repeat(1_000_000)}`)?.text.length).toBe(2000);
});
