// Looks at all that mail needs, at once and in bounded time.
import { createPrivateKey } from "node:crypto";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { isLoopback, type NamedTransport, transportsOf } from "../../config.ts";
import { readPaces, restsNow } from "../../delivery/index.ts";
import { listDigests, newestIssues } from "../../digests/index.ts";
import {
  checkSender,
  type Finding,
  judgeBackup,
  judgeCertificate,
  judgeClock,
  judgeDatabase,
  judgeDisk,
  judgeOneClick,
  judgeProgram,
  judgeRelay,
  judgeSignedFields,
  noRelay,
  type RelaySeen,
  restingRelay,
  type Way,
} from "../../doctor/index.ts";
import { domainOf, signMessage } from "../../mail/index.ts";
import { fromMilliseconds } from "../../platform/index.ts";
import { lastBackup } from "../../settings/index.ts";
import { hasReaders, makeLink, type SubscriberId } from "../../subscribers/index.ts";
import { type ShownKey, shownKey } from "../dkim-keys.ts";
import type { Nashra } from "../node.ts";
import { mayReach } from "../reach.ts";
import { relayOf } from "../smtp/nodemailer.ts";
import { doctorDns } from "./dns.ts";
import { checkDatabase, roomOf } from "./machine.ts";
import { type Bounds, meetRelay, seePage } from "./servers.ts";

const serverSeconds = 10;

type Options = {
  /** How long the check of the database may take. */
  databaseSeconds: number;
  /** `address:port` of resolvers to ask instead of the system's. */
  servers?: readonly string[];
};

type Parts = Pick<Nashra, "config" | "keys" | "database" | "now" | "dkim" | "ticking">;

/** Senders' domains that are looked at: each asks DNS some dozen times. */
const mostSenders = 10;

/** Every finding, those of DNS first. Ends in about twenty seconds, or as long as the database may take. */
export async function runDoctor(nashra: Parts, options: Options): Promise<Finding[]> {
  const { config, database, now } = nashra;
  const { dns, isConnected, close } = doctorDns(options);
  const bounds: Bounds = { seconds: serverSeconds, isConnected };
  const file = join(config.data, "nashra.sqlite");
  try {
    const link = await leavingLink(nashra);
    const [domain, web, room, seen] = await Promise.all([
      ofSenders(nashra, dns, bounds),
      Promise.all([seePage(link, null, bounds), seePage(link, "List-Unsubscribe=One-Click", bounds)]),
      roomOf(config.data, file),
      checkDatabase(file, options.databaseSeconds),
    ]);
    const [opened, pressed] = web;
    const [newest] = await newestIssues(database.db, 1);
    const date = opened.kind === "answered" ? opened.date : null;
    return [
      ...domain,
      ...(await resting(nashra)),
      judgeCertificate(config.publicUrl, opened),
      judgeOneClick(config.publicUrl, opened, pressed),
      judgeClock(now().epochMilliseconds, newest?.openedAt.epochMilliseconds ?? null, date),
      judgeDisk(config.data, room),
      judgeDatabase(file, seen),
      await backedUp(nashra),
    ];
  } finally {
    close();
  }
}

/** The link of a reader who does not exist, so that a press ends nothing. */
async function leavingLink({ keys, config, now }: Parts): Promise<URL> {
  const nobody = Number.MAX_SAFE_INTEGER as SubscriberId;
  return new URL(
    await makeLink(
      keys,
      config.publicUrl,
      "unsubscribe",
      { subscriber: nobody, digest: Number.MAX_SAFE_INTEGER },
      now(),
    ),
  );
}

/** The domains that mail comes from, the paper's first and then those of digests, and whatever takes their mail. */
async function ofSenders(
  nashra: Parts,
  dns: ReturnType<typeof doctorDns>["dns"],
  bounds: Bounds,
): Promise<Finding[]> {
  const { config, database } = nashra;
  if (config.smtpUrl === null && isLoopback(config.publicUrl)) return [noRelay(config.mailFrom)]; // where one tries things out
  const own = (await listDigests(database.db)).flatMap(({ sender }) => sender.address ?? []);
  const senders = new Map(
    [config.mailFrom, ...own].reverse().map((address) => [domainOf(address).toLowerCase(), address] as const),
  );
  const domains = [...senders].reverse().slice(0, mostSenders);
  const meetOnce = meetingOnce(dns, bounds);
  const findings = await Promise.all(
    domains.map(([domain, address]) => ofSender(nashra, dns, { domain, address }, meetOnce)),
  );
  // A relay, or the host of return paths, that several have in common is told of once.
  const told = new Map<string, Finding>();
  for (const it of findings.flat()) {
    const key = `${it.check} ${it.subject}`;
    if (!told.has(key)) told.set(key, it);
  }
  return [...told.values()];
}

/** Meets each server once, however many domains it carries. */
function meetingOnce(dns: ReturnType<typeof doctorDns>["dns"], bounds: Bounds) {
  const meetings = new Map<string, ReturnType<typeof meet>>();
  return (way: NamedTransport) => {
    const meeting = meetings.get(way.name) ?? meet(way, dns, bounds);
    meetings.set(way.name, meeting);
    return meeting;
  };
}

