import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, test } from "vitest";
import { freely } from "../../../tests/support/smtp.ts";
import type { SendOutcome } from "../../platform/index.ts";
import { nodemailerTransport, resultOf } from "./nodemailer.ts";

const envelope = { from: "b-1@bounce.example", to: "salma@reader.example" };
const message = new TextEncoder().encode("Subject: x\r\n\r\nx\r\n");

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const portOf = (address: AddressInfo | string | null) =>
  address !== null && typeof address === "object" ? address.port : 0;

type Received = { from: string; to: string[]; bytes: Buffer };

/** A real server, which refuses what it is told to refuse, and keeps what it accepts. */
async function startServer(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onConnect: (_, done) => {
      connections += 1;
      done();
    },
    onAuth: (auth, _, done) =>
      auth.username === "post" && auth.password === "p@ss %"
        ? done(null, { user: "post" })
        : done(failure(535, "wrong")),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          bytes: Buffer.concat(chunks),
        });
        done(null, "kept as 17");
      });
    },
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  closing.push(() => server.close());
  return { received, connections: () => connections, port: portOf(server.server.address()) };
}

const failure = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

async function send(url: string, pool = 0, bytes = message): Promise<SendOutcome> {
  const mailer = nodemailerTransport(new URL(url), pool);
  try {
    return await mailer.send(envelope, bytes, freely);
  } finally {
    await mailer.close();
  }
}

test.each([0, 2])(
  "with %i connections kept, a message is accepted and arrives as it was composed",
  async (pool) => {
    const server = await startServer();
    const lines = [
      "Subject: =?utf-8?B?2K7YqNix?=",
      "",
      ".",
      "..",
      ". نقطة",
      "آخر سطر.",
      `${"طويل".repeat(100)}`,
      " \t",
      ".",
    ];
    const bytes = new TextEncoder().encode(`${lines.join("\r\n")}\r\n`);
    const result = await send(`smtp://127.0.0.1:${server.port}`, pool, bytes);
    expect(result).toEqual({ kind: "accepted", reply: "250 kept as 17" });
    expect(server.received).toEqual([{ from: envelope.from, to: [envelope.to], bytes: Buffer.from(bytes) }]);
  },
);

test("many letters share the kept connections, also after one was refused", async () => {
  const server = await startServer({
    onRcptTo: (address, _, done) =>
      done(address.address.startsWith("no") ? failure(550, "5.1.1 unknown") : null),
  });
  const mailer = nodemailerTransport(new URL(`smtp://127.0.0.1:${server.port}`), 2);
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      mailer.send({ ...envelope, to: `${i % 5 ? "yes" : "no"}-${i}@b.example` }, message, freely),
    ),
  );
  await mailer.close();
  expect(results.map(({ kind }) => kind)).toEqual(results.map((_, i) => (i % 5 ? "accepted" : "refused")));
  expect(server.received).toHaveLength(16);
  expect(server.connections()).toBeLessThan(12);
});

describe("the server's no is its own word", () => {
  test.each<[string, SMTPServerOptions, number]>([
    ["421 at MAIL", { onMailFrom: (_, __, done) => done(failure(421, "4.3.2 later")) }, 421],
    ["550 at MAIL", { onMailFrom: (_, __, done) => done(failure(550, "5.7.1 not you")) }, 550],
    ["451 at RCPT", { onRcptTo: (_, __, done) => done(failure(451, "4.7.1 greylisted")) }, 451],
    ["450 at RCPT", { onRcptTo: (_, __, done) => done(failure(450, "4.2.0 busy")) }, 450],
    ["550 at RCPT", { onRcptTo: (_, __, done) => done(failure(550, "5.1.1 unknown")) }, 550],
    ["552 at DATA", { onData: refuseData(552) }, 552],
    ["451 at DATA", { onData: refuseData(451) }, 451],
    ["554 at DATA", { onData: refuseData(554) }, 554],
  ])("%s", async (_, options, code) => {
    const server = await startServer(options);
    for (const pool of [0, 1]) {
      const result = await send(`smtp://127.0.0.1:${server.port}`, pool);
      expect(result).toMatchObject({ kind: "refused", code });
      expect(result.reply).toMatch(new RegExp(`^${code} `));
    }
    expect(server.received).toEqual([]);
  });
});

function refuseData(code: number): NonNullable<SMTPServerOptions["onData"]> {
  return (stream, _, done) => {
    stream.resume();
    stream.on("end", () => done(failure(code, "no")));
  };
}

describe("signing in", () => {
  test("with a name and a password that are escaped in the URL", async () => {
    const server = await startServer({ authOptional: false });
    const result = await send(`smtp://post:p%40ss%20%25@127.0.0.1:${server.port}`);
    expect(result.kind).toBe("accepted");
  });

  test.each([
    ["a wrong password", "post:wrong@"],
    ["no password where one is wanted", ""],
  ])("%s: nothing was sent", async (_, who) => {
    const server = await startServer({ authOptional: false });
    for (const pool of [0, 1]) {
      const result = await send(`smtp://${who}127.0.0.1:${server.port}`, pool);
      expect(result.kind).toBe("not-sent");
      expect(result.reply).toMatch(/535|530/);
      expect(result.reply).not.toContain("wrong@");
    }
  });
});

