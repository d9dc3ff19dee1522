// Reports of the many programs that send them in a form of their own, or in RFC 3464's with something left out: written after those
// forms, as samples of them show them, with invented names. What the servers in them say is in bounces.fixture.ts.
import { type Case, daemon, dsn, failed, letterHeaders, mail } from "./mails.fixture.ts";

const x = "x@host.example";

type Textual = Omit<Case, "mail" | "kind"> & {
  subject: string;
  from?: string;
  /** Further header fields. */
  more?: string;
  text: string;
};

/** A report in words alone. */
const inWords = ({ subject, from, more, text, ...expected }: Textual): Case => ({
  kind: "bounce",
  recipient: x,
  ...expected,
  mail: mail(daemon(subject, more ?? "Content-Type: text/plain; charset=utf-8", from), text),
});

const returned = `\n\n${letterHeaders}\n\n<p>550 5.1.1 user unknown</p>\n`;

const inWordsAlone: readonly Textual[] = [
  {
    name: "KDDI",
    subject: "メールエラー通知",
    from: "no-reply@app.host.example",
    text: `Could not be delivered to: <${x}>\nAs their mailbox is full.${returned}`,
    verdict: "soft",
    words: /mailbox is full/,
  },
  {
    name: "ezweb",
    subject: "Mail System Error - Returned Mail",
    from: "<Postmaster@host.example>",
    text: `Each of the following recipients was rejected by a remote\nmail server.\n\n   Recipient: <${x}>\n   >>> RCPT TO:<${x}>\n   <<< 550 <${x}>: User unknown${returned}`,
    verdict: "likely-hard",
    words: /User unknown/,
  },
  {
    name: "Notes",
    subject: "Undeliverable message",
    from: "Notes_Router@host.example",
    text: `------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n${x}\n\n\n------- Returned Message --------${returned}`,
    verdict: "likely-hard",
    words: /not listed/,
  },
  {
    name: "MailMarshal",
    subject: 'Undeliverable Mail: "خبر"',
    from: "MailMarshal@host.example",
    text: `Your message:\n   From:    bulletin@news.example\n   Subject: x\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected:\n    ${x}\n\nAdditional Information\n======================\n\nOriginal Sender:    <bulletin@news.example>`,
    verdict: "hard",
  },
  {
    name: "OpenSMTPD",
    subject: "Delivery status notification: error",
    from: "Mailer Daemon <MAILER-DAEMON@host.example>",
    text: `    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\n${x}: 550 5.2.2 <${x}>... Mailbox full\n\n    Below is a copy of the original message:${returned}`,
    verdict: "soft",
    words: /Mailbox full/,
  },
  {
    name: "MX Logic",
    subject: "Mail delivery failed: returning message to sender",
    text: `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n <${x}>: 550 5.1.1 User Unknown\n\nIncluded is a copy of the message header:\n-----------------${returned}`,
    verdict: "hard",
  },
  {
    name: "MailFoundry",
    subject: "Message delivery has failed",
    text: `Unable to deliver message to: <${x}>\nDelivery failed for the following reason:\nServer mx.host.example[192.0.2.9] failed with: 550 <${x}> No such user here\n\nThis has been a permanent failure.  No further delivery attempts will be made.`,
    verdict: "likely-hard",
  },
  {
    name: "1&1",
    subject: "Mail delivery failed: returning message to sender",
    text: `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. The following addresses failed:\n\n${x}\n\nFor the following reason:\n\nMail size limit exceeded. For explanation visit\n<http://postmaster.host.example/de/error-messages?ip=192.0.2.7>\n\n--- The header of the original message is following. ---${returned}`,
    verdict: "content",
  },
  {
    name: "GMX",
    subject: "Mail delivery failed: returning message to sender",
    text: `This message was created automatically by mail delivery software.\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address\nfailed:\n\n<${x}>:\n5.1.1 The recipient does not exist\n5.1.1 <${x}>... User is unknown {mx-host}\n\n--- The header of the original message is following. ---${returned}`,
    verdict: "hard",
  },
  {
    name: "Zoho",
    subject: "Undelivered Mail Returned to Sender",
    from: "<mailer-daemon@mail.host.example>",
    text: `This message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its recipients. This is a permanent error. \n\n${x} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <${x}>... User Unknown${returned}`,
    verdict: "hard",
  },
  {
    name: "Mail.ru",
    subject: "Ваше сообщение не доставлено. Mail failure.",
    from: "Mail Delivery System <mailer-daemon@corp.host.example>",
    more: `X-Failed-Recipients: ${x}\nContent-Type: text/plain; charset=utf-8`,
    text: `Это письмо создано автоматически\nсервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может\nбыть доставлено одному или нескольким получателям:\n\n**********************\n\n${x}\nSMTP error from remote mail server after RCPT TO:<${x}>:\nhost mx.host.example [192.0.2.9]: 550 5.1.1 User Unknown\n\n**********************`,
    verdict: "hard",
  },
  {
    name: "OpenMail and others: the reason in the title",
    subject: "Returned Mail: User unknown",
    from: "Mail Delivery System <MAILER-DAEMON@host.example>",
    text: `The original message was received at Sun, 1 Mar 2026 07:00:00 +0200\nfrom news.example\n\nThe following addresses had delivery problems:\n\n${x}      [User unknown]\n\n----- Unsent message follows -----${returned}`,
    verdict: "likely-hard",
  },
  {
    name: "Yahoo",
    subject: "Delivery failure",
    from: "MAILER-DAEMON@host.example",
    text: `Message from host.example.\nUnable to deliver message to the following address(es).\n\n<${x}>:\nThis user doesn't have a host.example account (${x}) [0]\n\n--- Original message follows.${returned}`,
    verdict: "likely-hard",
  },
  {
    name: "a report in parts, none of which is a status",
    subject: "DELIVERY FAILURE: User unknown",
    from: "Mail.Delivery.System@host.example",
    more: 'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
    text: `--B\nContent-Type: text/plain\n\nThis message has been automatically generated by the mail system.\nYour message could not be delivered to:\n\n* ${x}\nSMTP:RCPT host 192.0.2.9: 553 5.3.0 <${x}>... No such user here\n\n--B\nContent-Type: message/rfc822\n\n${letterHeaders}\n\nx\n--B--`,
    verdict: "likely-hard",
  },
  {
    name: "Sendmail 5",
    subject: "Returned mail: User unknown",
    from: "MAILER-DAEMON@host.example (Mail Delivery Subsystem)",
    text: `   ----- Transcript of session follows -----\n550 ${x}... User unknown\n\n   ----- Unsent message follows -----${returned}`,
    verdict: "likely-hard",
  },
  {
    name: "m-FILTER",
    subject: "failure notice",
    text: `From: postmaster\n\nMailer-Daemon at m-FILTER\n${x}\n\n-------server message\n550 5.1.1 unknown user <${x}>\n\n-------original message${returned}`,
    verdict: "hard",
  },
  {
    name: "InterScan",
    subject: "Mail could not be delivered",
    from: '"InterScan MSS" <postmaster@host.example>',
    text: `Unable to deliver the message.\n\nSent <<< RCPT TO:<${x}>\nReceived >>> 550 5.1.1 <${x}>... user unknown\nCould not deliver mail to this user.\n\n${x}\n*****************     End of message     ***************`,
    verdict: "hard",
  },
  {
    name: "Active! hunter",
    subject: "FAILURE NOTICE :",
    text: `The original message was received at Sun, 1 Mar 2026 07:00:00 +0200\nfrom news.example\n\n   ----- The following addresses had permanent fatal errors -----\n\n>>> ${x} <${x}>\n\n   ----- Transcript of session follows -----\n550 sorry, no mailbox here by that name (#5.1.1 - chkusr)`,
    verdict: "hard",
  },
  {
    name: "IMail",
    subject: "Undeliverable Mail",
    from: "Postmaster <postmaster@host.example>",
    text: `Unknown user: ${x}\n\nRCPT TO generated following response:\n550 not local host host.example, not a gateway\n\nOriginal message follows.${returned}`,
    verdict: "sender",
  },
  {
    name: "IMail: nobody of that name",
    subject: "Undeliverable Mail",
    from: "Postmaster <postmaster@host.example>",
    text: `Unknown user: ${x}\n\nOriginal message follows.${returned}`,
    verdict: "likely-hard",
  },
  {
    name: "AOL",
    subject: "Mail Delivery Problem",
    from: "Mail Administrator <MAILER-DAEMON@aol.example>",
    text: "Your mail to the following recipients could not be delivered because they are not accepting mail from bulletin@news.example:\n\tx\n",
    verdict: "sender",
    recipient: null,
  },
  {
    name: "GroupWise",
    subject: "Message status - undeliverable",
    from: "<System.Administrator@host.example>",
    text: `The message that you sent was undeliverable to the following:\n\tx (user not found)\n\nPossibly truncated original message follows:${returned}`,
    verdict: "likely-hard",
    recipient: null,
  },
  {
    name: "MDaemon: its transcript",
    subject: "Permanent Delivery Failure",
    from: "MDaemon@host.example",
    text: `The following data may contain information about why delivery failed\nto ${x}:\n\n--- Session Transcript ---\n 07:00:01: --> RCPT To:<${x}>\n 07:00:02: <-- 550 <${x}>, Recipient unknown\n 07:00:02: --> QUIT\n--- End Transcript ---\n\n: Message contains [1] file attachments`,
    verdict: "likely-hard",
  },
  {
    name: "MDaemon: a warning that is none",
    subject: "Warning: x@host.example - User unknown!",
    from: "Postmaster@host.example",
    text: `${x} - no such user here.\n\nThe following message was not delivered:${returned}`,
    verdict: "likely-hard",
  },
  {
    name: "Smail",
    subject: "mail failed, returning to sender",
    from: "<MAILER-DAEMON@host.example>",
    text: `|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n <${x}> ... unknown host\n|------------------------- Message text follows: ------------------------|${returned}`,
    verdict: "likely-hard",
  },
  {
    name: "hMailServer",
    subject: "Message undeliverable: خبر",
    from: "mailer-daemon@host.example",
    text: `Your message did not reach some or all of the intended recipients.\n\n   Sent: Sun, 1 Mar 2026\n   Subject: x\n\nThe following recipient(s) could not be reached:\n\n${x}\n   Error Type: SMTP\n   Remote server (192.0.2.9) issued an error.\n   hMailServer sent: RCPT TO:<${x}>\n   Remote server replied: 550 5.1.1 User unknown\n\n\nhMailServer`,
    verdict: "hard",
  },
  {
    name: "MailEnable",
    subject: "Message Delivery Failure",
    from: "Postmaster@host.example",
    text: `Message could not be delivered to some recipients.\nThe following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:${x}]\n\tReason: Remote SMTP Server Returned: 550 No such user\n\n\nMessage headers follow:${returned}`,
    verdict: "likely-hard",
  },
  {
    name: "Sina",
    subject: "邮件传输失败",
    from: "mailer-daemon@host.example",
    text: `您的邮件没有送达以下收信人:\n\n${x}\n\n550 User not found: ${x}`,
    verdict: "likely-hard",
  },
  {
    name: "Gmail, without a status",
    subject: "Delivery Status Notification (Failure)",
    from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    text: `** Address not found **\n\nYour message wasn't delivered to ${x} because the address couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n\n550 5.1.1 The email account that you tried to reach does not exist.\n\n----- Original message -----${returned}`,
    verdict: "hard",
    words: /email account/,
  },
  {
    name: "Gmail of old",
    subject: "Delivery Status Notification (Failure)",
    from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    text: `This is an automatically generated Delivery Status Notification\n\nDelivery to the following recipient failed permanently:\n\n     ${x}\n\nTechnical details of permanent failure:\nGoogle tried to deliver your message, but it was rejected by the recipient domain. We recommend contacting the other email provider for further information about the cause of this error. The error that the other server returned was: 550 550 sorry, no mailbox here by that name (#5.1.1) (state 14).\n\n----- Original message -----${returned}`,
    verdict: "hard",
  },
  {
    name: "Sendmail: of several recipients",
    subject: "Returned mail: see transcript for details",
    text: `   ----- The following addresses had permanent fatal errors -----\n<${x}>\n    (reason: 550 5.1.1 <${x}>... User unknown)\n<y@host.example>\n    (reason: 550 5.1.1 <y@host.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.host.example.:\n>>> DATA\n<<< 550 5.1.1 <${x}>... User unknown\n550 5.1.1 <${x}>... User unknown`,
    verdict: "hard",
  },
  {
    name: "Exim of old",
    subject: "Mail delivery failed: returning message to sender",
    text: `This message was created automatically by mail delivery software (Exim).\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ${x}:\n    unknown local-part "x" in domain "host.example"\n\n------ This is a copy of the message, including all the headers. ------${returned}`,
    verdict: "likely-hard",
  },
  {
    name: "Verizon",
    subject: "Undeliverable Message",
    from: "post_master@host.example",
    text: `Message could not be delivered to mobile.\nError: No valid recipients for this MM\n\nTo:   ${x}\nSubject: x`,
    verdict: "likely-hard",
  },
  {
    name: "LISTSERV",
    subject: "Undelivered mail",
    from: "LISTSERV@host.example",
    text: `The enclosed mail file has been identified as a delivery error for list X.\n\nError-for:  ${x}\nError-Code: 3\nError-Text: Undeliverable. Unknown recipient.\nError-End:  One error reported.`,
    verdict: "likely-hard",
  },
  {
    name: "Exchange, its words alone",
    subject: "Undeliverable: خبر",
    from: "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@host.example>",
    text: `Delivery has failed to these recipients or groups:\n\n${x}\nThe email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.\n\nDiagnostic information for administrators:\n\nGenerating server: MX1.host.example\n\n${x}\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'\n\nOriginal message headers:${returned}`,
    verdict: "hard",
  },
];

