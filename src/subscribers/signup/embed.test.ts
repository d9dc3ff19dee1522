import { expect, test } from "vitest";
import { openRoutes, site } from "../subscribers.fixture.ts";
import { formScript, formSnippet } from "./snippet.ts";

test("the form for other sites: complete in itself, right to left, with the field that only programs fill in", () => {
  expect(formSnippet(site, "ar", { digests: ["morning"], sections: [] }).replace(/ style="[^"]*"/g, "")).toBe(
    `<form action="https://news.example/subscribe" method="post" lang="ar" dir="rtl" novalidate>
  <input type="hidden" name="from" value="embed">
  <input type="hidden" name="language" value="ar">
  <input type="hidden" name="digest" value="morning">
  <label>بريدك الإلكتروني
    <input type="email" name="address" required maxlength="254" autocomplete="email" dir="ltr">
  </label>
  <label aria-hidden="true">اترك هذا الحقل فارغًا <input name="website" tabindex="-1" autocomplete="off"></label>
  <button type="submit">اشترك في النشرة</button>
  <p role="status" aria-live="polite"></p>
</form>
<script src="https://news.example/subscribe.js" async></script>`,
  );
  expect(formSnippet(site, "en", { digests: [], sections: ['"><b>'] })).toContain(
    '<input type="hidden" name="section" value="&quot;&gt;&lt;b&gt;">',
  );
});

test("what it sends is taken as it stands", async () => {
  const nashra = await openRoutes();
  const snippet = formSnippet(site, "en", { digests: ["economy"], sections: ["sport"] });
  const body = new URLSearchParams({ address: "a@example.org", website: "" });
  for (const [, name = "", value = ""] of snippet.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g))
    body.append(name, value);
  expect((await nashra.send("/subscribe", { body })).status).toBe(200);
  const { wish } = await nashra.db.selectFrom("requests").select("wish").executeTakeFirstOrThrow();
  expect(JSON.parse(wish)).toEqual({
    kind: "subscribe",
    digests: [2],
    sections: [6],
    language: "en",
    source: "embed",
  });
});

test("the page that gives it is no search engine's, and asks for what the paper has", async () => {
  const nashra = await openRoutes();
  const { html, status } = await nashra.get("/subscribe/embed?digest=economy&digest=no-such&section=sport");
  expect(status).toBe(200);
  expect(html).toContain('<meta name="robots" content="noindex"/>');
  expect(html).toContain("يشترك به القارئ في «نشرة الاقتصاد»، أقسام: رياضة.");
  expect(html).toContain("name=&quot;digest&quot; value=&quot;economy&quot;");
  expect(html).not.toContain("value=&quot;no-such");
});

test("the preview holds the form without the script, for our own frame alone", async () => {
  const nashra = await openRoutes();
  const { html, headers } = await nashra.get("/subscribe/embed/preview?language=en&digest=economy");
  expect(html).toContain('value="economy"');
  expect(html).not.toContain("<script");
  expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'self'");
});

test("the script is small, and may be kept for a day", async () => {
  const nashra = await openRoutes();
  const { html, headers } = await nashra.get("/subscribe.js");
  expect([html, headers.get("Content-Type")]).toEqual([formScript, "text/javascript; charset=utf-8"]);
  expect(headers.get("Cache-Control")).toBe("public, max-age=86400");
  expect(formScript.length).toBeLessThan(2000);
});
