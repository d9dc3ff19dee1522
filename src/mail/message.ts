// The finished bytes of one message, with CRLF line ends. Pure: date, id and links are given.
import { escapeHtml } from "../arabic/index.ts";
import { isLoopback } from "../config.ts";
import { type Encoding, type Piece, prepareBody } from "./body.ts";
import { addressField, checkedAddress, listIdField, type Mailbox, plainField, textField } from "./headers.ts";
import { type Personal, placesIn, valuesFor } from "./personal.ts";

export type OneClickHeaders = { "List-Unsubscribe": string; "List-Unsubscribe-Post": string };

/** A digest's issue: a list's mail, which may be left with one click. */
type Bulk = {
  kind: "bulk";
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

/** What a message has in common with others. */
export type SharedParts = {
  from: Mailbox;
  /** Read by somebody. */
  replyTo: Mailbox;
  subject: string;
  language: "ar" | "en";
  /** With places for what is one reader's own. */
  html: string;
  text: string;
  purpose: Bulk | Auto;
};

/** What is one reader's own. */
export type OwnParts = {
  /** The one recipient; its name may be empty. */
  to: Mailbox;
  date: Temporal.Instant;
  /** With its angle brackets. The same in every try. */
  messageId: string;
  /** What the places hold; null where there are none. */
  personal: Personal | null;
  /** Null for a mail that is of no list. */
  unsubscribe: OneClickHeaders | null;
};

export type ComposedMessage = {
  bytes: Uint8Array<ArrayBuffer>;
  /** The recipient as RCPT TO takes it: the domain in A-labels; not ASCII before the @ only where the address is not. */
  recipient: string;
  /** Its body is in base64, which has no white space that DKIM would put in order. */
  isRelaxed: boolean;
};

/**
 * Composes a message: headers, then plain text, then HTML (multipart/alternative, the best last: RFC 2046 §5.1.4).
 *
 * Names and the subject are cleaned of whatever cannot be in a header. The same parts give the same bytes.
 *
 * @throws if an address, an id or a URI cannot stand in a header, or a place of the mail has no value
 */
export const composeMessage = (parts: SharedParts & OwnParts): ComposedMessage =>
  prepareMessage(parts)(parts);

/** The same for many readers: what they have in common is encoded once. */
export function prepareMessage(shared: SharedParts): (own: OwnParts) => ComposedMessage {
  const { purpose, language } = shared;
  const from = addressField("From", shared.from, checkedAddress("From", shared.from));
  const replyTo = addressField("Reply-To", shared.replyTo, checkedAddress("Reply-To", shared.replyTo));
  const subject = textField("Subject", shared.subject);
  const constant = [
    ...purposeFields(purpose),
    plainField("X-Auto-Response-Suppress", "OOF, AutoReply"), // never NDR: it silences bounces
    plainField("Content-Language", language),
    plainField("MIME-Version", "1.0"),
  ].join("\r\n");
  const text = preparePart("text/plain", shared.text, (value) => value);
  const html = preparePart("text/html", shared.html, escapeHtml);
  const isRelaxed = [text, html].every(({ encoding }) => encoding === "base64");
  return ({ to, date, messageId, personal, unsubscribe }) => {
    if ((purpose.kind === "bulk") !== (unsubscribe !== null))
      throw new Error("A list's mail says how to leave it, and no other mail does.");
    const recipient = checkedAddress("To", to);
    const boundary = boundaryOf(messageId);
    const head = [
      from,
      addressField("To", to, recipient),
      replyTo,
      subject,
      plainField("Date", mailDate(date)),
      plainField("Message-ID", messageId),
      ...(unsubscribe
        ? [
            plainField("List-Unsubscribe", unsubscribe["List-Unsubscribe"]),
            plainField("List-Unsubscribe-Post", unsubscribe["List-Unsubscribe-Post"]),
          ]
        : []),
      constant,
      plainField("Content-Type", `multipart/alternative; boundary="${boundary}"`),
      "",
      `--${boundary}\r\n`,
    ].join("\r\n");
    const pieces = [
      head,
      ...text.fill(personal),
      `--${boundary}\r\n`,
      ...html.fill(personal),
      `--${boundary}--\r\n`,
    ];
    return { bytes: octetsOf(pieces), recipient: recipient.text, isRelaxed };
  };
}

/**
 * The headers behind a mail client's own unsubscribe button (RFC 8058 §3.1).
 *
 * @param token signed and URL-safe, so that nobody can sign out a stranger
 * @param mailto a URI where a mail unsubscribes too, for clients that only know RFC 2369
 * @returns two headers; DKIM must sign both (§4)
 * @throws if `site` is neither https, which the standard demands, nor this machine, where one tries things out
 */
export function oneClickHeaders(site: URL, token: string, mailto?: string): OneClickHeaders {
  if (site.protocol !== "https:" && !isLoopback(site)) {
    throw new Error(
      `NASHRA_PUBLIC_URL is ${site.href}, but one-click unsubscribe needs https. Set the public address.`,
    );
  }
  const https = `<${site.origin}/unsubscribe/${token}>`;
  return {
    "List-Unsubscribe": mailto ? `${https}, <${mailto}>` : https,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

/** The mailto side of List-Unsubscribe: a mail with this subject lets its reader out (RFC 2369 §3.2). @param token URL-safe */
export const leavingByMail = (address: string, token: string): string =>
  `mailto:${encodeURIComponent(address).replace("%40", "@")}?subject=leave-${token}`;

function purposeFields(purpose: Bulk | Auto): string[] {
  if (purpose.kind === "auto") return [plainField("Auto-Submitted", "auto-generated")];
  const { list, help, owner, archive, feedbackId, unattended } = purpose;
  return [
    listIdField(list.phrase, list.id),
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

function preparePart(
  type: "text/plain" | "text/html",
  text: string,
  written: (value: string) => string,
): { encoding: Encoding; fill: (personal: Personal | null) => Piece[] } {
  const pieces = placesIn(text);
  const { encoding, fill } = prepareBody(pieces);
  const head = `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  return {
    encoding,
    fill: (personal) => [head, ...fill(personal ? valuesFor(pieces.names, personal).map(written) : [])],
  };
}

/** One behind the other, in one piece of memory: most of a letter is copied as it was encoded for all. */
function octetsOf(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  // Texts are ASCII but for an address that is not: then a letter is no octet.
  const all = pieces.map((piece) =>
    typeof piece === "string" && !isAscii(piece) ? encoder.encode(piece) : piece,
  );
  const whole = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of all) {
    if (typeof piece === "string") encoder.encodeInto(piece, whole.subarray(at));
    else whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const isAscii = (text: string) => /^[\x00-\x7f]*$/.test(text);
const encoder = new TextEncoder();

/** From the id, so that every try has the same bytes. "=_" is in neither encoding of a body (RFC 2045 §6.7). */
function boundaryOf(messageId: string): string {
  if (messageId.length > 250 || !/^<[\w.+-]+@[\w-]+(\.[\w-]+)*>$/.test(messageId)) {
    throw new Error(`"${messageId}" cannot be a Message-ID: it takes <letters.digits@our-domain>.`);
  }
  return `=_${messageId.replace(/[^\w]/g, "").slice(0, 60)}`;
}

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Sun, 01 Mar 2026 04:00:00 +0000` (RFC 5322 §3.3). A thousand letters of one second have the same. */
export function mailDate(instant: Temporal.Instant): string {
  const second = Math.floor(instant.epochMilliseconds / 1000);
  if (lastDate.second !== second) lastDate = { second, text: dateText(instant) };
  return lastDate.text;
}

let lastDate = { second: Number.NaN, text: "" };

function dateText(instant: Temporal.Instant): string {
  const it = instant.toZonedDateTimeISO("UTC");
  const two = (n: number) => String(n).padStart(2, "0");
  const time = [it.hour, it.minute, it.second].map(two).join(":");
  return `${days[it.dayOfWeek - 1]}, ${two(it.day)} ${months[it.month - 1]} ${it.year} ${time} +0000`;
}
