// What an editor does with an issue on its page: approve it, call it off. A press that comes too late changes nothing and says so.
import { type Context, Hono } from "hono";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  type Acting,
  type Digest,
  deadlineOf,
  digestBySlug,
  type Issue,
  longestReason,
  mostMinutes,
} from "../digests/index.ts";
import {
  Actions,
  Auto,
  Block,
  Button,
  bothLanguages,
  ErrorPage,
  Facts,
  Field,
  Form,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps, numberIn } from "./desk.ts";
import { deskPath } from "./issue-title.ts";
import { issueStateWord, numberWord, pauseWord, reasonWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    title: "ما تفعله به",
    waits: (until: string) => `ينتظر هذا العدد موافقة محرر حتى ${until}.`,
    unanswered: { send: "فإن لم يوافق عليه أحد أُرسل كما هو.", skip: "فإن لم يوافق عليه أحد لم يُرسل." },
    revision: (n: string) => `هذه صيغته رقم ${n}.`,
    approve: "وافق على هذه الصيغة",
    early: (at: string) => `وافق عليه محرر، ويخرج في موعده: ${at}.`,
    sendNow: "أرسله الآن",
    sendNowText: "يخرج إلى كل قرائه فورًا، ولا ينتظر موعده. وما وصل منه لا يُسترد.",
    nowIs: "ما هو عليه الآن",
    yours: "ما كتبته، ولم يُحفظ",
    cancel: "ألغِ العدد",
    why: "سبب الإلغاء",
    whyHelp: "يبقى مع العدد. وما وصل إلى القراء منه لا يُسترد.",
    refused: "لم يتغير شيء",
    changed: "تغيّر العدد بعد أن رأيته. انظر إليه من جديد ثم وافق على صيغته هذه.",
    building: "يُبنى العدد من جديد. انظر إليه بعد دقيقة.",
    opened: (asks: boolean) =>
      `تُرتّب أخباره الآن، وحُفظ ما قلته فيه. ${asks ? "انظر إليه بعد لحظات ووافق على صيغته." : "انظر إليه بعد لحظات."}`,
    lacks: (least: string, time: string) =>
      `لم تُرتّب أخباره بعد: يلزمه مشترك واحد مؤكَّد على الأقل، وعدد من الأخبار لا يقل عن ${least} مما اختاره المشترك. فإن لم يجتمع ذلك حتى ${time} لم يخرج العدد، وقالت صفحته لماذا.`,
    again: "حدّث الصفحة",
    otherwise: (state: string) => `حاله الآن: ${state}.`,
    noReason: "اكتب سبب الإلغاء.",
    pause: "أوقفه مؤقتًا",
    whyPause: "سبب الإيقاف",
    pauseHelp: "لا يخرج منه شيء حتى تستأنفه، ولا يفوت موعد رسائله ما دام موقوفًا.",
    paused: (since: string, by: string) => `أوقفه ${by} في ${since}.`,
    pausedItself: (since: string) => `توقف من تلقاء نفسه في ${since}.`,
    resume: "استأنف الإرسال",
    minutes: "مهلة بالدقائق",
    minutesHelp: "من الآن، لما بقي من رسائله، ولو فات موعدها.",
    overdue: (deadline: string) => `انتهت مهلة رسائله في ${deadline}. قل كم دقيقة أخرى تُمهل، أو ألغِ العدد.`,
    badMinutes: "اكتب عدد الدقائق، من 1 إلى 10080.",
    back: "إلى صفحة العدد",
  },
  en: {
    title: "What to do with it",
    waits: (until: string) => `This issue waits for an editor until ${until}.`,
    unanswered: {
      send: "If nobody approves it, it is sent as it is.",
      skip: "If nobody approves it, it is not sent.",
    },
    revision: (n: string) => `This is its revision ${n}.`,
    approve: "Approve this revision",
    early: (at: string) => `It is approved, and leaves at its time: ${at}.`,
    sendNow: "Send it now",
    sendNowText:
      "It leaves for all of its readers at once, before its time. What has arrived cannot be taken back.",
    nowIs: "As it is now",
    yours: "What you wrote; it was not saved",
    cancel: "Call the issue off",
    why: "Why it is called off",
    whyHelp: "This stays with the issue. What readers have received cannot be taken back.",
    refused: "Nothing was changed",
    changed: "The issue has changed since you saw it. Look at it again and approve this revision.",
    building: "The issue is being built anew. Look at it in a minute.",
    opened: (asks: boolean) =>
      `It is being built now, and what you said of it is saved. Look at it in a moment${asks ? " and approve its revision" : ""}.`,
    lacks: (least: string, time: string) =>
      `It could not be built yet: it takes one confirmed subscriber at least, and at least ${least} new stories of what that subscriber chose. If that is not so by ${time}, the issue is left out, and its page says why.`,
    again: "Renew the page",
    otherwise: (state: string) => `It is ${state} now.`,
    noReason: "Write why it is called off.",
    pause: "Pause it",
    whyPause: "Why it is paused",
    pauseHelp: "Nothing of it leaves until you let it go on, and its letters do not expire meanwhile.",
    paused: (since: string, by: string) => `${by} paused it at ${since}.`,
    pausedItself: (since: string) => `It paused by itself at ${since}.`,
    resume: "Let it go on",
    minutes: "Minutes it may still take",
    minutesHelp: "From now, for all of its letters that have not left, also those whose deadline has passed.",
    overdue: (deadline: string) =>
      `The time for its letters was over at ${deadline}. Say how many minutes more they may take, or call the issue off.`,
    badMinutes: "Give a number of minutes, 1 to 10080.",
    back: "To the issue’s page",
  },
});

