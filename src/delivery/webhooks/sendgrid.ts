// SendGrid's Event Webhook, signed (twilio.com/docs/sendgrid: "Event Webhook Reference", "Event Webhook Security Features").
import { z } from "zod";
import { bounced, complained, type ProviderEvent } from "./event.ts";
import { jsonOf, mostEvents, type Provider, refused, unreadable } from "./provider.ts";

const text = z.string().nullish().catch(null);
const event = z.looseObject({
  event: z.string(),
  email: text,
  sg_event_id: text,
  sg_message_id: text,
  timestamp: z.number().nullish().catch(null),
  "smtp-id": text,
  type: text,
  status: text,
  reason: text,
});
const body = z.array(event).max(mostEvents);

/**
 * ECDSA on P-256 with SHA-256, over the header's time and the body as it came. Nothing says when an event that was not taken is
 * signed again, so a signature has no age here: a request that comes twice finds its events booked.
 *
 * @param publicKey in SPKI, as SendGrid shows it
 */
export const sendgrid = (publicKey: Uint8Array<ArrayBuffer>): Provider => ({
  name: "sendgrid",
  async understand({ header, body: bytes }) {
    const timestamp = header("x-twilio-email-event-webhook-timestamp") ?? "";
    const signature = rawSignature(header("x-twilio-email-event-webhook-signature") ?? "");
    if (signature === null || !/^\d{1,15}$/.test(timestamp))
      return refused("It is not signed. Turn on Signed Event Webhook at SendGrid.");
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("spki", publicKey, algorithm, false, ["verify"]);
    const time = new TextEncoder().encode(timestamp);
    const signed = new Uint8Array(time.length + bytes.length);
    signed.set(time);
    signed.set(bytes, time.length);
    if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed)))
      return refused("The signature is not that of NASHRA_SENDGRID_KEY.");
    const read = body.safeParse(jsonOf(bytes));
    if (!read.success) return unreadable("It is no list of events as SendGrid documents them.");
    return { kind: "events", events: read.data.flatMap((it) => eventOf(it) ?? []) };
  },
});

function eventOf(it: z.output<typeof event>): ProviderEvent | null {
  const id = `sendgrid:${it.sg_event_id ?? `${it.event}:${it.sg_message_id}:${it.timestamp}`}`;
  const place = { names: [it["smtp-id"]], recipient: it.email };
  switch (it.event) {
    case "spamreport":
      return complained(id, place, "abuse");
    case "unsubscribe":
    case "group_unsubscribe":
      return complained(id, place, "opt-out");
    case "bounce":
      // "blocked": refused for today as SendGrid sees it; "expired": tried for three days.
      return bounced(id, place, it.type === "bounce" ? "permanent" : "temporary", it.status, it.reason);
    case "dropped":
      return dropped(id, place, it.reason ?? "");
    default:
      return null; // processed, deferred, delivered, open, click, group_resubscribe
  }
}

/** Not tried, since the address stands on a list of SendGrid's, or for what the message is. */
function dropped(id: string, place: Parameters<typeof bounced>[1], reason: string): ProviderEvent {
  if (/^unsubscribed address/i.test(reason)) return complained(id, place, "opt-out");
  if (/^spam reporting address/i.test(reason)) return complained(id, place, "abuse");
  if (/^(bounced address|invalid)/i.test(reason)) return bounced(id, place, "permanent", null, reason);
  return bounced(id, place, "unsaid", /spam content/i.test(reason) ? "5.6.0" : null, reason);
}

/** A signature in DER (RFC 3279 §2.2.3) as WebCrypto takes it: both numbers in 32 octets. Null where it is none. */
function rawSignature(base64: string): Uint8Array<ArrayBuffer> | null {
  let der: Uint8Array;
  try {
    der = Uint8Array.fromBase64(base64);
  } catch {
    return null;
  }
  const raw = new Uint8Array(64);
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 72) return null;
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    if (der[at] !== 0x02 || length === 0 || length > 33 || at + 2 + length > der.length) return null;
    const number = der.subarray(at + 2, at + 2 + length);
    const digits = number.length === 33 ? number.subarray(1) : number;
    if (number.length === 33 && number[0] !== 0) return null;
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? raw : null;
}
