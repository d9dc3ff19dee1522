// One subscriber: what they agreed to and when, what they get, what became of their mail; and what may be done with their data.
import { type Context, Hono } from "hono";
import { audit, requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import { listSections, sectionTitle } from "../articles/index.ts";
import { addressesOf, blankLetters, lettersOf, type Why, whyOf } from "../delivery/index.ts";
import { clicksOfReader, type Digest, digestName, forgetClicksOf, listDigests } from "../digests/index.ts";
import {
  erase,
  eventWords,
  everythingOf,
  leave,
  parseAddress,
  type ShownSubscriber,
  type SubscriberId,
  showSubscriber,
  subscriberId,
  suppressionWords,
} from "../subscribers/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Facts,
  Form,
  Ltr,
  Notice,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import {
  listDeps,
  PeoplePage,
  peoplePath,
  sourceWord,
  stateTones,
  stateWord,
  subscriptionWord,
} from "./people.tsx";
import { Done, withDone } from "./settings.tsx";
import { Letters } from "./why-page.tsx";
import { numberWord } from "./words.ts";

const mostLetters = 20;

const words = bothLanguages({
  ar: {
    erasedTitle: (id: string) => `المشترك ${id}`,
    erased: "مُحيت بياناته. لم يبقَ إلا ما فعله ومتى، من دون عنوان.",
    suppressed: (why: string) => `لا نراسله: ${why}.`,
    facts: "ما نعرفه",
    state: "الحال",
    language: "لغة الرسائل",
    languages: { ar: "العربية", en: "الإنكليزية" },
    source: "جاء من",
    created: "سُجّل",
    confirmed: "أكّد",
    active: "آخر ما فعله بنفسه",
    never: "لم يفعل شيئًا بعد",
    subscriptions: "النشرات",
    digest: "النشرة",
    choices: "الأقسام والمواعيد",
    allSections: "كل الأقسام",
    each: "كل عدد",
    daily: "مرة في اليوم",
    weekly: "مرة في الأسبوع",
    until: (when: string) => `حتى ${when}`,
    noDigests: "ليس مشتركًا في نشرة",
    history: "سجل الموافقة",
    historyCaption: "الأقدم أولًا",
    when: "متى",
    what: "ما جرى",
    noHistory: "السجل خالٍ",
    hiddenHistory: (n: string) => `يظهر آخر ما في السجل: ${n}.`,
    data: "بياناته",
    dataText:
      "لصاحب العنوان أن يأخذ كل ما نحفظه عنه، وأن يطلب محوه. يُطلب منك أن تثبت هويتك، ويُكتب ذلك في سجل الأعمال.",
    export: "نزّل كل ما نحفظه عنه",
    eraseButton: "امحُ بياناته",
    eraseAsk: "أتمحو بيانات هذا المشترك؟",
    eraseText:
      "يُمحى عنوانه وشبكته حيث كانا، ويُسحب ما لم يُرسل إليه بعد، ولا تعيده قائمة. يبقى ما فعله ومتى. لا رجعة في ذلك.",
    back: "عد من دون تغيير",
    leave: "إلغاء اشتراكه",
    leaveText: "لمن طلب ذلك بالهاتف أو برسالة. تنتهي كل نشراته، ولا تعيده قائمة، وله أن يعود بنفسه.",
    leaveButton: "ألغِ كل اشتراكاته",
    done: {
      left: "أُلغيت كل اشتراكاته.",
      "had-left": "كان قد ألغى كل شيء من قبل.",
      asked: "أُرسلت إليه رسالة ليؤكد اشتراكه، إن لم يكن مشتركًا من قبل.",
    },
  },
  en: {
    erasedTitle: (id: string) => `Subscriber ${id}`,
    erased: "Erased. All that is left is what they did and when, without the address.",
    suppressed: (why: string) => `Gets no mail: ${why}.`,
    facts: "What we know",
    state: "State",
    language: "Language of mails",
    languages: { ar: "Arabic", en: "English" },
    source: "Came by",
    created: "Noted",
    confirmed: "Confirmed",
    active: "Last did something",
    never: "Nothing yet",
    subscriptions: "Digests",
    digest: "Digest",
    choices: "Sections and times",
    allSections: "all sections",
    each: "each issue",
    daily: "once a day",
    weekly: "once a week",
    until: (when: string) => `until ${when}`,
    noDigests: "Subscribed to no digest",
    history: "History of consent",
    historyCaption: "Oldest first",
    when: "When",
    what: "What happened",
    noHistory: "There is none",
    hiddenHistory: (n: string) => `The newest acts are shown: ${n}.`,
    data: "Their data",
    dataText:
      "The owner of an address may have all that we hold of them, and may have it erased. You are asked to confirm that it is you, and it stands in the audit log.",
    export: "Download all that we hold",
    eraseButton: "Erase",
    eraseAsk: "Erase this subscriber?",
    eraseText:
      "Their address and network are blanked wherever they stand, what was not sent yet is taken back, and no list brings them back. What they did and when stays. There is no way back.",
    back: "Back, and change nothing",
    leave: "Unsubscribe them",
    leaveText:
      "For who asked for it by telephone or letter. All their digests end, no list brings them back, and they may come back themselves.",
    leaveButton: "End all subscriptions",
    done: {
      left: "All their subscriptions ended.",
      "had-left": "They had left everything before.",
      asked: "A mail asks them to confirm, unless they are subscribed already.",
    },
  },
});

/** All that is kept of one person, as they may ask for it; null where nobody has this id. */
export async function everythingKept(db: NewsroomDeps["database"]["db"], subscriber: SubscriberId) {
  const [digests, sections, letters, clicks] = await Promise.all([
    listDigests(db),
    listSections(db),
    lettersOf(db, subscriber),
    clicksOfReader(db, subscriber),
  ]);
  return everythingOf(db, subscriber, { digests, sections }, { ...letters, clicks });
}

/** Acts of one person that a page shows: the newest. */
const mostShown = 100;

/** `/newsroom/subscribers/:id`, for editors; to erase and to export, for administrators. */
export function subscriberPageRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db, batch } = database;
  const path = `${peoplePath}/:id`;
  const editors = requireEditor(deps, "editor");
  const administrators = requireEditor(deps, "administrator");
  const fresh = requireFresh(deps, "administrator");
  const log = (c: Context<DeskEnv>, act: string, id: number) =>
    batch([audit(db, { actor: c.var.editor.address, act, subject: `subscriber ${id}` }, now())]);
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);
  const found = async (c: Context<DeskEnv>) => {
    const id = numberIn(c.req.param("id"));
    if (!id) return null;
    const { names } = await listDeps(deps);
    return showSubscriber(db, subscriberId(id), names);
  };

  return new Hono<DeskEnv>()
    .get(path, editors, async (c) => {
      const shown = await found(c);
      if (!shown) return missing(c);
      const at = await deskOf(c, deps);
      const address = parseAddress(shown.address);
      const why = address.ok ? await whyOf(db, address.key, null, mostLetters, now()) : null;
      const digests = await listDigests(db);
      return c.html(<PersonPage c={c} at={at} shown={shown} why={why} digests={digests} />);
    })
    .post(`${path}/leave`, editors, async (c) => {
      const shown = await found(c);
      if (!shown) return missing(c);
      const proof = { via: "publisher" } as const;
      const ended = await leave(database, { subscriber: shown.id, digest: null }, "publisher", proof, now());
      if (ended.length > 0) await log(c, "subscriber-leave", shown.id);
      return c.redirect(withDone(`${peoplePath}/${shown.id}`, ended.length > 0 ? "left" : "had-left"), 303);
    })
    .post(`${path}/export`, fresh, async (c) => {
      const shown = await found(c);
      if (!shown) return missing(c);
      const everything = await everythingKept(db, shown.id);
      await log(c, "subscriber-export", shown.id);
      c.header("Content-Disposition", `attachment; filename="subscriber-${shown.id}.json"`);
      c.header("Content-Type", "application/json; charset=utf-8");
      return c.body(`${JSON.stringify(everything, null, 2)}\n`);
    })
    .get(`${path}/erase`, administrators, async (c) => {
      const shown = await found(c);
      if (!shown || shown.state === "erased") return missing(c);
      const at = await deskOf(c, deps);
      return c.html(<ErasePage at={at} shown={shown} />);
    })
    .post(`${path}/erase`, fresh, async (c) => {
      const shown = await found(c);
      if (!shown) return missing(c);
      const letters = {
        addresses: (id: typeof shown.id) => addressesOf(db, id),
        blank: (id: typeof shown.id, at: Temporal.Instant) => [
          ...blankLetters(db, id, at),
          forgetClicksOf(db, id),
        ],
      };
      if (!(await erase(database, letters, shown.id, { via: "publisher" }, now()))) return missing(c);
      await log(c, "subscriber-erase", shown.id);
      return c.redirect(withDone(peoplePath, "erased"), 303);
    });
}

