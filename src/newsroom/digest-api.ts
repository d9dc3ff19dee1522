// The API for digests: when each goes out, what it carries, whom its letters come from. Read, added and changed by the rules of their
// pages. Who may call it is for the door before it to say: to look takes a viewer's token, to change an administrator's; what becomes
// of letters in doubt an editor may say too.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { oneLine, slugify } from "../arabic/index.ts";
import {
  addDailyDigest,
  changeApproval,
  changeFacts,
  changeSchedule,
  changeSender,
  type Digest,
  type DigestFacts,
  digestBySlug,
  holidayIn,
  holidayText,
  listDigests,
  longestDigestName,
  mayBeSlot,
  mostExceptions,
  mostSlots,
  mostStories,
  nextThatRuns,
  type Schedule,
  type SeenFacts,
  scheduleWords,
  switchDigest,
} from "../digests/index.ts";
import { domainOf, senderAddress } from "../mail/index.ts";
import { readPublisher } from "../settings/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import { nextRuns } from "./digest.tsx";
import {
  type ApprovalFaults,
  type FactFault,
  readApproval,
  readFacts,
  readNames,
  readSchedule,
  type ScheduleFaults,
  type TypedFacts,
  withRun,
} from "./digest-form.ts";
import { digestWords } from "./digest-words.ts";

type DigestApiDeps = Pick<NewsroomDeps, "database" | "now" | "changing"> & {
  /** Whether a key signs what comes from a domain. */
  signs: (domain: string) => Promise<boolean>;
  /** The paper's address. */
  mailFrom: string;
  /** Whether the token of a request may do everything. */
  isAdministrator: (c: Context) => boolean;
};

const weekday = z.int().min(1).max(7);
const inDoubt = z.enum(["resend", "hold"]).openapi({
  description:
    "What becomes of a letter that a server may have taken: sent again with the same Message-ID, or held for a person.",
});
const template = z
  .enum(["digest", "compact"])
  .openapi({ description: "`digest`: pictures and summaries; `compact`: titles with a line each." });

const scheduleFields = {
  zone: z.string().max(60).openapi({ description: "An IANA zone, such as Asia/Damascus." }),
  days: z.array(weekday).max(7).openapi({ description: "1: Monday, to 7: Sunday." }),
  slots: z
    .array(
      z.strictObject({
        name: z
          .string()
          .refine(mayBeSlot, "it is small Latin letters and digits, such as evening")
          .openapi({ type: "string", description: "It stays with the issues of this time." }),
        time: z.string().max(8).openapi({ description: "HH:MM on the clock of the zone." }),
        ramadan_time: z
          .string()
          .max(8)
          .nullable()
          .default(null)
          .openapi({ description: "In Ramadan, where that differs." }),
      }),
    )
    .max(mostSlots)
    .refine(
      (slots) => new Set(slots.map(({ name }) => name)).size === slots.length,
      "two of them have one name",
    ),
  ramadan_days: z
    .array(weekday)
    .max(7)
    .default([])
    .openapi({ description: "Empty: those of the rest of the year." }),
  holidays: z
    .array(
      z
        .strictObject({
          day: z.string().max(40).openapi({
            description: "2026-12-25 once, 12-25 every year, hijri:10-01 every Hijri year.",
          }),
          name: z.string().max(80),
        })
        .refine(
          ({ day, name }) => !day.includes("=") && holidayIn(`${day}=${oneLine(name)}`) !== null,
          "it is no holiday",
        ),
    )
    .max(mostExceptions)
    .default([]),
};
const approvalJson = z
  .strictObject({
    ahead_minutes: z.int().min(0).max(99_999).openapi({ description: "An issue is built so long ahead." }),
    deadline_minutes: z
      .int()
      .min(0)
      .max(99_999)
      .openapi({ description: "An answer is awaited so long after its time." }),
    unanswered: z.enum(["send", "skip"]),
  })
  .nullable()
  .openapi({ description: "null: its issues go out by themselves." });
const revision = z.int().openapi({
  description:
    "Of the schedule and of being on or off: `seen` of whoever changes those or the approval rule.",
});
const seen = z.int().openapi({ description: "The `schedule_revision` that was read before the change." });
const localDay = z.iso.date();

