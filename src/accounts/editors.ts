// The people of the newsroom: who they are, and what they may do. Whatever is taken from somebody is gone with the next request.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { domainOf, parseAddress } from "../mail/index.ts";
import type { Database } from "../platform/index.ts";
import { auditIfChanged } from "./audit.ts";
import type { EditorId, Role } from "./roles.ts";
import type { AccountTables } from "./tables.ts";
import { revokeTokensOf } from "./tokens.ts";

type Db = Kysely<AccountTables>;

/** Who signs in where one tries things out. It keeps nobody from becoming the first administrator. */
export const tryOutAddress = "admin@localhost";

/** As many as a page shows; a newsroom of more has told somebody to switch off those who left. */
const mostEditors = 500;
export const longestName = 80;

/** An editor's address as it is stored, one for all its spellings; or null if it is none. */
export function editorAddress(text: string): string | null {
  const address = parseAddress(text.normalize("NFKC").trim().toLowerCase())?.text ?? "";
  return address === tryOutAddress || domainOf(address).includes(".") ? address : null;
}

export const editorName = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, longestName);

export type ListedEditor = {
  id: EditorId;
  address: string;
  name: string;
  role: Role;
  /** What their mails come in; null: they did not choose. */
  language: "ar" | "en" | null;
  createdAt: Temporal.Instant;
  offAt: Temporal.Instant | null;
  seenAt: Temporal.Instant | null;
  passkeys: number;
};

/** Everybody, by address. */
export async function listEditors(db: Db): Promise<ListedEditor[]> {
  const rows = await db
    .selectFrom("editors as e")
    .select((of) => [
      "e.id",
      "e.address",
      "e.name",
      "e.role",
      "e.language",
      "e.created_at",
      "e.off_at",
      of
        .selectFrom("sessions as s")
        .select((it) => it.fn.max<number | null>("s.seen_at").as("at"))
        .whereRef("s.editor_id", "=", "e.id")
        .as("seen_at"),
      of
        .selectFrom("passkeys as p")
        .select((it) => it.fn.countAll<number>().as("n"))
        .whereRef("p.editor_id", "=", "e.id")
        .as("passkeys"),
    ])
    .orderBy("e.address")
    .limit(mostEditors)
    .execute();
  const at = (ms: number | null) => (ms === null ? null : Temporal.Instant.fromEpochMilliseconds(ms));
  return rows.map((it) => ({
    id: it.id,
    address: it.address,
    name: it.name,
    role: it.role,
    language: it.language,
    createdAt: Temporal.Instant.fromEpochMilliseconds(it.created_at),
    offAt: at(it.off_at),
    seenAt: at(it.seen_at),
    passkeys: it.passkeys ?? 0,
  }));
}

export const editorAt = async (db: Db, address: string): Promise<ListedEditor | null> =>
  (await listEditors(db)).find((it) => it.address === address) ?? null;

/** Those who decide of issues, to be written to; nobody has a mailbox at the address that one tries things out with. */
export async function mailedEditors(db: Db): Promise<Pick<ListedEditor, "address" | "language">[]> {
  const rows = await db
    .selectFrom("editors")
    .select(["address", "language"])
    .where("role", "in", ["editor", "administrator"])
    .where("off_at", "is", null)
    .orderBy("address")
    .limit(mostEditors)
    .execute();
  return rows.filter(({ address }) => address !== tryOutAddress && !domainOf(address).endsWith(".invalid"));
}

/** What somebody's mails come in; null where they did not choose, or nobody has this address. */
export async function languageOfEditor(db: Db, address: string): Promise<"ar" | "en" | null> {
  const row = await db
    .selectFrom("editors")
    .select("language")
    .where("address", "=", address)
    .executeTakeFirst();
  return row?.language ?? null;
}

/** Adds somebody. False if the address is there already. */
export async function addEditor(
  { db, batch }: Database<AccountTables>,
  { address, name, role }: { address: string; name: string; role: Role },
  actor: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const [added] = await batch([
    db
      .insertInto("editors")
      .values({ address, name, role, created_at: now.epochMilliseconds })
      .onConflict((it) => it.column("address").doNothing())
      .compile(),
    auditIfChanged(db, { actor, act: "editor-add", subject: `${address} (${role})` }, now),
  ]);
  return added?.changes === 1;
}

/** What became of a change to somebody. */
export type EditorChange = "done" | "unknown" | "last-administrator";

/** What may change of somebody. */
export type EditorWish = { name?: string; role?: Role; off?: boolean; language?: "ar" | "en" };

/**
 * Changes somebody's name, role or the language of their mails, or switches them off or on. Who is switched off is signed out everywhere; their passkeys
 * stay for when they come back.
 */
export async function changeEditor(
  database: Database<AccountTables>,
  address: string,
  wish: EditorWish,
  actor: string,
  now: Temporal.Instant,
): Promise<EditorChange> {
  const { db } = database;
  const { name, role, off, language } = wish;
  const stays = (role === undefined || role === "administrator") && off !== true;
  const ms = now.epochMilliseconds;
  const subject = [
    address,
    ...(role ? [`role=${role}`] : []),
    ...(off === undefined ? [] : [off ? "off" : "on"]),
    ...(name === undefined ? [] : ["name"]),
    ...(language ? [`language=${language}`] : []),
  ].join(" ");
  const change = sql`update editors set name = ${name ?? sql`name`}, role = ${role ?? sql`role`},
      language = ${language ?? sql`language`},
      off_at = ${off === undefined ? sql`off_at` : off ? sql`coalesce(off_at, ${ms})` : sql`null`}
    where address = ${address} and ${stays ? sql`1 = 1` : othersRule}`.compile(db);
  const log = auditIfChanged(db, { actor, act: "editor-set", subject }, now);
  const signOut = sql`delete from sessions where editor_id in
    (select id from editors where address = ${address} and off_at is not null)`.compile(db);
  return changed(database, address, [change, log, signOut]);
}

/** Takes somebody out, with their sessions, passkeys and tokens. What they did stays in the audit log. */
export async function removeEditor(
  database: Database<AccountTables>,
  address: string,
  actor: string,
  now: Temporal.Instant,
): Promise<EditorChange> {
  const { db } = database;
  return changed(database, address, [
    sql`delete from editors where address = ${address} and ${othersRule}`.compile(db),
    auditIfChanged(db, { actor, act: "editor-remove", subject: address }, now),
    ...revokeTokensOf(
      db,
      address,
      actor,
      sql`not exists (select 1 from editors e where e.address = ${address})`,
      now,
    ),
  ]);
}

/** In SQL, of a row of editors: whether an administrator is left without it. The condition is the lock: of two at once, one wins. */
const othersRule: RawBuilder<boolean> = sql`(role <> 'administrator' or off_at is not null
  or exists (select 1 from editors o where o.role = 'administrator' and o.off_at is null and o.id <> editors.id
    and (o.address <> ${tryOutAddress} or editors.address = ${tryOutAddress})))`;

async function changed(
  { db, batch }: Database<AccountTables>,
  address: string,
  statements: readonly CompiledQuery[],
): Promise<EditorChange> {
  const [result] = await batch(statements);
  // D1 counts what goes along with a row, too: sessions, passkeys.
  if (result && result.changes > 0) return "done";
  const found = await db.selectFrom("editors").select("id").where("address", "=", address).executeTakeFirst();
  return found ? "last-administrator" : "unknown";
}
