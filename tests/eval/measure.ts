// Runs an invented month through the real service (its store, its clock, its letters) and measures what came of it.
import { sql } from "kysely";
import type { Importance } from "../../src/articles/index.ts";
import { type Click, clickScores, type Shown, withoutRobots } from "../../src/digests/clicks.ts";
import { chooseFor, type Selection, selectionFor } from "../../src/digests/draw.ts";
import { storiesSentTo } from "../../src/digests/editions.ts";
import { noHand } from "../../src/digests/hand.ts";
import { addDigest, behindAllIssues, type Digest, digestBySlug } from "../../src/digests/index.ts";
import { bestOf, byScore, type Ranked, type Scored, scoreOf } from "../../src/digests/score.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { inventMonth, type MonthSize, morningOf, type Planted } from "./month.ts";
import { type Random, randomOf } from "./random.ts";

/** A table of what was measured: a title, its head, its rows. */
export type Measured = { title: string; head: readonly string[]; rows: readonly (readonly string[])[] };

const top = 8;
const sections = ["politics", "economy", "culture", "sports", "science"];

/** @returns the same for the same size and seed, whatever the machine */
export async function evaluate(size: MonthSize, seed: number): Promise<Measured[]> {
  const nashra = await startNashra({ now: morningOf(-1).toString() });
  try {
    const random = randomOf(seed + 1);
    const daily = await open(nashra);
    const articles = inventMonth(size, seed);
    const planted = new Map<number, Planted>();
    const days: Day[] = [];
    let next = 0;
    for (let day = 0; day < size.days; day++) {
      const morning = morningOf(day);
      for (let it = articles[next]; it && Temporal.Instant.compare(it.at, morning) < 0; it = articles[++next])
        planted.set(await publish(nashra, it, next), it);
      nashra.setClock(morning.toString());
      const { db } = nashra.database;
      const selection = await selectionFor(db, daily, behindAllIssues, noHand, morning);
      const { stories } = await chooseFor(db, daily, selection, "");
      const sent = await storiesSentTo(db, "", selection.carriedIn);
      days.push({ stories, candidates: unsent(selection, sent) });
      if (day === Math.floor(size.days / 2)) await change(nashra, "reader3@example.invalid", "");
      if (day === Math.floor(size.days / 3)) await change(nashra, "reader0@example.invalid", "[2]");
      await nashra.tick(3600); // seven o'clock
      nashra.wait({ hours: 2 });
      await nashra.tick(3600); // nine: the second digest
    }
    return [await sameStory(nashra, planted), ranking(days, planted, random), await letters(nashra, planted)];
  } finally {
    await nashra.stop();
  }
}

type Day = { stories: readonly Ranked[]; candidates: readonly (readonly Scored[])[] };

/** What could be sent, by story. */
const unsent = ({ scored }: Selection, sent: ReadonlySet<number>): Scored[][] => [
  ...Map.groupBy(
    scored.filter(({ article }) => !sent.has(article.storyId)),
    ({ article }) => article.storyId,
  ).values(),
];

/** Two digests of the same paper, and readers of one or both, of all sections or some. */
async function open(nashra: TestNashra): Promise<Digest> {
  const { db, batch } = nashra.database;
  await nashra.sections(...sections);
  const schedule = { zone: "UTC", days: [1, 2, 3, 4, 5, 6, 7], slots: [{ name: "second", time: "07:00" }] };
  const second = { slug: "second", name: "الثانية", nameEn: null, schedule, maxStories: 5, minStories: 3 };
  await batch([addDigest(db, second, nashra.at())]);
  await sql`update digests set max_stories = ${top} where slug = 'daily'`.execute(db);
  const subscribe = async (slug: string, from: number, to: number) => {
    const digest = await digestBySlug(db, slug);
    if (!digest) throw new Error(`There is no digest ${slug}.`);
    const options = { digest: digest.id, consent: "eval", language: "ar" as const, now: nashra.at() };
    const addresses = Array.from({ length: to - from }, (_, i) => `reader${from + i}@example.invalid`);
    await importSubscribers(nashra.database, options, addresses);
    return digest;
  };
  const daily = await subscribe("daily", 0, 8);
  await subscribe("second", 4, 12);
  for (const [i, choice] of ["", "", "", "[1,2]", "", "", "[2,3,4]", "[5]"].entries())
    await change(nashra, `reader${i}@example.invalid`, choice);
  return daily;
}

