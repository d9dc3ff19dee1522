import { describe, expect, test } from "vitest";
import { archive, article, channel, documentOf, rich } from "./feeds.fixture.ts";
import { faultsOf } from "./validity.ts";
import type { FeedFormat } from "./which.ts";

const formats = ["rss", "atom", "json"] as const;
const faults = (format: FeedFormat, text: string) => faultsOf(format, text, channel(format).selfUrl);

// A judge that lets everything pass proves nothing: each of these is one fault put into a document that is valid.
describe("the rules of the formats find", () => {
  const whole = (format: FeedFormat) =>
    documentOf(format, [rich, article(2)], {
      logoUrl: "https://news.example/logo.png",
      ...(format === "atom" && { history: archive }),
    }).text;
  const itemIn = (text: string) => /<item>[\s\S]*?<\/item>/.exec(text)?.[0] ?? "";

  test.each(formats)("nothing in %s that is valid", (format) =>
    expect(faults(format, whole(format))).toEqual([]),
  );

  test.each<
    [what: string, format: FeedFormat, from: string | RegExp, to: string | ((found: string) => string)]
  >([
    ["a self link elsewhere", "rss", "feeds/all.rss", "feeds/all.xml"],
    ["a self link elsewhere", "atom", /rel="self" href="[^"]+"/, 'rel="self" href="/feeds/all.atom"'],
    ["no self link", "rss", /<atom:link [^>]*rel="self"[^>]*>/, ""],
    ["an unknown relation", "atom", 'rel="hub"', 'rel="push"'],
    ["a link that is relative", "atom", /<link href="https:\/\/news.example/, '<link href="'],
    ["a link that no URI can be", "atom", "a=1&#x26;b=2", "a=|"],
    ["a link that no URI can be", "rss", "a=1&#x26;b=2", "a=[1]"],
    ["a namespace that nobody knows", "rss", "xmlns:media", 'xmlns:x="urn:x" xmlns:media'],
    ["a prefix without namespace", "rss", / xmlns:media="[^"]+"/, ""],
    ["tombstones' namespace without one", "atom", /<at:deleted-entry .*>/g, ""],
    ["a channel without a description", "rss", /<description>.*<\/description>/, ""],
    ["a channel without language", "rss", "<language>ar</language>", ""],
    ["a feed without language", "atom", 'xml:lang="ar"', ""],
    [
      "channel elements behind items",
      "rss",
      "</channel>",
      "<pubDate>Sun, 01 Mar 2026 06:30:00 GMT</pubDate></channel>",
    ],
    ["channel elements behind items", "rss", /(<ttl>.*<\/ttl>)([\s\S]*<\/item>)/, "$2$1"],
    ["feed elements behind entries", "atom", /(<subtitle>.*<\/subtitle>)([\s\S]*<\/entry>)/, "$2$1"],
    ["another image's title", "rss", /(<image>\s*<title>)/, "$1x"],
    ["a date in Arabic", "rss", "Sun, 01 Mar 2026 04:59", "الأحد, 01 مارس 2026 04:59"],
    ["a date on the wrong day", "rss", "Sun, 01 Mar 2026 04:59", "Mon, 01 Mar 2026 04:59"],
    ["a date with two digits of a year", "rss", "01 Mar 2026 04:59", "01 Mar 26 04:59"],
    ["a date without a zone", "atom", /<updated>([^<]+)Z<\/updated>/, "<updated>$1</updated>"],
    [
      "a change before the beginning",
      "atom",
      "2026-03-01T04:59:00.000Z</published>",
      "2027-03-01T04:59:00.000Z</published>",
    ],
    ["a change before the beginning", "json", /"date_published": "2026/, '"date_published": "2027'],
    ["two items with one guid", "rss", /<item>/, (found) => `${itemIn(whole("rss"))}${found}`],
    ["two entries with one id", "atom", "tag:news.example,2026:2", "tag:news.example,2026:1"],
    ["two items with one id", "json", "tag:news.example,2026:2", "tag:news.example,2026:1"],
    ["an entry that is there and gone", "atom", "2026:gone", "2026:1"],
    ["a guid that says it is a link", "rss", ' isPermaLink="false"', ""],
    ["a guid that is no IRI", "rss", "tag:news.example,2026:1", "post 17"],
    ["no guid", "rss", /<guid.*<\/guid>/, ""],
    [
      "content before description",
      "rss",
      /(<description>.*<\/description>)(\s*)(<content:encoded>[\s\S]*?<\/content:encoded>)/,
      "$3$1",
    ],
    ["an author without an address", "rss", "<dc:creator>", "<author>س</author><dc:creator>"],
    ["a blank author", "rss", "سلمى حداد", ""],
    ["a blank author", "atom", "<name>سلمى حداد</name>", "<name></name>"],
    ["an entry without author", "atom", /<author>[\s\S]*?<\/author>/g, ""],
    ["an enclosure without length", "rss", / length="\d+"/, ""],
    ["an enclosure without type", "rss", / type="image\/jpeg"/, ""],
    ["an enclosure without type", "atom", / type="image\/jpeg"/, ""],
    ["a picture of no width", "rss", / width="1200" height="800"><media/, ' width="0"><media'],
    ["a category without a name", "atom", /term="[^"]+"/, 'term=""'],
    ["a title that is not marked", "atom", '<title type="html">', "<title>"],
    ["a title in the feed twice", "atom", "<subtitle>", "<title>x</title><subtitle>"],
    ["an unknown element", "atom", "<summary", "<description/><summary"],
    ["an archive that leads nowhere", "atom", /<link rel="(?:prev|next)-archive"[^>]*>/g, ""],
    ["an archive without its feed", "atom", /<link rel="current"[^>]*>/, ""],
    ["a relative picture", "rss", '<img src="https://news.example/', '<img src="/'],
    ["a relative picture", "json", '<img src=\\"https://news.example/', '<img src=\\"/'],
    ["a script", "atom", "<figure>", "<figure><script></script>"],
    ["a handler", "json", "<figure>", "<figure onclick=''>"],
    ["version 1", "json", "version/1.1", "version/1"],
    ["null", "json", '"language": "ar"', '"language": null'],
    ["an id that is a number", "json", '"id": "tag:news.example,2026:1"', '"id": 1'],
    ["an unknown field", "json", '"language": "ar"', '"language": "ar", "author": {}'],
    [
      "a next_url that is the feed",
      "json",
      /"next_url": "[^"]+"/,
      '"next_url": "https://news.example/feeds/all.json"',
    ],
    ["a relative URL", "json", /"url": "https:\/\/news.example/, '"url": "'],
    ["no items", "json", '"items"', '"articles"'],
  ])("%s (%s)", (_, format, from, to) => {
    const text = whole(format);
    const broken = typeof to === "string" ? text.replace(from, to) : text.replace(from, to);
    expect(broken).not.toBe(text);
    expect(faults(format, broken)).not.toEqual([]);
  });
});
