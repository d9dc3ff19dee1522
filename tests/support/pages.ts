// Every page there is, and how a visitor gets to it: what the browser tests walk through and the screenshots show.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { found, type Site } from "./site.ts";

export type Language = "ar" | "en";

type Visit = {
  name: string;
  status: number;
  /** How many scripts of ours it runs; none if it does not say. */
  scripts?: number;
  /** Brings a page of a context of `contextFor` there. */
  open: (page: Page) => Promise<void>;
};

/** A visitor's browser that speaks one language and is signed in to the newsroom. */
export type Visitor = { context: BrowserContext; visits: readonly Visit[] };

/** Signs in, and makes a visitor for each language; each brings an address of its own. */
export async function visitors(browser: Browser, site: Site): Promise<Record<Language, Visitor>> {
  const first = await browser.newContext();
  const page = await first.newPage();
  await page.goto(site.signIn);
  await page.locator("main button").click();
  await page.waitForURL("**/newsroom");
  const signedIn = await first.storageState();
  await first.close();

  await site.run("editor", "add", "karim@marsa.example", "--role", "editor", "--name", "كريم الخزامي");
  await site.run("editor", "add", "nada@marsa.example", "--role", "viewer");
  await site.run("editor", "set", "nada@marsa.example", "--off");

  const visitor = async (language: Language): Promise<Visitor> => {
    const context = await browser.newContext({
      storageState: signedIn,
      locale: language === "ar" ? "ar-SY" : "en-GB",
    });
    await context.addCookies([{ name: "nashra_language", value: language, url: site.origin }]);
    return { context, visits: await visitsOf(site, language) };
  };
  return { ar: await visitor("ar"), en: await visitor("en") };
}

