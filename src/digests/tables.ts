// What digests, issues and editions are, and the tables that hold them. Times in tables are milliseconds since 1970, UTC.
import type { Generated } from "kysely";
import type { ArticleId } from "../articles/index.ts";
import type { Approval } from "./approval.ts";
import type { HijriShift } from "./hijri.ts";
import type { Paused } from "./pause.ts";
import type { RunKey, Schedule } from "./schedule.ts";
import type { ScoreParts } from "./score.ts";

export type DigestId = number & { readonly brand: "DigestId" };
export type IssueId = number & { readonly brand: "IssueId" };
/** Stands behind every issue: for what is drawn while there is none yet. */
export const behindAllIssues = Number.MAX_SAFE_INTEGER as IssueId;

/** Where readers find an issue on the web. */
export const issuePath = (issue: Pick<Issue, "digestSlug" | "date" | "slot">): string =>
  `/issues/${encodeURIComponent(issue.digestSlug)}/${issue.date}-${encodeURIComponent(issue.slot)}`;

/** Where readers find all issues of a digest. */
export const archivePath = ({ slug }: Pick<Digest, "slug">): string => `/issues/${encodeURIComponent(slug)}`;

/** `digest`: a run of the schedule, or one by hand. The others carry one article: see special.ts. */
export type IssueKind = "digest" | "breaking" | "correction";

export type SpecialKind = Exclude<IssueKind, "digest">;

export type EditionId = number & { readonly brand: "EditionId" };

/** What a digest allows of breaking news. */
export type BreakingRule = {
  /** At most so many on one local day; 0: none at all. */
  aDay: number;
  /** Local times of the digest's zone, `HH:MM`, between which none goes out; may go over midnight. Null: any hour will do. */
  quiet: { from: string; until: string } | null;
};

/** How its issues look: `digest` with pictures and summaries, `compact` with titles and a line each. */
export type DigestTemplate = "digest" | "compact";

export type InDoubt = "resend" | "hold";

/** Whom a digest's letters come from; what is null is the paper's. The address is ASCII, its domain in A-labels and small letters. */
export type DigestSender = { address: string | null; name: string | null };

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
  /** Null where its issues go out by themselves. */
  approval: Approval | null;
  breaking: BreakingRule;
  template: DigestTemplate;
  /** What becomes of a letter that a server may have taken: sent again with the same Message-ID, or held for a person. */
  inDoubt: InDoubt;
  sender: DigestSender;
  /** The next planned run, also where it is left out: then its issue is kept as skipped, with the reason. */
  next: RunKey | null;
  /** Grows with each change of the schedule. */
  scheduleRevision: number;
};

/**
 * `opened`: its slot is taken. `waiting`: its editions stand, and an editor is asked. `built`: they stand, and from its time on its
 * audience is being written. `sending`: the whole audience is in the ledger. `sent`: no delivery of it is open. `cancelling`: what
 * has not left is being withdrawn.
 */
export type IssueState =
  | "opened"
  | "waiting"
  | "built"
  | "sending"
  | "sent"
  | "skipped"
  | "cancelling"
  | "cancelled";

export type Issue = {
  id: IssueId;
  digestId: DigestId;
  digestSlug: string;
  date: string;
  slot: string;
  kind: IssueKind;
  state: IssueState;
  plannedAt: Temporal.Instant;
  openedAt: Temporal.Instant;
  finishedAt: Temporal.Instant | null;
  reason: string | null;
  /** The audience is written up to the subscription with this id; a correction's up to the subscriber with it. */
  frozenThrough: number;
  candidates: number | null;
  /** Grows whenever what it carries changes before it is approved; 0 until it is built. */
  revision: number;
  /** When its digest's rule speaks if no editor does, and what it says; null where nobody is asked. */
  approval: { by: Temporal.Instant; unanswered: Approval["unanswered"] } | null;
  approvedBy: string | null;
  cancelledBy: string | null;
  /** Nothing of it leaves until somebody lets it go on; null: it goes on. */
  paused: Paused | null;
  /** Its letters may leave until then, though their own deadline has passed. */
  extendedTo: Temporal.Instant | null;
  /** Its ledger is counts up to the subscriber with this id; 0 while it has all of its rows. */
  foldedThrough: number;
  /** What readers said of it. */
  worth: { yes: number; no: number };
};

