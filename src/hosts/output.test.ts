import { afterEach, expect, test, vi } from "vitest";
import { printList, say, tell } from "./output.ts";

afterEach(() => void vi.restoreAllMocks());

test.each<[string, (words: string) => void, string]>([
  ["said", say, "a]0;xbcd\tسلمى\ne\n"],
  ["told", tell, "a]0;xbcd\tسلمى\ne\n"],
  [
    "a cell of a list",
    (name) => printList([{ name, n: 1 }], { empty: "" }),
    "name  n\na]0;xbcd\tسلمى\ne  1\n",
  ],
  [
    "a list for programs",
    (name) => printList([{ name }], { json: true, empty: "" }),
    '{"name":"a\\u001b]0;x\\u0007bcd\\tسلمى\\ne"}\n',
  ],
])("people's words steer no terminal: %s", (_, print, expected) => {
  let printed = "";
  const write = (text: string | Uint8Array) => {
    printed += text;
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(write);
  vi.spyOn(process.stderr, "write").mockImplementation(write);
  print("a\u001b]0;x\u0007b\u009bc\u007fd\tسلمى\ne");
  vi.restoreAllMocks();
  expect(printed.replace(/ {3,}/g, "  ")).toBe(expected);
});
