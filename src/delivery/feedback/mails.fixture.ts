// Whole mails as servers, mail programs and people send them back: written after each program's own form, with invented names.
import type { Report } from "./read.ts";
import type { Verdict } from "./verdict.ts";

export const sentTo = "b-k1-7-abcdefghijklmnop@bounce.example";
export const messageId = "<delivery.7.0123456789abcdefghijklmn@news.example>";

/** The letter that comes back, as far as its headers. */
export const letterHeaders = `Return-Path: <${sentTo}>
From: =?UTF-8?B?2LXZiNiqINin2YTYrNio2YQ=?= <bulletin@news.example>
To: x@host.example
Subject: =?UTF-8?B?2YXZiNis2LIg2KfZhNi12KjYp9it?=
Date: Sun, 1 Mar 2026 07:00:00 +0200
Message-ID: ${messageId}
Content-Type: text/html; charset=utf-8`;

/** Headers, an empty line, a body; with CRLF. */
export const mail = (headers: string, body: string): Uint8Array =>
  new TextEncoder().encode(`${headers}\n\n${body}`.replace(/\r?\n/g, "\r\n"));

export const daemon = (
  subject: string,
  more = "",
  from = "MAILER-DAEMON@mx.host.example (Mail Delivery System)",
) =>
  `Return-Path: <>\nFrom: ${from}\nTo: ${sentTo}\nSubject: ${subject}\nMessage-ID: <20260301@mx.host.example>\nMIME-Version: 1.0${more && `\n${more}`}`;

type Dsn = {
  subject?: string;
  more?: string;
  from?: string;
  human?: string;
  status: string;
  type?: string;
  returned?: string;
};

/** A delivery report (RFC 3464). */
export function dsn({
  subject = "Undelivered Mail Returned to Sender",
  more = "Auto-Submitted: auto-replied",
  from,
  human = "",
  status,
  type = "message/delivery-status",
  returned,
}: Dsn): Uint8Array {
  const part = (kind: string, text: string) => `--BOUNDARY\nContent-Type: ${kind}\n\n${text}\n`;
  return mail(
    daemon(
      subject,
      `${more}\nContent-Type: multipart/report; report-type=delivery-status;\n\tboundary="BOUNDARY"`,
      from,
    ),
    `${part("text/plain; charset=utf-8", human)}${part(type, status)}${part("text/rfc822-headers", returned ?? letterHeaders)}--BOUNDARY--\n`,
  );
}

/** The recipient's fields of a report, behind the message's. */
export const failed = (status: string, words: string, action = "failed") =>
  `Reporting-MTA: dns; mx.sender.example\nArrival-Date: Sun, 1 Mar 2026 07:00:05 +0200\n\nFinal-Recipient: rfc822; x@host.example\nOriginal-Recipient: rfc822;x@host.example\nAction: ${action}\nStatus: ${status}${words && `\nDiagnostic-Code: ${words}`}`;

const feedback = (type: string, more = "") =>
  mail(
    `From: feedback@provider.example\nTo: fbl@bounce.example\nSubject: FW: =?UTF-8?B?2YXZiNis2LI=?=\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary="BOUNDARY"`,
    `--BOUNDARY\nContent-Type: text/plain\n\nThis is an email abuse report.\n--BOUNDARY\nContent-Type: message/feedback-report\n\nFeedback-Type: ${type}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nOriginal-Mail-From: <redacted@bounce.example>\n${more}\n--BOUNDARY\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n${letterHeaders.replace(sentTo, "redacted@bounce.example")}\n\n<p>خبر</p>\n--BOUNDARY--\n`,
  );

const person = (subject: string, more = "") =>
  `Return-Path: <x@host.example>\nFrom: X <x@host.example>\nTo: ${sentTo}\nSubject: ${subject}\nIn-Reply-To: ${messageId}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8${more && `\n${more}`}`;

const below = `\n\n--- Below this line is a copy of the message.\n\n${letterHeaders}\n\n<p>Mailbox unavailable: 550 5.1.1 user unknown</p>\n`;

type Kind = Report["kind"];
export type Case = {
  name: string;
  mail: Uint8Array;
  kind: Kind;
  verdict?: Verdict;
  words?: RegExp;
  /** Whom it says it could not reach. */
  recipient?: string | null;
  complaint?: "abuse" | "opt-out";
};

