// What an inbox shows of a mail before it is opened. Pure.

/** How many characters of each line are seen: on a phone, in a desktop's list. */
const shown = { phone: 40, desktop: 70 };

export type InboxLines = { subject: string; preheader: string };

/**
 * The subject and the line behind it, each cut as a phone's and a desktop's inbox cut them.
 *
 * @returns also how long the subject is, and how much of that a phone shows
 */
export function inboxLines({ subject, preheader }: InboxLines): {
  phone: InboxLines;
  desktop: InboxLines;
  length: number;
  shown: number;
} {
  const at = (most: number) => ({ subject: cut(subject, most), preheader: cut(preheader, most) });
  return {
    phone: at(shown.phone),
    desktop: at(shown.desktop),
    length: charactersOf(subject).length,
    shown: shown.phone,
  };
}

/** By what is read as one character, so that no mark or emoji is torn. */
function cut(text: string, most: number): string {
  const characters = charactersOf(text);
  if (characters.length <= most) return text;
  const kept = characters.slice(0, most - 1).map(({ segment }) => segment);
  return `${kept.join("").trimEnd()}…`;
}

const charactersOf = (text: string) => [...new Intl.Segmenter().segment(text)];
