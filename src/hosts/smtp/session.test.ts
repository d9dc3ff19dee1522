// What a session makes of TLS; its letters are tested in relay.test.ts.
import { afterEach, expect, test } from "vitest";
import { pair } from "../../../tests/support/certificate.ts";
import { startChaos } from "../../../tests/support/chaos-smtp.ts";
import { freely } from "../../../tests/support/smtp.ts";
import { openSession } from "./session.ts";

const message = new TextEncoder().encode("Subject: x\r\n\r\nx\r\n");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(manners: Parameters<typeof startChaos>[0], tls: object = { ca: pair.cert }) {
  const server = await startChaos(manners);
  closing.push(server.close);
  const auth = manners?.auth ? { user: "post", password: "hush" } : null;
  const opening = await openSession({ host: "127.0.0.1", port: server.port, secure: false, auth, tls });
  return { server, opening };
}

test("where TLS is offered, password and letter go in TLS alone", async () => {
  const { server, opening } = await open({ startTls: "offered", auth: "post:hush" });
  if (opening.kind !== "open") throw new Error(JSON.stringify(opening));
  const letter = { envelope: { from: "a@b.example", to: "c@d.example" }, message, steps: freely };
  expect(await opening.session.send(letter)).toEqual({ kind: "accepted", reply: "250 2.0.0 taken" });
  expect(server.heard()).not.toContain("hush");
  expect(server.said.map((line) => line.slice(0, 4))).toEqual([
    "EHLO",
    "STAR",
    "EHLO",
    "AUTH",
    "MAIL",
    "RCPT",
    "DATA",
  ]);
  opening.session.quit();
  await expect.poll(() => server.said.at(-1)).toBe("QUIT");
});

test.each<[string, Parameters<typeof startChaos>[0], object, RegExp]>([
  ["a certificate of nobody we know", { startTls: "offered" }, {}, /self-signed/],
  [
    "a certificate of somebody else",
    { startTls: "offered" },
    { ca: pair.cert, host: "x", servername: "mx.example" },
    /altnames/,
  ],
  ["TLS refused", { startTls: "refused" }, { ca: pair.cert }, /454/],
])("%s: nothing is sent", async (_, manners, tls, why) => {
  const { server, opening } = await open(manners, tls);
  expect(opening).toMatchObject({ kind: "failed", reply: expect.stringMatching(why) });
  expect(server.said.filter((line) => /^(AUTH|MAIL)/.test(line))).toEqual([]);
});

test("words that were put behind the server's go-ahead, in the clear, answer nothing in TLS", async () => {
  const { server, opening } = await open({ startTls: "injecting", auth: "post:hush" });
  if (opening.kind !== "open") throw new Error(JSON.stringify(opening));
  expect(opening.session.isOpen()).toBe(true);
  const letter = { envelope: { from: "a@b.example", to: "c+d554@d.example" }, message, steps: freely };
  expect(await opening.session.send(letter)).toMatchObject({ kind: "refused", code: 554 }); // a reply too many would shift it
  expect(server.said.filter((line) => line.startsWith("EHLO"))).toHaveLength(2);
});
