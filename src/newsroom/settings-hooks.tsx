// The publisher's own programs that are told what happened: listed, added with a secret that is shown once, and for each what it was told,
// a test, what is told again, another secret, its removal.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { audit, auditIfChanged, requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  addEndpoint,
  type Endpoint,
  type EventKind,
  eventKinds,
  formerHours,
  isEventKind,
  type ListedCall,
  listCalls,
  listEndpoints,
  newSecret,
  removeEndpoint,
  replay,
  rotateSecret,
  secretMark,
  switchOn,
  testHook,
  whyNoEndpoint,
} from "../hooks/index.ts";
import {
  Actions,
  Badge,
  Block,
  Button,
  bothLanguages,
  Choices,
  Empty,
  ErrorPage,
  Facts,
  Field,
  Form,
  Ltr,
  Notice,
  readForm,
  Source,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps, numberIn, textsIn } from "./desk.ts";
import { ConfirmPage, Done, RefusedPage, SettingsPage, withDone } from "./settings.tsx";
import { capital, numberWord } from "./words.ts";

const path = "/newsroom/settings/webhooks";
const longestUrl = 2000;

const words = bothLanguages({
  ar: {
    title: "إخبار البرامج",
    intro: "برامج لكم تُخبَر بما جرى حين يجري، بطلب موقّع يُعاد حتى تقبله (\u2068Webhooks\u2069).",
    caption: "كل ما يُخبَر",
    url: "العنوان",
    urlHelp: "\u2068https\u2069، والبرنامج خلفه يجيب في ثوانٍ.",
    events: "بماذا",
    eventWords: {
      "issue.sent": "أُرسل عدد",
      "subscriber.confirmed": "أكّد مشترك",
      "subscriber.unsubscribed": "ألغى مشترك",
      "subscriber.erased": "مُحيت بيانات مشترك",
      "letter.bounced": "ارتدت رسالة",
      "letter.complained": "شُكي من رسالة",
    } satisfies Record<EventKind, string>,
    state: "الحال",
    on: "يُخبَر",
    off: "قال إنه زال (410)",
    failing: (since: string) => `لا يقبل منذ ${since}`,
    added: "أُضيف",
    test: "أرسل تجربة",
    testText: "يصله الآن طلب موقّع يقول إنه تجربة.",
    calls: "آخر ما أُخبر به",
    callsText: (n: string) => `أحدث ${n} من الأحداث. يُحفظ ما انتهى منها أسبوعًا.`,
    noCalls: "لم يقع ما يُخبَر به بعد",
    event: "الحدث",
    when: "وقع",
    became: "ما صار إليه",
    tries: "المحاولات",
    callStates: {
      waiting: (at: string) => `ينتظر، ويُعاد في ${at}`,
      told: (at: string) => `قُبل في ${at}`,
      dead: (at: string) => `تُرك في ${at}`,
    },
    replayTitle: "أخبره مرة أخرى",
    replay: "أخبره",
    replayText:
      "يُخبَر بما تُرك. وإن قال إنه زال فهذا يعيده. ولكل حدث رقمه الأول، فلا يعمل به مرتين من يتذكر الأرقام.",
    since: "وبما قبله منذ يوم",
    optional: "اختياري",
    badDay: "اكتب يومًا، مثل \u20682026-03-01\u2069.",
    rotateTitle: "غيّر السر",
    rotate: "اصنع سرًا جديدًا",
    rotateText: (hours: string) =>
      `يوقّع السر القديم مع الجديد ${hours} ساعة، فتنقل البرنامج إليه دون أن يضيع طلب. افعل ذلك إن رآه غيرك، أو مرة كل سنة.`,
    rotatedBefore:
      "غُيّر السر بعد أن فتحت الصفحة، فلم يُغيّر مرة أخرى: لو غُيّر لضاعت طلبات. إن لم تكن نسخت السر الجديد فعد إلى صفحة البرنامج واصنع غيره.",
    bothSign: (until: string) => `السر القديم يوقّع مع الجديد حتى ${until}`,
    removeTitle: "احذف البرنامج",
    remove: "احذفه",
    removeAsk: "أتحذف هذا البرنامج؟",
    removeText: "لا يُخبَر بشيء بعد ذلك، ولا بما ينتظره الآن.",
    none: "لا برنامج يُخبَر بعد",
    add: "أضف برنامجًا",
    addButton: "أضفه",
    noEvent: "اختر حدثًا واحدًا على الأقل.",
    badUrl: (why: string) => `لا يصلح هذا العنوان: \u2068${why}\u2069`,
    tooMany: "البرامج كثيرة. احذف واحدًا لا حاجة إليه.",
    secret: "هذا هو سر التوقيع",
    secretText: "انسخه الآن إلى البرنامج: لا يظهر مرة أخرى.",
    back: "إلى القائمة",
    toOne: "إلى البرنامج",
    tested: (answer: string) => `قُبلت التجربة: ${answer}.`,
    notTested: (why: string) => `لم تُقبل التجربة: \u2068${why}\u2069.`,
    done: {
      removed: "حُذف البرنامج.",
      replayed: "يُخبَر مرة أخرى بما تُرك، ابتداءً من الدقيقة التالية.",
    },
  },
  en: {
    title: "Webhooks",
    intro:
      "Programs of yours that are told what happened when it happens, by a signed call that is repeated until they took it.",
    caption: "All that are told",
    url: "Address",
    urlHelp: "With https; the program behind it answers within seconds.",
    events: "Of what",
    eventWords: {
      "issue.sent": "an issue was sent",
      "subscriber.confirmed": "somebody confirmed",
      "subscriber.unsubscribed": "somebody unsubscribed",
      "subscriber.erased": "somebody was erased",
      "letter.bounced": "a letter bounced",
      "letter.complained": "a letter was complained of",
    },
    state: "State",
    on: "is told",
    off: "said that it is gone (410)",
    failing: (since: string) => `takes nothing since ${since}`,
    added: "Added",
    test: "Send a test",
    testText: "It gets a signed call now that says it is a test.",
    calls: "What it was told last",
    callsText: (n: string) => `The newest ${n} events. What is over is kept for a week.`,
    noCalls: "Nothing was to be told yet",
    event: "Event",
    when: "Happened",
    became: "What became of it",
    tries: "Tries",
    callStates: {
      waiting: (at: string) => `waits until ${at}`,
      told: (at: string) => `taken ${at}`,
      dead: (at: string) => `given up ${at}`,
    },
    replayTitle: "Tell it again",
    replay: "Tell it",
    replayText:
      "It is told what was given up; where it said that it is gone, this brings it back. Each event has the id it had at first, so that who remembers ids acts on none twice.",
    since: "And what it took since",
    optional: "optional",
    badDay: "Write a day, such as 2026-03-01.",
    rotateTitle: "Change the secret",
    rotate: "Make a new secret",
    rotateText: (hours: string) =>
      `The old one signs beside the new one for ${hours} hours, so that you change the program without losing a call. Do it when somebody saw it, or once a year.`,
    rotatedBefore:
      "The secret was changed after you opened the page, so it was not changed again: calls would be lost. If you did not copy the new one, go back to the program’s page and make another.",
    bothSign: (until: string) => `The old secret signs beside the new one until ${until}`,
    removeTitle: "Remove the program",
    remove: "Remove",
    removeAsk: "Remove this program?",
    removeText: "It is told nothing any more, nor what waits for it now.",
    none: "No program is told yet",
    add: "Add a program",
    addButton: "Add it",
    noEvent: "Choose one event at least.",
    badUrl: (why: string) => `This address does not work: ${why}`,
    tooMany: "There are too many. Remove one that nobody needs.",
    secret: "This is the secret that signs",
    secretText: "Copy it to the program now: it is not shown again.",
    back: "To the list",
    toOne: "To the program",
    tested: (answer: string) => `The test was taken: ${answer}.`,
    notTested: (why: string) => `The test was not taken: ${why}.`,
    done: {
      removed: "The program was removed.",
      replayed: "It is told again what was given up, from the next minute on.",
    },
  },
});

