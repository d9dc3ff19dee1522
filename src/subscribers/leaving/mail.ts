// A mail that came to us, read for one thing: does its sender leave? Pure, but for the parser.
import PostalMime, { type Email } from "postal-mime";
import { fold } from "../../arabic/index.ts";

/** What a mail says. The address that it claims to come from says nothing: anybody can write any. */
export type Reading =
  /** Tokens of ours that it names; one of them may be a link to leave. */
  | { kind: "tokens"; tokens: readonly string[] }
  /** An answer to these messages (Message-IDs in angle brackets, newest first). */
  | {
      kind: "answer";
      messageIds: readonly string[];
      /** Whether it says in plain words to leave. To be asked once one of the messages is known to be ours. */
      saysLeave: () => boolean;
    }
  | { kind: "ignored"; why: Ignored };

export const ignoredBecause = {
  unreadable: "it is no mail that can be read",
  automatic: "a program sent it: an automatic answer, a report, or a list",
  "no-word": "it answers a mail of ours, but does not say to leave in its first lines",
  "nothing-of-ours": "it names no link of ours and answers no mail of ours",
} as const;
export type Ignored = keyof typeof ignoredBecause;

const limits = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024, maxRfc822NestingDepth: 0 };
const mostIds = 20;

/**
 * Reads a mail as it came (RFC 5322).
 *
 * A token is looked for in the subject, where our List-Unsubscribe puts it, and in the addresses it was sent to. What programs
 * send is left alone first (RFC 3834 §2): an answer to a holiday must sign nobody out.
 */
export async function readLeavingMail(bytes: Uint8Array): Promise<Reading> {
  const mail = await PostalMime.parse(bytes, limits).catch(() => null); // it throws on what exceeds the limits
  if (mail === null || mail.headers.length === 0) return { kind: "ignored", why: "unreadable" };
  const header = (name: string) => mail.headers.filter(({ key }) => key === name).map(({ value }) => value);
  if (isAutomatic(mail, header)) return { kind: "ignored", why: "automatic" };
  const places = [
    mail.subject ?? "",
    ...["to", "cc", "delivered-to", "x-original-to", "envelope-to"].flatMap(header),
  ];
  const tokens = places.flatMap((text) => [...text.matchAll(leaveToken)].map(([, token = ""]) => token));
  if (tokens.length > 0) return { kind: "tokens", tokens: tokens.slice(0, mostIds) };
  const messageIds = [...header("in-reply-to"), ...header("references").toReversed()].flatMap(
    (text) => text.match(/<[^<>\s]{1,250}>/g)?.toReversed() ?? [],
  );
  if (messageIds.length === 0) return { kind: "ignored", why: "nothing-of-ours" };
  return {
    kind: "answer",
    messageIds: [...new Set(messageIds)].slice(0, mostIds),
    saysLeave: () => saysLeave(mail),
  };
}

/** As `leavingByMail` writes it into List-Unsubscribe; behind a + it may stand in an address too. */
const leaveToken = /\bleave-([\w-]{1,120}\.[a-z0-9]{1,8}\.[\w-]{22})/g;

function isAutomatic(mail: Email, header: (name: string) => string[]): boolean {
  const has = (name: string, pattern: RegExp) => header(name).some((value) => pattern.test(value.trim()));
  return (
    has("auto-submitted", /^(?!no\b)/i) || // RFC 3834 §5
    has("return-path", /^<>$/) || // a report or an automatic answer (RFC 5321 §4.5.5)
    has("precedence", /^(auto_reply|bulk|list|junk)/i) ||
    has("content-type", /^multipart\/report/i) ||
    header("x-autoreply").length + header("x-autorespond").length + header("list-id").length > 0 ||
    /^(mailer-daemon|postmaster)@/i.test(mail.from?.address ?? "")
  );
}

/** How much of an answer is read, how many lines of it are looked at, and how many letters of one. */
const mostText = 20_000;
const firstLines = 5;
const mostLetters = 80;

function saysLeave(mail: Email): boolean {
  const subject = mail.subject ?? "";
  const text = mail.text ?? textOfHtml(mail.html ?? "");
  return [subject, ...ownLines(text)].some(isLeavingLine);
}

