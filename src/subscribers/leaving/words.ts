// The words of leaving and coming back, in both languages.
import { bothLanguages } from "../../web/index.ts";

export const words = bothLanguages({
  ar: {
    leaveTitle: "إلغاء الاشتراك",
    leaveText: (digest: string) => `اضغط الزرّ فلا تصلك «${digest}» بعد الآن.`,
    leaveButton: "ألغِ اشتراكي",
    leaveOne: (digest: string) => `ألغِ «${digest}» وحدها`,
    leaveAll: "ألغِ كل النشرات",
    rather:
      "تصلك أكثر مما تريد؟ يمكنك بدل ذلك أن تختار أقسامها، أو أن تصلك مرة في الأسبوع، أو أن توقفها مدة.",
    left: "أُلغي اشتراكك",
    leftText: (digest: string) => `لن نرسل إليك «${digest}» بعد الآن.`,
    leftThanks: "شكرًا لأنك قرأتنا.",
    slip: "ألغيته سهوًا؟",
    undo: "تراجع: أعِد اشتراكي كما كان",
    leftBefore: "لست مشتركًا",
    leftBeforeText: (digest: string) => `لا تصلك «${digest}» منّا، ولا حاجة إلى أن تفعل شيئًا.`,
    returnTitle: "العودة إلى النشرة",
    returnText: "اضغط الزرّ فيعود اشتراكك كما كان قبل إلغائه.",
    returned: "عاد اشتراكك",
    returnedText: (digest: string) => `تصلك «${digest}» كما كانت. أهلًا بعودتك.`,
    test: "رابط تجريبي",
    testText:
      "هذا رابط رسالة أُرسلت للتجربة. في الرسالة الحقيقية يكون لكل قارئ رابطه، أما هذا فلا يغيّر شيئًا لأحد.",
    tooLate: "لم يعد التراجع ممكنًا",
    tooLateText: "مضى وقت على الإلغاء، أو تغيّر الاشتراك بعده. يمكنك أن تشترك من جديد.",
  },
  en: {
    leaveTitle: "Unsubscribe",
    leaveText: (digest: string) => `Press the button and “${digest}” comes no more.`,
    leaveButton: "Unsubscribe me",
    leaveOne: (digest: string) => `Unsubscribe from “${digest}” only`,
    leaveAll: "Unsubscribe from all newsletters",
    rather:
      "Is it more than you want? You can also choose its sections, get it once a week, or pause it for a while.",
    left: "You are unsubscribed",
    leftText: (digest: string) => `We will not send you “${digest}” any more.`,
    leftThanks: "Thank you for reading us.",
    slip: "Was it a slip?",
    undo: "Undo: subscribe me as before",
    leftBefore: "You are not subscribed",
    leftBeforeText: (digest: string) =>
      `“${digest}” does not come to you, and there is nothing you need to do.`,
    returnTitle: "Back to the newsletter",
    returnText: "Press the button and your subscription is as it was before you left.",
    returned: "You are subscribed again",
    returnedText: (digest: string) => `“${digest}” comes as before. Welcome back.`,
    test: "A link of a test",
    testText:
      "This link stands in a mail that was sent to be looked at. In the real one each reader has their own; this one changes nothing for anybody.",
    tooLate: "It is too late to undo this",
    tooLateText:
      "Some time has passed, or the subscription has changed since. You are welcome to subscribe again.",
  },
});
