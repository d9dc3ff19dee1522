// A WordPress site is read whole, and what changes there arrives: asked over HTTP, of a site on loopback that answers as a
// recorded one did.
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NoStretch, Stretch } from "../pull.ts";
import { type FakeSite, loopbackGet, readerOf, startWordPress } from "./site.fixture.ts";

let site: FakeSite;
beforeEach(async () => {
  site = await startWordPress();
});
afterEach(() => site.close());

const lists = (urls: readonly URL[]) => urls.filter((url) => url.searchParams.has("offset"));
const wholePosts = (urls: readonly URL[]) =>
  urls.filter((url) => /\/posts/.test(url.href) && /content/.test(url.searchParams.get("_fields") ?? ""));
const idsOf = ({ items }: Stretch) => items.map(({ remoteId }) => Number(remoteId)).toSorted((a, b) => a - b);
const whyOf = (told: Stretch | NoStretch) => (told.ok ? "" : told.why);

const json = (response: ServerResponse, body: unknown, status = 200, headers = {}) => {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
  return true;
};
const page = (response: ServerResponse, status = 200, headers = {}) => {
  response.writeHead(status, { "Content-Type": "text/html", ...headers });
  response.end("<!DOCTYPE html><title>تسجيل الدخول</title>");
  return true;
};

/** An editor saves a post. */
function edit(id: number, change: Record<string, unknown>, at = "2026-11-24T05:00:00") {
  const local = Temporal.PlainDateTime.from(at).add({ hours: 2 }).toString();
  Object.assign(site.post(id), change, { modified_gmt: at, modified: local });
}

/** A post that was not there before. */
function write(id: number, at: string, modified = at) {
  const local = (gmt: string) => Temporal.PlainDateTime.from(gmt).add({ hours: 2 }).toString();
  site.posts.push({
    ...structuredClone(site.post(39)),
    id,
    guid: { rendered: `${site.home.href}?p=${id}` },
    date_gmt: at,
    date: local(at),
    modified_gmt: modified,
    modified: local(modified),
  });
}

async function read() {
  const reader = readerOf(site);
  const history = await reader.run();
  site.asked.length = 0;
  return { reader, history };
}

