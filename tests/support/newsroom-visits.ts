// The pages of the newsroom, and how one gets there.
import type { Page } from "playwright-core";
import { giveAuthenticator } from "./browser.ts";
import type { House } from "./pages.ts";
import { follow, followed, type Language, pressIn, seenBy, type Visit, visit } from "./visits.ts";

/** Everything that stands behind the sign-in. */
export function newsroomVisits(
  { desk, bare, wordpress }: Pick<House, "desk" | "bare" | "wordpress">,
  language: Language,
): Visit[] {
  const inside = (name: string, path: string, status?: number) =>
    visit("administrator", desk, name, path, status);
  const empty = (name: string, path: string) => visit("beginner", bare, `newsroom-none-${name}`, path);
  const issues = inside("newsroom-issues", "/newsroom/issues");
  const tomorrow = Temporal.Now.plainDateISO("UTC").add({ days: 1 });
  const breaking = inside("newsroom-breaking", "/newsroom/breaking");
  const breakingForm = 'form[action="/newsroom/breaking"]';
  const issue = followed(issues, "newsroom-issue", follow('main tbody th a[href*="/daily/"]'));
  const preview = followed(issue, "newsroom-preview", follow('main a[href$="/preview"]'));
  const coming: Visit = {
    ...followed(issues, "newsroom-issue-coming", follow('[aria-labelledby="coming"] a[href*="/daily/"]')),
    scripts: 1,
  };
  const waiting = {
    ...followed(issues, "newsroom-issue-waiting", follow('main tbody th a[href*="/evening/"]')),
    scripts: 1,
  };
  /** A colleague saves an issue while its page is open, and then somebody saves that. */
  const both = (
    name: string,
    theirs: (page: Page) => Promise<void>,
    ours: (page: Page) => Promise<void>,
  ) => ({
    ...followed(coming, name, async (page) => {
      const other = await page.context().newPage();
      await other.goto(page.url());
      await theirs(other);
      await other.close();
      await ours(page);
    }),
    status: 409,
    scripts: 0,
  });
  const subject = (typed: string) => async (page: Page) => {
    await page.locator("#field-subject").fill(typed);
    await pressIn('form[action$="/words"]')(page);
  };
  const bothWords = both(
    "newsroom-issue-both",
    subject(`الميناء يعود، و12 رصيفًا (${language})`),
    subject("ثلاث مدن بلا ماء منذ مساء أمس، والمجلس البلدي يعلن خطة من 4 مراحل لإصلاح Water Grid"),
  );
  const bothOrders = both(
    "newsroom-issue-both-orders",
    follow('.order-acts button[value="down"]:enabled'),
    (page) => page.locator('.order-acts button[value="up"]:enabled').last().click(),
  );
  const correction = followed(issue, "newsroom-correction", follow('main a[href$="/correction"]'));
  const stories = inside("newsroom-stories", "/newsroom/stories");
  const told = followed(
    inside(
      "newsroom-stories-of-section",
      `/newsroom/stories?section=${encodeURIComponent("سياسة")}&importance=2`,
    ),
    "newsroom-story",
    follow("main tbody th a"),
  );
  const account = inside("newsroom-account", "/newsroom/settings");
  const users = inside("newsroom-users", "/newsroom/settings/users");
  const passkeyNew = { ...inside("newsroom-passkey-new", "/newsroom/account/passkeys/new"), scripts: 1 };
  const passkey: Visit = {
    name: "newsroom-passkey",
    who: "administrator",
    status: 200,
    open: async (page) => {
      const fingers = await giveAuthenticator(page);
      await passkeyNew.open(page);
      await page.locator("#field-name").fill(language === "ar" ? "هاتفي" : "My phone");
      await page.locator("form[data-passkey] button").click();
      await page.waitForURL("**/newsroom/account?done=passkey");
      await fingers.detach();
      await follow('main a[href*="/account/passkeys/"]:not([href$="/new"])')(page);
    },
  };
  const digests = inside("newsroom-digests", "/newsroom/digests");
  const daily = inside("newsroom-digest", "/newsroom/digests/daily");
  const sources = inside("newsroom-sources", "/newsroom/sources");
  const sourceNew = inside("newsroom-source-new", "/newsroom/sources/new");
  const sourceLook = (address: string) => async (page: Page) => {
    await page.locator("#field-address").fill(address);
    await pressIn('form[action="/newsroom/sources/new"]')(page);
  };
  const source = followed(sources, "newsroom-source", follow('main a[href$="/harbour-gate"]'));
  const feed = inside("newsroom-feed", "/newsroom/feeds/all?check=1");
  const tokens = inside("newsroom-tokens", "/newsroom/settings/tokens");
  const subscribers = inside("newsroom-subscribers", "/newsroom/subscribers");
  const person = followed(
    inside("", "/newsroom/subscribers?q=salma"),
    "newsroom-subscriber",
    follow('main tbody th:has-text("readers.invalid") a'),
  );
  const segments = inside("", "/newsroom/subscribers/segments");
  const suppressions = inside("", "/newsroom/subscribers/suppressions");
  const imports = inside("newsroom-imports", "/newsroom/subscribers/imports");
  const list = `البريد الإلكتروني,الاسم,اللغة\nlist-${language}@example.org,هالة,ar\nsalma@readers.invalid,سلمى,ar\nnot an address,؟,ar\n`;
  const importPreview = followed(imports, "newsroom-import-preview", async (page) => {
    const file = { name: `${language}.csv`, mimeType: "text/csv", buffer: Buffer.from(list) };
    await page.locator("#field-file").setInputFiles(file);
    await page.locator("#field-consent").fill("استمارة معرض الكتاب، أيار 2026");
    await pressIn('form[action="/newsroom/subscribers/imports"]')(page);
  });
  const webhooks = inside("newsroom-webhooks", "/newsroom/settings/webhooks");
  const webhook = followed(webhooks, "newsroom-webhook", follow('main a[href*="/settings/webhooks/"]'));
  const outbox = inside("newsroom-outbox", "/newsroom/outbox");
  const letter = followed(
    outbox,
    "newsroom-mail-phone",
    follow(`main tr:has-text("karim@readers.invalid") a`),
  );
  const view = (name: string) =>
    followed(letter, `newsroom-mail-${name}`, follow(`main nav a[href$="view=${name}"]`));
  return [
    { ...inside("newsroom-today", "/newsroom"), scripts: 1 },
    stories,
    inside("newsroom-stories-found", `/newsroom/stories?q=${encodeURIComponent("الميناء")}`),
    inside("newsroom-stories-refused", "/newsroom/stories?q=%22-", 400),
    told,
    followed(told, "newsroom-story-rank", follow('main a[href*="/rank?"]')),
    followed(told, "newsroom-story-retract", follow('main a[href$="/retract"]')),
    followed(
      { ...told, status: 409 },
      "newsroom-story-refused",
      pressIn('form[action$="/split"], form[action$="/merge"]'),
    ),
    issues,
    issue,
    coming,
    waiting,
    bothWords,
    bothOrders,
    preview,
    ...["desktop", "dark", "text"].map((it) =>
      followed(preview, `newsroom-preview-${it}`, follow(`main nav a[href*="view=${it}"]`)),
    ),
    inside(
      "newsroom-preview-planned",
      `/newsroom/issues/daily/${tomorrow}-morning/preview?as=nobody%40example.org`,
      422,
    ),
    breaking,
    followed(breaking, "newsroom-breaking-asked", async (page) => {
      await page.locator('[name="loud"]').check(); // whatever the hour is
      await pressIn(breakingForm)(page);
    }),
    followed({ ...breaking, status: 422 }, "newsroom-breaking-refused", async (page) => {
      await page.locator('[name="number"]').fill("999999");
      await pressIn(breakingForm)(page);
    }),
    correction,
    followed({ ...correction, status: 422 }, "newsroom-correction-refused", async (page) => {
      await page.locator('[name="say"]').fill("كتبنا أن الجسر أُغلق، والصواب أنه مفتوح.");
      await pressIn('form[action$="/correction"]')(page);
    }),
    digests,
    followed({ ...digests, status: 422 }, "newsroom-digests-refused", async (page) => {
      await page.locator("#field-slug").fill("daily");
      await page.locator("#field-name").fill("نشرة ثانية");
      await pressIn('form[action="/newsroom/digests"]')(page);
    }),
    daily,
    inside("newsroom-digest-off", "/newsroom/digests/weekend"),
    followed({ ...daily, status: 422 }, "newsroom-digest-refused", async (page) => {
      await page.locator("#field-zone").fill("Asia/Nowhere");
      await page.locator("#field-holidays").fill("32/13 عيد");
      await pressIn('form[action$="/schedule"]')(page);
    }),
    // Somebody else saves while this page is open.
    followed({ ...daily, status: 409 }, "newsroom-digest-moved", async (page) => {
      const other = await page.context().newPage();
      await daily.open(other);
      await other.locator("#field-most").fill(language === "ar" ? "14" : "16");
      await pressIn('form[action$="/facts"]')(other);
      await other.close();
      await page.locator("#field-most").fill("18");
      await pressIn('form[action$="/facts"]')(page);
    }),
    seenBy("viewer", { ...daily, name: "newsroom-digest-viewer" }),
    sources,
    source,
    followed(sources, "newsroom-source-failing", follow('main a[href$="/agency"]')),
    seenBy("viewer", { ...source, name: "newsroom-source-viewer" }),
    sourceNew,
    followed(sourceNew, "newsroom-source-found", sourceLook(`${wordpress.home}`)),
    followed({ ...sourceNew, status: 422 }, "newsroom-source-refused", sourceLook("https://me:secret@x")),
    followed({ ...sourceNew, status: 422 }, "newsroom-source-unread", sourceLook("http://127.0.0.1:9/")),
    followed(source, "newsroom-source-webhook", follow('main a[href$="/webhook"]')),
    followed(source, "newsroom-source-remove", follow('main a[href$="/remove"]')),
    inside("newsroom-feeds", "/newsroom/feeds"),
    inside("newsroom-feeds-tags", "/newsroom/feeds?kind=tag"),
    feed,
    inside("newsroom-feed-section", `/newsroom/feeds/section/${encodeURIComponent("سياسة")}`),
    inside("newsroom-why", "/newsroom/why"),
    inside("newsroom-why-found", "/newsroom/why?address=salma%40readers.invalid"),
    inside("newsroom-why-nobody", "/newsroom/why?address=nobody%40example.org"),
    inside("newsroom-missing", "/newsroom/issues/daily/2020-01-01-morning", 404),
    seenBy("viewer", inside("newsroom-forbidden", "/newsroom/subscribers", 403)),
    seenBy("viewer", { ...inside("newsroom-today-viewer", "/newsroom"), scripts: 1 }),
    seenBy("viewer", { ...inside("newsroom-once-more", "/newsroom/account/passkeys/new", 403), scripts: 1 }),
    passkeyNew,
    passkey,
    account,
    users,
    followed(users, "newsroom-user", follow('main tbody th:has-text("karim") a')),
    followed(users, "newsroom-user-remove", async (page) => {
      await follow('main tbody th:has-text("karim") a')(page);
      await follow('main a[href$="/remove"]')(page);
    }),
    followed({ ...users, status: 422 }, "newsroom-user-refused", async (page) => {
      await page.locator("#field-address").fill("karim@marsa.example");
      await pressIn('form[action="/newsroom/settings/users"]')(page);
    }),
    followed({ ...tokens, status: 201 }, "newsroom-token-made", async (page) => {
      await page.locator("#field-name").fill(`CMS ${language}`);
      await page.locator('[value="articles:write"]').check();
      await pressIn('form[action="/newsroom/settings/tokens"]')(page);
    }),
    tokens,
    followed(tokens, "newsroom-token-revoke", follow('main a[href$="/revoke"]')),
    subscribers,
    inside("newsroom-subscribers-found", "/newsroom/subscribers?q=owner"),
    inside("newsroom-subscribers-none", "/newsroom/subscribers?q=nobody-at-all"),
    person,
    followed(person, "newsroom-subscriber-erase", follow('main a[href$="/erase"]')),
    inside("newsroom-subscriber-add", "/newsroom/subscribers/add"),
    followed(segments, "newsroom-segments", async (page) => {
      await page.locator("#field-slug").fill(language === "ar" ? "قراء-آذار" : "march-readers");
      await page.locator("#field-created_from").fill("2026-03-01");
      await pressIn('form[action="/newsroom/subscribers/segments"]')(page);
    }),
    followed({ ...segments, status: 422 }, "newsroom-segment-refused", async (page) => {
      await page.locator("#field-slug").fill("a b");
      await pressIn('form[action="/newsroom/subscribers/segments"]')(page);
    }),
    followed(suppressions, "newsroom-suppressions", async (page) => {
      await page.locator("#field-address").fill(`never-${language}@example.org`);
      await pressIn('form[action="/newsroom/subscribers/suppressions"]')(page);
    }),
    inside(
      "newsroom-suppression-found",
      `/newsroom/subscribers/suppressions?address=never-${language}%40example.org`,
    ),
    imports,
    importPreview,
    followed(importPreview, "newsroom-import-done", async (page) => {
      await page.locator('button[value="import"]').click();
      await page.locator(".notice-ok").waitFor();
    }),
    inside("newsroom-publisher", "/newsroom/settings/publisher"),
    followed(
      { ...inside("", "/newsroom/settings/publisher"), status: 422 },
      "newsroom-publisher-refused",
      async (page) => {
        await page.locator("#field-zone").fill("Asia/Nowhere");
        await pressIn('form[action="/newsroom/settings/publisher"]')(page);
      },
    ),
    inside("newsroom-mail-settings", "/newsroom/settings/mail"),
    followed(
      inside("", "/newsroom/settings/doctor"),
      "newsroom-doctor",
      pressIn('form[action="/newsroom/settings/doctor"]'),
    ),
    inside("newsroom-templates", "/newsroom/settings/templates"),
    { ...inside("newsroom-template", "/newsroom/settings/templates/welcome.mjml"), scripts: 1 },
    inside("newsroom-restored", "/newsroom/settings/restored"),
    followed({ ...webhooks, status: 201 }, "newsroom-webhook-made", async (page) => {
      await page.locator("#field-url").fill(`https://cms.example/hooks/nashra/${language}`);
      await page.locator('[value="issue.sent"]').check();
      await pressIn('form[action="/newsroom/settings/webhooks"]')(page);
    }),
    webhooks,
    webhook,
    followed(webhook, "newsroom-webhook-remove", follow('main a[href$="/remove"]')),
    {
      ...followed(
        inside("", "/newsroom/settings/templates/story.txt"),
        "newsroom-template-refused",
        async (page) => {
          await page.locator("#field-text").fill("{{ story.title }}\n{{ nobody.knows }}\n");
          await pressIn("form[data-template]")(page);
        },
      ),
      status: 422,
      scripts: 1,
    },
    inside("newsroom-environment", "/newsroom/settings/environment"),
    inside("newsroom-audit", "/newsroom/settings/audit"),
    inside("newsroom-audit-none", "/newsroom/settings/audit?act=editor-add&from=2001-01-01&until=2001-01-02"),
    outbox,
    letter,
    view("desktop"),
    view("dark"),
    view("text"),
    view("source"),
    empty("today", "/newsroom"),
    empty("stories", "/newsroom/stories"),
    empty("issues", "/newsroom/issues"),
    empty("breaking", "/newsroom/breaking"),
    empty("digests", "/newsroom/digests"),
    empty("feeds", "/newsroom/feeds?kind=author"),
    empty("sources", "/newsroom/sources"),
    empty("subscribers", "/newsroom/subscribers"),
    empty("segments", "/newsroom/subscribers/segments"),
    empty("suppressions", "/newsroom/subscribers/suppressions"),
    empty("imports", "/newsroom/subscribers/imports"),
    empty("webhooks", "/newsroom/settings/webhooks"),
    empty("tokens", "/newsroom/settings/tokens"),
    empty("mail-settings", "/newsroom/settings/mail"),
    empty("outbox", "/newsroom/outbox"),
  ];
}
