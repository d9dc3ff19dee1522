// What all feeds show besides articles, and which of its things an address means. The choosing is pure.
import type { Kysely } from "kysely";
import {
  type ArticleList,
  type ArticleTables,
  formerSlugs,
  listSections,
  type Section,
} from "../articles/index.ts";
import { type Publisher, readPublisher, type SettingsTables } from "../settings/index.ts";
import type { FeedDigest } from "./issues.ts";
import { archiveKey, type FeedKey, type FeedVersion, keyOf } from "./store.ts";
import { type Asked, archiveUrl, type FeedFormat, type FeedName, feedUrl } from "./which.ts";

/** Read together, dozens of rows. */
export type House = {
  version: string;
  /** When one of these was last changed by a command; null if never. */
  changedAt: Temporal.Instant | null;
  publisher: Publisher;
  /** By slug in NFC, in the paper's order; closed ones too. */
  sections: ReadonlyMap<string, Section>;
  /** Sections by the slugs that they had before. */
  formerly: ReadonlyMap<string, Section>;
  digests: ReadonlyMap<string, FeedDigest>;
};

export async function readHouse(
  db: Kysely<ArticleTables & SettingsTables>,
  { version, changedAt }: FeedVersion,
  listDigests: () => Promise<readonly FeedDigest[]>,
): Promise<House> {
  const [publisher, sections, former, digests] = await Promise.all([
    readPublisher(db),
    listSections(db),
    formerSlugs(db),
    listDigests(),
  ]);
  const byId = new Map(sections.map((section) => [section.id, section]));
  return {
    version: String(version),
    changedAt,
    publisher,
    sections: new Map(sections.map((section) => [section.slug.normalize("NFC"), section])),
    formerly: new Map(
      former.flatMap(({ slug, sectionId }) => {
        const section = byId.get(sectionId);
        return section ? [[slug.normalize("NFC"), section] as const] : [];
      }),
    ),
    digests: new Map(digests.map((digest) => [digest.slug.normalize("NFC"), digest])),
  };
}

/** What a feed shows. Of tags and authors only the store knows whether they exist, and their names. */
export type Shows =
  | { kind: "list"; list: ArticleList }
  | { kind: "mix"; sections: readonly Section[] }
  | { kind: "digest"; digest: FeedDigest };

/** A document that may be served: everything about it but its bytes. */
export type Target = {
  feed: FeedName;
  format: FeedFormat;
  archive: number | null;
  shows: Shows;
  /** Whatever changes, changes the document; they name it too, as the names of sections and digests may change. */
  keys: readonly FeedKey[];
  selfUrl: URL;
};

export type Refused = { kind: "refused"; status: 400 | 404 | 410 | 414; why: string };
type Chosen =
  | { kind: "target"; target: Target }
  /** 301 for ever, as a section has a new name; 307 for now, as a closed one may be opened again. */
  | { kind: "redirect"; status: 301 | 307; to: URL }
  | Refused;

/** The document that an address of a feed means in this house. */
export function choose(house: House, site: URL, asked: Extract<Asked, { kind: "feed" }>): Chosen {
  const { feed, format, archive } = asked;
  const target = (shows: Shows, keys: readonly FeedKey[], name = feed): Chosen => {
    const selfUrl = archive === null ? feedUrl(site, name, format) : archiveUrl(site, name, format, archive);
    return { kind: "target", target: { feed: name, format, archive, shows, keys, selfUrl } };
  };
  const ofList = (list: ArticleList) =>
    target({ kind: "list", list }, [archive === null ? keyOf(list) : archiveKey(list, archive)]);
  switch (feed.kind) {
    case "all":
      return ofList({ kind: "all" });
    case "tag":
    case "author":
      return ofList({ kind: feed.kind, slug: feed.slug });
    case "section": {
      const section = house.sections.get(feed.slug);
      if (section === undefined) {
        const renamed = house.formerly.get(feed.slug);
        if (renamed === undefined) return none("section");
        const now: FeedName = { kind: "section", slug: renamed.slug };
        const to = archive === null ? feedUrl(site, now, format) : archiveUrl(site, now, format, archive);
        return { kind: "redirect", status: 301, to };
      }
      return section.closedAt ? closed : ofList({ kind: "section", id: section.id });
    }
    case "digest": {
      const digest = house.digests.get(feed.slug);
      return digest ? target({ kind: "digest", digest }, [`digest/${digest.id}`]) : none("digest");
    }
    case "mix":
      return chooseMix(house, site, feed.slugs, format, target);
  }
}

/** A mix that names a renamed section leads to the mix with its new name; a closed one is left out while others are open. */
function chooseMix(
  house: House,
  site: URL,
  slugs: readonly string[],
  format: FeedFormat,
  target: (shows: Shows, keys: readonly FeedKey[], name: FeedName) => Chosen,
): Chosen {
  const found = slugs.map((slug) => house.sections.get(slug) ?? house.formerly.get(slug));
  const unknown = slugs.filter((_, i) => found[i] === undefined);
  if (unknown.length > 0)
    return {
      kind: "refused",
      status: 404,
      why: `There is no section ${unknown.map((slug) => `"${slug}"`).join(" or ")}. /feeds.opml lists all feeds.`,
    };
  const sections = [...new Set(found)].filter((section) => section !== undefined);
  const open = sections.filter(({ closedAt }) => closedAt === null);
  if (open.length === 0) return closed;
  const name: FeedName = { kind: "mix", slugs: open.map(({ slug }) => slug.normalize("NFC")).sort() };
  if (name.slugs.join() !== slugs.join()) {
    const status = open.length < sections.length ? 307 : 301;
    return { kind: "redirect", status, to: feedUrl(site, name, format) };
  }
  const keys = open.map(({ id }): FeedKey => `section/${id}`).sort();
  return target({ kind: "mix", sections: open }, keys, name);
}

/** What is not there. */
export const none = (what: "section" | "tag" | "author" | "digest" | "archive" | "sitemap"): Refused => ({
  kind: "refused",
  status: 404,
  why: `There is no such ${what}. /feeds.opml lists the feeds of all sections.`,
});

const closed: Refused = {
  kind: "refused",
  status: 410,
  why: "This section is closed, and its feed brings nothing new. /feeds.opml lists the others.",
};
