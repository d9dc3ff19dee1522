// A source is added: it is asked who it is before anything is kept, so that a wrong address is told at once.
import { slugify } from "../arabic/index.ts";
import type { SectionId } from "../articles/index.ts";
import { withoutKeys } from "../platform/index.ts";
import type { SourceDeps } from "./deps.ts";
import type { Category } from "./item.ts";
import { leadAll } from "./paper.ts";
import type { Source, SourceKind } from "./source.ts";
import { addCategories } from "./store/categories.ts";
import { keepSource, listSources, sourceBy } from "./store/sources.ts";

export type Introduction = {
  kind: Exclude<SourceKind, "file">;
  url: URL;
  /** What it is to be called; null: what its address suggests. */
  name: string | null;
  sectionId: SectionId | null;
};

/** Who a source is, as it says itself. */
export type Identity = {
  /** Its own address, which may be another than was given. */
  url: URL;
  title: string;
  language: string | null;
  zone: string | null;
  categories: readonly Category[];
};

/** Asks an address who it is. `why` is a sentence on which a person can act. */
export type Identify = (
  kind: Introduction["kind"],
  url: URL,
  deps: SourceDeps,
) => Promise<{ ok: true; identity: Identity } | { ok: false; why: string }>;

/** Adds a source, due at once. Changes nothing where it does not answer as what it is said to be, or is there already. */
export async function introduce(
  deps: SourceDeps & { identify: Identify },
  { kind, url, name, sectionId }: Introduction,
): Promise<{ ok: true; source: Source } | { ok: false; because: "unread" | "taken"; why: string }> {
  const refused = (because: "unread" | "taken", why: string) => ({
    ok: false as const,
    because,
    why: withoutKeys(why),
  });
  const { database, now } = deps;
  const { db, batch } = database;
  const asked = await deps.identify(kind, url, deps);
  if (!asked.ok) return refused("unread", asked.why);
  const { identity } = asked;
  const origin = originOf(kind, identity.url);
  const known = await sourceBy(db, { origin });
  if (known && known.kind !== "file")
    return refused("taken", `${identity.url.href} is a source already: "${known.slug}".`);
  const slugs = new Set((await listSources(db)).map(({ slug }) => slug));
  if (name !== null && slugs.has(name)) return refused("taken", `Another source is called "${name}".`);
  const source = await keepSource(
    db,
    {
      slug: name ?? freeSlug(identity.url, slugs),
      kind,
      url: identity.url,
      origin,
      title: identity.title,
      language: identity.language,
      zone: identity.zone,
      sectionId,
      nextRunAt: now(),
    },
    now(),
  );
  if (source === null) return refused("taken", `Somebody else added ${identity.url.href} just now.`);
  if (identity.categories.length > 0)
    await batch([addCategories(db, source.id, await leadAll(deps, source, identity.categories))]);
  return { ok: true, source };
}

/** A site that came as an export is the same as the one that is asked later: its articles are known by the same origin. */
export const originOf = (kind: SourceKind, url: URL): string =>
  `${kind === "file" ? "wordpress" : kind} ${url.host}${url.pathname.replace(/\/$/, "")}${url.search}`;

/** Its host without `www`, and a number behind it where that is taken. */
export function freeSlug(url: URL, taken: ReadonlySet<string>): string {
  const wanted = slugify(url.hostname.replace(/^www\./, "")) ?? "source";
  for (let number = 1; ; number++) {
    const slug = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(slug)) return slug;
  }
}
