// A mail that came back to us: a bounce, a complaint, or neither. Pure, but for the parser.
import PostalMime, { type Email } from "postal-mime";
import { textOfHtml } from "../../subscribers/index.ts";
import { fieldGroups, type RecipientStatus, recipientStatus } from "./fields.ts";
import { failureWords, recipientIn, stageOf, telling, textualFailure } from "./textual.ts";
import { type Judged, judge, type Verdict } from "./verdict.ts";

/** What a report says of a letter that we sent. */
export type Report =
  | {
      kind: "bounce";
      verdict: Verdict;
      /** `5.1.1`, else `550`, else ''. */
      code: string;
      /** The server's own words, as much of them as is kept. */
      words: string;
      about: About;
    }
  /** `abuse`: reported as spam, or as fraud; `opt-out`: wants no more. */
  | { kind: "complaint"; type: "abuse" | "opt-out"; about: About }
  /** Not delivered yet, or delivered: nothing follows. */
  | { kind: "progress" }
  /** No report. */
  | { kind: "other" };

/** Where a report may say which letter it is about. */
export type About = {
  /** All that may hold a return path or a Message-ID of ours: where the report was sent to, what it says, what it returns. */
  text: string;
  /** Whom the report says it could not reach. Anybody can write anything here. */
  recipient: string | null;
  /** The report's own Message-ID, with which it comes again if it comes twice. */
  id: string | null;
};

/** The largest mail that is taken: ours have 100 kB, and come back whole at most, in base64 and with pictures of the server's. */
export const mostInboundBytes = 1_000_000;

/** How much of it is read. A report says what it has to say first; the parser takes its time by the line. */
const mostRead = 250_000;
const mostLines = 5000;

/** The beginning of a mail, as much of it as is read. */
export function beginningOf(mail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = mail.slice(0, mostRead);
  let lines = 0;
  const end = bytes.findIndex((byte) => byte === 10 && ++lines === mostLines);
  return end < 0 ? bytes : bytes.slice(0, end);
}

/** A message in a report is one of its parts, never taken apart: it may be anything. */
const limits = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024, maxRfc822NestingDepth: 0 };

/** How much of each part is looked at, and how many parts. */
const mostPart = 40_000;
const mostParts = 20;
const mostWords = 1000;

/**
 * Reads a mail as it came (RFC 5322). Delivery reports (RFC 3464) and complaints (RFC 5965) are looked for first, by their parts,
 * then reports in words alone: a report says that it was made by a program, as automatic answers do.
 *
 * @param sentTo the address that the mail was delivered to, where that is known
 */
export async function readReport(bytes: Uint8Array, sentTo = ""): Promise<Report> {
  const mail = await PostalMime.parse(beginningOf(bytes), limits).catch(() => null); // it throws on what exceeds the limits
  if (mail === null) return { kind: "other" };
  const parts = partsOf(mail);
  const body = (mail.text ?? textOfHtml(mail.html ?? "")).slice(0, mostPart);
  const header = (name: string) => mail.headers.filter(({ key }) => key === name).map(({ value }) => value);
  const about = (recipient: string | null): About => ({
    text: [sentTo, ...addressed.flatMap(header), ...parts.map(({ text }) => text), body].join("\n"),
    recipient,
    id: header("message-id")[0]?.trim().slice(0, 250) || null,
  });

  const ours = [sentTo, ...header("to")].join(" ");

  const complaint = complaintOf(mail, parts, body);
  if (complaint !== null)
    return complaint === "none"
      ? { kind: "progress" }
      : { kind: "complaint", type: complaint, about: about(null) };

  const told = statusOf(parts, body);
  if (told !== null) {
    if (told.action !== "failed") return { kind: "progress" };
    const words = telling(told.words) ? told.words : (failureWords(body) ?? told.words);
    const judged = judge(told.status, `${words} ${stageOf(body)}`);
    return bounce(judged, words, about(told.recipient ?? recipientIn(body, ours)));
  }

  const refusal = refusalOf(parts, body);
  if (refusal !== null) return bounce(judge(null, refusal.words), refusal.words, about(refusal.recipient));

  const failure = textualFailure(mail, header, body);
  if (failure === null) return { kind: "other" };
  if (failure.late) return { kind: "progress" };
  const [recipient = recipientIn(body, ours)] = header("x-failed-recipients");
  return bounce(judge(null, failure.words), failure.words, about(recipient));
}

const bounce = (judged: Judged, words: string, about: About): Report => ({
  kind: "bounce",
  ...judged,
  words: words.slice(0, mostWords),
  about,
});

/** Fields that may hold the address that a report was sent to, or the letter that it answers. */
const addressed = ["to", "delivered-to", "x-original-to", "envelope-to", "in-reply-to", "references"];

type Part = { type: string; text: string };

function partsOf({ attachments }: Email): Part[] {
  return attachments.slice(0, mostParts).map(({ mimeType, content }) => ({
    type: mimeType.toLowerCase(),
    text: typeof content === "string" ? content.slice(0, mostPart) : decoded(content),
  }));
}

const decoded = (content: ArrayBuffer | Uint8Array): string =>
  new TextDecoder().decode(content.slice(0, mostPart));

/** What somebody complains of; `none` where it is a report of that form with another purpose. Null where it is none. */
function complaintOf(mail: Email, parts: readonly Part[], body: string): "abuse" | "opt-out" | "none" | null {
  const report =
    parts.find(({ type }) => type === "message/feedback-report")?.text ??
    (/^feedback-type:/im.test(body) && /^(user-agent|version):/im.test(body) ? body : null);
  if (report !== null) {
    const type = fieldGroups(report)
      .find((fields) => fields.has("feedback-type"))
      ?.get("feedback-type")
      ?.toLowerCase();
    if (type === "abuse" || type === "fraud") return "abuse"; // RFC 5965 §7.3
    return type === "opt-out" || type === "opt-out-list" ? "opt-out" : "none"; // virus, not-spam, auth-failure
  }
  // Hotmail's program for senders (JMRP) sent the message alone, without a report.
  const isHotmail =
    mail.from?.address?.toLowerCase() === "staff@hotmail.com" &&
    /^complaint about message from /i.test(mail.subject ?? "");
  return isHotmail ? "abuse" : null;
}

/** Dovecot's and Sieve's refusals (RFC 5429) are told in the form of a receipt (RFC 8098). */
function refusalOf(parts: readonly Part[], body: string): { words: string; recipient: string | null } | null {
  const receipt = parts.find(({ type }) => type === "message/disposition-notification");
  const [, words] = /was automatically (?:rejected|refused):?\s{0,10}(\S.{0,999})/i.exec(body) ?? [];
  if (!receipt || words === undefined) return null;
  return { words, recipient: recipientStatus(receipt.text)?.recipient ?? null };
}

/** What a delivery status says: of the part that is one, or of any text that has its fields. */
function statusOf(parts: readonly Part[], body: string): RecipientStatus | null {
  const part = parts.find(({ type }) => /^message\/(global-)?delivery-status$/.test(type));
  if (part) return recipientStatus(part.text);
  const unnamed = [
    body,
    ...parts.filter(({ type }) => type.startsWith("text/")).map(({ text }) => text),
  ].find(
    (text) => /^(final|original)-recipient[ \t]*:/im.test(text) && /^(action|status)[ \t]*:/im.test(text),
  );
  return unnamed === undefined ? null : recipientStatus(unnamed);
}
