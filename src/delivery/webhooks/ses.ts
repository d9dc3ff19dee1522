// What Amazon SES tells by SNS ("Amazon SNS notification contents for Amazon SES", "Contents of event data that Amazon SES publishes
// to Amazon SNS"): notifications of an identity and events of a configuration set differ in one field's name.
import { z } from "zod";
import type { GuardedGet } from "../../platform/index.ts";
import { bounced, complained, type Place, type ProviderEvent } from "./event.ts";
import { type Provider, unreadable } from "./provider.ts";
import { type ProvenCertificates, snsMessages } from "./sns.ts";

/** SES takes fifty recipients a message; ours have one. */
const mostRecipients = 50;

const text = z.string().nullish().catch(null);
const recipients = z
  .array(z.looseObject({ emailAddress: text, status: text, diagnosticCode: text }))
  .max(mostRecipients);
const notification = z.looseObject({
  notificationType: text,
  eventType: text,
  mail: z.looseObject({
    messageId: text,
    source: text,
    destination: z.array(z.string()).nullish().catch(null),
    headers: z
      .array(z.looseObject({ name: z.string(), value: z.string() }))
      .nullish()
      .catch(null),
    commonHeaders: z.looseObject({ messageId: text }).nullish().catch(null),
  }),
  bounce: z
    .looseObject({ bounceType: text, bounceSubType: text, feedbackId: text, bouncedRecipients: recipients })
    .nullish(),
  complaint: z
    .looseObject({ complaintFeedbackType: text, feedbackId: text, complainedRecipients: recipients })
    .nullish(),
  reject: z.looseObject({ reason: text }).nullish(),
  subscription: z
    .looseObject({
      timestamp: text,
      newTopicPreferences: z.looseObject({ unsubscribeAll: z.boolean().nullish().catch(null) }).nullish(),
    })
    .nullish(),
});
type Notification = z.output<typeof notification>;

export function ses(topics: readonly string[], get: GuardedGet, proven: ProvenCertificates): Provider {
  const messageOf = snsMessages(topics, get, proven);
  return {
    name: "ses",
    async understand(told) {
      const message = await messageOf(told);
      if (message.kind !== "notification") return message;
      let json: unknown;
      try {
        json = JSON.parse(message.text);
      } catch {
        // What SNS and SES send when a topic is set up, in plain words.
        return { kind: "done", what: "it is no notification of SES" };
      }
      const read = notification.safeParse(json);
      if (!read.success) {
        const isAboutMail = z.looseObject({ mail: z.looseObject({}) }).safeParse(json).success;
        return !isAboutMail
          ? { kind: "done", what: "it is about no mail" }
          : unreadable("It is no notification as SES documents them.");
      }
      return { kind: "events", events: eventsOf(read.data) };
    },
  };
}

/**
 * SES gives each message an id of its own and writes that into Message-ID. Ours stands in the headers of the mail as we gave it, where
 * those are sent along, and our return path always in `source`.
 */
function placeOf({ mail }: Notification, recipient: string | null | undefined): Place {
  const header = (name: string) => mail.headers?.find((it) => it.name.toLowerCase() === name)?.value;
  return {
    names: [mail.source, header("message-id"), header("return-path"), mail.commonHeaders?.messageId],
    recipient: recipient ?? (mail.destination?.length === 1 ? mail.destination[0] : null),
  };
}

function eventsOf(it: Notification): ProviderEvent[] {
  const named = (id: string | null | undefined, address: string | null | undefined) =>
    `ses:${id ?? it.mail.messageId}:${address ?? ""}`;
  switch (it.eventType ?? it.notificationType) {
    case "Bounce":
      return (it.bounce?.bouncedRecipients ?? []).map((who) => {
        const { bounceType, bounceSubType, feedbackId } = it.bounce ?? {};
        const id = named(feedbackId, who.emailAddress);
        const place = placeOf(it, who.emailAddress);
        if (bounceSubType === "UnsubscribedRecipient") return complained(id, place, "opt-out");
        const words = (who.diagnosticCode ?? "").replace(/^[\w-]{1,30}\s*;\s*/, "");
        // What stands on a list of SES's own it did not try: its 5.1.1 is no server's.
        const listed = bounceSubType === "Suppressed" || bounceSubType === "OnAccountSuppressionList";
        const status = listed ? null : who.status;
        return bounced(id, place, lastingOf(bounceType, bounceSubType), status, words);
      });
    case "Complaint":
      return (it.complaint?.complainedRecipients ?? []).flatMap((who) => {
        const { complaintFeedbackType: type, feedbackId } = it.complaint ?? {};
        if (["not-spam", "virus", "auth-failure"].includes(type ?? "")) return [];
        return complained(named(feedbackId, who.emailAddress), placeOf(it, who.emailAddress), "abuse");
      });
    case "Reject": // SES found a virus and sent nothing
      return [bounced(named(null, "reject"), placeOf(it, null), "unsaid", "5.6.0", it.reject?.reason)];
    case "Subscription":
      return it.subscription?.newTopicPreferences?.unsubscribeAll
        ? [complained(named(null, it.subscription.timestamp), placeOf(it, null), "opt-out")]
        : [];
    default:
      return []; // Delivery, Send, Open, Click, DeliveryDelay, Rendering Failure
  }
}

function lastingOf(type: string | null | undefined, subType: string | null | undefined) {
  if (subType === "MessageTooLarge" || subType === "ContentRejected" || subType === "AttachmentRejected")
    return "unsaid";
  return type === "Permanent" ? "permanent" : "temporary";
}
