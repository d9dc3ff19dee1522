// What the README says of settings and commands is what the program does.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { showConfig } from "../src/config.ts";

const readme = readFileSync(resolve(import.meta.dirname, "../README.md"), "utf8");

test("every setting stands in the README with its default and its line", () => {
  const rows = showConfig({}).map(
    ({ name, value, takes, about }) =>
      `| \`${name}\` | ${value === "" ? "none" : value.replace(/^\((.*)\)$/, "$1")} | ${about} Takes ${takes.replaceAll("|", "\\|")}. |`,
  );
  const table = ["| setting | default | what |", "| --- | --- | --- |", ...rows].join("\n");
  expect(readme).toContain(table);
});
