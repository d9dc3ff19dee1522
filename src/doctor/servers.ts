// What servers said when they were asked: the relay, our own address on the web. Pure: the host asks.
import { plural } from "../arabic/index.ts";
import type { Check, Finding, State } from "./finding.ts";

/** `error`: why a connection failed; `noAnswer` where that says nothing of the server (no network, no time). */
export type Failed = { kind: "failed"; error: string; noAnswer: boolean };

export type CertificateSeen = {
  /** Null where it is good; else why a client refuses it, as OpenSSL and Node call that. */
  fault: string | null;
  daysLeft: number;
};

/** A certificate is renewed a month before its end, where that is done by a program. */
const fewDays = 14;

/** When something ends. */
const daysOn = {
  zero: "اليوم",
  one: "بعد يوم",
  two: "بعد يومين",
  few: "بعد # أيام",
  many: "بعد # يومًا",
  other: "بعد # يوم",
};

const said = (
  check: Check,
  subject: string,
  state: State,
  what: Finding["what"],
  todo: Finding["todo"] = null,
): Finding => ({ check, subject, state, what, todo, records: [] });

function notReached(check: Check, subject: string, { error, noAnswer }: Failed): Finding {
  return said(
    check,
    subject,
    noAnswer ? "unknown" : "broken",
    { ar: `لم نصل إلى ${subject}: ${error}.`, en: `${subject} was not reached: ${error}.` },
    { ar: "تأكد من الاسم والمنفذ والجدار الناري.", en: "Look at the name, the port and the firewall." },
  );
}

/** What is wrong with a certificate, in words; what is not here stays as it was told. */
const faults: Readonly<Record<string, Finding["what"]>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: { ar: "هي لاسم آخر", en: "it is another name's" },
  CERT_HAS_EXPIRED: { ar: "انتهت مدتها", en: "it has ended" },
  CERT_NOT_YET_VALID: { ar: "لم تبدأ مدتها", en: "it has not begun" },
  DEPTH_ZERO_SELF_SIGNED_CERT: { ar: "وقّعت نفسها", en: "it is signed by itself" },
  SELF_SIGNED_CERT_IN_CHAIN: { ar: "في سلسلتها من وقّع نفسه", en: "its chain ends in one signed by itself" },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { ar: "سلسلتها ناقصة", en: "its chain is not whole" },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { ar: "سلسلتها ناقصة", en: "its chain is not whole" },
};

function ofCertificate(check: Check, subject: string, { fault, daysLeft }: CertificateSeen): Finding | null {
  const days = Math.floor(daysLeft);
  if (fault !== null)
    return said(
      check,
      subject,
      "broken",
      {
        ar: `شهادة ${subject} لا تُقبل: ${faults[fault]?.ar ?? fault}.`,
        en: `The certificate of ${subject} is not accepted: ${faults[fault]?.en ?? fault}.`,
      },
      {
        ar: "ضع شهادة لهذا الاسم بعينه، ومعها سلسلتها.",
        en: "Give it a certificate of this very name, with its chain.",
      },
    );
  return days < fewDays
    ? said(
        check,
        subject,
        "warning",
        {
          ar: `شهادة ${subject} تنتهي ${plural(days, daysOn)}.`,
          en: `The certificate of ${subject} ends ${days < 1 ? "today" : days === 1 ? "tomorrow" : `in ${days} days`}.`,
        },
        {
          ar: "جدّدها، وانظر لمَ لم تتجدد من نفسها.",
          en: "Renew it, and see why it was not renewed by itself.",
        },
      )
    : null;
}

/** A relay as it was met. `certificate` null: the connection stayed in the clear. */
export type RelaySeen =
  | Failed
  | { kind: "met"; name: string; startTls: boolean; certificate: CertificateSeen | null };

