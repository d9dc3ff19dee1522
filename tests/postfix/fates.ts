// Who gets the digest, and what becomes of it: the host and the first letters of an address say so.

/** What the servers do to the mail of one kind of address, and what Nashra must make of it. */
export type Fate = {
  name: string;
  /** In the ledger: what Postfix said at once. */
  state: "accepted" | "rejected";
  /** Of the report that comes back later, or of the refusal itself where that tells of the address; null where neither does. */
  verdict: string | null;
  code: string | null;
  suppressed: boolean;
  /** Whether the far end gets the letter. */
  arrives: boolean;
};

const good = "reader.example";

export const fates: readonly Fate[] = [
  { name: "fine", state: "accepted", verdict: null, code: null, suppressed: false, arrives: true },
  // Postfix itself, at RCPT: what it says of the address is booked with the letter.
  { name: "nobody", state: "rejected", verdict: "hard", code: "5.1.1", suppressed: true, arrives: false },
  // The next server, after Postfix took it: Postfix sends a report.
  { name: "gone", state: "accepted", verdict: "hard", code: "5.1.1", suppressed: true, arrives: false },
  { name: "full", state: "accepted", verdict: "soft", code: "5.2.2", suppressed: false, arrives: false },
  { name: "policy", state: "accepted", verdict: "sender", code: "5.7.1", suppressed: false, arrives: false },
  { name: "large", state: "accepted", verdict: "content", code: "5.3.4", suppressed: false, arrives: false },
  // Postfix gives up.
  { name: "busy", state: "accepted", verdict: "soft", code: "4.2.2", suppressed: false, arrives: false },
  { name: "away", state: "accepted", verdict: "soft", code: "4.4.1", suppressed: false, arrives: false },
];

const hostOf = (fate: string): string => ({ nobody: "refused.example", away: "away.example" })[fate] ?? good;

/** One in a hundred of each that is not fine. */
export const fateOf = (n: number): Fate => fates[(n % 100) + 1] ?? (fates[0] as Fate);

export const addressOf = (n: number): string => {
  const { name } = fateOf(n);
  return `${name}-${n}@${hostOf(name)}`;
};

/** What the server behind Postfix says to an address at RCPT, or to its text. */
export const repliesOfFarEnd: Readonly<Record<string, { at: "rcpt" | "text"; code: number; words: string }>> =
  {
    gone: { at: "rcpt", code: 550, words: "5.1.1 No such user here" },
    full: { at: "rcpt", code: 552, words: "5.2.2 The mailbox is over its quota" },
    busy: { at: "rcpt", code: 452, words: "4.2.2 The mailbox is full, try later" },
    policy: { at: "text", code: 554, words: "5.7.1 Message refused by local policy" },
    large: { at: "text", code: 552, words: "5.3.4 Message too big for this system" },
  };
