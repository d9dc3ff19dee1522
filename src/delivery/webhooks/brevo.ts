// Brevo's transactional webhooks (developers.brevo.com/docs/transactional-webhooks).
import { z } from "zod";
import { sha256 } from "../../platform/index.ts";
import { bounced, complained, type ProviderEvent } from "./event.ts";
import { bringsLogin } from "./login.ts";
import { jsonOf, mostEvents, type Provider, refused, unreadable } from "./provider.ts";

const text = z.string().nullish().catch(null);
const event = z.looseObject({
  event: z.string(),
  email: text,
  "message-id": text,
  reason: text,
  "X-Mailin-custom": text,
});
const body = z.union([event.transform((it) => [it]), z.array(event).max(mostEvents)]);

export const brevo = (login: string): Provider => ({
  name: "brevo",
  async understand(told) {
    if (!bringsLogin(told, login)) return refused("Send the login of NASHRA_BREVO_LOGIN.");
    const read = body.safeParse(jsonOf(told.body));
    if (!read.success) return unreadable("It is no event as Brevo documents them.");
    const events = await Promise.all(read.data.map(eventOf));
    return { kind: "events", events: events.flatMap((it) => it ?? []) };
  },
});

async function eventOf(it: z.output<typeof event>): Promise<ProviderEvent | null> {
  // Brevo's id is the account's: an event is told from others by all that it says.
  const id = `brevo:${await sha256(JSON.stringify(it))}`;
  const place = { names: [it["X-Mailin-custom"], it["message-id"]], recipient: it.email };
  switch (it.event) {
    case "hard_bounce":
    case "invalid_email":
      return bounced(id, place, "permanent", null, it.reason);
    case "soft_bounce":
      return bounced(id, place, "temporary", null, it.reason);
    case "blocked": // on a list of Brevo's
      return bounced(id, place, "unsaid", "5.7.1", it.reason);
    case "spam":
    case "complaint":
      return complained(id, place, "abuse");
    case "unsubscribed":
      return complained(id, place, "opt-out");
    default:
      return null; // request, delivered, deferred (it tries again), opened, click, error
  }
}
