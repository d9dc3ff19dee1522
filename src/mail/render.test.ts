import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DigestMail, DigestStory, LetterMail } from "./data.ts";
import type { TemplateReader } from "./liquid.ts";
import { fillPersonal } from "./personal.ts";
import { createMailRenderer } from "./render.ts";
import { mailWords } from "./words.ts";

const ours: TemplateReader = (name) =>
  readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8");
const only =
  (files: Record<string, string>): TemplateReader =>
  (name) => {
    const text = files[name];
    if (text === undefined) throw new Error(`There is no template ${name}`);
    return text;
  };

const shell = {
  language: "ar" as const,
  dir: "rtl" as const,
  publisher: {
    name: "صحيفة المرفأ",
    url: "https://news.example.org",
    logoUrl: null,
    colour: "#8a1c2c",
    postalAddress: "شارع الميناء 14، طرابلس",
    social: [{ name: "فيسبوك", url: "https://facebook.com/harbour" }],
  },
  subject: "المرفأ يستقبل أول باخرة قمح",
  preheader: "المدارس تفتح أبوابها الأحد",
  sample: false,
  words: mailWords("ar"),
};
const lead: DigestStory = {
  title: "المرفأ يستقبل أول باخرة قمح منذ الصيف",
  url: "https://news.example.org/1?a=1&b=2",
  summary: "رست فجر اليوم باخرة تحمل 27 ألف طن، بعد خفض الرسوم 12%.",
  brief: "رست فجر اليوم باخرة تحمل 27 ألف طن.",
  section: "اقتصاد",
  source: "خاص",
  time: "اليوم 05:40",
  image: { url: "https://news.example.org/1.jpg", alt: "باخرة عند الرصيف", width: 1200, height: 675 },
};
const other: DigestStory = {
  title: "OpenAI تفتح مكتبًا في بيروت",
  url: "https://news.example.org/2",
  summary: "للاستفسار: +961 1 234 567 أو jobs@example.org.",
  brief: "للاستفسار: +961 1 234 567.",
  section: null,
  source: "رويترز",
  time: "أمس 17:30",
  image: null,
};
const digest: DigestMail = {
  ...shell,
  digest: { name: "نشرة الصباح" },
  dateLine: "الاثنين 24 تشرين الثاني 2026",
  hijriLine: "14 جمادى الآخرة 1448 هـ",
  intro: "صباح الخير.",
  stories: [lead, other],
  groups: [{ heading: "أخبار أخرى", stories: [other] }],
};
const english: DigestMail = {
  ...digest,
  language: "en",
  dir: "ltr",
  words: mailWords("en"),
  hijriLine: null,
  intro: null,
};
const letter: LetterMail = {
  ...shell,
  title: "بقيت خطوة واحدة",
  text: "طُلب لهذا العنوان اشتراك في «نشرة الصباح».",
  action: { label: "نعم، أكّد اشتراكي", link: "https://news.example.org/confirm/t?a=1&b=2" },
  notes: ["يعمل الرابط ثلاثة أيام.", "إن لم تطلب ذلك فتجاهل هذه الرسالة."],
};
const salma = {
  unsubscribeUrl: "https://news.example.org/unsubscribe/t",
  preferencesUrl: "https://news.example.org/preferences/t",
  worthUrl: "https://news.example.org/worth/t",
  webUrl: "https://news.example.org/issues/morning/2026-11-24-morning",
  address: "salma@example.net",
};

const renderer = createMailRenderer(() => ours);
const templates = ["digest", "compact", "weekly"] as const;
const rendered = async (data: DigestMail) => fillPersonal(await renderer.render("digest", data), salma);

test.each([
  ["digest", digest, "src/mail/digest.ar.golden.txt"],
  ["digest", english, "src/mail/digest.en.golden.txt"],
])("the plain text of %s", async (_, data, golden) => {
  await expect((await rendered(data)).text).toMatchFileSnapshot(`../../${golden}`);
});

