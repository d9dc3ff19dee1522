// How a WordPress site is asked over its REST API, and what it means, in words, where that is no answer.
import { z } from "zod";
import type { GuardedGet } from "../../platform/index.ts";

/** @throws never: what goes wrong is an answer too */
export type Answered = { ok: true; value: unknown; headers: Headers; url: URL } | Failure;

export type Failure = {
  ok: false;
  /** A sentence on which a person can act. */
  why: string;
  /** Null where there was no answer. */
  status: number | null;
  /** WordPress's own word for it, `rest_forbidden`; empty where it gave none. */
  code: string;
  headers: Headers | null;
  /** Whether it may have been too much at once: a page past a bound, a time-out, an error of the site's own. */
  mayBeTooMuch: boolean;
  /** The parameters that it does not take. */
  refused: readonly string[];
};

/** A hundred articles take some 2 MB as WordPress writes Arabic; what is larger is asked for in smaller pages. */
const mostOctets = 8_000_000;

/**
 * The address of something in a REST API.
 *
 * @param root its root, `https://paper.example/wp-json/`, or `…/?rest_route=/` where the site has no pretty addresses
 * @param path `wp/v2/posts`; empty for the root itself
 */
export function apiUrl(root: URL, path: string, params: Readonly<Record<string, string>>): URL {
  const url = new URL(root);
  const route = url.searchParams.get("rest_route");
  if (route !== null) url.searchParams.set("rest_route", joined(route, path));
  else url.pathname = joined(url.pathname, path);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url;
}

const joined = (folder: string, path: string) => `${folder.replace(/\/+$/, "")}/${path}`;

/** Asks for JSON. */
export async function ask(
  get: GuardedGet,
  root: URL,
  path: string,
  params: Readonly<Record<string, string>>,
): Promise<Answered> {
  const result = await get({
    url: apiUrl(root, path, params),
    // A cache between us would tell of a new post late.
    headers: { Accept: "application/json", "Cache-Control": "no-cache" },
    bytes: mostOctets,
  });
  if (result.kind !== "answer")
    return { ...noAnswer, why: result.why, mayBeTooMuch: result.kind === "silence" };
  const { status, headers, body, url } = result;
  const value = jsonOf(body);
  const who = `The REST API at ${root.host}`;
  if (status >= 200 && status < 300) {
    if (value !== undefined) return { ok: true, value, headers, url };
    return { ...noAnswer, status, headers, ...tellOther(who, body) };
  }
  const { code, params: refused } = problem.parse(value);
  const why = `${who} answered ${status}${code && ` (${code})`} for ${path || "its root"}: ${meaning(status)}`;
  const mayBeTooMuch = status >= 500 && status !== 503;
  return { ok: false, why, status, code, headers, mayBeTooMuch, refused };
}

/** The same for a list, in which anything may stand. */
export async function askList(
  ...asked: Parameters<typeof ask>
): Promise<{ ok: true; list: readonly unknown[]; total: number | null; headers: Headers } | Failure> {
  const answer = await ask(...asked);
  if (!answer.ok) return answer;
  const { value, headers } = answer;
  const [, root, path] = asked;
  if (!Array.isArray(value)) {
    const why = `The REST API at ${root.host} answered with JSON for ${path}, but with no list. Look what ${apiUrl(root, path, {}).href} shows.`;
    return { ...noAnswer, why, status: 200, headers };
  }
  const total = headers.get("X-WP-Total") ?? "";
  return { ok: true, list: value, total: /^\d{1,12}$/.test(total) ? Number(total) : null, headers };
}

/** Whether it lets nobody see this, or has no such thing: asked again it would say the same. */
export const isHidden = ({ status }: Failure): boolean =>
  status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;

const noAnswer = {
  ok: false,
  status: null,
  code: "",
  headers: null,
  mayBeTooMuch: false,
  refused: [],
} as const;

/** What WordPress says of an error. */
const problem = z
  .object({
    code: z
      .string()
      .regex(/^[\w-]{1,80}$/)
      .catch(""),
    data: z
      .object({ params: z.record(z.string(), z.unknown()) })
      .nullish()
      .catch(null),
  })
  .catch({ code: "" })
  .transform(({ code, data }) => ({ code, params: Object.keys(data?.params ?? {}) }));

function meaning(status: number): string {
  if (status === 401 || status === 403)
    return "it lets nobody in who is not signed in. Let visitors read posts over REST there; mostly a security plugin forbids it.";
  if (status === 404)
    return "there is nothing. REST is turned off there, or has another address: give the site's home page.";
  if (status === 429) return "it was asked too often. It is asked again later.";
  if (status >= 500) return "something is wrong there. It is asked again later.";
  return "this is not what a WordPress answers. Check the address.";
}

/** A page where JSON was to be. */
function tellOther(who: string, body: Uint8Array): { why: string; mayBeTooMuch: boolean } {
  const start = new TextDecoder().decode(body.subarray(0, 2000)).trimStart();
  if (start === "")
    return { why: `${who} answered with nothing. PHP mostly broke off there.`, mayBeTooMuch: true };
  if (/^[[{]/.test(start))
    return { why: `${who} answered with JSON that breaks off or is broken.`, mayBeTooMuch: true };
  const what = start.startsWith("<") ? "a page" : "something else";
  return {
    why: `${who} answered with ${what} instead of JSON: a sign-in, a check for robots or a message of PHP. Let it be read without them.`,
    mayBeTooMuch: false,
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
