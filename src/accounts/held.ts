// What somebody was about to do when they were asked who they are: it is kept in the page that asks, and goes on from there.
// So nothing typed is lost, nothing of it is stored, and it works without script.
import type { Context } from "hono";
import { readForm } from "../web/index.ts";

export type Held = {
  /** A path of the newsroom, with its query. */
  to: string;
  method: "get" | "post";
  fields: readonly (readonly [name: string, value: string])[];
};

/** The fields of the sign-in itself begin so; no other form's do. */
const own = "login_";

/** More than any form of the newsroom sends; what is larger (a file) is chosen once more. */
export const mostHeld = 100_000;
const mostFields = 500;

/** Whether a page may send somebody there: inside the newsroom, and not to the sign-in. */
export const isTarget = (path: string): boolean =>
  path.length <= 2000 &&
  /^\/newsroom(?:[/?][!-[\]-~]*)?$/.test(path) &&
  !/^\/newsroom\/(?:login|sign-out)(?:[/?]|$)/.test(path);

/** What a request was about, for a page that stands in its way. */
export async function heldOf(c: Context): Promise<Held | null> {
  const { pathname, search } = new URL(c.req.url);
  const to = pathname + search;
  if (!isTarget(to)) return null;
  if (c.req.method === "GET" || c.req.method === "HEAD") return { to, method: "get", fields: [] };
  const length = Number(c.req.header("Content-Length") ?? Number.NaN);
  const isForm = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(
    c.req.header("Content-Type") ?? "",
  );
  if (c.req.method !== "POST" || !isForm || !(length <= mostHeld)) return null;
  return { to, method: "post", fields: await fieldsOf(c) };
}

/** What a page of ours kept, out of its form. */
export async function heldIn(c: Context): Promise<{ held: Held | null; field: (name: string) => string }> {
  const form = await readForm(c.req.parseBody({ all: true }));
  const field = (name: string) => {
    const value = form[own + name];
    return typeof value === "string" ? value : "";
  };
  const to = field("to");
  if (!isTarget(to)) return { held: null, field };
  const method = field("method") === "post" ? "post" : "get";
  return { held: { to, method, fields: method === "post" ? await fieldsOf(c) : [] }, field };
}

/** The texts of a form, without what is the sign-in's own. Files are not among them. */
async function fieldsOf(c: Context): Promise<[string, string][]> {
  const form = await readForm(c.req.parseBody({ all: true }));
  return Object.entries(form)
    .filter(([name]) => !name.startsWith(own))
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap((it): [string, string][] =>
        typeof it === "string" ? [[name, it]] : [],
      ),
    )
    .slice(0, mostFields);
}
