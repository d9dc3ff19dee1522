// The tests' way to D1: each request to the Worker beside this file is one batch.
import type { D1, D1Result, D1Statement } from "../../../src/hosts/d1.ts";
import type { Query, Reply } from "./worker.ts";

/** The tests' D1 with nothing in its tables. There is one: whoever calls this again empties what they had. */
export function emptyD1(url: string, ran: Query[]): D1 {
  const send = async <Row>(queries: readonly Query[]): Promise<D1Result<Row>[]> => {
    const reply = await fetch(url, { method: "POST", body: JSON.stringify(queries) });
    const { results, error }: Reply<Row> = JSON.parse(await reply.text());
    if (results === undefined) throw new Error(error);
    return results;
  };
  const emptied = empty(send);
  const queryOf = new WeakMap<D1Statement, Query>();
  const run = async <Row>(statements: readonly D1Statement[]) => {
    await emptied;
    const queries = statements.flatMap((it) => queryOf.get(it) ?? []);
    ran.push(...queries);
    return send<Row>(queries);
  };
  const statement = (query: Query): D1Statement => {
    const it: D1Statement = {
      bind: (...parameters) => statement({ ...query, parameters }),
      async all<Row>() {
        const [result] = await run<Row>([it]);
        if (!result) throw new Error("D1 gave no result.");
        return result;
      },
    };
    queryOf.set(it, query);
    return it;
  };
  return { prepare: (sql) => statement({ sql, parameters: [] }), batch: run };
}

async function empty(send: <Row>(queries: readonly Query[]) => Promise<D1Result<Row>[]>): Promise<void> {
  const tables = await send<{ name: string }>([
    {
      sql: `select name from sqlite_master where type = 'table'
        and name not like 'sqlite%' and name not like '\\_cf%' escape '\\' and name <> 'd1_migrations'
        and name not glob 'article_words_[cdi]*'`,
      parameters: [],
    },
  ]);
  const names = tables.flatMap(({ results }) => results.map(({ name }) => name));
  await send([
    { sql: "pragma defer_foreign_keys = on", parameters: [] },
    ...names.map((name) => ({ sql: `delete from ${name}`, parameters: [] })),
    { sql: "delete from sqlite_sequence where name = 'requests'", parameters: [] }, // ids begin anew
  ]);
}
