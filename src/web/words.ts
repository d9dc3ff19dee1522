// The fixed words of the shell, and how every part keeps its own beside its pages.

export type Language = "ar" | "en";

/** Which way a language is written; anything we do not know to be right-to-left is left-to-right. */
export function directionOf(language: string): "rtl" | "ltr" {
  return /^(?:ar|fa|ur|ckb|ps|sd|ug|he)(?:-|$)/iu.test(language) ? "rtl" : "ltr";
}

/**
 * Words in both languages. The Arabic list says which words there are; an English list that lacks one of them, has one
 * more, or differs in what a sentence is told, does not compile.
 *
 * @example const words = bothLanguages({ ar: { more: "المزيد" }, en: { more: "More" } }); words[language].more
 */
export function bothLanguages<Word extends object>(words: {
  ar: Word;
  en: NoInfer<Word>;
}): Readonly<Record<Language, Readonly<Word>>> {
  return words;
}

export const words = bothLanguages({
  ar: {
    languageName: "العربية",
    skip: "انتقل إلى المحتوى",
    sections: "أقسام الصحيفة",
    tools: "روابط سريعة",
    search: "بحث",
    subscribe: "النشرة البريدية",
    sampleLabel: "صحيفة تجريبية",
    sample: "الأخبار والأسماء والأرقام هنا متخيَّلة، وُضعت لتجربة «نشرة» ولا صلة لها بواقع.",
    allNews: "كل الأخبار",
    feeds: "خلاصات الأخبار",
    feedsHint: "تابع جديدنا في قارئ الخلاصات الذي تفضّله.",
    allFeeds: "قائمة الخلاصات كلها (OPML)",
    mail: "بالبريد",
    mailHint: "أهمّ أخبار اليوم في رسالة واحدة، وتلغي الاشتراك بنقرة واحدة.",
    mailLink: "اشترك في النشرة",
    newsroom: "غرفة الأخبار",
    newsroomNav: "أقسام غرفة الأخبار",
    signIn: "دخول المحررين",
    signOut: "خروج",
    signedIn: "المستخدم",
    toSite: "موقع الصحيفة",
    today: "اليوم",
    stories: "الأخبار",
    issues: "الأعداد",
    digests: "النشرات",
    sources: "المصادر",
    subscribers: "المشتركون",
    outbox: "البريد الصادر",
    why: "لماذا؟",
    settings: "الإعدادات",
    older: "الأقدم",
    newer: "الأحدث",
    pages: "صفحات القائمة",
    optional: "اختياري",
    toHome: "إلى الصفحة الرئيسية",
    toNewsroom: "إلى غرفة الأخبار",
    status: "رمز الحالة",
    requestId: "رقم الطلب",
    errors: {
      400: { title: "لم نفهم هذا الطلب", sentence: "في الرابط أو في ما أُرسل خطأ. راجعه ثم حاول مرة أخرى." },
      403: {
        title: "لا تملك إذنًا بفتح هذه الصفحة",
        sentence: "سجّل الدخول بحساب له هذا الإذن، أو اطلبه من مدير الصحيفة.",
      },
      404: { title: "لا توجد صفحة هنا", sentence: "قد يكون الرابط ناقصًا، أو نُقلت الصفحة إلى عنوان آخر." },
      410: { title: "أُزيلت هذه الصفحة", sentence: "كان هنا نصّ وسحبناه، ولن يعود إلى هذا العنوان." },
      429: { title: "الطلبات كثيرة الآن", sentence: "وصلتنا طلبات كثيرة فوق المعتاد. حاول بعد قليل." },
      500: { title: "حدث خلل عندنا", sentence: "لم نستطع إتمام طلبك، والعلّة منّا لا منك. حاول بعد قليل." },
    },
  },
  en: {
    languageName: "English",
    skip: "Skip to the content",
    sections: "Sections of the paper",
    tools: "Quick links",
    search: "Search",
    subscribe: "Newsletter",
    sampleLabel: "Sample newsroom",
    sample: "The news, names and numbers here are invented for trying out Nashra; none of it happened.",
    allNews: "All news",
    feeds: "Feeds",
    feedsHint: "Follow us in the feed reader of your choice.",
    allFeeds: "List of all feeds (OPML)",
    mail: "By mail",
    mailHint: "The day’s top stories in one message; one click and you are out again.",
    mailLink: "Subscribe to the newsletter",
    newsroom: "Newsroom",
    newsroomNav: "Parts of the newsroom",
    signIn: "Editors’ sign-in",
    signOut: "Sign out",
    signedIn: "Signed in as",
    toSite: "The site",
    today: "Today",
    stories: "Stories",
    issues: "Issues",
    digests: "Digests",
    sources: "Sources",
    subscribers: "Subscribers",
    outbox: "Outbox",
    why: "Why?",
    settings: "Settings",
    older: "Older",
    newer: "Newer",
    pages: "Pages of the list",
    optional: "optional",
    toHome: "To the front page",
    toNewsroom: "To the newsroom",
    status: "Status",
    requestId: "Request",
    errors: {
      400: {
        title: "We could not read this request",
        sentence: "The link or what was sent has a fault. Check it and try again.",
      },
      403: {
        title: "You may not open this page",
        sentence: "Sign in with an account that may, or ask the paper’s administrator.",
      },
      404: {
        title: "There is no page here",
        sentence: "The link may be cut short, or the page may have moved.",
      },
      410: {
        title: "This page was taken down",
        sentence: "A text stood here; we withdrew it, and it will not return to this address.",
      },
      429: {
        title: "Too many requests just now",
        sentence: "Far more requests than usual came in. Please try again shortly.",
      },
      500: {
        title: "Something broke on our side",
        sentence: "We could not finish your request. It was our fault; please try again shortly.",
      },
    },
  },
});