export function judgeRelay(subject: string, isHere: boolean, seen: RelaySeen): Finding {
  if (seen.kind === "failed") return notReached("relay", subject, seen);
  if (seen.certificate === null && isHere)
    return said("relay", subject, "ok", {
      ar: `${subject} على هذا الجهاز، ويجيب.`,
      en: `${subject} is on this machine, and answers.`,
    });
  if (seen.certificate === null)
    return said(
      "relay",
      subject,
      "broken",
      {
        ar: `${subject} لا يعرض التشفير (STARTTLS)، فتخرج الرسائل مكشوفة.`,
        en: `${subject} offers no encryption (STARTTLS), so that letters leave in the clear.`,
      },
      {
        ar: "استعمل المنفذ 465 (smtps://) أو 587، أو خادمًا آخر.",
        en: "Take port 465 (smtps://) or 587, or another relay.",
      },
    );
  // A server on this machine is known by its address, and not by a name in a certificate.
  const faulty = isHere ? null : ofCertificate("relay", subject, seen.certificate);
  return (
    faulty ??
    said("relay", subject, "ok", {
      ar: `${subject} يجيب مشفّرًا، وشهادته صالحة ${Math.floor(seen.certificate.daysLeft)} يومًا.`,
      en: `${subject} answers encrypted; its certificate is good for ${Math.floor(seen.certificate.daysLeft)} days.`,
    })
  );
}

/** A program of this machine that takes mail as sendmail does. What it does with a letter is seen when it is given one. */
export function judgeProgram(name: string, path: string, mayRun: boolean): Finding {
  return mayRun
    ? said(
        "relay",
        path,
        "unknown",
        {
          ar: `${path} برنامج على هذا الجهاز: لا يُعرف ما يفعل برسالة حتى يُعطى واحدة.`,
          en: `${path} is a program of this machine: what it does with a letter is not known before it is given one.`,
        },
        {
          ar: `جرّبه: nashra transport test ${name} ADDRESS`,
          en: `Try it: nashra transport test ${name} ADDRESS`,
        },
      )
    : said(
        "relay",
        path,
        "broken",
        { ar: `لا برنامج في ${path} يمكن تشغيله.`, en: `There is no program at ${path} that can be run.` },
        { ar: "ثبّته، أو صحّح مساره في الإعدادات.", en: "Install it, or set right where it is." },
      );
}

/** A relay that is not used for a while, since it let us down. */
export const restingRelay = (name: string, until: string, reply: string): Finding =>
  said(
    "relay",
    name,
    "warning",
    {
      ar: `${name} موقوف حتى ${until}، وآخر ما قاله خادمه: ${reply}`,
      en: `${name} rests until ${until}; the last that its server said: ${reply}`,
    },
    {
      ar: `أصلح السبب ثم: nashra pace resume ${name}`,
      en: `Mend the cause, then: nashra pace resume ${name}`,
    },
  );

/** Where no relay is set. */
export const noRelay = (mailFrom: string): Finding =>
  said(
    "relay",
    mailFrom,
    "warning",
    {
      ar: `لا خادم بريد مضبوط، فتبقى الرسائل في الصندوق الصادر. المرسل: ${mailFrom}.`,
      en: `No relay is set, and mails stay in the outbox. The sender is ${mailFrom}.`,
    },
    {
      ar: "للإرسال حقًا اضبط NASHRA_SMTP_URL وNASHRA_PUBLIC_URL وNASHRA_MAIL_FROM.",
      en: "To send mail set NASHRA_SMTP_URL, NASHRA_PUBLIC_URL and NASHRA_MAIL_FROM.",
    },
  );

/** Our own address on the web, asked for a page. */
export type PageSeen =
  | Failed
  | {
      kind: "answered";
      status: number;
      location: string | null;
      body: string;
      /** What its clock said, in milliseconds since 1970; null where it did not say. */
      date: number | null;
      certificate: CertificateSeen | null;
    };

