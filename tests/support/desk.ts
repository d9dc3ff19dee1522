// A newsroom at work: Nashra with a clock that tests set, behind a real port; a mail server; and a browser for each person.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { BrowserContextOptions, FileChooser, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { createLoginLink, type Role } from "../../src/accounts/index.ts";
import { listen } from "../../src/hosts/serve.ts";
import { startBrowser } from "./browser.ts";
import { startNashra } from "./nashra.ts";
import { startSmtp } from "./smtp.ts";

/** Starts it; the bundle must be built, as the styles are its. Ends with `close`. */
export async function startDesk(now: string, env: Record<string, string> = {}) {
  const [smtp, browser, port] = await Promise.all([startSmtp(), startBrowser(), freePort()]);
  const assets = JSON.parse(readFileSync(new URL("../../dist/assets.json", import.meta.url), "utf8"));
  const origin = `http://localhost:${port}`;
  const nashra = await startNashra({
    now,
    smtp: smtp.url,
    assets,
    env: {
      NASHRA_PORT: String(port),
      NASHRA_PUBLIC_URL: origin,
      NASHRA_FETCH_ALLOW: "127.0.0.0/8",
      ...env,
    },
  });
  const server = await listen(nashra);
  await createLoginLink(nashra.database, "first@marsa.example", nashra.at()); // the first is the administrator

  /** Adds somebody to the newsroom. */
  async function editor(address: string, role: Role) {
    await nashra.database.db
      .insertInto("editors")
      .values({ address, role, created_at: 0 })
      .onConflict((it) => it.doNothing())
      .execute();
  }

  /** A browser that speaks Arabic, of somebody who has a role and is not signed in yet. */
  async function visitor(address: string, role: Role, options: BrowserContextOptions = {}): Promise<Page> {
    await editor(address, role);
    const context = await browser.newContext({
      locale: "ar-SY",
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(20_000);
    return context.newPage();
  }

  return {
    ...nashra,
    origin,
    smtp,
    visitor,
    /** The link of the newest mail to somebody that leads where these words stand; it is waited for. */
    async linkTo(address: string, where: string): Promise<string> {
      const link = async () => {
        if (smtp.to(address).length === 0) return "";
        const text = (await smtp.read(address)).text ?? "";
        return new RegExp(`http://\\S*${where}\\S*`).exec(text)?.[0] ?? "";
      };
      await expect.poll(link, { timeout: 20_000 }).not.toBe("");
      return link();
    },
    /** The same, signed in and at the page of today. */
    async enter(address: string, role: Role, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await visitor(address, role, options);
      const link = await createLoginLink(nashra.database, address, nashra.at());
      await page.goto(`${origin}/newsroom/login/${link}`);
      await page.locator("main form button").click();
      await page.waitForURL("**/newsroom");
      return page;
    },
    /** Makes a subscription what its owner made of it. */
    subscription: async (
      address: string,
      change:
        | { state: "paused"; paused_until: number }
        | { state: "left"; left_by: "one-click"; left_at: number },
    ) =>
      nashra.database.db
        .updateTable("subscriptions")
        .set(change)
        .where("subscriber_id", "=", (it) =>
          it.selectFrom("subscribers").select("subscribers.id").where("address", "=", address),
        )
        .execute(),
    /** What the audit log says that somebody did, in its order. */
    acts: async (actor: string) =>
      (
        await nashra.database.db
          .selectFrom("audit_log")
          .select("act")
          .where("actor", "=", actor)
          .orderBy("id")
          .execute()
      ).map(({ act }) => act),
    async close() {
      await browser.close();
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
      await nashra.stop();
      await smtp.close();
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((open) => probe.listen(0, "127.0.0.1", open));
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  return typeof address === "object" && address ? address.port : 0;
}

/** A page has fewer stops than this. */
const mostStops = 250;

/** Somebody who has no mouse. Each stop on the way is looked at: who cannot see where they are is lost. */
export function keyboardOf(page: Page) {
  let choosing = Promise.withResolvers<FileChooser>();
  page.on("filechooser", (it) => choosing.resolve(it)); // from the start: who listens only when it opens may come late
  const at = (it: Locator) => it.evaluate((element) => element === element.ownerDocument.activeElement);

  /** Goes to a control by Tab alone. */
  async function tabTo(to: Locator): Promise<void> {
    await to.first().waitFor();
    for (let stops = 0; stops < mostStops; stops++) {
      if (await at(to.first())) {
        const ring = await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
        expect(ring, "the ring that shows where the keyboard is").not.toBe("none");
        return;
      }
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not lead to ${to} on ${page.url()}.`);
  }

  return {
    tabTo,
    /** Leaves out what stands above the page's own content. */
    async skip() {
      await page.keyboard.press("Tab");
      expect(await at(page.locator("a.skip"))).toBe(true);
      await page.keyboard.press("Enter");
      expect(await at(page.locator("main"))).toBe(true);
    },
    /** Follows a link or presses a button, and waits for the page behind it. */
    async press(to: Locator) {
      await tabTo(to);
      await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
    },
    async type(into: Locator, text: string) {
      await tabTo(into);
      await page.keyboard.press("Control+A");
      await page.keyboard.insertText(text);
    },
    /** Chooses a file, as the system's own window gives it. */
    async file(into: Locator, file: { name: string; mimeType: string; buffer: Buffer }) {
      await tabTo(into);
      choosing = Promise.withResolvers();
      await page.keyboard.press("Enter");
      await (await choosing.promise).setFiles(file);
    },
    async tick(box: Locator) {
      await tabTo(box);
      await page.keyboard.press("Space");
      expect(await box.isChecked()).toBe(true);
    },
    /** Chooses one of several: Tab leads to the first of them or the chosen one, arrows from there. */
    async choose(radio: Locator) {
      const name = await radio.getAttribute("name");
      const group = page.locator(`input[type="radio"][name="${name}"]`);
      const chosen = page.locator(`input[type="radio"][name="${name}"]:checked`);
      await tabTo((await chosen.count()) > 0 ? chosen : group);
      if ((await chosen.count()) === 0) await page.keyboard.press("Space");
      for (let i = await group.count(); i > 0 && !(await radio.isChecked()); i--)
        await page.keyboard.press("ArrowDown");
      expect(await radio.isChecked()).toBe(true);
    },
    /** Chooses an option of a list by the arrows. */
    async select(list: Locator, label: string) {
      await tabTo(list);
      const chosen = () =>
        list.evaluate(
          (it: { selectedOptions: ArrayLike<{ label: string }> }) => it.selectedOptions[0]?.label,
        );
      await page.keyboard.press("Home");
      for (let i = await list.locator("option").count(); i > 0 && (await chosen()) !== label; i--)
        await page.keyboard.press("ArrowDown");
      expect(await chosen()).toBe(label);
    },
  };
}