describe("the history", () => {
  test("comes whole, the oldest first, and what is no article is told", async () => {
    const { history } = await read();
    const unfit = [75, 76, 82]; // no title, no text, a password
    const all = site.posts.map(({ id }) => id).toSorted((a, b) => a - b);
    expect(history.items.map(({ remoteId }) => Number(remoteId))).toEqual(
      all.filter((id) => !unfit.includes(id)),
    );
    expect(history.skipped.map(({ why }) => why)).toEqual([
      expect.stringMatching(/no title/),
      expect.stringMatching(/no text/),
      expect.stringMatching(/password/),
    ]);
    expect(new Set(history.items.map(({ externalId }) => externalId)).size).toBe(74);
  });

  test("has of each article what the site shows of it", async () => {
    const { history } = await read();
    const of = (id: number) => history.items.find(({ remoteId }) => remoteId === String(id));
    expect(of(64)).toMatchObject({
      title: expect.stringContaining("«نور & شركاه» ترتفع إذا كان الطلب < العرض"),
      categories: [{ key: "economy", label: "اقتصاد" }],
      authors: ["احمد بن يوسف"],
      image: { type: "image/jpeg", length: 7203, width: 640, height: 427 },
    });
    expect(of(65)?.title).toMatch(/<الصمت> و”الكلام”/);
    expect(of(16)).toMatchObject({ importance: 2, externalId: expect.stringContaining("/2026/04/%d8%a7") });
    expect(of(73)).toMatchObject({
      externalId: `${site.home.href}?p=73`,
      categories: [{ key: "آخر-الأخبار", label: "آخر الأخبار" }],
    });
    expect([97, 96, 98, 95, 94, 24].map((id) => of(id)?.sourceName ?? null).filter(Boolean)).toHaveLength(5);
    expect(history.items.filter(({ summary }) => summary !== null).map(({ remoteId }) => remoteId)).toEqual(
      expect.arrayContaining(["20", "31", "42", "53"]), // which the export has as written
    );
    expect(of(84)?.published?.toString()).toBe("2009-03-27T22:30:00Z");
    expect(of(85)?.published?.toString()).toBe("2026-03-28T22:15:00Z"); // a local time that never was
    expect(history.categories).toContainEqual({ key: "علوم-تقنية", label: "علوم & تقنية" });
  });

  test("costs one list and one page of posts a hundred, and a question for each kind of name", async () => {
    const reader = readerOf(site);
    await reader.stretch();
    expect(site.asked.map(({ pathname }) => pathname.replace("/wp-json/wp/v2", ""))).toEqual([
      "/",
      "/wp-json/",
      "/posts",
      "/posts",
      "/users",
      "/categories",
      "/tags",
      "/media",
    ]);
  });

  test.each([10, 20, 50])("of a site that gives no more than %i at once is the same", async (most) => {
    const { history } = await read();
    site.mostPerPage = most;
    const reader = readerOf(site);
    expect(idsOf(await reader.run())).toEqual(idsOf(history));
  });

  test("of a site without pretty addresses is the same", async () => {
    const { history } = await read();
    site.pretty = false;
    const again = await readerOf(site).run();
    expect(idsOf(again)).toEqual(idsOf(history));
    expect(lists(site.asked)[0]?.searchParams.get("rest_route")).toBe("/wp/v2/posts");
  });

  test("loses nothing while posts come and go, and where the run dies after every stretch", async () => {
    site.mostPerPage = 10;
    const reader = readerOf(site);
    const deleted = [17, 18, 19, 20, 21, 22, 23];
    const came = new Set<number>();
    let more = true;
    for (let i = 0; more && i < 100; i++) {
      const before = reader.cursor;
      await reader.stretch();
      reader.cursor = before; // it died before anything of it was stored
      const told = await reader.stretch();
      if (!told.ok) throw new Error(told.why);
      for (const id of idsOf(told)) came.add(id);
      if (i === 1) site.posts = site.posts.filter(({ id }) => !deleted.includes(id));
      if (i === 2) write(300, "2026-11-24T05:30:00");
      more = told.more;
    }
    const whole = await readerOf(site).run();
    expect(whole.items).toHaveLength(74 - 7 + 1);
    expect(idsOf(whole).filter((id) => !came.has(id))).toEqual([]);
  });
});

