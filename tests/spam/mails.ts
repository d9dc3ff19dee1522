// One mail of each kind as it leaves, from the sample newsroom.
import { createApiToken } from "../../src/accounts/index.ts";
import { addDigest, type Digest, digestBySlug, openExtraIssue, setFacts } from "../../src/digests/index.ts";
import { loadSampleIfEmpty } from "../../src/hosts/node.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import { startNashra } from "../support/nashra.ts";
import { startSmtp } from "../support/smtp.ts";

const languages = ["ar", "en"] as const;

/** One mail of each kind and language. */
export async function mails(): Promise<{ kind: string; raw: string }[]> {
  const smtp = await startSmtp();
  const nashra = await startNashra({
    now: Temporal.Now.instant().toString(),
    smtp: smtp.url,
    env: {
      NASHRA_SAMPLE: "on",
      NASHRA_PUBLIC_URL: "https://news.example.org",
      NASHRA_MAIL_FROM: "bulletin@news.example.org",
      NASHRA_MAIL_BOUNCE: "bounce.news.example.org",
    },
  });
  const { db, batch } = nashra.database;
  try {
    await loadSampleIfEmpty(nashra);
    await nashra.dkim.create("n2026", "rsa");
    nashra.dkim.use(["n2026"]);
    const digest = async (slug: string): Promise<Digest> => {
      const found = await digestBySlug(db, slug);
      if (!found) throw new Error(`There is no digest ${slug}.`);
      return found;
    };
    const every = [1, 2, 3, 4, 5, 6, 7];
    for (const [slug, name, days] of [
      ["compact", "موجز المرسى", every],
      ["weekly", "أسبوع المرسى", [7]],
      ["alerts", "عاجل المرسى", every],
    ] as const) {
      const schedule = { zone: "Asia/Beirut", days: [...days], slots: [{ name: "morning", time: "07:00" }] };
      await batch([
        addDigest(
          db,
          { slug, name, nameEn: `Al-Marsa ${slug}`, schedule, maxStories: 8, minStories: 3 },
          nashra.at(),
        ),
      ]);
    }
    await batch([setFacts(db, (await digest("compact")).id, { template: "compact" })]);
    for (const slug of ["daily", "compact", "weekly", "alerts"]) {
      for (const language of languages)
        await importSubscribers(
          nashra.database,
          { digest: (await digest(slug)).id, consent: "test", language, now: nashra.at() },
          [`${slug}-${language}@reader.example`],
        );
      if (slug !== "alerts") await openExtraIssue(nashra.ticking, await digest(slug));
    }
    await nashra.tick(600);
    await breaking();
    for (const language of languages) await signUp(`confirm-${language}@reader.example`, language);
    return smtp.arrived.map(({ to, raw }, i) => {
      const [name = ""] = to.split("@");
      const isSecond = smtp.arrived.slice(0, i).some((it) => it.to === to);
      return {
        kind: name.startsWith("confirm") && isSecond ? name.replace("confirm", "welcome") : name,
        raw,
      };
    });
  } finally {
    await nashra.stop();
    await smtp.close();
  }

  async function breaking() {
    const token = await createApiToken(nashra.database, "desk", "editor", nashra.at());
    const article = await db
      .selectFrom("articles")
      .select("id")
      .orderBy("published_at", "desc")
      .executeTakeFirst();
    const post = async (more: object) =>
      (
        await nashra.app.request("https://news.example.org/api/v1/digests/alerts/breaking", {
          method: "POST",
          headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
          body: JSON.stringify({ article: article?.id, in_quiet_hours: true, ...more }),
        })
      ).json();
    const { confirm } = Object(await post({}));
    await post({ confirm });
    await arrival("alerts-en@reader.example", 1);
  }

  async function arrival(to: string, count: number) {
    for (let tries = 0; smtp.to(to).length < count; tries++) {
      if (tries > 300) throw new Error(`Nothing arrived for ${to}.`);
      nashra.wait({ seconds: 1 });
      await nashra.tick(60);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  async function signUp(address: string, language: "ar" | "en") {
    await nashra.post("/subscribe", { address, language, digest: "daily" });
    await arrival(address, 1);
    const link = /https:\/\/\S+(\/confirm\/[\w.-]+)/.exec((await smtp.read(address)).text ?? "")?.[1] ?? "";
    await nashra.post(link, {}, { Origin: "https://news.example.org" });
    await arrival(address, 2);
  }
}
