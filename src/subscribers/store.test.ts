import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { planOf } from "../../tests/support/database.ts";
import { audienceChoices, audiencePage, audienceSize, exclusionsNow, markIssued } from "./audience.ts";
import { comeBack } from "./leave.ts";
import { importSubscribers } from "./list/index.ts";
import { answerWaiting, forgetUnconfirmed } from "./requests.ts";
import { chooseSlots } from "./store.ts";
import { anySlot, economy, morning, openStore, theIssue } from "./subscribers.fixture.ts";

const salma = "salma@example.org";
const fail = (request: number, error: unknown) => {
  throw new Error(`${request}: ${error}`);
};
const issueDate = Temporal.PlainDate.from("2026-03-01");
const someIds = async ({ db }: Awaited<ReturnType<typeof openStore>>) =>
  (
    await db
      .selectFrom("subscribers")
      .select("id")
      .where(sql<number>`id`, ">", 0)
      .orderBy("id")
      .limit(10)
      .execute()
  ).map(({ id }) => id);

test("who confirms is welcomed once, in their language, to what they confirmed", async () => {
  const store = await openStore();
  await store.signUp("salma@example.org", [morning, economy], [], "en");
  expect(await store.welcomes()).toEqual([]);
  await Promise.all([store.confirm(), store.confirm(), store.confirm()]);
  const said = (await store.welcomes()).map(({ address, language, data }) => [
    address,
    language,
    JSON.parse(data),
  ]);
  expect(said).toEqual([["salma@example.org", "en", { subscriber: 1, digests: [morning, economy] }]]);
  await store.leave("salma@example.org");
  expect(await store.confirm()).toMatchObject({ kind: "already" }); // of the other digest
  expect(await store.welcomes()).toHaveLength(1);
});

test("the welcome names what its press confirmed, and not what was confirmed and left before it", async () => {
  const store = await openStore();
  await store.signUp("salma@example.org", [morning, economy]);
  await store.signUp("salma@example.org", economy);
  await store.confirm(1);
  await store.leave("salma@example.org", economy);
  expect(await store.confirm(0)).toEqual({ kind: "confirmed", digests: [morning] });
  expect((await store.welcomes()).map(({ data }) => JSON.parse(data).digests)).toEqual([
    [economy],
    [morning],
  ]);
});

