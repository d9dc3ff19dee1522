// The whole app for walks over its routes: what each is called with, who calls, and whether anything changed.
import type { Hono } from "hono";
import { sql } from "kysely";
import {
  createApiToken,
  createLoginLink,
  type Door,
  doorOf,
  type Role,
  type Scope,
} from "../../src/accounts/index.ts";
import { startNashra } from "../support/nashra.ts";

export type Route = { method: string; path: string; doors: readonly Door[] };

export const origin = "http://localhost:3000";

/** What stands in a path for its parts: none of it names anything that is there. */
const filled = (path: string): string =>
  path
    .replace(/\*$/, "x")
    .replace(/:(\w+)(\{[^}]*\})?/g, (_, name: string) =>
      name === "name" || name === "issue"
        ? "2026-03-01-none"
        : /^(id|session)$/.test(name)
          ? "987654"
          : "none",
    );

/** Every route that answers, with the doors that stand before it. What only passes requests on is none. */
export function routesOf(app: Hono): Route[] {
  const seen = new Set<string>();
  return app.routes.flatMap(({ method, path, handler }) => {
    const name = `${method} ${path}`;
    if (handler.length > 1 || seen.has(name)) return [];
    seen.add(name);
    const [found] = app.router.match(method === "ALL" ? "PUT" : method, filled(path));
    // What was mounted behind it is not asked.
    const handlers = found.map(([[it]]) => it);
    const doors = handlers.slice(0, handlers.indexOf(handler)).flatMap((it) => doorOf(it) ?? []);
    return [{ method, path, doors }];
  });
}

/** The newsroom door of a route that asks for the most, and the scope that it takes. */
export const needs = ({ doors }: Route) => {
  const order: readonly Role[] = ["viewer", "editor", "administrator"];
  const sessions = doors.filter((door) => door.by === "session");
  const [role] = sessions.map((door) => door.role).sort((a, b) => order.indexOf(b) - order.indexOf(a));
  const scopes = doors.flatMap((door): Scope[] => (door.by === "token" ? [door.scope] : []));
  return {
    role: role ?? null,
    fresh: sessions.some(({ fresh }) => fresh),
    scope: scopes.at(-1) ?? null,
    scopes,
  };
};

export async function openWalk() {
  const nashra = await startNashra({ now: "2026-03-01T04:00:00Z" });
  const { db } = nashra.database;
  await createLoginLink(nashra.database, "first@example.org", nashra.at());
  const people: Record<Role, string> = {
    viewer: "viewer@example.org",
    editor: "editor@example.org",
    administrator: "first@example.org",
  };
  for (const role of ["viewer", "editor"] as const)
    await db.insertInto("editors").values({ address: people[role], role, created_at: 0 }).execute();

  /** Signs somebody in. @returns their cookie */
  const enter = async (role: Role): Promise<string> => {
    const link = await createLoginLink(nashra.database, people[role], nashra.at());
    const reply = await nashra.app.request(`${origin}/newsroom/login/${link}`, {
      method: "POST",
      headers: { Origin: origin },
    });
    return reply.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  };
  const token = (power: Role | readonly Scope[]) =>
    createApiToken(nashra.database, "walk", power, nashra.at());

  const call = (
    { method, path }: { method: string; path: string },
    headers: Record<string, string>,
    body: URLSearchParams | string = "",
  ) => {
    const bytes = new TextEncoder().encode(String(body));
    const form = typeof body === "string" ? {} : { "Content-Type": "application/x-www-form-urlencoded" };
    const length = { "Content-Length": String(bytes.length) }; // as every browser says
    return nashra.app.request(
      new Request(`${origin}${filled(path)}`, {
        method,
        headers: { Origin: origin, ...form, ...length, ...headers },
        ...(method === "GET" || method === "HEAD" ? {} : { body: bytes }),
      }),
    );
  };

  const { rows: tables } = await sql<{ name: string }>`select name from sqlite_schema
    where type = 'table' and sql not like 'create virtual%' and name not like 'sqlite%' and name not like '%_data'
      and name not like '%_idx' and name not like '%_content' and name not like '%_docsize' and name not like '%_config'
    order by name`.execute(db);
  /** All that is stored, but for when a session or token was last used and how often the sign-in was tried. */
  const stored = async (): Promise<string> => {
    const dump: unknown[] = [];
    for (const { name } of tables) {
      if (name === "sign_in_counts") continue;
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
      const used = ["seen_at", "used_at", "expires_at", "network"];
      const isUse = name === "sessions" || name === "api_tokens";
      dump.push(
        name,
        isUse ? rows.map((row) => Object.entries(row).filter(([column]) => !used.includes(column))) : rows,
      );
    }
    return JSON.stringify(dump);
  };
  return { ...nashra, people, enter, token, call, stored, routes: routesOf(nashra.app) };
}
