// The pages of the settings: what is changed is in force at once, what is secret is not shown, what a host does not know is said.
import { sql } from "kysely";
import { expect, test } from "vitest";
import { addEditor, changeEditor, createApiToken, listEditors } from "../accounts/index.ts";
import { showConfig } from "../config.ts";
import { listEndpoints } from "../hooks/index.ts";
import { readPublisher } from "../settings/index.ts";
import { environmentWords } from "./environment-words.ts";
import { openNewsroom } from "./newsroom.fixture.ts";

const acts = async ({ database: { db } }: Awaited<ReturnType<typeof openNewsroom>>) =>
  (await db.selectFrom("audit_log").select(["act", "subject"]).orderBy("id").execute()).map(
    ({ act, subject }) => `${act} ${subject}`,
  );
const path = "/newsroom/settings";

test("the paper's name is changed, and stands on the next page and in the log", async () => {
  const house = await openNewsroom();
  const visit = await house.enter();
  const saved = await visit(`${path}/publisher`, { name: "المرسى الجديد", hijri: "true", colour: "#0A5C4B" });
  expect([saved.status, saved.headers.get("Location")]).toEqual([303, `${path}/publisher?done=saved`]);
  const { name, hijri, colour, nameEn } = await readPublisher(house.database.db);
  expect([name, hijri, colour]).toEqual(["المرسى الجديد", true, "#0a5c4b"]);
  expect((await visit(`${path}/publisher`)).html).toContain("المرسى الجديد");
  expect(nameEn).not.toBe("");
});

test.each([
  [{ name: "" }, "field-name-error"],
  [{ zone: "Asia/Nowhere" }, "field-zone-error"],
  [{ colour: "red" }, "field-colour-error"],
  [{ logoUrl: "javascript:alert(1)" }, "field-logoUrl-error"],
  [{ hijriOffset: "7" }, "field-hijriOffset-error"],
  [{ social: "ftp://x" }, "field-social-error"],
  [{ refusedDomains: "not a domain!" }, "field-refusedDomains-error"],
])("%j is refused beside its field, and nothing is saved", async (fields, error) => {
  const house = await openNewsroom();
  const visit = await house.enter();
  const before = await readPublisher(house.database.db);
  const page = await visit(`${path}/publisher`, { tagline: "سطر جديد", ...fields });
  expect([page.status, page.html.includes(`id="${error}"`)]).toEqual([422, true]);
  expect(page.html).toContain("سطر جديد"); // what was typed is not lost
  expect(await readPublisher(house.database.db)).toEqual(before);
});

test("a letter is sent by one way, what its server says is shown, and it stands in the log without the address", async () => {
  const sent: string[] = [];
  const house = await openNewsroom(null, {
    mailFrom: "news@marsa.example",
    transports: () => [{ name: "relay", kind: "smtps", at: "mx.example:465", user: "marsa", carries: "*" }],
    tryTransport: async (name, to) => {
      if (name !== "relay") return null;
      sent.push(to);
      return { accepted: false, kind: "refused", reply: "550 <no> such user", signed: false };
    },
  });
  const visit = await house.enter();
  const tried = await visit(`${path}/mail/test`, { way: "relay", to: "salma@example.org" });
  expect(tried.html).toContain("550 &lt;no&gt; such user");
  expect(sent).toEqual(["salma@example.org"]);
  expect(await acts(house)).toContain("transport-test relay");
  expect((await visit(`${path}/mail/test`, { way: "relay", to: "salma" })).status).toBe(422);
  expect((await visit(`${path}/mail/test`, { way: "other", to: "salma@example.org" })).status).toBe(422);
});

test("what rests is shown with the server's words, and resumed once", async () => {
  const house = await openNewsroom();
  const until = house.now().add({ hours: 1 }).epochMilliseconds;
  await sql`insert into paces (transport, destination, rests_until, reason, reply, at, slowed, tried, refused, in_a_row, rests)
    values ('relay', 'gmail', ${until}, 'rate', '421 slow down', 0, 3, 0, 0, 0, 1)`.execute(
    house.database.db,
  );
  const visit = await house.enter();
  expect((await visit(`${path}/mail`)).html).toContain("421 slow down");
  const press = () => visit(`${path}/mail/resume`, { transport: "relay", destination: "gmail" });
  expect((await press()).headers.get("Location")).toContain("done=resumed");
  expect((await press()).headers.get("Location")).toContain("done=free");
  expect((await acts(house)).filter((it) => it === "pace-resume relay gmail")).toHaveLength(1);
});

