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

/** A certificate has 2 kB; who knows our topic's name can have us ask Amazon for one that does not exist, so often and no more. */
const limits = { certificateBytes: 20_000, kept: 4, keptHours: 24, fetchesAnHour: 20 };

/** The topics of ours, by their names (ARN). */
export function snsMessages(topics: readonly string[], get: GuardedGet) {
  const keyAt = signingKeys(get);
  /** The text of a notification, or what else is to be answered. */
  return async ({ body, now }: Told): Promise<{ kind: "notification"; text: string } | Understood> => {
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
    const key = await keyAt(url, now);
    if (!("key" in key)) return key;
    if (!(await isSigned(it, key.key))) return refused("The signature is not Amazon's.");
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

async function isSigned(it: Message, key: CryptoKey): Promise<boolean> {
  const names: readonly string[] =
    it.Type === "Notification" ? signedFields.Notification : signedFields.SubscriptionConfirmation;
  const values: Readonly<Record<string, unknown>> = it;
  const lines = names.flatMap((name) => (values[name] === undefined ? [] : [name, String(values[name])]));
  let signature: Uint8Array<ArrayBuffer>;
  try {
    signature = Uint8Array.fromBase64(it.Signature);
  } catch {
    return false;
  }
  const signed = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  return crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, signature, signed);
}

/** Keys by where their certificates stand; those that were asked for last are kept. */
function signingKeys(get: GuardedGet) {
  const kept = new Map<string, { key: CryptoKey; until: Temporal.Instant }>();
  let hour = 0;
  let fetches = 0;
  return async (url: URL, now: Temporal.Instant): Promise<{ key: CryptoKey } | Understood> => {
    const known = kept.get(url.href);
    if (known && Temporal.Instant.compare(now, known.until) < 0) return known;
    const current = Math.floor(now.epochMilliseconds / 3_600_000);
    fetches = current === hour ? fetches + 1 : 1;
    hour = current;
    const later = (why: string): Understood => ({ kind: "later", why });
    if (fetches > limits.fetchesAnHour) return later("Too many certificates were asked for in this hour.");
    const got = await get({ url, bytes: limits.certificateBytes });
    if (got.kind !== "answer") return later(got.why);
    if (got.status >= 500) return later(`Amazon answered ${got.status} for its certificate.`);
    // Wherever else it was sent on to is not Amazon's word.
    if (got.status !== 200 || got.url.origin !== url.origin) return refused("There is no such certificate.");
    const certificate = readCertificate(new TextDecoder("latin1").decode(got.body));
    if (certificate === null) return refused("The certificate cannot be read.");
    const { notBefore, notAfter, spki } = certificate;
    if (Temporal.Instant.compare(now, notBefore) < 0 || Temporal.Instant.compare(now, notAfter) > 0)
      return refused(`The certificate holds from ${notBefore} to ${notAfter}.`);
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]).catch(() => null);
    if (key === null) return refused("The certificate has no RSA key.");
    const until = now.add({ hours: limits.keptHours });
    kept.delete(url.href);
    kept.set(url.href, { key, until: Temporal.Instant.compare(until, notAfter) < 0 ? until : notAfter });
    for (const oldest of kept.keys()) {
      if (kept.size <= limits.kept) break;
      kept.delete(oldest);
    }
    return { key };
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
