// A mailbox that bounces and readers' answers come to, read over IMAP (RFC 9051): for papers whose mail is kept by somebody else.
// What a program understood is moved away or deleted; everything else stays, flagged, for a person.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImapFlow } from "imapflow";
import { z } from "zod";
import type { Mailbox } from "../config.ts";
import { type Taken, takeMail } from "../delivery/index.ts";
import { listDigests } from "../digests/index.ts";
import { sha256 } from "../platform/index.ts";
import type { Nashra } from "./node.ts";

type Deps = Pick<Nashra, "config" | "database" | "keys" | "now" | "log">;

/** What one look at the mailbox did. */
export type MailboxReport =
  /** `flagged` stay for a person; `left` are for the next time. */
  | { kind: "read"; taken: number; flagged: number; left: number }
  | { kind: "failed"; why: string }
  /** It failed before, and is left alone until then. */
  | { kind: "resting"; until: string; why: string };

export type MailboxPoller = (stop?: AbortSignal) => Promise<MailboxReport>;

/** One look takes so many mails, and begins none after so long: the next comes a minute later. */
const limits = { mails: 200, seconds: 45, tries: 3 };

/** Of a mail so much is read; what a report has to say stands before that (feedback/read.ts). */
const mostBytes = 250_000;

/** A server that is away is asked again after a minute, then two, four…; one that refuses the password, after hours: who is refused often is locked out. */
const rest = { away: { first: 1, most: 30 }, refused: { first: 60, most: 720 } };

/**
 * Looks into the mailbox of the config. It remembers mails that could not be taken, so that none is tried for ever, and on disk when
 * the server is to be left alone: commands that the clock starts are processes of their own.
 */
export function mailboxPoller(deps: Deps, mailbox: Mailbox): MailboxPoller {
  const failures = new Map<string, number>();
  const resting = restFile(join(deps.config.data, "mailbox-rest.json"), mailbox, deps.now);
  return async (stop) => {
    const rested = await resting.read();
    if (rested !== null && Temporal.Instant.compare(deps.now(), rested.until) < 0)
      return { kind: "resting", until: rested.until.toString(), why: rested.why };
    const { ImapFlow: Client } = await import("imapflow");
    const client = new Client({
      host: mailbox.host,
      port: mailbox.port,
      secure: mailbox.tls,
      doSTARTTLS: false, // in clear only on this machine (config.ts)
      auth: { user: mailbox.user, pass: mailbox.password },
      logger: false,
      disableAutoIdle: true,
      disableCompression: true, // what is unpacked has no bound
      connectionTimeout: 20_000,
      greetingTimeout: 20_000,
      socketTimeout: 30_000,
      maxLiteralSize: mostBytes + 1000,
      maxResponseSize: 2_000_000,
    });
    client.on("error", (error: Error) =>
      deps.log.debug({ error: error.message }, "mailbox connection failed"),
    );
    const abandon = () => client.close();
    stop?.addEventListener("abort", abandon);
    try {
      await client.connect();
      const report = await readMailbox(deps, client, mailbox, failures, stop);
      resting.clear();
      await client.logout().catch(() => {});
      return report;
    } catch (error) {
      if (stop?.aborted) return { kind: "failed", why: "It was told to stop." };
      const { why, refused } = explained(error, mailbox);
      const until = await resting.write(why, refused ? rest.refused : rest.away);
      deps.log.error({ why, until: until.toString() }, "mailbox not read");
      return { kind: "failed", why };
    } finally {
      stop?.removeEventListener("abort", abandon);
      client.close();
    }
  };
}

async function readMailbox(
  deps: Deps,
  client: ImapFlow,
  { folder }: Mailbox,
  failures: Map<string, number>,
  stop: AbortSignal | undefined,
): Promise<MailboxReport> {
  const until = deps.now().add({ seconds: limits.seconds });
  const lock = await client.getMailboxLock(folder);
  try {
    const found = (await client.search({ flagged: false, deleted: false }, { uid: true })) || [];
    let [taken, flagged] = [0, 0];
    for (const uid of found.slice(0, limits.mails)) {
      if (stop?.aborted || Temporal.Instant.compare(deps.now(), until) >= 0) break;
      const what = await readMail(deps, client, uid, failures);
      if (what === "taken") taken++;
      if (what === "flagged") flagged++;
    }
    const report = { taken, flagged, left: found.length - taken - flagged };
    if (found.length > 0) deps.log.info(report, "mailbox read");
    return { kind: "read", ...report };
  } finally {
    lock.release();
  }
}

