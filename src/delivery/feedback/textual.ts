// Reports in words alone, as older servers and some large ones send them: whether a mail is one, and what the server said in it.
import type { Email } from "postal-mime";
import { ruleFor } from "./diagnostics.ts";

/** What a report says instead of a delivery status; null where the mail is no report, or only says that it is late. */
export function textualFailure(
  mail: Email,
  header: (name: string) => readonly string[],
  body: string,
): { late: boolean; words: string } | null {
  const subject = mail.subject ?? "";
  const failed = header("x-failed-recipients").length > 0 || /^\s*Hi\. This is the /.test(body);
  const daemon =
    isDaemon.test(mail.from?.address ?? mail.from?.name ?? "") ||
    header("return-path").some((path) => path.trim() === "<>");
  if (!failed && !daemon) return null;
  const words = failureWords(body);
  const explained = words !== null && (hasCode(words) || saysFailed.test(body));
  if (!failed && !says(failureSubjects, subject) && !explained) return null;
  if (!failed && isAnswer.test(subject)) return null;
  return { late: isLate.test(`${subject}\n${body.slice(0, 2000)}`), words: words ?? subject };
}

/** What reports say whose title says nothing, before they say why. */
const saysFailed =
  /\bdid not reach the following|\b(could not|cannot|can't) be delivered|\bdelivery (has )?failed|\bpermanent (fatal )?error|\bundeliverable\b/i;

/** Names that servers write their reports under. */
const isDaemon =
  /^(mail(er)?-?daemon|post[-_]?master|mail ?delivery ?(sub)?system|microsoftexchange\w*|mdaemon|mail-?system)\b/i;

/** Automatic answers of people, whoever seems to send them. */
const isAnswer =
  /^(auto(matic)? ?(reply|response)|out of (the )?office|auto:|vacation|رد تلقائي|خارج المكتب|abwesenheit|réponse automatique|respuesta automática|risposta automatica)/i;

const isLate =
  /\(delay(ed)?\)|\bdelay(ed|ing)?\b.{0,60}(\bhours?\b|\bminutes?\b|notification|delivery)|warning: (message|could not send)|this is a warning|(you do not|no) need to resend|will (keep|continue) (trying|to (try|be))|continue to be made|zugestellt werden konnte noch nicht|تأخر تسليم|تأخّر/i;

/** How reports are titled; of each program the words that it begins with or always has. */
export const failureSubjects: readonly { says: RegExp; line: string; from: string }[] = [
  { says: /^undelivered mail returned/i, line: "Undelivered Mail Returned to Sender", from: "Postfix" },
  { says: /^mail delivery failed/i, line: "Mail delivery failed: returning message to sender", from: "Exim" },
  { says: /^failure notice/i, line: "failure notice", from: "qmail" },
  { says: /^returned mail:/i, line: "Returned mail: see transcript for details", from: "Sendmail" },
  {
    says: /^delivery status notification/i,
    line: "Delivery Status Notification (Failure)",
    from: "Gmail, Exchange 2003",
  },
  { says: /^undeliver(able|ed)\b/i, line: "Undeliverable: موجز الصباح", from: "Exchange" },
  {
    says: /^delivery (failure|failed|report|notification|error)\b/i,
    line: "DELIVERY FAILURE: User x (x@host.example) not listed in Domino Directory",
    from: "Domino",
  },
  {
    says: /^mail (system error|could not|undeliver|returned|failed|status report)/i,
    line: "Mail System Error - Returned Mail",
    from: "Lotus, Yahoo Japan",
  },
  { says: /^warning: \S{1,80} - /i, line: "Warning: x@host.example - User unknown!", from: "MDaemon" },
  {
    says: /^(message|mail|e-?mail) (was )?(not|un)[- ]?(delivered|deliverable)/i,
    line: "Message not delivered",
    from: "Proofpoint",
  },
  {
    says: /^non[- ]?(remis|delivery|delivered|recapitabile|consegn)/i,
    line: "Non remis : موجز الصباح",
    from: "Exchange (French)",
  },
  {
    says: /^(échec|echec) (de |d'|permanent)|^avis de non/i,
    line: "Échec de la remise",
    from: "Exchange (French)",
  },
  {
    says: /^unzustellbar|^fehlgeschlagen|^zustellung|^nicht zustellbar|nicht zugestellt/i,
    line: "Unzustellbar: موجز الصباح",
    from: "Exchange (German)",
  },
  {
    says: /^no se puede entregar|^no entregable|^correo (no )?(devuelto|entregado)|^error (de|en la) entrega/i,
    line: "No se puede entregar: موجز الصباح",
    from: "Exchange (Spanish)",
  },
  {
    says: /^non recapitabile|^mancato recapito|^impossibile recapitare|^messaggio non/i,
    line: "Non recapitabile: موجز الصباح",
    from: "Exchange (Italian)",
  },
  {
    says: /^não é possível entregar|^não (pode ser )?entreg|^falha na entrega/i,
    line: "Não é possível entregar: موجز الصباح",
    from: "Exchange (Portuguese)",
  },
  {
    says: /^onbestelbaar|niet (bezorgd|besteld)/i,
    line: "Onbestelbaar: موجز الصباح",
    from: "Exchange (Dutch)",
  },
  { says: /^niedostarczalne|^niedoręcz/i, line: "Niedostarczalne: موجز الصباح", from: "Exchange (Polish)" },
  {
    says: /^недоставлен|^не удается доставить|^сообщение не доставлено/i,
    line: "Недоставленное сообщение",
    from: "Yandex",
  },
  {
    says: /^teslim edilemedi|^teslim edilemez|^iletilemedi/i,
    line: "Teslim Edilemedi: موجز الصباح",
    from: "Exchange (Turkish)",
  },
  {
    says: /غير قابل للتسليم|تعذ[ّ]?ر (ال)?تسليم|فشل (ال)?تسليم|لم يتم تسليم|تعذر إرسال/,
    line: "غير قابل للتسليم: موجز الصباح",
    from: "Exchange (Arabic)",
  },
  { says: /غیر قابل تحویل|تحویل ناموفق/, line: "غیر قابل تحویل: موجز الصباح", from: "Exchange (Persian)" },
  {
    says: /配信(不能|できません)|送信できませんでした|エラーメール|メールエラー/,
    line: "配信不能: موجز الصباح",
    from: "Exchange (Japanese)",
  },
  {
    says: /退信|传输失败|无法(传递|投递|送达)|無法(傳遞|投遞)/,
    line: "系统退信",
    from: "QQ, Coremail, Exchange (Chinese)",
  },
  { says: /배달되지 않음|전송 ?실패|반송/, line: "배달되지 않음: موجز الصباح", from: "Exchange (Korean)" },
];

const says = (rules: readonly { says: RegExp }[], text: string) =>
  rules.some((rule) => rule.says.test(text.trim()));

/** Where the message that came back begins, below the report. */
const returnedBelow =
  /^.{0,10}(-{3,} ?(below this line is a copy|this is a copy of|original message|forwarded message|enclosed is a copy|the (header of the )?original message|returned message|unsent message|message (text|header))|(possibly truncated )?original message (headers|follows)|your (original )?message (headers )?(follows|reads)|(the )?(headers of the|text of the) (original )?message|-- ?original)|^(received: (from|by) |return-path: ?<)/im;

/** The paragraph in which the server speaks: the first with a code, else the first that a rule knows. */
export function failureWords(body: string): string | null {
  const end = returnedBelow.exec(body)?.index ?? body.length;
  const paragraphs = body
    .slice(0, Math.min(end, 20_000))
    .split(/\n[ \t]*\r?\n/)
    .slice(0, 100)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim().slice(0, 2000))
    .filter((paragraph) => paragraph !== "");
  return paragraphs.find(hasCode) ?? paragraphs.find((paragraph) => ruleFor(paragraph) !== null) ?? null;
}

/** Whether a server's words say anything that is understood. */
export const telling = (words: string): boolean => hasCode(words) || ruleFor(words) !== null;

/** At which step of the conversation it was refused, as Postfix says in its report to people; '' where it says several or none. */
export function stageOf(body: string): string {
  const stages = new Set(body.replace(/\s+/g, " ").match(/\(in reply to [\w ]{1,40}\)/gi));
  const [stage = ""] = stages;
  return stages.size === 1 ? stage : "";
}

/**
 * Whom a report in words could not reach: the first address in it that is neither ours nor a server's own.
 *
 * @param ours text in which our own addresses stand
 */
export function recipientIn(body: string, ours: string): string | null {
  const report = body.slice(0, Math.min(returnedBelow.exec(body)?.index ?? body.length, 20_000));
  for (const { 0: found, index } of report.matchAll(
    /[^\s<>()[\]"':;,@=]{1,64}@[^\s<>()[\]"':;,@=]{1,255}/g,
  )) {
    const address = found.replace(/\.+$/, "");
    const isSender = /\b(from|sender)\b[:\s<]{0,10}$/i.test(report.slice(Math.max(0, index - 30), index));
    if (/@.+\../.test(address) && !isSender && !isDaemon.test(address) && !ours.includes(address))
      return address;
  }
  return null;
}

const hasCode = (text: string): boolean =>
  /(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)/.test(text) ||
  /(?:^|[\s;:("'>])[45][0-5]\d[ -](?=\D)/.test(text);
