// The whole service on Node with a clock that tests set: a data folder of its own, real SQLite, real SMTP or the outbox.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slugify } from "../../src/arabic/index.ts";
import { type Article, type ArticleInput, addSection } from "../../src/articles/index.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { ledgerPage } from "../../src/delivery/index.ts";
import { digestBySlug, issueByName } from "../../src/digests/index.ts";
import { openNashra } from "../../src/hosts/node.ts";
import type { Patience } from "../../src/hosts/smtp/connection.ts";
import { createLog, type Log } from "../../src/platform/index.ts";
import { publishArticle } from "../../src/publish.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import type { AssetPaths } from "../../src/web/index.ts";

export function configFor(env: Record<string, string>): Config {
  const reading = readConfig({ NASHRA_SAMPLE: "off", NASHRA_LOG_LEVEL: "silent", ...env });
  if (!reading.ok) throw new Error(reading.problems.join("\n"));
  return reading.config;
}

/** Long enough to be told from others, and not like any other: a text about `topic`. */
export const bodyAbout = (topic: string): string =>
  `<p>${Array.from({ length: 30 }, (_, i) => `${topic} ${(i * 7919 + topic.length * 104729) % 9973}`).join("، ")}.</p>`;

export async function startNashra(
  options: {
    now?: string;
    smtp?: string;
    env?: Record<string, string>;
    folder?: string;
    log?: Log;
    /** Where a browser finds the styles. */
    assets?: AssetPaths;
    patience?: Patience;
  } = {},
) {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "nashra-"));
  let clock = Temporal.Instant.from(options.now ?? "2026-03-01T04:00:00Z");
  const config = configFor({
    NASHRA_DATA: folder,
    ...(options.smtp ? { NASHRA_SMTP_URL: options.smtp } : {}),
    ...options.env,
  });
  const nashra = await openNashra(config, {
    now: () => clock,
    log: options.log ?? createLog("silent"),
    assets: options.assets ?? { css: "/assets/test/styles.css" },
    ...(options.patience && { patience: options.patience }),
    mailDomains: async () => "unknown", // tests ask nobody outside
  });
  const { database, publishing } = nashra;
  return {
    ...nashra,
    folder,
    at: () => clock,
    setClock(instant: string) {
      clock = Temporal.Instant.from(instant);
    },
    wait(duration: Temporal.DurationLike) {
      clock = clock.add(duration);
    },
    async tickAt(instant: string) {
      clock = Temporal.Instant.from(instant);
      return nashra.tick(600);
    },
    /** Sections by their titles; a slug is made of each. */
    async sections(...titles: string[]) {
      await database.batch(
        titles.map((title) =>
          addSection(
            database.db,
            { slug: slugify(title) ?? title, title, titleEn: null, halfLifeHours: 12 },
            false,
          ),
        ),
      );
    },
    /** Publishes an article; only what matters to the test is given. */
    async article(given: Partial<ArticleInput> & { title: string; sections: string[] }): Promise<Article> {
      const result = await publishArticle(publishing, "api", {
        external_id: given.title,
        body_html: bodyAbout(given.title),
        tags: [],
        authors: [],
        importance: 0,
        published_at: clock.toString(),
        ...given,
      });
      if (!("article" in result)) throw new Error(`Refused: ${JSON.stringify(result)}`);
      return result.article;
    },
    /** Enough for an issue: three sections with an article each. */
    async threeArticles() {
      await this.sections("سياسة", "اقتصاد", "ثقافة");
      await this.article({ title: "المجلس يقر الموازنة", sections: ["سياسة"] });
      await this.article({ title: "الليرة تستقر", sections: ["اقتصاد"] });
      await this.article({ title: "معرض الكتاب", sections: ["ثقافة"] });
    },
    async confirmed(...addresses: string[]) {
      const digest = await digestBySlug(database.db, "daily");
      if (!digest) throw new Error("There is no daily digest.");
      const options = { digest: digest.id, consent: "test", language: "ar" as const, now: clock };
      return importSubscribers(database, options, addresses);
    },
    async issue(name: string) {
      const issue = await issueByName(database.db, name);
      if (!issue) throw new Error(`There is no issue ${name}.`);
      return issue;
    },
    /** The ledger of an issue: a line a delivery, by address. */
    async ledger(name: string) {
      const issue = await issueByName(database.db, name);
      if (!issue) throw new Error(`There is no issue ${name}.`);
      const { lines } = await ledgerPage(database.db, issue.id, 0, 1000);
      return new Map(lines.map((line) => [line.address, line]));
    },
    get: (path: string, headers: Record<string, string> = {}) =>
      nashra.app.request(new URL(path, config.publicUrl).href, { headers }),
    post: (path: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
      nashra.app.request(new URL(path, config.publicUrl).href, {
        method: "POST",
        body: new URLSearchParams(body),
        headers,
      }),
    async stop() {
      await nashra.close();
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestNashra = Awaited<ReturnType<typeof startNashra>>;
