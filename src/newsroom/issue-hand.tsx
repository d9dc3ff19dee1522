// What an editor says of an issue before its audience is written: its subject and intro, and which stories stand where. Plain forms; a
// script of ours lets stories be dragged.
import type { Child } from "hono/jsx";
import { directed, hrefOf } from "../articles/index.ts";
import { type Hand, type inboxLines, longestIntro, longestSubject } from "../digests/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Block,
  Button,
  besideStylesheet,
  bothLanguages,
  Empty,
  Field,
  Form,
  type Language,
  Notice,
} from "../web/index.ts";
import type { Desk } from "./desk.ts";
import { Inbox } from "./inbox.tsx";
import type { Run, Shown, ShownStory } from "./issue-run.ts";
import { pointsOf, whyWords } from "./why.ts";
import { digitsOf } from "./words.ts";

const words = bothLanguages({
  ar: {
    words: "ما يقوله العدد",
    subject: "الموضوع",
    subjectHelp: "إن تركته فارغًا صار عنوان الخبر الأول. ويُرى منه على الهاتف نحو 40 حرفًا.",
    subjectPinned: "للنسخ التي يتصدرها أول خبر مثبّت. وسائرها موضوعها عنوان خبرها الأول.",
    intro: "المقدمة",
    introHelp: "فوق الأخبار، في كل نسخة.",
    optional: "اختياري",
    save: "احفظ",
    order: "الأخبار وترتيبها",
    dry: "لم تُرتّب بعد: هكذا تكون لو رُتّبت الآن.",
    rules:
      "الترتيب بالدرجة، ثم يُباعد بين المتشابه فلا يتجاور، ولا يزيد ما في الخمسة الأولى على خبرين من قسم واحد. وما تثبّته يتقدم غيره في كل نسخة.",
    drag: "اسحب من المقبض، أو استعمل الأسهم والأرقام.",
    none: "لا أخبار لهذا العدد بعد",
    noneText: "يظهر هنا ما يُنشر قبل موعده.",
    points: (points: string) => `الدرجة ${points}`,
    why: "لماذا هنا؟",
    pinned: "مثبّت",
    ordered: "رُتّب باليد",
    withdrawn: "سُحب بعدها",
    gone: "لم يعد في الأرشيف",
    place: (title: string) => `مكان «${title}»`,
    put: "ضعه",
    up: (title: string) => `ارفع «${title}»`,
    down: (title: string) => `أنزل «${title}»`,
    pin: "ثبّته",
    unpin: "ألغِ تثبيته",
    hide: "احذفه",
    handle: (title: string) => `انقل «${title}» بالسحب أو بالسهمين`,
    moved: "صار مكانه {n} من {all}",
    saveOrder: "احفظ هذا الترتيب",
    undo: "تراجع",
    unsaved: "لم يُحفظ الترتيب الجديد بعد.",
    next: "ما يليها لو اتسع العدد",
    bring: "ثبّته في العدد",
    hidden: "محذوف من العدد",
    unhide: "أعده",
    act: (act: string, title: string) => `${act}: ${title}`,
  },
  en: {
    words: "What the issue says",
    subject: "Subject",
    subjectHelp: "Left empty, it is the first story’s title. Phones show about 40 characters of it.",
    subjectPinned:
      "Of editions that the first pinned story leads; that of the others is their first story’s title.",
    intro: "Intro",
    introHelp: "Above the stories, in every edition.",
    optional: "optional",
    save: "Save",
    order: "Stories and their order",
    dry: "Not built yet: this is how they would stand now.",
    rules:
      "They stand by their points; then those alike are kept apart, with at most two of one section in the first five. What you pin comes first in every edition.",
    drag: "Drag by the handle, or use the arrows and numbers.",
    none: "No stories for this issue yet",
    noneText: "What is published before its time stands here.",
    points: (points: string) => `${points} points`,
    why: "Why here?",
    pinned: "pinned",
    ordered: "placed by hand",
    withdrawn: "withdrawn since",
    gone: "no longer in the archive",
    place: (title: string) => `Place of “${title}”`,
    put: "Move",
    up: (title: string) => `Move “${title}” up`,
    down: (title: string) => `Move “${title}” down`,
    pin: "Pin",
    unpin: "Unpin",
    hide: "Leave out",
    handle: (title: string) => `Move “${title}” by dragging or with the arrow keys`,
    moved: "Now at {n} of {all}",
    saveOrder: "Save this order",
    undo: "Undo",
    unsaved: "The new order is not saved yet.",
    next: "What would come next",
    bring: "Pin it",
    hidden: "Left out of the issue",
    unhide: "Put back",
    act: (act: string, title: string) => `${act}: ${title}`,
  },
});

