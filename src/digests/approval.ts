// Whether a digest's issues wait for an editor, and what becomes of one that nobody answers. Pure.
import { z } from "zod";

/** An issue is built at most so long before its time: yesterday's should be out by then. */
export const mostAheadMinutes = 12 * 60;

export const approvalSchema = z.object({
  aheadMinutes: z.int().min(0).max(mostAheadMinutes),
  deadlineMinutes: z.int().min(0),
  unanswered: z.enum(["send", "skip"]),
});

export type Approval = {
  /** So long before its time an issue is built, so that editors can look at it. */
  aheadMinutes: number;
  /** So long after its time the rule speaks. */
  deadlineMinutes: number;
  /** What it says: send it unseen, or do not send it. */
  unanswered: "send" | "skip";
};

/** When the rule speaks: counted from the time, or from when it was opened where that is later, as editors need time. */
export function approveBy(
  { deadlineMinutes }: Approval,
  plannedAt: Temporal.Instant,
  now: Temporal.Instant,
): Temporal.Instant {
  const from = Temporal.Instant.compare(plannedAt, now) < 0 ? now : plannedAt;
  return from.add({ minutes: deadlineMinutes });
}

/**
 * What is wrong with a rule, or null: an issue that is opened as late as it may be, and approved as late as it may be, must still
 * find time for its letters.
 */
export function wrongApproval(
  { aheadMinutes, deadlineMinutes }: Approval,
  digest: { lateMinutes: number; deadlineMinutes: number },
): string | null {
  const most = digest.deadlineMinutes - digest.lateMinutes;
  if (aheadMinutes > mostAheadMinutes)
    return `It can be built at most ${mostAheadMinutes} minutes before its time.`;
  return deadlineMinutes > most
    ? `It can wait at most ${most} minutes: its letters expire ${digest.deadlineMinutes} minutes after its time, and it may be opened ${digest.lateMinutes} late.`
    : null;
}
