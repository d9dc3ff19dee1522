// The environment as one typed, checked table. Everything that can be set from outside stands here, and only here.
import { z } from "zod";
import {
  dkimKeys,
  hostName,
  imapMailbox,
  inboundListener,
  isLoopback,
  keyring,
  login,
  type NamedTransport,
  namedTransports,
  ordinaryTransport,
  p256Key,
  pauseLines,
  ranges,
  signatures,
  topicArns,
  transportAddress,
  transportDomains,
  webAddress,
  webSubHub,
} from "./config-values.ts";

export {
  type AllowedRange,
  type DkimSecret,
  type InboundListener,
  isLoopback,
  isSelector,
  type Keyring,
  type Mailbox,
  type NamedTransport,
  type SignatureMethod,
  type SigningKey,
  type TransportDomains,
  type WebSubHub,
} from "./config-values.ts";

type Setting<Schema extends z.ZodType> = {
  name: string;
  takes: string;
  about: string;
  /** What stands where nothing is set: a value as one would write it, or words for what is chosen then. */
  fallback: { value: string } | { words: string };
  secret?: true;
  schema: Schema;
};
const setting = <Schema extends z.ZodType>(it: Setting<Schema>) => it;

const table = {
  data: setting({
    name: "NASHRA_DATA",
    takes: "a folder",
    about: "Where the database, the secret and the outbox are kept.",
    fallback: { value: "./data" },
    schema: z.string().min(1),
  }),
  templates: setting({
    name: "NASHRA_TEMPLATES",
    takes: "a folder",
    about: "Where your own templates of mails are, which stand before ours.",
    fallback: { words: "templates in the data folder" },
    schema: z.string().min(1),
  }),
  host: setting({
    name: "NASHRA_HOST",
    takes: "an address of this machine",
    about: "Where the web server listens.",
    fallback: { value: "127.0.0.1" },
    schema: z.string().min(1),
  }),
  port: setting({
    name: "NASHRA_PORT",
    takes: "a port, 0 to 65535 (0: any that is free)",
    about: "The web server's port; PORT is read too.",
    fallback: { value: "3000" },
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((port) => port <= 65535),
  }),
  publicUrl: setting({
    name: "NASHRA_PUBLIC_URL",
    takes: "a URL with http or https and no path",
    about: "How readers reach this server; every link in feeds and mails begins with it.",
    fallback: { words: "http://localhost and the port" },
    schema: webAddress,
  }),
  secret: setting({
    name: "NASHRA_SECRET",
    takes: "id:key[,id:key…]",
    about: "Signs the links in mails: the first key signs, all verify.",
    fallback: { words: "made at the first start and kept in the data folder" },
    secret: true,
    schema: keyring,
  }),
  smtpUrl: setting({
    name: "NASHRA_SMTP_URL",
    takes: "smtp://user:password@host:port, smtps://, or sendmail:///usr/sbin/sendmail",
    about: "The relay that takes our mail; without one, mails stay in the outbox.",
    fallback: { words: "none: mails go to the outbox" },
    secret: true,
    schema: transportAddress,
  }),
  transports: setting({
    name: "NASHRA_TRANSPORTS",
    takes: "NAME=URL[,NAME=URL…], each URL as NASHRA_SMTP_URL takes it",
    about: "Further relays: while the first cannot be reached, mail goes by the next, in this order.",
    fallback: { value: "" },
    secret: true,
    schema: namedTransports,
  }),
  transportDomains: setting({
    name: "NASHRA_TRANSPORT_DOMAINS",
    takes: "DOMAIN=NAME[/NAME…] separated by commas; relay is NASHRA_SMTP_URL's name, * every other domain",
    about: "Which relays carry the mail of a sender's domain, the first that can; no others carry it.",
    fallback: { value: "" },
    schema: transportDomains,
  }),
  smtpConnections: setting({
    name: "NASHRA_SMTP_CONNECTIONS",
    takes: "a number, 1 to 100",
    about: "The most connections to each relay; ask its keeper how many it gives to one client.",
    fallback: { value: "10" },
    schema: z
      .string()
      .regex(/^\d{1,3}$/, "it is no whole number")
      .transform(Number)
      .refine((connections) => connections >= 1 && connections <= 100, "it is not between 1 and 100"),
  }),
  deliver: setting({
    name: "NASHRA_DELIVER",
    takes: "inside or apart",
    about: "Whether nashra serve sends letters itself, in a thread, or leaves them to nashra deliver.",
    fallback: { value: "inside" },
    schema: z.enum(["inside", "apart"]),
  }),
  mailFrom: setting({
    name: "NASHRA_MAIL_FROM",
    takes: "an address",
    about: "The sender of every mail; its domain is the one you sign for.",
    fallback: { words: "bulletin@ and the public URL's host" },
    schema: z.email(),
  }),
  mailLeave: setting({
    name: "NASHRA_MAIL_LEAVE",
    takes: "an address",
    about: "Where readers leave by mail; hand what comes there to nashra inbound or POST /inbound/mail.",
    fallback: { words: "NASHRA_MAIL_FROM" },
    schema: z.email(),
  }),
  dkim: setting({
    name: "NASHRA_DKIM",
    takes:
      "selector:key[,selector:key…], each key PKCS #8 in base64; selector@domain for a digest's own sender",
    about: "Signs mail where there is no data folder; elsewhere nashra dkim makes and keeps the keys.",
    fallback: { words: "the keys that nashra dkim use named" },
    secret: true,
    schema: dkimKeys,
  }),
  mailBounce: setting({
    name: "NASHRA_MAIL_BOUNCE",
    takes: "the name of a host whose mail comes here, such as bounce.news.example",
    about:
      "Gives each letter a return path of its own there, so that bounces name the letter they are about.",
    fallback: { words: "none: bounces go to NASHRA_MAIL_FROM" },
    schema: hostName,
  }),
  pauseAt: setting({
    name: "NASHRA_PAUSE_AT",
    takes: "percent of bounces, percent of complaints, and of how many letters at least, such as 5,0.1,500",
    about: "Where an issue pauses by itself, until somebody lets it go on.",
    fallback: { value: "5,0.1,500" },
    schema: pauseLines,
  }),
  mailPostmaster: setting({
    name: "NASHRA_MAIL_POSTMASTER",
    takes: "an address",
    about: "The person who gets what comes to postmaster@ and abuse@ of the host for bounces.",
    fallback: { words: "NASHRA_MAIL_FROM" },
    schema: z.email(),
  }),
  inbound: setting({
    name: "NASHRA_INBOUND",
    takes: "lmtp://127.0.0.1:2400, or smtp://0.0.0.0:25: an address of this machine and a port",
    about: "Where nashra serve takes mail that comes back.",
    fallback: { words: "none: hand it to nashra inbound or POST /inbound/mail" },
    schema: inboundListener,
  }),
  inboundCertificate: setting({
    name: "NASHRA_INBOUND_CERTIFICATE",
    takes: "a file, in PEM, with its chain",
    about: "Lets who brings mail use STARTTLS; with NASHRA_INBOUND_KEY.",
    fallback: { words: "none: mail is brought in clear" },
    schema: z.string().min(1),
  }),
  inboundKey: setting({
    name: "NASHRA_INBOUND_KEY",
    takes: "a file, in PEM",
    about: "The key of NASHRA_INBOUND_CERTIFICATE.",
    fallback: { words: "none" },
    schema: z.string().min(1),
  }),
  imap: setting({
    name: "NASHRA_IMAP_URL",
    takes: "imaps://user:password@host/FOLDER (imap:// on this machine alone)",
    about: "A mailbox that what comes back is fetched from each minute, where it cannot be brought here.",
    fallback: { words: "none" },
    secret: true,
    schema: imapMailbox,
  }),
  imapDone: setting({
    name: "NASHRA_IMAP_DONE",
    takes: "a folder's name, or delete",
    about: "Where a mail of that mailbox goes once it was taken; what is for a person stays, flagged.",
    fallback: { value: "Nashra" },
    schema: z.string().min(1).max(200),
  }),
  sesTopics: setting({
    name: "NASHRA_SES_TOPIC",
    takes: "the ARN of an SNS topic, or several, separated by commas",
    about: "What Amazon SES tells through it is taken at /inbound/ses.",
    fallback: { words: "none: /inbound/ses is 404" },
    schema: topicArns,
  }),
  mailgunKey: setting({
    name: "NASHRA_MAILGUN_KEY",
    takes: "Mailgun's HTTP webhook signing key",
    about: "Lets Mailgun tell what came back, at /inbound/mailgun.",
    fallback: { words: "none: /inbound/mailgun is 404" },
    secret: true,
    schema: z.string().min(16),
  }),
  postmarkLogin: setting({
    name: "NASHRA_POSTMARK_LOGIN",
    takes: "user:password, or a bearer token, 16 characters or more",
    about:
      "Lets Postmark tell what came back, at /inbound/postmark, and puts a mark for it into each letter.",
    fallback: { words: "none: /inbound/postmark is 404" },
    secret: true,
    schema: login,
  }),
  sendgridKey: setting({
    name: "NASHRA_SENDGRID_KEY",
    takes: "the verification key of SendGrid's Signed Event Webhook",
    about: "Lets SendGrid tell what came back, at /inbound/sendgrid.",
    fallback: { words: "none: /inbound/sendgrid is 404" },
    schema: p256Key,
  }),
  brevoLogin: setting({
    name: "NASHRA_BREVO_LOGIN",
    takes: "user:password, or a bearer token, 16 characters or more",
    about: "Lets Brevo tell what came back, at /inbound/brevo, and puts a mark for it into each letter.",
    fallback: { words: "none: /inbound/brevo is 404" },
    secret: true,
    schema: login,
  }),
  cronSecret: setting({
    name: "NASHRA_CRON_SECRET",
    takes: "16 characters or more",
    about: "Lets a scheduler outside call POST /cron/tick with it as a bearer token.",
    fallback: { words: "none: /cron/tick is 404" },
    secret: true,
    schema: z.string().min(16),
  }),
  sample: setting({
    name: "NASHRA_SAMPLE",
    takes: "on or off",
    about: "Whether an empty store is filled with the sample newsroom.",
    fallback: { words: "on; off where NASHRA_SMTP_URL is set" },
    schema: z.enum(["on", "off"]).transform((word) => word === "on"),
  }),
  fetchAllow: setting({
    name: "NASHRA_FETCH_ALLOW",
    takes: "IP addresses or ranges (10.0.0.0/8), separated by commas",
    about: "Addresses inside your own network that fetching may reach all the same.",
    fallback: { value: "" },
    schema: ranges,
  }),
  proxies: setting({
    name: "NASHRA_PROXIES",
    takes: "IP addresses or ranges, separated by commas",
    about: "Reverse proxies that are believed when they say whom they ask for (X-Forwarded-For).",
    fallback: { value: "127.0.0.0/8,::1" },
    schema: ranges,
  }),
  ledgerDays: setting({
    name: "NASHRA_LEDGER_DAYS",
    takes: "days, 30 to 3650",
    about:
      "How long issues that are over keep a row for each letter; then only failures do, and the rest is counts.",
    fallback: { value: "90" },
    schema: z
      .string()
      .regex(/^\d{1,4}$/, "it is no whole number")
      .transform(Number)
      .refine((days) => days >= 30 && days <= 3650, "it is not between 30 and 3650"),
  }),
  feedCacheMegabytes: setting({
    name: "NASHRA_FEED_CACHE",
    takes: "megabytes, 16 to 4096",
    about: "The most that finished feeds may take in memory; Workers take 32 at most.",
    fallback: { value: "64" },
    schema: z
      .string()
      .regex(/^\d{1,4}$/, "it is no whole number")
      .transform(Number)
      .refine((megabytes) => megabytes >= 16 && megabytes <= 4096, "it is not between 16 and 4096"),
  }),
  webSubHub: setting({
    name: "NASHRA_WEBSUB_HUB",
    takes: "own, off, or the URL of a hub outside",
    about: "The WebSub hub that feeds name and that their changes are told to.",
    fallback: { value: "own" },
    schema: webSubHub,
  }),
  webSubSignatures: setting({
    name: "NASHRA_WEBSUB_SIGNATURES",
    takes: "HOST=METHOD (sha1, sha256, sha384, sha512), separated by commas",
    about: "Another method than sha256 for what our hub signs to a callback's host.",
    fallback: { value: "" },
    schema: signatures,
  }),
  logLevel: setting({
    name: "NASHRA_LOG_LEVEL",
    takes: "debug, info, warn, error or silent",
    about: "How much is logged, as JSON lines on standard error.",
    fallback: { value: "info" },
    schema: z.enum(["debug", "info", "warn", "error", "silent"]),
  }),
};

