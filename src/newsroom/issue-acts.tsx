// What an editor does with an issue on its page: approve it, call it off. A press that comes too late changes nothing and says so.
import { type Context, Hono } from "hono";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import type { Acting, Issue } from "../digests/index.ts";
import {
  Actions,
  Block,
  Button,
  bothLanguages,
  ErrorPage,
  Field,
  Form,
  NewsroomPage,
  Notice,
  PageHead,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import { deskPath } from "./issues.tsx";
import { issueStateWord, numberWord } from "./words.ts";

const longestReason = 500;

const words = bothLanguages({
  ar: {
    title: "قبل أن يُرسل",
    waits: (until: string) => `ينتظر هذا العدد موافقة محرر حتى ${until}.`,
    unanswered: { send: "فإن لم يوافق عليه أحد أُرسل كما هو.", skip: "فإن لم يوافق عليه أحد لم يُرسل." },
    revision: (n: string) => `هذه صيغته رقم ${n}.`,
    approve: "وافق على هذه الصيغة",
    cancel: "ألغِ العدد",
    why: "سبب الإلغاء",
    whyHelp: "يبقى مع العدد. وما وصل إلى القراء منه لا يُسترد.",
    refused: "لم يتغير شيء",
    changed: "تغيّر العدد بعد أن رأيته. انظر إليه من جديد ثم وافق على صيغته هذه.",
    building: "يُبنى العدد من جديد. انظر إليه بعد دقيقة.",
    otherwise: (state: string) => `حاله الآن: ${state}.`,
    noReason: "اكتب سبب الإلغاء.",
    back: "إلى صفحة العدد",
  },
  en: {
    title: "Before it is sent",
    waits: (until: string) => `This issue waits for an editor until ${until}.`,
    unanswered: {
      send: "If nobody approves it, it is sent as it is.",
      skip: "If nobody approves it, it is not sent.",
    },
    revision: (n: string) => `This is its revision ${n}.`,
    approve: "Approve this revision",
    cancel: "Call the issue off",
    why: "Why it is called off",
    whyHelp: "This stays with the issue. What readers have received cannot be taken back.",
    refused: "Nothing was changed",
    changed: "The issue has changed since you saw it. Look at it again and approve this revision.",
    building: "The issue is being built anew. Look at it in a minute.",
    otherwise: (state: string) => `It is ${state} now.`,
    noReason: "Write why it is called off.",
    back: "To the issue’s page",
  },
});

/** `POST /newsroom/issues/:digest/:name/approve` and `…/cancel`, for editors. */
export function actRoutes(deps: NewsroomDeps) {
  const { acts } = deps;
  const page = "/newsroom/issues/:digest/:name";
  const nameOf = (c: Context<DeskEnv>) => `${c.req.param("digest")}/${c.req.param("name")}`;
  const field = async (c: Context<DeskEnv>, name: string) => {
    const value = (await c.req.parseBody())[name];
    return typeof value === "string" ? value.trim() : "";
  };
  const answer = async (c: Context<DeskEnv>, done: Acting) => {
    if (done.kind === "done") return c.redirect(deskPath(done.issue), 303);
    const at = await deskOf(c, deps);
    if (done.kind === "unknown-issue") return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    return c.html(<RefusedPage at={at} issue={done.issue} why={whyNot(done.issue, at)} />, 409);
  };
  return new Hono<DeskEnv>()
    .post(`${page}/approve`, requireFresh(deps, "editor"), async (c) => {
      const revision = numberIn(await field(c, "revision"));
      if (!revision) return c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={400} />, 400);
      return answer(c, await acts.approve(nameOf(c), revision, c.var.editor.address));
    })
    .post(`${page}/cancel`, requireEditor(deps, "editor"), async (c) => {
      const reason = (await field(c, "reason")).slice(0, longestReason);
      if (reason === "") {
        const at = await deskOf(c, deps);
        return c.html(<ErrorPage {...at.shell} status={400} sentence={words[at.language].noReason} />, 400);
      }
      return answer(c, await acts.cancel(nameOf(c), reason, c.var.editor.address));
    });
}

function whyNot({ state }: Issue, { language }: Desk): string {
  const t = words[language];
  if (state === "waiting") return t.changed;
  return state === "opened" ? t.building : t.otherwise(issueStateWord(state, language));
}

function RefusedPage({ at, issue, why }: { at: Desk; issue: Issue; why: string }) {
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.refused}>
      <PageHead title={t.refused} />
      <Notice tone="error">{why}</Notice>
      <Actions>
        <Button kind="quiet" href={deskPath(issue)}>
          {t.back}
        </Button>
      </Actions>
    </NewsroomPage>
  );
}

/** What may still be done with an issue, for whoever may do it; nothing where it is over. */
export function Acts({ at, issue }: { at: Desk; issue: Issue }) {
  if (!at.mayEdit || !["opened", "waiting", "built", "sending"].includes(issue.state)) return null;
  const { language, paper } = at;
  const t = words[language];
  const { approval, revision } = issue;
  return (
    <Block id="acts" title={t.title}>
      {issue.state === "waiting" && approval && (
        <>
          <Notice tone="warning">
            {t.waits(formatDateTime(approval.by, paper, language))} {t.unanswered[approval.unanswered]}{" "}
            {t.revision(numberWord(revision, language, paper))}
          </Notice>
          <Form action={`${deskPath(issue)}/approve`} label={t.approve}>
            <input type="hidden" name="revision" value={revision} />
            <Button>{t.approve}</Button>
          </Form>
        </>
      )}
      <Form action={`${deskPath(issue)}/cancel`} label={t.cancel}>
        <Field name="reason" label={t.why} help={t.whyHelp} maxLength={longestReason} required />
        <Button kind="danger">{t.cancel}</Button>
      </Form>
    </Block>
  );
}
