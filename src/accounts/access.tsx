// The two doors: the newsroom's pages open to a session, the API to a token; each asks for a role.
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { Kysely } from "kysely";
import type { Clock, Database } from "../platform/index.ts";
import { ErrorPage, type Page, problem } from "../web/index.ts";
import { type Editor, mayEditAs, type Role } from "./roles.ts";
import { sessionToken } from "./session.ts";
import { type AccountTables, editorOfSession, readApiToken } from "./store.ts";

export type AccessDeps = {
  database: Database<AccountTables>;
  site: URL;
  now: Clock;
  /** What a page takes of the request and the paper. */
  shell: (c: Context) => Promise<Omit<Parameters<typeof Page>[0], "title" | "children">>;
};

/**
 * Lets an editor of this role through, or of a higher one, as `c.var.editor`. Others are sent to the sign-in, or told that
 * their role does not reach. What lies behind is nobody else's: no cache keeps it, no search engine lists it.
 */
export const requireEditor = (deps: AccessDeps, role: Role) =>
  createMiddleware<{ Variables: { editor: Editor } }>(async (c, next) => {
    c.header("Cache-Control", "no-store");
    c.header("X-Robots-Tag", "noindex, nofollow");
    const token = sessionToken(c, deps.site);
    const editor = token && (await editorOfSession(deps.database.db, token, deps.now()));
    if (!editor) return c.redirect("/newsroom/login", 303);
    if (!mayEditAs(editor.role, role)) {
      return c.html(<ErrorPage {...(await deps.shell(c))} status={403} />, 403);
    }
    c.set("editor", editor);
    return next();
  });

/** Longer than any token of ours; what is longer still is refused unread. */
const longestHeader = 300;

/**
 * Lets a bearer token of this role through, or of a higher one, with its name as `c.var.actor` (RFC 6750).
 *
 * Without a token, or with one that does not work: 401; with one whose role does not reach: 403. Both say in
 * `WWW-Authenticate` what is wrong (§3) and explain it as problem details.
 */
export const requireToken = ({ db }: { db: Kysely<AccountTables> }, role: Role) =>
  createMiddleware<{ Variables: { actor: string } }>(async (c, next) => {
    const header = c.req.header("Authorization");
    if (header === undefined || !/^bearer(?: |$)/i.test(header)) {
      c.header("WWW-Authenticate", 'Bearer realm="nashra"'); // no error where no token was tried (§3.1)
      return problem(c, {
        status: 401,
        title: "A token is needed",
        detail: `Send "Authorization: Bearer TOKEN". "npx nashra token create --role ${role}" makes one.`,
      });
    }
    const token = bearerToken(header);
    const holder = token === null ? null : await readApiToken(db, token);
    if (holder === null) {
      c.header("WWW-Authenticate", 'Bearer realm="nashra", error="invalid_token"');
      return problem(c, {
        status: 401,
        title: "This token does not work",
        detail: "It is misspelled, cut short or revoked. Check it, or make a new one.",
      });
    }
    if (!mayEditAs(holder.role, role)) {
      c.header("WWW-Authenticate", `Bearer realm="nashra", error="insufficient_scope", scope="${role}"`);
      return problem(c, {
        status: 403,
        title: "This token may not do that",
        detail: `It has the role "${holder.role}", and this takes "${role}".`,
      });
    }
    c.set("actor", holder.name);
    return next();
  });

/** The token of an Authorization header (RFC 6750 §2.1), or null if what stands there is none. */
const bearerToken = (header: string): string | null =>
  header.length > longestHeader ? null : (/^bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1] ?? null);
