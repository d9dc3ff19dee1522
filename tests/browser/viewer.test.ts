// Somebody who may look and not send: every page of theirs is without a button, and what they send all the same is refused with words.
import { createServer } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { digestBySlug, setApproval } from "../../src/digests/index.ts";
import { startDesk } from "../support/desk.ts";

const desk = await startDesk("2026-03-01T03:00:00Z");
afterAll(() => desk.close());

const issue = "/newsroom/issues/daily/2026-03-01-morning";
const digest = await digestBySlug(desk.database.db, "daily");
if (!digest) throw new Error("There is no daily digest.");
await desk.sections("سياسة", "اقتصاد");
await desk.confirmed("salma@example.org");
const titles = ["المجلس يقر الموازنة", "الليرة تستقر في السوق", "رصيف جديد في الميناء", "عاد القطار"];
const articles = [];
for (const title of titles) articles.push(await desk.article({ title, sections: ["سياسة"] }));
const [first] = articles;
if (!first) throw new Error("There is no article.");
const rule = { aheadMinutes: 60, deadlineMinutes: 30, unanswered: "skip" } as const;
await desk.database.batch(setApproval(desk.database.db, digest.id, rule));
await desk.tickAt("2026-03-01T04:00:00Z");

const story = `/newsroom/stories/${first.id}`;
const nada = "nada@marsa.example";
const untouched = async () => {
  expect(await desk.issue("daily/2026-03-01-morning")).toMatchObject({ state: "waiting", revision: 1 });
  expect(desk.smtp.to("salma@example.org")).toEqual([]);
};

/** Sends a form that no page of theirs has, as a program in the browser would. */
async function forge(page: Page, action: string, fields: Record<string, string>) {
  await Promise.all([
    page.waitForEvent("load"),
    page.evaluate(`(() => {
      const form = document.createElement("form");
      form.method = "post";
      form.action = ${JSON.stringify(action)};
      for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = value;
        form.append(field);
      }
      document.body.append(form);
      form.submit();
    })()`),
  ]);
}
const statusOf = (page: Page) =>
  page.evaluate<number>("performance.getEntriesByType('navigation')[0].responseStatus");

test("a viewer sees what is coming and finds no button; what they forge is refused and changes nothing", async () => {
  const page = await desk.enter(nada, "viewer");
  expect(await page.locator("[data-live]").textContent()).toContain("ينتظر الموافقة");
  expect(await page.locator("header nav").allTextContents()).toEqual([
    expect.not.stringContaining("المشتركون"),
  ]);
  await page.locator("[data-live]").getByRole("link").first().click();
  expect(new URL(page.url()).pathname).toBe(issue);
  expect(await page.locator("section[aria-labelledby=stories] tbody tr").count()).toBe(4);

  const seen = ["/newsroom", story, "/newsroom/stories", "/newsroom/issues", issue, "/newsroom/digests"];
  const more = ["/newsroom/digests/daily", "/newsroom/feeds", "/newsroom/feeds/all", "/newsroom/sources"];
  for (const path of [...seen, ...more]) {
    await page.goto(desk.origin + path);
    expect([path, await statusOf(page)]).toEqual([path, 200]);
    expect([path, await page.locator('main form[method="post"]').count()]).toEqual([path, 0]);
    for (const link of await page.locator('main a[href^="/newsroom"]').all()) {
      const to = (await link.getAttribute("href")) ?? "";
      const answer = await page.request.get(new URL(to, desk.origin).href);
      expect([path, to, answer.status()], "a link of theirs leads somewhere").toEqual([path, to, 200]);
    }
  }

  const forged: [string, Record<string, string>][] = [
    [`${issue}/approve`, { revision: "1" }],
    [`${issue}/cancel`, { reason: "لا شيء" }],
    [`${issue}/pause`, { reason: "لا شيء" }],
    [`${issue}/words`, { seen: "0", subject: "لا شيء" }],
    [`${issue}/order`, { seen: "0", act: "hide", article: String(first.id) }],
    [`${issue}/preview/test`, { to: nada }],
    ["/newsroom/breaking", { digest: "daily", article: String(first.id), loud: "yes" }],
    ["/newsroom/breaking/send", { digest: "daily", article: String(first.id), token: "x" }],
    [`${story}/importance`, { importance: "3" }],
    [`${story}/hand`, { issue: "daily/2026-03-01-morning", act: "hide" }],
    [`${story}/retract`, { reason: "لا شيء" }],
    ["/newsroom/subscribers/imports/run", { list: "a@example.org", consent: "لا شيء", name: "a" }],
    ["/newsroom/settings/users", { address: "friend@example.org", role: "administrator" }],
  ];
  for (const [action, fields] of forged) {
    await forge(page, action, fields);
    expect([action, await statusOf(page)]).toEqual([action, 403]);
    expect(await page.locator("h1").textContent()).toContain("لا تملك إذن");
    expect(await page.locator("main").textContent()).toContain("اطلبه من مدير الصحيفة");
  }
  await untouched();
  expect((await desk.acts(nada)).filter((act) => act !== "sign-in")).toEqual([]);
});

test("another site cannot press an editor's button", async () => {
  const trap = createServer((_, reply) => {
    reply.setHeader("Content-Type", "text/html");
    reply.end("<!doctype html><title>Prizes</title>");
  });
  await new Promise<void>((open) => trap.listen(0, "127.0.0.1", open));
  const address = trap.address();
  const page = await desk.enter("mona@marsa.example", "editor");
  await page.goto(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`);
  await forge(page, `${desk.origin}${issue}/approve`, { revision: "1" });
  expect(await statusOf(page)).toBe(403);
  expect(await page.locator("h1").textContent()).toContain("لا تملك إذن");
  await untouched();
  await new Promise((closed) => trap.close(closed));
});
