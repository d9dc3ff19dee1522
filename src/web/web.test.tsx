import { readFileSync, statSync } from "node:fs";
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import { describe, expect, test } from "vitest";
import { assetFiles, besideStylesheet } from "./assets.ts";
import { Pager, Table } from "./components.tsx";
import { ErrorPage } from "./error-page.tsx";
import { Choices, Field } from "./form.tsx";
import { secureHeaders } from "./headers.ts";
import { chooseLanguage, inLanguage } from "./language.ts";
import { NewsroomPage, Page } from "./page.tsx";
import { problem } from "./problem.ts";
import { Article, Story } from "./story.tsx";
import { directionOf, type Language } from "./words.ts";

const publisher = { name: "المرسى" };
const assets = { css: "/assets/styles.1a2b.css" };

function shell(language: Language, title = "اقتصاد", children: Child = <p>نص</p>) {
  return (
    <Page
      language={language}
      title={title}
      publisher={publisher}
      path="/sections/economy?page=2"
      assets={assets}
    >
      {children}
    </Page>
  );
}

describe("the page", () => {
  test("swaps language and direction whole", async () => {
    const arabic = String(await shell("ar"));
    const english = String(await shell("en"));
    expect(arabic).toMatch(/^<!doctype html>\n<html lang="ar" dir="rtl">/u);
    expect(english).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/u);
    expect(arabic).toContain("انتقل إلى المحتوى");
    expect(english).toContain("Skip to the content");
    expect(arabic).toContain('href="/sections/economy?page=2&amp;lang=en" lang="en"');
    expect(english).toContain('href="/sections/economy?page=2&amp;lang=ar" lang="ar"');
  });

  test("announces the feeds of everything unless it has its own", async () => {
    const html = String(await shell("ar"));
    for (const format of ["rss", "atom", "json"])
      expect(html).toMatch(new RegExp(`<link rel="alternate"[^>]+/feeds/all.${format}"`, "u"));
    const own = String(
      await (
        <Page
          language="ar"
          title="اقتصاد"
          publisher={publisher}
          path="/"
          assets={assets}
          feeds={[{ title: "اقتصاد", href: "/feeds/section/economy.rss", type: "application/rss+xml" }]}
        />
      ),
    );
    expect(own).toContain('href="/feeds/section/economy.rss"');
    expect(own).not.toContain("/feeds/all.rss");
  });

  test("has the paper's name as its first heading on the front page only", async () => {
    expect(String(await shell("ar", publisher.name))).toContain("<h1");
    expect(String(await shell("ar"))).not.toContain("<h1");
  });

  test("keeps to the Content-Security-Policy: no script, no style of its own", async () => {
    const html = String(await shell("ar", '"><script>alert(1)</script>'));
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/u);
  });

  test("behind the sign-in is hidden from search engines and signs out by POST", async () => {
    const html = String(
      await (
        <NewsroomPage
          language="ar"
          title="الأعداد"
          publisher={publisher}
          path="/newsroom/issues/daily/2026-03-14-morning"
          assets={assets}
          user={{ name: "<b>سلمى</b>" }}
        />
      ),
    );
    expect(html).toContain('<meta name="robots" content="noindex, nofollow"');
    expect(html).toContain('<form method="post" action="/newsroom/sign-out">');
    expect(html).toContain('<a href="/newsroom/issues" aria-current="page">');
    expect(html).toContain("&lt;b&gt;سلمى");
  });

  test.each([
    [404, "لا توجد صفحة هنا", false],
    [410, "أُزيلت هذه الصفحة", false],
    [403, "لا تملك إذنًا", false],
    [413, "لم نفهم هذا الطلب", false],
    [500, "حدث خلل عندنا", true],
    [503, "حدث خلل عندنا", true],
  ])("says %i in words, and the request only for a fault of ours", async (status, words, hasRequest) => {
    const html = String(
      await (
        <ErrorPage
          status={status}
          language="ar"
          publisher={publisher}
          path="/x"
          assets={assets}
          requestId="req-7"
        />
      ),
    );
    expect(html).toContain(words);
    expect(html.includes("req-7")).toBe(hasRequest);
  });
});

