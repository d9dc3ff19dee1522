// A code and a server's words become a verdict: whose fault it is that a letter came back, and what follows. Pure.
import { type Meaning, ofAddress, ofUs, refusal, ruleFor } from "./diagnostics.ts";

/**
 * `hard`: the code says that nobody is there: no more mail. `likely-hard`: the words say so, and `unclear`: a bare 550, whose
 * words nobody knows: no more mail when it happens again another day. `soft`: the mailbox or its server, today: counted.
 * `sender`, `content`: our fault or our message's; nothing follows for the address.
 */
export const verdicts = ["hard", "likely-hard", "unclear", "soft", "sender", "content"] as const;
export type Verdict = (typeof verdicts)[number];

export type Judged = {
  verdict: Verdict;
  /** The code that decided: `5.1.1` (RFC 3463), else `550` (RFC 5321), else ''. */
  code: string;
};

type Enhanced = { class: 4 | 5; subject: number; detail: number; text: string };

/**
 * Judges a failure.
 *
 * @param status what a report says under Status (RFC 3464 §2.3.4), if anything
 * @param words what the server said; codes in it are read too
 */
export function judge(status: string | null, words: string): Judged {
  const judged = judgeReply(status, words);
  const refused = beforeRecipient.test(words.slice(0, mostWords));
  const isOfAddress = isHard(judged.verdict) || judged.verdict === "unclear";
  return refused && (isOfAddress || (basicCode(words) ?? 0) >= 500)
    ? { ...judged, verdict: "sender" }
    : judged;
}

const isHard = (verdict: Verdict) => verdict === "hard" || verdict === "likely-hard";

/** What is said before the recipient was named is not about the recipient, whatever it says. */
const beforeRecipient =
  /\b(in reply to|after|at) (the )?(mail from|ehlo|helo|initial connection|connection opening)\b|\brefused to talk to me\b|>>> (mail from|ehlo|helo)\b|\bbut (sender was rejected|greeting failed)/i;

/** As much of what a server said as is read. */
const mostWords = 4000;

function judgeReply(status: string | null, words: string): Judged {
  const codes = [status ?? "", words].flatMap(enhancedCodes);
  // A report that only knows that it failed (5.0.0, 5.0.350) often quotes a server that knew more.
  const enhanced = codes.find(({ subject, detail }) => subject > 0 && detail > 0) ?? codes[0] ?? null;
  const basic = basicCode(words);
  const code = enhanced?.text ?? basic?.toString() ?? "";
  const [means = null] = ruleFor(words) ?? [];
  // An expired letter has a permanent code beside a temporary one (550 4.4.7), a greylisted one 450 5.1.1: neither is for good.
  if (enhanced?.class === 4 || (basic !== null && basic < 500)) {
    const ours =
      means === "sender" ||
      (enhanced?.subject === 7 && !["later", "full", "no-mailbox"].includes(means ?? ""));
    return { verdict: means === "content" ? "content" : ours ? "sender" : "soft", code };
  }
  const byCode = enhanced && verdictOfCode(enhanced, means);
  if (means === null)
    return {
      verdict: byCode ?? verdictOfWords(words.slice(0, mostWords)) ?? verdictOfBasic(basic, enhanced),
      code,
    };
  switch (means) {
    case "no-mailbox":
      // Yandex, Gmail of old and others say so under a policy's code.
      return { verdict: byCode === null || byCode === "sender" ? "likely-hard" : byCode, code };
    case "refused":
    case "no-domain":
      return { verdict: byCode ?? "likely-hard", code };
    // Where the words and the code disagree, what is milder for the address holds.
    case "full":
    case "later":
      return { verdict: byCode === null || isHard(byCode) ? "soft" : byCode, code };
    case "content":
      return { verdict: "content", code };
    case "sender":
      return { verdict: byCode === "content" ? "content" : "sender", code };
  }
}

/** What a permanent code says by itself (RFC 3463, RFC 7505 §4.1, Exchange's own); null where it says nothing. */
function verdictOfCode({ subject, detail }: Enhanced, means: Meaning | null): Verdict | null {
  switch (`${subject}.${detail}`) {
    case "1.1": // no such mailbox
    case "1.2": // no such domain
    case "1.3": // no such address can be
    case "1.6": // moved, nobody knows where
    case "1.10": // null MX; at Exchange, no such recipient
    case "4.310": // Exchange: no such domain
      return "hard";
    case "4.1": // no answer from the host; at Exchange, no such recipient
      return means === "no-mailbox" || means === "refused" ? "hard" : "soft";
    case "4.4": // no way there: only the words tell whether that is for good
      return means === "no-domain" ? "hard" : "soft";
    case "1.7":
    case "1.8":
      return "sender";
    case "2.1": // closed, or resting
    case "1.4":
      return "likely-hard";
    case "2.2":
      return "soft";
    case "2.3":
    case "3.4":
      return "content";
  }
  if (subject === 7) return means === "content" ? "content" : "sender";
  if (subject === 6) return "content";
  if (detail === 0 || subject === 0) return null;
  if (subject === 5) return "sender";
  return subject === 1 ? "likely-hard" : "soft";
}

/** What is understood where no rule fits and no code tells: that it is refused, or that it is about an address. */
function verdictOfWords(words: string): Verdict | null {
  if (refusal.test(words)) return "sender";
  return [550, 551, 553].includes(basicCode(words) ?? 0) && ofAddress.test(words) && !ofUs.test(words)
    ? "likely-hard"
    : null;
}

/** What is left where neither words nor enhanced code say anything. */
function verdictOfBasic(basic: number | null, enhanced: Enhanced | null): Verdict {
  if (basic === null) return enhanced === null || enhanced.subject > 1 ? "soft" : "unclear";
  if ([550, 551, 553, 556].includes(basic)) return "unclear";
  if (basic === 552) return "soft";
  return "sender";
}

/** Not part of a longer number, such as an address of the Internet. */
const enhancedPattern = /(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)/g;

function enhancedCodes(text: string): Enhanced[] {
  return [...text.slice(0, mostWords).matchAll(enhancedPattern)].map(([code, first, subject, detail]) => ({
    class: first === "4" ? 4 : 5,
    subject: Number(subject),
    detail: Number(detail),
    text: code,
  }));
}

/** A reply code as it begins what a server said, also behind `said:` or `smtp;`. */
function basicCode(text: string): number | null {
  const found = /(?:^|[\s;:(<"'>])([45][0-5]\d|5(?!87)[6-9]\d)(?=[\s-]|$)/.exec(text.slice(0, mostWords));
  return found ? Number(found[1]) : null;
}