export type TypedWords = { subject: string; intro: string };

/** Subject and intro. @param version of what was decided, that nothing newer is overwritten */
export function WordsForm(props: {
  language: Language;
  run: Run;
  version: number;
  hand: Pick<Hand, "pins">;
  typed: TypedWords;
}) {
  const { language, run, version, hand, typed } = props;
  const t = words[language];
  return (
    <Form action={`${run.path}/words`} label={t.words}>
      <input type="hidden" name="seen" value={version} />
      <Field
        name="subject"
        label={t.subject}
        optional={t.optional}
        help={hand.pins.length > 0 ? `${t.subjectHelp} ${t.subjectPinned}` : t.subjectHelp}
        value={typed.subject}
        maxLength={longestSubject}
      />
      <Field
        name="intro"
        kind="textarea"
        rows={3}
        label={t.intro}
        optional={t.optional}
        help={t.introHelp}
        value={typed.intro}
        maxLength={longestIntro}
      />
      <Actions>
        <Button kind="quiet">{t.save}</Button>
      </Actions>
    </Form>
  );
}

type HandProps = {
  at: Desk;
  run: Run;
  shown: Shown;
  hand: Hand;
  version: number;
  /** The titles of what is left out. */
  hidden: readonly { id: number; title: string }[];
  inbox: ReturnType<typeof inboxLines> | undefined;
};

/** All that is said of an issue, with the forms that change it. */
export function HandOfIssue(props: HandProps) {
  const { at, run, hand, version, inbox } = props;
  const t = words[at.language];
  return (
    <>
      <Block id="words" title={t.words}>
        <WordsForm
          language={at.language}
          run={run}
          version={version}
          hand={hand}
          typed={{ subject: hand.subject ?? "", intro: hand.intro ?? "" }}
        />
      </Block>
      {inbox && <Inbox lines={inbox} at={at} />}
      <Order {...props} />
    </>
  );
}

function Order(props: HandProps) {
  const { at, run, shown, hand, version, hidden } = props;
  const t = words[at.language];
  const list = shown.stories.map(({ articleId }) => articleId);
  const form = (article: number, label: string, children: Child) => (
    <form class="order-acts" method="post" action={`${run.path}/order`} aria-label={label}>
      <Carried shown={shown} version={version} />
      <input type="hidden" name="list" value={list.join()} />
      <input type="hidden" name="article" value={article} />
      {children}
    </form>
  );
  return (
    <Block id="order" title={t.order}>
      {shown.edition === null && shown.stories.length > 0 && <Notice>{t.dry}</Notice>}
      <p class="field-help">
        {t.rules} <span data-order-help>{t.drag}</span>
      </p>
      {shown.stories.length === 0 ? (
        <Empty title={t.none}>{t.noneText}</Empty>
      ) : (
        <>
          <ol class="order" data-order data-digits={digitsOf(at)} data-moved={t.moved}>
            {shown.stories.map((story, i) => (
              <OrderStory
                at={at}
                story={story}
                place={i + 1}
                of={list.length}
                isPinned={hand.pins.includes(story.articleId)}
                form={form}
              />
            ))}
          </ol>
          <form class="order-save" method="post" action={`${run.path}/order`} data-order-save hidden>
            <Carried shown={shown} version={version} />
            <input type="hidden" name="act" value="order" />
            <input type="hidden" name="list" value={list.join()} />
            <p>{t.unsaved}</p>
            <Actions>
              <Button>{t.saveOrder}</Button>
              <Button kind="quiet" href={`${run.path}#order`}>
                {t.undo}
              </Button>
            </Actions>
          </form>
          <p class="visually-hidden" role="status" data-order-said />
        </>
      )}
      <Others
        title={t.hidden}
        others={hidden.map(({ id, title }) => ({ id, title, points: null }))}
        act="unhide"
        word={t.unhide}
        {...{ at, form }}
      />
      <Others
        title={t.next}
        others={shown.next.map(({ articleId: id, article, score }) => ({
          id,
          title: article?.title ?? t.gone,
          points: t.points(pointsOf(score, at.language, at.paper.digits)),
        }))}
        act="pin"
        word={t.bring}
        {...{ at, form }}
      />
      <script type="module" src={besideStylesheet(at.desk.assets, "order.js")} />
    </Block>
  );
}

