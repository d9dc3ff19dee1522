// An Amazon of our own: a key, the certificate for it, and messages of SNS signed with it.
import { generateKeyPairSync, sign } from "node:crypto";
import type { Get, GetResult, GuardedGet } from "../../platform/index.ts";

export const topic = "arn:aws:sns:eu-west-1:123456789012:news-mail";
export const amazonHost = "sns.eu-west-1.amazonaws.com";
export const certificateUrl = `https://${amazonHost}/SimpleNotificationService-0123456789abcdef.pem`;

/** DER (X.690): a tag, a length, and what it holds. */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const length =
    content.length < 128
      ? [content.length]
      : content.length < 256
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 255];
  return Buffer.concat([Uint8Array.of(tag, ...length), content]);
}

const text = (value: string) => new TextEncoder().encode(value);
const utcTime = (at: string) => der(0x17, text(`${at.replace(/[-:T]/g, "").slice(2, 14)}Z`));
const sha256Rsa = der(
  0x30,
  der(0x06, Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b)),
  der(0x05),
);
const name = der(
  0x30,
  der(0x31, der(0x30, der(0x06, Uint8Array.of(0x55, 0x04, 0x03)), der(0x0c, text("sns.amazonaws.com")))),
);

/** A certificate as RFC 5280 §4.1 has it, signed by its own key. */
function certificateFor(spki: Uint8Array, key: Parameters<typeof sign>[2], from: string, to: string): string {
  const signed = der(
    0x30,
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Uint8Array.of(1, 2, 3)),
    sha256Rsa,
    name,
    der(0x30, utcTime(from), utcTime(to)),
    name,
    spki,
  );
  const signature = sign("sha256", signed, key);
  const whole = der(0x30, signed, sha256Rsa, der(0x03, Uint8Array.of(0), signature));
  const lines = whole.toBase64().replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

type Fields = Record<string, string>;

/** What is signed of a message, in Amazon's order. */
const order = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

export function startAmazon(from = "2026-01-01T00:00:00", to = "2027-01-01T00:00:00") {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const asked: string[] = [];
  /** What stands at Amazon's addresses; everything else is 404 there. */
  const pages = new Map<string, string>([[certificateUrl, certificateFor(spki, privateKey, from, to)]]);
  const get: GuardedGet = async ({ url }: Get): Promise<GetResult> => {
    asked.push(url.href);
    const confirms = url.host === amazonHost && url.searchParams.get("Action") === "ConfirmSubscription";
    const page = confirms ? "<ConfirmSubscriptionResponse/>" : pages.get(url.href);
    return {
      kind: "answer",
      url,
      permanentUrl: url,
      status: page === undefined ? 404 : 200,
      headers: new Headers(),
      body: text(page ?? ""),
    };
  };
  const signed = (fields: Fields, hash = "sha256"): Fields => {
    const lines = order.filter((it) => fields[it] !== undefined).map((it) => `${it}\n${fields[it]}\n`);
    return { ...fields, Signature: sign(hash, text(lines.join("")), privateKey).toBase64() };
  };
  const common = {
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: topic,
    Timestamp: "2026-03-01T07:00:00.000Z",
    SignatureVersion: "2",
    SigningCertURL: certificateUrl,
  };
  return {
    get,
    asked,
    pages,
    signed,
    notification: (message: object | string, more: Fields = {}) =>
      signed({
        ...common,
        Type: "Notification",
        Message: typeof message === "string" ? message : JSON.stringify(message),
        ...more,
      }),
    confirmation: (more: Fields = {}) =>
      signed({
        ...common,
        Type: "SubscriptionConfirmation",
        Message: `You have chosen to subscribe to the topic ${topic}.`,
        Token: "2336412f37",
        SubscribeURL: `https://${amazonHost}/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37`,
        ...more,
      }),
  };
}
