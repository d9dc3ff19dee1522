// Every page of the newsroom, in a paper as large as any will be, with an issue half sent: how long the server takes, and what it sends.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Sqlite from "better-sqlite3";
import { type ArticleId, articleId } from "../../src/articles/article.ts";
import { indexArticles } from "../../src/articles/search/store.ts";
import type { ScoreParts } from "../../src/digests/score.ts";
import { openDatabase } from "../../src/hosts/sqlite.ts";
import { runCommand } from "./command.ts";
import { addReaders } from "./freeze.ts";
import { makePaper, words } from "./paper.ts";
import { ask, quiet, type Server, startNashra } from "./processes.ts";
import { digits, median, quantile, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const root = resolve(import.meta.dirname, "../..");
const editor = "mona@paper.example";
/** A year and a month of mornings, before the issue that is half sent. */
const pastIssues = 400;
const slot = "bench";

export async function newsroomPages({ articles, subscribers, repetitions, profile }: Options): Promise<void> {
  const paper = makePaper({ articles, sections: 10, each: 1, characters: 2600 });
  addReaders(paper, subscribers);
  await fillNewsroom(paper.folder);
  await measurePages(paper.folder, repetitions, profile);
  paper.remove();
}

/** What a newsroom has besides articles and readers: words to search by, issues, their letters and what came of them. */
export async function fillNewsroom(folder: string): Promise<void> {
  const file = join(folder, "nashra.sqlite");
  await indexAll(file);
  const sqlite = new Sqlite(file);
  sqlite.exec("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000");
  const run = (statement: string) => sqlite.exec(statement);
  const numbers = (to: number) =>
    `with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${to})`;
  const now = Date.now();
  const day = 86_400_000;

  run(`update articles set story_id = (select max(id) from articles) - 20
    where id between (select max(id) from articles) - 19 and (select max(id) from articles) - 15;
    insert into consents (subscriber_id, at, act, digest_id, proof)
      select id, created_at, 'confirmed', 1, json_object('via', 'link') from subscribers;
    insert into segments (slug, filter, created_at) values ('arabic', '{"language":"ar","digest":1}', ${now})`);

  // The pages of an issue that is to come look at what it would be now.
  run(`update digests set next_at = ${now} + 3600000, next_date = date((${now} + 86400000) / 1000, 'unixepoch'), next_slot = 'morning'
    where id = 1`);

  // Issues of mornings that are over, the older ones folded as after some months.
  run(`insert into issues (digest_id, local_date, slot, state, planned_at, opened_at, finished_at, candidates, guid, folded_at)
    ${numbers(pastIssues)} select 1, date((${now} - i * ${day}) / 1000, 'unixepoch'), 'morning', 'sent', at, at, at + 600000,
      1000, 'tag:paper.example,2026-01-01:issue/' || i, iif(i > 90, at + 90 * ${day}, null)
    from (select i, ${now} - i * ${day} as at from numbers) order by i desc;
    insert into issue_accounts (issue_id, account) select id,
      '{"states":[{"state":"accepted","count":990}],"exclusions":[{"reason":"paused","count":10}]}' from issues;
    insert into issues (digest_id, local_date, slot, state, planned_at, opened_at, candidates, frozen_through, guid, paused)
      select 1, date(${now} / 1000, 'unixepoch'), '${slot}', 'sending', ${now} - 600000, ${now} - 600000,
        (select count(*) from subscribers), (select max(id) from subscriptions), 'tag:paper.example,2026-01-01:issue/half',
        json_object('reason', json_object('kind', 'person', 'words', ''), 'by', '${editor}', 'since', ${now} - 60000);
    insert into editions (issue_id, sections, language, revision, subject, html, plain, built_at)
      select id, '', 'ar', 1, 'أهم الأخبار', '<p>أهم الأخبار</p>', 'أهم الأخبار', opened_at from issues;
    insert into edition_stories (edition_id, position, article_id, story_id, score, parts)
      ${numbers(10)} select e.id, i, a.id, a.id, 0.5, '${JSON.stringify(parts)}'
      from editions e, numbers, articles a where a.id = (select max(id) from articles) - (401 - e.issue_id) * 100 - i`);

  // The ledger of today's: every second letter was accepted, but for some; of every four hundred accepted one came back.
  run(`insert into exclusions (issue_id, subscriber_id, reason)
    select i.id, s.subscriber_id, iif(s.state = 'left', 'left-by-one-click', 'suppressed')
    from issues i, subscriptions s join subscribers u on u.id = s.subscriber_id
    where i.slot = '${slot}' and (s.state = 'left' or u.suppressed = 1) order by s.subscriber_id;
    insert into deliveries (issue_id, subscriber_id, sections, language, address, destination, state, edition_id, message_id,
      message_date, reply, tries, due_at, deadline_at, at, ended_at, in_doubt, reason)
    select i.id, u.id, '', 'ar', u.address, iif(u.id % 3 = 0, 'google', iif(u.id % 3 = 1, 'microsoft', 'other')), f.state,
      iif(f.state = 'queued', null, e.id), '<' || u.id || '@paper.example>', ${now} - 500000, f.reply, f.state <> 'queued',
      ${now} - 500000, ${now} + 20000000, ${now} - 500000, iif(f.state in ('accepted', 'rejected'), ${now} - 400000, null),
      f.state = 'in_doubt', iif(f.state = 'in_doubt', 'held', null)
    from issues i join editions e on e.issue_id = i.id, subscribers u join (
      select 0 as rest, 'queued' as state, null as reply union all select 1, 'accepted', '250 2.0.0 Ok: queued as 4F1A'
      union all select 2, 'rejected', '550 5.1.1 User unknown' union all select 3, 'deferred', '451 4.7.1 Greylisted, try again'
      union all select 4, 'in_doubt', null) f
      on f.rest = case when u.id % 1000 = 5 then 2 when u.id % 1000 = 17 then 3 when u.id % 10000 = 21 then 4 else u.id % 2 end
    where i.slot = '${slot}' and not exists (select 1 from exclusions x where x.issue_id = i.id and x.subscriber_id = u.id)
    order by u.id;
    insert into issue_health (issue_id, sent, bounced, complained) select id, 500000, 2250, 40 from issues where slot = '${slot}';
    insert into feedback (delivery_id, subscriber_id, kind, verdict, code, words, known_by, report, letter_at, at)
      select id, subscriber_id, iif(id % 4000 = 1, 'complaint', 'bounce'), iif(id % 4000 = 1, 'abuse', 'hard'), '5.1.1',
        'User unknown', 'return-path', 'r', at, at + 1000 from deliveries where state = 'accepted' and id % 400 = 1;
    insert into story_clicks (issue_id, article_id, people, robots)
      select e.issue_id, s.article_id, 900, 300 from edition_stories s join editions e on e.id = s.edition_id`);

  // What people and machines left behind.
  run(`insert into audit_log (at, actor, act, subject, network)
      ${numbers(200_000)} select ${now} - i * 60000, 'editor ' || i % 20, iif(i % 3, 'issue-approve', 'story-importance'),
        'issue ' || i, '' from numbers order by i desc;
    insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
      ${numbers(50_000)} select 'confirm', 'new-' || i || '@example.org', 'ar', '{}', 'accepted', ${now}, ${now}, ${now} from numbers;
    insert into imports (name, mark, state, rows, added, counts, started_at, ended_at)
      values ('list.csv', 'x', 'done', 1000000, 900000, '{"rows":1000000,"added":900000,"others":{"refused":100000}}', ${now}, ${now});
    insert into import_rows (import_id, row, outcome) ${numbers(100_000)} select 1, i, 'refused' from numbers;
    insert into subscriber_days (day, confirmed) ${numbers(400)} select ${Math.floor(now / day)} - i, 1000000 - i * 100 from numbers;
    insert into feed_days (day, feed, open, requests, unchanged, touched, weight, claims)
      select d.day, v.feed, 0, 1000, 800, 300, 80, '[]' from (${numbers(40)} select ${Math.floor(now / day)} - i as day from numbers) d,
      feed_versions v where v.feed = 'all' or v.feed like 'section/%';
    insert into sources (slug, kind, url, origin, title, secret, failures, last_error, created_at)
      ${numbers(20)} select 'wire-' || i, iif(i = 1, 'wordpress', 'feed'), 'https://wire.example/' || i, 'feed:wire-' || i, 'وكالة ' || i, 'x', i % 2,
        iif(i % 2, 'HTTP 503', null), 0 from numbers;
    insert into source_runs (source_id, started_at, ended_at, created, revised, unchanged, retracted, skipped, removed, notes, error)
      ${numbers(5000)} select s.id, ${now} - i * 600000, ${now} - i * 600000 + 900, 2, 1, 40, 0, 0, '{}', '[]', null
      from numbers, sources s;
    insert into source_items (source_id, external_id, fingerprint, first_seen_at, dated, article_id)
      select 1, external_id, 'x', first_seen_at, 1, id from articles where id % 10 = 0;
    insert into source_categories (source_id, key, label, leads, section_id)
      ${numbers(300)} select 1, 'c' || i, 'باب ' || i, 'section', 1 + i % 10 from numbers;
    insert into websub_subscriptions (topic, asked_topic, callback, host, began_at, lease_ends_at)
      ${numbers(10_000)} select 'https://paper.example/feeds/all.rss', 'https://paper.example/feeds/all.rss',
        'https://reader.example/' || i, 'reader.example', ${now}, ${now} + ${day} from numbers;
    insert into websub_watches (feed, subscription_id) select 'all', id from websub_subscriptions;
    insert into webhook_endpoints (url, events, secret, state, created_at) values ('https://desk.example/', '[]', 'x', 'off', 0);
    insert into webhook_calls (endpoint_id, event, data, at, state, due_at, expires_at)
      ${numbers(100_000)} select 1, 'issue.sent', '{}', ${now}, iif(i % 2, 'told', 'dead'), ${now}, ${now} from numbers`);
  sqlite.close();
}

const parts: ScoreParts = {
  editor: 0.5,
  coverage: 0.25,
  heat: 0.1,
  clicks: null,
  freshness: 0.9,
  ageHours: 2,
  carriedBy: { articles: 1, sources: 1 },
  hand: null,
};

/** The paper wrote its articles past the store, which would have made their words. */
async function indexAll(file: string): Promise<void> {
  const { db, batch, close } = await openDatabase(file, join(root, "migrations"));
  for (let last: ArticleId | null = articleId(0); last !== null; ) {
    const rows: { id: ArticleId; origin: string; externalId: string; title: string; bodyHtml: string }[] =
      await db
        .selectFrom("articles")
        .select(["id", "origin", "external_id as externalId", "title", "body_html as bodyHtml"])
        .where("id", ">", last)
        .orderBy("id")
        .limit(2000)
        .execute();
    await batch(
      indexArticles(
        db,
        rows.map((row) => ({ ...row, revision: 1, contentHash: null })),
      ),
    );
    last = rows.at(-1)?.id ?? null;
  }
  await close();
}

/** Asks for each page some times. */
export async function measurePages(
  folder: string,
  repetitions: number,
  profile: string | null,
): Promise<void> {
  const { said } = await runCommand(folder, ["login-link", editor]);
  const server = await startNashra(folder, profile, {});
  const cookie = await enter(server, said.trim());
  await quiet(server);
  const rows: string[][] = [];
  for (const { name, path } of pagesOf(folder)) {
    const times: number[] = [];
    let [first, octets, script, status] = [0, 0, 0, 0];
    for (let turn = 0; turn <= repetitions; turn++) {
      const page = await ask(server.origin + path, { cookie });
      if (turn > 0) times.push(page.milliseconds);
      else {
        first = page.milliseconds;
        octets = page.body.length;
        script = await scriptOf(server, page.body.toString());
        status = page.status;
      }
      if (page.status >= 400) throw new Error(`${path} was answered ${page.status}.`);
    }
    const [middle, slow] = [median(times), quantile(times, 0.99)];
    rows.push([
      status === 200 ? name : `${name} (${status})`,
      digits(first),
      digits(middle),
      digits(slow),
      digits(octets / 1000),
      digits(script / 1000),
      slow > 150 ? "slow" : "",
    ]);
  }
  await server.stop();
  say(
    `\nEach ${repetitions} times, one after the other; the first time apart, as it reads statements and templates. Wanted: 150 ms, 100 kB of script.`,
  );
  table(["page", "ms, first", "ms, median", "ms, 99 of 100", "kB of HTML", "kB of script", ""], rows);
}

async function enter(server: Server, link: string): Promise<string> {
  const path = new URL(link).pathname;
  const reply = await ask(server.origin + path, {}, {});
  const [cookie] = (reply.headers["set-cookie"] ?? "").split(";");
  if (reply.status !== 303 || !cookie) throw new Error(`${path} was answered ${reply.status}.`);
  return cookie;
}

/** What a page has of script, in octets as they are served, uncompressed. */
async function scriptOf(server: Server, html: string): Promise<number> {
  let octets = 0;
  for (const [, attributes = "", inline = ""] of html.matchAll(/<script([^>]*)>([^<]*)/g)) {
    const [, src] = /src="([^"]+)"/.exec(attributes) ?? [];
    octets += src === undefined ? inline.length : (await ask(new URL(src, server.origin).href)).body.length;
  }
  return octets;
}

