// WordPress keeps an article as its editor typed it: in the classic editor a blank line is a paragraph and a line's end a
// break, which WordPress puts in when it shows the article. This does the same, on what people type, by its own rules. Pure.

const blocks = new Set(
  (
    "address article aside blockquote caption center col colgroup dd details dir div dl dt fieldset figcaption figure footer " +
    "form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre script section select style summary svg table " +
    "tbody td textarea tfoot th thead tr ul"
  ).split(" "),
);
const empty = new Set(["hr", "col"]);
/** Shown or dropped as they stand, line ends and all. */
const raw = new Set(["pre", "script", "style", "svg", "textarea"]);
/** What stands in them is always a paragraph; in others only where there is more than one. */
const always = new Set([null, "blockquote"]);
const sometimes = new Set(
  "address article aside center dd details div fieldset figure footer form header li main nav section td th".split(
    " ",
  ),
);

/** Values hold no `<`, so that each character is looked at once however a hostile text is made. */
const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)(?![\w-])[^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>/g;

/** Deeper nesting is no longer followed; cleaning refuses it later. */
const deepest = 100;

/** HTML as a browser wants it, from HTML and plain lines mixed. */
export function paragraphs(text: string): string {
  const out: string[] = [];
  const open: string[] = [];
  let inline = "";
  let rawName: string | null = null;
  let at = 0;
  const flush = () => {
    out.push(inRun(inline, open.at(-1) ?? null));
    inline = "";
  };
  const lines = text.replace(/\r\n?/g, "\n");
  for (const found of lines.matchAll(tag)) {
    const [all, slash = "", as = ""] = found;
    const name = as.toLowerCase();
    const before = lines.slice(at, found.index);
    at = found.index + all.length;
    if (rawName !== null) {
      out.push(before, all);
      if (slash !== "" && name === rawName) rawName = null;
      continue;
    }
    inline += before;
    if (!blocks.has(name)) {
      inline += all.replaceAll("\n", " ");
      continue;
    }
    flush();
    out.push(all);
    // A block ends the paragraph before it, as in HTML.
    if (open.at(-1) === "p" && (slash === "" || name !== "p")) open.pop();
    if (raw.has(name)) rawName = slash === "" ? name : null;
    else if (slash !== "") {
      const opener = open.lastIndexOf(name);
      if (opener >= 0) open.length = opener;
    } else if (!empty.has(name) && open.length < deepest) open.push(name);
  }
  if (rawName === null) {
    inline += lines.slice(at);
    flush();
  } else out.push(lines.slice(at));
  return out.join("").trim();
}

/** Text and inline tags between two blocks. */
function inRun(run: string, parent: string | null): string {
  const text = run.trim();
  if (text === "") return run.includes("\n") ? "\n" : run;
  const pieces: string[] = [];
  let piece = "";
  let before = "";
  for (const line of text.replace(twoBreaks, "\n\n").split("\n")) {
    const words = line.trim();
    const hasBreak = endsInBreak.test(before) || beginsWithBreak.test(words);
    if (words !== "") piece += piece === "" ? words : `${hasBreak ? "" : "<br>"}\n${words}`;
    else if (piece !== "") {
      pieces.push(piece);
      piece = "";
    }
    before = words;
  }
  if (piece !== "") pieces.push(piece);
  if (pieces.length === 0) return "\n";
  if (always.has(parent) || (pieces.length > 1 && parent !== null && sometimes.has(parent)))
    return `\n${pieces.map((it) => `<p>${linked(it)}</p>`).join("\n")}\n`;
  return pieces.join(parent === "p" ? "</p>\n<p>" : "<br>\n");
}

const twoBreaks = /<br\b[^<>]*>(?:\s*<br\b[^<>]*>)+/gi;
const endsInBreak = /<br\b[^<>]*>$/i;
const beginsWithBreak = /^<br\b/i;

/** WordPress shows what lies at an address that stands alone, a video mostly; a link leads there. */
const linked = (piece: string) =>
  /^https?:\/\/[^\s<>"]+$/i.test(piece) ? `<a href="${piece}">${piece}</a>` : piece;
