// The newsroom over HTTP: behind one guard every page, each in a file of its own.
import { Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import { issueRoutes } from "./issue.tsx";
import { actRoutes } from "./issue-acts.tsx";
import { doubtRoutes } from "./issue-doubts.tsx";
import { issueListRoutes } from "./issues.tsx";
import { letterRoutes } from "./letter.tsx";
import { outboxRoutes } from "./outbox.tsx";
import { previewRoutes } from "./preview.tsx";
import { specialRoutes } from "./special.tsx";
import { whyRoutes } from "./why-page.tsx";

/**
 * All of `/newsroom` but the sign-in, which accounts have: mounted before this, it answers before the guard is asked. What
 * is mounted below the guard is seen by nobody who is not signed in, and so is whatever has no page here.
 */
export function newsroomRoutes(deps: NewsroomDeps) {
  return (
    new Hono()
      .use("/newsroom/*", requireEditor(deps, "viewer"))
      .get("/newsroom", (c) => c.redirect("/newsroom/issues", 303))
      .route("/", issueListRoutes(deps))
      .route("/", issueRoutes(deps))
      .route("/", actRoutes(deps))
      .route("/", doubtRoutes(deps))
      .route("/", previewRoutes(deps))
      .route("/", specialRoutes(deps))
      // Mails hold names, and links that act for their readers.
      .use("/newsroom/outbox", requireEditor(deps, "editor"))
      .use("/newsroom/outbox/*", requireEditor(deps, "editor"))
      .route("/", outboxRoutes(deps))
      .route("/", letterRoutes(deps))
      .route("/", whyRoutes(deps))
  );
}
