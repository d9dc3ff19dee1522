import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { planOf } from "../../tests/support/database.ts";
import { parseAddress } from "./address.ts";
import { audienceChoices, audiencePage, audienceSize, exclusionsNow } from "./audience.ts";
import { importSubscribers } from "./import.ts";
import { listSubscribers, signUp } from "./store.ts";
import { economy, morning, openStore } from "./subscribers.fixture.ts";

const salma = "salma@example.org";
const someIds = async ({ db }: Awaited<ReturnType<typeof openStore>>) =>
  (await listSubscribers(db, 0, 10)).map(({ id }) => id);

describe("signing up", () => {
  test("asks by mail, and mails nobody before the answer", async () => {
    const store = await openStore();
    expect(await store.signUp("Salma@Example.org", morning, [3, 1], "en")).toBe(true);
    expect(await store.notices()).toEqual([
      { id: 1, address: "Salma@example.org", language: "en", data: '{"subscriber":1,"digest":1}' },
    ]);
    expect(await store.standing()).toEqual({ "Salma@example.org": "pending" });
    expect(await store.confirm()).toBe("confirmed");
    expect(await store.standing()).toEqual({ "Salma@example.org": "mailed" });
    expect(await audienceChoices(store.db, morning)).toEqual([{ sections: "[1,3]", language: "en" }]);
    expect(await store.ledger()).toEqual([
      'asked 1 {"via":"form","sections":"[1,3]","language":"en"}',
      'confirmed 1 {"via":"link"}',
    ]);
  });

  test("a repeated confirmation changes nothing", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    const before = await store.everything();
    store.later({ hours: 1 });
    expect(await store.confirm()).toBe("already");
    expect(await store.everything()).toEqual(before);
  });

  test("whoever has the digest gets no mail, and nothing of theirs changes", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    const before = await store.everything();
    expect(await store.signUp("SALMA@example.org", morning, [5], "en")).toBe(false);
    expect(await store.everything()).toEqual(before);
    expect(await store.notices()).toHaveLength(1);
  });

  test("whoever left is asked again, and stays out until they answer", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    await store.leave(1);
    expect(await store.signUp(salma, morning, [2], "en")).toBe(true);
    expect(await store.standing()).toEqual({ [salma]: "left-by-one-click" });
    expect(await store.states()).toEqual({ [salma]: "left" });
    await store.confirm();
    expect(await store.standing()).toEqual({ [salma]: "mailed" });
    expect(await audienceChoices(store.db, morning)).toEqual([{ sections: "[2]", language: "en" }]);
  });

  test("an old confirmation link does not undo leaving", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    await store.leave(1);
    expect(await store.confirm(0)).toBe("stale");
    expect(await store.standing()).toEqual({ [salma]: "left-by-one-click" });
  });

  test("confirming one digest does not confirm another that a stranger asked for", async () => {
    const store = await openStore();
    await store.signUp(salma, economy);
    await store.signUp(salma, morning);
    await store.confirm(1);
    expect(await store.standing(morning)).toEqual({ [salma]: "mailed" });
    expect(await store.standing(economy)).toEqual({ [salma]: "pending" });
    expect(await audienceChoices(store.db, economy)).toEqual([]);
    expect(await store.confirm(0)).toBe("confirmed");
    expect(await store.standing(economy)).toEqual({ [salma]: "mailed" });
  });

  test("a suppressed address is not asked, kept or confirmed", async () => {
    const store = await openStore();
    await store.suppress(salma);
    expect(await store.signUp(salma)).toBe(false);
    expect(await store.states()).toEqual({});
    await store.signUp("b@example.org");
    await store.suppress("b@example.org");
    expect(await store.confirm()).toBe("stale");
    expect(await store.signUp("b@example.org")).toBe(false);
    expect(await store.standing()).toEqual({ "b@example.org": "suppressed" });
  });

  test("three confirmation mails a day, for all digests together", async () => {
    const store = await openStore();
    expect(await store.signUp(salma)).toBe(true);
    store.later({ hours: 12 });
    expect(await store.signUp(salma, economy)).toBe(true);
    expect(await store.signUp(salma)).toBe(true);
    expect(await store.signUp(salma)).toBe(false);
    store.later({ hours: 12, seconds: 1 });
    expect(await store.signUp(salma)).toBe(true);
    expect(await store.signUp(salma)).toBe(false);
    expect(await store.notices()).toHaveLength(4);
  });

  test("a hundred sign-ups at the same moment make three mails", async () => {
    const store = await openStore();
    const { db, batch } = store.database;
    // A store that answers slowly: everybody has looked before anybody writes.
    const slow: typeof batch = async (statements) => {
      await new Promise((done) => setImmediate(done));
      return batch(statements);
    };
    const address = parseAddress(salma);
    if (!address.ok) throw new Error(address.why);
    const wanted = { address, digest: morning, sections: [], language: "ar" } as const;
    const queued = await Promise.all(
      Array.from({ length: 100 }, () => signUp({ db, batch: slow }, store.queueNotice, wanted, store.now())),
    );
    expect(queued.filter((it) => it)).toHaveLength(3);
    expect(await store.notices()).toHaveLength(3);
  });
});

