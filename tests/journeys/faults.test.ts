// Every fault that a server can show, by its name, through the real ledger and real sockets: the right state, the right next try,
// nobody lost, and nobody twice but where the reply after the last dot was lost, and those are named.
import { afterEach, expect, test } from "vitest";
import { minutesFor } from "../../src/hosts/smtp/connection.ts";
import { faults, startChaos } from "../support/chaos-smtp.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

const issue = "daily/2026-03-01-morning";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(manners: Parameters<typeof startChaos>[0] = {}, patience = minutesFor) {
  const server = await startChaos(manners);
  const url = new URL(server.url);
  const nashra = await startNashra({
    now: "2026-03-01T03:00:00Z",
    smtp: url.href,
    env: { NASHRA_SMTP_CONNECTIONS: "2" },
    patience,
  });
  closing.push(server.close, nashra.stop);
  await nashra.threeArticles();
  return { server, nashra };
}

const lineOf = async (nashra: TestNashra, address: string) => {
  const line = (await nashra.ledger(issue)).get(address);
  return { state: line?.state, tries: line?.tries, in_doubt: line?.in_doubt };
};
const suppressed = async (nashra: TestNashra) =>
  (await nashra.database.db.selectFrom("suppressions").select("reason").execute()).map(
    ({ reason }) => reason,
  );
const secondsToWait = async (nashra: TestNashra, address: string) => {
  const { due_at } = await nashra.database.db
    .selectFrom("deliveries")
    .select("due_at")
    .where("address", "=", address)
    .executeTakeFirstOrThrow();
  return (due_at - nashra.at().epochMilliseconds) / 1000;
};

const without = (extension: string) =>
  ["PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 10000000", "ENHANCEDSTATUSCODES"].filter(
    (it) => !it.startsWith(extension),
  );

type State = "accepted" | "rejected" | "deferred" | "in_doubt";
/** What the ledger says after the first try, and after the second; how often the letter arrived; why the address is suppressed. */
type Row = [
  fault: string,
  first: State,
  tries: number,
  minutes: [number, number] | null,
  last: State,
  arrived: number,
  reason?: string,
];

const rows: readonly Row[] = [
  ["r450", "deferred", 1, [0.8, 7], "deferred", 0],
  ["r451", "deferred", 1, [0.8, 7], "deferred", 0],
  ["r452", "deferred", 1, [0.8, 1.2], "deferred", 0],
  ["r421", "deferred", 1, [0.8, 7], "deferred", 0],
  ["r550", "rejected", 1, null, "rejected", 0, "hard-bounce"],
  ["r552", "rejected", 1, null, "rejected", 0, "hard-bounce"], // 552 5.1.1: the enhanced code before the basic
  ["r554", "rejected", 1, null, "rejected", 0, "hard-bounce"],
  ["r551nc", "rejected", 1, null, "rejected", 0],
  ["r571", "rejected", 1, null, "rejected", 0],
  ["mismatch", "deferred", 1, [0.8, 7], "deferred", 0],
  ["full", "deferred", 1, [0.8, 1.2], "deferred", 0],
  ["greylist", "deferred", 1, [5, 7], "accepted", 1],
  ["flaky", "deferred", 0, [0.8, 1.2], "accepted", 1],
  ["rate", "deferred", 1, [5, 7], "deferred", 0],
  ["droprcpt", "deferred", 0, [0.8, 1.2], "deferred", 0],
  ["dropdata", "deferred", 0, [0.8, 1.2], "deferred", 0],
  ["t450", "deferred", 0, [0.8, 1.2], "deferred", 0], // 450 4.3.0: the server
  ["t451", "deferred", 0, [0.8, 1.2], "deferred", 0],
  ["t452", "deferred", 0, [0.8, 1.2], "deferred", 0],
  ["t421", "deferred", 0, [0.8, 1.2], "deferred", 0],
  ["t550", "rejected", 1, null, "rejected", 0],
  ["t552", "rejected", 1, null, "rejected", 0],
  ["t554", "rejected", 1, null, "rejected", 0],
  ["d250", "deferred", 0, [0.8, 1.2], "deferred", 0],
  ["evil354", "rejected", 1, null, "rejected", 0, "hard-bounce"],
  ["dropmid", "in_doubt", 1, [0.8, 1.2], "in_doubt", 0],
  ["d450", "deferred", 1, [5, 7], "deferred", 0],
  ["d451", "deferred", 1, [5, 7], "deferred", 0],
  ["d452", "deferred", 1, [0.8, 1.2], "deferred", 0],
  ["d421", "deferred", 0, [0.8, 1.2], "deferred", 0],
  ["d550", "rejected", 1, null, "rejected", 0],
  ["d552", "rejected", 1, null, "rejected", 0],
  ["d554", "rejected", 1, null, "rejected", 0],
  ["dropdot", "in_doubt", 1, [0.8, 1.2], "accepted", 2],
  ["stalldot", "in_doubt", 1, [0.8, 1.2], "accepted", 2],
  ["rst", "in_doubt", 1, [0.8, 1.2], "accepted", 1],
  ["junk", "in_doubt", 1, [0.8, 1.2], "in_doubt", 2],
  ["split", "accepted", 1, null, "accepted", 1],
  ["coalesce", "accepted", 1, null, "accepted", 1],
  ["multi", "accepted", 1, null, "accepted", 1],
  ["bare", "accepted", 1, null, "accepted", 1],
  ["long", "accepted", 1, null, "accepted", 1],
  ["utf8reply", "accepted", 1, null, "accepted", 1],
  ["slow", "accepted", 1, null, "accepted", 1],
  ["late250", "accepted", 1, null, "accepted", 1],
];