/** `POST /newsroom/issues/:digest/:name/approve`, `…/send`, `…/cancel`, `…/pause` and `…/resume`, for editors. */
export function actRoutes(deps: NewsroomDeps) {
  const { acts } = deps;
  const page = "/newsroom/issues/:digest/:name";
  const nameOf = (c: Context<DeskEnv>) => `${c.req.param("digest")}/${c.req.param("name")}`;
  /** @param typed what was written, for whoever is refused */
  const answer = async (c: Context<DeskEnv>, done: Acting, typed = "") => {
    if (done.kind === "done") {
      deps.tickSoon(); // what was approved leaves, what was called off is taken back
      return c.redirect(deskPath(done.issue), 303);
    }
    const at = await deskOf(c, deps);
    if (done.kind === "unknown-issue") return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    const digest = await digestBySlug(deps.database.db, done.issue.digestSlug);
    const why = whyNot(done.issue, digest, at);
    return c.html(<RefusedPage at={at} issue={done.issue} why={why} typed={typed} />, 409);
  };
  return new Hono<DeskEnv>()
    .post(`${page}/approve`, requireFresh(deps, "editor"), async (c) => {
      const revision = numberIn(await fieldIn(c, "revision"));
      if (!revision) return c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={400} />, 400);
      return answer(c, await acts.approve(nameOf(c), revision, c.var.editor.address));
    })
    .post(`${page}/send`, requireFresh(deps, "editor"), async (c) => {
      const revision = numberIn(await fieldIn(c, "revision"));
      if (!revision) return c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={400} />, 400);
      return answer(c, await acts.sendNow(nameOf(c), revision, c.var.editor.address));
    })
    .post(`${page}/cancel`, requireEditor(deps, "editor"), async (c) => {
      const reason = (await fieldIn(c, "reason")).slice(0, longestReason);
      if (reason === "") {
        const at = await deskOf(c, deps);
        return c.html(<ErrorPage {...at.shell} status={400} sentence={words[at.language].noReason} />, 400);
      }
      return answer(c, await acts.cancel(nameOf(c), reason, c.var.editor.address), reason);
    })
    .post(`${page}/pause`, requireEditor(deps, "editor"), async (c) => {
      const reason = (await fieldIn(c, "reason")).slice(0, longestReason);
      return answer(c, await acts.pause(nameOf(c), reason, c.var.editor.address), reason);
    })
    .post(`${page}/resume`, requireFresh(deps, "editor"), async (c) => {
      const minutes = numberIn((await fieldIn(c, "minutes")) || undefined);
      if (minutes === null || (minutes ?? 0) > mostMinutes) {
        const at = await deskOf(c, deps);
        return c.html(<ErrorPage {...at.shell} status={400} sentence={words[at.language].badMinutes} />, 400);
      }
      return answer(c, await acts.resume(nameOf(c), minutes ?? null, c.var.editor.address));
    });
}

function whyNot(issue: Issue, digest: Digest | null, { language, paper, showing }: Desk): string {
  const t = words[language];
  const { state } = issue;
  const deadline = digest && deadlineOf(issue, digest);
  if (issue.paused && deadline && Temporal.Instant.compare(deadline, showing.now) <= 0)
    return t.overdue(formatDateTime(deadline, paper, language));
  if (state === "waiting") return t.changed;
  return state === "opened" ? t.building : t.otherwise(issueStateWord(state, language));
}

