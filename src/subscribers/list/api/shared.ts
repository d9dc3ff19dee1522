// What the three APIs of lists share: how they are described, how they refuse, what they are given.
import { z } from "@hono/zod-openapi";
import type { Clock } from "../../../platform/index.ts";
import type { LettersToErase } from "../../preferences/erase.ts";
import type { ListDatabase } from "../rows.ts";
import { type SegmentFilter, segmentFilter, type Today } from "../segment.ts";
import { segmentBySlug } from "../segments.ts";
import type { Names } from "../wanted.ts";

export type ListApiDeps = {
  database: ListDatabase;
  site: URL;
  now: Clock;
  letters: LettersToErase;
  /** The digests and sections that there are. */
  names: () => Promise<Names>;
  /** The publisher's, for days. */
  zone: () => Promise<string>;
};

/** What who mounts these has checked: the token, whose name is `c.var.actor`. */
export type ListApiEnv = { Variables: { actor: string } };

/** The name of a segment: it stands in addresses. */
export const slug = z
  .string()
  .regex(/^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u, "letters, digits and hyphens")
  .max(80)
  .transform((text) => text.normalize("NFC"));
const problemJson = z.looseObject({ type: z.string(), title: z.string(), status: z.int() });
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
export const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemJson } },
});
export const security = [{ token: [] }];
export const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  422: refusal("Something in it is refused; `detail` says what."),
};
export const none = { 404: refusal("There is none.") };
export const limit = z.coerce.number().int().min(1).max(500).default(100);

/** What the days of a filter are counted from, now. */
export const todayOf = async ({ now, zone }: ListApiDeps): Promise<Today> => ({
  now: now(),
  zone: await zone(),
});

/** The filter of a segment that was named, or everybody where none was; null if there is no such segment. */
export async function filterOf(
  { database }: ListApiDeps,
  slugGiven: string | undefined,
): Promise<SegmentFilter | null> {
  if (slugGiven === undefined) return segmentFilter.parse({});
  return (await segmentBySlug(database.db, slugGiven))?.filter ?? null;
}

export const noSegment = (name: string | undefined) => ({
  status: 404 as const,
  title: "No such segment",
  detail: `There is no segment "${name}". GET /api/v1/segments lists them.`,
});
