// What an editor does with an article and its story: weigh it, choose it for an issue, put stories together and take them apart,
// correct it, take it back. Each is the same act that programs and commands have, with its entry in the log.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requireEditor } from "../accounts/index.ts";
import {
  type ArticleChange,
  type ArticleId,
  articleById,
  articleId,
  type Changing,
  changeArticle,
} from "../articles/index.ts";
import { type Handing, hide, pin, unhide, unpin } from "../digests/index.ts";
import {
  Actions,
  Button,
  bothLanguages,
  ErrorPage,
  Field,
  Form,
  NewsroomPage,
  Notice,
  PageHead,
  readForm,
} from "../web/index.ts";
import {
  type Desk,
  type DeskEnv,
  deskOf,
  fieldIn,
  fieldsIn,
  type NewsroomDeps,
  numberIn,
  textsIn,
} from "./desk.ts";
import { withDone } from "./settings.tsx";
import { storyPath } from "./stories.tsx";

/** A title, a summary and a sentence, in letters that take six octets each in a form. */
const largestForm = 60_000;
const longestReason = 1000;

const words = bothLanguages({
  ar: {
    refused: "لم يتغير شيء",
    yours: "ما كتبته، ولم يُحفظ",
    back: "عد إلى الخبر",
    badForm: "في ما أُرسل خطأ. عد إلى الصفحة وحاول مرة أخرى.",
    retracted: "سُحب هذا الخبر، وما سُحب لا يعود ولا يُغيَّر.",
    stale: "غيّر غيرك هذا الخبر بعد أن فتحت صفحته. انظر إلى ما صار إليه ثم صحّحه.",
    badText: "العنوان لازم، ولا يزيد على 500 حرف، والخلاصة على 2000، والتصحيح على 1000.",
    noText: "لا يبقى من هذا نص.",
    noOther: "اختر خبرًا من القصة الأخرى، أو اكتب رقمه.",
    unknown: (id: string) => `لا خبر رقمه ${id}.`,
    oneAlready: "هما قصة واحدة من قبل.",
    noneOut: "اختر ما يخرج من القصة.",
    all: "هذه كل أخبار القصة. اترك فيها واحدًا على الأقل.",
    elsewhere: "خرجت أخبار مما اخترت من القصة قبل أن تضغط. انظر إلى ما بقي.",
    closed: "ثُبّت جمهور هذا العدد أو انتهى، فلا يتغير ما فيه.",
    noIssue: "لا عدد بهذا الاسم.",
    tooMuch: "في هذا العدد من المثبّت أو المحذوف أكثر مما يُقبل.",
    retract: "سحب الخبر",
    retractText:
      "يخرج الخبر من كل خلاصة وصفحة، ويُحذف من كل عدد لم يُرسل، ولا يعود أبدًا. ويبقى مكانه ما تكتبه هنا. وما وصل إلى القراء بالبريد لا يُسترد: أرسل لهم تصحيحًا.",
    reason: "السبب، كما يقرؤه القراء",
    noReason: "اكتب سبب السحب.",
    doRetract: "اسحبه نهائيًا",
    leave: "عد من دون تغيير",
  },
  en: {
    refused: "Nothing was changed",
    yours: "What you wrote; it was not saved",
    back: "Back to the story",
    badForm: "What was sent has a fault. Go back to the page and try again.",
    retracted: "This article was retracted. What is retracted does not come back, nor change.",
    stale:
      "Somebody else changed this article after you opened its page. Look at it as it is now, then correct it.",
    badText: "A title is needed, of 500 characters at most; a summary has 2000 at most, a correction 1000.",
    noText: "Nothing of this text is left.",
    noOther: "Choose an article of the other story, or type its number.",
    unknown: (id: string) => `There is no article ${id}.`,
    oneAlready: "They are one story already.",
    noneOut: "Choose what to take out of the story.",
    all: "These are all the articles of the story. Leave one at least.",
    elsewhere: "Some of what you chose had left the story before you pressed. Look at what is there now.",
    closed: "This issue’s audience is frozen, or it is over: what it carries does not change any more.",
    noIssue: "There is no issue of this name.",
    tooMuch: "The issue has more pinned or left out than it takes.",
    retract: "Retract the article",
    retractText:
      "It leaves every feed and page, and every issue that was not sent, and never comes back. What you write here stands in its place. What readers got by mail cannot be taken back: send them a correction.",
    reason: "Why, as readers will see it",
    noReason: "Write why it is retracted.",
    doRetract: "Retract it for good",
    leave: "Back, and change nothing",
  },
});

type Refusal = Exclude<keyof (typeof words)["ar"], "unknown">;

