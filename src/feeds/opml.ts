// The list of all feeds, for readers to take over in one go (OPML 2.0). Pure.
import { oneLine } from "../arabic/index.ts";
import { element, escapeText } from "./amend.ts";

type ListedFeed = { title: string; xmlUrl: URL; htmlUrl: URL };

/** @returns UTF-8; no date in it, so that it changes only when the list does */
export function renderOpml(title: string, feeds: readonly ListedFeed[]): Uint8Array<ArrayBuffer> {
  const outlines = feeds.map((feed) => {
    const text = oneLine(feed.title);
    const attributes = {
      type: "rss",
      text,
      title: text,
      xmlUrl: feed.xmlUrl.href,
      htmlUrl: feed.htmlUrl.href,
    };
    return `    ${element("outline", attributes, null)}\n`;
  });
  return new TextEncoder().encode(`<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0">
  <head>
    ${element("title", {}, escapeText(oneLine(title)))}
  </head>
  <body>
${outlines.join("")}  </body>
</opml>
`);
}
