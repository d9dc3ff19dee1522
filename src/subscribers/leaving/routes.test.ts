import { describe, expect, test } from "vitest";
import { signToken } from "../../platform/index.ts";
import { economy, keys, morning, openRoutes, openStore } from "../subscribers.fixture.ts";
import { takeInbound } from "./inbound.ts";

const salma = "salma@example.org";

describe("the way out", () => {
  const subscribed = async () => {
    const nashra = await openRoutes();
    await nashra.signUp(salma);
    await nashra.confirm();
    return { nashra, path: `/unsubscribe/${await nashra.unsubscribeToken(salma)}` };
  };

  test.each<[string, () => RequestInit]>([
    ["urlencoded", () => ({ body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) })],
    [
      "multipart",
      () => {
        const body = new FormData();
        body.append("List-Unsubscribe", "One-Click");
        return { body };
      },
    ],
    [
      "from a stranger's origin",
      () => ({
        body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
        headers: { Origin: "https://mail.example", Cookie: "x=y" },
      }),
    ],
  ])("one click, %s: 200, no redirect, and the same again", async (_, init) => {
    const { nashra, path } = await subscribed();
    const first = await nashra.send(path, init());
    expect([first.status, first.headers.get("Location")]).toEqual([200, null]);
    expect(await nashra.standing()).toEqual({ [salma]: "left-by-one-click" });
    const after = await nashra.everything();
    nashra.later({ hours: 1 });
    const second = await nashra.send(path, init());
    expect([second.status, second.html]).toEqual([first.status, first.html]);
    expect(await nashra.everything()).toEqual(after);
  });

  test("a body of any other kind is a press on our page", async () => {
    const { nashra, path } = await subscribed();
    const headers = { "Content-Type": "multipart/form-data; boundary=x" };
    expect((await nashra.send(path, { body: "broken", headers })).status).toBe(200);
    expect(await nashra.standing()).toEqual({ [salma]: "left-by-page" });
  });

  test("a GET asks and changes nothing; the page then offers the way back", async () => {
    const { nashra, path } = await subscribed();
    const before = await nashra.everything();
    const question = await nashra.get(path);
    expect(question.html).toContain(`<form class="form" method="post" action="${path}">`);
    expect(question.headers.get("Cache-Control")).toBe("no-store");
    expect(await nashra.everything()).toEqual(before);
    const { html } = await nashra.post(path, {});
    expect(html).toContain("أُلغي اشتراكك");
    expect(html).toContain('href="/preferences"');
    expect(await nashra.standing()).toEqual({ [salma]: "left-by-page" });
  });

  test("as Gmail sends it, byte for byte", async () => {
    const { nashra, path } = await subscribed();
    const body = "List-Unsubscribe=One-Click";
    const headers = {
      "Content-Type": "application/x-www-form-urlencoded",
      "Content-Length": `${body.length}`,
    };
    const reply = await nashra.send(path, { body, headers });
    expect([reply.status, reply.headers.get("Location"), reply.headers.get("Set-Cookie")]).toEqual([
      200,
      null,
      null,
    ]);
    expect(await nashra.standing()).toEqual({ [salma]: "left-by-one-click" });
  });

  test("one press ends one digest, another all of them", async () => {
    const { nashra, path } = await subscribed();
    await nashra.signUp(salma, economy);
    await nashra.confirm();
    const question = await nashra.get(path);
    expect(question.html).toContain("ألغِ «صباح الخير» وحدها");
    expect(question.html).toMatch(/<button[^>]*name="what" value="all">ألغِ كل النشرات/);
    await nashra.post(path, {});
    expect([await nashra.standing(morning), await nashra.standing(economy)]).toEqual([
      { [salma]: "left-by-page" },
      { [salma]: "mailed" },
    ]);
    nashra.later({ minutes: 1 });
    const all = await nashra.post(path, { what: "all" });
    expect(all.html).toContain("لن نرسل إليك «نشرة الاقتصاد» بعد الآن.");
    expect(await nashra.states()).toEqual({ [salma]: "left" });
  });

  test("it is taken back by one press, as it was, within a day", async () => {
    const { nashra, path } = await subscribed();
    const { html } = await nashra.post(path, {});
    const undo = /action="(\/unsubscribe\/return\/[^"]+)"/.exec(html)?.[1] ?? "";
    const before = await nashra.everything();
    expect((await nashra.get(undo)).html).toContain("اضغط الزرّ فيعود اشتراكك كما كان");
    expect(await nashra.everything()).toEqual(before);
    nashra.later({ hours: 23 });
    const back = await nashra.post(undo, {});
    expect([back.status, back.html.includes("عاد اشتراكك")]).toEqual([200, true]);
    expect(await nashra.standing()).toEqual({ [salma]: "mailed" });
    expect((await nashra.ledger()).at(-1)).toBe(
      'returned 1 {"via":"link","token":"return/k1","network":"203.0.113.0/24"}',
    );
    const again = await nashra.post(undo, {});
    expect([again.status, again.html.includes("لم يعد التراجع ممكنًا")]).toEqual([410, true]);
    await nashra.post(path, {});
    nashra.later({ hours: 24 });
    const late = [await nashra.post(undo, {}), await nashra.get(undo)];
    expect(late.map(({ status }) => status)).toEqual([410, 410]);
    expect(await nashra.standing()).toEqual({ [salma]: "left-by-page" });
  });

  test("whoever left long ago, or was never there, is told so kindly, and nothing is noted", async () => {
    const { nashra, path } = await subscribed();
    await nashra.post(path, {});
    nashra.later({ hours: 25 });
    const before = await nashra.everything();
    const { status, html } = await nashra.post(path, {});
    expect([status, html.includes("لست مشتركًا")]).toEqual([200, true]);
    const other = await nashra.post(`/unsubscribe/${await nashra.unsubscribeToken(salma, economy)}`, {});
    expect([other.status, other.html.includes("لا تصلك «نشرة الاقتصاد» منّا")]).toEqual([200, true]);
    expect(await nashra.everything()).toEqual(before);
  });

  test("an old mail's link shows nobody's address and opens nobody's preferences", async () => {
    const { nashra, path } = await subscribed();
    for (const { html } of [
      await nashra.get(path),
      await nashra.post(path, {}),
      await nashra.post(path, {}),
    ]) {
      expect(html).not.toContain(salma);
      expect(html).not.toContain("/preferences/");
    }
  });

  test("works years later, and for whoever is known to nobody any more", async () => {
    const { nashra, path } = await subscribed();
    nashra.later({ hours: 24 * 365 * 5 });
    expect((await nashra.post(path, {})).status).toBe(200);
    const gone = await signToken(keys, "unsubscribe", [4711, 99], null);
    expect((await nashra.post(`/unsubscribe/${gone}`, {})).status).toBe(200);
  });
});

