// The part of an address that a person can read.

const longest = 80;

/**
 * A slug: Arabic stays Arabic (NFC), lower case, one hyphen for whatever is neither letter nor digit, no tashkeel, no
 * tatweel, no controls. At most 80 characters, cut between words where there are words.
 *
 * @returns null if nothing is left of the text ("!!!"): the caller has something else to be named by
 */
export function slugify(s: string): string | null {
  const hyphenated = s
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED\u0640\p{Cf}'’]/gu, "")
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replace(/^[-\p{M}]+|-+$/gu, "");
  const slug = cut(hyphenated);
  return slug === "" ? null : slug;
}

function cut(s: string): string {
  const characters = Array.from(s.slice(0, 2 * longest + 2)); // code points: a pair of surrogates is never parted
  if (characters.length <= longest) return s;
  const start = characters.slice(0, longest).join("");
  const atWord = characters[longest] === "-" ? start : start.slice(0, Math.max(0, start.lastIndexOf("-")));
  return (atWord || start).replace(/-+$/, "");
}