describe("signing up", () => {
  test("asks by mail, and mails nobody before the answer", async () => {
    const store = await openStore();
    expect(await store.signUp("Salma@Example.org", morning, [3, 1], "en")).toBe(true);
    expect(await store.notices()).toEqual([
      {
        id: 1,
        kind: "confirm",
        address: "Salma@example.org",
        language: "en",
        data: '{"subscriber":1,"request":1,"digests":[1]}',
      },
    ]);
    expect(await store.standing()).toEqual({ "Salma@example.org": "pending" });
    expect(await store.confirm()).toEqual({ kind: "confirmed", digests: [morning] });
    expect(await store.standing()).toEqual({ "Salma@example.org": "mailed" });
    expect(await audienceChoices(store.db, morning, anySlot)).toEqual([
      { sections: "[1,3]", language: "en" },
    ]);
    expect(await store.ledger()).toEqual([
      'asked 1 {"via":"page","network":"203.0.113.0/24","sections":"[1,3]","language":"en"}',
      'confirmed 1 {"via":"link"}',
    ]);
  });

  test("a repeated confirmation changes nothing", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    const before = await store.everything();
    store.later({ hours: 1 });
    expect(await store.confirm()).toEqual({ kind: "already", digests: [morning] });
    expect(await store.everything()).toEqual(before);
  });

  test("whoever has the digest is sent a link to their choices, and nothing of theirs changes", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    const before = await store.everything();
    expect(await store.signUp("SALMA@example.org", morning, [5], "en")).toBe(true);
    expect(await store.everything()).toEqual(before);
    expect((await store.notices()).map(({ kind, address, data }) => [kind, address, data])).toEqual([
      ["confirm", salma, '{"subscriber":1,"request":1,"digests":[1]}'],
      ["preferences", salma, '{"subscriber":1}'],
    ]);
  });

  test("for several digests at once is confirmed at once; for one that is there only the others are asked", async () => {
    const store = await openStore();
    await store.signUp(salma, economy);
    await store.confirm();
    await store.signUp(salma, [morning, economy], [4]);
    expect(await store.confirm()).toEqual({ kind: "confirmed", digests: [morning] });
    expect(await audienceChoices(store.db, morning, anySlot)).toEqual([{ sections: "[4]", language: "ar" }]);
    expect(await audienceChoices(store.db, economy, anySlot)).toEqual([{ sections: "", language: "ar" }]);
    await store.signUp("b@example.org", [morning, economy]);
    expect(await store.confirm()).toEqual({ kind: "confirmed", digests: [morning, economy] });
  });

  test("a link confirms what was asked with it, not what a stranger asked for since", async () => {
    const store = await openStore();
    await store.signUp(salma, morning, [1], "ar");
    await store.signUp(salma, morning, [9], "en");
    expect(await store.confirm(0)).toMatchObject({ kind: "confirmed" });
    expect(await audienceChoices(store.db, morning, anySlot)).toEqual([{ sections: "[1]", language: "ar" }]);
    expect(await store.confirm(1)).toEqual({ kind: "stale" });
  });

  test("whoever left is asked again, and stays out until they answer", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    await store.leave(salma);
    expect(await store.signUp(salma, morning, [2], "en")).toBe(true);
    expect(await store.standing()).toEqual({ [salma]: "left-by-one-click" });
    expect(await store.states()).toEqual({ [salma]: "left" });
    await store.confirm();
    expect(await store.standing()).toEqual({ [salma]: "mailed" });
    expect(await audienceChoices(store.db, morning, anySlot)).toEqual([{ sections: "[2]", language: "en" }]);
  });

  test("an old confirmation link does not undo leaving", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    await store.leave(salma);
    expect(await store.confirm(0)).toEqual({ kind: "stale" });
    expect(await store.standing()).toEqual({ [salma]: "left-by-one-click" });
  });

  test("confirming one digest does not confirm another that a stranger asked for", async () => {
    const store = await openStore();
    await store.signUp(salma, economy);
    await store.signUp(salma, morning);
    await store.confirm(1);
    expect(await store.standing(morning)).toEqual({ [salma]: "mailed" });
    expect(await store.standing(economy)).toEqual({ [salma]: "pending" });
    expect(await audienceChoices(store.db, economy, anySlot)).toEqual([]);
    expect(await store.confirm(0)).toMatchObject({ kind: "confirmed" });
    expect(await store.standing(economy)).toEqual({ [salma]: "mailed" });
  });

  test("a suppressed address is not asked, kept or confirmed", async () => {
    const store = await openStore();
    await store.suppress(salma);
    expect(await store.signUp(salma)).toBe(false);
    expect(await store.states()).toEqual({});
    await store.signUp("b@example.org");
    await store.suppress("b@example.org");
    expect(await store.confirm()).toEqual({ kind: "stale" });
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
    const { batch } = store.database;
    // A store that answers slowly: everybody has looked before anybody writes.
    const slow: typeof batch = async (statements) => {
      await new Promise((done) => setImmediate(done));
      return batch(statements);
    };
    const requests = await Promise.all(Array.from({ length: 100 }, () => store.ask(salma)));
    const queued = await Promise.all(requests.map((request) => store.answer(request, slow)));
    expect(queued.filter((it) => it)).toHaveLength(3);
    expect(await store.notices()).toHaveLength(3);
  });

  test("what a dead process left unanswered the next tick answers, once however many there are", async () => {
    const store = await openStore();
    await store.ask(salma);
    await store.ask("b@example.org");
    const ticks = await Promise.all(
      [1, 2, 3].map(() => answerWaiting(store.database, store.queueNotice, 100, fail, store.now())),
    );
    expect(ticks.reduce((sum, mailed) => sum + mailed, 0)).toBe(2);
    expect(await store.notices()).toHaveLength(2);
    expect(await answerWaiting(store.database, store.queueNotice, 100, fail, store.now())).toBe(0);
  });

  test("reasons that the owner may lift are lifted by confirming; an import lifts none", async () => {
    const store = await openStore();
    await store.suppress(salma, "unsubscribed");
    await importSubscribers(
      store.database,
      { digest: morning, consent: "list", language: "ar", now: store.now() },
      [salma],
    );
    expect(await store.states()).toEqual({});
    await store.signUp(salma);
    expect(await store.standing()).toEqual({ [salma]: "suppressed" });
    await store.confirm();
    expect(await store.standing()).toEqual({ [salma]: "mailed" });
  });
});

