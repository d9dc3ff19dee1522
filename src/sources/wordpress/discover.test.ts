// Whatever address of a WordPress somebody has at hand, the site says who it is; and what is none is told in words.
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { discoverWordPress, isCatchAll } from "./pull.ts";
import { type FakeSite, loopbackGet, startWordPress } from "./site.fixture.ts";

let site: FakeSite;
beforeEach(async () => {
  site = await startWordPress();
});
afterEach(() => site.close());

const discover = (path: string) => discoverWordPress(loopbackGet, new URL(path, site.home));
const html = (response: ServerResponse, text: string, status = 200, headers = {}) => {
  response.writeHead(status, { "Content-Type": "text/html; charset=UTF-8", ...headers });
  response.end(text);
  return true;
};
const json = (response: ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
  return true;
};

describe("a site says who it is", () => {
  test.each<[string, string, boolean]>([
    ["its home page", "/", true],
    ["an article of it", "/2026/04/75/", true],
    ["a page that is not there", "/nothing/", true],
    ["its API", "/wp-json", true],
    ["something in its API", "/wp-json/wp/v2/posts?per_page=3", true],
    ["a home page without pretty addresses", "/", false],
    ["an API without pretty addresses", "/?rest_route=/wp/v2/posts", false],
  ])("by %s", async (_, path, pretty) => {
    site.pretty = pretty;
    const found = await discover(path);
    if (!found.ok) throw new Error(found.why);
    const { name, homeUrl, apiRoot, language, zone, categories } = found.site;
    expect({ name, home: homeUrl.href, language, zone }).toEqual({
      name: "بوابة المرفأ",
      home: site.home.href,
      language: "ar",
      zone: "Asia/Beirut",
    });
    expect(apiRoot.href).toMatch(pretty ? /\/wp-json\/$/ : /\?rest_route=(?:\/|%2F)$/);
    expect(categories).toHaveLength(10);
    expect(categories).toContainEqual({ key: "علوم-تقنية", label: "علوم & تقنية" });
  });

  test("by a link in its pages, where servers drop headers", async () => {
    const folder = "/cms/";
    site.instead = (url, response) => {
      if (url.pathname === "/")
        return html(response, `<html lang=ar-lb><link rel='https://api.w.org/' href='${folder}wp-json/' />`);
      if (url.pathname !== `${folder}wp-json/`) return false;
      return json(response, {
        name: "جريدة &#8211; بيروت",
        home: "https://victim.example/",
        gmt_offset: 5.5,
        timezone_string: "",
        namespaces: ["wp/v2"],
      });
    };
    // The rest of the API lies where the site of this test has it.
    const get: typeof loopbackGet = ({ url, ...rest }) =>
      loopbackGet({
        ...rest,
        url: url.pathname.startsWith(`${folder}wp-json/wp`) ? new URL(url.href.replace(folder, "/")) : url,
      });
    const found = await discoverWordPress(get, site.home);
    if (!found.ok) throw new Error(found.why);
    const { name, homeUrl, language, zone } = found.site;
    expect({ name, home: homeUrl.href, language, zone }).toEqual({
      name: "جريدة – بيروت",
      home: new URL(folder, site.home).href, // and not the home of somebody else
      language: "ar-LB",
      zone: "+05:30",
    });
  });
});

describe("what is none is told", () => {
  test.each<[string, string, (url: URL, response: ServerResponse) => boolean, RegExp]>([
    [
      "a page of another kind",
      "/",
      (_, response) => html(response, "<html><p>أهلاً", 200),
      /shows no WordPress REST API/,
    ],
    [
      "an API that is turned off",
      "/wp-json/",
      (_, response) => json(response, { code: "rest_disabled" }, 403),
      /403 \(rest_disabled\)/,
    ],
    [
      "an API that hides behind a page",
      "/",
      (url, response) => url.pathname !== "/" && html(response, "<p>login"),
      /a page instead of JSON/,
    ],
    [
      "another API",
      "/wp-json/",
      (_, response) => json(response, { namespaces: ["wc/v3"] }),
      /not as the REST API of a WordPress/,
    ],
    [
      "posts for members alone",
      "/",
      (url, response) => url.pathname.endsWith("/posts") && json(response, { code: "rest_forbidden" }, 401),
      /visitors read posts/,
    ],
  ])("%s", async (_, path, instead, why) => {
    site.instead = instead;
    const found = await discover(path);
    expect(found.ok ? "found" : found.why).toMatch(why);
  });

  test("a WordPress before 5.7", async () => {
    site.version = 5.6;
    const found = await discover("/");
    expect(found.ok ? "found" : found.why).toMatch(/older than 5\.7/);
  });

  test("a host that is not there", async () => {
    const found = await discoverWordPress(
      async () => ({ kind: "silence", why: "nobody is there" }),
      site.home,
    );
    expect(found).toEqual({ ok: false, why: "nobody is there" });
  });
});

test.each([
  ["آخر الأخبار", "latest", true],
  ["اخر الاخبار", "x", true],
  ["أخبار", "news", true],
  ["غير مصنّف", "x", true],
  ["Uncategorized", "uncategorized", true],
  ["LATEST NEWS", "x", true],
  ["سياسة", "uncategorized", false], // the category that WordPress begins with, renamed
  ["أخبار الرياضة", "sports", false],
  ["", "uncategorized", true],
])("whether «%s» (%s) holds everything: %s", (label, key, expected) =>
  expect(isCatchAll({ key, label })).toBe(expected),
);
