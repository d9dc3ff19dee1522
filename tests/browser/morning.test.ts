// The morning at the desk: an editor signs in, looks at the issue that waits, puts it right, approves it, and watches it go.
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { createLoginLink } from "../../src/accounts/index.ts";
import { digestBySlug, setApproval } from "../../src/digests/index.ts";
import { giveAuthenticator } from "../support/browser.ts";
import { keyboardOf, startDesk } from "../support/desk.ts";

const mona = "mona@marsa.example";
const path = "/newsroom/issues/daily/2026-03-01-morning";
const name = "daily/2026-03-01-morning";
const readers = [
  "salma@example.org",
  "karim@example.org",
  "hala+once451@example.org",
  "gone+r550@example.org",
];
const titles = {
  council: "المجلس يقر الموازنة",
  lira: "الليرة تستقر في السوق",
  fair: "معرض الكتاب يفتح أبوابه",
  train: "عاد القطار",
};

/** A title inside a control's name keeps its own direction. */
const isolated = (title: string) => `\u2068${title}\u2069`;

const subject = "صباح الليرة والموازنة";
const intro = "صباح الخير من غرفة الأخبار.";

/** A newsroom at six in the morning: the issue of seven o'clock is built, and waits for an editor. */
async function startMorning() {
  const desk = await startDesk("2026-03-01T03:00:00Z");
  await desk.sections("سياسة", "اقتصاد", "ثقافة", "مدن");
  await desk.confirmed(...readers, "away@example.org");
  const paused_until = desk.at().add({ hours: 48 }).epochMilliseconds;
  await desk.subscription("away@example.org", { state: "paused", paused_until });
  await desk.article({ title: titles.council, sections: ["سياسة"], importance: 3 });
  await desk.article({ title: titles.lira, sections: ["اقتصاد"], importance: 2 });
  await desk.article({ title: titles.fair, sections: ["ثقافة"], importance: 1 });
  await desk.article({ title: titles.train, sections: ["مدن"] });
  const digest = await digestBySlug(desk.database.db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  const rule = { aheadMinutes: 60, deadlineMinutes: 30, unanswered: "skip" } as const;
  await desk.database.batch(setApproval(desk.database.db, digest.id, rule));
  await desk.tickAt("2026-03-01T04:00:00Z");
  return { ...desk, [Symbol.asyncDispose]: desk.close };
}

type Morning = Awaited<ReturnType<typeof startMorning>>;

/** How somebody works: with a mouse, or without. */
type Hands = {
  press: (control: Locator) => Promise<void>;
  type: (into: Locator, text: string) => Promise<void>;
};

const mouseOf = (page: Page): Hands => ({
  press: async (control) => {
    await Promise.all([page.waitForEvent("load"), control.click()]);
  },
  type: (into, text) => into.fill(text),
});

const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const order = (page: Page) => page.locator("ol.order .order-title").allTextContents();

/** The page of an issue that waits; one that was changed is built anew meanwhile. */
const waits = (page: Page) =>
  expect
    .poll(
      async () => {
        await page.goto(new URL(path, page.url()).href);
        return page.locator("main .badge").first().textContent();
      },
      { timeout: 20_000 },
    )
    .toBe("ينتظر الموافقة");

/** Writes subject and intro, looks at the mail in every way, and has it sent as a test. */
async function putRight(desk: Morning, page: Page, { press, type }: Hands, wanted: readonly string[]) {
  await type(page.locator("#field-subject"), subject);
  await type(page.locator("#field-intro"), intro);
  await press(button(page, "احفظ"));
  await waits(page);
  expect(await page.locator("#field-subject").inputValue()).toBe(subject);
  expect(await order(page)).toEqual(wanted);

  await press(link(page, "انظر إليه كما يصل"));
  for (const view of ["هاتف", "داكن"]) {
    await press(link(page, view));
    const mail = page.frameLocator("iframe").locator("body");
    expect(orderIn((await mail.textContent()) ?? "")).toEqual(wanted);
    expect(await mail.textContent()).toContain(intro);
    const [red] = await mail.evaluate((body) => {
      const { backgroundColor } = body.ownerDocument.defaultView.getComputedStyle(body);
      return backgroundColor.match(/\d+/g).map(Number);
    });
    expect([view, red < 128]).toEqual([view, view === "داكن"]);
  }
  await press(link(page, "نص"));
  expect(orderIn((await page.locator("main pre").textContent()) ?? "")).toEqual(wanted);
  await type(page.getByLabel("إلى", { exact: true }), mona);
  await press(button(page, "أرسل التجربة"));
  expect(await page.locator("main tbody").first().textContent()).toContain("قبلها الخادم");
  const test = await desk.smtp.read(mona);
  expect(test.subject).toContain(subject);
  expect(test.subject).toContain("تجربة");
  expect(orderIn(test.text ?? "")).toEqual(wanted);
  await press(link(page, "إلى صفحة العدد"));
}

/** What the open page of today tells of an approved issue on its way. */
async function watched(desk: Morning, page: Page) {
  const live = page.locator("[data-live]");
  await page.evaluate("window.sameDocument = true");
  await desk.tickAt("2026-03-01T05:00:00Z");
  await expect.poll(() => live.textContent(), { timeout: 30_000 }).toContain("قبلت الخوادم 2 من 4");
  expect(await live.textContent()).toContain("مقبولة 2، مرجأة 1، مرفوضة 1");
  await desk.tickAt("2026-03-01T05:20:00Z");
  await expect.poll(() => live.textContent(), { timeout: 30_000 }).toContain("قبلت الخوادم 3 من 4");
  expect(await page.evaluate<boolean>("window.sameDocument === true"), "the page stayed").toBe(true);
}

/** What became of it, on its own page. */
async function accounted(page: Page, { press }: Hands) {
  await press(page.locator(`[data-live] a[href="${path}"]`).first());
  expect(await page.locator("main .badge").first().textContent()).toBe("أُرسل");
  const account = await page.locator("section[aria-labelledby=account]").textContent();
  expect(account).toContain("المرشحون 5 = الرسائل 4 + المستثنون 1");
  expect(await page.locator("section[aria-labelledby=ledger]").textContent()).toContain(
    "no such reader here",
  );
}

/** What reached those who could be reached. */
async function arrived(desk: Morning, wanted: readonly string[]) {
  for (const reader of readers.slice(0, 3)) {
    expect([reader, desk.smtp.to(reader).length]).toEqual([reader, 1]);
    const mail = await desk.smtp.read(reader);
    expect(mail.subject).toBe(subject);
    expect(mail.text).toContain(intro);
    expect(orderIn(mail.text ?? "")).toEqual(wanted);
  }
  expect(desk.smtp.to("away@example.org")).toEqual([]);
}

/** The titles of the stories of a mail, in their order. */
function orderIn(text: string): string[] {
  const found = Object.values(titles).filter((title) => text.includes(title));
  return found.sort((a, b) => text.indexOf(a) - text.indexOf(b));
}

test("by passkey and mouse: seen, put in order, looked at, approved, watched, arrived", async () => {
  await using desk = await startMorning();
  const page = await desk.visitor(mona, "editor");
  await giveAuthenticator(page);
  const hands = mouseOf(page);
  // Some day before: her device is registered.
  const first = await createLoginLink(desk.database, mona, desk.at());
  await page.goto(`${desk.origin}/newsroom/login/${first}`);
  await hands.press(page.locator("main form button"));
  await page.goto(`${desk.origin}/newsroom/account/passkeys/new`);
  await page.getByLabel("سمِّ هذا المفتاح").fill("هاتفي");
  await button(page, "سجّل هذا الجهاز").click();
  await page.waitForURL("**/newsroom/account?done=passkey");
  await hands.press(button(page, "خروج"));

  await page.goto(`${desk.origin}/newsroom`);
  await button(page, "ادخل بمفتاح مرور").click();
  await page.waitForURL("**/newsroom");
  expect(await page.locator("[data-live]").textContent()).toContain("ينتظر الموافقة");
  await hands.press(link(page, "انظر إليه ووافق عليه"));
  expect(new URL(page.url()).pathname).toBe(path);

  const { council, lira, fair, train } = titles;
  expect(await order(page)).toEqual([council, lira, fair, train]);
  await hands.press(button(page, `أنزل «${isolated(council)}»`));
  expect(await order(page)).toEqual([lira, council, fair, train]);
  await hands.press(button(page, `ارفع «${isolated(train)}»`));
  const wanted = [lira, council, train, fair];
  expect(await order(page)).toEqual(wanted);
  await putRight(desk, page, hands, wanted);

  desk.wait({ minutes: 40 }); // she looked at it for long: who sends to all shows once more who they are
  await hands.press(button(page, "وافق على هذه الصيغة"));
  expect(await page.locator("h1").textContent()).toBe("أكّد أنك أنت");
  await button(page, "ادخل بمفتاح مرور").click();
  await page.waitForURL(`**${path}`);
  expect(await desk.issue(name)).toMatchObject({ state: "built", approvedBy: mona });

  await hands.press(link(page, "اليوم"));
  await watched(desk, page);
  await accounted(page, hands);
  await arrived(desk, wanted);
  expect(await desk.acts(mona)).toEqual(
    expect.arrayContaining(["sign-in", "issue-hand", "issue-test", "issue-approve"]),
  );
});

test("by mailed link and keyboard alone: the same", async () => {
  await using desk = await startMorning();
  const page = await desk.visitor(mona, "editor");
  const keys = keyboardOf(page);
  await page.goto(`${desk.origin}/newsroom`);
  await keys.type(page.locator("#field-login_address"), mona);
  await keys.press(page.getByRole("button", { name: "أرسل لي رابط" }));
  await page.goto(await desk.linkTo(mona, "/newsroom/login/"));
  await keys.press(page.locator("main form button"));
  await keys.press(link(page, "انظر إليه ووافق عليه"));

  const { council, lira, fair, train } = titles;
  await keys.skip();
  await keys.tabTo(button(page, `انقل «${isolated(train)}» بالسحب أو بالسهمين`));
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  const wanted = [council, train, lira, fair];
  expect(await order(page)).toEqual(wanted);
  expect(await page.locator("[data-order-said]").textContent()).toBe("صار مكانه 2 من 4");
  await keys.press(button(page, "احفظ هذا الترتيب"));
  await putRight(desk, page, keys, wanted);

  await keys.press(button(page, "وافق على هذه الصيغة"));
  expect(await desk.issue(name)).toMatchObject({ state: "built", approvedBy: mona });
  await desk.tickAt("2026-03-01T05:00:00Z");
  await desk.tickAt("2026-03-01T05:20:00Z");
  await keys.press(link(page, "اليوم"));
  await accounted(page, keys);
  await arrived(desk, wanted);
});