function ErasePage({ at, shown }: { at: Desk; shown: ShownSubscriber }) {
  const t = words[at.language];
  const own = `${peoplePath}/${shown.id}`;
  return (
    <PeoplePage at={at} title={t.eraseAsk} intro={<Ltr>{shown.address}</Ltr>}>
      <p>{t.eraseText}</p>
      <Form action={`${own}/erase`}>
        <Actions>
          <Button kind="danger">{t.eraseButton}</Button>
          <Button kind="quiet" href={own}>
            {t.back}
          </Button>
        </Actions>
      </Form>
    </PeoplePage>
  );
}

function PersonPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  shown: ShownSubscriber;
  why: Why | null;
  digests: readonly Digest[];
}) {
  const { at, shown, why, digests } = props;
  const { language, paper } = at;
  const t = words[language];
  const nameOf = (digest: Digest | undefined) => (digest ? digestName(digest, language) : "—");
  const own = `${peoplePath}/${shown.id}`;
  const time = (instant: string | null) =>
    instant === null ? t.never : formatDateTime(Temporal.Instant.from(instant), paper, language);
  /** A section's name where it is still there. */
  const section = (slug: string) => {
    const known = at.sections.find((it) => it.slug === slug);
    return `\u2068${known ? sectionTitle(known, language) : slug}\u2069`;
  };
  const isErased = shown.state === "erased";
  const history = shown.history.slice(-mostShown);
  return (
    <PeoplePage at={at} title={shown.address || t.erasedTitle(String(shown.id))}>
      <Done c={props.c} sentences={t.done} />
      {isErased && <Notice>{t.erased}</Notice>}
      {shown.suppression && (
        <Notice tone="warning">{t.suppressed(suppressionWords[language][shown.suppression])}</Notice>
      )}
      <Block id="facts" title={t.facts}>
        <Facts
          facts={[
            {
              name: t.state,
              value: <Badge tone={stateTones[shown.state]}>{stateWord(shown.state, language)}</Badge>,
            },
            { name: t.language, value: t.languages[shown.language] },
            { name: t.source, value: sourceWord(shown.source, language) },
            { name: t.created, value: time(shown.created_at) },
            { name: t.confirmed, value: time(shown.confirmed_at) },
            { name: t.active, value: time(shown.active_at) },
          ]}
        />
      </Block>
      {!isErased && (
        <Block id="subscriptions" title={t.subscriptions}>
          {shown.digests.length === 0 ? (
            <Empty title={t.noDigests} />
          ) : (
            <Table
              caption={t.subscriptions}
              isHeaded
              columns={[{ label: t.digest }, { label: t.state }, { label: t.choices }]}
              rows={shown.digests.map((it) => [
                <Auto>{nameOf(digests.find(({ slug }) => slug === it.digest))}</Auto>,
                <>
                  <Badge tone={stateTones[it.state]}>{subscriptionWord(it.state, language)}</Badge>{" "}
                  {it.paused_until && t.until(time(it.paused_until))}
                </>,
                [
                  it.sections.length === 0
                    ? t.allSections
                    : it.sections.map(section).join(language === "ar" ? "، " : ", "),
                  t[it.frequency],
                  ...it.slots.map((slot) => `\u2068${slot}\u2069`),
                ].join(" · "),
              ])}
            />
          )}
        </Block>
      )}
      <Block id="history" title={t.history}>
        {history.length === 0 ? (
          <Empty title={t.noHistory} />
        ) : (
          <Table
            caption={t.historyCaption}
            columns={[{ label: t.when, short: true }, { label: t.digest }, { label: t.what }]}
            rows={history.map((event) => [
              formatDateTime(event.at, paper, language),
              <Auto>{nameOf(digests.find(({ id }) => id === event.digest))}</Auto>,
              <Auto>{eventWords(language, event)}</Auto>,
            ])}
          />
        )}
        {shown.history.length > mostShown && <p>{t.hiddenHistory(numberWord(mostShown, language, paper))}</p>}
      </Block>
      {why && why.subscriber !== null && <Letters why={why} at={at} />}
      {!isErased && shown.state !== "left" && (
        <Block id="leave" title={t.leave}>
          <p>{t.leaveText}</p>
          <Form action={`${own}/leave`} label={t.leave}>
            <Actions>
              <Button kind="quiet">{t.leaveButton}</Button>
            </Actions>
          </Form>
        </Block>
      )}
      {!isErased && at.mayAdminister && (
        <Block id="data" title={t.data}>
          <p>{t.dataText}</p>
          <Form action={`${own}/export`} label={t.export}>
            <Actions>
              <Button kind="quiet">{t.export}</Button>
              <Button kind="danger" href={`${own}/erase`}>
                {t.eraseButton}
              </Button>
            </Actions>
          </Form>
        </Block>
      )}
    </PeoplePage>
  );
}
