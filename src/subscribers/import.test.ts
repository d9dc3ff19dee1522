import { expect, test } from "vitest";
import { audienceChoices } from "./audience.ts";
import { importSubscribers } from "./import.ts";
import { economy, morning, openStore } from "./subscribers.fixture.ts";

type Store = Awaited<ReturnType<typeof openStore>>;
const importInto = (store: Store, lines: Iterable<string>, digest = morning) =>
  importSubscribers(
    store.database,
    { digest, consent: "at the book fair, 2025", language: "ar", now: store.now() },
    lines,
  );

test("a list is subscribed at once, with what the publisher says about consent", async () => {
  const store = await openStore();
  const result = await importInto(store, [
    "البريد,اللغة",
    "a@example.org,ar",
    "b@example.org,en",
    "",
    "A@example.org,en",
    "سلمى <c@example.org>,ar",
  ]);
  expect(result).toEqual({
    added: 2,
    known: 1,
    refused: 1,
    refusals: [
      {
        line: 6,
        text: "سلمى <c@example.org>,ar",
        why: "Enter the address alone: no name, spaces, brackets or quotation marks.",
      },
    ],
  });
  expect(await store.standing()).toEqual({ "a@example.org": "mailed", "b@example.org": "mailed" });
  expect(await store.ledger()).toEqual([
    'imported 1 {"via":"import","consent":"at the book fair, 2025"}',
    'imported 1 {"via":"import","consent":"at the book fair, 2025"}',
  ]);
  expect(await audienceChoices(store.db, morning)).toEqual([
    { sections: "", language: "ar" },
    { sections: "", language: "en" },
  ]);
  expect(await store.notices()).toEqual([]);
});

test("whoever left, is suppressed or subscribed stays so; whoever is pending is confirmed for this digest alone", async () => {
  const store = await openStore();
  for (const name of ["left", "has", "left-one"]) {
    await store.signUp(`${name}@example.org`);
    await store.confirm();
  }
  await store.signUp("left-one@example.org", economy);
  await store.confirm();
  await store.leave("left@example.org");
  await store.leave("left-one@example.org", morning);
  await store.signUp("pending@example.org", morning, [4]);
  await store.signUp("pending@example.org", economy);
  await store.suppress("bounced@example.org");
  const names = ["left", "has", "left-one", "pending", "bounced", "new"];
  const lines = names.map((name) => `${name}@example.org`);
  expect(await importInto(store, lines)).toMatchObject({ added: 2, known: 4, refused: 0 });
  expect(await store.standing()).toEqual({
    "left@example.org": "left-by-one-click",
    "has@example.org": "mailed",
    "left-one@example.org": "left-by-one-click",
    "pending@example.org": "mailed",
    "new@example.org": "mailed",
  });
  expect(await store.standing(economy)).toEqual({
    "left-one@example.org": "mailed",
    "pending@example.org": "pending",
  });
  const before = await store.everything();
  expect(await importInto(store, lines)).toMatchObject({ added: 0, known: 6 });
  expect(await store.everything()).toEqual(before);
});

test("long lists go in by chunks; refused lines are counted, and the first hundred told", async () => {
  const store = await openStore();
  const seen: number[] = [];
  async function* lines() {
    for (let i = 0; i < 2500; i++) yield `s${i}@example.org`;
    for (let i = 0; i < 150; i++) yield `nobody ${i} ${"x".repeat(5000)}`;
  }
  const options = { digest: morning, consent: "", language: "ar", now: store.now() } as const;
  const result = await importSubscribers(
    store.database,
    { ...options, onProgress: (read) => seen.push(read) },
    lines(),
  );
  expect(result).toMatchObject({ added: 2500, known: 0, refused: 150 });
  expect(result.refusals).toHaveLength(100);
  expect(result.refusals[0]?.text).toHaveLength(200);
  expect(seen).toEqual([1000, 2000, 2650]);
});
