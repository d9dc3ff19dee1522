// From a letter to the story: links that count, lead nowhere else, and work for years.
import { sql } from "kysely";
import { simpleParser } from "mailparser";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createApiToken, createLoginLink } from "../../src/accounts/index.ts";
import { retract } from "../../src/publish.ts";
import { readPublisher, savePublisher } from "../../src/settings/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
const name = "daily/2026-03-01-morning";
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const slug = "https://paper.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/";

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  await nashra.sections("سياسة");
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

async function count(clicks: "off" | "anonymous" | "personal") {
  const { db, batch } = nashra.database;
  await batch([savePublisher(db, { ...(await readPublisher(db)), clicks }, nashra.at())]);
}

/** Four stories, to these readers. */
async function morning(...readers: string[]) {
  const articles = [];
  for (const [i, title] of ["الموازنة", "الليرة", "المعرض", "المسرح"].entries())
    articles.push(
      await nashra.article({
        title,
        sections: ["سياسة"],
        importance: 3 - i === 3 ? 3 : 0,
        url: `${slug}${i}`,
      }),
    );
  await nashra.confirmed(...readers);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  return articles;
}

async function letterTo(reader: string) {
  const raw = smtp.arrived.find(({ to }) => to === reader)?.raw ?? "";
  const { html, text, headers } = await simpleParser(Buffer.from(raw, "latin1"));
  const counted = (of: string) => [
    ...new Set([...of.matchAll(/http:\/\/localhost:3000\/c\/[\w./-]+/g)].map(([it]) => it)),
  ];
  return {
    html: html || "",
    text: text ?? "",
    headers,
    raw,
    links: counted(html || ""),
    inText: counted(text ?? ""),
  };
}

const follow = (link: string, headers: Record<string, string> = {}, method = "GET") =>
  nashra.app.request(link, { method, headers: { "User-Agent": firefox, ...headers } });

const reportOf = z.object({
  issue: z.string(),
  accepted: z.number(),
  people: z.number(),
  robots: z.number(),
  stories: z.array(
    z.looseObject({
      title: z.string(),
      people: z.number(),
      robots: z.number(),
      share: z.number().nullable(),
    }),
  ),
});
async function report() {
  nashra.wait({ seconds: 30 });
  await nashra.tick(1);
  const token = await createApiToken(nashra.database, "desk", "viewer", nashra.at());
  const response = await nashra.get(`/api/v1/issues/${name}/clicks`, { Authorization: `Bearer ${token}` });
  return reportOf.parse(await response.json());
}

test("one link for all letters, in HTML and in text; it leads to the story, and a reader's click counts", async () => {
  await morning("salma@example.org", "karim@example.org");
  const [salma, karim] = [await letterTo("salma@example.org"), await letterTo("karim@example.org")];
  expect(salma.links).toHaveLength(4);
  expect(salma.links).toEqual(karim.links);
  expect(salma.inText.toSorted()).toEqual(salma.links.toSorted());
  expect(salma.html).not.toContain(slug);
  expect(salma.text).toContain("نعدّ كم مرة فُتح كل خبر");
  for (const own of ["unsubscribe", "preferences", "issues"])
    expect(salma.html).toContain(`localhost:3000/${own}/`);
  nashra.wait({ minutes: 5 });
  const [lead = ""] = salma.links;
  const answer = await follow(lead);
  expect([answer.status, answer.headers.get("location")]).toEqual([302, `${slug}0`]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("referrer-policy")).toBe("strict-origin");
  expect(answer.headers.get("set-cookie")).toBe(null);
  await follow(lead, {}, "HEAD");
  await follow(lead, { "User-Agent": "TelegramBot (like TwitterBot)" });
  expect(await report()).toMatchObject({
    issue: name,
    accepted: 2,
    people: 1,
    robots: 2,
    stories: [{ title: "الموازنة", people: 1, robots: 2, share: 0.5 }],
  });
});

test("a scanner that opens all links of a letter is not taken for a reader", async () => {
  await morning("salma@example.org");
  for (const link of (await letterTo("salma@example.org")).links)
    expect((await follow(link)).status).toBe(302);
  expect(await report()).toMatchObject({ people: 0, robots: 4 });
});

