// What keeps a request, as a page for people or as an answer to a script.
import type { Context } from "hono";
import { allowOwnScript, ErrorPage } from "../../web/index.ts";
import { asksForJson, tellScript } from "../script.ts";
import type { Shell } from "../visit.tsx";
import { ChallengePage, type SentFields, SlipPage } from "./pages.tsx";
import type { Taken } from "./take.ts";
import { guardWords } from "./words.ts";

type Kept = Exclude<Taken, { kind: "admitted" | "refused" }>;

/**
 * The reply for a slip, a challenge or a wait.
 *
 * @param sent what was sent, so that nothing is lost, and where it goes
 */
export function explain(
  c: Context,
  kept: Kept,
  shell: Shell,
  sent: { action: string; fields: SentFields; typed: string },
) {
  const t = guardWords[shell.language];
  const script = asksForJson(c);
  switch (kept.kind) {
    case "slip": {
      const { meant } = kept;
      if (script) return tellScript(c, 422, { ok: false, message: t.slipScript(meant), meant });
      return c.html(<SlipPage {...sent} shell={shell} meant={meant} />, 422);
    }
    case "challenge": {
      const { challenge, seconds } = kept;
      c.header("Retry-After", String(seconds));
      if (script) return tellScript(c, 429, { ok: false, message: t.challengeScript, page: true });
      allowOwnScript(c);
      return c.html(<ChallengePage {...sent} shell={shell} challenge={challenge} seconds={seconds} />, 429);
    }
    case "wait": {
      c.header("Retry-After", String(kept.seconds));
      const sentence = t.wait(kept.seconds);
      if (script) return tellScript(c, 429, { ok: false, message: sentence });
      return c.html(<ErrorPage {...shell} status={429} sentence={sentence} />, 429);
    }
  }
}
