// The words that several pages of the newsroom share: states, and reasons for them. Those of one page stand beside it.
import { formatNumber, withDigits } from "../arabic/index.ts";
import type { DeliveryState, Doubt, NoLetter, Wait } from "../delivery/index.ts";
import { type IssueState, type Paused, reasonWords } from "../digests/index.ts";
import type { Publisher } from "../settings/index.ts";
import { bothLanguages, type Language, type Tone } from "../web/index.ts";

export const issueTones: Readonly<Record<IssueState, Tone>> = {
  opened: "plain",
  waiting: "warning",
  built: "plain",
  sending: "plain",
  sent: "ok",
  skipped: "warning",
  cancelling: "error",
  cancelled: "error",
};

export const deliveryTones: Readonly<Record<DeliveryState, Tone>> = {
  queued: "plain",
  claimed: "plain",
  sending: "plain",
  accepted: "ok",
  deferred: "warning",
  rejected: "error",
  in_doubt: "warning",
  expired: "error",
  withdrawn: "plain",
};

const issueStates = bothLanguages<Record<IssueState, string>>({
  ar: {
    opened: "فُتح",
    waiting: "ينتظر الموافقة",
    built: "رُتّبت أخباره",
    sending: "يُرسل",
    sent: "أُرسل",
    skipped: "لم يصدر",
    cancelling: "يُلغى",
    cancelled: "أُلغي",
  },
  en: {
    opened: "opened",
    waiting: "waits for approval",
    built: "built",
    sending: "sending",
    sent: "sent",
    skipped: "skipped",
    cancelling: "being cancelled",
    cancelled: "cancelled",
  },
});

const deliveryStates = bothLanguages<Record<DeliveryState, string>>({
  ar: {
    queued: "في الانتظار",
    claimed: "يُعدّ للإرسال",
    sending: "يُرسل الآن",
    accepted: "قبله الخادم",
    deferred: "أُرجئ",
    rejected: "رُفض",
    in_doubt: "غير مؤكد",
    expired: "فات موعده",
    withdrawn: "سُحب قبل الإرسال",
  },
  en: {
    queued: "queued",
    claimed: "claimed",
    sending: "sending",
    accepted: "accepted",
    deferred: "deferred",
    rejected: "rejected",
    in_doubt: "in doubt",
    expired: "expired",
    withdrawn: "withdrawn",
  },
});

/** Why somebody was left out, or their letter was withdrawn or is held. */
const exclusions = bothLanguages<Record<NoLetter | Doubt, string>>({
  ar: {
    pending: "لم يؤكد اشتراكه",
    paused: "أوقف الاشتراك مؤقتًا",
    left: "ليس مشتركًا في هذه النشرة",
    "left-by-one-click": "ألغى الاشتراك من زرّ البريد",
    "left-by-page": "ألغى الاشتراك من صفحتنا",
    "left-by-preferences": "ألغى الاشتراك من صفحة خياراته",
    "left-by-mail": "ألغى الاشتراك برسالة",
    "left-by-complaint": "عدّ الرسالة مزعجة",
    "left-by-publisher": "أخرجته الصحيفة",
    "left-by-moved": "انتقل إلى عنوان آخر",
    "other-slot": "اختار ساعة أخرى من اليوم",
    "had-today": "وصله عدد اليوم، ولا يريد أكثر من واحد",
    "had-this-week": "وصله عدد هذا الأسبوع، ولا يريد أكثر من واحد",
    "no-breaking": "لا يريد الأخبار العاجلة",
    "other-sections": "ليس الخبر من الأقسام التي اختارها",
    "had-story": "وصله الخبر من قبل",
    "had-correction": "وصله التصحيح من قبل",
    suppressed: "عنوان لا نراسله",
    erased: "طلب محو بياناته",
    "too-few-stories": "لا أخبار كافية في الأقسام التي اختارها",
    "issue-cancelled": "أُلغي العدد",
    "stories-retracted": "سُحبت أخبار نسخته كلها",
    "too-few-new-stories": "لم يبقَ فيه من الجديد عليه ما يكفي",
    held: "ينتظر قرار محرر",
    "let-be": "تُرك كما هو بقرار محرر",
  },
  en: {
    pending: "has not confirmed",
    paused: "paused the subscription",
    left: "is not subscribed to this digest",
    "left-by-one-click": "left by the mail program’s button",
    "left-by-page": "left on our page",
    "left-by-preferences": "left among the preferences",
    "left-by-mail": "left by mail",
    "left-by-complaint": "called the mail spam",
    "left-by-publisher": "taken out by the paper",
    "left-by-moved": "moved to another address",
    "other-slot": "chose another hour of the day",
    "had-today": "had an issue today and wants no more than one",
    "had-this-week": "had an issue this week and wants no more than one",
    "no-breaking": "wants no breaking news",
    "other-sections": "the story is in none of the sections chosen",
    "had-story": "was sent the story already",
    "had-correction": "was sent the correction already",
    suppressed: "an address that must not be mailed",
    erased: "asked to be erased",
    "too-few-stories": "too few stories in the sections chosen",
    "issue-cancelled": "the issue was called off",
    "stories-retracted": "every story of the edition was retracted",
    "too-few-new-stories": "too few stories that the reader was not sent already",
    held: "waits for an editor’s word",
    "let-be": "left as it is by an editor",
  },
});

