// One mail of the outbox, as it arrives: on a phone, at a desk, in the dark, as plain text, and its source.
import { type Context, Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import {
  Auto,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Facts,
  Frame,
  Ltr,
  NewsroomPage,
  PageHead,
  Source,
  Tabs,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { linksBeside, type Mail, readMail, withScheme } from "./mail.ts";
import { mailPath, NoOutboxPage } from "./outbox.tsx";
import { sizeWord } from "./words.ts";

const views = ["phone", "desktop", "dark", "text", "source"] as const;
type View = (typeof views)[number];

/** A mail is clipped by Gmail near 102 kB; a source much longer than that is for a download. */
const mostSource = 300_000;

const words = bothLanguages({
  ar: {
    views: { phone: "هاتف", desktop: "حاسوب", dark: "داكن", text: "نص", source: "المصدر" },
    viewsLabel: "عرض الرسالة",
    frame: (view: string) => `الرسالة كما تظهر: ${view}`,
    links: "تُفتح روابط الرسالة في نافذة جديدة.",
    from: "من",
    to: "إلى",
    date: "التاريخ",
    size: "الحجم",
    download: "نزّل الملف",
    noSubject: "بلا موضوع",
    noText: "لا نص في هذه الرسالة",
    noHtml: "لا HTML في هذه الرسالة",
    unreadable: "رسالة تعذّرت قراءتها",
    textLabel: "النص كما يصل",
    sourceLabel: "مصدر الرسالة",
    cut: "هذا أول المصدر؛ وكله في الملف.",
    none: "—",
  },
  en: {
    views: { phone: "Phone", desktop: "Desktop", dark: "Dark", text: "Plain text", source: "Source" },
    viewsLabel: "Ways to see the mail",
    frame: (view: string) => `The mail as it shows: ${view}`,
    links: "The mail’s links open in a new tab.",
    from: "From",
    to: "To",
    date: "Date",
    size: "Size",
    download: "Download",
    noSubject: "No subject",
    noText: "This mail has no plain text",
    noHtml: "This mail has no HTML",
    unreadable: "A mail that cannot be read",
    textLabel: "The text as it arrives",
    sourceLabel: "Source of the mail",
    cut: "This is its beginning; the file has all of it.",
    none: "—",
  },
});

/**
 * A mail brings its own styles and pictures, which our pages forbid, and nothing else may happen in it: no script, no form.
 * Its links open beside this page, as a mail program opens them: whoever tries things out must be able to confirm.
 */
export const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: http: data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/** `/newsroom/outbox/:id`, with `/html` for the frame and `/message.eml` for a mail program. */
export function letterRoutes(deps: NewsroomDeps) {
  const bytesOf = async (id: string) =>
    deps.outbox === null || id.length > 200 ? null : await deps.outbox.read(id);
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);

  return new Hono<DeskEnv>()
    .get("/newsroom/outbox/:id", async (c) => {
      const at = await deskOf(c, deps);
      if (deps.outbox === null) return c.html(<NoOutboxPage at={at} />);
      const id = c.req.param("id");
      const bytes = await bytesOf(id);
      if (bytes === null) return missing(c);
      const mail = await readMail(bytes);
      if (mail === null) deps.log.warn({ mail: id }, "a mail of the outbox cannot be read");
      const asked = c.req.query("view");
      const view = views.find((it) => it === asked) ?? "phone";
      return c.html(<LetterPage at={at} id={id} bytes={bytes} mail={mail} view={view} />);
    })
    .get("/newsroom/outbox/:id/html", async (c) => {
      const bytes = await bytesOf(c.req.param("id"));
      const html = bytes && (await readMail(bytes))?.html;
      if (!html) return missing(c);
      c.header("Content-Security-Policy", mailPolicy);
      return c.html(linksBeside(withScheme(html, c.req.query("dark") === "1" ? "dark" : "light")));
    })
    .get("/newsroom/outbox/:id/message.eml", async (c) => {
      const id = c.req.param("id");
      const bytes = await bytesOf(id);
      if (bytes === null) return missing(c);
      const name = `${id.replace(/\.eml$/i, "").replace(/[^\w.-]/g, "_")}.eml`;
      c.header("Content-Type", "message/rfc822");
      c.header("Content-Disposition", `attachment; filename="${name}"`);
      return c.body(Uint8Array.from(bytes));
    });
}

type LetterProps = { at: Desk; id: string; bytes: Uint8Array; mail: Mail | null; view: View };

function LetterPage(props: LetterProps) {
  const { at, id, bytes, mail, view } = props;
  const { language, paper } = at;
  const t = words[language];
  const title = mail === null ? t.unreadable : mail.subject || t.noSubject;
  return (
    <NewsroomPage {...at.desk} title={title}>
      <PageHead
        title={<Auto>{title}</Auto>}
        actions={
          <Button kind="quiet" href={`${mailPath(id)}/message.eml`}>
            {t.download} <Ltr>.eml</Ltr>
          </Button>
        }
      />
      <Facts
        facts={[
          { name: t.from, value: mail === null ? t.none : <From {...mail.from} /> },
          { name: t.to, value: mail?.to ? <Ltr>{mail.to}</Ltr> : t.none },
          { name: t.date, value: mail?.date ? formatDateTime(mail.date, paper, language) : t.none },
          { name: t.size, value: sizeWord(bytes.length, language, paper) },
        ]}
      />
      <Tabs
        label={t.viewsLabel}
        links={views.map((it) => ({
          href: `${mailPath(id)}?view=${it}`,
          label: t.views[it],
          current: it === view,
        }))}
      />
      <Shown {...props} />
    </NewsroomPage>
  );
}

function From({ name, address }: Mail["from"]) {
  return (
    <>
      <Auto>{name}</Auto> <Ltr>{address}</Ltr>
    </>
  );
}

function Shown({ at, id, bytes, mail, view }: LetterProps) {
  const t = words[at.language];
  if (view === "source") {
    const source = new TextDecoder().decode(bytes.subarray(0, mostSource));
    return (
      <>
        <Source text={source} label={t.sourceLabel} />
        {bytes.length > mostSource && <p>{t.cut}</p>}
      </>
    );
  }
  if (view === "text") {
    return mail?.text ? (
      <Source text={mail.text} dir="auto" label={t.textLabel} />
    ) : (
      <Empty title={t.noText} />
    );
  }
  if (!mail?.html) return <Empty title={t.noHtml} />;
  return (
    <>
      <p>{t.links}</p>
      <Frame
        src={`${mailPath(id)}/html${view === "dark" ? "?dark=1" : ""}`}
        title={t.frame(t.views[view])}
        width={view === "phone" ? "phone" : "desktop"}
      />
    </>
  );
}
