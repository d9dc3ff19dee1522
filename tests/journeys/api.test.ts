// Articles by API, as a publisher's own system sends them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { articleInput } from "../../src/articles/index.ts";
import { publishArticle } from "../../src/publish.ts";
import { bodyAbout, startNashra, type TestNashra } from "../support/nashra.ts";

let nashra: TestNashra;
let editor: string;
let viewer: string;

beforeAll(async () => {
  nashra = await startNashra({ now: "2026-03-01T08:00:00Z" });
  await nashra.sections("سياسة", "علوم وتقنية");
  editor = await createApiToken(nashra.database, "cms", "editor", nashra.at());
  viewer = await createApiToken(nashra.database, "dashboard", "viewer", nashra.at());
});
afterAll(() => nashra.stop());

async function call(method: string, path: string, body?: unknown, token = editor) {
  const response = await nashra.app.request(`http://localhost:3000${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    json: text === "" ? null : JSON.parse(text),
  };
}

const article = (externalId: string, more: object = {}) => ({
  external_id: externalId,
  title: `خبر ${externalId}`,
  body_html: bodyAbout(externalId),
  sections: ["سياسة"],
  ...more,
});

test("new is 201, a known external id is a revision, nothing changed is 200, retracted is 409", async () => {
  const first = await call(
    "POST",
    "/api/v1/articles",
    article("a-1", {
      published_at: "2026-03-01T09:00:00+03:00",
      tags: ["البرلمان"],
      authors: ["أحمد بن يوسف"],
    }),
  );
  expect(first.status).toBe(201);
  expect(first.json).toMatchObject({
    external_id: "a-1",
    revision: 1,
    state: "published",
    published_at: "2026-03-01T06:00:00Z",
    published_from: "given",
  });
  expect(first.json.guid).toMatch(/^tag:localhost,2026-03-01:article\/[0-9a-f-]{36}$/);

  const same = await call(
    "POST",
    "/api/v1/articles",
    article("a-1", {
      published_at: "2026-03-01T09:00:00+03:00",
      tags: ["البرلمان"],
      authors: ["أحمد بن يوسف"],
    }),
  );
  expect([same.status, same.json.revision]).toEqual([200, 1]);
  nashra.wait({ minutes: 5 });
  const revised = await call(
    "POST",
    "/api/v1/articles",
    article("a-1", { title: "عنوان مصحح", correction: "صُحح الاسم." }),
  );
  expect([revised.status, revised.json.revision, revised.json.title]).toEqual([200, 2, "عنوان مصحح"]);
  expect([revised.json.guid, revised.json.id, revised.json.published_at]).toEqual([
    first.json.guid,
    first.json.id,
    first.json.published_at,
  ]);

  const changed = await call("PATCH", `/api/v1/articles/${first.json.id}`, { importance: 2 });
  expect([changed.status, changed.json.importance, changed.json.title]).toEqual([200, 2, "عنوان مصحح"]);

  const gone = await call("POST", `/api/v1/articles/${first.json.id}/retraction`, { reason: "لم يصح الخبر" });
  expect([gone.status, gone.json.state, gone.json.retraction.reason]).toEqual([
    200,
    "retracted",
    "لم يصح الخبر",
  ]);
  for (const again of [
    await call("POST", "/api/v1/articles", article("a-1")),
    await call("PATCH", `/api/v1/articles/${first.json.id}`, { importance: 1 }),
  ]) {
    expect([again.status, again.type]).toEqual([409, "application/problem+json"]);
  }
  expect(await (await nashra.get("/feeds/all.rss")).text()).not.toContain("عنوان مصحح");
  expect((await nashra.get(`/articles/${first.json.id}`)).status).toBe(410);
});

test("an id that is an IRI becomes the guid in every feed", async () => {
  await call("POST", "/api/v1/articles", article("https://old.example.org/?p=77"));
  for (const format of ["rss", "atom", "json"]) {
    expect(await (await nashra.get(`/feeds/all.${format}`)).text()).toContain(
      "https://old.example.org/?p=77",
    );
  }
});

test("an address that two origins know: two articles, each with an id of its own", async () => {
  const address = "https://marsa.example/dup";
  const imported = await publishArticle(nashra.publishing, "import", articleInput.parse(article(address)));
  const sent = await call("POST", "/api/v1/articles", article(address));
  expect([imported.kind, sent.status]).toEqual(["created", 201]);
  if ("article" in imported) expect(imported.article.guid).toBe(address);
  expect(sent.json.guid).toMatch(/^tag:/);
});

test("feeds move only when what they show changes", async () => {
  const etag = async () => (await nashra.get("/feeds/all.rss")).headers.get("etag");
  const { json } = await call("POST", "/api/v1/articles", article("still"));
  const before = [await etag(), (await nashra.get("/feeds/all.rss")).headers.get("last-modified")];
  await call("PATCH", `/api/v1/articles/${json.id}`, { importance: 3 });
  await call("POST", "/api/v1/articles", article("hidden", { published_at: "2027-01-01T00:00:00Z" }));
  expect([await etag(), (await nashra.get("/feeds/all.rss")).headers.get("last-modified")]).toEqual(before);
  await call("PATCH", `/api/v1/articles/${json.id}`, { title: "عنوان جديد" });
  expect(await etag()).not.toBe(before[0]);
});

test("changes to different fields at the same time are all kept", async () => {
  const { json } = await call("POST", "/api/v1/articles", article("busy"));
  const changes = [{ importance: 2 }, { title: "عنوان" }, { source_name: "وكالة" }, { tags: ["وسم"] }];
  await Promise.all(changes.map((change) => call("PATCH", `/api/v1/articles/${json.id}`, change)));
  const { json: after } = await call("GET", `/api/v1/articles/${json.id}`);
  expect([after.importance, after.title, after.source_name, after.tags.length]).toEqual([
    2,
    "عنوان",
    "وكالة",
    1,
  ]);
});

test("twenty at once with one id: one article", async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, () => call("POST", "/api/v1/articles", article("race"))),
  );
  expect(new Set(results.map(({ json }) => json.id)).size).toBe(1);
  expect(results.filter(({ status }) => status === 201)).toHaveLength(1);
});

test("a post in one section leaves the other section's ETag alone, and a restart leaves all", async () => {
  const etag = async (path: string) => (await nashra.get(path)).headers.get("etag");
  await call("POST", "/api/v1/articles", article("s-1", { sections: ["علوم وتقنية"] }));
  const before = [await etag("/feeds/section/سياسة.rss"), await etag("/feeds/section/علوم-وتقنية.rss")];
  await call("POST", "/api/v1/articles", article("s-2", { sections: ["علوم وتقنية"] }));
  const after = [await etag("/feeds/section/سياسة.rss"), await etag("/feeds/section/علوم-وتقنية.rss")];
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  const restarted = await startNashra({
    folder: nashra.folder,
    now: nashra.at().add({ hours: 1 }).toString(),
  });
  expect((await restarted.get("/feeds/section/علوم-وتقنية.rss")).headers.get("etag")).toBe(after[1]);
  await restarted.stop();
});

test("the list pages through everything, whatever its state", async () => {
  const ids: number[] = [];
  for (let next: string | null = "/api/v1/articles?limit=2"; next; ) {
    const { json } = await call("GET", next.replace("http://localhost:3000", ""), undefined, viewer);
    ids.push(...json.articles.map(({ id }: { id: number }) => id));
    next = json.next;
  }
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
  expect(ids.length).toBeGreaterThan(3);
});

describe("what is refused, and in which words", () => {
  test.each([
    ["an unknown section", article("x", { sections: ["رياضة"] }), 422, /no section .*رياضة.*known/],
    ["no title", { ...article("x"), title: " " }, 422, /#\/title/],
    [
      "a date without its offset",
      article("x", { published_at: "2026-03-01T09:00" }),
      422,
      /#\/published_at: give a date and time with its offset/,
    ],
    ["a field that nobody knows", article("x", { sectoins: [] }), 422, /sectoins/],
    ["an address that is none", article("x", { url: "javascript:alert(1)" }), 422, /#\/url/],
    ["importance out of range", article("x", { importance: 9 }), 422, /#\/importance/],
    [
      "nothing but a script",
      article("x", { body_html: "<script>alert(1)</script>" }),
      422,
      /Nothing is left/,
    ],
    [
      "a text longer than any article",
      article("x", { body_html: `<p>${"نص &".repeat(90_000)}</p>` }),
      422,
      /longer than 300000/,
    ],
    [
      "a year that no feed can say",
      article("x", { published_at: "0001-01-01T00:00:00Z" }),
      422,
      /#\/published_at/,
    ],
    ["no JSON", "{", 400, /JSON/],
    ["a list", "[]", 422, /expected object/],
  ])("%s", async (_, body, status, words) => {
    const refused = await call("POST", "/api/v1/articles", body);
    expect([refused.status, refused.type]).toEqual([status, "application/problem+json"]);
    expect(JSON.stringify(refused.json)).toMatch(words);
    expect(refused.json).toMatchObject({ status, title: expect.any(String) });
  });

  test("nothing of it is stored", async () => {
    const { rows } = await nashra.database.db
      .selectFrom("articles")
      .select("id")
      .where("external_id", "=", "x")
      .execute()
      .then((rows) => ({ rows }));
    expect(rows).toEqual([]);
  });

  test("unknown sections come with the list of the known", async () => {
    const { json } = await call("POST", "/api/v1/articles", article("x", { sections: ["رياضة"] }));
    expect(json.known).toEqual([
      { slug: "سياسة", title: "سياسة" },
      { slug: "علوم-وتقنية", title: "علوم وتقنية" },
    ]);
  });

  test.each([
    ["no token", "", 401],
    ["a made-up token", "nashra_madeup", 401],
    ["a viewer who writes", "VIEWER", 403],
  ])("%s", async (_, token, status) => {
    const refused = await call("POST", "/api/v1/articles", article("x"), token === "VIEWER" ? viewer : token);
    expect([refused.status, refused.type]).toEqual([status, "application/problem+json"]);
  });

  test.each([
    ["GET", "/api/v1/articles/999999", 404],
    ["GET", "/api/v1/articles/abc", 422],
    ["PATCH", "/api/v1/articles/999999", 404],
    ["GET", "/api/v1/nothing", 404],
  ])("%s %s: %i", async (method, path, status) => {
    const refused = await call(method, path, method === "PATCH" ? {} : undefined);
    expect([refused.status, refused.type]).toEqual([status, "application/problem+json"]);
  });

  test("a body that is too large", async () => {
    const refused = await call(
      "POST",
      "/api/v1/articles",
      article("x", { body_html: "ن".repeat(1_100_000) }),
    );
    expect(refused.status).toBe(413);
  });
});

test("hostile HTML is clean in every feed and on the page", async () => {
  const body_html = `<p onclick="steal()">نص <a href="javascript:alert(1)">رابط</a> <img src="//cdn.example.org/a.jpg" onerror="x()"></p><script>alert(1)</script><iframe src="https://evil.example"></iframe>${bodyAbout("hostile")}`;
  const { json } = await call("POST", "/api/v1/articles", article("hostile", { body_html, url: null }));
  expect(json.body_html).not.toMatch(/onclick|javascript|<script|onerror|evil/);
  expect(json.body_html).toContain("https://cdn.example.org/a.jpg");
  for (const path of ["/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json", `/articles/${json.id}`]) {
    expect(await (await nashra.get(path)).text()).not.toMatch(
      /steal\(\)|javascript:|alert\(1\)|evil\.example/,
    );
  }
});

test("the description of the API names every route and schema", async () => {
  const { json } = await call("GET", "/api/openapi.json");
  expect(Object.keys(json.paths)).toEqual(
    expect.arrayContaining([
      "/api/v1/articles",
      "/api/v1/articles/{id}",
      "/api/v1/articles/{id}/retraction",
      "/api/v1/sections",
    ]),
  );
  expect(json.components.schemas.ArticleInput.required).toEqual(
    expect.arrayContaining(["external_id", "title", "body_html", "sections"]),
  );
  expect(json.components.securitySchemes.token.scheme).toBe("bearer");
});

describe("the tick from outside", () => {
  test("is not there without a secret", async () => {
    expect((await nashra.app.request("http://localhost:3000/cron/tick", { method: "POST" })).status).toBe(
      404,
    );
  });

  test("takes the secret as a bearer token, and nothing else", async () => {
    const it = await startNashra({ env: { NASHRA_CRON_SECRET: "a-secret-of-enough-letters" } });
    const tick = (secret: string) =>
      it.app.request("http://localhost:3000/cron/tick", {
        method: "POST",
        headers: { Authorization: `Bearer ${secret}` },
      });
    expect((await tick("wrong")).status).toBe(401);
    const done = await tick("a-secret-of-enough-letters");
    expect([done.status, await done.json()]).toEqual([200, { pulled: 0, published: 0, pushed: 0, tried: 0 }]);
    await it.stop();
  });
});
