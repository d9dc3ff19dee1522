// Every page there is, and how a visitor gets to it: what the browser tests walk through and the screenshots show.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type FakeSite, startWordPress } from "../../src/sources/wordpress/site.fixture.ts";
import { giveAuthenticator, startBrowser } from "./browser.ts";
import { grownOld, lastWeeks, viewer } from "./past.ts";
import { found, type Site, startSite } from "./site.ts";

export type Language = "ar" | "en";

/** Who looks: a reader; an administrator or a viewer of a paper at work; the administrator of one that has nothing yet. */
type Who = "reader" | "administrator" | "viewer" | "beginner";

type Visit = {
  name: string;
  status: number;
  who: Who;
  /** How many scripts of ours it runs; none if it does not say. */
  scripts?: number;
  /** Brings a page of a context of `contextFor` there. */
  open: (page: Page) => Promise<void>;
};

/** The browsers of all who look, which speak one language and are signed in to the newsroom. */
export type Visitor = { contexts: Record<Who, BrowserContext>; visits: readonly Visit[] };

/** A browser and all that it looks at. */
export type House = {
  browser: Browser;
  /** The sample, as readers see it. */
  site: Site;
  /** The newsroom of a paper that has been at work for some weeks. */
  desk: Site;
  /** The newsroom of a paper that has nothing yet. */
  bare: Site;
  /** A site that articles come from. */
  wordpress: FakeSite;
  close: () => Promise<void>;
};

/** Starts all of it; the bundle must be built. */
export async function openHouse(): Promise<House> {
  const [browser, wordpress, site, desk, bare] = await Promise.all([
    startBrowser(),
    startWordPress(),
    startSite(),
    startSite({ NASHRA_FETCH_ALLOW: "127.0.0.0/8" }),
    startSite({ NASHRA_SAMPLE: "off" }),
  ]);
  const close = async () => {
    await browser.close();
    await Promise.all([site.close(), desk.close(), bare.close(), wordpress.close()]);
  };
  return { browser, site, desk, bare, wordpress, close };
}

/** Fills the papers, signs in, and makes a visitor for each language, whose readers have addresses of their own. */
export async function visitors(house: House): Promise<Record<Language, Visitor>> {
  const { browser, site, desk, bare } = house;
  await fetch(site.signIn, { method: "POST", headers: { Origin: site.origin } }); // which is spent thereby
  await lastWeeks(house);
  const signedIn = async (link: string) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(link);
    await page.locator("main button").click();
    await page.waitForURL("**/newsroom");
    const state = await context.storageState();
    await context.close();
    return state;
  };
  const states = {
    reader: undefined,
    administrator: await signedIn(desk.signIn),
    viewer: await signedIn(found(/(http:\S+)/u, await desk.run("login-link", viewer))),
    beginner: await signedIn(bare.signIn),
  };
  grownOld(desk, viewer);
  const visitor = async (language: Language): Promise<Visitor> => {
    const context = async (who: Who) => {
      const locale = language === "ar" ? "ar-SY" : "en-GB";
      const made = await browser.newContext({ ...(states[who] && { storageState: states[who] }), locale });
      await made.addCookies([{ name: "nashra_language", value: language, url: site.origin }]);
      return made;
    };
    const contexts = {
      reader: await context("reader"),
      administrator: await context("administrator"),
      viewer: await context("viewer"),
      beginner: await context("beginner"),
    };
    return { contexts, visits: await visitsOf(house, language) };
  };
  return { ar: await visitor("ar"), en: await visitor("en") };
}

