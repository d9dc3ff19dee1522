// What somebody agreed to and withdrew, and how we know, told in words from the ledger of consents.
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds } from "../../platform/index.ts";
import { bothLanguages } from "../../web/index.ts";
import type { LeftBy, SubscriberId } from "../consent.ts";
import type { ConsentAct, SubscriberTables } from "../tables.ts";

type Db = Kysely<SubscriberTables>;

/** What may stand in the proof of an act; each part says it on its own. */
const proofParts = z.looseObject({
  via: z.string().optional(),
  by: z.string().optional(),
  network: z.string().optional(),
  token: z.string().optional(),
  place: z.string().optional(),
  consent: z.string().optional(),
  note: z.string().optional(),
  source: z.string().optional(),
  consentedAt: z.string().optional(),
});
type ProofParts = z.output<typeof proofParts>;

export type ConsentEvent = {
  at: Temporal.Instant;
  act: ConsentAct;
  digest: number | null;
  proof: ProofParts;
};

/** The most acts of one person that are told: the newest. */
const mostEvents = 1000;

/** Everything in the ledger about a person, the oldest first. */
export async function consentHistory(db: Db, subscriber: SubscriberId): Promise<ConsentEvent[]> {
  const rows = await db
    .selectFrom("consents")
    .select(["at", "act", "digest_id", "proof"])
    .where("subscriber_id", "=", subscriber)
    .orderBy("id", "desc")
    .limit(mostEvents)
    .execute();
  return rows.reverse().map(({ at, act, digest_id, proof }) => ({
    at: fromMilliseconds(at),
    act,
    digest: digest_id,
    proof: proofParts.parse(JSON.parse(proof)),
  }));
}

/** How each of these people agreed, the last time they did. @param ids as a JSON list */
export async function lastConsents(db: Db, ids: string): Promise<Map<SubscriberId, string>> {
  const { rows } = await sql<{ subscriber_id: SubscriberId; act: ConsentAct; proof: string }>`
    select c.subscriber_id, c.act, c.proof from json_each(${ids}) j cross join consents c on c.subscriber_id = j.value
    where c.act in ('confirmed', 'imported') order by c.subscriber_id, c.id`.execute(db);
  return new Map(
    rows.map(({ subscriber_id, act, proof }) => {
      const { consent, source, via } = proofParts.parse(JSON.parse(proof));
      return [subscriber_id, act === "imported" ? (source ?? consent ?? "") : `confirmed (${via ?? "link"})`];
    }),
  );
}

const acts = bothLanguages<Record<ConsentAct, string>>({
  ar: {
    asked: "طُلب الاشتراك بهذا العنوان، ولا يُعرف بعدُ أهو صاحبه",
    confirmed: "أكّد اشتراكه",
    imported: "أُضيف من قائمة المؤسسة",
    changed: "غيّر اختياراته",
    paused: "أوقف النشرة مؤقتًا",
    resumed: "استأنف النشرة",
    left: "ألغى اشتراكه",
    returned: "عاد بعد الإلغاء",
    moved: "نقل اشتراكه إلى عنوان آخر",
    erased: "مُحيت بياناته",
  },
  en: {
    asked: "somebody asked for it with this address; whether its owner, is not known yet",
    confirmed: "confirmed",
    imported: "added from a list of the publisher’s",
    changed: "chose anew",
    paused: "paused",
    resumed: "resumed",
    left: "left",
    returned: "came back after leaving",
    moved: "moved to another address",
    erased: "was erased",
  },
});

const ways = bothLanguages<Record<string, string>>({
  ar: {
    home: "من نموذج الصفحة الأولى",
    section: "من نموذج صفحة قسم",
    page: "من صفحة الاشتراك",
    embed: "من نموذج في موقع آخر",
    api: "بالواجهة البرمجية",
    import: "باستيراد قائمة",
    link: "برابط في رسالة",
    publisher: "على يد المؤسسة",
  },
  en: {
    home: "by the form on the front page",
    section: "by the form on a section’s page",
    page: "on the sign-up page",
    embed: "by a form on another site",
    api: "by the API",
    import: "by importing a list",
    link: "by a link in a mail",
    publisher: "by the publisher",
  },
});

/** How somebody left; the mail program's button and the others come by links, too. */
const leftBy = bothLanguages<Record<LeftBy, string>>({
  ar: {
    "one-click": "بزرّ برنامج البريد",
    page: "من صفحة إلغاء الاشتراك",
    preferences: "من صفحة اختياراته",
    mail: "برسالة",
    complaint: "بالإبلاغ عن رسالة مزعجة",
    publisher: "على يد المؤسسة",
    moved: "بالانتقال إلى عنوان آخر",
  },
  en: {
    "one-click": "by the mail program’s own button",
    page: "on the page for leaving",
    preferences: "among the preferences",
    mail: "by a mail",
    complaint: "by reporting a mail as spam",
    publisher: "by the publisher",
    moved: "by moving to another address",
  },
});
const isLeftBy = (word: string): word is LeftBy => Object.hasOwn(leftBy.en, word);

const parts = bothLanguages({
  ar: {
    place: (it: string) => `في ${it}`,
    consent: (it: string) => `قالت المؤسسة: «${it}»`,
    note: (it: string) => `قال البرنامج الذي سجّله: «${it}»`,
    source: (it: string) => `في القائمة: «${it}»`,
    consentedAt: (it: string) => `وافق في ${it}`,
    network: (it: string) => `من الشبكة ${it}`,
    token: (it: string) => `بالرمز ${it}`,
  },
  en: {
    place: (it: string) => `at ${it}`,
    consent: (it: string) => `the publisher says: “${it}”`,
    note: (it: string) => `the program that signed them up says: “${it}”`,
    source: (it: string) => `the list says: “${it}”`,
    consentedAt: (it: string) => `agreed on ${it}`,
    network: (it: string) => `from the network ${it}`,
    token: (it: string) => `with the token ${it}`,
  },
});

/** One act in a sentence, without its date and digest. */
export function eventWords(language: "ar" | "en", { act, proof }: ConsentEvent): string {
  const told = parts[language];
  const { by, via } = proof;
  const way = by !== undefined && isLeftBy(by) ? leftBy[language][by] : via && (ways[language][via] ?? via);
  const facts = (["place", "consent", "note", "source", "consentedAt", "network", "token"] as const).flatMap(
    (part) => {
      const fact = proof[part];
      return fact === undefined || fact === "" ? [] : [told[part](fact)];
    },
  );
  const comma = language === "ar" ? "، " : ", ";
  return [acts[language][act], ...(way ? [way] : []), ...facts].join(comma);
}
