// Liquid as mails use it: safe for editors to change, and with a tag for what many mails share.
import { Hash, Liquid, Tag, type TagToken, type TopLevelToken } from "liquidjs";
import { directedHtml } from "./direction.ts";

/** Gives a template's text by its file name ("digest.mjml"); throws if there is none. */
export type TemplateReader = (name: string) => string;

/** A block of a mail that other mails may have too: a template, and all that it was given. */
export type Block = { key: string; mjml: string };

/**
 * What happens to `{% reuse %}` while a mail is filled in: null writes it where it stands; else it is handed over, and what
 * comes back stands there. `mjml` renders the block.
 */
type Take = ((key: string, mjml: () => Promise<string>) => Promise<string>) | null;

export type Engine = {
  /**
   * Fills a template.
   *
   * @param scope what it sees; `globals` its blocks see too
   * @throws if it is missing, or names a value that is not there; the message says which template, and the line
   */
  fill: (file: string, scope: object, globals: object, take?: Take) => Promise<string>;
  /** A value as `{{ value }}` writes it. */
  written: (value: unknown) => string;
};

/** Templates are changed by editors, so that none may run for ever or fill the memory. */
const limits = { parseLimit: 1_000_000, renderLimit: 2000, memoryLimit: 20_000_000 };

/** So deep blocks stand in blocks. Each has limits of its own, so that one which took itself in would have none. */
const mostDeep = 3;

/** What a filling does with its blocks, and how deep in them it is. */
type Filling = { take: Take; depth: number };

/** @param escapes whether values are written into markup */
export function liquidEngine(templates: TemplateReader, escapes: boolean): Engine {
  const fillings = new WeakMap<object, Filling>();
  const liquid = new Liquid({
    ...limits,
    fs: templateFiles(templates),
    cache: true,
    relativeReference: false,
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    ...(escapes ? { outputEscape: "escape" } : {}),
  });
  liquid.registerFilter("bidi", {
    raw: true,
    handler(text) {
      return directedHtml(String(text), this.context.getSync(["dir"]) === "ltr" ? "ltr" : "rtl");
    },
  });
  liquid.registerTag("reuse", reuseTag(liquid, fillings));
  const output = liquid.parse("{{ value }}");
  return {
    written: (value) => String(liquid.renderSync(output, { value })),
    async fill(file, scope, globals, take = null) {
      const own = { ...globals }; // the tag knows by it which filling it is part of
      fillings.set(own, { take, depth: 0 });
      try {
        return String(await liquid.renderFile(file, scope, { globals: own }));
      } catch (error) {
        throw new Error(`Template ${file}: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

/**
 * `{% reuse "story.mjml", story: story %}`: a template of its own that sees the mail's globals and what it is given, and
 * nothing else. So what it becomes depends on these alone, and may stand in other mails too.
 */
function reuseTag(liquid: Liquid, fillings: WeakMap<object, Filling>) {
  return class extends Tag {
    readonly file: string;
    readonly given: Hash;

    constructor(token: TagToken, rest: TopLevelToken[], engine: Liquid) {
      super(token, rest, engine);
      const [read, file] = /^\s*"([^"]+)"\s*,?/.exec(token.args) ?? [];
      if (read === undefined || file === undefined)
        throw new Error(`reuse takes a template's name and values: {% reuse "story.mjml", story: story %}`);
      this.file = file;
      this.given = new Hash(token.args.slice(read.length));
    }

    *render(
      ctx: Parameters<Tag["render"]>[0],
      emitter: Parameters<Tag["render"]>[1],
    ): Generator<unknown, void, string & object> {
      const given: object = yield this.given.render(ctx);
      const { take, depth } = fillings.get(ctx.globals) ?? { take: null, depth: 0 };
      if (depth === mostDeep)
        throw new Error(
          `block limit exceeded: {% reuse "${this.file}" %} stands in ${mostDeep} blocks already, as where one takes itself in`,
        );
      const globals = { ...ctx.globals };
      fillings.set(globals, { take, depth: depth + 1 });
      const mjml = async () => String(await liquid.renderFile(this.file, given, { globals }));
      if (take === null) emitter.write(yield mjml());
      else emitter.write(yield take(JSON.stringify([this.file, given]), mjml));
    }
  };
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Partials and layouts come from the same reader, by plain file names only: a template cannot ask for other files. */
function templateFiles(templates: TemplateReader) {
  const readFileSync = (file: string) => {
    if (!isTemplateName(file)) throw new Error(`"${file}" is no name of a template, such as digest.mjml`);
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

/** `digest.mjml`, `digest.txt`: letters, digits and hyphens. */
export const isTemplateName = (file: string): boolean => /^[a-z][a-z0-9-]{0,40}\.(mjml|txt)$/.test(file);