/** What the sender wrote above the mail that is answered: without quoted lines, and not beyond where the quotation begins. */
function ownLines(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.slice(0, mostText).split(/\r?\n/)) {
    const said = line.replace(/[\u200e\u200f\u2066-\u2069\u202a-\u202e]/g, "").trim();
    if (beginsQuotation.test(said) || lines.length === firstLines) break;
    if (said !== "" && !said.startsWith(">")) lines.push(said);
  }
  return lines;
}

const beginsQuotation =
  /^(-{2,}|_{5,}|on .{4,120}(wrote:?)?$|from:|sent:|في .{4,120}(كتب|كتبت)|بتاريخ .{4,120}|من:|le .{4,120} a écrit)/i;

/** No pattern looks beyond the next `<`: what a stranger sends takes time by its length, not by the square of it. */
export const textOfHtml = (html: string): string =>
  html
    .slice(0, mostText)
    .replace(/<(style|script|blockquote)\b[\s\S]*?(<\/\1>|$)/gi, "\n")
    .replace(/<(br|\/p|\/div|\/tr|\/li|p|div)\b[^<>]{0,2000}>/gi, "\n")
    .replace(/<[^<>]{0,2000}>/g, "")
    .replaceAll("&nbsp;", " ");

/** Whether a line as a whole says to leave: a sentence that only holds such a word does not. */
export function isLeavingLine(line: string): boolean {
  if (line.length > mostLetters) return false;
  const folded = fold(line)
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return english.test(folded) || arabic.test(folded);
}

const english =
  /^(please |pls |kindly |i want to |i would like to )?(unsubscribe|stop|leave|remove|cancel|opt ?out|quit)( me| us| my| sending| mailing| emailing)*( from| this| that| these| the| your| my| all| any| it| list| newsletter| newsletters| mailing| email| emails| mail| mails| message| messages| subscription| digest| now| please| thanks| thank you)*$/;

/** Words as they fold, for a pattern. */
const anyOf = (words: string) => fold(words).trim().split(/\s+/).join("|");

/**
 * What may stand behind an Arabic word for leaving. It is closed, as the English one is: those words are news as well ("وقف
 * إطلاق النار"), and "لا أريد" begins whatever somebody does not want, to leave among it.
 */
const object = anyOf(`
  اشتراك اشتراكي اشتراكنا الاشتراك الاشتراكات بالاشتراك تسجيل تسجيلي التسجيل حسابي الحساب
  نشرة نشرتكم النشرة النشرات بالنشرة نشراتكم رسالة رسائل رسائلكم الرسائل بريد بريدي بريدكم البريد إيميل إيميلي الإيميل
  إيميلات إيميلاتكم الإيميلات عنوان عنواني العنوان اسمي قائمة قائمتكم القائمة قوائمكم القوائم
  إرسال الإرسال إرسالها إرساله مراسلة مراسلتي المراسلة المراسلات
  استلام الاستلام استلامها استقبال استقبالها تلقي تلقيها باستلام باستقبال بتلقي وصول وصولها أستلم أتلقى تصلني يصلني تصل
  أن المزيد مزيدا مزيد من في على إلى عن ضمن عبر لي إلي مني عني هذا هذه تلك هذي كل جميع أي بعد اليوم الآن فورا حالا مجددا نهائيا
  تماما أبدا الإلكتروني الإلكترونية البريدي البريدية الإخبارية اليومية الأسبوعية الصباحية المسائية الخاص الخاصة بي بكم
  منكم لكم لديكم عندكم فضلك فضلكم لو سمحت سمحتم رجاء الرجاء أرجوكم شكرا وشكرا مع الشكر جزيلا جزيل`);

const arabic = new RegExp(
  `^((من فضلك|من فضلكم|لو سمحت|لو سمحتم|${anyOf("رجاء الرجاء أرجو نرجو أريد أود")}|ارغب في) )*` +
    `(${anyOf(`إلغاء ألغوا ألغ ألغي إيقاف أوقفوا أوقف أوقفوها وقف توقفوا إزالة أزيلوا أزيلوني
      احذفوا احذفوني احذف حذف كفى انسحاب`)}|لا اريد|لا ارغب|لم اعد اريد|لم اعد ارغب)( (${object}))*$`,
);
