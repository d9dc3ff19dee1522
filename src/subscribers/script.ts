// What a script on another site's page is told, which sent a form of ours there and shows in place what became of it.
import type { Context } from "hono";

export type ScriptAnswer = {
  ok: boolean;
  /** A sentence for the person, in the form's language. */
  message: string;
  /** A likelier address. Sent again with `sure=yes`, the one that was typed is taken as it is. */
  meant?: string;
  /** The rest is for our own page: send the form there as forms are sent. */
  page?: true;
};

/** Whether whoever asks wants JSON, as a script says that it does; browsers that open a page never do. */
export const asksForJson = (c: Context): boolean =>
  /\bapplication\/json\b/i.test(c.req.header("Accept") ?? "");

/** Any site may read it, without cookies: it tells nothing that the page does not tell to everybody. */
export function tellScript(c: Context, status: 200 | 422 | 429, answer: ScriptAnswer) {
  c.header("Access-Control-Allow-Origin", "*");
  c.header("Cache-Control", "no-store");
  return c.json(answer, status);
}
