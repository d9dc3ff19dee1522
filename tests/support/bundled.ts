// Loads a module that reaches into the pages (`.tsx`), which Node cannot load as it is: bundled as `nashra` itself is.
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundleForNode } from "../../scripts/bundle.ts";

/** Beside the bundle of `nashra`, which finds templates and migrations from there. */
const out = resolve(import.meta.dirname, "../../dist");

/** @param file the module; what it exports is for the caller to know */
export const importBundled = async (file: string): Promise<unknown> =>
  import(pathToFileURL(await bundled(file)).href);

/** Bundles a module for Node. @returns the file */
export async function bundled(file: string): Promise<string> {
  const to = join(out, `test-${basename(file, ".ts")}.js`);
  await build({ ...bundleForNode, entryPoints: [file], outfile: to });
  return to;
}
