// Sessions that pipeline, against a server that shows every fault there is.
import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { startChaos } from "../../../tests/support/chaos-smtp.ts";
import { freely } from "../../../tests/support/smtp.ts";
import type { SendOutcome, Steps } from "../../platform/index.ts";
import { minutesFor } from "./connection.ts";
import { mostAtOnce, relayTransport } from "./relay.ts";

const from = "b-1@bounce.example";
const message = new TextEncoder().encode("Subject: x\r\n\r\nx\r\n");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(manners: Parameters<typeof startChaos>[0] = {}, connections = 1) {
  const server = await startChaos(manners);
  const mailer = relayTransport(server.url, connections);
  closing.push(server.close, mailer.close);
  const send = (to: string, steps: Steps<SendOutcome> = freely, bytes = message) =>
    mailer.send({ from, to }, bytes, steps);
  return { server, mailer, send };
}

const kindOf = ({ kind, ...rest }: SendOutcome) => ("code" in rest ? `${kind} ${rest.code}` : kind);

describe("a fault costs its letter, and the next one is taken", () => {
  test.each([
    ["r550", "refused 550", 0],
    ["r450", "refused 450", 0],
    ["r551nc", "refused 550", 0],
    ["mismatch", "refused 450", 0],
    ["r421", "refused 421", 0],
    ["evil354", "refused 550", 0],
    ["t451", "refused 451", 0],
    ["t554", "refused 554", 0],
    ["d250", "not-sent", 0],
    ["droprcpt", "not-sent", 0],
    ["dropdata", "not-sent", 0],
    ["dropmid", "in-doubt", 0],
    ["d450", "refused 450", 0],
    ["d554", "refused 554", 0],
    ["d421", "refused 421", 0],
    ["dropdot", "in-doubt", 1],
    ["rst", "in-doubt", 0],
    ["junk", "in-doubt", 1],
    ["split", "accepted", 1],
    ["multi", "accepted", 1],
    ["bare", "accepted", 1],
    ["long", "accepted", 1],
    ["utf8reply", "accepted", 1],
    ["coalesce", "accepted", 1],
    ["slow", "accepted", 1],
  ])("%s: %s", async (fault, kind, arrived) => {
    const { server, send } = await start();
    const around = ["first", "second", "third"].map((name) => `${name}@reader.example`);
    const [first = "", ...others] = around;
    const all = [first, `a+${fault}@reader.example`, ...others];
    const results = await Promise.all(all.map((to) => send(to)));
    expect(results.map(kindOf)).toEqual(["accepted", kind, "accepted", "accepted"]);
    expect(all.map((to) => server.to(to).length)).toEqual([1, arrived, 1, 1]);
    expect(server.taken.map(({ text }) => text)).toEqual(server.taken.map(() => "Subject: x\r\n\r\nx\r\n"));
  });
});

test("a server that takes a letter and falls silent leaves it in doubt, and the next goes by another connection", async () => {
  const server = await startChaos();
  const mailer = relayTransport(server.url, 1, { ...minutesFor, dot: 0.01 });
  closing.push(server.close, mailer.close);
  const results = await Promise.all(
    ["a+stalldot@reader.example", "b@reader.example"].map((to) => mailer.send({ from, to }, message, freely)),
  );
  expect(results).toMatchObject([
    { kind: "in-doubt", reply: "the server took too long to answer" },
    { kind: "accepted" },
  ]);
  expect(server.taken).toHaveLength(2);
});

test("the envelope of the next letter is out before the last reply to the letter before", async () => {
  const { server, send } = await start();
  const slow = send("a+slow@reader.example");
  const next = send("b@reader.example");
  await expect
    .poll(server.heard)
    .toContain("\r\n.\r\nMAIL FROM:<b-1@bounce.example> SIZE=17\r\nRCPT TO:<b@reader.example>\r\nDATA\r\n");
  expect(await Promise.race([slow.then(() => "slow"), next.then(() => "next")])).toBe("slow");
  expect((await next).kind).toBe("accepted");
  expect(server.connections()).toBe(1);
});

