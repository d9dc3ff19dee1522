// The environment as one typed, checked table. Everything that can be set from outside stands here, and only here.
import { z } from "zod";

/** Keys that sign and verify links: the first signs, all verify. */
export type Keyring = readonly [SigningKey, ...SigningKey[]];
export type SigningKey = {
  id: string;
  key: string;
  /** HMAC-SHA-256 of a text under this key, in base64url without padding, on a host that has it at once. */
  mac?: (text: string) => string;
};

/** A network that fetching may reach although it lies inside the operator's own: an address and the length of its prefix. */
export type AllowedRange = { address: string; prefix: number; family: "ipv4" | "ipv6" };

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a URL points at this machine, by name or address. (Only http's parser puts a host into lower case.) */
export const isLoopback = (url: URL): boolean => loopbackHosts.has(url.hostname.toLowerCase());

const keyring = z.string().transform((text, context): Keyring => {
  const keys = text.split(",").map((part) => {
    const colon = part.indexOf(":");
    return { id: part.slice(0, colon).trim(), key: part.slice(colon + 1).trim() };
  });
  const [first, ...others] = keys;
  if (!first || keys.some(({ id, key }) => !/^[a-z0-9]{1,8}$/.test(id) || key.length < 32)) {
    context.addIssue({
      code: "custom",
      message: "each id is 1 to 8 of a-z and 0-9, each key 32 characters or more",
    });
    return z.NEVER;
  }
  if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    context.addIssue({ code: "custom", message: "two keys have the same id" });
    return z.NEVER;
  }
  return [first, ...others];
});

/** A private key that signs mail (DKIM), in PKCS #8, and the selector that its public half stands under in DNS. */
export type DkimSecret = {
  selector: string;
  /** Of the senders that it signs for; null: NASHRA_MAIL_FROM's. */
  domain: string | null;
  pkcs8: Uint8Array<ArrayBuffer>;
};

const dkimKeys = z.string().transform((text, context): DkimSecret[] =>
  text.split(",").map((part) => {
    const [name = "", pkcs8 = ""] = part.split(":").map((it) => it.trim());
    const [selector = "", at] = name.split("@");
    const domain = at?.toLowerCase() ?? null;
    const isNamed = isSelector(selector) && (domain === null || hostName.safeParse(domain).success);
    if (!isNamed || !z.base64().min(1).safeParse(pkcs8).success)
      context.addIssue({
        code: "custom",
        message: "each is a selector, or selector@domain, a colon, and a key in base64",
      });
    return {
      selector,
      domain,
      pkcs8: context.issues.length > 0 ? new Uint8Array() : Uint8Array.fromBase64(pkcs8),
    };
  }),
);

/** Whether DNS can have it before `._domainkey`: labels of letters, digits and hyphens (RFC 6376 §3.1). */
export const isSelector = (text: string): boolean =>
  text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(text);

const ranges = z.string().transform((text, context): AllowedRange[] =>
  text.split(",").flatMap((part): AllowedRange[] => {
    const written = part.trim();
    if (written === "") return [];
    const [address = "", length, ...rest] = written.split("/");
    const family = z.ipv4().safeParse(address).success ? "ipv4" : "ipv6";
    const longest = family === "ipv4" ? 32 : 128;
    // Digits alone: an empty length would be 0, and so allow every address there is.
    const prefix = length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : -1;
    if (family === "ipv6" && !z.ipv6().safeParse(address).success) {
      context.addIssue({ code: "custom", message: `"${address}" is no IP address` });
    } else if (prefix < 0 || prefix > longest || rest.length > 0) {
      context.addIssue({ code: "custom", message: `"${written}" has no prefix length from 0 to ${longest}` });
    }
    return [{ address, prefix, family }];
  }),
);

const webAddress = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine(
    (url) => url.pathname === "/" && url.search === "" && url.hash === "",
    "it has a path; give the host alone",
  )
  .refine((url) => url.username === "" && url.password === "", "it has a user or password");

/** Where mail is listened for. */
export type InboundListener = { protocol: "smtp" | "lmtp"; host: string; port: number };