const digestJson = z
  .object({
    digest: z.string().openapi({ description: "Its slug." }),
    name: z.string(),
    name_en: z.string().nullable(),
    on: z.boolean(),
    least: z.int().openapi({ description: "With fewer stories an issue is skipped." }),
    most: z.int(),
    template,
    in_doubt: inDoubt,
    from: z.string().nullable().openapi({ description: "Its own sender's address; null: the paper's." }),
    from_name: z.string().nullable().openapi({ description: "The name beside it; null: the paper's." }),
    signed: z
      .boolean()
      .openapi({ description: "Whether a DKIM key signs for the domain that its letters come from." }),
    schedule: z.object({
      ...scheduleFields,
      words: z.object({ ar: z.string(), en: z.string() }),
      skips: z
        .array(z.object({ date: z.string(), slot: z.string() }))
        .openapi({ description: "Runs that were left out by hand." }),
    }),
    schedule_revision: revision,
    approval: approvalJson,
    next: z.string().nullable().openapi({ description: "When its next issue is planned, in UTC." }),
  })
  .openapi("Digest");
const runsJson = z
  .object({
    zone: z.string(),
    on: z.boolean().openapi({ description: "false: these would be its runs if it were on." }),
    schedule_revision: revision,
    runs: z.array(
      z.object({
        date: z.string(),
        slot: z.string(),
        at: z.string().openapi({ description: "The instant, in UTC." }),
        skipped: z.string().nullable().openapi({ description: "Why it is left out; null: it goes out." }),
        note: z
          .enum(["gap", "overlap"])
          .nullable()
          .openapi({ description: "The hour does not exist that day, or comes twice." }),
        ramadan: z.boolean().openapi({ description: "By the times of Ramadan." }),
      }),
    ),
  })
  .openapi("DigestRuns");

const address = z
  .string()
  .max(320)
  .transform((text, context) => {
    const it = senderAddress(text);
    if (it === null)
      context.addIssue({ code: "custom", message: "it is no address that mail can come from" });
    return it ?? "";
  })
  .nullable()
  .openapi({ type: "string", description: "Null: the paper's." });
const fromName = z
  .string()
  .max(longestDigestName)
  .transform(oneLine)
  .pipe(z.string().min(1, "a name needs a letter"))
  .nullable()
  .openapi({ type: "string", description: "Null: the paper's." });
const name = z.string().max(500);
const count = z.int().min(1).max(mostStories);
const facts = z
  .strictObject({
    name: name.optional(),
    name_en: name.nullable().optional(),
    least: count.optional(),
    most: count.optional(),
    template: template.optional(),
    in_doubt: inDoubt.optional().openapi({ description: "Takes a token that may change issues." }),
    from: address.optional(),
    from_name: fromName.optional(),
  })
  .openapi({ description: "All but `in_doubt` takes an administrator's token." });
const changes = facts
  .extend({
    seen: z
      .strictObject({
        name: z.string(),
        name_en: z.string().nullable(),
        least: z.int(),
        most: z.int(),
        template: z.string(),
        in_doubt: z.string(),
        from: z.string().nullable(),
        from_name: z.string().nullable(),
      })
      .partial()
      .optional()
      .openapi({ description: "As these stood when they were read: of any others nothing is changed." }),
  })
  .refine(({ seen: _, ...it }) => Object.keys(it).length > 0, "it changes nothing");

