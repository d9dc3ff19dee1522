// When an issue pauses by itself, and what that writes.
import { expect, test } from "vitest";
import { issueById } from "../../digests/index.ts";
import { open, start } from "../ledger.fixture.ts";
import { addHealth, judgeHealth, lineReached } from "./health.ts";

const lines = { bounces: 5, complaints: 0.1, after: 20 };

test("an issue past a line is paused once, its claims are given back, and whoever looks again writes nothing", async () => {
  const { database, db, batch, issue, claim, states } = await open(3);
  await batch([addHealth(db, issue, { sent: 100, bounced: 10, complained: 0, content: 0 })]);
  await claim("a", 2);
  let written = 0;
  const counting = {
    db,
    batch: (statements: Parameters<typeof batch>[0]) => {
      written += statements.length;
      return database.batch(statements);
    },
  };
  const judge = () => judgeHealth(counting, issue, lines, "", start);
  expect(await judge()).toMatchObject({ did: "paused", reason: { kind: "bounces", percent: 10 } });
  expect((await issueById(db, issue))?.paused?.by).toBeNull();
  expect(await states()).toEqual(["queued", "queued", "queued"]);
  written = 0;
  expect(await judge()).toBeNull();
  expect(written).toBe(0);
});

test("the server's words that an issue pauses with, which viewers see, name no reader", () =>
  expect(
    lineReached(
      { sent: 100, bounced: 0, complained: 0, content: 50 },
      lines,
      "550 5.7.1 <salma@example.org>: message refused",
    ),
  ).toMatchObject({ kind: "content", words: "550 5.7.1 <…>: message refused" }));
