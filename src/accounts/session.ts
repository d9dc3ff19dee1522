// The cookie that a session lives in.
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { sessionDays } from "./sign-in.ts";

/** Twice what a token of ours takes. Longer ones are not even hashed. */
const longestToken = 100;

/**
 * Over https the browser itself sees to it that only this host, and only encrypted, sets the cookie: that is what
 * `__Host-` means (RFC 6265bis §4.1.3.2). Browsers refuse the prefix without https, as on the own machine.
 */
const cookieOf = (site: URL) => (site.protocol === "https:" ? "__Host-nashra" : "nashra_session");

// Lax: a link from a mail or a chat opens the newsroom; forms of other sites do not come with it.
const options = (site: URL) =>
  ({ path: "/", httpOnly: true, sameSite: "Lax", secure: site.protocol === "https:" }) as const;

/** The session's token that a request carries, or null. */
export function sessionToken(c: Context, site: URL): string | null {
  const [token = ""] = partsIn(c, site);
  return token === "" || token.length > longestToken ? null : token;
}

/** The mark of whoever signed in last on this browser, also when their session has ended; null where it is not known. */
export const lastPerson = (c: Context, site: URL): string | null => partsIn(c, site)[1] ?? null;

const partsIn = (c: Context, site: URL) => (getCookie(c, cookieOf(site)) ?? "").split(".");

/** @param mark stands for the person, and opens nothing: see held.ts */
export function keepSession(c: Context, site: URL, token: string, mark: string): void {
  setCookie(c, cookieOf(site), `${token}.${mark}`, { ...options(site), maxAge: sessionDays * 24 * 60 * 60 });
}

export function dropSession(c: Context, site: URL): void {
  deleteCookie(c, cookieOf(site), options(site));
}
