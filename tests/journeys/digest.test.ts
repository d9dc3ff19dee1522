// The main job: articles come in, the digest goes out at its hour, once, and every letter is accounted for.
import { afterEach, beforeEach, expect, test } from "vitest";
import { retract } from "../../src/publish.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  await nashra.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

/** Beirut is two hours ahead of UTC then: seven in the morning. */
const morning = (day: string) => `2026-03-${day}T05:00:00Z`;

async function news(day: string) {
  await nashra.article({ title: `المجلس يقر الموازنة ${day}`, sections: ["سياسة"], importance: 2 });
  await nashra.article({ title: `الليرة تستقر في السوق ${day}`, sections: ["اقتصاد"], importance: 1 });
  await nashra.article({ title: `معرض الكتاب يفتح أبوابه ${day}`, sections: ["ثقافة"] });
  await nashra.article({ title: `الفريق يفوز بالكأس ${day}`, sections: ["رياضة"] });
}

test("at seven the digest reaches the confirmed, once, however often the clock asks", async () => {
  await nashra.confirmed("salma@example.org", "karim@example.org");
  await news("الأحد");
  await nashra.tickAt("2026-03-01T04:59:00Z");
  expect(smtp.arrived).toHaveLength(0);

  await Promise.all(Array.from({ length: 5 }, () => nashra.tickAt(morning("01"))));
  await nashra.tickAt("2026-03-01T05:01:00Z");
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(["karim@example.org", "salma@example.org"]);
  const issue = await nashra.issue("daily/2026-03-01-morning");
  expect([issue.state, issue.candidates]).toEqual(["sent", 2]);
  const kept = await nashra.database.db.selectFrom("issue_accounts").selectAll().execute();
  expect(kept.map(({ account }) => JSON.parse(account))).toEqual([
    { states: [{ state: "accepted", count: 2 }], exclusions: [] },
  ]);

  const mail = await smtp.read("salma@example.org");
  expect(mail.subject).toBe("المجلس يقر الموازنة الأحد");
  expect(mail.text).toContain("الفريق يفوز بالكأس الأحد");
  expect(mail.html).toContain('dir="rtl"');
  expect(mail.headers.get("precedence")).toBe("bulk");
});

test("one click, and the next issue passes her by", async () => {
  await nashra.confirmed("salma@example.org", "karim@example.org");
  await news("الأحد");
  await nashra.tickAt(morning("01"));
  const { raw } = smtp.to("salma@example.org")[0] ?? { raw: "" };
  const header = raw.replace(/\r\n[ \t]/g, " ");
  expect(header).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  const link = /^List-Unsubscribe: <(http[^>]+)>/m.exec(header)?.[1] ?? "";

  const path = new URL(link).pathname;
  expect((await nashra.get(path)).status).toBe(200); // a scanner follows the link: nothing changes
  expect((await nashra.post(path, { "List-Unsubscribe": "One-Click" }, { Origin: "null" })).status).toBe(200);
  expect((await nashra.post(path, { "List-Unsubscribe": "One-Click" })).status).toBe(200); // again is harmless

  nashra.setClock("2026-03-02T03:00:00Z");
  await news("الاثنين");
  await nashra.tickAt(morning("02"));
  expect(smtp.to("salma@example.org")).toHaveLength(1);
  expect(smtp.to("karim@example.org")).toHaveLength(2);
  const second = await nashra.issue("daily/2026-03-02-morning");
  expect(second.candidates).toBe(2); // one delivery, one exclusion
});

test("a story is sent once, and one article stands for it", async () => {
  await nashra.confirmed("salma@example.org");
  await news("الأحد");
  const text = `<p>${Array.from({ length: 60 }, (_, i) => `كلمة${i} من النص المشترك`).join(" ")}</p>`;
  await nashra.article({
    title: "الميناء يستقبل أكبر سفينة",
    body_html: text,
    sections: ["اقتصاد"],
    source_name: "وكالة الشاطئ",
  });
  await nashra.article({
    title: "أكبر سفينة في الميناء",
    body_html: text,
    sections: ["اقتصاد"],
    source_name: "وكالة الجبل",
  });
  await nashra.tickAt(morning("01"));
  const { text: first = "" } = await smtp.read("salma@example.org");
  expect(first.match(/سفينة/g)).toHaveLength(1);

  nashra.setClock("2026-03-02T03:00:00Z");
  await news("الاثنين");
  await nashra.tickAt(morning("02"));
  const { text: second = "" } = await smtp.read("salma@example.org");
  expect(second).not.toContain("سفينة");
  expect(second).not.toContain("الأحد");
});

test("too few stories: skipped, with the reason kept", async () => {
  await nashra.confirmed("salma@example.org");
  await nashra.article({ title: "خبر وحيد", sections: ["سياسة"] });
  await nashra.tickAt(morning("01"));
  const issue = await nashra.issue("daily/2026-03-01-morning");
  expect([issue.state, issue.reason]).toEqual(["skipped", "too few stories: 1, and it takes 3"]);
  expect(smtp.arrived).toHaveLength(0);
});

test("a machine that was off for three days skips what is no news any more, each with its reason", async () => {
  await nashra.confirmed("salma@example.org");
  await nashra.tickAt("2026-03-04T03:00:00Z");
  for (const day of ["01", "02", "03"]) {
    const issue = await nashra.issue(`daily/2026-03-${day}-morning`);
    expect([issue.state, issue.reason]).toEqual(["skipped", expect.stringMatching(/^late by \d+ minutes/)]);
  }
  await news("الأربعاء");
  await nashra.tickAt(morning("04"));
  expect(smtp.to("salma@example.org")).toHaveLength(1);
});

test("two hours late is still news", async () => {
  await nashra.confirmed("salma@example.org");
  await news("الأحد");
  await nashra.tickAt("2026-03-01T07:00:00Z");
  expect((await nashra.issue("daily/2026-03-01-morning")).state).toBe("sent");
});

test("a story retracted between freezing and sending is in no letter that leaves after it", async () => {
  await nashra.confirmed("salma+once451@example.org");
  await news("الأحد");
  const wrong = await nashra.article({ title: "خبر كاذب يتصدر", sections: ["سياسة"], importance: 3 });
  await nashra.tickAt(morning("01"));
  expect(smtp.arrived).toHaveLength(0); // greylisted
  await retract(nashra.publishing, wrong.id, "لم يحدث");
  await nashra.tickAt("2026-03-01T05:10:00Z");
  const mail = await smtp.read("salma+once451@example.org");
  expect(mail.text).not.toContain("خبر كاذب");
  expect(mail.subject).toBe("المجلس يقر الموازنة الأحد");
});

test("an embargo shows nowhere until the clock publishes it", async () => {
  const article = await nashra.article({
    title: "نتائج الانتخابات",
    sections: ["سياسة"],
    published_at: "2026-03-01T04:00:00Z",
  });
  expect(await (await nashra.get("/feeds/all.rss")).text()).not.toContain("نتائج الانتخابات");
  expect((await nashra.get(`/articles/${article.id}`)).status).toBe(404);
  expect(await (await nashra.get("/")).text()).not.toContain("نتائج الانتخابات");
  await nashra.tickAt("2026-03-01T04:00:00Z");
  expect(await (await nashra.get("/feeds/section/%D8%B3%D9%8A%D8%A7%D8%B3%D8%A9.rss")).text()).toContain(
    "نتائج الانتخابات",
  );
  expect((await nashra.get(`/articles/${article.id}`)).status).toBe(200);
});
