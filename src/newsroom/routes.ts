// The newsroom over HTTP: the sign-in, and behind it every page, each in a file of its own.
import { Hono } from "hono";
import { accountRoutes, requireEditor } from "../accounts/index.ts";
import { visitOf } from "../articles/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import { issueRoutes } from "./issue.tsx";
import { issueListRoutes } from "./issues.tsx";
import { letterRoutes } from "./letter.tsx";
import { outboxRoutes } from "./outbox.tsx";

/** All of `/newsroom`. What is mounted below the guard is seen by nobody who is not signed in. */
export function newsroomRoutes(deps: NewsroomDeps) {
  const { database, site, now, assets } = deps;
  const access = {
    database,
    site,
    now,
    shell: async (c: Parameters<typeof visitOf>[0]) => (await visitOf(c, { db: database.db, assets })).shell,
  };
  return new Hono()
    .route("/", accountRoutes(access))
    .use("/newsroom/*", requireEditor(access, "viewer"))
    .get("/newsroom", (c) => c.redirect("/newsroom/issues", 303))
    .route("/", issueListRoutes(deps))
    .route("/", issueRoutes(deps))
    .route("/", outboxRoutes(deps))
    .route("/", letterRoutes(deps));
}
