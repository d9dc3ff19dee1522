// Every kind of mail as it leaves, before SpamAssassin (Debian's, without network): `npm run test:spam`. Its bonuses are not counted.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { importBundled } from "../support/bundled.ts";

/** The most points that a mail may have. */
const mostPoints = 0.5;
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A mail as a server of its reader has it: with the line about whence it came, which rules look for. */
const received = (raw: string) =>
  `Received: from mx.news.example.org (mx.news.example.org [93.184.216.34])\r
\tby mx.reader.example (Postfix) with ESMTPS id 4711AB for <reader@reader.example>;\r
\t${new Date().toUTCString().replace("GMT", "+0000")}\r
${raw}`;

type Rule = { name: string; points: number };

function rulesHit(raw: string): Rule[] {
  const { status, stdout, stderr } = spawnSync(
    "spamassassin",
    [
      "--local",
      ...[
        "use_bayes 0",
        "use_auto_welcomelist 0",
        "report_safe 0",
        "skip_rbl_checks 1",
        "clear_headers",
        "add_header all Hits _TESTSSCORES(,)_",
      ].flatMap((line) => ["--cf", line]),
    ],
    { input: Buffer.from(received(raw), "latin1"), encoding: "latin1", maxBuffer: 1e8 },
  );
  if (status !== 0) throw new Error(`SpamAssassin ended with ${status}: ${stderr}`);
  const header = stdout.slice(0, stdout.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, "");
  const hits = /^X-Spam-Hits: (.*)$/m.exec(header)?.[1]?.trim();
  if (hits === undefined) throw new Error(`SpamAssassin did not say which rules were hit:\n${header}`);
  return hits
    .split(",")
    .filter((it) => it.includes("="))
    .map((it) => ({ name: it.slice(0, it.indexOf("=")), points: Number(it.slice(it.indexOf("=") + 1)) }));
}

function hasMails(it: unknown): it is { mails: () => Promise<{ kind: string; raw: string }[]> } {
  return typeof Object(it).mails === "function";
}

if (spawnSync("spamassassin", ["--version"]).status !== 0) {
  say("SpamAssassin is not installed: apt-get install spamassassin (Debian).");
  process.exitCode = 2;
} else {
  const made = await importBundled(join(import.meta.dirname, "mails.ts"));
  if (!hasMails(made)) throw new Error("tests/spam/mails.ts makes no mails any more.");
  let worst = 0;
  say("| mail | kB | points | rules that were hit |");
  say("| --- | ---: | ---: | --- |");
  for (const { kind, raw } of await made.mails()) {
    const rules = rulesHit(raw);
    const points = rules.reduce((sum, it) => sum + Math.max(it.points, 0), 0);
    worst = Math.max(worst, points);
    const told = rules.map(({ name, points: own }) => `${name} ${own}`).join(", ");
    say(`| ${kind} | ${(raw.length / 1000).toFixed(1)} | ${points.toFixed(1)} | ${told || "none"} |`);
  }
  say(
    worst <= mostPoints
      ? `\nNo mail has more than ${mostPoints} points.`
      : `\nThe worst has ${worst.toFixed(1)} points, and ${mostPoints} are allowed.`,
  );
  process.exitCode = worst <= mostPoints ? 0 : 1;
}
