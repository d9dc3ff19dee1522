// The hub: takes subscription requests, asks callbacks whether they mean it, and pushes feeds that changed. All that it has
// to do stands in the database, so that any process may do it at any time, and a restart forgets nothing.
import type { SignatureMethod, WebSubHub } from "../config.ts";
import type { FeedService, Found } from "../feeds/index.ts";
import { type Database, randomToken } from "../platform/index.ts";
import { type CallDeps, callSeconds, workOff } from "./call.ts";
import { tellOutside } from "./outside.ts";
import {
  bookFailed,
  bookTaken,
  type ClaimedAsk,
  type ClaimedPush,
  claimAsks,
  claimPushes,
  drop,
  forget,
  isAnyDue,
  markChanged,
  putOff,
} from "./queue.ts";
import {
  afterDenial,
  afterPush,
  afterQuestion,
  callbackWith,
  hubUrls,
  methodFor,
  readAsk,
  signature,
} from "./rules.ts";
import { type AskResult, deny, keepAsk, moveTopic, settleAsk } from "./store.ts";
import type { HubTables } from "./tables.ts";

export type HubDeps = CallDeps & {
  database: Database<HubTables>;
  /** The public address of this service. */
  site: URL;
  hub: WebSubHub;
  /** By callback's host. */
  signatures: ReadonlyMap<string, SignatureMethod>;
  feeds: Pick<FeedService, "find" | "forget" | "urlsOf">;
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
  /** How many pushes may be under way at once, and as many questions. */
  lanes: number;
  /** How many calls one run may make: each costs the database some queries, which a host may count. */
  mostCalls: number;
};

export type HubAnswer = { status: 202 | 400 | 404 | 410 | 414 | 429 | 503; text: string };

export type Hub = {
  /** Answers a subscription request, a form as the standard has it (§5.1); the callback is asked afterwards. */
  ask(form: string): Promise<HubAnswer>;
  /**
   * Does what is due: pushes feeds that changed, asks callbacks, tells a hub outside. To be called after each publish and
   * by the clock; any number may run at once. Begins nothing after `until`.
   *
   * @returns how many calls were made
   */
  run(until: Temporal.Instant, stop?: AbortSignal): Promise<number>;
};

/** How long what a request set off may go on after it. */
const afterRequestSeconds = 20;

export function createHub(deps: HubDeps): Hub {
  const { database, feeds, site, hub, now } = deps;

  async function ask(form: string): Promise<HubAnswer> {
    const read = readAsk(form, site);
    if (!read.ok) return { status: 400, text: read.why };
    const wanted = read.ask;
    const topic = await topicAt(feeds, wanted.topic);
    // Whoever wants to leave is not asked what it was (§5): the feed may be gone.
    if (topic.kind === "none" && wanted.mode === "subscribe")
      return { status: topic.status, text: `hub.topic is no feed that could be pushed: ${topic.why}` };
    const result = await keepAsk(
      database,
      {
        ...wanted,
        askedTopic: wanted.topic,
        topic: topic.kind === "feed" ? topic.selfUrl.href : new URL(wanted.topic).href,
        feeds: topic.kind === "feed" ? topic.keys : [],
      },
      now(),
    );
    if (result === "taken") deps.later(() => run(now().add({ seconds: afterRequestSeconds })));
    return answers[result];
  }

  async function run(until: Temporal.Instant, stop?: AbortSignal): Promise<number> {
    let calls = 0;
    const goOn = () =>
      stop?.aborted !== true && calls < deps.mostCalls && Temporal.Instant.compare(now(), until) < 0;
    const bounded: HubDeps = {
      ...deps,
      call(it) {
        calls += 1;
        return deps.call(it);
      },
    };
    if (hub.kind === "off") return 0;
    if (hub.kind === "outside") return tellOutside(bounded, hub.url, goOn);
    if (!(await isAnyDue(database.db, now()))) return 0;
    await markChanged(database, now());
    const worker = randomToken();
    const silent = new Set<string>();
    const turn = (most: number) => ({
      worker,
      most,
      mostOfHost: Math.max(1, Math.floor(deps.lanes / 2)),
      silent: [...silent],
    });
    const taken: ClaimedPush[] = []; // and not booked yet
    const claimed = async (most: number) => {
      const pushes = await claimPushes(database, taken.splice(0), turn(most), now());
      // What another process published this process may not know of yet; it must, before it says what is new.
      if (pushes.length > 0) feeds.forget();
      return pushes;
    };
    const pushAll = async () => {
      try {
        return await workOff(deps.lanes, goOn, claimed, async (push) => {
          if (await pushOne(bounded, push, silent)) taken.push(push);
        });
      } finally {
        await bookTaken(database.db, taken.splice(0), now());
      }
    };
    let all = 0;
    for (;;) {
      const done = await Promise.allSettled([
        pushAll(),
        workOff(
          deps.lanes,
          goOn,
          (most) => claimAsks(database.db, turn(most), now()),
          (it) => askOne(bounded, it, silent),
        ),
      ]);
      let some = 0;
      for (const result of done) {
        if (result.status === "rejected") throw result.reason;
        some += result.value;
      }
      if (some === 0) return all;
      all += some; // once more: a denial is to be told, a new subscription may begin with a push
    }
  }

  return { ask, run };
}

