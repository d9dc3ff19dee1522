// What servers mean by their words, as data: a pattern, what it means, and the line that it was written for.

/**
 * `no-mailbox`: nobody there, for good. `refused`: the address is, without a word why; mostly, nobody is there. `no-domain`: the
 * domain takes no mail. `full`: the mailbox is, today. `later`: the server or the way to it had trouble. `sender`: they will not
 * have this from us, whoever it is to. `content`: not this message.
 */
export type Meaning = "no-mailbox" | "refused" | "no-domain" | "full" | "later" | "sender" | "content";

/** A line as it came, who says such, and what of it tells. */
export type Rule = readonly [means: Meaning, from: string, line: string, says: RegExp];

/** What is meant by the address, in the words of many servers. */
const who =
  "(users?|user ?(name|id)s?|recipients?|mail-?box(es)?|mail ?box(es)?|addressees?|(mail ?)?address(es)?|e-?mail|accounts?|alias(es)?|persons?|names?|rcpt|customers?|subscribers?|local[- ]part)";
/** That it is not there, said before it, behind it, and by a verb. */
const gone =
  "(unknown|invalid|illegal|bad|wrong|no such|no|inactive|unresolvable|incorrect|unavailable|deactivated|disabled|expired|closed|suspended|obsolete|non-?exist[ea]nt|unrecogni[sz]ed|undeliverable|not an?( valid| known| active| local| registered)?|(can ?not|can't|could ?n[o']t|could not|unable to|failed to) (find|locate|verify))";
const isGone =
  "(unknown|undeliverable|inactive|invalid|unavailable|locked|closed|suspended?|disabled|deactivated|terminated|discontinued|abandoned|archived|blocked|deleted|removed|purged|frozen|expired|cancell?ed|obsolete|moved|non-?exist[ea]nt|incorrect)";
const isNot =
  "(not (be )?(found|known|available|active|present|ok|exist|listed|recogni[sz]ed|registered|valid|located|here|deliverable|accepted)|isn't (a )?(valid|known|active|registered)|not an? (valid|known|active|registered|current|local)|do(es)? ?(not|no|n't|nt) exists?|doe?sn'?t exists?|not exists?|(not|no longer) (used|in use)|(could|can) ?(not|n't) be (found|located)|couldn't be found|no longer|is not (local|exist))";

/**
 * The first rule that fits holds. What speaks against the sender or the message comes before what speaks against the address: a
 * refusal often names the recipient as well, and to stop writing to somebody who is there is the worse mistake.
 *
 * The patterns are matched against one line in which runs of white space are one space; none looks back and forth over it.
 */
