// Workers that die, sleep or only wait: what they held is soon somebody else's, and they write nothing over others.
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { open, start } from "./ledger.fixture.ts";
import { allWorkers, asWorker, forgetWorkers, watchWorkers } from "./workers.ts";

describe("a worker that fell silent", () => {
  /** A stopwatch that a test sets. */
  const watching = () => {
    let elapsed = 0;
    return {
      watch: watchWorkers({ silentSeconds: 40 }, () => elapsed),
      pass: (seconds: number) => {
        elapsed += seconds * 1000;
      },
    };
  };
  const pulse = { beatSeconds: 0.005, silentSeconds: 40 };

  test("is told from one that beats, and from one that came just now; the time of day has no say in it", () => {
    const { watch, pass } = watching();
    const seen: string[][] = [];
    for (const [a, b] of [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 2],
    ] as const) {
      seen.push(
        watch([
          { name: "a", beats: a },
          { name: "b", beats: b },
        ]),
      );
      pass(20);
    }
    expect(seen).toEqual([[], [], ["b"], []]);
    expect(watch([{ name: "new", beats: 1 }])).toEqual([]);
  });

  test("is beaten at its work by others: what it held is theirs, what was under way is in doubt, and it writes no more", async () => {
    const { database, db, claim, claimOne, send, accept, mend, lines, states } = await open(3);
    const { watch, pass } = watching();
    let woken = () => {};
    const asleep = new Promise<void>((resolve) => {
      woken = resolve;
    });
    let name = "";
    const sleeper = asWorker({ database, pulse: { beatSeconds: 1e6, silentSeconds: 40 } }, async (run) => {
      await run.begin();
      name = run.worker;
      const out = await claimOne(name);
      const next = await claimOne(name);
      await send(out, name);
      await asleep;
      return [await send(next, name, start), await accept(next, name, start)];
    });
    await expect.poll(states).toEqual(["sending", "claimed", "queued"]);
    await mend(start, watch);
    pass(39);
    await mend(start, watch);
    expect(await states()).toEqual(["sending", "claimed", "queued"]);
    pass(1);
    await mend(start, watch);
    expect(await states()).toEqual(["in_doubt", "queued", "queued"]);
    expect((await lines())[0]).toMatchObject({ in_doubt: 1, tries: 1, message_id: "<1@example.org>" });
    expect(await allWorkers(db)).toEqual([]);
    expect(await claim("other")).toHaveLength(3);
    woken();
    expect(await sleeper).toEqual([false, false]);
    expect(await states()).toEqual(["claimed", "claimed", "claimed"]);
  });

  test("is not one that only waits long for its server: it beats, and is forgotten when it is done", async () => {
    const { database, db, claimOne, mend, states } = await open(1);
    const { watch, pass } = watching();
    await asWorker({ database, pulse }, async (run) => {
      await run.begin();
      await claimOne(run.worker);
      await mend(start, watch);
      const [{ beats } = { beats: 0 }] = await allWorkers(db);
      await expect.poll(async () => (await allWorkers(db))[0]?.beats ?? 0).toBeGreaterThan(beats);
      pass(100);
      await mend(start, watch);
      expect(await states()).toEqual(["claimed"]);
    });
    // It held something still, and only whoever holds nothing is forgotten.
    expect(await allWorkers(db)).toHaveLength(1);
    await database.batch([
      forgetWorkers(
        db,
        (await allWorkers(db)).map(({ name }) => name),
      ),
    ]);
    expect(await allWorkers(db)).toHaveLength(1);
    await sql`update deliveries set state = 'queued', worker = null`.execute(db);
    await asWorker({ database, pulse }, async (run) => run.begin());
    expect(await allWorkers(db)).toHaveLength(1);
    await mend(start, watch); // it may have beaten once more
    pass(100);
    await mend(start, watch);
    expect(await allWorkers(db)).toEqual([]);
  });

  test("who finds nothing to do leaves no name", async () => {
    const { database, db } = await open(1);
    await asWorker({ database, pulse }, async () => {});
    expect(await allWorkers(db)).toEqual([]);
  });
});
