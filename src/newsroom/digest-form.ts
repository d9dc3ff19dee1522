// What the forms of a digest hold, and what is wrong with it. Pure: a form in, a change or its faults out; what was typed is kept.
import { oneLine } from "../arabic/index.ts";
import {
  type Approval,
  type Digest,
  holidayIn,
  holidayText,
  isTime,
  longestDigestName,
  mayBeSlot,
  mostAheadMinutes,
  mostExceptions,
  mostSlots,
  mostStories,
  type Schedule,
  type SeenFacts,
  type Skip,
  zoneNamed,
} from "../digests/index.ts";
import { type Sent, textIn, textsIn } from "./desk.ts";

const numberOf = (text: string): number | null => (/^\d{1,5}$/.test(text) ? Number(text) : null);

export type TypedFacts = Record<"name" | "nameEn" | "least" | "most" | "template" | "inDoubt", string>;
export type FactFault = "noName" | "longName" | "noNumber" | "leastOverMost";
type Faults<Field extends string, Fault> = Partial<Record<Field, Fault>>;

export const typedFacts = (digest: SeenFacts): TypedFacts => ({
  name: digest.name,
  nameEn: digest.nameEn ?? "",
  least: String(digest.minStories),
  most: String(digest.maxStories),
  template: digest.template,
  inDoubt: digest.inDoubt,
});

export const sentFacts = (form: Sent): TypedFacts => ({
  name: textIn(form, "name"),
  nameEn: textIn(form, "nameEn"),
  least: textIn(form, "least"),
  most: textIn(form, "most"),
  template: textIn(form, "template"),
  inDoubt: textIn(form, "inDoubt"),
});

export function readFacts(
  typed: TypedFacts,
): { ok: true; facts: SeenFacts } | { ok: false; faults: Faults<keyof TypedFacts, FactFault> } {
  const faults: Faults<keyof TypedFacts, FactFault> = {};
  const { names, faults: ofNames } = readNames(typed);
  Object.assign(faults, ofNames);
  const count = (field: "least" | "most") => {
    const number = numberOf(typed[field]);
    if (number !== null && number >= 1 && number <= mostStories) return number;
    faults[field] = "noNumber";
    return 0;
  };
  const [minStories, maxStories] = [count("least"), count("most")];
  if (!faults.least && !faults.most && minStories > maxStories) faults.least = "leastOverMost";
  if (Object.keys(faults).length > 0) return { ok: false, faults };
  return {
    ok: true,
    facts: {
      ...names,
      minStories,
      maxStories,
      template: typed.template === "compact" ? "compact" : "digest",
      inDoubt: typed.inDoubt === "hold" ? "hold" : "resend",
    },
  };
}

/** A digest's names, as they are stored. */
export function readNames(typed: Pick<TypedFacts, "name" | "nameEn">) {
  const faults: Faults<"name" | "nameEn", FactFault> = {};
  const name = oneLine(typed.name);
  const nameEn = oneLine(typed.nameEn);
  if (name === "") faults.name = "noName";
  if (name.length > longestDigestName) faults.name = "longName";
  if (nameEn.length > longestDigestName) faults.nameEn = "longName";
  return { names: { name, nameEn: nameEn === "" ? null : nameEn }, faults };
}

export type TypedSchedule = {
  zone: string;
  days: string[];
  slots: { name: string; time: string; ramadan: string }[];
  newSlot: string;
  newTime: string;
  ramadanDays: string[];
  /** One a line. */
  holidays: string;
};

export type ScheduleFaults = {
  zone?: true;
  days?: true;
  /** The slots whose time, or time in Ramadan, is none. */
  times?: Readonly<Record<string, true>>;
  /** None would be left, or more than a day has hours for. */
  slots?: "none" | "many";
  newSlot?: "badName" | "taken";
  newTime?: true;
  /** The first line that is none; null: too many of them. */
  holidays?: { line: string | null };
};

export const typedSchedule = ({ zone, days, slots, ramadan, holidays = [] }: Schedule): TypedSchedule => ({
  zone,
  days: days.map(String),
  slots: slots.map(({ name, time }) => ({
    name,
    time,
    ramadan: ramadan?.slots.find((slot) => slot.name === name)?.time ?? "",
  })),
  newSlot: "",
  newTime: "",
  ramadanDays: (ramadan?.days ?? []).map(String),
  holidays: holidays.map((holiday) => `${holidayText(holiday)}=${holiday.name}`).join("\n"),
});

export const sentSchedule = (form: Sent): TypedSchedule => ({
  zone: textIn(form, "zone", 60),
  days: textsIn(form, "days", 7),
  slots: textsIn(form, "slots", mostSlots)
    .filter(mayBeSlot)
    .map((name) => ({
      name,
      time: textIn(form, `time-${name}`, 8),
      ramadan: textIn(form, `ramadan-${name}`, 8),
    })),
  newSlot: textIn(form, "newSlot", 40),
  newTime: textIn(form, "newTime", 8),
  ramadanDays: textsIn(form, "ramadanDays", 7),
  holidays: textIn(form, "holidays", 30_000).replaceAll("\r\n", "\n"),
});

