// An issue for everybody: how long it takes from its time until its whole audience stands in the ledger, what memory that takes, and
// how long other requests wait meanwhile. Beside it the least that writing takes: the same rows into the same table.
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { claimTimes } from "./claims.ts";
import { makePaper, type Paper } from "./paper.ts";
import { ask, quiet, type Server, startNashra } from "./processes.ts";
import { digits, quantile, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const secret = "the-secret-of-this-bench";
/** Choices of sections that readers share, besides everything. */
const choices = 45;

export async function freezing({ subscribers, profile }: Options): Promise<void> {
  const rows: string[][] = [];
  const waits: string[][] = [];
  for (const count of [subscribers / 10, subscribers].map(Math.round)) {
    const paper = makePaper({ articles: 20_000, sections: 10, each: 1, characters: 2600 });
    addReaders(paper, count);
    // A relay that is not there: nothing is sent, so that what is measured ends with the audience.
    const server = await startNashra(paper.folder, profile, {
      NASHRA_CRON_SECRET: secret,
      NASHRA_SMTP_URL: "smtp://127.0.0.1:9",
    });
    const atRest = await askedWhile(server, paper, () => pause(5000));
    await quiet(server);
    const before = await server.usage();
    const issue = await askedWhile(server, paper, () => openAndFreeze(server, paper, count));
    const after = await server.usage();
    await server.stop();
    const claims = await claimTimes(paper, "bench");
    const of = `${count.toLocaleString("en")} subscribers`;
    rows.push([
      of,
      digits(issue.seconds),
      digits((after.cpu - before.cpu) / 1e6),
      Math.round(count / issue.seconds).toLocaleString("en"),
      Math.round(count / storeRaw(paper)).toLocaleString("en"),
      digits(before.rss / 1e6),
      digits(after.peak / 1e6),
      digits(claims.first),
      digits(claims.last),
    ]);
    for (const [what, taken] of Object.entries(issue.milliseconds)) {
      const rest = atRest.milliseconds[what] ?? [];
      const figures = [taken, rest].flatMap((them) => [0.5, 0.99, 1].map((share) => quantile(them, share)));
      waits.push([`${what}, ${of}`, String(taken.length), ...figures.map(digits)]);
    }
    paper.remove();
  }
  say(
    `\nFrom the tick that opens the issue until all are in the ledger; ${choices + 1} editions. Wanted: a million in 30 s, memory flat.`,
  );
  table(
    [
      "",
      "seconds",
      "of processor",
      "a second",
      "raw rows/s",
      "MB before",
      "peak MB",
      "ms a claim",
      "at the end",
    ],
    rows,
  );
  say(
    "Meanwhile one request after the other, a hundredth of a second apart, in milliseconds; and before it, at rest:",
  );
  const head = ["median", "p99", "most"];
  table(["", "requests", ...head, ...head.map((it) => `${it} at rest`)], waits);
}

/** Two in three read everything in the issue; the others a choice of two sections. Some have left, paused, or must not be mailed. */
export function addReaders({ folder }: Pick<Paper, "folder">, count: number): void {
  const sqlite = new Sqlite(join(folder, "nashra.sqlite"));
  sqlite.exec("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000");
  const now = Date.now();
  const numbers = `with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${count})`;
  sqlite.exec(`insert into suppressions (address_key, reason, at)
    ${numbers} select 'reader-' || i || '@example.org', 'bounced', ${now} from numbers where i % 100 = 7`);
  sqlite.exec(`insert into subscribers (id, address, address_key, state, language, created_at, confirmed_at)
    ${numbers} select i, 'reader-' || i || '@example.org', 'reader-' || i || '@example.org', 'confirmed',
      'ar', ${now}, ${now} from numbers`);
  sqlite.exec(`insert into subscriptions (subscriber_id, digest_id, state, sections, since, left_at, left_by)
    ${numbers}, pairs as materialized (select row_number() over () - 1 as n, json_array(a.id, b.id) as sections
      from sections a join sections b on a.id < b.id limit ${choices})
    select i, 1, iif(i % 50 = 3, 'left', 'active'), iif(i % 3 > 0, '', (select sections from pairs where n = i / 3 % ${choices})),
      ${now}, iif(i % 50 = 3, ${now}, null), iif(i % 50 = 3, 'one-click', null) from numbers`);
  sqlite.close();
}

/** Makes the paper's digest due and calls the clock. */
async function openAndFreeze({ origin }: Server, { folder }: Paper, count: number): Promise<void> {
  const sqlite = new Sqlite(join(folder, "nashra.sqlite"), { timeout: 30_000 });
  const today = Temporal.Now.plainDateISO("UTC").toString();
  sqlite
    .prepare("update digests set next_at = ?, next_date = ?, next_slot = 'bench' where id = 1")
    .run(Date.now(), today);
  const state = sqlite.prepare("select state, candidates from issues where slot = 'bench'");
  const ticking = ask(`${origin}/cron/tick`, { authorization: `Bearer ${secret}` }, {});
  for (let frozen = false; !frozen; await pause(20)) {
    const [row] = state.all();
    frozen = Object(row).state === "sending";
    if (frozen && Object(row).candidates !== count)
      throw new Error(`Not all were frozen: ${JSON.stringify(row)}`);
    if (Object(row).state === "skipped") throw new Error(`The issue was skipped: ${JSON.stringify(row)}`);
  }
  sqlite.close();
  await ticking;
}

/** Asks for a warm feed and an article's page, in turn, until the work is done. */
async function askedWhile({ origin }: Server, { articles }: Paper, work: () => Promise<unknown>) {
  const pages = {
    "a warm feed": `${origin}/feeds/all.rss`,
    "an article's page": `${origin}/articles/${articles - 5}`,
  };
  const milliseconds = Object.fromEntries(Object.keys(pages).map((what): [string, number[]] => [what, []]));
  for (const url of Object.values(pages)) await ask(url);
  const started = performance.now();
  let seconds = 0;
  const done = work().finally(() => {
    seconds = (performance.now() - started) / 1000;
  });
  while (seconds === 0) {
    for (const [what, url] of Object.entries(pages)) {
      const reply = await ask(url);
      if (reply.status !== 200) throw new Error(`${url} was answered ${reply.status}.`);
      milliseconds[what]?.push(reply.milliseconds);
      await pause(10);
    }
  }
  await done;
  return { seconds, milliseconds };
}

/** The ledger's rows once more, into a table like it with all its indexes, two thousand at a time. @returns seconds */
function storeRaw({ folder }: Paper): number {
  const sqlite = new Sqlite(join(folder, "nashra.sqlite"));
  sqlite.pragma("synchronous = full");
  const [made] = sqlite.prepare("select sql from sqlite_master where name = 'deliveries'").pluck().all();
  const indexes = sqlite.prepare(
    "select sql from sqlite_master where tbl_name = 'deliveries' and type = 'index' and sql is not null",
  );
  const raw = (statement: unknown) =>
    sqlite.exec(String(statement).replaceAll("deliveries", "raw_deliveries"));
  raw(made);
  for (const index of indexes.pluck().all()) raw(index);
  const store = sqlite.prepare(
    "insert into raw_deliveries select * from deliveries where id > ? order by id limit 2000",
  );
  const started = performance.now();
  for (let last = 0; ; ) {
    const { changes, lastInsertRowid } = store.run(last);
    if (changes === 0) break;
    last = Number(lastInsertRowid);
  }
  const seconds = (performance.now() - started) / 1000;
  sqlite.close();
  return seconds;
}
