// Every command that changes something leaves an entry in the audit log, or says here where else it is written down.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { main, program } from "../../src/hosts/cli.ts";
import { bodyAbout } from "../support/nashra.ts";
import { startSmtp } from "../support/smtp.ts";

/** What writes no entry, and why. */
const none: Readonly<Record<string, string>> = {
  serve: "it is the clock",
  deliver: "it is the clock",
  tick: "it is the clock",
  inbound: "the table of feedback has what came",
  backup: "it changes nothing here",
  "source webhook": "it shows how to set up the other side",
  "webhook test": "it sends a message that says it is a test",
};
/** What only looks. */
const looks = [
  ...[
    "digest list",
    "digest next",
    "feed list",
    "section list",
    "source list",
    "source categories",
    "source runs",
  ],
  ...[
    "story list",
    "story show",
    "issue list",
    "issue ledger",
    "issue explain",
    "issue clicks",
    "issue preview",
  ],
  ...["template list", "template check", "subscriber imports", "subscriber list", "subscriber show"],
  ...["subscriber form", "segment list", "segment count", "suppression list", "dkim list", "transport list"],
  ...["pace list", "warmup status", "doctor", "feedback list", "why", "webhook list", "webhook calls"],
  ...["editor list", "token list", "audit", "config"],
];
/** Whose entry is looked at where the whole of it is walked through. */
const elsewhere: Readonly<Record<string, string>> = {
  "issue breaking": "tests/journeys/special.test.ts",
  "issue correct": "tests/journeys/special.test.ts",
  "issue doubts": "tests/journeys/pause.test.ts",
  "pace resume": "src/newsroom/settings-pages.test.ts",
  restore: "tests/journeys/backup.test.ts",
  "webhook replay": "src/hooks/api.ts writes webhook-replay",
};

const data = mkdtempSync(join(tmpdir(), "nashra-"));
const smtp = await startSmtp();
Object.assign(process.env, {
  NASHRA_DATA: data,
  NASHRA_SAMPLE: "off",
  NASHRA_LOG_LEVEL: "silent",
  NASHRA_SMTP_URL: smtp.url,
  NASHRA_FETCH_ALLOW: "127.0.0.1",
});
afterAll(async () => {
  await smtp.close();
  web.close();
  rmSync(data, { recursive: true, force: true });
});

/** Runs a command in this process. @returns what it printed */
async function run(...args: string[]): Promise<{ code: number; out: string }> {
  const write = process.stdout.write;
  const warn = process.stderr.write;
  let out = "";
  const keep = (text: string | Uint8Array) => {
    out += text;
    return true;
  };
  process.stdout.write = keep;
  process.stderr.write = keep;
  try {
    return { code: await main(args), out };
  } finally {
    process.stdout.write = write;
    process.stderr.write = warn;
  }
}

const feedText = `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><link>https://x.example/</link>
  <description>x</description><item><title>خبر من مصدر</title><link>https://x.example/1</link>
  <category>محلي</category><description>${bodyAbout("مصدر")}</description></item></channel></rss>`;
