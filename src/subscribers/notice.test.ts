import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createMailRenderer } from "../mail/index.ts";
import { newPublisher } from "../settings/index.ts";
import { noticeMail } from "./notice.ts";
import { keys, site } from "./subscribers.fixture.ts";

const builtIn = (name: string) => readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8");
const renderer = createMailRenderer(() => builtIn);
const publisher = { ...newPublisher, name: "صحيفة المرفأ", nameEn: "The Harbour", postalAddress: "طرابلس" };
const digests = [
  { id: 1, slug: "morning", name: "صباح الخير", nameEn: "Good Morning", when: "كل يوم، 07:00 بتوقيت بيروت" },
];
const date = Temporal.Instant.from("2026-03-01T05:00:00Z");

const mail = (kind: string, language: "ar" | "en", data: object) =>
  noticeMail({ id: 1, kind, language, data: JSON.stringify(data) }, { publisher, site, keys, digests, date });

const notices = [
  ["confirm", { subscriber: 7, request: 3, digests: [1] }, "/confirm/"],
  ["welcome", { subscriber: 7, digests: [1] }, "/preferences/"],
  ["preferences", { subscriber: 7 }, "/preferences/"],
  ["address", { subscriber: 7, change: 4 }, "/preferences/address/"],
  ["moved", { subscriber: 7 }, null],
] as const;

test.each(["ar", "en"] as const)("what the mails say that are no issues, in %s", async (language) => {
  const texts: string[] = [];
  for (const [kind, data] of notices) {
    const { template, data: letter } = await mail(kind, language, data);
    const { text } = await renderer.render(template, letter);
    texts.push(`${letter.subject}\n\n${text.replace(/(https:\S+\/)\S+\.k1\.\S+/, "$1TOKEN")}`);
  }
  await expect(texts.join(`${"=".repeat(40)}\n`)).toMatchFileSnapshot(`notices.${language}.golden.txt`);
});

test.each(notices)("%s: one button, and no other link but the paper's", async (kind, data, path) => {
  for (const language of ["ar", "en"] as const) {
    const { template, data: letter } = await mail(kind, language, data);
    const { html } = await renderer.render(template, letter);
    expect(html).toContain(`<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}"`);
    const links = new Set(
      [...html.matchAll(/href="([^"]*)"/g)].map(([, href = ""]) => new URL(href).pathname),
    );
    expect([...links].map((link) => link.replace(/[^/]*\.k1\..*/, ""))).toEqual(
      path === null ? ["/"] : ["/", path],
    );
  }
});

test("one that nobody here writes, or that asks about what is gone, is an error that says which", async () => {
  await expect(mail("greeting", "ar", {})).rejects.toThrow('Notice 1 is of the unknown kind "greeting"');
  await expect(mail("confirm", "ar", { subscriber: 7, request: 3, digests: [9] })).rejects.toThrow("gone");
});