type Table = typeof table;
type Read = { [Name in keyof Table]: z.output<Table[Name]["schema"]> };
type MayBeAbsent =
  | "templates"
  | "secret"
  | "smtpUrl"
  | "dkim"
  | "mailBounce"
  | "inbound"
  | "inboundCertificate"
  | "inboundKey"
  | "imap"
  | "sesTopics"
  | "mailgunKey"
  | "postmarkLogin"
  | "sendgridKey"
  | "brevoLogin"
  | "cronSecret";

/** Every setting, read and checked. `null` where nothing is set and nothing stands in for it. */
export type Config = {
  readonly [Name in keyof Read]: Name extends MayBeAbsent ? Read[Name] | null : Read[Name];
};

export type ConfigReading = { ok: true; config: Config } | { ok: false; problems: string[] };

/**
 * Reads the settings from an environment.
 *
 * @param env the process's environment, or a Worker's variables and secrets; empty values count as not set
 * @returns the whole config, or every problem at once, each naming the setting and what it takes
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigReading {
  const problems: string[] = [];
  const read = <Schema extends z.ZodType>(it: Setting<Schema>, name = it.name): z.output<Schema> | null => {
    const text = env[name] || ("value" in it.fallback ? it.fallback.value : undefined);
    if (text === undefined) return null;
    const result = it.schema.safeParse(text);
    if (result.success) return result.data;
    const refused = it.secret ? "is refused" : `is "${text}", which is refused`;
    const why = result.error.issues.map((issue) => issue.message).join("; ");
    problems.push(`${name} ${refused}: ${why}. It takes ${it.takes}.`);
    return null;
  };

  const port = read(table.port, env["NASHRA_PORT"] ? "NASHRA_PORT" : "PORT") ?? 0;
  const smtpUrl = read(table.smtpUrl);
  const publicUrl = read(table.publicUrl) ?? new URL(`http://localhost:${port}`);
  const mailFrom = read(table.mailFrom) ?? `bulletin@${publicUrl.hostname}`;
  const config: Config = {
    data: read(table.data) ?? "",
    templates: read(table.templates),
    host: read(table.host) ?? "",
    port,
    publicUrl,
    secret: read(table.secret),
    smtpUrl,
    transports: read(table.transports) ?? [],
    transportDomains: read(table.transportDomains) ?? new Map(),
    smtpConnections: read(table.smtpConnections) ?? 10,
    deliver: read(table.deliver) ?? "inside",
    mailFrom,
    mailLeave: read(table.mailLeave) ?? mailFrom,
    dkim: read(table.dkim),
    mailBounce: read(table.mailBounce),
    pauseAt: read(table.pauseAt) ?? { bounces: 5, complaints: 0.1, after: 500 },
    mailPostmaster: read(table.mailPostmaster) ?? mailFrom,
    inbound: read(table.inbound),
    inboundCertificate: read(table.inboundCertificate),
    inboundKey: read(table.inboundKey),
    imap: read(table.imap),
    imapDone: read(table.imapDone) ?? "",
    sesTopics: read(table.sesTopics),
    mailgunKey: read(table.mailgunKey),
    postmarkLogin: read(table.postmarkLogin),
    sendgridKey: read(table.sendgridKey),
    brevoLogin: read(table.brevoLogin),
    cronSecret: read(table.cronSecret),
    sample: read(table.sample) ?? smtpUrl === null,
    fetchAllow: read(table.fetchAllow) ?? [],
    proxies: read(table.proxies) ?? [],
    ledgerDays: read(table.ledgerDays) ?? 90,
    feedCacheMegabytes: read(table.feedCacheMegabytes) ?? 64,
    webSubHub: read(table.webSubHub) ?? { kind: "own" },
    webSubSignatures: read(table.webSubSignatures) ?? new Map(),
    logLevel: read(table.logLevel) ?? "info",
  };
  if (problems.length > 0) return { ok: false, problems };
  problems.push(...transportProblems(config), ...inboundProblems(config));
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
}

/** All ways out for mail, in the order in which they stand in for each other; none where mails go to the outbox. */
export const transportsOf = ({
  smtpUrl,
  transports,
}: Pick<Config, "smtpUrl" | "transports">): readonly NamedTransport[] =>
  smtpUrl === null ? [] : [{ name: ordinaryTransport, url: smtpUrl }, ...transports];

