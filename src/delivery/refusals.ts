// What a server's no means for a letter, as data: by the stage at which it came, its codes and, where those say little, its words. Pure.
import type { SendOutcome, Stage } from "../platform/index.ts";
import { judge } from "./feedback/verdict.ts";

/**
 * Whose fault it is that a letter was not taken.
 *
 * `credentials`: we are not let in. `server`: it has trouble; the letter waits, and that counts as no try. `rate`: it wants less from us here. `greylist`:
 * it wants to see us come again. `soft`: the mailbox, today. `hard`: nobody is there. `unclear`: perhaps nobody is there. `sender`: they will not have
 * it from us. `content`: not this message. `commands`: our commands are wrong. `later`: a no for now that says nothing else.
 * `unfit`: we did not ask, as the server could not take such an address.
 */
export const faults = [
  "credentials",
  "server",
  "rate",
  "greylist",
  "soft",
  "hard",
  "unclear",
  "sender",
  "content",
  "commands",
  "later",
  "unfit",
] as const;
export type Fault = (typeof faults)[number];

type Rule = {
  fault: Fault;
  /** Who says such, and the line that the rule was written for. */
  from: string;
  line: string;
  /** At these stages alone. */
  at?: readonly Stage[];
  /** The enhanced code (RFC 3463), its class by the basic code: where the two disagree, that one decides about trying again. */
  enhanced?: RegExp;
  /** The basic code, where no enhanced one says more than `x.y.0`. */
  basic?: RegExp;
  says?: RegExp;
  /** In the first try alone. */
  first?: true;
};

const afterText: readonly Stage[] = ["dot"];

/** Too much of us, in the servers' words. */
const tooMuch =
  /\brate\b|\bthrottl|\btoo (many|much|fast|frequent)|\bunexpected volume|\bexcessive|\bserver busy|\bconcurrent|\bslow down|\bquota limit|\b(hourly|daily|sending|message|connection|recipient)s? limit|\bexceeded\b.{0,40}\b(limit|rate|connections|messages)\b/i;

/**
 * The first rule that fits holds, the enhanced code before the basic one. Each row of the table stands here once for each way of
 * saying it.
 */
export const refusalRules: readonly Rule[] = [
  // We are not let in.
  {
    fault: "credentials",
    from: "Postfix",
    line: "530 5.7.0 Must issue a STARTTLS command first",
    basic: /^53[0458]$/,
    enhanced: /^5\.7\.(0|8|9|11)$/,
    says: /^53[0458]\b/,
  },

  // It wants less from us.
  {
    fault: "rate",
    from: "Yahoo",
    line: "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume or user complaints",
    enhanced: /^4\.7\.\d+$/,
    says: /^421\b/,
  },
  {
    fault: "rate",
    from: "Gmail",
    line: "450-4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages",
    enhanced: /^4\.2\.1$/,
    says: /\breceiving mail (at a rate|too quickly)/i,
  },
  {
    fault: "rate",
    from: "Exchange Online",
    line: "451 4.7.500 Server busy. Please try again later",
    enhanced: /^4\.7\.(28|5\d\d|6\d\d)$/,
  },
  {
    fault: "rate",
    from: "Postfix",
    line: "450 4.7.1 Error: too much mail from 192.0.2.7",
    enhanced: /^4\.7\.\d+$/,
    says: tooMuch,
  },
  { fault: "rate", from: "Sendmail", line: "452 4.5.3 Too many recipients", enhanced: /^4\.5\.3$/ },
  {
    fault: "rate",
    from: "a server without enhanced codes",
    line: "452 Too many emails per hour",
    basic: /^452$/,
    says: tooMuch,
  },
  {
    fault: "rate",
    from: "Gmail",
    line: "421 Our system has detected an unusual rate of unsolicited mail from your address",
    basic: /^421$/,
    at: ["rcpt", "data", "dot"],
    says: tooMuch,
  },

  // It has trouble.
  {
    fault: "server",
    from: "Postfix",
    line: "421 4.3.2 All server ports are busy",
    enhanced: /^4\.[34]\.\d+$/,
  },
  {
    fault: "server",
    from: "Exim",
    line: "421 Service not available, closing transmission channel",
    basic: /^421$/,
  },

  // The mailbox, today.
  {
    fault: "sender",
    from: "Postfix",
    line: "450 4.1.8 <b@news.example>: Sender address rejected: Domain not found",
    enhanced: /^4\.1\.[78]$/,
  },
  {
    fault: "soft",
    from: "Gmail",
    line: "452 4.2.2 The email account that you tried to reach is over quota",
    enhanced: /^4\.[12]\.[1-9]\d*$/,
    at: ["rcpt", "data", "dot"],
  },
  {
    fault: "soft",
    from: "Dovecot",
    line: "552 5.2.2 <x@host.example> Quota exceeded (mailbox for user is full)",
    enhanced: /^5\.2\.2$/,
  },
  {
    fault: "soft",
    from: "a server without enhanced codes",
    line: "552 Requested mail action aborted: exceeded storage allocation",
    basic: /^552$/,
    at: ["rcpt"],
  },

  // Come again.
  {
    fault: "greylist",
    from: "Postgrey",
    line: "450 4.2.0 <x@host.example>: Recipient address rejected: Greylisted",
    basic: /^45[01]$/,
    enhanced: /^4\.7\.\d+$/,
    first: true,
  },

  // Nobody is there.
  {
    fault: "hard",
    from: "Postfix",
    line: "550 5.1.1 <x@host.example>: Recipient address rejected: User unknown",
    enhanced: /^5\.1\.([1236]|10)$/,
    at: ["rcpt"],
  },
  {
    fault: "hard",
    from: "Exchange Online",
    line: "550 5.4.1 Recipient address rejected: Access denied. [AM0EUR02FT006.eop-EUR02.prod.protection.outlook.com]",
    enhanced: /^5\.4\.1$/,
    at: ["rcpt"],
    says: /recipient address rejected: access denied/i,
  },
  {
    fault: "hard",
    from: "Exchange Online",
    line: "550 5.4.310 DNS domain dead.example does not exist",
    enhanced: /^5\.4\.(4|310)$/,
    at: ["rcpt"],
    says: /does not exist|not found|nxdomain|null ?mx/i,
  },
  { fault: "hard", from: "RFC 7505", line: "556 Domain does not accept mail", basic: /^556$/, at: ["rcpt"] },

  // They will not have it from us.
  {
    fault: "sender",
    from: "Gmail",
    line: "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
    enhanced: /^5\.(7\.\d+|1\.[78])$/,
  },
  {
    fault: "content",
    from: "Exim",
    line: "552 5.3.4 Message size exceeds fixed limit",
    enhanced: /^5\.(2\.3|3\.4|6\.\d+)$/,
  },
  { fault: "commands", from: "Postfix", line: "503 5.5.1 Error: need MAIL command", enhanced: /^5\.5\.\d+$/ },
  {
    fault: "commands",
    from: "a server without enhanced codes",
    line: "501 Syntax error in parameters or arguments",
    basic: /^50[0-4]$/,
  },
  { fault: "sender", from: "Exim", line: "550 Sender verify failed", basic: /^5\d\d$/, at: ["mail"] },
  {
    fault: "sender",
    from: "Sendmail",
    line: "553 5.3.0 <b@news.example>... Spammers are not welcome",
    enhanced: /^5\.\d+\.\d+$/,
    at: ["mail"],
  },

  // Perhaps nobody is there.
  {
    fault: "unclear",
    from: "Gmail",
    line: "550-5.2.1 The email account that you tried to reach is disabled.",
    enhanced: /^5\.(2\.1|1\.[1-9]\d*)$/,
  },
  {
    fault: "unclear",
    from: "a server without enhanced codes",
    line: "550 No such user here",
    basic: /^55[013]$/,
    at: ["rcpt"],
  },

  // Not this message.
  {
    fault: "content",
    from: "a server without enhanced codes",
    line: "554 Transaction failed: message refused",
    basic: /^55[0-9]$/,
    at: afterText,
  },
];

