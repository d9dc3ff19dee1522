// How far an issue is, in words and as a bar: on the page of today, in the list of issues, and on an issue's own page.
import type { Progress } from "../delivery/index.ts";
import type { Publisher } from "../settings/index.ts";
import { Bar, bothLanguages, type Language } from "../web/index.ts";
import { numberWord } from "./words.ts";

type Part = Exclude<keyof Progress, "letters" | "exclusions">;

const words = bothLanguages({
  ar: {
    progress: (done: string, all: string) => `قبلت الخوادم ${done} من ${all}`,
    parts: {
      accepted: "مقبولة",
      deferred: "مرجأة",
      rejected: "مرفوضة",
      inDoubt: "غير مؤكدة",
      given: "سُحبت أو فات موعدها",
      waiting: "في الانتظار",
    } satisfies Record<Part, string>,
    join: "، ",
  },
  en: {
    progress: (done: string, all: string) => `Servers accepted ${done} of ${all}`,
    parts: {
      accepted: "accepted",
      deferred: "deferred",
      rejected: "rejected",
      inDoubt: "in doubt",
      given: "withdrawn or expired",
      waiting: "waiting",
    },
    join: ", ",
  },
});

const tones = [
  ["accepted", "ok"],
  ["deferred", "warning"],
  ["inDoubt", "warning"],
  ["rejected", "error"],
  ["given", "plain"],
] as const;

/** "مقبولة 12، مرفوضة 1", what there is none of left out. */
export function progressWords(progress: Progress, language: Language, paper: Publisher): string[] {
  const parts: readonly Part[] = [...tones.map(([part]) => part), "waiting"];
  return parts.flatMap((part) =>
    progress[part] > 0
      ? [`${words[language].parts[part]} ${numberWord(progress[part], language, paper)}`]
      : [],
  );
}

export function ProgressBar(props: { progress: Progress; language: Language; paper: Publisher }) {
  const { progress, language, paper } = props;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const label = t.progress(n(progress.accepted), n(progress.letters));
  const said = progressWords(progress, language, paper);
  return (
    <>
      <Bar
        language={language}
        label={label}
        parts={tones.map(([part, tone]) => ({
          tone,
          share: progress[part] / Math.max(1, progress.letters),
        }))}
      />
      <p>{[label, ...(said.length > 0 ? [said.join(t.join)] : [])].join(": ")}</p>
    </>
  );
}
