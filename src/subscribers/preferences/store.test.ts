import { describe, expect, test } from "vitest";
import { planOf } from "../../../tests/support/database.ts";
import { parseAddress } from "../address.ts";
import { audienceChoices, exclusionsNow } from "../audience.ts";
import type { Frequency, SubscriberId } from "../consent.ts";
import { erasureHash } from "../erasure.ts";
import { recordRequest } from "../requests.ts";
import { anySlot, economy, morning, noLetters, openStore } from "../subscribers.fixture.ts";
import { choose, personOf } from "./choose.ts";
import { erase, subscriberAt } from "./erase.ts";
import { move } from "./move.ts";
import { pause, resume } from "./pause.ts";

const salma = "salma@example.org";
const other = "salma@new.example";
const proof = { via: "link", token: "preferences/k1" };

async function subscribed(...digests: number[]) {
  const store = await openStore();
  await store.signUp(salma, digests.length > 0 ? digests : [morning], [], "ar");
  await store.confirm();
  const { id } = await store.personAt(salma);
  const chooses = async (wanted: [number, number[]?, Frequency?][], language: "ar" | "en" = "ar") => {
    const person = await personOf(store.db, id);
    if (!person) throw new Error("Nobody is there.");
    const digests = wanted.map(([digest, sections = [], frequency = "each"]) => ({
      digest,
      sections,
      frequency,
      slots: [],
    }));
    await choose(store.database, person, { language, digests }, proof, store.now());
  };
  /** The acts since she confirmed. */
  const acts = async () => (await store.ledger()).slice(2 * Math.max(1, digests.length));
  return { store, id, chooses, acts };
}

describe("choosing", () => {
  test("changes what differs, each with an act, and nothing twice", async () => {
    const { store, chooses, acts } = await subscribed();
    await chooses([[morning, [5, 4], "weekly"]], "en");
    expect(await audienceChoices(store.db, morning, anySlot)).toEqual([
      { sections: "[4,5]", language: "en" },
    ]);
    const once = await acts();
    expect(once).toEqual([
      'changed null {"via":"link","token":"preferences/k1","language":"en"}',
      'changed 1 {"via":"link","token":"preferences/k1","sections":"[4,5]","frequency":"weekly"}',
    ]);
    const before = await store.everything();
    store.later({ hours: 1 });
    await chooses([[morning, [4, 5], "weekly"]], "en");
    expect(await store.everything()).toEqual(before);
  });

  test("joins another digest at once, since the link is its owner's, and leaves the one that is not wanted", async () => {
    const { store, chooses, acts } = await subscribed();
    await chooses([[economy, [4], "daily"]]);
    expect(await store.standing(economy)).toEqual({ [salma]: "mailed" });
    expect(await store.standing(morning)).toEqual({ [salma]: "left-by-preferences" });
    expect(await acts()).toEqual([
      'confirmed 2 {"via":"link","token":"preferences/k1","sections":"[4]","frequency":"daily"}',
      'left 1 {"by":"preferences","via":"link","token":"preferences/k1"}',
    ]);
    expect(await store.states()).toEqual({ [salma]: "confirmed" });
  });

  test("nothing leaves; something brings back whoever had left all", async () => {
    const { store, chooses } = await subscribed();
    await chooses([]);
    expect(await store.states()).toEqual({ [salma]: "left" });
    await store.signUp(salma);
    await store.confirm();
    await store.leave(salma, null, "page");
    await chooses([[morning, [4]]]);
    expect(await store.standing()).toEqual({ [salma]: "mailed" });
    expect(await store.db.selectFrom("suppressions").selectAll().execute()).toEqual([]);
  });

  test("breaking news: an act where it differs from what holds, and it holds when others change", async () => {
    const { store, id, acts } = await subscribed();
    const says = async (breaking: boolean | undefined, frequency: Frequency = "each") => {
      const person = await personOf(store.db, id);
      if (!person) throw new Error("Nobody is there.");
      const digests = [{ digest: morning, sections: [], frequency, slots: [], breaking }];
      await choose(store.database, person, { language: "ar", digests }, proof, store.now());
      const chosen = (await personOf(store.db, id))?.chosen[0]?.breaking;
      const kept = await store.db.selectFrom("subscriptions").select("breaking").executeTakeFirstOrThrow();
      return [chosen, kept.breaking];
    };
    expect(await says(undefined)).toEqual([true, null]); // who wants each issue wants it, and never said so
    expect(await says(true)).toEqual([true, null]);
    expect(await acts()).toEqual([]);
    expect(await says(false)).toEqual([false, 0]);
    expect(await says(undefined)).toEqual([false, 0]); // the form did not ask
    expect(await says(true)).toEqual([true, 1]);
    expect(await says(true, "weekly")).toEqual([true, 1]); // said so, and it stays
    expect(await acts()).toEqual([
      'changed 1 {"breaking":false,"via":"link","token":"preferences/k1"}',
      'changed 1 {"breaking":true,"via":"link","token":"preferences/k1"}',
      'changed 1 {"via":"link","token":"preferences/k1","sections":"","frequency":"weekly"}',
    ]);
  });

  test("leaves alone what a stranger asked for and nobody confirmed", async () => {
    const { store, chooses } = await subscribed();
    await store.signUp(salma, economy);
    await chooses([[morning, [4]]]);
    expect(await store.standing(economy)).toEqual({ [salma]: "pending" });
    expect(await store.confirm()).toMatchObject({ kind: "confirmed" });
  });

  test("joins nothing where mail may not go", async () => {
    const { store, chooses } = await subscribed();
    await store.suppress(salma, "complaint");
    await chooses([[morning], [economy]]);
    expect(await store.standing(economy)).toEqual({});
    expect(await store.db.selectFrom("suppressions").select("reason").execute()).toEqual([
      { reason: "complaint" },
    ]);
  });
});

