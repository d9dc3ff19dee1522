// What comes back: each letter has a return path of its own, a report to it is booked, and who cannot be reached is left alone.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readReturnPath, returnPath } from "../../src/delivery/verp.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { startSmtp } from "../support/smtp.ts";

const karim = "karim@example.org";
const bounceHost = "bounce.news.example";
const morning = (day: string) => `2026-03-${day}T05:00:00Z`;

async function news(nashra: TestNashra, day: string) {
  for (const [title, section] of [
    ["المجلس يقر الموازنة", "سياسة"],
    ["الليرة تستقر في السوق", "اقتصاد"],
    ["معرض الكتاب يفتح أبوابه", "ثقافة"],
    ["الفريق يفوز بالكأس", "رياضة"],
  ] as const)
    await nashra.article({ title: `${title} ${day}`, sections: [section] });
}

test("the return path of a letter is the same in every try, also where the key was rotated between two", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nashra-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const smtp = await startSmtp();
  onTestFinished(smtp.close);
  const [old, young] = ["k1", "k2"].map((id) => ({ id, key: id.repeat(20) }));
  if (!old || !young) throw new Error("There are two keys.");
  const start = (keys: string, now: string) =>
    startNashra({
      folder,
      now,
      smtp: smtp.url,
      env: { NASHRA_SECRET: keys, NASHRA_MAIL_BOUNCE: bounceHost },
    });
  const slow = "salma+once451@example.org";

  const before = await start(`k1:${old.key}`, "2026-03-01T03:00:00Z");
  await before.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
  await before.confirmed(slow, karim);
  await news(before, "01");
  await before.tickAt(morning("01"));
  expect((await before.ledger("daily/2026-03-01-morning")).get(slow)).toMatchObject({ state: "deferred" });
  await before.stop();

  const after = await start(`k2:${young.key},k1:${old.key}`, "2026-03-01T05:10:00Z");
  await after.tick(600);
  await after.stop();
  const [letter] = smtp.to(slow);
  const ref = await readReturnPath([young, old], letter?.from ?? "");
  if (!ref) throw new Error(`No return path of ours: ${letter?.from}`);
  expect(letter?.from).toBe(await returnPath(old, bounceHost, ref));
  expect(smtp.to(karim)[0]?.from).not.toBe(letter?.from);
});
