// Who may be mailed, and who may be asked. Pure: no clock, no database.
export type SubscriberId = number & { readonly brand: "SubscriberId" };
export type SubscriptionId = number & { readonly brand: "SubscriptionId" };

/** How a person left a digest: by a mail program's own button (RFC 8058), or on our page. */
export type LeftBy = "one-click" | "page";

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

/** `left`: has no subscription to this digest, or left all digests. */
export type Exclusion = "pending" | "paused" | "left" | `left-by-${LeftBy}` | "suppressed" | "erased";

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

/** Confirmation mails that one address gets in a day, whoever asks for them. */
export const confirmationsADay = 3;

/**
 * Whether a sign-up is answered with a confirmation mail. Whoever has the digest already gets none, and whoever must not
 * be mailed; the page says the same to all.
 *
 * @param subscription its state in the digest asked for, or null if there is none
 * @param askedToday how often this address was asked in the last 24 hours, for whichever digest
 */
export function mayAsk(
  subscriber: SubscriberState,
  subscription: Subscription["state"] | null,
  askedToday: number,
): boolean {
  if (askedToday >= confirmationsADay) return false;
  switch (subscriber) {
    case "pending":
    case "left":
      return true;
    case "confirmed":
      return subscription !== "active" && subscription !== "paused";
    case "suppressed":
    case "erased":
      return false;
  }
}

/** The key of a choice of sections, as it stands in the tables: '' for all, else the ids as a sorted JSON list. */
export function sectionsKey(sections: readonly number[]): string {
  if (sections.length === 0) return "";
  return JSON.stringify([...new Set(sections)].sort((a, b) => a - b));
}
