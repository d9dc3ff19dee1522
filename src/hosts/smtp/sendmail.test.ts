// A program that takes mail as sendmail does: a script that writes down what it was given, and ends as its recipient asks.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { freely } from "../../../tests/support/smtp.ts";
import { sendmailTransport } from "./sendmail.ts";

const folder = mkdtempSync(join(tmpdir(), "nashra-sendmail-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "sendmail");
writeFileSync(
  file,
  `#!/bin/sh
printf '%s\\n' "$@" > ${folder}/args
for last; do :; done
code=\${last%%@*}; code=\${code#exit}
case $last in
  early*) echo "no such option" >&2; exit 64 ;;
  dies*) cat > /dev/null; kill -9 $$ ;;
esac
cat > ${folder}/mail
[ -s ${folder}/mail ] && mv ${folder}/mail ${folder}/taken
case $last in exit*) echo "it is full" >&2; exit $code ;; esac
`,
);
chmodSync(file, 0o755);
const message = new TextEncoder().encode("Subject: x\r\n\r\n.\r\nسطر\r\n");
const send = (to: string, steps = freely, from = "b-1@bounce.example", at = file) =>
  sendmailTransport(at, 1).send({ from, to }, message, steps);

test("it is given the envelope and the text, with a dot alone as text", async () => {
  expect(await send("salma@reader.example")).toEqual({ kind: "accepted", reply: `queued by ${file}` });
  expect(readFileSync(`${folder}/args`, "utf8").split("\n")).toEqual([
    "-i",
    "-f",
    "b-1@bounce.example",
    "--",
    "salma@reader.example",
    "",
  ]);
  expect(readFileSync(`${folder}/taken`, "utf8")).toBe("Subject: x\n\n.\nسطر\n");
});

describe("how it ends says what became of the letter", () => {
  test.each<[string, object]>([
    [
      "exit75@reader.example",
      { kind: "refused", code: 451, reply: expect.stringMatching(/75: it is full$/) },
    ],
    ["exit69@reader.example", { kind: "refused", code: 451 }],
    ["exit67@reader.example", { kind: "refused", code: 550 }],
    ["exit65@reader.example", { kind: "refused", code: 554 }],
    ["exit77@reader.example", { kind: "refused", code: 553 }],
    [
      "early@reader.example",
      { kind: "refused", code: 554, reply: expect.stringContaining("no such option") },
    ],
    ["dies@reader.example", { kind: "in-doubt" }],
    ["-oQ/tmp@reader.example", { kind: "refused", code: 553 }],
    ["a@b.example, c@d.example", { kind: "refused", code: 553 }],
  ])("%s", async (to, outcome) => expect(await send(to)).toMatchObject(outcome));

  test("a program that is not there sent nothing", async () =>
    expect(await send("a@b.example", freely, "b@c.example", "/nowhere/sendmail")).toMatchObject({
      kind: "not-sent",
      reply: expect.stringContaining("ENOENT"),
    }));
});

test("a letter that may not leave is not queued, nor is an empty one", async () => {
  rmSync(`${folder}/taken`, { force: true });
  const held = { ...freely, mayLeave: async () => false };
  expect(await send("salma@reader.example", held)).toEqual({ kind: "not-sent", reply: "held back" });
  expect(existsSync(`${folder}/taken`)).toBe(false);
});

test("as many run at once as may", async () => {
  const transport = sendmailTransport(file, 2);
  const results = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      transport.send({ from: "a@b.example", to: `r${i}@c.example` }, message, freely),
    ),
  );
  expect(results.map(({ kind }) => kind)).toEqual(Array(6).fill("accepted"));
});