async function visitsOf(house: House, language: Language): Promise<Visit[]> {
  const { site, desk, bare } = house;
  const address = `reader-${language}@example.org`;
  await subscribe(site, address, language);
  const confirmation = await site.mailTo(address);
  const digest = await site.mailTo(language === "ar" ? "salma@readers.invalid" : "karim@readers.invalid");
  const link = (name: string, mail = digest) =>
    found(new RegExp(`(http://\\S+/${name}/\\S+)`), mail.text ?? "");
  const ids = await articleIds(site);
  const owner = `owner-${language}@example.org`; // of preferences: nobody's address that another page is about
  await subscribe(site, owner, language);
  await confirmed(site, link("confirm", await site.mailTo(owner)));
  const choices = link("preferences", await preferencesMail(site, owner, language));
  const moving = await movingMail(site, link("preferences"), `moved-${language}@example.org`, language); // not the owner: a move ends old links
  const press = async (page: Page) => {
    await page.locator("main form button").click();
    await page.waitForLoadState();
  };
  const send = (typed: string) => async (page: Page) => {
    await page.goto(`${site.origin}/subscribe`);
    await page.locator("#field-address").fill(typed);
    await press(page);
  };
  const visit = (who: Who, { origin }: Site, name: string, path: string, status = 200): Visit => ({
    name,
    status,
    who,
    open: async (page) => {
      await page.goto(new URL(path, origin).href);
    },
  });
  const at = (name: string, path: string, status?: number) => visit("reader", site, name, path, status);
  const inside = (name: string, path: string, status?: number) =>
    visit("administrator", desk, name, path, status);
  const empty = (name: string, path: string) => visit("beginner", bare, `newsroom-none-${name}`, path);
  const seenBy = (who: Who, visit: Visit): Visit => ({ ...visit, who });
  const followed = (visit: Visit, name: string, go: (page: Page) => Promise<void>): Visit => ({
    ...visit,
    name,
    open: async (page) => {
      await visit.open(page);
      await go(page);
    },
  });
  const follow = (selector: string) => async (page: Page) => {
    await page.locator(selector).first().click();
    await page.waitForLoadState();
  };

  const confirm = at("confirm", link("confirm", confirmation));
  const unsubscribe = at("unsubscribe", link("unsubscribe"));
  const worth = at("worth", link("worth"));
  const unsubscribed = followed(unsubscribe, "unsubscribed", press);
  const preferences = at("preferences", choices);
  const movingAsked = at("address-confirm", link("preferences/address", moving));
  const within = (id: string) => async (page: Page) => {
    await page.locator(`section[aria-labelledby="${id}"] form:has(> .actions) button`).first().click();
    await page.waitForLoadState();
  };
  const erase = followed(preferences, "preferences-erase", follow('main a[href$="/erase"]'));
  const home = at("home", "/");
  const issues = inside("newsroom-issues", "/newsroom/issues");
  const tomorrow = Temporal.Now.plainDateISO("UTC").add({ days: 1 });
  const pressIn = (form: string) => async (page: Page) => {
    await page.locator(`${form} button`).first().click();
    await page.waitForLoadState();
  };
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
  const signIn = { ...at("sign-in", "/newsroom/login"), scripts: 1 };
  const askedBy = (name: string, status: number, address: string): Visit => ({
    ...followed(signIn, name, async (page) => {
      await page.locator("#field-login_address").fill(address);
      await pressIn('form[action="/newsroom/login"]')(page);
    }),
    status,
    scripts: 1,
  });
  const signInAsked = [
    askedBy("sign-in-mailed", 200, "nobody@marsa.example"),
    askedBy("sign-in-refused", 422, "salma@marsa"),
  ];
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
    home,
    followed(home, "section", follow(".block-head a")),
    at("search", "/search"),
    at("search-found", `/search?q=${encodeURIComponent("الميناء")}`),
    at("search-refused", `/search?q=${encodeURIComponent("-؟!")}`, 400),
    at("author", `/authors/${encodeURIComponent("يزن-الخزامي")}`),
    at("section-older", `/sections/${encodeURIComponent("رأي")}`),
    at("article", `/articles/${ids.pictured}`),
    at("article-corrected", `/articles/${ids.corrected}`),
    at("article-retracted", `/articles/${ids.retracted}`, 410),
    at("missing", "/nowhere/at/all", 404),
    at("feed", "/feeds/all.rss"),
    at("feed-section", `/feeds/section/${encodeURIComponent("سياسة")}.atom`),
    at("feed-mix", `/feeds/mix.json?sections=${["رأي", "سياسة", "علوم-وتقنية"].map(encodeURIComponent)}`),
    at("feed-digest", "/feeds/digests/daily.rss"),
    at("subscribe", "/subscribe"),
    { name: "subscribe-error", who: "reader", status: 422, open: send("salma at example") },
    { name: "subscribe-asked", who: "reader", status: 200, open: send(`new-${language}@example.org`) },
    confirm,
    followed(confirm, "confirmed", press),
    at("confirm-broken", "/confirm/abc", 400),
    unsubscribe,
    unsubscribed,
    followed(unsubscribed, "returned", press),
    at("subscribe-embed", "/subscribe/embed"),
    at("preferences-ask", "/preferences"),
    {
      name: "preferences-asked",
      who: "reader",
      status: 200,
      open: async (page) => {
        await page.goto(`${site.origin}/preferences`);
        await page.locator("#field-address").fill(`nobody-${language}@example.org`);
        await press(page);
      },
    },
    preferences,
    {
      name: "preferences-error",
      who: "reader",
      status: 422,
      open: async (page) => {
        await page.goto(choices);
        for (const box of await page.locator("[name^=sections-]").all())
          await box.evaluate((it: { checked: boolean }) => {
            it.checked = false;
          });
        await within("digests")(page);
      },
    },
    followed(preferences, "preferences-saved", within("digests")),
    followed(preferences, "preferences-paused", within("pause")),
    {
      name: "preferences-address-refused",
      who: "reader",
      status: 422,
      open: async (page) => {
        await page.goto(choices);
        await page.locator("#field-address").fill(owner);
        await within("address")(page);
      },
    },
    {
      name: "preferences-address-asked",
      who: "reader",
      status: 200,
      open: async (page) => {
        await page.goto(choices);
        await page.locator("#field-address").fill(`other-${language}@example.org`);
        await within("address")(page);
      },
    },
    movingAsked,
    followed(movingAsked, "address-confirmed", press),
    followed(preferences, "preferences-left", within("leave")),
    { ...preferences, name: "preferences-nothing" },
    erase,
    followed(erase, "erased", press),
    { ...preferences, name: "preferences-gone", status: 410 },
    at("issue", link("issues")),
    at("archive", "/issues/daily"),
    worth,
    followed(worth, "worth-said", async (page) => {
      await page.locator('main button[value="yes"]').click();
      await page.waitForLoadState();
    }),
    at("worth-broken", "/worth/abc", 400),
    signIn,
    ...signInAsked,
    at("sign-in-link", found(/(http:\S+)/u, await site.run("login-link", "admin@localhost"))),
    at("sign-in-spent", site.signIn, 410),
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
    followed(sourceNew, "newsroom-source-found", sourceLook(`${house.wordpress.home}`)),
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

/** Sends the form that is on the front page. */
export async function subscribe(site: Site, address: string, language: Language): Promise<void> {
  const body = new URLSearchParams({ address, language });
  const answer = await fetch(`${site.origin}/subscribe`, { method: "POST", body });
  if (!answer.ok) throw new Error(`${address} was refused with ${answer.status}`);
}

/** The sample has one article that was corrected, and one that was retracted, which no page links to. */
async function articleIds(site: Site) {
  const ids = { pictured: 0, corrected: 0, retracted: 0 };
  for (let id = 1; id <= 60; id++) {
    const answer = await fetch(`${site.origin}/articles/${id}`);
    const html = await answer.text();
    if (answer.status === 410) ids.retracted = id;
    else if (html.includes("notice-warning")) ids.corrected = id;
    else if (html.includes('class="article-picture"') && html.includes("<blockquote")) ids.pictured = id;
  }
  return ids;
}

/** Presses the button of a confirmation. */
async function confirmed(site: Site, link: string): Promise<void> {
  const answer = await fetch(link, { method: "POST", headers: { Origin: site.origin } });
  if (!answer.ok) throw new Error(`${link} was refused with ${answer.status}`);
}

/** The mail with the link to one's preferences, asked for. The welcome has such a link, too: this one is known by its title. */
export async function preferencesMail(site: Site, address: string, language: Language) {
  await fetch(`${site.origin}/preferences`, typed(address, language));
  return site.mailTo(address, language === "ar" ? "رابط تفضيلاتك" : "The link to your preferences");
}

/** The mail that asks the owner of a new address. */
export async function movingMail(site: Site, preferences: string, address: string, language: Language) {
  await fetch(`${preferences}/address`, typed(address, language));
  return site.mailTo(address, "/preferences/address/");
}

/** A form with an address, from a browser that reads pages in this language. */
const typed = (address: string, language: Language) => ({
  method: "POST",
  body: new URLSearchParams({ address }),
  headers: { Cookie: `nashra_language=${language}` },
});
