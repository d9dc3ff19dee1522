// What a kept mail holds, read from its bytes.
import PostalMime from "postal-mime";

export type MailHead = {
  from: { name: string; address: string };
  /** Addresses without names, as ours are sent. */
  to: string;
  subject: string;
  date: Temporal.Instant | null;
};
export type Mail = MailHead & { html: string | null; text: string | null };

/** More header than any mail of ours has. */
const mostHeaderOctets = 64 * 1024;

const limits = { maxNestingDepth: 20, maxHeadersSize: mostHeaderOctets, maxRfc822NestingDepth: 0 };

/** The whole mail, or null if nothing can be made of it. */
export async function readMail(bytes: Uint8Array): Promise<Mail | null> {
  const mail = await PostalMime.parse(bytes, limits).catch(() => null); // it throws on what exceeds the limits
  if (mail === null) return null;
  return {
    from: { name: mail.from?.name ?? "", address: mail.from?.address ?? "" },
    to: (mail.to ?? []).flatMap(({ name, address }) => address || name || []).join(", "),
    subject: mail.subject ?? "",
    date: instant(mail.date),
    html: mail.html ?? null,
    text: mail.text ?? null,
  };
}

/** The headers alone, without decoding the rest: a list of mails needs no more. */
export const readHead = (bytes: Uint8Array): Promise<MailHead | null> =>
  readMail(bytes.subarray(0, endOfHeaders(bytes)));

function endOfHeaders(bytes: Uint8Array): number {
  const most = Math.min(bytes.length, mostHeaderOctets);
  for (let i = 0; i + 3 < most; i++)
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i + 4;
  return most;
}

function instant(date: string | undefined): Temporal.Instant | null {
  const milliseconds = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(milliseconds) ? null : Temporal.Instant.fromEpochMilliseconds(milliseconds);
}

/**
 * A mail's HTML as programs show it on light or on dark paper, whatever the browser at hand prefers: what the mail asks in
 * `prefers-color-scheme` is answered here, and the page's own scheme is set.
 */
export function withScheme(html: string, scheme: "light" | "dark"): string {
  return html
    .replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_, asked: string) =>
      asked.toLowerCase() === scheme ? "(min-width: 0)" : "(max-width: 0)",
    )
    .replace(/(color-scheme\s*:\s*)(?:light dark|dark light)/gi, `$1${scheme}`)
    .replace(/(<meta\s+name="color-scheme"\s+content=")[^"]*"/gi, `$1${scheme}"`);
}

/** A mail's HTML whose links open beside the page that frames it. */
export const linksBeside = (html: string): string =>
  html.replace(/<head\b[^>]*>/i, (head) => `${head}<base target="_blank">`);
