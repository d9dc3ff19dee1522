// What somebody was about to do when they were asked who they are: it is kept in the page that asks, and goes on from there.
// So nothing typed is lost, nothing of it is stored, and it works without script. Whose it is stands beside it: nobody else sends it.
import type { Context } from "hono";
import type { Keyring } from "../config.ts";
import { hmac, sameText } from "../platform/index.ts";
import { readForm } from "../web/index.ts";

/** `to` is a path of the newsroom, with its query. */
export type Held =
  | { method: "get"; to: string }
  | {
      method: "post";
      to: string;
      fields: readonly (readonly [name: string, value: string])[];
      /** The mark of whoever typed it. */
      by: string;
    };

/** What stands for a person beside what they typed: it names nobody, and nobody makes another's. */
export const personMark = async ([key]: Keyring, address: string): Promise<string> => markBy(key, address);

const markBy = async (key: Keyring[number], address: string): Promise<string> =>
  (await hmac(key, `nashra form of\n${address}`)).slice(0, 22);

/** Whether a mark is somebody's, by whichever key it was made. */
export async function isMarkOf(keys: Keyring, mark: string, address: string): Promise<boolean> {
  const own = await Promise.all(keys.map((key) => markBy(key, address)));
  return own.some((it) => sameText(it, mark));
}

const isMark = (text: string): boolean => /^[\w-]{22}$/.test(text);

/** The fields of the sign-in itself begin so; no other form's do. */
const own = "login_";

/** More than any form of the newsroom sends; what is larger (a file) is chosen once more. */
export const mostHeld = 100_000;
const mostFields = 500;

/** Whether a page may send somebody there: inside the newsroom, and not to the sign-in. */
export const isTarget = (path: string): boolean =>
  path.length <= 2000 &&
  // As browsers read it: no way out by dots, written plainly or not.
  URL.parse(path, "http://localhost")?.pathname === path.split("?")[0] &&
  /^\/newsroom(?:[/?][!-[\]-~]*)?$/.test(path) &&
  !/^\/newsroom\/(?:login|sign-out)(?:[/?]|$)/.test(path);

/**
 * What a request was about, for a page that stands in its way.
 *
 * @param by the mark of whoever asks; null where nobody knows, and then nothing that was typed is kept
 */
export async function heldOf(c: Context, by: string | null): Promise<Held | null> {
  const { pathname, search } = new URL(c.req.url);
  const to = pathname + search;
  if (!isTarget(to)) return null;
  if (c.req.method === "GET" || c.req.method === "HEAD") return { to, method: "get" };
  if (by === null || !isMark(by)) return null;
  const length = Number(c.req.header("Content-Length") ?? Number.NaN);
  if (!isForm(c) || !(length <= mostHeld)) return null;
  return { to, method: "post", by, fields: await fieldsOf(c) };
}

/** Whether a request brings what somebody typed. */
export const isForm = (c: Context): boolean =>
  c.req.method === "POST" &&
  /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(c.req.header("Content-Type") ?? "");

/** What a page of ours kept, out of its form. */
export async function heldIn(c: Context): Promise<{ held: Held | null; field: (name: string) => string }> {
  const form = await readForm(c.req.parseBody({ all: true }));
  const field = (name: string) => {
    const value = form[own + name];
    return typeof value === "string" ? value : "";
  };
  const to = field("to");
  if (!isTarget(to)) return { held: null, field };
  if (field("method") !== "post") return { held: { to, method: "get" }, field };
  const by = field("for");
  return { held: isMark(by) ? { to, method: "post", by, fields: await fieldsOf(c) } : null, field };
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
