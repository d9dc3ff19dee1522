// One template: its text to change, beside it what it becomes, drawn again as somebody types; and back to ours.
import { type Context, Hono } from "hono";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { sampleMails } from "../mail/index.ts";
import {
  Actions,
  allowOwnScript,
  Badge,
  Block,
  Button,
  besideStylesheet,
  bothLanguages,
  ErrorPage,
  Field,
  Form,
  Frame,
  Ltr,
  Notice,
  readForm,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import type { SampleMail, SavedTemplate, ShownTemplates } from "./house.ts";
import { mailPolicy } from "./letter.tsx";
import { linksBeside, withScheme } from "./mail.ts";
import { Done, SettingsPage, withDone } from "./settings.tsx";
import { drawTemplate, longestTemplate, saveTemplate } from "./template-acts.ts";
import { Faults, placed, templatePath } from "./template-faults.tsx";

const page = "/newsroom/settings/templates/:name";

const words = bothLanguages({
  ar: {
    own: "قالبكم",
    ours: "قالب «نشرة»",
    intro: "لا يصل ما تكتبه إلى أحد حتى تحفظه. والمعاينة تتبعك وأنت تكتب، بأخبار وعناوين لا وجود لها.",
    text: "نص القالب",
    mail: "في أي رسالة",
    mails: {
      digest: "عدد بصور وملخصات",
      compact: "عدد بعناوين وأسطر",
      weekly: "عدد أسبوعي",
      breaking: "خبر عاجل",
      correction: "تصحيح",
      letter: "رسالة",
      welcome: "ترحيب",
    } satisfies Record<SampleMail, string>,
    language: "اللغة",
    languages: { ar: "العربية", en: "الإنجليزية" },
    scheme: "الخلفية",
    schemes: { light: "فاتحة", dark: "داكنة" },
    preview: "عاين",
    frame: "ما يصير إليه القالب",
    save: "احفظ",
    refused: "لم يُحفظ: القوالب معًا لا تصلح هكذا",
    moved: "غيّره غيرك بعد أن فتحت الصفحة، فلم يُحفظ. هذا نصك؛ افتح الصفحة من جديد لترى نصه.",
    reopen: "افتحها من جديد",
    unwritable: "لا يُكتب في مجلد القوالب على الخادم:",
    back: "عد إلى قالبنا",
    backText: "يُحذف ملفكم من المجلد، ويُستعمل قالبنا من الرسالة التالية.",
    all: "كل القوالب",
    done: { saved: "حُفظ، ويُستعمل من الرسالة التالية.", back: "يُستعمل قالبنا من الرسالة التالية." },
    wrong: "لا تُعاين: فيها خطأ",
  },
  en: {
    own: "yours",
    ours: "Nashra’s",
    intro:
      "Nobody is sent what you write until you save it. The preview follows as you type, with stories and addresses that do not exist.",
    text: "Text of the template",
    mail: "In which mail",
    mails: {
      digest: "An issue with pictures and summaries",
      compact: "An issue of titles with a line each",
      weekly: "A weekly issue",
      breaking: "Breaking news",
      correction: "A correction",
      letter: "A letter",
      welcome: "The welcome",
    },
    language: "Language",
    languages: { ar: "Arabic", en: "English" },
    scheme: "On",
    schemes: { light: "light", dark: "dark" },
    preview: "Preview",
    frame: "What the template becomes",
    save: "Save",
    refused: "Not saved: the templates do not work together like this",
    moved:
      "Somebody else changed it after you opened the page, so it was not saved. This is your text; open the page anew to see theirs.",
    reopen: "Open it anew",
    unwritable: "The folder of templates on the server cannot be written to:",
    back: "Go back to ours",
    backText: "Your file is taken out of the folder, and ours is used from the next mail on.",
    all: "All templates",
    done: { saved: "Saved; used from the next mail on.", back: "Ours is used from the next mail on." },
    wrong: "There is no preview: something is wrong",
  },
});

type How = { mail: SampleMail; language: "ar" | "en"; scheme: "light" | "dark" };
type Stored = NonNullable<Awaited<ReturnType<ShownTemplates["read"]>>>;

/** `/newsroom/settings/templates/:name`, for administrators. */
export function oneTemplateRoutes(deps: NewsroomDeps) {
  const { templates } = deps.house;
  const administrators = requireEditor(deps, "administrator");
  const fresh = requireFresh(deps, "administrator");
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);

  /** A template that is there, with what was asked of it. */
  const asked = async (c: Context<DeskEnv>) => {
    const name = c.req.param("name") ?? "";
    const stored = await templates?.read(name);
    if (!templates || !stored) return null;
    const form = c.req.method === "POST" ? await readForm(c.req.parseBody()) : {};
    const given = (field: string): string => {
      const value = form[field] ?? c.req.query(field);
      return typeof value === "string" ? value : "";
    };
    const uses = await templates.mailsWith(name);
    const typed = given("text").slice(0, longestTemplate).replaceAll("\r\n", "\n");
    const how: How = {
      mail: sampleMails.find((it) => it === given("mail")) ?? uses[0] ?? "digest",
      language: given("language") === "en" ? "en" : "ar",
      scheme: given("scheme") === "dark" ? "dark" : "light",
    };
    return { templates, name, stored, uses, how, typed, seen: given("seen") };
  };
  type Asked = NonNullable<Awaited<ReturnType<typeof asked>>>;

  const show = async (
    c: Context<DeskEnv>,
    it: Asked,
    tried: { text: string; saved: SavedTemplate } | null = null,
  ) => {
    const at = await deskOf(c, deps);
    allowOwnScript(c);
    const faults =
      tried?.saved.kind === "refused"
        ? await placed(it.templates, tried.saved.faults, { name: it.name, text: tried.text })
        : [];
    const status = { saved: 200, moved: 409, refused: 422, unwritable: 500 } as const;
    return c.html(
      <TemplatePage
        {...{ c, at, ...it, faults }}
        text={tried?.text ?? it.stored.text}
        saved={tried?.saved}
      />,
      status[tried?.saved.kind ?? "saved"],
    );
  };

  const drawn = async (c: Context<DeskEnv>, { templates, name, how }: Asked, text: string) => {
    const at = await deskOf(c, deps);
    const draft = { name, text };
    const tried = await drawTemplate(deps, templates, draft, how);
    c.header("Content-Security-Policy", mailPolicy);
    if (tried.ok && name.endsWith(".mjml")) return c.html(linksBeside(withScheme(tried.html, how.scheme)));
    const t = words[at.language];
    return c.html(
      <html lang={at.language} dir={at.language === "ar" ? "rtl" : "ltr"}>
        <head>
          <meta charset="utf-8" />
          <title>{t.frame}</title>
          <style>{frameStyle}</style>
        </head>
        <body>
          {tried.ok ? (
            <pre dir={how.language === "ar" ? "rtl" : "ltr"} lang={how.language}>
              {tried.text}
            </pre>
          ) : (
            <>
              <h1>{t.wrong}</h1>
              <Faults language={at.language} faults={await placed(templates, tried.faults, draft)} />
            </>
          )}
        </body>
      </html>,
      tried.ok ? 200 : 422,
    );
  };

  const changed = async (c: Context<DeskEnv>, it: Asked, text: string | null) => {
    const { name, seen } = it;
    const saved = await saveTemplate(deps, it.templates, { name, text, seen }, c.var.editor.address);
    if (saved.kind !== "saved") return show(c, it, { text: text ?? it.stored.text, saved });
    return c.redirect(withDone(templatePath(name), text === null ? "back" : "saved"), 303);
  };

  return new Hono<DeskEnv>()
    .get(page, administrators, async (c) => {
      const it = await asked(c);
      return it ? show(c, it) : missing(c);
    })
    .post(page, fresh, async (c) => {
      const it = await asked(c);
      return it ? changed(c, it, it.typed) : missing(c);
    })
    .post(`${page}/back`, fresh, async (c) => {
      const it = await asked(c);
      return it?.stored.own ? changed(c, it, null) : missing(c);
    })
    .get(`${page}/preview`, administrators, async (c) => {
      const it = await asked(c);
      return it ? drawn(c, it, it.stored.text) : missing(c);
    })
    .post(`${page}/preview`, administrators, async (c) => {
      const it = await asked(c);
      return it ? drawn(c, it, it.typed) : missing(c);
    });
}

