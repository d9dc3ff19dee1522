// Which relay a letter goes by, against real servers; its ledger side stands in tests/journeys/transports.test.ts.
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { startChaos } from "../../tests/support/chaos-smtp.ts";
import type { SendOutcome, SendResult, Transport } from "../platform/index.ts";
import { transportAt } from "./smtp/ways.ts";
import { routedMailer } from "./transports.ts";

const message = new TextEncoder().encode("Message-ID: <1@x>\r\nDate: now\r\n\r\nx\r\n");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Manners = Parameters<typeof startChaos>[0] | "away";

/** The letter's own record: what was asked and told, in order. */
const record = () => {
  const order: string[] = [];
  return {
    order,
    steps: {
      mayLeave: async () => order.push("may leave") > 0,
      over: async (it: SendResult) => void order.push(`${it.transport} ${it.kind}`),
    },
  };
};

async function two(first: Manners, second: Manners = {}, domains = new Map<string, string[]>()) {
  const servers = [];
  const transports = [];
  for (const [name, manners] of [
    ["first", first],
    ["second", second],
  ] as const) {
    const server = await startChaos(manners === "away" ? {} : manners);
    if (manners === "away") await server.close();
    else closing.push(server.close);
    servers.push(server);
    transports.push({ name, transport: transportAt(server.url, 1) });
  }
  let clock = 0;
  const mailer = routedMailer(transports, domains, () => clock);
  closing.push(mailer.close);
  const send = async (to = "salma@reader.example", sender = "paper@news.example") => {
    const { order, steps } = record();
    const result = await mailer.send({ from: "b-1@bounce.example", to, sender }, message, steps);
    return { result: `${result.transport} ${result.kind}`, order };
  };
  return { mailer, send, servers, later: (seconds: number) => (clock += seconds * 1000) };
}

describe("what certainly was not sent goes by the next, and the ledger hears of that alone", () => {
  test.each<[string, Manners]>([
    ["nobody is there", "away"],
    ["421 at the greeting", { greeting: "421 too busy" }],
    ["554 at the greeting", { greeting: "554 go away" }],
    ["a sign-in that is refused", { auth: "post:hush" }],
    ["421 to every MAIL", { everyMail421: 1 }],
  ])("%s", async (_, manners) => {
    const { send, servers } = await two(manners);
    expect(await send()).toEqual({ result: "second accepted", order: ["may leave", "second accepted"] });
    expect(servers.map(({ taken }) => taken.length)).toEqual([0, 1]);
    expect(servers[1]?.taken[0]).toMatchObject({
      from: "b-1@bounce.example",
      text: new TextDecoder().decode(message),
    });
  });

  test.each([
    ["r550", "first refused"],
    ["r451", "first refused"],
    ["t451", "first refused"],
    ["d554", "first refused"],
    ["dropdot", "first in-doubt"],
    ["dropmid", "first in-doubt"],
    ["rst", "first in-doubt"],
  ])("%s: no other has it", async (fault, result) => {
    const { send, servers } = await two({});
    expect((await send(`a+${fault}@reader.example`)).result).toBe(result);
    expect(servers[1]?.taken).toEqual([]);
    expect((await send()).result).toBe("first accepted");
  });

  test("where none can be reached it was not sent, and says so once", async () => {
    const { send } = await two("away", "away");
    expect(await send()).toEqual({ result: "second not-sent", order: ["second not-sent"] });
    // All rest now: one is asked, so that whoever sends sees that it should stop.
    expect(await send()).toEqual({ result: "first not-sent", order: ["first not-sent"] });
  });
});

test("a letter that may not leave stays, and no other relay has it", async () => {
  const { mailer, servers } = await two({});
  const told: SendResult[] = [];
  const result = await mailer.send(
    { from: "b-1@bounce.example", to: "a@reader.example", sender: "paper@news.example" },
    message,
    { mayLeave: async () => false, over: async (it) => void told.push(it) },
  );
  expect(result.kind).toBe("not-sent");
  expect(told).toHaveLength(1);
  expect(servers.flatMap(({ taken }) => taken)).toEqual([]);
});

