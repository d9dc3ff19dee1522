// The publisher's own programs that are told what happened: listed, and added with a secret that is shown once; and all that may be done
// with one, whose page is in hook-page.tsx.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { audit, auditIfChanged, requireEditor, requireFresh } from "../accounts/index.ts";
import {
  addEndpoint,
  type Endpoint,
  type EventKind,
  eventKinds,
  formerHours,
  listCalls,
  listEndpoints,
  newSecret,
  removeEndpoint,
  replay,
  rotateSecret,
  switchOn,
  testHook,
  whyNoEndpoint,
} from "../hooks/index.ts";
import {
  Actions,
  Block,
  Button,
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
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps, numberIn, textsIn } from "./desk.ts";
import { eventList, HookPage, hookPath, hooksPath, Standing, shownCalls, type Tried } from "./hook-page.tsx";
import { hookWords as words } from "./hook-words.ts";
import { ConfirmPage, Done, RefusedPage, SettingsPage, withDone } from "./settings.tsx";
import { capital, numberWord } from "./words.ts";

const longestUrl = 2000;

type Typed = { url: string; events: readonly EventKind[] };
type Problem = { field: "url" | "events"; why: string };

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
    .get(hooksPath, administrators, (c) => list(c, nothing))
    .post(hooksPath, fresh, async (c) => {
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
      return c.html(
        <SecretPage at={await deskOf(c, deps)} url={url} secret={secret} back={hooksPath} />,
        201,
      );
    })
    .get(`${hooksPath}/:id`, administrators, async (c) => {
      const endpoint = await found(c);
      return endpoint ? one(c, endpoint) : missing(c);
    })
    .post(`${hooksPath}/:id/secret`, fresh, async (c) => {
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
          <RefusedPage at={at} why={words[at.language].rotatedBefore} back={hookPath(endpoint)} />,
          409,
        );
      return c.html(
        <SecretPage at={at} url={endpoint.url} secret={secret} back={hookPath(endpoint)} rotated />,
      );
    })
    .post(`${hooksPath}/:id/test`, administrators, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const answer = await testHook({ call: deps.call, now }, endpoint);
      const said = answer.ok ? String(answer.status) : answer.why;
      return one(c, endpoint, { tried: { ok: answer.ok, said } });
    })
    .post(`${hooksPath}/:id/replay`, administrators, async (c) => {
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
      return c.redirect(withDone(hookPath(endpoint), "replayed"), 303);
    })
    .get(`${hooksPath}/:id/remove`, administrators, async (c) => {
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
          action={`${hookPath(endpoint)}/remove`}
          button={t.remove}
          back={hookPath(endpoint)}
        />,
      );
    })
    .post(`${hooksPath}/:id/remove`, administrators, async (c) => {
      const endpoint = await found(c);
      if (!endpoint) return missing(c);
      const entry = { actor: c.var.editor.address, act: "webhook-remove", subject: endpoint.url.origin };
      await batch([removeEndpoint(db, endpoint.id), auditIfChanged(db, entry, now())]);
      return c.redirect(withDone(hooksPath, "removed"), 303);
    });
}

async function typedIn(c: Context<DeskEnv>): Promise<Typed> {
  const url = (await fieldIn(c, "url")).slice(0, longestUrl);
  const names = textsIn(await readForm(c.req.parseBody({ all: true })), "event");
  return { url, events: eventKinds.filter((kind) => names.includes(kind)) };
}

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
            <a href={hookPath(it)}>
              <Ltr>{it.url.href}</Ltr>
            </a>,
            eventList(it.events, language),
            <Standing at={at} endpoint={it} />,
          ])}
        />
      )}
      <Block id="add" title={t.add}>
        <Form action={hooksPath} label={t.add}>
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