test("the newsroom shows them beside each story, in both languages", async () => {
  await morning("salma@example.org");
  const [lead = ""] = (await letterTo("salma@example.org")).links;
  await follow(lead);
  await follow(lead, {}, "HEAD");
  await report();
  const link = await createLoginLink(nashra.database, "desk@example.org", nashra.at());
  const signedIn = await nashra.post(`/newsroom/login/${link}`, {}, { Origin: "http://localhost:3000" });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((it) => it.split(";")[0])
    .join("; ");
  const page = async (language: string) =>
    (await nashra.get(`/newsroom/issues/${name}?lang=${language}`, { Cookie: cookie })).text();
  expect(await page("ar")).toContain("1 (100.0%)، والبرامج 1");
  expect(await page("en")).toContain("1 (100.0%), programs 1");
});

test("a forged link, one cut short and one that leads elsewhere are 404; an old key's works; years later too", async () => {
  await morning("salma@example.org");
  const [lead = ""] = (await letterTo("salma@example.org")).links;
  const [, body = "", key = "", mac = ""] = /\/c\/([\w-]+)\.(\w+)\.([\w-]+)$/.exec(lead) ?? [];
  const other = Buffer.from("1-2-0").toString("base64url");
  for (const token of [
    lead.slice(0, -1),
    `http://localhost:3000/c/${other}.${key}.${mac}`,
    `http://localhost:3000/c/${body}.k9.${mac}`,
    "http://localhost:3000/c/x",
    `http://localhost:3000/c/${encodeURIComponent("https://evil.example/")}`,
    `http://localhost:3000/c/${body}.${key}.${mac}.more`,
  ]) {
    const answer = await follow(token);
    expect([token, answer.status, answer.headers.get("location")]).toEqual([token, 404, null]);
    expect(await answer.text()).toContain("هذا الرابط ناقص أو غير صحيح");
  }
  nashra.wait({ hours: 24 * 365 * 5 });
  expect((await follow(lead)).headers.get("location")).toBe(`${slug}0`);
});

test("while a large issue goes out its sums say how many letters were accepted: the ledger is not counted for it", async () => {
  await morning("salma@example.org");
  const { db } = nashra.database;
  const { id } = await nashra.issue(name);
  await sql`with recursive n (i) as (select 1000 union all select i + 1 from n where i < 101000)
    insert into subscribers (id, address, address_key, state, language, created_at, sample)
    select i, i || '@reader.example', i || '@reader.example', 'confirmed', 'ar', 0, 0 from n`.execute(db);
  await sql`insert into deliveries (issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at)
    select ${id}, id, '', 'ar', address, 'accepted', 0, 0, 0 from subscribers where id >= 1000`.execute(db);
  await sql`update issues set state = 'sending', finished_at = null where id = ${id}`.execute(db);
  await sql`insert into issue_health (issue_id, sent, sent_in_all) values (${id}, 500000, 500000)
    on conflict (issue_id) do update set sent_in_all = 500000`.execute(db);
  const token = await createApiToken(nashra.database, "desk", "viewer", nashra.at());
  const reply = await nashra.get(`/api/v1/issues/${name}/clicks`, { Authorization: `Bearer ${token}` });
  expect(reportOf.parse(await reply.json()).accepted).toBe(500_000);
});

test("a story that was withdrawn leads to the page that says so", async () => {
  const [article] = await morning("salma@example.org");
  const [lead = ""] = (await letterTo("salma@example.org")).links;
  if (!article) throw new Error("There is no article.");
  await retract(nashra.publishing, article.id, "خطأ في الأرقام");
  const answer = await follow(lead);
  const path = answer.headers.get("location") ?? "";
  expect(path).toBe(`http://localhost:3000/articles/${article.id}`);
  const page = await follow(path);
  expect([page.status, (await page.text()).includes("خطأ في الأرقام")]).toEqual([410, true]);
});

