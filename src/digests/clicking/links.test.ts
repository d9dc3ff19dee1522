import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { articleId } from "../../articles/index.ts";
import type { Keyring } from "../../config.ts";
import { createMailRenderer, encodedOctets, fillPersonal } from "../../mail/index.ts";
import type { SubscriberId } from "../../subscribers/index.ts";
import { mailWith } from "../digests.fixture.ts";
import { octetsTooMany } from "../fit.ts";
import type { IssueId } from "../tables.ts";
import { clickLinks, clickMark, readClick, readMark, uncounted, withMarks } from "./links.ts";

const keys: Keyring = [{ id: "k1", key: "0123456789abcdef0123456789abcdef" }];
const newer: Keyring = [{ id: "k2", key: "fedcba9876543210fedcba9876543210" }, ...keys];
const site = new URL("https://nashra.paper.example/");
const now = Temporal.Instant.from("2026-03-01T05:00:00Z");
const issue = 12_345 as IssueId;
const articles = Array.from({ length: 20 }, (_, i) => articleId(1_000_000 + i));
const tokenOf = (url: string) => url.slice(new URL("/c/", site).href.length);

test("a link names its issue and its story, also once a newer key signs, and nothing else reads it", async () => {
  const link = (await clickLinks(keys, site)(issue, articles)).get(articles[3] ?? articleId(0)) ?? "";
  expect(link.length, link).toBeLessThanOrEqual(72);
  for (const ring of [keys, newer])
    expect(await readClick(ring, tokenOf(link), now)).toEqual({ issue, article: articles[3] });
  expect(await readClick([newer[0]], tokenOf(link), now)).toBe(null);
  expect(await readMark(keys, tokenOf(link), issue, now)).toBe(null);
});

test("a mark names its reader, for its issue alone", async () => {
  const mark = await clickMark(keys, issue, 77 as SubscriberId, now);
  expect(await readMark(newer, mark.slice(1), issue, now)).toEqual({ subscriber: 77, madeAt: now });
  expect(await readMark(keys, mark.slice(1), 12_346 as IssueId, now)).toBe(null);
  expect(await readMark(keys, `${mark.slice(1, -1)}A`, issue, now)).toBe(null);
  expect(await readClick(keys, mark.slice(1), now)).toBe(null);
});

test("links that are looked at are not counted, whether they have a mark or not", async () => {
  const [link = ""] = (await clickLinks(keys, site)(issue, articles)).values();
  const mail = { html: `<a href="${link}">${link}</a> <a href="${link}/x">`, text: `${link}\n\n${link}` };
  expect(uncounted(mail, site)).toEqual({
    html: `<a href="${link}/test">${link}/test</a> <a href="${link}/x">`,
    text: `${link}/test\n\n${link}/test`,
  });
});

test("twenty stories with counted links are no larger than with long addresses, and by reader they still fit", async () => {
  const links = await clickLinks(keys, site)(issue, articles);
  const slug = encodeURIComponent("المجلس يقر موازنة العام المقبل بعد جلسة امتدت ثلاث ساعات").replaceAll(
    "%20",
    "-",
  );
  const plain = new Map(articles.map((id) => [id, `https://paper.example/?p=${id}`]));
  const long = new Map(articles.map((id) => [id, `https://paper.example/politics/${slug}-${id}/`]));
  const builtIn = (name: string) =>
    readFileSync(new URL(`../../../templates/${name}`, import.meta.url), "utf8");
  const renderer = createMailRenderer(() => builtIn);
  const octetsOf = async (urls: ReadonlyMap<number, string>, byReader = false) => {
    const rendered = await renderer.render("digest", mailOf(urls));
    const mail = byReader ? withMarks(rendered, links.values()) : rendered;
    expect(octetsTooMany(mail.html)).toBe(0);
    const own = { unsubscribeUrl: "", preferencesUrl: "", worthUrl: "", webUrl: "", address: "" };
    const clickMarkOf = byReader ? await clickMark(keys, issue, 999_999 as SubscriberId, now) : "";
    const { html, text } = fillPersonal(mail, { ...own, clickMark: clickMarkOf });
    return encodedOctets(html) + encodedOctets(text);
  };
  const sizes = {
    plain: await octetsOf(plain),
    long: await octetsOf(long),
    counted: await octetsOf(links),
    byReader: await octetsOf(links, true),
  };
  expect(sizes.counted).toBeLessThan(sizes.long);
  expect(sizes.counted - sizes.plain).toBeLessThan(5000);
  expect(sizes.byReader - sizes.counted).toBeLessThan(6000);
  if (process.env["SIZES"]) process.stdout.write(`${JSON.stringify(sizes)}\n`);
});

const mailOf = (urls: ReadonlyMap<number, string>) =>
  mailWith(
    [...urls].map(([id, url]) => ({
      title: `المجلس يقر موازنة العام المقبل بعد جلسة ${id}`,
      url,
      summary: "أقر المجلس الموازنة بعد جلسة طويلة امتدت حتى الفجر وشارك فيها كل الأعضاء. ".repeat(3).trim(),
      brief: "",
      section: "سياسة",
      source: "خاص",
      time: "05:40",
      image: { url: `https://paper.example/pictures/${id}.jpg`, alt: "المجلس", width: 640, height: 480 },
    })),
  );