/** What one choice of sections gets in one issue, in one language. */
export type Edition = {
  id: EditionId;
  issueId: IssueId;
  /** As subscriptions keep it; of an edition for those who were sent some of it already, see {@link isShared}. */
  sections: string;
  language: "ar" | "en";
  revision: number;
  subject: string;
  html: string;
  text: string;
  /** How many summaries were shortened, as the mail was too large. */
  shortened: number;
  /** The articles of its stories, in their order. */
  articles: readonly ArticleId[];
  /** What would come next, for whom one of its stories is nothing new. */
  next: readonly Placed[];
};

/** A story with its place's reasons, as they were when the edition was built. */
export type Placed = { articleId: ArticleId; storyId: number; score: number; parts: ScoreParts };

/** With the revision of the article that was rendered; null where that was not kept yet. */
export type EditionStory = Placed & { position: number; revision: number | null };

/**
 * What stands under `sections` for those readers of a choice who were sent some of it already: the choice, and the articles that
 * they get instead. Readers who get the same share one edition.
 */
export const ownSections = (sections: string, articles: readonly ArticleId[]): string =>
  `${sections}=${articles.join(",")}`;

/** Whether an edition is what a choice gets, and not what some of its readers get in its stead. */
export const isShared = (sections: string): boolean => !sections.includes("=");

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
    approval: Generated<string | null>;
    breaking_a_day: Generated<number>;
    quiet_from: Generated<string | null>;
    quiet_until: Generated<string | null>;
    template: Generated<DigestTemplate>;
    in_doubt: Generated<InDoubt>;
    from_address: Generated<string | null>;
    from_name: Generated<string | null>;
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
    approve_by: Generated<number | null>;
    unanswered: Generated<Approval["unanswered"] | null>;
    approved_by: Generated<string | null>;
    revision: Generated<number>;
    kind: Generated<IssueKind>;
    guid: string | null; // in its digest's feed; every issue that was opened has one
    worth_yes: Generated<number>;
    worth_no: Generated<number>;
    paused: Generated<string | null>;
    extended_to: Generated<number | null>;
    cancelled_by: Generated<string | null>;
    folded_through: Generated<number>;
    folded_at: Generated<number | null>;
    taken_up: Generated<0 | 1>;
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
    next: Generated<string>;
    shortened: Generated<number>;
  };
  edition_stories: {
    edition_id: EditionId;
    position: number;
    article_id: ArticleId;
    story_id: number;
    score: number;
    parts: string;
    revision: Generated<number | null>;
  };
  story_clicks: {
    issue_id: IssueId;
    article_id: ArticleId;
    people: Generated<number>;
    robots: Generated<number>;
  };
  reader_clicks: { issue_id: IssueId; article_id: ArticleId; subscriber_id: number; at: number };
  worth_marks: { issue_id: IssueId; mark: number; until: number };
  issue_articles: { article_id: ArticleId; issue_id: IssueId };
  issue_hand: {
    digest_id: DigestId;
    local_date: string;
    slot: string;
    version: number;
    hand: string;
    changed_at: number;
  };
  special_issues: {
    id: Generated<number>;
    token_hash: string;
    kind: SpecialKind;
    digest_id: DigestId;
    article_id: ArticleId;
    article_version: number;
    corrects: IssueId | null;
    right_from: number | null;
    right_revision: number | null;
    words: Generated<string>;
    words_en: Generated<string>;
    loud: Generated<0 | 1>;
    readers: number;
    asked_at: number;
    expires_at: number;
    issue_id: IssueId | null;
  };
};
