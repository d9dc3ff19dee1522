// What an editor decides for one issue: what stands first, what stays out, in which order, under which words. Pure.
import { z } from "zod";
import { type ArticleId, articleId } from "../articles/index.ts";

/** An issue carries 50 stories at most. */
const mostNamed = 50;
export const longestIntro = 1000;
/** Phones show 40 characters; what is longer than this no mailbox shows. */
export const longestSubject = 120;

const list = z.array(z.int().positive().transform(articleId)).max(mostNamed);
const words = (longest: number) =>
  z
    .string()
    .trim()
    .max(longest)
    .nullable()
    .transform((text) => text || null);

/** What an editor may say, each part alone. Articles are named by their ids; each means its story. */
export const handParts = z.strictObject({
  pins: list,
  hides: list,
  order: list,
  intro: words(longestIntro),
  subject: words(longestSubject),
});

export type Hand = {
  /** These stand first, in this order, in every edition whose sections they are in, whatever their score. */
  pins: readonly ArticleId[];
  /** The stories of these stay out, also where they are pinned. */
  hides: readonly ArticleId[];
  /** The stories of these, where they are chosen, follow the pins in this order. */
  order: readonly ArticleId[];
  /** Above the stories of every edition. */
  intro: string | null;
  /** Of every edition that the first pin leads; of all of them where nothing is pinned. */
  subject: string | null;
};

export const noHand: Hand = { pins: [], hides: [], order: [], intro: null, subject: null };

/** What one change says; what it leaves out stays as it is. */
export type HandChange = Partial<Hand> | ((hand: Hand) => Hand);

const without = (list: readonly ArticleId[], ids: readonly ArticleId[]) =>
  list.filter((id) => !ids.includes(id));
const unique = (ids: readonly ArticleId[]) => [...new Set(ids)];

/** Puts articles behind those that are pinned already; what is pinned is not hidden. */
export const pin =
  (ids: readonly ArticleId[]) =>
  (hand: Hand): Hand => ({
    ...hand,
    pins: unique([...without(hand.pins, ids), ...ids]),
    hides: without(hand.hides, ids),
  });

export const unpin =
  (ids: readonly ArticleId[]) =>
  (hand: Hand): Hand => ({ ...hand, pins: without(hand.pins, ids) });

export const hide =
  (ids: readonly ArticleId[]) =>
  (hand: Hand): Hand => ({
    ...hand,
    hides: unique([...hand.hides, ...ids]),
    pins: without(hand.pins, ids),
  });

export const unhide =
  (ids: readonly ArticleId[]) =>
  (hand: Hand): Hand => ({ ...hand, hides: without(hand.hides, ids) });

/**
 * Has an edition's stories stand in this order. Pins stand first in every edition: whatever is put before one is pinned with it, and what
 * other editions carry follows.
 *
 * @param ids all that the edition carries
 */
export const inOrder =
  (ids: readonly ArticleId[]) =>
  (hand: Hand): Hand => {
    const behindPins = ids.findLastIndex((id) => hand.pins.includes(id)) + 1;
    return {
      ...hand,
      pins: [...ids.slice(0, behindPins), ...without(hand.pins, ids)].slice(0, mostNamed),
      order: [...ids.slice(behindPins), ...without(hand.order, ids)].slice(0, mostNamed),
    };
  };

/** The hand after a change, each article once in each list. */
export function changed(hand: Hand, change: HandChange): Hand {
  const { pins, hides, order, ...said } =
    typeof change === "function" ? change(hand) : { ...hand, ...change };
  return { ...said, pins: unique(pins), hides: unique(hides), order: unique(order) };
}

/** The subject that an editor gave an edition with this lead, or null if it is for others. */
export const ownSubject = ({ subject, pins }: Hand, lead: ArticleId | undefined): string | null =>
  pins.length === 0 || pins[0] === lead ? subject : null;
