// Why did this address get, or not get, this issue? Each fate that a letter can have, as the command says it and as the newsroom does,
// in Arabic and in English.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { createLoginLink } from "../../src/accounts/index.ts";
import { main } from "../../src/hosts/cli.ts";
import { startNashra } from "../support/nashra.ts";

const folder = mkdtempSync(join(tmpdir(), "nashra-"));
const start = Temporal.Instant.from("2026-03-01T05:00:00Z");
const nashra = await startNashra({ now: "2026-03-01T06:00:00Z", folder });
const { db } = nashra.database;
afterAll(async () => {
  await nashra.stop();
  rmSync(folder, { recursive: true, force: true });
});
Object.assign(process.env, { NASHRA_DATA: folder, NASHRA_SAMPLE: "off", NASHRA_LOG_LEVEL: "silent" });

type Back = { kind: "bounce" | "complaint"; verdict: string; code: string; words: string };
type Fate = {
  state?: string;
  reason?: string;
  reply?: string;
  doubts?: number;
  ended?: boolean;
  excluded?: string;
  folded?: boolean;
  paused?: object;
  cancelled?: boolean;
  back?: Back;
};
type Row = [what: string, fate: Fate, command: RegExp, page: { ar: string[]; en: string[] }];

const left = (reason: string, command: string, ar: string): Row => [
  `left out: ${reason}`,
  { excluded: reason },
  new RegExp(`left out: ${command} \\(${reason}\\)`),
  { ar: ["مستثنى", ar], en: ["left out", command] },
];
const withdrawn = (reason: string, command: string, ar: string): Row => [
  `withdrawn: ${reason}`,
  { state: "withdrawn", reason, ended: true },
  new RegExp(`withdrawn at 2026-03-01T05:30:00Z: ${command} \\(${reason}\\)`),
  { ar: ["سُحب قبل الإرسال", ar], en: ["withdrawn", command] },
];
const bounce = (verdict: string, code: string, words: string): Back => ({
  kind: "bounce",
  verdict,
  code,
  words,
});

