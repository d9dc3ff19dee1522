// An issue as a reader would get it, before it goes out: what an inbox shows of it, and the mail itself. Its links do nothing.
import { type Context, Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { mostTestAddresses, type PreviewFor, previewIssue, type Testing } from "../delivery/index.ts";
import {
  Auto,
  Badge,
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
  Source,
  Table,
  Tabs,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldsIn, type NewsroomDeps } from "./desk.ts";
import { Inbox } from "./inbox.tsx";
import { type Run, runOf } from "./issue-run.ts";
import { Weight } from "./issue-stories.tsx";
import { issueTitle } from "./issue-title.ts";
import { mailPolicy } from "./letter.tsx";
import { linksBeside, withScheme } from "./mail.ts";
import { SlotName } from "./slot.tsx";
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
    because: {
      "no-address": "ليس هذا عنوانًا.",
      "no-subscription": "صاحب هذا العنوان غير مشترك في هذه النشرة.",
      "too-few-stories": "أخباره أقل مما تصدر به النشرة.",
      "one-article": "فيه خبر واحد، وعُرض قبل تأكيد إرساله.",
      "no-edition": "انتهى أمر هذا العدد، ولا صيغة منه لهذه الأقسام.",
    },
    views: { phone: "هاتف", desktop: "حاسوب", dark: "داكن", text: "نص" },
    text: "النص كما يصل",
    test: "أرسله إليك أو إلى زميل للتجربة",
    testTo: "إلى",
    testHelp: (most: number) =>
      `عنوان أو أكثر، بينها فواصل، حتى ${most}. يُكتب في موضوعها أنها تجربة، ولا تُحسب في شيء.`,
    sendTest: "أرسل التجربة",
    tested: "ما صار إلى التجربة",
    address: "العنوان",
    state: "حالها",
    states: { accepted: "قبلها الخادم", refused: "لم تُرسل" },
    reply: "رد الخادم",
    noAddress: "اكتب عنوانًا واحدًا على الأقل.",
    toIssue: "إلى صفحة العدد",
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
    because: {
      "no-address": "This is no address.",
      "no-subscription": "Nobody of this address is subscribed to this newsletter.",
      "too-few-stories": "It has fewer stories than the newsletter takes.",
      "one-article": "It carries one article, and was shown before it was confirmed.",
      "no-edition": "This issue is over, and has no edition for these sections.",
    },
    views: { phone: "Phone", desktop: "Desktop", dark: "Dark", text: "Plain text" },
    text: "The text as it arrives",
    test: "Send it to yourself or a colleague as a test",
    testTo: "To",
    testHelp: (most: number) =>
      `An address or several with commas between, ${most} at most. The subject says that it is a test, and it counts nowhere.`,
    sendTest: "Send the test",
    tested: "What became of the test",
    address: "Address",
    state: "State",
    states: { accepted: "the server took it", refused: "not sent" },
    reply: "Server’s reply",
    noAddress: "Write one address at least.",
    toIssue: "To the issue’s page",
    mail: "The mail",
    frame: "The mail as it shows",
    links:
      "The links to unsubscribe and to the preferences are for trying out and change nothing for anybody.",
  },
});

const views = ["phone", "desktop", "dark", "text"] as const;
type View = (typeof views)[number];

