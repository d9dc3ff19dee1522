// What a worker knows of how fast letters may go, while it sends: in memory, learned from each reply, shared with others through the
// database every few seconds. A letter that goes well costs no statement.
import type { CompiledQuery } from "kysely";
import { type DigestTables, type IssueId, pauseIssue } from "../../digests/index.ts";
import type { Clock, Database, Log, Mailer } from "../../platform/index.ts";
import { releaseClaimed } from "../claim.ts";
import { destinationOf, domainIn, otherDestination } from "../destinations.ts";
import type { DeliveryTables } from "../ledger.ts";
import type { Fault } from "../refusals.ts";
import { countLetters, type LetterResult } from "./counts.ts";
import {
  addHealth,
  type Health,
  type HealthLines,
  healthOf,
  judgeHealth,
  lineReached,
  noHealth,
} from "./health.ts";
import {
  alarmed,
  barred,
  counted,
  freely,
  isOver,
  limitsNow,
  type Measured,
  type Pace,
  recovered,
  refusedAsSender,
  restsNow,
  shutOut,
  slowedDown,
  troubled,
} from "./rules.ts";
import { forgetDomains, keepPace, readPaces } from "./store.ts";
import { giveBack, listWarmups, takeAllowance, type Warmup } from "./warmup.ts";

export type PacerDeps = {
  database: Database<DeliveryTables & DigestTables>;
  now: Clock;
  log: Log;
  mailer: Pick<Mailer, "transportFor">;
  /** The paper's, until {@link Pacer.sendAs} names another. */
  sender: { mailFrom: string };
  /** Where an issue pauses by itself. */
  lines: HealthLines;
};

/** A letter, as far as its pace goes. */
export type Paced = { address: string; destination: string };
/** Which of an issue's letters. */
type OfIssue = { issue: IssueId; id: number };
type Heard = {
  fault: Fault | null;
  reply: string;
  state: Extract<LetterResult, "accepted" | "deferred" | "rejected" | "in_doubt">;
};

/** `closed`: nothing more goes there in this run. */
export type Room = number | "closed";

/** What others learned is read so often, and what was counted here is kept. */
const shareSeconds = 2;
/** A group that is held back is asked again after so long, if nothing ends before. */
const breathMilliseconds = 100;
/** Of domains that are in no group so many are remembered. */
const mostDomains = 1000;
/** Letters that may be held for each that may be under way. */
const heldForEach = 2;
/** The speed of a destination is that of the last seconds. */
const measureSeconds = 10;

export type Pacer = ReturnType<typeof createPacer>;

