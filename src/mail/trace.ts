// Where a fault that MJML finds stands in the templates. MJML counts the lines of what was filled in; so the templates are filled in
// once more, with a mark at the end of each of their lines, and the marks are taken out again before MJML reads it.
import type { TemplateFault } from "./check.ts";
import type { MailData } from "./data.ts";
import { liquidEngine, messageOf, type TemplateReader } from "./liquid.ts";
import { seenBy } from "./render.ts";

// U+FDD2 and U+FDD3 are no characters, and stand in no text of a mail.
const lineMark = /\uFDD2([^\uFDD3]*):(\d+)\uFDD3/g;

/** What MJML finds wrong with a mail, by file and line of its templates. */
export async function tracedMjml(
  reader: TemplateReader,
  name: string,
  data: MailData,
): Promise<TemplateFault[]> {
  const { globals, scope } = seenBy(data);
  const marked = await liquidEngine((file) => withMarks(file, reader(file)), true).fill(
    `${name}.mjml`,
    scope,
    globals,
  );
  const lines = marked.split("\n");
  const places = placesOf(lines);
  const { default: mjml2html } = await import("mjml-browser");
  try {
    await mjml2html(marked.replace(lineMark, ""), { validationLevel: "strict" });
    return [];
  } catch (error) {
    return [...messageOf(error).matchAll(/Line (\d+) of [^()]*\((\S+)\) — (.*)/g)].map(
      ([, line, tag, message]) => ({
        ...(places[Number(line) - 1] ?? { file: `${name}.mjml`, line: null }),
        message: `<${tag}>: ${message}`,
      }),
    );
  }
}

/** A template with a mark behind each line, but inside of a tag that goes over several. */
function withMarks(file: string, text: string): string {
  let open = 0;
  return text
    .split("\n")
    .map((line, i) => {
      open += (line.match(/\{[{%]/g)?.length ?? 0) - (line.match(/[%}]\}/g)?.length ?? 0);
      return open === 0 ? `${line}\uFDD2${file}:${i + 1}\uFDD3` : line;
    })
    .join("\n");
}

/** For each filled-in line the template's line that it ends with, or else the next one that is known. */
function placesOf(lines: readonly string[]): ({ file: string; line: number } | null)[] {
  let next: { file: string; line: number } | null = null;
  return lines
    .toReversed()
    .map((line) => {
      const [, file, number] = [...line.matchAll(lineMark)].at(-1) ?? [];
      if (file !== undefined) next = { file, line: Number(number) };
      return next;
    })
    .toReversed();
}
