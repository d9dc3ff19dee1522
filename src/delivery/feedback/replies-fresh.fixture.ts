// Replies that were collected, and judged by a person, after the rules were made: they tell how the rules do with what they have not
// seen. Addresses, hosts and ids are invented; where the words were found stands beside them.
import type { Reply, Truth } from "./replies.fixture.ts";

/** The words, and what they mean. The status of the report is in them, as these sources quote it. */
type Line = readonly [words: string, truth: Truth];
type Group = { from: string; source: string; lines: readonly Line[] };

const sisimai = "github.com/sisimai/p5-sisimai, lib/Sisimai/Rhost/";

const groups: readonly Group[] = [
  {
    from: "Mimecast",
    source: `community.mimecast.com, "Mimecast SMTP Error Codes", as quoted in ${sisimai}Mimecast.pm`,
    lines: [
      ["550 SPF Sender Invalid - envelope rejected", "sender"],
      ["550 DKIM Sender Invalid - envelope rejected", "sender"],
      ["550 DMARC Sender Invalid - envelope rejected", "sender"],
      ["451 Internal resources are temporarily unavailable", "soft"],
      ["550 Local CT IP Reputation - (reject)", "sender"],
      ["421 Sender address blocked", "sender"],
      ["451 Recipient temporarily unavailable", "soft"],
      ["451 IP temporarily blacklisted", "sender"],
      ["554 Maximum email size exceeded", "content"],
      ["554 Mail loop detected", "soft"],
      ["451 Open relay not allowed", "sender"],
      ["451 Account inbounds disabled", "soft"],
      ["550 Anti-Spoofing policy - Inbound not allowed", "sender"],
      ["550 Message bounced due to Content Examination Policy", "content"],
      ["554 Host network not allowed", "sender"],
      ["550 Administrative prohibition envelope blocked", "sender"],
      ["550 Envelope blocked – User Entry", "sender"],
      ["550 Rejected by header-based Manually Blocked Senders - block for manual block", "sender"],
      ["550 Envelope rejected – Block policy for Envelope From address", "sender"],
      ["553 This route requires encryption (TLS)", "sender"],
      ["451 Unable to process connection at this time", "soft"],
      ["451 Message ended early", "soft"],
      ["451 Account service is temporarily unavailable", "soft"],
      ["452 Too many recipients", "sender"],
    ],
  },
  {
    from: "iCloud",
    source: `${sisimai}Apple.pm`,
    lines: [
      ["554 5.7.1 Your message was rejected due to news.example's DMARC policy.", "sender"],
      [
        "554 5.7.1 [HME1] This message was blocked for failing both SPF and DKIM authentication checks.",
        "sender",
      ],
      [
        "550 5.7.1 Your email was rejected due to having a domain present in the Spamhaus DBL -- see https://www.spamhaus.org/dbl/",
        "sender",
      ],
      ["554 mx-smtpin001.me.example ESMTP not accepting connections", "sender"],
      ["421 4.7.1 Messages to x@icloud.example deferred due to excessive volume. Try again later", "sender"],
      ["550 5.1.1 <x@icloud.example>: inactive email address (in reply to RCPT TO command)", "hard"],
    ],
  },
  {
    from: "QQ",
    source: `service.mail.qq.com/detail/122, as quoted in ${sisimai}Tencent.pm`,
    lines: [
      ["550 SPF check failed", "sender"],
      ["550 Suspected bounce attacks", "sender"],
      ["550 Suspected spam ip", "sender"],
      ["550 Connection denied", "sender"],
      ["550 Mail is rejected by recipients", "sender"],
      ["550 Spam is embedded in the email", "sender"],
      ["551 x@qq.example is a deactivated mailbox", "hard"],
      ["550 Ip frequency limited", "sender"],
      ["550 Domain frequency limited", "sender"],
      ["550 Sender frequency limited", "sender"],
      ["550 Connection frequency limited", "sender"],
    ],
  },
  {
    from: "Zoho",
    source: `${sisimai}Zoho.pm, smtpfieldmanual.com/provider/zoho`,
    lines: [
      ["550 5.7.1 Email rejected per DMARC policy for zoho.example", "sender"],
      ["451 4.7.1 Greylisted, try again after some time", "sender"],
      ["554 5.7.1 Email cannot be delivered. Reason: Email flagged as Spam.", "sender"],
      ["541 5.4.1 Mail rejected by destination domain", "sender"],
      ["554 5.7.7 Email policy violation detected", "sender"],
      ["452 4.3.1 Temporary System Error", "soft"],
      ["552 5.1.1 <x@zoho.example> Mailbox delivery failure policy error", "sender"],
      ["552 5.7.1 virus Eicar-Test detected by Zoho Mail", "content"],
    ],
  },
  {
    from: "Orange and La Poste",
    source: `${sisimai}FrancePTT.pm`,
    lines: [
      [
        "550 mwinf5c04 ME Adresse IP source bloquee pour incident de spam. Client host blocked for spamming issues. OFR006_102",
        "sender",
      ],
      ["421 Service refuse. Veuillez essayer plus tard. OFR_103", "soft"],
      ["421 Too many connections, slow down. LPN105_104", "sender"],
      [
        "550 5.5.0 Service refuse. Veuillez essayer plus tard. service refused, please try later. LPN001_108",
        "soft",
      ],
      ["550 5.7.0 Code d'authentification invalide OFR_305", "sender"],
      ["550 5.5.0 SPF: news.example is not allowed to send mail. LPN004_401", "sender"],
      ["550 5.5.0 Authentification requise. Authentication Required. LPN105_402", "sender"],
      ["550 5.0.1 Emetteur invalide. Invalid Sender. LPN105_405", "sender"],
      ["552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417", "soft"],
      ["550 5.5.3 Mail from not owned by user. LPN105_421", "sender"],
      ["550 5.5.0 Le compte du destinataire est bloque. The recipient account isblocked. LPN007_426", "hard"],
      [
        "421 4.2.0 Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR005_505 [505]",
        "soft",
      ],
      ["552 Taille limite du message atteinte. OFR_514", "content"],
      [
        "421 mwinf5c77 ME Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR_999 [999]",
        "soft",
      ],
    ],
  },
  {
    from: "Cox",
    source: `cox.com, "Email error codes", as quoted in ${sisimai}Cox.pm`,
    lines: [
      ["554 cox too many bad commands from 192.0.2.7", "sender"],
      ["552 Too many invalid recipients", "sender"],
      ["421 DNS check failure - try again later", "sender"],
      ["554 Rejected - no rDNS", "sender"],
      ["552 Attachment extension is forbidden", "content"],
      ["550 Sender rejected", "sender"],
      ["421 ESMTP server temporarily not available", "soft"],
      ["421 Too many sessions from 192.0.2.7", "sender"],
      ["452 Message threshold exceeded", "sender"],
      ["550 <x@cox.example> Recipient rejected", "hard"],
      ["554 ESMTP no data before greeting", "sender"],
    ],
  },
  {
    from: "GoDaddy",
    source: `godaddy.com/help, "What does my email bounceback mean", as quoted in ${sisimai}GoDaddy.pm`,
    lines: [
      ["535 Authentication not allowed on IBSMTP Servers. IB401", "sender"],
      ["550 b@news.example Blank From: addresses are not allowed. Provide a valid From. IB501", "sender"],
      ["550 news.example From: Domain is invalid. Provide a valid From: IB506", "sender"],
      ["550 b@news.example Invalid SPF record. Inspect your SPF settings, and try again. IB508", "sender"],
      ["421 Temporarily rejected. Reverse DNS for this IP failed. IB108", "sender"],
      [
        "552 This message has been rejected due to content judged to be spam by the internet community. IB212",
        "sender",
      ],
      ["552 Virus infected message rejected. IB705", "content"],
      [
        "452 This message contains too many recipients. Reduce the number of recipients and retry. IB605",
        "sender",
      ],
      [
        "421 Connection refused, too many sessions from This IP. Lower the number of concurrent sessions. IB007",
        "sender",
      ],
      ["421 Server temporarily unavailable. Try again later. IB101", "soft"],
      [
        "554 This IP has been temporarily blocked for attempting to send too many messages containing content judged to be spam by the Internet community. IB110",
        "sender",
      ],
      [
        "554 This IP has been blocked for the day, for attempting to mail too many invalid recipients. IB113",
        "sender",
      ],
      ["550 This IP has sent too many messages this hour. IB504", "sender"],
      [
        "550 This message has exceeded the max number of messages per session. Open a new session and try again. IB510",
        "sender",
      ],
      [
        "554 Connection refused. This IP has a poor reputation on Cloudmark Sender Intelligence (CSI). IB103",
        "sender",
      ],
      ["554 RBL Reject.", "sender"],
      ["Account storage limit", "soft"],
      ["Account disabled", "hard"],
      ["This message is looping: it already has my Delivered-To line. (#5.4.6)", "soft"],
    ],
  },
  {
    from: "Symantec Email Security.cloud",
    source: `knowledge.broadcom.com articles 169652, 164955, 165165 and others, as quoted in ${sisimai}MessageLabs.pm`,
    lines: [
      ["553 DMARC domain authentication fail", "sender"],
      ["553-SPF (Sender Policy Framework) domain authentication fail.", "sender"],
      ["501 Connection rejected by policy [7.7] 20805", "sender"],
      ["553-mail rejected because your IP is in the PBL. See http://www.spamhaus.org/pbl", "sender"],
      ["553 Stray linefeeds in message (#5.6.2)", "content"],
      ["451 TLS/SSLv3 Connection required. (#4.7.1)", "sender"],
      [
        "553 You are trying to use me [server-1.tower-1.cloud.example] as a relay, but I have not been configured to let you [192.0.2.7, mx.news.example] do this.",
        "sender",
      ],
      ["550 [192.0.2.9] has detected that this message is not RFC 5322", "content"],
      ["550 sender envelope domain not allowed for sender IP address (#5.1.8)", "sender"],
      ["553 Sorry, your domain has been blocked", "sender"],
      ["553-Sorry, your email address has been blacklisted", "sender"],
      ["452 Too many recipients received this hour", "sender"],
      ["553 Recipient mailbox is not allowed", "hard"],
    ],
  },
  {
    from: "Yahoo",
    source: `senders.yahooinc.com/smtp-error-codes, as quoted in ${sisimai}YahooInc.pm`,
    lines: [
      [
        "550 5.7.9 This mail has been blocked because the sender is unauthenticated. Yahoo requires all senders to authenticate with either SPF or DKIM.",
        "sender",
      ],
      ["550 relaying denied for <x@yahoo.example>", "sender"],
      ["451 Message temporarily deferred due to unresolvable RFC.5321 from domain.", "sender"],
      [
        "553 5.7.2 [TSS09] All messages from 192.0.2.7 will be permanently deferred; Retrying will NOT succeed.",
        "sender",
      ],
      ["450 User is receiving mail too quickly", "soft"],
      ["554 delivery error: dd x@yahoo.example is no longer valid.", "hard"],
      [
        "554 30 Sorry, your message to x@aol.example cannot be delivered. This mailbox is disabled (554.30)",
        "hard",
      ],
      ["421 Max message per connection reached, closing transmission channel", "sender"],
      ["554 Message not allowed - Headers are not RFC compliant[291]", "content"],
      ["554 Message not allowed - [PH01] Email not accepted for policy reasons.", "sender"],
    ],
  },
  {
    from: "Gmail",
    source: `support.google.com/a/answer/3726730, as quoted in ${sisimai}Google.pm`,
    lines: [
      ["550 5.7.24 The SPF record of the sending domain has one or more suspicious entries.", "sender"],
      ["421 4.7.26 This mail has been rate limited because it is unauthenticated.", "sender"],
      [
        "421 4.7.28 Gmail has detected an unusual rate of mail originating from your IP address 192.0.2.7.",
        "sender",
      ],
      ["552 5.3.4 The number of attachments (600) exceeds Google's limit of 500 attachments.", "content"],
      ["421 4.7.0 Connection expired, try reconnecting.", "soft"],
      ["530 5.7.0 Must issue a STARTTLS command first.", "sender"],
      [
        "421 4.7.29 Your email has been rate limited because this message wasn't sent over a TLS connection.",
        "sender",
      ],
      ["554 5.4.6 Message exceeded 50 hops, this may indicate a mail loop.", "soft"],
      ["451 4.4.2 Timeout - closing connection.", "soft"],
    ],
  },
  {
    from: "various, as a relay met them",
    source: "github.com/zone-eu/zone-mta, config/bounces.txt",
    lines: [
      [
        "421 4.7.1 Service unavailable; Client host [192.0.2.7] blocked using grey.rbl - Rechazo temporal, intentelo mas tarde por favor...Greylisting in action, please try again later",
        "sender",
      ],
      ["550 5.7.1 Blacklisted by recipient", "sender"],
      [
        "554 IP=192.0.2.7 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.example to clarify.) (BL)",
        "sender",
      ],
      [
        "553 5.3.0 flph825 DNSBL:ATTRBL 521< 192.0.2.7 >_is_blocked.For assistance forward this email to abuse_rbl@att.example",
        "sender",
      ],
      ["554 5.5.4 Your IP 192.0.2.7 address has a bad reputation.", "sender"],
      [
        "554-mx.host.example Your access to this mail system has been rejected due to the sending MTA's poor reputation.",
        "sender",
      ],
      ["550 5.7.511 Access denied, banned sender[192.0.2.7].", "sender"],
      [
        "554 5.7.1 <x@host.example>: Recipient address rejected: https://www.spamhaus.org/query/ip/192.0.2.7",
        "sender",
      ],
      ["550 5.2.1 <x@hot.example> is expired account", "hard"],
      ["554 5.2.1 Inactive user", "hard"],
      ["451 4.7.1 Sorry, the service is currently unavailable. Please come back later.", "soft"],
      ["550 permanent failure for one or more recipients (x@host.example:blocked)", "sender"],
      [
        "550 The sending IP (192.0.2.7) is listed on https://spamrl.com/. Please resolve this and retry.",
        "sender",
      ],
      ["554 5.7.1 You are not allowed to connect", "sender"],
      ["451 4.3.0 Error: queue file write error", "soft"],
      ["550 5.7.0 Local Policy Violation", "sender"],
      ["554 rejected due to virus", "content"],
      ["451 4.3.5 Server configuration problem", "soft"],
      ["550 Black listed at hostkarma http://ipadmin.junkemailfilter.com/remove.php?ip=192.0.2.7", "sender"],
      ["550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.", "sender"],
      ["550 Rejected 192.0.2.7 found in dnsbl.sorbs.net", "sender"],
      ["550 Rejected: 192.0.2.7 is listed at work.drbl.example.net", "sender"],
      ["554 Refused. Your IP address is listed in the RBL at xbl.spamhaus.org", "sender"],
    ],
  },
  {
    from: "various, as reports quoted them",
    source: "github.com/twisted1919/bounce-handler, BounceHandler/rules.php",
    lines: [
      ["551 bounce as<the destination mailbox <x@host.example> is full> queue as 100.1", "soft"],
      [
        "X-Postfix; cannot append message to destination file /var/mail/x: error writing message: File too large",
        "soft",
      ],
      ["X-Notes; User x (x@host.example) not listed in public Name & Address Book", "hard"],
      ["450 user path no exist", "soft"],
      ["550 relaying to <x@host.example> prohibited by administrator", "sender"],
      ["554 qq Sorry, no valid recipients (#5.1.3)", "hard"],
      ["550 User (x@host.example) unknown.", "hard"],
      ["452 4.2.1 mailbox temporarily disabled: x@host.example", "soft"],
      ["550 Mailbox ( x@host.example ) not found or inactivated", "hard"],
      ["5.x.0 - Message bounced by administrator  (delivery attempts: 0)", "sender"],
      ["550 <x> is now disabled with MTA service.", "hard"],
      ["551 not our customer", "hard"],
      ["5.1.0 - Unknown address error 540-'Error: Wrong recipients' (delivery attempts: 0)", "hard"],
      ["550 Command RCPT User <x@host.example> not OK", "hard"],
      ["550 5.7.1 Access-Denied-XM.SSR-001", "sender"],
      ["550 5.1.1 <x@host.example>... email address lookup in domain map failed", "hard"],
      ["550 User not a member of domain: <x@host.example>", "hard"],
      [
        '550-"The recipient cannot be verified.  Please check all recipients of this message to verify they are valid."',
        "hard",
      ],
      ["550-I'm sorry but x@host.example does not have an account here. I will not", "hard"],
      ["550 This account is not allowed...x@host.example", "hard"],
      ["550 <x@host.example>... User account not activated", "hard"],
      ["550 sorry, that recipient doesn't exist (#5.7.1)", "hard"],
      ["550 not local host host.example, not a gateway", "sender"],
      ["500 Unauthorized relay msg rejected", "sender"],
      ["554 5.5.2 Invalid data in message", "content"],
      ["550 Local user only or Authentication mechanism", "sender"],
      ["550 Content reject. FAAAANsG60M9BmDT.1", "content"],
      ["552 MessageWall: MIME/REJECT: Invalid structure", "content"],
      ["553 Mail data refused by AISP, rule [169648].", "sender"],
      ["553 Specified domain is not allowed.", "sender"],
      ["451 System(u) busy, try again later.", "soft"],
      ["554 sender is rejected: 0,mx20,wKjR5bDrnoM2yNtEZVAkBg==.32467S2", "sender"],
      ["554 <unknown[192.0.2.7]>: Client host rejected: Access denied", "sender"],
      ["554 Connection refused(mx). MAIL FROM [b@news.example] mismatches client IP [192.0.2.7].", "sender"],
      ["550 Requested action not taken: mail IsCNAPF76kMDARUY.56621S2 is rejected,mx3,BM", "sender"],
      ["552 sorry, the spam message is detected (#5.6.0)", "content"],
      ["550 Verify mailfrom failed,blocked", "sender"],
      ["550 Error: MAIL FROM is mismatched with message header from address!", "sender"],
      ["550 sorry, it seems as a junk mail", "sender"],
      ["451 Temporary local problem - please try later", "soft"],
      ["553 5.3.5 system config error", "soft"],
      [
        "X-Postfix; delivery temporarily suspended: conversation with 192.0.2.25[192.0.2.25] timed out while sending end of data -- message may be sent more than once",
        "soft",
      ],
      ["503 All recipients are invalid", "hard"],
      ["LOCAL module(account x) reports: mail receiving disabled", "hard"],
      ["The user(s) account is temporarily over quota.", "soft"],
      ["LOCAL module(account x) reports: account is full (quota exceeded)", "soft"],
      ['x "(0), ErrMsg=Mailbox space not enough (space limit is 10240KB)', "soft"],
    ],
  },
];

