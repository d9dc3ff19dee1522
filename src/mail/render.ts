// A template and its data become HTML and plain text: Liquid fills it, MJML makes mail clients' HTML of it.
import { Liquid } from "liquidjs";
import { oneLine } from "../arabic/index.ts";
import { paletteOf } from "./colour.ts";
import type { MailData } from "./data.ts";
import { directedHtml, directedOutlook, directedPlain } from "./direction.ts";
import { personalPlaces, type RenderedMail } from "./personal.ts";

/** Gives a template's text by its file name ("digest.mjml"); throws if there is none. */
export type TemplateReader = (name: string) => string;

export type MailRenderer = {
  /**
   * Renders a mail for any number of readers: `name`.mjml and its twin `name`.txt.
   *
   * @throws if a template is missing, names a value that the data lacks, or is no valid MJML; the message says which
   * template and where, for the editor who changed it
   */
  render(name: string, data: MailData): Promise<RenderedMail>;
};

/** Templates are changed by editors, so that none may run for ever or fill the memory. */
const limits = { parseLimit: 1_000_000, renderLimit: 10_000, memoryLimit: 20_000_000 };

/** Makes a renderer from wherever the host keeps its templates. */
export function createMailRenderer(templates: TemplateReader): MailRenderer {
  const options = {
    ...limits,
    fs: templateFiles(templates),
    relativeReference: false,
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
  };
  const plain = new Liquid(options);
  const marked = new Liquid({ ...options, outputEscape: "escape" });
  marked.registerFilter("bidi", {
    raw: true,
    handler(text) {
      return directedHtml(String(text), this.context.getSync(["dir"]) === "ltr" ? "ltr" : "rtl");
    },
  });

  return {
    async render(name, data) {
      const scope = scopeOf(data);
      const mjml: unknown = await fill(marked, `${name}.mjml`, scope);
      const text: unknown = await fill(plain, `${name}.txt`, scope);
      const html = await compile(`${name}.mjml`, String(mjml));
      return { html: squeezed(directedOutlook(html, data.dir)), text: directedPlain(String(text), data.dir) };
    },
  };
}

/** What templates see: the data without anything that cannot be in a mail, and what follows from direction and colour. */
function scopeOf(data: MailData): object {
  const rightToLeft = data.dir === "rtl";
  return {
    ...Object(cleaned(data)),
    ...paletteOf(data.publisher.colour),
    start: rightToLeft ? "right" : "left",
    end: rightToLeft ? "left" : "right",
    arrow: rightToLeft ? "←" : "→", // no program mirrors it
    personal: personalPlaces,
  };
}

/** Every text in the data on one line, without controls, brackets of direction, and the marks of personal places. */
function cleaned(value: unknown): unknown {
  if (typeof value === "string") return oneLine(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleaned(inner)]));
}

async function fill(liquid: Liquid, file: string, scope: object): Promise<unknown> {
  try {
    return await liquid.renderFile(file, scope);
  } catch (error) {
    throw new Error(`Template ${file}: ${messageOf(error)}`, { cause: error });
  }
}

async function compile(file: string, mjml: string): Promise<string> {
  try {
    // Loaded when first needed: half of the start of a command that renders nothing.
    const { default: mjml2html } = await import("mjml-browser");
    return (await mjml2html(mjml, { validationLevel: "strict" })).html;
  } catch (error) {
    throw new Error(`Template ${file}, filled in, is no valid MJML: ${withLines(messageOf(error), mjml)}`, {
      cause: error,
    });
  }
}

/** MJML counts the lines of the filled-in text, which nobody has seen: the line itself is shown behind its number. */
function withLines(message: string, mjml: string): string {
  const lines = mjml.split("\n");
  return message.replace(/Line (\d+) of [^()]*\(/g, (_, line: string) => {
    const text = lines[Number(line) - 1]?.trim().slice(0, 120) ?? "";
    return `line ${line}, "${text}" (`;
  });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Without indentation and without spaces in styles, a third of the whole; Gmail cuts a mail off near 102 KB. */
const squeezed = (html: string) =>
  html
    .replace(/\s*\n\s*/g, "\n")
    .replace(/ style="[^"]*"/g, (style) => style.replace(/([:;,]) /g, "$1").replace(/;"$/, '"'))
    .trim();

/** Partials and layouts come from the same reader, by plain file names only: a template cannot ask for other files. */
function templateFiles(templates: TemplateReader) {
  const readFileSync = (file: string) => {
    if (!/^[a-z][a-z0-9-]*\.(mjml|txt)$/.test(file)) {
      throw new Error(`"${file}" is no name of a template, such as digest.mjml`);
    }
    return templates(file);
  };
  return {
    exists: async () => true,
    existsSync: () => true,
    readFile: async (file: string) => readFileSync(file),
    readFileSync,
    resolve: (_dir: string, file: string) => file,
  };
}