const rows: readonly Row[] = [
  [
    "accepted",
    { state: "accepted", reply: "250 2.0.0 taken" },
    /: accepted\n {4}try 1, .*: 250 2\.0\.0 taken/,
    { ar: ["قبله الخادم", "250 2.0.0 taken"], en: ["accepted", "250 2.0.0 taken"] },
  ],
  [
    "deferred",
    { state: "deferred", reply: "451 4.7.1 later" },
    /: deferred\n {4}try 1, .*: 451 4\.7\.1 later/,
    { ar: ["أُرجئ", "451 4.7.1 later"], en: ["deferred", "451 4.7.1 later"] },
  ],
  [
    "rejected",
    { state: "rejected", reply: "550 5.1.1 nobody" },
    /: rejected\n {4}try 1, .*: 550 5\.1\.1 nobody/,
    { ar: ["رُفض", "550 5.1.1 nobody"], en: ["rejected", "550 5.1.1 nobody"] },
  ],
  [
    "in doubt, to be sent again",
    { state: "in_doubt", doubts: 1, reply: "the server closed the connection" },
    /: in_doubt, in doubt once\n {4}try 1, .*closed the connection/,
    { ar: ["غير مؤكد", "عدد المرات"], en: ["in doubt", "times in doubt: 1"] },
  ],
  [
    "in doubt, held",
    { state: "in_doubt", doubts: 2, reason: "held", reply: "no reply" },
    /: in_doubt, in doubt 2 times: waits for an editor’s word \(held\)/,
    { ar: ["ينتظر قرار محرر"], en: ["waits for an editor’s word"] },
  ],
  [
    "in doubt, let be",
    { state: "in_doubt", doubts: 1, reason: "let-be", ended: true, reply: "no reply" },
    /: in_doubt, in doubt once at 2026-03-01T05:30:00Z: left as it is by an editor \(let-be\)/,
    { ar: ["تُرك كما هو بقرار محرر"], en: ["left as it is by an editor"] },
  ],
  [
    "expired",
    { state: "expired", ended: true, reply: "451 later" },
    /: expired at 2026-03-01T05:30:00Z\n {4}try 1, .*: 451 later/,
    { ar: ["فات موعده", "451 later"], en: ["expired", "451 later"] },
  ],
  [
    "hard bounce",
    { state: "accepted", reply: "250 ok", back: bounce("hard", "5.1.1", "550 5.1.1 no such user") },
    /: accepted\n[\s\S]*bounce, .* \(hard, 5\.1\.1\): 550 5\.1\.1 no such user/,
    { ar: ["قبله الخادم", "ارتداد", "hard 5.1.1"], en: ["accepted", "bounce", "hard 5.1.1"] },
  ],
  [
    "soft bounce",
    { state: "accepted", reply: "250 ok", back: bounce("soft", "4.2.2", "mailbox full") },
    /bounce, .* \(soft, 4\.2\.2\): mailbox full/,
    { ar: ["ارتداد", "soft 4.2.2", "mailbox full"], en: ["bounce", "soft 4.2.2", "mailbox full"] },
  ],
  [
    "complaint",
    {
      state: "accepted",
      reply: "250 ok",
      back: { kind: "complaint", verdict: "abuse", code: "", words: "" },
    },
    /complaint, .* \(abuse\): \(no words\)/,
    { ar: ["شكوى", "abuse"], en: ["complaint", "abuse"] },
  ],
  [
    "waits in an issue that a person paused",
    {
      state: "queued",
      paused: { reason: { kind: "person", words: "خطأ في العنوان" }, by: "amal@x.example" },
    },
    /: queued\n[\s\S]*its issue is paused since 2026-03-01T05:00:00Z, by amal@x\.example: خطأ في العنوان/,
    { ar: ["في الانتظار", "أوقفه amal@x.example", "خطأ في العنوان"], en: ["queued", "by amal@x.example"] },
  ],
  [
    "waits in an issue that paused by itself",
    { state: "queued", paused: { reason: { kind: "bounces", percent: 6.2, line: 5 }, by: null } },
    /its issue is paused since .*, by itself: 6\.2% of its letters bounced; the line is 5%/,
    { ar: ["موقوف من تلقاء نفسه", "والحد 5%"], en: ["paused by itself", "6.2% of its letters bounced"] },
  ],
  [
    "in an issue that was called off",
    { state: "withdrawn", reason: "issue-cancelled", ended: true, cancelled: true },
    /: withdrawn at .*: the issue was called off \(issue-cancelled\)[\s\S]*its issue was called off by amal@x\.example: خطأ/,
    {
      ar: ["سُحب قبل الإرسال", "ألغى العدد amal@x.example"],
      en: ["withdrawn", "called off by amal@x.example"],
    },
  ],
  [
    "folded into counts",
    { folded: true },
    /: folded: counted, its row is no longer kept/,
    { ar: ["طُويت صفحته", "صار سجل هذا العدد أعدادًا"], en: ["folded", "is counts by now"] },
  ],
  [
    "in no audience",
    {},
    /: had no subscription to this digest when the audience of the issue was written/,
    { ar: ["ليس من جمهوره"], en: ["not in its audience"] },
  ],
  withdrawn("left-by-one-click", "left by the mail program’s button", "ألغى الاشتراك من زرّ البريد"),
  withdrawn("left-by-complaint", "called the mail spam", "عدّ الرسالة مزعجة"),
  withdrawn("suppressed", "an address that must not be mailed", "عنوان لا نراسله"),
  withdrawn("stories-retracted", "every story of the edition was retracted", "سُحبت أخبار نسخته كلها"),
  left("pending", "has not confirmed", "لم يؤكد اشتراكه"),
  left("paused", "paused the subscription", "أوقف الاشتراك مؤقتًا"),
  left("left", "is not subscribed to this digest", "ليس مشتركًا في هذه النشرة"),
  left("left-by-page", "left on our page", "ألغى الاشتراك من صفحتنا"),
  left("left-by-preferences", "left among the preferences", "ألغى الاشتراك من صفحة خياراته"),
  left("left-by-mail", "left by mail", "ألغى الاشتراك برسالة"),
  left("left-by-publisher", "taken out by the paper", "أخرجته الصحيفة"),
  left("left-by-moved", "moved to another address", "انتقل إلى عنوان آخر"),
  left("other-slot", "chose another hour of the day", "اختار ساعة أخرى من اليوم"),
  left("had-today", "had an issue today and wants no more than one", "وصله عدد اليوم، ولا يريد أكثر من واحد"),
  left(
    "had-this-week",
    "had an issue this week and wants no more than one",
    "وصله عدد هذا الأسبوع، ولا يريد أكثر من واحد",
  ),
  left("no-breaking", "wants no breaking news", "لا يريد الأخبار العاجلة"),
  left("other-sections", "the story is in none of the sections chosen", "ليس الخبر من الأقسام التي اختارها"),
  left("had-story", "was sent the story already", "وصله الخبر من قبل"),
  left("had-correction", "was sent the correction already", "وصله التصحيح من قبل"),
  left("erased", "asked to be erased", "طلب محو بياناته"),
  left("too-few-stories", "too few stories in the sections chosen", "لا أخبار كافية في الأقسام التي اختارها"),
];