describe("by mail", () => {
  const mail = (subject: string, more = "") =>
    `From: somebody.else@example.org\r\nTo: bulletin@news.example\r\nSubject: ${subject}\r\n${more}\r\n`;

  test("a mail with the link's token in its subject lets out whom the token names, whoever sends it", async () => {
    const nashra = await openRoutes();
    await nashra.signUp(salma);
    await nashra.confirm();
    const body = mail(`leave-${await nashra.unsubscribeToken(salma)}`);
    expect(await nashra.inbound(body)).toEqual({ did: "left", subscriber: 1, digest: "morning" });
    expect(await nashra.standing()).toEqual({ [salma]: "left-by-mail" });
    expect((await nashra.ledger()).at(-1)).toBe('left 1 {"by":"mail","via":"mail","token":"unsubscribe/k1"}');
    expect(await nashra.inbound(body)).toEqual({ did: "had-left", subscriber: 1, digest: "morning" });
  });

  test.each<[string, (token: string) => string, string]>([
    ["a token for another thing", () => "", "unknown-link"],
    [
      "a token that was touched",
      (token) => token.replace(/.$/, (end) => (end === "A" ? "B" : "A")),
      "unknown-link",
    ],
    ["no token", () => "hello", "nothing-of-ours"],
  ])("%s does nothing, and the answer says why", async (what, touched, why) => {
    const nashra = await openRoutes();
    await nashra.signUp(salma);
    await nashra.confirm();
    const other = await nashra.token("preferences", { subscriber: (await nashra.personAt(salma)).id });
    const token = what.includes("another") ? other : touched(await nashra.unsubscribeToken(salma));
    const before = await nashra.everything();
    expect(await nashra.inbound(mail(`leave-${token}`))).toMatchObject({ did: "ignored", why });
    expect(await nashra.everything()).toEqual(before);
  });

  test("an answer to a message that is none of ours does nothing", async () => {
    const nashra = await openRoutes();
    const body = `${mail("Re: news", "In-Reply-To: <delivery.1.aaaaaaaaaaaaaaaaaaaaaaaa@news.example>\r\n")}stop\r\n`;
    expect(await nashra.inbound(body)).toMatchObject({ did: "ignored", why: "unknown-message" });
  });

  test.each<[string, object]>([
    ["stop", { did: "left", subscriber: 1, digest: "1" }],
    ["Thank you!", { did: "ignored", why: "no-word" }],
  ])("an answer to a message of ours: %s", async (said, outcome) => {
    const store = await openStore();
    await store.signUp(salma);
    await store.confirm();
    const { id: subscriber } = await store.personAt(salma);
    const mailOf = { readerOf: async () => ({ subscriber, digest: morning }) };
    const deps = { database: store.database, keys, now: store.now, digests: async () => [], mail: mailOf };
    const body = `${mail("Re: news", "In-Reply-To: <1@news.example>\r\n")}${said}\r\n`;
    expect(await takeInbound(deps, new TextEncoder().encode(body))).toMatchObject(outcome);
  });
});
