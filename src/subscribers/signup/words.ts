// The words of signing up, in both languages.
import { bothLanguages } from "../../web/index.ts";

export const words = bothLanguages({
  ar: {
    subscribe: "الاشتراك في النشرة",
    intro: "أهمّ أخبار اليوم في رسالة واحدة. نرسل إليك أولًا رسالة تؤكّد بها اشتراكك، وتتركنا بنقرة متى شئت.",
    address: "بريدك الإلكتروني",
    digests: "النشرات",
    more: "اختر الأقسام ولغة الرسائل",
    sections: "الأقسام",
    sectionsHelp: "تصلك أخبار ما تختاره وحده. إن لم تختر شيئًا وصلتك كلها.",
    language: "لغة الرسائل",
    submit: "اشترك",
    trap: "اترك هذا الحقل فارغًا",
    unknownDigest: "لا نشرة بهذا الاسم. اختر واحدة من القائمة.",
    noDigestChosen: "اختر نشرة واحدة على الأقل.",
    noDigest: "لا نشرات للاشتراك الآن.",
    preferences: "مشترك من قبل؟ غيّر تفضيلاتك",
    checkMail: "راجع بريدك",
    asked: "وصلنا طلبك لهذا العنوان:",
    askedNext:
      "إن لم يكن مشتركًا بعد فستصله خلال دقائق رسالة فيها زرّ التأكيد، ولا يبدأ الاشتراك قبل الضغط عليه. لم تجدها؟ انظر في البريد غير المرغوب فيه.",
    confirmTitle: "بقيت ضغطة واحدة",
    confirmText: (digest: string) => `اضغط الزرّ لتأكيد اشتراكك في «${digest}».`,
    confirmBreaking: "وقد يصلك منها خبر عاجل بين عدد وآخر. توقف ذلك وحده متى شئت من تفضيلاتك.",
    confirmButton: "نعم، أكّد اشتراكي",
    confirmed: "تمّ اشتراكك",
    confirmedText: (digest: string) =>
      `يصلك العدد القادم من «${digest}» في موعده. وفي آخر كل رسالة رابطان: لإلغاء الاشتراك، ولتفضيلاتك.`,
    embedTitle: "نموذج الاشتراك في موقعك",
    embedIntro:
      "انسخ أحد النموذجين إلى أي صفحة. يعمل وحده بلا برامج؛ والسطر الأخير منه اختياري: يُظهر الجواب في صفحتك بدل الانتقال إلى صفحتنا.",
    embedFor: (digest: string, sections: string) =>
      sections === ""
        ? `يشترك به القارئ في «${digest}».`
        : `يشترك به القارئ في «${digest}»، أقسام: ${sections}.`,
    embedNote: "يأخذ النموذج خطّ صفحتك وألوانها. غيّر فيه ما شئت، وأبقِ الحقول المخفيّة وعنوان الإرسال.",
    embedArabic: "النموذج بالعربية",
    embedEnglish: "النموذج بالإنكليزية",
    embedPreview: "كما يظهر",
    embedCode: "ما تنسخه",
  },
  en: {
    subscribe: "Subscribe to the newsletter",
    intro:
      "The day’s top stories in one message. We first send you a mail to confirm with, and one click takes you out again.",
    address: "Your email address",
    digests: "Newsletters",
    more: "Choose sections and language",
    sections: "Sections",
    sectionsHelp: "Only what is ticked comes to you. If nothing is, everything does.",
    language: "Language of the mails",
    submit: "Subscribe",
    trap: "Leave this field empty",
    unknownDigest: "There is no newsletter of this name. Choose one from the list.",
    noDigestChosen: "Choose at least one newsletter.",
    noDigest: "There is no newsletter to subscribe to at present.",
    preferences: "Subscribed already? Change your preferences",
    checkMail: "Check your mail",
    asked: "We have your request for this address:",
    askedNext:
      "Unless it is subscribed already, a message with a button to confirm reaches it within minutes; nothing starts before that button is pressed. Not there? Look among the spam.",
    confirmTitle: "One press left",
    confirmText: (digest: string) => `Press the button to confirm your subscription to “${digest}”.`,
    confirmBreaking:
      "Breaking news may come between its issues. You can stop that alone, among your preferences, whenever you like.",
    confirmButton: "Yes, subscribe me",
    confirmed: "You are subscribed",
    confirmedText: (digest: string) =>
      `The next issue of “${digest}” comes at its hour. Every message ends with two links: to unsubscribe, and to your preferences.`,
    embedTitle: "A sign-up form on your site",
    embedIntro:
      "Copy one of the two forms to any page. It works by itself, without scripts; its last line may be left out: it shows the answer on your page instead of leading to ours.",
    embedFor: (digest: string, sections: string) =>
      sections === ""
        ? `It subscribes to “${digest}”.`
        : `It subscribes to “${digest}”, sections: ${sections}.`,
    embedNote:
      "The form takes your page’s type and colours. Change what you like, and keep the hidden fields and the address that it is sent to.",
    embedArabic: "The form in Arabic",
    embedEnglish: "The form in English",
    embedPreview: "What it looks like",
    embedCode: "What to copy",
  },
});