/** Whether a transport leads to a server of somebody else. */
const isElsewhere = ({ url }: NamedTransport) => url.protocol !== "sendmail:" && !isLoopback(url);

function transportProblems(config: Config): string[] {
  const { smtpUrl, publicUrl, transports, transportDomains } = config;
  const problems: string[] = [];
  const all = transportsOf(config);
  if (smtpUrl === null && transports.length > 0)
    problems.push(
      "NASHRA_TRANSPORTS names relays that stand in for NASHRA_SMTP_URL's, which is not set. Set it.",
    );
  if (smtpUrl !== null && publicUrl.protocol === "http:" && !isLoopback(publicUrl)) {
    problems.push(
      `NASHRA_PUBLIC_URL is ${publicUrl.href}, but mail that leaves this machine carries one-click links, which need https (RFC 8058). Set the public https address, or unset NASHRA_SMTP_URL.`,
    );
  }
  const elsewhere = all.find(isElsewhere);
  if (elsewhere && publicUrl.protocol === "http:" && isLoopback(publicUrl)) {
    const which =
      elsewhere.name === ordinaryTransport
        ? "NASHRA_SMTP_URL is"
        : `NASHRA_TRANSPORTS has ${elsewhere.name}, which is`;
    problems.push(
      `${which} a server elsewhere, but NASHRA_PUBLIC_URL is ${publicUrl.href}, which readers cannot reach. Set the public https address.`,
    );
  }
  const known = all.map(({ name }) => name);
  const unknown = new Set([...transportDomains.values()].flat().filter((name) => !known.includes(name)));
  if (unknown.size > 0)
    problems.push(
      `NASHRA_TRANSPORT_DOMAINS names ${[...unknown].join(", ")}, and there is no such relay. There are: ${known.join(", ") || "none"}.`,
    );
  return problems;
}

