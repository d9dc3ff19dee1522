// The hub over HTTP: subscribers post their requests to /websub, and a person who opens it reads what it is.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { WebSubHub } from "../config.ts";
import type { Hub } from "./hub.ts";
import { hubPath } from "./rules.ts";

/** More than the longest topic and callback take, percent-encoded once more as a form has them. */
const largestForm = 24_000;

const about = `هذا مركز WebSub لهذا الموقع: يدفع كل خلاصة إلى المشتركين فيها لحظة تغيّرها.
برامج القراءة تشترك بنفسها؛ لا شيء هنا يُقرأ. الخلاصات كلها في /feeds.opml.

This is the WebSub hub of this site: it pushes each feed to its subscribers the moment it changes.
Programs subscribe by a POST as the standard has it (https://www.w3.org/TR/websub/); there is nothing here to read.
All feeds are listed in /feeds.opml.
`;

/** `/websub`. Where the hub is elsewhere, subscribers are sent there (WebSub §5.1.2). */
export function webSubRoutes(hub: Hub, where: WebSubHub) {
  const plain = (status: number, text: string, headers: Record<string, string> = {}) =>
    new Response(`${text.trimEnd()}\n`, {
      status,
      headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
    });
  const app = new Hono();
  if (where.kind === "off") return app;
  if (where.kind === "outside") {
    const { href } = where.url;
    return app.on(["GET", "POST"], hubPath, () =>
      plain(307, `The hub of this site is ${href}.`, { Location: href }),
    );
  }
  return app
    .get(hubPath, () => plain(200, about))
    .post(
      hubPath,
      bodyLimit({
        maxSize: largestForm,
        onError: () => plain(413, `A subscription request has at most ${largestForm} bytes.`),
      }),
      async (c) => {
        const type = c.req.header("content-type") ?? "";
        if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
          return plain(415, "A subscription request is application/x-www-form-urlencoded (WebSub §5.1).");
        const { status, text } = await hub.ask(await c.req.text());
        return plain(status, text, status === 429 || status === 503 ? { "Retry-After": "60" } : {});
      },
    )
    .all(hubPath, () => plain(405, "The hub takes GET and POST.", { Allow: "GET, HEAD, POST" }));
}
