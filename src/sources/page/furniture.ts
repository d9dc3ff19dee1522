// What stands round an article on an Arabic news page: breadcrumb, attribution line, related matter. Pure rules on lines.
import { fold, oneLine, words } from "../../arabic/index.ts";

/** Compares as people read: folded, without punctuation round it. */
const bare = (s: string) => fold(oneLine(s)).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");

const bareSet = (list: string) => new Set(list.split(",").map(bare));

const homes = bareSet("الرئيسية,الصفحة الرئيسية,البداية,Home,Homepage,Accueil");
const everything = bareSet(
  "آخر الأخبار,أخبار,الأخبار,كل الأخبار,جميع الأخبار,أحدث الأخبار,غير مصنف,Latest,Latest news,News,All,Uncategorized",
);

/** "آخر الأخبار", "الرئيسية" and the like: names of the whole paper, which are no section of it. */
export const isWholePaper = (name: string): boolean => homes.has(bare(name)) || everything.has(bare(name));

/** Whether two lines say the same, spelling and punctuation at the ends aside. */
export const sameLine = (a: string, b: string): boolean => bare(a) === bare(b);

// With spaces on both sides, so that quotation marks round a word are left alone.
const separator = /\s+[»«›‹>≫/|←]\s+/;

/** The parts of a line like "الرئيسية » القسم » العنوان", or null if it is no breadcrumb. */
export function breadcrumb(line: string): string[] | null {
  const crumbs = line
    .split(separator)
    .map(oneLine)
    .filter((crumb) => crumb !== "");
  const fromHome = crumbs.length > 1 && homes.has(bare(crumbs[0] ?? ""));
  return fromHome || (crumbs.length > 2 && /\s[»›≫]\s/.test(line)) ? crumbs : null;
}

/** The innermost section that a breadcrumb names: not the whole paper, nor the article's own title, cut short or not. */
export function sectionOf(crumbs: readonly string[], title: string): string | null {
  const named = crumbs.filter(
    (crumb) => !isWholePaper(crumb) && !isTitle(crumb, title) && isSectionName(crumb),
  );
  return named.at(-1) ?? null;
}

function isTitle(crumb: string, title: string): boolean {
  const cutShort = /(?:…|\.{3})\s*$/.test(crumb);
  return sameLine(crumb, title) || (cutShort && bare(title).startsWith(bare(crumb)));
}

/** Short enough to be one; a whole headline is not. */
export const isSectionName = (name: string): boolean =>
  name !== "" && name.length <= 60 && words(name).length <= 6;

const site = String.raw`[\p{L}\p{M}][\p{L}\p{M} .]{1,50}?`;
const source = String.raw`[\p{L}\p{M}][\p{L}\p{M}\p{N} .,،()+_-]{1,60}`;
const siteNumberSource = new RegExp(String.raw`^${site}\s*\/?\s*\p{Nd}{1,3}\s*[-–—_/]\s*(${source})$`, "u");
const sourceColon = new RegExp(String.raw`^(?:المصدر|نقلاً عن|نقلا عن|Source)\s*[:：]\s*(${source})$`, "u");

/**
 * The source in an attribution line: "اسم الموقع1-المصدر" (site, running number, source), or "المصدر: …".
 *
 * @returns null if the line is none
 */
export function attribution(line: string): string | null {
  const text = oneLine(line);
  if (text.length > 120 || /[؟?!…:؛.]$/.test(text)) return null;
  const found = siteNumberSource.exec(text)?.[1] ?? sourceColon.exec(text)?.[1];
  return found?.trim() || null;
}

const relatedNames = [
  ...bareSet(
    "قد يعجبك,قد يعجبك أيضا,قد يعجبكم أيضا,قد يهمك,قد يهمك أيضا,ربما يعجبك أيضا,اقرأ أيضا,إقرأ أيضا,اقرأ المزيد,شاهد أيضا," +
      "مواضيع ذات صلة,موضوعات ذات صلة,أخبار ذات صلة,مقالات ذات صلة,ذات صلة,مواضيع متعلقة,مقالات متعلقة,أخبار متعلقة," +
      "مواضيع مشابهة,مقالات مشابهة,المزيد من الأخبار,You may also like,Related articles,Related posts,Related,Read also," +
      "See also,Read more",
  ),
];

/**
 * Related matter: `heading` if the line is "قد يُعجبك أيضاً" or its like and nothing else, so that what follows is no part
 * of the article; `line` if the other title stands in the same line ("اقرأ أيضاً: …"), so that only the line is none.
 */
export function related(line: string): "heading" | "line" | null {
  if (line.length > 300) return null;
  const text = bare(line);
  if (relatedNames.includes(text)) return "heading";
  return relatedNames.some((name) => new RegExp(`^${name}\\s*:`, "u").test(text)) ? "line" : null;
}

/** A line of no meaning that copying a page leaves behind: the x of a closed box, a lone bullet. */
export const isStray = (line: string): boolean => /^(?:[\p{P}\p{S}\s]*|\p{L})$/u.test(line.trim());