const change = async (nashra: TestNashra, address: string, choice: string) =>
  sql`update subscriptions set sections = ${choice} where digest_id = (select id from digests where slug = 'daily')
    and subscriber_id = (select id from subscribers where address = ${address})`.execute(nashra.database.db);

async function publish(nashra: TestNashra, it: Planted, number: number): Promise<number> {
  nashra.setClock(it.at.toString());
  const importance: Importance = it.importance;
  const { id } = await nashra.article({
    external_id: `planted-${number}`,
    title: it.title,
    body_html: it.paragraphs.map((text) => `<p>${text}</p>`).join(""),
    sections: [it.section],
    importance,
    ...(it.source === null ? {} : { source_name: it.source }),
  });
  return id;
}

/** Every pair of articles: is it one story, and was it taken for one? */
async function sameStory(nashra: TestNashra, planted: ReadonlyMap<number, Planted>): Promise<Measured> {
  const { rows } = await sql<{ id: number; story: number }>`
    select id, coalesce(story_id, id) as story from articles order by id`.execute(nashra.database.db);
  const pairs = (of: Iterable<readonly unknown[]>) =>
    [...of].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  const truthOf = (id: number) => planted.get(id)?.truth ?? -1;
  const groups = (key: (row: (typeof rows)[number]) => unknown) => Map.groupBy(rows, key).values();
  const found = pairs(groups(({ story }) => story));
  const there = pairs(groups(({ id }) => truthOf(id)));
  const right = pairs(groups(({ id, story }) => `${story} ${truthOf(id)}`));
  const formulas = rows.filter(({ id }) => planted.get(id)?.kind === "formula");
  const wrong = formulas.filter(({ id, story }) => truthOf(id) !== truthOf(story)).length;
  return {
    title: "The same story",
    head: [
      "articles",
      "stories planted",
      "found",
      "pair precision",
      "pair recall",
      "formula texts",
      "of these joined wrongly",
    ],
    rows: [
      [
        String(rows.length),
        String(new Set(rows.map(({ id }) => truthOf(id))).size),
        String(new Set(rows.map(({ story }) => story)).size),
        three(right / found),
        three(right / there),
        String(formulas.length),
        String(wrong),
      ],
    ],
  };
}

/** How near each order comes to that of what matters (NDCG@8), over the mornings. */
function ranking(days: readonly Day[], planted: ReadonlyMap<number, Planted>, random: Random): Measured {
  const worthOf = (members: readonly Ranked[]) =>
    Math.max(...members.map(({ article }) => planted.get(article.id)?.worth ?? 0));
  const measured = new Map<string, number[]>();
  const note = (name: string, value: number) => measured.set(name, [...(measured.get(name) ?? []), value]);
  for (const { stories, candidates } of days) {
    const storyWorth = new Map(candidates.map((members) => [members[0]?.article.storyId, worthOf(members)]));
    const ideal = gain([...storyWorth.values()].sort((a, b) => b - a));
    if (ideal === 0) continue;
    const judge = (name: string, order: readonly Ranked[]) =>
      note(name, gain(order.map(({ article }) => storyWorth.get(article.storyId) ?? 0)) / ideal);
    const heads = candidates.map(bestOf);
    const by = (value: (it: Scored) => number) =>
      heads.toSorted((a, b) => value(b) - value(a) || byScore({ ...a, score: 0 }, { ...b, score: 0 }));
    const { raw, clean } = simulateClicks(heads, worthOf, random);
    const clicked = (scores: ReadonlyMap<number, number>) => (it: Scored) =>
      scoreOf({ ...it.parts, clicks: scores.get(it.article.storyId) ?? null });
    judge("the issue, as it is sent", stories);
    judge(
      "the score alone, without variety",
      by(({ score }) => score),
    );
    judge("with clicks, robots removed", by(clicked(clean)));
    judge("with clicks as they come", by(clicked(raw)));
    judge(
      "editor alone",
      by(({ parts }) => parts.editor),
    );
    judge(
      "coverage alone",
      by(({ parts }) => parts.coverage),
    );
    judge(
      "heat alone",
      by(({ parts }) => parts.heat),
    );
    judge(
      "clicks alone, robots removed",
      by(({ article }) => clean.get(article.storyId) ?? 0),
    );
    judge(
      "clicks alone, as they come",
      by(({ article }) => raw.get(article.storyId) ?? 0),
    );
    judge(
      "newest first",
      by(({ parts }) => -parts.ageHours),
    );
    const chance = new Map(heads.map((it) => [it, random.next()]));
    judge(
      "random",
      by((it) => chance.get(it) ?? 0),
    );
  }
  const issues = days.filter(({ stories }) => stories.length > 0).map(({ stories }) => stories);
  const mean = (values: readonly number[]) => values.reduce((sum, it) => sum + it, 0) / values.length;
  const ages = issues.map((stories) => median(stories.map(({ parts }) => parts.ageHours)));
  const covered = issues.map(
    (stories) => new Set(stories.map(({ article }) => article.sections[0]?.id)).size,
  );
  return {
    title: `NDCG@${top} against planted importance, over ${days.length} mornings`,
    head: ["order", `NDCG@${top}`],
    rows: [
      ...[...measured].map(([name, values]) => [name, three(mean(values))]),
      ["*sections in an issue, of 5*", three(mean(covered))],
      ["*median age of its stories, hours*", three(mean(ages))],
    ],
  };
}

