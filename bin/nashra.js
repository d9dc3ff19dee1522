#!/usr/bin/env node
// Checks the Node version before anything native is loaded: an older one would crash without a word.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 26) {
  process.stderr.write(
    `Nashra needs Node 26, and this is Node ${process.versions.node}. The project brings its own: run it by "npm start" or ` +
      '"npx nashra" in its folder, or name node_modules/.bin/node in a service unit. If that is missing, run "npm ci".\n',
  );
  process.exit(1);
}
// Node's own localStorage wants a file; a library that looks for a browser's must find none instead of a warning.
Reflect.deleteProperty(globalThis, "localStorage");
const { main } = await import("../dist/cli.js").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND" || !String(error.message).includes("dist/cli.js")) throw error;
  process.stderr.write('The bundle is missing. Run "npm run build".\n');
  process.exit(1);
});
process.exitCode = await main(process.argv.slice(2));
