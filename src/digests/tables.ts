// What digests, issues and editions are, and the tables that hold them. Times in tables are milliseconds since 1970, UTC.
import type { Generated } from "kysely";
import type { ArticleId } from "../articles/index.ts";
import type { HijriShift } from "./hijri.ts";
import type { ScoreParts } from "./rank.ts";
import type { RunKey, Schedule } from "./schedule.ts";

export type DigestId = number & { readonly brand: "DigestId" };
export type IssueId = number & { readonly brand: "IssueId" };
/** Stands behind every issue: for what is drawn while there is none yet. */
export const behindAllIssues = Number.MAX_SAFE_INTEGER as IssueId;

/** Where readers find an issue on the web. */
export const issuePath = (issue: Pick<Issue, "digestSlug" | "date" | "slot">): string =>
  `/issues/${encodeURIComponent(issue.digestSlug)}/${issue.date}-${encodeURIComponent(issue.slot)}`;

export type EditionId = number & { readonly brand: "EditionId" };

/** The recurring newsletter. */
export type Digest = {
  id: DigestId;
  slug: string;
  name: string;
  nameEn: string | null;
  on: boolean;
  schedule: Schedule;
  maxStories: number;
  minStories: number;
  lateMinutes: number;
  deadlineMinutes: number;
  /** The next planned run, also where it is left out: then its issue is kept as skipped, with the reason. */
  next: RunKey | null;
  /** Grows with each change of the schedule. */
  scheduleRevision: number;
};

/**
 * `opened`: its slot is taken. `built`: its editions stand and its audience is being written. `sending`: the whole
 * audience is in the ledger. `sent`: no delivery of it is open.
 */
export type IssueState = "opened" | "built" | "sending" | "sent" | "skipped" | "cancelled";

export type Issue = {
  id: IssueId;
  digestId: DigestId;
  digestSlug: string;
  date: string;
  slot: string;
  state: IssueState;
  plannedAt: Temporal.Instant;
  openedAt: Temporal.Instant;
  finishedAt: Temporal.Instant | null;
  reason: string | null;
  /** The audience is written up to the subscription with this id. */
  frozenThrough: number;
  candidates: number | null;
};

/** What one choice of sections gets in one issue, in one language. */
export type Edition = {
  id: EditionId;
  issueId: IssueId;
  sections: string;
  language: "ar" | "en";
  revision: number;
  subject: string;
  html: string;
  text: string;
  /** The articles of its stories, in their order. */
  articles: readonly ArticleId[];
};

export type EditionStory = {
  articleId: ArticleId;
  storyId: number;
  position: number;
  score: number;
  parts: ScoreParts;
};

export type DigestTables = {
  digests: {
    id: Generated<DigestId>;
    slug: string;
    name: string;
    name_en: string | null;
    state: "on" | "off";
    zone: string;
    days: string;
    slots: string;
    max_stories: number;
    min_stories: number;
    late_minutes: number;
    deadline_minutes: number;
    next_at: number | null;
    next_date: string | null;
    next_slot: string | null;
    exceptions: Generated<string>;
    hijri_shift: Generated<HijriShift>;
    schedule_revision: Generated<number>;
  };
  issues: {
    id: Generated<IssueId>;
    digest_id: DigestId;
    local_date: string;
    slot: string;
    state: IssueState;
    planned_at: number;
    opened_at: number;
    finished_at: number | null;
    reason: string | null;
    frozen_through: Generated<number>;
    candidates: number | null;
    guid: string | null; // in its digest's feed; every issue that was opened has one
  };
  editions: {
    id: Generated<EditionId>;
    issue_id: IssueId;
    sections: string;
    language: "ar" | "en";
    revision: number;
    subject: string;
    html: string;
    plain: string;
    built_at: number;
  };
  edition_stories: {
    edition_id: EditionId;
    position: number;
    article_id: ArticleId;
    story_id: number;
    score: number;
    parts: string;
  };
};
