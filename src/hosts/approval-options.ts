// What `nashra digest set` changes of a digest's approval rule. Pure.
import { type Approval, type Digest, wrongApproval } from "../digests/index.ts";
import { WrongUsage } from "./output.ts";

/** As the command line gives them. */
export type ApprovalOptions = {
  approval?: "none" | "send" | "skip";
  approvalMinutes?: number;
  buildAhead?: number;
};

/** Builds an issue an hour ahead, and waits for an editor half an hour past its time. */
const usual = { aheadMinutes: 60, deadlineMinutes: 30 };

/** The rule with what was given changed; undefined if nothing was. @throws {WrongUsage} that says what to write */
export function changedApproval(
  digest: Pick<Digest, "approval" | "lateMinutes" | "deadlineMinutes">,
  { approval: rule, approvalMinutes, buildAhead }: ApprovalOptions,
): Approval | null | undefined {
  if (rule === undefined && approvalMinutes === undefined && buildAhead === undefined) return undefined;
  const before = digest.approval;
  const unanswered = rule ?? before?.unanswered ?? "none";
  if (unanswered === "none") {
    if (approvalMinutes === undefined && buildAhead === undefined) return null;
    throw new WrongUsage("Nobody is asked about its issues. Say --approval send or --approval skip with it.");
  }
  const approval = {
    aheadMinutes: buildAhead ?? before?.aheadMinutes ?? usual.aheadMinutes,
    deadlineMinutes: approvalMinutes ?? before?.deadlineMinutes ?? usual.deadlineMinutes,
    unanswered,
  };
  const wrong = wrongApproval(approval, digest);
  if (wrong !== null) throw new WrongUsage(wrong);
  return approval;
}