/** `POST /newsroom/stories/:id/…`, for editors. */
export function storyActRoutes(deps: NewsroomDeps) {
  const { stories } = deps;
  const { db } = deps.database;
  const page = "/newsroom/stories/:id";
  const editorsOnly = requireEditor(deps, "editor");
  const bounded = bodyLimit({
    maxSize: largestForm,
    onError: async (c) => c.html(<ErrorPage {...(await deps.shell(c))} status={413} />, 413),
  });
  const idIn = (c: Context<DeskEnv>): ArticleId => articleId(numberIn(c.req.param("id")) ?? 0);
  const done = (c: Context<DeskEnv>, key: string, id = idIn(c)) =>
    c.redirect(withDone(storyPath(id), key), 303);
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);
  const refused = async (
    c: Context<DeskEnv>,
    why: Refusal | { unknown: number },
    typed: readonly string[] = [],
  ) => {
    const at = await deskOf(c, deps);
    const t = words[at.language];
    const said = typeof why === "string" ? t[why] : t.unknown(String(why.unknown));
    return c.html(<RefusedPage at={at} why={said} typed={typed} back={storyPath(idIn(c))} />, 409);
  };

  /** @param typed the texts of a form, for whoever is refused */
  async function changed(
    c: Context<DeskEnv>,
    change: ArticleChange,
    seen: number | null,
    key: string,
    typed: readonly string[] = [],
  ) {
    const publish = stories.publish;
    const result: Changing = await changeArticle(
      { db, publish },
      idIn(c),
      change,
      seen,
      c.var.editor.address,
    );
    switch (result.kind) {
      case "created":
      case "revised":
      case "unchanged":
        return done(c, key);
      case "unknown":
        return missing(c);
      case "invalid":
        return refused(c, "badText", typed);
      case "retracted":
        return refused(c, "retracted", typed);
      case "stale":
        return refused(c, "stale", typed);
      case "unknown-sections":
      case "no-text":
      case "too-long":
        return refused(c, "noText", typed);
    }
  }

  async function handed(c: Context<DeskEnv>, result: Handing, key: string) {
    switch (result.kind) {
      case "changed":
      case "unchanged":
        return done(c, key);
      case "unknown-issue":
        return refused(c, "noIssue");
      case "unknown-articles":
        return refused(c, "retracted");
      case "too-much":
        return refused(c, "tooMuch");
      case "closed":
      case "stale": // never: it is meant for whatever holds
        return refused(c, "closed");
    }
  }

  const hands = { pin, unpin, hide, unhide } as const;
  const isHand = (act: string): act is keyof typeof hands => Object.hasOwn(hands, act);
  const app = new Hono<DeskEnv>();
  for (const act of ["importance", "hand", "merge", "split", "correct", "retract"])
    app.use(`${page}/${act}`, editorsOnly, bounded);
  return app
    .post(`${page}/importance`, async (c) => {
      const given = await fieldIn(c, "importance");
      const importance = ([0, 1, 2, 3] as const).find((it) => String(it) === given);
      return importance === undefined
        ? refused(c, "badForm")
        : changed(c, { importance }, null, "importance");
    })
    .post(`${page}/hand`, async (c) => {
      const field = await fieldsIn(c);
      const [act, issue] = [field("act"), field("issue")];
      if (!isHand(act)) return refused(c, "badForm");
      if ((await articleById(db, idIn(c))) === null) return missing(c);
      return handed(
        c,
        await stories.changeHand(issue, hands[act]([idIn(c)]), c.var.editor.address, null),
        act,
      );
    })
    .post(`${page}/merge`, async (c) => {
      const field = await fieldsIn(c);
      const other = numberIn(field("number") || field("with"));
      if (!other) return refused(c, "noOther");
      const result = await stories.mergeStories(idIn(c), articleId(other), c.var.editor.address);
      if (result.kind === "unknown")
        return result.id === idIn(c) ? missing(c) : refused(c, { unknown: other });
      return result.kind === "merged" ? done(c, "merged") : refused(c, "oneAlready");
    })
    .post(`${page}/split`, async (c) => {
      const chosen = textsIn(await readForm(c.req.parseBody({ all: true })), "article");
      const ids = chosen.flatMap((it) => numberIn(it) ?? []);
      if (ids.length === 0) return refused(c, "noneOut");
      const result = await stories.splitStory(
        idIn(c),
        ids.slice(0, 1000).map(articleId),
        c.var.editor.address,
      );
      if (result.kind === "split") return done(c, "split");
      return result.kind === "unknown" ? missing(c) : refused(c, result.kind);
    })
    .post(`${page}/correct`, async (c) => {
      const field = await fieldsIn(c);
      const revision = numberIn(field("revision"));
      if (!revision) return refused(c, "badForm");
      const [title, summary, correction] = [field("title"), field("summary"), field("correction")];
      const change = { title, summary: summary || null, correction: correction || null };
      return changed(c, change, revision, "corrected", [title, summary, correction].filter(Boolean));
    })
    .get(`${page}/retract`, async (c) => {
      const article = await articleById(db, idIn(c));
      if (article === null) return missing(c);
      if (article.status.state === "retracted") return refused(c, "retracted");
      return c.html(<RetractPage at={await deskOf(c, deps)} id={article.id} title={article.title} />);
    })
    .post(`${page}/retract`, async (c) => {
      const reason = (await fieldIn(c, "reason")).slice(0, longestReason);
      if (reason === "") return refused(c, "noReason");
      const article = await stories.retract(idIn(c), reason, c.var.editor.address);
      return article === null ? missing(c) : done(c, "retracted");
    });
}

/** Why nothing was changed, with what was written for it: it is gone otherwise. */
function RefusedPage(props: { at: Desk; why: string; typed: readonly string[]; back: string }) {
  const { at, why, typed, back } = props;
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.refused}>
      <PageHead title={t.refused} />
      <Notice tone="error">{why}</Notice>
      {typed.length > 0 && (
        <Notice title={t.yours}>
          {typed.map((text) => (
            <p dir="auto">{text}</p>
          ))}
        </Notice>
      )}
      <Actions>
        <Button kind="quiet" href={back}>
          {t.back}
        </Button>
      </Actions>
    </NewsroomPage>
  );
}

function RetractPage({ at, id, title }: { at: Desk; id: ArticleId; title: string }) {
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.retract}>
      <PageHead title={t.retract} intro={<span dir="auto">{title}</span>} />
      <Notice tone="warning">{t.retractText}</Notice>
      <Form action={`${storyPath(id)}/retract`} label={t.retract}>
        <Field name="reason" kind="textarea" rows={3} label={t.reason} maxLength={longestReason} required />
        <Actions>
          <Button kind="danger">{t.doRetract}</Button>
          <Button kind="quiet" href={storyPath(id)}>
            {t.leave}
          </Button>
        </Actions>
      </Form>
    </NewsroomPage>
  );
}
