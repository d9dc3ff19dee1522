import { expect, test } from "vitest";
import { z } from "zod";
import { feedbackApi } from "./api.ts";
import { keys, openLedger, start } from "./letters.fixture.ts";
import { listFeedback } from "./list.ts";
import { takeReport } from "./take.ts";

async function open() {
  const it = await openLedger();
  for (let n = 0; n < 5; n++) {
    const { id, returnPath } = await it.sent(n, 1 + (n % 2));
    const about = { text: returnPath, recipient: null, id: `<${id}@mx.example>` };
    const deps = { database: it.database, keys, now: () => start.add({ hours: n }) };
    if (n === 2) await takeReport(deps, { kind: "complaint", type: "abuse", about });
    else
      await takeReport(deps, { kind: "bounce", verdict: "soft", code: "5.2.2", words: `full ${n}`, about });
  }
  return it.db;
}

test("what came back lately, the newest first, with the issue it is of", async () => {
  const lines = await listFeedback(await open(), { count: 2 });
  expect(lines).toMatchObject([
    {
      at: "2026-03-01T09:00:00Z",
      address: "salma@example.org",
      kind: "bounce",
      verdict: "soft",
      code: "5.2.2",
      words: "full 4",
      known_by: "return-path",
      issue: "daily/4-s4",
      notice: null,
    },
    { address: "karim@example.org", words: "full 3" },
  ]);
});

test("by the API page by page, and complaints alone", async () => {
  const db = await open();
  const api = feedbackApi(
    {
      list: (asked) => listFeedback(db, asked),
    },
    (c) => c.text("no", 400),
  );
  const ask = async (query: string) =>
    z
      .looseObject({ next: z.int().nullable() })
      .parse(await (await api.request(`/api/v1/feedback${query}`)).json());
  const first = await ask("?limit=3");
  expect(first).toMatchObject({ feedback: [{ words: "full 4" }, {}, { kind: "complaint" }] });
  expect(await ask(`?limit=3&before=${first.next}`)).toMatchObject({ feedback: [{}, {}], next: null });
  expect(await ask("?kind=complaint")).toMatchObject({
    feedback: [{ verdict: "abuse", code: "", words: "" }],
  });
  for (const query of ["?limit=0", "?limit=501", "?before=x", "?kind=spam"])
    expect((await api.request(`/api/v1/feedback${query}`)).status).toBe(400);
});