export const rules: readonly Rule[] = [
  // Lines that say something else than their words would.
  [
    "no-mailbox",
    "Exchange Online",
    "550 5.4.1 Recipient address rejected: Access denied. [AS(201806281) AM0EUR02FT006.eop-EUR02.prod.protection.outlook.com]",
    /\b5\.4\.1 (<[^<>]{0,100}>: )?(all )?recipient address(es)? rejected ?: access denied/i,
  ],
  [
    "no-mailbox",
    "QQ",
    "550 Mailbox unavailable or access denied [MLxRkUvayv60iwoaaH4VBU79== IP: 192.0.2.7]",
    /\bmailbox unavailable or access denied|\bno valid recipients\b|\b(recipient|addressee) unknown\b|\bunknown recipient\b|\bdelivery is not allowed to this address|\bshould log ?in\b|\bbogus\b.{0,30}\baddress\b/i,
  ],
  [
    "no-domain",
    "Exchange Online",
    "451 4.4.4 Mail received as unauthenticated, incoming to a recipient domain configured in a hosted tenant which has no mail-enabled subscriptions.",
    /\bno mail-?enabled subscriptions\b/i,
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
    /\b(mail-?box|mail ?box|inbox|mail ?folder|account|boite|user|recipient)\b.{0,30}\b(full|pleine|too many|exceed(s|ed|ing)?|overflow\w*|over (the |its |his )?limit|size limit|storage limit)\b(?! (messages|connections|hops))|\bfull mail ?box|\bfolder is full/i,
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
    /\b(enough|insufficient|no|low|out of) (more |free |disk |storage |mailbox |mail |system )*(space|storage)\b|\b(space|disk|storage) (is )?(full|exhausted|exceeded|has been used)|\btoo much (mail )?data|\bover ?(the )?(quota|limit)\b|\btoo many messages\b.{0,20}\b(in|on)\b|\bdis[kc] (quota|full)|\b(maximum )?mailbox size\b|\bspace available\b|\bmail ?system (is )?full\b|\bno (room|space) left\b|\bexhausted (all |its |the |his |their )?(storage|space|quota)/i,
  ],
  [
    "full",
    "Web.de",
    "550 Benutzer hat das Speichervolumen ueberschritten.",
    /\bspeicher|\bzu ?viele mails|\b(postfach|mailbox) (ist )?(voll|überfüllt)|\b(cheia|lotada|llen[oa]|piena|vol)\b|\bpe[lł]n[aey]\b|ممتلئ|переполнен|一杯|容量|已满|超过|满/i,
  ],

  [
    "full",
    "Postfix",
    "cannot append message to destination file /var/mail/x: error writing message: File too large",
    /\berror writing message\b/i,
  ],
  [
    "later",
    "Postfix",
    "maildir delivery failed: create maildir file /home/x/Maildir/tmp/1277356305.P32521.host: Permission denied",
    /\b(maildir|mailbox) delivery failed\b|\b(create|update|open|lock) (the )?(maildir|mailbox|(user )?output|lock|temp\w*|mail) (file|directory|dir)\b|\bcannot update mailbox\b|\bcommand died\b|\b(lost connection|conversation) with .{1,100} while (performing|sending|receiving)\b|\bserver configuration problem\b|\bnot accepting connections\b(?! from)/i,
  ],
  // Not its size, which "exceeded" or "too long" would say of a message.
  [
    "later",
    "Gmail",
    "554 5.4.6 Message exceeded 50 hops, this may indicate a mail loop.",
    /\bexceed\w* (\d{1,4} hops|(the )?(maximum )?hop count)\b|\bin the queue too long\b|\b(header counts?|received:?'? (\w+ )?headers?) exceed/i,
  ],

  // The message, where the line also says that it was rejected, which would be the sender's fault.
  [
    "content",
    "Mimecast",
    "550 Message bounced due to Content Examination Policy",
    /\bcontent (examination|restrictions?)\b/i,
  ],
  [
    "content",
    "Cox",
    "552 Attachment extension is forbidden",
    /\b(illegal|banned|forbidden|prohibited|dangerous|disallowed|executable) (attachments?|files?|extensions?|types?|content)\b|\bbanned: ?\w+\/|\bfile (type|extension)s?\b|\bexecutable\b|\bpassword[- ]protected\b|\battachment count\b|\battachments?\b.{0,40}\b(filter\w*|policy|forbidden|prohibited|disallowed|not (allowed|accepted|permitted))\b|\b(not|don't|doesn't) accept\w* (\w+ ){0,3}attachments?\b/i,
  ],
  [
    "content",
    "Gmail",
    "550 5.7.1 This message is not RFC 5322 compliant. There are multiple Subject headers.",
    /\brfc ?(\d+ )?-?compliant\b|\bcomply with (the )?(required )?(standards?|rfc)|\brfc ?\d+ specifications\b|\b(bad|duplicate|missing) headers?|\bheaders? (is|are) (missing|invalid|malformed)|\bmultiple \S{1,30} headers?\b|\b(invalid|bad|missing) (\w+ )?(header|date|message-id)\b|\b(lone|bare|stray) (cr|lf|line ?feeds?)\b|\bline (length|is too long)\b/i,
  ],
  [
    "content",
    "a table of bounces",
    "Message rejected because of unacceptable content",
    /\b(unacceptable|restricted|prohibited|sensitive) (content|attachments?|words?|virus)|\bmalicious (content|code|attachment)|\binvalid message content\b|\bwords? in the message\b|\btag unacceptable\b|\bhtml (sub)?part\b|\bconversion failure\b/i,
  ],
  ["content", "Orange", "552 Taille limite du message atteinte. OFR_514", /\btaille (limite|maximale)\b/i],
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
    /\bmax(imum)? (e-?mail|message|mail|allowed) (size|length)\b.{0,20}\bexceed|\bexceed\w* (the )?max(imum)? (allowed )?(e-?mail|message|mail) (size|length)|\bmail size limit|\bmessage (size )?(is )?too (large|big)|\bmessage size exceed/i,
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
    /spam|\b(unsolicited|unwanted|junk|bulk|phish\w*|mass mail\w*|ube|uce)\b|\bdt:spm\b/i,
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
    /\b(unauthenticated|dmarc|dkim|spf|not authenticated|authrequired|(smtp )?authenticat(e|ion))\b/i,
  ],
  [
    "sender",
    "Compuserve",
    "554 Refused. Your reverse DNS entry contains your IP address and a country code.",
    /\b(ptr|rdns|reverse[ -]?(dns|lookup|record|entry|name|mapping)|cannot find your (hostname|reverse)|dynamic ips?|helo|ehlo)\b/i,
  ],
  [
    "sender",
    "Postfix",
    "550 5.1.8 <b@news.example>: Sender address rejected: Domain not found",
    /\b(bad)?sender|\bpurported responsible|\bmail from\b.{0,60}\b(denied|rejected|not allowed)|\bverification failed (for|while)\b/i,
  ],
  [
    "sender",
    "Yahoo",
    "554 5.7.9 Message not accepted for policy reasons.",
    /\bpolic(y|ies)\b|\bprohibit\w*|\bviolat\w*|\badministrative(?!\w* (disabled|locked|closed))/i,
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
    /\brelay(ing)?\b.{0,40}\b(denied|disabled|disallowed|prohibited|not (permitted|allowed|authori[sz]ed))|\b(unable to|cannot|can't|can not|won't|will not|do(es)? not|don't|not (a|an open)) relay|\b(authori[sz]ed|permitted|allowed) to relay\b|\bopen (proxy|relay)\b|\brcpthosts\b|\bunauthori[sz]ed relay/i,
  ],
  [
    "sender",
    "Exchange Online",
    "550 5.7.520 Access denied, Your organization does not allow external forwarding.",
    /\bexternal forwarding|\bnot (authori[sz]ed|permitted|allowed) to\b|\brestricted address|\bnot (a )?subscrib\w+|\bnot a member of (this|that|the) (list|group)|\bmembers?-only|\bmailing list\b/i,
  ],
  [
    "sender",
    "cPanel",
    "Domain news.example has exceeded the max emails per hour (5/5 (100%)) allowed. Message discarded.",
    /\brate ?limit\w*|\bthrottl\w*|\btoo many (concurrent |simultaneous )?(smtp )?(messages|connections|emails|mails|recipients|sessions|same size)(?! (on|in) )|\bmax(imum)? emails per hour|\b(daily|hourly|sending) (sending )?(quota|limit)/i,
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
  [
    "sender",
    "Mimecast",
    "553 This route requires encryption (TLS)",
    /\brequires? (encryption|tls|ssl)\b|\b(encryption|tls) (is )?required\b/i,
  ],
  ["sender", "QQ", "550 Suspected bounce attacks", /\bsuspect(ed)?\b/i],
  ["sender", "QQ", "550 Connection denied", /\bconnections? denied\b/i],
  ["sender", "Cox", "421 DNS check failure - try again later", /\bdns check fail/i],
  [
    "sender",
    "Yahoo",
    "421 Max message per connection reached, closing transmission channel",
    /\b(connections?|sessions?|messages?|sending|rate|recipients?) limits? (is |was |has been )?(exceeded|reached)|\b(mails?|messages?|e-?mails?) from \(?\[?[\d.]+[\])]* .{0,20}\b(deferred|rejected|not allowed|refused)|\b(messages?|e?-?mails?|recipients?) per (session|connection|hour|day|minute)\b|\b(threshold|rate) exceeded\b|\btoo many (errors|\w+ commands)\b|(?<!receiving mail )\btoo (frequent|fast|quick(ly)?)\b|\bscored? (of )?\d/i,
  ],
  [
    "sender",
    "Symantec",
    "553 You are trying to use me [server-1.tower-1.cloud.example] as a relay, but I have not been configured to let you do this.",
    /\bas a relay\b/i,
  ],
  [
    "sender",
    "Cisco",
    "5.x.0 - Message bounced by administrator  (delivery attempts: 0)",
    /\bbounced by (the )?administrator\b/i,
  ],
  [
    "sender",
    "a bare server",
    "550 Local user only or Authentication mechanism",
    /\b(local|internal) (users?|senders?|mail) only\b|\bonly (internal|local) (users?|senders?|mail|messages?)\b|\b(accepts?|takes?) (\w+ ){0,2}only from\b|\bonly (accepts?|takes?) (\w+ )?from\b/i,
  ],
  [
    "sender",
    "qmail",
    "553 Specified domain is not allowed.",
    /\bdomain is not (allowed|accepted)\b|\bdomain\b.{0,80}\bhas no (valid )?(mx|a|aaaa|dns)\b|\btoo much mail from\b|\bconnection refused (from|due)\b|\((rtr|dyn|hvu|con|rly|dns|iph|rlr|scb):\w+\)|\bscreening\b|\boutgoing e?-?mail\b|\bno dns\b/i,
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
    /\b(rejected|refused|blocked) (by|due to) (the )?(recipients?|users?|destination)\b|\buser reject\b|\bwant (your|this) (e-?)?(mail|message)|\bwill not accept delivery of\b|\bheld (for|before|pending)\b|\brule imposed\b|\bweren't sent\b|\bquarantined\b|\bwon't accept (this|your)\b|\bno longer accepts (messages|mail) (with|from)\b/i,
  ],
  [
    "sender",
    "GoDaddy",
    "550 news.example From: Domain is invalid. Provide a valid From: IB506",
    /\bfrom:? (domain|address)|\bvalid from\b|\bunresolvable\b.{0,30}\b(from|domain)\b/i,
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
    "554 5.7.9 Header error",
    /\bcharacter sets?\b|\b(format|header) error|\bnon-?compliant|\bnot rfc ?\d/i,
  ],

  // The domain.
  [
    "no-domain",
    "Postfix",
    "Host or domain name not found. Name service error for name=dead.example type=A: Host not found",
    /\b(host|domain|server|system)( or domain)?( name)?:? (\S{1,80} )?(was |is |could )?not (be )?(found|known|exist|resolved?)\b(?!.*try again)|\bname or service not known\b/i,
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
    /\b(host|domain) unknown\b|\b(unknown|illegal|invalid|bad|non-?existent|no such) (mail |destination |recipient )?(host|domain|system)\b/i,
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
    /\bnull ?mx\b|\bno mail ?(hosts?|servers?|exchangers?)\b|\bdo(es)?( not|n't) handle mail for\b|\bdoes ?(not|n't) (accept|receive) (any )?(e-?)?mail\b(?! (in|with|from))|\bno smtp service\b/i,
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
    /\bloop(s|ing)?\b|\bpoints back to\b|\bhop count\b|\btoo many hops\b/i,
  ],
  [
    "later",
    "Sendmail",
    "554 5.0.0 Service unavailable",
    /\bservice (is )?(currently |temporarily )?(not |un)available|\b(hosts?|servers?|MXs?) (is|are|has been|have been|was) (down|failing|unavailable|not responding)|\bdeferred\b|\bdeleted from queue\b|\btemporar(y|il?y)\b|\btry again\b|\b(server|system|local|internal) (is )?(busy|error|problem|resources|storage)|\bname (server|lookup|service)\b|\blookup (failed|failure|did not complete)|\bthread limit|\bdied with status\b|\btransient\w*exception\b/i,
  ],

  [
    "later",
    "Orange",
    "550 5.5.0 Service refuse. Veuillez essayer plus tard. service refused, please try later. LPN001_108",
    /\btry later\b|\bplus tard\b|\bcome back later\b|\btoo busy\b|\bmaintenance\b|\bshutting down\b|\bat (this|the) (time|moment)\b|\b(unable to|can ?not|can't|could not|couldn't) (open|lock|create|write|append|connect|contact|establish|read)\b|\bi\/o error|\b(configuration|config) (error|problem)|\bdid not accept our requests\b/i,
  ],

  // The mailbox is not there, or no more.
  [
    "no-mailbox",
    "Postfix",
    "550 5.1.1 <x@host.example>: Recipient address rejected: unknown user",
    new RegExp(`\\b${gone}( or \\w+)?( (?!from|sender|return|reply|helo)[a-z-]+){0,2} ?${who}\\b`, "i"),
  ],
  [
    "no-mailbox",
    "Gmail",
    "550-5.2.1 The email account that you tried to reach is disabled.",
    new RegExp(`\\b${who}\\b.{0,70}?\\b${isGone}\\b`, "i"),
  ],
  [
    "no-mailbox",
    "163",
    "550 User not found: x@163.example",
    new RegExp(`\\b${who}\\b.{0,70}?\\b${isNot}\\b`, "i"),
  ],
  [
    "no-mailbox",
    "Exchange Online",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup",
    /\brecip(ient)?notfound\b|\b<[^<>]{1,80}> (not found|does not exist)/i,
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
    /\bnot (listed )?in (the )?(\w+ )?(directory|address book)|リストにありません|見つかりません|存在しません/i,
  ],
  [
    "no-mailbox",
    "qmail",
    "This address no longer accepts mail.",
    /\bno longer (accepts mail|valid|works|in use|on server|available|active|exists?|here|with)|\bbadrcptto\b|\bno ?one (with that|at this)|\bno (account|mailbox) by that|\bmailbox here by that name/i,
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
  [
    "no-mailbox",
    "an unknown server",
    "550 5.1.1 x@host.example does not exist here",
    /(@[\w.-]{1,100}>?|\bit) (do?e?s ?(not|n't)|not) exists?\b|(@[\w.-]{1,100}>? )(is )?(not|no longer) (used|in use|here)\b|\bnosuchuser\b|\bvalidrcptto\b|\bnot in (the |my |our )?(local|recipients?|users?|valid\w*) (list|table)\b|\b(address|user ?name|local part)\b.{0,30}\b(illegal|invalid) char/i,
  ],
  [
    "no-mailbox",
    "an unknown server",
    "554 5.7.1 User x@host.example cannot receive email",
    /\bcan(not| not|'t) receive (any )?(e-?)?(mails?|messages?)\b|\breceiving (is )?disabled\b|\bnot accepting (any )?(mail|messages?)\b(?! from)|\bcan(no|')?t deliver (mail|messages?) (for|to) (<|\S{1,60}@)|\b(can ?not|can't|unable to) route (mail )?to (<|\S{1,60}@)|\bis not deliverable\b/i,
  ],
  [
    "no-mailbox",
    "an unknown server",
    "521 No Redirect Entry for this address",
    /\bno redirect entry\b|\bhas left (the|our|this|us)\b|\bno longer (relays|hosts|handles)\b|\bdoes not have an? (\w+ ){0,3}(delivery point|mail ?drop|account|mailbox)/i,
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
  [
    "no-mailbox",
    "Orange",
    "550 5.5.0 Le compte du destinataire est bloque. The recipient account isblocked. LPN007_426",
    /\bdestinataire est bloqu/i,
  ],
  [
    "no-mailbox",
    "Symantec",
    "553 Recipient mailbox is not allowed",
    /\b(mailbox|account|mailbox name) (is )?not allowed\b|\bnot our customer\b/i,
  ],
  [
    "no-mailbox",
    "Exim",
    '550-"The recipient cannot be verified.  Please check all recipients of this message to verify they are valid."',
    /\b(recipients?|addressee?s?) cannot be verified\b|\brecipient (address )?verif(y|ication)\b.{0,30}\b(failed|problem|error)/i,
  ],
  ["no-mailbox", "Exim", "Unrouteable address", /\bunroute?able\b/i],
  [
    "no-mailbox",
    "Orange",
    "550 5.1.1 Adresse d au moins un destinataire invalide. OFR_416 [416]",
    /\bdestinataire.{0,30}(invalide|inconnu|archiv)|\binconnu a cette adresse|\bnicht bekannt|\bunbekannt|\bsconosciuto|\binesistente|\bdestinatario errato|\bno existe (dicha|ese)|\bnie ma takiego|\bnie istnieje|\bn'existe pas|\butilisateur inconnu|\bexistiert nicht|\bnicht (gefunden|vorhanden)|\bnon esiste|\bbestaat niet|\bonbekend|\bnon trovato|\bbulunamad|\bbilinmeyen|غير معروف|\b(usu[aá]rio|conta|cuenta|casilla|buz[oó]n|caixa|destinat[aá]ri[oa]|direcci[oó]n|endere[cç]o)\b.{0,40}\b(inexistente|desconocid[oa]|desconhecid[oa]|no existe|n[aã]o (existe|encontrad[oa])|no encontrad[oa]|expirad[oa]|caducad[oa]|desativad[oa]|inv[aá]lid[oa])|не существует|не найден|нет такого|такого \S{1,20} нет|غير موجود|不存在|查无|존재하지/i,
  ],
  // The address is refused, and nothing said of why.
  [
    "refused",
    "AOL",
    "550 5.1.1 <x@aol.example>: Recipient address rejected: aol.example",
    /\b(address|recipients?) (is |was )?(rejected|refused|denied)|\brejected recipients\b/i,
  ],
];

/**
 * What is left to be understood where no rule fits and no code tells: that it will not have the letter, without a word on the address.
 */
export const refusal =
  /\b(reject(ed|ion|s)?|refus(ed|al|es)|den(ied|y|ies)|block(ed|ing|s)?|bann?ed|unauthori[sz]ed|restrict(ed|ions?)|disallow\w*|not (be )?(accept(ed|able)|allowed|permitted|authori[sz]ed|wanted))\b/i;

/** Or that it is about an address, and not about us. */
export const ofAddress = new RegExp(`\\b${who}\\b`, "i");
export const ofUs =
  /\b(your?|from|senders?|ip|helo|ehlo|clients?|server|relay\w*|polic(y|ies)|syntax|commands?)\b/i;

/** How much of what a server said is looked at. */
const mostText = 4000;

/**
 * What a text means, by the first rule that fits; null where none does. What it quotes of a server tells more than what is said
 * about it ("it was rejected by the recipient domain. The other server returned: ...").
 */
export function ruleFor(text: string): Rule | null {
  const line = text.slice(0, mostText).replace(/[\s_]+/g, " ");
  const quoted = line.slice([...line.matchAll(quotation)].at(-1)?.index ?? 0);
  return ruleOf(quoted) ?? (quoted === line ? null : ruleOf(line));
}

const ruleOf = (line: string) => rules.find(([, , , says]) => says.test(line)) ?? null;

/** What stands before a server's own words. */
const quotation =
  /\bsaid: |\btalk to me: |\breturned '(?=[45])|\breplied: |\breturned was: |\bresponse was: |\bfailed with: |<<< (?=[45])|\breceived >>> |\]: (?=[45]\d\d[ -])/gi;
