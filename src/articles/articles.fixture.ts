// A paper for tests: a real store, into which articles go by the same statements as in life.
import type { Database } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import type { AssetPaths } from "../web/index.ts";
import { type ArticleId, articleId } from "./article.ts";
import { draftArticle } from "./ingest.ts";
import type { ArticleInput } from "./input.ts";
import { articleById, listSections, storedAs } from "./read.ts";
import { addSection, createArticle, retractArticle, reviseArticle } from "./store.ts";
import type { ArticleTables } from "./tables.ts";

export const site = new URL("https://marsa.example/");
export const assets: AssetPaths = { css: "/assets/styles.css" };
export const startOfTests = Temporal.Instant.from("2026-03-01T07:00:00Z");

/** Opens the paper in a store: its one section is `politics`, its clock stands until the test moves it. */
export async function openPaper({ db, batch }: Database<ArticleTables & SettingsTables>) {
  const clock = { now: startOfTests };

  async function section(slug: string, title = slug, titleEn: string | null = null) {
    await batch([addSection(db, { slug, title, titleEn, halfLifeHours: 12 }, false)]);
  }

  /** Publishes, or revises if the external id is known. */
  async function publish(over: Partial<ArticleInput> = {}): Promise<ArticleId> {
    const input: ArticleInput = {
      external_id: crypto.randomUUID(),
      title: "افتتاح مكتبة عامة في مرسانة",
      body_html: "<p>فتحت المكتبة أبوابها صباح الأحد.</p>",
      sections: ["politics"],
      tags: [],
      authors: [],
      importance: 0,
      ...over,
    };
    const stored = await storedAs(db, "test", input.external_id);
    const drafting = await draftArticle(
      input,
      "test",
      await listSections(db),
      stored?.article ?? null,
      clock.now,
    );
    if (!drafting.ok) throw new Error(`not an article: ${JSON.stringify(drafting)}`);
    const { draft } = drafting;
    await batch(
      stored
        ? reviseArticle(db, draft, stored.article.revision, clock.now)
        : createArticle(
            db,
            draft,
            `urn:uuid:${crypto.randomUUID()}`,
            { leadId: null, shingles: [] },
            clock.now,
          ),
    );
    const after = await storedAs(db, "test", input.external_id);
    return after?.article.id ?? articleId(0);
  }

  const retract = async (id: ArticleId, reason: string) =>
    batch(retractArticle(db, id, (await articleById(db, id))?.revision ?? 0, reason, clock.now));

  await section("politics", "سياسة", "Politics");
  return { clock, now: () => clock.now, section, publish, retract };
}