export function judgeCertificate(site: URL, seen: PageSeen): Finding {
  const subject = site.host;
  if (site.protocol === "http:")
    return said(
      "certificate",
      subject,
      "warning",
      {
        ar: "العنوان العام http: يصلح للتجربة، ولا يصلح للبريد (RFC 8058).",
        en: "The public address is http: good enough to try things out, and not for mail (RFC 8058).",
      },
      { ar: "اضبط NASHRA_PUBLIC_URL على عنوان https.", en: "Set NASHRA_PUBLIC_URL to an https address." },
    );
  if (seen.kind === "failed") return notReached("certificate", subject, seen);
  return (
    (seen.certificate && ofCertificate("certificate", subject, seen.certificate)) ??
    said("certificate", subject, "ok", {
      ar: `شهادة ${subject} صالحة ${Math.floor(seen.certificate?.daysLeft ?? 0)} يومًا.`,
      en: `The certificate of ${subject} is good for ${Math.floor(seen.certificate?.daysLeft ?? 0)} days.`,
    })
  );
}

/** The link to leave by, of a reader who does not exist: opened, then pressed as a mail program does (RFC 8058 §3.1). */
export function judgeOneClick(site: URL, opened: PageSeen, pressed: PageSeen): Finding {
  const subject = site.host;
  const broken = (ar: string, en: string) =>
    said(
      "one-click",
      subject,
      "broken",
      { ar: `رابط إلغاء الاشتراك: ${ar}`, en: `The link to unsubscribe: ${en}` },
      {
        ar: "تأكد أن ما أمام الخدمة يمرّر /unsubscribe/ بـ GET وPOST كما هو، بلا تحويل ولا تسجيل دخول، وإلى هذه النسخة من الخدمة.",
        en: "See that whatever stands before the service hands on GET and POST of /unsubscribe/ as they are, without a redirect or a sign-in, and to this very service.",
      },
    );
  if (opened.kind === "failed") return notReached("one-click", subject, opened);
  if (pressed.kind === "failed") return notReached("one-click", subject, pressed);
  if (opened.status !== 200)
    return broken(`فتحه أعطى ${opened.status}.`, `opening it gave ${opened.status}.`);
  if (!/<form\b[^>]*method="post"/i.test(opened.body))
    return broken("لا استمارة في صفحته.", "its page has no form.");
  if (pressed.status !== 200 || pressed.location !== null)
    return broken(
      `ضغط الزر في برنامج البريد أعطى ${pressed.status}.`,
      `a press of a mail program's button gave ${pressed.status}.`,
    );
  if (site.protocol === "http:")
    return said(
      "one-click",
      subject,
      "warning",
      {
        ar: "رابط إلغاء الاشتراك يعمل، لكنه http.",
        en: "The link to unsubscribe works, and is http.",
      },
      { ar: "اضبط NASHRA_PUBLIC_URL على عنوان https.", en: "Set NASHRA_PUBLIC_URL to an https address." },
    );
  return said("one-click", subject, "ok", {
    ar: "رابط إلغاء الاشتراك يفتح استمارة، وزر برنامج البريد يعمل.",
    en: "The link to unsubscribe opens a form, and a mail program's button works.",
  });
}

/** Fields that must be signed, or mailboxes show no button (RFC 8058 §4). @param signed the `h=` of what we sign, in lower case */
export function judgeSignedFields(domain: string, signed: readonly string[]): Finding {
  const missing = ["From", "List-Unsubscribe", "List-Unsubscribe-Post"].filter(
    (field) => !signed.includes(field.toLowerCase()),
  );
  return missing.length === 0
    ? said("signed-headers", domain, "ok", {
        ar: "التوقيع يشمل List-Unsubscribe وList-Unsubscribe-Post.",
        en: "The signature covers List-Unsubscribe and List-Unsubscribe-Post.",
      })
    : said(
        "signed-headers",
        domain,
        "broken",
        {
          ar: `التوقيع لا يشمل ${missing.join("، ")}.`,
          en: `The signature does not cover ${missing.join(", ")}.`,
        },
        { ar: "وقّع الرسائل هنا: nashra dkim.", en: "Have letters signed here: nashra dkim." },
      );
}
