// How our own code is bundled for Node, which cannot load pages (`.tsx`) as they are; packages stay outside.
import type { BuildOptions } from "esbuild";

export const bundleForNode: BuildOptions = {
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node26",
  format: "esm",
  sourcemap: "linked",
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  logLevel: "warning",
};
