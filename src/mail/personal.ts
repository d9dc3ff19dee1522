// What differs per reader is spliced into a mail that was rendered once for many.
import { escapeHtml } from "../arabic/index.ts";
import type { Pieces } from "./body.ts";

export type RenderedMail = { html: string; text: string };

/** One reader's own: links with tokens, and the address the mail goes to. */
export type Personal = {
  unsubscribeUrl: string;
  preferencesUrl: string;
  /** Where they say whether the issue was worth reading. */
  worthUrl: string;
  webUrl: string;
  address: string;
  /** Ends the counted links of stories, where the publisher counts by reader; templates do not see it. */
  clickMark?: string;
};

// U+FDD0 and U+FDD1 are no characters (Unicode §23.7), and the renderer drops them from all data: no text can look
// like one of our places.
const open = "\uFDD0";
const close = "\uFDD1";
const place = /\uFDD0([^\uFDD1]{0,40})\uFDD1?/g;

/** A place with a name, for what is filled in after MJML. */
export const placeOf = (name: string): string => `${open}${name}${close}`;

/** What templates see as `personal`: for each name a place that {@link fillPersonal} fills. */
export const personalPlaces: Readonly<Personal> = {
  unsubscribeUrl: placeOf("unsubscribeUrl"),
  preferencesUrl: placeOf("preferencesUrl"),
  worthUrl: placeOf("worthUrl"),
  webUrl: placeOf("webUrl"),
  address: placeOf("address"),
};

/** Fills those places that have a text among these, as it is, and leaves the others. */
export const fillPlaces = (text: string, texts: ReadonlyMap<string, string>): string =>
  text.replace(place, (found, name: string) => texts.get(name) ?? found);

/** Whether a line of a rendered mail holds nothing but a place. */
export const isPlace = (line: string): boolean => /^\uFDD0[^\uFDD1]+\uFDD1$/.test(line);

/** Cuts a text at its places. @throws if it holds half a place: its template is wrong */
export function placesIn(text: string): Pieces {
  const names: string[] = [];
  const texts: string[] = [];
  let from = 0;
  for (const { 0: found, 1: name = "", index } of text.matchAll(place)) {
    if (!found.endsWith(close)) throw unknownPlace(name);
    texts.push(text.slice(from, index));
    names.push(name);
    from = index + found.length;
  }
  return { texts: [...texts, text.slice(from)], names };
}

/** The values of these places, in their order. @throws if there is none for a name: the mail's template is wrong */
export function valuesFor(names: readonly string[], personal: Personal): string[] {
  const values: Readonly<Record<string, string | undefined>> = { ...personal };
  return names.map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw unknownPlace(name);
    return value;
  });
}

const unknownPlace = (name: string) =>
  new Error(`The mail has a personal place "${name}", and nothing is known for it.`);

/**
 * Fills every place of a rendered mail with one reader's values, in one pass: a value that looks like a place stays
 * as it is.
 *
 * @throws if the mail holds a place that `personal` has nothing for, or half a place: its template is wrong
 */
export function fillPersonal({ html, text }: RenderedMail, personal: Personal): RenderedMail {
  const fill = (written: (value: string) => string, { texts, names }: Pieces) => {
    const values = valuesFor(names, personal).map(written);
    return texts.flatMap((piece, index) => (index === 0 ? piece : [values[index - 1] ?? "", piece])).join("");
  };
  return { html: fill(escapeHtml, placesIn(html)), text: fill((value) => value, placesIn(text)) };
}