const inboundListener = z.string().transform((text, context): InboundListener => {
  const url = URL.parse(text);
  const protocol = url?.protocol === "lmtp:" ? "lmtp" : "smtp";
  const plain =
    url && [url.pathname, url.search, url.hash, url.username].every((part) => part === "" || part === "/");
  if (plain && /^(smtp|lmtp):$/.test(url.protocol) && url.hostname !== "" && url.port !== "")
    return { protocol, host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) };
  context.addIssue({ code: "custom", message: "it is no smtp:// or lmtp:// with an address and a port" });
  return z.NEVER;
});

/** Where mail is fetched. */
export type Mailbox = {
  host: string;
  port: number;
  /** False on this machine alone. */
  tls: boolean;
  user: string;
  password: string;
  folder: string;
};

const imapMailbox = z.string().transform((text, context): Mailbox => {
  const url = URL.parse(text);
  const tls = url?.protocol === "imaps:";
  const problem = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (!url || !/^imaps?:$/.test(url.protocol) || url.hostname === "" || url.search !== "" || url.hash !== "")
    return problem("it is no imaps:// with a host");
  if (!tls && !isLoopback(url))
    return problem("imap:// sends the password in clear: only imaps:// goes beyond this machine");
  if (url.username === "" || url.password === "") return problem("it has no user or no password");
  if (!isPercentEncoded(url.username + url.password + url.pathname))
    return problem("a % in the user, password or folder must be written %25");
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || (tls ? 993 : 143)),
    tls,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    folder: decodeURIComponent(url.pathname.slice(1)) || "INBOX",
  };
});

const hostName = z
  .string()
  .toLowerCase()
  .regex(
    /^(?=.{4,190}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "it is no host's name",
  );

/** A way out for mail: a relay, or a program of this machine that takes mail as sendmail does. */
const transportAddress = z
  .url({ protocol: /^(smtps?|sendmail)$/ })
  .transform((text) => new URL(text))
  .refine(
    ({ protocol, hostname, pathname }) =>
      protocol === "sendmail:" ? hostname === "" && pathname.length > 1 : hostname !== "",
    "it has no host (or, behind sendmail://, no file)",
  )
  .refine(
    (url) => isPercentEncoded(url.username + url.password + url.pathname),
    "a % in the user or password must be written %25",
  );

/** A way out for mail, and what it is called. */
export type NamedTransport = { name: string; url: URL };

/** What NASHRA_SMTP_URL's is called. */
export const ordinaryTransport = "relay";

/** Of throttles and ledgers, where mail goes nowhere. */
const otherNames = ["outbox", "none"];

// No message repeats what was given: it holds passwords.
const namedTransports = z.string().transform((text, context): NamedTransport[] => {
  const found = text
    .split(/[\s,]+/)
    .filter((part) => part !== "")
    .flatMap((part, i): NamedTransport[] => {
      const name = part.slice(0, part.indexOf("="));
      const address = transportAddress.safeParse(part.slice(name.length + 1));
      const problem = (message: string) => {
        context.addIssue({ code: "custom", message: `of the ${i + 1}. ${message}` });
        return [];
      };
      if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
        return problem("the name is not 1 to 31 of a-z, 0-9 and hyphens, beginning with a letter");
      if (name === ordinaryTransport || otherNames.includes(name))
        return problem(`the name ${name} is taken`);
      if (!address.success)
        return problem(
          `the address is refused: ${address.error.issues.map(({ message }) => message).join("; ")}`,
        );
      return [{ name, url: address.data }];
    });
  if (new Set(found.map(({ name }) => name)).size < found.length)
    context.addIssue({ code: "custom", message: "two have the same name" });
  return found;
});

/** Which transports carry the mail of a sender's domain, the first that can. `*` stands for all domains that are not named. */
export type TransportDomains = ReadonlyMap<string, readonly string[]>;

const transportDomains = z.string().transform((text, context): TransportDomains => {
  const chosen = new Map<string, readonly string[]>();
  for (const part of text.split(/[\s,]+/).filter((it) => it !== "")) {
    const [domain = "", names = "", ...rest] = part.split("=").map((it) => it.toLowerCase());
    const isDomain = domain === "*" || hostName.safeParse(domain).success;
    if (!isDomain || !/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(names) || rest.length > 0 || chosen.has(domain))
      context.addIssue({ code: "custom", message: `"${part}" is not DOMAIN=NAME, or stands there twice` });
    else chosen.set(domain, [...new Set(names.split("/"))]);
  }
  return chosen;
});

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const topicArns = z.string().transform((text, context): readonly [string, ...string[]] => {
  const [first = "", ...others] = text.split(",").map((part) => part.trim());
  for (const topic of [first, ...others])
    if (!/^arn:aws:sns:[a-z]{2}(-[a-z]{1,20}){1,3}-\d{1,2}:\d{12}:[\w-]{1,256}$/.test(topic))
      context.addIssue({ code: "custom", message: `"${topic}" is no topic's ARN` });
  return [first, ...others];
});

/** A point on P-256 in SPKI begins with these octets, and has 65 behind them. */
const p256Spki = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

const p256Key = z.base64().transform((text, context): Uint8Array<ArrayBuffer> => {
  const spki = Uint8Array.fromBase64(text);
  if (spki.length !== 91 || !spki.toHex().startsWith(p256Spki))
    context.addIssue({ code: "custom", message: "it is no public key on P-256" });
  return spki;
});

const login = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "it has blanks or letters that a header cannot have")
  .min(16, "it has less than 16 characters, and whoever guesses it can stop our mail to anybody");

