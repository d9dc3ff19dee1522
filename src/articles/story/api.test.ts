import { OpenAPIHono } from "@hono/zod-openapi";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../../tests/support/database.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { openPaper, site } from "../articles.fixture.ts";
import type { ArticleTables } from "../tables.ts";
import { storyApi } from "./api.ts";
import { mergeStories, splitStory } from "./hand.ts";

async function open() {
  const database = openTestDatabase<ArticleTables & SettingsTables>();
  const paper = await openPaper(database);
  const actors: string[] = [];
  const hand = {
    database,
    now: paper.now,
    audit: ({ actor }: { actor: string }) => {
      actors.push(actor);
      return database.db.selectFrom("sections").select("id").compile();
    },
  };
  const app = new OpenAPIHono<{ Variables: { actor: string } }>();
  app.use((c, next) => {
    c.set("actor", "desk");
    return next();
  });
  const routes = storyApi(
    {
      db: database.db,
      site,
      mergeStories: (...given) => mergeStories(hand, ...given),
      splitStory: (...given) => splitStory(hand, ...given),
    },
    (c) => c.text("refused", 422),
  );
  app.route("/", routes);
  const call = async (path: string, body?: unknown) => {
    const response = await app.request(
      `/api/v1/stories/${path}`,
      body === undefined
        ? {}
        : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } },
    );
    return { status: response.status, text: await response.text() };
  };
  const ask = async (path: string, body?: unknown) => JSON.parse((await call(path, body)).text);
  return { ...paper, actors, call, ask };
}

test("a story is read, put together with another, and taken apart again", async () => {
  const { publish, ask, actors } = await open();
  const one = await publish({ source_name: "وكالة الموج" });
  const two = await publish({ url: "https://elsewhere.example/two" });
  const alone = await ask(`${one}`);
  expect(alone).toEqual({
    id: one,
    lead: {
      id: one,
      title: "افتتاح مكتبة عامة في مرسانة",
      url: `https://marsa.example/articles/${one}`,
      source_name: "وكالة الموج",
      published_at: "2026-03-01T07:00:00Z",
      state: "published",
      by_hand: false,
    },
    members: [],
    spread: { articles: 1, sources: 1, first: "2026-03-01T07:00:00Z", last: "2026-03-01T07:00:00Z" },
  });
  const merged = await ask(`${one}/merge`, { with: two });
  expect(merged).toMatchObject({ id: one, members: [{ id: two, by_hand: true }], spread: { articles: 2 } });
  expect(await ask(`${two}`)).toEqual(merged);
  const { opened, left } = await ask(`${one}/split`, { articles: [two] });
  expect([opened.id, left.id]).toEqual([two, one]);
  expect(await ask(`${one}`)).toEqual(alone);
  expect(actors).toEqual(["desk", "desk"]);
});

test.each<[string, string, unknown, number, RegExp]>([
  ["no such story", "99", undefined, 404, /no article 99/],
  ["no id", "one", undefined, 422, /refused/],
  ["nothing to put into it", "1/merge", { with: 99 }, 404, /no article 99/],
  ["nothing said", "1/merge", {}, 422, /refused/],
  ["what it does not have", "1/split", { articles: [2] }, 422, /does not have article 2/],
  ["all that it has", "1/split", { articles: [1] }, 422, /Nothing would be left/],
  ["none", "1/split", { articles: [] }, 422, /refused/],
])("%s is refused in words", async (_, path, body, status, words) => {
  const { publish, call } = await open();
  await publish();
  await publish();
  const answer = await call(path, body);
  expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(words)]);
});