const web = createServer((_, response) => {
  response.writeHead(200, { "Content-Type": "application/rss+xml" }).end(feedText);
});
await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
const address = web.address();
const feed = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/feed`;

const file = (name: string, text: string) => {
  const path = join(data, name);
  writeFileSync(path, text);
  return path;
};
const acts = async () =>
  (await run("audit", "--count", "1000", "--json")).out
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): { act: string; actor: string; subject: string } => JSON.parse(line));

const soon = Temporal.Now.zonedDateTimeISO("UTC").add({ minutes: 30 }).round("minute");
const at = `check=${soon.toPlainTime().toString({ smallestUnit: "minute" })}`;
const issue = `daily/${soon.toPlainDate()}-check`;
const article = (title: string) =>
  file(
    `${title}.json`,
    JSON.stringify({ external_id: title, title, body_html: bodyAbout(title), sections: ["سياسة"] }),
  );

/** What is typed, in an order in which each finds what the ones before left. */
const typed: readonly [act: string, ...args: string[]][] = [
  // First: before five in the morning the issue of the schedule that is there at first would be opened too, and take the stories.
  ["digest-set", "digest", "set", "daily", "--zone", "UTC", "--days", "daily", "--at", at],
  ["section-add", "section", "add", "سياسة", "--slug", "politics"],
  ["section-add", "section", "add", "رياضة", "--slug", "sport"],
  ["section-rename", "section", "rename", "sport", "--title", "الرياضة"],
  ["section-close", "section", "close", "sport"],
  ["section-open", "section", "open", "sport"],
  ["section-move", "section", "move", "sport", "--to", "1"],
  ...["خبر أول", "خبر ثان", "خبر ثالث", "خبر رابع"].map((title): [string, ...string[]] => [
    "article-import",
    "import",
    article(title),
  ]),
  ["story-merge", "story", "merge", "1", "2"],
  ["story-split", "story", "split", "1", "2"],
  [
    "subscribers-import",
    "subscriber",
    "import",
    file("a.csv", "a@example.org\nb@example.org\n"),
    "--consent",
    "x",
  ],
  ["subscribers-export", "subscriber", "export"],
  ["subscriber-leave", "subscriber", "leave", "b@example.org"],
  ["subscriber-erase", "subscriber", "erase", "b@example.org"],
  ["segment-add", "segment", "add", "everybody", "--digest", "daily"],
  ["segment-remove", "segment", "remove", "everybody"],
  ["suppression-add", "suppression", "add", "c@example.org"],
  ["suppression-remove", "suppression", "remove", "c@example.org"],
  ["suppression-import", "suppression", "import", file("s.csv", "d@example.org\n")],
  ["source-add", "source", "add", "feed", feed, "--name", "one", "--section", "politics"],
  ["source-pause", "source", "pause", "one"],
  ["source-resume", "source", "resume", "one"],
  ["source-run", "source", "run", "one"],
  ["source-map", "source", "map", "one", "محلي", "--section", "politics"],
  ["source-remove", "source", "remove", "one"],
  ["dkim-create", "dkim", "create", "k1"],
  ["dkim-use", "dkim", "use", "k1", "--unchecked"],
  ["transport-test", "transport", "test", "relay", "me@example.org"],
  ["warmup-start", "warmup", "start", "news.example"],
  ["warmup-stop", "warmup", "stop", "news.example"],
  ["webhook-add", "webhook", "add", "http://127.0.0.1:9/hook", "--events", "issue.sent"],
  ["webhook-secret", "webhook", "secret", "1"],
  ["webhook-remove", "webhook", "remove", "1"],
  ["editor-add", "editor", "add", "amal@example.org", "--role", "editor"],
  ["editor-set", "editor", "set", "amal@example.org", "--role", "viewer"],
  ["editor-remove", "editor", "remove", "amal@example.org"],
  ["login-link", "login-link", "editor@example.org"],
  ["token-create", "token", "create", "--role", "editor", "--name", "cms"],
  ["token-revoke", "token", "revoke", "1"],
  ["publisher-set", "publisher", "name=صحيفة"],
  ["digest-add", "digest", "add", "weekly", "--name", "الأسبوع"],
  ["digest-breaking", "digest", "breaking", "daily", "--a-day", "2"],
  ["digest-set", "digest", "set", "daily", "--most", "6"],
  ["digest-set", "digest", "set", "daily", "--template", "compact"],
  ["digest-off", "digest", "set", "daily", "--off"],
  ["digest-on", "digest", "set", "daily", "--on"],
  [
    "digest-set",
    "digest",
    "set",
    "daily",
    "--approval",
    "skip",
    "--approval-minutes",
    "20",
    "--build-ahead",
    "60",
  ],
  ["", "tick"],
  ["issue-hand", "issue", "pin", issue, "2"],
  ["issue-hand", "issue", "unpin", issue, "2"],
  ["issue-hand", "issue", "hide", issue, "4"],
  ["issue-hand", "issue", "unhide", issue, "4"],
  ["issue-hand", "issue", "order", issue, "3", "1"],
  ["issue-hand", "issue", "say", issue, "--subject", "صباح الخير"],
  ["issue-test", "issue", "test", issue, "--to", "me@example.org"],
  ["", "tick"],
  ["issue-rebuild", "issue", "rebuild", issue],
  ["", "tick"],
  ["issue-pause", "issue", "pause", issue],
  ["issue-resume", "issue", "resume", issue],
  ["issue-approve", "issue", "approve", issue, "--revision", "-"],
  ["issue-cancel", "issue", "cancel", issue, "--reason", "خطأ"],
  ["issue-open", "digest", "send", "daily", "--yes"],
  ["sample-remove", "sample", "remove"],
];

test("each command is in one of these lists", () => {
  const leaves = (it: ReturnType<typeof program>, path: readonly string[]): string[] =>
    it.commands.length === 0
      ? [path.join(" ")]
      : it.commands.flatMap((child) => leaves(child, [...path, child.name()]));
  const all = leaves(program(), []);
  const named = (args: readonly string[]) =>
    all.find((path) => args.slice(0, 2).join(" ") === path || args[0] === path) ??
    `no command: ${args.join(" ")}`;
  const listed = [
    ...Object.keys(none),
    ...looks,
    ...Object.keys(elsewhere),
    ...typed.map(([, ...args]) => named(args)),
  ];
  expect([...new Set(listed)].sort()).toEqual(all.toSorted());
});

test("what a command changed stands in the log, by the command line", async () => {
  const missing: string[] = [];
  for (const [act, ...given] of typed) {
    const before = (await acts()).length;
    const revision = async () =>
      String(JSON.parse((await run("issue", "preview", issue, "--json")).out).revision ?? 0);
    const args = given.at(-1) === "-" ? [...given.slice(0, -1), await revision()] : given;
    const { code, out } = await run(...args);
    const after = await acts();
    const [entry] = after.slice(0, after.length - before);
    if (act === "") continue;
    if (entry?.act !== act || entry.actor !== "command line")
      missing.push(`${args.join(" ")}: ${entry?.actor} ${entry?.act} (${code} ${out.slice(0, 300)})`);
  }
  expect(missing).toEqual([]);
}, 300_000);
