// The issues of which editors may still decide what they carry: those that are open, and the next run of each digest.

import type { Kysely } from "kysely";
import {
  behindAllIssues,
  type Digest,
  type DigestTables,
  type Issue,
  type IssueId,
  issuesUnderWay,
  listDigests,
  mayBeDecided,
  nextThatRuns,
} from "../digests/index.ts";

export type Coming = {
  digest: Digest;
  digestId: Digest["id"];
  digestSlug: string;
  date: string;
  slot: string;
  at: Temporal.Instant;
  /** What stands behind all issues where there is none yet. */
  before: IssueId;
  issue: Issue | null;
};

/** More than any form offers. */
const mostComing = 20;

/** Soonest first. */
export async function comingIssues(db: Kysely<DigestTables>): Promise<Coming[]> {
  const [digests, underWay] = [await listDigests(db), await issuesUnderWay(db)];
  const open = underWay.flatMap((issue): Coming[] => {
    const digest = digests.find(({ id }) => id === issue.digestId);
    if (!digest || issue.kind !== "digest" || !mayBeDecided(issue)) return [];
    const { digestId, digestSlug, date, slot, plannedAt, id } = issue;
    return [{ digest, digestId, digestSlug, date, slot, at: plannedAt, before: id, issue }];
  });
  return [...open, ...digests.flatMap(nextOf)]
    .sort((a, b) => Temporal.Instant.compare(a.at, b.at))
    .slice(0, mostComing);
}

function nextOf(digest: Digest): Coming[] {
  const next = digest.on ? nextThatRuns(digest.schedule, digest.next) : null;
  if (next === null) return [];
  const { date, slot, at } = next;
  const { id: digestId, slug: digestSlug } = digest;
  return [{ digest, digestId, digestSlug, date, slot, at, before: behindAllIssues, issue: null }];
}
