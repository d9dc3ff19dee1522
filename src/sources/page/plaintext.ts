// The plain text of a news page, as a person copies it from a browser, becomes one article draft.
import { cleanText, escapeHtml, oneLine } from "../../arabic/index.ts";
import { fewestWords, hasWords, isTooLarge, type PageReading, refuse, tooLarge } from "./draft.ts";
import { attribution, breadcrumb, isStray, isWholePaper, related, sameLine, sectionOf } from "./furniture.ts";

const mostLines = 5000;
const longestTitle = 300;
const longestLede = 500;
const longestSubhead = 100;
const longestButton = 40;

/**
 * Reads a text of this shape, each line a paragraph, empty lines anywhere:
 *
 *     آخر الأخبار                          (may be missing)
 *     الرئيسية » القسم » العنوان            (may be missing)
 *     title
 *     lede: becomes the summary too, if it is short and two paragraphs follow
 *     paragraphs; a short line between two of them that ends in no full stop is a subhead
 *     اسم الموقع1-المصدر                   (may be missing)
 *     قد يُعجبك أيضاً … (dropped with all that follows)
 *
 * A text carries no address, date, author or picture: those are null or empty.
 *
 * @returns the draft, its body escaped; or why this is no article
 */
export function readPlainText(text: string): PageReading {
  if (isTooLarge(text)) return tooLarge;
  const notText = whyNoText(text);
  if (notText !== null) return refuse(notText);

  const found = cleanText(text)
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .filter((line) => line.trim() !== "");
  if (found.length > mostLines)
    return refuse(`The text has more than ${mostLines} lines, too many for one article.`);
  const lines = found.map(oneLine).filter((line) => !isStray(line));
  if (lines.length === 0) return refuse("The text is empty.");
  if (lines.length === 1) {
    return refuse(
      "The text has one line only; an article is a title on one line and its text on the lines below.",
    );
  }

  const { title, crumbs, rest } = head(lines);
  if (title === null || title.length > longestTitle) {
    return refuse(`No title was found: the first line should be one, of at most ${longestTitle} characters.`);
  }
  const { paragraphs, sourceName } = withoutTail(rest);
  if (!hasWords(paragraphs.join("\n"), fewestWords)) {
    return refuse(`Below its title the text has fewer than ${fewestWords} words, too few for an article.`);
  }
  const hasLede = paragraphs.length > 2 && (paragraphs[0]?.length ?? 0) <= longestLede;
  return {
    ok: true,
    draft: {
      url: null,
      title,
      summary: hasLede ? (paragraphs[0] ?? null) : null,
      bodyHtml: bodyOf(paragraphs),
      section: sectionOf(crumbs, title),
      sourceName,
      publishedAt: null,
      authors: [],
      image: null,
    },
  };
}

function whyNoText(text: string): string | null {
  const odd = text.match(/[\u0000-\u0008\u000E-\u001F\uFFFD]/g)?.length ?? 0;
  if (text.includes("\u0000") || odd > 5 + text.length / 200)
    return "This is no text: it has the bytes of a binary file.";
  const start = text.trimStart().replace(/^\uFEFF/, "");
  if (/^<(?:!doctype|html|\?xml|rss|feed)\b/i.test(start))
    return "This is HTML or XML, not the plain text of a page.";
  if (/^[[{]/.test(start) && isJson(start)) return "This is JSON, not the plain text of a page.";
  return null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What stands above the first paragraph. A breadcrumb that ends in a title gives it where no line repeats it. */
function head(lines: readonly string[]): { title: string | null; crumbs: string[]; rest: string[] } {
  let at = 0;
  while (isWholePaper(lines[at] ?? "")) at++;
  const crumbs = breadcrumb(lines[at] ?? "") ?? [];
  if (crumbs.length > 0) at++;
  const next = lines[at] ?? null;
  const inCrumbs = crumbs.at(-1) ?? null;
  const isRepeated = next !== null && inCrumbs !== null && sameLine(next, inCrumbs);
  const isParagraph = next !== null && (endsSentence(next) || next.length > longestTitle);
  if (crumbs.length > 2 && inCrumbs !== null && !isRepeated && isParagraph) {
    return { title: inCrumbs, crumbs, rest: lines.slice(at) };
  }
  return { title: next, crumbs, rest: lines.slice(at + 1) };
}

/** The paragraphs without attribution line and related matter. */
function withoutTail(lines: readonly string[]): { paragraphs: string[]; sourceName: string | null } {
  const end = lines.findIndex(
    (line, i) => related(line) === "heading" && hasWords(lines.slice(0, i).join("\n"), fewestWords),
  );
  const paragraphs = lines.slice(0, end === -1 ? lines.length : end).filter((line) => related(line) === null);
  // Buttons for sharing may have been copied too, below the line.
  const at = paragraphs.findLastIndex((line, i) => i >= paragraphs.length - 5 && attribution(line) !== null);
  if (at === -1 || paragraphs.slice(at + 1).some((line) => line.length > longestButton)) {
    return { paragraphs, sourceName: null };
  }
  return { paragraphs: paragraphs.slice(0, at), sourceName: attribution(paragraphs[at] ?? "") };
}

const endsSentence = (line: string) => /[.!?؟…:؛،,][”"»’)\]]*$/.test(line);

const mayBeSubhead = (line: string | undefined) =>
  line !== undefined && line.length <= longestSubhead && !endsSentence(line);

function bodyOf(paragraphs: readonly string[]): string {
  return paragraphs
    .map((line, i) => {
      const next = paragraphs[i + 1];
      const isSubhead =
        i > 0 &&
        mayBeSubhead(line) &&
        next !== undefined &&
        !mayBeSubhead(next) &&
        !mayBeSubhead(paragraphs[i - 1]);
      return isSubhead ? `<h2>${escapeHtml(line)}</h2>` : `<p>${escapeHtml(line)}</p>`;
    })
    .join("\n");
}