const daysOf = (texts: readonly string[]): number[] =>
  [...new Set(texts.filter((it) => /^[1-7]$/.test(it)).map(Number))].sort((a, b) => a - b);

/** A slot without a time goes. What the form does not show, such as runs left out by hand, stays as it is. */
export function readSchedule(
  typed: TypedSchedule,
): { ok: true; change: (before: Schedule) => Schedule } | { ok: false; faults: ScheduleFaults } {
  const faults: ScheduleFaults = {};
  const zone = zoneNamed(typed.zone);
  if (zone === null) faults.zone = true;
  const days = daysOf(typed.days);
  if (days.length === 0) faults.days = true;

  const stay = typed.slots.filter(({ time }) => time !== "");
  const wrong = typed.slots.filter(
    ({ time, ramadan }) => (time !== "" && !isTime(time)) || (ramadan !== "" && !isTime(ramadan)),
  );
  if (wrong.length > 0) faults.times = Object.fromEntries(wrong.map(({ name }) => [name, true as const]));
  const slots = stay.map(({ name, time }) => ({ name, time }));
  if (typed.newSlot !== "" || typed.newTime !== "") {
    if (!mayBeSlot(typed.newSlot)) faults.newSlot = "badName";
    else if (slots.some(({ name }) => name === typed.newSlot)) faults.newSlot = "taken";
    if (!isTime(typed.newTime)) faults.newTime = true;
    slots.push({ name: typed.newSlot, time: typed.newTime });
  }
  if (slots.length === 0) faults.slots = "none";
  if (slots.length > mostSlots) faults.slots = "many";

  const lines = typed.holidays.split("\n").filter((line) => line.trim() !== "");
  const holidays = new Map(
    lines.slice(0, mostExceptions).flatMap((line) => {
      const holiday = holidayIn(line.trim());
      if (holiday === null) faults.holidays ??= { line: line.trim().slice(0, 80) };
      return holiday === null ? [] : [[holidayText(holiday), holiday] as const];
    }),
  );
  if (lines.length > mostExceptions) faults.holidays = { line: null };
  if (zone === null || Object.keys(faults).length > 0) return { ok: false, faults };

  const ramadanSlots = stay.flatMap(({ name, ramadan }) => (ramadan === "" ? [] : [{ name, time: ramadan }]));
  const ramadanDays = daysOf(typed.ramadanDays);
  const ramadan =
    ramadanSlots.length === 0 && ramadanDays.length === 0
      ? null
      : { days: ramadanDays.length === 0 ? null : ramadanDays, slots: ramadanSlots };
  const given = { zone, days, slots, ramadan, holidays: [...holidays.values()] };
  return { ok: true, change: (before) => ({ ...before, ...given }) };
}

/** Leaves a run out by hand, or lets it run after all. */
export const withRun =
  (run: Skip, isOut: boolean) =>
  (before: Schedule): Schedule => ({
    ...before,
    skips: [
      ...(before.skips ?? []).filter((it) => it.date !== run.date || it.slot !== run.slot),
      ...(isOut ? [run] : []),
    ],
  });

export type TypedApproval = { rule: "none" | Approval["unanswered"]; ahead: string; deadline: string };
export type ApprovalFaults = { ahead?: number; deadline?: number };

/** Built an hour ahead, and half an hour to answer, until somebody says otherwise. */
export const typedApproval = (approval: Approval | null): TypedApproval => ({
  rule: approval?.unanswered ?? "none",
  ahead: String(approval?.aheadMinutes ?? 60),
  deadline: String(approval?.deadlineMinutes ?? 30),
});

export function sentApproval(form: Sent): TypedApproval {
  const rule = textIn(form, "rule");
  return {
    rule: rule === "send" || rule === "skip" ? rule : "none",
    ahead: textIn(form, "ahead", 8),
    deadline: textIn(form, "deadline", 8),
  };
}

/** A fault says how many minutes there may be at most. */
export function readApproval(
  typed: TypedApproval,
  { deadlineMinutes, lateMinutes }: Pick<Digest, "deadlineMinutes" | "lateMinutes">,
): { ok: true; approval: Approval | null } | { ok: false; faults: ApprovalFaults } {
  if (typed.rule === "none") return { ok: true, approval: null };
  const most = { ahead: mostAheadMinutes, deadline: deadlineMinutes - lateMinutes };
  const [ahead, deadline] = [numberOf(typed.ahead), numberOf(typed.deadline)];
  const faults: ApprovalFaults = {
    ...((ahead === null || ahead > most.ahead) && { ahead: most.ahead }),
    ...((deadline === null || deadline > most.deadline) && { deadline: most.deadline }),
  };
  if (ahead === null || deadline === null || Object.keys(faults).length > 0) return { ok: false, faults };
  return { ok: true, approval: { aheadMinutes: ahead, deadlineMinutes: deadline, unanswered: typed.rule } };
}
