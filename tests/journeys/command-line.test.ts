// The main job from the outside, as on a fresh machine: the built command, real processes, HTTP and SMTP.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { has, libxml2Complaints } from "../../src/feeds/readers.fixture.ts";
import { openDatabase } from "../../src/hosts/sqlite.ts";
import { nashra, serve } from "../support/process.ts";
import { startSmtp } from "../support/smtp.ts";

const copiedPage = resolve(import.meta.dirname, "../../src/sources/fixtures/copied-page.txt");
const xmllint = has("xmllint (libxml2-utils)", "xmllint", ["--version"]);
let data: string;
const run = (...args: string[]) => nashra({ NASHRA_DATA: data }, args);

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "nashra-cli-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

test("stories are listed, shown, put together and taken apart by hand", async () => {
  const story = async (...args: string[]) => {
    const { code, out, err } = await run("story", ...args, "--json");
    return code === 0
      ? out
          .trim()
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : { code, err };
  };
  const ids: string[] = [];
  for (const title of ["المجلس يقر موازنة العام", "فريق المدينة يفوز بالكأس"]) {
    const file = join(data, "article.json");
    const body_html = `<p>${title} ${Array.from({ length: 30 }, (_, i) => `${title.split(" ")[1]}${i}`).join(" ")}</p>`;
    writeFileSync(file, JSON.stringify({ external_id: title, title, body_html, sections: ["سياسة"] }));
    ids.push(String(JSON.parse((await run("import", file, "--json")).out).id));
  }
  const [one = "", two = ""] = ids;
  expect(await story("list")).toEqual([]);
  expect(await story("merge", one, two)).toMatchObject([
    { id: Number(one), members: [{ id: Number(two), by_hand: true }] },
  ]);
  expect(await story("list")).toMatchObject([
    { story: Number(one), articles: 2, title: "المجلس يقر موازنة العام" },
  ]);
  expect((await run("story", "show", two)).out).toMatch(/lead .*المجلس[\s\S]*member +hand/);
  expect(await story("split", one, "999")).toMatchObject({ code: 1, err: expect.stringContaining("999") });
  expect(await story("split", one, one, two)).toMatchObject({
    code: 1,
    err: expect.stringContaining("at least one"),
  });
  expect(await story("split", one, two)).toMatchObject([
    { id: Number(two) },
    { id: Number(one), members: [] },
  ]);
  expect(await story("show", "999")).toMatchObject({
    code: 1,
    err: expect.stringContaining("no article 999"),
  });
  expect(await story("show", "x")).toMatchObject({ code: 2 });
});

describe("a page that was copied from a site", () => {
  test("stands in its section's three feeds and in a digest that arrives by SMTP", async () => {
    const smtp = await startSmtp();
    const env = { NASHRA_DATA: data, NASHRA_SMTP_URL: smtp.url };
    const server = await serve(env);
    try {
      const imported = await nashra(env, ["import", copiedPage, "--json"]);
      expect(imported.code).toBe(0);
      const article = JSON.parse(imported.out);
      expect(article).toMatchObject({ result: "created", section: "بلدي", published_from: "first-seen" });
      const again = await nashra(env, ["import", copiedPage, "--json"]);
      expect(JSON.parse(again.out)).toMatchObject({
        result: "unchanged",
        id: article.id,
        published_at: article.published_at,
      });

      await new Promise((done) => setTimeout(done, 1100)); // what another process publishes is seen within a second
      const section = encodeURIComponent("بلدي");
      for (const format of ["rss", "atom", "json"]) {
        const feed = await fetch(`${server.url}feeds/section/${section}.${format}`);
        expect(feed.status).toBe(200);
        const text = await feed.text();
        expect(text).toContain(article.title);
        if (format !== "json" && xmllint) expect(libxml2Complaints(text)).toBe("");
        const etag = feed.headers.get("etag") ?? "";
        expect((await fetch(feed.url, { headers: { "If-None-Match": etag } })).status).toBe(304);
      }
      const page = await fetch(`${server.url}articles/${article.id}`);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(article.title)]);

      for (const title of ["خبر أول", "خبر ثان", "خبر ثالث"]) {
        writeFileSync(
          join(data, `${title}.json`),
          JSON.stringify({
            external_id: title,
            title,
            body_html: `<p>${title} ${"كلام ".repeat(40)}${title}</p>`,
            sections: ["سياسة"],
          }),
        );
        expect((await nashra(env, ["import", join(data, `${title}.json`)])).code).toBe(0);
      }
      const list = await nashra(
        env,
        ["subscriber", "import", "-", "--consent", "sign-up sheet"],
        "address\nsalma@example.org\nno address\n",
      );
      expect([list.code, list.out]).toEqual([0, expect.stringContaining("Added to daily: 1")]);
      const sent = await nashra(env, ["digest", "send", "daily", "--json"]);
      expect(JSON.parse(sent.out)).toMatchObject({
        state: "sent",
        candidates: 1,
        deliveries: { accepted: 1 },
      });
      const mail = await smtp.read("salma@example.org");
      expect(mail.text).toContain(article.title);

      const name = JSON.parse(sent.out).issue;
      const ledger = await nashra(env, ["issue", "ledger", name, "--json"]);
      expect(JSON.parse(ledger.out)).toMatchObject({
        address: "salma@example.org",
        state: "accepted",
        tries: 1,
        in_doubt: 0,
      });
      const explained = JSON.parse((await nashra(env, ["issue", "explain", name, "--json"])).out);
      expect(explained.editions[0].stories[0].parts).toHaveProperty("freshness");
    } finally {
      expect(await server.stop()).toBe(0);
      await smtp.close();
    }
  });
});

