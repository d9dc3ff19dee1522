// An issue with its audience, ready to be sent: for delivery-kills.ts, which cannot load the pages.
import { readConfig } from "../../src/config.ts";
import { digestBySlug, openExtraIssue } from "../../src/digests/index.ts";
import { openNashra } from "../../src/hosts/node.ts";
import { createLog } from "../../src/platform/index.ts";
import { publishArticle } from "../../src/publish.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";

export async function prepareIssue(env: Record<string, string>, recipients: number): Promise<void> {
  const reading = readConfig(env);
  if (!reading.ok) throw new Error(reading.problems.join("\n"));
  const nashra = await openNashra(reading.config, { log: createLog("warn") });
  const { database, publishing, ticking, now } = nashra;
  for (const [index, title] of ["المجلس يقر الموازنة", "الليرة تستقر", "معرض الكتاب يفتح أبوابه"].entries()) {
    const words = Array.from({ length: 40 }, (_, i) => `${title} ${(i * 7919 + index * 104729) % 9973}`);
    const result = await publishArticle(publishing, "bench", {
      external_id: `a${index}`,
      title,
      body_html: `<p>${words.join("، ")}.</p>`,
      sections: [],
      tags: [],
      authors: [],
      importance: 0,
      url: `https://paper.example/${index}`,
    });
    if (!("article" in result)) throw new Error(`An article was refused: ${result.kind}.`);
  }
  const digest = await digestBySlug(database.db, "daily");
  if (!digest) throw new Error("There is no digest.");
  const options = { digest: digest.id, consent: "bench", language: "ar" as const, now: now() };
  for (let from = 0; from < recipients; from += 5000)
    await importSubscribers(
      database,
      options,
      Array.from({ length: Math.min(5000, recipients - from) }, (_, i) => `reader${from + i}@example.org`),
    );
  await openExtraIssue(ticking, digest);
  await nashra.tick(0);
  await nashra.close();
}
