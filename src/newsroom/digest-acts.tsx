// What an administrator changes of a digest. Of two who change it at once the later is refused, and shown both versions.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { oneLine, withDigits } from "../arabic/index.ts";
import {
  type Approval,
  changeApproval,
  changeFacts,
  changeSchedule,
  changeSender,
  type Digest,
  digestBySlug,
  holidayText,
  longestDigestName,
  type Schedule,
  type SeenFacts,
  scheduleWords,
  switchDigest,
} from "../digests/index.ts";
import { senderAddress } from "../mail/index.ts";
import { ErrorPage, readForm } from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn, type Sent, textIn } from "./desk.ts";
import { DigestPage, type Tried, type Version } from "./digest.tsx";
import {
  readApproval,
  readFacts,
  readSchedule,
  sentApproval,
  sentFacts,
  sentSchedule,
  withRun,
} from "./digest-form.ts";
import { senderWords } from "./digest-sender.tsx";
import { digestWords as words } from "./digest-words.ts";
import { digestPath } from "./digests.tsx";
import { withDone } from "./settings.tsx";
import { within } from "./settings-doctor.tsx";

const seenFacts = z.object({
  name: z.string(),
  nameEn: z.string().nullable(),
  minStories: z.number(),
  maxStories: z.number(),
  template: z.enum(["digest", "compact"]),
  inDoubt: z.enum(["resend", "hold"]),
});

const seenSender = z.object({ address: z.string().nullable(), name: z.string().nullable() });

/**
 * `POST /newsroom/digests/:digest/schedule`, `…/runs`, `…/facts`, `…/approval`, `…/sender`, `…/on` and `…/off`, for administrators;
 * `…/sender/check` only looks.
 */
export function digestActRoutes(deps: NewsroomDeps) {
  const { changing } = deps;
  const administrators = requireEditor(deps, "administrator");
  const page = "/newsroom/digests/:digest";
  const slugOf = (c: Context<DeskEnv>) => (c.req.param("digest") ?? "").normalize("NFC");
  const missing = async (c: Context<DeskEnv>, status: 400 | 404 = 404) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={status} />, status);
  const saved = (c: Context<DeskEnv>, digest: Digest, key = "saved") =>
    c.redirect(withDone(digestPath(digest), key), 303);
  const show = async (
    c: Context<DeskEnv>,
    digest: Digest,
    status: 409 | 422,
    what: (at: Desk) => { tried?: Tried; versions?: readonly Version[]; refused?: string },
  ) => {
    const at = await deskOf(c, deps);
    return c.html(<DigestPage c={c} at={at} digest={digest} house={deps.house} {...what(at)} />, status);
  };
  /** The form of a digest that is there. */
  const sent = async (c: Context<DeskEnv>): Promise<{ digest: Digest; form: Sent } | null> => {
    const digest = await digestBySlug(deps.database.db, slugOf(c));
    return digest && { digest, form: await readForm(c.req.parseBody({ all: true })) };
  };
  const reschedule = (c: Context<DeskEnv>, change: (before: Schedule) => Schedule, seen: number) =>
    changeSchedule(
      changing,
      slugOf(c),
      change,
      (schedule) => scheduleWords(schedule, "en"),
      c.var.editor.address,
      seen,
    );

  const turn = async (c: Context<DeskEnv>, on: boolean) => {
    const done = await switchDigest(changing, slugOf(c), on, c.var.editor.address);
    if (done.kind === "unknown") return missing(c);
    if (done.kind === "moved")
      return show(c, done.digest, 409, (at) => ({ refused: words[at.language].moved }));
    return saved(c, done.digest, on ? "on" : "off");
  };

  return new Hono<DeskEnv>()
    .post(`${page}/schedule`, administrators, async (c) => {
      const asked = await sent(c);
      if (!asked) return missing(c);
      const typed = sentSchedule(asked.form);
      const seen = numberIn(textIn(asked.form, "seen")) ?? 0;
      const read = readSchedule(typed);
      if (!read.ok)
        return show(c, asked.digest, 422, (at) => ({
          tried: { schedule: { typed, faults: read.faults } },
          refused: words[at.language].marked,
        }));
      const done = await reschedule(c, read.change, seen);
      if (done.kind === "unknown") return missing(c);
      if (done.kind === "done") return saved(c, done.digest);
      return show(c, done.digest, 409, (at) => ({
        tried: { schedule: { typed, faults: {} } },
        versions: scheduleVersions(at, done.digest.schedule, read.change(done.digest.schedule)),
      }));
    })
    .post(`${page}/runs`, administrators, async (c) => {
      const asked = await sent(c);
      if (!asked) return missing(c);
      const { form } = asked;
      const run = { date: textIn(form, "date", 10), slot: textIn(form, "slot", 40) };
      if (!/^\d{4}-\d\d-\d\d$/.test(run.date) || !isDay(run.date)) return missing(c, 400);
      const done = await reschedule(
        c,
        withRun(run, textIn(form, "act") === "skip"),
        numberIn(textIn(form, "seen")) ?? 0,
      );
      if (done.kind === "unknown") return missing(c);
      if (done.kind === "done") return saved(c, done.digest);
      const why = { moved: "moved", "skip-open": "skipOpen", "skip-unknown": "skipUnknown" } as const;
      return show(c, done.digest, 409, (at) => ({ refused: words[at.language][why[done.kind]] }));
    })
    .post(`${page}/facts`, administrators, async (c) => {
      const asked = await sent(c);
      if (!asked) return missing(c);
      const seen = seenFacts.safeParse(jsonIn(textIn(asked.form, "seen", 1000)));
      if (!seen.success) return missing(c, 400);
      const typed = sentFacts(asked.form);
      const read = readFacts(typed);
      if (!read.ok)
        return show(c, asked.digest, 422, (at) => ({
          tried: { facts: { typed, faults: read.faults } },
          refused: words[at.language].marked,
        }));
      const done = await changeFacts(changing, asked.digest, read.facts, c.var.editor.address, seen.data);
      if (done.kind === "unknown") return missing(c);
      if (done.kind === "done") return saved(c, done.digest);
      return show(c, done.digest, 409, (at) => ({
        tried: { facts: { typed, faults: {} } },
        versions: factVersions(at, done.digest, read.facts),
      }));
    })
    .post(`${page}/approval`, administrators, async (c) => {
      const asked = await sent(c);
      if (!asked) return missing(c);
      const typed = sentApproval(asked.form);
      const seen = numberIn(textIn(asked.form, "seen")) ?? 0;
      const read = readApproval(typed, asked.digest);
      if (!read.ok)
        return show(c, asked.digest, 422, (at) => ({
          tried: { approval: { typed, faults: read.faults } },
          refused: words[at.language].marked,
        }));
      await changing.openDue();
      const done = await changeApproval(changing, asked.digest, read.approval, c.var.editor.address, seen);
      if (done.kind === "unknown") return missing(c);
      if (done.kind === "done") return saved(c, done.digest);
      return show(c, done.digest, 409, (at) => ({
        tried: { approval: { typed, faults: {} } },
        versions: approvalVersions(at, done.digest.approval, read.approval),
      }));
    })
    .post(`${page}/sender`, requireFresh(deps, "administrator"), async (c) => {
      const asked = await sent(c);
      if (!asked) return missing(c);
      const seen = seenSender.safeParse(jsonIn(textIn(asked.form, "seen", 1000)));
      if (!seen.success) return missing(c, 400);
      const typed = { address: textIn(asked.form, "address", 320), name: textIn(asked.form, "name") };
      const address = typed.address === "" ? null : senderAddress(typed.address);
      if (typed.address !== "" && address === null)
        return show(c, asked.digest, 422, (at) => ({
          tried: { sender: { typed, wrong: true } },
          refused: words[at.language].marked,
        }));
      const sender = { address, name: oneLine(typed.name).slice(0, longestDigestName) || null };
      const done = await changeSender(changing, asked.digest, sender, c.var.editor.address, seen.data);
      if (done.kind === "unknown") return missing(c);
      if (done.kind === "done") return saved(c, done.digest);
      return show(c, done.digest, 409, (at) => ({
        tried: { sender: { typed, wrong: false } },
        versions: senderVersions(at, done.digest.sender, sender),
      }));
    })
    .post(`${page}/sender/check`, administrators, async (c) => {
      const digest = await digestBySlug(deps.database.db, slugOf(c));
      const { senderDoctor, mailFrom } = deps.house;
      if (!digest || senderDoctor === null) return missing(c);
      const found = await within(senderDoctor(digest.sender.address ?? mailFrom));
      const at = await deskOf(c, deps);
      return c.html(<DigestPage c={c} at={at} digest={digest} house={deps.house} found={found} />);
    })
    .post(`${page}/on`, administrators, (c) => turn(c, true))
    .post(`${page}/off`, administrators, (c) => turn(c, false));
}

