// What a browser calls itself, in words its owner knows it by. Pure. It proves nothing: whoever asks writes what they like.

const systems: readonly [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "Mac"],
  [/Linux|X11/, "Linux"],
];

/** The first that fits: most name the others too. */
const browsers: readonly [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

/** "Firefox, Linux"; '' for what we do not know. */
export function deviceOf(userAgent: string): string {
  const known = (list: readonly [RegExp, string][]) =>
    list.find(([pattern]) => pattern.test(userAgent.slice(0, 500)))?.[1];
  return [known(browsers), known(systems)].filter((it) => it !== undefined).join(", ");
}
