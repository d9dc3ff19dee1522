// nashra pace, nashra warmup: how fast letters may go, what rests, and how a new domain is made known.
import type { Command } from "commander";
import { auditIfChanged, commandLine } from "../accounts/index.ts";
import {
  allowanceOn,
  dayOf,
  limitsNow,
  listWarmups,
  readPaces,
  restsNow,
  resumeWay,
  startWarmup,
  stopWarmup,
  takenToday,
  warmupDays,
} from "../delivery/index.ts";
import { domainOf } from "../mail/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Json = { json?: boolean };

/** Registers `nashra pace …` and `nashra warmup …`. */
export function paceCommands(nashra: Command, { add, withNashra, json }: Tools): void {
  const pace = add(nashra, "pace", "how fast letters may go to which mailboxes: list, resume");
  add(
    pace,
    "list",
    "what is slowed down or rests, and the server's words that led to it; all else goes freely",
  )
    .addOption(json())
    .action((options: Json) => withNashra((it) => list(it, options)));
  add(
    pace,
    "resume <transport> [destination]",
    "let a transport, or one destination behind it (gmail, @x.example), be used freely again",
  ).action((transport: string, destination = "") => withNashra((it) => resume(it, transport, destination)));

  const warmup = add(nashra, "warmup", "make a new sending domain known slowly: start, status, stop");
  add(
    warmup,
    "start [domain]",
    "200 letters a day to each group of mailboxes, a fifth more each day; without a domain, NASHRA_MAIL_FROM's",
  ).action((domain?: string) => withNashra((it) => start(it, domain)));
  add(warmup, "status", "the day that each domain is at, and what went today")
    .addOption(json())
    .action((options: Json) => withNashra((it) => status(it, options)));
  add(warmup, "stop [domain]", "end it: letters go as they come").action((domain?: string) =>
    withNashra((it) => stop(it, domain)),
  );
}

async function list({ database: { db }, now }: Nashra, options: Json): Promise<void> {
  const moment = now().epochMilliseconds;
  const rows = (await readPaces(db)).flatMap(({ transport, destination, pace }) => {
    const limits = limitsNow(pace, destination === "" ? "transport" : "destination", moment);
    const rests = restsNow(pace, moment);
    const said = (limit: number) => (Number.isFinite(limit) ? Math.round(limit * 100) / 100 : null);
    const row = {
      transport,
      destination: destination === "" ? "(all)" : destination,
      per_second: said(limits.perSecond),
      at_once: said(limits.atOnce),
      rests_until: rests && pace.restsUntil !== null ? fromMilliseconds(pace.restsUntil).toString() : null,
      why: rests ? pace.reason : pace.alarm === null ? null : (pace.reason ?? "commands"),
      reply: pace.alarm ?? pace.reply,
    };
    const isFree = row.per_second === null && row.at_once === null && !rests && pace.alarm === null;
    return isFree ? [] : row;
  });
  printList(rows, { ...options, empty: "Nothing is held back." });
}

async function resume({ database, now }: Nashra, transport: string, destination: string): Promise<void> {
  const subject = destination === "" ? transport : `${transport} ${destination}`;
  const [resumed] = await database.batch([
    resumeWay(database.db, { transport, destination }),
    auditIfChanged(database.db, { actor: commandLine, act: "pace-resume", subject }, now()),
  ]);
  if (resumed?.changes !== 1)
    throw new Refusal(`Nothing holds ${subject} back. "nashra pace list" shows what rests.`);
  say(`${subject} is used freely again.`);
}

const domainFor = ({ config }: Nashra, domain?: string) =>
  (domain ?? domainOf(config.mailFrom)).trim().toLowerCase();

async function start(nashra: Nashra, given?: string): Promise<void> {
  const { database, now } = nashra;
  const domain = domainFor(nashra, given);
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domain)) throw new Refusal(`"${domain}" is no domain.`);
  const [started] = await database.batch([
    startWarmup(database.db, domain, commandLine, now()),
    auditIfChanged(database.db, { actor: commandLine, act: "warmup-start", subject: domain }, now()),
  ]);
  if (started?.changes !== 1) throw new Refusal(`${domain} is being warmed up already.`);
  say(
    `${domain}: ${allowanceOn(0)} letters today to each group of mailboxes, more each day for ${warmupDays} days.`,
  );
  say(
    "What a day does not allow waits for the next; past its issue's deadline it expires, so begin with a small list.",
  );
}

async function stop(nashra: Nashra, given?: string): Promise<void> {
  const { database, now } = nashra;
  const domain = domainFor(nashra, given);
  const [stopped] = await database.batch([
    stopWarmup(database.db, domain),
    auditIfChanged(database.db, { actor: commandLine, act: "warmup-stop", subject: domain }, now()),
  ]);
  if ((stopped?.changes ?? 0) === 0) throw new Refusal(`${domain} is not being warmed up.`);
  say(`${domain}: letters go as they come.`);
}

async function status({ database: { db }, now }: Nashra, options: Json): Promise<void> {
  const rows: object[] = [];
  for (const warmup of await listWarmups(db)) {
    const day = dayOf(now()) - warmup.startedOn;
    const taken = await takenToday(db, warmup.domain, now());
    const allowance = allowanceOn(day);
    const about = { domain: warmup.domain, day: day + 1, of: warmupDays, allowance };
    for (const [destination, count] of taken) rows.push({ ...about, destination, today: count });
    if (taken.size === 0) rows.push({ ...about, destination: "", today: 0 });
  }
  printList(rows, { ...options, empty: "No domain is being warmed up." });
}