test("the sample newsroom comes up with an empty store, is marked as one, and goes with one command", async () => {
  const env = { NASHRA_DATA: data, NASHRA_SAMPLE: "on" };
  const server = await serve(env);
  const home = await (await fetch(server.url)).text();
  expect(home).toContain("صحيفة تجريبية");
  expect(server.said()).toMatch(/newsroom\/login\/\S{40,}/);
  expect(readdirSync(join(data, "outbox")).filter((name) => name.endsWith(".eml"))).toHaveLength(3);
  expect(await server.stop("SIGINT")).toBe(0);

  const removed = await nashra(env, ["sample", "remove"]);
  expect([removed.code, removed.out]).toEqual([
    0,
    expect.stringContaining("Removed: 50 articles and 3 subscribers"),
  ]);
  expect((await nashra(env, ["subscriber", "list", "--json"])).out).toBe("");
  const second = await serve(env); // not loaded again: somebody decided
  const page = await (await fetch(second.url)).text();
  expect(page).not.toContain("صحيفة تجريبية");
  expect(page).not.toContain("المرسى"); // nor does the invented paper's name stay
  expect((await nashra(env, ["issue", "list", "--json"])).out).toBe("");
  const named = await nashra(env, [
    "publisher",
    "name=صوت الجبل",
    "zone=Asia/Damascus",
    "hijri=true",
    "--json",
  ]);
  expect(JSON.parse(named.out)).toMatchObject({
    name: "صوت الجبل",
    zone: "Asia/Damascus",
    hijri: true,
    sample: false,
  });
  expect(await (await fetch(second.url)).text()).toContain("صوت الجبل");
  expect(await second.stop()).toBe(0);
});

test("no sample with a relay", async () => {
  const server = await serve({ NASHRA_DATA: data, NASHRA_SAMPLE: "", NASHRA_SMTP_URL: "smtp://127.0.0.1:9" });
  expect(await (await fetch(server.url)).text()).not.toContain("صحيفة تجريبية");
  expect(await server.stop()).toBe(0);
});

