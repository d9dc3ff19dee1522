// The feeds that a paper has of itself, as the newsroom's page and the command line list them.
import type { Kysely } from "kysely";
import { type ArticleTables, listSections, sectionTitle } from "../articles/index.ts";
import { type DigestTables, digestName, listDigests } from "../digests/index.ts";
import type { FeedName } from "../feeds/index.ts";
import type { CountedFeed } from "../readership/index.ts";

/** A feed that people know by a name; without an address where it has none. */
export type KnownFeed = { feed: CountedFeed; title: string; name: FeedName | null };

/**
 * Everything, the sections in the paper's order, the digests, and the mixes together; a closed section has no address.
 *
 * @param titles what everything and the mixes are called, and in which language sections and digests are named
 */
export async function knownFeeds(
  db: Kysely<ArticleTables & DigestTables>,
  titles: { all: string; mixes: string; language: "ar" | "en" },
): Promise<KnownFeed[]> {
  const [sections, digests] = await Promise.all([listSections(db), listDigests(db)]);
  return [
    { feed: "all", title: titles.all, name: { kind: "all" } },
    ...sections.map(
      (section): KnownFeed => ({
        feed: `section/${section.id}`,
        title: sectionTitle(section, titles.language),
        name: section.closedAt === null ? { kind: "section", slug: section.slug } : null,
      }),
    ),
    ...digests.map(
      (digest): KnownFeed => ({
        feed: `digest/${digest.id}`,
        title: digestName(digest, titles.language),
        name: { kind: "digest", slug: digest.slug },
      }),
    ),
    { feed: "mix", title: titles.mixes, name: null },
  ];
}
