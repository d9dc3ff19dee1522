// The sample promises what the journeys and screenshots rely on: counts, near-duplicates, addresses that lead nowhere.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sampleArticles, sampleSections } from "./newsroom.ts";
import { samplePictures } from "./pictures/index.ts";
import type { SampleArticle } from "./types.ts";

const pictureFolder = new URL("pictures/", import.meta.url);

/** The lead of each reprinted story, and the others that tell it. */
const stories = [
  ["sample-river-fanar", "sample-river-sahel", "sample-river-ufuq", "sample-river-own"],
  ["sample-berth-fanar", "sample-berth-nida", "sample-berth-sahel"],
];
const storyOf = (it: SampleArticle) => stories.findIndex((ids) => ids.includes(it.externalId));

function words(html: string): string[] {
  const text = html.replace(/<[^>]*>/g, " ").replace(/\p{M}/gu, "");
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The text as one counts it in an office: what stands between blanks. */
const wordCount = (html: string) =>
  html
    .replace(/<[^>]*>/g, " ")
    .trim()
    .split(/\s+/).length;

function shingles(html: string): Set<string> {
  const all = words(html);
  return new Set(all.slice(2).map((word, i) => `${all[i]} ${all[i + 1]} ${word}`));
}

/** How much of the shorter text is in the other, 0 to 1. */
function containment(one: SampleArticle, other: SampleArticle): number {
  const [a, b] = [shingles(one.bodyHtml), shingles(other.bodyHtml)];
  return a.intersection(b).size / Math.min(a.size, b.size);
}

const pairs = sampleArticles.flatMap((one, i) =>
  sampleArticles.slice(i + 1).map((other) => [one, other] as const),
);
const bodies = sampleArticles.map((it) => it.bodyHtml);
const everything = JSON.stringify(sampleArticles);

test("there is enough of everything", () => {
  const count = (keep: (it: SampleArticle) => boolean) => sampleArticles.filter(keep).length;
  expect(sampleArticles.length).toBeGreaterThanOrEqual(44);
  expect(sampleSections.length).toBeGreaterThanOrEqual(6);
  expect(count((it) => it.hoursAgo <= 20)).toBeGreaterThanOrEqual(16);
  expect(count((it) => wordCount(it.bodyHtml) >= 300)).toBeGreaterThanOrEqual(6);
  expect(count((it) => it.importance === 2)).toBe(4);
  expect(count((it) => it.importance === 3)).toBe(1);
  expect(count((it) => it.retracted !== undefined)).toBe(1);
  expect(count((it) => it.sections.length > 1)).toBeGreaterThanOrEqual(5);
  for (const { slug } of sampleSections) {
    expect(count((it) => it.sections[0] === slug && it.hoursAgo <= 20)).toBeGreaterThanOrEqual(1);
  }
});

test.each(sampleArticles.map((it) => [it.externalId, it] as const))("%s is whole", (id, it) => {
  expect(id).toMatch(/^sample-[a-z-]+$/);
  expect(it.hoursAgo).toBeGreaterThan(0);
  expect(it.hoursAgo).toBeLessThanOrEqual(9 * 24);
  expect(it.sections.length).toBeGreaterThan(0);
  expect(sampleSections.map(({ slug }) => slug)).toEqual(expect.arrayContaining(it.sections));
  expect(it.summary.length).toBeGreaterThan(40);
  expect(wordCount(it.bodyHtml)).toBeGreaterThanOrEqual(120);
  expect(wordCount(it.bodyHtml)).toBeLessThanOrEqual(450);
  for (const html of [it.bodyHtml, it.before?.bodyHtml ?? ""]) expect(misnested(html)).toBeNull();
  for (const text of [it.title, it.bodyHtml]) expect(text).toBe(text.normalize("NFC"));
});

/** The first tag that is not allowed, or closes what is not open; null if the markup is in order. */
function misnested(html: string): string | null {
  const open: string[] = [];
  for (const [tag, slash, name = ""] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
    if (!/^(p|h2|ul|li|blockquote|a|table|thead|tbody|tr|th|td)$/.test(name)) return tag;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) return tag;
  }
  return open[0] ?? null;
}

test("no two share an id, a time or a title", () => {
  for (const key of ["externalId", "hoursAgo", "title"] as const) {
    expect(new Set(sampleArticles.map((it) => it[key])).size).toBe(sampleArticles.length);
  }
});

test("slugs are Arabic, composed, and unique", () => {
  const slugs = sampleSections.map(({ slug }) => slug);
  expect(new Set(slugs).size).toBe(slugs.length);
  for (const slug of slugs) expect(slug).toMatch(/^[\p{Script=Arabic}-]+$/u);
  expect(slugs.map((slug) => slug.normalize("NFC"))).toEqual(slugs);
});

