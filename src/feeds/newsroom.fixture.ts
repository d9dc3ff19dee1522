// A newsroom for tests of feeds: the whole service with real publishing on a real store and a set clock, in as many
// processes as asked for.
import type { AllTables } from "../../src/tables.ts";
import { openTestDatabase } from "../../tests/support/database.ts";
import { bodyAbout, configFor } from "../../tests/support/nashra.ts";
import { type Article, type ArticleInput, addSection } from "../articles/index.ts";
import { createLog } from "../platform/index.ts";
import { publishArticle, retract } from "../publish.ts";
import { createService } from "../service.ts";

export const site = "https://news.example";

export type Given = Partial<ArticleInput> & { id: string };

export async function newsroom(env: Record<string, string> = {}) {
  const database = openTestDatabase<AllTables>();
  const { db, batch } = database;
  const clock = { now: Temporal.Instant.from("2026-03-01T06:00:00.400Z") };
  const lines: string[] = [];
  const log = createLog("warn", { write: (text) => void lines.push(text) });
  const underWay = new Set<Promise<unknown>>();

  function startProcess() {
    const service = createService({
      config: configFor({ NASHRA_PUBLIC_URL: site, ...env }),
      keys: [{ id: "k1", key: "k".repeat(40) }],
      database,
      outbox: null,
      mailer: {
        send: async () => ({ kind: "accepted", reply: "ok", transport: "relay" }),
        transportFor: () => "relay",
        close: async () => {},
      },
      templates: () => () => "",
      assets: { css: "/assets/x/styles.css" },
      now: () => clock.now,
      log,
      later(work) {
        const running = work().finally(() => underWay.delete(running));
        underWay.add(running);
      },
      connections: 1,
      get: async () => ({ kind: "silence", why: "nobody is there" }),
      call: async () => ({ kind: "silence", why: "nobody is there" }),
      mailDomains: async () => "unknown",
      lanes: 1,
      mostCalls: 1000,
      addressOf: () => "",
      compress: {
        async gzip(bytes) {
          const small = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
          return new Uint8Array(await new Response(small).arrayBuffer());
        },
        brotli: async (bytes) => bytes.slice(0, 5), // what it holds is not looked at: a real one is in the journeys
      },
      mostFeedMegabytes: 64,
    });
    const get = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
      const reply = await service.app.request(new URL(path, site).href, { headers, method });
      return { reply, status: reply.status, text: await reply.clone().text() };
    };
    return {
      service,
      get,
      etag: async (path: string) => (await get(path)).reply.headers.get("etag") ?? "none",
      /** Publishes or revises an article; its `id` is its external id and in its title. */
      async publish({ id, ...given }: Given): Promise<Article> {
        const result = await publishArticle(service.publishing, "api", {
          external_id: id,
          title: `خبر ${id}`,
          body_html: bodyAbout(id),
          sections: ["ثقافة"],
          tags: [],
          authors: [],
          importance: 0,
          published_at: clock.now.toString(),
          ...given,
        });
        if (!("article" in result)) throw new Error(`Refused: ${JSON.stringify(result)}`);
        return result.article;
      },
      retract: (article: Article) => retract(service.publishing, article.id, "خطأ"),
    };
  }

  const sections = ["ثقافة", "اقتصاد", "قديم"];
  await batch(
    sections.map((title) => addSection(db, { slug: title, title, titleEn: null, halfLifeHours: 12 }, false)),
  );
  await db.updateTable("sections").set({ closed_at: 1 }).where("slug", "=", "قديم").execute();
  return {
    ...startProcess(),
    startProcess,
    database,
    db,
    batch,
    clock,
    lines,
    /** What was begun behind a reply is done. */
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    later(duration: Temporal.DurationLike) {
      clock.now = clock.now.add(duration);
    },
    /** How many statements ran meanwhile. */
    async queries(work: () => Promise<unknown>) {
      const before = database.ran.length;
      await work();
      return database.ran.length - before;
    },
  };
}

export type Newsroom = Awaited<ReturnType<typeof newsroom>>;
