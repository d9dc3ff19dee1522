// The pages of readers, and how one gets there: the site, sign-up, preferences, letters; and the door of the newsroom.
import type { Page } from "playwright-core";
import { found, type Site } from "./site.ts";
import { follow, followed, type Language, pressIn, type Visit, visit } from "./visits.ts";

/** Everything that readers see, in an order in which nothing is gone before it is looked at. */
export async function readerVisits(site: Site, language: Language): Promise<Visit[]> {
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
  const at = (name: string, path: string, status?: number) => visit("reader", site, name, path, status);
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
