// Some fields of an article are changed by a person or a program that knows only those.
import type { Kysely } from "kysely";
import type { z } from "zod";
import type { ArticleId, Published } from "./article.ts";
import { inputOf } from "./ingest.ts";
import { type ArticleInput, type articleChange, articleInput } from "./input.ts";
import { articleById } from "./read.ts";
import type { ArticleTables } from "./tables.ts";

export type ArticleChange = z.output<typeof articleChange>;

export type Changing = Published | { kind: "unknown" } | { kind: "invalid"; error: z.ZodError };

/** How often it is tried again when others change the same article at the same time. */
const mostAttempts = 5;

/**
 * Changes some fields; the others stay as they are.
 *
 * @param seen the revision that the change was made from, which it may not differ from any more; null: whatever it is now
 * @param actor an editor's address, or the name of a token
 * @returns `stale` where others changed it meanwhile
 */
export async function changeArticle(
  deps: {
    db: Kysely<ArticleTables>;
    publish: (
      origin: string,
      input: ArticleInput,
      expected: number | null,
      actor: string,
    ) => Promise<Published>;
  },
  id: ArticleId,
  change: ArticleChange,
  seen: number | null,
  actor: string,
): Promise<Changing> {
  for (let attempt = 0; ; attempt++) {
    const article = await articleById(deps.db, id);
    if (!article) return { kind: "unknown" };
    if (seen !== null && article.revision !== seen && article.status.state !== "retracted")
      return { kind: "stale", article };
    const changed = articleInput.safeParse({ ...inputOf(article), ...change });
    if (!changed.success) return { kind: "invalid", error: changed.error };
    const result = await deps.publish(article.origin, changed.data, article.revision, actor);
    if (result.kind !== "stale" || seen !== null || attempt === mostAttempts - 1) return result;
  }
}