describe("a round of changes", () => {
  test("in which nothing changed costs two lists", async () => {
    const { reader } = await read();
    for (let i = 0; i < 3; i++) {
      site.asked.length = 0;
      const told = await reader.run();
      expect(told).toMatchObject({ items: [], skipped: [], gone: [] });
      expect(site.asked).toHaveLength(2);
    }
  });

  test("brings what is new and what was edited, and nothing else", async () => {
    const { reader } = await read();
    write(400, "2026-11-24T05:10:00");
    edit(17, { title: { rendered: "عنوان صُحّح" } });
    const told = await reader.run();
    expect(idsOf(told)).toEqual([17, 400]);
    expect(told.items[0]?.title).toBe("عنوان صُحّح");
    expect(wholePosts(site.asked)).toHaveLength(1);
    expect((await reader.run()).items).toEqual([]);
  });

  test("brings a post that was scheduled: going live it keeps the time at which it was last saved", async () => {
    const { reader } = await read();
    edit(17, {});
    await reader.run();
    write(401, "2026-11-24T05:45:00", "2026-11-01T09:00:00");
    expect(idsOf(await reader.run())).toEqual([401]);
  });

  /** So that the recorded ones are not among the newest, which are looked at anyway. */
  const crowd = () => {
    for (let id = 2000; id < 2120; id++) write(id, "2026-03-01T05:00:00");
    for (const { id } of site.posts)
      if (id < 1000)
        Object.assign(site.post(id), { date_gmt: "2020-01-01T00:00:00", date: "2020-01-01T02:00:00" });
  };

  test("brings what was saved at the very second at which the last one stopped, and a little before", async () => {
    crowd();
    const { reader } = await read();
    edit(17, {}, "2026-11-24T05:00:00");
    await reader.run();
    edit(18, {}, "2026-11-24T05:00:00");
    edit(84, {}, "2026-11-24T04:00:00"); // by another clock
    expect(idsOf(await reader.run())).toEqual([18, 84]);
  });

  test("brings what was saved at a local time that never was, or that was twice", async () => {
    crowd();
    for (const post of site.posts)
      Object.assign(post, { modified: "2026-03-01T02:00:00", modified_gmt: "2026-03-01T00:00:00" });
    const { reader } = await read();
    // Beirut went from 23:59 to 01:00 at 22:00 UTC, and from 23:59 back to 23:00 at 21:00 UTC.
    Object.assign(site.post(17), { modified: "2026-03-29T01:20:00", modified_gmt: "2026-03-28T22:20:00" });
    await reader.run();
    Object.assign(site.post(85), { modified: "2026-03-29T00:15:00", modified_gmt: "2026-03-28T22:25:00" });
    expect(idsOf(await reader.run())).toEqual([85]);
    Object.assign(site.post(18), { modified: "2026-10-24T23:50:00", modified_gmt: "2026-10-24T20:50:00" });
    await reader.run();
    Object.assign(site.post(19), { modified: "2026-10-24T23:05:00", modified_gmt: "2026-10-24T21:05:00" });
    expect(idsOf(await reader.run())).toEqual([19]);
  });

  test("brings a featured picture that was set without saving the post, and a post that was made sticky", async () => {
    const { reader } = await read();
    Object.assign(site.post(73), { featured_media: 14 });
    Object.assign(site.post(39), { sticky: true });
    const told = await reader.run();
    expect(told.items.map(({ remoteId, importance }) => [remoteId, importance])).toEqual([
      ["39", 2],
      ["73", 0],
    ]);
  });

  test("is not led astray by one post from the future, nor by a clock of ours that is wrong", async () => {
    crowd();
    edit(17, {}, "2031-01-01T00:00:00");
    const { reader } = await read();
    reader.now = reader.now.add({ hours: 200 });
    edit(18, {}, "2026-11-24T05:01:00");
    await reader.run();
    edit(19, {}, "2026-11-24T05:02:00");
    expect(idsOf(await reader.run())).toContain(19);
  });

  test("brings thousands of edits at once in pages, each whole", async () => {
    for (let id = 1000; id < 1330; id++) write(id, "2026-11-01T05:00:00");
    const { reader } = await read();
    for (let id = 1000; id < 1330; id++) edit(id, { title: { rendered: `حُرّر ${id}` } });
    const told = await reader.run();
    expect(new Set(idsOf(told)).size).toBe(330);
    expect((await reader.run()).items).toEqual([]);
  });
});

