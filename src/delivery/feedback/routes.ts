// The door for programs: a mail as it came, posted.
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { problem } from "../../web/index.ts";
import { mostInboundBytes } from "./read.ts";
import { type TakeMailDeps, takeMail } from "./take.ts";

/**
 * `POST /inbound/mail`: message/rfc822, for an editor's token; `?to=` names the address it was delivered to. The answer says what
 * it did.
 */
export function inboundMailRoutes(deps: TakeMailDeps & { requireFeedbackToken: MiddlewareHandler }) {
  const bounded = bodyLimit({
    maxSize: mostInboundBytes,
    onError: (c) =>
      problem(c, {
        status: 413,
        title: "Too large",
        detail: `A mail of at most ${mostInboundBytes} bytes is taken.`,
      }),
  });
  return new Hono().post("/inbound/mail", deps.requireFeedbackToken, bounded, async (c) => {
    c.header("Cache-Control", "no-store");
    const mail = new Uint8Array(await c.req.arrayBuffer());
    return c.json(await takeMail(deps, mail, (c.req.query("to") ?? "").slice(0, 320)));
  });
}