describe("a pause", () => {
  test("is of all that comes, ends by itself, and goes on through a change of sections", async () => {
    const { store, id, chooses, acts } = await subscribed(morning, economy);
    const until = store.now().add({ hours: 24 * 7 });
    await pause(store.database, id, until, proof, store.now());
    expect([await store.standing(morning), await store.standing(economy)]).toEqual([
      { [salma]: "paused" },
      { [salma]: "paused" },
    ]);
    await chooses([[morning, [4]], [economy]]);
    expect(await store.standing(morning)).toEqual({ [salma]: "paused" });
    store.later({ hours: 24 * 7 });
    expect(await store.standing(morning)).toEqual({ [salma]: "mailed" });
    expect((await acts()).map((act) => act.split(" ").slice(0, 2).join(" "))).toEqual([
      "paused 1",
      "paused 2",
      "changed 1",
    ]);
  });

  test("may be ended, once", async () => {
    const { store, id, acts } = await subscribed();
    await pause(store.database, id, store.now().add({ hours: 24 }), proof, store.now());
    await pause(store.database, id, store.now().add({ hours: 24 }), proof, store.now());
    await resume(store.database, id, proof, store.now());
    await resume(store.database, id, proof, store.now());
    expect(await store.standing()).toEqual({ [salma]: "mailed" });
    expect((await acts()).map((act) => act.split(" ")[0])).toEqual(["paused", "resumed"]);
  });

  test("begins for nobody who gets nothing", async () => {
    const { store, id } = await subscribed();
    await store.leave(salma);
    const before = await store.everything();
    await pause(store.database, id, store.now().add({ hours: 24 }), proof, store.now());
    await resume(store.database, id, proof, store.now());
    expect(await store.everything()).toEqual(before);
  });
});

