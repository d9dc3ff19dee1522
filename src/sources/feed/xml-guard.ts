// What stands between XML from outside and the parser: refuses what would cost time or memory, mends what is merely broken.
// One pass, without recursion; the parser then sees only balanced elements, no DOCTYPE, no comments, and nothing too deep.

/** `root` is the name of the first element without its prefix, in lower case; null where there is none. */
export type GuardedXml = { ok: true; xml: string; root: string } | { ok: false; why: string };

// Measured with feedsmith: 400,000 elements take 2 s, and 100,000 items of RDF 7 s, as each is looked for among all.
const limits = { depth: 100, tags: 200_000, items: 20_000, tagLength: 20_000, attributes: 100 } as const;

/** The parser's time for the name of a person grows with its length times its dots and brackets. */
const persons = new Set(["author", "managingeditor", "webmaster"]);
const isPerson = (text: string) => text.length <= 1000 && (text.match(/[.([<]/g)?.length ?? 0) <= 40;

/** Elements of HTML that have no end; unescaped HTML stands in feeds. */
const voids = new Set(["br", "hr", "img"]);

// XML 1.0 §2.2. Publishing systems pass control characters on that somebody pasted.
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

const nameStart = /[\p{L}_:]/u;
const nameEnd = /[\s/>]/g;

/** What the document says it is before its root: its DOCTYPE's name and its root's, in lower case, prefixes left out. */
export function prologOf(text: string): { doctype: string | null; root: string | null } {
  let doctype: string | null = null;
  let at = text.indexOf("<");
  // Whatever stands there besides blanks, it is no XML.
  if (at === -1 || text.slice(0, at).replace("\uFEFF", "").trim() !== "") return { doctype, root: null };
  while (at !== -1) {
    if (text.startsWith("<!--", at)) at = endOf(text, "-->", at + 4);
    else if (text.startsWith("<?", at)) at = endOf(text, "?>", at + 2);
    else if (text.startsWith("<!", at)) {
      doctype ??= /^<!doctype\s+([^\s>[]{1,100})/i.exec(text.slice(at, at + 200))?.[1]?.toLowerCase() ?? null;
      at = endOfDoctype(text, at);
    } else return { doctype, root: localName(nameAt(text, at + 1)) || null };
    at = at === -1 ? -1 : text.indexOf("<", at);
  }
  return { doctype, root: null };
}

/**
 * Checks and mends a document: at most 100 deep, no entities of its own, no absurd numbers; without the characters that XML
 * forbids, elements closed that were left open, and a lone `<` escaped.
 *
 * @returns why it is refused, as the end of a sentence that begins with what it is
 */
export function guardXml(given: string): GuardedXml {
  const text = given.replace(forbidden, "");
  const { root } = prologOf(text);
  if (root === null) return refuse("has no elements");
  const out: string[] = [];
  const open: { name: string; from: number }[] = [];
  let tags = 0;
  let items = 0;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("<", at);
    if (next === -1) break;
    if (open.length > 0) out.push(text.slice(at, next));
    if (text.startsWith("<![CDATA[", next)) {
      at = endOf(text, "]]>", next + 9);
      if (at === -1) return refuse(cutOff);
      if (open.length > 0) out.push(text.slice(next, at));
    } else if (text.startsWith("<!--", next)) {
      at = endOf(text, "-->", next + 4);
      if (at === -1) return refuse(cutOff);
    } else if (text.startsWith("<?", next)) {
      at = endOf(text, "?>", next + 2);
      if (at === -1) return refuse(cutOff);
    } else if (/^<!doctype/i.test(text.slice(next, next + 9)) && open.length === 0) {
      at = endOfDoctype(text, next);
      if (at === -1) return refuse(cutOff);
      if (/<!entity/i.test(text.slice(next, at)))
        return refuse("declares entities of its own, which no feed needs and attacks are made of");
    } else if (text.startsWith("</", next)) {
      const end = text.indexOf(">", next);
      if (end === -1) return refuse(cutOff);
      const name = text.slice(next + 2, end).trim();
      at = end + 1;
      // What is not open is not closed; what was left open inside is.
      const depth = open.findLastIndex((it) => it.name === name);
      if (depth === -1) continue;
      for (const it of open.splice(depth).reverse()) {
        if (persons.has(localName(it.name)) && !isPerson(text.slice(it.from, next)))
          return refuse("has a person's name that is none, but very long or full of signs");
        out.push(`</${it.name}>`);
      }
      if (open.length === 0) return { ok: true, xml: out.join(""), root };
    } else {
      const tag = tagAt(text, next);
      tags += 1;
      if (tags > limits.tags) return refuse(`has more than ${limits.tags} elements`);
      if (tag === "text") {
        if (open.length > 0) out.push("&lt;");
        at = next + 1;
        continue;
      }
      if (tag === "absurd")
        return refuse(`has a tag that does not end, or with more than ${limits.attributes} attributes`);
      at = tag.end;
      const { name } = tag;
      if (/^(?:\w+:)?(?:item|entry)$/i.test(name)) items += 1;
      if (items > limits.items) return refuse(`has more than ${limits.items} items`);
      const isEmpty = text.charAt(at - 2) === "/";
      const isVoid = voids.has(name.toLowerCase());
      out.push(isVoid && !isEmpty ? `${text.slice(next, at - 1)}/>` : text.slice(next, at));
      if (isEmpty || isVoid) {
        if (open.length === 0) return { ok: true, xml: out.join(""), root };
        continue;
      }
      open.push({ name, from: at });
      if (open.length > limits.depth) return refuse(`has elements nested more than ${limits.depth} deep`);
    }
  }
  return refuse(cutOff);
}

const cutOff = "breaks off in the middle";

const refuse = (why: string): GuardedXml => ({ ok: false, why });

/** Where what began ends, behind its last sign; -1 if it does not. */
function endOf(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at === -1 ? -1 : at + sign.length;
}

/** Behind the `>` of a DOCTYPE, whose own part in brackets may hold others. */
function endOfDoctype(text: string, from: number): number {
  const end = text.indexOf(">", from);
  const bracket = text.indexOf("[", from);
  if (end === -1 || bracket === -1 || end < bracket) return end === -1 ? -1 : end + 1;
  const close = text.indexOf("]", bracket);
  return close === -1 ? -1 : endOf(text, ">", close);
}

function nameAt(text: string, from: number): string {
  nameEnd.lastIndex = from;
  const end = nameEnd.exec(text)?.index ?? text.length;
  return end - from > 200 ? "" : text.slice(from, end);
}

const localName = (name: string) => name.slice(name.indexOf(":") + 1).toLowerCase();

/** The tag that begins here: quotes may hold a `>`. `absurd` if it is longer, or has more attributes, than any needs. */
function tagAt(text: string, from: number): { name: string; end: number } | "text" | "absurd" {
  if (!nameStart.test(text.charAt(from + 1))) return "text";
  let quote = 0;
  let quotes = 0;
  const last = Math.min(text.length, from + limits.tagLength);
  for (let i = from + 1; i < last; i++) {
    const code = text.charCodeAt(i);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 34 || code === 39) {
      quote = code;
      quotes += 1;
    } else if (code === 60) return "text";
    else if (code === 62) {
      const name = nameAt(text, from + 1);
      return name === "" || quotes > limits.attributes ? "absurd" : { name, end: i + 1 };
    }
  }
  return "absurd";
}
