// The mail with a link to sign in by.
import type { Keyring } from "../config.ts";
import { signToken } from "../platform/index.ts";
import { bothLanguages } from "../web/index.ts";
import { linkMinutes } from "./sign-in.ts";

/**
 * What a queued mail knows of its link: not the link itself, which only who has our key can make of it. So nobody comes in by
 * reading the database.
 */
export type LoginNotice = { noise: readonly number[]; expiresAt: number };

/** A notice for a link that works from now on. */
export const newLoginNotice = (now: Temporal.Instant): LoginNotice => ({
  noise: [...crypto.getRandomValues(new Uint32Array(5))],
  expiresAt: now.add({ minutes: linkMinutes }).epochMilliseconds,
});

/** What the link holds: the same each time it is made of the same notice. */
export const loginToken = (keys: Keyring, { noise, expiresAt }: LoginNotice): Promise<string> =>
  signToken(keys, "login", noise, Temporal.Instant.fromEpochMilliseconds(expiresAt));

export const loginUrl = async (keys: Keyring, site: URL, notice: LoginNotice): Promise<string> =>
  new URL(`/newsroom/login/${await loginToken(keys, notice)}`, site).href;

const words = bothLanguages({
  ar: {
    subject: (paper: string) => `رابط الدخول إلى غرفة أخبار ${paper}`,
    title: "رابط الدخول",
    text: (paper: string) =>
      `طُلب رابط للدخول إلى غرفة أخبار ${paper} بهذا العنوان. إن كنت أنت من طلبه فافتحه واضغط زر الدخول.`,
    button: "افتح صفحة الدخول",
    expiry: `يعمل هذا الرابط مرة واحدة ولمدة ${linkMinutes} دقيقة. هو لك وحدك: من يفتحه يدخل باسمك، فلا تُرسله إلى أحد.`,
    ignore: "إن لم تطلبه فتجاهل هذه الرسالة: لا يدخل أحد من دونها.",
  },
  en: {
    subject: (paper: string) => `Your link to sign in to the newsroom of ${paper}`,
    title: "Your link to sign in",
    text: (paper: string) =>
      `Somebody asked to sign in to the newsroom of ${paper} with this address. If it was you, open the link and press the button.`,
    button: "Open the sign-in",
    expiry: `The link works once, for ${linkMinutes} minutes. It is yours alone: whoever opens it signs in as you, so do not pass it on.`,
    ignore: "If you did not ask for it, ignore this message: nobody gets in without it.",
  },
});

/** What the mail says. @param paper the paper's name in that language */
export function loginLetter(language: "ar" | "en", paper: string, link: string) {
  const t = words[language];
  return {
    subject: t.subject(paper),
    title: t.title,
    text: t.text(paper),
    action: { label: t.button, link },
    notes: [t.expiry, t.ignore],
  };
}
