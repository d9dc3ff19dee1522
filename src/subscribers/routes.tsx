// The pages of subscribers over HTTP: each folder has its own. A GET changes nothing, and no answer tells whether an address
// is known.
import { Hono } from "hono";
import { leavingRoutes } from "./leaving/routes.tsx";
import { preferenceLinkRoutes } from "./preferences/link-routes.tsx";
import { preferencesRoutes } from "./preferences/routes.tsx";
import { embedRoutes } from "./signup/embed.tsx";
import { signUpRoutes } from "./signup/routes.tsx";
import { type SubscriberDeps, visits } from "./visit.tsx";

/**
 * `/subscribe…`, `/confirm/…`, `/preferences…` and `/unsubscribe/…`. All take forms of any origin: they carry
 * a signed token, or are asked for a confirmation; and a browser that opened a mail's link may say that it comes from nowhere.
 */
export function subscriberRoutes(deps: SubscriberDeps) {
  const shared = visits(deps);
  return new Hono()
    .route("/", embedRoutes(deps, shared))
    .route("/", signUpRoutes(deps, shared))
    .route("/", leavingRoutes(deps, shared))
    .route("/", preferenceLinkRoutes(deps, shared))
    .route("/", preferencesRoutes(deps, shared));
}
