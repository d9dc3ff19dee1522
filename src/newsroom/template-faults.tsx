// What is wrong with templates, shown at the line: the lines about it, what the libraries say of it, and what to do.
import { faultAdvice, type TemplateFault } from "../mail/index.ts";
import { bothLanguages, type Language, Ltr } from "../web/index.ts";
import type { ShownTemplates } from "./house.ts";

export const templatePath = (name: string): string =>
  `/newsroom/settings/templates/${encodeURIComponent(name)}`;

const words = bothLanguages({
  ar: { whole: "الملف كله", todo: "ما العمل:", around: (place: string) => `السطور حول ${place}` },
  en: {
    whole: "the whole file",
    todo: "What to do:",
    around: (place: string) => `The lines around ${place}`,
  },
});

/** Lines shown before and after the one that is meant. */
const around = 2;
const longestLine = 300;

type Line = { number: number; text: string };
type PlacedFault = TemplateFault & { lines: readonly Line[] };

/**
 * Faults with the lines where they are.
 *
 * @param draft the text that is tried in the place of a file
 */
export async function placed(
  templates: Pick<ShownTemplates, "read">,
  faults: readonly TemplateFault[],
  draft: { name: string; text: string } | null,
): Promise<PlacedFault[]> {
  return Promise.all(
    faults.map(async (fault) => {
      const text = fault.file === draft?.name ? draft.text : ((await templates.read(fault.file))?.text ?? "");
      return { ...fault, lines: linesAbout(text, fault.line) };
    }),
  );
}

function linesAbout(text: string, line: number | null): Line[] {
  if (line === null) return [];
  const lines = text.split("\n").map((it, i) => ({ number: i + 1, text: it.slice(0, longestLine) }));
  return lines.slice(Math.max(0, line - 1 - around), line + around);
}

export function Faults({ language, faults }: { language: Language; faults: readonly PlacedFault[] }) {
  const t = words[language];
  return (
    <>
      {faults.map((fault) => (
        <div class="fault">
          <p>
            <Ltr code>{fault.line === null ? fault.file : `${fault.file}:${fault.line}`}</Ltr>
            {fault.line === null && ` (${t.whole})`}
          </p>
          {fault.lines.length > 0 && (
            // It scrolls, so the keyboard must be able to reach it.
            <section
              class="code-lines"
              dir="ltr"
              tabindex={0}
              aria-label={t.around(`\u2068${fault.file}:${fault.line}\u2069`)}
            >
              {fault.lines.map(({ number, text }) =>
                number === fault.line ? (
                  <mark>{lineWords(number, text)}</mark>
                ) : (
                  <span>{lineWords(number, text)}</span>
                ),
              )}
            </section>
          )}
          <p>
            <Ltr>{fault.message}</Ltr>
          </p>
          <p>
            <strong>{t.todo}</strong> {isolated(faultAdvice(fault)[language], language)}
          </p>
        </div>
      ))}
    </>
  );
}

const lineWords = (number: number, text: string): string => `${String(number).padStart(4)}  ${text}`;

/** Code and names inside an Arabic sentence, each whole and the other way. */
const isolated = (sentence: string, language: Language): string =>
  language === "ar"
    ? sentence.replace(/\{[{%][^}]*[%}]?\}?|[A-Za-z](?:[\w./-]*\w)?|\|/g, "\u2068$&\u2069")
    : sentence;
