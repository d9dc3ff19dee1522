// How fast letters may go to a destination, and what a refusal changes of that. Pure: times are milliseconds since 1970.
import type { RestReason } from "./tables.ts";

export type Pace = {
  /** So many letters it took a second, or at once, when it was last slowed down; null: as they come. */
  perSecond: number | null;
  atOnce: number | null;
  /** Where those limits end as they grow back. */
  fullPerSecond: number | null;
  fullAtOnce: number | null;
  slowedAt: number | null;
  /** How often it was slowed down since `slowedFrom`. */
  slowed: number;
  slowedFrom: number | null;
  /** Letters since `countedFrom`; of those, refused because of us; of those, the last in a row. */
  tried: number;
  refused: number;
  inARow: number;
  countedFrom: number | null;
  restsUntil: number | null;
  rests: number;
  reason: RestReason | null;
  /** The server's words that led to the last rest. */
  reply: string | null;
  alarm: string | null;
  alarmAt: number | null;
};

export const freely: Pace = {
  perSecond: null,
  atOnce: null,
  fullPerSecond: null,
  fullAtOnce: null,
  slowedAt: null,
  slowed: 0,
  slowedFrom: null,
  tried: 0,
  refused: 0,
  inARow: 0,
  countedFrom: null,
  restsUntil: null,
  rests: 0,
  reason: null,
  reply: null,
  alarm: null,
  alarmAt: null,
};

const minute = 60_000;
/** A limit doubles in so many minutes: a provider's patience comes back slowly, a server's ports quickly. */
const doublesInMinutes = { destination: 30, transport: 2 } as const;
export type Scope = keyof typeof doublesInMinutes;

/** Slowed down so often in so many minutes, it rests so long. */
const strikes = { most: 3, minutes: 10, restMinutes: 15 } as const;
/** Refused because of us, so many in a row, or such a share of all in an hour, of so many at least. */
const senderRefusals = { inARow: 10, share: 0.05, least: 10, hours: 1 } as const;
/** The first rest after such refusals, or where we are not let in; each further one in a row is twice as long, up to the longest. */
const firstRestMinutes = { sender: 60, credentials: 15 } as const;
const longestRestMinutes = 240;
/** Slower than that makes no sense. */
const slowestPerSecond = 1 / 60;

export const restsNow = (pace: Pace, now: number): boolean =>
  pace.restsUntil !== null && pace.restsUntil > now;

/** What holds now: a limit grows from the moment that it was set, or that the rest ended, until it is what it was before. */
export function limitsNow(pace: Pace, scope: Scope, now: number): { perSecond: number; atOnce: number } {
  const since = Math.max(0, now - (pace.slowedAt ?? now));
  const factor = 2 ** (since / (doublesInMinutes[scope] * minute));
  const grown = (limit: number | null, full: number | null) =>
    limit === null || (full !== null && limit * factor >= full) ? Number.POSITIVE_INFINITY : limit * factor;
  return {
    perSecond: grown(pace.perSecond, pace.fullPerSecond),
    atOnce: Math.floor(grown(pace.atOnce, pace.fullAtOnce)),
  };
}

/** What it does at this moment: letters that went in the last seconds, each second, and those under way. */
export type Measured = { perSecond: number; atOnce: number };

/** Half as fast, and half as many at once. */
function halved(pace: Pace, scope: Scope, measured: Measured, now: number): Pace {
  const limits = limitsNow(pace, scope, now);
  const perSecond = Math.min(limits.perSecond, Math.max(measured.perSecond, slowestPerSecond));
  const atOnce = Math.min(limits.atOnce, Math.max(measured.atOnce, 1));
  const isNew = limits.atOnce === Number.POSITIVE_INFINITY;
  return {
    ...pace,
    // Of a transport the connections are what its server counts.
    perSecond: scope === "transport" ? null : Math.max(perSecond / 2, slowestPerSecond),
    fullPerSecond: scope === "transport" ? null : isNew ? perSecond : pace.fullPerSecond,
    atOnce: Math.max(1, Math.floor(atOnce / 2)),
    fullAtOnce: isNew ? Math.max(2, atOnce) : pace.fullAtOnce,
    slowedAt: now,
  };
}

