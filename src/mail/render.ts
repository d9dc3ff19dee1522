// A template and its data become HTML and plain text: Liquid fills it, MJML makes mail clients' HTML of it.
import { oneLine } from "../arabic/index.ts";
import { assembled, blockMark, emptyShelf, grouped, recent, type Shelf } from "./assemble.ts";
import { paletteOf } from "./colour.ts";
import { compile } from "./compile.ts";
import type { MailData } from "./data.ts";
import { directedPlain } from "./direction.ts";
import { type Block, type Engine, liquidEngine, type TemplateReader } from "./liquid.ts";
import { fillPlaces, personalPlaces, placeOf, type RenderedMail } from "./personal.ts";

export type MailRenderer = {
  /**
   * Renders a mail for any number of readers: `name`.mjml and its twin `name`.txt. What other mails had before
   * (`{% reuse %}`) is not compiled again; the bytes are those of {@link renderWhole}.
   *
   * @throws if a template is missing, names a value that the data lacks, or is no valid MJML; the message says which
   * template and where, for the editor who changed it
   */
  render(name: string, data: MailData): Promise<RenderedMail>;
  /** The same with everything compiled in one piece, as the tests and the check of templates compare it. */
  renderWhole(name: string, data: MailData): Promise<RenderedMail>;
};

/** Gives the templates in force now: the same reader as long as no text of them changed. */
export type TemplateSource = () => TemplateReader | Promise<TemplateReader>;

/** Makes a renderer from wherever the host keeps its templates. */
export function createMailRenderer(templates: TemplateSource): MailRenderer {
  let current: { reader: TemplateReader; kitchen: Kitchen } | null = null;
  const kitchen = async (): Promise<Kitchen> => {
    const reader = await templates();
    if (current?.reader !== reader) current = { reader, kitchen: kitchenOf(reader) };
    return current.kitchen;
  };
  return {
    render: async (name, data) => fromShelf(await kitchen(), name, data),
    renderWhole: async (name, data) => inOnePiece(await kitchen(), name, data),
  };
}

/** What renders with one set of templates. A shelf is for one template, language and look: whatever reaches all of a mail. */
type Kitchen = { marked: Engine; plain: Engine; shelves: ReturnType<typeof recent<KnownShelf>> };
type KnownShelf = Shelf & { head: string };

/** A paper has a few digests in two languages. */
const mostShelves = 8;

const kitchenOf = (reader: TemplateReader): Kitchen => ({
  marked: liquidEngine(reader, true),
  plain: liquidEngine(reader, false),
  shelves: recent(mostShelves),
});

async function inOnePiece({ marked, plain }: Kitchen, name: string, data: MailData): Promise<RenderedMail> {
  const { globals, scope } = seenBy(data);
  const mjml = await marked.fill(`${name}.mjml`, scope, globals);
  const html = await compile(`${name}.mjml`, mjml, data.dir);
  return { html, text: await plainText(plain, name, data) };
}

async function fromShelf(
  { marked, plain, shelves }: Kitchen,
  name: string,
  data: MailData,
): Promise<RenderedMail> {
  const { globals, scope } = seenBy(data);
  // So that mails differ in blocks alone. An empty one stays: MJML leaves out what holds it.
  const late = Object.fromEntries(
    ["subject", "preheader"].filter((it) => scope[it] !== "").map((it) => [it, placeOf(it)]),
  );
  const shelfKey = `${name} ${JSON.stringify(globals)}`;
  const filledWith = async (shelf: Shelf | undefined) => {
    const blocks: Block[] = [];
    const filled = await marked.fill(`${name}.mjml`, { ...scope, ...late }, globals, async (key, mjml) => {
      const known = shelf?.blocks.get(key) !== undefined;
      blocks.push({ key, mjml: known ? "" : await mjml() });
      return blockMark(blocks.length - 1);
    });
    return { filled, blocks };
  };
  let shelf = shelves.get(shelfKey);
  let { filled, blocks } = await filledWith(shelf);
  if (blocks.length === 0) return inOnePiece({ marked, plain, shelves }, name, data); // it has nothing that others have
  const head = filled.slice(0, filled.indexOf("</mj-head>"));
  if (shelf?.head !== head) {
    if (shelf) ({ filled, blocks } = await filledWith(undefined)); // styles reach into blocks: those were made with others
    shelf = { ...emptyShelf(), head };
    shelves.set(shelfKey, shelf);
  }
  const html = await assembled(grouped(filled, blocks), shelf, (mjml) =>
    compile(`${name}.mjml`, mjml, data.dir),
  );
  const texts = new Map([
    ["subject", marked.written(scope["subject"])],
    ["preheader", marked.written(scope["preheader"])],
  ]);
  return { html: fillPlaces(html, texts), text: await plainText(plain, name, data) };
}

async function plainText(plain: Engine, name: string, data: MailData): Promise<string> {
  const { globals, scope } = seenBy(data);
  return directedPlain(await plain.fill(`${name}.txt`, scope, globals), data.dir);
}

type Seen = { globals: Readonly<Record<string, unknown>>; scope: Readonly<Record<string, unknown>> };

/**
 * What templates see: the data without anything that cannot be in a mail, and what follows from direction and colour. Blocks see
 * the globals, which all mails of a paper in one language share.
 */
export function seenBy(data: MailData): Seen {
  const rightToLeft = data.dir === "rtl";
  const { language, dir, publisher, sample, words, ...scope } = data;
  const globals = {
    ...cleaned({ language, dir, publisher, sample, words }),
    ...paletteOf(publisher.colour),
    start: rightToLeft ? "right" : "left",
    end: rightToLeft ? "left" : "right",
    // Behind a name of the other direction: without it what follows would be taken along (UAX #9, N1).
    mark: rightToLeft ? "\u200F" : "\u200E",
    arrow: rightToLeft ? "←" : "→", // no program mirrors it
    personal: personalPlaces,
  };
  return { globals, scope: cleaned(scope) };
}

/** Every text in the data on one line, without controls, brackets of direction, and the marks of personal places. */
const cleaned = (data: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).map(([key, inner]) => [key, cleanedValue(inner)]));

function cleanedValue(value: unknown): unknown {
  if (typeof value === "string") return oneLine(value);
  if (Array.isArray(value)) return value.map(cleanedValue);
  return typeof value === "object" && value !== null ? cleaned(value) : value;
}