test("one that failed rests, is tried again by one letter, and has the rest once it is well", async () => {
  const { mailer, send, servers, later } = await two({ busyGreetings: 2 });
  const tries = () => servers[0]?.connections();
  expect(mailer.transportFor("paper@news.example")).toBe("first");
  await send();
  expect(mailer.transportFor("paper@news.example")).toBe("second");
  await Promise.all([send(), send(), send()]);
  expect(tries()).toBe(1); // it rests
  later(31);
  expect(mailer.transportFor("paper@news.example")).toBe("first");
  const probed = await Promise.all([send(), send(), send()]);
  expect(probed.map(({ result }) => result)).toEqual(Array(3).fill("second accepted"));
  expect(tries()).toBe(2); // one letter asked
  later(31);
  await send();
  expect(tries()).toBe(2); // twice as long the second time
  later(30);
  expect((await send()).result).toBe("first accepted");
  expect((await Promise.all([send(), send()])).map(({ result }) => result)).toEqual([
    "first accepted",
    "first accepted",
  ]);
});

test("each sender's domain by its own relays, and by no other", async () => {
  const domains = new Map([
    ["alerts.example", ["second"]],
    ["both.example", ["second", "first"]],
    ["*", ["first"]],
  ]);
  const { mailer, send, servers } = await two({}, {}, domains);
  for (const [sender, name] of [
    ["a@alerts.example", "second"],
    ["a@ALERTS.example", "second"],
    ["a@both.example", "second"],
    ["a@news.example", "first"],
    ["a@sub.alerts.example", "first"],
  ] as const) {
    expect(mailer.transportFor(sender)).toBe(name);
    expect((await send("x@reader.example", sender)).result).toBe(`${name} accepted`);
  }
  await servers[1]?.close();
  expect((await send("x@reader.example", "a@alerts.example")).result).toBe("second not-sent");
  expect((await send("x@reader.example", "a@both.example")).result).toBe("first accepted");
});

test("a server that answers others is not away, whatever became of one letter", async () => {
  const { send, mailer } = await two({});
  const [one] = await Promise.all([send("a+droprcpt@reader.example"), send("b@reader.example")]);
  expect(one.result).toBe("second not-sent"); // its server there closes the connection, too
  expect(mailer.transportFor("paper@news.example")).toBe("first");
});

/** A transport that does what the next outcome says, asking whether the letter may leave where it would have left. */
const scripted = (outcomes: SendOutcome[], seen: string[], name: string): Transport => ({
  async send(_envelope, _message, { mayLeave, over }) {
    const outcome = outcomes.shift() ?? { kind: "accepted", reply: "ok" };
    if (outcome.kind === "accepted" || outcome.kind === "in-doubt") {
      if (!(await mayLeave())) throw new Error("asked twice");
      seen.push(`${name} took it`);
    }
    await over(outcome);
    return outcome;
  },
  close: async () => {},
});

test("whatever servers do, a letter is written down once and leaves at most once", async () => {
  const outcome = fc.constantFrom<SendOutcome>(
    { kind: "accepted", reply: "250" },
    { kind: "refused", code: 451, reply: "451", stage: "rcpt" },
    { kind: "not-sent", reply: "away" },
    { kind: "in-doubt", reply: "lost" },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(outcome, { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat({ max: 700 }), { maxLength: 12 }),
      async (scripts, pauses) => {
        const seen: string[] = [];
        let clock = 0;
        const mailer = routedMailer(
          scripts.map((script, i) => ({
            name: `t${i}`,
            transport: scripted([...script], seen, `t${i}`),
          })),
          new Map(),
          () => clock,
        );
        for (const pause of pauses) {
          clock += pause * 1000;
          seen.length = 0;
          const { order, steps } = record();
          await mailer.send({ from: "a@x", to: "b@y", sender: "a@x" }, message, steps);
          expect(order.filter((it) => it === "may leave").length).toBe(seen.length);
          expect(seen.length).toBeLessThanOrEqual(1);
          expect(order.filter((it) => it !== "may leave")).toHaveLength(1);
        }
      },
    ),
  );
});