/** Where feeds announce their changes: the hub of this service, one outside, or none. */
export type WebSubHub = { kind: "own" } | { kind: "off" } | { kind: "outside"; url: URL };

const webSubHub = z.string().transform((text, context): WebSubHub => {
  if (text === "own" || text === "off") return { kind: text };
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return { kind: "outside", url };
  context.addIssue({ code: "custom", message: "it is neither own nor off nor a URL with http or https" });
  return z.NEVER;
});

/** The methods of X-Hub-Signature (WebSub §8). */
const signatureMethods = ["sha1", "sha256", "sha384", "sha512"] as const;
export type SignatureMethod = (typeof signatureMethods)[number];

const signatures = z.string().transform((text, context): ReadonlyMap<string, SignatureMethod> => {
  const chosen = new Map<string, SignatureMethod>();
  for (const part of text.split(",").filter((it) => it.trim() !== "")) {
    const [host = "", method, ...rest] = part.split("=").map((it) => it.trim().toLowerCase());
    const known = signatureMethods.find((it) => it === method);
    if (host === "" || known === undefined || rest.length > 0)
      context.addIssue({ code: "custom", message: `"${part.trim()}" is not HOST=METHOD` });
    else chosen.set(host, known);
  }
  return chosen;
});

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

/** Two percentages and a number of letters. */
const pauseLines = z
  .string()
  .regex(/^\d{1,2}(\.\d{1,2})?,\d{1,2}(\.\d{1,2})?,\d{1,7}$/, "it is no two percentages and a number")
  .transform((text) => text.split(",").map(Number))
  .transform(([bounces = 0, complaints = 0, after = 0]) => ({ bounces, complaints, after }))
  .refine(({ bounces, complaints }) => bounces > 0 && complaints > 0, "a percentage is not above 0");

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

export type ShownSetting = { name: string; value: string; set: boolean; takes: string; about: string };

/** Every setting with the value in force, for `nashra config`; what is secret is told only as set or not. */
export function showConfig(env: Readonly<Record<string, string | undefined>>): ShownSetting[] {
  return Object.values(table).map((it: Setting<z.ZodType>) => {
    const text = env[it.name] || (it.name === "NASHRA_PORT" ? env["PORT"] : undefined);
    const fallback = "value" in it.fallback ? it.fallback.value : `(${it.fallback.words})`;
    return {
      name: it.name,
      value: text ? (it.secret ? "(set, hidden)" : text) : fallback,
      set: Boolean(text),
      takes: it.takes,
      about: it.about,
    };
  });
}
