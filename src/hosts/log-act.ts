// What a command did, into the audit log: for commands whose own statements make no entry.
import { audit, commandLine } from "../accounts/index.ts";
import type { Nashra } from "./node.ts";

export async function logAct({ database, now }: Nashra, act: string, subject: string): Promise<void> {
  await database.batch([
    audit(database.db, { actor: commandLine, act, subject: subject.slice(0, 300) }, now()),
  ]);
}
