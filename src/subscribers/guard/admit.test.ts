import { describe, expect, test } from "vitest";
import { openGate, solve } from "./guard.fixture.ts";
import { limits, windowMinutes } from "./limits.ts";

const home = { network: "198.51.100.0/24" };
const flat = { network: "203.0.113.0/24" };
const cms = { token: "cms" };
const challengeOf = (admission: { kind: string }) => {
  if (admission.kind !== "challenge" || !("challenge" in admission)) throw new Error(admission.kind);
  return admission as Extract<
    Awaited<ReturnType<Awaited<ReturnType<typeof openGate>>["ask"]>>,
    { kind: "challenge" }
  >;
};

describe("a flood from one network", () => {
  test("up to the soft line nothing is asked; then a challenge, and others go on as before", async () => {
    const gate = await openGate();
    for (let i = 0; i < limits.network.soft; i++) expect((await gate.ask(home)).kind).toBe("admitted");
    const { seconds } = challengeOf(await gate.ask(home));
    expect(seconds).toBe(windowMinutes * 60);
    expect((await gate.ask(flat)).kind).toBe("admitted");
    expect((await gate.ask({ network: "" })).kind).toBe("admitted");
    gate.later({ minutes: windowMinutes - 1 });
    expect(challengeOf(await gate.ask(home)).seconds).toBe(60);
    gate.later({ minutes: 1 });
    expect((await gate.ask(home)).kind).toBe("admitted");
  });

  test("above the hard line no answer helps, until the hour is over", async () => {
    const gate = await openGate();
    await gate.flood(limits.network.soft, home);
    const answer = await solve(challengeOf(await gate.ask(home)).challenge);
    await gate.flood(limits.network.hard - limits.network.soft, home);
    expect(await gate.ask(home, { answer })).toEqual({ kind: "wait", seconds: windowMinutes * 60 });
    expect((await gate.ask(flat, { address: "a@other.example" })).kind).toBe("admitted");
    gate.later({ minutes: windowMinutes });
    expect((await gate.ask(home)).kind).toBe("admitted");
  });

  test("whoever asks at the same moment is counted all the same", async () => {
    const gate = await openGate();
    const answers = await Promise.all(Array.from({ length: limits.network.soft + 15 }, () => gate.ask(home)));
    expect(answers.filter(({ kind }) => kind === "admitted")).toHaveLength(limits.network.soft);
    expect(await gate.requests()).toBe(limits.network.soft);
  });
});

describe("an answer", () => {
  test("lets one request through, and only one, even of two at once", async () => {
    const gate = await openGate();
    await gate.flood(limits.network.soft, home);
    const answer = await solve(challengeOf(await gate.ask(home)).challenge);
    const kinds = (await Promise.all([1, 2, 3].map(() => gate.ask(home, { answer })))).map(
      ({ kind }) => kind,
    );
    expect(kinds.sort()).toEqual(["admitted", "challenge", "challenge"]);
    expect((await gate.ask(flat, { answer })).kind, "used, but not needed there").toBe("admitted");
    gate.later({ minutes: windowMinutes });
    expect((await gate.ask(home, { answer })).kind, "sent once more when all is calm").toBe("admitted");
  });

  test("is good for some minutes, and then another challenge is made", async () => {
    const gate = await openGate();
    await gate.flood(limits.network.soft, home);
    const answer = await solve(challengeOf(await gate.ask(home)).challenge);
    gate.later({ minutes: 15 });
    expect((await gate.ask(home, { answer })).kind).toBe("challenge");
  });
});

test.each([
  ["paper.example", limits.domain],
  ["gmail.com", limits.provider],
])("a flood at %s from a thousand networks meets %j", async (domain, { soft, hard }) => {
  const gate = await openGate();
  const address = `victim@${domain}`;
  await gate.flood(soft - 1, { network: "" }, domain);
  expect((await gate.ask(flat, { address })).kind).toBe("admitted");
  const answer = await solve(challengeOf(await gate.ask(flat, { address })).challenge);
  expect((await gate.ask(flat, { address: "a@elsewhere.example" })).kind).toBe("admitted");
  await gate.flood(hard - soft - 1, { network: "" }, domain);
  expect((await gate.ask(flat, { address, answer })).kind).toBe("admitted");
  expect((await gate.ask(flat, { address })).kind).toBe("wait");
});

test("in all, too", async () => {
  const gate = await openGate();
  const domains = Array.from({ length: limits.all.soft / 10 }, (_, i) => `paper${i}.example`);
  for (const domain of domains) await gate.flood(10, { network: "" }, domain);
  expect((await gate.ask(flat)).kind).toBe("challenge");
});

test("a token has one line, of its own, and no challenge", async () => {
  const gate = await openGate();
  const domains = Array.from({ length: 10 }, (_, i) => `paper${i}.example`);
  for (const domain of domains) await gate.flood(limits.token.hard / 10, cms, domain);
  expect((await gate.ask(cms)).kind).toBe("wait");
  expect((await gate.ask({ token: "site" })).kind).toBe("admitted");
  expect((await gate.ask(home)).kind, "in all it is more than usual").toBe("challenge");
});

test("what one mailbox gets in a day is counted over its tags, and shows in no answer", async () => {
  const gate = await openGate();
  const mailed: boolean[] = [];
  for (const address of [
    "salma@gmail.com",
    "sal.ma+1@gmail.com",
    "s.alma@googlemail.com",
    "salma+x@gmail.com",
  ]) {
    const admission = await gate.ask(flat, { address });
    expect(admission.kind).toBe("admitted");
    if (admission.kind === "admitted") mailed.push(await gate.answer(admission.request));
  }
  expect(mailed).toEqual([true, true, true, false]);
  const other = await gate.ask(flat, { address: "salma.b@paper.example" });
  expect(other.kind === "admitted" && (await gate.answer(other.request))).toBe(true);
});
