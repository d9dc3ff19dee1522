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
};

/** The fixed words in one language. */
export const mailWords = (language: "ar" | "en"): MailWords => (language === "ar" ? arabic : english);
