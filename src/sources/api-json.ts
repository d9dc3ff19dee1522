// What the APIs of sources share: how one is described and told, and how they refuse.
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { withoutKeys } from "../platform/index.ts";
import { problem, refusal } from "../web/index.ts";
import type { SourceActDeps } from "./acts.ts";
import type { Source } from "./source.ts";

export type SourceApiDeps = {
  sourcing: SourceActDeps;
  site: URL;
  /** Has what is due done behind the reply. */
  tickSoon: () => void;
};

export const sourceFields = {
  source: z.string().openapi({ description: "Its slug." }),
  kind: z.enum(["wordpress", "feed", "page", "file"]),
  url: z.string(),
  title: z.string(),
  paused: z.boolean(),
  failures: z.int().openapi({ description: "Runs that failed since the last that went well." }),
  error: z.string().nullable().openapi({ description: "Why the last run failed; null: it went well." }),
  last_run_at: z.string().nullable(),
  last_good_at: z.string().nullable(),
  next_run_at: z.string().nullable().openapi({ description: "null: only when it is told to." }),
};
export const sourceJson = z.object(sourceFields).openapi("Source");

export const toJson = (it: Source) => ({
  source: it.slug,
  kind: it.kind,
  url: withoutKeys(it.url.href),
  title: it.title,
  paused: it.pausedAt !== null,
  failures: it.failures,
  error: it.lastError,
  last_run_at: it.lastRunAt?.toString() ?? null,
  last_good_at: it.lastGoodAt?.toString() ?? null,
  next_run_at: it.nextRunAt?.toString() ?? null,
});

export const security = [{ token: [] }];
export const path = "/api/v1/sources";
export const one = `${path}/{source}`;
export const params = z.object({ source: z.string().max(200).openapi({ description: "Its slug." }) });
export const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
};
export const none = { 404: refusal("There is no such source.") };
export const missing = (c: Context) =>
  problem(c, {
    status: 404,
    title: "No such source",
    detail: `There is no source of this name. GET ${path} lists them all.`,
  });
