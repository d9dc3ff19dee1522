// Small pictures of numbers, as plain SVG. Beside each stand the numbers themselves, in words: nobody has to read it off a line.
import type { Tone } from "./components.tsx";
import type { Language } from "./words.ts";

const width = 1000;

/** How a whole is made up, along the direction of reading. Parts of nothing are not drawn. */
export function Bar(props: {
  language: Language;
  label: string;
  parts: readonly { tone: Tone; share: number }[];
}) {
  let from = 0;
  const parts = props.parts.flatMap(({ tone, share }) => {
    const part = { tone, from, size: Math.max(0, share) * width };
    from += part.size;
    return part.size > 0 ? [part] : [];
  });
  return (
    <svg
      class="bar"
      viewBox={`0 0 ${width} 10`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      {parts.map(({ tone, from, size }) => (
        <rect
          class={`bar-${tone}`}
          x={round(props.language === "ar" ? width - from - size : from)}
          y="0"
          width={round(size)}
          height="10"
        />
      ))}
    </svg>
  );
}

/** A number over time, the oldest where reading begins. `values` at even distances; null where it is not known. */
export function Line(props: { language: Language; label: string; values: readonly (number | null)[] }) {
  const { language, values } = props;
  const known = values.filter((it) => it !== null);
  const most = Math.max(1, ...known);
  const least = Math.min(most - 1, ...known);
  const last = Math.max(1, values.length - 1);
  const at = (value: number, i: number) => {
    const x = (i / last) * width;
    return `${round(language === "ar" ? width - x : x)},${round(190 - ((value - least) / (most - least)) * 170)}`;
  };
  const points = values.flatMap((value, i) => (value === null ? [] : [at(value, i)]));
  return (
    <svg
      class="line"
      viewBox={`0 0 ${width} 200`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <polyline points={points.join(" ")} />
    </svg>
  );
}

const round = (n: number) => Math.round(n * 10) / 10;
