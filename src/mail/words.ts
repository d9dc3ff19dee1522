// The fixed words of mails, in both languages. `{digest}` and `{paper}` are filled in by the templates.

const arabic = {
  sample: "نشرة تجريبية: الأخبار والأسماء فيها من نسج الخيال.",
  others: "أخبار أخرى",
  week: "أخبار الأسبوع:",
  worth: "هل كان هذا العدد يستحق القراءة؟",
  worthLink: "قل لنا",
  follow: "تابعنا على",
  read: "اقرأ الخبر كاملًا",
  why: "تصلك هذه النشرة لأنك اشتركت في «{digest}» من {paper} بالعنوان:",
  unsubscribe: "إلغاء الاشتراك",
  web: "عرض النشرة في المتصفح",
  preferences: "تفضيلات الاشتراك",
  breaking: "عاجل",
  breakingNote: "هذا خبر عاجل يصلك خارج مواعيد النشرة. لتوقف الأخبار العاجلة وحدها افتح تفضيلات الاشتراك.",
  correction: "تصحيح",
  correctionNote: "هذه الرسالة لمن أُرسل إليهم الخبر كما كان، لا لغيرهم.",
  linkByHand: "إن لم يعمل الزر فانسخ هذا الرابط إلى المتصفح:",
  /** What is counted of whoever follows a story: see {@link countedWords}. */
  counted: "",
};

export type MailWords = { [Word in keyof typeof arabic]: string };

const english: MailWords = {
  sample: "A sample bulletin: its stories and names are made up.",
  others: "Other stories",
  week: "The week’s news:",
  worth: "Was this issue worth reading?",
  worthLink: "Tell us",
  follow: "Follow us on",
  read: "Read the full story",
  why: "You get this because you subscribed to “{digest}” of {paper} with the address",
  unsubscribe: "Unsubscribe",
  web: "View in a browser",
  preferences: "Your preferences",
  breaking: "Breaking news",
  breakingNote:
    "This is breaking news, sent outside the newsletter’s hours. To stop breaking news alone, open your preferences.",
  correction: "Correction",
  correctionNote: "This goes only to those who were sent the story as it was.",
  linkByHand: "If the button does not work, copy this link to your browser:",
  counted: "",
};

const counted = {
  ar: {
    off: "",
    anonymous: "نعدّ كم مرة فُتح كل خبر من هذه الرسالة، ولا نحفظ من فتحه.",
    personal: "نحفظ تسعين يومًا أي أخبار هذه الرسالة فتحت، وتجدها في تفضيلات الاشتراك.",
  },
  en: {
    off: "",
    anonymous: "We count how often each story is opened from this mail, and do not keep who opened it.",
    personal:
      "We keep for 90 days which stories of this mail you opened; you find them among your preferences.",
  },
};

/** What a newsletter says of how its links are counted. Empty where they are not. */
export const countedWords = (clicks: "off" | "anonymous" | "personal", language: "ar" | "en"): string =>
  counted[language][clicks];

/** The fixed words in one language. */
export const mailWords = (language: "ar" | "en"): MailWords => (language === "ar" ? arabic : english);
