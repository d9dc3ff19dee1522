// Nashra beside a real WordPress: everything imported and compared field by field; then an edit, a trash and a new post, by
// polling and by webhook; then the same site from its export. Needs Debian and, at the first time, root. Run it with
// `npm run test:wordpress [FOLDER]`, or `npm run test:wordpress serve FOLDER` for the site alone until Ctrl-C.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { nashra, serve } from "../support/process.ts";
import { found } from "../support/site.ts";
import { asTable, compare } from "./compare.ts";
import { type StoredArticle, storedArticle, type Way } from "./fields.ts";
import { startWordPress, type WordPress } from "./wordpress.ts";

const plugin = resolve(import.meta.dirname, "../../integrations/wordpress/nashra.php");
const say = (line: string) => void process.stdout.write(`${line}\n`);
const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const stores: Store[] = [];
let failed = 0;
const check = (what: string, good: boolean) => {
  say(`${good ? "yes" : "NO "}  ${what}`);
  if (!good) failed++;
};

type Store = Awaited<ReturnType<typeof startStore>>;

/** An empty Nashra that may reach this machine's WordPress, with its server running. */
async function startStore() {
  const data = await mkdtemp(join(tmpdir(), "nashra-wordpress-"));
  const env = { NASHRA_DATA: data, NASHRA_FETCH_ALLOW: "127.0.0.1" };
  const server = await serve(env);
  const command = async (...words: string[]): Promise<string> => {
    for (let tries = 0; ; tries++) {
      const { code, out, err } = await nashra(
        { ...env, NASHRA_PUBLIC_URL: server.url.replace(/\/$/, "") },
        words,
      );
      if (code === 0) return out;
      // The server's clock runs sources too, and only one runs at a time.
      if (!err.includes("running already") || tries === 60)
        throw new Error(`nashra ${words.join(" ")}: ${err}${out}`);
      await wait(1000);
    }
  };
  const token = (await command("token", "create", "--role", "editor")).trim();
  const page = z.object({ articles: z.array(storedArticle), next: z.string().nullable() });
  return {
    url: server.url,
    command,
    articles: async () => {
      const all: StoredArticle[] = [];
      let next: string | null = `${server.url}api/v1/articles?limit=100`;
      while (next !== null) {
        const { pathname, search } = new URL(next);
        const response = await fetch(new URL(pathname + search, server.url), {
          headers: { Authorization: `Bearer ${token}` },
        });
        const read = page.parse(await response.json());
        all.push(...read.articles);
        next = read.next;
      }
      return all;
    },
    stop: async () => {
      await server.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function comparison(
  title: string,
  wordpress: WordPress,
  store: Store,
  way: Way,
  gone: readonly number[] = [],
) {
  const result = compare(await wordpress.posts(), await store.articles(), way, gone);
  say(`\n${title}\n${asTable(result)}\n`);
  failed += result.differences.length;
}

/**
 * A new post, an edit, a trash and a deletion, each seen in Nashra once `arrive` is through.
 *
 * @param gone the posts trashed since the first run; the one trashed here is added
 */
async function changes(
  how: string,
  wordpress: WordPress,
  store: Store,
  gone: number[],
  arrive: (there: () => Promise<boolean>) => Promise<void>,
) {
  const before = await wordpress.posts();
  const plain = before.filter(({ status, password, image }) => status === "publish" && !password && image);
  const [edited, trashed, deleted] = plain;
  // Told from those of an earlier run in the same folder.
  const mark = `(${how} ${Date.now()})`;
  const fresh = `خبر جديد وصل ${mark}`;
  if (!edited || !trashed || !deleted)
    throw new Error("The site has no three posts left to change. Start with an empty folder.");
  const seen = async (guid: string) => (await store.articles()).find((it) => it.guid === guid);
  const step = async (what: string, change: () => Promise<unknown>, there: () => Promise<boolean>) => {
    const began = performance.now();
    await change();
    await arrive(there);
    check(`${how}: ${what} (${Math.round(performance.now() - began)} ms)`, await there());
  };
  let added = 0;
  gone.push(trashed.id);
  await step(
    "a new post stands there",
    async () => {
      added = await wordpress.publish({
        title: fresh,
        content:
          "<!-- wp:paragraph -->\n<p>كتب هذا الخبر بعد أن أخذت نشرة كل ما قبله.</p>\n<!-- /wp:paragraph -->",
        author: "hiba",
        categories: ["ثقافة"],
        tags: ["كتب"],
      });
    },
    async () => (await store.articles()).some(({ title }) => title === fresh),
  );
  await step(
    "an edit is a new revision",
    () =>
      wordpress.edit(edited.id, {
        title: `${edited.title} ${mark}`,
        content: `${edited.contentRaw}\n\nصوبنا رقماً في الفقرة الأولى.`,
      }),
    async () => (await seen(edited.guid))?.title.endsWith(mark) === true,
  );
  await step(
    "a trashed post is retracted",
    () => wordpress.trash(trashed.id),
    async () => (await seen(trashed.guid))?.state === "retracted",
  );
  await step(
    "a deleted post is retracted",
    () => wordpress.delete(deleted.id),
    async () => (await seen(deleted.guid))?.state === "retracted",
  );
  await wordpress.edit(added, { sticky: true });
  await arrive(async () =>
    (await store.articles()).some(({ importance, title }) => importance === 2 && title === fresh),
  );
  await comparison(`after changes, ${how}`, wordpress, store, "rest", gone);
}

const [first, second] = process.argv.slice(2);
const kept = first === "serve" ? second : first;
const folder = kept ?? (await mkdtemp(join(tmpdir(), "wordpress-")));
const began = performance.now();
const wordpress = await startWordPress(folder);
const seconds = Math.round((performance.now() - began) / 1000);
say(
  `WordPress: ${wordpress.url} in ${folder} (${seconds} s${wordpress.installed ? ", packages installed" : ""}, ${wordpress.memory()} MB)`,
);
try {
  if (first === "serve") {
    say(
      `Sign in at ${new URL("wp-login.php", wordpress.url)} as ${wordpress.admin.user}, ${wordpress.admin.password}`,
    );
    say(
      `REST as administrator: curl -u ${wordpress.admin.user}:${await wordpress.applicationPassword()} ${new URL("wp-json/wp/v2/posts?status=draft", wordpress.url)}`,
    );
    say("Ctrl-C stops it.");
    const alive = setInterval(() => {}, 60_000);
    await new Promise<void>((done) => process.once("SIGINT", done).once("SIGTERM", done));
    clearInterval(alive);
  } else {
    await part("by REST, polling and webhook", pulled);
    await part("from the export", exported);
  }
} finally {
  for (const store of stores) await store.stop();
  await wordpress.stop();
  if (kept === undefined) await rm(folder, { recursive: true, force: true });
}
if (failed > 0) {
  say(`${failed} differences or failures.`);
  process.exitCode = 1;
}

/** One part's failure leaves the other parts to be seen. */
async function part(name: string, run: (wordpress: WordPress) => Promise<void>): Promise<void> {
  say(`\n— ${name}`);
  await run(wordpress).catch((error: Error) => check(`${name}: ${error.message}`, false));
}

async function pulled(wordpress: WordPress): Promise<void> {
  const store = await startStore();
  stores.push(store);
  const added = await store.command("source", "add", "wordpress", wordpress.url.href, "--json");
  const { source } = z.looseObject({ source: z.string() }).parse(JSON.parse(added));
  const run = async () => void say((await store.command("source", "run", source)).trim());
  const gone: number[] = [];
  await run();
  await comparison("by REST", wordpress, store, "rest");
  await changes("polling", wordpress, store, gone, run);
  if (!existsSync(plugin)) return check(`webhook: there is ${plugin}`, false);
  await connect(wordpress, store, source);
  await changes("webhook", wordpress, store, gone, async (there) => {
    for (let tries = 0; tries < 150 && !(await there()); tries++) await wait(100);
  });
}

async function exported(wordpress: WordPress): Promise<void> {
  const store = await startStore();
  stores.push(store);
  const file = await wordpress.exportTo(join(folder, "export.xml"));
  say((await store.command("import", file)).trim());
  await comparison("from the export", wordpress, store, "export");
}

/** Puts the plugin into WordPress and tells it where the source's calls go and with what they are signed. */
async function connect(wordpress: WordPress, store: Store, source: string): Promise<void> {
  const told = await store.command("source", "webhook", source);
  await wordpress.setOption("nashra_webhook", found(/^address\s+(\S+)$/m, told));
  await wordpress.setOption("nashra_secret", found(/^secret\s+(\S+)$/m, told));
  await wordpress.installPlugin(plugin);
}