describe("what is there no more", () => {
  test.each([
    [
      "trashed",
      () => void site.offline.add(73),
      "Taken offline on the site: trashed, private, or a draft again.",
    ],
    [
      "deleted",
      () => {
        site.posts = site.posts.filter(({ id }) => id !== 73);
      },
      "Deleted on the site.",
    ],
  ])("%s is taken back, and comes again when it is put back", async (_, goes, reason) => {
    const { reader } = await read();
    const post = site.post(73);
    goes();
    const told = await reader.run();
    expect(told.gone).toEqual([{ remoteId: "73", reason }]);
    expect((await reader.run()).gone).toEqual([]);
    site.offline.clear();
    if (!site.posts.includes(post)) site.posts.push(post);
    expect(idsOf(await reader.run())).toEqual([73]);
  });

  test("by a password is taken back too", async () => {
    const { reader } = await read();
    edit(73, { content: { rendered: "", protected: true } });
    expect((await reader.run()).gone).toEqual([
      { remoteId: "73", reason: "Protected by a password on the site." },
    ]);
  });

  test("by the half at once is rather a fault, and nothing is taken back", async () => {
    const { reader } = await read();
    const before = reader.stands.size;
    for (const { id } of site.posts.slice(0, 60)) site.offline.add(id);
    const told = await reader.run();
    expect(told.gone).toEqual([]);
    expect(told.skipped[0]?.why).toMatch(/of 74 are missing there at once/);
    expect(reader.stands.size).toBe(before);
    site.offline.clear();
    expect(await reader.run()).toMatchObject({ gone: [], skipped: [] });
  });

  test.each<[string, (url: URL, response: ServerResponse) => boolean]>([
    ["every list is empty", (url, response) => /posts\?/.test(url.href) && json(response, [])],
    [
      "every list is empty, and says so",
      (url, response) => /posts\?/.test(url.href) && json(response, [], 200, { "X-WP-Total": "0" }),
    ],
    [
      "looking for it fails",
      (url, response) => url.searchParams.get("_fields") === "id" && page(response, 500),
    ],
    ["it alone fails", (url, response) => /posts\/\d/.test(url.pathname) && page(response, 502)],
    ["it alone meets a wall", (url, response) => /posts\/\d/.test(url.pathname) && page(response, 403)],
    [
      "it alone meets a wall that speaks JSON",
      (url, response) => /posts\/\d/.test(url.pathname) && json(response, { code: "blocked" }, 401),
    ],
    [
      "the route is gone",
      (url, response) => /posts\/\d/.test(url.pathname) && json(response, { code: "rest_no_route" }, 404),
    ],
    [
      "it alone is there",
      (url, response) => /posts\/73/.test(url.pathname) && json(response, { ...site.post(73) }),
    ],
  ])("is not what merely seems so: %s", async (_, instead) => {
    const { reader } = await read();
    site.offline.add(73);
    site.instead = instead;
    expect((await reader.run()).gone).toEqual([]);
    expect(reader.stands.has("73")).toBe(true);
  });
});

describe("what is there no more among the older ones", () => {
  /** Three hundred articles besides, the newest hundred of which are looked for in each round. */
  async function readMany() {
    for (let id = 2000; id < 2300; id++) write(id, `2026-0${1 + (id % 8)}-01T05:00:00`);
    return read();
  }
  const rounds = async (reader: Awaited<ReturnType<typeof read>>["reader"], number: number) => {
    const gone: string[] = [];
    for (let i = 0; i < number; i++) gone.push(...(await reader.run()).gone.map(({ remoteId }) => remoteId));
    return gone.toSorted();
  };

  test("is seen in time: a hundred are looked for in each round, with one more question", async () => {
    const { reader } = await readMany();
    await rounds(reader, 1);
    const perRound = site.asked.length;
    const gone = [2001, 2009, 2111, 84, 17];
    site.posts = site.posts.filter(({ id }) => !gone.slice(1).includes(id));
    site.offline.add(2001);
    expect(await rounds(reader, 4)).toEqual(gone.map(String).toSorted());
    expect(await rounds(reader, 4)).toEqual([]);
    site.asked.length = 0;
    await rounds(reader, 1);
    expect(site.asked.length).toBeLessThanOrEqual(perRound);
    expect(site.asked.filter((url) => url.searchParams.has("include"))).toHaveLength(1);
  });

  test("is asked for twenty at a time, and none is forgotten", async () => {
    const { reader } = await readMany();
    const gone = Array.from({ length: 45 }, (_, i) => 2000 + 8 * i).filter((id) => id < 2300);
    for (const id of gone) site.offline.add(id);
    expect(await rounds(reader, 8)).toEqual(gone.map(String).toSorted());
  });

  test("is not what merely fails, and one of which nothing can be seen holds up no other", async () => {
    const { reader } = await readMany();
    for (const id of [2001, 2009]) site.offline.add(id);
    site.instead = (url, response) => url.pathname.endsWith("/posts/2001") && page(response, 502);
    expect(await rounds(reader, 5)).toEqual(["2009"]);
    site.instead = () => false;
    expect(await rounds(reader, 5)).toEqual(["2001"]);
  });
});

