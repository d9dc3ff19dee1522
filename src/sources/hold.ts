// A run holds its source: all that it writes is written only while no other run has the source.
import type { Publisher, SourceDeps } from "./deps.ts";
import { claimMinutes } from "./source.ts";
import { type Claim, holdOn, isHeld } from "./store/runs.ts";

/** What a run writes with. */
export type Holding = Omit<SourceDeps, "publisher"> & Publisher & { claim: Claim };

/** Another run has the source by now. */
export class LostHold extends Error {}

/**
 * Gives a run what it writes with. Each batch holds on to the source for ten minutes more, and fails as a whole where the
 * source is another run's: one that slept through its claim overwrites nothing.
 */
export function holding({ publisher, ...deps }: SourceDeps, claim: Claim): Holding {
  const { db, batch: write } = deps.database;
  const batch: typeof write = async (statements) => {
    const until = deps.now().add({ minutes: claimMinutes });
    try {
      return await write([...statements, holdOn(db, claim, until)]);
    } catch (error) {
      if (await isHeld(db, claim)) throw error;
      throw new LostHold(
        `${claim.source.slug} was taken over by another run, as this one had stood still for more than ${claimMinutes} minutes, or it was removed. Nothing more of this run was stored.`,
      );
    }
  };
  return { ...deps, ...publisher(batch), database: { db, batch }, claim };
}
