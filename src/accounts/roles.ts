// Who may do what: people by their role, programs by their scopes. Pure.
export type EditorId = number & { readonly brand: "EditorId" };
export type SessionId = number & { readonly brand: "SessionId" };

/** From the least to the most: a role may do all that those before it may. */
export const roles = ["viewer", "editor", "administrator"] as const;
export type Role = (typeof roles)[number];

export const mayEditAs = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** Somebody signed in: a person with a session. */
export type Editor = {
  id: EditorId;
  address: string;
  /** What they want to be called; '' for their address. */
  name: string;
  role: Role;
  /** What their mails come in; null: they did not choose. */
  language: "ar" | "en" | null;
  session: { id: SessionId; freshAt: Temporal.Instant };
};

/**
 * What a token may be made for: an area, and how far it goes there. Within an area whoever may do more may do less:
 * `write` holds `read`, and `send` or `manage` hold both. `admin` holds everything.
 */
export const scopes = [
  "articles:read",
  "articles:write",
  "issues:read",
  "issues:write",
  "issues:send",
  "subscribers:read",
  "subscribers:write",
  "subscribers:manage",
  "feedback:write",
  "metrics:read",
  "admin",
] as const;
export type Scope = (typeof scopes)[number];

/** What a token with a role may do. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ["articles:read", "issues:read", "metrics:read"],
  editor: ["articles:write", "issues:send", "subscribers:write", "feedback:write", "metrics:read"],
  administrator: ["admin"],
};

const levels = ["read", "write", "send", "manage"];

/** Whether somebody with these scopes may do what takes the needed one. */
export const holds = (held: readonly Scope[], needed: Scope): boolean =>
  held.some((scope) => {
    if (scope === "admin" || scope === needed) return true;
    const [area, level = ""] = scope.split(":");
    const [neededArea, neededLevel = ""] = needed.split(":");
    return area === neededArea && levels.indexOf(level) > levels.indexOf(neededLevel);
  });

/** What is left of some scopes within others; as they are where nothing is cut off. */
export const within = (held: readonly Scope[], most: readonly Scope[]): readonly Scope[] =>
  held.every((scope) => holds(most, scope))
    ? held
    : scopes.filter((scope) => holds(held, scope) && holds(most, scope));

export const isScope = (text: string): text is Scope => scopes.some((scope) => scope === text);

/** How the audit log calls whoever types commands. People stand in it by their address, programs by their token's name. */
export const commandLine = "command line";
/** How it calls somebody of whom nobody knows who they are: one who was not let in. */
export const stranger = "stranger";

/** By what somebody acted, as the audit log calls them. */
export const wayOf = (actor: string): "page" | "api" | "command" =>
  actor === commandLine ? "command" : actor === stranger || actor.includes("@") ? "page" : "api";

/** A token's name as the audit log may have it: nobody takes it for a person, a stranger or the command line. Null if it is none. */
export function tokenName(text: string): string | null {
  const name = text.replace(/\s+/g, " ").trim();
  const isTaken = name.includes("@") || name === commandLine || name === stranger;
  return name === "" || name.length > 100 || isTaken ? null : name;
}
