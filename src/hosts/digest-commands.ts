// nashra digest: list, set, next, send.
import { accountOf } from "../delivery/index.ts";
import {
  behindAllIssues,
  type Digest,
  digestBySlug,
  drawEdition,
  type Issue,
  issueById,
  issueName,
  listDigests,
  openDueIssues,
  openExtraIssue,
  reschedule,
  runsFrom,
  type Schedule,
} from "../digests/index.ts";
import type { Nashra } from "./node.ts";
import { printList, progress, Refusal, say, WrongUsage } from "./output.ts";

const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

async function digestNamed({ database }: Nashra, slug: string): Promise<Digest> {
  const digest = await digestBySlug(database.db, slug);
  if (digest) return digest;
  const known = (await listDigests(database.db)).map((it) => it.slug).join(", ");
  throw new Refusal(`There is no digest "${slug}". There are: ${known}.`);
}

export async function digestList({ database }: Nashra, options: { json?: boolean }): Promise<void> {
  const digests = await listDigests(database.db);
  const rows = digests.map(({ slug, name, on, schedule, next }) => ({
    slug,
    name,
    state: on ? "on" : "off",
    zone: schedule.zone,
    days: schedule.days.map((day) => dayNames[day - 1]).join(","),
    at: schedule.slots.map((slot) => `${slot.name}=${slot.time}`).join(","),
    next: next?.at.toString() ?? null,
  }));
  printList(rows, { ...options, empty: "There is no digest." });
}

export async function digestSet(
  nashra: Nashra,
  slug: string,
  given: { zone?: string; days?: string; at?: string },
): Promise<void> {
  if (given.zone === undefined && given.days === undefined && given.at === undefined) {
    throw new WrongUsage("Say what to change: --zone, --days or --at.");
  }
  const digest = await digestNamed(nashra, slug);
  const schedule: Schedule = {
    zone: given.zone === undefined ? digest.schedule.zone : zoneOf(given.zone),
    days: given.days === undefined ? digest.schedule.days : daysOf(given.days),
    slots: given.at === undefined ? digest.schedule.slots : slotsOf(given.at),
  };
  await openDueIssues(nashra.ticking); // what is due by the old schedule is not lost by the new one
  await reschedule(nashra.database.db, digest.id, schedule, nashra.now());
  const [next] = runsFrom(schedule, nashra.now(), 1);
  say(`${digest.slug} runs next at ${next?.at} (${next?.date}, ${next?.slot}).`);
}

function zoneOf(name: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw new WrongUsage(`"${name}" is no IANA time zone. Asia/Damascus is one.`);
  }
}

function daysOf(list: string): number[] {
  const names = list.toLowerCase() === "daily" ? dayNames : list.toLowerCase().split(",");
  const days = names.map((name) => {
    const day = dayNames.indexOf(name.trim().slice(0, 3)) + 1;
    if (day === 0) throw new WrongUsage(`"${name}" is no day. Days are ${dayNames.join(",")}.`);
    return day;
  });
  return [...new Set(days)].sort((a, b) => a - b);
}

function slotsOf(list: string) {
  const slots = list.split(",").map((part) => {
    const [name = "", time = ""] = part.split("=").map((text) => text.trim());
    if (
      !/^[a-z][a-z0-9-]{0,30}$/.test(name) ||
      /^extra-\d/.test(name) ||
      !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)
    ) {
      throw new WrongUsage(
        `"${part}" is no slot. Write name=HH:MM, such as morning=07:00; the names extra-1, extra-2… are for issues sent by hand.`,
      );
    }
    return { name, time };
  });
  if (new Set(slots.map(({ name }) => name)).size < slots.length)
    throw new WrongUsage("Two slots have the same name.");
  return slots;
}

export async function digestNext(
  nashra: Nashra,
  slug: string,
  options: { from?: Temporal.Instant; count: number; json?: boolean },
): Promise<void> {
  const { schedule } = await digestNamed(nashra, slug);
  const rows = runsFrom(schedule, options.from ?? nashra.now(), options.count).map(
    ({ date, slot, at, note }) => ({
      local_date: date,
      slot,
      at: at.toString(),
      note,
    }),
  );
  printList(rows, { json: options.json === true, empty: "It has no days or no slots, so it never runs." });
}

export async function digestSend(
  nashra: Nashra,
  slug: string,
  options: { dryRun?: boolean; json?: boolean },
): Promise<void> {
  const digest = await digestNamed(nashra, slug);
  if (options.dryRun) return dryRun(nashra, digest, options);
  const opened = await openExtraIssue(nashra.ticking, digest);
  await watched(nashra, opened, () => sendAll(nashra, opened));
  const issue = await issueById(nashra.database.db, opened.id);
  if (!issue) throw new Error(`${issueName(opened)} is gone.`);
  const { states, exclusions } = await accountOf(nashra.database.db, issue.id);
  const report = {
    issue: issueName(issue),
    state: issue.state,
    reason: issue.reason,
    candidates: issue.candidates,
    deliveries: Object.fromEntries(states.map(({ state, count }) => [state, count])),
    exclusions: Object.fromEntries(exclusions.map(({ reason, count }) => [reason, count])),
  };
  if (options.json) say(JSON.stringify(report));
  else {
    say(`${report.issue}: ${report.state}${report.reason ? `, because ${report.reason}` : ""}`);
    for (const { state, count } of states) say(`  ${state}: ${count}`);
    for (const { reason, count } of exclusions) say(`  left out (${reason}): ${count}`);
  }
  if (issue.state === "skipped") throw new Refusal(`Nothing was sent: ${issue.reason}.`);
}

/** Sends until no letter of the issue can leave now; a server beside this command may be sending it too. */
async function sendAll(nashra: Nashra, issue: Issue): Promise<void> {
  for (let more = true; more; ) {
    await nashra.tick(3600);
    const { states } = await accountOf(nashra.database.db, issue.id);
    more = states.some(({ state }) => state === "queued" || state === "claimed" || state === "sending");
    if (more) await new Promise((done) => setTimeout(done, 200));
  }
}

/** Runs something long and says meanwhile how many letters of an issue were tried. */
async function watched<Result>(
  { database }: Nashra,
  issue: Issue,
  work: () => Promise<Result>,
): Promise<Result> {
  const bar = progress("letters tried");
  const timer = setInterval(async () => {
    const { states } = await accountOf(database.db, issue.id);
    bar.at(states.reduce((sum, { state, count }) => (state === "queued" ? sum : sum + count), 0));
  }, 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    bar.end();
  }
}

async function dryRun(nashra: Nashra, digest: Digest, options: { json?: boolean }): Promise<void> {
  const drawn = await drawEdition(nashra.ticking, digest, behindAllIssues, nashra.now(), {
    sections: "",
    language: "ar",
  });
  if ("tooFew" in drawn)
    throw new Refusal(`Too few stories: ${drawn.tooFew}, and "${digest.slug}" takes ${digest.minStories}.`);
  const stories = drawn.stories.map(({ article, score }, i) => ({
    position: i + 1,
    score: Number(score.toFixed(4)),
    section: article.sections[0]?.title ?? null,
    title: article.title,
  }));
  if (options.json)
    return say(JSON.stringify({ subject: drawn.mail.subject, octets: drawn.mail.html.length, stories }));
  say(`Subject: ${drawn.mail.subject}`);
  printList(stories, { empty: "" });
}
