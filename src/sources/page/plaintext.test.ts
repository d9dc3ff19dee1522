import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PageReading } from "./draft.ts";
import { readPlainText } from "./plaintext.ts";

const copied = readFileSync(new URL("../fixtures/copied-page.txt", import.meta.url), "utf8");
const whyNot = (reading: PageReading) => (reading.ok ? "it was read" : reading.why);

test("a page as a person copies it", () => {
  expect(readPlainText(copied)).toEqual({
    ok: true,
    draft: {
      url: null,
      title: "ميناء الصيادين يستعيد رصيفه الشرقي بعد عام من الترميم",
      summary:
        "عادت القوارب الصغيرة إلى الرصيف الشرقي صباح السبت، بعد اثني عشر شهراً من الأشغال، في حفل بسيط حضره البحارة وعائلاتهم.",
      bodyHtml: [
        "<p>عادت القوارب الصغيرة إلى الرصيف الشرقي صباح السبت، بعد اثني عشر شهراً من الأشغال، في حفل بسيط حضره البحارة وعائلاتهم.</p>",
        "<p>قالت مديرة المرفأ ليلى الحاج إنّ “الرصيف صار يتّسع لستين قارباً بدلاً من أربعين”، وإنّ الإنارة الجديدة تعمل بالطاقة الشمسية.</p>",
        "<p>وبلغت كلفة الأشغال 1.2 مليون ليرة &amp; تبرّع الأهالي بربعها، وفق بيان البلدية &lt;الأخير&gt;.</p>",
        "<h2>سوق للسمك كل جمعة</h2>",
        "<p>وأعلنت البلدية أنّ سوقاً للسمك ستُقام على الرصيف كل يوم جمعة، من السادسة صباحاً حتى الظهر، وأنّ تسجيل الباعة يبدأ الأسبوع المقبل.</p>",
        "<p>ويأمل الصيّاد سعيد مرعي أن “يعود الشباب إلى البحر”، بعدما هجره كثيرون إلى أعمال أخرى في المدينة.</p>",
      ].join("\n"),
      section: "بلدي",
      sourceName: "وكالة الساحل",
      publishedAt: null,
      authors: [],
      image: null,
    },
  });
});

const lines = copied.split("\n").filter((line) => line.trim() !== "");
const [, , title = "", ...below] = lines;
const text = (...head: string[]) => [...head, ...below].join("\r\n\r\n");

test.each([
  ["no breadcrumb", text(title), title, null],
  ["a home page and its section", text("الرئيسية » اقتصاد » أسواق", title), title, "أسواق"],
  ["the title cut short", text("الرئيسية / بيئة / ميناء الصيادين يستعيد…", title), title, "بيئة"],
  ["the title in the breadcrumb alone", text(`الرئيسية › بيئة › ${title}`), title, "بيئة"],
  ["only the whole paper", text("آخر الأخبار", `الرئيسية » آخر الأخبار » ${title}`, title), title, null],
  ["other spelling", text(`الرئيسيّة » بيئة » ${title.replaceAll("ة", "ه")}`, title), title, "بيئة"],
  ["quotation marks", text("«العودة» تفوز » بالجائزة"), "«العودة» تفوز » بالجائزة", null],
])("%s", (_, copiedText, expectedTitle, section) => {
  const reading = readPlainText(copiedText);
  expect(reading.ok && reading.draft.title).toBe(expectedTitle);
  expect(reading.ok && reading.draft.section).toBe(section);
});

test("without a short lede and two paragraphs more, all of it is body", () => {
  const reading = readPlainText(`عنوان\n${"كلمة ".repeat(30)}.\n${"أخرى ".repeat(30)}.`);
  expect(reading.ok && reading.draft.summary).toBeNull();
  expect(reading.ok && reading.draft.bodyHtml.match(/<p>/g)).toHaveLength(2);
});

test("a lede without a full stop is a paragraph, not a subhead", () => {
  const reading = readPlainText(text(title, "عودة إلى الرصيف القديم"));
  expect(reading.ok && reading.draft.summary).toBe("عودة إلى الرصيف القديم");
  expect(reading.ok && reading.draft.bodyHtml.split("\n")[0]).toBe("<p>عودة إلى الرصيف القديم</p>");
});

test("short lines that follow each other are a list, not subheads", () => {
  const reading = readPlainText(text(title).replace("سوق للسمك كل جمعة", "سوق للسمك\nسوق للخضار\nسوق للكتب"));
  expect(reading.ok && reading.draft.bodyHtml).not.toContain("<h2>");
});

test.each([
  ["", "is empty"],
  ["\n \u00A0\nx\n", "is empty"],
  ["سطر واحد لا غير", "one line only"],
  ['{"title":\n"خبر"}', "JSON"],
  ["<!doctype html>\n<p>نص", "HTML or XML"],
  ['<?xml version="1.0"?>\n<rss/>', "HTML or XML"],
  ["\u0089PNG\r\n\u001A\n\u0000\u0000IHDR", "binary"],
  [`عنوان\n${"\uFFFD".repeat(400)}`, "binary"],
  [`${"كلمة ".repeat(80)}\nنص`, "No title"],
  [`عنوان\n${"سطر\n".repeat(6000)}`, "more than 5000 lines"],
  ["عنوان\nنص قصير.", "fewer than 40 words"],
  [`عنوان\n${"س".repeat(2_600_000)}`, "larger than 5 MB"],
])("no article: %.40j", (given, why) => expect(whyNot(readPlainText(given))).toContain(why));

test("whatever the text, what is read has a title and an escaped body", () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom(...lines, "<b>", "")), {
        maxLength: 20,
      }),
      (some) => {
        const reading = readPlainText(some.join("\n"));
        if (!reading.ok) return reading.why.endsWith(".");
        return reading.draft.title !== "" && !/<(?!\/?(?:p|h2)>)/.test(reading.draft.bodyHtml);
      },
    ),
  ));