/** An issue of its own for each, with this one reader. @returns its name */
async function arrange(n: number, address: string, fate: Fate): Promise<string> {
  const ms = start.epochMilliseconds;
  const day = start
    .add({ hours: 24 * n })
    .toString()
    .slice(0, 10);
  const issueState = fate.cancelled ? "cancelled" : fate.paused ? "sending" : "sent";
  const paused = fate.paused ? JSON.stringify({ ...fate.paused, since: ms }) : null;
  await sql`insert into issues (digest_id, local_date, slot, state, planned_at, opened_at, finished_at, candidates, frozen_through,
      paused, cancelled_by, reason, folded_through)
    values (1, ${day}, 'morning', ${issueState}, ${ms}, ${ms}, ${fate.paused ? null : ms}, 1, 1, ${paused},
      ${fate.cancelled ? "amal@x.example" : null}, ${fate.cancelled ? "خطأ" : null}, ${fate.folded ? 1_000_000 : 0})`.execute(
    db,
  );
  const { rows: issues } = await sql<{ id: number }>`select max(id) as id from issues`.execute(db);
  await sql`insert into subscribers (address, address_key, state, language, created_at, confirmed_at, sample)
    values (${address}, ${address}, 'confirmed', 'ar', 0, 0, 0)`.execute(db);
  const issue = issues[0]?.id ?? 0;
  const reader = sql`(select id from subscribers where address = ${address})`;
  if (fate.excluded)
    await sql`insert into exclusions (issue_id, subscriber_id, reason) values (${issue}, ${reader}, ${fate.excluded})`.execute(
      db,
    );
  if (fate.state)
    await sql`insert into deliveries (issue_id, subscriber_id, sections, language, address, state, reason, reply, tries, in_doubt,
        due_at, deadline_at, at, ended_at)
      values (${issue}, ${reader}, '', 'ar', ${address}, ${fate.state}, ${fate.reason ?? null}, ${fate.reply ?? null},
        ${fate.reply ? 1 : 0}, ${fate.doubts ?? 0}, ${ms}, ${ms}, ${ms},
        ${fate.ended ? start.add({ minutes: 30 }).epochMilliseconds : null})`.execute(db);
  if (fate.back)
    await sql`insert into feedback (delivery_id, subscriber_id, kind, verdict, code, words, known_by, report, letter_at, at)
      select id, subscriber_id, ${fate.back.kind}, ${fate.back.verdict}, ${fate.back.code}, ${fate.back.words}, 'return-path', 'x',
        ${ms}, ${ms} from deliveries where address = ${address}`.execute(db);
  return `daily/${day}-morning`;
}

/** What the command prints, in this process. */
async function command(...args: string[]): Promise<string> {
  const { write } = process.stdout;
  let out = "";
  process.stdout.write = (text: string | Uint8Array) => {
    out += text;
    return true;
  };
  try {
    expect(await main(args)).toBe(0);
  } finally {
    process.stdout.write = write;
  }
  return out;
}

const link = await createLoginLink(nashra.database, "editor@paper.example", nashra.at());
const signedIn = await nashra.post(`/newsroom/login/${link}`, {}, { Origin: "http://localhost:3000" });
const Cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

/** The words of a page, as somebody reads them. */
async function page(path: string): Promise<string> {
  const html = await (await nashra.get(path, { Cookie })).text();
  return html
    .replace(/<[^>]*>/g, " ")
    .replace(/[\u2066-\u2069\u200e\u200f]/g, "")
    .replace(/\s+/g, " ");
}

test.each(rows.map((row, n) => [...row, n] as const))("%s", async (_, fate, printed, pages, n) => {
  const address = `reader${n}@example.org`;
  const name = await arrange(n, address, fate);
  expect(await command("why", address, name)).toMatch(printed);
  const document = JSON.parse(await command("why", address, name, "--json"));
  expect(document.letters).toHaveLength(1);
  expect(document.letters[0].issue).toBe(name);
  for (const language of ["ar", "en"] as const) {
    const query = new URLSearchParams({ address, issue: name, lang: language });
    const shown = await page(`/newsroom/why?${query}`);
    for (const words of pages[language]) expect(shown).toContain(words);
  }
});