const path = "/api/v1/digests";
const one = `${path}/{digest}`;
const params = z.object({ digest: z.string().openapi({ description: "Its slug." }) });
const security = [{ token: [] }];
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
};
const missing404 = { 404: refusal("There is no such digest.") };
const shown200 = { 200: json(digestJson, "How it stands now.") };
const changing = {
  ...shown200,
  ...refusals,
  ...missing404,
  409: refusal("Somebody changed it since it was read, and it is as they left it; or a run is not to come."),
  422: refusal("Something in it is refused; `detail` says what."),
};
const body = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  body: { required: true, ...json(schema, description) },
});
const routes = {
  list: createRoute({
    method: "get",
    path,
    summary: "All digests",
    security,
    responses: { 200: json(z.array(digestJson), "In the order they were made."), ...refusals },
  }),
  add: createRoute({
    method: "post",
    path,
    summary: "Add a digest",
    description: "It goes out every day at seven in the morning, until its schedule is changed.",
    security,
    request: body(
      z.strictObject({
        digest: z
          .string()
          .max(80)
          .openapi({ description: "Its slug, which never changes afterwards, such as weekly." }),
        name,
        name_en: name.nullable().default(null),
      }),
      "What it is called.",
    ),
    responses: {
      201: json(digestJson, "It is there."),
      ...refusals,
      409: refusal("Another digest has this slug, or there are as many as there may be."),
      422: refusal("Something in it is refused; `detail` says what."),
    },
  }),
  read: createRoute({
    method: "get",
    path: one,
    summary: "A digest",
    security,
    request: { params },
    responses: { ...shown200, ...refusals, ...missing404 },
  }),
  change: createRoute({
    method: "patch",
    path: one,
    summary: "Change a digest's names, length, look or sender, or what becomes of its letters in doubt",
    security,
    request: { params, ...body(changes, "What changes; the rest stays.") },
    responses: changing,
  }),
  schedule: createRoute({
    method: "put",
    path: `${one}/schedule`,
    summary: "Give a digest another schedule",
    description: "What is due by the old one is opened first. Runs that were left out by hand stay so.",
    security,
    request: { params, ...body(z.strictObject({ ...scheduleFields, seen }), "All of it.") },
    responses: changing,
  }),
  approval: createRoute({
    method: "put",
    path: `${one}/approval`,
    summary: "Say whether a digest's issues wait for an editor",
    security,
    request: { params, ...body(z.strictObject({ approval: approvalJson, seen }), "The rule.") },
    responses: changing,
  }),
  on: createRoute({
    method: "post",
    path: `${one}/on`,
    summary: "Let a digest go out, from its next run on",
    security,
    request: { params },
    responses: changing,
  }),
  off: createRoute({
    method: "post",
    path: `${one}/off`,
    summary: "Stop a digest: none of its issues opens, and what is open goes on",
    security,
    request: { params },
    responses: changing,
  }),
  runs: createRoute({
    method: "get",
    path: `${one}/runs`,
    summary: "The next ten runs of a digest, each with its instant in UTC",
    security,
    request: { params },
    responses: { 200: json(runsJson, "The soonest first."), ...refusals, ...missing404 },
  }),
  skip: createRoute({
    method: "post",
    path: `${one}/runs`,
    summary: "Leave a run out, or let one go out after all that was left out",
    security,
    request: {
      params,
      ...body(
        z.strictObject({ date: localDay, slot: z.string().max(40), act: z.enum(["skip", "unskip"]), seen }),
        "Which run.",
      ),
    },
    responses: { ...changing, 200: json(runsJson, "The runs as they stand now.") },
  }),
};

const t = digestWords.en;