test.each([
  ["rtl", digest],
  ["ltr", english],
] as const)("a mail runs %s everywhere, said in several ways", async (dir, data) => {
  const { html } = await rendered(data);
  const other = dir === "rtl" ? "ltr" : "rtl";
  expect(html).toMatch(new RegExp(`<html lang="${data.language}" dir="${dir}"`));
  expect(html).toMatch(new RegExp(`<body [^>]*dir="${dir}"`));
  for (const [table] of html.matchAll(/<table[^>]*>/g)) expect(table).toContain(`dir="${dir}"`);
  expect(html.match(/<!--\[if mso \| IE\]><table dir/g)?.length).toBeGreaterThan(1); // Outlook's own
  const styles = html.match(/direction:\s*(rtl|ltr)/g) ?? [];
  expect(styles).toContain(`direction:${dir}`);
  if (dir === "ltr") {
    // The only Arabic here is in stories, which say so themselves.
    expect(html.match(/<(td|div|table)[^>]*direction:rtl/)).toBeNull();
  } else expect(html.match(new RegExp(`<(td|div|table)[^>]*direction:${other}`))).toBeNull();
});

test("it stands without its head: every text has its colour, and no text cell trusts a default side", async () => {
  const { html } = await rendered(digest);
  const body = html.slice(html.indexOf("<body"));
  // An element whose own content is text has a colour; one that only holds a link or a picture needs none.
  for (const [tag] of body.matchAll(/<(?:p|a|h1|h2)\b[^>]*>(?=\s*[^\s<])/g)) {
    expect(tag).toMatch(/[";]color:#[0-9a-f]{6}/);
  }
  for (const [cell] of body.matchAll(/<td\b[^>]*class="(?:text|thick|thin)[^>]*>/g)) {
    if (!cell.includes("font-size:0")) expect(cell).toMatch(/align="(right|left|center)"/);
  }
  expect(body).not.toMatch(
    /inline-start|inline-end|letter-spacing|italic|@font-face|\drem|display:(flex|grid)/,
  );
  expect(html).not.toMatch(/fonts\.googleapis|@import/);
});

test("pictures have their size and words", async () => {
  const { html } = await rendered(digest);
  expect(html).toMatch(
    /<img src="https:\/\/news\.example\.org\/1\.jpg" alt="باخرة عند الرصيف" width="552" height="311"/,
  );
});

test("isolates are in spans, as whole tokens", async () => {
  const { html } = await rendered(digest);
  expect(html).toContain(
    'للاستفسار: <span dir="ltr" style="direction:ltr;unicode-bidi:embed;white-space:nowrap">+961 1 234 567</span> أو',
  );
});

test("the sample says so, in both twins", async () => {
  const sample = await rendered({ ...digest, sample: true });
  expect(sample.html).toContain(digest.words.sample);
  expect(sample.text).toContain(digest.words.sample);
  expect((await rendered(digest)).html).not.toContain(digest.words.sample);
});

const hostile = `"><script>alert(1)</script><mj-include path="/etc/passwd" /> &lt;b&gt; {{ personal.webUrl }} {% raw %} </mj-table> ' \u202E \u0092 \0 \uFDD0webUrl\uFDD1 --> <!--[if mso]> ]]>`;

test("whatever stands in the data is text", async () => {
  const story = (text: string | null): DigestStory => ({
    title: text ?? "x",
    url: `https://news.example.org/${text ?? "x"}`,
    summary: text ?? "x",
    brief: text ?? "x",
    section: text ?? "x",
    source: text ?? "x",
    time: text ?? "x",
    image: { url: `https://news.example.org/${text ?? "x"}`, alt: text ?? "x", width: 4, height: 3 },
  });
  const filledWith = (text: string | null): DigestMail => {
    const it = text ?? "x";
    const social = [{ name: it, url: `https://t.me/${it}` }];
    return {
      ...digest,
      publisher: { ...digest.publisher, name: it, url: it, postalAddress: it, social },
      digest: { name: it },
      subject: it,
      preheader: it,
      dateLine: it,
      hijriLine: it,
      intro: it,
      stories: [story(text), story(text)],
      groups: [{ heading: it, stories: [story(text)] }],
    };
  };
  const tags = (it: string) => it.match(/<[a-z!/][^\s>]*/gi)?.filter((tag) => !/^<\/?span/.test(tag)).length;
  for (const template of templates) {
    const { html, text } = fillPersonal(await renderer.render(template, filledWith(hostile)), salma);
    const usual = fillPersonal(await renderer.render(template, filledWith(null)), salma);
    expect(html).not.toMatch(/<script|<mj-|\u202E|[\0\u0080-\u009F\uFDD0]/);
    expect(tags(html)).toBe(tags(usual.html));
    expect(html.match(/2026-11-24-morning/g)).toHaveLength(1);
    expect(html).toContain("{{ personal.webUrl }} {% raw %}");
    expect(text).not.toMatch(/\u202E|[\0\u0080-\u009F\uFDD0]/);
  }
});

/** Texts of people, with what is hard for Liquid, MJML and HTML in them. */
const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom(
    hostile,
    "مَن كَتَبَ «C++»؟",
    "a & b",
    "'\"",
    "$& $1 $`",
    "&#39;",
    "<!--nashra blocks-->",
    " ",
    "<mj-raw>",
  ),
);
const anyStory: fc.Arbitrary<DigestStory> = fc.record({
  title: anyText,
  url: fc.webUrl({ withQueryParameters: true }),
  summary: anyText,
  brief: anyText,
  section: fc.option(anyText),
  source: anyText,
  time: anyText,
  image: fc.option(
    fc.record({
      url: fc.webUrl(),
      alt: anyText,
      width: fc.integer({ min: 1, max: 3000 }),
      height: fc.integer({ min: 1, max: 3000 }),
    }),
  ),
});

test("what is assembled of blocks has the bytes of what MJML makes in one piece", async () => {
  const pool = fc.sample(anyStory, { numRuns: 60, seed: 1 });
  const some = fc.subarray(pool, { minLength: 1, maxLength: 12 });
  const mail = fc.record({
    language: fc.constantFrom("ar" as const, "en" as const),
    stories: some,
    heading: anyText,
    each: fc.integer({ min: 1, max: 5 }),
    subject: anyText,
    preheader: anyText,
    intro: fc.option(fc.constantFrom("صباح الخير.", hostile)),
    sample: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      mail,
      fc.constantFrom(...templates),
      async ({ language, stories, each, heading, ...rest }, template) => {
        const [, ...others] = stories;
        const groups = Array.from({ length: Math.ceil(others.length / each) }, (_, i) => ({
          heading: `${heading} ${i % 2}`,
          stories: others.slice(i * each, (i + 1) * each),
        }));
        const base = language === "ar" ? digest : english;
        const data: DigestMail = { ...base, ...rest, stories, groups };
        expect(await renderer.render(template, data)).toEqual(await renderer.renderWhole(template, data));
      },
    ),
    { numRuns: 150 },
  );
});

test("many editions of the same stories go through MJML once", async () => {
  const stories = Array.from({ length: 12 }, (_, i) => ({ ...other, title: `خبر ${i}` }));
  const edition = (from: number): DigestMail => {
    const mine = [...stories.slice(from), ...stories.slice(0, from)];
    return {
      ...digest,
      subject: `عدد ${from}`,
      stories: mine,
      groups: [{ heading: "أخبار", stories: mine.slice(1) }],
    };
  };
  const fresh = createMailRenderer(() => ours);
  for (let i = 0; i < 12; i++) await fresh.render("digest", edition(i));
  const timed = async (work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const assembled = await timed(async () => {
    for (let i = 0; i < 12; i++) await fresh.render("digest", { ...edition(i), subject: "آخر" });
  });
  const whole = await timed(async () => {
    for (let i = 0; i < 12; i++) await fresh.renderWhole("digest", edition(i));
  });
  expect(assembled).toBeLessThan(whole); // an order of magnitude, in fact
});

test("other styles, another paper, other templates: nothing of before is shown", async () => {
  const one = await renderer.render("digest", digest);
  const blue = { ...digest, publisher: { ...digest.publisher, colour: "#1c2c8a" } };
  expect(await renderer.render("digest", blue)).toEqual(await renderer.renderWhole("digest", blue));
  let reader: TemplateReader = ours;
  const changing = createMailRenderer(() => reader);
  expect(await changing.render("digest", digest)).toEqual(one);
  reader = (name) =>
    name === "story.mjml" ? ours(name).replace("<p class", '<p lang="ar" class') : ours(name);
  expect((await changing.render("digest", digest)).html).toContain('<p lang="ar"');
});

test("a letter has its link in the button, as text, and in the plain twin alone on its line", async () => {
  const mail = await renderer.render("letter", letter);
  const escaped = "https://news.example.org/confirm/t?a=1&amp;b=2";
  expect(mail.html.split(escaped)).toHaveLength(4);
  expect(mail.text.split("\n")).toContain(letter.action?.link);
  expect(mail.text).toContain("«نشرة الصباح»");
  for (const note of letter.notes) expect(mail.html).toContain(note);
});

test("a letter without a button has no link but the paper's", async () => {
  const publisher = { ...letter.publisher, social: [] };
  const mail = await renderer.render("letter", {
    ...letter,
    publisher,
    action: null,
    text: hostile,
    title: hostile,
  });
  expect(new Set(mail.html.match(/href="[^"]*"/g))).toEqual(new Set(['href="https://news.example.org"']));
  expect(mail.html).not.toMatch(/<script|<mj-/);
  expect(mail.text).not.toContain(letter.words.linkByHand);
});

const page = (inside: string) =>
  `<mjml>\n<mj-body>\n<mj-section><mj-column>\n${inside}\n</mj-column></mj-section></mj-body></mjml>`;

test.each([
  ["no such template", {}, /Template x\.mjml: .*no template x\.mjml/],
  [
    "a value that the data lacks",
    { "x.mjml": page("<mj-text>{{ digest.nam }}</mj-text>") },
    /x\.mjml: undefined variable: digest\.nam.*line:4/s,
  ],
  [
    "an unknown filter",
    { "x.mjml": page("<mj-text>{{ subject | shout }}</mj-text>") },
    /x\.mjml: undefined filter: shout/,
  ],
  [
    "an unknown attribute",
    { "x.mjml": page('<mj-text dir="rtl">x</mj-text>') },
    /x\.mjml, filled in, .*line 4, "<mj-text dir="rtl">.*dir is illegal/s,
  ],
  ["an unknown element", { "x.mjml": page("<mj-txt>x</mj-txt>") }, /line 4, .*mj-txt/s],
  ["another file of the host", { "x.mjml": '{% include "../secret.mjml" %}' }, /no name of a template/],
  ["no end", { "x.mjml": "{% for i in (1..100000000) %}{{ i }}{% endfor %}" }, /x\.mjml: memory alloc limit/],
  [
    "a block that takes itself in",
    { "x.mjml": page('{% reuse "y.mjml" %}'), "y.mjml": '{% reuse "y.mjml" %}{% reuse "y.mjml" %}' },
    /block limit exceeded: .*y\.mjml/,
  ],
  [
    "a text twin that lacks a value",
    { "x.mjml": page("<mj-text>x</mj-text>"), "x.txt": "{{ nothing }}" },
    /Template x\.txt: undefined variable: nothing/,
  ],
])("an editor is told about %s", async (_, files, message) => {
  const reader = only({ "x.txt": "x", ...files });
  const broken = createMailRenderer(() => reader);
  await expect(broken.render("x", digest)).rejects.toThrow(message);
});

/** The words of a paper: titles of some 60 letters, summaries of some 200. */
const ordinary = (i: number): DigestStory => ({
  ...other,
  title: `المجلس يقر موازنة العام المقبل بعد جلسة امتدت ${i} ساعات متواصلة`,
  url: `https://news.example.org/articles/${10_000 + i}`,
  summary:
    "أقر المجلس البلدي موازنة العام المقبل بأغلبية ثلثي أعضائه، وفيها زيادة لمخصصات النقل والمدارس، فيما تحفظت كتلة المعارضة على بند القروض وطلبت عرضه على اللجنة المالية مرة ثانية.",
  section: "سياسة",
});
const twenty = Array.from({ length: 20 }, (_, i) => ordinary(i));
const withTwenty: DigestMail = {
  ...digest,
  stories: twenty,
  groups: [0, 1, 2, 3].map((i) => ({ heading: `قسم ${i}`, stories: twenty.slice(1 + i * 5, 6 + i * 5) })),
};

test.each([
  ["digest", 30_000],
  ["weekly", 30_000],
  ["compact", 23_000],
])("twenty stories of a %s are small beside Gmail's limit", async (template, most) => {
  const { html } = fillPersonal(await renderer.render(template, withTwenty), salma);
  expect(new TextEncoder().encode(html).length).toBeLessThan(most);
});
