// What somebody most likely meant to type. Pure; it only ever asks, and the person decides.
import { inItsLetters, parseAddress } from "../address.ts";
import { largeProviders, oftenMisspelt } from "./providers.ts";

/** Longer input is no slip. */
const mostCharacters = 254;

/**
 * An address that is close to the one typed and likelier, or null.
 *
 * @param typed as it came; it need not be an address
 * @returns an address that {@link parseAddress} reads, its domain perhaps in Arabic as it was typed
 */
export function likelyMeant(typed: string): string | null {
  if (typed.length > mostCharacters) return null;
  const visible = typed.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "").trim();
  const tidy = mendPunctuation(inItsLetters(visible));
  const before = parseAddress(typed);
  for (const text of new Set([inLatinLayout(tidy), tidy])) {
    const at = text.lastIndexOf("@");
    if (at < 1) continue;
    const domain = text.slice(at + 1).toLowerCase();
    const meant = likelyDomain(domain);
    // The right layout shows by leading to a provider: letters alone could be a name in Arabic.
    if (text !== tidy && !largeProviders.has(meant)) continue;
    const candidate = `${inWesternDigits(text.slice(0, at))}@${meant === domain ? text.slice(at + 1) : meant}`;
    const after = parseAddress(candidate);
    if (after.ok && !(before.ok && before.key === after.key)) return candidate;
  }
  return null;
}

/** Arabic commas for full stops, spaces about the @, a mark at the end, two @ in a row. */
function mendPunctuation(text: string): string {
  const [local = "", ...rest] = text.replace(/\s*@[@\s]*/, "@").split("@");
  if (rest.length !== 1) return text;
  const domain = (rest[0] ?? "").replace(/\s*[,،.。۔]+\s*/gu, ".").replace(/[.;؛:!؟?'"»>)\]]+$/u, "");
  return `${local}@${domain}`;
}

/** The keys of the Arabic (101) keyboard, by what they type in the Latin layout. */
const keys: Readonly<Record<string, string>> = Object.fromEntries(
  [..."ضصثقفغعهخحشسيبلاتنمئءؤرىةوزظ"].map((letter, i) => [letter, "qwertyuiopasdfghjklzxcvnm,./"[i] ?? ""]),
);

/** An address typed with the keyboard left in Arabic: سلمى is a name, but لةشهمزؤخة is gmail.com. */
function inLatinLayout(text: string): string {
  const at = text.lastIndexOf("@");
  if (!/\p{Script=Arabic}/u.test(text.slice(at + 1))) return text;
  return text
    .replaceAll("لا", "b")
    .replace(/\p{Script=Arabic}/gu, (letter) => keys[letter] ?? letter)
    .replace(/,(?=[^@]*$)/g, ".");
}

/** salma٢٠ is salma20; a name in Arabic keeps its digits. */
function inWesternDigits(local: string): string {
  const western = local.replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
  return /^[ -~]*$/.test(western) ? western : local;
}

/** Endings that are no top-level domain and one key away from one that is. */
const endings: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ["com", ["con", "cmo", "ocm", "vom", "xom", "cpm", "coom", "comm", "c0m", "ckm", "cok"]],
    ["net", ["nte", "ent", "met", "nett", "ner"]],
    ["org", ["ogr", "rog", "orgg", "prg", "irg"]],
  ].flatMap(([right, wrong]) => [...(wrong ?? [])].map((it) => [it, String(right)])),
);

/** The same domain with its ending mended; or the large provider that is one slip away from that, two in a long name. */
function likelyDomain(typed: string): string {
  const dot = typed.lastIndexOf(".");
  if (dot < 0) return oftenMisspelt.find((it) => it.startsWith(`${typed}.`)) ?? typed;
  const ending = typed.slice(dot + 1);
  const domain = typed.slice(0, dot + 1) + (endings[ending] ?? ending);
  if (largeProviders.has(domain)) return domain;
  const name = domain.slice(0, domain.indexOf("."));
  const near = (slips: number) =>
    oftenMisspelt.find(
      (right) =>
        distance(domain, right) === slips &&
        // Two slips are believed of a long name that is itself wrong: outlook.cl is another country's, not a slip.
        (slips === 1 || (right.length >= 11 && !right.startsWith(`${name}.`))),
    );
  return near(1) ?? near(2) ?? domain;
}

/** Slips of the keyboard between two words: a letter too many, too few, another, or two that changed places (OSA distance). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        (next[j - 1] ?? 0) + 1,
        (row[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + same,
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 3;
}