test.each([
  ["a file that is no article", ["import", "FILE"], 1, /FILE: .*\n1 refused; nothing of that was stored/],
  ["a file that is not there", ["import", "/nowhere"], 1, /cannot be read/],
  ["an address inside", ["import", "http://127.0.0.1:1/x"], 1, /inside your own network.*NASHRA_FETCH_ALLOW/],
  ["an unknown command", ["digset"], 2, /unknown command/],
  ["an unknown digest", ["digest", "next", "weekly"], 1, /no digest "weekly". There are: daily/],
  ["a zone that is none", ["digest", "set", "daily", "--zone", "Mars/Olympus"], 2, /no IANA time zone/],
  ["a time that is none", ["digest", "set", "daily", "--at", "morning=25:00"], 2, /no slot/],
  ["a day that is none", ["digest", "set", "daily", "--days", "sun,funday"], 2, /no day/],
  [
    "nothing to set",
    ["digest", "set", "daily"],
    2,
    /what to change[\s\S]*--days[\s\S]*--most[\s\S]*--approval-minutes/,
  ],
  ["a digest without a name", ["digest", "add", "weekly"], 2, /--name/],
  [
    "a digest that is there",
    ["digest", "add", "daily", "--name", "x"],
    1,
    /a digest "daily" already.*digest set daily/,
  ],
  ["a slug that is none", ["digest", "add", "!!", "--name", "x"], 2, /no letter or digit/],
  ["a name that is none", ["digest", "set", "daily", "--name", " "], 2, /needs a letter/],
  ["more stories than fit", ["digest", "set", "daily", "--most", "51"], 2, /1 to 50 stories/],
  [
    "more at least than at most",
    ["digest", "set", "daily", "--least", "9"],
    1,
    /3 stories at least and 8 at most/,
  ],
  ["on and off", ["digest", "set", "daily", "--on", "--off"], 2, /cannot be used with/],
  ["an issue that is none", ["issue", "ledger", "daily/2026-01-01-morning"], 1, /no issue/],
  ["no consent", ["subscriber", "import", "-"], 2, /--consent/],
  ["a role that is none", ["token", "create", "--role", "king"], 2, /Allowed choices/],
  ["a date that is none", ["import", "x", "--published-at", "yesterday"], 2, /offset/],
  ["a name that sets nothing", ["publisher", "nmae=x"], 2, /sets nothing/],
  ["a value that is refused", ["publisher", "zone=Mars"], 1, /zone: it is no IANA time zone/],
])("%s: code and words", async (_, args, code, words) => {
  const file = join(data, "FILE");
  writeFileSync(file, "سطر واحد فقط");
  const ended = await run(...args.map((arg) => (arg === "FILE" ? file : arg)));
  expect(ended.err.replaceAll(file, "FILE")).toMatch(words);
  expect([ended.code, ended.out, ended.err.includes("    at ")]).toEqual([code, "", false]);
});

test("a wrong setting stops the start and names itself", async () => {
  const ended = await nashra({ NASHRA_DATA: data, NASHRA_PORT: "99999", NASHRA_PUBLIC_URL: "ftp://x" }, [
    "serve",
  ]);
  expect(ended.code).toBe(1);
  expect(ended.err).toMatch(/NASHRA_PORT .*0 to 65535/);
  expect(ended.err).toMatch(/NASHRA_PUBLIC_URL .*http or https/);
});

test("schedule by hand: set, list, next", async () => {
  const set = await run(
    "digest",
    "set",
    "daily",
    "--zone",
    "Africa/Cairo",
    "--days",
    "sun,thu",
    "--at",
    "night=00:15,evening=18:00",
  );
  expect(set.code).toBe(0);
  const [digest] = (await run("digest", "list", "--json")).out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(digest).toMatchObject({
    slug: "daily",
    zone: "Africa/Cairo",
    days: "thu,sun",
    at: "night=00:15,evening=18:00",
  });
  await run("digest", "set", "daily", "--days", "fri");
  const next = await run(
    "digest",
    "next",
    "daily",
    "--from",
    "2026-04-23T12:00:00Z",
    "--count",
    "2",
    "--json",
  );
  expect(
    next.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    // Cairo loses midnight
    {
      issue: "daily/2026-04-24-night",
      local_date: "2026-04-24",
      slot: "night",
      at: "2026-04-23T22:00:00Z",
      note: "gap",
    },
    {
      issue: "daily/2026-04-24-evening",
      local_date: "2026-04-24",
      slot: "evening",
      at: "2026-04-24T15:00:00Z",
      note: null,
    },
  ]);
});

