// Who a mail may be for that is brought to us: a letter of ours, the way out, or a person; nobody else. Pure.
import type { Keyring } from "../../config.ts";
import { readReturnPath } from "../verp.ts";

export type InboundAddresses = {
  keys: Keyring;
  mailFrom: string;
  mailLeave: string;
  /** Where bounces come to. */
  mailBounce: string;
};

/**
 * `letter`: the return path of one. `leave`: where readers leave by mail. `person`: postmaster and abuse, which every host must
 * take mail for (RFC 5321 §4.5.1, RFC 2142). Null: we are not who this is for.
 *
 * @param address as RCPT TO names it
 */
export async function recipientOf(
  { keys, mailFrom, mailLeave, mailBounce }: InboundAddresses,
  address: string,
): Promise<"letter" | "leave" | "person" | null> {
  const lower = address.toLowerCase();
  if (lower === "postmaster") return "person";
  const [local = "", host, ...rest] = lower.split("@");
  if (host === undefined || rest.length > 0) return null;
  const leave = mailLeave.toLowerCase();
  // Where readers' answers go to the sender's own address, a person reads that: then it is not ours to take.
  const [leaveLocal = "", leaveHost = ""] = leave === mailFrom.toLowerCase() ? [] : leave.split("@");
  if (host === mailBounce && (await readReturnPath(keys, lower))) return "letter";
  if (host === leaveHost && (local === leaveLocal || local.startsWith(`${leaveLocal}+leave-`)))
    return "leave";
  if ((host === mailBounce || host === leaveHost) && (local === "postmaster" || local === "abuse"))
    return "person";
  return null;
}