describe("another address", () => {
  const moving = async (digests: number[] = [morning]) => {
    const { store, id } = await subscribed(...digests);
    const ask = async (typed = other) => {
      const address = parseAddress(typed);
      if (!address.ok) throw new Error(typed);
      const wish = { kind: "address", language: "ar", subscriber: id } as const;
      const change = await recordRequest(store.db, { address, network: "", wish }, store.now());
      await store.answer(change);
      return change;
    };
    const press = (change: number) =>
      move(store.database, store.queueNotice, { subscriber: id, change }, { via: "link" }, store.now());
    const mails = async () =>
      (await store.notices()).map(({ kind, address }) => `${kind} ${address}`).slice(1);
    return { store, id, ask, press, mails };
  };

  test("is asked at the new one, and told to the old one when it is confirmed", async () => {
    const { store, ask, press, mails } = await moving();
    const change = await ask();
    expect(await store.states()).toEqual({ [salma]: "confirmed" });
    expect(await press(change)).toEqual({ kind: "moved", address: other });
    expect(await mails()).toEqual([`address ${other}`, `moved ${salma}`]);
    expect(await store.standing()).toEqual({ [other]: "mailed" });
    expect((await store.ledger()).at(-1)).toBe('moved null {"via":"link"}');
    const before = await store.everything();
    expect(await press(change)).toEqual({ kind: "already", address: other });
    expect(await store.everything()).toEqual(before);
    expect(await mails()).toHaveLength(2);
  });

  test("two presses at once are one", async () => {
    const { store, ask, press, mails } = await moving();
    const change = await ask();
    const kinds = (await Promise.all([press(change), press(change)])).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(["already", "moved"]);
    expect(await mails()).toHaveLength(2);
    expect(await store.states()).toEqual({ [other]: "confirmed" });
  });

  test("an older link does not undo a newer change", async () => {
    const { store, ask, press } = await moving();
    const first = await ask("first@new.example");
    store.later({ minutes: 1 });
    const second = await ask("second@new.example");
    store.later({ minutes: 1 });
    expect(await press(second)).toMatchObject({ kind: "moved" });
    expect(await press(first)).toEqual({ kind: "stale" });
    expect(await store.states()).toEqual({ "second@new.example": "confirmed" });
  });

  test("that is another subscriber's: both are one person from then on", async () => {
    const { store, ask, press, mails } = await moving([morning, economy]);
    await store.signUp(other, morning, [5]);
    await store.confirm();
    const change = await ask();
    expect(await press(change)).toEqual({ kind: "moved", address: other });
    expect(await store.standing(morning)).toEqual({ "": "erased", [other]: "mailed" });
    expect(await store.standing(economy)).toEqual({ "": "erased", [other]: "mailed" });
    expect(await audienceChoices(store.db, morning, anySlot)).toEqual([{ sections: "[5]", language: "ar" }]); // their own stays
    expect(await store.states()).toEqual({ "": "erased", [other]: "confirmed" });
    expect((await mails()).slice(-1)).toEqual([`moved ${salma}`]);
    const before = await store.everything();
    expect(await press(change)).toEqual({ kind: "already", address: other });
    expect(await store.everything()).toEqual(before);
  });

  test.each(["pending", "left"])("that is another's who is %s: it begins by this press", async (state) => {
    const { store, ask, press } = await moving();
    await store.signUp(other, economy);
    if (state === "left") {
      await store.confirm();
      await store.leave(other, null, "page");
    }
    expect(await press(await ask())).toMatchObject({ kind: "moved" });
    expect(await store.standing(morning)).toMatchObject({ [other]: "mailed" });
    expect(await store.standing(economy)).toEqual({ [other]: state === "left" ? "left-by-page" : "pending" });
    expect(await store.states()).toEqual({ "": "erased", [other]: "confirmed" });
  });

  test("that must not be mailed is not asked, and not taken if that comes between", async () => {
    const { store, ask, press, mails } = await moving();
    await store.suppress(other, "complaint");
    await ask();
    expect(await mails()).toEqual([]);
    await store.db.deleteFrom("suppressions").execute();
    const change = await ask();
    await store.suppress(other, "complaint");
    expect(await press(change)).toEqual({ kind: "stale" });
    expect(await store.standing()).toEqual({ [salma]: "mailed" });
  });

  test("gets three such mails a day and no more, whoever asks", async () => {
    const { ask, mails } = await moving();
    for (let i = 0; i < 5; i++) await ask();
    expect(await mails()).toHaveLength(3);
  });

  test("lifts what the new address's owner had said, and the old one may be used by others", async () => {
    const { store, ask, press } = await moving();
    await store.suppress(other, "unsubscribed");
    expect(await press(await ask())).toMatchObject({ kind: "moved" });
    expect(await store.standing()).toEqual({ [other]: "mailed" });
    await store.signUp(salma);
    expect(await store.states()).toEqual({ [other]: "confirmed", [salma]: "pending" });
  });
});