/** What is found of mail from one address alone: DNS of its domain, its keys, the servers that take it. */
export async function runSenderDoctor(nashra: Parts, address: string): Promise<Finding[]> {
  const { config } = nashra;
  if (config.smtpUrl === null && isLoopback(config.publicUrl)) return [noRelay(address)];
  const { dns, isConnected, close } = doctorDns({});
  const bounds: Bounds = { seconds: serverSeconds, isConnected };
  try {
    const domain = domainOf(address).toLowerCase();
    return await ofSender(nashra, dns, { domain, address }, meetingOnce(dns, bounds));
  } finally {
    close();
  }
}

async function ofSender(
  nashra: Parts,
  dns: ReturnType<typeof doctorDns>["dns"],
  { domain, address }: { domain: string; address: string },
  meetOnce: (way: NamedTransport) => ReturnType<typeof meet>,
): Promise<Finding[]> {
  const { config } = nashra;
  const house = domainOf(config.mailFrom).toLowerCase();
  const met = await Promise.all(transportsFor(config, domain).map(meetOnce));
  const findings = await checkSender(dns, {
    mailFrom: address,
    domain,
    // The return path is the paper's, whoever stands in From.
    bounce: config.mailBounce ?? (domain === house ? null : house),
    keys: signingKeys(nashra, domain),
    ways: met.map(({ way }) => way),
    reports: config.mailPostmaster,
    inbound: config.publicUrl.hostname,
  });
  return [
    ...(domain === house ? findings : findings.filter(({ check }) => check !== "bounce-host")),
    ...(met.length === 0 ? [noRelay(address)] : met.map(({ finding }) => finding)),
    ...(await signedFields(nashra, domain)),
  ];
}

/** Relays that are left alone for now. */
async function resting({ database, now }: Parts): Promise<Finding[]> {
  const moment = now().epochMilliseconds;
  return (await readPaces(database.db)).flatMap(({ transport, destination, pace }) =>
    destination === "" && restsNow(pace, moment) && pace.restsUntil !== null
      ? restingRelay(transport, fromMilliseconds(pace.restsUntil).toString(), pace.reply ?? "")
      : [],
  );
}

async function backedUp({ database, now }: Parts): Promise<Finding> {
  const last = await lastBackup(database.db);
  const hours = last && now().since(last.at).total("hours");
  return judgeBackup(hours, await hasReaders(database.db));
}

/** Those that carry mail of a domain. */
function transportsFor(config: Parts["config"], domain: string): readonly NamedTransport[] {
  const names = config.transportDomains.get(domain) ?? config.transportDomains.get("*");
  return transportsOf(config).filter(({ name }) => names === undefined || names.includes(name));
}

async function meet(
  { name, url }: NamedTransport,
  dns: ReturnType<typeof doctorDns>["dns"],
  bounds: Bounds,
): Promise<{ way: Way; finding: Finding }> {
  if (url.protocol === "sendmail:") {
    const path = decodeURIComponent(url.pathname);
    const mayRun = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    const way = { relay: null, outgoing: ownAddresses(), hello: null };
    return { way, finding: judgeProgram(name, path, mayRun) };
  }
  const { host, port, secure } = relayOf(url);
  const isHere = isLoopback(url);
  const [seen, there] = await Promise.all([
    meetRelay({ host, port, secure }, bounds),
    isHere || isIP(host) ? null : dns.addresses(host),
  ]);
  const known = there?.kind === "found" ? there.rows : isIP(host) && !isHere ? [host] : [];
  const outgoing = isHere ? ownAddresses() : known;
  const relay = isHere || isIP(host) ? null : host;
  return {
    way: { relay, outgoing, hello: helloOf(seen) },
    finding: judgeRelay(`${host}:${port}`, isHere, seen),
  };
}

/** What a server calls itself, where that is a whole name. */
const helloOf = (seen: RelaySeen): string | null =>
  seen.kind === "met" && /^[\w-]+(\.[\w-]+)+$/.test(seen.name) ? seen.name : null;

/** Addresses of this machine that the world can reach. */
function ownAddresses(): string[] {
  const isPublic = mayReach([]);
  return Object.values(networkInterfaces())
    .flatMap((it) => it ?? [])
    .filter(({ internal, address }) => !internal && isPublic(address))
    .map(({ address }) => address);
}

const isOf = (domain: string, other: string): boolean => domain.toLowerCase() === other.toLowerCase();

function signingKeys({ config, dkim }: Parts, domain: string): ShownKey[] {
  if (config.dkim === null) return dkim.list().filter((key) => key.inUse && isOf(domain, key.domain));
  const own = config.dkim.filter((key) => isOf(domain, key.domain ?? domainOf(config.mailFrom)));
  return own.map(({ selector, pkcs8 }) =>
    shownKey(
      selector,
      domain,
      createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" }),
      true,
    ),
  );
}

/** What our signatures cover, read from one. */
async function signedFields({ ticking, now }: Parts, domain: string): Promise<Finding[]> {
  const key = (await ticking.dkim()).find((it) => isOf(domain, it.domain));
  if (key === undefined) return []; // that nothing is signed was said
  const fields = [
    "From: a@a.example",
    "List-Unsubscribe: <https://a.example/>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
  ];
  const sample = new TextEncoder().encode(`${fields.join("\r\n")}\r\n\r\ntext\r\n`);
  const signed = new TextDecoder().decode(await signMessage(sample, [key], now()));
  const covered = /\bh=([^;]*);/.exec(signed.replace(/\r\n\s/g, ""))?.[1] ?? "";
  return [
    judgeSignedFields(
      domain,
      covered.split(":").map((it) => it.trim().toLowerCase()),
    ),
  ];
}
