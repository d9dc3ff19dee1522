// Letters of an issue that a server may have taken, held for an editor: sent again, or left, one or all of them.
import { Hono } from "hono";
import { requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import type { Decision, doubtsPage } from "../delivery/index.ts";
import type { Issue } from "../digests/index.ts";
import {
  Actions,
  Block,
  Button,
  bothLanguages,
  ErrorPage,
  Form,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  readForm,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { deskPath } from "./issue-title.ts";
import { numberWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    title: "رسائل غير مؤكدة",
    about:
      "انقطع الاتصال والخادم يجيب عن هذه الرسائل: لعلها وصلت. أعد إرسالها بالمعرّف نفسه فيحذف كثير من برامج البريد المكرر، أو اتركها كما هي.",
    caption: "ما قاله الخادم عنها",
    address: "العنوان",
    reply: "رد الخادم",
    tries: "المحاولات",
    at: "الوقت",
    decision: "القرار",
    resend: "أعد إرسالها",
    leave: "اتركها",
    resendAll: "أعد إرسالها كلها",
    leaveAll: "اتركها كلها",
    more: "هذه أولاها. ما بقي منها يظهر حين تقرر في هذه.",
    nothing: "لا شيء ينتظر قرارك",
    nothingWhy: "لعل غيرك سبقك إليه، أو أُلغي العدد.",
    back: "إلى صفحة العدد",
    none: "—",
  },
  en: {
    title: "Letters in doubt",
    about:
      "The connection broke while the server answered for these letters: they may have arrived. Send them again with the same id, of which many mail programs show one, or leave them as they are.",
    caption: "What the server said of them",
    address: "Address",
    reply: "Server’s reply",
    tries: "Tries",
    at: "When",
    decision: "Decide",
    resend: "Send again",
    leave: "Leave",
    resendAll: "Send all of them again",
    leaveAll: "Leave all of them",
    more: "These are the first. The others show when these are decided.",
    nothing: "Nothing waits for your decision",
    nothingWhy: "Somebody may have been quicker, or the issue was called off.",
    back: "To the issue’s page",
    none: "—",
  },
});

/** `POST /newsroom/issues/:digest/:name/doubts`, for editors. */
export function doubtRoutes(deps: NewsroomDeps) {
  return new Hono<DeskEnv>().post(
    "/newsroom/issues/:digest/:name/doubts",
    requireFresh(deps, "editor"),
    async (c) => {
      const form = await readForm(c.req.parseBody());
      const { decision, address } = form;
      const at = await deskOf(c, deps);
      if (
        (decision !== "resend" && decision !== "leave") ||
        (address !== undefined && typeof address !== "string")
      )
        return c.html(<ErrorPage {...at.shell} status={400} />, 400);
      const name = `${c.req.param("digest")}/${c.req.param("name")}`;
      const done = await deps.acts.decide(name, decision, address ?? null, c.var.editor.address);
      if (done.kind === "unknown-issue") return c.html(<ErrorPage {...at.shell} status={404} />, 404);
      const page = `/newsroom/issues/${encodeURIComponent(c.req.param("digest"))}/${encodeURIComponent(c.req.param("name"))}`;
      return done.kind === "done"
        ? c.redirect(`${page}#doubts`, 303)
        : c.html(<NothingPage at={at} page={page} />, 409);
    },
  );
}

function NothingPage({ at, page }: { at: Desk; page: string }) {
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.nothing}>
      <PageHead title={t.nothing} />
      <Notice tone="warning">{t.nothingWhy}</Notice>
      <Actions>
        <Button kind="quiet" href={page}>
          {t.back}
        </Button>
      </Actions>
    </NewsroomPage>
  );
}

/** The held letters of an issue, and what may become of them. */
export function Doubts(props: { at: Desk; issue: Issue; doubts: Awaited<ReturnType<typeof doubtsPage>> }) {
  const { at, issue, doubts } = props;
  const { language, paper } = at;
  const t = words[language];
  const action = `${deskPath(issue)}/doubts`;
  return (
    <Block id="doubts" title={t.title}>
      <Notice tone="warning">{t.about}</Notice>
      <Table
        caption={t.caption}
        columns={[
          { label: t.address },
          { label: t.reply },
          { label: t.tries, numeric: true },
          { label: t.at, short: true },
          { label: t.decision },
        ]}
        rows={doubts.letters.map(({ address, reply, tries, at: when }) => [
          <Ltr>{address}</Ltr>,
          reply ? <Ltr>{reply}</Ltr> : t.none,
          numberWord(tries, language, paper),
          formatDateTime(Temporal.Instant.from(when), paper, language),
          <Form action={action} layout="line" label={`${t.decision}: ${address}`}>
            <input type="hidden" name="address" value={address} />
            <Press decision="resend" kind="quiet" word={t.resend} />
            <Press decision="leave" kind="quiet" word={t.leave} />
          </Form>,
        ])}
      />
      {doubts.next !== null && <p>{t.more}</p>}
      <Form action={action} layout="line" label={t.title}>
        <Press decision="resend" kind="main" word={t.resendAll} />
        <Press decision="leave" kind="quiet" word={t.leaveAll} />
      </Form>
    </Block>
  );
}

function Press({ decision, kind, word }: { decision: Decision; kind: "main" | "quiet"; word: string }) {
  return (
    <Button kind={kind} name="decision" value={decision}>
      {word}
    </Button>
  );
}
