// A mail that came to us, handed on to a person inside a mail of our own: as it came, so that nothing of it is lost or believed to
// be ours, and from our address, so that it passes the checks of whoever gets it. Pure.
import { addressField, checkedAddress, plainField, textField } from "./headers.ts";
import { mailDate } from "./message.ts";

export type Forward = {
  /** Our address, and the person's. */
  from: string;
  to: string;
  /** The address that the mail came to, which the loop guard names too. */
  cameTo: string;
  messageId: string;
  date: Temporal.Instant;
};

/** How often a mail may have been passed on (RFC 5321 §6.3 asks for a hundred; nothing that is no loop comes near this). */
const mostHops = 50;

/** Whether a mail has been here before, or goes round elsewhere: it must not be handed on again. */
export function isLoop(mail: Uint8Array, cameTo: string): boolean {
  const text = new TextDecoder("latin1").decode(mail.subarray(0, 100_000));
  const header = text.slice(0, /\r?\n\r?\n/.exec(text)?.index).toLowerCase();
  // Whoever passed it on may have folded what we wrote (RFC 5322 §2.2.3).
  const fields = header.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  return (
    fields.some((field) => field.startsWith("x-loop:") && field.slice(7).trim() === cameTo.toLowerCase()) ||
    fields.filter((field) => field.startsWith("received:")).length > mostHops
  );
}

/**
 * The bytes of the mail that hands another one on, with CRLF line ends. The other is a file in it: in base64, which
 * message/rfc822 may not be (RFC 2046 §5.2.1), since it may hold anything.
 */
export function composeForward(mail: Uint8Array, { from, to, cameTo, messageId, date }: Forward): Uint8Array {
  const subject = `بريد إلى ${cameTo} (mail to ${cameTo})`;
  const text = `وصلت الرسالة المرفقة إلى ${cameTo}، وهو عنوان يقرؤه المسؤول عن البريد.\r\n\r\nThe attached mail came to ${cameTo}, an address that whoever is responsible for mail reads.\r\n`;
  const base64 = (bytes: Uint8Array) => bytes.toBase64().replace(/.{76}(?=.)/g, "$&\r\n");
  const message = [
    addressField("From", { name: "", address: from }, checkedAddress("From", { name: "", address: from })),
    addressField("To", { name: "", address: to }, checkedAddress("To", { name: "", address: to })),
    textField("Subject", subject),
    plainField("Date", mailDate(date)),
    plainField("Message-ID", messageId),
    plainField("Auto-Submitted", "auto-generated"),
    `X-Loop: ${cameTo}`,
    plainField("MIME-Version", "1.0"),
    `Content-Type: multipart/mixed; boundary="=_forward"`, // = and _ are in no base64 together
    "",
    "--=_forward",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    base64(new TextEncoder().encode(text)),
    "--=_forward",
    'Content-Type: application/octet-stream; name="mail.eml"',
    'Content-Disposition: attachment; filename="mail.eml"',
    "Content-Transfer-Encoding: base64",
    "",
    base64(mail),
    "--=_forward--",
    "",
  ].join("\r\n");
  return new TextEncoder().encode(message);
}
