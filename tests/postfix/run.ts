// A digest through a real Postfix (Debian's), whose next server refuses some of it at once, later, or never answers: what comes back
// is booked, and everything is accounted for. `npm run test:postfix -- [--letters N]`, as root.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { z } from "zod";
import { nashra, serve } from "../support/process.ts";
import { startFarEnd } from "./far-end.ts";
import { addressOf, type Fate, fateOf, fates } from "./fates.ts";
import { missing, startPostfix } from "./postfix.ts";
import { hasVerifier, signaturesHold } from "./signatures.ts";

const { values } = parseArgs({ options: { letters: { type: "string", default: "100000" } } });
const letters = Number(values.letters);
const say = (line: string) => void process.stdout.write(`${line}\n`);
const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const bounceHost = "bounce.news.example";
/** So many mails are kept at the far end, whose signatures are verified. */
const sample = 50;
/** So many addresses of each fate are asked about with `nashra why`. */
const asked = 3;
/** Postfix gives up after half a minute, and a machine may be busy. */
const mostMinutes = 20;

let failed = 0;
const check = (what: string, good: boolean) => {
  say(`${good ? "yes" : "NO "}  ${what}`);
  if (!good) failed++;
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address ? address.port : 0;
}

const ledgerLine = z.object({
  address: z.string(),
  state: z.string(),
  tries: z.number(),
  in_doubt: z.number(),
});
const whyDocument = z.object({
  suppression: z.object({ reason: z.string() }).nullable(),
  letters: z.array(
    z.object({
      got: z.string(),
      tries: z.array(z.object({ reply: z.string().nullable() })),
      feedback: z.array(
        z.object({
          verdict: z.string(),
          code: z.string(),
          words: z.string().nullable(),
          known_by: z.string(),
        }),
      ),
    }),
  ),
});
const keyRow = z.object({ name: z.string(), record: z.string() });
const lines = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

type Run = { data: string; command: (words: readonly string[], stdin?: string) => Promise<string> };

async function prepare({ command, data }: Run): Promise<Record<string, string>> {
  await command(["dkim", "create", "test-2026"]);
  await command(["dkim", "use", "test-2026", "--unchecked"]);
  // It is sent by hand, and by no schedule meanwhile.
  const noon = Temporal.Now.zonedDateTimeISO("UTC").add({ hours: 12 }).toPlainTime();
  await command([
    "digest",
    "set",
    "daily",
    "--zone",
    "UTC",
    "--at",
    `morning=${noon.toString({ smallestUnit: "minute" })}`,
  ]);
  const articles = [
    "المجلس يقر الموازنة",
    "الليرة تستقر في السوق",
    "معرض الكتاب يفتح أبوابه",
    "الفريق يفوز بالكأس",
  ].map((title) => ({
    external_id: title,
    title,
    sections: ["أخبار"],
    body_html: `<p>${Array.from({ length: 60 }, (_, i) => `${title} ${(i * 7919) % 9973}`).join("، ")}.</p>`,
  }));
  const file = join(data, "article.json");
  for (const article of articles) {
    await writeFile(file, JSON.stringify(article));
    await command(["import", file, "--json"]);
  }
  await command(
    ["subscriber", "import", "-", "--consent", "a test", "--json"],
    Array.from({ length: letters }, (_, n) => `${addressOf(n)}\n`).join(""),
  );
  const keys = z.array(keyRow).parse(lines(await command(["dkim", "list", "--json"])));
  return Object.fromEntries(keys.map(({ name, record }) => [name, record]));
}

