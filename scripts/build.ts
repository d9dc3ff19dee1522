// Builds what Node cannot load as it is: one bundle of our own code (packages stay outside), and the assets under names
// that change with their content. Takes a fraction of a second, so that `npm start` never runs a stale edit.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { samplePictures } from "../src/sample/pictures/index.ts";
import { assetFiles, browserScripts } from "../src/web/assets.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });

// Scripts for browsers: for a page or two, each whole in one file.
const { outputFiles: scripts } = await build({
  entryPoints: browserScripts.map(({ from, to }) => ({ in: join(root, from), out: to.replace(/\.js$/, "") })),
  outdir: "/",
  write: false,
  bundle: true,
  minify: true,
  platform: "browser",
  target: "es2022",
  format: "esm",
  logLevel: "warning",
});

// Fonts, styles and scripts lie in one folder named after all of their bytes: a browser may keep them for ever.
const hash = createHash("sha256");
for (const { from } of assetFiles) hash.update(readFileSync(join(root, from)));
for (const { contents } of scripts) hash.update(contents);
const folder = `/assets/${hash.digest("hex").slice(0, 12)}`;
const copy = (from: string, to: string) => {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(root, from), to);
};
for (const { from, to } of assetFiles) copy(from, join(dist, "public", folder, to));
for (const { path, contents } of scripts) writeFileSync(join(dist, "public", folder, path), contents);
for (const name of Object.keys(samplePictures)) {
  copy(`src/sample/pictures/${name}`, join(dist, "public/assets/sample", name));
}
const assets = { css: `${folder}/styles.css` };
writeFileSync(join(dist, "assets.json"), JSON.stringify(assets));
// How long readers keep them where Cloudflare serves them; on Node src/hosts/serve.ts says the same.
const headers = (path: string, cacheControl: string) =>
  `${path}\n  Cache-Control: ${cacheControl}\n  X-Content-Type-Options: nosniff\n`;
writeFileSync(
  join(dist, "public/_headers"),
  headers(`${folder}/*`, "public, max-age=31536000, immutable") +
    headers("/assets/sample/*", "public, max-age=3600"),
);

await build({
  entryPoints: [join(root, "src/hosts/cli.ts")],
  outdir: dist,
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node26",
  format: "esm",
  sourcemap: "linked",
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  logLevel: "warning",
});