test("another newsletter: added, named, numbered, switched off and on", async () => {
  await run("publisher", "zone=Asia/Damascus");
  const added = await run("digest", "add", "The Week", "--name", " نشرة  الأسبوع ", "--name-en", "The Week");
  expect([added.err, added.code, added.out]).toEqual([
    "",
    0,
    expect.stringMatching(
      /"the-week" is there: كل يوم، 07:00 بتوقيت دمشق\nIt runs next at .*morning[\s\S]*digest set the-week/,
    ),
  ]);
  const listed = async () => {
    const { out } = await run("digest", "list", "--json");
    return out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .find(({ slug }) => slug === "the-week");
  };
  expect(await listed()).toMatchObject({
    name: "نشرة الأسبوع",
    name_en: "The Week",
    state: "on",
    zone: "Asia/Damascus",
    days: "mon,tue,wed,thu,fri,sat,sun",
    at: "morning=07:00",
    least: 3,
    most: 8,
    next: expect.any(String),
  });
  const set = await run(
    "digest",
    "set",
    "the-week",
    ..."--name أسبوعنا --most 12 --least 5 --off".split(" "),
  );
  expect([set.code, set.out]).toEqual([
    0,
    expect.stringMatching(/is off[\s\S]*أسبوعنا \(The Week\), 5 to 12 stories/),
  ]);
  expect(await listed()).toMatchObject({ name: "أسبوعنا", least: 5, most: 12, state: "off", next: null });
  expect((await run("digest", "set", "the-week", "--days", "sun")).out).toContain("digest set the-week --on");
  expect((await run("digest", "set", "the-week", "--off")).out).toContain("off already");
  await run("digest", "set", "the-week", "--approval", "send");
  expect((await run("digest", "list")).out).toMatch(
    /the-week +أسبوعنا +off +digest +- +5-12 +send \(60 min ahead, 30 after\) +resend +the paper +الأحد/,
  );
  const on = await run("digest", "set", "the-week", "--name-en", "", "--on");
  expect(on.out).toMatch(/أسبوعنا, 5 to 12[\s\S]*it is on. It runs next at/);
  expect(await listed()).toMatchObject({ name_en: null, state: "on", days: "sun", next: expect.any(String) });

  const database = await openDatabase(
    join(data, "nashra.sqlite"),
    resolve(import.meta.dirname, "../../migrations"),
  );
  const acts = await database.db.selectFrom("audit_log").selectAll().orderBy("id").execute();
  await database.close();
  const ofDigest = acts.filter(
    ({ act, subject }) => act.startsWith("digest-") && subject.startsWith("the-week"),
  );
  expect(ofDigest.map(({ act, subject }) => `${act} ${subject}`)).toEqual([
    "digest-add the-week",
    "digest-off the-week",
    "digest-set the-week: name=أسبوعنا, maxStories=12, minStories=5",
    "digest-set the-week: Sunday, 07:00 Damascus",
    expect.stringMatching(
      /^digest-set the-week: Its issues are built 60 minutes ahead and wait for an editor/,
    ),
    "digest-set the-week: nameEn=null",
    "digest-on the-week",
  ]);
});

test("behind https the first real address becomes administrator; nobody else may come in", async () => {
  const env = { NASHRA_DATA: data, NASHRA_PUBLIC_URL: "https://news.example" };
  const server = await serve(env);
  expect(server.said()).not.toContain("/newsroom/login/");
  expect(await server.stop()).toBe(0);
  const link = await nashra(env, ["login-link", "editor@news.example"]);
  expect(link.out).toMatch(/^https:\/\/news\.example\/newsroom\/login\/\S{40,}\n$/);
  expect((await nashra(env, ["login-link", "stranger@news.example"])).code).toBe(1);
});

test("a dry run shows what would be sent: nothing that was sent already", async () => {
  for (const title of ["خبر أول", "خبر ثان", "خبر ثالث"]) {
    const text = `<p>${Array.from({ length: 30 }, (_, i) => `${title} ${i}`).join("، ")}</p>`;
    writeFileSync(
      join(data, "x.json"),
      JSON.stringify({ external_id: title, title, body_html: text, sections: ["سياسة"] }),
    );
    expect((await run("import", join(data, "x.json"))).code).toBe(0);
  }
  await nashra({ NASHRA_DATA: data }, ["subscriber", "import", "-", "--consent", "test"], "a@example.org\n");
  expect((await run("digest", "send", "daily", "--dry-run", "--json")).out).toContain("خبر أول");
  expect((await run("digest", "send", "daily")).code).toBe(0);
  expect((await run("issue", "ledger", "--json")).out).toContain("a@example.org");
  const again = await run("digest", "send", "daily", "--dry-run");
  expect([again.code, again.err]).toEqual([1, expect.stringContaining("Too few stories: 0")]);
});

