// What tests of several parts take from digests: an edition as building leaves it, and the mail of an issue.
import type { Kysely } from "kysely";
import type { ArticleId } from "../articles/index.ts";
import { type DigestMail, type DigestStory, mailWords } from "../mail/index.ts";
import type { DigestTables, EditionId, IssueId } from "./tables.ts";

/** Puts an edition with these stories into the database, all with the same points. */
export async function insertEdition(
  db: Kysely<DigestTables>,
  issue: IssueId,
  sections: string,
  stories: readonly ArticleId[],
  { score, parts }: { score: number; parts: string },
): Promise<EditionId> {
  const texts = { subject: "", html: "", plain: "" };
  const { id } = await db
    .insertInto("editions")
    .values({ issue_id: issue, sections, language: "ar", revision: 1, ...texts, built_at: 0 })
    .returning("id")
    .executeTakeFirstOrThrow();
  for (const [i, article] of stories.entries())
    await db
      .insertInto("edition_stories")
      .values({ edition_id: id, position: i + 1, article_id: article, story_id: article, score, parts })
      .execute();
  return id;
}

/** An issue's mail with these stories. */
export const mailWith = (stories: DigestStory[]): DigestMail => ({
  language: "ar",
  dir: "rtl",
  publisher: {
    name: "صحيفة المرفأ",
    url: "https://paper.example",
    logoUrl: null,
    colour: "#8a1c2c",
    postalAddress: "طرابلس",
    social: [],
  },
  subject: "المرفأ",
  preheader: "المدارس",
  sample: false,
  words: mailWords("ar"),
  digest: { name: "نشرة الصباح" },
  dateLine: "الأحد 1 آذار 2026",
  hijriLine: null,
  intro: null,
  stories,
  groups: [{ heading: "سياسة", stories: stories.slice(1) }],
});
