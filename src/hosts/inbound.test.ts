// The door for mail, as strangers knock at it: over real connections.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import nodemailer from "nodemailer";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { startNashra, type TestNashra } from "../../tests/support/nashra.ts";
import { type Smtp, startSmtp } from "../../tests/support/smtp.ts";
import { returnPath } from "../delivery/verp.ts";
import { testCertificate, testKey } from "./certificate.fixture.ts";
import { type InboundServer, listenForMail } from "./inbound.ts";

const host = "bounce.news.example";
const env = {
  NASHRA_MAIL_BOUNCE: host,
  NASHRA_MAIL_FROM: "bulletin@news.example",
  NASHRA_MAIL_LEAVE: "leave@bounce.news.example",
  NASHRA_MAIL_POSTMASTER: "person@office.example",
};

let smtp: Smtp;
let nashra: TestNashra;
const servers: InboundServer[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ smtp: smtp.url, env });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await server.close();
  await nashra.stop();
  await smtp.close();
});

async function listen(protocol: "smtp" | "lmtp" = "smtp") {
  const server = await listenForMail(nashra, { protocol, host: "127.0.0.1", port: 0 });
  servers.push(server);
  return server.port;
}

/** A conversation: each line is said when the one before was answered. */
async function talk(port: number, lines: readonly string[]): Promise<string[]> {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  let heard = "";
  const answer = () =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const end = /^\d{3}( .*)?\r\n/m.exec(heard);
        if (!end) return;
        socket.off("data", add).off("close", gone);
        resolve(heard.slice(0, end.index + end[0].length).trim());
        heard = heard.slice(end.index + end[0].length);
      };
      const gone = () => reject(new Error(`closed after: ${heard}`));
      const add = (chunk: Buffer) => {
        heard += chunk;
        look();
      };
      socket.on("data", add).on("close", gone);
      look();
    });
  socket.on("error", () => {});
  const said = [await answer()];
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    said.push(await answer());
  }
  return said;
}

const client = (port: number, options: object = {}) => {
  const transport = nodemailer.createTransport({ host: "127.0.0.1", port, ignoreTLS: true, ...options });
  onTestFinished(() => transport.close());
  return transport;
};

const facts = async () => (await sql`select * from feedback`.execute(nashra.database.db)).rows.length;

describe("who it takes mail for", () => {
  test.each<[string, string, RegExp]>([
    ["another's address: it relays nothing", "reader@example.org", /^550 5\.1\.1/],
    ["an address here without a token", `reader@${host}`, /^550 5\.1\.1/],
    ["a token that somebody made up", `b-k1-7-aaaaaaaaaaaaaaaa@${host}`, /^550 5\.1\.1/],
    ["a token at another host", "TOKEN@other.example", /^550 5\.1\.1/],
    ["a route through us", `@${host}:reader@example.org`, /^550 5\.1\.1/],
    ["a percent, as relays of old read it", `reader%example.org@${host}`, /^550 5\.1\.1/],
    ["the sender's own address", "bulletin@news.example", /^550 5\.1\.1/],
    ["abuse at a host that is not ours", "abuse@news.example", /^550 5\.1\.1/],
    ["a letter's return path", `TOKEN@${host}`, /^250/],
    ["the same in capitals, from a server that has no others", `TOKEN@${host}`.toUpperCase(), /^250/],
    ["the way out", `leave@${host}`, /^250/],
    ["the way out with its token", `Leave+leave-abc@${host}`, /^250/],
    ["postmaster", `Postmaster@${host}`, /^250/],
    ["postmaster without a host (RFC 5321 §4.5.1)", "Postmaster", /^250/],
    ["abuse", `abuse@${host}`, /^250/],
  ])("%s", async (_, address, answer) => {
    const token =
      (await returnPath(nashra.keys[0], host, { table: "deliveries", id: 7 })).split("@")[0] ?? "";
    const port = await listen();
    const [, , , said] = await talk(port, [
      "EHLO mx.example",
      "MAIL FROM:<>",
      `RCPT TO:<${address.replace("TOKEN", token)}>`,
    ]);
    expect(said).toMatch(answer);
  });

  test("nothing but that: no sign-in, no list of who is there, STARTTLS only with a certificate", async () => {
    const port = await listen();
    const [hello, ehlo, auth, vrfy, expn, tls] = await talk(port, [
      "EHLO mx.example",
      "AUTH PLAIN AGEAYg==",
      `VRFY postmaster@${host}`,
      "EXPN all",
      "STARTTLS",
    ]);
    expect(hello).toMatch(new RegExp(`^220 ${host} ESMTP`));
    expect(ehlo).not.toMatch(/AUTH|STARTTLS/);
    expect(auth).toMatch(/^5/);
    expect(vrfy).toMatch(/^(252|5)/);
    expect([expn, tls].every((said) => /^5/.test(said ?? ""))).toBe(true);
  });
});