describe("a list without end", () => {
  const endless = async (reader: ReturnType<typeof readerOf>) => {
    for (let i = 0; i < 300; i++) {
      const told = await reader.stretch();
      if (!told.ok) return { i, why: told.why };
      if (!told.more) return { i, why: "it ended" };
    }
    return { i: 300, why: "it never ends" };
  };
  const rewritten = (change: (query: URLSearchParams) => void, total: string | null) => {
    site.instead = (url, response) => {
      if (!url.searchParams.has("offset")) return false;
      const asked = new URL(url);
      change(asked.searchParams);
      if (asked.search === url.search) return false;
      void loopbackGet({ url: asked }).then((answer) => {
        if (answer.kind !== "answer") throw new Error(answer.why);
        response.writeHead(200, {
          "Content-Type": "application/json",
          ...(total !== null && { "X-WP-Total": total }),
        });
        response.end(answer.body);
      });
      return true;
    };
  };

  test.each([null, "77"])(
    "as a cache looks at no offset (total: %s), is told and not taken for read",
    async (total) => {
      site.mostPerPage = 20;
      rewritten((query) => query.set("offset", "0"), total);
      const reader = readerOf(site);
      expect(await endless(reader)).toEqual({
        i: 1,
        why: expect.stringMatching(/offset.*only its first posts/),
      });
      site.instead = () => false;
      expect((await reader.run()).items.length).toBeGreaterThan(50); // and read whole once that is mended
    },
  );

  test("as the newest are given again and again, is told", async () => {
    const { reader } = await read();
    for (let id = 1000; id < 1100; id++) write(id, "2026-11-24T05:00:00");
    await reader.stretch();
    rewritten((query) => query.get("orderby") === "date" && query.set("offset", "0"), null);
    expect((await endless(reader)).why).toMatch(/offset/);
  });

  test("as its pages go round in circles, is told after some thousand posts", async () => {
    for (let id = 1000; id < 1200; id++) write(id, "2026-11-01T05:00:00");
    rewritten((query) => {
      const offset = Number(query.get("offset"));
      if (offset > 100) query.set("offset", String(50 + (offset % 90)));
    }, null);
    const { i, why } = await endless(readerOf(site));
    expect(why).toMatch(/without end, the same again and again/);
    expect(i).toBeLessThan(70);
  });
});

test("a cache that looks at no include is told", async () => {
  site.mostPerPage = 10;
  site.instead = (url, response) => {
    if (!url.searchParams.has("include") || !/posts/.test(url.pathname)) return false;
    return json(response, [site.post(98)]);
  };
  expect(whyOf(await readerOf(site).stretch())).toMatch(/other posts than it is asked for/);
});

describe("what the site told of", () => {
  test("is asked for alone, and the cursor stays", async () => {
    const { reader } = await read();
    const before = reader.cursor;
    write(500, "2026-11-24T05:10:00");
    site.offline.add(73);
    site.posts = site.posts.filter(({ id }) => id !== 84);
    const told = await reader.stretch(["500", "73", "84", "17", "x", "-1"]);
    if (!told.ok) throw new Error(told.why);
    expect(idsOf(told)).toEqual([17, 500]);
    expect(told.gone).toEqual([
      { remoteId: "73", reason: "Taken offline on the site: trashed, private, or a draft again." },
      { remoteId: "84", reason: "Deleted on the site." },
    ]);
    expect(reader.cursor).toEqual(before);
    expect(lists(site.asked)).toEqual([]);
  });

  test("before the history was read, leaves that to be read", async () => {
    const reader = readerOf(site);
    const told = await reader.stretch(["17"]);
    expect(told).toMatchObject({ ok: true, more: false, cursor: null });
    expect((await reader.run()).items).toHaveLength(74);
  });

  test.each([
    ["a wall", (response: ServerResponse) => json(response, { code: "rest_login_required" }, 401)],
    ["a fault", (response: ServerResponse) => page(response, 500)],
    ["an empty body", (response: ServerResponse) => void response.writeHead(200).end() === undefined],
  ])("is not gone because of %s", async (_, answers) => {
    const { reader } = await read();
    site.instead = (url, response) => url.pathname.startsWith("/wp-json/") && answers(response);
    const told = await reader.stretch(["73"]);
    expect(told.ok).toBe(false);
  });
});

