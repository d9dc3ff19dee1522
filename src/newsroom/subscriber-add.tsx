// One more subscriber by hand: the address is asked to confirm, as if its owner had filled in the form.
import { type Context, Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { minutes } from "../arabic/index.ts";
import { type Digest, digestName, listDigests } from "../digests/index.ts";
import { parseAddress, signUpProblems, subscriberAt, type Taken } from "../subscribers/index.ts";
import { Actions, Button, bothLanguages, Choices, Field, Form, type Language, Notice } from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps, numberIn } from "./desk.ts";
import { PeoplePage, peoplePath } from "./people.tsx";
import { withDone } from "./settings.tsx";

const path = `${peoplePath}/add`;

const words = bothLanguages({
  ar: {
    title: "أضف مشتركًا",
    intro:
      "تصله رسالة يؤكد بها اشتراكه، ولا يصله شيء قبل ذلك. من وافقوا من قبل على ورق أو في نظام آخر يُستوردون قائمة.",
    address: "العنوان",
    digest: "النشرة",
    language: "لغة الرسائل",
    languages: { ar: "العربية", en: "الإنكليزية" },
    note: "كيف وافق",
    noteHelp: "يُحفظ في سجل موافقته: «طلب ذلك بالهاتف في 3 آذار».",
    optional: "اختياري",
    button: "اطلب تأكيده",
    slip: (meant: string) => `لعلك تقصد \u2068${meant}\u2069؟ صححه، أو أرسله كما هو مرة أخرى.`,
    wait: (time: string) => `طلبات الاشتراك كثيرة الآن. حاول بعد ${time}.`,
    asked: "كُتب الطلب. تصله رسالة يؤكد بها، إن لم يكن مشتركًا من قبل.",
    noDigest: "لا نشرة بعد.",
  },
  en: {
    title: "Add a subscriber",
    intro:
      "They get a mail to confirm by, and nothing before they did. Who agreed on paper or elsewhere is imported as a list.",
    address: "Address",
    digest: "Digest",
    language: "Language of mails",
    languages: { ar: "Arabic", en: "English" },
    note: "How they agreed",
    noteHelp: "Kept in the history of their consent: “asked for it by telephone on March 3”.",
    optional: "optional",
    button: "Ask them to confirm",
    slip: (meant: string) => `Did you mean \u2068${meant}\u2069? Correct it, or send it once more as it is.`,
    wait: (time: string) => `Too many sign-ups at the moment. Try again in ${time}.`,
    asked: "The request is written down. A mail asks them to confirm, unless they are subscribed already.",
    noDigest: "There is no digest yet.",
  },
});

type Typed = { address: string; digest: number | null; language: Language; note: string };
const nothingTyped: Typed = { address: "", digest: null, language: "ar", note: "" };

/** `/newsroom/subscribers/add`, for editors. */
export function subscriberAddRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  const editors = requireEditor(deps, "editor");
  const form = async (c: Context<DeskEnv>, typed: Typed, error: string | null = null) => {
    const at = await deskOf(c, deps);
    const digests = await listDigests(db);
    return c.html(<AddPage at={at} digests={digests} typed={typed} error={error} />, error ? 422 : 200);
  };
  return new Hono<DeskEnv>()
    .get(path, editors, async (c) => {
      if (c.req.query("done") === "asked") {
        const at = await deskOf(c, deps);
        return c.html(
          <AddPage at={at} digests={await listDigests(db)} typed={nothingTyped} error={null} asked />,
        );
      }
      return form(c, nothingTyped);
    })
    .post(path, editors, async (c) => {
      const { language } = await deskOf(c, deps);
      const typed: Typed = {
        address: (await fieldIn(c, "address")).slice(0, 1000),
        digest: numberIn(await fieldIn(c, "digest")) ?? null,
        language: (await fieldIn(c, "language")) === "en" ? "en" : "ar",
        note: (await fieldIn(c, "note")).slice(0, 500),
      };
      const digests = await listDigests(db);
      const digest = digests.find(({ id }) => id === typed.digest) ?? digests[0];
      if (!digest) return form(c, typed, words[language].noDigest);
      const asked = { typed: typed.address, digest: digest.id, language: typed.language, note: typed.note };
      const taken = await deps.askToConfirm(asked, c.var.editor.address);
      const why = whyNot(taken, language);
      if (why !== null) return form(c, typed, why);
      const address = parseAddress(typed.address);
      const known = address.ok ? await subscriberAt(db, address.key) : null;
      const own = known === null ? path : `${peoplePath}/${known}`;
      return c.redirect(withDone(own, "asked"), 303);
    });
}

function whyNot(taken: Taken, language: Language): string | null {
  const t = words[language];
  switch (taken.kind) {
    case "admitted":
      return null;
    case "slip":
      return t.slip(taken.meant);
    case "refused":
      return signUpProblems[language][taken.why];
    case "wait":
    case "challenge": {
      const n = Math.max(1, Math.ceil(taken.seconds / 60));
      return t.wait(language === "ar" ? minutes(n) : n === 1 ? "1 minute" : `${n} minutes`);
    }
  }
}

function AddPage(props: {
  at: Desk;
  digests: readonly Digest[];
  typed: Typed;
  error: string | null;
  asked?: boolean;
}) {
  const { at, typed, digests } = props;
  const { language } = at;
  const t = words[language];
  return (
    <PeoplePage at={at} title={t.title} intro={t.intro}>
      {props.asked && <Notice tone="ok">{t.asked}</Notice>}
      <Form action={path} label={t.title}>
        <Field
          name="address"
          kind="email"
          label={t.address}
          value={typed.address}
          error={props.error}
          autocomplete="off"
          maxLength={254}
          required
        />
        <Field
          name="digest"
          kind="select"
          label={t.digest}
          value={typed.digest}
          options={digests.map((digest) => ({
            value: String(digest.id),
            label: digestName(digest, language),
          }))}
        />
        <Choices
          name="language"
          kind="radio"
          legend={t.language}
          options={(["ar", "en"] as const).map((it) => ({
            value: it,
            label: t.languages[it],
            checked: it === typed.language,
          }))}
        />
        <Field
          name="note"
          label={t.note}
          help={t.noteHelp}
          optional={t.optional}
          value={typed.note}
          maxLength={500}
          autocomplete="off"
        />
        <Actions>
          <Button>{t.button}</Button>
        </Actions>
      </Form>
    </PeoplePage>
  );
}
