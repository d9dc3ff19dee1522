// What the `feed` library (6.0.0) leaves to its caller. It lets control characters through, splits only the first `]]>`,
// leaves `<` in attributes, undoes an escaped `&amp;`, rewrites ids as URLs, throws on a bad one, and knows no extensions
// in Atom. So it never sees a text from outside: it gets a mark in place of each, writes its document round the marks,
// and one pass then puts the true text where its mark stands. Nothing that was put in is read again, so no text can forge
// a mark.

export type Places = {
  /** A mark for text in an element or attribute. */
  text(text: string): string;
  /** A mark for HTML, where the library writes CDATA. */
  html(html: string): string;
  /** A mark for finished XML elements; the element that holds nothing but this mark, `extra` or `rights`, gives way. */
  elements(xml: string): string;
  /** The library's document with all marks replaced. */
  fill(document: string): string;
};

// A mark is a URL of its own scheme, as the library parses what it takes for addresses.
const mark = /<(extra|rights)>place:(\d+);<\/\1>|<!\[CDATA\[place:(\d+);\]\]>|place:(\d+);/g;

export function places(): Places {
  const kept: string[] = [];
  const keep = (xml: string) => `place:${kept.push(xml) - 1};`;
  return {
    text: (text) => keep(escapeText(text)),
    html: (html) => keep(cdata(html)),
    elements: keep,
    fill: (document) =>
      document.replace(
        mark,
        (_, _element, inElement?: string, inCdata?: string, alone?: string) =>
          kept[Number(inElement ?? inCdata ?? alone)] ?? "",
      ),
  };
}

// Numbers, not names: some readers decode `&amp;` twice in titles (RSS Best Practices Profile), and Ruby's REXML decodes a
// spelled-out one twice wherever a name stands beside it (seen: 3.2.5).
const entities: Record<string, string> = {
  "&": "&#x26;",
  "<": "&#x3C;",
  ">": "&#x3E;",
  '"': "&#x22;",
};

/** Text for an XML element or attribute. What XML forbids must be gone already. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => entities[character] ?? "");

/** HTML that stays readable in the XML. The end mark of CDATA is split wherever it occurs (XML 1.0 §2.7). */
const cdata = (html: string): string => `<![CDATA[${html.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;

/** One XML element; attributes that are null are left out. `inside` is finished XML, or null for an empty element. */
export function element(
  name: string,
  attributes: Record<string, string | number | null>,
  inside: string | null,
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escapeText(String(value))}"`)
    .join("");
  return inside === null ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`;
}
