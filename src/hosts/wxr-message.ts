// What the thread that reads an export and the one that stores it say to each other: plain data, as threads can hand on
// neither instants nor addresses.
import type { WxrSaid, WxrStretch } from "../sources/index.ts";

type Site = WxrSaid["site"];
type Item = WxrStretch["items"][number];

/** Each question has one answer; a thread that cannot give it ends with an error. */
export type Question = { ask: "site" } | { ask: "begin"; from: number } | { ask: "next" };
export type Answer =
  | { kind: "site"; site: Omit<Site, "homeUrl"> & { homeUrl: string | null }; picturesLost: number }
  | { kind: "no-export"; why: string }
  | { kind: "stretch"; stretch: Omit<WxrStretch, "items"> & { items: PlainItem[] } }
  | { kind: "end" };
type PlainItem = Omit<Item, "published" | "modified"> & { published: string | null; modified: string | null };

export const plainSite = ({ site, picturesLost }: WxrSaid): Answer => ({
  kind: "site",
  site: { ...site, homeUrl: site.homeUrl?.href ?? null },
  picturesLost,
});

export const saidIn = ({ site, picturesLost }: Extract<Answer, { kind: "site" }>): WxrSaid => ({
  ok: true,
  site: { ...site, homeUrl: site.homeUrl === null ? null : new URL(site.homeUrl) },
  picturesLost,
});

export const plainStretch = ({ items, ...stretch }: WxrStretch): Answer => ({
  kind: "stretch",
  stretch: {
    ...stretch,
    items: items.map((item) => ({
      ...item,
      published: item.published?.toString() ?? null,
      modified: item.modified?.toString() ?? null,
    })),
  },
});

export const stretchOf = ({
  items,
  ...stretch
}: Extract<Answer, { kind: "stretch" }>["stretch"]): WxrStretch => ({
  ...stretch,
  items: items.map((item) => ({
    ...item,
    published: item.published === null ? null : Temporal.Instant.from(item.published),
    modified: item.modified === null ? null : Temporal.Instant.from(item.modified),
  })),
});
