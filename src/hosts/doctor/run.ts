// Looks at all that mail needs, at once and in bounded time.
import { createPrivateKey } from "node:crypto";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { isLoopback } from "../../config.ts";
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

/** The sender's domain, and the relay that takes its mail. */
async function ofSender(
  nashra: Parts,
  dns: ReturnType<typeof doctorDns>["dns"],
  bounds: Bounds,
): Promise<Finding[]> {
  const { config } = nashra;
  const domain = domainOf(config.mailFrom);
  if (config.smtpUrl === null && isLoopback(config.publicUrl)) return [noRelay(config.mailFrom)]; // where one tries things out
  const relay = config.smtpUrl && relayOf(config.smtpUrl);
  const isHere = config.smtpUrl !== null && isLoopback(config.smtpUrl);
  const [seen, there] = await Promise.all([
    relay ? meetRelay(relay, bounds) : null,
    relay && !isHere ? dns.addresses(relay.host) : null,
  ]);
  const outgoing = isHere ? ownAddresses() : there?.kind === "found" ? there.rows : [];
  const findings = await checkSender(dns, {
    mailFrom: config.mailFrom,
    domain,
    bounce: config.mailBounce,
    keys: signingKeys(nashra, domain),
    outgoing,
    relay: relay && !isHere ? relay.host : null,
    hello: helloOf(seen),
    reports: config.mailPostmaster,
    inbound: config.publicUrl.hostname,
  });
  return [
    ...findings,
    relay && seen ? judgeRelay(`${relay.host}:${relay.port}`, isHere, seen) : noRelay(config.mailFrom),
    ...(await signedFields(nashra, domain)),
  ];
}

/** What a server calls itself, where that is a whole name. */
const helloOf = (seen: RelaySeen | null): string | null =>
  seen?.kind === "met" && /^[\w-]+(\.[\w-]+)+$/.test(seen.name) ? seen.name : null;

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