/** The frame has no stylesheet of ours, as it may load nothing, and is white paper in the dark, too. What JSX would escape may not stand in it. */
const frameStyle = `:root{color-scheme:light;background:#fff;color:#15191b}body{font:1rem/1.7 system-ui,sans-serif;margin:1rem}h1{font-size:1.1rem}
pre{font:.875rem/1.7 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
.ltr{unicode-bidi:isolate}.fault{border-block-start:1px solid;margin-block-start:1rem}
.code-lines{overflow-x:auto;font:.875rem/1.7 ui-monospace,monospace}.code-lines span,.code-lines mark{display:block;white-space:pre;width:max-content;min-width:100%}`;

function TemplatePage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  name: string;
  stored: Stored;
  text: string;
  seen: string;
  uses: readonly SampleMail[];
  how: How;
  saved: SavedTemplate | undefined;
  faults: Awaited<ReturnType<typeof placed>>;
}) {
  const { at, name, stored, uses, how, saved, faults } = props;
  const t = words[at.language];
  const own = templatePath(name);
  const query = new URLSearchParams(how);
  // Of whoever saves over another's text, only the page that is opened anew knows that text.
  const seen = saved === undefined ? stored.mark : props.seen;
  return (
    <SettingsPage at={at} title={name} intro={t.intro}>
      <Done c={props.c} sentences={t.done} />
      {saved?.kind === "moved" && (
        <Notice tone="error">
          {t.moved} <a href={own}>{t.reopen}</a>
        </Notice>
      )}
      {saved?.kind === "unwritable" && (
        <Notice tone="error">
          {t.unwritable} <Ltr>{saved.why}</Ltr>
        </Notice>
      )}
      {faults.length > 0 && (
        <Notice tone="error" title={t.refused}>
          <Faults language={at.language} faults={faults} />
        </Notice>
      )}
      <p class="label-line">
        <Badge tone={stored.own ? "ok" : "plain"}>{stored.own ? t.own : t.ours}</Badge>
        <a href="/newsroom/settings/templates">{t.all}</a>
      </p>
      <div class="template-desk">
        <form class="form form-stack" method="post" action={own} data-template aria-label={t.text}>
          <input type="hidden" name="seen" value={seen} />
          <Field
            name="text"
            kind="code"
            label={t.text}
            value={props.text}
            rows={26}
            maxLength={longestTemplate}
          />
          <div class="form-filter">
            <Field
              name="mail"
              kind="select"
              label={t.mail}
              value={how.mail}
              options={(uses.length > 0 ? uses : sampleMails).map((value) => ({
                value,
                label: t.mails[value],
              }))}
            />
            <Field
              name="language"
              kind="select"
              label={t.language}
              value={how.language}
              options={(["ar", "en"] as const).map((value) => ({ value, label: t.languages[value] }))}
            />
            {name.endsWith(".mjml") && (
              <Field
                name="scheme"
                kind="select"
                label={t.scheme}
                value={how.scheme}
                options={(["light", "dark"] as const).map((value) => ({ value, label: t.schemes[value] }))}
              />
            )}
          </div>
          <Actions>
            <Button>{t.save}</Button>
            <button
              class="button button-quiet"
              type="submit"
              formaction={`${own}/preview`}
              formtarget="preview"
            >
              {t.preview}
            </button>
          </Actions>
        </form>
        <Frame src={`${own}/preview?${query}`} title={t.frame} name="preview" />
      </div>
      <script type="module" src={besideStylesheet(at.desk.assets, "template.js")} />
      {stored.own && (
        <Block id="back" title={t.back}>
          <p>{t.backText}</p>
          <Form action={`${own}/back`} label={t.back}>
            <input type="hidden" name="seen" value={stored.mark} />
            <Actions>
              <Button kind="danger">{t.back}</Button>
            </Actions>
          </Form>
        </Block>
      )}
    </SettingsPage>
  );
}