describe("too much at once", () => {
  const heavy = (most: number, answers: (response: ServerResponse) => boolean) => {
    site.instead = (url, response) =>
      wholePosts([url]).length > 0 &&
      (url.searchParams.get("include") ?? "").split(",").length > most &&
      answers(response);
  };

  test.each<[string, (response: ServerResponse) => boolean]>([
    ["a fault", (response) => page(response, 500)],
    ["a time-out", (response) => page(response, 504)],
    ["a body that breaks off", (response) => void response.writeHead(200).end('[{"id":1,') === undefined],
    ["no body", (response) => void response.writeHead(200).end() === undefined],
    ["a connection that breaks off", (response) => void response.destroy() === undefined],
    [
      "more than is taken in",
      (response) => void response.writeHead(200).end("x".repeat(8_000_001)) === undefined,
    ],
  ])("is asked for in smaller pages after %s", async (_, answers) => {
    heavy(9, answers);
    expect((await readerOf(site).run()).items).toHaveLength(74);
  });

  test("a single post that always fails is told, and the others come", async () => {
    site.instead = (url, response) =>
      wholePosts([url]).length > 0 &&
      (url.searchParams.get("include") ?? "").split(",").includes("40") &&
      page(response, 500);
    const reader = readerOf(site);
    const told = await reader.run();
    expect(told.items).toHaveLength(73);
    expect(told.skipped.map(({ what }) => what)).toContain(`Post 40 (${site.home.href}?p=40)`);
    site.asked.length = 0;
    await reader.run();
    expect(site.asked).toHaveLength(2);
    site.instead = () => false;
    edit(40, {});
    expect(idsOf(await reader.run())).toEqual([40]);
  });

  test("a site that fails for each post loses none", async () => {
    heavy(0, (response) => page(response, 500));
    const reader = readerOf(site);
    expect(whyOf(await reader.stretch())).toMatch(/answered 500/);
    expect(reader.cursor).toBeNull();
    site.instead = () => false;
    expect((await reader.run()).items).toHaveLength(74);
  });
});

describe("names", () => {
  const hidden = (url: URL, response: ServerResponse) =>
    url.pathname.endsWith("/users") && json(response, { code: "rest_user_cannot_view" }, 401);

  test("of authors that the site hides are missing, and asked for no more", async () => {
    site.instead = hidden;
    const { reader, history } = await read();
    expect(history.items.every(({ authors }) => authors.length === 0)).toBe(true);
    edit(17, {});
    await reader.run();
    expect(site.asked.filter(({ pathname }) => pathname.endsWith("/users"))).toEqual([]);
  });

  test.each<[string, (url: URL, response: ServerResponse) => boolean]>([
    ["refuses", hidden],
    [
      "has no such route",
      (url, response) => url.pathname.endsWith("/users") && json(response, { code: "rest_no_route" }, 404),
    ],
    ["shows the front page", (url, response) => url.pathname.endsWith("/users") && page(response)],
  ])("of authors come from the search plugin where the site %s", async (_, instead) => {
    for (const post of site.posts) post["yoast_head_json"] = { author: "ريم الطيّب", schema: {} };
    site.instead = instead;
    const { reader, history } = await read();
    expect(history.items.every(({ authors }) => authors.join() === "ريم الطيّب")).toBe(true);
    edit(17, {});
    expect((await reader.run()).items[0]?.authors).toEqual(["ريم الطيّب"]);
  });

  test.each(["users", "categories", "tags", "media"])(
    "that fail for the moment (%s) stop the stretch, since an article without them would be another",
    async (kind) => {
      site.instead = (url, response) => url.pathname.endsWith(`/${kind}`) && page(response, 500);
      const reader = readerOf(site);
      expect(whyOf(await reader.stretch())).toMatch(/answered 500/);
      expect(reader.cursor).toBeNull();
    },
  );
});