async function visitsOf(site: Site, language: Language): Promise<Visit[]> {
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
  const at = (name: string, path: string, status = 200): Visit => ({
    name,
    status,
    open: async (page) => {
      await page.goto(new URL(path, site.origin).href);
    },
  });
  const followed = (visit: Visit, name: string, go: (page: Page) => Promise<void>): Visit => ({
    name,
    status: visit.status,
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
  const issues = at("newsroom-issues", "/newsroom/issues");
  const tomorrow = Temporal.Now.plainDateISO("UTC").add({ days: 1 });
  const pressIn = (form: string) => async (page: Page) => {
    await page.locator(`${form} button`).first().click();
    await page.waitForLoadState();
  };
  const breaking = at("newsroom-breaking", "/newsroom/breaking");
  const breakingForm = 'form[action="/newsroom/breaking"]';
  const issue = followed(issues, "newsroom-issue", follow("main tbody th a"));
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
  const stories = at("newsroom-stories", "/newsroom/stories");
  const told = followed(
    at(
      "newsroom-stories-of-section",
      `/newsroom/stories?section=${encodeURIComponent("سياسة")}&importance=2`,
    ),
    "newsroom-story",
    follow("main tbody th a"),
  );
  const account = at("newsroom-account", "/newsroom/account");
  const users = at("newsroom-users", "/newsroom/settings/users");
  const tokens = at("newsroom-tokens", "/newsroom/settings/tokens");
  const subscribers = at("newsroom-subscribers", "/newsroom/subscribers");
  const person = followed(
    subscribers,
    "newsroom-subscriber",
    follow('main tbody th:has-text("readers.invalid") a'),
  );
  const segments = at("", "/newsroom/subscribers/segments");
  const suppressions = at("", "/newsroom/subscribers/suppressions");
  const imports = at("newsroom-imports", "/newsroom/subscribers/imports");
  const list = `البريد الإلكتروني,الاسم,اللغة\nlist-${language}@example.org,هالة,ar\nsalma@readers.invalid,سلمى,ar\nnot an address,؟,ar\n`;
  const preview = followed(imports, "newsroom-import-preview", async (page) => {
    const file = { name: `${language}.csv`, mimeType: "text/csv", buffer: Buffer.from(list) };
    await page.locator("#field-file").setInputFiles(file);
    await page.locator("#field-consent").fill("استمارة معرض الكتاب، أيار 2026");
    await pressIn('form[action="/newsroom/subscribers/imports"]')(page);
  });
  const webhooks = at("newsroom-webhooks", "/newsroom/settings/webhooks");
  const outbox = at("newsroom-outbox", "/newsroom/outbox");
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
    { name: "subscribe-error", status: 422, open: send("salma at example") },
    { name: "subscribe-asked", status: 200, open: send(`new-${language}@example.org`) },
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
      status: 422,
      open: async (page) => {
        await page.goto(choices);
        await page.locator("#field-address").fill(owner);
        await within("address")(page);
      },
    },
    {
      name: "preferences-address-asked",
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
    at("newsroom-today", "/newsroom"),
    stories,
    at("newsroom-stories-found", `/newsroom/stories?q=${encodeURIComponent("الميناء")}`),
    at("newsroom-stories-refused", "/newsroom/stories?q=%22-", 400),
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
    followed(issue, "newsroom-preview", follow('main a[href$="/preview"]')),
    at(
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
    account,
    { ...at("newsroom-passkey-new", "/newsroom/account/passkeys/new"), scripts: 1 },
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
    at("newsroom-subscribers-found", "/newsroom/subscribers?q=owner"),
    at("newsroom-subscribers-none", "/newsroom/subscribers?q=nobody-at-all"),
    person,
    followed(person, "newsroom-subscriber-erase", follow('main a[href$="/erase"]')),
    at("newsroom-subscriber-add", "/newsroom/subscribers/add"),
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
    at(
      "newsroom-suppression-found",
      `/newsroom/subscribers/suppressions?address=never-${language}%40example.org`,
    ),
    imports,
    preview,
    followed(preview, "newsroom-import-done", async (page) => {
      await pressIn('form[action$="/imports/run"]')(page);
      await page.locator(".notice-ok").waitFor();
    }),
    at("newsroom-publisher", "/newsroom/settings/publisher"),
    followed(
      { ...at("", "/newsroom/settings/publisher"), status: 422 },
      "newsroom-publisher-refused",
      async (page) => {
        await page.locator("#field-zone").fill("Asia/Nowhere");
        await pressIn('form[action="/newsroom/settings/publisher"]')(page);
      },
    ),
    at("newsroom-mail-settings", "/newsroom/settings/mail"),
    followed(
      at("", "/newsroom/settings/doctor"),
      "newsroom-doctor",
      pressIn('form[action="/newsroom/settings/doctor"]'),
    ),
    at("newsroom-templates", "/newsroom/settings/templates"),
    followed({ ...webhooks, status: 201 }, "newsroom-webhook-made", async (page) => {
      await page.locator("#field-url").fill(`https://cms.example/hooks/nashra/${language}`);
      await page.locator('[value="issue.sent"]').check();
      await pressIn('form[action="/newsroom/settings/webhooks"]')(page);
    }),
    webhooks,
    followed(webhooks, "newsroom-webhook", follow("main tbody th a")),
    { ...at("newsroom-template", "/newsroom/settings/templates/story.mjml"), scripts: 1 },
    {
      ...followed(
        at("", "/newsroom/settings/templates/story.txt"),
        "newsroom-template-refused",
        async (page) => {
          await page.locator("#field-text").fill("{{ story.title }}\n{{ nobody.knows }}\n");
          await pressIn("form[data-template]")(page);
        },
      ),
      status: 422,
      scripts: 1,
    },
    at("newsroom-digest", "/newsroom/digests/daily"),
    at("newsroom-restored", "/newsroom/settings/restored"),
    at("newsroom-environment", "/newsroom/settings/environment"),
    at("newsroom-audit", "/newsroom/settings/audit"),
    at("newsroom-audit-none", "/newsroom/settings/audit?act=editor-add&from=2001-01-01&until=2001-01-02"),
    outbox,
    letter,
    view("desktop"),
    view("dark"),
    view("text"),
    view("source"),
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
