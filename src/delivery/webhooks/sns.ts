// Amazon SNS, through which SES tells what came back: whether a message is Amazon's and of our topic ("Verifying the signatures of
// Amazon SNS messages"), and the one question that it asks, at the beginning.
import { z } from "zod";
import type { GetResult, GuardedGet } from "../../platform/index.ts";
import { readCertificate } from "./certificate.ts";
import { jsonOf, type Told, type Understood } from "./provider.ts";

const text = z.string().max(300_000); // a message has 256 kB
const message = z.discriminatedUnion("Type", [
  z.looseObject({ Type: z.literal("Notification"), ...common(), Subject: text.optional() }),
  z.looseObject({
    Type: z.literal("SubscriptionConfirmation"),
    ...common(),
    Token: text,
    SubscribeURL: text,
  }),
  z.looseObject({ Type: z.literal("UnsubscribeConfirmation"), ...common(), Token: text, SubscribeURL: text }),
]);
type Message = z.output<typeof message>;

function common() {
  return {
    MessageId: text,
    TopicArn: text,
    Message: text,
    Timestamp: text,
    SignatureVersion: text,
    Signature: text,
    SigningCertURL: text,
  };
}

/** What is signed, each name and value on a line of its own, in this order. */
const signedFields = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
} as const;

/**
 * A certificate has 2 kB, and Amazon changes it some times a year. Who knows our topic's name can have us ask Amazon for some that do not
 * exist: few, and never in the place of one that was believed before.
 */
const limits = {
  certificateBytes: 20_000,
  kept: 20,
  keptHours: 24,
  /** What is not there is not asked for again so soon. */
  missingHours: 1,
  fetchesAnHour: { network: 3, strangers: 60, proven: 20 },
};

/** RSA of 2048 to 4096 bits. */
const signatureBytes = { least: 256, most: 512 };

/** Which certificates were believed before: those are never crowded out. */
export type ProvenCertificates = {
  has: (url: string) => Promise<boolean>;
  note: (url: string, now: Temporal.Instant) => Promise<void>;
};

/** The topics of ours, by their names (ARN). */
export function snsMessages(topics: readonly string[], get: GuardedGet, proven: ProvenCertificates) {
  const certificates = signingKeys(get, proven);
  /** The text of a notification, or what else is to be answered. */
  return async ({ body, now, from }: Told): Promise<{ kind: "notification"; text: string } | Understood> => {
    const read = message.safeParse(jsonOf(body));
    if (!read.success) return refused("It is no message as SNS sends them.");
    const it = read.data;
    if (!topics.includes(it.TopicArn))
      return refused("It is of a topic that NASHRA_SES_TOPIC does not name.");
    if (it.SignatureVersion !== "2")
      return refused("It is signed with SHA-1. Set the topic's SignatureVersion to 2.");
    const host = hostOf(it.TopicArn);
    const url = certificateUrl(it.SigningCertURL, host);
    if (url === null) return refused("Its certificate is not Amazon's.");
    const signature = bytesOf(it.Signature);
    if (signature === null) return refused("The signature is none.");
    const key = await certificates.keyAt(url, from, now);
    if (!("key" in key)) return key;
    if (!(await isSigned(it, signature, key.key))) return refused("The signature is not Amazon's.");
    await certificates.believed(url, now);
    switch (it.Type) {
      case "Notification":
        return { kind: "notification", text: it.Message };
      case "UnsubscribeConfirmation":
        return { kind: "done", what: "the topic tells us nothing any more; nothing was asked for again" };
      case "SubscriptionConfirmation":
        return confirm(it, host, get);
    }
  };
}

const refused = (why: string): Understood => ({ kind: "refused", why });

/** Amazon's host of the region that our topic is in (config.ts checks the name). */
const hostOf = (topic: string): string => `sns.${topic.split(":")[3]}.amazonaws.com`;

function certificateUrl(address: string, host: string): URL | null {
  const url = URL.parse(address);
  const isAmazons =
    url?.protocol === "https:" &&
    url.host === host && // so that there is no port
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    /^\/SimpleNotificationService-[\w-]{1,100}\.pem$/.test(url.pathname);
  return isAmazons ? url : null;
}

/** A signature's bytes, or null where it is none. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = Uint8Array.fromBase64(base64);
    return bytes.length >= signatureBytes.least && bytes.length <= signatureBytes.most ? bytes : null;
  } catch {
    return null;
  }
}

async function isSigned(it: Message, signature: Uint8Array<ArrayBuffer>, key: CryptoKey): Promise<boolean> {
  const names: readonly string[] =
    it.Type === "Notification" ? signedFields.Notification : signedFields.SubscriptionConfirmation;
  const values: Readonly<Record<string, unknown>> = it;
  const lines = names.flatMap((name) => (values[name] === undefined ? [] : [name, String(values[name])]));
  const signed = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  return crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, signature, signed);
}

type Kept = {
  /** Null: Amazon has no such certificate. */
  key: CryptoKey | null;
  until: Temporal.Instant;
  /** Whether something was signed with it, since it was asked for. */
  believed: boolean;
};

