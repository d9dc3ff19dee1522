// Which hours of a digest's day somebody wants: a choice among its slots. Pure.
import { z } from "zod";

const names = z.array(z.string());

/** The key of a choice of slots, as it stands in the tables: '' for all, else the names as a sorted JSON list. */
export function slotsKey(chosen: readonly string[]): string {
  return chosen.length === 0 ? "" : JSON.stringify([...new Set(chosen)].sort());
}

/** The names of the slots that an issue's digest has, and the issue's own. */
export type IssueSlot = { slot: string; digestSlots: readonly string[] };

/**
 * Whether an issue comes at an hour that somebody did not choose, asked when its audience is frozen. What is sent by hand,
 * in a slot that the digest does not have, is for all; and so is every slot once the digest has none of those chosen.
 *
 * @param key as {@link slotsKey} makes it
 */
export function atOtherSlot(key: string, { slot, digestSlots }: IssueSlot): "other-slot" | null {
  if (key === "" || !digestSlots.includes(slot)) return null;
  const chosen = names.parse(JSON.parse(key));
  return chosen.includes(slot) || !digestSlots.some((name) => chosen.includes(name)) ? null : "other-slot";
}
