// Mails assembled from what other mails have too. MJML takes 10 milliseconds for a digest, and an issue may have thousands
// of editions of the same stories: each story goes through MJML once, and so does the page round them.
//
// A mail is filled in with a mark where each block stands. What is left, the page, is the same for all mails but for what
// differs in it; its HTML is cut at the marks, and the blocks' HTML is put in. Blocks whose HTML is not known yet are
// compiled together inside the page, between two marks each, so that the page's styles and attributes reach them.
import type { Block } from "./liquid.ts";

/** A mail that is filled in: its page with a mark for each group of blocks, and the blocks of each group. */
export type Filled = { page: string; groups: readonly (readonly Block[])[] };

export const assembleFault =
  "comes out otherwise where its blocks are rendered once for many mails: {% reuse %} takes a column of a section or rows of a table, `subject` and `preheader` take no filters, and no style may depend on what stands beside";

/** A comment is the one thing that MJML and the parsers behind it leave alone everywhere: in a column, and in a table of HTML. */
const mark = (name: string) => `<!-- nashra ${name} -->`;
const marks = /(?:<!-- nashra block \d+ -->\s*)+/g;
const oneMark = /block (\d+)/g;
const groupMark = mark("blocks");

/** What stands in the place of a block while a mail is filled in. @param number its place in the list of blocks */
export const blockMark = (number: number): string => mark(`block ${number}`);

/** Cuts what was filled in with {@link blockMark} for each of these blocks into page and groups. */
export function grouped(filled: string, blocks: readonly Block[]): Filled {
  const groups: Block[][] = [];
  const page = filled.replace(marks, (found) => {
    groups.push([...found.matchAll(oneMark)].flatMap(([, number]) => blocks[Number(number)] ?? []));
    return `${groupMark}\n`;
  });
  return { page, groups };
}

/** HTML that is known: of pages, cut at their marks, and of blocks. */
export type Shelf = { pages: Recent<readonly string[]>; blocks: Recent<string> };

const mostPages = 30;
/** A story takes some 3 kB. */
const mostBlocks = 1500;

export const emptyShelf = (): Shelf => ({ pages: recent(mostPages), blocks: recent(mostBlocks) });

/**
 * The HTML of a mail, from the shelf as far as it is known.
 *
 * @param compile makes HTML of MJML
 * @throws if a block stands where MJML drops it
 */
export async function assembled(
  { page, groups }: Filled,
  shelf: Shelf,
  compile: (mjml: string) => Promise<string>,
): Promise<string> {
  const html = new Map(groups.flat().map(({ key }) => [key, shelf.blocks.get(key)]));
  let pieces = shelf.pages.get(page);
  if (pieces === undefined || [...html.values()].includes(undefined)) {
    const missing: string[] = [];
    let group = 0;
    const filled = page.replaceAll(groupMark, () => {
      const before: string[] = []; // each where it belongs: MJML takes rows in a table, and tables in a column
      for (const { key, mjml } of groups[group++] ?? []) {
        if (html.get(key) !== undefined || missing.includes(key)) continue;
        missing.push(key);
        before.push(`${mark("begin")}\n${mjml}\n${mark("end")}\n`);
      }
      return `${before.join("")}${groupMark}`;
    });
    const whole = await compile(filled);
    const found = [...whole.matchAll(/<!-- nashra begin -->([\s\S]*?)<!-- nashra end -->/g)];
    pieces = whole
      .replace(/<!-- nashra begin -->[\s\S]*?<!-- nashra end -->/g, "")
      .split("<!-- nashra blocks -->")
      .map((piece) => piece.trim());
    if (found.length !== missing.length || pieces.length !== groups.length + 1)
      throw new Error(`A mail ${assembleFault}.`);
    for (const [i, key] of missing.entries()) {
      const block = found[i]?.[1]?.trim() ?? "";
      html.set(key, block);
      shelf.blocks.set(key, block);
    }
    shelf.pages.set(page, pieces);
  }
  return pieces
    .flatMap((piece, i) => [piece, ...(groups[i] ?? []).map(({ key }) => html.get(key) ?? "")])
    .filter((piece) => piece !== "")
    .join("\n");
}

export type Recent<Value> = {
  get: (key: string) => Value | undefined;
  set: (key: string, value: Value) => void;
};

/** Keeps the values that were asked for last, so many and no more. */
export function recent<Value>(most: number): Recent<Value> {
  const values = new Map<string, Value>();
  const set = (key: string, value: Value) => {
    values.delete(key);
    values.set(key, value);
    const [oldest] = values.size > most ? values.keys() : [];
    if (oldest !== undefined) values.delete(oldest);
  };
  return {
    get(key) {
      const value = values.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
  };
}