/** The destination wants less of us; the third time it rests. */
export function slowedDown(pace: Pace, measured: Measured, reply: string, now: number): Pace {
  const recent = pace.slowedFrom !== null && now - pace.slowedFrom < strikes.minutes * minute;
  const slower = {
    ...halved(pace, "destination", measured, now),
    slowed: recent ? pace.slowed + 1 : 1,
    slowedFrom: recent ? pace.slowedFrom : now,
    reply,
  };
  return slower.slowed < strikes.most
    ? slower
    : { ...resting(slower, "rate", strikes.restMinutes, reply, now), slowed: 0, slowedFrom: null };
}

/** The server has trouble: half the connections. */
export const troubled = (pace: Pace, measured: Measured, now: number): Pace =>
  halved(pace, "transport", measured, now);

/** Nothing goes for a while, and then one at a time. */
function resting(pace: Pace, reason: RestReason, minutes: number, reply: string, now: number): Pace {
  const restsUntil = now + minutes * minute;
  return {
    ...pace,
    restsUntil,
    reason,
    reply,
    rests: pace.rests + 1,
    atOnce: 1,
    fullAtOnce: pace.fullAtOnce ?? 16,
    slowedAt: restsUntil,
  };
}

const restMinutes = (first: number, rests: number) => Math.min(longestRestMinutes, first * 2 ** rests);

/** We are not let in: nothing goes this way until somebody puts that right, or a letter later shows that it is. */
export const shutOut = (pace: Pace, reply: string, now: number): Pace =>
  restsNow(pace, now)
    ? pace
    : resting(pace, "credentials", restMinutes(firstRestMinutes.credentials, pace.rests), reply, now);

/** We are not let in, and another way carries its letters: nothing rests, and a person should look at it. */
export const barred = (pace: Pace, reply: string, now: number): Pace => ({
  ...alarmed(pace, reply, now),
  reason: "credentials",
});

/** Whether a letter that goes this way shows that it is well again. */
export const isOver = (pace: Pace, now: number): boolean =>
  (pace.rests > 0 && !restsNow(pace, now)) || (pace.alarm !== null && pace.reason === "credentials");

/** A letter was answered, and not refused because of us. */
export const counted = (pace: Pace, now: number): Pace => ({ ...withCount(pace, now), inARow: 0 });

/** A letter was refused because of us, whoever it was to. */
export function refusedAsSender(pace: Pace, reply: string, now: number): Pace {
  const it = withCount(pace, now);
  const more = { ...it, refused: it.refused + 1, inARow: it.inARow + 1 };
  const tooMany =
    more.inARow >= senderRefusals.inARow ||
    (more.refused >= senderRefusals.least && more.refused >= senderRefusals.share * more.tried);
  if (!tooMany || restsNow(pace, now)) return more;
  const rest = resting(more, "sender", restMinutes(firstRestMinutes.sender, pace.rests), reply, now);
  return { ...rest, tried: 0, refused: 0, inARow: 0, countedFrom: null };
}

function withCount(pace: Pace, now: number): Pace {
  const fresh = pace.countedFrom === null || now - pace.countedFrom > senderRefusals.hours * 60 * minute;
  return fresh ? { ...pace, tried: 1, refused: 0, countedFrom: now } : { ...pace, tried: pace.tried + 1 };
}

/** A letter went through after a rest: the next rest is short again. */
export const recovered = (pace: Pace): Pace => ({
  ...pace,
  rests: 0,
  restsUntil: null,
  reason: null,
  alarm: null,
  alarmAt: null,
});

/** The server makes nothing of our commands: for a person to look at. */
export const alarmed = (pace: Pace, reply: string, now: number): Pace => ({
  ...pace,
  alarm: reply,
  alarmAt: now,
});
