// How fast letters leave: an issue with its ledger, beside the generator of Postfix and beside nodemailer, to a sink that takes
// everything. Needs Debian's postfix (smtp-sink and smtp-source; no server of it has to run).
import { spawn, spawnSync } from "node:child_process";
import { createConnection, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import nodemailer from "nodemailer";
import { readConfig } from "../../src/config.ts";
import { sendDue } from "../../src/delivery/index.ts";
import { digestBySlug, openIssueBeside } from "../../src/digests/index.ts";
import { type Nashra, openNashra } from "../../src/hosts/node.ts";
import { createLog } from "../../src/platform/index.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import { digits, mean, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const sessions = 10;
const selector = "bench";

export async function measureDelivery({ rounds, letters }: Options, folder: string): Promise<void> {
  if (spawnSync("which", ["smtp-sink", "smtp-source"]).status !== 0)
    return say("Debian's postfix is not here, which has smtp-sink and smtp-source. This was not measured.");
  const port = await freePort();
  const sink = spawn("smtp-sink", ["-u", "nobody", `127.0.0.1:${port}`, "1000"], { stdio: "ignore" });
  try {
    await isUp(port);
    const nashra = await open(folder, port);
    await subscribe(nashra, letters);
    const ours = new Map<string, number[]>();
    const note = (name: string, perSecond: number) => ours.set(name, [...(ours.get(name) ?? []), perSecond]);
    let octets = 0;
    for (let round = 0; round < rounds; round++) {
      for (const signed of [false, true]) {
        if (signed) nashra.dkim.use([selector]);
        else nashra.dkim.use([]);
        const { perSecond, processor, size } = await issue(
          nashra,
          `round-${round}-${signed ? "signed" : "plain"}`,
        );
        octets = size;
        note(signed ? "signed" : "plain", perSecond);
        note(signed ? "processor signed" : "processor", processor);
        note(
          signed ? "nodemailer signed" : "nodemailer",
          await byNodemailer(port, letters / 4, octets, signed),
        );
        if (!signed) note("smtp-source", bySource(port, letters, octets));
      }
    }
    const of = (name: string) => mean(ours.get(name) ?? []);
    say(
      `\n${letters.toLocaleString("en")} letters of ${digits(octets / 1000)} kB, mean of ${rounds} rounds, in turn:`,
    );
    table(
      ["", "letters/s", "to smtp-source", "to nodemailer", "µs of a processor"],
      [
        [
          "an issue, with its ledger",
          of("plain"),
          of("plain") / of("smtp-source"),
          of("plain") / of("nodemailer"),
          of("processor"),
        ],
        [
          "the same, signed",
          of("signed"),
          null,
          of("signed") / of("nodemailer signed"),
          of("processor signed"),
        ],
        [`smtp-source -s ${sessions} -d`, of("smtp-source"), 1, null],
        ["nodemailer's pool, one text for all", of("nodemailer"), null, 1],
        ["the same, signed", of("nodemailer signed"), null, 1],
      ].map(([name, perSecond, source, other, processor]) => [
        String(name),
        Math.round(Number(perSecond)).toLocaleString("en"),
        source === null ? "" : digits(Number(source)),
        other === null ? "" : digits(Number(other)),
        processor ? digits(Number(processor)) : "",
      ]),
    );
    await nashra.close();
  } finally {
    sink.kill();
  }
}

async function open(folder: string, port: number): Promise<Nashra> {
  const reading = readConfig({ NASHRA_DATA: folder, NASHRA_SMTP_URL: `smtp://127.0.0.1:${port}` });
  if (!reading.ok) throw new Error(reading.problems.join("\n"));
  const nashra = await openNashra(reading.config, { log: createLog("warn") });
  await nashra.dkim.create(selector, "rsa");
  return nashra;
}

async function subscribe({ database, now }: Nashra, count: number): Promise<void> {
  const digest = await digestBySlug(database.db, "daily");
  if (!digest) throw new Error("There is no digest.");
  const options = { digest: digest.id, consent: "bench", language: "ar" as const, now: now() };
  for (let from = 0; from < count; from += 5000) {
    const addresses = Array.from(
      { length: Math.min(5000, count - from) },
      (_, i) => `reader${from + i}@example.org`,
    );
    await importSubscribers(database, options, addresses);
  }
}

/** Opens an issue, freezes its audience, and takes the time until the last letter is out; `processor`: µs a letter, of all threads. */
async function issue(
  nashra: Nashra,
  slot: string,
): Promise<{ perSecond: number; processor: number; size: number }> {
  const { database, ticking } = nashra;
  const digest = await digestBySlug(database.db, "daily");
  if (!digest) throw new Error("There is no digest.");
  // What was sent is not sent again: each round has the same stories, unsent.
  await database.db.deleteFrom("earlier_tries").execute();
  await database.db.deleteFrom("deliveries").execute();
  await database.db.updateTable("issues").set({ state: "cancelled" }).execute();
  if (!(await openIssueBeside(ticking, digest, slot))) throw new Error(`${slot} is taken.`);
  await nashra.tick(0);
  const size = await database.db
    .selectFrom("editions")
    .select(({ fn }) => fn.max<number>("id").as("id"))
    .executeTakeFirstOrThrow()
    .then(({ id }) =>
      database.db
        .selectFrom("editions")
        .selectAll()
        .where("id", "=", id as never)
        .executeTakeFirstOrThrow(),
    )
    .then(({ html, plain }) => Math.round((Buffer.byteLength(html) + Buffer.byteLength(plain)) * 1.37));
  const started = performance.now();
  const before = process.cpuUsage();
  const tried = await sendDue(ticking, nashra.now().add({ minutes: 30 }));
  const { user, system } = process.cpuUsage(before);
  const perSecond = (tried / (performance.now() - started)) * 1000;
  return { perSecond, processor: (user + system) / tried, size };
}

function bySource(port: number, count: number, octets: number): number {
  const started = performance.now();
  const args = [
    "-s",
    `${sessions}`,
    "-d",
    "-m",
    `${count}`,
    "-l",
    `${octets}`,
    "-f",
    "a@example.org",
    "-t",
    "b@example.org",
  ];
  const { status, stderr } = spawnSync("smtp-source", [...args, `127.0.0.1:${port}`], { encoding: "utf8" });
  if (status !== 0) throw new Error(`smtp-source: ${stderr}`);
  return (count / (performance.now() - started)) * 1000;
}

async function byNodemailer(port: number, count: number, octets: number, signed: boolean): Promise<number> {
  const { generateKeyPairSync } = await import("node:crypto");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const transport = nodemailer.createTransport({
    host: "127.0.0.1",
    port,
    pool: true,
    maxConnections: sessions,
    ...(signed && {
      dkim: {
        domainName: "example.org",
        keySelector: "k",
        privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      },
    }),
  });
  const body = `${"x".repeat(74)}\r\n`.repeat(Math.ceil(octets / 76));
  const raw = `From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Sun, 01 Mar 2026 04:00:00 +0000\r\n\r\n${body}`;
  const started = performance.now();
  const one = () => transport.sendMail({ envelope: { from: "a@example.org", to: "b@example.org" }, raw });
  let left = Math.round(count);
  await Promise.all(
    Array.from({ length: sessions * 2 }, async () => {
      while (left-- > 0) await one();
    }),
  );
  const perSecond = (Math.round(count) / (performance.now() - started)) * 1000;
  transport.close();
  return perSecond;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return typeof address === "object" && address ? address.port : 0;
}

async function isUp(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: "127.0.0.1", port });
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await pause(50);
  }
  throw new Error("smtp-sink did not come up.");
}