test("a reprinted story overlaps whichever member comes first, but is not a copy", () => {
  const members = pairs.filter(([one, other]) => storyOf(one) >= 0 && storyOf(one) === storyOf(other));
  expect(members).toHaveLength(6 + 3);
  for (const [one, other] of members) {
    expect(containment(one, other), `${one.externalId} / ${other.externalId}`).toBeGreaterThanOrEqual(0.6);
    expect(containment(one, other)).toBeLessThan(0.95);
    expect(Math.abs(one.hoursAgo - other.hoursAgo)).toBeLessThan(4);
    expect(one.sourceName).not.toBe(other.sourceName);
  }
});

test("all other articles are each a text of their own", () => {
  for (const [one, other] of pairs.filter(([a, b]) => storyOf(a) < 0 || storyOf(a) !== storyOf(b))) {
    expect(containment(one, other), `${one.externalId} / ${other.externalId}`).toBeLessThan(0.3);
  }
});

test("one article is corrected: the earlier text had the mistake", () => {
  const corrected = sampleArticles.filter((it) => it.correction !== undefined || it.before !== undefined);
  expect(corrected).toHaveLength(1);
  expect(corrected[0]?.correction).toBeTruthy();
  expect(corrected[0]?.before?.title).not.toBe(corrected[0]?.title);
  expect(corrected[0]?.before?.bodyHtml).not.toBe(corrected[0]?.bodyHtml);
});

test.each([
  ["a title that starts with a Latin word", () => sampleArticles.some((it) => /^[A-Z]/.test(it.title))],
  ["a very long title", () => sampleArticles.some((it) => it.title.length > 150)],
  ["quotes", () => bodies.filter((html) => html.includes("«")).length > 30],
  ["C++", () => everything.includes("C++")],
  ["a percentage", () => /\d%/.test(everything)],
  ["a range of years", () => /20\d\d-20\d\d/.test(everything)],
  ["a currency amount", () => /\$\d/.test(everything) && /€\d/.test(everything)],
  ["a phone number", () => everything.includes("+999 ")],
  ["a mail address", () => /[a-z]@[a-z-]+\.invalid/.test(everything)],
  ["a link", () => bodies.some((html) => html.includes('<a href="https://'))],
  ["full tashkeel", () => bodies.some((html) => (html.match(/[\u064B-\u0652]/g) ?? []).length > 80)],
  ["a table", () => bodies.some((html) => html.includes("<table>"))],
  ["a list", () => bodies.some((html) => html.includes("<ul>"))],
  ["a block quote", () => bodies.some((html) => html.includes("<blockquote>"))],
  ["subheads", () => bodies.some((html) => html.includes("<h2>"))],
])("somewhere there is %s", (_, found) => expect(found()).toBe(true));

test("addresses lead nowhere", () => {
  const hosts = [...everything.matchAll(/(?:@|https?:\/\/)([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g)].map(
    ([, host]) => host,
  );
  expect(hosts.length).toBeGreaterThan(10);
  for (const host of hosts) expect(host).toMatch(/\.(example|invalid)$/);
  for (const [phone] of everything.matchAll(/\+\d{3} \d[\d ]+/g)) expect(phone).toMatch(/^\+999 /);
});

test("every picture is there, with its true length and size", () => {
  const files = readdirSync(pictureFolder).filter((file) => /\.(jpg|png)$/.test(file));
  expect(files.toSorted()).toEqual(Object.keys(samplePictures).toSorted());
  expect(files.length).toBeGreaterThanOrEqual(15);
  for (const [file, picture] of Object.entries(samplePictures)) {
    const bytes = readFileSync(new URL(file, pictureFolder));
    expect(bytes.length, file).toBe(picture.length);
    expect(bytes.length, file).toBeLessThan(90_000);
    expect(header(bytes), file).toEqual({
      type: picture.type,
      width: picture.width,
      height: picture.height,
    });
  }
});

test("every picture is used, and described", () => {
  const used = sampleArticles.flatMap((it) => it.picture ?? []);
  expect(new Set(used.map((it) => it.file))).toEqual(new Set(Object.keys(samplePictures)));
  for (const { alt, credit } of used) expect(Math.min(alt.length - 20, credit.length)).toBeGreaterThan(0);
});

/** What the file says of itself: PNG's IHDR, or the frame header of a JPEG (SOF0 to SOF2). */
function header(bytes: Buffer) {
  if (bytes.toString("latin1", 1, 4) === "PNG") {
    return { type: "image/png", width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  let at = 2;
  while (at < bytes.length && !(bytes.readUInt8(at + 1) >= 0xc0 && bytes.readUInt8(at + 1) <= 0xc2)) {
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return { type: "image/jpeg", width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
}
