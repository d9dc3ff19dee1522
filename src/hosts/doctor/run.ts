// Looks at all that mail needs, at once and in bounded time.
import { createPrivateKey } from "node:crypto";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { isLoopback, type NamedTransport, transportsOf } from "../../config.ts";
import { newestIssues } from "../../digests/index.ts";
import {
  checkSender,
  type Finding,
  judgeCertificate,
  judgeClock,
  judgeDatabase,
  judgeDisk,
  judgeOneClick,
  judgeRelay,
  judgeSignedFields,
  noRelay,
  type RelaySeen,
  type Way,
} from "../../doctor/index.ts";
import { domainOf, signMessage } from "../../mail/index.ts";
import { makeLink, type SubscriberId } from "../../subscribers/index.ts";
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

/** Every finding, those of DNS first. Ends in about twenty seconds, or as long as the database may take. */
export async function runDoctor(nashra: Parts, options: Options): Promise<Finding[]> {
  const { config, database, now } = nashra;
  const { dns, isConnected, close } = doctorDns(options);
  const bounds: Bounds = { seconds: serverSeconds, isConnected };
  const file = join(config.data, "nashra.sqlite");
  try {
    const link = await leavingLink(nashra);
    const [domain, web, room, seen] = await Promise.all([
      ofSender(nashra, dns, bounds),
      Promise.all([seePage(link, null, bounds), seePage(link, "List-Unsubscribe=One-Click", bounds)]),
      roomOf(config.data, file),
      checkDatabase(file, options.databaseSeconds),
    ]);
    const [opened, pressed] = web;
    const [newest] = await newestIssues(database.db, 1);
    const date = opened.kind === "answered" ? opened.date : null;
    return [
      ...domain,
      judgeCertificate(config.publicUrl, opened),
      judgeOneClick(config.publicUrl, opened, pressed),
      judgeClock(now().epochMilliseconds, newest?.openedAt.epochMilliseconds ?? null, date),
      judgeDisk(config.data, room),
      judgeDatabase(file, seen),
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

/** The sender's domain, and whatever takes its mail. */
async function ofSender(
  nashra: Parts,
  dns: ReturnType<typeof doctorDns>["dns"],
  bounds: Bounds,
): Promise<Finding[]> {
  const { config } = nashra;
  const domain = domainOf(config.mailFrom);
  if (config.smtpUrl === null && isLoopback(config.publicUrl)) return [noRelay(config.mailFrom)]; // where one tries things out
  const met = await Promise.all(transportsFor(config, domain).map((it) => meet(it, dns, bounds)));
  const findings = await checkSender(dns, {
    mailFrom: config.mailFrom,
    domain,
    bounce: config.mailBounce,
    keys: signingKeys(nashra, domain),
    ways: met.map(({ way }) => way),
    reports: config.mailPostmaster,
    inbound: config.publicUrl.hostname,
  });
  return [
    ...findings,
    ...(met.length === 0 ? [noRelay(config.mailFrom)] : met.flatMap(({ finding }) => finding ?? [])),
    ...(await signedFields(nashra, domain)),
  ];
}

/** Those that carry mail of a domain. */
function transportsFor(config: Parts["config"], domain: string): readonly NamedTransport[] {
  const names = config.transportDomains.get(domain) ?? config.transportDomains.get("*");
  return transportsOf(config).filter(({ name }) => names === undefined || names.includes(name));
}

async function meet(
  { url }: NamedTransport,
  dns: ReturnType<typeof doctorDns>["dns"],
  bounds: Bounds,
): Promise<{ way: Way; finding: Finding | null }> {
  // A program of this machine's own is met when it is given a letter: nashra transport test.
  if (url.protocol === "sendmail:")
    return { way: { relay: null, outgoing: ownAddresses(), hello: null }, finding: null };
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

function signingKeys({ config, dkim }: Parts, domain: string): ShownKey[] {
  if (config.dkim === null) return dkim.list().filter(({ inUse }) => inUse);
  return config.dkim.map(({ selector, pkcs8 }) =>
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
  const [key] = await ticking.dkim();
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