type Typed = { url: string; events: readonly EventKind[] };
type Problem = { field: "url" | "events"; why: string };
type Tried = { ok: boolean; said: string };

/** Events of one program that its page shows. */
const shownCalls = 50;

/** `/newsroom/settings/webhooks`, for administrators. */
export function webhookPageRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db, batch } = database;
  const administrators = requireEditor(deps, "administrator");
  const fresh = requireFresh(deps, "administrator");
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);
  const found = async (c: Context<DeskEnv>) => {
    const id = numberIn(c.req.param("id"));
    return (await listEndpoints(db)).find((it) => it.id === id);
  };
  const list = async (c: Context<DeskEnv>, typed: Typed, problem: Problem | null = null) => {
    const at = await deskOf(c, deps);
    const endpoints = await listEndpoints(db);
    return c.html(<HooksPage {...{ c, at, endpoints, typed, problem }} />, problem ? 422 : 200);
  };
  const one = async (
    c: Context<DeskEnv>,
    endpoint: Endpoint,
    { tried = null, since = null }: { tried?: Tried | null; since?: string | null } = {},
  ) => {
    const at = await deskOf(c, deps);
    const calls = await listCalls(db, endpoint.id, shownCalls);
    const status = since === null ? 200 : 422;
    return c.html(<HookPage {...{ c, at, endpoint, calls, tried, since }} now={now()} />, status);
  };
  const nothing: Typed = { url: "", events: [] };

  return new Hono<DeskEnv>()
    .get(path, administrators, (c) => list(c, nothing))
    .post(path, fresh, async (c) => {
      const { language } = await deskOf(c, deps);
      const t = words[language];
      const typed = await typedIn(c);
      const why = whyNoEndpoint(typed.url);
      if (why !== null) return list(c, typed, { field: "url", why: t.badUrl(why) });
      if (typed.events.length === 0) return list(c, typed, { field: "events", why: t.noEvent });
      const url = new URL(typed.url);
      const secret = newSecret();
      const entry = { actor: c.var.editor.address, act: "webhook-add", subject: url.origin };
      const [added] = await batch([
        addEndpoint(db, { url, events: typed.events, secret }, now()),
        auditIfChanged(db, entry, now()),
      ]);
      if (!z.object({ id: z.number() }).safeParse(added?.rows[0]).success)
        return list(c, typed, { field: "url", why: t.tooMany });
      return c.html(<SecretPage at={await deskOf(c, deps)} url={url} secret={secret} back={path} />, 201);
    })
    .get(`${path}/:id`, administrators, async (c) => {
      const endpoint = await found(c);
      return endpoint ? one(c, endpoint) : missing(c);
    })
    .post(`${path}/:id/secret`, fresh, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const secret = newSecret();
      const entry = { actor: c.var.editor.address, act: "webhook-secret", subject: endpoint.url.origin };
      const seen = await fieldIn(c, "seen");
      const rotating = rotateSecret(
        db,
        endpoint.id,
        secret,
        now(),
        /^\d{1,15}$/.test(seen) ? Number(seen) : null,
      );
      const [rotated] = await batch([rotating, auditIfChanged(db, entry, now())]);
      const at = await deskOf(c, deps);
      if (rotated?.changes !== 1)
        return c.html(
          <RefusedPage at={at} why={words[at.language].rotatedBefore} back={pathOf(endpoint)} />,
          409,
        );
      return c.html(
        <SecretPage at={at} url={endpoint.url} secret={secret} back={pathOf(endpoint)} rotated />,
      );
    })
    .post(`${path}/:id/test`, administrators, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const answer = await testHook({ call: deps.call, now }, endpoint);
      const said = answer.ok ? String(answer.status) : answer.why;
      return one(c, endpoint, { tried: { ok: answer.ok, said } });
    })
    .post(`${path}/:id/replay`, administrators, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const typed = await fieldIn(c, "since");
      const since = dayIn(typed, (await deskOf(c, deps)).paper.zone);
      if (since === "none") return one(c, endpoint, { since: typed.slice(0, 40) });
      const entry = { actor: c.var.editor.address, act: "webhook-replay", subject: endpoint.url.origin };
      await batch([
        switchOn(db, endpoint.id),
        audit(db, entry, now()),
        ...replay(db, endpoint.id, since, now()),
      ]);
      return c.redirect(withDone(pathOf(endpoint), "replayed"), 303);
    })
    .get(`${path}/:id/remove`, administrators, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const at = await deskOf(c, deps);
      const t = words[at.language];
      return c.html(
        <ConfirmPage
          at={at}
          title={t.removeAsk}
          text={
            <>
              <Ltr>{endpoint.url.href}</Ltr>
              <br />
              {t.removeText}
            </>
          }
          action={`${pathOf(endpoint)}/remove`}
          button={t.remove}
          back={pathOf(endpoint)}
        />,
      );
    })
    .post(`${path}/:id/remove`, administrators, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const entry = { actor: c.var.editor.address, act: "webhook-remove", subject: endpoint.url.origin };
      await batch([removeEndpoint(db, endpoint.id), auditIfChanged(db, entry, now())]);
      return c.redirect(withDone(path, "removed"), 303);
    });
}

