// How many requests are taken in an hour, and from where. Pure.
//
// The danger is subscription bombing: somebody has a program type a stranger's address, or thousands of them, into every form
// that sends a mail. Below the soft line a request is taken as it is; between the lines it takes a solved challenge, which
// costs whoever asks some seconds of their machine; above the hard line it waits. What one mailbox gets in a day is limited
// apart from that, where the mail is queued, since no page may tell of it.
import { largeProviders } from "./providers.ts";

type Lines = { readonly soft: number; readonly hard: number };

/** Requests are counted over so long; after it all is as before. */
export const windowMinutes = 60;

export const limits = {
  /**
   * 24 bits of IPv4, 48 of IPv6. A mobile operator puts a town behind one, and a paper that is named on television has 20
   * new readers an hour there: they should meet nothing. 200 is a conference hall; more than that in an hour is a program.
   */
  network: { soft: 20, hard: 200 },
  /** A company or a university whose staff is told of the newsletter; as a victim, the most that its mail server gets. */
  domain: { soft: 30, hard: 300 },
  /** Half of all readers have their address at one of them, so these go with the whole: a half of what is taken in all. */
  provider: { soft: 300, hard: 5000 },
  /**
   * Six hundred an hour is a good day of a large paper. Ten thousand an hour is what a campaign brings; all of them are one
   * million mails in four days, which no young sender's reputation survives.
   */
  all: { soft: 600, hard: 10_000 },
  /** A program signs up whom its own forms took; it cannot solve a challenge, so there is one line. */
  token: { soft: 1000, hard: 1000 },
} as const satisfies Record<string, Lines>;

/** What a request is counted by: one of the columns of `requests`, or all rows. */
export type Counted = Lines & {
  by: { column: "network" | "domain" | "token"; value: string } | "all";
};

/** Who asks, as far as it is kept: a network ('' where nobody knows), or a token of the API. */
export type Asker = { network: string } | { token: string };

/**
 * What a request is counted by. One by a token meets the hard lines only; one from nowhere known has no network to count by,
 * and meets the others.
 */
export function countedBy(asker: Asker, domain: string): Counted[] {
  const wide: Counted[] = [
    {
      ...(largeProviders.has(domain) ? limits.provider : limits.domain),
      by: { column: "domain", value: domain },
    },
    { ...limits.all, by: "all" },
  ];
  if ("token" in asker) {
    const own: Counted = { ...limits.token, by: { column: "token", value: asker.token } };
    return [own, ...wide.map((line) => ({ ...line, soft: line.hard }))];
  }
  if (asker.network === "") return wide;
  return [{ ...limits.network, by: { column: "network", value: asker.network } }, ...wide];
}
