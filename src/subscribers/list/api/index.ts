// The API for the publisher's side of subscribers. Viewers may count; names and addresses are for editors, lists that come in
// or go out for administrators.
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { importApi } from "./import.ts";
import { segmentApi } from "./segments.ts";
import type { ListApiDeps, ListApiEnv } from "./shared.ts";
import { subscriberApi } from "./subscribers.ts";
import { suppressionApi } from "./suppressions.ts";

export type { ListApiDeps } from "./shared.ts";

/**
 * `/api/v1/subscribers`, `/api/v1/segments`, `/api/v1/suppressions`. Who mounts it has checked that the token may read or send
 * at all.
 *
 * @param invalid answers a request that the schemas refuse
 */
export function listApi(deps: ListApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const app = new OpenAPIHono<ListApiEnv>();
  for (const part of [subscriberApi, importApi, segmentApi, suppressionApi])
    app.route("/", part(deps, invalid));
  return app;
}