test("while letters wait, no envelope goes alone", async () => {
  const said: string[] = [];
  const server = createServer((socket) => {
    socket.setNoDelay(true).write("220 mail.example\r\n");
    let rest = "";
    let answered = Promise.resolve();
    const answer = (text: string, milliseconds = 0) => {
      const later = () => new Promise((resolve) => setTimeout(resolve, milliseconds));
      answered = answered.then(milliseconds > 0 ? later : undefined).then(() => void socket.write(text));
    };
    socket.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      said.push(text);
      const lines = (rest + text).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("EHLO")) answer("250-mail.example\r\n250 PIPELINING\r\n");
        else if (line === "DATA") answer("354 go on\r\n");
        else if (/^(MAIL|RCPT)/.test(line)) answer("250 yes\r\n");
        else if (line === ".") answer("250 taken\r\n", 5);
        else if (line === "QUIT") answer("221 bye\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const mailer = relayTransport(new URL(`smtp://127.0.0.1:${port}`), 1);
  closing.push(mailer.close, async () => void server.close());
  let left = 90;
  const lane = async () => {
    while (left-- > 0) {
      await new Promise((resolve) => setTimeout(resolve, 2)); // the next is composed
      await mailer.send({ from, to: "a@reader.example" }, message, freely);
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, lane));
  const alone = said.filter((text) => text.startsWith("MAIL"));
  expect(said.filter((text) => text.includes("\r\n.\r\nMAIL")).length).toBeGreaterThan(80);
  expect(alone.length).toBeLessThan(10);
});

test("nothing leaves before it may, and no content before what became of the one before is written", async () => {
  const { server, send } = await start();
  const order: string[] = [];
  const note = (name: string): Steps<SendOutcome> => ({
    async mayLeave() {
      order.push(`${name} may`, `taken ${server.taken.length}`);
      return true;
    },
    async over({ kind }) {
      order.push(`${name} ${kind}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push(`${name} written, taken ${server.taken.length}`);
    },
  });
  await Promise.all([send("a@reader.example", note("a")), send("b@reader.example", note("b"))]);
  // That b may leave is asked for together with the booking of a; which of the two comes first, one commit has both.
  expect(order.filter((it) => it !== "b may" && it !== "taken 1")).toEqual([
    "a may",
    "taken 0",
    "a accepted",
    "a written, taken 1",
    "b accepted",
    "b written, taken 2",
  ]);
  expect(order.indexOf("b may")).toBeLessThan(order.indexOf("a written, taken 1"));
});

test("what may not leave does not, and the next goes by another connection", async () => {
  const { server, send } = await start();
  const held = send("a@reader.example", { ...freely, mayLeave: async () => false });
  const results = await Promise.all([held, send("b@reader.example"), send("c@reader.example")]);
  expect(results.map(({ kind }) => kind)).toEqual(["not-sent", "accepted", "accepted"]);
  expect(server.taken.map(({ to }) => to).sort()).toEqual(["b@reader.example", "c@reader.example"]);
});

test("what was refused is put out of the way before the next", async () => {
  const { server, send } = await start();
  for (const to of ["a+r550@reader.example", "b+t451@reader.example", "c@reader.example"]) await send(to);
  expect(server.said.filter((line) => /^(RSET|RCPT)/.test(line))).toEqual([
    "RCPT TO:<a+r550@reader.example>",
    "RSET",
    "RCPT TO:<b+t451@reader.example>",
    "RSET",
    "RCPT TO:<c@reader.example>",
  ]);
});

test("lines of dots arrive as they were, and a text without a line end gets one", async () => {
  const { server, send } = await start();
  for (const text of [".\r\n..\r\n.a\r\n\r\n.\r\n", "a\r\n.", "a\r\n"])
    await send("a@reader.example", freely, new TextEncoder().encode(text));
  expect(server.taken.map(({ text }) => text)).toEqual([".\r\n..\r\n.a\r\n\r\n.\r\n", "a\r\n.\r\n", "a\r\n"]);
});

describe("servers", () => {
  test.each<[string, Parameters<typeof startChaos>[0], string]>([
    ["without pipelining", { extensions: ["8BITMIME"] }, "accepted"],
    ["that know HELO alone", { helo: true }, "accepted"],
    ["that refuse at the greeting", { greeting: "554 5.7.1 go away" }, "not-sent"],
    ["that are busy at the greeting", { greeting: "421 4.3.2 later" }, "not-sent"],
    ["that close at once", { greeting: "" }, "not-sent"],
    ["that speak otherwise", { greeting: "SSH-2.0-x" }, "not-sent"],
    ["whose TLS is refused", { startTls: "refused" }, "not-sent"],
    ["with a certificate of nobody", { startTls: "offered" }, "not-sent"],
    ["that want a password", { auth: "post:hush" }, "not-sent"],
    ["that offer no way to sign in", { auth: "post:hush", ways: "XOAUTH2" }, "not-sent"],
    ["that take small mails", { extensions: ["PIPELINING", "SIZE 10"] }, "refused 552"],
  ])("%s: %s", async (_, manners, kind) => {
    const { send } = await start(manners);
    expect(kindOf(await send("a@reader.example"))).toBe(kind);
  });

  test.each(["PLAIN", "LOGIN"])("that sign in by %s", async (ways) => {
    const server = await startChaos({ auth: "post:h@sh %", ways });
    const mailer = relayTransport(new URL(`smtp://post:h%40sh%20%25@127.0.0.1:${server.port}`), 1);
    closing.push(server.close, mailer.close);
    expect((await mailer.send({ from, to: "a@reader.example" }, message, freely)).kind).toBe("accepted");
    const wrong = relayTransport(new URL(`smtp://post:wrong@127.0.0.1:${server.port}`), 1);
    closing.push(wrong.close);
    const result = await wrong.send({ from, to: "a@reader.example" }, message, freely);
    expect(result).toMatchObject({ kind: "not-sent", reply: "535 5.7.8 wrong" });
  });

  test("that close after so many letters, and that say 421 now and then", async () => {
    for (const manners of [{ most: 3 }, { everyMail421: 4 }]) {
      const { server, send } = await start(manners, 2);
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) => send(`a${i}@reader.example`)));
      expect(new Set(results.map(kindOf))).toEqual(new Set(["accepted"]));
      expect(new Set(server.taken.map(({ to }) => to)).size).toBe(20);
      expect(server.taken).toHaveLength(20);
    }
  });

  test("a connection carries a hundred letters, and there are never more of them than were asked for", async () => {
    const { server, send } = await start({}, 2);
    await Promise.all(Array.from({ length: 450 }, (_, i) => send(`a${i}@reader.example`)));
    expect([server.taken.length, server.connections(), server.mostAtOnce()]).toEqual([450, 6, 2]);
  });

  test("that take fewer connections than we may open: the others do the work", async () => {
    const { server, send } = await start({ mostConnections: 1 }, 4);
    const results = await Promise.all(Array.from({ length: 60 }, (_, i) => send(`a${i}@reader.example`)));
    expect(new Set(results.map(kindOf))).toEqual(new Set(["accepted"]));
    expect([server.taken.length, server.connections() < 12]).toEqual([60, true]);
  });

  test.each([1, 2])(
    "that were busy once are sent to as before, by %i connections",
    async (connections) => {
      const { server, send } = await start({ busyGreetings: connections }, connections);
      const first = await Promise.all(
        Array.from({ length: connections }, (_, i) => send(`a${i}@reader.example`)),
      );
      expect(new Set(first.map(kindOf))).toEqual(new Set(["not-sent"]));
      const results = await Promise.all(Array.from({ length: 12 }, (_, i) => send(`b${i}@reader.example`)));
      expect(new Set(results.map(kindOf))).toEqual(new Set(["accepted"]));
      expect(server.taken).toHaveLength(12);
    },
    5000,
  );

  test("that are busy at EHLO are asked again, and not taken for old ones", async () => {
    const { send } = await start({ ehlo: "421 4.3.2 busy" });
    expect(await send("سلمى@reader.example")).toMatchObject({ kind: "not-sent", reply: "421 4.3.2 busy" });
  });

  test("that are not there", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const address = gone.address();
    gone.close();
    const port = typeof address === "object" && address ? address.port : 0;
    const mailer = relayTransport(new URL(`smtp://127.0.0.1:${port}`), 1);
    closing.push(mailer.close);
    const result = await mailer.send({ from, to: "a@reader.example" }, message, freely);
    expect(result).toMatchObject({ kind: "not-sent", reply: expect.stringContaining("ECONNREFUSED") });
  });
});

test("an address that is not ASCII goes to servers that take it, and to no other", async () => {
  const to = "سلمى@reader.example";
  const able = await start();
  expect((await able.send(to)).kind).toBe("accepted");
  expect(able.server.said).toContainEqual(
    expect.stringMatching(/^MAIL FROM:<.*> SIZE=17 BODY=8BITMIME SMTPUTF8$/),
  );
  for (const extensions of [["PIPELINING"], []]) {
    const { server, send } = await start({ extensions });
    expect(await send(to)).toMatchObject({ kind: "refused", reply: expect.stringContaining("no SMTPUTF8") });
    expect(server.taken).toEqual([]);
  }
});

test.each(["a@b.example>\r\nRCPT TO:<x@y.example", "a@b.example, x@y.example", "a b@c.example", ""])(
  "%j is no single address: nothing is asked of the server",
  async (to) => {
    const { server, send } = await start();
    expect(await send(to)).toMatchObject({ kind: "refused", code: 553 });
    expect(server.connections()).toBe(0);
  },
);