describe("leaving", () => {
  test("counts once, and says how", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    const clicks = await Promise.all([store.leave(1, morning, "one-click"), store.leave(1, morning, "page")]);
    expect(clicks.toSorted()).toEqual([false, true]);
    expect((await store.ledger()).filter((line) => line.startsWith("left"))).toHaveLength(1);
    expect(await store.states()).toEqual({ [salma]: "left" });
  });

  test("is of one digest; the others go on", async () => {
    const store = await openStore();
    await store.signUp(salma, morning);
    await store.confirm();
    await store.signUp(salma, economy);
    await store.confirm();
    await store.leave(1, economy, "page");
    expect(await store.states()).toEqual({ [salma]: "confirmed" });
    expect(await store.standing(morning)).toEqual({ [salma]: "mailed" });
    expect(await store.standing(economy)).toEqual({ [salma]: "left-by-page" });
    await store.leave(1, morning);
    expect(await store.states()).toEqual({ [salma]: "left" });
  });

  test("nobody who was never there", async () => {
    const store = await openStore();
    expect(await store.leave(17)).toBe(false);
    expect(await store.ledger()).toEqual([]);
  });
});

describe("the audience", () => {
  const filled = async () => {
    const store = await openStore();
    for (const name of ["a", "b", "c", "d", "e"]) {
      await store.signUp(`${name}@example.org`);
      if (name !== "e") await store.confirm();
      await store.signUp(`${name}@example.org`, economy);
    }
    await store.leave(2);
    await store.suppress("c@example.org");
    await sql`update subscriptions set state = 'paused', paused_until = ${store.now().add({ hours: 1 }).epochMilliseconds}
      where subscriber_id = 4 and digest_id = ${morning}`.execute(store.db);
    return store;
  };

  test("is read in pages in the order of ids, each with the reason", async () => {
    const store = await filled();
    const seen: [string, string | null][] = [];
    for (let after = 0; ; ) {
      const page = await audiencePage(store.db, morning, after, 2, store.now());
      const last = page.at(-1);
      if (!last) break;
      after = last.subscriptionId;
      seen.push(...page.map((it): [string, string | null] => [it.address, it.exclusion]));
    }
    expect(seen).toEqual([
      ["a@example.org", null],
      ["b@example.org", "left-by-one-click"],
      ["c@example.org", "suppressed"],
      ["d@example.org", "paused"],
      ["e@example.org", "pending"],
    ]);
    expect(await audienceSize(store.db, morning, 5)).toBe(3);
    expect(await audienceSize(store.db, morning, 1_000_000)).toBe(5);
  });

  test("is asked again before sending; who is gone altogether is excluded too", async () => {
    const store = await filled();
    const everybody = await someIds(store);
    await sql`delete from consents where subscriber_id = 5`.execute(store.db);
    await sql`delete from subscribers where id = 5`.execute(store.db);
    const excluded = await exclusionsNow(store.db, morning, everybody, store.now());
    expect([...excluded]).toEqual([
      [2, "left-by-one-click"],
      [3, "suppressed"],
      [4, "paused"],
      [5, "erased"],
    ]);
    store.later({ hours: 1 });
    const later = await exclusionsNow(store.db, morning, everybody, store.now());
    expect([...later.values()]).toEqual(["left-by-one-click", "suppressed", "erased"]);
    await sql`delete from subscriptions where subscriber_id = 1`.execute(store.db);
    expect((await exclusionsNow(store.db, morning, everybody, store.now())).values().next().value).toBe(
      "left",
    );
  });
});

test("nothing scans or sorts a table: every statement goes by an index, whatever its size", async () => {
  const store = await openStore();
  await store.signUp(salma);
  await store.confirm();
  await store.leave(1);
  await audienceChoices(store.db, morning);
  await audiencePage(store.db, morning, 0, 10, store.now());
  await audienceSize(store.db, morning, 10);
  await exclusionsNow(store.db, morning, await someIds(store), store.now());
  await importSubscribers(
    store.database,
    { digest: morning, consent: "", language: "ar", now: store.now() },
    ["b@example.org"],
  );
  const ours = store.database.ran.filter(({ sql }) => !sql.includes("digests (") && !sql.includes("notices"));
  expect(ours.length).toBeGreaterThan(15);
  for (const query of ours) {
    const steps = await planOf(store.db, query);
    const bad = steps.filter((step) => /^SCAN (?!CONSTANT|j |json_each|p$|page)|ORDER BY/.test(step));
    expect(bad, query.sql).toEqual([]);
  }
});

test("subscribers are listed in pages", async () => {
  const store = await openStore();
  for (const name of ["a", "b", "c"]) await store.signUp(`${name}@example.org`);
  const first = await listSubscribers(store.db, 0, 2);
  expect(first.map(({ address, state }) => `${address} ${state}`)).toEqual([
    "a@example.org pending",
    "b@example.org pending",
  ]);
  const rest = await listSubscribers(store.db, first.at(-1)?.id ?? 0, 2);
  expect(rest.map(({ address }) => address)).toEqual(["c@example.org"]);
});