const gain = (worths: readonly number[]) =>
  worths.slice(0, top).reduce((sum, worth, i) => sum + (2 ** worth - 1) / Math.log2(i + 2), 0);

/**
 * Each story in a hundred letters or so, at some places; readers follow what matters more, one look in thirty or so; a
 * twentieth of letters is scanned.
 */
function simulateClicks(
  heads: readonly Scored[],
  worthOf: (members: readonly Ranked[]) => number,
  random: Random,
) {
  const [shown, clicks]: [Shown[], Click[]] = [[], []];
  const perMailing = 40;
  let letter = 0;
  for (let mailing = 0; mailing < heads.length / 3; mailing++) {
    const stories = Array.from({ length: Math.min(top, heads.length) }, () => random.of(heads));
    for (const [i, { article }] of stories.entries())
      shown.push({ story: article.storyId, position: i + 1, letters: perMailing });
    for (let i = 0; i < perMailing; i++) {
      letter++;
      const scanned = random.chance(0.05);
      for (const [place, it] of stories.entries()) {
        const story = it.article.storyId;
        if (scanned) clicks.push({ letter, story, seconds: 8 + random.next() });
        const likely = (0.03 * (0.2 + worthOf([it]))) / (place + 1) ** 0.8;
        if (random.chance(likely)) clicks.push({ letter, story, seconds: random.between(60, 20_000) });
      }
    }
  }
  return { raw: clickScores(shown, clicks), clean: clickScores(shown, withoutRobots(clicks)) };
}

/** What each reader got in all their letters: no story twice, whatever digest carried it. */
async function letters(nashra: TestNashra, planted: ReadonlyMap<number, Planted>): Promise<Measured> {
  const { rows } = await sql<{
    reader: number;
    delivery: number;
    article: number;
    story: number;
    own: number;
  }>`
    select d.subscriber_id as reader, d.id as delivery, a.id as article, coalesce(a.story_id, a.id) as story,
      e.sections like '%=%' as own
    from deliveries d join editions e on e.id = d.edition_id join edition_stories s on s.edition_id = e.id
    join articles a on a.id = s.article_id where d.state = 'accepted' order by d.id, s.position`.execute(
    nashra.database.db,
  );
  const repeats = (of: (row: (typeof rows)[number]) => string) => rows.length - new Set(rows.map(of)).size;
  const truth = (article: number) => planted.get(article)?.truth;
  const deliveries = (of: typeof rows) => String(new Set(of.map(({ delivery }) => delivery)).size);
  return {
    title: "What readers were sent",
    head: [
      "letters",
      "of these a reader's own edition",
      "stories in them",
      "repeats",
      "of one text under two stories",
    ],
    rows: [
      [
        deliveries(rows),
        deliveries(rows.filter(({ own }) => own === 1)),
        String(rows.length),
        String(repeats(({ reader, story }) => `${reader} ${story}`)),
        String(repeats(({ reader, article }) => `${reader} ${truth(article)}`)),
      ],
    ],
  };
}

const three = (value: number) => value.toFixed(3);
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The tables as Markdown. */
export const markdown = (tables: readonly Measured[]): string =>
  tables
    .map(({ title, head, rows }) =>
      [
        `**${title}**`,
        "",
        `| ${head.join(" | ")} |`,
        `| ${head.map((_, i) => (i === 0 && head.length === 2 ? "---" : "---:")).join(" | ")} |`,
        ...rows.map((row) => `| ${row.join(" | ")} |`),
      ].join("\n"),
    )
    .join("\n\n");
