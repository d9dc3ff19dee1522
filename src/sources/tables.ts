// The tables that sources own, as Kysely sees them. Times are milliseconds since 1970, UTC.
import type { Generated } from "kysely";
import type { ArticleId, ArticleTables, SectionId } from "../articles/index.ts";
import type { SourceId, SourceKind } from "./source.ts";

export type SourceTables = {
  sources: {
    id: Generated<SourceId>;
    slug: string;
    kind: SourceKind;
    url: string;
    origin: string;
    title: string;
    language: string | null;
    zone: string | null;
    section_id: SectionId | null;
    paused_at: number | null;
    created_at: number;
    next_run_at: number | null;
    cursor: string | null;
    worker: string | null;
    claimed_until: number | null;
    failures: Generated<number>;
    last_error: string | null;
    last_run_at: number | null;
    last_good_at: number | null;
    secret: string;
    websub: string | null;
    hint_failures: Generated<number>;
    hints_after: number | null;
  };
  source_categories: {
    source_id: SourceId;
    key: string;
    label: string;
    leads: "section" | "everywhere" | "nowhere";
    section_id: SectionId | null;
  };
  source_items: {
    source_id: SourceId;
    external_id: string;
    remote_id: string | null;
    likeness: string | null;
    fingerprint: string;
    first_seen_at: number;
    dated: 0 | 1;
    article_id: ArticleId | null;
    newest: number | null;
  };
  source_runs: {
    id: Generated<number>;
    source_id: SourceId;
    started_at: number;
    ended_at: number;
    created: number;
    revised: number;
    unchanged: number;
    retracted: number;
    skipped: number;
    removed: string;
    notes: string;
    error: string | null;
  };
  source_files: { source_id: SourceId; identity: string; octets: number };
  source_hints: { id: Generated<number>; source_id: SourceId; remote_id: string; at: number };
  source_calls: { source_id: SourceId; delivery: string; until: number };
};

/** What reading and storing sources takes: their own tables, and those of the articles that they become. */
export type SourceDatabase = SourceTables & ArticleTables;
