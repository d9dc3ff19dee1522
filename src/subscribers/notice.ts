// What the mails say that are no issues. Each is a letter: one thing, and mostly one button.
import { z } from "zod";
import { loginLetter, loginUrl } from "../accounts/index.ts";
import type { Keyring } from "../config.ts";
import { type LetterMail, mailWords, type WelcomeMail } from "../mail/index.ts";
import { inMails, type Publisher } from "../settings/index.ts";
import { bothLanguages } from "../web/index.ts";
import { type DigestChoice, digestName, listed } from "./choices.ts";
import type { SubscriberId } from "./consent.ts";
import { makeLink } from "./links.ts";
import type { RequestId } from "./tables.ts";

/** A notice as the ledger has it. */
type QueuedNotice = { id: number; kind: string; language: "ar" | "en"; data: string };

type NoticeDeps = {
  publisher: Publisher;
  site: URL;
  keys: Keyring;
  digests: readonly DigestChoice[];
  /** The mail's own: its links work from then on. */
  date: Temporal.Instant;
};

const id = <Id extends number>() => z.custom<Id>((it) => Number.isSafeInteger(it));
const person = z.object({ subscriber: id<SubscriberId>() });
const welcome = person.extend({ digests: z.array(z.number()) });
const confirmation = person.extend({ request: id<RequestId>(), digests: z.array(z.number()) });
const login = z.object({ noise: z.array(z.number()), expiresAt: z.number() });
const addressChange = person.extend({ change: z.number() });

const words = bothLanguages({
  ar: {
    confirmSubject: (paper: string) => `أكّد اشتراكك في ${paper}`,
    confirmTitle: "بقيت خطوة واحدة",
    confirmText: (digest: string, paper: string) =>
      `طُلب لهذا العنوان اشتراك في «${digest}» من ${paper}. إن كنت صاحب الطلب فأكّده بالزر أدناه.`,
    confirmButton: "نعم، أكّد اشتراكي",
    confirmExpiry: "يعمل هذا الرابط 7 أيام.",
    confirmIgnore: "إن لم تطلب ذلك فتجاهل هذه الرسالة: لن يصلك منّا شيء بعدها.",
    welcomeSubject: (paper: string) => `أهلًا بك في نشرات ${paper}`,
    welcomeTitle: "أهلًا بك",
    welcomeText: (paper: string) => `أُكّد اشتراكك. هذا ما يصلك من ${paper}، ومتى:`,
    welcomeButton: "اختر أقسامك ومواعيدك",
    welcomeLeave: "في آخر كل عدد رابط تلغي به اشتراكك بضغطة واحدة.",
    preferencesSubject: (paper: string) => `رابط تفضيلاتك في ${paper}`,
    preferencesTitle: "رابط تفضيلاتك",
    preferencesText: (paper: string) =>
      `كُتب عنوانك في موقعنا. من هنا تختار نشراتك من ${paper} وأقسامها وكم مرة تصلك، أو توقفها، أو تغيّر عنوانك.`,
    preferencesButton: "افتح تفضيلاتي",
    preferencesExpiry: "يعمل هذا الرابط 90 يومًا. هو لك وحدك: من يفتحه يرى اشتراكك ويغيّره، فلا تُرسله إلى أحد.",
    preferencesIgnore: "إن لم تطلبه فتجاهل هذه الرسالة: لم يتغيّر شيء.",
    addressSubject: (paper: string) => `أكّد عنوانك الجديد لدى ${paper}`,
    addressTitle: "أهذا عنوانك الجديد؟",
    addressText: (paper: string) =>
      `طلب أحد مشتركي ${paper} أن تصله النشرة على هذا العنوان. إن كنت أنت فأكّده بالزر أدناه.`,
    addressButton: "نعم، هذا عنواني",
    addressExpiry: "يعمل هذا الرابط يومين.",
    addressIgnore: "إن لم تطلب ذلك فتجاهل هذه الرسالة: لن يتغيّر شيء.",
    movedSubject: (paper: string) => `تغيّر عنوان اشتراكك في ${paper}`,
    movedTitle: "تغيّر عنوانك",
    movedText: (paper: string) =>
      `تصل نشرات ${paper} من الآن إلى عنوان آخر اخترته وأكّدته، ولا تصل إلى هذا العنوان.`,
    movedIgnore: "إن لم تكن أنت من غيّره فردّ على هذه الرسالة نُصلحه.",
  },
  en: {
    confirmSubject: (paper: string) => `Confirm your subscription to ${paper}`,
    confirmTitle: "One step left",
    confirmText: (digest: string, paper: string) =>
      `Somebody asked for “${digest}” of ${paper} to be sent to this address. If it was you, confirm it with the button below.`,
    confirmButton: "Yes, subscribe me",
    confirmExpiry: "The link works for 7 days.",
    confirmIgnore: "If you did not ask for this, ignore this message: we will not write again.",
    welcomeSubject: (paper: string) => `Welcome to the newsletters of ${paper}`,
    welcomeTitle: "Welcome",
    welcomeText: (paper: string) =>
      `Your subscription is confirmed. This is what you will get from ${paper}, and when:`,
    welcomeButton: "Choose sections and hours",
    welcomeLeave: "Each issue ends with a link that takes you out with one press.",
    preferencesSubject: (paper: string) => `Your preferences at ${paper}`,
    preferencesTitle: "The link to your preferences",
    preferencesText: (paper: string) =>
      `Your address was entered on our site. Here you choose your newsletters of ${paper}, their sections and how often they come, pause them, or change your address.`,
    preferencesButton: "Open my preferences",
    preferencesExpiry:
      "The link works for 90 days. It is yours alone: whoever opens it sees your subscription and can change it, so do not pass it on.",
    preferencesIgnore: "If you did not ask for it, ignore this message: nothing has changed.",
    addressSubject: (paper: string) => `Confirm your new address with ${paper}`,
    addressTitle: "Is this your new address?",
    addressText: (paper: string) =>
      `A subscriber of ${paper} asked for mail to come to this address. If it was you, confirm it with the button below.`,
    addressButton: "Yes, this is my address",
    addressExpiry: "The link works for two days.",
    addressIgnore: "If you did not ask for this, ignore this message: nothing will change.",
    movedSubject: (paper: string) => `Your address with ${paper} has changed`,
    movedTitle: "Your address has changed",
    movedText: (paper: string) =>
      `The newsletters of ${paper} now go to another address, which you chose and confirmed, and no longer to this one.`,
    movedIgnore: "If it was not you who changed it, answer this message and we will put it right.",
  },
});