/** `/api/v1/digests` */
export function digestApi(deps: DigestApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const { database, now, signs, mailFrom, isAdministrator } = deps;
  const { db } = database;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const shown = async (digest: Digest) =>
    toJson(digest, await signs(domainOf(digest.sender.address ?? mailFrom)));
  const named = (slug: string) => digestBySlug(db, slug.normalize("NFC"));
  const runsOf = async (digest: Digest) => {
    const { hijriOffset } = await readPublisher(db);
    const runs = nextRuns(digest, hijriOffset, now());
    return {
      zone: digest.schedule.zone,
      on: digest.on,
      schedule_revision: digest.scheduleRevision,
      runs: runs.map(({ date, slot, at, skipped, note, ramadan }) => ({
        ...{ date, slot, at: at.toString(), skipped, note, ramadan },
      })),
    };
  };
  const reschedule = (digest: Digest, change: (before: Schedule) => Schedule, seen: number, actor: string) =>
    changeSchedule(deps.changing, digest.slug, change, (it) => scheduleWords(it, "en"), actor, seen);

  app.openapi(routes.list, async (c) => c.json(await Promise.all((await listDigests(db)).map(shown)), 200));
  app.openapi(routes.add, async (c) => {
    const asked = c.req.valid("json");
    const slug = slugify(asked.digest);
    if (slug === null) return refused(c, [["digest", t.noSlug]]);
    const { names, faults } = readNames({ name: asked.name, nameEn: asked.name_en ?? "" });
    if (Object.keys(faults).length > 0) return refused(c, factFaults(faults));
    const added = await addDailyDigest(
      deps.changing,
      await readPublisher(db),
      { slug, ...names },
      c.var.actor,
    );
    if (added.kind === "added") return c.json(await shown(added.digest), 201);
    return conflict(c, added.kind === "taken" ? t.takenSlug : t.tooMany);
  });
  app.openapi(routes.read, async (c) => {
    const digest = await named(c.req.valid("param").digest);
    return digest ? c.json(await shown(digest), 200) : missing(c);
  });
  app.openapi(routes.change, async (c) => {
    const digest = await named(c.req.valid("param").digest);
    if (!digest) return missing(c);
    const { seen, ...asked } = c.req.valid("json");
    if (Object.keys(asked).some((it) => it !== "in_doubt") && !isAdministrator(c))
      return problem(c, {
        status: 403,
        title: "This token may not do that",
        detail: 'To change anything but `in_doubt` takes the scope "admin".',
      });
    const before = factsJson(digest);
    if (JSON.stringify({ ...before, ...seen }) !== JSON.stringify(before)) return moved(c);
    const nameEn = asked.name_en === undefined ? before.name_en : asked.name_en;
    const read = readFacts({
      name: asked.name ?? before.name,
      nameEn: nameEn ?? "",
      least: String(asked.least ?? before.least),
      most: String(asked.most ?? before.most),
      template: asked.template ?? before.template,
      inDoubt: asked.in_doubt ?? before.in_doubt,
    });
    if (!read.ok) return refused(c, factFaults(read.faults));
    const sender = {
      address: asked.from === undefined ? before.from : asked.from,
      name: asked.from_name === undefined ? before.from_name : asked.from_name,
    };
    const hasSender = sender.address !== digest.sender.address || sender.name !== digest.sender.name;
    const facts = whatDiffers(digest, read.facts);
    const hasFacts = Object.keys(facts).length > 0;
    if (!hasFacts && !hasSender) return c.json(await shown(digest), 200);
    const { actor } = c.var;
    const both: DigestFacts = hasSender
      ? { ...facts, fromAddress: sender.address, fromName: sender.name }
      : facts;
    const done = hasFacts
      ? await changeFacts(deps.changing, digest, both, actor, digest)
      : await changeSender(deps.changing, digest, sender, actor, digest.sender);
    if (done.kind === "unknown") return missing(c);
    return done.kind === "done" ? c.json(await shown(done.digest), 200) : moved(c);
  });
  app.openapi(routes.schedule, async (c) => {
    const digest = await named(c.req.valid("param").digest);
    if (!digest) return missing(c);
    const { seen, ...asked } = c.req.valid("json");
    const read = readSchedule({
      zone: asked.zone,
      days: asked.days.map(String),
      slots: asked.slots.map((slot) => ({
        name: slot.name,
        time: slot.time,
        ramadan: slot.ramadan_time ?? "",
      })),
      newSlot: "",
      newTime: "",
      ramadanDays: asked.ramadan_days.map(String),
      holidays: asked.holidays.map((it) => `${it.day}=${oneLine(it.name)}`).join("\n"),
    });
    if (!read.ok) return refused(c, scheduleFaults(read.faults));
    const done = await reschedule(digest, read.change, seen, c.var.actor);
    if (done.kind === "unknown") return missing(c);
    return done.kind === "done" ? c.json(await shown(done.digest), 200) : moved(c);
  });
  app.openapi(routes.approval, async (c) => {
    const digest = await named(c.req.valid("param").digest);
    if (!digest) return missing(c);
    const { approval, seen } = c.req.valid("json");
    const read = readApproval(
      {
        rule: approval?.unanswered ?? "none",
        ahead: String(approval?.ahead_minutes ?? ""),
        deadline: String(approval?.deadline_minutes ?? ""),
      },
      digest,
    );
    if (!read.ok) return refused(c, approvalFaults(read.faults));
    await deps.changing.openDue();
    const done = await changeApproval(deps.changing, digest, read.approval, c.var.actor, seen);
    if (done.kind === "unknown") return missing(c);
    return done.kind === "done" ? c.json(await shown(done.digest), 200) : moved(c);
  });
  const turn = async (slug: string, on: boolean, actor: string) =>
    switchDigest(deps.changing, slug.normalize("NFC"), on, actor);
  app.openapi(routes.on, async (c) => {
    const done = await turn(c.req.valid("param").digest, true, c.var.actor);
    if (done.kind === "unknown") return missing(c);
    return done.kind === "moved" ? moved(c) : c.json(await shown(done.digest), 200);
  });
  app.openapi(routes.off, async (c) => {
    const done = await turn(c.req.valid("param").digest, false, c.var.actor);
    if (done.kind === "unknown") return missing(c);
    return done.kind === "moved" ? moved(c) : c.json(await shown(done.digest), 200);
  });
  app.openapi(routes.runs, async (c) => {
    const digest = await named(c.req.valid("param").digest);
    return digest ? c.json(await runsOf(digest), 200) : missing(c);
  });
  app.openapi(routes.skip, async (c) => {
    const digest = await named(c.req.valid("param").digest);
    if (!digest) return missing(c);
    const { act, seen, ...run } = c.req.valid("json");
    const done = await reschedule(digest, withRun(run, act === "skip"), seen, c.var.actor);
    switch (done.kind) {
      case "unknown":
        return missing(c);
      case "done":
        return c.json(await runsOf(done.digest), 200);
      case "moved":
        return moved(c);
      case "skip-open":
        return conflict(c, t.skipOpen);
      case "skip-unknown":
        return conflict(c, t.skipUnknown);
    }
  });
  return app;
}

