// Builds what Node cannot load as it is: one bundle of our own code (packages stay outside), and the assets under names
// that change with their content. Takes a fraction of a second, so that `npm start` never runs a stale edit.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { samplePictures } from "../src/sample/pictures/index.ts";
import { assetFiles, browserScripts } from "../src/web/assets.ts";
import { bundleForNode } from "./bundle.ts";

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

const settings: BuildOptions = { ...bundleForNode, outdir: dist };
await build({ ...settings, entryPoints: [join(root, "src/hosts/cli.ts")] });

/** Leaves out what nothing is taken from, ours and packages: a thread starts quickly, and takes no memory for what it has no use for. */
const onlyWhatIsUsed: Plugin = {
  name: "only-what-is-used",
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /./ }, async ({ path, pluginData, kind, ...from }) => {
      if (pluginData === "asked" || kind === "entry-point") return undefined;
      const found = await resolve(path, { ...from, kind, pluginData: "asked" });
      return { ...found, sideEffects: false };
    }),
};
for (const thread of ["wxr-thread", "delivery-thread"])
  await build({
    ...settings,
    entryPoints: [join(root, `src/hosts/${thread}.ts`)],
    plugins: [onlyWhatIsUsed],
  });
