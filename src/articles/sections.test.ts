import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTestDatabase, planOf } from "../../tests/support/database.ts";
import type { Section } from "./article.ts";
import { listSections, sectionBySlug } from "./read.ts";
import {
  closeSection,
  formerSlugs,
  moveSection,
  openSection,
  renameSection,
  type SectionNames,
  sectionFormerly,
} from "./sections.ts";
import { addSection } from "./store.ts";
import type { ArticleTables } from "./tables.ts";

const now = Temporal.Instant.from("2026-03-01T07:00:00Z");

/** A paper with these sections; each is found again by the slug that it had first, whatever its name is by now. */
async function open(...slugs: string[]) {
  const { db, batch, ran } = openTestDatabase<ArticleTables>();
  const add = (slug: string) =>
    batch([addSection(db, { slug, title: `قسم ${slug}`, titleEn: null, halfLifeHours: 12 }, false)]);
  for (const slug of slugs) await add(slug);
  const first = new Map((await listSections(db)).map((section) => [section.slug, section]));
  const of = (slug: string): Section => {
    const section = first.get(slug);
    if (!section) throw new Error(`There is no section ${slug}.`);
    return section;
  };
  const changes = async (statement: Parameters<typeof batch>[0][number]) =>
    (await batch([statement]))[0]?.changes;
  return {
    db,
    batch,
    ran,
    add,
    of,
    rename: (slug: string, to: SectionNames) => changes(renameSection(db, of(slug).id, to)),
    close: (slug: string) => changes(closeSection(db, of(slug).id, now)),
    reopen: (slug: string) => changes(openSection(db, of(slug).id)),
    move: (slug: string, place: number) => changes(moveSection(db, of(slug).id, place)),
    slugs: async () => (await listSections(db)).map(({ slug }) => slug),
    /** Where an address of a section leads. */
    found: async (slug: string) => (await sectionBySlug(db, slug)) ?? (await sectionFormerly(db, slug)),
  };
}

describe("a section", () => {
  test("that is renamed is found under its new slug and its old ones", async () => {
    const { rename, found, of, db } = await open("local", "b");
    expect(await rename("local", { slug: "بلدي" })).toBe(1);
    expect(await rename("local", { slug: "city", title: "المدينة", titleEn: "City" })).toBe(1);
    for (const slug of ["local", "بلدي", "city"])
      expect(await found(slug)).toEqual({ ...of("local"), slug: "city", title: "المدينة", titleEn: "City" });
    expect((await formerSlugs(db)).sort((a, b) => (a.slug < b.slug ? -1 : 1))).toEqual([
      { slug: "local", sectionId: of("local").id },
      { slug: "بلدي", sectionId: of("local").id },
    ]);
  });

  test("is found by a former slug in whatever normal form of Unicode it is asked for", async () => {
    const { rename, found } = await open("أخبار");
    await rename("أخبار", { slug: "news" });
    expect((await found("أخبار".normalize("NFD")))?.slug).toBe("news");
    expect(await found("خبر")).toBeNull();
  });

  test("that gets its old slug back leads nowhere else", async () => {
    const { rename, slugs, db } = await open("a");
    await rename("a", { slug: "b" });
    await rename("a", { slug: "a" });
    expect(await slugs()).toEqual(["a"]);
    expect((await formerSlugs(db)).map(({ slug }) => slug)).toEqual(["b"]);
  });

  test("keeps the names that are not given", async () => {
    const { rename, of, found, db } = await open("a");
    await rename("a", { titleEn: "A" });
    expect(await found("a")).toEqual({ ...of("a"), titleEn: "A" });
    await rename("a", { title: "آخر" });
    expect(await found("a")).toEqual({ ...of("a"), titleEn: "A", title: "آخر" });
    await rename("a", { titleEn: null });
    expect(await found("a")).toEqual({ ...of("a"), title: "آخر" });
    expect(await formerSlugs(db)).toEqual([]);
  });

  test.each([
    ["the slug", { slug: "b" }],
    ["the title", { title: "قسم b" }],
    ["the slug, with a title of its own", { slug: "b", title: "آخر" }],
  ])("is not renamed to %s of another", async (_, to) => {
    const { rename, slugs, of, found } = await open("a", "b");
    expect(await rename("a", to)).toBe(0);
    expect(await slugs()).toEqual(["a", "b"]);
    expect(await found("a")).toEqual(of("a"));
  });

  test("may take the former slug of another, which gives way, and of two that want a slug one gets it", async () => {
    const { rename, of, found, slugs } = await open("a", "b", "c");
    await rename("a", { slug: "old-a" });
    await rename("a", { slug: "new-a" });
    expect(await rename("b", { slug: "old-a" })).toBe(1);
    expect((await found("old-a"))?.id).toBe(of("b").id);
    expect((await found("a"))?.id).toBe(of("a").id);
    const both = await Promise.all([rename("b", { slug: "x" }), rename("c", { slug: "x" })]);
    expect(both.sort()).toEqual([0, 1]);
    expect((await slugs()).filter((slug) => slug === "x")).toHaveLength(1);
  });

  test("that is new may have another's former slug, which is its own from then on", async () => {
    const { db, batch, rename, add, found } = await open("a");
    await rename("a", { slug: "b", title: "آخر" });
    await add("a");
    const added = await found("a");
    expect(added).toMatchObject({ slug: "a", title: "قسم a" });
    if (added) await batch([renameSection(db, added.id, { slug: "c" })]);
    expect(await found("a")).toEqual({ ...added, slug: "c" });
  });

  test("is closed once and opened once, and keeps the time when it was closed", async () => {
    const { close, reopen, found, of } = await open("a", "b");
    expect([await reopen("a"), await close("a"), await close("a")]).toEqual([0, 1, 0]);
    expect((await found("a"))?.closedAt).toEqual(now);
    expect(await found("b")).toEqual(of("b"));
    expect([await reopen("a"), await reopen("a")]).toEqual([1, 0]);
    expect((await found("a"))?.closedAt).toBeNull();
  });
});