describe("what it bears", () => {
  test("a mail of more than a megabyte is refused, by its announced size and by its real one, and nothing of it is kept", async () => {
    const port = await listen();
    const to = await returnPath(nashra.keys[0], host, { table: "deliveries", id: 7 });
    const [, , announced] = await talk(port, ["EHLO mx.example", "MAIL FROM:<> SIZE=2000000"]);
    expect(announced).toMatch(/^552/);
    const raw = `Subject: x\r\n\r\n${"y".repeat(78)}\r\n`.padEnd(3_000_000, "z".repeat(78).concat("\r\n"));
    const before = process.memoryUsage().rss;
    await expect(client(port).sendMail({ envelope: { from: "", to, size: 10 }, raw })).rejects.toMatchObject({
      responseCode: 552,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    expect(await facts()).toBe(0);
  });

  test("thousands of recipients: ten are taken at a time", async () => {
    const port = await listen();
    const to = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        returnPath(nashra.keys[0], host, { table: "deliveries", id: n + 1 }),
      ),
    );
    const said = await talk(port, [
      "EHLO mx.example",
      "MAIL FROM:<>",
      ...to.map((address) => `RCPT TO:<${address}>`),
    ]);
    expect(said.slice(3).map((line) => line.slice(0, 3))).toEqual([...Array(10).fill("250"), "452", "452"]);
  });

  test("one address has five connections, and no more", async () => {
    const port = await listen();
    const open = await Promise.all(Array.from({ length: 5 }, () => talk(port, ["NOOP"])));
    expect(open.every(([hello]) => hello?.startsWith("220"))).toBe(true);
    await expect(talk(port, [])).rejects.toThrow(/closed/);
  });

  test("one's own mail server, which brings everything by LMTP, has as many as it opens", async () => {
    const port = await listen("lmtp");
    const open = await Promise.all(Array.from({ length: 20 }, () => talk(port, ["NOOP"])));
    expect(open.every(([hello]) => hello?.startsWith("220"))).toBe(true);
  });

  test("a letter's return path takes twenty mails an hour: who got the letter can see it", async () => {
    const port = await listen();
    const transport = client(port, { pool: true, maxMessages: 100 });
    const to = await returnPath(nashra.keys[0], host, { table: "deliveries", id: 7 });
    const send = (address: string) =>
      transport.sendMail({ envelope: { from: "", to: address }, raw: "Subject: x\r\n\r\nx\r\n" });
    for (let n = 0; n < 20; n++) await send(n % 2 ? to : to.toUpperCase());
    await expect(send(to)).rejects.toMatchObject({ responseCode: 451 });
    // As a forwarder writes before it; whoever else does has no more of it.
    await expect(send(`srs0=ab=cd=news.example=${to}`)).rejects.toMatchObject({ responseCode: 451 });
    await expect(send(`x${to}`)).rejects.toMatchObject({ responseCode: 451 });
    await send(await returnPath(nashra.keys[0], host, { table: "deliveries", id: 8 }));
    nashra.wait({ minutes: 61 });
    await send(to);
  });

  test("parts in parts, a hundred thousand deep, are taken and change nothing", async () => {
    const port = await listen();
    const to = await returnPath(nashra.keys[0], host, { table: "deliveries", id: 7 });
    const raw = `Content-Type: multipart/mixed; boundary=x\r\n\r\n${"--x\r\nContent-Type: multipart/report; boundary=x\r\n\r\n".repeat(15_000)}`;
    expect((await client(port).sendMail({ envelope: { from: "", to }, raw })).response).toContain(
      "2.0.0 Taken",
    );
    expect(await facts()).toBe(0);
  });
});