function inboundProblems({
  inbound,
  inboundCertificate,
  inboundKey,
  mailBounce,
  mailPostmaster,
}: Config): string[] {
  const problems: string[] = [];
  if (inbound !== null && mailBounce === null)
    problems.push(
      "NASHRA_INBOUND takes mail for NASHRA_MAIL_BOUNCE, which is not set. Set the host that bounces come to.",
    );
  if ((inboundCertificate === null) !== (inboundKey === null))
    problems.push("NASHRA_INBOUND_CERTIFICATE and NASHRA_INBOUND_KEY belong together. Set both, or none.");
  if (inbound !== null && mailBounce !== null && mailPostmaster.toLowerCase().endsWith(`@${mailBounce}`))
    problems.push(
      `NASHRA_MAIL_POSTMASTER is ${mailPostmaster}, whose mail comes to this service: it would go round in circles. Give the address of a person elsewhere.`,
    );
  return problems;
}

/** What stands in place of a secret that is set. */
export const hiddenValue = "(set, hidden)";

export type ShownSetting = { name: string; value: string; set: boolean; takes: string; about: string };

/** Every setting with the value in force, for `nashra config`; what is secret is told only as set or not. */
export function showConfig(env: Readonly<Record<string, string | undefined>>): ShownSetting[] {
  return Object.values(table).map((it: Setting<z.ZodType>) => {
    const text = env[it.name] || (it.name === "NASHRA_PORT" ? env["PORT"] : undefined);
    const fallback = "value" in it.fallback ? it.fallback.value : `(${it.fallback.words})`;
    return {
      name: it.name,
      value: text ? (it.secret ? hiddenValue : text) : fallback,
      set: Boolean(text),
      takes: it.takes,
      about: it.about,
    };
  });
}
