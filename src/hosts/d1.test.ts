import { CompiledQuery } from "kysely";
import { expect, inject, test } from "vitest";
import { emptyD1 } from "../../tests/support/d1/client.ts";
import { openD1, withBudget } from "./d1.ts";

test.runIf(inject("d1"))(
  "a budget is told of once, when it is spent; what is under way goes on",
  async () => {
    const spent: number[] = [];
    let asked = 0;
    const { db, batch } = openD1(
      withBudget(emptyD1(inject("d1") ?? "", []), 3, () => {
        spent.push(asked);
      }),
    );
    const one = CompiledQuery.raw("select 1 as one");
    for (const ask of [() => db.executeQuery(one), () => batch([one, one]), () => batch([one])]) {
      asked++;
      await ask();
    }
    expect(spent).toEqual([2]);
  },
);
