// Who may be mailed, and who may be asked. Pure: no clock, no database.
import { z } from "zod";

export type SubscriberId = number & { readonly brand: "SubscriberId" };
export type SubscriptionId = number & { readonly brand: "SubscriptionId" };

/**
 * How a subscription ended: by a mail program's own button (RFC 8058), on the page of that link, among the preferences, by
 * answering a mail, by a complaint (RFC 5965), by the publisher, or because the address moved to another subscriber's.
 */
export type LeftBy = "one-click" | "page" | "preferences" | "mail" | "complaint" | "publisher" | "moved";

/** Why an address must not be mailed. `erased` stands beside a keyed hash, the others beside the address itself. */
export type SuppressionReason =
  | "hard-bounce"
  | "soft-bounces"
  | "complaint"
  | "unsubscribed"
  | "erased"
  | "manual"
  | "imported";

/**
 * Reasons that the owner of an address lifts by signing up and confirming anew: they asked for nothing but to be left
 * alone. The others stand until the publisher lifts them. An import lifts none.
 */
export const liftedByOwner: readonly SuppressionReason[] = ["unsubscribed", "erased"];

/** How somebody came to be a subscriber. */
export const subscriberSources = ["home", "section", "page", "embed", "api", "import", "sample"] as const;
export type SubscriberSource = (typeof subscriberSources)[number];

/** How often somebody wants a digest: every issue, or at most one a (local) day or one in seven days. */
export const frequencies = ["each", "daily", "weekly"] as const;
export type Frequency = (typeof frequencies)[number];

/**
 * `pending`: asked for, not confirmed; `left`: left every digest; `suppressed`: must not be mailed, whoever asks;
 * `erased`: nothing is kept but the act.
 */
export type SubscriberState = "pending" | "confirmed" | "left" | "suppressed" | "erased";

export type Subscription =
  /** Asked for, not confirmed. A person confirmed for one digest may have another one pending. */
  | { state: "pending" }
  | { state: "active" }
  /** `until` null: until they come back by themselves. */
  | { state: "paused"; until: Temporal.Instant | null }
  | { state: "left"; by: LeftBy };

/**
 * `left`: has no subscription to this digest, or left all digests. `other-slot`: chose other hours of the day. `had-today`,
 * `had-this-week`: as often as they chose. Of breaking news: `no-breaking`: does not want it, or never said so and wants few
 * issues; `other-sections`: chose none of the article's sections.
 */
export type Exclusion =
  | "pending"
  | "paused"
  | "left"
  | `left-by-${LeftBy}`
  | "suppressed"
  | "erased"
  | "other-slot"
  | "had-today"
  | "had-this-week"
  | "no-breaking"
  | "other-sections";

/**
 * Why somebody gets no mail of a digest, or null if they do. Kept with the issue.
 *
 * @param subscription theirs to that digest; null if there is none
 * @param suppressed whether the address stands on the list of those that must not be mailed
 */
export function exclusion(
  subscriber: SubscriberState,
  subscription: Subscription | null,
  suppressed: boolean,
  now: Temporal.Instant,
): Exclusion | null {
  // A new state does not compile until it is answered here.
  switch (subscriber) {
    case "erased":
      return "erased";
    case "suppressed":
      return "suppressed";
    case "pending":
      return suppressed ? "suppressed" : "pending";
    case "left":
    case "confirmed":
      if (suppressed) return "suppressed";
      if (subscription === null) return "left";
      return exclusionOf(subscription, now) ?? (subscriber === "left" ? "left" : null);
  }
}

function exclusionOf(it: Subscription, now: Temporal.Instant): Exclusion | null {
  switch (it.state) {
    case "pending":
      return "pending";
    case "active":
      return null;
    case "paused":
      return it.until !== null && Temporal.Instant.compare(it.until, now) <= 0 ? null : "paused";
    case "left":
      return `left-by-${it.by}`;
  }
}

/**
 * Whether an issue comes sooner than somebody wants one, asked when its audience is frozen.
 *
 * @param last the local date of the last issue that was meant for them, or null if there was none
 * @param issue the local date of this one
 */
export function tooSoon(
  frequency: Frequency,
  last: Temporal.PlainDate | null,
  issue: Temporal.PlainDate,
): "had-today" | "had-this-week" | null {
  if (last === null) return null;
  const days = last.until(issue).days;
  switch (frequency) {
    case "each":
      return null;
    case "daily":
      return days < 1 ? "had-today" : null;
    case "weekly":
      return days < 7 ? "had-this-week" : null;
  }
}

/**
 * Whether somebody wants a digest's breaking news. Whoever never said so wants it if they want every issue: who asked for at most
 * one a day or a week asked for fewer mails, and gets no more of them unasked. Where they do want it, it does not count as one
 * of these, and comes whichever they had.
 *
 * @param breaking 1 and 0 as they said; null if they never did
 */
export const wantsBreaking = (it: { breaking: 0 | 1 | null; frequency: Frequency }): boolean =>
  it.breaking === null ? it.frequency === "each" : it.breaking === 1;

export const noBreaking = (it: Parameters<typeof wantsBreaking>[0]): "no-breaking" | null =>
  wantsBreaking(it) ? null : "no-breaking";

const sectionIds = z.array(z.number());

/** Whether an article stands in none of the sections that somebody chose. @param key as {@link sectionsKey} makes it */
export function otherSections(key: string, article: readonly number[]): "other-sections" | null {
  if (key === "") return null;
  return sectionIds.parse(JSON.parse(key)).some((id) => article.includes(id)) ? null : "other-sections";
}

/** The key of a choice of sections, as it stands in the tables: '' for all, else the ids as a sorted JSON list. */
export function sectionsKey(sections: readonly number[]): string {
  if (sections.length === 0) return "";
  return JSON.stringify([...new Set(sections)].sort((a, b) => a - b));
}
