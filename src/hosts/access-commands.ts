// nashra editor, token, login-link, audit: who may come in, and what was done.
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type AuditPlace,
  addEditor,
  changeEditor,
  commandLine,
  createApiToken,
  createLoginLink,
  type EditorChange,
  editorAddress,
  editorAt,
  editorName,
  isScope,
  type ListedEditor,
  listApiTokens,
  listEditors,
  type Role,
  readAudit,
  removeEditor,
  revokeApiToken,
  roles,
  type Scope,
  scopes,
  stranger,
  tokenName,
  tryOutAddress,
  wayOf,
} from "../accounts/index.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, WrongUsage } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Json = { json?: boolean };

/** Registers the commands. */
export function accessCommands(
  nashra: Command,
  tools: Tools & { instant: (text: string) => Temporal.Instant },
): void {
  const { add, withNashra, json } = tools;
  editorCommands(nashra, tools);
  tokenCommands(nashra, tools);

  add(
    nashra,
    "login-link [address]",
    "a link that signs an editor in, good for 30 minutes and one use",
  ).action((address = tryOutAddress) =>
    withNashra(async (it) => {
      const link = await createLoginLink(it.database, address, it.now());
      if (link === null)
        throw new Refusal(
          `Nobody with the address ${address} may sign in. "nashra editor list" shows who may; "nashra editor add ${address} --role editor" adds them.`,
        );
      await logAct(it, "login-link", address);
      say(new URL(`/newsroom/login/${link}`, it.config.publicUrl).href);
    }),
  );

  add(nashra, "audit", "what was done in the newsroom, by programs and by commands, newest first")
    .option("--actor <who>", `an editor's address, a token's name, "${commandLine}", or "${stranger}"`)
    .option("--act <act>", "one kind of act, such as issue-approve")
    .option("--from <instant>", "from then on", tools.instant)
    .option("--until <instant>", "before then", tools.instant)
    .option("--count <n>", "how many", tools.count, 50)
    .addOption(json())
    .action((options: AuditOptions) => withNashra((it) => auditList(it, options)));
}

type AuditOptions = Json & {
  actor?: string;
  act?: string;
  from?: Temporal.Instant;
  until?: Temporal.Instant;
  count: number;
};

async function auditList({ database: { db } }: Nashra, options: AuditOptions): Promise<void> {
  const rows: object[] = [];
  let after: AuditPlace | null = null;
  while (rows.length < options.count) {
    const most = Math.min(500, options.count - rows.length);
    const page = await readAudit(db, options, most, after);
    for (const { at, actor, act, subject, network } of page)
      rows.push({ at: at.toString(), actor, way: wayOf(actor), network, act, subject });
    const last = page.at(-1);
    if (!last || page.length < most) break;
    after = { at: last.at.epochMilliseconds, id: last.id };
  }
  printList(rows, { ...options, empty: "Nothing of this was done." });
}

type EditorOptions = Json & {
  role?: Role;
  name?: string;
  language?: "ar" | "en";
  off?: boolean;
  on?: boolean;
};

function editorCommands(nashra: Command, { add, withNashra, json }: Tools): void {
  const editor = add(nashra, "editor", "the people of the newsroom: list, add, set, remove");
  const role = (about: string) => new Option("--role <role>", about).choices(roles);
  add(editor, "list", "everybody who may sign in, and who was switched off")
    .addOption(json())
    .action((options: Json) =>
      withNashra(async (it) =>
        printList((await listEditors(it.database.db)).map(shown), {
          ...options,
          empty: "Nobody yet. The first address becomes administrator: nashra login-link ADDRESS",
        }),
      ),
    );
  add(editor, "add <address>", "let somebody in")
    .addOption(role("what they may do").makeOptionMandatory())
    .option("--name <name>", "what they are called", "")
    .addOption(json())
    .action((given: string, options: Json & { role: Role; name: string }) =>
      withNashra(async (it) => {
        const address = addressIn(given);
        const wish = { address, name: editorName(options.name), role: options.role };
        if (!(await addEditor(it.database, wish, commandLine, it.now())))
          throw new Refusal(`${address} is there already. Change them with: nashra editor set ${address}`);
        await tell(it, address, options, `${address} may come in as ${options.role}.`);
      }),
    );
  add(editor, "set <address>", "change somebody's role, name or language, or switch them off or on")
    .addOption(role("what they may do from now on"))
    .option("--name <name>", "what they are called")
    .addOption(new Option("--language <language>", "what their mails come in").choices(["ar", "en"]))
    .option("--off", "sign them out everywhere and let them in no more")
    .option("--on", "let them in again")
    .addOption(json())
    .action((given: string, options: EditorOptions) =>
      withNashra(async (it) => {
        const address = addressIn(given);
        const { role, name, language, off, on } = options;
        if (off && on) throw new WrongUsage("--off and --on are opposites: give one.");
        if (!role && name === undefined && !language && !off && !on)
          throw new WrongUsage("Say what is to change: --role, --name, --language, --off or --on.");
        const wish = {
          ...(role && { role }),
          ...(name !== undefined && { name: editorName(name) }),
          ...(language && { language }),
          ...(off && { off: true }),
          ...(on && { off: false }),
        };
        refuse(address, await changeEditor(it.database, address, wish, commandLine, it.now()));
        await tell(it, address, options, `${address} is changed.`);
      }),
    );
  add(editor, "remove <address>", "take somebody out; what they did stays in the audit log").action(
    (given: string) =>
      withNashra(async (it) => {
        const address = addressIn(given);
        refuse(address, await removeEditor(it.database, address, commandLine, it.now()));
        say(`${address} is removed, and signed out everywhere.`);
      }),
  );
}