/** Why an issue did not go out. */
export const reasonWord = (reason: string, language: Language, { digits }: Publisher): string =>
  reasonWords(reason, language, digits);

export const issueStateWord = (state: IssueState, language: Language) => issueStates[language][state];
export const deliveryStateWord = (state: DeliveryState, language: Language) =>
  deliveryStates[language][state];
/** A reason that a later version wrote is shown as it is stored. */
export function exclusionWord(reason: string, language: Language): string {
  const known: Readonly<Record<string, string>> = exclusions[language];
  return known[reason] ?? reason;
}

/** Why an issue is paused. */
export function pauseWord(
  { reason }: Pick<Paused, "reason">,
  language: Language,
  paper: Pick<Publisher, "digits">,
): string {
  const share = (percent: number) => {
    const text = String(Math.round(percent * 100) / 100);
    return language === "ar" ? `${withDigits(text, paper.digits)}%` : `${text}%`;
  };
  if (reason.kind === "person") return reason.words;
  if (reason.kind === "restored") return pauses[language].restored;
  if (reason.kind === "sums") {
    const n = (count: number) =>
      language === "ar" ? formatNumber(count, paper.digits) : count.toLocaleString("en");
    return pauses[language].sums(n(reason.candidates), n(reason.letters), n(reason.excluded));
  }
  return pauses[language][reason.kind](share(reason.percent), share(reason.line));
}

const pauses = bothLanguages({
  ar: {
    restored: "استُعيدت نسخة احتياطية أُخذت وهو يُرسل: لا يُعرف ما خرج منه بعدها",
    sums: (candidates: string, letters: string, excluded: string) =>
      `الحساب لا يستقيم: المرشحون ${candidates}، والرسائل ${letters}، والمستثنون ${excluded}. لا يُرسل منه شيء حتى يستقيم`,
    bounces: (percent: string, line: string) => `ارتدّ من رسائله ${percent}، والحد ${line}`,
    complaints: (percent: string, line: string) => `عدّه مزعجًا من قرائه ${percent}، والحد ${line}`,
    content: (percent: string, line: string) => `رفضت الخوادم محتواه في ${percent} من رسائله، والحد ${line}`,
  },
  en: {
    restored: "a backup was restored that was made while it was sent: what has left since is not known",
    sums: (candidates: string, letters: string, excluded: string) =>
      `its sums do not agree: ${candidates} candidates, ${letters} letters, ${excluded} excluded; nothing of it is sent until they do`,
    bounces: (percent: string, line: string) => `${percent} of its letters bounced; the line is ${line}`,
    complaints: (percent: string, line: string) =>
      `${percent} of its readers called it spam; the line is ${line}`,
    content: (percent: string, line: string) =>
      `servers refused what it says in ${percent} of its letters; the line is ${line}`,
  },
});

/** What letters wait for that is none of their own. */
export function waitWord(wait: Wait, language: Language, time: (instant: string) => string): string {
  const t = waits[language];
  const whose = wait.destination === "" ? t.all : wait.destination === "other" ? t.others : wait.destination;
  return `${t.turn(whose)} ${t[wait.because](time(wait.until))}`;
}

const waits = bothLanguages({
  ar: {
    all: "كل الرسائل",
    others: "الرسائل إلى سائر النطاقات",
    turn: (whose: string) => `تنتظر دورها: ${whose}.`,
    rate: (until: string) => `طلب خادمها أن نخفف، فلا يُرسل إليها شيء حتى ${until}.`,
    sender: (until: string) => `يرفض خادمها بريدنا، فلا يُرسل إليها شيء حتى ${until}.`,
    credentials: (until: string) => `لم يأذن لنا خادم الإرسال بالدخول، فلا يُرسل شيء حتى ${until}.`,
    "warm-up": (until: string) => `بلغ نطاقنا الجديد نصيب اليوم منها، والبقية بعد ${until}.`,
  },
  en: {
    all: "all letters",
    others: "letters to all other domains",
    turn: (whose: string) => `Waits for its turn: ${whose}.`,
    rate: (until: string) => `The server wants less of us; it rests until ${until}.`,
    sender: (until: string) => `The server refuses our mail; it rests until ${until}.`,
    credentials: (until: string) => `The relay does not let us in; nothing leaves until ${until}.`,
    "warm-up": (until: string) => `Our new domain has had its share of today; the others go after ${until}.`,
  },
});

/** A whole number as the page writes it. */
export const numberWord = (n: number, language: Language, { digits }: Publisher): string =>
  language === "ar" ? formatNumber(n, digits) : n.toLocaleString("en");

/** A word or sentence that stands on its own and not in the middle of another; Arabic has one kind of letters. */
export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Which digits the stylesheet counts a list with; as `numberWord` writes them. */
export const digitsOf = ({ language, paper }: { language: Language; paper: Publisher }) =>
  language === "ar" ? paper.digits : "latn";

/** A share of letters in percent, to a tenth. */
export function shareWord(share: number, language: Language, { digits }: Publisher): string {
  const percent = (100 * share).toFixed(1);
  return language === "ar" ? `${withDigits(percent, digits)}%` : `${percent}%`;
}

/** How large a mail is, in kilobytes of a thousand octets, as mail programs count. */
export function sizeWord(octets: number, language: Language, { digits }: Publisher): string {
  const kilobytes = (octets / 1000).toFixed(1);
  return language === "ar" ? `${withDigits(kilobytes, digits)} ك.ب` : `${kilobytes} kB`;
}
