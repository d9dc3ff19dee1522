// What the publisher decides about the paper: names, looks, dates, mails. Kept at once, and in force with the next page and mail.
import { type Context, Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { type Publisher, publisherSchema, readPublisher } from "../settings/index.ts";
import { Actions, Block, Button, bothLanguages, Field, Form, Notice, readForm } from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { Done, SettingsPage, withDone } from "./settings.tsx";

export const publisherPath = "/newsroom/settings/publisher";

/** The sample's mark is set by loading and removing it, and by nobody's hand. */
type Name = Exclude<keyof Publisher, "sample">;
type Typed = Record<Name, string>;

const groups = {
  names: ["name", "nameEn", "tagline", "taglineEn", "postalAddress"],
  looks: ["logoUrl", "colour", "social"],
  dates: ["language", "zone", "weekend", "months", "digits", "hijri", "hijriOffset"],
  readers: ["clicks", "disposable", "refusedDomains"],
} as const satisfies Record<string, readonly Name[]>;

const names: readonly Name[] = Object.values(groups).flat();

/** What fields of a few values take, as they are sent. */
const choices = {
  language: ["ar", "en"],
  weekend: ["fri-sat", "sat-sun", "fri"],
  months: ["levant", "international", "both", "maghreb-tn", "maghreb-ma"],
  digits: ["latn", "arab"],
  hijri: ["false", "true"],
  hijriOffset: ["-1", "0", "1"],
  clicks: ["off", "anonymous", "personal"],
  disposable: ["allow", "refuse"],
} as const satisfies Partial<Record<Name, readonly string[]>>;

const words = bothLanguages({
  ar: {
    title: "الصحيفة",
    intro: "أسماؤها وشكلها وكتابة تواريخها. يسري التغيير في الصفحة التالية والرسالة التالية.",
    save: "احفظ",
    wrong: "لم يُحفظ شيء. صحح ما أُشير إليه.",
    why: "لا تصلح هذه القيمة.",
    whyBy: (why: string) => `لا تصلح هذه القيمة: \u2068${why}\u2069`,
    noZone: "ليست هذه منطقة زمنية في قائمة \u2068IANA\u2069، مثل \u2068Asia/Beirut\u2069.",
    noColour: "اكتب علامة # وبعدها ستة أرقام ست عشرية، مثل \u2068#8a1c2c\u2069.",
    groups: { names: "الأسماء", looks: "الشكل", dates: "اللغة والتاريخ", readers: "القراء" },
    fields: {
      name: ["الاسم بالعربية", ""],
      nameEn: ["الاسم بالإنكليزية", ""],
      tagline: ["سطر تحت الاسم، بالعربية", ""],
      taglineEn: ["سطر تحت الاسم، بالإنكليزية", ""],
      postalAddress: ["العنوان البريدي", "في آخر كل رسالة، كما توجب قوانين كثيرة."],
      logoUrl: ["رابط الشعار", "صورة على \u2068https\u2069، في أعلى الرسائل. فارغ: الاسم وحده."],
      colour: ["اللون", "لون الرسائل: علامة # وستة أرقام ست عشرية، مثل \u2068#8a1c2c\u2069."],
      social: ["صفحاتكم في مواقع أخرى", "روابط \u2068https\u2069 تفصل بينها مسافات، ثمانية على الأكثر."],
      language: ["لغة من لم يختر لغة", ""],
      zone: [
        "المنطقة الزمنية",
        "باسمها في قائمة \u2068IANA\u2069، مثل \u2068Asia/Damascus\u2069. بها يُعرف ما هو «اليوم».",
      ],
      weekend: ["عطلة الأسبوع", "يبدأ الأسبوع بعدها في تقويم الأعداد."],
      months: ["أسماء الأشهر", ""],
      digits: ["الأرقام", ""],
      hijri: ["التاريخ الهجري", ""],
      hijriOffset: ["أيام عن تقويم أم القرى", "كما رُئي الهلال عندكم."],
      clicks: ["عدّ النقرات", "كم مرة فُتح كل خبر من الرسالة."],
      disposable: ["العناوين المؤقتة", "من مزودين يعطون عنوانًا لدقائق."],
      refusedDomains: ["نطاقات لا تُقبل عناوينها", "تفصل بينها فواصل: \u2068spam.example\u2069."],
    } satisfies Record<Name, readonly [string, string]>,
    choices: {
      language: { ar: "العربية", en: "الإنكليزية" },
      weekend: { "fri-sat": "الجمعة والسبت", "sat-sun": "السبت والأحد", fri: "الجمعة" },
      months: {
        levant: "كانون الثاني، شباط…",
        international: "يناير، فبراير…",
        both: "شباط/فبراير",
        "maghreb-tn": "جانفي، فيفري…",
        "maghreb-ma": "يناير، فبراير… بأسماء المغرب",
      },
      digits: { latn: "123", arab: "١٢٣" },
      hijri: { false: "لا", true: "نعم، مع الميلادي" },
      hijriOffset: { "-1": "قبله بيوم", "0": "كما فيه", "1": "بعده بيوم" },
      clicks: { off: "لا تُعدّ", anonymous: "تُعدّ من دون صاحبها", personal: "تُعدّ مع رقم صاحبها" },
      disposable: { allow: "تُقبل", refuse: "تُرفض" },
    },
    done: { saved: "حُفظ." },
  },
  en: {
    title: "The paper",
    intro:
      "Its names, its looks, how it writes dates. A change is in force with the next page and the next mail.",
    save: "Save",
    wrong: "Nothing was saved. Mend what is pointed out.",
    why: "This does not work.",
    whyBy: (why: string) => `This does not work: ${why}`,
    noZone: "This is no time zone of the IANA list, such as Asia/Beirut.",
    noColour: "Write # and six hexadecimal digits, such as #8a1c2c.",
    groups: { names: "Names", looks: "Looks", dates: "Language and dates", readers: "Readers" },
    fields: {
      name: ["Name in Arabic", ""],
      nameEn: ["Name in English", ""],
      tagline: ["Line below the name, in Arabic", ""],
      taglineEn: ["Line below the name, in English", ""],
      postalAddress: ["Postal address", "At the foot of each mail, as many laws demand."],
      logoUrl: ["Address of the logo", "A picture at https, at the top of mails. Empty: the name alone."],
      colour: ["Colour", "The accent of mails: # and six hexadecimal digits, such as #8a1c2c."],
      social: ["Your pages elsewhere", "Addresses with https, separated by spaces; eight at most."],
      language: ["Language of who chose none", ""],
      zone: ["Time zone", "Its IANA name, such as Asia/Damascus. It says what “today” is."],
      weekend: ["Weekend", "Weeks begin behind it, in the calendar of issues."],
      months: ["Names of months", ""],
      digits: ["Digits", ""],
      hijri: ["Hijri dates", ""],
      hijriOffset: ["Days off Umm al-Qura", "As the moon was seen where you are."],
      clicks: ["Counting clicks", "How often each story is opened from a mail."],
      disposable: ["Throwaway addresses", "Of providers that hand one out for minutes."],
      refusedDomains: ["Domains whose addresses are refused", "Separated by commas: spam.example."],
    },
    choices: {
      language: { ar: "Arabic", en: "English" },
      weekend: { "fri-sat": "Friday and Saturday", "sat-sun": "Saturday and Sunday", fri: "Friday" },
      months: {
        levant: "Levant: كانون الثاني، شباط…",
        international: "International: يناير، فبراير…",
        both: "Both: شباط/فبراير",
        "maghreb-tn": "Tunisia: جانفي، فيفري…",
        "maghreb-ma": "Morocco: يناير، فبراير…",
      },
      digits: { latn: "123", arab: "١٢٣" },
      hijri: { false: "No", true: "Yes, beside the other" },
      hijriOffset: { "-1": "A day before", "0": "As it says", "1": "A day after" },
      clicks: { off: "Not at all", anonymous: "Without the person", personal: "With the person’s number" },
      disposable: { allow: "Taken", refuse: "Refused" },
    },
    done: { saved: "Saved." },
  },
});

/** `/newsroom/settings/publisher`, for administrators. */
export function publisherRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  const administrators = requireEditor(deps, "administrator");
  return new Hono<DeskEnv>()
    .get(publisherPath, administrators, async (c) => {
      const at = await deskOf(c, deps);
      return c.html(<PublisherPage c={c} at={at} typed={typedOf(await readPublisher(db))} faults={null} />);
    })
    .post(publisherPath, administrators, async (c) => {
      const before = await readPublisher(db);
      const form = await readForm(c.req.parseBody());
      const typed = { ...typedOf(before) };
      for (const name of names) {
        const value = form[name];
        if (typeof value === "string") typed[name] = value.trim().slice(0, 10_000);
      }
      const read = publisherSchema.safeParse({ ...before, ...valuesOf(typed) });
      if (!read.success) {
        const at = await deskOf(c, deps);
        const faults = new Map(read.error.issues.map(({ path: [name], message }) => [String(name), message]));
        return c.html(<PublisherPage c={c} at={at} typed={typed} faults={faults} />, 422);
      }
      const changed = names.filter((name) => read.data[name] !== before[name]);
      if (changed.length > 0) await deps.savePublisher(read.data, changed, c.var.editor.address);
      return c.redirect(withDone(publisherPath, "saved"), 303);
    });
}

