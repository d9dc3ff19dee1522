// Letters over a link with a round trip of 50 ms: our sessions beside nodemailer's pool, which pipelines within a message where the
// server offers that, and not where it does not. Transports alone, each with ten connections.
import nodemailer from "nodemailer";
import { relayTransport } from "../../src/hosts/smtp/relay.ts";
import { startSink } from "../support/sink.ts";
import { freely } from "../support/smtp.ts";
import { startFarLink } from "./far.ts";
import { digits, mean, meanAndSpread, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const roundTrip = 50;
const connections = 10;
const letters = 600;
const envelope = { from: "a@example.org", to: "b@example.org" };
const message = new TextEncoder().encode(
  `From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <x@example.org>\r\n\r\n${`${"x".repeat(74)}\r\n`.repeat(400)}`,
);

export async function farAway({ rounds }: Options): Promise<void> {
  const [able, plain] = [await startSink(), await startSink(0, { pipelining: false })];
  const portOf = (url: string) => Number(new URL(url).port);
  const [toAble, toPlain] = [
    await startFarLink(portOf(able.url), roundTrip),
    await startFarLink(portOf(plain.url), roundTrip),
  ];
  const ours: number[] = [];
  const theirs: number[] = [];
  const theirsPlain: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await ownWay(toAble.port));
    theirs.push(await byNodemailer(toAble.port));
    theirsPlain.push(await byNodemailer(toPlain.port));
  }
  say(`\n${letters} letters of 30 kB by ${connections} connections, mean of ${rounds} rounds, in turn:`);
  const row = (name: string, rates: number[]) => [
    name,
    meanAndSpread(rates),
    digits(mean(ours) / mean(rates)),
  ];
  table(
    [`round trip of ${roundTrip} ms`, "letters/s", "ours is so many times"],
    [
      row("ours", ours),
      row("nodemailer's pool, a server with PIPELINING", theirs),
      row("nodemailer's pool, a server without", theirsPlain),
    ],
  );
  for (const it of [toAble, toPlain, able, plain]) await it.close();
}

async function ownWay(port: number): Promise<number> {
  const transport = relayTransport(new URL(`smtp://127.0.0.1:${port}`), connections);
  const perSecond = await rateOf(async () => void (await transport.send(envelope, message, freely)));
  await transport.close();
  return perSecond;
}

async function byNodemailer(port: number): Promise<number> {
  const transport = nodemailer.createTransport({
    host: "127.0.0.1",
    port,
    pool: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  const raw = Buffer.from(message);
  const perSecond = await rateOf(async () => void (await transport.sendMail({ envelope, raw })));
  transport.close();
  return perSecond;
}

/** With the connections open already. */
async function rateOf(send: () => Promise<void>): Promise<number> {
  const sendAll = async (count: number) => {
    let left = count;
    const lane = async () => {
      while (left-- > 0) await send();
    };
    await Promise.all(Array.from({ length: connections * 2 }, lane));
  };
  await sendAll(connections * 2);
  const started = performance.now();
  await sendAll(letters);
  return (letters / (performance.now() - started)) * 1000;
}
