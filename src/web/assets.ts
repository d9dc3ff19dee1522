// What the pages ask for beside their HTML, and where a build finds it.

/** The address of the stylesheet, as the build named it; everything else lies beside it. */
export type AssetPaths = { css: string };

const markazi = "node_modules/@fontsource-variable/markazi-text";
const naskh = "node_modules/@fontsource-variable/noto-naskh-arabic";

/** Files to copy: `from` in the repository, `to` in the folder of assets. The stylesheet names the fonts by `to`. */
export const assetFiles: readonly { from: string; to: string }[] = [
  { from: "src/web/styles.css", to: "styles.css" },
  { from: "src/web/icon.svg", to: "icon.svg" },
  { from: `${markazi}/files/markazi-text-arabic-wght-normal.woff2`, to: "fonts/markazi-arabic.woff2" },
  { from: `${markazi}/files/markazi-text-latin-wght-normal.woff2`, to: "fonts/markazi-latin.woff2" },
  { from: `${naskh}/files/noto-naskh-arabic-arabic-wght-normal.woff2`, to: "fonts/naskh-arabic.woff2" },
  { from: `${naskh}/files/noto-naskh-arabic-latin-wght-normal.woff2`, to: "fonts/naskh-latin.woff2" },
  // The Open Font License wants to travel with the fonts.
  { from: `${markazi}/LICENSE`, to: "fonts/markazi-LICENSE.txt" },
  { from: `${naskh}/LICENSE`, to: "fonts/naskh-LICENSE.txt" },
];

/** Scripts to bundle: `from` in the repository, `to` in the folder of assets. */
export const browserScripts: readonly { from: string; to: string }[] = [
  { from: "src/subscribers/guard/solve.browser.ts", to: "solve.js" },
  { from: "src/accounts/passkey.browser.ts", to: "passkey.js" },
  { from: "src/newsroom/live.browser.ts", to: "live.js" },
  { from: "src/newsroom/template.browser.ts", to: "template.js" },
  { from: "src/newsroom/order.browser.ts", to: "order.js" },
];

/** The address of another asset, beside the stylesheet. */
export function besideStylesheet({ css }: AssetPaths, file: string): string {
  return css.slice(0, css.lastIndexOf("/") + 1) + file;
}
