// Coming in by a passkey and by a mailed link in a real browser, and being asked once more in the middle of something.
import { join } from "node:path";
import SQLite from "better-sqlite3";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { giveAuthenticator, startBrowser } from "../support/browser.ts";
import { subscribe } from "../support/reader-visits.ts";
import { found, startSite } from "../support/site.ts";

const [browser, site] = await Promise.all([startBrowser(), startSite()]);
const store = new SQLite(join(site.data, "nashra.sqlite"));
afterAll(async () => {
  store.close();
  await browser.close();
  await site.close();
});

const phone = { width: 375, height: 740 };
const english = async (context: BrowserContext) =>
  context.addCookies([{ name: "nashra_language", value: "en", url: site.origin }]);

const context = await browser.newContext({ viewport: phone });
await english(context);
const page = await context.newPage();
await giveAuthenticator(page);
const grownOld = () => store.prepare("update sessions set fresh_at = 0").run();
const heading = () => page.locator("h1").textContent();
const acts = () =>
  store
    .prepare("select act from audit_log order by id")
    .all()
    .map((row) => Object(row).act);

test("a passkey is registered, and signs in without an address", async () => {
  await page.goto(site.signIn);
  await page.locator("main button").click();
  await page.waitForURL("**/newsroom");
  await page.goto(`${site.origin}/newsroom/account/passkeys/new`);
  await page.locator("#field-name").fill("هاتفي");
  await page.getByRole("button", { name: "Register this device" }).click();
  await page.waitForURL("**/newsroom/account?done=passkey");
  expect(await page.locator(".notice-ok").textContent()).toContain("registered");
  expect(await page.locator("main table").first().textContent()).toContain("هاتفي");

  // The same device is not registered twice.
  await page.goto(`${site.origin}/newsroom/account/passkeys/new`);
  await page.locator("#field-name").fill("again");
  await page.getByRole("button", { name: "Register this device" }).click();
  await page.getByText("Nothing was registered").waitFor();

  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.waitForURL("**/newsroom/login");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/newsroom");
  expect(acts()).toEqual(expect.arrayContaining(["passkey-add", "sign-out", "sign-in"]));
});

test("who was on their way somewhere gets there", async () => {
  await page.context().clearCookies({ name: "nashra_session" });
  await page.goto(`${site.origin}/newsroom/settings/audit?act=passkey-add`);
  expect(page.url()).toContain("/newsroom/login?login_to=");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/newsroom/settings/audit?act=passkey-add");
  expect(await page.locator("main table").textContent()).toContain("هاتفي");
});

test("what a device signed opens the newsroom once", async () => {
  await page.context().clearCookies({ name: "nashra_session" });
  await page.goto(`${site.origin}/newsroom/login`);
  const sent = page.waitForRequest("**/newsroom/login/passkey");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  const body = (await sent).postData() ?? "";
  await page.waitForURL("**/newsroom");
  const again = async (text: string) =>
    fetch(`${site.origin}/newsroom/login/passkey`, {
      method: "POST",
      body: text,
      redirect: "manual",
      headers: { Origin: site.origin, "Content-Type": "application/x-www-form-urlencoded" },
    });
  expect(body).toContain("login_response=");
  const replayed = await again(body);
  expect([replayed.status, replayed.headers.get("Set-Cookie")]).toEqual([403, null]);
  for (const wrong of ["", "login_response=", "login_response=%7B%7D", `login_response=${"x".repeat(5000)}`])
    expect((await again(wrong)).status).toBe(403);
});

test("breaking news from a phone: asked once more, nothing typed is lost, by passkey", async () => {
  await subscribe(site, "hala@example.org", "en"); // a reader who has not had it yet
  const link = found(/(http:\S+\/confirm\/\S+)/u, (await site.mailTo("hala@example.org")).text ?? "");
  expect((await fetch(link, { method: "POST", headers: { Origin: site.origin } })).ok).toBe(true);
  grownOld();
  await page.goto(`${site.origin}/newsroom/breaking`);
  await page.locator('[name="loud"]').check();
  const article = await page.locator('[name="article"]').nth(0).getAttribute("value");
  await page.locator('[name="article"]').nth(0).check();
  await page.locator('form[action="/newsroom/breaking"] button').click();
  expect(await heading()).toBe("Confirm that it is you");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("heading", { name: "Confirm", exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/newsroom/breaking");
  expect(await page.locator('main [name="article"]').getAttribute("value")).toBe(article);

  // Now the session is gone altogether: the page that asks holds the confirmation.
  store.prepare("delete from sessions").run();
  await page.getByRole("button", { name: "Send it now" }).click();
  await page.getByText("Your session has ended").waitFor();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(/\/newsroom\/issues\/daily\/./);
  expect(acts()).toContain("issue-breaking");
});

test("by a mailed link: the page goes on when the link was pressed in another tab", async () => {
  await site.run("editor", "add", "karim@marsa.example", "--role", "editor", "--name", "Karim");
  const other = await browser.newContext({ viewport: phone, javaScriptEnabled: false });
  await english(other);
  const tab = await other.newPage();
  await tab.goto(`${site.origin}/newsroom/login`);
  expect(await tab.getByRole("button", { name: "Sign in with a passkey" }).count()).toBe(0);
  const enter = async (from: Page) => {
    const before = (await site.outbox()).filter(
      ({ to }) => to?.[0]?.address === "karim@marsa.example",
    ).length;
    await from.getByRole("button", { name: "Send me a link" }).click();
    await from.getByText("Look into your mail").waitFor();
    await expect
      .poll(
        async () =>
          (await site.outbox()).filter(({ to }) => to?.[0]?.address === "karim@marsa.example").length,
        {
          timeout: 20_000,
        },
      )
      .toBe(before + 1);
    const mail = await site.mailTo("karim@marsa.example", "sign in to the newsroom");
    expect(mail.html).toContain("/newsroom/login/");
    const mailTab = await other.newPage();
    await mailTab.goto(found(/(http:\S+\/newsroom\/login\/\S+)/u, mail.text ?? ""));
    expect(await mailTab.locator("main form").textContent()).toContain("karim@marsa.example");
    await mailTab.locator("main form button").click();
    await mailTab.waitForURL("**/newsroom");
    await mailTab.close();
  };
  await tab.locator("#field-login_address").fill("Karim@Marsa.example");
  await enter(tab);

  grownOld();
  await tab.goto(`${site.origin}/newsroom/breaking`);
  await tab.locator('[name="loud"]').check();
  await tab.locator('[name="number"]').fill("999999");
  await tab.locator('form[action="/newsroom/breaking"] button').click();
  await enter(tab);
  await tab.getByRole("button", { name: "I have signed in: go on" }).click();
  await tab.waitForURL("**/newsroom/breaking");
  expect(await tab.locator(".notice-error").count()).toBe(1); // there is no such article: the form says so, as it was typed
  expect(await tab.locator('[name="loud"]').isChecked()).toBe(true);
  await other.close();
});

test("a removed passkey opens nothing", async () => {
  await page.goto(`${site.origin}/newsroom/account`);
  await page.getByRole("link", { name: "Name or remove it" }).click();
  await page.getByRole("button", { name: "Remove this passkey" }).click();
  expect(await heading()).toBe("Confirm that it is you"); // the session has grown old
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/newsroom/account?done=removed");
  await page.context().clearCookies({ name: "nashra_session" });
  await page.goto(`${site.origin}/newsroom/login`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByText("This passkey was not accepted").waitFor();
});
