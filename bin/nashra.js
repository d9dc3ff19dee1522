#!/usr/bin/env node
import "./check-node.js";

// Node's own localStorage wants a file; a library that looks for a browser's must find none instead of a warning.
Reflect.deleteProperty(globalThis, "localStorage");
// Whoever reads our output may stop reading (`nashra config | head -1`): that is no fault.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
const { main } = await import("../dist/cli.js").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND" || !String(error.message).includes("dist/cli.js")) throw error;
  process.stderr.write('The bundle is missing. Run "npm run build".\n');
  process.exit(1);
});
process.exitCode = await main(process.argv.slice(2));
