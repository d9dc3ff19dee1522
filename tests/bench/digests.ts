// What the clock costs a paper at rest: a tick with nothing due, beside the least that a request takes; and what a digest's
// schedule takes of it, also where runs were missed.
import { join, resolve } from "node:path";
import { openDueIssues } from "../../src/digests/due.ts";
import { dueRuns, plannedFrom, runsFrom, type Schedule } from "../../src/digests/schedule.ts";
import { addDigest, listDigests } from "../../src/digests/store.ts";
import { type OpenDatabase, openDatabase } from "../../src/hosts/sqlite.ts";
import { createLog } from "../../src/platform/index.ts";
import { makePaper, type Paper } from "./paper.ts";
import { ask, measured, quiet, type Server, startNashra } from "./processes.ts";
import { digits, mean, median, quantile, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const digests = 20;
const asked = 100;
const secret = "the-secret-of-this-bench";

const plain: Schedule = {
  zone: "Asia/Beirut",
  days: [1, 2, 3, 4, 5, 6, 7],
  slots: [
    { name: "morning", time: "07:00" },
    { name: "evening", time: "18:00" },
  ],
};
const rich: Schedule = {
  ...plain,
  ramadan: { days: null, slots: [{ name: "morning", time: "10:00" }] },
  holidays: Array.from({ length: 10 }, (_, i) => ({ kind: "hijri", day: `10-${10 + i}`, name: "عطلة" })),
};
const never: Schedule = {
  ...plain,
  holidays: Array.from({ length: 366 }, (_, i) => {
    const day = Temporal.PlainDate.from("2024-01-01").add({ days: i }).toString().slice(5);
    return { kind: "yearly", day, name: "عطلة" };
  }),
};

export async function ticks({ articles, rounds, profile }: Options): Promise<void> {
  const stores: { paper: Paper; server: Server }[] = [];
  for (const count of [1000, articles]) {
    const paper = makePaper({ articles: count, sections: 10, each: 1, characters: 2600 });
    await withDatabase(paper, addDigests);
    const server = await startNashra(paper.folder, profile, { NASHRA_CRON_SECRET: secret });
    await untilAtRest(server);
    stores.push({ paper, server });
  }
  const rows = stores.flatMap(({ paper, server }) => {
    const of = `${paper.articles.toLocaleString("en")} articles`;
    return [
      { name: `a tick with nothing due, ${of}`, server, work: () => tick(server), taken: noTimes() },
      { name: `a page that says "ok", ${of}`, server, work: () => healthz(server), taken: noTimes() },
    ];
  });
  for (let round = 0; round <= rounds; round++) for (const row of rows) await measure(row, round > 0);
  say(
    `\n${digests} digests of two slots a day; ${rounds} rounds of ${asked} requests each, in turn. Milliseconds:`,
  );
  table(
    ["", "median", "p99", "processor"],
    rows.map(({ name, taken }) => [
      name,
      digits(median(taken.milliseconds)),
      digits(quantile(taken.milliseconds, 0.99)),
      digits(mean(taken.cpu)),
    ]),
  );
  for (const { server } of stores) await server.stop();
  const [small] = stores;
  if (small) await withDatabase(small.paper, schedules);
  for (const { paper } of stores) paper.remove();
}

type Times = { milliseconds: number[]; cpu: number[] };
const noTimes = (): Times => ({ milliseconds: [], cpu: [] });

async function measure(
  { server, work, taken }: { server: Server; work: () => Promise<number>; taken: Times },
  counts: boolean,
): Promise<void> {
  await quiet(server);
  const { cpu, result } = await measured(server, async () => {
    const times: number[] = [];
    for (let i = 0; i < asked; i++) times.push(await work());
    return times;
  });
  if (!counts) return; // all is warm after that
  taken.milliseconds.push(...result);
  taken.cpu.push(cpu / asked / 1000);
}

async function tick({ origin }: Server): Promise<number> {
  const { status, milliseconds } = await ask(
    `${origin}/cron/tick`,
    { authorization: `Bearer ${secret}` },
    {},
  );
  if (status !== 200) throw new Error(`A tick was answered ${status}.`);
  return milliseconds;
}

const healthz = async ({ origin }: Server) => (await ask(`${origin}/healthz`)).milliseconds;

/** A store that was just made is indexed by its first ticks. */
async function untilAtRest(server: Server): Promise<void> {
  for (let calm = 0, tries = 0; calm < 5 && tries < 5000; tries++)
    calm = (await tick(server)) < 20 ? calm + 1 : 0;
}

async function withDatabase(paper: Paper, work: (database: OpenDatabase) => Promise<void>): Promise<void> {
  const migrations = resolve(import.meta.dirname, "../../migrations");
  const database = await openDatabase(join(paper.folder, "nashra.sqlite"), migrations);
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

async function addDigests({ db, batch }: OpenDatabase): Promise<void> {
  const now = Temporal.Now.instant().add({ hours: 2 }); // nothing comes due meanwhile
  const about = { name: "نشرة", nameEn: null, schedule: rich, maxStories: 8, minStories: 3 };
  for (let i = 0; i < digests; i++) await batch([addDigest(db, { ...about, slug: `digest-${i}` }, now)]);
}

/** What of it is the schedule's, in this process. */
async function schedules(database: OpenDatabase): Promise<void> {
  const log = createLog("silent");
  const from = Temporal.Instant.from("2026-03-01T00:00:00Z");
  const [first] = plannedFrom(rich, from, 1);
  if (!first) throw new Error("It never runs.");
  const month = from.add({ hours: 24 * 30 });
  const rows: [string, number[]][] = [
    [
      "the digests' part of a tick, nothing due",
      await times(200, () => openDueIssues({ database, now: () => Temporal.Now.instant(), log })),
    ],
    ["the next run, plain", await times(200, async () => runsFrom(plain, from, 1))],
    [
      "the next run, with Ramadan and ten Hijri holidays",
      await times(200, async () => runsFrom(rich, from, 1)),
    ],
    ["to know that a schedule never runs", await times(20, async () => runsFrom(never, from, 1))],
    ["the 60 runs of a month that was missed", await times(20, async () => dueRuns(rich, first, month, 500))],
    [`${digests} digests, a month missed: ${60 * digests} issues written`, [await missed(database, log)]],
  ];
  say("\nThe schedule alone, in milliseconds:");
  table(
    ["", "median", "p99"],
    rows.map(([name, taken]) => [name, digits(median(taken)), digits(quantile(taken, 0.99))]),
  );
}

/** All digests at once, as a machine that slept finds them. */
async function missed(database: OpenDatabase, log: ReturnType<typeof createLog>): Promise<number> {
  const { next } = (await listDigests(database.db)).at(-1) ?? {};
  const later = (next?.at ?? Temporal.Now.instant()).add({ hours: 24 * 30 - 6 });
  const started = performance.now();
  await openDueIssues({ database, now: () => later, log });
  return performance.now() - started;
}

async function times(count: number, work: () => Promise<unknown>): Promise<number[]> {
  for (let i = 0; i < 10; i++) await work();
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    await work();
    taken.push(performance.now() - started);
  }
  return taken;
}
