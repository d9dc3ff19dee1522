// The publisher's own programs that are told what happened: listed, added with a secret that is shown once, tried out, told again, removed.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { audit, auditIfChanged, requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  addEndpoint,
  type Endpoint,
  type EventKind,
  eventKinds,
  listEndpoints,
  newSecret,
  removeEndpoint,
  replay,
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
  Field,
  Form,
  Ltr,
  Notice,
  readForm,
  Source,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import { ConfirmPage, Done, fieldIn, SettingsPage, withDone } from "./settings.tsx";

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
    act: "أعمال",
    test: "جرّبه",
    replay: "أخبره مرة أخرى",
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
    act: "Acts",
    test: "Try it",
    replay: "Tell it again",
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
  const list = async (
    c: Context<DeskEnv>,
    typed: Typed,
    problem: Problem | null = null,
    tried: Tried | null = null,
  ) => {
    const at = await deskOf(c, deps);
    const endpoints = await listEndpoints(db);
    return c.html(<HooksPage {...{ c, at, endpoints, typed, problem, tried }} />, problem ? 422 : 200);
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
      return c.html(<SecretPage at={await deskOf(c, deps)} url={url} secret={secret} />, 201);
    })
    .post(`${path}/:id/test`, administrators, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const answer = await testHook({ call: deps.call, now }, endpoint);
      const said = answer.ok ? String(answer.status) : answer.why;
      return list(c, nothing, null, { ok: answer.ok, said });
    })
    .post(`${path}/:id/replay`, administrators, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const entry = { actor: c.var.editor.address, act: "webhook-replay", subject: endpoint.url.origin };
      await batch([
        switchOn(db, endpoint.id),
        audit(db, entry, now()),
        ...replay(db, endpoint.id, null, now()),
      ]);
      return c.redirect(withDone(path, "replayed"), 303);
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
          action={`${path}/${endpoint.id}/remove`}
          button={t.remove}
          back={path}
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
  const asked = (await readForm(c.req.parseBody({ all: true })))["event"];
  const names = Array.isArray(asked) ? asked : [asked];
  return { url, events: eventKinds.filter((kind) => names.includes(kind)) };
}

function SecretPage({ at, url, secret }: { at: Desk; url: URL; secret: string }) {
  const t = words[at.language];
  return (
    <SettingsPage at={at} title={t.secret} intro={<Ltr>{url.href}</Ltr>}>
      <Notice tone="warning">{t.secretText}</Notice>
      <Source text={secret} label={t.secret} />
      <Actions>
        <Button kind="quiet" href={path}>
          {t.back}
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
  tried: Tried | null;
}) {
  const { at, endpoints, typed, problem, tried } = props;
  const { language } = at;
  const t = words[language];
  const wrong = (field: Problem["field"]) => (problem?.field === field ? problem.why : null);
  return (
    <SettingsPage at={at} title={t.title} intro={t.intro}>
      <Done c={props.c} sentences={t.done} />
      {tried && (
        <Notice tone={tried.ok ? "ok" : "error"}>
          {tried.ok ? t.tested(tried.said) : t.notTested(tried.said)}
        </Notice>
      )}
      {endpoints.length === 0 ? (
        <Empty title={t.none} />
      ) : (
        <Table
          caption={t.caption}
          columns={[{ label: t.url }, { label: t.events }, { label: t.state }, { label: t.act }]}
          rows={endpoints.map((it) => [
            <Ltr>{it.url.href}</Ltr>,
            it.events.map((kind) => t.eventWords[kind]).join(language === "ar" ? "، " : ", "),
            <Standing at={at} endpoint={it} />,
            <Form action={`${path}/${it.id}/test`} layout="line" label={`\u2068${it.url.href}\u2069`}>
              <Button kind="quiet">{t.test}</Button>
              <button class="button button-quiet" type="submit" formaction={`${path}/${it.id}/replay`}>
                {t.replay}
              </button>
              <Button kind="danger" href={`${path}/${it.id}/remove`}>
                {t.remove}
              </Button>
            </Form>,
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
              label: t.eventWords[value],
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
