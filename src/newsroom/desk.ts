// What every page of the newsroom needs: what it is handed, who is signed in, and the shell round it.
import type { Context } from "hono";
import {
  type AccessDeps,
  type AccountTables,
  type Editor,
  editorIn,
  type Role,
  roles,
} from "../accounts/index.ts";
import { type ArticleApiDeps, type ArticleTables, type Showing, visitOf } from "../articles/index.ts";
import type {
  DeliveryTables,
  DoubtActs,
  PreviewDeps,
  PreviewFor,
  SpecialSender,
  Testing,
} from "../delivery/index.ts";
import type { ChangeDeps, DigestTables, HandChange, Handing, IssueActs } from "../digests/index.ts";
import type { FeedService, FeedTables } from "../feeds/index.ts";
import type { HookTables } from "../hooks/index.ts";
import type { Database, GuardedCall, Log, Outbox } from "../platform/index.ts";
import type { ReaderTables } from "../readership/index.ts";
import type { Publisher, SettingsTables } from "../settings/index.ts";
import type { SourceActDeps, SourceTables } from "../sources/index.ts";
import type { SubscriberTables, Taken } from "../subscribers/index.ts";
import { type Language, type NewsroomPart, readForm } from "../web/index.ts";
import type { WebSubTables } from "../websub/index.ts";
import type { House } from "./house.ts";

export type NewsroomDeps = Omit<AccessDeps, "database"> & {
  database: Database<
    AccountTables &
      ArticleTables &
      SettingsTables &
      DigestTables &
      DeliveryTables &
      SourceTables &
      FeedTables &
      HookTables &
      ReaderTables &
      WebSubTables &
      SubscriberTables
  >;
  /** Null where mails go to a relay, or the host keeps no files. */
  outbox: Outbox | null;
  log: Log;
  acts: IssueActs & DoubtActs;
  /** What drawing an issue takes, to look at one before it goes out. */
  ticking: PreviewDeps;
  /** Sends one article at once, in two steps. */
  special: SpecialSender;
  /** Changes digests. */
  changing: ChangeDeps;
  /** Reads and changes sources. */
  sourcing: SourceActDeps;
  /** What is served now. */
  feeds: Pick<FeedService, "find">;
  /** Asks an address to confirm that it subscribes, in somebody's name. */
  askToConfirm: (
    asked: { typed: string; digest: number; language: Language; note: string },
    actor: string,
  ) => Promise<Taken>;
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
  /** Keeps what the publisher decided, and has feeds tell it. @param names what was changed, for the audit log */
  savePublisher: (publisher: Publisher, names: readonly string[], actor: string) => Promise<void>;
  /** Has what is due done at once, behind the reply: an issue that was changed is built anew, one that was approved leaves. */
  tickSoon: () => void;
  /** Sends an issue to a few addresses of the newsroom, to be looked at. */
  sendTest: (name: string, whose: PreviewFor, to: readonly string[], actor: string) => Promise<Testing>;
  house: House;
  /** Calls the publisher's own programs. */
  call: GuardedCall;
  stories: StoryActs;
};

/** What an editor may do with an article or a story: the same that programs and commands do, with an entry in the log. */
export type StoryActs = Pick<ArticleApiDeps, "publish" | "retract"> &
  ArticleApiDeps["stories"] & {
    /**
     * @param name digest/date-slot
     * @param seen the version that the change was made from; null: it is meant for whatever holds
     */
    changeHand: (name: string, change: HandChange, actor: string, seen: number | null) => Promise<Handing>;
  };

/** Behind the guard somebody is always signed in. */
export type DeskEnv = { Variables: { editor: Editor } };

/** The shell of a page for whoever is signed in, and how dates and digits are written on it. */
export async function deskOf(c: Context<DeskEnv>, { database, assets, site, now }: NewsroomDeps) {
  const { language, paper, sections, shell } = await visitOf(c, { db: database.db, assets });
  const { publisher, path, sample } = shell;
  const { role } = c.var.editor;
  const { user, parts } = deskFor(c.var.editor);
  const showing: Showing = { language, paper, site, now: now() };
  return {
    language,
    paper,
    sections,
    showing,
    shell: { ...shell, desk: { user, parts } },
    /** Whether they may change anything, and not only look. */
    mayEdit: role !== "viewer",
    mayAdminister: role === "administrator",
    desk: {
      language,
      publisher,
      path,
      assets,
      sample,
      user,
      parts,
    },
  };
}

/** Who is signed in, and the parts that they may open, as every page of the newsroom shows them. */
const deskFor = ({ role, name, address }: Editor) => ({
  user: { name: name || address },
  parts: partsFor(role),
});

/**
 * Who asks for a page below `/newsroom` that cannot be shown: so that whoever is signed in is told of it inside the newsroom.
 * Undefined elsewhere, and for strangers.
 */
export async function deskAt(c: Context, deps: Omit<AccessDeps, "shell">) {
  if (!isUnderNewsroom(c.req.path)) return undefined;
  const editor = await editorIn(c, deps);
  return editor ? deskFor(editor) : undefined;
}

const isUnderNewsroom = (path: string): boolean => path === "/newsroom" || path.startsWith("/newsroom/");

/** The parts of the newsroom, each with the role that may open it. One that is added here stands in every page's navigation. */
const parts = [
  { part: "today", role: "viewer" },
  { part: "stories", role: "viewer" },
  { part: "issues", role: "viewer" },
  { part: "digests", role: "viewer" },
  { part: "subscribers", role: "editor" },
  { part: "feeds", role: "viewer" },
  { part: "sources", role: "viewer" },
  { part: "why", role: "editor" },
  { part: "outbox", role: "administrator" },
  { part: "settings", role: "viewer" },
] as const satisfies readonly { part: NewsroomPart; role: Role }[];

const partsFor = (role: Role): NewsroomPart[] =>
  parts.filter((it) => roles.indexOf(role) >= roles.indexOf(it.role)).map(({ part }) => part);

export type Desk = Awaited<ReturnType<typeof deskOf>>;

/** A positive number in an address. Undefined if it is absent, null if it is none. */
export function numberIn(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** A form as it came: each name with its texts. */
export type Sent = Readonly<Record<string, unknown>>;

/** The texts of a name; files and more than anybody types are left out. */
export function textsIn(form: Sent, name: string, most = 100): string[] {
  const given = form[name];
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.filter((it) => typeof it === "string").slice(0, most);
}

/** The first text of a name, trimmed and cut to so many characters; '' if it is missing. */
export const textIn = (form: Sent, name: string, longest = 300): string =>
  wholeTextIn(form, name).slice(0, longest);

const wholeTextIn = (form: Sent, name: string): string => (textsIn(form, name, 1)[0] ?? "").trim();

/** The form that was sent: the whole text of each of its names, trimmed; '' if it is missing. */
export async function fieldsIn(c: Context<DeskEnv>): Promise<(name: string) => string> {
  const form = await readForm(c.req.parseBody());
  return (name) => wholeTextIn(form, name);
}

/** One text of the form that was sent. */
export const fieldIn = async (c: Context<DeskEnv>, name: string): Promise<string> =>
  (await fieldsIn(c))(name);