/** `/newsroom/issues/:digest/:name/preview`, with `/html` for the frame; for editors, as it tells whose choices are which. */
export function previewRoutes(deps: NewsroomDeps) {
  const path = "/newsroom/issues/:digest/:name/preview";
  const asked = (c: Context<DeskEnv>) => {
    const address = (c.req.query("as") ?? "").trim().slice(0, 254);
    const view = views.find((it) => it === c.req.query("view")) ?? "phone";
    return { address, view };
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
      const run = await runOf(deps, c.req.param("digest"), c.req.param("name"));
      if (preview.kind === "unknown-issue" || run === null)
        return c.html(<ErrorPage {...at.shell} status={404} />, 404);
      const status = preview.kind === "preview" ? 200 : 422;
      return c.html(
        <PreviewPage at={at} run={run} path={new URL(c.req.url).pathname} {...{ address, view, preview }} />,
        status,
      );
    })
    .get(`${path}/html`, requireEditor(deps, "editor"), async (c) => {
      const at = await deskOf(c, deps);
      const preview = await shown(c, asked(c).address, at.paper.language);
      if (preview.kind !== "preview") return c.html(<ErrorPage {...at.shell} status={404} />, 404);
      c.header("Content-Security-Policy", mailPolicy);
      const scheme = c.req.query("dark") === "1" ? "dark" : "light";
      return c.html(linksBeside(withScheme(preview.html, scheme)));
    })
    .post(`${path}/test`, requireEditor(deps, "editor"), async (c) => {
      const at = await deskOf(c, deps);
      const one = await fieldsIn(c);
      const address = one("as").slice(0, 254);
      const to = one("to")
        .split(/[\s,،;]+/)
        .filter(Boolean)
        .slice(0, mostTestAddresses);
      const preview = await shown(c, address, at.paper.language);
      const run = await runOf(deps, c.req.param("digest"), c.req.param("name"));
      if (preview.kind === "unknown-issue" || run === null)
        return c.html(<ErrorPage {...at.shell} status={404} />, 404);
      const sent =
        to.length === 0 || preview.kind !== "preview"
          ? null
          : await deps.sendTest(
              `${c.req.param("digest")}/${c.req.param("name")}`,
              address === "" ? { language: at.paper.language } : { address },
              to,
              c.var.editor.address,
            );
      const tested = sent?.kind === "sent" ? sent.letters : null;
      const page = new URL(c.req.url).pathname.replace(/\/test$/, "");
      return c.html(
        <PreviewPage
          at={at}
          run={run}
          path={page}
          view="phone"
          {...{ address, preview, tested }}
          noAddress={to.length === 0}
        />,
        tested === null ? 422 : 200,
      );
    });
}

type PreviewProps = {
  at: Desk;
  run: Run;
  path: string;
  address: string;
  view: View;
  preview: Exclude<Awaited<ReturnType<typeof previewIssue>>, { kind: "unknown-issue" }>;
  /** What became of a test that was sent just now. */
  tested?: Extract<Testing, { kind: "sent" }>["letters"] | null;
  noAddress?: boolean;
};

function PreviewPage({ at, run, path, address, view, preview, tested, noAddress }: PreviewProps) {
  const { language, paper } = at;
  const t = words[language];
  const query = (more: Record<string, string>) =>
    new URLSearchParams({ ...(address === "" ? {} : { as: address }), ...more });
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead
        title={t.title}
        intro={
          <>
            <Auto>{issueTitle(run, run.digest, at)}</Auto>
            {language === "ar" ? "، " : ", "}
            <SlotName slot={run.slot} language={language} />
          </>
        }
        actions={
          <Button kind="quiet" href={path.replace(/\/preview$/, "")}>
            {t.toIssue}
          </Button>
        }
      />
      {tested && (
        <Table
          caption={t.tested}
          columns={[{ label: t.address }, { label: t.state }, { label: t.reply }]}
          rows={tested.map((it) => [
            <Ltr>{it.address}</Ltr>,
            it.state === "accepted" ? (
              <Badge tone="ok">{t.states.accepted}</Badge>
            ) : (
              <Badge tone="error">{it.state === "refused" ? t.states.refused : it.state}</Badge>
            ),
            <Ltr>{it.reply}</Ltr>,
          ])}
        />
      )}
      <Form action={path} method="get" layout="line" label={t.whose}>
        <Field name="as" kind="email" label={t.whose} help={t.whoseHelp} value={address} />
        <Button kind="quiet">{t.show}</Button>
      </Form>
      {preview.kind === "nothing" ? (
        <Notice tone="warning" title={t.nothing}>
          {t.because[preview.because]}
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
          <Inbox lines={preview.inbox} at={at} />
          <Block id="mail" title={t.mail}>
            <p>{t.links}</p>
            <Tabs
              label={t.frame}
              links={views.map((it) => ({
                href: `${path}?${query({ view: it })}#mail`,
                label: t.views[it],
                current: it === view,
              }))}
            />
            {view === "text" ? (
              <Source text={preview.text} dir="auto" label={t.text} />
            ) : (
              <Frame
                src={`${path}/html?${query(view === "dark" ? { dark: "1" } : {})}`}
                title={t.frame}
                width={view === "phone" ? "phone" : "desktop"}
              />
            )}
            <Weight at={at} html={preview.html} />
          </Block>
          <Block id="test" title={t.test}>
            <Form action={`${path}/test`} label={t.test}>
              <input type="hidden" name="as" value={address} />
              <Field
                name="to"
                label={t.testTo}
                help={t.testHelp(mostTestAddresses)}
                error={noAddress ? t.noAddress : null}
                maxLength={2000}
                autocomplete="email"
                required
              />
              <Button kind="quiet">{t.sendTest}</Button>
            </Form>
          </Block>
        </>
      )}
    </NewsroomPage>
  );
}
