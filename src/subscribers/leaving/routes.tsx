// Leaving by the link of a mail, and taking it back. A GET asks; only a POST does.
import { type Context, Hono } from "hono";
import type { SubscriberId } from "../consent.ts";
import { comeBack, type Left, leave, leftDigest } from "../leave.ts";
import { makeLink, readLink, returnHours, testToken } from "../links.ts";
import { fieldsOf, type SubscriberDeps, type Visits } from "../visit.tsx";
import {
  LeavePage,
  LeftPage,
  NotSubscribedPage,
  ReturnedPage,
  ReturnPage,
  TestPage,
  TooLatePage,
} from "./pages.tsx";

/** `/unsubscribe/:token` and `/unsubscribe/return/:token`, open to forms of any origin. */
export function leavingRoutes(deps: SubscriberDeps, visits: Visits) {
  const { database, keys, now } = deps;
  const { shellOf, shellFor, proofOf, namesOf, badLink, bounded } = visits;

  /** What is so now that somebody pressed: the same page for the first time and the tenth. */
  const left = async (
    c: Context,
    named: { subscriber: SubscriberId; digest: number },
    ended: Left | null,
  ) => {
    const shell = await shellFor(c, named);
    const just = ended ?? (await leftDigest(database.db, named));
    if (just === null || Temporal.Instant.compare(now(), just.at.add({ hours: returnHours })) >= 0) {
      return c.html(<NotSubscribedPage shell={shell} digest={await namesOf([named.digest], shell)} />);
    }
    const undo = await undoOf(deps, named.subscriber, just.at);
    return c.html(<LeftPage shell={shell} digest={await namesOf(just.digests, shell)} undo={undo} />);
  };

  return (
    new Hono()
      .on(["GET", "POST"], [`/unsubscribe/${testToken}`, `/preferences/${testToken}`], async (c) =>
        c.html(<TestPage shell={await shellOf(c)} />),
      )
      .get("/unsubscribe/:token", async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "unsubscribe", token, now());
        if (!link.ok) return badLink(c, link.why);
        const shell = await shellFor(c, link.named);
        const digest = await namesOf([link.named.digest], shell);
        const several = (await deps.digests()).length > 1;
        return c.html(<LeavePage shell={shell} token={token} digest={digest} several={several} />);
      })
      // RFC 8058 §3.1: the token alone names person and list; no cookie, no check of origins, no redirect.
      .post("/unsubscribe/:token", bounded, async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "unsubscribe", token, now());
        if (!link.ok) return badLink(c, link.why);
        const fields = await fieldsOf(c);
        const by = fields.one("List-Unsubscribe") === "One-Click" ? "one-click" : "page";
        const { subscriber, digest } = link.named;
        const what = { subscriber, digest: fields.one("what") === "all" ? null : digest };
        const at = now();
        const digests = await leave(database, what, by, proofOf(c, "unsubscribe", token), at);
        return left(c, link.named, digests.length > 0 ? { at, digests } : null);
      })
      .get("/unsubscribe/return/:token", async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "return", token, now());
        const shell = await shellFor(c, link.ok || link.why === "expired" ? link.named : null);
        if (!link.ok)
          return link.why === "broken" ? badLink(c, link.why) : c.html(<TooLatePage shell={shell} />, 410);
        return c.html(<ReturnPage shell={shell} token={token} />);
      })
      .post("/unsubscribe/return/:token", bounded, async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "return", token, now());
        const shell = await shellFor(c, link.ok || link.why === "expired" ? link.named : null);
        if (!link.ok)
          return link.why === "broken" ? badLink(c, link.why) : c.html(<TooLatePage shell={shell} />, 410);
        const back = await comeBack(database, link.named, proofOf(c, "return", token), now());
        if (back.length === 0) return c.html(<TooLatePage shell={shell} />, 410);
        return c.html(<ReturnedPage shell={shell} digest={await namesOf(back, shell)} />);
      })
  );
}

/** Where a leaving is taken back: its path, the same at each press, since its time runs from the leaving. */
export async function undoOf(
  { keys, site }: Pick<SubscriberDeps, "keys" | "site">,
  subscriber: SubscriberId,
  leftAt: Temporal.Instant,
): Promise<string> {
  return new URL(await makeLink(keys, site, "return", { subscriber, leftAt }, leftAt)).pathname;
}
