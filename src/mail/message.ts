// The finished bytes of one message, with CRLF line ends. Pure: date, id and links are given.
import { isLoopback } from "../config.ts";
import { encodeBody } from "./body.ts";
import { addressField, checkedAddress, listIdField, type Mailbox, plainField, textField } from "./headers.ts";

export type OneClickHeaders = { "List-Unsubscribe": string; "List-Unsubscribe-Post": string };

/** A digest's issue: a list's mail, which may be left with one click. */
type Bulk = {
  kind: "bulk";
  unsubscribe: OneClickHeaders;
  /** `id` is constant for the life of the list: `digest.host` (RFC 2919 §4). */
  list: { id: string; phrase: string };
  /** No editor approved it, so that it is a machine's mail (RFC 3834 §5). */
  unattended: boolean;
  /** `issue:digest:kind:SenderId`, nothing in it per person. */
  feedbackId?: string;
  /** https or mailto (RFC 2369 §3.2, §3.5, §3.6). */
  help?: URL;
  owner?: URL;
  archive?: URL;
};

/** A confirmation, a welcome, a sign-in link: an answer to what somebody did. */
type Auto = { kind: "auto" };

export type MessageParts = {
  from: Mailbox;
  /** The one recipient; its name may be empty. */
  to: Mailbox;
  /** Read by somebody. */
  replyTo: Mailbox;
  subject: string;
  date: Temporal.Instant;
  /** With its angle brackets. The same in every try. */
  messageId: string;
  language: "ar" | "en";
  html: string;
  text: string;
  purpose: Bulk | Auto;
};

export type ComposedMessage = {
  bytes: Uint8Array<ArrayBuffer>;
  /** The recipient as RCPT TO takes it: the domain in A-labels; not ASCII before the @ only where the address is not. */
  recipient: string;
};

/**
 * Composes a message: headers, then plain text, then HTML (multipart/alternative, the best last: RFC 2046 §5.1.4).
 *
 * Names and the subject are cleaned of whatever cannot be in a header. The same parts give the same bytes.
 *
 * @throws if an address, an id or a URI cannot stand in a header: those are checked where they come in
 */
export function composeMessage(parts: MessageParts): ComposedMessage {
  const from = checkedAddress("From", parts.from);
  const to = checkedAddress("To", parts.to);
  const replyTo = checkedAddress("Reply-To", parts.replyTo);
  const boundary = boundaryOf(parts.messageId);
  const header = [
    addressField("From", parts.from, from),
    addressField("To", parts.to, to),
    addressField("Reply-To", parts.replyTo, replyTo),
    textField("Subject", parts.subject),
    plainField("Date", mailDate(parts.date)),
    plainField("Message-ID", parts.messageId),
    ...purposeFields(parts.purpose),
    plainField("X-Auto-Response-Suppress", "OOF, AutoReply"), // never NDR: it silences bounces
    plainField("Content-Language", parts.language),
    plainField("MIME-Version", "1.0"),
    plainField("Content-Type", `multipart/alternative; boundary="${boundary}"`),
  ];
  const message = [
    ...header,
    "",
    ...part(boundary, "text/plain", parts.text),
    ...part(boundary, "text/html", parts.html),
    `--${boundary}--`,
    "",
  ].join("\r\n");
  return {
    bytes: new TextEncoder().encode(message),
    recipient: to.text,
  };
}

/**
 * The headers behind a mail client's own unsubscribe button (RFC 8058 §3.1).
 *
 * @param token signed and URL-safe, so that nobody can sign out a stranger
 * @param mailto where a mail unsubscribes too, for clients that only know RFC 2369
 * @returns two headers; DKIM must sign both (§4)
 * @throws if `site` is neither https, which the standard demands, nor this machine, where one tries things out
 */
export function oneClickHeaders(site: URL, token: string, mailto?: URL): OneClickHeaders {
  if (site.protocol !== "https:" && !isLoopback(site)) {
    throw new Error(
      `NASHRA_PUBLIC_URL is ${site.href}, but one-click unsubscribe needs https. Set the public address.`,
    );
  }
  const https = uri(new URL(`/unsubscribe/${token}`, site));
  return {
    "List-Unsubscribe": mailto ? `${https}, ${uri(mailto)}` : https,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

/** The mailto side of List-Unsubscribe: a mail with this subject lets its reader out (RFC 2369 §3.2). */
export const leavingByMail = (address: string, token: string): URL =>
  new URL(`mailto:${encodeURIComponent(address).replace("%40", "@")}?subject=leave-${token}`);

function purposeFields(purpose: Bulk | Auto): string[] {
  if (purpose.kind === "auto") return [plainField("Auto-Submitted", "auto-generated")];
  const { unsubscribe, list, help, owner, archive, feedbackId, unattended } = purpose;
  return [
    listIdField(list.phrase, list.id),
    plainField("List-Unsubscribe", unsubscribe["List-Unsubscribe"]),
    plainField("List-Unsubscribe-Post", unsubscribe["List-Unsubscribe-Post"]),
    ...(help ? [plainField("List-Help", uri(help))] : []),
    ...(owner ? [plainField("List-Owner", uri(owner))] : []),
    ...(archive ? [plainField("List-Archive", uri(archive))] : []),
    ...(feedbackId === undefined ? [] : [plainField("Feedback-ID", feedbackId)]),
    plainField("Precedence", "bulk"), // no standard, but old responders hush
    ...(unattended ? [plainField("Auto-Submitted", "auto-generated")] : []),
  ];
}

/** In angle brackets. A comma would end it in a list of URIs (RFC 2369 §2). */
const uri = (url: URL) => `<${url.href.replaceAll(",", "%2C")}>`;

function part(boundary: string, type: "text/plain" | "text/html", text: string): string[] {
  const { encoding, lines } = encodeBody(text);
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    `Content-Transfer-Encoding: ${encoding}`,
    "",
    lines,
  ];
}

/** From the id, so that every try has the same bytes. "=_" is in neither encoding of a body (RFC 2045 §6.7). */
function boundaryOf(messageId: string): string {
  if (messageId.length > 250 || !/^<[\w.+-]+@[\w-]+(\.[\w-]+)*>$/.test(messageId)) {
    throw new Error(`"${messageId}" cannot be a Message-ID: it takes <letters.digits@our-domain>.`);
  }
  return `=_${messageId.replace(/[^\w]/g, "").slice(0, 60)}`;
}

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Sun, 01 Mar 2026 04:00:00 +0000` (RFC 5322 §3.3). */
function mailDate(instant: Temporal.Instant): string {
  const it = instant.toZonedDateTimeISO("UTC");
  const two = (n: number) => String(n).padStart(2, "0");
  const time = [it.hour, it.minute, it.second].map(two).join(":");
  return `${days[it.dayOfWeek - 1]}, ${two(it.day)} ${months[it.month - 1]} ${it.year} ${time} +0000`;
}