/** Why nothing was changed; where a reason was written, both that which stands and the one that was refused. */
function RefusedPage({ at, issue, why, typed }: { at: Desk; issue: Issue; why: string; typed: string }) {
  const { language, paper } = at;
  const t = words[language];
  const stands =
    issue.paused !== null
      ? pauseWord(issue.paused, language, paper)
      : issue.reason && reasonWord(issue.reason, language, paper);
  return (
    <NewsroomPage {...at.desk} title={t.refused}>
      <PageHead title={t.refused} />
      <Notice tone="error">{why}</Notice>
      {typed !== "" && (
        <Facts
          facts={[
            ...(stands
              ? [
                  {
                    name: t.nowIs,
                    value: (
                      <>
                        <Auto>{stands}</Auto>{" "}
                        <Ltr>{(issue.paused === null ? issue.cancelledBy : issue.paused.by) ?? ""}</Ltr>
                      </>
                    ),
                  },
                ]
              : []),
            { name: t.yours, value: <Auto>{typed}</Auto> },
          ]}
        />
      )}
      <Actions>
        <Button kind="quiet" href={deskPath(issue)}>
          {t.back}
        </Button>
      </Actions>
    </NewsroomPage>
  );
}

/** The clock ticks each minute: what was not built by then lacks something. */
const buildSeconds = 120;

/** What may still be done with an issue, for whoever may do it; nothing where it is over. */
export function Acts({ at, issue, digest }: { at: Desk; issue: Issue; digest: Digest }) {
  if (!at.mayEdit || !["opened", "waiting", "built", "sending"].includes(issue.state)) return null;
  const { language, paper } = at;
  const t = words[language];
  const { approval, revision } = issue;
  const isEarly = Temporal.Instant.compare(at.showing.now, issue.plannedAt) < 0;
  const openFor = at.showing.now.since(issue.openedAt).total("seconds");
  const isLacking = issue.state === "opened" && isEarly && openFor > buildSeconds;
  const maySend =
    isEarly && (issue.state === "waiting" || issue.state === "built") && issue.frozenThrough === 0;
  return (
    <Block id="acts" title={t.title}>
      {issue.state === "opened" && (
        <Notice>
          {isLacking
            ? t.lacks(
                numberWord(digest.minStories, language, paper),
                formatDateTime(issue.plannedAt, paper, language),
              )
            : t.opened(approval !== null)}{" "}
          <a href={deskPath(issue)}>{t.again}</a>
        </Notice>
      )}
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
      {maySend && (
        <>
          {issue.state === "built" && (
            <Notice>{t.early(formatDateTime(issue.plannedAt, paper, language))}</Notice>
          )}
          <Form action={`${deskPath(issue)}/send`} label={t.sendNow}>
            <input type="hidden" name="revision" value={revision} />
            <p class="field-help">{t.sendNowText}</p>
            <Button kind="quiet">{t.sendNow}</Button>
          </Form>
        </>
      )}
      <Pausing at={at} issue={issue} digest={digest} />
      <Form action={`${deskPath(issue)}/cancel`} label={t.cancel}>
        <Field name="reason" label={t.why} help={t.whyHelp} maxLength={longestReason} required />
        <Button kind="danger">{t.cancel}</Button>
      </Form>
    </Block>
  );
}

/** Who paused it, since when and why, and how it goes on; or how to pause it. */
function Pausing({ at, issue, digest }: { at: Desk; issue: Issue; digest: Digest }) {
  const { language, paper, showing } = at;
  const t = words[language];
  const { paused } = issue;
  const time = (instant: Temporal.Instant) => formatDateTime(instant, paper, language);
  if (paused === null)
    return (
      <Form action={`${deskPath(issue)}/pause`} label={t.pause}>
        <Field
          name="reason"
          label={t.whyPause}
          help={t.pauseHelp}
          maxLength={longestReason}
          id="field-pause"
        />
        <Button kind="quiet">{t.pause}</Button>
      </Form>
    );
  const since = time(paused.since);
  const deadline = deadlineOf(issue, digest);
  const isOverdue = Temporal.Instant.compare(deadline, showing.now) <= 0;
  return (
    <>
      <Notice tone="warning">
        {paused.by === null ? t.pausedItself(since) : t.paused(since, paused.by)}{" "}
        <Auto>{pauseWord(paused, language, paper)}</Auto> {isOverdue && t.overdue(time(deadline))}
      </Notice>
      <Form action={`${deskPath(issue)}/resume`} label={t.resume}>
        <Field
          name="minutes"
          kind="number"
          label={t.minutes}
          help={t.minutesHelp}
          min={1}
          max={mostMinutes}
          required={isOverdue}
        />
        <Button>{t.resume}</Button>
      </Form>
    </>
  );
}
