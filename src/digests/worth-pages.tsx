// The page that a letter's "worth reading?" leads to: two buttons. Opening it counts nothing, as mail scanners follow links.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Kysely } from "kysely";
import { formatDay } from "../arabic/index.ts";
import { type ArticleTables, visitOf } from "../articles/index.ts";
import type { Keyring } from "../config.ts";
import type { Clock, Database } from "../platform/index.ts";
import type { Publisher, SettingsTables } from "../settings/index.ts";
import { TestPage, testToken } from "../subscribers/index.ts";
import {
  Actions,
  type AssetPaths,
  Auto,
  Button,
  bothLanguages,
  ErrorPage,
  Notice,
  Page,
  PageHead,
} from "../web/index.ts";
import { digestName } from "./edition.ts";
import { issueById } from "./issue-store.ts";
import { digestBySlug } from "./store.ts";
import { type DigestTables, issuePath } from "./tables.ts";
import { answerWorth, readWorth, type WorthLink } from "./worth.ts";

type WorthDeps = {
  database: Database<DigestTables & ArticleTables & SettingsTables>;
  keys: Keyring;
  now: Clock;
  assets: AssetPaths;
};

const words = bothLanguages({
  ar: {
    title: "هل كان هذا العدد يستحق القراءة؟",
    text: (issue: string) => `جوابك عن ${issue} يُعدّ ولا يُحفظ معه من أنت.`,
    issueOf: (digest: string, day: string) => `«${digest}»، عدد ${day}،`,
    yes: "نعم، استحقها",
    no: "لا، لم يستحقها",
    thanks: "وصلنا جوابك، شكرًا لك",
    counted: "يُعدّ لكل عدد جواب واحد من كل قارئ: أول ما ضغطت.",
    toIssue: "أخبار هذا العدد",
    toPreferences: "غيّر أقسام نشرتك أو مواعيدها",
    broken: "هذا الرابط ناقص أو غير صحيح. افتحه من الرسالة نفسها.",
    tooLate: "مضى على هذا العدد أكثر من أسبوعين، فلا يُعدّ جواب عنه بعد.",
  },
  en: {
    title: "Was this issue worth reading?",
    text: (issue: string) => `Your answer about ${issue} is counted, and who you are is not kept with it.`,
    issueOf: (digest: string, day: string) => `“${digest}” of ${day}`,
    yes: "Yes, it was",
    no: "No, it was not",
    thanks: "We have your answer, thank you",
    counted: "One answer is counted for each reader and issue: the first that you pressed.",
    toIssue: "The stories of this issue",
    toPreferences: "Change your sections or hours",
    broken: "This link is cut short or wrong. Open it from the mail itself.",
    tooLate: "This issue is more than two weeks old, and takes no more answers.",
  },
});

/** `/worth/:token`, open to forms of any origin: a mail program may show the page in a frame of its own. */
export function worthRoutes({ database, keys, now, assets }: WorthDeps) {
  const { db } = database;
  const visit = async (c: Context, language?: "ar" | "en") => {
    c.header("Cache-Control", "no-store");
    const { shell, ...rest } = await visitOf(c, { db, assets }, language);
    return { ...rest, shell: { ...shell, robots: "noindex" } };
  };
  const bad = async (c: Context, why: "broken" | "expired") => {
    const { shell } = await visit(c);
    const sentence = words[shell.language][why === "broken" ? "broken" : "tooLate"];
    const status = why === "broken" ? 400 : 410;
    return c.html(<ErrorPage {...shell} status={status} sentence={sentence} />, status);
  };
  return new Hono()
    .on(["GET", "POST"], `/worth/${testToken}`, async (c) =>
      c.html(<TestPage shell={(await visit(c)).shell} />),
    )
    .get("/worth/:token", async (c) => {
      const token = c.req.param("token");
      const reading = await readWorth(keys, token, now());
      if (!reading.ok) return bad(c, reading.why);
      const { shell, paper } = await visit(c, reading.link.language);
      const named = await nameOf(db, reading.link, shell.language, paper);
      if (named === null) return c.html(<ErrorPage {...shell} status={404} />, 404);
      const t = words[shell.language];
      return c.html(
        <Page {...shell} title={t.title}>
          <PageHead title={t.title} intro={<Auto>{t.text(named.name)}</Auto>} />
          <form class="form" method="post" action={`/worth/${token}`}>
            <Actions>
              <Button name="answer" value="yes">
                {t.yes}
              </Button>
              <Button kind="quiet" name="answer" value="no">
                {t.no}
              </Button>
            </Actions>
          </form>
          <p class="aside">
            <a href={named.path}>{t.toIssue}</a>
          </p>
        </Page>,
      );
    })
    .post("/worth/:token", bodyLimit({ maxSize: 4096 }), async (c) => {
      const reading = await readWorth(keys, c.req.param("token"), now());
      if (!reading.ok) return bad(c, reading.why);
      const { answer } = await c.req.parseBody().catch(() => ({ answer: "" }));
      const { shell } = await visit(c, reading.link.language);
      if (answer !== "yes" && answer !== "no") return c.redirect(c.req.path, 303);
      await answerWorth(database, reading.link, answer);
      const t = words[shell.language];
      return c.html(
        <Page {...shell} title={t.thanks}>
          <PageHead title={t.thanks} />
          <Notice tone="ok">{t.counted}</Notice>
          <p class="aside">
            <a href="/preferences">{t.toPreferences}</a>
          </p>
        </Page>,
      );
    });
}

/** The issue in a sentence, and its page; null if there is none any more. */
async function nameOf(db: Kysely<DigestTables>, link: WorthLink, language: "ar" | "en", paper: Publisher) {
  const issue = await issueById(db, link.issue);
  const digest = issue && (await digestBySlug(db, issue.digestSlug));
  if (!issue || !digest) return null;
  const day = formatDay(Temporal.PlainDate.from(issue.date), paper, language);
  return { name: words[language].issueOf(digestName(digest, language), day), path: issuePath(issue) };
}
