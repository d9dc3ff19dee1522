import { expect, test } from "vitest";
import { attribution, breadcrumb, isStray, isWholePaper, related, sectionOf } from "./furniture.ts";

test.each([
  ["بوابة المرفأ1-وكالة ضفاف", "وكالة ضفاف"],
  ["بوابة المرفأ 12 – سانا", "سانا"],
  ["بوابة المرفأ/٣-أ ف ب", "أ ف ب"],
  ["بوابة المرفأ2_صحيفة الضفة", "صحيفة الضفة"],
  ["المصدر: وكالة ضفاف", "وكالة ضفاف"],
  ["انتهى الموسم 2022-2023", null],
  ["وصل 12-15 قاربًا إلى المرفأ.", null],
  ["المصدر: قال إنه لا يعرف.", null],
  ["كوفيد-19", null],
  ["", null],
])("attribution %j", (line, source) => expect(attribution(line)).toBe(source));

test.each([
  ["الرئيسية » اقتصاد » خبر", ["الرئيسية", "اقتصاد", "خبر"]],
  ["الرئيسية / اقتصاد", ["الرئيسية", "اقتصاد"]],
  ["Home > News > Story", ["Home", "News", "Story"]],
  ["بلدي » رياضة » خبر", ["بلدي", "رياضة", "خبر"]],
  ["«الرئيسية» فيلم جديد", null],
  ["بلدي | رياضة | خبر", null],
  ["خبر", null],
])("breadcrumb %j", (line, crumbs) => expect(breadcrumb(line)).toEqual(crumbs));

test.each([
  [["الرئيسية", "اقتصاد", "أسواق", "العنوان"], "أسواق"],
  [["الرئيسية", "آخر الأخبار", "العنوان"], null],
  [["الرئيسية", "العنـوان!", "ثقافة"], "ثقافة"],
  [["الرئيسية", "الع", "العن…"], "الع"],
  [["الرئيسية", "خبر آخر بسبع كلمات لا يصلح أن يكون قسمًا"], null],
])("section of %j", (crumbs, section) => expect(sectionOf(crumbs, "العنوان")).toBe(section));

test.each([
  ["قد يُعجبك أيضاً", "heading"],
  ["إقرأ أيضًا:", "heading"],
  ["📌 مواضيع ذات صلة", "heading"],
  ["اقرأ أيضاً: جسر النهر يُفتح غدًا", "line"],
  ["قد يعجبك هذا الفيلم أو لا يعجبك", null],
  ["ذات صلة قديمة", null],
])("related: %j", (line, kind) => expect(related(line)).toBe(kind));

test.each([
  ["x", true],
  ["•", true],
  ["***", true],
  ["", true],
  ["5", false],
  ["لا", false],
])("stray: %j", (line, stray) => expect(isStray(line)).toBe(stray));

test.each([
  ["آخِر الأخبار", true],
  ["الصفحة الرئيسية", true],
  ["أخبار الاقتصاد", false],
])("whole paper: %j", (name, whole) => expect(isWholePaper(name)).toBe(whole));