test("a preview and a test look the same, lead there, and count nothing", async () => {
  await morning("salma@example.org");
  const token = await createApiToken(nashra.database, "desk", "editor", nashra.at());
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const preview = await nashra.get(`/api/v1/issues/${name}/preview?as=salma%40example.org`, headers);
  const { html } = z.looseObject({ html: z.string() }).parse(await preview.json());
  const links = [
    ...new Set([...html.matchAll(/"(http:\/\/localhost:3000\/c\/[^"]+)"/g)].map(([, it = ""]) => it)),
  ];
  expect(links).toHaveLength(4);
  await nashra.app.request(`http://localhost:3000/api/v1/issues/${name}/test`, {
    method: "POST",
    headers,
    body: JSON.stringify({ to: ["desk@example.org"] }),
  });
  const test = await letterTo("desk@example.org");
  expect(test.links).toHaveLength(4);
  for (const link of [...links, ...test.links]) {
    expect(link).toMatch(/\/test$/);
    const answer = await follow(link);
    expect([answer.status, answer.headers.get("location")?.startsWith(slug)]).toEqual([302, true]);
  }
  expect(await report()).toMatchObject({ people: 0, robots: 0 });
});

test("off: the stories' own addresses, and old links lead on without being counted", async () => {
  await morning("salma@example.org");
  const [lead = ""] = (await letterTo("salma@example.org")).links;
  await count("off");
  expect((await follow(lead)).status).toBe(302);
  expect(await report()).toMatchObject({ people: 0, robots: 0 });
  for (const title of ["أ", "ب", "ج"])
    await nashra.article({ title, sections: ["سياسة"], url: `${slug}${title}` });
  smtp.arrived.length = 0;
  await nashra.tickAt("2026-03-02T05:00:00Z");
  const next = await letterTo("salma@example.org");
  expect(next.links).toEqual([]);
  expect(next.html).toContain(`${slug}أ`);
  expect(next.text).not.toContain("نعدّ");
});

test("by reader: each has links of their own; it is kept who followed what, shown to them, and erased with them", async () => {
  await count("personal");
  await morning("salma@example.org", "karim@example.org");
  const [salma, karim] = [await letterTo("salma@example.org"), await letterTo("karim@example.org")];
  expect(salma.links).toHaveLength(4);
  expect(salma.inText.toSorted()).toEqual(salma.links.toSorted());
  expect(salma.links.filter((link) => karim.links.includes(link))).toEqual([]);
  expect(salma.text).toContain("نحفظ تسعين يومًا أي أخبار هذه الرسالة فتحت");
  nashra.wait({ minutes: 5 });
  expect((await follow(salma.links[0] ?? "")).headers.get("location")).toBe(`${slug}0`);
  await follow(salma.links[0] ?? "", { "User-Agent": `${firefox} another` });
  await follow(karim.links[0] ?? "");
  // Karim's mark behind a link of another issue, and one cut short, are nobody's.
  await follow(`${(karim.links[1] ?? "").slice(0, -3)}`, { "User-Agent": `${firefox} third` });
  expect(await report()).toMatchObject({ people: 3, stories: [{ people: 2 }, { people: 1 }] });
  const { db } = nashra.database;
  const rows = async () =>
    (
      await sql<{
        address: string;
      }>`select address from reader_clicks join subscribers on id = subscriber_id order by 1`.execute(db)
    ).rows.map(({ address }) => address);
  expect(await rows()).toEqual(["karim@example.org", "salma@example.org"]);
  const [, preferences = ""] = /localhost:3000(\/preferences\/[\w.-]+)/.exec(salma.text) ?? [];
  expect(await (await nashra.get(preferences)).text()).toContain("ونحفظ تسعين يومًا أي أخبارها فتحت");
  const own = z
    .looseObject({ clicks: z.array(z.looseObject({ article_id: z.number() })) })
    .parse(await (await nashra.post(`${preferences}/export`, {})).json());
  expect(own.clicks).toHaveLength(1);
  expect((await nashra.post(`${preferences}/erase`, {})).status).toBe(200);
  expect(await rows()).toEqual(["karim@example.org"]);
  // Hers that come later are counted as anybody's.
  nashra.wait({ minutes: 5 });
  await follow(salma.links[2] ?? "");
  await report();
  expect(await rows()).toEqual(["karim@example.org"]);
  await count("anonymous");
  await report();
  expect(await rows(), "forgotten once persons are not counted").toEqual([]);
});

test("by reader, then not: what has not left goes without a mark", async () => {
  await count("personal");
  for (const title of ["أ", "ب", "ج"])
    await nashra.article({ title, sections: ["سياسة"], url: `${slug}${title}` });
  await nashra.confirmed("salma+once451@example.org");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await count("anonymous");
  await nashra.tickAt("2026-03-01T05:30:00Z");
  const { links } = await letterTo("salma+once451@example.org");
  expect(links).toHaveLength(3);
  for (const link of links) expect(new URL(link).pathname).toMatch(/^\/c\/[\w-]+\.\w+\.[\w-]+$/);
});

test("what was counted is written when the process is told to end", async () => {
  await morning("salma@example.org");
  const [lead = ""] = (await letterTo("salma@example.org")).links;
  await follow(lead);
  await nashra.flush();
  const { db } = nashra.database;
  expect(await db.selectFrom("story_clicks").select("people").execute()).toEqual([{ people: 1 }]);
});