test("an issue by hand: looked at, sent for a look, approved, called off", async () => {
  for (const title of ["خبر أول", "خبر ثان", "خبر ثالث"]) {
    const text = `<p>${Array.from({ length: 30 }, (_, i) => `${title} ${i}`).join("، ")}</p>`;
    writeFileSync(
      join(data, "x.json"),
      JSON.stringify({ external_id: title, title, body_html: text, sections: ["سياسة"] }),
    );
    await run("import", join(data, "x.json"));
  }
  await nashra({ NASHRA_DATA: data }, ["subscriber", "import", "-", "--consent", "test"], "a@example.org\n");
  const soon = Temporal.Now.zonedDateTimeISO("UTC").add({ minutes: 30 }).round("minute");
  const name = `daily/${soon.toPlainDate()}-check`;
  const at = `check=${soon.toPlainTime().toString({ smallestUnit: "minute" })}`;
  const rule = ["--approval", "skip", "--approval-minutes", "20", "--build-ahead", "60"];
  const set = await run("digest", "set", "daily", "--zone", "UTC", "--days", "daily", "--at", at, ...rule);
  expect([set.code, set.out]).toEqual([0, expect.stringContaining("wait for an editor")]);
  expect(JSON.parse((await run("digest", "list", "--json")).out)).toMatchObject({
    approval: "skip",
    approval_minutes: 20,
    build_ahead: 60,
  });
  expect(await run("digest", "set", "daily", "--approval-minutes", "999")).toMatchObject({
    code: 2,
    err: expect.stringContaining("at most 180 minutes"),
  });
  const planned = await run("issue", "preview", name, "--as", "a@example.org");
  expect([planned.code, planned.out]).toEqual([0, expect.stringMatching(/not built yet[\s\S]*phone: خبر/)]);
  await run("tick");
  const built = JSON.parse((await run("issue", "preview", name, "--json")).out);
  expect(built).toMatchObject({ state: "waiting", revision: 1, built: true });
  const test = await run("issue", "test", name, "--to", "me@example.org, you@example.org", "--json");
  expect(test.out.match(/"state":"accepted"/g)).toHaveLength(2);
  expect(await run("issue", "approve", name, "--revision", "2")).toMatchObject({
    code: 1,
    err: expect.stringContaining("it is revision 1 now"),
  });
  expect(await run("issue", "approve", name, "--revision", "1")).toMatchObject({
    code: 0,
    out: expect.stringContaining("approved by command line"),
  });
  expect(await run("digest", "set", "daily", "--skip", `${soon.toPlainDate()}/check`)).toMatchObject({
    code: 1,
    err: expect.stringContaining("nashra issue cancel"),
  });
  expect(await run("issue", "cancel", name, "--reason", "خطأ")).toMatchObject({
    code: 0,
    out: expect.stringContaining("called off: خطأ"),
  });
  expect((await run("issue", "rebuild", name)).code).toBe(1);
  expect((await run("digest", "set", "daily", "--approval", "none")).out).toContain("by themselves");
});

test("a reader by hand: the form to copy, a mail that leaves, erasure", async () => {
  await nashra({ NASHRA_DATA: data, NASHRA_SAMPLE: "on" }, ["tick"]);
  const form = await run("subscriber", "form", "--digest", "daily", "--json");
  expect(JSON.parse(form.out).ar).toContain('<input type="hidden" name="digest" value="daily">');
  const unknown = await run("subscriber", "form", "--section", "nowhere");
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('There is no section "nowhere"')]);

  await nashra({ NASHRA_DATA: data }, ["subscriber", "import", "-", "--consent", "test"], "a@example.org\n");
  const inbound = (mail: string) => nashra({ NASHRA_DATA: data }, ["inbound"], mail);
  expect(await inbound("From: a@example.org\r\nSubject: unsubscribe\r\n\r\nunsubscribe\r\n")).toMatchObject({
    code: 0,
    out: "Ignored: it names no link of ours and answers no mail of ours.\n",
  });
  expect((await inbound("x".repeat(1_000_001))).code).toBe(1);

  const erased = await run("subscriber", "erase", "A@Example.org");
  expect([erased.code, erased.out]).toEqual([0, expect.stringMatching(/^Subscriber \d+ is erased/)]);
  expect((await run("subscriber", "list", "--json")).out).not.toContain("a@example.org");
  const again = await run("subscriber", "erase", "a@example.org");
  expect([again.code, again.err]).toEqual([
    1,
    expect.stringContaining("Nobody with this address is kept here"),
  ]);
});

test("every command has help", async () => {
  const { out, code } = await run("--help");
  expect(code).toBe(0);
  for (const name of [
    "serve",
    "tick",
    "import",
    "digest",
    "issue",
    "subscriber",
    "token",
    "login-link",
    "config",
  ])
    expect(out).toContain(name);
  expect((await run("digest", "send", "--help")).out).toContain("--dry-run");
});

test("settings are listed, secrets hidden", async () => {
  const ended = await nashra({ NASHRA_DATA: data, NASHRA_SECRET: `k1:${"s".repeat(40)}` }, ["config"]);
  expect(ended.out).toContain(`NASHRA_DATA=${data}`);
  expect(ended.out).not.toContain("ssss");
});