async function main(): Promise<void> {
  const folder = await mkdtemp("/var/tmp/nashra-postfix-");
  const ports = { smtp: await freePort(), far: 0, nowhere: await freePort(), lmtp: await freePort() };
  const far = await startFarEnd(sample);
  ports.far = far.port;
  await chmod(folder, 0o755); // Postfix's user goes through it
  const postfix = startPostfix(join(folder, "postfix"), ports, bounceHost);
  const env = {
    NASHRA_DATA: join(folder, "data"),
    NASHRA_SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    NASHRA_MAIL_FROM: "bulletin@news.example",
    NASHRA_MAIL_BOUNCE: bounceHost,
    NASHRA_INBOUND: `lmtp://127.0.0.1:${ports.lmtp}`,
    // Seven of a hundred letters bounce here, by intent: at the usual 5 % the issue would pause in the middle, and wait for a person.
    NASHRA_PAUSE_AT: "50,50,500",
  };
  const run: Run = {
    data: env.NASHRA_DATA,
    async command(words, stdin) {
      const { code, out, err } = await nashra(env, words, stdin);
      if (code !== 0) throw new Error(`nashra ${words.join(" ")}: ${err}${out}`);
      return out;
    },
  };
  try {
    const dns = await prepare(run);
    const server = await serve(env);
    const started = performance.now();
    try {
      const sent = z
        .object({ issue: z.string() })
        .parse(JSON.parse(await run.command(["digest", "send", "daily", "--json"])));
      const sentAfter = (performance.now() - started) / 1000;
      // What a report is owed for comes back once Postfix has given up.
      let idle = 0;
      for (let second = 0; idle < 3 && second < mostMinutes * 60; second += 5) {
        await wait(5000);
        idle = postfix.waiting() === 0 ? idle + 1 : 0;
      }
      await report(run, far, dns, sent.issue, { sentAfter, allAfter: (performance.now() - started) / 1000 });
    } finally {
      await server.stop();
    }
  } catch (error) {
    say(postfix.logged().split("\n").slice(-30).join("\n"));
    throw error;
  } finally {
    postfix.stop();
    await far.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Times = { sentAfter: number; allAfter: number };

async function report(
  { command, data }: Run,
  far: Awaited<ReturnType<typeof startFarEnd>>,
  dns: Record<string, string>,
  issue: string,
  { sentAfter, allAfter }: Times,
): Promise<void> {
  const ledger = z.array(ledgerLine).parse(lines(await command(["issue", "ledger", issue, "--json"])));
  const suppressed = new Set(
    z
      .array(z.object({ address: z.string() }))
      .parse(lines(await command(["suppression", "list", "--json"])))
      .map(({ address }) => address),
  );
  const byAddress = new Map(ledger.map((line) => [line.address, line]));
  const all = Array.from({ length: letters }, (_, n) => ({ address: addressOf(n), fate: fateOf(n) }));
  say(`\n| ${["fate", "letters", "accepted", "rejected", "arrived", "bounced", "suppressed"].join(" | ")} |`);
  say(`| --- |${" ---: |".repeat(6)}`);
  const booked = bookedIn(data);
  for (const fate of fates) {
    const own = all.filter((it) => it.fate === fate).map(({ address }) => address);
    const inState = (state: string) => own.filter((it) => byAddress.get(it)?.state === state).length;
    const row = {
      accepted: inState("accepted"),
      rejected: inState("rejected"),
      arrived: own.filter((it) => far.arrived.has(it)).length,
      bounced: own.filter((it) => booked.has(it)).length,
      suppressed: own.filter((it) => suppressed.has(it)).length,
    };
    say(
      `| ${fate.name}${fate.code ? ` (${fate.code})` : ""} | ${own.length} | ${Object.values(row).join(" | ")} |`,
    );
    checkFate(fate, own, row, booked);
    for (const address of own.slice(0, asked)) await checkWhy(command, address, issue, fate);
  }
  const lost = all.filter(
    ({ address, fate }) =>
      fate.arrives && byAddress.get(address)?.state === "accepted" && !far.arrived.has(address),
  );
  const doubled = [...far.arrived].filter(([, times]) => times > 1);
  const doubts = ledger.reduce((sum, it) => sum + it.in_doubt, 0);
  const refused = all.filter(({ fate }) => fate.state === "rejected");
  const suppressedAtOnce = refused.filter(({ address }) => suppressed.has(address)).length;
  say("");
  say(`refused at RCPT: ${refused.length}; suppressed by that: ${suppressedAtOnce}`);
  say(`lost: ${lost.length}; arrived twice: ${doubled.length}, of in doubt: ${doubts}`);
  say(
    `sent after ${sentAfter.toFixed(1)} s (${Math.round(letters / sentAfter)} letters a second), all reports booked after ${allAfter.toFixed(1)} s\n`,
  );
  check("every subscriber has a line in the ledger", ledger.length === letters);
  check("nobody is lost", lost.length === 0);
  check("nothing arrived twice but what was in doubt", doubled.length <= doubts);
  if (!hasVerifier()) say("!!!! dkimpy (python3-dkim) is missing: the signatures were NOT verified.");
  else {
    const held = signaturesHold(
      far.kept.map(({ raw }) => raw),
      dns,
    );
    check(
      `dkimpy verifies what arrived: ${held.filter(Boolean).length} of ${held.length}`,
      held.length > 0 && held.every(Boolean),
    );
  }
}

type Booked = Map<string, { verdict: string; code: string; times: number }>;

/** What came back, by address. */
function bookedIn(data: string): Booked {
  const database = new Database(join(data, "nashra.sqlite"), { readonly: true });
  const rows = z
    .array(z.object({ address: z.string(), verdict: z.string(), code: z.string(), times: z.number() }))
    .parse(
      database
        .prepare(
          `select d.address, f.verdict, f.code, count(*) as times
           from feedback f join deliveries d on d.id = f.delivery_id group by d.id`,
        )
        .all(),
    );
  database.close();
  return new Map(rows.map(({ address, ...it }) => [address, it]));
}

function checkFate(
  fate: Fate,
  own: readonly string[],
  row: Record<"accepted" | "rejected" | "arrived" | "bounced" | "suppressed", number>,
  booked: Booked,
): void {
  if (own.length === 0) return;
  const wanted = {
    [fate.state]: own.length,
    arrived: fate.arrives ? own.length : 0,
    bounced: fate.verdict === null ? 0 : own.length,
  };
  for (const [what, count] of Object.entries(wanted))
    if (Object(row)[what] !== count)
      check(`${fate.name}: ${what} is ${Object(row)[what]}, and should be ${count}`, false);
  if (row.suppressed !== (fate.suppressed ? own.length : 0))
    check(`${fate.name}: ${row.suppressed} are suppressed`, false);
  const wrong = own.filter((it) => {
    const found = booked.get(it);
    return (
      fate.verdict !== null &&
      (found?.verdict !== fate.verdict || found.code !== fate.code || found.times !== 1)
    );
  });
  if (wrong.length > 0)
    check(
      `${fate.name}: booked otherwise than ${fate.verdict} ${fate.code}: ${wrong.length}, such as ${JSON.stringify(booked.get(wrong[0] ?? ""))}`,
      false,
    );
}

async function checkWhy(command: Run["command"], address: string, issue: string, fate: Fate): Promise<void> {
  const why = whyDocument.parse(JSON.parse(await command(["why", address, issue, "--json"])));
  const [letter] = why.letters;
  const said = letter?.feedback[0];
  const good =
    letter?.got === fate.state &&
    (letter.tries.at(-1)?.reply ?? "") !== "" &&
    (said?.verdict ?? null) === fate.verdict &&
    (said?.code ?? null) === fate.code &&
    (said === undefined || said.known_by === (fate.state === "rejected" ? "reply" : "return-path")) &&
    (why.suppression !== null) === fate.suppressed;
  if (!good) check(`why ${address}: ${JSON.stringify(why)}`, false);
}

const lacking = missing();
if (lacking !== null) {
  say(lacking);
  process.exitCode = 2;
} else {
  await main();
  say(failed === 0 ? "\nAll holds." : `\n${failed} do not hold.`);
  process.exitCode = failed === 0 ? 0 : 1;
}
