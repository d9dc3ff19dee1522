// Says what to do where Node is too old, before anything native or typed is loaded: an older one crashes without a word.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 26) {
  process.stderr.write(
    `Nashra needs Node 26, and this is Node ${process.versions.node}. The project brings its own: run "npm ci" in its folder, ` +
      'then "npm start" or "npx nashra"; name node_modules/.bin/node in a service unit.\n',
  );
  process.exit(1);
}
