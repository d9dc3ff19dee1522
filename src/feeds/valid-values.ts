// What may stand as an address, a date, a number or HTML in a valid feed of any format.
import { type CheerioAPI, load } from "cheerio";

/** The sentences whose condition does not hold. */
export const unless = (...rules: [holds: boolean, sentence: string][]): string[] =>
  rules.filter(([holds]) => !holds).map(([, sentence]) => sentence);

// RFC 3986, Appendix A: brackets stand round an address of IPv6 and nowhere else.
export const isUri = (text: string) =>
  /^[a-z][a-z\d+.-]*:(?:\/\/[^/?#[\]]*(?:\[[\da-f:.]+\](?::\d+)?)?)?(?:[\w.~!$&'()*+,;=:@/?#-]|%[\da-f]{2})*$/i.test(
    text,
  );
export const isWebUrl = (text: string) => /^https?:\/\/[^/]/.test(text) && isUri(text);
export const isIri = (text: string) => /^[a-z][a-z\d+.-]*:[^\s"<>\\^`{|}]+$/i.test(text);
export const isCount = (text: string | undefined) => /^\d+$/.test(text ?? "");
export const isMediaType = (text: string | undefined) => /^[\w.+-]+\/[\w.+-]+$/.test(text ?? "");
export const isRfc3339 = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) &&
  !Number.isNaN(Date.parse(text));

/** RFC 822 with years of four digits, in English, with the true day of the week. */
export const isRfc822 = (text: string) =>
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/.test(
    text,
  ) && new Date(text).toUTCString() === text;

export const twice = (values: readonly string[]) => values.filter((value, i) => values.indexOf(value) < i);

export const elementsOf = ($: CheerioAPI) => $.root().find("*").toArray();
export type Element = ReturnType<typeof elementsOf>[number];

/** No reference that has to be read against another, and nothing that runs. */
export function htmlFaults(html: string): string[] {
  const $ = load(html, null, false);
  return elementsOf($)
    .flatMap((element) =>
      Object.entries(element.attribs).flatMap(([name, value]) =>
        unless(
          [!/^on|^style$/.test(name), `${name} in the text runs`],
          [
            !["src", "href", "cite"].includes(name) || /^(?:https?:\/\/|mailto:|tel:)/.test(value),
            `${value} is relative`,
          ],
          [
            name !== "srcset" || value.split(", ").every((one) => /^https?:\/\//.test(one)),
            `${value} is relative`,
          ],
        ),
      ),
    )
    .concat(
      $("script, style, form, object, embed")
        .toArray()
        .map(({ name }) => `the text holds a ${name}`),
    );
}
