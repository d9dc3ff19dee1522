// Why somebody gets no letter: words for the store, which pages say in their own language.
import type { Exclusion } from "../subscribers/index.ts";

/** Why a candidate stands among the exclusions of an issue, or a letter was withdrawn before it left. */
export type NoLetter =
  | Exclusion
  | "too-few-stories"
  | "had-story"
  | "had-correction"
  /** Withdrawn: every story of the edition was retracted; of what is left the reader was sent too much already; called off. */
  | "stories-retracted"
  | "too-few-new-stories"
  | "issue-cancelled";

/** What a letter in doubt waits for: `held`: a person says what becomes of it; `let-be`: one said that it stays as it is. */
export type Doubt = "held" | "let-be";