describe("erasure", () => {
  test.each([false, true])(
    "reaches the address that somebody had before, joined to another's: %s",
    async (joined) => {
      const { store, id } = await subscribed();
      if (joined) {
        await store.signUp(other);
        await store.confirm();
      }
      const address = parseAddress(other);
      if (!address.ok) throw new Error(other);
      const wish = { kind: "address", language: "ar", subscriber: id } as const;
      const change = await recordRequest(store.db, { address, network: "", wish }, store.now());
      await store.suppress(salma, "unsubscribed");
      await move(store.database, store.queueNotice, { subscriber: id, change }, { via: "link" }, store.now());
      const now = await subscriberAt(store.db, other);
      if (now === null) throw new Error("Nobody is there.");
      const blanked: number[] = [];
      const letters = {
        addresses: async () => [salma],
        blank: (subscriber: number) => {
          blanked.push(subscriber);
          return [];
        },
      };
      expect(await erase(store.database, letters, now, { via: "link" }, store.now())).toBe(true);
      expect(JSON.stringify(await store.everything())).not.toMatch(/salma|new\.example/);
      expect(new Set(blanked)).toEqual(new Set([now, id]));
      const hashes = (await erasureHash(store.db, [salma, other])).map((hash) => `erased:${hash}`);
      const kept = await store.db.selectFrom("suppressions").select("address_key").execute();
      expect(new Set(kept.map((row) => row.address_key))).toEqual(new Set(hashes));
    },
  );

  test("blanks address and network, keeps the acts and a keyed hash", async () => {
    const { store, id } = await subscribed();
    await store.signUp(salma, economy);
    await store.leave(salma, null, "page");
    const wish = { kind: "address", language: "ar", subscriber: id } as const;
    const address = parseAddress(other);
    if (!address.ok) throw new Error(other);
    await recordRequest(store.db, { address, network: "203.0.113.0/24", wish }, store.now());
    const acts = (await store.ledger()).length;
    expect(await erase(store.database, noLetters, id, { via: "link" }, store.now())).toBe(true);
    const everything = JSON.stringify([
      await store.everything(),
      await store.db.selectFrom("requests").selectAll().execute(),
    ]);
    expect(everything).not.toMatch(/salma|203\.0\.113/);
    expect(await store.ledger()).toHaveLength(acts + 1);
    expect((await store.ledger()).at(-1)).toBe('erased null {"via":"link"}');
    const [hash] = await erasureHash(store.db, [salma]);
    expect(await store.db.selectFrom("suppressions").selectAll().execute()).toEqual([
      { address_key: `erased:${hash}`, reason: "erased", at: store.now().epochMilliseconds },
    ]);
    expect(await exclusionsNow(store.db, morning, [id], store.now())).toEqual(new Map([[id, "erased"]]));
    expect(await personOf(store.db, id)).toBeNull();
    expect(await subscriberAt(store.db, salma)).toBeNull();
    const before = await store.everything();
    expect(await erase(store.database, noLetters, id, { via: "link" }, store.now())).toBe(false);
    expect(await store.everything()).toEqual(before);
  });

  test("of two at once one counts, and others' rows are left alone", async () => {
    const { store, id } = await subscribed();
    await store.signUp("b@example.org");
    await store.confirm();
    const erased = await Promise.all(
      [1, 2].map(() => erase(store.database, noLetters, id, { via: "link" }, store.now())),
    );
    expect(erased.toSorted()).toEqual([false, true]);
    expect((await store.ledger()).filter((act) => act.startsWith("erased"))).toHaveLength(1);
    expect(await store.standing()).toEqual({ "": "erased", "b@example.org": "mailed" });
    const requests = await store.db.selectFrom("requests").select("address").orderBy("id").execute();
    expect(requests.map(({ address }) => address)).toEqual(["", "b@example.org"]);
  });

  test("whoever was erased may sign up again, as somebody new", async () => {
    const { store, id } = await subscribed();
    await erase(store.database, noLetters, id, { via: "link" }, store.now());
    expect(await store.signUp(salma)).toBe(true);
    expect(await store.confirm()).toMatchObject({ kind: "confirmed" });
    expect(await store.standing()).toEqual({ "": "erased", [salma]: "mailed" });
  });

  test("and what waits in their name is not answered", async () => {
    const { store, id } = await subscribed();
    const request = await store.ask(salma, economy);
    await erase(store.database, noLetters, id, { via: "link" }, store.now());
    expect(await store.answer(request)).toBe(false);
    expect(await store.states()).toEqual({ "": "erased" });
  });
});

test("nothing scans or sorts a table: every statement goes by an index, whatever its size", async () => {
  const { store, id, chooses } = await subscribed();
  const from = store.database.ran.length;
  await chooses([[economy, [4]]], "en");
  await pause(store.database, id, store.now().add({ hours: 24 }), proof, store.now());
  await resume(store.database, id, proof, store.now());
  const address = parseAddress(other);
  if (!address.ok) throw new Error(other);
  const wish = { kind: "address", language: "ar", subscriber: id as SubscriberId } as const;
  const change = await recordRequest(store.db, { address, network: "", wish }, store.now());
  await store.answer(change);
  await move(store.database, store.queueNotice, { subscriber: id, change }, proof, store.now());
  await erase(store.database, noLetters, id, { via: "link" }, store.now());
  const ran = store.database.ran.slice(from);
  expect(ran.length).toBeGreaterThan(25);
  for (const query of ran) {
    const steps = await planOf(store.db, query);
    expect(
      steps.filter((step) => /^SCAN (?!CONSTANT|j |h )|ORDER BY/.test(step)),
      query.sql,
    ).toEqual([]);
  }
});
