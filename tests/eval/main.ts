// What `npm run eval` prints.
import { evaluate, markdown } from "./measure.ts";

/** The month that the table in the docs is of. */
export const wholeMonth = async (seed: number): Promise<string> =>
  markdown(await evaluate({ days: 30, storiesADay: 45 }, seed));