/** Takes one mail, then puts it away: whoever dies between finds it booked the next time, since each report is booked once. */
async function readMail(
  deps: Deps,
  client: ImapFlow,
  uid: number,
  failures: Map<string, number>,
): Promise<"taken" | "flagged" | "left"> {
  const { database, keys, now, log, config } = deps;
  const range = String(uid);
  const mail = await client.fetchOne(range, { source: { start: 0, maxLength: mostBytes } }, { uid: true });
  if (mail === false) return "left"; // somebody took it away meanwhile
  let took: Taken | null = null;
  if (mail.source && mail.source.length > 0)
    try {
      const digests = () => listDigests(database.db);
      took = await takeMail({ database, keys, now, digests }, mail.source);
    } catch (error) {
      const name = `${client.mailbox ? client.mailbox.uidValidity : ""}:${uid}`;
      const tries = (failures.get(name) ?? 0) + 1;
      failures.set(name, tries);
      const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.error({ uid, tries, error: words }, "a mail of the mailbox could not be taken");
      if (tries < limits.tries) return "left";
      failures.delete(name);
    }
  log.info({ uid, took }, "mail came in");
  if (took !== null && isOver(took) && (await putAway(client, range, config.imapDone))) return "taken";
  await client.messageFlagsAdd(range, ["\\Flagged"], { uid: true });
  return "flagged";
}

/** Whether nobody need see it any more: the rest may be a reader's letter. */
function isOver(took: Taken): boolean {
  if (took.did !== "ignored") return true;
  switch (took.why) {
    case "progress":
    case "unknown-letter":
    case "automatic":
      return true;
    case "unreadable":
    case "no-word":
    case "nothing-of-ours":
    case "unknown-link":
    case "unknown-message":
      return false;
  }
}

async function putAway(client: ImapFlow, range: string, done: string): Promise<boolean> {
  if (done === "delete") return client.messageDelete(range, { uid: true });
  await client.messageFlagsAdd(range, ["\\Seen"], { uid: true });
  const moved = () => client.messageMove(range, done, { uid: true }).catch(() => false as const);
  if ((await moved()) !== false) return true;
  await client.mailboxCreate(done).catch(() => null); // the first time
  return (await moved()) !== false;
}

/** What went wrong in words that say what to do. The password stands in none of them. */
function explained(error: unknown, { host, port, user, folder }: Mailbox): { why: string; refused: boolean } {
  const { authenticationFailed, responseText, code, message } = z
    .looseObject({
      authenticationFailed: z.boolean().optional().catch(undefined),
      responseText: z.string().optional().catch(undefined),
      code: z.string().optional().catch(undefined),
      message: z.string().catch("it failed"),
    })
    .parse(Object(error));
  const said = responseText ? `: "${responseText.slice(0, 200)}"` : "";
  if (authenticationFailed)
    return {
      why: `${host} refuses the user ${user} or the password${said}. Correct NASHRA_IMAP_URL; many providers want a password made for programs.`,
      refused: true,
    };
  if (responseText !== undefined)
    return {
      why: `${host} does not open the folder ${folder}${said}. NASHRA_IMAP_URL names it behind the host.`,
      refused: false,
    };
  return {
    why: `${host}:${port} cannot be reached (NASHRA_IMAP_URL): ${code ? `${code}, ` : ""}${message.slice(0, 200)}`,
    refused: false,
  };
}

const kept = z.object({ until: z.string(), why: z.string(), minutes: z.number(), setting: z.string() });

/** Until when the server is left alone, and why; of another setting, such as a corrected password, it says nothing. */
function restFile(file: string, mailbox: Mailbox, now: Deps["now"]) {
  const setting = () => sha256(JSON.stringify(mailbox));
  const stored = async () => {
    try {
      const it = kept.parse(JSON.parse(readFileSync(file, "utf8")));
      return it.setting === (await setting()) ? it : null;
    } catch {
      return null;
    }
  };
  return {
    async read() {
      const it = await stored();
      return it && { until: Temporal.Instant.from(it.until), why: it.why };
    },
    async write(why: string, { first, most }: { first: number; most: number }): Promise<Temporal.Instant> {
      const before = (await stored())?.minutes ?? 0;
      const minutes = Math.min(most, Math.max(first, before * 2));
      const until = now().add({ minutes });
      const it = { until: until.toString(), why, minutes, setting: await setting() };
      writeFileSync(file, `${JSON.stringify(it)}\n`, { mode: 0o600 });
      return until;
    },
    clear: () => rmSync(file, { force: true }),
  };
}
