// Saving what an editor says of an issue. Of two who change it at once the later is refused, and shown both versions, to take over by hand.
import { type Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import { requireEditor } from "../accounts/index.ts";
import { type ArticleId, articleId, articlesById, directed } from "../articles/index.ts";
import {
  changed,
  type Hand,
  type HandChange,
  type Handing,
  hide,
  inOrder,
  longestIntro,
  longestSubject,
  pin,
  unhide,
  unpin,
} from "../digests/index.ts";
import {
  Actions,
  Auto,
  Block,
  Button,
  bothLanguages,
  ErrorPage,
  Form,
  NewsroomPage,
  Notice,
  PageHead,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldsIn, type NewsroomDeps, numberIn } from "./desk.ts";
import { type TypedWords, WordsForm } from "./issue-hand.tsx";
import { type Choice, editionsOfRun, handOfRun, type Run, runOf, shownOf } from "./issue-run.ts";
import { issueTitle } from "./issue-title.ts";
import { listIn, moved } from "./order.ts";
import { digitsOf } from "./words.ts";

const words = bothLanguages({
  ar: {
    stale: "سبقك غيرك إلى هذا العدد",
    staleText:
      "تغيّر العدد بعد أن فتحت صفحته، فلم يُحفظ ما أردت. هذا ما صار إليه وهذا ما أردته: خذ من كليهما ثم احفظ.",
    closed: "فات الأوان",
    closedText: "ثُبّت جمهور هذا العدد أو انتهى، فلا يتغير ما فيه. هذا ما كتبته، ولم يُحفظ.",
    wrong: "لم يُحفظ",
    wrongText: `الموضوع ${longestSubject} حرفًا على الأكثر، والمقدمة ${longestIntro}.`,
    gone: "سُحب هذا الخبر أو لم يعد موجودًا، فلا يدخل عددًا.",
    both: "النسختان",
    what: "ماذا",
    now: "كما هو الآن",
    yours: "كما أردته",
    subject: "الموضوع",
    intro: "المقدمة",
    order: "الأخبار بترتيبها",
    pins: "المثبّت",
    hides: "المحذوف من العدد",
    none: "—",
    takeOver: "احفظ ما أردته",
    takeOverText: "يحلّ ما أردته محلّ ما هو الآن. وإن أردت غيره فعد إلى العدد ورتّبه من جديد.",
    editText: "عدّل نصّك كما تريده أن يكون، ثم احفظه.",
    keep: "اتركه كما هو الآن",
  },
  en: {
    stale: "Somebody else was quicker",
    staleText:
      "The issue has changed since you opened its page, so what you wanted was not saved. This is what it is now, and this is what you wanted: take from both, then save.",
    closed: "It is too late",
    closedText:
      "The audience of this issue is frozen, or it is over: what it carries does not change any more. This is what you wrote; it was not saved.",
    wrong: "Not saved",
    wrongText: `A subject has ${longestSubject} characters at most, an intro ${longestIntro}.`,
    gone: "This article was retracted or is not there any more: no issue can carry it.",
    both: "Both versions",
    what: "What",
    now: "As it is now",
    yours: "As you wanted it",
    subject: "Subject",
    intro: "Intro",
    order: "Stories in their order",
    pins: "Pinned",
    hides: "Left out of the issue",
    none: "—",
    takeOver: "Save what I wanted",
    takeOverText:
      "It takes the place of what is there now. If you want something else, go back to the issue and order it anew.",
    editText: "Write it as you want it to be, then save.",
    keep: "Leave it as it is now",
  },
});

/** One thing in two versions: as it stands now, and as somebody wanted it who had not seen that. */
type Version = { what: string; now: Child; yours: Child };

const acts = { pin, unpin, hide, unhide } as const;
const isAct = (act: string): act is keyof typeof acts => Object.hasOwn(acts, act);

/** `POST /newsroom/issues/:digest/:name/words` and `…/order`, for editors. */
export function handRoutes(deps: NewsroomDeps) {
  const page = "/newsroom/issues/:digest/:name";
  const { db } = deps.database;
  const editors = requireEditor(deps, "editor");
  const failed = async (c: Context<DeskEnv>, status: 400 | 404, sentence?: string) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={status} sentence={sentence} />, status);
  const runIn = (c: Context<DeskEnv>) => runOf(deps, c.req.param("digest") ?? "", c.req.param("name") ?? "");
  /** The version that was seen, 0 where nothing was decided. */
  const seenIn = (text: string) => (text === "0" ? 0 : (numberIn(text || undefined) ?? null));
  const save = (c: Context<DeskEnv>, run: Run, change: HandChange, seen: number) =>
    deps.stories.changeHand(run.name, change, c.var.editor.address, seen);

  return new Hono<DeskEnv>()
    .post(`${page}/words`, editors, async (c) => {
      const run = await runIn(c);
      if (run === null) return failed(c, 404);
      const field = await fieldsIn(c);
      const seen = seenIn(field("seen"));
      if (seen === null) return failed(c, 400);
      // Browsers send a line's end as two characters, and count it as one.
      const typed = { subject: field("subject"), intro: field("intro").replaceAll("\r\n", "\n") };
      const change = { subject: typed.subject || null, intro: typed.intro || null };
      const done = await save(c, run, change, seen);
      return answer(c, run, done, `${run.path}#words`, async (at, { hand, version }) => ({
        versions: textVersions(at, hand, change),
        form: <WordsAgain at={at} run={run} hand={hand} version={version} typed={typed} />,
      }));
    })
    .post(`${page}/order`, editors, async (c) => {
      const run = await runIn(c);
      if (run === null) return failed(c, 404);
      const field = await fieldsIn(c);
      const act = field("act");
      const seen = seenIn(field("seen"));
      const list = listIn(field("list")) ?? [];
      const id = articleId(numberIn(field("article")) ?? 0);
      const wanted = orderWanted(act, list, id, numberIn(field("place") || undefined) ?? 0);
      const language = field("language") === "en" ? "en" : "ar";
      const choice: Choice = { sections: field("sections"), language };
      if (seen === null || (wanted === null && !(isAct(act) && id > 0))) return failed(c, 400);
      const change: HandChange = wanted ? inOrder(wanted) : isAct(act) ? acts[act]([id]) : {};
      const done = await save(c, run, change, seen);
      const query = new URLSearchParams(choice);
      const place = wanted?.includes(id) ? `#story-${id}` : "#order";
      return answer(c, run, done, `${run.path}?${query}${place}`, async (at, { hand, version }) => ({
        versions: wanted
          ? await orderVersions(at, run, choice, hand, wanted)
          : await handVersions(at, hand, changed(hand, change)),
        form: (
          <TakeOver
            at={at}
            run={run}
            fields={{
              seen: String(version),
              ...choice,
              ...(wanted ? { act: "order", list: wanted.join() } : { act, article: String(id) }),
            }}
          />
        ),
      }));
    });

  type Refused = { versions: readonly Version[]; form: Child };

  /** Back to where it was done, or what stands in the way, with what was wanted kept on the page. */
  async function answer(
    c: Context<DeskEnv>,
    run: Run,
    done: Handing,
    back: string,
    both: (at: Desk, held: { hand: Hand; version: number }) => Promise<Refused>,
  ) {
    if (done.kind === "changed") deps.tickSoon();
    if (done.kind === "changed" || done.kind === "unchanged") return c.redirect(back, 303);
    if (done.kind === "unknown-issue") return failed(c, 404);
    const at = await deskOf(c, deps);
    const t = words[at.language];
    const held = done.kind === "stale" ? done : await handOfRun(deps, run);
    const refused = await both(at, held);
    const { title, text } = {
      stale: { title: t.stale, text: t.staleText },
      closed: { title: t.closed, text: t.closedText },
      "too-much": { title: t.wrong, text: t.wrongText },
      "unknown-articles": { title: t.wrong, text: t.gone },
    }[done.kind];
    const isText = done.kind === "stale" || done.kind === "too-much";
    return c.html(
      <BothPage
        at={at}
        run={run}
        title={title}
        text={text}
        versions={refused.versions}
        form={isText ? refused.form : null}
      />,
      done.kind === "too-much" || done.kind === "unknown-articles" ? 422 : 409,
    );
  }

  async function titlesOf(
    at: Desk,
    ids: readonly ArticleId[],
  ): Promise<(list: readonly ArticleId[]) => Child> {
    const articles = await articlesById(db, [...new Set(ids)].slice(0, 200));
    const titles = new Map(articles.map(({ id, title }) => [id, title]));
    return (list) =>
      list.length === 0 ? null : (
        <ol class="order-list" data-digits={digitsOf(at)}>
          {list.map((id) => (
            <li>
              <Auto>{directed(titles.get(id) ?? String(id))}</Auto>
            </li>
          ))}
        </ol>
      );
  }

  async function orderVersions(
    at: Desk,
    run: Run,
    choice: Choice,
    hand: Hand,
    yours: readonly ArticleId[],
  ): Promise<Version[]> {
    const shown = await shownOf(deps, run, await editionsOfRun(deps, run), choice, hand, choice.language);
    const now = (shown?.stories ?? []).map(({ articleId: id }) => id);
    const say = await titlesOf(at, [...now, ...yours]);
    return [{ what: words[at.language].order, now: say(now), yours: say(yours) }];
  }

  async function handVersions(at: Desk, now: Hand, yours: Hand): Promise<Version[]> {
    const t = words[at.language];
    const say = await titlesOf(at, [...now.pins, ...yours.pins, ...now.hides, ...yours.hides]);
    return (["pins", "hides"] as const).map((it) => ({
      what: t[it],
      now: say(now[it]) ?? t.none,
      yours: say(yours[it]) ?? t.none,
    }));
  }
}