test("secrets of the environment are told as set, and not shown", async () => {
  const env = { NASHRA_SECRET: `k1:${"s".repeat(40)}`, NASHRA_SMTP_URL: "smtps://marsa:hidden@mx.example" };
  const house = await openNewsroom(null, { environment: () => showConfig(env) });
  const { html } = await (await house.enter())(`${path}/environment`);
  expect(html).toContain("NASHRA_SECRET");
  expect(html).not.toMatch(/ssss|:hidden@/);
});

test("every setting of the environment is explained in Arabic, and what holds where none is set", async () => {
  const settings = showConfig({});
  expect([...environmentWords.keys()].toSorted()).toEqual(settings.map(({ name }) => name).toSorted());
  for (const { name, value } of settings)
    expect(environmentWords.get(name)?.otherwise !== undefined, name).toBe(/^\(.+\)$/.test(value));
  const house = await openNewsroom(null, { environment: () => settings });
  const visit = await house.enter();
  const arabic = (await visit(`${path}/environment?lang=ar`)).html;
  for (const { about } of settings) expect(arabic).not.toContain(about.slice(0, 20));
  expect(arabic).toContain("يُنشأ عند أول تشغيل ويُحفظ في مجلد البيانات");
  expect((await visit(`${path}/environment?lang=en`)).html).toContain("made at the first start");
});

test("the doctor looks when asked, and shows the records to copy; where there is none, the command is named", async () => {
  const record = { name: "marsa.example", type: "TXT", value: "v=spf1 -all" } as const;
  const said = { ar: "لا سجل", en: "No record" };
  const finding = {
    check: "spf",
    subject: "marsa.example",
    state: "broken",
    what: said,
    todo: said,
  } as const;
  let asked = 0;
  const house = await openNewsroom(null, {
    doctor: async () => {
      asked++;
      return [{ ...finding, records: [record] }];
    },
  });
  const visit = await house.enter();
  expect((await visit(`${path}/doctor`)).status).toBe(200);
  expect(asked).toBe(0);
  expect((await visit(`${path}/doctor`, {})).html).toContain("marsa.example. IN TXT &quot;v=spf1 -all&quot;");
  const bare = await (await openNewsroom()).enter();
  expect((await bare(`${path}/doctor`, {})).html).toContain("npx nashra doctor");
  expect((await bare(`${path}/templates`)).html).toContain("npx nashra template check");
});

test("templates: which are own, and the line of a fault", async () => {
  const house = await openNewsroom(null, {
    templates: {
      folder: "/srv/templates",
      builtIn: ["digest.mjml", "confirm.mjml"],
      check: async () => ({
        files: ["digest.mjml"],
        faults: [{ file: "digest.mjml", line: 12, message: "tag <mj-x> is unknown" }],
        unused: [],
      }),
      read: async () => ({ text: `${"one\n".repeat(11)}<mj-x>`, own: true, mark: "1" }),
      mailsWith: async () => ["digest"],
      tryOut: async () => ({ ok: false, faults: [] }),
      save: async () => ({ kind: "moved" }),
    },
  });
  const { html } = await (await house.enter())(`${path}/templates`);
  expect(html).toContain("digest.mjml:12");
  expect(html).toContain("tag &lt;mj-x&gt; is unknown");
  expect(html).toMatch(/<mark>\s*12 {2}&lt;mj-x&gt;<\/mark>/);
});

test("a webhook is added with its secret shown this once, tried, told again and removed", async () => {
  const house = await openNewsroom();
  const visit = await house.enter();
  const add = (url: string) => visit(`${path}/webhooks`, { url, event: "issue.sent" });
  expect((await add("no address")).status).toBe(422);
  expect((await visit(`${path}/webhooks`, { url: "https://cms.example/x" })).status).toBe(422);
  const added = await add("https://cms.example/x");
  expect([added.status, /whsec_[\w+/=]{40,}/.test(added.html)]).toEqual([201, true]);
  expect((await visit(`${path}/webhooks`)).html).not.toContain("whsec_");
  expect((await visit(`${path}/webhooks/1/test`, {})).html).toContain("nobody is there");
  expect((await visit(`${path}/webhooks/1/replay`, {})).headers.get("Location")).toContain("replayed");
  expect((await visit(`${path}/webhooks/1/replay`, { since: "the first" })).status).toBe(422);
  const seen = /name="seen" value="(\d+)"/.exec((await visit(`${path}/webhooks/1`)).html)?.[1] ?? "";
  const rotated = await visit(`${path}/webhooks/1/secret`, { seen });
  // Pressed twice, or loaded again: what the receiver has signs on.
  expect((await visit(`${path}/webhooks/1/secret`, { seen })).status).toBe(409);
  const made = /whsec_[\w+/=]{40,}/.exec(rotated.html)?.[0] ?? "none";
  expect([rotated.status, added.html.includes(made)]).toEqual([200, false]);
  const [endpoint] = await listEndpoints(house.database.db);
  expect([made, added.html]).toEqual([
    endpoint?.secret,
    expect.stringContaining(endpoint?.former?.secret ?? "none"),
  ]);
  expect((await visit(`${path}/webhooks/1`)).html).toContain("يوقّع مع الجديد حتى");
  expect((await visit(`${path}/webhooks/9`)).status).toBe(404);
  expect((await visit(`${path}/webhooks/1/remove`, {})).headers.get("Location")).toContain("removed");
  expect((await visit(`${path}/webhooks/1/remove`, {})).status).toBe(404);
  const said = await acts(house);
  for (const act of ["webhook-add", "webhook-secret", "webhook-replay", "webhook-remove"])
    expect(said).toContain(`${act} https://cms.example`);
});