/** The template of a notice and what it is given. @throws on a notice of a kind that nobody here writes */
export async function noticeMail(
  notice: QueuedNotice,
  deps: NoticeDeps,
): Promise<{ template: "letter"; data: LetterMail } | { template: "welcome"; data: WelcomeMail }> {
  const { publisher, site } = deps;
  const { language } = notice;
  const name = language === "ar" ? publisher.name : publisher.nameEn;
  const letter = await letterOf(notice, name, deps);
  const data: LetterMail = {
    language,
    dir: language === "ar" ? "rtl" : "ltr",
    publisher: inMails(publisher, site, language),
    preheader: letter.title,
    sample: publisher.sample,
    words: mailWords(language),
    ...letter,
  };
  if (notice.kind !== "welcome") return { template: "letter", data };
  const { digests } = welcome.parse(JSON.parse(notice.data));
  const confirmed = deps.digests.filter(({ id }) => digests.includes(id));
  const list = confirmed.map((it) => ({ name: digestName(it, language), when: it.when ?? "" }));
  return {
    template: "welcome",
    data: { ...data, preheader: list.map(({ name }) => name).join(" · "), digests: list },
  };
}

type Letter = Pick<LetterMail, "subject" | "title" | "text" | "action" | "notes">;

async function letterOf(
  notice: QueuedNotice,
  paper: string,
  { site, keys, digests, date }: NoticeDeps,
): Promise<Letter> {
  const t = words[notice.language];
  const data: unknown = JSON.parse(notice.data);
  switch (notice.kind) {
    case "confirm": {
      const asked = confirmation.parse(data);
      const names = digests
        .filter((it) => asked.digests.includes(it.id))
        .map((it) => digestName(it, notice.language));
      if (names.length === 0) throw new Error(`Notice ${notice.id} asks about digests that are gone.`);
      return {
        subject: t.confirmSubject(paper),
        title: t.confirmTitle,
        text: t.confirmText(listed(names, notice.language), paper),
        action: { label: t.confirmButton, link: await makeLink(keys, site, "confirm", asked, date) },
        notes: [t.confirmExpiry, t.confirmIgnore],
      };
    }
    case "welcome": {
      const { subscriber } = welcome.parse(data);
      return {
        subject: t.welcomeSubject(paper),
        title: t.welcomeTitle,
        text: t.welcomeText(paper),
        action: {
          label: t.welcomeButton,
          link: await makeLink(keys, site, "preferences", { subscriber }, date),
        },
        notes: [t.preferencesExpiry, t.welcomeLeave],
      };
    }
    case "preferences":
      return {
        subject: t.preferencesSubject(paper),
        title: t.preferencesTitle,
        text: t.preferencesText(paper),
        action: {
          label: t.preferencesButton,
          link: await makeLink(keys, site, "preferences", person.parse(data), date),
        },
        notes: [t.preferencesExpiry, t.preferencesIgnore],
      };
    case "address":
      return {
        subject: t.addressSubject(paper),
        title: t.addressTitle,
        text: t.addressText(paper),
        action: {
          label: t.addressButton,
          link: await makeLink(keys, site, "address", addressChange.parse(data), date),
        },
        notes: [t.addressExpiry, t.addressIgnore],
      };
    case "moved":
      return {
        subject: t.movedSubject(paper),
        title: t.movedTitle,
        text: t.movedText(paper),
        action: null,
        notes: [t.movedIgnore],
      };
    case "login":
      return loginLetter(notice.language, paper, await loginUrl(keys, site, login.parse(data)));
    default:
      throw new Error(`Notice ${notice.id} is of the unknown kind "${notice.kind}".`);
  }
}