const factsJson = ({ name, nameEn, minStories, maxStories, template, inDoubt, sender }: Digest) => ({
  name,
  name_en: nameEn,
  least: minStories,
  most: maxStories,
  template,
  in_doubt: inDoubt,
  from: sender.address,
  from_name: sender.name,
});

function whatDiffers(
  digest: Digest,
  { name, nameEn, minStories, maxStories, template, inDoubt }: SeenFacts,
): DigestFacts {
  return {
    ...(name !== digest.name && { name }),
    ...(nameEn !== digest.nameEn && { nameEn }),
    ...(minStories !== digest.minStories && { minStories }),
    ...(maxStories !== digest.maxStories && { maxStories }),
    ...(template !== digest.template && { template }),
    ...(inDoubt !== digest.inDoubt && { inDoubt }),
  };
}

function toJson(digest: Digest, signed: boolean) {
  const { schedule, approval, on } = digest;
  const { zone, days, slots, ramadan, holidays = [], skips = [] } = schedule;
  const next = on ? nextThatRuns(schedule, digest.next) : null;
  return {
    digest: digest.slug,
    on,
    ...factsJson(digest),
    signed,
    schedule: {
      zone,
      days: [...days],
      slots: slots.map(({ name, time }) => ({
        name,
        time,
        ramadan_time: ramadan?.slots.find((it) => it.name === name)?.time ?? null,
      })),
      ramadan_days: [...(ramadan?.days ?? [])],
      holidays: holidays.map((it) => ({ day: holidayText(it), name: it.name })),
      words: { ar: scheduleWords(schedule, "ar"), en: scheduleWords(schedule, "en") },
      skips: skips.map(({ date, slot }) => ({ date, slot })),
    },
    schedule_revision: digest.scheduleRevision,
    approval: approval && {
      ahead_minutes: approval.aheadMinutes,
      deadline_minutes: approval.deadlineMinutes,
      unanswered: approval.unanswered,
    },
    next: next?.at.toString() ?? null,
  };
}

type Faulty = readonly (readonly [field: string, what: string])[];

const factFields = { name: "name", nameEn: "name_en", least: "least", most: "most" } as const;

const factFaults = (faults: Partial<Record<keyof TypedFacts, FactFault>>): Faulty =>
  (["name", "nameEn", "least", "most"] as const).flatMap((field) => {
    const fault = faults[field];
    return fault === undefined ? [] : [[factFields[field], t[fault]] as const];
  });

function scheduleFaults(faults: ScheduleFaults): Faulty {
  const { zone, days, times, slots, holidays } = faults;
  return [
    ...(zone ? [["zone", t.badZone] as const] : []),
    ...(days ? [["days", t.noDays] as const] : []),
    ...(times ? [["slots", t.badTime] as const] : []),
    ...(slots ? [["slots", slots === "none" ? t.noSlots : t.manySlots(String(mostSlots))] as const] : []),
    ...(holidays ? [["holidays", t.badHoliday(holidays.line ?? "")] as const] : []),
  ];
}

const approvalFaults = ({ ahead, deadline }: ApprovalFaults): Faulty => [
  ...(ahead === undefined ? [] : [["approval.ahead_minutes", t.minutes(String(ahead))] as const]),
  ...(deadline === undefined ? [] : [["approval.deadline_minutes", t.minutes(String(deadline))] as const]),
];

const refused = (c: Context, faults: Faulty) =>
  problem(c, {
    status: 422,
    title: "Refused",
    detail: `Nothing was saved. ${faults.map(([field, what]) => `\`${field}\`: ${what}`).join(" ")}`,
  });
const conflict = (c: Context, detail: string) =>
  problem(c, { status: 409, title: "Not as it stands", detail });
const moved = (c: Context) =>
  problem(c, {
    status: 409,
    title: "Changed meanwhile",
    detail: `Somebody changed this digest after it was read, so it is as they left it. Read it again.`,
  });
const missing = (c: Context) =>
  problem(c, {
    status: 404,
    title: "No such digest",
    detail: `There is no digest of this name. GET ${path} lists them all.`,
  });
