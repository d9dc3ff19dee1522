// A weekly digest: it gathers the week, not the last days of it.
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newestEdition } from "../../src/digests/editions.ts";
import { digestBySlug, openExtraIssue, reschedule, storiesOf } from "../../src/digests/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

let nashra: TestNashra;
let titleOf: Map<number, string>;

/** Sundays at seven in Beirut. */
const sunday = "2026-03-08T05:00:00Z";
const name = "daily/2026-03-08-morning";

beforeEach(async () => {
  nashra = await startNashra({ now: "2026-03-01T06:00:00Z" });
  await nashra.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
  await nashra.confirmed("salma@example.org");
  const digest = await daily();
  const schedule = { ...digest.schedule, days: [7], slots: [{ name: "morning", time: "07:00" }] };
  await reschedule(nashra.database.db, digest, schedule, nashra.at());
  titleOf = new Map();
});
afterEach(() => nashra.stop());

async function daily() {
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  return digest;
}

async function published(title: string, at: string, section: string, importance: 0 | 1 | 2 | 3 = 0) {
  nashra.setClock(at);
  const { id } = await nashra.article({ title, sections: [section], importance });
  titleOf.set(id, title);
}

async function stories(of = name) {
  const { id } = await nashra.issue(of);
  const edition = await newestEdition(nashra.database.db, id, "", "ar");
  return edition ? await storiesOf(nashra.database.db, edition.id) : [];
}
const titles = async (of = name) => (await stories(of)).map(({ articleId }) => titleOf.get(articleId));

test("what was great on Monday leads on Sunday, before the small news of the night", async () => {
  await published("المجلس يقر الموازنة", "2026-03-02T08:00:00Z", "سياسة", 3);
  await published("الليرة تستقر في السوق", "2026-03-03T08:00:00Z", "اقتصاد", 2);
  await published("معرض الكتاب يفتح أبوابه", "2026-03-06T08:00:00Z", "ثقافة");
  await published("مباراة ودية الليلة", "2026-03-08T03:00:00Z", "رياضة");
  await nashra.tickAt(sunday);
  expect(await titles()).toEqual([
    "المجلس يقر الموازنة",
    "الليرة تستقر في السوق",
    "مباراة ودية الليلة",
    "معرض الكتاب يفتح أبوابه",
  ]);
  const [lead] = await stories();
  // Six days old, with half-lives of a week's measure.
  expect(lead?.parts.freshness).toBeCloseTo(0.5 ** (141 / (12 * 7)));
});

test("an issue by hand on Friday takes nothing of the week away but what it told", async () => {
  await published("المجلس يقر الموازنة", "2026-03-02T08:00:00Z", "سياسة", 1);
  await published("الليرة تستقر في السوق", "2026-03-03T08:00:00Z", "اقتصاد");
  await published("معرض الكتاب يفتح أبوابه", "2026-03-05T08:00:00Z", "ثقافة", 3);
  nashra.setClock("2026-03-06T08:00:00Z");
  await sql`update digests set max_stories = 1, min_stories = 1`.execute(nashra.database.db);
  await openExtraIssue(nashra.ticking, await daily());
  await nashra.tickAt("2026-03-06T08:00:00Z");
  expect(await titles("daily/2026-03-06-extra-1")).toEqual(["معرض الكتاب يفتح أبوابه"]);
  await sql`update digests set max_stories = 8`.execute(nashra.database.db);
  await nashra.tickAt(sunday);
  expect(await titles()).toEqual(["المجلس يقر الموازنة", "الليرة تستقر في السوق"]);
});
