// In which language a visitor reads the interface. The articles keep their own.
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Language } from "./words.ts";

const cookieName = "nashra_language";
const oneYearInSeconds = 365 * 24 * 60 * 60;

/**
 * The interface's language for this request: `?lang=` (remembered in a cookie that holds nothing else), then the cookie,
 * then the publisher's own. What is neither `ar` nor `en` counts as not said.
 *
 * The answer depends on the cookie, so the reply gets `Vary: Cookie`.
 */
export function chooseLanguage(c: Context, publishersLanguage: Language): Language {
  c.header("Vary", "Cookie", { append: true });
  const asked = asLanguage(c.req.query("lang"));
  if (asked !== undefined) {
    setCookie(c, cookieName, asked, {
      path: "/",
      maxAge: oneYearInSeconds,
      httpOnly: true,
      sameSite: "Lax",
      // Behind a proxy that speaks https for us, our own address is http; what a stranger claims here harms only himself.
      secure: new URL(c.req.url).protocol === "https:" || c.req.header("X-Forwarded-Proto") === "https",
    });
    return asked;
  }
  return asLanguage(getCookie(c, cookieName)) ?? publishersLanguage;
}

/**
 * The same page in another language: `path` with its query kept and `lang` set.
 *
 * @param path path and query as the visitor asked for them; a host smuggled into it is dropped
 */
export function inLanguage(path: string, language: Language): string {
  const url = URL.parse(path, "http://localhost") ?? new URL("http://localhost/");
  url.searchParams.set("lang", language);
  return `/${url.pathname.replace(/^\/+/u, "")}${url.search}`;
}

function asLanguage(said: string | undefined): Language | undefined {
  return said === "ar" || said === "en" ? said : undefined;
}
