// What the thread that sends letters and the one that writes them down say to each other. Statements are data. Messages are flat, as
// copying many small things from thread to thread takes longer than the values in them.

export type ToLedger =
  | {
      say: "write";
      id: number;
      /** Statements that were not said before, and how many values each takes: from then on a number stands for each. */
      learn: { sql: string; takes: number }[];
      /** Forgets what was said before this. */
      anew: boolean;
      /** Which statements, in their order. */
      statements: number[];
      /** The values of all of them, one after the other. */
      values: unknown[];
    }
  | { say: "close" };

export type FromLedger =
  /** `rows` of those that returned some, by their place in the batch. */
  | { id: number; changes: number[]; rows: { of: number; rows: never[] }[]; refused?: undefined }
  | { id: number; refused: Refused };

/** `code`: SQLite's, where it was SQLite that refused. */
export type Refused = { message: string; code: string | null };
