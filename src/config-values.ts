// What a setting may say: each kind of value, read from its text and checked. Pure.
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

export const keyring = z.string().transform((text, context): Keyring => {
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

export const dkimKeys = z.string().transform((text, context): DkimSecret[] =>
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

export const ranges = z.string().transform((text, context): AllowedRange[] =>
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

export const webAddress = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine(
    (url) => url.pathname === "/" && url.search === "" && url.hash === "",
    "it has a path; give the host alone",
  )
  .refine((url) => url.username === "" && url.password === "", "it has a user or password");

/** Where mail is listened for. */
export type InboundListener = { protocol: "smtp" | "lmtp"; host: string; port: number };

export const inboundListener = z.string().transform((text, context): InboundListener => {
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

export const imapMailbox = z.string().transform((text, context): Mailbox => {
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

export const hostName = z
  .string()
  .toLowerCase()
  .regex(
    /^(?=.{4,190}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "it is no host's name",
  );

/** A way out for mail: a relay, or a program of this machine that takes mail as sendmail does. */
export const transportAddress = z
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
export const namedTransports = z.string().transform((text, context): NamedTransport[] => {
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

export const transportDomains = z.string().transform((text, context): TransportDomains => {
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

export const topicArns = z.string().transform((text, context): readonly [string, ...string[]] => {
  const [first = "", ...others] = text.split(",").map((part) => part.trim());
  for (const topic of [first, ...others])
    if (!/^arn:aws:sns:[a-z]{2}(-[a-z]{1,20}){1,3}-\d{1,2}:\d{12}:[\w-]{1,256}$/.test(topic))
      context.addIssue({ code: "custom", message: `"${topic}" is no topic's ARN` });
  return [first, ...others];
});

/** A point on P-256 in SPKI begins with these octets, and has 65 behind them. */
const p256Spki = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

export const p256Key = z.base64().transform((text, context): Uint8Array<ArrayBuffer> => {
  const spki = Uint8Array.fromBase64(text);
  if (spki.length !== 91 || !spki.toHex().startsWith(p256Spki))
    context.addIssue({ code: "custom", message: "it is no public key on P-256" });
  return spki;
});

export const login = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "it has blanks or letters that a header cannot have")
  .min(16, "it has less than 16 characters, and whoever guesses it can stop our mail to anybody");

/** Where feeds announce their changes: the hub of this service, one outside, or none. */
export type WebSubHub = { kind: "own" } | { kind: "off" } | { kind: "outside"; url: URL };

export const webSubHub = z.string().transform((text, context): WebSubHub => {
  if (text === "own" || text === "off") return { kind: text };
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return { kind: "outside", url };
  context.addIssue({ code: "custom", message: "it is neither own nor off nor a URL with http or https" });
  return z.NEVER;
});

/** The methods of X-Hub-Signature (WebSub §8). */
const signatureMethods = ["sha1", "sha256", "sha384", "sha512"] as const;
export type SignatureMethod = (typeof signatureMethods)[number];

export const signatures = z.string().transform((text, context): ReadonlyMap<string, SignatureMethod> => {
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

/** Two percentages and a number of letters. */
export const pauseLines = z
  .string()
  .regex(/^\d{1,2}(\.\d{1,2})?,\d{1,2}(\.\d{1,2})?,\d{1,7}$/, "it is no two percentages and a number")
  .transform((text) => text.split(",").map(Number))
  .transform(([bounces = 0, complaints = 0, after = 0]) => ({ bounces, complaints, after }))
  .refine(({ bounces, complaints }) => bounces > 0 && complaints > 0, "a percentage is not above 0");
