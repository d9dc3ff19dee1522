// The words of the sign-in pages, in both languages.
import { bothLanguages } from "../web/index.ts";

export const words = bothLanguages({
  ar: {
    login: "الدخول إلى غرفة الأخبار",
    intro: "لا كلمات مرور هنا: ندخل بمفتاح مرور في جهازك، أو برابط يصل بالبريد ويعمل مرة واحدة.",
    again: "أكّد أنك أنت",
    againIntro: (who: string) =>
      `أنت داخل باسم \u2068${who}\u2069، وما تفعله الآن لا يكفي له ذلك: أكّد هويتك مرة، ويكفي هذا نصف ساعة.`,
    kept: "ما كتبته محفوظ في هذه الصفحة، ويُتابع من حيث توقف.",
    signedOut: "انتهت جلستك. ما كتبته محفوظ في هذه الصفحة: ادخل ثم تابع من حيث توقفت.",
    signedOutBare: "انتهت جلستك، ولم يُحفظ ما كتبته. ادخل، ثم ارجع إلى الصفحة وأرسله من جديد.",
    notYours: "لم يُرسل شيء",
    notYoursText: (who: string) =>
      `أنت داخل الآن باسم \u2068${who}\u2069، وما كان محفوظًا في الصفحة كتبه غيرك. من كتبه يدخل باسمه ويرسله.`,
    newsroom: "إلى غرفة الأخبار",
    passkey: "بمفتاح مرور",
    passkeyText: "ببصمتك أو وجهك أو رمز جهازك، من دون أن تكتب عنوانك.",
    usePasskey: "ادخل بمفتاح مرور",
    passkeyFailed: "لم يتمّ ذلك على هذا الجهاز. حاول مرة أخرى، أو اطلب رابطًا بالبريد.",
    passkeyRefused:
      "لم يُقبل هذا المفتاح: لعله حُذف، أو بقيت الصفحة مفتوحة أكثر من ربع ساعة. حاول مرة أخرى، أو اطلب رابطًا.",
    byMail: "برابط في البريد",
    address: "عنوان بريدك",
    addressHelp: "العنوان الذي يعرفك به مدير الصحيفة.",
    byMailTo: "يُرسل الرابط إلى",
    noAddress: "ليس هذا عنوان بريد. راجعه، مثل \u2068salma@example.org\u2069.",
    sendLink: "أرسل لي رابطًا",
    mailed: "راجع بريدك",
    mailedText:
      "إن كان هذا العنوان لأحد محرري الصحيفة فالرابط في طريقه إليه، ويعمل نصف ساعة. وإن لم يصل في دقائق فراجع البريد غير المرغوب فيه.",
    goOn: "دخلت، تابع",
    goOnText: "افتح الرابط واضغط زر الدخول في هذا المتصفح، ثم عد إلى هذه الصفحة: ما كتبته محفوظ فيها.",
    tooOften: (minutes: number) =>
      `جاءت من شبكتك محاولات كثيرة. حاول مرة أخرى بعد ${minutes} د، أو ادخل بطريقة أخرى.`,
    noMail: "أول مرة، أو لا يصل بريد؟",
    how: "من يدير الخادم يصنع الرابط بهذا الأمر، وفيه عنوان بريدك مكان ADDRESS:",
    whom: "أول عنوان يُصنع له رابط يصير مدير الصحيفة. فإن لم تكن أنت من يدير الخادم فاطلب منه رابطًا.",
    press: "اضغط الزرّ للدخول. يبقى هذا الرابط صالحًا إلى أن تضغطه أو تمضي نصف ساعة على طلبه.",
    asWhom: "تدخل باسم",
    enter: "ادخل",
    spent: "لم يعد هذا الرابط صالحًا",
    spentText: "كل رابط يعمل مرة واحدة ولمدة نصف ساعة، ولعلّ هذا استُعمل أو نُسخ ناقصًا.",
    another: "كيف أحصل على رابط جديد؟",
  },
  en: {
    login: "Sign in to the newsroom",
    intro:
      "There are no passwords here: one comes in by a passkey of one’s device, or by a link in a mail that works once.",
    again: "Confirm that it is you",
    againIntro: (who: string) =>
      `You are signed in as \u2068${who}\u2069, and what you are about to do asks for more: confirm who you are once, and that is enough for half an hour.`,
    kept: "What you typed is kept in this page and goes on from where it stopped.",
    signedOut:
      "Your session has ended. What you typed is kept in this page: sign in, and go on from where you stopped.",
    signedOutBare:
      "Your session has ended, and what you typed was not kept. Sign in, go back to the page, and send it again.",
    notYours: "Nothing was sent",
    notYoursText: (who: string) =>
      `You are signed in as \u2068${who}\u2069 now, and what was kept in the page was typed by somebody else. Whoever typed it signs in and sends it.`,
    newsroom: "To the newsroom",
    passkey: "By passkey",
    passkeyText: "With your fingerprint, your face, or your device’s code, and without typing an address.",
    usePasskey: "Sign in with a passkey",
    passkeyFailed: "That did not work on this device. Try again, or ask for a link by mail.",
    passkeyRefused:
      "This passkey was not accepted: it may have been removed, or the page was open for more than a quarter of an hour. Try again, or ask for a link.",
    byMail: "By a link in a mail",
    address: "Your address",
    addressHelp: "The address by which the paper’s administrator knows you.",
    byMailTo: "The link is sent to",
    noAddress: "This is no mail address. Check it; one looks like salma@example.org.",
    sendLink: "Send me a link",
    mailed: "Look into your mail",
    mailedText:
      "If this is the address of one of the paper’s editors, a link is on its way there and works for half an hour. If it does not arrive within minutes, look into the junk mail.",
    goOn: "I have signed in: go on",
    goOnText:
      "Open the link, press its button in this browser, then come back to this page: what you typed is kept in it.",
    tooOften: (minutes: number) =>
      `Many attempts came from your network. Try again in ${minutes} min, or sign in another way.`,
    noMail: "The first time, or no mail arrives?",
    how: "Whoever runs the server makes the link with this command, with your address for ADDRESS:",
    whom: "The first address that gets a link becomes the paper’s administrator. If you do not run the server, ask whoever does.",
    press:
      "Press the button to sign in. The link stays good until you do, or until half an hour after it was asked for.",
    asWhom: "You sign in as",
    enter: "Sign in",
    spent: "This link no longer works",
    spentText: "Each link works once and for half an hour; this one may have been used, or cut short.",
    another: "How do I get a new link?",
  },
});
