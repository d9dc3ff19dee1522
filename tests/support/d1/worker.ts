// What the store tests talk to in place of a file: a Worker that runs statements on its D1, each request as one batch.
import type { D1, D1Result } from "../../../src/hosts/d1.ts";

export type Query = { sql: string; parameters: readonly unknown[] };

export type Reply<Row> = { results?: D1Result<Row>[]; error?: string };

export default {
  async fetch(request: Request, { DB }: { DB: D1 }): Promise<Response> {
    const queries: Query[] = JSON.parse(await request.text());
    try {
      const statements = queries.map(({ sql, parameters }) => DB.prepare(sql).bind(...parameters));
      return Response.json({ results: await DB.batch(statements) });
    } catch (error) {
      return Response.json({ error: String(error) });
    }
  },
};
