// One program that is told what happened: what it was told last, a test, what is told again, another secret, its removal.
import type { Context } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import {
  type Endpoint,
  type EventKind,
  formerHours,
  isEventKind,
  type ListedCall,
  secretMark,
} from "../hooks/index.ts";
import {
  Actions,
  Badge,
  Block,
  Button,
  Empty,
  Facts,
  Field,
  Form,
  Ltr,
  Notice,
  Table,
} from "../web/index.ts";
import type { Desk, DeskEnv } from "./desk.ts";
import { hookWords as words } from "./hook-words.ts";
import { Done, SettingsPage } from "./settings.tsx";
import { capital, numberWord } from "./words.ts";

export const hooksPath = "/newsroom/settings/webhooks";

/** The page of one. */
export const hookPath = ({ id }: Endpoint): string => `${hooksPath}/${id}`;

/** Events of one program that its page shows. */
export const shownCalls = 50;

/** What came of a test. */
export type Tried = { ok: boolean; said: string };

/** The page of one program. */
export function HookPage(props: {
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
  const own = hookPath(endpoint);
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
                { label: t.when, short: true },
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
          <Button kind="quiet" href={hooksPath}>
            {t.back}
          </Button>
        </Actions>
      </Block>
    </SettingsPage>
  );
}

const callTones = { waiting: "warning", told: "ok", dead: "error" } as const;

/** Events as a list in words. */
export const eventList = (events: readonly EventKind[], language: "ar" | "en"): string =>
  capital(events.map((kind) => words[language].eventWords[kind]).join(language === "ar" ? "، " : ", "));

/** Whether it is told, and since when it takes nothing. */
export function Standing({ at, endpoint }: { at: Desk; endpoint: Endpoint }) {
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
