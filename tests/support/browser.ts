// A real Chromium out of the npm registry, the same on every machine: its own libraries, its own fonts, no network.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cache = join(root, "node_modules/.cache/nashra");

/** Starts the browser that package.json names, and nothing that lies about in a temp folder. */
export async function startBrowser(): Promise<Browser> {
  const { folder, version } = await unpacked();
  const browser = await chromium.launch({
    executablePath: join(folder, "chromium"),
    // Tests run as root in containers, where Chromium's sandbox cannot; what they show comes from this machine alone.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--font-render-hinting=none",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    ],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, "al2023/lib"),
      FONTCONFIG_FILE: fileURLToPath(new URL("fonts.conf", import.meta.url)),
    },
  });
  const major = version.split(".", 1)[0];
  if (browser.version().split(".", 1)[0] === major) return browser;
  await browser.close();
  throw new Error(
    `This is Chromium ${browser.version()}, and the package's is ${version}. Remove ${folder}.`,
  );
}

/** Gives a page's device a fingerprint reader, as Chromium makes one up; `detach` takes it away. */
export async function giveAuthenticator(page: Page): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return cdp;
}

/**
 * Unpacks the browser once per version. Whoever comes first moves a whole folder into place; whoever was unpacking at the
 * same time uses that one.
 */
async function unpacked(): Promise<{ folder: string; version: string }> {
  const packageFile = new URL("../package.json", import.meta.resolve("@sparticuz/chromium"));
  const { version } = JSON.parse(await readFile(packageFile, "utf8"));
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return { folder, version };
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, "unpacking-"));
  try {
    // The package unpacks into the temp folder, and its libraries (NSS and the like) only where it believes to be on Lambda.
    const env = { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" };
    const unpack = 'await (await import("@sparticuz/chromium")).default.executablePath()';
    await promisify(execFile)(process.execPath, ["--input-type=module", "-e", unpack], { cwd: root, env });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return { folder, version };
}