/** A server of a few lines that can be as rude as none of the library's. */
async function startRude(
  answer: (line: string, socket: Socket, inData: boolean) => void,
  greeting = "220 rude\r\n",
) {
  const server = createServer((socket) => {
    let inData = false;
    let rest = "";
    socket.on("error", () => {});
    if (greeting === "") socket.end();
    else socket.write(greeting);
    socket.on("data", (chunk) => {
      rest += chunk.toString("latin1");
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        answer(line, socket, inData);
        if (line === "DATA") inData = true;
        if (line === ".") inData = false;
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return `smtp://127.0.0.1:${portOf(server.address())}`;
}

/** Plays the usual replies, until the command at which it does `then`. */
const polite =
  (at: string, then: (socket: Socket) => void) =>
  (line: string, socket: Socket, inData: boolean): void => {
    if (inData ? line === "." && at === "." : line.startsWith(at)) then(socket);
    else if (inData) line === "." && socket.write("250 ok\r\n");
    else if (line === "DATA") socket.write("354 go on\r\n");
    else socket.write("250 ok\r\n");
  };
const hangUp = (socket: Socket) => void socket.end();
const reset = (socket: Socket) => void socket.resetAndDestroy();
const say = (text: string) => (socket: Socket) => void socket.write(text);

describe("a lost connection: certainly not sent before the message, in doubt once it may have left", () => {
  test.each<[string, Parameters<typeof startRude>, SendOutcome["kind"]]>([
    ["closed instead of a greeting", [hangUpAtOnce, ""], "not-sent"],
    ["a greeting that refuses", [hangUpAtOnce, "554 no\r\n"], "not-sent"],
    ["a greeting that says later", [hangUpAtOnce, "421 later\r\n"], "not-sent"],
    ["a greeting of another protocol", [hangUpAtOnce, "SSH-2.0-x\r\n"], "not-sent"],
    ["closed at EHLO", [polite("EHLO", hangUp)], "not-sent"],
    ["reset at EHLO", [polite("EHLO", reset)], "not-sent"],
    ["closed at MAIL", [polite("MAIL", hangUp)], "not-sent"],
    ["closed at RCPT", [polite("RCPT", hangUp)], "not-sent"],
    ["reset at RCPT", [polite("RCPT", reset)], "not-sent"],
    ["closed at DATA", [polite("DATA", hangUp)], "not-sent"],
    ["closed after the dot", [polite(".", hangUp)], "in-doubt"],
    ["reset after the dot", [polite(".", reset)], "in-doubt"],
    ["half a reply to the dot", [polite(".", (socket) => void socket.end("25"))], "in-doubt"],
    ["sign-in wanted at MAIL", [polite("MAIL", say("530 5.7.0 sign in\r\n"))], "not-sent"],
    ["421 at MAIL and closed", [polite("MAIL", (socket) => void socket.end("421 later\r\n"))], "refused"],
    ["421 to the dot and closed", [polite(".", (socket) => void socket.end("421 later\r\n"))], "refused"],
    ["550 to the dot", [polite(".", say("550 no\r\n"))], "refused"],
  ])("%s", async (_, rude, kind) => {
    for (const pool of [0, 1]) {
      const url = await startRude(...rude);
      expect((await send(url, pool)).kind).toBe(kind);
    }
  });
});

function hangUpAtOnce(_: string, socket: Socket) {
  socket.end();
}

test("nobody there: not sent", async () => {
  const gone = createServer();
  gone.listen(0, "127.0.0.1");
  await once(gone, "listening");
  const port = portOf(gone.address());
  gone.close();
  for (const pool of [0, 1]) {
    const result = await send(`smtp://127.0.0.1:${port}`, pool);
    expect(result).toMatchObject({ kind: "not-sent", reply: expect.stringContaining("ECONNREFUSED") });
  }
  expect((await send("smtp://nobody.invalid:25")).kind).toBe("not-sent");
});

test("TLS where the server has none: not sent", async () => {
  const server = await startServer();
  expect((await send(`smtps://127.0.0.1:${server.port}`)).kind).toBe("not-sent");
});

test.each([
  "a@b.example>\r\nRCPT TO:<x@y.example",
  "a@b.example, x@y.example",
  "Salma <a@b.example>",
  "a@b.example (x@y.example)",
  "list:a@b.example;",
  "a",
  "",
])("%j is no single address: refused, and nothing is asked of the server", async (to) => {
  const server = await startServer();
  const mailer = nodemailerTransport(new URL(`smtp://127.0.0.1:${server.port}`), 0);
  expect(await mailer.send({ ...envelope, to }, message, freely)).toMatchObject({
    kind: "refused",
    code: 553,
  });
  expect(server.connections()).toBe(0);
});

test.each([undefined, null, "text", new Error("odd"), {}, { responseCode: "550", command: "DATA" }])(
  "what is no reply, %j, leaves in doubt what may have left",
  (error) => {
    expect(resultOf(error, true).kind).toBe("in-doubt");
    expect(resultOf(error, false).kind).toBe("not-sent");
  },
);
