// An issue as a reader would get it, before it goes out: what an inbox shows of it, and the mail itself. Its links do nothing.
import { type Context, Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { type PreviewFor, previewIssue } from "../delivery/index.ts";
import {
  Block,
  Button,
  bothLanguages,
  ErrorPage,
  Field,
  Form,
  Frame,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  Tabs,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { Inbox } from "./inbox.tsx";
import { mailPolicy } from "./letter.tsx";
import { linksBeside } from "./mail.ts";
import { exclusionWord, issueStateWord, numberWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    title: "العدد كما يصل",
    whose: "كما يصل إلى",
    whoseHelp: "عنوان مشترك. وإن تركته فارغًا رأيت عدد من لم يختر أقسامًا.",
    show: "اعرض",
    dry: "لم تُرتّب أخباره بعد: هكذا يكون لو رُتّبت الآن.",
    revision: (n: string, state: string) => `صيغته رقم ${n}، وحاله: ${state}.`,
    excluded: (why: string) => `لن يصله شيء من هذا العدد في ما يُعرف الآن: ${why}.`,
    nothing: "لا شيء يُعرض",
    places: { phone: "هاتف", desktop: "حاسوب" },
    mail: "الرسالة",
    frame: "الرسالة كما تظهر",
    links: "روابط الإلغاء والخيارات هنا تجريبية ولا تغيّر شيئًا لأحد.",
  },
  en: {
    title: "The issue as it arrives",
    whose: "As it reaches",
    whoseHelp: "A subscriber’s address. Leave it empty for the issue of those who chose no sections.",
    show: "Show",
    dry: "It is not built yet: this is how it would be if it were now.",
    revision: (n: string, state: string) => `Its revision ${n}; it is ${state}.`,
    excluded: (why: string) => `As things stand, nothing of this issue reaches them: ${why}.`,
    nothing: "There is nothing to show",
    places: { phone: "Phone", desktop: "Desktop" },
    mail: "The mail",
    frame: "The mail as it shows",
    links:
      "The links to unsubscribe and to the preferences are for trying out and change nothing for anybody.",
  },
});

/** `/newsroom/issues/:digest/:name/preview`, with `/html` for the frame; for editors, as it tells whose choices are which. */
export function previewRoutes(deps: NewsroomDeps) {
  const path = "/newsroom/issues/:digest/:name/preview";
  const asked = (c: Context<DeskEnv>) => {
    const address = (c.req.query("as") ?? "").trim().slice(0, 254);
    return { address, view: c.req.query("view") === "desktop" ? "desktop" : "phone" } as const;
  };
  const shown = (c: Context<DeskEnv>, address: string, language: "ar" | "en") => {
    const whose: PreviewFor = address === "" ? { language } : { address };
    return previewIssue(deps.ticking, `${c.req.param("digest")}/${c.req.param("name")}`, whose);
  };
  return new Hono<DeskEnv>()
    .get(path, requireEditor(deps, "editor"), async (c) => {
      const at = await deskOf(c, deps);
      const { address, view } = asked(c);
      const preview = await shown(c, address, at.paper.language);
      if (preview.kind === "unknown-issue") return c.html(<ErrorPage {...at.shell} status={404} />, 404);
      const status = preview.kind === "preview" ? 200 : 422;
      return c.html(
        <PreviewPage at={at} path={new URL(c.req.url).pathname} {...{ address, view, preview }} />,
        status,
      );
    })
    .get(`${path}/html`, requireEditor(deps, "editor"), async (c) => {
      const at = await deskOf(c, deps);
      const preview = await shown(c, asked(c).address, at.paper.language);
      if (preview.kind !== "preview") return c.html(<ErrorPage {...at.shell} status={404} />, 404);
      c.header("Content-Security-Policy", mailPolicy);
      return c.html(linksBeside(preview.html));
    });
}

type PreviewProps = {
  at: Desk;
  path: string;
  address: string;
  view: "phone" | "desktop";
  preview: Exclude<Awaited<ReturnType<typeof previewIssue>>, { kind: "unknown-issue" }>;
};

function PreviewPage({ at, path, address, view, preview }: PreviewProps) {
  const { language, paper } = at;
  const t = words[language];
  const query = (more: Record<string, string>) =>
    new URLSearchParams({ ...(address === "" ? {} : { as: address }), ...more });
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead title={t.title} intro={<Ltr>{decodeURIComponent(path.split("/").at(-2) ?? "")}</Ltr>} />
      <Form action={path} method="get" layout="line" label={t.whose}>
        <Field name="as" kind="email" label={t.whose} help={t.whoseHelp} value={address} />
        <Button kind="quiet">{t.show}</Button>
      </Form>
      {preview.kind === "nothing" ? (
        <Notice tone="warning" title={t.nothing}>
          <Ltr>{preview.why}</Ltr>
        </Notice>
      ) : (
        <>
          <Notice tone={preview.exclusion === null ? "plain" : "warning"}>
            {preview.built && preview.state && preview.revision !== null
              ? t.revision(
                  numberWord(preview.revision, language, paper),
                  issueStateWord(preview.state, language),
                )
              : t.dry}{" "}
            {preview.exclusion !== null && t.excluded(exclusionWord(preview.exclusion, language))}
          </Notice>
          <Inbox lines={preview.inbox} language={language} />
          <Block id="mail" title={t.mail}>
            <p>{t.links}</p>
            <Tabs
              label={t.frame}
              links={(["phone", "desktop"] as const).map((it) => ({
                href: `${path}?${query({ view: it })}#mail`,
                label: t.places[it],
                current: it === view,
              }))}
            />
            <Frame src={`${path}/html?${query({})}`} title={t.frame} width={view} />
          </Block>
        </>
      )}
    </NewsroomPage>
  );
}