/** What counts of a reply: its basic code and the enhanced one that begins its text (RFC 2034 §4), if that says anything. */
function codesOf(code: number, reply: string) {
  const [, subject, detail] = /^\d{3}[ -]?[245]\.(\d{1,3})\.(\d{1,3})\b/.exec(reply.trimStart()) ?? [];
  const says = subject !== undefined && Number(detail) > 0 && Number(subject) > 0;
  // A policy's x.7.0 is a policy's all the same, and a server's 4.3.0 a server's (RFC 3463 §3.4, §3.8).
  const saysEnough = says || subject === "7" || (code < 500 && (subject === "3" || subject === "4"));
  const enhanced = saysEnough ? `${Math.floor(code / 100)}.${subject}.${detail}` : null;
  return { basic: String(code), enhanced };
}

/** Whose fault a reply says it is. @param tries how often the letter was tried, this time included */
export function faultOf(
  { code, reply, stage }: Pick<Extract<SendOutcome, { kind: "refused" }>, "code" | "reply" | "stage">,
  tries: number,
): Fault {
  if (stage === "before") return "unfit";
  const { basic, enhanced } = codesOf(code, reply);
  const fits = (rule: Rule, by: "enhanced" | "basic") => {
    const value = by === "enhanced" ? enhanced : basic;
    if (value === null || !rule[by]?.test(value)) return false;
    if (rule.at && !rule.at.includes(stage)) return false;
    if (rule.first && tries > 1) return false;
    return rule.says?.test(reply) ?? true;
  };
  const rule =
    refusalRules.find((it) => fits(it, "enhanced")) ??
    (enhanced === null || code < 500 ? refusalRules.find((it) => fits(it, "basic")) : undefined);
  const fault = rule?.fault ?? (code < 500 ? "later" : byWords(reply));
  // To stop writing to somebody who is there is the worse mistake: where the words speak against us or our message, they hold.
  if (fault !== "hard" && fault !== "unclear") return fault;
  const { verdict } = judge(null, reply);
  return verdict === "sender" || verdict === "content" || verdict === "soft" ? verdict : fault;
}

/** Of a refusal that no rule names: what its words and codes mean where it comes back as a report. */
function byWords(reply: string): Fault {
  const { verdict } = judge(null, reply);
  return verdict === "hard" || verdict === "likely-hard" ? "unclear" : verdict;
}
