// The fixed words of mails, in both languages. `{digest}` and `{paper}` are filled in by the templates.

const arabic = {
  sample: "نشرة تجريبية: الأخبار والأسماء فيها من نسج الخيال.",
  more: "وفي هذه النشرة أيضًا",
  read: "اقرأ الخبر كاملًا",
  why: "تصلك هذه النشرة لأنك اشتركت في «{digest}» من {paper} بالعنوان:",
  unsubscribe: "إلغاء الاشتراك",
  web: "عرض النشرة في المتصفح",
  confirmSubject: "أكّد اشتراكك في",
  confirmExpiry: "يعمل هذا الرابط 7 أيام.",
  confirmTitle: "بقيت خطوة واحدة",
  confirmText: "طُلب لهذا العنوان اشتراك في «{digest}» من {paper}. إن كنت صاحب الطلب فأكّده بالزر أدناه.",
  confirmButton: "نعم، أكّد اشتراكي",
  confirmIgnore: "إن لم تطلب ذلك فتجاهل هذه الرسالة: لن يصلك منّا شيء بعدها.",
  linkByHand: "إن لم يعمل الزر فانسخ هذا الرابط إلى المتصفح:",
};

export type MailWords = { [Word in keyof typeof arabic]: string };

const english: MailWords = {
  sample: "A sample bulletin: its stories and names are made up.",
  more: "Also in this bulletin",
  read: "Read the full story",
  why: "You get this because you subscribed to “{digest}” of {paper} with the address",
  unsubscribe: "Unsubscribe",
  web: "View in a browser",
  confirmSubject: "Confirm your subscription to",
  confirmExpiry: "The link works for 7 days.",
  confirmTitle: "One step left",
  confirmText:
    "Somebody asked for “{digest}” of {paper} to be sent to this address. If it was you, confirm it with the button below.",
  confirmButton: "Yes, subscribe me",
  confirmIgnore: "If you did not ask for this, ignore this message: we will not write again.",
  linkByHand: "If the button does not work, copy this link to your browser:",
};

/** The fixed words in one language. */
export const mailWords = (language: "ar" | "en"): MailWords => (language === "ar" ? arabic : english);
