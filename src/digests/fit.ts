// How large a mail may be, and what is shortened where it is larger.
import { lede } from "../arabic/index.ts";
import { type DigestMail, type DigestStory, directedHtml, encodedOctets } from "../mail/index.ts";
import { clickMarkPlace } from "./clicking/links.ts";

/**
 * Gmail clips a mail near 102 kB, and with it the link to unsubscribe. Nobody outside knows whether it counts the HTML or the
 * part as it is sent: both stay below.
 */
const mostHtml = 90_000;
const mostEncoded = 100_000;

/** Links with tokens and an address are put in for each reader. */
const personalOctets = 1200;

/** So many more than its place each mark of a reader takes, where the publisher counts clicks by reader. */
const markOctets = 40;

/** How many octets of HTML are too many. 0 where it fits. */
export function octetsTooMany(html: string): number {
  const marks = html.split(clickMarkPlace).length - 1;
  const octets = new TextEncoder().encode(html).length + personalOctets + marks * markOctets;
  if (octets <= mostEncoded / 1.4) return 0; // base64 is no longer than that
  const encoded = (encodedOctets(html) / octets) * (octets + personalOctets);
  return Math.ceil(Math.max(0, octets - mostHtml, (encoded - mostEncoded) * (octets / encoded)));
}

/** How often a mail is rendered anew to fit: what is cut is nearly what it loses. */
const mostFittings = 4;
/** So much more is cut than must be, as white space and line ends are not counted. */
const slack = 300;

export type Fitted<Mail> = {
  rendered: Mail;
  /** How many summaries are shorter than they were written. */
  shortened: number;
  /** Octets that are still too many, where there is nothing left to shorten. */
  tooMany: number;
};

/** Renders a mail so that mail programs show it whole: where it is too large, its longest summaries are shortened until it fits. */
export async function fitted<Mail extends { html: string }>(
  mail: DigestMail,
  render: (mail: DigestMail) => Promise<Mail>,
): Promise<Fitted<Mail>> {
  let rendered = await render(mail);
  let shortened = 0;
  let tooMany = octetsTooMany(rendered.html);
  for (let lose = tooMany + slack, fittings = 0; tooMany > 0 && fittings < mostFittings; fittings++) {
    const shorter = shortenedBy(mail, lose);
    rendered = await render(shorter.mail);
    shortened = shorter.shortened;
    tooMany = octetsTooMany(rendered.html);
    lose += tooMany + slack;
  }
  return { rendered, shortened, tooMany };
}

/** A summary is never made shorter than this: then it says nothing. */
const shortest = 60;

/**
 * The mail with its longest summaries shortened, all to the same length, so that it is some octets smaller; as far as that goes.
 *
 * @param octets how many it should lose
 * @returns how many summaries are shorter now
 */
export function shortenedBy(mail: DigestMail, octets: number): { mail: DigestMail; shortened: number } {
  const summaries = mail.stories.map(({ summary }) => summary);
  const octetsOf = (text: string) => new TextEncoder().encode(directedHtml(text, mail.dir)).length;
  const whole = summaries.map(octetsOf);
  const saved = (most: number) =>
    summaries.reduce((sum, it, i) => sum + (whole[i] ?? 0) - octetsOf(cut(it, most)), 0);
  let [low, high] = [shortest, Math.max(shortest, ...summaries.map(({ length }) => length))];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2); // the longest that saves enough
    if (saved(middle) >= octets) low = middle;
    else high = middle - 1;
  }
  const write = (story: DigestStory): DigestStory => ({ ...story, summary: cut(story.summary, low) });
  return {
    mail: {
      ...mail,
      stories: mail.stories.map(write),
      groups: mail.groups.map(({ heading, stories }) => ({ heading, stories: stories.map(write) })),
    },
    shortened: summaries.filter((it) => cut(it, low) !== it).length,
  };
}

const cut = (summary: string, most: number) => (summary.length <= most ? summary : lede(null, summary, most));