/** Keys by where their certificates stand. */
function signingKeys(get: GuardedGet, proven: ProvenCertificates) {
  const kept = new Map<string, Kept>();
  const mayAsk = fetchCount();
  const keep = (url: URL, key: CryptoKey | null, until: Temporal.Instant) => {
    kept.delete(url.href);
    kept.set(url.href, { key, until, believed: false });
    // Of those that nobody signed with, the oldest goes first.
    const order = [...kept].sort(([, a], [, b]) => Number(a.believed) - Number(b.believed));
    for (const [oldest] of order.slice(0, Math.max(0, kept.size - limits.kept))) kept.delete(oldest);
  };
  const keyAt = async (
    url: URL,
    from: string,
    now: Temporal.Instant,
  ): Promise<{ key: CryptoKey } | Understood> => {
    const missing = () => refused("There is no such certificate.");
    const known = kept.get(url.href);
    if (known && Temporal.Instant.compare(now, known.until) < 0)
      return known.key === null ? missing() : { key: known.key };
    const later = (why: string): Understood => ({ kind: "later", why });
    if (!mayAsk((await proven.has(url.href)) ? "proven" : from, now))
      return later("Too many certificates were asked for in this hour.");
    const got = await get({ url, bytes: limits.certificateBytes });
    if (got.kind !== "answer") return later(got.why);
    if (got.status >= 500) return later(`Amazon answered ${got.status} for its certificate.`);
    // Wherever else it was sent on to is not Amazon's word.
    if (got.status !== 200 || got.url.origin !== url.origin) {
      keep(url, null, now.add({ hours: limits.missingHours }));
      return missing();
    }
    const certificate = readCertificate(new TextDecoder("latin1").decode(got.body));
    if (certificate === null) return refused("The certificate cannot be read.");
    const { notBefore, notAfter, spki } = certificate;
    if (Temporal.Instant.compare(now, notBefore) < 0 || Temporal.Instant.compare(now, notAfter) > 0)
      return refused(`The certificate holds from ${notBefore} to ${notAfter}.`);
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]).catch(() => null);
    if (key === null) return refused("The certificate has no RSA key.");
    const until = now.add({ hours: limits.keptHours });
    keep(url, key, Temporal.Instant.compare(until, notAfter) < 0 ? until : notAfter);
    return { key };
  };
  /** Something was signed with it: written down once each time that it was asked for. */
  const believed = async (url: URL, now: Temporal.Instant): Promise<void> => {
    const it = kept.get(url.href);
    if (!it || it.believed) return;
    it.believed = true;
    await proven.note(url.href, now);
  };
  return { keyAt, believed };
}

/** How often was asked within the hour: for a network, for all strangers together, and for what was believed before. */
function fetchCount() {
  const counts = new Map<string, number>();
  let hour = 0;
  return (who: string, now: Temporal.Instant): boolean => {
    const current = Math.floor(now.epochMilliseconds / 3_600_000);
    if (current !== hour) counts.clear();
    hour = current;
    const { network, strangers, proven } = limits.fetchesAnHour;
    const all =
      who === "proven"
        ? [{ name: who, most: proven }]
        : [
            { name: `network ${who}`, most: network },
            { name: "strangers", most: strangers },
          ];
    if (all.some(({ name, most }) => (counts.get(name) ?? 0) >= most)) return false;
    for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
    return true;
  };
}

/** Says yes to what the operator asked for: at Amazon's own host, for our topic, with the token of the message. */
async function confirm(
  it: Extract<Message, { Type: "SubscriptionConfirmation" }>,
  host: string,
  get: GuardedGet,
): Promise<Understood> {
  const given = URL.parse(it.SubscribeURL);
  if (given?.protocol !== "https:" || given.host !== host)
    return refused(`It asks us to confirm elsewhere than at ${host}.`);
  const url = new URL(`https://${host}/`);
  url.search = new URLSearchParams({
    Action: "ConfirmSubscription",
    TopicArn: it.TopicArn,
    Token: it.Token,
  }).toString();
  const got: GetResult = await get({ url, bytes: limits.certificateBytes });
  if (got.kind !== "answer") return { kind: "later", why: got.why };
  if (got.status !== 200) return { kind: "later", why: `Amazon answered ${got.status} to the confirmation.` };
  return { kind: "done", what: `the subscription of ${it.TopicArn} is confirmed` };
}