function isDay(text: string): boolean {
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What differs between two versions. */
const differing = (rows: readonly (readonly [what: string, now: string, yours: string])[]): Version[] =>
  rows.filter(([, now, yours]) => now !== yours).map(([what, now, yours]) => ({ what, now, yours }));

function scheduleVersions({ language, paper }: Desk, now: Schedule, yours: Schedule): Version[] {
  const t = words[language];
  const bare = (schedule: Schedule) => scheduleWords({ ...schedule, holidays: [] }, language, paper.digits);
  const slots = ({ slots }: Schedule) => slots.map(({ name, time }) => `${name} ${time}`).join(", ");
  const holidays = (schedule: Schedule) =>
    (schedule.holidays ?? []).map((it) => `${holidayText(it)}=${it.name}`).join(", ") || t.nothing;
  return differing([
    [t.schedule, bare(now), bare(yours)],
    [t.times, slots(now), slots(yours)],
    [t.zone, now.zone, yours.zone],
    [t.holidays, holidays(now), holidays(yours)],
  ]);
}

function factVersions({ language }: Desk, now: SeenFacts, yours: SeenFacts) {
  const t = words[language];
  const pair = (say: (it: SeenFacts) => string) => [say(now), say(yours)] as const;
  return differing([
    [t.name, ...pair(({ name }) => name)],
    [t.nameEn, ...pair(({ nameEn }) => nameEn ?? t.nothing)],
    [t.least, ...pair(({ minStories }) => String(minStories))],
    [t.most, ...pair(({ maxStories }) => String(maxStories))],
    [t.template, ...pair(({ template }) => t.templates[template])],
    [t.inDoubt, ...pair(({ inDoubt }) => t.doubts[inDoubt])],
  ]);
}

function senderVersions({ language }: Desk, now: Digest["sender"], yours: Digest["sender"]) {
  const t = senderWords[language];
  return differing([
    [t.address, now.address ?? t.papers, yours.address ?? t.papers],
    [t.name, now.name ?? t.papers, yours.name ?? t.papers],
  ]);
}

function approvalVersions({ language, paper }: Desk, now: Approval | null, yours: Approval | null) {
  const t = words[language];
  const say = (approval: Approval | null) => {
    const rule = t.rules[approval?.unanswered ?? "none"];
    if (approval === null) return rule;
    const times = t.approvalTimes(String(approval.aheadMinutes), String(approval.deadlineMinutes));
    return `${rule}. ${language === "ar" ? withDigits(times, paper.digits) : times}`;
  };
  return differing([[t.approval, say(now), say(yours)]]);
}
