// The doors: the newsroom's pages open to a session and ask for a role, some of them for who it is just now; the API opens to
// a token and asks for a scope. Each door says so of itself, so that a test can walk all routes and ask which has none.
import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import type { Kysely } from "kysely";
import type { Keyring } from "../config.ts";
import { type Clock, type Database, networkOf } from "../platform/index.ts";
import { type AssetPaths, ErrorPage, type Page, problem } from "../web/index.ts";
import { heldOf, isForm, personMark } from "./held.ts";
import { type Editor, holds, mayEditAs, type Role, type Scope } from "./roles.ts";
import { lastPerson, sessionToken } from "./session.ts";
import { editorOfSession, freshMinutes } from "./sign-in.ts";
import { showSignIn } from "./sign-in-page.tsx";
import type { AccountTables } from "./tables.ts";
import { readApiToken, type TokenHolder } from "./tokens.ts";

export type AccessDeps = {
  database: Database<AccountTables>;
  keys: Keyring;
  site: URL;
  assets: AssetPaths;
  now: Clock;
  /** The address of whoever asks; empty where nobody knows. */
  addressOf: (c: Context) => string;
  /** What a page takes of the request and the paper; a page that tells of a failure, also who is signed in. */
  shell: (
    c: Context,
  ) => Promise<
    Omit<Parameters<typeof Page>[0], "title" | "children"> & Pick<Parameters<typeof ErrorPage>[0], "desk">
  >;
};

/** What a door asks for. */
export type Door = { by: "session"; role: Role; fresh: boolean } | { by: "token"; scope: Scope };

const doorName = "nashraDoor";

/** A middleware that says of itself which door it is. */
const asDoor = <Handler extends MiddlewareHandler>(door: Door, handler: Handler): Handler =>
  Object.assign(handler, { [doorName]: door });

/** Which door a handler of the app is, or null if it is none. */
export function doorOf(handler: object): Door | null {
  const found: { [doorName]?: Door } = handler;
  return found[doorName] ?? null;
}

export type EditorEnv = { Variables: { editor: Editor } };

/** Methods that change something, or may. */
const acts = (c: Context): boolean => c.req.method !== "GET" && c.req.method !== "HEAD";

/** Who is signed in; asked of the store once a request, however many doors there are. */
export async function editorIn(
  c: Context<EditorEnv>,
  deps: Omit<AccessDeps, "shell">,
): Promise<Editor | null> {
  const known: Editor | undefined = c.get("editor");
  if (known) return known;
  const token = sessionToken(c, deps.site);
  if (token === null) return null;
  const use = { network: networkOf(deps.addressOf(c)), acts: acts(c) };
  return editorOfSession(deps.database.db, token, use, deps.now());
}

/** Stops whoever may not go on; null if they may. What lies behind is nobody else's: no cache keeps it, no search engine lists it. */
async function stopped(c: Context<EditorEnv>, deps: AccessDeps, role: Role): Promise<Response | null> {
  c.header("Cache-Control", "no-store");
  c.header("X-Robots-Tag", "noindex, nofollow");
  const editor = await editorIn(c, deps);
  if (editor === null) {
    const held = await heldOf(c, lastPerson(c, deps.site));
    // What was typed is kept in the page that asks; who only looks around is sent to the sign-in, and back from there.
    if (isForm(c)) return showSignIn(c, deps, { kind: "signed-out", held }, 403);
    const to = held && held.to !== "/newsroom" ? `?${new URLSearchParams({ login_to: held.to })}` : "";
    return c.redirect(`/newsroom/login${to}`, 303);
  }
  if (!mayEditAs(editor.role, role))
    return c.html(<ErrorPage {...(await deps.shell(c))} status={403} />, 403);
  c.set("editor", editor);
  return null;
}

/**
 * Lets an editor of this role through, or of a higher one, as `c.var.editor`. Others are sent to the sign-in, or told that
 * their role does not reach.
 */
