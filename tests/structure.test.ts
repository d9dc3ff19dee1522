// The house rules that no compiler checks: imports go down the ladder, through front files, and never in a circle.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const src = resolve(import.meta.dirname, "../src");

/** From the top down; parts of one rung do not know each other. */
const ladder = [
  ["hosts"],
  ["service.ts"],
  ["house-figures.ts"],
  ["app.tsx"],
  ["by-hand.ts", "api-doors.ts", "failure.tsx"],
  ["tick.ts"],
  ["publish.ts"],
  ["tables.ts"],
  ["sample", "newsroom"],
  ["delivery", "hooks"],
  ["digests", "websub", "readership"],
  ["subscribers", "sources", "feeds"],
  ["articles"],
  ["accounts", "settings", "doctor"],
  ["mail", "web"],
  ["arabic", "platform"],
  ["config.ts"],
  ["config-values.ts"],
];
const rungOf = (part: string) => ladder.findIndex((rung) => rung.includes(part));

type Import = { from: string; to: string; typeOnly: boolean };

function importsUnder(folder: string): Import[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(
      (name) => /\.tsx?$/.test(name) && !/\.(test|fixture)\.tsx?$/.test(name) && !name.endsWith(".d.ts"),
    )
    .flatMap((name) => {
      const file = join(folder, name);
      const text = readFileSync(file, "utf8");
      return [...text.matchAll(/^(?:import|export)\b([^;]*?)\bfrom "(\.[^"]+)";$/gms)].map(
        ([, head = "", path = ""]) => ({
          from: relative(src, file),
          to: relative(src, resolve(dirname(file), path)),
          typeOnly: /^\s+type\s/.test(head),
        }),
      );
    });
}

const partOf = (file: string) => file.split("/")[0] ?? "";

/** What breaks the rules among these imports, a sentence each. */
function broken(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const [lower, upper] = [partOf(to), partOf(from)];
    if (lower === ".." && upper === "hosts") return []; // the Worker bundles templates and what the build made
    if (lower === upper) return [];
    if (rungOf(upper) < 0 || rungOf(lower) < 0)
      return [`${from}: ${rungOf(upper) < 0 ? upper : lower} is on no rung`];
    const sayings: string[] = [];
    if (rungOf(lower) <= rungOf(upper)) sayings.push(`${from} imports ${to}, which stands no lower`);
    if (lower.indexOf(".") < 0 && to !== `${lower}/index.ts`)
      sayings.push(`${from} reaches into ${to} past its front file`);
    return sayings;
  });
}

describe("the ladder", () => {
  const imports = importsUnder(src);

  test("there are imports to judge", () => expect(imports.length).toBeGreaterThan(200));

  test("imports go down, through front files", () => expect(broken(imports)).toEqual([]));

  test.each([
    [
      "a lower part that reaches up",
      { from: "arabic/fold.ts", to: "articles/index.ts", typeOnly: false },
      /no lower/,
    ],
    ["a type counts too", { from: "articles/read.ts", to: "feeds/index.ts", typeOnly: true }, /no lower/],
    [
      "a neighbour on the same rung",
      { from: "feeds/store.ts", to: "subscribers/index.ts", typeOnly: false },
      /no lower/,
    ],
    [
      "past the front file",
      { from: "digests/issue.ts", to: "articles/read.ts", typeOnly: false },
      /front file/,
    ],
    ["a part that nobody placed", { from: "helpers/misc.ts", to: "config.ts", typeOnly: false }, /no rung/],
  ])("%s is seen", (_, wrong, why) => expect(broken([wrong]).join()).toMatch(why));

  test("no file imports itself by a detour", () => {
    const next = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports)
      if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      if (done.has(file) || path.includes(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of next.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  test("every part has a front file that says what it does", () => {
    const parts = readdirSync(src, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && entry.name !== "hosts",
    );
    for (const { name } of parts)
      expect(readFileSync(join(src, name, "index.ts"), "utf8"), name).toMatch(/^\/\/ \S.{40,}/);
  });

  test("only hosts know Node", () => {
    const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
      (name) => /\.tsx?$/.test(name) && !/\.(test|fixture)\.tsx?$/.test(name) && !name.startsWith("hosts/"),
    );
    const guilty = files.filter((name) =>
      /from "node:|\bprocess\.|\bBuffer\b|\b__dirname\b/.test(
        readFileSync(join(src, name), "utf8").replace(/\/\/.*|\/\*[\s\S]*?\*\//g, ""),
      ),
    );
    expect(guilty).toEqual([]);
  });
});