const inAMinute = "Ask again in a minute.";
const answers: Readonly<Record<AskResult, HubAnswer>> = {
  taken: { status: 202, text: "Accepted. The callback will be asked at once whether it means it." },
  busy: { status: 503, text: `There are too many callbacks to ask just now. ${inAMinute}` },
  "host-busy": { status: 429, text: `This host has too many callbacks to ask just now. ${inAMinute}` },
  full: { status: 503, text: "There are as many subscriptions as this hub takes. Poll the feed for now." },
  "host-full": { status: 429, text: "This host has as many subscriptions as this hub gives to one." },
};

type Topic =
  | (Pick<Extract<Found, { kind: "document" }>, "document" | "contentType" | "selfUrl"> & {
      kind: "feed";
      keys: NonNullable<Extract<Found, { kind: "document" }>["feed"]>["keys"];
    })
  | { kind: "none"; status: 400 | 404 | 410 | 414; why: string };

/** The feed that a topic means, also where it has moved since. */
async function topicAt(feeds: HubDeps["feeds"], url: string, moves = 2): Promise<Topic> {
  const found = await feeds.find(url);
  if (found.kind === "refused") return { kind: "none", status: found.status, why: found.why };
  if (found.kind === "redirect" && found.status === 301 && moves > 0)
    return topicAt(feeds, found.to.href, moves - 1);
  if (found.kind === "document" && found.feed !== null && found.feed.archive === null)
    return { ...found, kind: "feed", keys: found.feed.keys };
  return { kind: "none", status: 404, why: "nothing at this address changes. /feeds.opml lists the feeds." };
}

/** Pushes a feed, whole, to one callback (§7). @returns whether it took it, which is to be booked; what else became of it is */
async function pushOne(deps: HubDeps, push: ClaimedPush, silent: Set<string>): Promise<boolean> {
  const { database, now, log, count } = deps;
  const facts = { subscription: push.id, host: push.callback.host, topic: push.topic };
  let topic: Topic;
  try {
    topic = await topicAt(deps.feeds, push.topic);
  } catch (error) {
    // One feed that cannot be made must not hold up the others.
    log.error({ ...facts, error: String(error) }, "feed not made for a push");
    await bookFailed(database.db, push, { afterSeconds: 60, why: "the feed could not be made" }, now());
    return false;
  }
  if (topic.kind === "none") {
    log.info({ ...facts, why: topic.why }, "subscription ended: its feed is no more");
    await deny(database, push, topic.why, now());
    return false;
  }
  const self = topic.selfUrl.href;
  if (self !== push.topic && !(await moveTopic(database, push, self))) return false;
  const body = topic.document.identity;
  const links = [
    ...hubUrls(deps.hub, deps.site).map((url) => `<${url}>; rel="hub"`),
    `<${self}>; rel="self"`,
  ];
  const signed = push.secret !== null && {
    "X-Hub-Signature": await signature(methodFor(deps.signatures, push.callback), push.secret, body),
  };
  const headers = { "Content-Type": topic.contentType, Link: links.join(", "), ...signed };
  const reply = await deps.call({ url: push.callback, method: "POST", headers, body, seconds: callSeconds });
  if (reply.kind === "silence") silent.add(push.callback.hostname);
  const outcome = afterPush(reply, push.tries + 1, now());
  count("push", results[outcome.kind]);
  if (outcome.kind === "done") return true;
  log.warn(
    { ...facts, why: outcome.why },
    outcome.kind === "again" ? "push not taken" : "subscription ended",
  );
  if (outcome.kind === "again") await bookFailed(database.db, push, outcome, now());
  else await drop(database.db, push);
  return false;
}

const results = { done: "ok", again: "failed", dropped: "dropped" } as const;

/** Asks a callback whether it means it (§5.3), or tells it that its subscription has ended (§5.2). */
async function askOne(deps: HubDeps, it: ClaimedAsk, silent: Set<string>): Promise<void> {
  const { database, now, log, count } = deps;
  const askedAt = now();
  const challenge = randomToken();
  const about = { "hub.mode": it.mode, "hub.topic": it.askedTopic };
  const parameters =
    it.mode === "denied"
      ? { ...about, "hub.reason": it.reason ?? "" }
      : { ...about, "hub.challenge": challenge, "hub.lease_seconds": String(it.leaseSeconds) };
  const url = callbackWith(it.callback, parameters);
  const reply = await deps.call({ url, method: "GET", headers: {}, seconds: callSeconds });
  if (reply.kind === "silence") silent.add(it.callback.hostname);
  const outcome =
    it.mode === "denied"
      ? afterDenial(reply, it.tries, now())
      : afterQuestion(reply, challenge, it.tries, now());
  count(it.mode === "denied" ? "denial" : "verification", results[outcome.kind]);
  if (outcome.kind === "again") return putOff(database.db, it, outcome.afterSeconds, now());
  if (outcome.kind === "dropped")
    log.info(
      { host: it.callback.host, topic: it.askedTopic, mode: it.mode, why: outcome.why },
      "callback not won",
    );
  if (outcome.kind === "done" && it.mode !== "denied") await settleAsk(database, it, askedAt, now());
  else await forget(database.db, it);
}
