// Mailgun's webhooks (documentation.mailgun.com, "Webhook payloads" and "Securing webhooks").
import { z } from "zod";
import { isHmac } from "../../platform/index.ts";
import { bounced, complained, type ProviderEvent } from "./event.ts";
import { jsonOf, type Provider, refused, unreadable } from "./provider.ts";

/** How old a signature may be, and how far ahead the other clock. */
const mostSeconds = 300;

const text = z.string().nullish().catch(null);
const body = z.object({
  signature: z.object({
    timestamp: z.coerce.string().regex(/^\d{1,15}$/),
    token: z.string().min(1).max(200),
    signature: z.string().regex(/^[0-9a-f]{64}$/i),
  }),
  "event-data": z.looseObject({
    event: z.string(),
    id: text,
    recipient: text,
    severity: text,
    reason: text,
    envelope: z.looseObject({ sender: text }).nullish().catch(null),
    message: z
      .looseObject({ headers: z.looseObject({ "message-id": text }).nullish().catch(null) })
      .nullish()
      .catch(null),
    "delivery-status": z
      .looseObject({
        code: z.coerce.string().nullish().catch(null),
        "enhanced-code": text,
        message: text,
        description: text,
      })
      .nullish()
      .catch(null),
    reject: z.looseObject({ reason: text, description: text }).nullish().catch(null),
  }),
});
type Event = z.output<typeof body>["event-data"];

/**
 * The signature is over a time and a token alone (HMAC-SHA-256 of the one behind the other): it says nothing of the event beside it.
 * So whoever saw one could send another event with it, were it not for the five minutes and for the token, which serves one body.
 */
export const mailgun = (key: string): Provider => ({
  name: "mailgun",
  async understand({ body: bytes, now }) {
    const read = body.safeParse(jsonOf(bytes));
    if (!read.success) return refused("It has no signature as Mailgun makes them.");
    const { timestamp, token, signature } = read.data.signature;
    const signed = new TextEncoder().encode(timestamp + token);
    if (!(await isHmac("SHA-256", key, signature, signed)))
      return refused("The signature is not Mailgun's, or NASHRA_MAILGUN_KEY is another account's.");
    const apart = Math.abs(now.epochMilliseconds / 1000 - Number(timestamp));
    if (apart > mostSeconds)
      return refused(`It was signed ${Math.round(apart)} seconds ago; five minutes are allowed.`);
    const event = eventOf(read.data["event-data"], token);
    if (event === "nameless") return unreadable("The event has no id.");
    return { kind: "events", events: event ? [event] : [], token };
  },
});

/** Null where nothing follows: such as a failure that Mailgun itself tries again. */
function eventOf(event: Event, token: string): ProviderEvent | null | "nameless" {
  const status = event["delivery-status"];
  // An id is unique within a day.
  const id = `mailgun:${event.id ?? token}:${event.event}`;
  const place = {
    names: [event.message?.headers?.["message-id"], event.envelope?.sender],
    recipient: event.recipient,
  };
  switch (event.event) {
    case "complained":
      return complained(id, place, "abuse");
    case "unsubscribed":
      return complained(id, place, "opt-out");
    case "rejected":
      return bounced(id, place, "unsaid", "5.7.1", event.reject?.reason ?? event.reject?.description);
    case "failed":
      break;
    default:
      return null;
  }
  if (event.severity !== "permanent") return null;
  // Not tried, since the address stands on one of Mailgun's own lists.
  if (event.reason === "suppress-complaint") return complained(id, place, "abuse");
  if (event.reason === "suppress-unsubscribe") return complained(id, place, "opt-out");
  const said = status?.message || status?.description || event.reason;
  // Its own codes (498, 605) are no server's.
  const code =
    /^[45][0-5]\d$/.test(status?.code ?? "") && !/^[45]\d\d\b/.test(said ?? "") ? status?.code : "";
  const words = [code, said].filter(Boolean).join(" ");
  const expired = event.reason === "old";
  return bounced(id, place, expired ? "temporary" : "permanent", status?.["enhanced-code"], words);
}
