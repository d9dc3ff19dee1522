// The tables of accounts. Secrets are stored hashed.
import type { Generated } from "kysely";
import type { EditorId, Role, SessionId } from "./roles.ts";

/** How somebody came in. */
export type Way = "link" | "passkey";

export type AccountTables = {
  editors: {
    id: Generated<EditorId>;
    address: string;
    role: Role;
    created_at: number;
    name: Generated<string>;
    off_at: number | null;
    handle: string | null;
    language: Generated<"ar" | "en" | null>;
  };
  login_links: {
    token_hash: string;
    editor_id: EditorId;
    created_at: Generated<number>;
    expires_at: number;
    used_at: number | null;
    target: Generated<string>;
    mailed: Generated<number>;
  };
  sessions: {
    id: Generated<SessionId>;
    token_hash: string;
    editor_id: EditorId;
    way: Way;
    device: string;
    network: string;
    created_at: number;
    seen_at: number;
    fresh_at: number;
    expires_at: number;
    ends_at: number;
  };
  passkeys: {
    id: Generated<number>;
    editor_id: EditorId;
    credential_id: string;
    public_key: string;
    counter: number;
    transports: string;
    synced: number;
    backed_up: number;
    name: string;
    created_at: number;
    used_at: number | null;
  };
  spent_challenges: { hash: string; expires_at: number };
  sign_in_counts: { kind: string; bucket: number; since: number; count: number };
  api_tokens: {
    id: Generated<number>;
    token_hash: string;
    name: string;
    role: Role | null;
    scopes: string;
    created_at: number;
    created_by: string;
    used_at: number | null;
    network: string;
    revoked_at: number | null;
  };
  audit_log: {
    id: Generated<number>;
    at: number;
    actor: string;
    act: string;
    subject: string;
    network: Generated<string>;
  };
};