/** The list as an act on its order wants it; null for any other act, or a list that does not hold what is moved. */
function orderWanted(act: string, list: readonly ArticleId[], id: ArticleId, place: number) {
  if (act === "order") return list.length > 0 ? [...list] : null;
  if (!list.includes(id)) return null;
  if (act === "up" || act === "down") return moved(list, id, { act });
  return act === "place" && place > 0 ? moved(list, id, { act, place }) : null;
}

function textVersions({ language }: Desk, now: Hand, yours: Pick<Hand, "subject" | "intro">): Version[] {
  const t = words[language];
  return (["subject", "intro"] as const).map((it) => ({
    what: t[it],
    now: <Auto>{now[it] ?? t.none}</Auto>,
    yours: <Auto>{yours[it] ?? t.none}</Auto>,
  }));
}

function WordsAgain(props: { at: Desk; run: Run; hand: Hand; version: number; typed: TypedWords }) {
  const { at, run, hand, version, typed } = props;
  return (
    <>
      <p>{words[at.language].editText}</p>
      <WordsForm language={at.language} run={run} version={version} hand={hand} typed={typed} />
    </>
  );
}

/** What was wanted, to be saved in the place of what is there now. */
function TakeOver({ at, run, fields }: { at: Desk; run: Run; fields: Readonly<Record<string, string>> }) {
  const t = words[at.language];
  return (
    <>
      <p>{t.takeOverText}</p>
      <Form action={`${run.path}/order`} label={t.takeOver}>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <Actions>
          <Button>{t.takeOver}</Button>
        </Actions>
      </Form>
    </>
  );
}

function BothPage(props: {
  at: Desk;
  run: Run;
  title: string;
  text: string;
  versions: readonly Version[];
  form: Child;
}) {
  const { at, run, title, text, versions, form } = props;
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={title}>
      <PageHead title={title} intro={<Auto>{issueTitle(run, run.digest, at)}</Auto>} />
      <Notice tone="error">{text}</Notice>
      <Block id="both" title={t.both}>
        <Table
          caption={t.both}
          isHeaded
          columns={[{ label: t.what }, { label: t.now }, { label: t.yours }]}
          rows={versions.map(({ what, now, yours }) => [what, now, yours])}
        />
        {form}
        <Actions>
          <Button kind="quiet" href={run.path}>
            {t.keep}
          </Button>
        </Actions>
      </Block>
    </NewsroomPage>
  );
}
