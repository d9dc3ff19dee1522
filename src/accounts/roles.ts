// Who may do what. Pure.
export type EditorId = number & { readonly brand: "EditorId" };

/** From the least to the most: a role may do all that those before it may. */
export const roles = ["viewer", "editor", "administrator"] as const;
export type Role = (typeof roles)[number];

export const mayEditAs = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** Somebody signed in: a person with a session. */
export type Editor = { id: EditorId; address: string; role: Role };
