// Postmark's webhooks (postmarkapp.com/developer/webhooks: bounce, spam complaint, subscription change).
import { z } from "zod";
import { bounced, complained, type ProviderEvent } from "./event.ts";
import { bringsLogin } from "./login.ts";
import { jsonOf, type Provider, refused, unreadable } from "./provider.ts";

const text = z.string().nullish().catch(null);
const body = z.looseObject({
  RecordType: z.string(),
  ID: z.union([z.number(), z.string()]).nullish().catch(null),
  MessageID: text,
  Type: text,
  Email: text,
  Recipient: text,
  Details: text,
  Description: text,
  ChangedAt: text,
  Origin: text,
  SuppressSending: z.boolean().nullish().catch(null),
  SuppressionReason: text,
  Metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
});
type Record = z.output<typeof body>;

export const postmark = (login: string): Provider => ({
  name: "postmark",
  async understand(told) {
    if (!bringsLogin(told, login)) return refused("Send the login of NASHRA_POSTMARK_LOGIN.");
    const read = body.safeParse(jsonOf(told.body));
    if (!read.success) return unreadable("It is no record as Postmark documents them.");
    const event = eventOf(read.data);
    return { kind: "events", events: event ? [event] : [] };
  },
});

function eventOf(record: Record): ProviderEvent | null {
  const { RecordType: kind, Type: type = null, MessageID: message } = record;
  const id = `postmark:${kind}:${record.ID ?? `${message}:${record.ChangedAt}`}`;
  const place = {
    names: Object.values(record.Metadata ?? {}).map((value) => (typeof value === "string" ? value : null)),
    recipient: record.Email ?? record.Recipient,
  };
  if (kind === "SpamComplaint") return complained(id, place, "abuse");
  if (kind === "SubscriptionChange") {
    // What it stops by itself after a bounce or a complaint comes as that, too.
    const byReader = record.SuppressionReason === "ManualSuppression" && record.Origin === "Recipient";
    return record.SuppressSending && byReader ? complained(id, place, "opt-out") : null;
  }
  if (kind !== "Bounce") return null;
  const words = record.Details || record.Description;
  switch (type) {
    case "HardBounce":
    case "BadEmailAddress":
      return bounced(id, place, "permanent", null, words);
    case "SoftBounce":
    case "DnsError":
    case "Undeliverable":
    case "Unknown":
      return bounced(id, place, "temporary", null, words);
    case "Blocked":
    case "SpamNotification":
    case "DMARCPolicy":
      return bounced(id, place, "unsaid", "5.7.1", words);
    case "VirusNotification":
      return bounced(id, place, "unsaid", "5.6.0", words);
    case "SpamComplaint":
      return complained(id, place, "abuse");
    case "Unsubscribe":
      return complained(id, place, "opt-out");
    default:
      return null; // Transient: it tries again; AutoResponder, AddressChange…: people's answers
  }
}
