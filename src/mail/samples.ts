// What templates are tried with: a mail of each kind, invented.
import type { CorrectionMail, DigestMail, DigestStory, LetterMail, MailData, WelcomeMail } from "./data.ts";
import { mailWords } from "./words.ts";

/** Every template that the service asks for by name. */
export const sampleMails = [
  "digest",
  "compact",
  "weekly",
  "breaking",
  "correction",
  "letter",
  "welcome",
] as const;
type Name = (typeof sampleMails)[number];

const kinds: Readonly<Record<Name, (language: "ar" | "en", mark: string) => MailData>> = {
  digest: digestSample,
  compact: digestSample,
  weekly: digestSample,
  breaking: oneStorySample,
  correction: correctionSample,
  letter: letterSample,
  welcome: welcomeSample,
};

/**
 * A mail of this template.
 *
 * @param mark stands in every text: {@link markup} finds one that is written without escaping it, '' is for people to look at
 */
export const mailSample = (name: Name, language: "ar" | "en", mark: string): MailData =>
  kinds[name](language, mark);

export const markup = " <i data-check>&";

/** For people a grey field, as nothing is there to be loaded. */
const pictureUrl = (mark: string) =>
  mark === ""
    ? "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'%3E%3Crect width='4' height='3' fill='%23b9b4a8'/%3E%3C/svg%3E"
    : "https://check.example/picture.jpg";
const shell = (language: "ar" | "en", mark: string) => ({
  language,
  dir: language === "ar" ? ("rtl" as const) : ("ltr" as const),
  publisher: {
    name: `المرسى${mark}`,
    url: "https://check.example/",
    logoUrl: null,
    colour: "#8a1c2c",
    postalAddress: "طرابلس 14",
    social: [{ name: "فيسبوك", url: "https://facebook.com/check" }],
  },
  subject: `${titles[1]}${mark}`,
  preheader: `${titles[2]} · ${titles[3]}${mark}`,
  sample: true,
  words: mailWords(language),
});

const titles = [
  "الميناء يستقبل أول سفينة ركاب منذ عشر سنوات",
  "المجلس البلدي يقر موازنة العام المقبل",
  "مدارس الساحل تعود إلى دوامها الكامل",
  "معرض الكتاب يفتح أبوابه لأسبوعين",
  "فريق المدينة يبلغ نصف النهائي",
  "أمطار غزيرة متوقعة في نهاية الأسبوع",
];
const summaries = [
  "قالت إدارة الميناء إن الخط يعمل ثلاث مرات في الأسبوع، وإن التذاكر تباع من اليوم.",
  "صوّت لها أحد عشر عضوًا من خمسة عشر بعد نقاش دام أربع ساعات.",
];

const storySample = (i: number, mark: string): DigestStory => ({
  title: `${titles[i % titles.length]}${mark}`,
  url: `https://check.example/articles/${i}`,
  summary: i % 3 === 0 ? "" : `${summaries[i % 2]}${mark}`,
  brief: i % 3 === 0 ? "" : (summaries[i % 2] ?? ""),
  section: i % 2 === 0 ? null : `سياسة${mark}`,
  source: `خاص${mark}`,
  time: `05:40${mark}`,
  image:
    i % 2 === 0 ? null : { url: pictureUrl(mark), alt: `سفينة ركاب في الميناء${mark}`, width: 4, height: 3 },
});

function digestSample(language: "ar" | "en", mark: string): DigestMail {
  const stories = [1, 2, 3, 4, 5, 6].map((i) => storySample(i, mark));
  return {
    ...shell(language, mark),
    digest: { name: `نشرة الصباح${mark}` },
    dateLine: "الأحد 1 آذار 2026",
    hijriLine: language === "ar" ? "12 رمضان 1447 هـ" : null,
    intro: language === "ar" ? `صباح الخير${mark}` : null,
    stories,
    groups: [
      { heading: `سياسة${mark}`, stories: stories.slice(1, 4) },
      { heading: "آخر", stories: stories.slice(4) },
    ],
  };
}

function oneStorySample(language: "ar" | "en", mark: string): DigestMail {
  return { ...digestSample(language, mark), stories: [storySample(1, mark)], groups: [] };
}

function correctionSample(language: "ar" | "en", mark: string): CorrectionMail {
  return { ...oneStorySample(language, mark), notice: `كتبنا أن الجسر أُغلق، والصواب أنه مفتوح${mark}` };
}

function letterSample(language: "ar" | "en", mark: string): LetterMail {
  return {
    ...shell(language, mark),
    title: `بقيت خطوة واحدة${mark}`,
    text: `طُلب لهذا العنوان اشتراك. إن كنت صاحب الطلب فأكّده بالزر أدناه${mark}`,
    action: { label: `نعم، أكّد${mark}`, link: "https://check.example/confirm/5" },
    notes: [`إن لم تطلب ذلك فتجاهل هذه الرسالة${mark}`],
  };
}

function welcomeSample(language: "ar" | "en", mark: string): WelcomeMail {
  return {
    ...letterSample(language, mark),
    title: `تمّ اشتراكك${mark}`,
    text: `تصلك النشرة التي اخترتها في موعدها${mark}`,
    action: { label: `تفضيلات الاشتراك${mark}`, link: "https://check.example/preferences/5" },
    notes: [`في آخر كل رسالة رابط لإلغاء الاشتراك${mark}`],
    digests: [{ name: `نشرة الصباح${mark}`, when: "كل يوم" }],
  };
}