describe("components", () => {
  test("a story takes its direction from its language, not from its first letter", async () => {
    const html = String(await (<Story title="Siemens توقّع عقدًا" href="/articles/1" />));
    expect(html).toContain('<article class="story story-normal" lang="ar" dir="rtl">');
    expect(html).toContain('<a href="/articles/1">Siemens توقّع عقدًا</a>');
  });

  test("an article lets its cleaned text through and nothing else", async () => {
    const html = String(await (<Article title="<i>" html="<p>نص</p>" language="en" />));
    expect(html).toContain("<p>نص</p>");
    expect(html).toContain("&lt;i&gt;");
    expect(html).toContain('lang="en" dir="ltr"');
  });

  test("a field is tied to its label, help and error", async () => {
    const html = String(
      await (
        <Field
          name="email"
          kind="email"
          label="البريد"
          help="لا نعطيه لأحد"
          error="ناقص"
          value={'"><b>'}
          required
        />
      ),
    );
    expect(html).toContain('for="field-email"');
    expect(html).toContain('aria-describedby="field-email-help field-email-error"');
    expect(html).toContain('aria-invalid="true"');
    expect(html).toContain('dir="ltr"');
    expect(html).toContain('value="&quot;&gt;&lt;b&gt;"');
  });

  test("a password never comes back", async () => {
    expect(String(await (<Field name="p" kind="password" label="كلمة السر" value="secret" />))).not.toContain(
      "secret",
    );
  });

  test("choices say which are made", async () => {
    const options = [
      { value: "a", label: "أ", checked: true },
      { value: "b", label: "ب" },
    ];
    const html = String(await (<Choices name="sections" legend="الأقسام" options={options} />));
    expect(html.match(/checked/gu)).toHaveLength(1);
  });

  test("each cell of a table knows its column, for when it stands alone", async () => {
    const html = String(
      await (
        <Table caption="رسائل" columns={[{ label: "العنوان" }, { label: "الحالة" }]} rows={[["x", "قُبلت"]]} />
      ),
    );
    expect(html).toContain('<th scope="row">x</th>');
    expect(html).toContain('data-label="الحالة"');
  });

  test("a pager with nowhere to go is not there", async () => {
    expect(String(await (<Pager language="ar" older={null} newer={null} />))).toBe("");
  });
});

describe("language", () => {
  const app = new Hono().get("/", (c) => c.text(chooseLanguage(c, "ar")));

  test.each([
    ["/", undefined, "ar"],
    ["/?lang=en", undefined, "en"],
    ["/", "nashra_language=en", "en"],
    ["/?lang=ar", "nashra_language=en", "ar"],
    ["/?lang=fr", "nashra_language=xx", "ar"],
  ])("%s with cookie %s is %s", async (path, cookie, language) => {
    const reply = await app.request(path, cookie === undefined ? {} : { headers: { Cookie: cookie } });
    expect(await reply.text()).toBe(language);
    expect(reply.headers.get("Vary")).toBe("Cookie");
  });

  test("is remembered only when asked for", async () => {
    expect((await app.request("/")).headers.get("Set-Cookie")).toBeNull();
    expect((await app.request("/?lang=en")).headers.get("Set-Cookie")).toContain("nashra_language=en");
  });

  test.each([
    ["/", "/?lang=en"],
    ["/search?q=%D9%85%D8%A7%D8%A1&page=2", "/search?q=%D9%85%D8%A7%D8%A1&page=2&lang=en"],
    ["/search?lang=ar&q=a", "/search?lang=en&q=a"],
    ["//evil.example/x", "/x?lang=en"],
    ["/.//evil.example/x", "/evil.example/x?lang=en"],
    ["https://evil.example/x", "/x?lang=en"],
    ["javascript:alert(1)", "/alert(1)?lang=en"],
    ["javascript:javascript:alert(1)", "/javascript:alert(1)?lang=en"],
    ["http://[", "/?lang=en"],
  ])("%s leads back to %s", (path, expected) => {
    const link = inLanguage(path, "en");
    expect(link).toBe(expected);
    expect(new URL(link, "https://ours.example").host).toBe("ours.example");
  });

  test.each([
    ["ar", "rtl"],
    ["ar-SY", "rtl"],
    ["arn", "ltr"],
    ["en", "ltr"],
    ["ckb", "rtl"],
  ])("%s is written %s", (language, direction) => expect(directionOf(language)).toBe(direction));
});