describe("an answer that is none changes nothing and is told", () => {
  const posts = (url: URL) => url.pathname.endsWith("/posts");
  test.each<[string, (url: URL, response: ServerResponse) => boolean, RegExp]>([
    ["a page", (url, response) => posts(url) && page(response), /a page instead of JSON/],
    [
      "no body",
      (url, response) => posts(url) && void response.writeHead(200).end() === undefined,
      /with nothing/,
    ],
    ["a wall", (url, response) => posts(url) && page(response, 403), /answered 403 .*visitors read posts/],
    [
      "a login",
      (url, response) => posts(url) && json(response, { code: "rest_not_logged_in" }, 401),
      /401 \(rest_not_logged_in\)/,
    ],
    ["JSON that is no list", (url, response) => posts(url) && json(response, { error: "x" }), /no list/],
    [
      "a list of something else",
      (url, response) => posts(url) && json(response, [{ slug: "x" }, 7, null]),
      /not with posts/,
    ],
    ["a list of nothing", (url, response) => posts(url) && json(response, []), /shows no posts/],
    [
      "an index that is none",
      (url, response) => url.pathname === "/wp-json/" && json(response, { namespaces: [] }),
      /not as the REST API/,
    ],
    ["a site that is down", (_, response) => page(response, 500), /no WordPress REST API|answered 500/],
  ])("%s", async (_, instead, why) => {
    const reader = readerOf(site);
    site.instead = instead;
    expect(whyOf(await reader.stretch())).toMatch(why);
    site.instead = () => false;
    await reader.run();
    const before = reader.cursor;
    site.instead = instead;
    if (!/no posts|no WordPress|as the REST API/.test(why.source)) {
      expect(whyOf(await reader.stretch())).toMatch(why);
      expect(reader.cursor).toEqual(before);
    }
  });

  test("lists of posts of which none is given", async () => {
    site.instead = (url, response) => wholePosts([url]).length > 0 && json(response, []);
    expect(whyOf(await readerOf(site).stretch())).toMatch(/gives none of them/);
  });

  test.each([
    [429, { "Retry-After": "3600" }, "2026-11-24T07:00:00Z"],
    [503, { "Retry-After": "Tue, 24 Nov 2026 08:00:00 GMT" }, "2026-11-24T08:00:00Z"],
    [503, {}, undefined],
  ])("%i, and when to come back (%j)", async (status, headers, at) => {
    const reader = readerOf(site);
    await reader.run();
    site.asked.length = 0;
    site.instead = (_, response) => page(response, status, headers);
    const told = await reader.stretch();
    expect(told).toMatchObject({ ok: false });
    expect(told.notBefore?.toString()).toBe(at);
    expect(site.asked).toHaveLength(1); // it is not pressed
  });

  test("nobody there", async () => {
    const reader = readerOf(site);
    reader.get = async () => ({ kind: "silence", why: "paper.example could not be reached." });
    expect(await reader.stretch()).toEqual({
      ok: false,
      why: "paper.example could not be reached.",
      notBefore: null,
    });
  });

  test("a WordPress before 5.7, which does not know what changed since", async () => {
    const { reader } = await read();
    site.version = 5.6;
    expect(whyOf(await reader.stretch())).toMatch(/older than 5\.7/);
  });
});

test("a site that changes its kind of addresses is found again", async () => {
  const { reader } = await read();
  site.pretty = false;
  write(600, "2026-11-24T05:10:00");
  expect(idsOf(await reader.run())).toEqual([600]);
});

test("what was learned of one address says nothing of another", async () => {
  const { reader } = await read();
  reader.cursor = { ...(reader.cursor as object), of: "https://another.example/" };
  expect((await reader.run()).items).toHaveLength(74);
});

test("every question goes through the door that it was given", async () => {
  const reader = readerOf(site);
  let asked = 0;
  reader.get = async (get) => {
    asked += 1;
    expect(get.bytes ?? 0).toBeLessThanOrEqual(8_000_000);
    return loopbackGet(get);
  };
  await reader.run();
  expect(asked).toBe(site.asked.length);
});
