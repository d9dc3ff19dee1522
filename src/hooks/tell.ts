// Tells endpoints what happened, beside the mail and never before it.
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import { type DigestTables, type IssueId, issueById, issueName, issuePath } from "../digests/index.ts";
import type { Batch, Clock, GuardedCall, Log } from "../platform/index.ts";
import type { SubscriberTables } from "../subscribers/index.ts";
import { nextTry, signedHeaders, testKind } from "./event.ts";
import {
  bookCalls,
  type Call,
  type Endpoint,
  type HookTables,
  hasEndpoints,
  listEndpoints,
  secretsOf,
  type Told,
  takeCalls,
  tidyCalls,
} from "./store.ts";

export type HookDeps = {
  database: { db: Kysely<HookTables & DigestTables & SubscriberTables>; batch: Batch };
  call: GuardedCall;
  site: URL;
  now: Clock;
  log: Log;
  /** How many calls may be under way at once. */
  lanes: number;
  /** How many calls a tick may make. */
  mostCalls: number;
};

/** An endpoint may take so long to answer: it should take an event down and act on it later. */
const answerSeconds = 15;

/** So many calls are taken at once, and to one endpoint so many are under way. */
const takenAtOnce = 25;
const mostAtOnce = 4;

/**
 * Tells what is due until `until`. An endpoint that fails is left alone until the next tick, so that it costs a few calls and not all
 * that wait for it.
 *
 * @returns how many events were told
 */
export async function tellHooks(
  deps: HookDeps,
  until: Temporal.Instant,
  stop?: AbortSignal,
): Promise<number> {
  const { db } = deps.database;
  if (!(await hasEndpoints(db))) return 0;
  await tidyCalls(db, deps.now());
  let left = deps.mostCalls;
  const inTime = () => stop?.aborted !== true && Temporal.Instant.compare(deps.now(), until) < 0;
  const tellOne = async (endpoint: Endpoint): Promise<number> => {
    let told = 0;
    while (left > 0 && inTime()) {
      const calls = await takeCalls(db, endpoint.id, Math.min(takenAtOnce, left), deps.now());
      if (calls.length === 0) break;
      left -= calls.length;
      const booked = await tellThese(deps, endpoint, calls, inTime);
      told += booked.filter(({ kind }) => kind === "told").length;
      if (booked.some(({ kind }) => kind !== "told")) break;
    }
    return told;
  };
  const endpoints = (await listEndpoints(db)).filter(({ on }) => on);
  if (deps.lanes > 1) return sum(await Promise.all(endpoints.map(tellOne)));
  let told = 0;
  for (const endpoint of endpoints) told += await tellOne(endpoint);
  return told;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, it) => total + it, 0);

/**
 * Tells what was taken. What there is no time for is due as before: a slow endpoint takes longer for all of them than they are
 * leased for, and the next turn would tell them a second time.
 */
async function tellThese(
  deps: HookDeps,
  endpoint: Endpoint,
  calls: readonly Call[],
  inTime: () => boolean,
): Promise<Told[]> {
  const { db, batch } = deps.database;
  const booked: Told[] = [];
  const waiting = [...calls];
  let failed = false;
  let gone = false;
  const lane = async () => {
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      if (failed || !inTime()) {
        booked.push({ call, kind: "untried" });
        continue;
      }
      const data = await dataOf(deps, call);
      const answer = await callEndpoint(deps, endpoint, `msg_${call.id}`, call.event, call.at, data);
      if (answer.ok) booked.push({ call, kind: "told" });
      else {
        failed = true;
        gone ||= answer.gone;
        const again = nextTry(deps.now(), call.tries + 1, answer.retryAfter);
        booked.push({ call, kind: "failed", reply: answer.why, again });
        deps.log.warn({ webhook: endpoint.id, event: call.event, why: answer.why }, "webhook not taken");
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(deps.lanes, mostAtOnce, calls.length) }, lane));
  await batch(bookCalls(db, endpoint.id, booked, gone, deps.now()));
  return booked;
}

type Answer =
  | { ok: true; status: number }
  | { ok: false; why: string; gone: boolean; retryAfter: string | null };

async function callEndpoint(
  { call, now }: Pick<HookDeps, "call" | "now">,
  endpoint: Endpoint,
  id: string,
  type: string,
  at: Temporal.Instant,
  data: unknown,
): Promise<Answer> {
  const body = new TextEncoder().encode(JSON.stringify({ type, timestamp: at.toString(), data }));
  const headers = await signedHeaders(secretsOf(endpoint, now()), id, body, now());
  const result = await call({ method: "POST", url: endpoint.url, headers, body, seconds: answerSeconds });
  if (result.kind !== "answer") return { ok: false, why: result.why, gone: false, retryAfter: null };
  const { status, retryAfter } = result;
  return status >= 200 && status < 300
    ? { ok: true, status }
    : { ok: false, why: `it answered ${status}`, gone: status === 410, retryAfter };
}

/** Sends a test to an endpoint, at once and once. */
export const testHook = (
  { call, now }: Pick<HookDeps, "call" | "now">,
  endpoint: Endpoint,
): Promise<Answer> =>
  callEndpoint({ call, now }, endpoint, `msg_test_${crypto.randomUUID()}`, testKind, now(), {
    webhook: endpoint.id,
  });

const kept = z.object({
  issue: z.custom<IssueId>((it) => typeof it === "number").optional(),
  subscriber: z.number().nullable().optional(),
  digest: z.number().nullable().optional(),
  by: z.string().nullable().optional(),
  delivery: z.number().nullable().optional(),
  verdict: z.string().optional(),
  code: z.string().optional(),
});

/** What an event says, with names in the place of numbers. Who was erased meanwhile has no address any more. */
async function dataOf({ database: { db }, site }: HookDeps, call: Call): Promise<object> {
  const data = kept.parse(JSON.parse(call.data));
  if (data.issue !== undefined) {
    const issue = await issueById(db, data.issue);
    if (issue === null) return { issue: null };
    return {
      issue: issueName(issue),
      kind: issue.kind,
      url: new URL(issuePath(issue), site).href,
      planned_at: issue.plannedAt.toString(),
      finished_at: issue.finishedAt?.toString() ?? null,
      candidates: issue.candidates,
    };
  }
  const { rows } = await sql<{ address: string | null; digest: string | null; issue: string | null }>`select
    (select address from subscribers where id = ${data.subscriber ?? null} and address <> '') as address,
    (select slug from digests where id = ${data.digest ?? null}) as digest,
    (select g.slug || '/' || i.local_date || '-' || i.slot from deliveries d join issues i on i.id = d.issue_id
      join digests g on g.id = i.digest_id where d.id = ${data.delivery ?? null}) as issue`.execute(db);
  const [named] = rows;
  const who = { subscriber: data.subscriber ?? null, address: named?.address ?? null };
  switch (call.event) {
    case "subscriber.confirmed":
      return { ...who, digest: named?.digest ?? null };
    case "subscriber.unsubscribed":
      return { ...who, digest: named?.digest ?? null, by: data.by ?? null };
    case "subscriber.erased":
      return { subscriber: who.subscriber };
    default:
      return { ...who, issue: named?.issue ?? null, verdict: data.verdict ?? null, code: data.code ?? null };
  }
}