/** The last to be collected; judged by a person like the others, and no rule was written for any. */
const last: readonly Group[] = [
  {
    from: "various, as reports quoted them",
    source: "github.com/twisted1919/bounce-handler, BounceHandler/rules.php (the words of reports)",
    lines: [
      ["554 5.0.0 MX list for host.example. points back to mail01.host.example", "soft"],
      ["451 4.0.0 I/O error", "soft"],
      ["SMTP module(domain host.example) reports: connection with mx1.host.example is broken", "soft"],
      ["553 5.1.2 <x@host..example>... Invalid host name", "hard"],
      ["x@host.example... Deferred: Name server: host.example.: host name lookup failure", "soft"],
      ["local: Sorry, can't find user's mailbox. (#5.1.1)", "hard"],
      ["550 5.0.0 <x@host.example>... Can't create output", "soft"],
      ["This account is over quota and unable to receive mail.", "soft"],
      ["mail.local: /var/mail/2b/10/x: Disc quota exceeded", "soft"],
      ["The message to x@host.example is bounced because : Quota exceed the hard limit", "soft"],
      ["553 user is inactive (eyou mta)", "hard"],
      ["x@host.example [Inactive account]", "hard"],
      ["Unable to switch to /var/vpopmail/domains/host.example: input/output error. (#4.3.0)", "soft"],
      ["can not open new email file errno=13 file=/home/vpopmail/domains/x", "soft"],
      ["The user does not accept email in non-Western (non-Latin) character sets.", "content"],
    ],
  },
  {
    from: "various",
    source: "smtp.codes (github.com/ActiveCampaign/smtp-field-manual)",
    lines: [
      ["554 5.7.1 <x@host.example>: Recipient address rejected: BLOCK-SEND-ER.", "sender"],
      ["554 5.7.1 <x@host.example>: Recipient address rejected: Invalid-Recipient.", "hard"],
      ["554 rejecting banned content", "content"],
      [
        "554 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour.",
        "soft",
      ],
      ["451 4.7.0 Temporary server error. Please try again later. PRX4 NextHop: host.example", "soft"],
    ],
  },
  {
    from: "various",
    source:
      "yandex.com/support/mail/bounces/other.html; docs.selectel.ru, SMTP errors; mailing lists and trackers",
    lines: [
      ["Bad destination system address", "hard"],
      ["DNS: no such domain", "hard"],
      ["Sorry, message looks like SPAM to me", "sender"],
      [
        "550 5.7.1 SPF check failed: 192.0.2.7 is not authorized to send in the name of news.example.",
        "sender",
      ],
      ["501 from domain not trusted", "sender"],
      ["554 5.7.1 recipient verify from ldap failed (in reply to RCPT TO command)", "hard"],
      ["5.1.1 <x@host.example>: Recipient address rejected: Failed recipient validation check.", "hard"],
      ["550 The content of this message looked like spam. (in reply to end of DATA command)", "sender"],
      ["smtp;550 This message scored 9.9 points. Congratulations!", "sender"],
      ["553 5.3.0 <x@host.example>... No such user here (in reply to RCPT TO command)", "hard"],
      ["450 too frequent connects from 192.0.2.7, please try again later.", "sender"],
    ],
  },
];

const repliesOf = (some: readonly Group[]) =>
  some.flatMap(({ from, lines }) => lines.map(([words, truth]): Reply => [from, "", words, truth]));

/**
 * Unseen, 73 of 100 were of the right kind, and 1.5 of 100 wrongly hard. After rules for every second one, 76 of 100 of the others were
 * right; after that rules were written for those as well.
 */
export const freshReplies = repliesOf(groups);

/** Collected after those: 74 of 100 were right at first, and 81 after rules were made with other samples; then with these as well. */
export const laterReplies = repliesOf(last);