function addressIn(given: string): string {
  const address = editorAddress(given);
  if (address === null) throw new Refusal(`"${given}" is no mail address. One looks like salma@example.org.`);
  return address;
}

function refuse(address: string, change: EditorChange): void {
  if (change === "unknown")
    throw new Refusal(`There is no editor ${address}. "nashra editor list" shows them.`);
  if (change === "last-administrator")
    throw new Refusal(
      `${address} is the last administrator. Make somebody else one first: nashra editor set ADDRESS --role administrator`,
    );
}

async function tell({ database }: Nashra, address: string, { json }: Json, sentence: string): Promise<void> {
  const editor = json ? await editorAt(database.db, address) : null;
  say(editor ? JSON.stringify(shown(editor)) : sentence);
}

const shown = (it: ListedEditor) => ({
  address: it.address,
  name: it.name,
  role: it.role,
  language: it.language,
  state: it.offAt === null ? "on" : "off",
  passkeys: it.passkeys,
  last_seen: it.seenAt?.toString() ?? null,
});

function tokenCommands(nashra: Command, { add, withNashra, json }: Tools): void {
  const token = add(nashra, "token", "tokens of the API");
  const collect = (text: string, before: readonly Scope[] = []): readonly Scope[] => [
    ...before,
    ...text.split(",").map((it) => {
      const scope = it.trim();
      if (!isScope(scope))
        throw new InvalidArgumentError(`"${scope}" is none. There are: ${scopes.join(", ")}.`);
      return scope;
    }),
  ];
  add(token, "create", "make a token; it is printed alone, once")
    .addOption(new Option("--role <role>", "all that a role may do").choices(roles).conflicts("scope"))
    .addOption(
      new Option(
        "--scope <scope>",
        `what it may do, and nothing else; several with commas: ${scopes.join(", ")}`,
      ).argParser(collect),
    )
    .option("--name <name>", "what it is for; the audit log calls it so", "API")
    .action((options: { role?: Role; scope?: readonly Scope[]; name: string }) =>
      withNashra(async (it) => {
        const power = options.role ?? options.scope;
        if (power === undefined)
          throw new WrongUsage("Say what it may do: --role ROLE, or --scope SCOPE[,SCOPE…].");
        const name = tokenName(options.name);
        if (name === null)
          throw new Refusal(
            `A token cannot be called "${options.name}": give 1 to 100 characters without @, and not "${commandLine}" or "${stranger}".`,
          );
        say(await createApiToken(it.database, name, power, it.now()));
      }),
    );
  add(token, "list", "all tokens, without their secrets")
    .addOption(json())
    .action((options: Json) =>
      withNashra(async (it) => {
        const at = (ms: number | null) =>
          ms === null ? null : Temporal.Instant.fromEpochMilliseconds(ms).toString();
        const rows = (await listApiTokens(it.database.db)).map((row) => ({
          id: row.id,
          name: row.name,
          role: row.role,
          scopes: row.scopes.join(" "),
          may: row.now.join(" "),
          created_by: row.createdBy,
          created_at: at(row.createdAt),
          used_at: at(row.usedAt),
          revoked_at: at(row.revokedAt),
        }));
        printList(rows, { ...options, empty: "There is no token yet: nashra token create --role editor" });
      }),
    );
  add(token, "revoke <id>", "end a token").action((id: string) =>
    withNashra(async (it) => {
      if (!(await revokeApiToken(it.database, Number(id), it.now()))) {
        throw new Refusal(`No token with the id ${id} is in force. "nashra token list" shows them.`);
      }
      say(`Token ${id} is revoked.`);
    }),
  );
}
