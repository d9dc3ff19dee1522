// The tables that articles own, as Kysely sees them. Times are milliseconds since 1970, UTC.
import type { Generated } from "kysely";
import type { ArticleId, Importance, SectionId } from "./article.ts";

type Link = { article_id: ArticleId; position: number; published_at: number; visible: 0 | 1 };

export type ArticleTables = {
  sections: {
    id: Generated<SectionId>;
    slug: string;
    title: string;
    title_en: string | null;
    position: number;
    half_life_hours: Generated<number>;
    closed_at: number | null;
    sample: 0 | 1;
  };
  section_former_slugs: { slug: string; section_id: SectionId };
  articles: {
    id: Generated<ArticleId>;
    guid: string;
    origin: string;
    external_id: string;
    state: "published" | "embargoed" | "retracted";
    url: string | null;
    title: string;
    summary: string;
    body_html: string;
    source_name: string | null;
    image: string | null;
    importance: Importance;
    published_at: number;
    published_from: "given" | "first-seen";
    updated_at: number;
    first_seen_at: number;
    revision: number;
    content_hash: string;
    correction: string | null;
    retracted_at: number | null;
    retract_reason: string | null;
    story_id: ArticleId | null;
  };
  article_sections: Link & { section_id: SectionId };
  authors: { id: Generated<number>; slug: string; name: string };
  article_authors: Link & { author_id: number };
  tags: { id: Generated<number>; slug: string; name: string };
  article_tags: Link & { tag_id: number };
  article_revisions: { article_id: ArticleId; revision: number; replaced_at: number; content: string };
  article_words_missing: { only: 1; through: number };
  article_word_rows: { article_id: ArticleId; row: number };
  story_shingles: { shingle: number; lead_id: ArticleId; published_at: number };
  story_hand: {
    article_id: ArticleId;
    story_id: ArticleId;
    kind: "joined" | "apart";
    by_whom: string;
    at: number;
  };
};
