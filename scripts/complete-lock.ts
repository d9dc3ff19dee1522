// Completes package-lock.json. npm writes only those platform packages into the lock that the registry at hand could tell
// it about; since 11.19 `npm ci` refuses a lock that lacks the others, on every platform. What is missing is added from
// what the lock says itself: a name and an exact version. The platform stands in the name.
import { readFileSync, writeFileSync } from "node:fs";

type Package = { version?: string; optionalDependencies?: Record<string, string>; [field: string]: unknown };
type Lock = { packages: Record<string, Package> };

const systems = [
  "android",
  "aix",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
  "windows",
];
const processors = ["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "mips64el", "loong64"];

/** What a name such as `@biomejs/cli-linux-x64-musl` says of where it runs. */
function platformOf(name: string) {
  const words = name.split("/").at(-1)?.split("-") ?? [];
  const os = systems.find((it) => words.includes(it));
  const cpu = processors.find((it) => words.includes(it)) ?? (words.includes("64") ? "x64" : undefined);
  const libc = words.some((it) => it.startsWith("musl")) ? "musl" : undefined;
  return { os: os === "windows" ? "win32" : os, cpu, libc };
}

/** Adds what the lock names and does not have. @returns the names */
export function completeLock(lock: Lock): string[] {
  const added: string[] = [];
  for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const beside = `${place === "" ? "" : `${place.slice(0, place.lastIndexOf("node_modules/"))}`}node_modules/${name}`;
      if (lock.packages[beside] || lock.packages[`node_modules/${name}`]) continue;
      const { os, cpu, libc } = platformOf(name);
      if (!os || !/^\d/.test(version))
        throw new Error(`Nobody can tell from "${name}@${version}" where it runs.`);
      lock.packages[beside] = {
        version,
        ...(cpu && { cpu: [cpu] }),
        ...(dev === true && { dev }),
        ...(libc && { libc: [libc] }),
        optional: true,
        os: [os],
      };
      added.push(`${name}@${version}`);
    }
  }
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  return added;
}

if (import.meta.main) {
  const file = new URL("../package-lock.json", import.meta.url);
  const lock: Lock = JSON.parse(readFileSync(file, "utf8"));
  const added = completeLock(lock);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(
    added.length === 0 ? "The lock is complete.\n" : `Added to the lock:\n${added.join("\n")}\n`,
  );
}