describe("what nobody confirmed", () => {
  test("is forgotten after seven days, with all that was noted of it", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.signUp("b@example.org");
    await store.confirm();
    await store.signUp("b@example.org", economy);
    store.later({ hours: 24 * 7 });
    expect(await forgetUnconfirmed(store.database, store.now())).toBe(0);
    store.later({ seconds: 1 });
    expect(await forgetUnconfirmed(store.database, store.now())).toBe(1);
    expect(await store.states()).toEqual({ "b@example.org": "confirmed" });
    expect(await store.standing(economy)).toEqual({});
    expect((await store.ledger()).map((line) => line.split(" ")[0])).toEqual(["asked", "confirmed", "asked"]);
    expect(await store.db.selectFrom("requests").select("id").execute()).toEqual([]);
  });

  test("stays while somebody asked again within the week", async () => {
    const store = await openStore();
    await store.signUp(salma);
    store.later({ hours: 24 * 6 });
    await store.signUp(salma);
    store.later({ hours: 24 * 2 });
    expect(await forgetUnconfirmed(store.database, store.now())).toBe(0);
    expect(await store.confirm()).toMatchObject({ kind: "confirmed" });
  });
});

test("no id comes twice, so that an old link names nobody else", async () => {
  const store = await openStore();
  await store.signUp(salma);
  const link = await store.confirmToken();
  store.later({ hours: 24 * 7, seconds: 1 });
  expect(await forgetUnconfirmed(store.database, store.now())).toBe(1);
  await store.signUp("b@example.org");
  expect(await store.confirmToken()).not.toBe(link);
  const people = await store.db.selectFrom("subscribers").select(["id", "address", "state"]).execute();
  expect(people).toEqual([
    { id: 1, address: "", state: "erased" },
    { id: 2, address: "b@example.org", state: "pending" },
  ]);
  expect(await store.db.selectFrom("requests").select("id").execute()).toEqual([{ id: 2 }]);
});

test("what was left stays left when another digest is confirmed weeks later", async () => {
  const store = await openStore();
  await store.signUp(salma, morning);
  await store.confirm();
  await store.leave(salma, morning);
  store.later({ hours: 24 * 8 });
  await forgetUnconfirmed(store.database, store.now());
  await store.signUp(salma, economy);
  expect(await store.confirm()).toEqual({ kind: "confirmed", digests: [economy] });
  expect(await store.standing(morning)).toEqual({ [salma]: "left-by-one-click" });
});

test("a look-alike of an address is that address, and mail for it goes there", async () => {
  const store = await openStore();
  await store.signUp("\uFF53alma@example.org");
  expect((await store.notices()).map(({ address }) => address)).toEqual([salma]);
});

test("a request by a stranger does not change the language of somebody's mails", async () => {
  const store = await openStore();
  await store.signUp(salma, morning, [], "ar");
  await store.confirm();
  await store.signUp(salma, economy, [], "en");
  await store.confirm();
  expect(await audienceChoices(store.db, economy, anySlot)).toEqual([{ sections: "", language: "ar" }]);
});

test("one request that cannot be answered does not hold up the others", async () => {
  const store = await openStore();
  await store.ask(salma, 99); // there is no such digest
  await store.ask("b@example.org");
  const told: number[] = [];
  const tell = (request: number) => told.push(request);
  expect(await answerWaiting(store.database, store.queueNotice, 100, tell, store.now())).toBe(1);
  expect(told).toEqual([1]);
});

test("the ledger of consents is append-only", async () => {
  const store = await openStore();
  await store.signUp(salma);
  await store.confirm();
  const before = await store.ledger();
  await expect(sql`delete from consents`.execute(store.db)).rejects.toThrow("append-only");
  await expect(sql`update consents set at = 1`.execute(store.db)).rejects.toThrow("append-only");
  await expect(sql`update consents set proof = '{}'`.execute(store.db)).rejects.toThrow("append-only");
  await expect(sql`insert or replace into consents select * from consents`.execute(store.db)).rejects.toThrow(
    "append-only",
  );
  expect(await store.ledger()).toEqual(before);
});