test("no page of the settings but one's own account opens to an editor", async () => {
  const house = await openNewsroom();
  await house.enter();
  const visit = await house.enter("karim@marsa.example", "editor");
  for (const page of ["publisher", "mail", "doctor", "templates", "webhooks", "environment"])
    expect((await visit(`${path}/${page}`)).status).toBe(403);
});

test("what a token lost with its maker's role is said where tokens are listed, and before its maker is removed", async () => {
  const house = await openNewsroom();
  const { database } = house;
  const visit = await house.enter();
  const maker = { address: "karim@marsa.example", name: "", role: "administrator" as const };
  await addEditor(database, maker, "command line", house.now());
  await createApiToken(database, "CMS", ["articles:write", "admin"], house.now(), maker.address);
  const list = async () => (await visit(`${path}/tokens`)).html;
  expect(await list()).not.toContain("بقي منه");
  await changeEditor(database, maker.address, { role: "viewer" }, "command line", house.now());
  expect(await list()).toContain("بقي منه");
  await changeEditor(
    database,
    maker.address,
    { role: "administrator", off: true },
    "command line",
    house.now(),
  );
  expect(await list()).toContain("متوقف: ليس من صنعه");
  const { id } = (await listEditors(database.db)).find(({ address }) => address === maker.address) ?? {
    id: 0,
  };
  expect((await visit(`${path}/users/${id}/remove`)).html).toContain("\u2068CMS\u2069");
  expect((await visit(`${path}/users/${id}/remove`, {})).status).toBe(303);
  expect(await list()).toContain("أُلغي");
});

test("the audit log tells acts in words, filters them by name, and shows the name of one without words", async () => {
  const house = await openNewsroom();
  const visit = await house.enter();
  for (const act of ["pace-resume", "act-of-old"])
    await sql`insert into audit_log (at, actor, act, subject, network)
      values (${house.now().epochMilliseconds}, 'first@example.org', ${act}, ${`of ${act}`}, '')`.execute(
      house.database.db,
    );
  const arabic = (await visit(`${path}/audit?lang=ar`)).html;
  for (const part of ["<div>استئناف الإرسال إلى جهة<", 'value="pace-resume">استئناف', ">act-of-old<"])
    expect(arabic).toContain(part);
  const english = (await visit(`${path}/audit?lang=en&act=pace-resume`)).html;
  expect(english).toContain("Sending to a group resumed");
  expect(english).toContain("of pace-resume");
  expect(english).not.toContain("of act-of-old");
});

test("the audit log's choices stand in the order of the words that are read, in both languages", async () => {
  const house = await openNewsroom();
  const visit = await house.enter();
  for (const act of ["warmup-stop", "story-split", "issue-hand", "editor-set"])
    await sql`insert into audit_log (at, actor, act, subject, network)
      values (${house.now().epochMilliseconds}, 'first@example.org', ${act}, '', '')`.execute(
      house.database.db,
    );
  const choices = async (language: string) =>
    [
      ...(await visit(`${path}/audit?lang=${language}&act=pace-resume`)).html.matchAll(
        /<option dir="auto" value="([a-z]+-[a-z-]+)"/g,
      ),
    ]
      .map(([, act]) => act)
      .filter((act) => act !== "sign-in");
  expect(await choices("en")).toEqual([
    "warmup-stop",
    "editor-set",
    "issue-hand",
    "pace-resume",
    "story-split",
  ]);
  expect(await choices("ar")).toEqual([
    "pace-resume",
    "warmup-stop",
    "issue-hand",
    "editor-set",
    "story-split",
  ]);
});
