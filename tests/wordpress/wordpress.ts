// A real WordPress out of Debian's packages (setup.sh), all of it in one folder: its own MariaDB, PHP and nginx as ordinary
// processes, reachable on one port of this machine's loopback. What an editor does there is a function here.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { siteProcesses, writeSettings } from "./processes.ts";

const here = import.meta.dirname;
const run = promisify(execFile);

/** What an editor gives of a post. Categories are slugs as readers see them, tags names, the author a login. */
export type Fields = {
  title?: string;
  content?: string;
  excerpt?: string;
  status?: "publish" | "future" | "draft" | "pending" | "private";
  slug?: string;
  /** In the site's own zone, as 2026-05-01 09:00:00. */
  date?: string;
  password?: string;
  author?: "layan" | "osama" | "hiba";
  categories?: string[];
  tags?: string[];
  sticky?: boolean;
};

const instant = z.string().transform((text) => Temporal.Instant.from(text));
const post = z.strictObject({
  id: z.int(),
  status: z.enum(["publish", "future", "draft", "pending", "private", "trash"]),
  /** As it was typed. */
  title: z.string(),
  /** As WordPress writes it into pages: HTML, quotation marks made round. */
  titleRendered: z.string(),
  content: z.string(),
  contentRaw: z.string(),
  excerpt: z.string(),
  guid: z.string(),
  permalink: z.string(),
  date: instant.nullable(),
  modified: instant.nullable(),
  author: z.string(),
  categories: z.array(z.strictObject({ slug: z.string(), name: z.string() })),
  tags: z.array(z.string()),
  sticky: z.boolean(),
  password: z.boolean(),
  image: z
    .strictObject({
      url: z.string(),
      type: z.string(),
      width: z.int(),
      height: z.int(),
      length: z.int(),
      alt: z.string(),
    })
    .nullable(),
});
/** What WordPress itself, asked by PHP, says of a post. */
export type WordPressPost = z.infer<typeof post>;

const site = z.strictObject({
  port: z.int(),
  token: z.string(),
  adminPassword: z.string(),
  keys: z.array(z.string()),
});
export type Site = z.infer<typeof site>;

export type WordPress = Awaited<ReturnType<typeof startWordPress>>;

/**
 * Starts the site that lives in this folder; makes and fills it first where it is not there yet. The address stays the same.
 *
 * @throws if a package is lacking and cannot be installed, or a process does not start; says which and where its log is
 */
export async function startWordPress(given: string) {
  const folder = resolve(given);
  const installed = await run("sh", [join(here, "setup.sh")]).catch((error: { stderr: string }) => {
    throw new Error(`Installing WordPress failed. ${error.stderr.slice(-2000)}`);
  });
  // Neither MariaDB nor nginx likes to be root, and the folder is to be readable for whom they run as.
  const user = process.getuid?.() === 0 ? await idsOf("www-data") : null;
  const own = async (path: string) => user && chown(path, user.uid, user.gid);
  for (const name of ["", "data", "run", "log"]) {
    await mkdir(join(folder, name), { recursive: true });
    await own(join(folder, name));
  }
  await chmod(folder, 0o755);

  const file = join(folder, "site.json");
  if (!existsSync(file)) {
    const secret = () => randomBytes(24).toString("hex");
    const made: Site = {
      port: await freePort(),
      token: secret(),
      adminPassword: secret(),
      keys: Array.from({ length: 8 }, secret),
    };
    await writeFile(file, JSON.stringify(made), { mode: 0o600 });
  }
  const known = site.parse(JSON.parse(await readFile(file, "utf8")));
  const url = new URL(`http://127.0.0.1:${known.port}/`);
  const root = join(folder, "site");
  if (!existsSync(join(root, "wp-load.php")))
    await cp("/usr/share/wordpress", root, {
      recursive: true,
      filter: (name) => !name.endsWith("/.htaccess"),
    });
  for (const name of ["install.php", "seed.php", "hard.php", "texts.php", "drive.php"])
    await cp(join(here, "php", name), join(root, name));
  await mkdir(join(root, "wp-content/uploads"), { recursive: true });
  await own(join(root, "wp-content/uploads"));
  await writeSettings(folder, known);

  const processes = siteProcesses(folder, user);
  try {
    await processes.start(url);
    const env = { PATH: process.env["PATH"], ADMIN_PASSWORD: known.adminPassword };
    for (const script of ["install.php", "seed.php"])
      await run("php", ["-d", "memory_limit=512M", join(root, script)], { env, ...user }).catch(
        (error: { stdout: string; stderr: string }) => {
          throw new Error(`${script} failed. ${error.stderr || error.stdout}`.slice(0, 3000));
        },
      );
  } catch (error) {
    await processes.stop();
    throw error;
  }

  const drive = async (asked: object): Promise<Response> => {
    const response = await fetch(new URL("drive.php", url), {
      method: "POST",
      headers: { "X-Token": known.token, "Content-Type": "application/json" },
      body: JSON.stringify(asked),
    });
    if (response.ok) return response;
    throw new Error(
      `WordPress answered ${response.status} to ${JSON.stringify(asked).slice(0, 300)}: ${await response.text()}`,
    );
  };
  const done = async (asked: object) => {
    if ((await (await drive(asked)).json()) === false)
      throw new Error(`WordPress did nothing on ${JSON.stringify(asked)}: is the post in the right state?`);
  };
  return {
    url,
    folder,
    /** Whether packages had to be installed for this start. */
    installed: installed.stdout !== "",
    admin: { user: "admin", password: known.adminPassword },
    /** A new one for the administrator, by which REST tells what readers do not see. */
    applicationPassword: async () => z.string().parse(await (await drive({ do: "password" })).json()),
    memory: processes.memory,
    stop: processes.stop,
    posts: async () => z.array(post).parse(await (await drive({ do: "posts" })).json()),
    /** Publishes a post unless its status says otherwise, and gives its id. */
    publish: async (fields: Fields & { title: string; content: string }) =>
      z.int().parse(await (await drive({ do: "save", fields: { status: "publish", ...fields } })).json()),
    edit: (id: number, fields: Fields) => done({ do: "save", id, fields }),
    trash: (id: number) => done({ do: "trash", id }),
    /** Out of the trash and published again, as an editor does it: two changes. */
    restore: (id: number) => done({ do: "restore", id }),
    /** For good, past the trash. */
    delete: (id: number) => done({ do: "delete", id }),
    setOption: async (name: string, value: string) => void (await drive({ do: "option", name, value })),
    /** What a crontab does on a real site: scheduled posts come out, and what plugins put off is done. */
    cron: async () => void (await (await fetch(new URL("wp-cron.php?doing_wp_cron", url))).text()),
    /** Copies a plugin's file in and activates it. */
    installPlugin: async (path: string) => {
      const name = path.slice(path.lastIndexOf("/") + 1);
      await cp(path, join(root, "wp-content/plugins", name));
      await drive({ do: "activate", plugin: name });
    },
    /** The whole site as WordPress exports it (WXR). */
    exportTo: async (path: string) => {
      await writeFile(path, await (await drive({ do: "export" })).text());
      return path;
    },
  };
}

async function idsOf(name: string): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await run("id", [flag, name])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address
          ? done(address.port)
          : fail(new Error("There is no free port.")),
      );
    });
  });
}