describe("the order of sections", () => {
  test.each([
    ["a", 1, "abcd", 0],
    ["a", 2, "bacd", 2],
    ["a", 4, "bcda", 4],
    ["d", 1, "dabc", 4],
    ["c", 2, "acbd", 2],
    ["b", 99, "acdb", 3],
  ])("%s to %i is %s", async (slug, place, order, moved) => {
    const { move, slugs } = await open("a", "b", "c", "d");
    expect(await move(slug, place)).toBe(moved);
    expect((await slugs()).join("")).toBe(order);
  });

  test("is what a list would be from which one is taken out and put in again, from wherever it starts", async () => {
    const all = ["a", "b", "c", "d", "e"];
    const moves = fc.array(fc.tuple(fc.constantFrom(...all), fc.integer({ min: 1, max: 7 })), {
      maxLength: 8,
    });
    const { move, slugs, db } = await open(...all);
    await fc.assert(
      fc.asyncProperty(
        moves,
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 5, maxLength: 5 }),
        async (list, positions) => {
          for (const [i, slug] of all.entries())
            await db
              .updateTable("sections")
              .set({ position: positions[i] ?? 0 })
              .where("slug", "=", slug)
              .execute();
          // Sections with one position stand in the order in which they were made.
          const model = all.toSorted(
            (a, b) => (positions[all.indexOf(a)] ?? 0) - (positions[all.indexOf(b)] ?? 0),
          );
          for (const [slug, place] of list) {
            model.splice(model.indexOf(slug), 1);
            model.splice(place - 1, 0, slug);
            await move(slug, place);
          }
          if (list.length > 0) expect(await slugs()).toEqual(model);
        },
      ),
      { numRuns: 25 },
    );
  });
});

test("a former slug is looked up by its key", async () => {
  const { db, ran, found } = await open("a");
  ran.length = 0;
  await found("zzz");
  const plans = await Promise.all([...ran].map((statement) => planOf(db, statement)));
  expect(plans.flat()).toEqual([
    expect.stringMatching(/^SEARCH sections USING INDEX .*\(slug=\?\)$/),
    "SEARCH f USING PRIMARY KEY (slug=?)",
    "SEARCH s USING INTEGER PRIMARY KEY (rowid=?)",
  ]);
});