describe("leaving", () => {
  test("counts once, and says how", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    const clicks = await Promise.all([
      store.leave(salma, morning, "one-click"),
      store.leave(salma, morning, "page"),
    ]);
    expect(clicks.map((ended) => ended.length).toSorted()).toEqual([0, 1]);
    expect((await store.ledger()).filter((line) => line.startsWith("left"))).toHaveLength(1);
    expect(await store.states()).toEqual({ [salma]: "left" });
  });

  test("is of one digest; the others go on", async () => {
    const store = await openStore();
    await store.signUp(salma, morning);
    await store.confirm();
    await store.signUp(salma, economy);
    await store.confirm();
    await store.leave(salma, economy, "page");
    expect(await store.states()).toEqual({ [salma]: "confirmed" });
    expect(await store.standing(morning)).toEqual({ [salma]: "mailed" });
    expect(await store.standing(economy)).toEqual({ [salma]: "left-by-page" });
    await store.leave(salma, morning);
    expect(await store.states()).toEqual({ [salma]: "left" });
  });

  test("is of all where somebody wants that, and no import brings them back", async () => {
    const store = await openStore();
    await store.signUp(salma, [morning, economy]);
    await store.confirm();
    expect(await store.leave(salma, null, "page")).toEqual([morning, economy]);
    expect(await store.states()).toEqual({ [salma]: "left" });
    expect(await store.db.selectFrom("suppressions").select("reason").execute()).toEqual([
      { reason: "unsubscribed" },
    ]);
    expect(await store.leave(salma, null, "page")).toEqual([]);
  });

  test("is taken back at once: all goes on as it was", async () => {
    const store = await openStore();
    await store.signUp(salma, [morning, economy], [4], "en");
    await store.confirm();
    await store.leave(salma, economy, "page");
    store.later({ hours: 1 });
    await store.leave(salma, null, "page");
    const [subscriber] = await someIds(store);
    if (!subscriber) throw new Error("Nobody is there.");
    const back = () =>
      comeBack(store.database, { subscriber, leftAt: store.now() }, { via: "link" }, store.now());
    expect(await back()).toEqual([morning]); // economy ended before, and stays so
    expect(await store.standing(morning)).toEqual({ [salma]: "mailed" });
    expect(await store.standing(economy)).toEqual({ [salma]: "left-by-page" });
    expect(await store.states()).toEqual({ [salma]: "confirmed" });
    expect(await store.db.selectFrom("suppressions").selectAll().execute()).toEqual([]);
    expect(await audienceChoices(store.db, morning, anySlot)).toEqual([{ sections: "[4]", language: "en" }]);
    expect(await back()).toEqual([]);
  });

  test("is not taken back once something else was left since", async () => {
    const store = await openStore();
    await store.signUp(salma, [morning, economy]);
    await store.confirm();
    await store.leave(salma, morning);
    const leftAt = store.now();
    store.later({ hours: 1 });
    await store.leave(salma, null);
    const [subscriber] = await someIds(store);
    if (!subscriber) throw new Error("Nobody is there.");
    expect(await comeBack(store.database, { subscriber, leftAt }, { via: "link" }, store.now())).toEqual([]);
    expect(await store.states()).toEqual({ [salma]: "left" });
  });

  test("is not taken back by whoever never confirmed, or must not be mailed since", async () => {
    const store = await openStore();
    await store.signUp(salma);
    await store.leave(salma);
    await store.signUp("b@example.org");
    await store.confirm();
    await store.leave("b@example.org");
    await store.suppress("b@example.org", "complaint");
    for (const subscriber of await someIds(store)) {
      const back = { subscriber, leftAt: store.now() };
      expect(await comeBack(store.database, back, { via: "link" }, store.now())).toEqual([]);
    }
    expect(await store.states()).toEqual({ [salma]: "left", "b@example.org": "left" });
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
    await store.leave("b@example.org");
    await store.suppress("c@example.org");
    await sql`update subscriptions set state = 'paused', paused_until = ${store.now().add({ hours: 1 }).epochMilliseconds}
      where subscriber_id = 4 and digest_id = ${morning}`.execute(store.db);
    return store;
  };

  test("is read in pages in the order of ids, each with the reason", async () => {
    const store = await filled();
    const seen: [string, string | null][] = [];
    for (let after = 0; ; ) {
      const page = await audiencePage(store.db, morning, after, 2, theIssue(issueDate), store.now());
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
    await sql`delete from consents where subscriber_id = 5`.execute(store.db); // pending: nothing keeps it
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

test.each([
  ["each", ["mailed", "mailed", "mailed", "mailed"]],
  ["daily", ["mailed", "had-today", "mailed", "mailed"]],
  ["weekly", ["mailed", "had-this-week", "had-this-week", "mailed"]],
] as const)("who wants %s issue of a week", async (frequency, expected) => {
  const store = await openStore();
  await store.signUp(salma);
  await store.confirm();
  await sql`update subscriptions set frequency = ${frequency}`.execute(store.db);
  const seen: string[] = [];
  for (const date of ["2026-03-01", "2026-03-01", "2026-03-07", "2026-03-08"]) {
    const day = Temporal.PlainDate.from(date);
    const [candidate] = await audiencePage(store.db, morning, 0, 10, theIssue(day), store.now());
    if (!candidate) throw new Error("Nobody is there.");
    seen.push(candidate.exclusion ?? "mailed");
    if (candidate.exclusion === null)
      await store.database.batch([markIssued(store.db, [candidate.subscriptionId], day)]);
  }
  expect(seen).toEqual(expected);
});

test("who chose the evening is passed by in the morning, and no other", async () => {
  const store = await openStore();
  await store.signUp(salma);
  await store.confirm();
  const [subscriber] = await someIds(store);
  if (!subscriber) throw new Error("Nobody is there.");
  const choose = async (...slots: string[]) => {
    const about = { subscriber, digest: morning };
    const [changed] = await store.database.batch(
      chooseSlots(store.db, about, slots, { via: "link" }, store.now()),
    );
    return changed?.changes;
  };
  const at = async (slot: string) => {
    const page = await audiencePage(store.db, morning, 0, 10, theIssue(issueDate, slot), store.now());
    return page.map(({ exclusion }) => exclusion);
  };
  expect(await choose("evening")).toBe(1);
  expect(await choose("evening")).toBe(0); // said twice, written once
  expect([await at("morning"), await at("evening"), await at("extra-1")]).toEqual([
    ["other-slot"],
    [null],
    [null],
  ]);
  const editions = async (slot: string) => {
    const choices = await audienceChoices(store.db, morning, theIssue(issueDate, slot));
    return choices.length;
  };
  // What nobody would be sent is not made.
  expect([await editions("morning"), await editions("evening"), await editions("extra-1")]).toEqual([
    0, 1, 1,
  ]);
  expect((await store.ledger()).at(-1)).toBe('changed 1 {"slots":"[\\"evening\\"]","via":"link"}');
  expect(await choose()).toBe(1);
  expect(await at("morning")).toEqual([null]);
  await store.leave(salma);
  expect(await choose("evening")).toBe(0);
  expect((await store.ledger()).filter((line) => line.startsWith("changed"))).toHaveLength(2);
});

test("nothing scans or sorts a table: every statement goes by an index, whatever its size", async () => {
  const store = await openStore();
  await store.signUp(salma);
  await store.confirm();
  await store.leave(salma);
  await audienceChoices(store.db, morning, anySlot);
  await audiencePage(store.db, morning, 0, 10, theIssue(issueDate), store.now());
  await audienceSize(store.db, morning, 10);
  await exclusionsNow(store.db, morning, await someIds(store), store.now());
  for (const subscriber of await someIds(store))
    await store.database.batch(
      chooseSlots(store.db, { subscriber, digest: morning }, ["a"], { via: "link" }, store.now()),
    );
  await importSubscribers(
    store.database,
    { digest: morning, consent: "", language: "ar", now: store.now() },
    ["b@example.org"],
  );
  await answerWaiting(store.database, store.queueNotice, 100, fail, store.now());
  await forgetUnconfirmed(store.database, store.now());
  const ours = store.database.ran.filter(
    ({ sql }) => !/digests \(|notices|select "id" from "subscribers" where "address" =/.test(sql), // the fixture's own
  );
  expect(ours.length).toBeGreaterThan(15);
  for (const query of ours) {
    const steps = await planOf(store.db, query);
    const bad = steps.filter((step) => /^SCAN (?!CONSTANT|[jw] |json_each|p$|page)|ORDER BY/.test(step));
    expect(bad, query.sql).toEqual([]);
  }
});