export function createPacer(deps: PacerDeps) {
  const { db, batch } = deps.database;
  let transport = deps.mailer.transportFor(deps.sender.mailFrom);
  let domain = domainIn(deps.sender.mailFrom);
  let paces = new Map<string, Pace>();
  let warmups: readonly Warmup[] = [];
  let sharedAt = Number.NEGATIVE_INFINITY;
  let someLimit = false;
  const underWay = new Map<string, number>();
  let allUnderWay = 0;
  /** Claimed, and not yet over. */
  const held = new Map<string, number>();
  /** Answered well since what stands in `paces`. */
  const well = new Map<string, number>();
  /** How tries went since that was last written down, by transport. */
  const results = new Map<string, Map<Heard["state"], number>>();
  const speeds = new Map<string, { since: number; letters: number }>();
  const buckets = new Map<string, { tokens: number; at: number }>();
  const issues = new Map<IssueId, { known: Health; more: Health; isPaused: boolean; words: string }>();
  let wake: (() => void)[] = [];

  const ms = () => deps.now().epochMilliseconds;
  const keyOf = (way: string, destination: string) => `${way} ${destination}`;
  const paceOf = (destination: string, way = transport): Pace => paces.get(keyOf(way, destination)) ?? freely;
  /** A domain that is in no group has a pace of its own, once it had something to say about ours. */
  const ownOf = ({ address, destination }: Paced): string =>
    destination === otherDestination ? `@${domainIn(address)}` : destination;
  const add = (map: Map<string, number>, key: string, more: number) =>
    map.set(key, (map.get(key) ?? 0) + more);

  function set(way: string, destination: string, pace: Pace): CompiledQuery[] {
    const key = keyOf(way, destination);
    if (destination.startsWith("@") && !paces.has(key) && paces.size > mostDomains) return [];
    paces.set(key, pace);
    someLimit = true;
    return [keepPace(db, { transport: way, destination }, pace, ms())];
  }

  /** With what went well meanwhile. */
  function settled(destination: string, way: string): Pace {
    const key = keyOf(way, destination);
    const pace = paces.get(key) ?? freely;
    const went = well.get(key) ?? 0;
    well.delete(key);
    if (went === 0) return pace;
    const one = counted(pace, ms());
    return { ...one, tried: one.tried + went - 1 };
  }

  function measured(destination: string): Measured {
    const speed = speeds.get(destination);
    const seconds = speed ? Math.max(1, (ms() - speed.since) / 1000) : 1;
    const atOnce = destination === "" ? allUnderWay : (underWay.get(destination) ?? 1);
    return { perSecond: speed ? speed.letters / seconds : 1, atOnce };
  }

  /** Keeps what was counted, and reads what others learned. */
  async function share(): Promise<void> {
    const now = ms();
    const keys = [...well.keys()].filter((key) => paces.has(key));
    const kept = keys.map((key) => {
      const end = key.lastIndexOf(" ");
      const [way, destination] = [key.slice(0, end), key.slice(end + 1)];
      return keepPace(db, { transport: way, destination }, settled(destination, way), now);
    });
    const sums = [...issues].flatMap(([issue, it]) => takeSums(issue, it));
    const counts = [...results].flatMap(([way, of]) =>
      [...of].map(([result, letters]) => countLetters(db, way, result, letters)),
    );
    results.clear();
    if (kept.length + sums.length + counts.length > 0) await batch([...kept, ...sums, ...counts]);
    paces = new Map((await readPaces(db)).map((it) => [keyOf(it.transport, it.destination), it.pace]));
    someLimit = [...paces.values()].some(
      (it) => it.atOnce !== null || it.restsUntil !== null || it.alarm !== null,
    );
    warmups = await listWarmups(db);
    for (const [issue, it] of issues) await look(issue, it);
    sharedAt = now;
  }

  /** Looks at an issue's sums anew: those of other processes, and what came back. */
  async function look(
    issue: IssueId,
    it: { known: Health; isPaused: boolean; words: string },
  ): Promise<void> {
    it.known = await healthOf(db, issue);
    const judged = await judgeHealth(deps.database, issue, deps.lines, it.words, deps.now());
    if (judged?.did === "paused") it.isPaused = true;
    if (judged)
      deps.log.error(
        { issue, ...judged },
        judged.did === "paused" ? "issue paused by itself" : "many letters of an issue bounce",
      );
  }

  function takeSums(issue: IssueId, it: { known: Health; more: Health }): CompiledQuery[] {
    const { more } = it;
    if (more.sent + more.content + more.bounced === 0) return [];
    it.known = {
      sent: it.known.sent + more.sent,
      bounced: it.known.bounced + more.bounced,
      content: it.known.content + more.content,
      complained: it.known.complained,
    };
    it.more = noHealth;
    return [addHealth(db, issue, more)];
  }

  /** How a letter of an issue ended, for the issue's sums. */
  function noteHealth({ issue, id }: OfIssue, { state, fault, reply }: Heard): CompiledQuery[] {
    const it = issues.get(issue);
    if (!it || (state !== "accepted" && state !== "rejected")) return [];
    const isBounce = fault === "hard" || fault === "unclear";
    it.more = {
      ...it.more,
      sent: it.more.sent + 1,
      bounced: it.more.bounced + (isBounce ? 1 : 0),
      content: it.more.content + (fault === "content" ? 1 : 0),
    };
    if (fault === "content") it.words = reply;
    if (!isBounce && fault !== "content") return [];
    const sums = takeSums(issue, it);
    const reason = it.isPaused ? null : lineReached(it.known, deps.lines, it.words);
    if (reason === null) return sums;
    it.isPaused = true;
    deps.log.error({ issue, reason }, "issue paused by itself");
    const now = deps.now();
    return [...sums, pauseIssue(db, issue, reason, null, now), releaseClaimed(db, issue, now, id)];
  }

  /** What a reply changes, as statements for the batch that books it; none where a letter went well. */
  function learn(letter: Paced, way: string, { fault, reply, state }: Heard): CompiledQuery[] {
    const now = ms();
    const { destination } = letter;
    const own = ownOf(letter);
    const speed = speeds.get(destination);
    if (!speed || now - speed.since > measureSeconds * 1000)
      speeds.set(destination, { since: now, letters: 1 });
    else speed.letters++;
    switch (fault) {
      case "credentials": {
        const rested = shutOut(paceOf("", way), reply, now);
        deps.log.error(
          { transport: way, reply },
          "not let in: nothing goes this way until it has rested, or somebody resumes it",
        );
        return set(way, "", rested);
      }
      case "server":
        return set(way, "", troubled(paceOf("", way), measured(""), now));
      case "rate": {
        const slower = slowedDown(settled(own, way), measured(own), reply, now);
        const rests = restsNow(slower, now);
        deps.log.warn({ transport: way, destination: own, reply, rests }, "a destination wants less of us");
        return set(way, own, slower);
      }
      case "sender": {
        if (state !== "rejected") break; // for now
        const groups = own === destination ? [own] : [own, destination];
        return groups.flatMap((it) => {
          const before = settled(it, way);
          // Of many small domains, one that refuses all says nothing of the others.
          const refused = refusedAsSender(it === own ? before : { ...before, inARow: 0 }, reply, now);
          if (restsNow(refused, now) && !restsNow(before, now))
            deps.log.error({ transport: way, destination: it, reply }, "a destination refuses us, and rests");
          return set(way, it, refused);
        });
      }
      case "commands":
        deps.log.error({ transport: way, reply }, "a server makes nothing of our commands");
        return set(way, "", alarmed(paceOf("", way), reply, now));
    }
    // What was not even asked says nothing, and what is in doubt neither.
    if (state !== "accepted" && fault === null) return [];
    add(well, keyOf(way, destination), 1);
    if (own !== destination && paces.has(keyOf(way, own))) add(well, keyOf(way, own), 1);
    if (state !== "accepted" || !someLimit) return [];
    return ["", destination, own].flatMap((it, n, all) => {
      const pace = paceOf(it, way);
      return isOver(pace, now) && all.indexOf(it) === n ? set(way, it, recovered(settled(it, way))) : [];
    });
  }

  const wakeAll = () => {
    for (const it of wake.splice(0)) it();
  };

  /** Of the domain that is sent from. */
  const warmupNow = () => warmups.find((it) => it.domain === domain) ?? null;

  return {
    /** What is asked from now on is about letters of this sender, and the transport that would carry them now. Between lots only. */
    sendAs(sender: string): void {
      const way = deps.mailer.transportFor(sender);
      if (way !== transport) buckets.clear(); // another transport's speed
      transport = way;
      domain = domainIn(sender);
    },
    /** Before the first letter, and now and then. */
    async begin(): Promise<void> {
      if (ms() - sharedAt < shareSeconds * 1000 && ms() >= sharedAt) return;
      const isFirst = sharedAt === Number.NEGATIVE_INFINITY;
      await share();
      if (isFirst && [...paces.keys()].some((key) => key.includes(" @")))
        await batch([forgetDomains(db, ms())]);
    },
    /** Keeps what was counted. */
    end: async (): Promise<void> => {
      if (sharedAt !== Number.NEGATIVE_INFINITY && (well.size > 0 || issues.size > 0 || results.size > 0))
        await share();
    },
    /** Whether nothing goes by this transport just now. */
    isShut: (): boolean => restsNow(paceOf(""), ms()),
    async watch(issue: IssueId): Promise<void> {
      const it = { known: noHealth, more: noHealth, isPaused: false, words: "" };
      await look(issue, it);
      issues.set(issue, it);
    },
    isPaused: (issue: IssueId): boolean => issues.get(issue)?.isPaused === true,

    /** How many letters to a destination may be claimed now, of so many that are wanted. */
    async room(destination: string, wanted: number): Promise<Room> {
      const now = ms();
      const [whole, group] = [paceOf(""), paceOf(destination)];
      if (restsNow(whole, now) || restsNow(group, now)) return "closed";
      const [all, limits] = [limitsNow(whole, "transport", now), limitsNow(group, "destination", now)];
      const free = (atOnce: number, holding: number) => Math.max(0, atOnce * heldForEach - holding);
      let most = Math.min(
        wanted,
        free(limits.atOnce, held.get(destination) ?? 0),
        all.atOnce === Number.POSITIVE_INFINITY ? wanted : Math.max(1, all.atOnce) * heldForEach,
      );
      if (limits.perSecond !== Number.POSITIVE_INFINITY) {
        const bucket = buckets.get(destination) ?? { tokens: 1, at: now };
        const tokens = Math.min(
          Math.max(1, limits.perSecond * shareSeconds),
          bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * limits.perSecond,
        );
        most = Math.min(most, Math.floor(tokens));
        buckets.set(destination, { tokens: tokens - most, at: now });
      }
      const warmup = warmupNow();
      if (most === 0 || warmup === null) return most;
      const granted = await takeAllowance(db, warmup, destination, most, deps.now());
      return granted === 0 ? "closed" : granted;
    },
    /** What was claimed of that room. */
    async claimed(destination: string, count: number, room: number): Promise<void> {
      add(held, destination, count);
      const warmup = warmupNow();
      if (warmup && count < room) await batch([giveBack(db, warmup, destination, room - count, deps.now())]);
    },

    /** Whether a letter may begin now, as far as others that are under way let it. */
    mayBegin(letter: Paced): boolean {
      if (!someLimit) return true;
      const now = ms();
      if (allUnderWay > 0 && allUnderWay >= limitsNow(paceOf(""), "transport", now).atOnce) return false;
      const own = ownOf(letter);
      const busy = underWay.get(own) ?? 0;
      return busy === 0 || busy < limitsNow(paceOf(own), "destination", now).atOnce;
    },
    /** Until when nothing goes to where a letter goes; null: it may go. */
    restsUntil(letter: Paced): number | null {
      if (!someLimit) return null;
      const now = ms();
      for (const it of ["", letter.destination, ownOf(letter)]) {
        const pace = paceOf(it);
        if (restsNow(pace, now)) return pace.restsUntil;
      }
      return null;
    },
    begun(letter: Paced): void {
      allUnderWay++;
      add(underWay, ownOf(letter), 1);
    },
    ended(letter: Paced): void {
      allUnderWay--;
      const own = ownOf(letter);
      const left = (underWay.get(own) ?? 1) - 1;
      if (left > 0) underWay.set(own, left);
      else underWay.delete(own);
      wakeAll();
    },
    /** A letter that was claimed is no longer held, whether it was sent or not. */
    over: (letter: Paced): void => void add(held, letter.destination, -1),
    /** A letter was answered. @returns statements for the batch that books it */
    heard(letter: Paced, of: OfIssue | null, way: string, heard: Heard): CompiledQuery[] {
      const counts = results.get(way) ?? new Map<Heard["state"], number>();
      counts.set(heard.state, (counts.get(heard.state) ?? 0) + 1);
      results.set(way, counts);
      return [...learn(letter, way, heard), ...(of === null ? [] : noteHealth(of, heard))];
    },
    /** A way did not let us in, and another was tried with its letter. @returns statements for the batch that books it */
    barred(way: string, reply: string): CompiledQuery[] {
      const pace = paceOf("", way);
      deps.log.error(
        { transport: way, reply },
        "not let in: its letters go another way, as far as there is one",
      );
      // While it rests, somebody is told already.
      return restsNow(pace, ms()) ? [] : set(way, "", barred(pace, reply, ms()));
    },
    /** Waits until something may have changed. False: nothing did, and nothing is under way that could change it. */
    async breath(): Promise<boolean> {
      const before = ms();
      const busy = allUnderWay > 0;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, breathMilliseconds);
        wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
      wake = [];
      return busy || ms() !== before;
    },
  };
}

/** What a letter of no issue goes to. */
export const pacedNotice = ({ address }: { address: string }): Paced => ({
  address,
  destination: destinationOf(address),
});
