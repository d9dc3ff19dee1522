// What readers' clicks say of a story: per impression, corrected for its place in the letter, robots removed. Pure.

/** A link that was followed. The letter is a number that names nobody: what is kept of clicks is for whoever counts them. */
export type Click = {
  letter: number;
  story: number;
  /** Since the letter left. */
  seconds: number;
};

/** A story at one place of so many letters; the lead's position is 1. */
export type Shown = { story: number; position: number; letters: number };

/** Nobody opens a letter and reads a headline before this. */
const fastestReaderSeconds = 5;
/** Who follows this many links of one letter in this time does not read. */
const burstLinks = 3;
export const burstSeconds = 10;

/**
 * Clicks that a person may have made, each story of a letter once. Mail scanners follow links, most of them all links of a
 * letter at once and as soon as it arrives: such bursts go, and what a reader follows later in the same letter stays.
 */
export function withoutRobots(clicks: readonly Click[]): Click[] {
  return [...Map.groupBy(clicks, ({ letter }) => letter).values()].flatMap((ofLetter) => {
    const inTime = ofLetter
      .filter(({ seconds }) => seconds >= fastestReaderSeconds)
      .sort((a, b) => a.seconds - b.seconds);
    const robots = burstsIn(inTime);
    const stories = new Set<number>();
    return inTime.filter((click) => {
      if (robots.has(click) || stories.has(click.story)) return false;
      stories.add(click.story);
      return true;
    });
  });
}

/** Of clicks in their order: those that stand with others in a burst. One walk, however many there are. */
function burstsIn(clicks: readonly Click[]): Set<Click> {
  const robots = new Set<Click>();
  const within = new Map<number, number>(); // how often each story stands between the two
  let first = 0;
  let marked = 0;
  for (const [last, { story, seconds }] of clicks.entries()) {
    within.set(story, (within.get(story) ?? 0) + 1);
    for (let out = clicks[first]; out && seconds - out.seconds > burstSeconds; out = clicks[++first]) {
      const left = (within.get(out.story) ?? 0) - 1;
      if (left > 0) within.set(out.story, left);
      else within.delete(out.story);
    }
    if (within.size < burstLinks) continue;
    for (marked = Math.max(marked, first); marked <= last; marked++) {
      const click = clicks[marked];
      if (click) robots.add(click);
    }
  }
  return robots;
}

/**
 * How likely a reader looks at a place: 1 for the lead, a third at the fifth place. A guess at the shape that others measured
 * (Joachims and others 2017 take 1/position for search results), until there are clicks of our own to estimate it from.
 */
const looked = (position: number) => 1 / Math.max(1, position) ** 0.7;

/** So many looks at an average story are added to each: one click on one letter is no finding. */
const priorLooks = 100;

/**
 * The share that clicks have in a score, by story, in 0..1: 0 for what is followed no more often than the average of all, .5 for twice
 * as often. So what was never shown, which scores nothing here, is taken for average. Empty while nobody followed anything.
 *
 * @param clicks of people: see {@link withoutRobots}
 */
export function clickScores(shown: readonly Shown[], clicks: readonly Click[]): Map<number, number> {
  const looks = new Map<number, number>();
  for (const { story, position, letters } of shown)
    looks.set(story, (looks.get(story) ?? 0) + letters * looked(position));
  const followed = Map.groupBy(
    clicks.filter(({ story }) => looks.has(story)),
    ({ story }) => story,
  );
  const all = [...looks.values()].reduce((sum, value) => sum + value, 0);
  const usual = [...followed.values()].reduce((sum, { length }) => sum + length, 0) / all;
  if (!(usual > 0 && all > 0)) return new Map(); // nobody was shown anything, whatever was followed
  return new Map(
    [...looks].map(([story, seen]) => {
      const rate = ((followed.get(story)?.length ?? 0) + priorLooks * usual) / (seen + priorLooks);
      return [story, Math.max(0, 1 - usual / rate)];
    }),
  );
}
