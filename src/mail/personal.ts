// What differs per reader is spliced into a mail that was rendered once for many.
import { escapeHtml } from "../arabic/index.ts";

export type RenderedMail = { html: string; text: string };

/** One reader's own: links with tokens, and the address the mail goes to. */
export type Personal = {
  unsubscribeUrl: string;
  preferencesUrl: string;
  webUrl: string;
  address: string;
};

// U+FDD0 and U+FDD1 are no characters (Unicode §23.7), and the renderer drops them from all data: no text can look
// like one of our places.
const open = "\uFDD0";
const close = "\uFDD1";
const place = /\uFDD0([^\uFDD1]{0,40})\uFDD1?/g;

/** What templates see as `personal`: for each name a place that {@link fillPersonal} fills. */
export const personalPlaces: Readonly<Personal> = {
  unsubscribeUrl: `${open}unsubscribeUrl${close}`,
  preferencesUrl: `${open}preferencesUrl${close}`,
  webUrl: `${open}webUrl${close}`,
  address: `${open}address${close}`,
};

/** Whether a line of a rendered mail holds nothing but a place. */
export const isPlace = (line: string): boolean => /^\uFDD0[^\uFDD1]+\uFDD1$/.test(line);

/**
 * Fills every place of a rendered mail with one reader's values, in one pass: a value that looks like a place stays
 * as it is.
 *
 * @throws if the mail holds a place that `personal` has nothing for, or half a place: its template is wrong
 */
export function fillPersonal(rendered: RenderedMail, personal: Personal): RenderedMail {
  const values = new Map(Object.entries(personal));
  const fill = (text: string, written: (value: string) => string) =>
    text.replace(place, (found, name: string) => {
      const value = values.get(name);
      if (value === undefined || !found.endsWith(close)) {
        throw new Error(`The mail has a personal place "${name}", and nothing is known for it.`);
      }
      return written(value);
    });
  return { html: fill(rendered.html, escapeHtml), text: fill(rendered.text, (value) => value) };
}
