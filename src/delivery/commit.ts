// One commit for many letters: what is to be written while one is under way goes into the next.
import type { CompiledQuery } from "kysely";
import type { Database } from "../platform/index.ts";

/** So many writes go into one commit: others want the database, too. */
const mostTogether = 200;

/**
 * So many turns of the event loop a commit waits for the replies that come meanwhile: a letter costs its share of one wait for the disk,
 * which stands still whoever sends.
 */
const turnsBefore = 4;

/** Writes statements durably and whole. @returns how many rows the last of them changed */
export type Commit = (statements: readonly CompiledQuery[]) => Promise<number>;

/**
 * Commits that share what a commit costs. What is asked for within a few turns of the event loop is written together, in its order; who
 * asks waits until it is on the disk. Where the database refuses, all who waited for that commit are told.
 */
export function groupCommit<Tables>({ batch }: Pick<Database<Tables>, "batch">): Commit {
  type Write = {
    statements: readonly CompiledQuery[];
    resolve: (changes: number) => void;
    reject: (error: unknown) => void;
  };
  let waiting: Write[] = [];
  let running = false;

  /**
   * A write that fails must not take others with it: that a server took a letter is worth a second try. Two that fail one after the other
   * are the database's own fault, and then no more are tried.
   */
  async function writeSingly(writes: readonly Write[]): Promise<void> {
    let failures: unknown[] = [];
    for (const { statements, resolve, reject } of writes) {
      if (failures.length > 1) {
        reject(failures[0]);
        continue;
      }
      try {
        resolve((await batch(statements)).at(-1)?.changes ?? 0);
        failures = [];
      } catch (error) {
        failures.push(error);
        reject(error);
      }
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const writes = waiting.slice(0, mostTogether);
      waiting = waiting.slice(mostTogether);
      try {
        const results = await batch(writes.flatMap(({ statements }) => statements));
        let end = 0;
        for (const { statements, resolve } of writes) {
          end += statements.length;
          resolve(results[end - 1]?.changes ?? 0);
        }
      } catch {
        await writeSingly(writes);
      }
    }
    running = false;
  }

  return (statements) =>
    new Promise((resolve, reject) => {
      waiting.push({ statements, resolve, reject });
      if (running) return;
      running = true;
      void turns(turnsBefore).then(run);
    });
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