async function typedIn(c: Context<DeskEnv>): Promise<Typed> {
  const url = (await fieldIn(c, "url")).slice(0, longestUrl);
  const names = textsIn(await readForm(c.req.parseBody({ all: true })), "event");
  return { url, events: eventKinds.filter((kind) => names.includes(kind)) };
}

const pathOf = ({ id }: Endpoint): string => `${path}/${id}`;

/** When a day begins by the paper's clock; null where none was typed. */
function dayIn(typed: string, zone: string): Temporal.Instant | "none" | null {
  if (typed === "") return null;
  try {
    return Temporal.PlainDate.from(typed).toZonedDateTime(zone).toInstant();
  } catch {
    return "none";
  }
}

function SecretPage(props: { at: Desk; url: URL; secret: string; back: string; rotated?: boolean }) {
  const { at, url, secret, rotated } = props;
  const t = words[at.language];
  return (
    <SettingsPage at={at} title={t.secret} intro={<Ltr>{url.href}</Ltr>}>
      <Notice tone="warning">
        {t.secretText} {rotated && t.rotateText(numberWord(formerHours, at.language, at.paper))}
      </Notice>
      <Source text={secret} label={t.secret} />
      <Actions>
        <Button kind="quiet" href={props.back}>
          {rotated ? t.toOne : t.back}
        </Button>
      </Actions>
    </SettingsPage>
  );
}

function HooksPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  endpoints: readonly Endpoint[];
  typed: Typed;
  problem: Problem | null;
}) {
  const { at, endpoints, typed, problem } = props;
  const { language } = at;
  const t = words[language];
  const wrong = (field: Problem["field"]) => (problem?.field === field ? problem.why : null);
  return (
    <SettingsPage at={at} title={t.title} intro={t.intro}>
      <Done c={props.c} sentences={t.done} />
      {endpoints.length === 0 ? (
        <Empty title={t.none} />
      ) : (
        <Table
          caption={t.caption}
          columns={[{ label: t.url }, { label: t.events }, { label: t.state }]}
          rows={endpoints.map((it) => [
            <a href={pathOf(it)}>
              <Ltr>{it.url.href}</Ltr>
            </a>,
            eventList(it.events, language),
            <Standing at={at} endpoint={it} />,
          ])}
        />
      )}
      <Block id="add" title={t.add}>
        <Form action={path} label={t.add}>
          <Field
            name="url"
            kind="url"
            label={t.url}
            help={t.urlHelp}
            value={typed.url}
            error={wrong("url")}
            maxLength={longestUrl}
            required
          />
          <Choices
            name="event"
            legend={t.events}
            error={wrong("events")}
            options={eventKinds.map((value) => ({
              value,
              label: capital(t.eventWords[value]),
              checked: typed.events.includes(value),
            }))}
          />
          <Actions>
            <Button>{t.addButton}</Button>
          </Actions>
        </Form>
      </Block>
    </SettingsPage>
  );
}

const eventList = (events: readonly EventKind[], language: "ar" | "en"): string =>
  capital(events.map((kind) => words[language].eventWords[kind]).join(language === "ar" ? "، " : ", "));

function HookPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  endpoint: Endpoint;
  calls: readonly ListedCall[];
  tried: Tried | null;
  /** What was typed as a day, and is none. */
  since: string | null;
  now: Temporal.Instant;
}) {
  const { at, endpoint, calls, tried, since, now } = props;
  const { language, paper } = at;
  const t = words[language];
  const own = pathOf(endpoint);
  const moment = (it: Temporal.Instant) => formatDateTime(it, paper, language);
  const { former } = endpoint;
  return (
    <SettingsPage at={at} title={endpoint.url.host} intro={<Ltr>{endpoint.url.href}</Ltr>}>
      <Done c={props.c} sentences={t.done} />
      {tried && (
        <Notice tone={tried.ok ? "ok" : "error"}>
          {tried.ok ? t.tested(tried.said) : t.notTested(tried.said)}
        </Notice>
      )}
      <Facts
        facts={[
          { name: t.events, value: eventList(endpoint.events, language) },
          { name: t.state, value: <Standing at={at} endpoint={endpoint} /> },
          { name: t.added, value: moment(endpoint.createdAt) },
        ]}
      />
      <Block id="calls" title={t.calls}>
        {calls.length === 0 ? (
          <Empty title={t.noCalls} />
        ) : (
          <>
            <p>{t.callsText(numberWord(shownCalls, language, paper))}</p>
            <Table
              caption={t.calls}
              isHeaded
              columns={[
                { label: t.event },
                { label: t.when, whole: true },
                { label: t.became },
                { label: t.tries, numeric: true },
              ]}
              rows={calls.map((it) => [
                isEventKind(it.event) ? capital(t.eventWords[it.event]) : <Ltr>{it.event}</Ltr>,
                moment(it.at),
                <>
                  <Badge tone={callTones[it.state]}>{t.callStates[it.state](moment(it.due))}</Badge>{" "}
                  {it.reply !== null && it.state !== "told" && <Ltr>{it.reply}</Ltr>}
                </>,
                numberWord(it.tries, language, paper),
              ])}
            />
          </>
        )}
        <Form action={`${own}/test`} label={t.test}>
          <p>{t.testText}</p>
          <Actions>
            <Button kind="quiet">{t.test}</Button>
          </Actions>
        </Form>
      </Block>
      <Block id="replay" title={t.replayTitle}>
        <p>{t.replayText}</p>
        <Form action={`${own}/replay`} layout="line" label={t.replayTitle}>
          <Field
            name="since"
            kind="date"
            label={t.since}
            optional={t.optional}
            value={since}
            error={since === null ? null : t.badDay}
          />
          <Button kind="quiet">{t.replay}</Button>
        </Form>
      </Block>
      <Block id="secret" title={t.rotateTitle}>
        {former !== null && Temporal.Instant.compare(now, former.until) < 0 && (
          <Notice>{t.bothSign(moment(former.until))}</Notice>
        )}
        <p>{t.rotateText(numberWord(formerHours, language, paper))}</p>
        <Form action={`${own}/secret`} label={t.rotateTitle}>
          <input type="hidden" name="seen" value={String(secretMark(endpoint))} />
          <Actions>
            <Button kind="quiet">{t.rotate}</Button>
          </Actions>
        </Form>
      </Block>
      <Block id="remove" title={t.removeTitle}>
        <p>{t.removeText}</p>
        <Actions>
          <Button kind="danger" href={`${own}/remove`}>
            {t.remove}
          </Button>
          <Button kind="quiet" href={path}>
            {t.back}
          </Button>
        </Actions>
      </Block>
    </SettingsPage>
  );
}

const callTones = { waiting: "warning", told: "ok", dead: "error" } as const;

function Standing({ at, endpoint }: { at: Desk; endpoint: Endpoint }) {
  const { language, paper } = at;
  const t = words[language];
  if (!endpoint.on) return <Badge tone="error">{t.off}</Badge>;
  if (endpoint.failingSince === null) return <Badge tone="ok">{t.on}</Badge>;
  return (
    <>
      <Badge tone="warning">{t.failing(formatDateTime(endpoint.failingSince, paper, language))}</Badge>{" "}
      <Ltr>{endpoint.reply ?? ""}</Ltr>
    </>
  );
}