describe("mail for a person", () => {
  const letter =
    "From: Karim <karim@example.org>\r\nSubject: your mail\r\n\r\nA question about \x00 your mail.\r\n";
  const send = async (port: number, to: string, raw: string) =>
    client(port).sendMail({ envelope: { from: "karim@example.org", to }, raw });

  test("is handed on whole, in a mail of ours", async () => {
    const port = await listen();
    expect((await send(port, `abuse@${host}`, letter)).response).toContain("2.0.0 Handed on");
    const [came] = smtp.to("person@office.example");
    expect(came?.from).toBe("bulletin@news.example");
    const mail = await smtp.read("person@office.example");
    expect(mail.from?.text).toBe("bulletin@news.example");
    expect(mail.text).toContain(`abuse@${host}`);
    expect(mail.attachments[0]?.content.toString()).toContain("A question about \x00 your mail.");
    expect(came?.raw.split("\r\n").every((line) => line.length <= 78 && /^[\x20-\x7e\t]*$/.test(line))).toBe(
      true,
    );
  });

  test("never goes round: what was handed on is refused when it comes back, as is what passed through fifty servers", async () => {
    const port = await listen();
    await send(port, `postmaster@${host}`, letter);
    const handedOn = smtp.to("person@office.example")[0]?.raw ?? "";
    await expect(send(port, `postmaster@${host}`, handedOn)).rejects.toMatchObject({ responseCode: 554 });
    const folded = handedOn.replace(/^X-Loop: /m, "X-Loop:\r\n\t");
    await expect(send(port, `postmaster@${host}`, folded)).rejects.toMatchObject({ responseCode: 554 });
    const travelled = `${"Received: from a by b; Sun, 1 Mar 2026 07:00:00 +0200\r\n".repeat(51)}${letter}`;
    await expect(send(port, `postmaster@${host}`, travelled)).rejects.toMatchObject({ responseCode: 554 });
    expect(smtp.arrived.length).toBe(1);
  });

  test("comes at most sixty times an hour", async () => {
    const port = await listen();
    const transport = client(port, { pool: true, maxMessages: 100 });
    const envelope = { from: "karim@example.org", to: `abuse@${host}` };
    for (let n = 0; n < 60; n++) await transport.sendMail({ envelope, raw: letter });
    await expect(transport.sendMail({ envelope, raw: letter })).rejects.toMatchObject({ responseCode: 451 });
    nashra.wait({ minutes: 61 });
    await transport.sendMail({ envelope, raw: letter });
    expect(smtp.arrived.length).toBe(61);
  });

  test("waits with its sender while our relay is away", async () => {
    const port = await listen();
    await smtp.close();
    await expect(send(port, `abuse@${host}`, letter)).rejects.toMatchObject({ responseCode: 451 });
    smtp = await startSmtp();
  });

  test("nothing is ever answered: a mail to a return path, to leave, or from nobody sends nothing", async () => {
    const port = await listen();
    const token = await returnPath(nashra.keys[0], host, { table: "deliveries", id: 7 });
    for (const to of [token, `leave@${host}`])
      for (const raw of [letter, `Auto-Submitted: auto-replied\r\n${letter}`, ""]) await send(port, to, raw);
    expect(smtp.arrived).toEqual([]);
  });
});

test("LMTP answers for each recipient", async () => {
  const port = await listen("lmtp");
  const token = await returnPath(nashra.keys[0], host, { table: "deliveries", id: 7 });
  await smtp.close(); // the person cannot be reached
  const said = await talk(port, [
    "LHLO mx.example",
    "MAIL FROM:<>",
    `RCPT TO:<${token}>`,
    `RCPT TO:<abuse@${host}>`,
    "DATA",
    "Subject: x\r\n\r\nx\r\n.",
    "",
  ]);
  expect(said.slice(-2).map((line) => line.slice(0, 3))).toEqual(["250", "451"]);
  smtp = await startSmtp();
});

test("with a certificate it takes mail by TLS", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nashra-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  writeFileSync(key, testKey);
  writeFileSync(certificate, testCertificate);
  const config = { ...nashra.config, inboundCertificate: certificate, inboundKey: key };
  const server = await listenForMail({ ...nashra, config }, { protocol: "smtp", host: "127.0.0.1", port: 0 });
  servers.push(server);
  const transport = client(server.port, {
    ignoreTLS: false,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
  });
  const to = await returnPath(nashra.keys[0], host, { table: "deliveries", id: 7 });
  expect(
    (await transport.sendMail({ envelope: { from: "", to }, raw: "Subject: x\r\n\r\n" })).response,
  ).toContain("Taken");
  const missing = { ...config, inboundKey: join(folder, "none.pem") };
  await expect(
    listenForMail({ ...nashra, config: missing }, { protocol: "smtp", host: "127.0.0.1", port: 0 }),
  ).rejects.toThrow(/NASHRA_INBOUND_KEY/);
});

test("a port that is taken is told in words", async () => {
  const port = await listen();
  await expect(listenForMail(nashra, { protocol: "smtp", host: "127.0.0.1", port })).rejects.toThrow(
    /NASHRA_INBOUND/,
  );
});