describe("headers", () => {
  const policy =
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' https: data:; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'";

  function serve(publicUrl: string) {
    return new Hono()
      .use(secureHeaders(new URL(publicUrl)))
      .get("/", (c) => c.text(""))
      .get("/mail", (c) => c.text("", 200, { "Content-Security-Policy": "frame-ancestors 'self'" }))
      .get("/broken", () => {
        throw new Error("on purpose");
      })
      .onError((_, c) => c.text("", 500));
  }

  test.each(["/", "/broken", "/nowhere"])("are on %s", async (path) => {
    const { headers } = await serve("https://nashra.example").request(path);
    expect(headers.get("Content-Security-Policy")).toBe(policy);
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Referrer-Policy")).toBe("strict-origin");
    expect(headers.get("Permissions-Policy")).toContain("camera=()");
    expect(headers.get("Strict-Transport-Security")).toBe("max-age=31536000");
  });

  test("insist on https only where there is https", async () => {
    const { headers } = await serve("http://localhost:3000").request("/");
    expect(headers.get("Strict-Transport-Security")).toBeNull();
  });

  test("leave a handler its own policy", async () => {
    const { headers } = await serve("https://nashra.example").request("/mail");
    expect(headers.get("Content-Security-Policy")).toBe("frame-ancestors 'self'");
  });
});

test("a problem goes out as RFC 9457 has it", async () => {
  const app = new Hono().get("/", (c) =>
    problem(c, { status: 422, title: "قسم مجهول", detail: "لا قسم اسمه «x».", known: ["politics"] }),
  );
  const reply = await app.request("/");
  expect(reply.status).toBe(422);
  expect(reply.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await reply.json()).toEqual({
    type: "about:blank",
    status: 422,
    title: "قسم مجهول",
    detail: "لا قسم اسمه «x».",
    known: ["politics"],
  });
});

describe("assets", () => {
  const css = readFileSync("src/web/styles.css", "utf8");
  const fonts = assetFiles.filter((file) => file.to.endsWith(".woff2"));

  test("lie beside the stylesheet", () => {
    expect(besideStylesheet(assets, "icon.svg")).toBe("/assets/icon.svg");
    expect(besideStylesheet({ css: "styles.css" }, "icon.svg")).toBe("icon.svg");
  });

  test("are there, and the fonts are those the stylesheet names, small enough for a phone", () => {
    for (const file of assetFiles) expect(statSync(file.from).size).toBeGreaterThan(0);
    const named = [...css.matchAll(/url\("\.\/([^"]+)"\)/gu)].map((match) => match[1]);
    expect(named.toSorted()).toEqual(fonts.map((file) => file.to).toSorted());
    expect(fonts.reduce((sum, file) => sum + statSync(file.from).size, 0)).toBeLessThan(250_000);
  });

  test("the stylesheet serves both directions and leaves Arabic letters joined and upright", () => {
    const rules = css.replaceAll(/\/\*[\s\S]*?\*\//gu, "");
    const physical =
      /(?:^|[\s;{])(?:(?:margin|padding|border)-(?:top|right|bottom|left)|top|right|bottom|left|(?:min-|max-)?(?:width|height)|float|clear)\s*:|:\s*(?:left|right)\b/gu;
    expect([...rules.matchAll(physical)].map((match) => match[0])).toEqual([]);
    expect(rules).not.toMatch(/letter-spacing|italic|text-transform|url\("?(?:https?:|data:)/u);
  });
});