/** Letters that are late, and not back. */
const late: readonly Case[] = [
  inWords({
    name: "OpenSMTPD: a warning",
    subject: "Delivery status notification: delayed",
    text: `    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    A message is delayed for more than 4 hours for the following\n    list of recipients:\n\n${x}: 450 4.7.1 Greylisted\n\n    Please note that this is only a temporary failure report.\n    You DO NOT NEED to re-send the message to these recipients.`,
  }),
  inWords({
    name: "Gmail: a delay",
    subject: "Delivery Status Notification (Delay)",
    from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    text: `** Message not delivered yet **\n\nThere was a temporary problem delivering your message to ${x}. Gmail will retry for 46 more hours. You'll be notified if the delivery fails permanently.\n\nThe response was:\n\n451 4.7.1 Try again later`,
  }),
  inWords({
    name: "postponed",
    subject: "Mail delivery status",
    text: `Delivery of your message to ${x} has been postponed.\nThe server will continue to try to deliver it.\n\n450 4.2.1 mailbox busy`,
  }),
].map((it) => ({ ...it, kind: "progress" }));

/** Delivery statuses with something missing, or the reason elsewhere. */
const withStatus: readonly Case[] = [
  {
    name: "McAfee: Original-Recipient alone, and no type before the words",
    mail: dsn({
      status: `Original-Recipient: <${x}>\nAction: failed\nDiagnostic-Code: 550 MAILBOX NOT FOUND`,
    }),
    kind: "bounce",
    verdict: "likely-hard",
    recipient: x,
  },
  {
    name: "CommuniGate: the reason in the human part alone",
    mail: dsn({
      subject: "Undeliverable mail: خبر",
      human: `Failed to deliver to '<${x}>'\nLOCAL module(account x) reports:\n account is full (quota exceeded)`,
      status:
        "Reporting-MTA: dns; mx.host.example\n\nOriginal-Recipient: rfc822;<x@host.example>\nFinal-Recipient: LOCAL;<x>\nAction: failed\nStatus: 4.0.0",
    }),
    kind: "bounce",
    verdict: "soft",
    recipient: x,
    words: /account is full/,
  },
  {
    name: "words that say nothing, and better ones in the human part",
    mail: dsn({
      human: `<${x}>: 550 5.1.1 User unknown`,
      status: `Final-Recipient: rfc822; ${x}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; Error -100`,
    }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "Symantec: words continued without being indented",
    mail: dsn({
      status: `Final-Recipient: rfc822; ${x}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550\n5.1.1 <${x}>... User unknown`,
    }),
    kind: "bounce",
    verdict: "hard",
  },
  {
    name: "Netscape: a status of nobody",
    mail: dsn({
      human: `The message could not be delivered to ${x}`,
      status: "Reporting-MTA: dns; mx.host.example\n\nAction: failed\nStatus: 5.1.1",
    }),
    kind: "bounce",
    verdict: "hard",
    recipient: x,
  },
  {
    name: "Postfix: what was refused in the human part alone",
    mail: dsn({
      human: `<${x}>: host mx.host.example[192.0.2.9] said: 550 5.1.0 Address unknown\n    here (in reply to MAIL FROM command)`,
      status: failed("5.1.0", "smtp; 550 5.1.0 Address unknown here"),
    }),
    kind: "bounce",
    verdict: "sender",
    recipient: x,
  },
  {
    name: "Amazon SES",
    mail: dsn({
      subject: "Delivery Status Notification (Failure)",
      from: "MAILER-DAEMON@eu-west-1.amazonses.com",
      human: `An error occurred while trying to deliver the mail to the following recipients:\n${x}`,
      status: `Reporting-MTA: dns; a1.smtp-out.eu-west-1.amazonses.com\n\nAction: failed\nFinal-Recipient: rfc822; ${x}\nDiagnostic-Code: smtp; 550 5.2.1 mailbox disabled\nStatus: 5.2.1`,
    }),
    kind: "bounce",
    verdict: "likely-hard",
    recipient: x,
  },
  {
    name: "Dovecot: a refusal that is told like a receipt",
    mail: mail(
      daemon(
        "Rejected: خبر",
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="B"',
        "Mail Delivery Subsystem <postmaster@host.example>",
      ),
      `--B\nContent-Type: text/plain\n\nYour message to <${x}> was automatically rejected:\nQuota exceeded\n--B\nContent-Type: message/disposition-notification\n\nReporting-UA: host.example; Dovecot\nFinal-Recipient: rfc822; ${x}\nOriginal-Message-ID: <1@news.example>\nDisposition: automatic-action/MDN-sent-automatically; deleted\n--B\nContent-Type: message/rfc822\n\n${letterHeaders}\n\nx\n--B--`,
    ),
    kind: "bounce",
    verdict: "soft",
    recipient: x,
  },
  {
    name: "a receipt is none",
    mail: mail(
      `From: X <${x}>\nTo: bulletin@news.example\nSubject: Read: x\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary="B"`,
      `--B\nContent-Type: text/plain\n\nYour message was displayed.\n--B\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ${x}\nDisposition: manual-action/MDN-sent-manually; displayed\n--B--`,
    ),
    kind: "other",
  },
];

export const furtherCases: readonly Case[] = [...inWordsAlone.map(inWords), ...late, ...withStatus];
