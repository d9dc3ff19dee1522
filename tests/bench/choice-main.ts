// what choice.ts measures; bundled, since it reaches into the pages.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { sql } from "kysely";
import {
  addSection,
  articleId,
  type Candidate,
  type Section,
  type SectionId,
} from "../../src/articles/index.ts";
import { diversify } from "../../src/digests/diversify.ts";
import { chooseFor, renderEdition, selectionFor } from "../../src/digests/draw.ts";
import { noHand } from "../../src/digests/hand.ts";
import {
  behindAllIssues,
  buildIssue,
  type Digest,
  digestBySlug,
  editionsOf,
  openExtraIssue,
} from "../../src/digests/index.ts";
import { choose, noWishes, rank } from "../../src/digests/rank.ts";
import { byScore, score } from "../../src/digests/score.ts";
import { liquidEngine } from "../../src/mail/liquid.ts";
import { createMailRenderer } from "../../src/mail/render.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import { startNashra } from "../support/nashra.ts";
import { words } from "./paper.ts";
import { digits, median, medianAndQuarters, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const now = Temporal.Instant.from("2026-03-01T05:00:00Z");
const candidates = 5000;
const choices = 2000;

export async function measureChoice({ repetitions }: Options): Promise<void> {
  ranking(repetitions);
  await issue(repetitions);
}

const section = (id: number): Section => ({
  id: id as SectionId,
  slug: `s${id}`,
  title: `قسم ${id}`,
  titleEn: null,
  halfLifeHours: 12,
  closedAt: null,
});
const sections = Array.from({ length: 11 }, (_, i) => section(i + 1));

const candidate = (id: number): Candidate => ({
  id: articleId(id),
  origin: "bench",
  externalId: String(id),
  guid: `urn:bench:${id}`,
  url: null,
  title: words(id * 3, 60),
  summary: words(id * 3 + 1, 150),
  length: 2000 + (id % 700),
  sections: sections.filter((it) => it.id === 1 + (id % 11)),
  tags: [],
  authors: [],
  sourceName: id % 3 ? "وكالة" : null,
  image: null,
  importance: id % 40 === 0 ? 2 : 0,
  publishedAt: now.subtract({ minutes: id % 4000 }),
  publishedFrom: "given",
  updatedAt: now,
  revision: 1,
  correction: null,
  status: { state: "published" },
  storyId: articleId(id % 4 ? id : Math.max(1, id - 1)),
});

function timed<Result>(times: number, work: () => Result): number[] {
  return Array.from({ length: times }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
}

function ranking(repetitions: number) {
  const pool = {
    articles: Array.from({ length: candidates }, (_, i) => candidate(i + 1)),
    coverage: new Map(),
    earlierTitles: Array.from({ length: 2000 }, (_, i) => words(900_000 + i, 60)),
  };
  rank(pool, now, 8);
  const scored = score(pool, now);
  const strong = scored.toSorted(byScore);
  say(`${candidates.toLocaleString("en")} candidates of 11 sections, an issue of 8, milliseconds:`);
  table(
    ["", "median and quarters"],
    [
      ["scored and chosen", medianAndQuarters(timed(repetitions, () => rank(pool, now, 8)))],
      [
        "chosen, once all are scored",
        medianAndQuarters(timed(repetitions, () => choose(scored, noWishes, 8, 12))),
      ],
      ["of that, variety", medianAndQuarters(timed(repetitions, () => diversify(strong, [], 20)))],
    ],
  );
}

async function issue(repetitions: number) {
  const nashra = await startNashra({ now: now.subtract({ hours: 30 }).toString() });
  const { database, ticking } = nashra;
  const { db, batch } = database;
  try {
    await sql`pragma synchronous = off`.execute(db); // the disk is not measured
    await batch(
      sections.map(({ slug, title }) =>
        addSection(db, { slug, title, titleEn: null, halfLifeHours: 12 }, false),
      ),
    );
    for (let i = 0; i < 600; i++) {
      nashra.setClock(now.subtract({ minutes: 2 + i * 2 }).toString());
      await nashra.article({
        title: words(i * 3, 60),
        summary: words(i * 3 + 1, 200),
        body_html: `<p>${words(i * 3 + 2, 2500)}</p>`,
        sections: [`s${1 + (i % 11)}`],
        importance: i % 20 === 0 ? 2 : 0,
      });
    }
    nashra.setClock(now.toString());
    const digest = await digestBySlug(db, "daily");
    if (!digest) throw new Error("There is no daily digest.");
    const addresses = Array.from({ length: choices }, (_, i) => `r${i}@example.invalid`);
    await importSubscribers(
      database,
      { digest: digest.id, consent: "bench", language: "ar", now },
      addresses,
    );
    // Every reader has a choice of sections of their own: the bits of a number, read as sections.
    const chosen = addresses.map((_, i) =>
      sections.filter((_, bit) => (i + 1) & (1 << bit)).map(({ id }) => Number(id)),
    );
    for (const [i, ids] of chosen.entries())
      await sql`update subscriptions set sections = ${JSON.stringify(ids)} where id = ${i + 1}`.execute(db);
    await editions(nashra, digest);
    await rendering(ticking, repetitions);
  } finally {
    await nashra.stop();
  }
}

type Nashra = Awaited<ReturnType<typeof startNashra>>;

async function editions(nashra: Nashra, digest: Digest) {
  const { db } = nashra.database;
  const opened = await openExtraIssue(nashra.ticking, digest);
  const memory = () => {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss: digits(rss / 1e6), heap: digits(heapUsed / 1e6) };
  };
  const before = memory();
  const along: string[][] = [["before", before.rss, before.heap, ""]];
  const began = { at: performance.now(), cpu: process.cpuUsage() };
  let most = process.memoryUsage().rss;
  let last = performance.now();
  let longest = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  let rendered = 0;
  const { render } = nashra.ticking.mail;
  const counting: typeof render = async (...args) => {
    const mail = await render(...args);
    if (++rendered % 500 === 0) {
      const at = digits((performance.now() - began.at) / 1000);
      const { rss, heap } = memory();
      along.push([`after ${rendered.toLocaleString("en")} editions`, rss, heap, at]);
      last = performance.now(); // collecting garbage is the bench's
    }
    return mail;
  };
  await buildIssue({ ...nashra.ticking, mail: { render: counting } }, digest, opened);
  const seconds = (performance.now() - began.at) / 1000;
  const { user, system } = process.cpuUsage(began.cpu);
  clearInterval(watch);
  const built = (await editionsOf(db, opened.id)).length;
  const { rows } = await sql<{
    octets: number;
    texts: number;
  }>`
    select avg(octet_length(html)) as octets, count(distinct html) as texts from editions`.execute(db);
  say(`${built.toLocaleString("en")} editions in one issue, each of another choice of sections, stored:`);
  table(
    ["", ""],
    [
      ["seconds", digits(seconds)],
      ["of the processor", digits((user + system) / 1_000_000)],
      ["milliseconds an edition", digits((seconds * 1000) / built)],
      ["of these not like any other", (rows[0]?.texts ?? 0).toLocaleString("en")],
      ["kB of HTML an edition", digits((rows[0]?.octets ?? 0) / 1000)],
      ["MB of memory meanwhile, at most", digits(most / 1e6)],
      ["milliseconds that others waited, at most", digits(longest)],
    ],
  );
  say("Memory along the way, garbage collected where node has --expose-gc:");
  table(["", "MB of the process", "MB of JavaScript", "seconds"], along);
}

/** The same MJML by `mjml-browser` alone, in turn with ours, which fills it, sets directions and squeezes. */
async function rendering(ticking: Nashra["ticking"], repetitions: number) {
  const { default: mjml2html } = await import("mjml-browser");
  const { db } = ticking.database;
  const mails: { template: string; data: Parameters<typeof ticking.mail.render>[1] }[] = [];
  const digest = await digestBySlug(db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  const selection = await selectionFor(db, digest, behindAllIssues, noHand, now);
  const { stories } = await chooseFor(db, digest, selection, "");
  const articles = stories.map(({ article }) => article);
  const renderer = createMailRenderer(() => builtIn);
  const spy: typeof ticking.mail = {
    render: async (template, data) => {
      mails.push({ template, data });
      return renderer.render(template, data);
    },
  };
  await renderEdition({ ...ticking, mail: spy }, digest, null, now, "ar", articles, noHand);
  const mail = mails[0];
  if (!mail) throw new Error("Nothing was rendered.");
  const markup = await filledMarkup(mail.data);
  const taken = { whole: [] as number[], assembled: [] as number[], bare: [] as number[] };
  const timed = async (name: keyof typeof taken, counts: boolean, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    if (counts) taken[name].push(performance.now() - began);
  };
  for (let i = -3; i < repetitions; i++) {
    await timed("whole", i >= 0, () => renderer.renderWhole(mail.template, mail.data));
    await timed("assembled", i >= 0, () => renderer.render(mail.template, mail.data));
    await timed("bare", i >= 0, () => mjml2html(markup, { validationLevel: "skip" }));
  }
  const row = (name: string, times: readonly number[]) => [
    name,
    medianAndQuarters(times),
    digits(median(times) / median(taken.bare)),
  ];
  say(`An edition of ${articles.length} stories, HTML and plain text, milliseconds:`);
  table(
    ["", "median and quarters", "ratio of medians"],
    [
      row("assembled, its blocks known", taken.assembled),
      row("in one piece", taken.whole),
      row("bare MJML of the same markup, unchecked", taken.bare),
    ],
  );
}

const builtIn = (name: string) => readFileSync(resolve("templates", name), "utf8");

/** The MJML that our templates become for this mail, but for what is done to its directions. */
async function filledMarkup(data: Parameters<Nashra["ticking"]["mail"]["render"]>[1]): Promise<string> {
  const sides = { start: "right", end: "left", arrow: "←", accent: "#8a1c2c", accentOnDark: "#e58a97" };
  const personal = {
    unsubscribeUrl: "https://paper.example/u",
    preferencesUrl: "https://paper.example/p",
    worthUrl: "https://paper.example/r",
    webUrl: "https://paper.example/i",
    address: "a@b.example",
  };
  return liquidEngine(builtIn, true).fill("digest.mjml", data, { ...data, ...sides, personal });
}
