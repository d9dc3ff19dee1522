// Where others send (Queues on Workers): the clock asks for as many turns as there is work for, and sends no issue itself.
import { afterEach, beforeEach, expect, test } from "vitest";
import { deliveryByTurns, sendDue } from "../../src/delivery/index.ts";
import { tick } from "../../src/tick.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

const issue = "daily/2026-03-01-morning";
let smtp: Smtp;
let nashra: TestNashra;
let asked: number[];

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  asked = [];
  await nashra.threeArticles();
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

const until = () => nashra.at().add({ minutes: 10 });
const wake = async (turns: number) => void asked.push(turns);
const tickAt = (time: string, by = wake) => {
  nashra.setClock(`2026-03-01T${time}:00Z`);
  const delivery = deliveryByTurns(nashra.ticking, { lettersATurn: 10, mostTurns: 4, wake: by });
  return tick({ ...nashra.ticking, delivery }, until());
};
const turn = () => sendDue(nashra.ticking, until());
const readers = (count: number) => Array.from({ length: count }, (_, i) => `reader${i}@example.org`);

test.each([
  [1, 1],
  [10, 1],
  [11, 2],
  [39, 4],
  [95, 4],
])("%i letters are %i turns", async (count, turns) => {
  await nashra.confirmed(...readers(count));
  await tickAt("05:00");
  expect([asked, smtp.arrived.length]).toEqual([[turns], 0]);
  await Promise.all([turn(), turn()]);
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(readers(count).sort());
  expect((await nashra.issue(issue)).state).toBe("sent");
  await tickAt("05:01");
  expect(asked).toEqual([turns]);
});

test("an issue under way is worth a turn though nothing of it is due", async () => {
  await nashra.confirmed("a+t451@example.org");
  await tickAt("05:00");
  await turn();
  await tickAt("05:00");
  expect(asked).toEqual([1, 1]); // put off: nothing to send yet, but somebody must look
  expect(smtp.arrived).toEqual([]);
});

test("notices are the clock's own", async () => {
  await nashra.post("/subscribe", { address: "salma@example.org", language: "ar" });
  await tickAt("03:10");
  await expect.poll(() => smtp.to("salma@example.org").length).toBe(1);
  expect(asked).toEqual([]);
});

test("where nobody can be woken, the clock sends", async () => {
  await nashra.confirmed(...readers(12));
  await tickAt("05:00", async () => {
    throw new Error("Queue is overloaded");
  });
  expect(smtp.arrived).toHaveLength(12);
  expect((await nashra.issue(issue)).state).toBe("sent");
});
