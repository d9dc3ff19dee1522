// What servers mean by their words, as data: a pattern, what it means, and the line that it was written for.

/**
 * `no-mailbox`: nobody there, for good. `no-domain`: the domain takes no mail. `full`: the mailbox is, today. `later`: the
 * server or the way to it had trouble. `sender`: they will not have this from us, whoever it is to. `content`: not this message.
 */
export type Meaning = "no-mailbox" | "no-domain" | "full" | "later" | "sender" | "content";

/** A line as it came, who says such, and what of it tells. */
export type Rule = readonly [means: Meaning, from: string, line: string, says: RegExp];

/**
 * The first rule that fits holds. What speaks against the sender or the message comes before what speaks against the address: a
 * refusal often names the recipient as well, and to stop writing to somebody who is there is the worse mistake.
 *
 * The patterns are matched against one line in which runs of white space are one space; none looks back and forth over it.
 */
export const rules: readonly Rule[] = [
  // Lines that say something else than their words would.
  ["no-mailbox", "Yandex", "550 5.7.1 No such user! 1498043592-Xx9yZ1aBcD", /\b5\.7\.1 no such user!/i],
  [
    "no-mailbox",
    "Exchange Online",
    "550 5.4.1 Recipient address rejected: Access denied. [AS(201806281) AM0EUR02FT006.eop-EUR02.prod.protection.outlook.com]",
    /\b5\.4\.1 recipient address rejected: access denied/i,
  ],

  // The mailbox is there, and full.
  [
    "full",
    "Gmail",
    "452-4.2.2 The email account that you tried to reach is over quota.",
    /\b(over|exceed\w*|out of|beyond)\b.{0,40}\b(quota|storage|allocation|allowed size|disk|space)\b/i,
  ],
  [
    "full",
    "qmail-toaster",
    "550 quota violation for x@host.example",
    /(?<!(sending|daily|hourly|message) )\bquota\b(?! limit)|\bquotaexceeded/i,
  ],
  [
    "full",
    "Exchange Online",
    "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception",
    /\b(mailbox|mail ?box|inbox|mailfolder|account|boite)\b.{0,30}\b(full|pleine|too many|exceeded|size limit)\b|\bfull mailbox/i,
  ],
  [
    "full",
    "Postfix",
    "552 5.2.2 mailbox exceeded the local limit",
    /\bexceed\w* (the local|receiving) limit|\btoo many (mails|messages) (in|on)\b/i,
  ],
  [
    "full",
    "docomo",
    "550 5.2.1 too much mail data",
    /\benough (storage )?space|\bspace (is full|has been used)|\btoo much mail data/i,
  ],
  ["full", "Web.de", "550 Benutzer hat das Speichervolumen ueberschritten.", /\bspeicher|ممتلئ|переполнен/i],

  // The message, where the line also says that it was rejected, which would be the sender's fault.
  [
    "content",
    "GoDaddy",
    "552 Virus infected message rejected. IB705",
    /\bvirus[- ]infected\b|\binfected (message|mail)\b/i,
  ],
  [
    "content",
    "Mimecast",
    "554 Maximum email size exceeded",
    /\bmax(imum)? (e-?mail|message|mail|allowed) (size|length)\b.{0,20}\bexceed/i,
  ],

  // The sender: lists, reputation, authentication, rates.
  [
    "sender",
    "Postfix",
    "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
    /\b(spamhaus|spamcop|sorbs|surbl|uribl|rbl|dnsbl|dsbl)\b/i,
  ],
  [
    "sender",
    "Outlook.com",
    "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent since part of their network is on our block list (S3150).",
    /\b(black|block)[- ]?list(ed)?\b|\bblack (ip|mail)\b|\bbanned sending ip\b/i,
  ],
  [
    "sender",
    "Gmail",
    "550-5.7.1 [192.0.2.7 19] Our system has detected that this message is likely unsolicited mail.",
    /\b(anti-?)?spam\w*|\b(unsolicited|junk|bulk|phish\w*|mass mail\w*)\b|\bdt:spm\b/i,
  ],
  [
    "sender",
    "Yahoo",
    "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume or user complaints",
    /\b(reputation|suspicious|complaints?|unexpected volume|excessive|spoof\w*|forged)\b/i,
  ],
  [
    "sender",
    "Gmail",
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
    /\b(unauthenticated|dmarc|dkim|spf|not authenticated|authrequired|authentication (is )?(required|level|failed|information))\b/i,
  ],
  [
    "sender",
    "Compuserve",
    "554 Refused. Your reverse DNS entry contains your IP address and a country code.",
    /\b(ptr|reverse (dns|lookup)|cannot find your hostname|dynamic ips?|helo)\b/i,
  ],
  [
    "sender",
    "Postfix",
    "550 5.1.8 <b@news.example>: Sender address rejected: Domain not found",
    /\b(bad)?sender|\bpurported responsible|\bmail from\b.{0,60}\b(denied|rejected|not allowed)|\bverification failed for\b/i,
  ],
  [
    "sender",
    "Yahoo",
    "554 5.7.9 Message not accepted for policy reasons.",
    /\bpolic(y|ies)\b|\bprohibit\w*|\bviolat\w*|\badministrative/i,
  ],
  [
    "sender",
    "Exchange Online",
    "550 5.7.606 Access denied, banned sending IP [192.0.2.7].",
    /\baccess den(ied|y)\b|\bden(y|ies|ied) (the )?(sender|relay)|\bforbidden\b|\bnot welcome\b|\bgo away\b/i,
  ],
  [
    "sender",
    "Postfix",
    "554 5.7.1 <x@host.example>: Relay access denied",
    /\brelay(ing)? (access )?(denied|not (permitted|allowed))|\bunable to relay|\bdo not relay|\bopen (proxy|relay)\b|\brcpthosts\b/i,
  ],
  [
    "sender",
    "Exchange Online",
    "550 5.7.520 Access denied, Your organization does not allow external forwarding.",
    /\bexternal forwarding|\bnot (authori[sz]ed|permitted|allowed) to\b|\brestricted address|\bmembers?-only|\bmailing list\b/i,
  ],
  [
    "sender",
    "cPanel",
    "Domain news.example has exceeded the max emails per hour (5/5 (100%)) allowed. Message discarded.",
    /\brate ?limit\w*|\bthrottl\w*|\btoo many (messages|connections|emails|mails|recipients|sessions|same size)(?! (on|in) )|\bmax(imum)? emails per hour|\b(daily|hourly|sending) (sending )?(quota|limit)/i,
  ],
  [
    "sender",
    "Postgrey",
    "450 4.7.1 <x@host.example>: Recipient address rejected: Greylisted",
    /\bgr[ea]y-?list\w*/i,
  ],
  [
    "sender",
    "Yahoo",
    "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7",
    /\bconnections? (will not be|not) accepted|\bnot (currently )?accept(ing)? (mail|messages) from\b/i,
  ],
  [
    "sender",
    "Barracuda",
    "550 Blocked",
    /^(smtp; ?)?5\d\d( 5\.7\.\d+)? blocked\b|\b(was|be) blocked\b(?! because its content)|\b(mail ?server|message|mail|access)\b.{0,60}\bblocked\b(?! because its content)|\benvelope blocked/i,
  ],
  [
    "sender",
    "EarthLink",
    "550 IP 192.0.2.7 is blocked by EarthLink.",
    /\bip (address|name)\b|\bclient (ip|host)\b|\bip [\d.]+ is\b|\b(your|sending) (ip|address|access|network|isp|host|server)\b|\bfrom your\b/i,
  ],
  ["sender", "Cox", "552 Too many invalid recipients", /\btoo many (invalid|unknown|bad|unverified)\b/i],
  [
    "sender",
    "QQ",
    "550 Domain frequency limited",
    /\b(frequency|connections?|sessions?) (is |are )?limited\b|\b(frequency|session|hourly) limits?\b/i,
  ],
  [
    "sender",
    "QQ",
    "550 Mail is rejected by recipients",
    /\brejected by (the )?(recipients?|users?|destination)\b/i,
  ],
  [
    "sender",
    "GoDaddy",
    "550 news.example From: Domain is invalid. Provide a valid From: IB506",
    /\bfrom: (domain|address)|\bvalid from\b|\bunresolvable\b.{0,30}\b(from|domain)\b/i,
  ],
  [
    "sender",
    "Symantec",
    "553 Sorry, your domain has been blocked",
    /\byour (domain|e-?mail address|account) (has been|is|was) (blocked|refused|denied|rejected)\b/i,
  ],
  [
    "sender",
    "Barracuda",
    "550 permanent failure for one or more recipients (x@host.example:blocked)",
    /@[\w.-]{1,100}:blocked\)/i,
  ],
  [
    "sender",
    "a list of servers",
    "550 Rejected: 192.0.2.7 is listed at work.drbl.example.net",
    /\b(?<!not )listed (at|by|on)\b|\b(?<!not )listed in (the|a|our)\b/i,
  ],
  [
    "sender",
    "qmail",
    "550 not local host host.example, not a gateway",
    /\bnot (a )?local host\b|\bnot a gateway\b/i,
  ],
  [
    "sender",
    "AISP",
    "553 Mail data refused by AISP, rule [169648].",
    /\b(mail|message) data (was )?(refused|rejected)\b|\bmail \S{8,60} is rejected\b/i,
  ],
  [
    "sender",
    "Magic Mail",
    "550 Verify mailfrom failed,blocked",
    /\bmail ?from\b.{0,60}\b(failed|mismatch\w*)|\bverify (mail ?from|sender)\b/i,
  ],
  [
    "sender",
    "Orange",
    "550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]",
    /\b(mail|message) (was )?re(jected|fused|jete)\b|\bfilter(s|ed)?\b|\bwhitelist|\bchallenge\b/i,
  ],

  // The message itself.
  [
    "content",
    "Gmail",
    "552-5.2.3 Your message exceeded Google's message size limits.",
    /\b(message|mail|e-mail|data|attachment)\b.{0,30}\b(too (large|big|long)|exceed\w*|larger than|size limit)|\bmessage size\b|\b(recip)?sizelimit\b|\bsize limit\b/i,
  ],
  [
    "content",
    "amavis",
    "554 5.6.0 Message contains a virus (Eicar-Test-Signature)",
    /\bvirus\w*|\bmalware\b|\binfected\b/i,
  ],
  [
    "content",
    "Gmail",
    "552-5.7.0 This message was blocked because its content presents a potential security issue.",
    /\bcontent\b.{0,20}\b(denied|rejected|presents|conversion)\b|\bobjectionable|\bbanned content|\battachment\b.{0,40}\b(not|blocked|reject\w*)/i,
  ],
  [
    "content",
    "Coremail",
    "550 Content reject. FAAAANsG60M9BmDT.1",
    /\bcontent (was |is )?reject|\bmime ?(error|\/ ?reject)/i,
  ],
  [
    "content",
    "Exchange 2003",
    "554 5.5.2 Invalid data in message",
    /\binvalid (data|structure|headers?|format)\b/i,
  ],
  [
    "content",
    "Yahoo",
    "554 Message not allowed - Headers are not RFC compliant[291]",
    /\bnot rfc ?-?compliant\b|\bstray (line ?feeds?|cr|lf)\b/i,
  ],
  ["content", "Yahoo", "554 5.7.9 Header error", /\b(format|header) error|\bnon-?compliant|\bnot rfc ?\d/i],

  // The domain.
  [
    "no-domain",
    "Postfix",
    "Host or domain name not found. Name service error for name=dead.example type=A: Host not found",
    /\bhost or domain name not found(?!.*try again)|\bhost not found(?!, try again)/i,
  ],
  [
    "no-domain",
    "Exchange Online",
    "550 5.4.310 DNS domain dead.example does not exist [Message=InfoDomainNonexistent]",
    /\bdomain (name )?(\S{1,80} )?(not found|does not exist|doesn't exist|is not valid)|\bnxdomain\b|\bnon-?existent (domain|hosts?)/i,
  ],
  [
    "no-domain",
    "Sendmail",
    "550 5.1.2 <x@dead.example>... Host unknown",
    /\bhost unknown\b|\bunknown (mail )?host\b|\bbad destination (host|system)|\bno such (host|domain)\b/i,
  ],
  [
    "no-domain",
    "qmail",
    "Sorry, I couldn't find any host named dead.example. (#5.1.2)",
    /\bcouldn't find any host named\b/i,
  ],
  [
    "no-domain",
    "Postfix",
    "Domain dead.example does not accept mail (nullMX)",
    /\bnull ?mx\b|\bdoes not accept mail\b|\bno smtp service\b/i,
  ],

  // The way there.
  [
    "later",
    "Postfix",
    "connect to mx.slow.example[192.0.2.25]:25: Connection timed out",
    /\btime(d)?[ -]?out\b|\bconnection (refused|reset|lost|dropped|closed)|\blost connection\b|\bcould not connect\b|\bno route to host|\bunreachable\b/i,
  ],
  [
    "later",
    "Exchange Online",
    "550 4.4.7 QUEUE.Expired; message expired",
    /\b(message|delivery|retry|queue)\b.{0,20}\bexpired\b|\btoo (long|old)\b|\bretry time\b|\bfor \d+ (days|hours)\b/i,
  ],
  [
    "later",
    "qmail",
    "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)",
    /\bwasn't able to establish\b|\bnot going to try again\b/i,
  ],
  [
    "later",
    "Exchange Online",
    "554 5.4.14 Hop count exceeded - possible mail loop ATTR34",
    /\bloop(s|ing)?\b|\bhop count\b|\btoo many hops\b/i,
  ],
  [
    "later",
    "Sendmail",
    "554 5.0.0 Service unavailable",
    /\bservice (not |un)available|\btemporar(y|il?y)\b|\btry again\b|\b(server|system|local|internal) (is )?(busy|error|problem|resources|storage)|\bname (server|lookup|service)\b|\blookup (failed|failure|did not complete)|\bthread limit|\bdied with status\b/i,
  ],

  [
    "later",
    "Orange",
    "550 5.5.0 Service refuse. Veuillez essayer plus tard. service refused, please try later. LPN001_108",
    /\btry later\b|\bplus tard\b|\bcome back later\b/i,
  ],

  // The mailbox is not there, or no more.
  [
    "no-mailbox",
    "Postfix",
    "550 5.1.1 <x@host.example>: Recipient address rejected: unknown user",
    /\b(unknown|invalid|illegal|bad|no such|no|inactive|incorrect|unavailable|deactivated|nonexistent|non-existent|not an?( valid| known| active| local)?)( or \w+)?( virtual| local| destination| e-?mail| mail)? ?(users?|recipients?|mailbox(es)?|mail ?box(es)?|addressees?|address|alias|accounts?|local[- ]part|person|rcpt)\b/i,
  ],
  [
    "no-mailbox",
    "Gmail",
    "550-5.2.1 The email account that you tried to reach is disabled.",
    /\b(users?|recipients?|mailbox|mail ?box|addressees?|address(es)?|account|alias|person|name|rcpt)\b.{0,60}?\b(unknown|undeliverable|inactive|invalid|unavailable|locked|closed|suspended?|disabled|deactivated|terminated|discontinued|abandoned|archived|blocked|deleted)\b/i,
  ],
  [
    "no-mailbox",
    "163",
    "550 User not found: x@163.example",
    /\b(users?|recipients?|mailbox|mail ?box|addressees?|address(es)?|account|alias|person|name|rcpt)\b.{0,60}?\b(not (be )?(found|known|available|active|present|ok|exist)|do(es)? ?(not|no|n't) exists?|doesn'?t exist|couldn't be found|no longer|is not (local|exist))\b/i,
  ],
  [
    "no-mailbox",
    "Exchange Online",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup",
    /\brecip(ient)?notfound\b|\b<[^<>]{1,80}> (not found|does not exist)/i,
  ],
  [
    "no-mailbox",
    "AOL",
    "550 5.1.1 <x@aol.example>: Recipient address rejected: aol.example",
    /\b(address|recipients?) (is |was )?(rejected|refused|denied)|\brejected recipients\b|\bbadrcptto\b/i,
  ],
  [
    "no-mailbox",
    "Yahoo",
    "554 delivery error: dd This user doesn't have a yahoo.com account",
    /\bdoesn'?t have an? \S+ account/i,
  ],
  [
    "no-mailbox",
    "Domino",
    "User x (x@host.example) not listed in Domino Directory",
    /\bnot (listed )?in (domino|name) directory/i,
  ],
  [
    "no-mailbox",
    "qmail",
    "This address no longer accepts mail.",
    /\bno longer (accepts mail|valid|works|in use)|\bno ?one (with that|at this)|\bno (account|mailbox) by that|\bmailbox here by that name/i,
  ],
  [
    "no-mailbox",
    "OpenBSD",
    "550 We don't accept mail for that user",
    /\b(handle|accept)s? (mail for that )?user\b|\bnot (a )?user of\b|\bmissing home directory|\bno valid recipients/i,
  ],
  [
    "no-mailbox",
    "Domino",
    "X-Notes; User x (x@host.example) not listed in public Name & Address Book",
    /\bnot listed in\b.{0,40}\bbook\b/i,
  ],
  ["no-mailbox", "Magic Mail", "550 <x> is now disabled with MTA service.", /> is (now )?disabled\b/i],
  [
    "no-mailbox",
    "CommuniGate",
    "550 User not a member of domain: <x@host.example>",
    /\bnot a member of domain\b/i,
  ],
  [
    "no-mailbox",
    "Exim",
    "550-I'm sorry but x@host.example does not have an account here. I will not",
    /\b(does|do) ?(not|n't) have an? (\S{1,40} )?(account|mailbox)\b/i,
  ],
  [
    "no-mailbox",
    "Sendmail",
    "550 <x@host.example>... User account not activated",
    /\b(account|user|mailbox) (is )?not (yet )?(activated|enabled)\b/i,
  ],
  ["no-mailbox", "Exim", "Unrouteable address", /\bunroute?able\b/i],
  [
    "no-mailbox",
    "Orange",
    "550 5.1.1 Adresse d au moins un destinataire invalide. OFR_416 [416]",
    /\bdestinataire.{0,30}(invalide|inconnu|archiv)|\binconnu a cette adresse|\bnicht bekannt|\bunbekannt|\bsconosciuto|\binesistente|\bdestinatario errato|\bno existe (dicha|ese)|\bnie ma takiego|\bnie istnieje|не существует|не найден|غير موجود/i,
  ],
];

/** How much of what a server said is looked at. */
const mostText = 4000;

/** What a text means, by the first rule that fits; null where none does. */
export function ruleFor(text: string): Rule | null {
  const line = text.slice(0, mostText).replace(/[\s_]+/g, " ");
  return rules.find(([, , , says]) => says.test(line)) ?? null;
}
