// Lists of subscribers: taken over, given out, counted; and what one person's sign-up, confirmation and leaving take with a
// million others there. Each beside the least that the same database takes for it.
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { queueNoticeIn } from "../../src/delivery/ledger.ts";
import { openDatabase } from "../../src/hosts/sqlite.ts";
import { parseAddress } from "../../src/subscribers/address.ts";
import { confirm } from "../../src/subscribers/confirm.ts";
import { leave } from "../../src/subscribers/leave.ts";
import type { SegmentFilter } from "../../src/subscribers/list/segment.ts";
import { countSegment } from "../../src/subscribers/list/segments.ts";
import { answerRequest, recordRequest, type Wish } from "../../src/subscribers/requests.ts";
import { runCommand } from "./command.ts";
import { digits, median, medianAndQuarters, quantile, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const migrations = join(import.meta.dirname, "../../migrations");
const digest = 1;

export async function subscribing({ subscribers, requests, repetitions }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "nashra-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  const data = join(folder, "data");
  await lists(folder, data, subscribers);
  makeVaried(join(data, "nashra.sqlite"));
  await exporting(data, subscribers);
  await counting(data, repetitions);
  await onePerson(data, Math.min(requests, 2000));
  remove();
}

/** Lists of growing length, each into an empty store; the last one stays. */
async function lists(folder: string, data: string, most: number): Promise<void> {
  const rows: string[][] = [];
  for (const count of [10_000, 100_000, 1_000_000].filter((it) => it < most).concat(most)) {
    const file = join(folder, "list.csv");
    await writeList(file, count);
    rmSync(data, { recursive: true, force: true });
    // Makes the store, so that no list pays for the migrations; then the start of a command by itself.
    await runCommand(data, ["token", "list"]);
    const start = await runCommand(data, ["token", "list"]);
    const raw = storeRaw(join(folder, "raw.sqlite"), count);
    const args = ["subscriber", "import", file, "--consent", "fair", "--json"];
    const dry = await runCommand(data, [...args, "--dry-run"]);
    const { said, seconds, processor, megabytes } = await runCommand(data, args);
    const { added, known, refused } = JSON.parse(said);
    if (added + known + refused !== count) throw new Error(`The import did not bring ${count}: ${said}`);
    rows.push([
      count.toLocaleString("en"),
      Math.round(count / (seconds - start.seconds)).toLocaleString("en"),
      digits(((processor - start.processor) / count) * 1e6),
      digits(megabytes),
      Math.round(count / (dry.seconds - start.seconds)).toLocaleString("en"),
      digits(dry.megabytes),
      Math.round(count / raw.seconds).toLocaleString("en"),
      digits((raw.cpuSeconds / count) * 1e6),
    ]);
  }
  say(
    "\nA CSV file of people, without the command's own start. Wanted: 20,000 rows a second or more, and a flat peak.",
  );
  say("Beside it: addresses alone into one table with a unique key, a thousand in a transaction.");
  table(
    [
      "rows",
      "imported/s",
      "µs of processor",
      "peak MB",
      "dry run/s",
      "peak MB",
      "raw rows/s",
      "µs of processor",
    ],
    rows,
  );
}

/** Of a hundred rows one holds no address and one stands there twice. */
async function writeList(name: string, count: number): Promise<void> {
  const file = createWriteStream(name);
  file.write("email,name,language,consent date\n");
  for (let i = 0; i < count; i++) {
    const address = i % 100 === 50 ? "nobody" : addressOf(i % 100 === 70 ? i - 1 : i);
    if (!file.write(`${address},"قارئ ${i}",${i % 5 ? "ar" : "en"},2025-0${1 + (i % 9)}-11\n`))
      await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}

/** In no order, as people are. */
const addressOf = (i: number) => `reader${(i * 7919) % 1_000_003}.${i}@mail${i % 500}.example`;

function storeRaw(name: string, count: number): { seconds: number; cpuSeconds: number } {
  rmSync(name, { force: true });
  const started = performance.now();
  const usedBefore = process.cpuUsage();
  const sqlite = openRaw(name);
  sqlite.exec("create table people (id integer primary key, address text not null unique) strict");
  const insert = sqlite.prepare("insert into people (address) values (?)");
  const store = sqlite.transaction((from: number, to: number) => {
    for (let i = from; i < to; i++) insert.run(addressOf(i));
  });
  for (let i = 0; i < count; i += 1000) store(i, Math.min(i + 1000, count));
  sqlite.close();
  const { user, system } = process.cpuUsage(usedBefore);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
}

function openRaw(name: string) {
  const sqlite = new Sqlite(name);
  sqlite.pragma("journal_mode = wal");
  sqlite.pragma("synchronous = full");
  return sqlite;
}

/** Some left, some paused, a quarter with sections of their own, a third with something that they did. */
function makeVaried(name: string): void {
  const sqlite = new Sqlite(name);
  sqlite.exec(`update subscribers set state = 'left' where id % 20 = 0;
    update subscriptions set state = 'left', left_by = 'page' where subscriber_id % 20 = 0;
    update subscriptions set state = 'paused', paused_until = 1900000000000 where subscriber_id % 20 = 1;
    update subscriptions set sections = '[2,5]' where subscriber_id % 4 = 0;
    update subscribers set active_at = created_at + id * 1000 where id % 3 = 0;
    update subscribers set source = 'page' where id % 7 = 0;
    insert into suppressions (address_key, reason, at) select address_key, 'hard-bounce', 0 from subscribers where id % 50 = 3;
    pragma wal_checkpoint(truncate)`);
  sqlite.close();
}

async function exporting(data: string, count: number): Promise<void> {
  const rows: string[][] = [];
  const raw = exportRaw(join(data, "nashra.sqlite"));
  for (const format of ["csv", "json"]) {
    const { octets, seconds, megabytes } = await runCommand(data, [
      "subscriber",
      "export",
      "--format",
      format,
    ]);
    const figures = [count / seconds, octets / 1e6, megabytes, count / raw, seconds / raw];
    rows.push([
      format,
      ...figures.map((figure, i) =>
        i === 0 || i === 3 ? Math.round(figure).toLocaleString("en") : digits(figure),
      ),
    ]);
  }
  say(
    "\nEverybody, with subscriptions and consent, as a file. Beside it: the rows of the table of people, read and joined by commas.",
  );
  table(["export", "people/s", "MB", "peak MB", "raw rows/s", "ratio of time"], rows);
}

/** @returns seconds */
function exportRaw(name: string): number {
  const sqlite = new Sqlite(name, { readonly: true });
  const started = performance.now();
  let octets = 0;
  for (const row of sqlite.prepare("select * from subscribers").raw().iterate()) octets += String(row).length;
  sqlite.close();
  return octets > 0 ? (performance.now() - started) / 1000 : Number.NaN;
}

const filters: Record<string, SegmentFilter> = {
  "confirmed people": { state: "confirmed" },
  "in Arabic, idle for 90 days": { language: "ar", idle_since: "90d" },
  "from the sign-up page, first known this year": { source: "page", created_from: "2026-01-01" },
  "suppressed people": { state: "suppressed" },
  "active in a digest": { digest, state: "active" },
  "active in a section of it": { digest, section: 7, state: "active" },
  "active in it, in English, by an import, confirmed in spring": {
    ...{ digest, state: "active", language: "en", import: 1 },
    ...{ confirmed_from: "2025-03-01", confirmed_to: "2025-05-31" },
  },
};

async function counting(data: string, repetitions: number): Promise<void> {
  const database = await openDatabase(join(data, "nashra.sqlite"), migrations);
  const sqlite = new Sqlite(join(data, "nashra.sqlite"), { readonly: true });
  const scan = sqlite.prepare("select count(*) as count from subscribers where language = 'ar'");
  const rows: string[][] = [];
  for (const [name, filter] of Object.entries(filters)) {
    const [ours, raw, blocked]: number[][] = [[], [], []];
    let count = 0;
    for (let i = 0; i < repetitions; i++) {
      raw?.push(timed(() => scan.get()));
      const turns = watchTurns();
      const started = performance.now();
      count = await countSegment(database.db, filter, { now: Temporal.Now.instant(), zone: "Asia/Beirut" });
      ours?.push(performance.now() - started);
      blocked?.push(turns());
    }
    const [mine, least] = [median(ours ?? []), median(raw ?? [])];
    rows.push([
      name,
      count.toLocaleString("en"),
      medianAndQuarters(ours ?? []),
      digits(median(blocked ?? [])),
      digits(least),
      digits(mine / least),
    ]);
  }
  sqlite.close();
  await database.close();
  say(
    "\nWanted: a count under 300 ms. Beside it: the table of people read once by better-sqlite3 for one condition.",
  );
  table(["segment", "people", "ms", "longest wait of others, ms", "one scan, ms", "ratio"], rows);
}

/** How long others waited for their turn, at most, until it is asked. */
function watchTurns(): () => number {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return Math.max(longest, performance.now() - last);
  };
}

const timed = (work: () => unknown): number => {
  const started = performance.now();
  work();
  return performance.now() - started;
};

async function onePerson(data: string, times: number): Promise<void> {
  const database = await openDatabase(join(data, "nashra.sqlite"), migrations);
  const sqlite = openRaw(join(data, "nashra.sqlite"));
  sqlite.exec("create table bench_raw (id integer primary key, address text not null unique) strict");
  const insert = sqlite.prepare("insert into bench_raw (address) values (?)");
  const queue = queueNoticeIn(database.db);
  const spans = { "sign-up": [] as number[], confirm: [] as number[], unsubscribe: [] as number[] };
  const raw: number[] = [];
  const wish: Wish = {
    kind: "subscribe",
    digests: [digest],
    sections: [],
    language: "ar",
    source: "page",
  };
  for (let i = 0; i < times; i++) {
    const address = parseAddress(`new${(i * 7919) % 1_000_003}@somewhere.example`);
    if (!address.ok) throw new Error("This is an address.");
    raw.push(timed(() => insert.run(address.key)));
    const now = Temporal.Now.instant();
    const started = performance.now();
    const request = await recordRequest(database.db, { address, network: "203.0.113.0/24", wish }, now);
    const mailed = await answerRequest(database, queue, request, now);
    const asked = performance.now();
    const { id: subscriber } = await database.db
      .selectFrom("subscribers")
      .select("id")
      .where("address_key", "=", address.key)
      .executeTakeFirstOrThrow();
    const found = performance.now();
    const confirmed = await confirm(database, queue, { subscriber, request }, { via: "link" }, now);
    const there = performance.now();
    const ended = await leave(database, { subscriber, digest }, "one-click", { via: "link" }, now);
    const gone = performance.now();
    if (!mailed || confirmed.kind !== "confirmed" || ended.length !== 1)
      throw new Error("Somebody did not get through.");
    spans["sign-up"].push(asked - started);
    spans.confirm.push(there - found);
    spans.unsubscribe.push(gone - there);
  }
  sqlite.close();
  await database.close();
  const least = median(raw);
  say(
    "\nOne person among all these, each write on the disk. Wanted: under 5 ms. Beside it: one row into a table with a unique key.",
  );
  table(
    ["one", "ms, median", "ms, 99 of 100", "one raw row, ms", "ratio"],
    Object.entries(spans).map(([name, them]) => [
      name,
      digits(median(them)),
      digits(quantile(them, 0.99)),
      digits(least),
      digits(median(them) / least),
    ]),
  );
}