export const requireEditor = (deps: AccessDeps, role: Role) =>
  asDoor(
    { by: "session", role, fresh: false },
    createMiddleware<EditorEnv>(async (c, next) => (await stopped(c, deps, role)) ?? next()),
  );

/**
 * The same, for what a session that was left open must not do: send to all, take data out, erase, let programs in. Who showed
 * who they are within the last half hour goes through; others are asked, and go on from there with what they had typed.
 */
export const requireFresh = (deps: AccessDeps, role: Role) =>
  asDoor(
    { by: "session", role, fresh: true },
    createMiddleware<EditorEnv>(async (c, next) => {
      const reply = await stopped(c, deps, role);
      if (reply) return reply;
      if (isFresh(c.var.editor, deps.now())) return next();
      const held = await heldOf(c, await personMark(deps.keys, c.var.editor.address));
      return showSignIn(c, deps, { kind: "again", held, editor: c.var.editor }, 403);
    }),
  );

/** Whether somebody showed who they are so lately that they are not asked again. */
export const isFresh = ({ session }: Editor, now: Temporal.Instant): boolean =>
  now.since(session.freshAt).total("minutes") < freshMinutes;

/** Longer than any token of ours; what is longer still is refused unread. */
const longestHeader = 300;

export type TokenDeps = { db: Kysely<AccountTables>; now: Clock; addressOf: (c: Context) => string };

type TokenEnv = { Variables: { actor: string; tokenHolder: TokenHolder } };

/**
 * Lets a bearer token with this scope through, with its name as `c.var.actor` (RFC 6750).
 *
 * Without a token, or with one that does not work: 401; with one whose scopes do not reach: 403. Both say in
 * `WWW-Authenticate` what is wrong (§3) and explain it as problem details.
 */
export const requireToken = (deps: TokenDeps, scope: Scope) =>
  asDoor(
    { by: "token", scope },
    createMiddleware<TokenEnv>(async (c, next) => {
      const known: TokenHolder | undefined = c.get("tokenHolder");
      const found = known ?? (await holderIn(c, deps, scope));
      if (found instanceof Response) return found;
      if (!holds(found.scopes, scope)) {
        c.header("WWW-Authenticate", `Bearer realm="nashra", error="insufficient_scope", scope="${scope}"`);
        return problem(c, {
          status: 403,
          title: "This token may not do that",
          detail: `This takes the scope "${scope}"; the token has "${found.scopes.join(" ")}".`,
        });
      }
      c.set("tokenHolder", found);
      c.set("actor", found.name);
      return next();
    }),
  );

/** Whether a token's holder went through a door of the API on the way here. */
export const isLetIn = (c: Context): boolean => c.get("tokenHolder") !== undefined;

async function holderIn(c: Context<TokenEnv>, { db, now, addressOf }: TokenDeps, scope: Scope) {
  const header = c.req.header("Authorization");
  if (header === undefined || !/^bearer(?: |$)/i.test(header)) {
    c.header("WWW-Authenticate", 'Bearer realm="nashra"'); // no error where no token was tried (§3.1)
    return problem(c, {
      status: 401,
      title: "A token is needed",
      detail: `Send "Authorization: Bearer TOKEN". "npx nashra token create --scope ${scope}" makes one.`,
    });
  }
  const token = bearerToken(header);
  const holder =
    token === null
      ? null
      : await readApiToken(db, token, { network: networkOf(addressOf(c)), acts: acts(c) }, now());
  if (holder) return holder;
  c.header("WWW-Authenticate", 'Bearer realm="nashra", error="invalid_token"');
  return problem(c, {
    status: 401,
    title: "This token does not work",
    detail:
      "It is misspelled, cut short or revoked, or whoever made it is no editor here any more. Check it, or make a new one.",
  });
}

/** The token of an Authorization header (RFC 6750 §2.1), or null if what stands there is none. */
const bearerToken = (header: string): string | null =>
  header.length > longestHeader ? null : (/^bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1] ?? null);
