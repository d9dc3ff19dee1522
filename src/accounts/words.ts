// The words of the sign-in pages, in both languages.
import { bothLanguages } from "../web/index.ts";

export const words = bothLanguages({
  ar: {
    login: "الدخول إلى غرفة الأخبار",
    intro: "لا كلمات مرور هنا: ندخل برابط يعمل مرة واحدة ولمدة نصف ساعة.",
    how: "من يدير الخادم يصنع الرابط بهذا الأمر، وفيه عنوان بريدك مكان ADDRESS:",
    whom: "أول عنوان يُصنع له رابط يصير مدير الصحيفة. فإن لم تكن أنت من يدير الخادم فاطلب منه رابطاً.",
    press: "اضغط الزرّ للدخول. يبقى هذا الرابط صالحاً إلى أن تضغطه.",
    enter: "ادخل",
    spent: "لم يعد هذا الرابط صالحاً",
    spentText: "كل رابط يعمل مرة واحدة ولمدة نصف ساعة، ولعلّ هذا استُعمل أو نُسخ ناقصاً.",
    another: "كيف أحصل على رابط جديد؟",
  },
  en: {
    login: "Sign in to the newsroom",
    intro: "There are no passwords here: one comes in by a link that works once and for half an hour.",
    how: "Whoever runs the server makes the link with this command, with your address for ADDRESS:",
    whom: "The first address that gets a link becomes the paper’s administrator. If you do not run the server, ask whoever does.",
    press: "Press the button to sign in. The link stays good until you do.",
    enter: "Sign in",
    spent: "This link no longer works",
    spentText: "Each link works once and for half an hour; this one may have been used, or cut short.",
    another: "How do I get a new link?",
  },
});