function typedOf(publisher: Publisher): Typed {
  const typed: Partial<Typed> = {};
  for (const name of names) typed[name] = String(publisher[name] ?? "");
  const { name, nameEn, ...rest } = typed;
  return { ...emptyTyped, ...rest, name: name ?? "", nameEn: nameEn ?? "" };
}
const emptyTyped: Typed = Object.assign({}, ...names.map((name) => ({ [name]: "" })));

/** What was typed as the schema takes it, which says what is wrong with it. */
const valuesOf = ({ hijri, hijriOffset, logoUrl, colour, ...texts }: Typed) => ({
  ...texts,
  colour,
  hijri: hijri === "true",
  hijriOffset: Number(hijriOffset),
  logoUrl: logoUrl === "" ? null : logoUrl,
});

function PublisherPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  typed: Typed;
  /** What is wrong, by the field. */
  faults: ReadonlyMap<string, string> | null;
}) {
  const { at, typed, faults } = props;
  const { language } = at;
  const t = words[language];
  const field = (name: Name) => {
    const [label, help] = t.fields[name];
    const fault = faults?.get(name);
    const known = name === "zone" ? t.noZone : name === "colour" ? t.noColour : null;
    const error =
      fault === undefined ? null : (known ?? (fault.startsWith("Invalid") ? t.why : t.whyBy(fault)));
    const shared = { name, label, help: help || null, error, value: typed[name] };
    if (isChoice(name))
      return (
        <Field
          {...shared}
          kind="select"
          options={Object.entries(t.choices[name]).map(([value, said]) => ({ value, label: said }))}
        />
      );
    const kind = name === "logoUrl" ? "url" : "text";
    return (
      <Field {...shared} kind={kind} autocomplete="off" required={name === "name" || name === "nameEn"} />
    );
  };
  return (
    <SettingsPage at={at} title={t.title} intro={t.intro}>
      <Done c={props.c} sentences={t.done} />
      {faults && <Notice tone="error">{t.wrong}</Notice>}
      <Form action={publisherPath} label={t.title}>
        {(["names", "looks", "dates", "readers"] as const).map((group) => (
          <Block id={group} title={t.groups[group]}>
            {groups[group].map(field)}
          </Block>
        ))}
        <Actions>
          <Button>{t.save}</Button>
        </Actions>
      </Form>
    </SettingsPage>
  );
}

const isChoice = (name: Name): name is keyof typeof choices => Object.hasOwn(choices, name);
