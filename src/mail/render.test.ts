import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { DigestMail, LetterMail } from "./data.ts";
import { fillPersonal } from "./personal.ts";
import { createMailRenderer, type TemplateReader } from "./render.ts";
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
  },
  subject: "المرفأ يستقبل أول باخرة قمح",
  preheader: "المدارس تفتح أبوابها الأحد",
  sample: false,
  words: mailWords("ar"),
};
const digest: DigestMail = {
  ...shell,
  digest: { name: "نشرة الصباح" },
  dateLine: "الاثنين 24 تشرين الثاني 2026",
  hijriLine: "14 جمادى الآخرة 1448 هـ",
  intro: "صباح الخير.",
  stories: [
    {
      title: "المرفأ يستقبل أول باخرة قمح منذ الصيف",
      url: "https://news.example.org/1?a=1&b=2",
      summary: "رست فجر اليوم باخرة تحمل 27 ألف طن، بعد خفض الرسوم 12%.",
      section: "اقتصاد",
      byline: "خاص، اليوم 05:40",
      image: { url: "https://news.example.org/1.jpg", alt: "باخرة عند الرصيف", width: 1200, height: 675 },
    },
    {
      title: "OpenAI تفتح مكتبًا في بيروت",
      url: "https://news.example.org/2",
      summary: "للاستفسار: +961 1 234 567 أو jobs@example.org.",
      section: null,
      byline: "رويترز، أمس 17:30",
      image: null,
    },
  ],
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
  webUrl: "https://news.example.org/issues/morning/2026-11-24-morning",
  address: "salma@example.net",
};

const renderer = createMailRenderer(ours);
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
  const story = {
    title: hostile,
    url: `https://news.example.org/${hostile}`,
    summary: hostile,
    section: hostile,
    byline: hostile,
    image: { url: `https://news.example.org/${hostile}`, alt: hostile, width: 4, height: 3 },
  };
  const everywhere: DigestMail = {
    ...digest,
    publisher: { ...digest.publisher, name: hostile, url: hostile, postalAddress: hostile },
    digest: { name: hostile },
    subject: hostile,
    preheader: hostile,
    dateLine: hostile,
    hijriLine: hostile,
    intro: hostile,
    stories: [story, story],
  };
  const { html, text } = await rendered(everywhere);
  const usual = await rendered({
    ...digest,
    stories: digest.stories.map((it) => ({ ...it, image: story.image })),
  });
  const tags = (it: string) => it.match(/<[a-z!/][^\s>]*/gi)?.filter((tag) => !/^<\/?span/.test(tag)).length;
  expect(html).not.toMatch(/<script|<mj-|\u202E|[\0\u0080-\u009F\uFDD0]/);
  expect(tags(html)).toBe((tags(usual.html) ?? 0) + 2); // the second story's section, which is null in the other
  expect(html.match(/2026-11-24-morning/g)).toHaveLength(1);
  expect(html).toContain("{{ personal.webUrl }} {% raw %}");
  expect(text).not.toMatch(/\u202E|[\0\u0080-\u009F\uFDD0]/);
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
  const mail = await renderer.render("letter", { ...letter, action: null, text: hostile, title: hostile });
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
    "a text twin that lacks a value",
    { "x.mjml": page("<mj-text>x</mj-text>"), "x.txt": "{{ nothing }}" },
    /Template x\.txt: undefined variable: nothing/,
  ],
])("an editor is told about %s", async (_, files, message) => {
  const broken = createMailRenderer(only({ "x.txt": "x", ...files }));
  await expect(broken.render("x", digest)).rejects.toThrow(message);
});

test("twenty stories stay far from Gmail's limit", async () => {
  const [, story] = digest.stories;
  if (!story) throw new Error("the digest of this test has two stories");
  const { html } = await rendered({ ...digest, stories: Array.from({ length: 20 }, () => story) });
  expect(new TextEncoder().encode(html).length).toBeLessThan(40_000);
});