export const cases: readonly Case[] = [
  {
    name: "Postfix: user unknown",
    mail: dsn({
      status: failed(
        "5.1.1",
        "smtp; 550 5.1.1 <x@host.example>: Recipient address\n    rejected: User unknown in local recipient table",
      ),
    }),
    kind: "bounce",
    verdict: "hard",
    words: /rejected: User unknown in local/,
  },
  {
    name: "Postfix: delayed",
    mail: dsn({
      subject: "Delayed Mail (still being retried)",
      status: failed("4.4.1", "X-Postfix; connect to mx[192.0.2.9]:25: Connection timed out", "delayed"),
    }),
    kind: "progress",
  },
  {
    name: "Postfix: relayed, no report asked for further on",
    mail: dsn({
      subject: "Successful Mail Delivery Report",
      status: failed("2.0.0", "smtp; 250 ok", "relayed"),
    }),
    kind: "progress",
  },
  {
    name: "Postfix: expired",
    mail: dsn({ status: failed("4.4.1", "X-Postfix; connect to mx[192.0.2.9]:25: Connection timed out") }),
    kind: "bounce",
    verdict: "soft",
  },
  {
    name: "RFC 6533: an internationalised report",
    mail: dsn({
      type: "message/global-delivery-status",
      status:
        "Reporting-MTA: dns; mx.host.example\n\nFinal-Recipient: utf-8; سلمى@host.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 لا يوجد",
    }),
    kind: "bounce",
    verdict: "hard",
    words: /لا يوجد/,
  },
  {
    name: "Exchange: a report without Diagnostic-Code, in French",
    mail: dsn({
      subject: "Non remis : موجز الصباح",
      from: "postmaster@host.example",
      human:
        "Échec de la remise pour ces destinataires :\n\nx@host.example\n550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
      status: failed("5.1.10", ""),
    }),
    kind: "bounce",
    verdict: "hard",
    words: /RecipientNotFound/,
  },
  {
    name: "Exchange Online, from Microsoft's own address",
    mail: dsn({
      subject: "Undeliverable: موجز الصباح",
      from: "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@host.example",
      status: failed("5.4.1", "smtp;550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
    }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "malformed: all fields in one group",
    mail: dsn({ status: failed("5.1.1", "smtp; 550 5.1.1 unknown user").replace("\n\n", "\n") }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "malformed: no Action",
    mail: dsn({ status: failed("5.1.1", "smtp; 550 5.1.1 unknown user").replace("Action: failed\n", "") }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "malformed: words behind Status and Action",
    mail: dsn({
      status: failed(
        "5.1.1 (bad destination mailbox address)",
        "SMTP; 550 5.1.1 unknown user",
        "failed (unknown)",
      ),
    }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "malformed: the status as plain text",
    mail: dsn({ type: "text/plain", status: failed("5.2.2", "smtp; 552 5.2.2 mailbox full") }),
    kind: "bounce",
    verdict: "soft",
  },
  {
    name: "malformed: the status as an attached text file",
    mail: dsn({
      type: 'text/plain; name="details.txt"\nContent-Disposition: attachment; filename="details.txt"',
      status: failed("5.1.1", "smtp; 550 5.1.1 unknown user"),
    }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "malformed: the status in base64",
    mail: dsn({
      type: "message/delivery-status\nContent-Transfer-Encoding: base64",
      status: btoa(failed("5.1.1", "smtp; 550 5.1.1 unknown user").replaceAll("\n", "\r\n")).replace(
        /.{76}/g,
        "$&\n",
      ),
    }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "malformed: no end of its parts",
    mail: mail(
      new TextDecoder()
        .decode(dsn({ status: failed("5.1.1", "smtp; 550 5.1.1 unknown user") }))
        .split("\r\n--BOUNDARY--")[0] ?? "",
      "",
    ),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "malformed: only 5.0.0, the server's words know more",
    mail: dsn({
      status: failed("5.0.0", "smtp; 550-5.1.1 The email account that you tried to reach does not exist."),
    }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "a report of a policy",
    mail: dsn({
      status: failed(
        "5.7.1",
        "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
      ),
    }),
    kind: "bounce",
    verdict: "sender",
  },
  {
    name: "Gmail: a report whose human part is HTML as well",
    mail: dsn({
      subject: "Delivery Status Notification (Failure)",
      from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
      human:
        "** Address not found **\n\nYour message wasn't delivered to x@host.example because the address couldn't be found.",
      status: failed("5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist."),
      more: "Auto-Submitted: auto-replied\nX-Failed-Recipients: x@host.example",
    }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "qmail",
    mail: mail(
      daemon("failure notice"),
      `Hi. This is the qmail-send program at host.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<x@host.example>:\nSorry, no mailbox here by that name. (#5.1.1)${below}`,
    ),
    kind: "bounce",
    verdict: "hard",
    words: /no mailbox here/,
  },
  {
    name: "qmail: the queue was too long",
    mail: mail(
      daemon("failure notice"),
      `Hi. This is the qmail-send program at host.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<x@host.example>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not going to try again; this message has been in the queue too long.${below}`,
    ),
    kind: "bounce",
    verdict: "soft",
  },
  {
    name: "qmail under another title and sender",
    mail: mail(
      `From: admin@host.example\nTo: ${sentTo}\nSubject: your mail`,
      `Hi. This is the vpopmail program at host.example.\n\n<x@host.example>:\n550 5.2.2 user is over quota${below}`,
    ),
    kind: "bounce",
    verdict: "soft",
  },
  {
    name: "Exim",
    mail: mail(
      daemon(
        "Mail delivery failed: returning message to sender",
        "X-Failed-Recipients: x@host.example\nAuto-Submitted: auto-replied",
      ),
      `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  x@host.example\n    SMTP error from remote mail server after RCPT TO:<x@host.example>:\n    host mx.host.example [192.0.2.9]: 550 5.1.1 <x@host.example>: User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n${letterHeaders}\n`,
    ),
    kind: "bounce",
    verdict: "hard",
    words: /host mx\.host\.example/,
  },
  {
    name: "Exim: a warning",
    mail: mail(
      daemon(
        "Warning: message 1abcde-0000 delayed 24 hours",
        "X-Failed-Recipients: x@host.example\nAuto-Submitted: auto-replied",
      ),
      "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours on the queue on mx.\n\nNo action is required on your part. Delivery attempts will continue for some time.",
    ),
    kind: "progress",
  },
  {
    name: "Exim: no such domain",
    mail: mail(
      daemon("Mail delivery failed: returning message to sender", "X-Failed-Recipients: x@dead.example"),
      "The following address(es) failed:\n\n  x@dead.example\n    all relevant MX records point to non-existent hosts\n",
    ),
    kind: "bounce",
    verdict: "likely-hard",
  },
  {
    name: "Exchange as HTML alone, in Arabic",
    mail: mail(
      daemon(
        "غير قابل للتسليم: موجز الصباح",
        "Content-Type: text/html; charset=utf-8",
        "postmaster@host.example",
      ),
      `<html><body><p>فشل التسليم إلى هؤلاء المستلمين:</p><p>x@host.example</p><p>تعذر العثور على العنوان الذي أدخلته.</p><p>معلومات التشخيص للمسؤولين:</p><p>550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found</p></body></html>`,
    ),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "Exchange 2003 in words",
    mail: mail(
      daemon(
        "Undeliverable: موجز الصباح",
        "Content-Type: text/plain",
        "System Administrator <postmaster@host.example>",
      ),
      "Your message\n\n  To:      x@host.example\n  Subject: x\n\ndid not reach the following recipient(s):\n\nx@host.example on Sun, 1 Mar 2026 07:00:05 +0200\n    The e-mail account does not exist at the organization this message\nwas sent to.  Check the e-mail address, or contact the recipient directly.\n    <mx.host.example #5.1.1>",
    ),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "Exchange 5.5: a title that says nothing, and no code",
    mail: mail(
      daemon(
        "موجز الصباح",
        "Content-Type: text/plain; charset=utf-8",
        "System Administrator <postmaster@host.example>",
      ),
      "Your message\n\n  To:      x@host.example\n  Subject: x\n\ndid not reach the following recipient(s):\n\nx@host.example on Sun, 1 Mar 2026 07:00:05 +0200\n    The recipient name is not recognized\n    MSEXCH:IMS:HOST:SITE:SERVER 0 (000C05A6) Unknown Recipient",
    ),
    kind: "bounce",
    verdict: "likely-hard",
  },
  {
    name: "Apache James: as an answer to the letter",
    mail: mail(
      `From: post_master@host.example\nTo: ${sentTo}\nSubject: Re:x\nIn-Reply-To: ${messageId}`,
      "Error: Invalid user address\n\nError message below:\n550 - Requested action not taken: no such user here\n\nMessage details:\n  Subject: x",
    ),
    kind: "bounce",
    verdict: "likely-hard",
  },
  {
    name: "Domino",
    mail: mail(
      daemon(
        "DELIVERY FAILURE: User x (x@host.example) not listed in Domino Directory",
        "",
        "Postmaster@host.example",
      ),
      "Your message\n\n  Subject: x\n\nwas not delivered to:\n\n  x@host.example\n\nbecause:\n\n  User x (x@host.example) not listed in Domino Directory\n",
    ),
    kind: "bounce",
    verdict: "likely-hard",
  },
  {
    name: "Yandex, in Russian",
    mail: mail(
      daemon(
        "Недоставленное сообщение",
        "Content-Type: text/plain; charset=utf-8",
        "mailer-daemon@yandex.example",
      ),
      "Это письмо отправлено почтовым сервером.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может быть отправлено одному или нескольким адресатам.\n\n<x@host.example>: host mx.host.example[192.0.2.9] said: 550 5.1.1 User not found (in reply to RCPT TO command)",
    ),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "QQ, in Chinese",
    mail: mail(
      daemon("系统退信", "Content-Type: text/plain; charset=utf-8", "PostMaster@qq.example"),
      "抱歉，您的邮件被退回来了……\n\n收件人邮件地址不存在，邮件无法送达。\n\nhost mx[192.0.2.9] said: 550 Mailbox not found.",
    ),
    kind: "bounce",
    verdict: "likely-hard",
  },
  {
    name: "GMX, in German",
    mail: mail(
      daemon(
        "Mail delivery failed: returning message to sender",
        "Content-Type: text/plain; charset=utf-8",
        "GMX Mailer Daemon <mailer-daemon@gmx.example>",
      ),
      'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\n"x@host.example":\nSMTP error from remote server after RCPT command:\nhost: mx.host.example\n5.2.2 Mailbox full',
    ),
    kind: "bounce",
    verdict: "soft",
  },
  {
    name: "Sendmail, its transcript alone",
    mail: mail(
      daemon("Returned mail: see transcript for details"),
      "The original message was received at Sun, 1 Mar 2026 07:00:05 +0200\nfrom mx.sender.example [192.0.2.7]\n\n   ----- The following addresses had permanent fatal errors -----\n<x@host.example>\n    (reason: 550 5.1.1 <x@host.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.host.example.:\n>>> DATA\n<<< 550 5.1.1 <x@host.example>... User unknown",
    ),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "an abuse report",
    mail: feedback("abuse", "Source-IP: 192.0.2.7"),
    kind: "complaint",
    complaint: "abuse",
  },
  { name: "a report of fraud", mail: feedback("fraud"), kind: "complaint", complaint: "abuse" },
  { name: "an opt-out", mail: feedback("opt-out"), kind: "complaint", complaint: "opt-out" },
  { name: "not spam after all", mail: feedback("not-spam"), kind: "progress" },
  { name: "a report of failed authentication", mail: feedback("auth-failure"), kind: "progress" },
  {
    name: "an abuse report whose parts are called text",
    mail: mail(
      `From: fbl@provider.example\nTo: fbl@bounce.example\nSubject: abuse report`,
      `Feedback-Type: abuse\nUser-Agent: Old/0.1\nVersion: 0.1\n\n${letterHeaders}\n`,
    ),
    kind: "complaint",
    complaint: "abuse",
  },
  {
    name: "Hotmail's program for senders",
    mail: mail(
      `From: staff@hotmail.com\nTo: fbl@bounce.example\nSubject: complaint about message from 192.0.2.7\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="BOUNDARY"`,
      `--BOUNDARY\nContent-Type: message/rfc822\nContent-Disposition: inline\n\nX-HmXmrOriginalRecipient: x@hotmail.example\n${letterHeaders}\n\n<p>خبر</p>\n--BOUNDARY--\n`,
    ),
    kind: "complaint",
    complaint: "abuse",
  },
  {
    name: "a holiday (RFC 3834)",
    mail: mail(
      person("Automatic reply: موجز الصباح", "Auto-Submitted: auto-replied"),
      "I am out of the office until 9 March. For urgent matters call 5.1.1.",
    ),
    kind: "other",
  },
  {
    name: "a holiday with a null sender",
    mail: mail(
      person("Out of Office: موجز الصباح").replace("<x@host.example>\nFrom", "<>\nFrom"),
      "I have left the company. My mailbox is no longer available.",
    ),
    kind: "other",
  },
  {
    name: "a holiday in Arabic",
    mail: mail(person("رد تلقائي: موجز الصباح", "X-Autoreply: yes"), "أنا خارج المكتب."),
    kind: "other",
  },
  {
    name: "a challenge",
    mail: mail(
      person("Please confirm your message", "Auto-Submitted: auto-replied").replace(
        "<x@host.example>\nFrom",
        "<>\nFrom",
      ),
      "Your message is waiting. Click here to be let in.",
    ),
    kind: "other",
  },
  {
    name: "a letter from a reader",
    mail: mail(person("Re: موجز الصباح"), "صباح الخير، العنوان 550 5.1.1 في خبركم عن البريد غير صحيح."),
    kind: "other",
  },
  {
    name: "a reader who quotes a report",
    mail: mail(
      person("Re: Undelivered Mail Returned to Sender"),
      "> 550 5.1.1 User unknown\n\nwhat is this?",
    ),
    kind: "other",
  },
  {
    name: "a question to the postmaster",
    mail: mail(
      person("Mail problem").replace(
        "From: X <x@host.example>",
        "From: Postmaster <postmaster@host.example>",
      ),
      "Dear colleague, could you look at your DNS?",
    ),
    kind: "other",
  },
];
