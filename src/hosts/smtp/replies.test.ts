import fc from "fast-check";
import { expect, test } from "vitest";
import { extensionsIn, type Reply, replyReader } from "./replies.ts";

const octets = (text: string) => new TextEncoder().encode(text);

function heardIn(...chunks: string[]): (Reply | null)[] {
  const heard: (Reply | null)[] = [];
  const read = replyReader((reply) => heard.push(reply));
  for (const chunk of chunks) read(octets(chunk));
  return heard;
}
const texts = (...chunks: string[]) => heardIn(...chunks).map((reply) => reply?.text ?? null);

test.each([
  ["a line", ["250 2.1.0 ok\r\n"], ["250 2.1.0 ok"]],
  ["a code alone", ["250\r\n"], ["250"]],
  ["a code and a space", ["250 \r\n"], ["250"]],
  ["many lines", ["250-a\r\n250-b\r\n", "250 c\r\n"], ["250 a b c"]],
  ["many lines, the last without words", ["250-a\r\n250\r\n"], ["250 a"]],
  ["several at once", ["250 a\r\n354 b\r\n550 c\r\n"], ["250 a", "354 b", "550 c"]],
  ["in the middle of a line end", ["250 a\r", "\n250 b", "\r\n"], ["250 a", "250 b"]],
  ["line ends of LF alone", ["250 a\n250 b\n"], ["250 a", "250 b"]],
  ["Arabic", ["250 وصلت\r\n"], ["250 وصلت"]],
  ["half a line", ["250 a"], []],
  ["an unknown code", ["999 what\r\n"], ["999 what"]],
  ["no code", ["SSH-2.0\r\n"], [null]],
  ["an empty line", ["\r\n"], [null]],
  ["words right behind the code", ["250ok\r\n"], [null]],
])("%s", (_, chunks, expected) => {
  expect(texts(...chunks)).toEqual(expected);
});

test("of a line of a hundred kilobytes the beginning is kept, and what follows is read", () => {
  const [long, next] = texts(`250 ${"x".repeat(50_000)}`, `${"x".repeat(50_000)}\r\n250 ok\r\n`);
  expect([long?.length, next]).toEqual([1024, "250 ok"]);
});

test("of a reply without end a hundred lines are kept", () => {
  const [reply] = heardIn("250-x\r\n".repeat(5000), "250 end\r\n");
  expect(reply?.lines).toHaveLength(100);
});

test("however it is cut, it is the same", () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("250 ok", "250-a\r\n250 b", "421", "550 لا"), { maxLength: 5 }),
      fc.array(fc.nat({ max: 60 })),
      (replies, cuts) => {
        const all = octets(replies.map((reply) => `${reply}\r\n`).join(""));
        const heard: (string | undefined)[] = [];
        const read = replyReader((reply) => heard.push(reply?.text));
        const ends = [...cuts.filter((at) => at < all.length), all.length].sort((a, b) => a - b);
        let from = 0;
        for (const end of ends) {
          read(all.subarray(from, end));
          from = end;
        }
        expect(heard).toEqual(texts(replies.map((reply) => `${reply}\r\n`).join("")));
      },
    ),
  ));

test("what a server can do, in either of the spellings that there are", () => {
  const [reply] = heardIn(
    "250-mx.example\r\n250-size 35882577\r\n250-AUTH=LOGIN PLAIN\r\n250 PIPELINING\r\n",
  );
  expect([...extensionsIn(reply ?? { code: 250, lines: [], text: "" })]).toEqual([
    ["SIZE", "35882577"],
    ["AUTH", "LOGIN PLAIN"],
    ["PIPELINING", ""],
  ]);
});
