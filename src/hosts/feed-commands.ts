// nashra feed: list.
import { type FeedName, feedUrl } from "../feeds/index.ts";
import { knownFeeds } from "../newsroom/index.ts";
import { type CountedFeed, dayToShow, type FeedReaders, readersOf, startOf } from "../readership/index.ts";
import { readPublisher } from "../settings/index.ts";
import type { Nashra } from "./node.ts";
import { printList, tell } from "./output.ts";

/** Readers of feeds, of the last whole day (UTC); of those feeds that have a place in the paper, also where nobody reads them. */
export async function feedList(nashra: Nashra, options: { json?: boolean }): Promise<void> {
  const { config, now } = nashra;
  const { db } = nashra.database;
  const json = options.json === true;
  const day = await dayToShow(db, now());
  const date = startOf(day).toString().slice(0, 10);

  const shown = (
    feed: CountedFeed,
    title: string | null,
    name: FeedName | null,
    count: FeedReaders | undefined,
  ) => {
    const {
      readers = 0,
      clients = 0,
      subscribers = 0,
      aggregators = [],
      requests = 0,
      unchanged = 0,
    } = count ?? {};
    const url = name && feedUrl(config.publicUrl, name, "rss").href;
    return json
      ? { feed, title, url, day: date, readers, clients, subscribers, aggregators, requests, unchanged }
      : { feed, title, readers, clients, subscribers, requests, unchanged, url };
  };
  async function* pages(after: string, before?: string) {
    for (let last: string | undefined = after; last !== undefined; ) {
      const page: FeedReaders[] = await readersOf(db, day, {
        after: last,
        limit: 500,
        ...(before && { before }),
      });
      yield page;
      last = page.length < 500 ? undefined : page.at(-1)?.feed;
    }
  }

  if (!json)
    tell(
      `Readers on ${date} (UTC): an estimate of those who poll, and subscribers as aggregators claim them.`,
    );
  const counted = new Map<CountedFeed, FeedReaders>();
  // In the order of the keys: all, author/…, digest/…, mix, section/…, tag/…
  for (const [after, before] of [
    ["", "author/"],
    ["digest/", "tag/"],
  ] as const)
    for await (const page of pages(after, before)) for (const it of page) counted.set(it.feed, it);
  const { name: all } = await readPublisher(db);
  const known = await knownFeeds(db, { all, mixes: "mixes of sections", language: "ar" });
  printList(
    known
      .filter(({ feed, name }) => name !== null || counted.has(feed))
      .map(({ feed, title, name }) => shown(feed, title, name, counted.get(feed))),
    { json, empty: "There is no feed." },
  );
  for (const kind of ["author", "tag"] as const)
    for await (const page of pages(`${kind}/`, kind === "author" ? "digest/" : undefined))
      if (page.length > 0)
        printList(
          page.map((it) => shown(it.feed, null, { kind, slug: it.feed.slice(kind.length + 1) }, it)),
          { json, empty: "" },
        );
}
