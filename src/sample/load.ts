// Loads the sample newsroom into an empty store: real articles through the real way in, dated back from now.
import { type ArticleInput, type ArticleTables, addSection, hasArticles } from "../articles/index.ts";
import type { Clock, Database } from "../platform/index.ts";
import {
  markLoading,
  newPublisher,
  type SettingsTables,
  savePublisher,
  setupState,
} from "../settings/index.ts";
import { sampleArticles, sampleSections } from "./newsroom.ts";
import { samplePictures } from "./pictures/index.ts";
import type { SampleArticle } from "./types.ts";

export type SampleDeps = {
  database: Database<ArticleTables & SettingsTables>;
  site: URL;
  now: Clock;
  /** Publishes an article, and says which it became; publish.ts stands above this part. */
  publish: (input: ArticleInput) => Promise<{ id: number }>;
  retract: (id: number, reason: string) => Promise<unknown>;
};

/** Opinion keeps longer than news. */
const opinionHalfLifeHours = 36;

const samplePublisher = {
  ...newPublisher,
  name: "صحيفة المرسى",
  nameEn: "Al-Marsa",
  tagline: "أخبار مرسانة وسيدرانة كل يوم",
  taglineEn: "News of Marsana and Sidrana, every day",
  hijri: true,
  postalAddress: "مبنى المرسى، رصيف الصيادين 7، مرسانة",
  sample: true,
};

/** Whether nobody has put anything in yet, or the sample is in by half. */
export async function isEmptyStore({ db }: Database<ArticleTables & SettingsTables>): Promise<boolean> {
  const setup = await setupState(db);
  return setup === "loading" || (setup === "new" && !(await hasArticles(db)));
}

/** Loads everything: the paper's name and sections, then each article as it was published, corrected or retracted. */
export async function loadSample(deps: SampleDeps): Promise<void> {
  const { db, batch } = deps.database;
  const start = deps.now();
  await batch([
    markLoading(db, true, start),
    savePublisher(db, samplePublisher, start),
    ...sampleSections.map((section) =>
      addSection(db, { ...section, halfLifeHours: section.slug === "رأي" ? opinionHalfLifeHours : 12 }, true),
    ),
  ]);
  for (const article of sampleArticles.toSorted((a, b) => b.hoursAgo - a.hoursAgo)) {
    const input = inputOf(article, deps.site, start);
    if (article.before) {
      const { title = input.title, bodyHtml = input.body_html } = article.before;
      await deps.publish({ ...input, title, body_html: bodyHtml, correction: null, updated_at: null });
    }
    const { id } = await deps.publish(input);
    if (article.retracted) await deps.retract(id, article.retracted);
  }
  await batch([markLoading(db, false, start)]);
}

const pictureUrl = (site: URL, file: string) => new URL(`/assets/sample/${file}`, site).href;

function inputOf(article: SampleArticle, site: URL, start: Temporal.Instant): ArticleInput {
  const publishedAt = start.subtract({ minutes: Math.round(article.hoursAgo * 60) });
  const { picture } = article;
  const size = picture && samplePictures[picture.file];
  return {
    external_id: article.externalId,
    title: article.title,
    summary: article.summary,
    body_html: article.bodyHtml,
    url: null,
    sections: article.sections,
    tags: article.tags,
    authors: article.authors,
    source_name: article.sourceName,
    image:
      picture && size
        ? { url: pictureUrl(site, picture.file), alt: picture.alt, credit: picture.credit, ...size }
        : null,
    published_at: publishedAt.toString(),
    // A correction came an hour after the article.
    updated_at: article.correction ? publishedAt.add({ minutes: 60 }).toString() : null,
    importance: article.importance,
    correction: article.correction ?? null,
  };
}
