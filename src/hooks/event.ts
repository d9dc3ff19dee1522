// What is told, and how it is signed. Pure. The format is Standard Webhooks 1.0 (standardwebhooks.com).

export const eventKinds = [
  "issue.sent",
  "subscriber.confirmed",
  "subscriber.unsubscribed",
  "subscriber.erased",
  "letter.bounced",
  "letter.complained",
] as const;
export type EventKind = (typeof eventKinds)[number];

export const isEventKind = (text: string): text is EventKind => eventKinds.some((kind) => kind === text);

/** What only a test of an endpoint has. */
export const testKind = "webhook.test";

const secretPrefix = "whsec_";

/** 24 to 64 octets in base64, as the standard has it. */
export const newSecret = (): string => secretPrefix + crypto.getRandomValues(new Uint8Array(32)).toBase64();

/**
 * The headers of a call. Whoever gets it computes the same HMAC of id, time and body as they came, and refuses a time that is minutes
 * away: nobody else can make up a call, or play one again later.
 *
 * @param secrets each signs by itself, the signatures behind each other as the standard has it: one that is known will do
 * @param id the same each time that an event is told, so that it need not be acted on twice
 */
export async function signedHeaders(
  secrets: readonly string[],
  id: string,
  body: Uint8Array<ArrayBuffer>,
  now: Temporal.Instant,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now.epochMilliseconds / 1000));
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  return {
    "Content-Type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": (await Promise.all(secrets.map((secret) => signature(secret, signed)))).join(" "),
  };
}

async function signature(secret: string, signed: Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = Uint8Array.fromBase64(secret.slice(secretPrefix.length));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `v1,${new Uint8Array(await crypto.subtle.sign("HMAC", key, signed)).toBase64()}`;
}

/** Until a try that failed is repeated, in minutes: quickly at first, then less and less often, until the event is given up. */
const delays = [1, 5, 30, 120, 300, 600, 600, 1440, 1440] as const;

/**
 * When a call that failed is tried again.
 *
 * @param tries how many there were, this one among them
 * @param retryAfter the header of that name, in seconds; dates are not believed
 */
export function nextTry(now: Temporal.Instant, tries: number, retryAfter: string | null): Temporal.Instant {
  const minutes = delays[Math.min(tries, delays.length) - 1] ?? 1440;
  const asked = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : 0;
  return now.add({ seconds: Math.max(minutes * 60, Math.min(asked, 86_400)) });
}

/** Why an address cannot be an endpoint, or null. The door that calls it looks at where its name leads. */
export function whyNoEndpoint(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return `"${text}" is no URL with http or https.`;
  if (url.username !== "" || url.password !== "")
    return "It has a user or password: the signature shows who calls.";
  if (url.hash !== "") return "It has a part behind #, which is sent to nobody.";
  return text.length > 2000 ? "It is longer than 2000 characters." : null;
}