test("every fault that a server can show has a row", () =>
  expect(rows.map(([fault]) => fault).sort()).toEqual(faults.toSorted()));

/** Minutes are the standard's but for a server that is silent for all of them. */
const patienceFor = (fault: string) => (fault === "stalldot" ? { ...minutesFor, dot: 0.01 } : minutesFor);

test.each(rows)(
  "%s: %s, %i tries",
  async (fault, first, tries, minutes, last, arrived, reason) => {
    const { server, nashra } = await start({}, patienceFor(fault));
    const address = `a+${fault}@example.org`;
    await nashra.confirmed(address, "b@example.org", "c@example.org");
    await nashra.tickAt("2026-03-01T05:00:00Z");
    const now = await lineOf(nashra, address);
    expect(now).toEqual({ state: first, tries, in_doubt: first === "in_doubt" ? 1 : 0 });
    if (minutes !== null) {
      const wait = (await secondsToWait(nashra, address)) / 60;
      expect(wait).toBeGreaterThanOrEqual(minutes[0] - 0.05);
      expect(wait).toBeLessThanOrEqual(minutes[1] + 0.05);
    }
    await nashra.tickAt("2026-03-01T05:08:00Z");
    expect((await lineOf(nashra, address)).state).toBe(last);
    expect(server.to(address)).toHaveLength(arrived);
    expect(await suppressed(nashra)).toEqual(reason ? [reason] : []);
    for (const other of ["b@example.org", "c@example.org"]) {
      expect(await lineOf(nashra, other)).toMatchObject({ state: "accepted" });
      expect(server.to(other)).toHaveLength(1);
    }
  },
  30_000,
);

test.each<[string, Parameters<typeof startChaos>[0], "accepted" | "deferred"]>([
  ["every 2nd MAIL answered by 421", { everyMail421: 2 }, "accepted"],
  ["a banner that says later", { greeting: "421 4.3.2 later" }, "deferred"],
  ["a banner that says no", { greeting: "554 no" }, "deferred"],
  ["EHLO unknown", { helo: true }, "accepted"],
  ["no PIPELINING", { extensions: ["8BITMIME", "SIZE 10000000"] }, "accepted"],
  ["nothing at all", { extensions: [] }, "accepted"],
  ["no 8BITMIME", { extensions: without("8BITMIME") }, "accepted"],
  ["no SMTPUTF8", { extensions: without("SMTPUTF8") }, "accepted"],
  ["no SIZE", { extensions: without("SIZE") }, "accepted"],
  ["no enhanced codes", { extensions: without("ENHANCEDSTATUSCODES") }, "accepted"],
  ["a banner that comes late", { lateGreeting: 700 }, "accepted"],
  ["421 to the first two connections", { busyGreetings: 2 }, "accepted"],
  ["421 where nothing is asked", { idle421: 30 }, "accepted"],
  ["no patience for LF alone", { bareLf: "refused" }, "accepted"],
  ["words behind STARTTLS that came in clear", { startTls: "injecting" }, "deferred"],
  ["421 after each letter", { most: 1 }, "accepted"],
  ["421 after each third letter", { most: 3 }, "accepted"],
  ["one connection at a time", { mostConnections: 1 }, "accepted"],
  ["STARTTLS that is refused", { startTls: "refused" }, "deferred"],
  ["a password that nobody gave", { auth: "post:hush" }, "deferred"],
])(
  "a server with %s: nobody is lost and nobody gets it twice",
  async (_, manners, state) => {
    const { server, nashra } = await start(manners);
    const readers = Array.from({ length: 6 }, (_, i) => `reader${i}@example.org`);
    await nashra.confirmed(...readers);
    for (const time of ["05:00", "05:10", "05:40"]) await nashra.tickAt(`2026-03-01T${time}:00Z`);
    const lines = [...(await nashra.ledger(issue)).values()];
    expect(
      lines.every((it) =>
        state === "accepted" ? it.state === state : ["deferred", "queued"].includes(it.state),
      ),
    ).toBe(true);
    expect(server.taken.map(({ to }) => to).sort()).toEqual(state === "accepted" ? readers : []);
    expect(await suppressed(nashra)).toEqual([]);
  },
  30_000,
);