/** What every form of the order carries: what was seen, and of which choice. */
function Carried({ shown: { choice }, version }: { shown: Shown; version: number }) {
  return (
    <>
      <input type="hidden" name="seen" value={version} />
      <input type="hidden" name="sections" value={choice.sections} />
      <input type="hidden" name="language" value={choice.language} />
    </>
  );
}

function OrderStory(props: {
  at: Desk;
  story: ShownStory;
  place: number;
  of: number;
  isPinned: boolean;
  form: (article: number, label: string, children: Child) => Child;
}) {
  const { at, story, place, of, isPinned, form } = props;
  const { language, paper, showing } = at;
  const t = words[language];
  const { article, articleId, parts } = story;
  const title = article?.title ?? t.gone;
  const named = isolated(title);
  const [section] = article?.sections ?? [];
  return (
    <li id={`story-${articleId}`} data-article={articleId}>
      <div class="order-words">
        <p class="order-title">
          {article ? (
            <a href={hrefOf(article, showing.site)}>
              <Auto>{directed(title)}</Auto>
            </a>
          ) : (
            title
          )}
        </p>
        <p class="order-note">
          {section && (
            <>
              <Auto>{(language === "en" ? section.titleEn : null) ?? section.title}</Auto>
              {" · "}
            </>
          )}
          {t.points(pointsOf(story.score, language, paper.digits))} {isPinned && <Badge>{t.pinned}</Badge>}
          {parts.hand === "ordered" && <Badge>{t.ordered}</Badge>}
          {article?.status.state === "retracted" && <Badge tone="error">{t.withdrawn}</Badge>}
        </p>
        <details>
          <summary>{t.why}</summary>
          <ul>
            {whyWords(parts, language, paper.digits).map((reason) => (
              <li>{reason}</li>
            ))}
          </ul>
        </details>
      </div>
      {form(
        articleId,
        named,
        <>
          <input
            type="number"
            name="place"
            value={place}
            min="1"
            max={of}
            dir="ltr"
            aria-label={t.place(named)}
          />
          {/* First of the buttons: it is what the Enter key presses. */}
          <Button kind="quiet" name="act" value="place" label={`${t.put}: ${named}`}>
            {t.put}
          </Button>
          <Button kind="quiet" name="act" value="up" label={t.up(named)} disabled={place === 1}>
            <span aria-hidden="true">↑</span>
          </Button>
          <Button kind="quiet" name="act" value="down" label={t.down(named)} disabled={place === of}>
            <span aria-hidden="true">↓</span>
          </Button>
          <Button
            kind="quiet"
            name="act"
            value={isPinned ? "unpin" : "pin"}
            label={t.act(isPinned ? t.unpin : t.pin, named)}
          >
            {isPinned ? t.unpin : t.pin}
          </Button>
          <Button kind="quiet" name="act" value="hide" label={t.act(t.hide, named)}>
            {t.hide}
          </Button>
        </>,
      )}
      <button type="button" class="order-handle" data-order-handle aria-label={t.handle(named)} hidden />
    </li>
  );
}

/** A title inside a label that is read out: it has a direction of its own. */
const isolated = (title: string) => `\u2068${title}\u2069`;

/** Stories that are not in it, each with one thing to do. */
function Others(props: {
  title: string;
  others: readonly { id: number; title: string; points: string | null }[];
  act: "unhide" | "pin";
  word: string;
  form: (article: number, label: string, children: Child) => Child;
}) {
  if (props.others.length === 0) return null;
  return (
    <details class="order-others">
      <summary>{props.title}</summary>
      <ul>
        {props.others.map(({ id, title, points }) => (
          <li>
            <span>
              <Auto>{directed(title)}</Auto> {points && <small>{points}</small>}
            </span>
            {props.form(
              id,
              isolated(title),
              <Button kind="quiet" name="act" value={props.act} label={`${props.word}: ${isolated(title)}`}>
                {props.word}
              </Button>,
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