/** Pages that are worth more than one look: by what was asked of them. */
const asked: Record<string, readonly string[]> = {
  "/newsroom/stories": [
    "?section=section-3",
    "?importance=3",
    "?show=retracted",
    `?q=${encodeURIComponent(words(4, 5))}`,
    `?q=${encodeURIComponent(words(4, 12))}`,
    "?q=%D8%A7%D9%84&section=section-2",
    "?after=1700000000000.1000",
  ],
  "/newsroom/issues": ["?before=100"],
  "/newsroom/issues/:digest/:name": ["?after=500000"],
  "/newsroom/subscribers": ["?q=reader-5", "?segment=arabic", "?before=500000"],
  "/newsroom/subscribers/segments": ["?count=arabic"],
  "/newsroom/subscribers/suppressions": ["?address=reader-7@example.org"],
  "/newsroom/settings/audit": ["?actor=editor+3", "?act=issue-approve&from=2020-01-01"],
  "/newsroom/why": ["?address=reader-1@example.org"],
  "/newsroom/feeds": ["?kind=tag"],
};

/** Every page that the doors name, with what stands for its parts. @throws if nobody said what that is */
function pagesOf(folder: string): { name: string; path: string }[] {
  const golden = readFileSync(join(root, "tests/access/doors.golden.txt"), "utf8");
  const routes = [...golden.matchAll(/^GET (\/newsroom\S*)/gm)].map(([, path = ""]) => path);
  const sqlite = new Sqlite(join(folder, "nashra.sqlite"), { readonly: true });
  const one = (query: string): string => String(sqlite.prepare(query).pluck().get());
  const digest = one("select slug from digests where id = 1");
  const values: Record<string, string> = {
    "/newsroom/stories/:id": one("select max(id) - 20 from articles"),
    "/newsroom/subscribers/imports/:id": "1",
    "/newsroom/subscribers/:id": "7", // who is suppressed
    "/newsroom/issues/:digest": digest,
    [`/newsroom/issues/${digest}/:name`]: one(
      `select local_date || '-' || slot from issues where slot = '${slot}'`,
    ),
    "/newsroom/digests/:digest": digest,
    "/newsroom/feeds/:kind": "section",
    "/newsroom/feeds/section/:slug": "section-1",
    "/newsroom/sources/:source": "wire-1",
    "/newsroom/settings/users/:id": "1",
    "/newsroom/settings/tokens/:id": "1",
    "/newsroom/settings/webhooks/:id": "1",
    "/newsroom/settings/templates/:name": "digest.mjml",
  };
  const coming = `/newsroom/issues/${digest}/${one("select next_date || '-' || next_slot from digests where id = 1")}/preview`;
  sqlite.close();
  const others = ["", "/html"].map((end) => ({ name: `the next issue's preview${end}`, path: coming + end }));
  const pages = routes
    .filter((route) => !gone.test(route))
    .flatMap((route) => {
      const path = route.split("/").reduce((from, part) => {
        const value = part.startsWith(":") ? values[`${from}/${part}`] : part;
        if (value === undefined) throw new Error(`Say in this bench what stands for ${from}/${part}.`);
        return `${from}/${value}`;
      });
      return ["", ...(asked[route] ?? [])].map((query) => ({
        name: route + decodeURIComponent(query),
        path: path + query,
      }));
    });
  return [...pages, ...others];
}

/** Needs what only a person at a browser, or a mail that was sent, would bring. */
const gone = /^\/newsroom\/(account\/passkeys\/:id|outbox\/:id|login)/;
