import { describe, expect, test } from "vitest";
import { economy, openRoutes } from "../subscribers.fixture.ts";

const salma = "salma@example.org";
const form = { address: salma, digest: "morning", language: "ar", website: "" };

describe("the road in", () => {
  test("form, mail, button; each GET changes nothing", async () => {
    const nashra = await openRoutes();
    const page = await nashra.get("/subscribe");
    expect(page.status).toBe(200);
    expect(page.html).toContain('<html lang="ar" dir="rtl">');
    expect(page.html).toMatch(
      /type="checkbox" name="digest" value="morning" checked.*name="digest" value="economy"\/>/,
    );

    const asked = await nashra.post("/subscribe", form);
    expect(asked.status).toBe(200);
    expect(asked.html).toContain("راجع بريدك");
    expect(nashra.woken()).toBe(1);

    const token = await nashra.confirmToken();
    const before = await nashra.everything();
    const question = await nashra.get(`/confirm/${token}`);
    expect(question.html).toContain("«صباح الخير»");
    expect(question.html).toContain(`<form class="form" method="post" action="/confirm/${token}">`);
    expect(await nashra.everything()).toEqual(before);

    const done = await nashra.post(`/confirm/${token}`, {});
    expect([done.status, done.html.includes("تمّ اشتراكك")]).toEqual([200, true]);
    expect(await nashra.standing()).toEqual({ [salma]: "mailed" });
    const again = await nashra.post(`/confirm/${token}`, {});
    expect([again.status, again.html]).toEqual([done.status, done.html]);
  });

  test("a form on another site, with nothing but an address", async () => {
    const nashra = await openRoutes();
    const asked = await nashra.post(
      "/subscribe",
      { address: salma },
      { Origin: "https://elsewhere.example", "Sec-Fetch-Site": "cross-site" },
    );
    expect(asked.status).toBe(200);
    expect(await nashra.notices()).toMatchObject([
      { address: salma, data: '{"subscriber":1,"request":1,"digests":[1]}' },
    ]);
  });

  test("whoever is known, left, suppressed, asked too often or a program gets the very same answer", async () => {
    const nashra = await openRoutes();
    const answer = async (address: string, fields = {}) => {
      const { status, headers, html } = await nashra.post("/subscribe", { ...form, address, ...fields });
      return [status, [...headers].toSorted(), html.replace(address, "ADDRESS")];
    };
    const unknown = await answer("nobody@example.org");
    for (const name of ["has", "left"]) {
      await nashra.signUp(`${name}@example.org`);
      await nashra.confirm();
    }
    await nashra.leave("left@example.org");
    await nashra.suppress("bounced@example.org");
    for (let i = 0; i < 3; i++) await nashra.signUp("often@example.org");
    const mails = (await nashra.notices()).length;
    for (const name of ["bounced", "often"]) {
      expect(await answer(`${name}@example.org`), name).toEqual(unknown);
    }
    expect(await answer("program@example.org", { website: "https://spam.example" })).toEqual(unknown);
    expect(await nashra.notices()).toHaveLength(mails);
    for (const name of ["has", "left"]) expect(await answer(`${name}@example.org`), name).toEqual(unknown);
    expect((await nashra.notices()).slice(mails).map(({ kind }) => kind)).toEqual(["preferences", "confirm"]);
  });

  test.each<[string, Record<string, string>, string]>([
    ["no address", {}, "اكتب عنوان بريدك."],
    ["a name with it", { address: "Salma <salma@example.org>" }, "اكتب العنوان وحده"],
    ["a header smuggled in", { address: "a@example.org\r\nBcc: b@example.org" }, "سطر جديد"],
    ["an unknown digest", { address: salma, digest: "evening" }, "لا نشرة بهذا الاسم"],
  ])("%s: the form again, with what is wrong", async (_, fields, words) => {
    const nashra = await openRoutes();
    const reply = await nashra.post("/subscribe", fields);
    expect(reply.status).toBe(422);
    expect(reply.html).toContain(words);
    expect(reply.html).toMatch(/aria-describedby="field-(address|digest)-error"/);
    expect(await nashra.everything()).toEqual([[], [], [], []]);
  });

  test.each<[string, Record<string, string | string[]>, Record<string, string>, object]>([
    [
      "the home page's, as it comes",
      { digest: "morning", section: ["politics", "culture", "sport"], language: "ar", from: "home" },
      {},
      { digests: [1], sections: [], language: "ar", source: "home" },
    ],
    [
      "a section's",
      { digest: ["morning", "economy"], section: "sport", language: "en", from: "section:sport" },
      { Referer: "https://news.example/sections/sport" },
      { digests: [1, 2], sections: [6], language: "en", source: "section", place: "sport" },
    ],
    [
      "a section's that the paper does not have",
      { digest: "morning", section: "sport", language: "en", from: "section:\u001b]0;x\u0007" },
      {},
      { digests: [1], sections: [6], language: "en", source: "page" },
    ],
    [
      "another site's, which has but an address",
      {},
      { Referer: "https://www.blog.example/post?id=1" },
      { digests: [1], sections: [], language: "ar", source: "embed", place: "www.blog.example" },
    ],
    [
      "another site's, which tells its origin only",
      { digest: "economy", section: ["culture", "no-such"], from: "embed" },
      { Origin: "https://blog.example" },
      { digests: [2], sections: [5], language: "ar", source: "embed", place: "blog.example" },
    ],
    [
      "another site's, as we give it, without a choice",
      { from: "embed", language: "en" },
      {},
      { digests: [1], sections: [], language: "en", source: "embed" },
    ],
    ["one of ours with nothing ticked", { from: "home" }, {}, { problem: true }],
  ])("a form says what is wished and where it stood: %s", async (_, fields, headers, wish) => {
    const nashra = await openRoutes();
    const body = new URLSearchParams({ address: salma });
    for (const [name, values] of Object.entries(fields))
      for (const value of [values].flat()) body.append(name, value);
    const { status } = await nashra.send("/subscribe", { body, headers });
    const rows = await nashra.db.selectFrom("requests").select("wish").execute();
    if ("problem" in wish) expect([status, rows]).toEqual([422, []]);
    else expect(JSON.parse(rows[0]?.wish ?? "")).toEqual({ kind: "subscribe", ...wish });
  });

  test("one's own form without any newsletter ticked is asked again", async () => {
    const nashra = await openRoutes();
    const reply = await nashra.post("/subscribe", { address: salma, from: "page" });
    expect([reply.status, reply.html.includes("اختر نشرة واحدة على الأقل.")]).toEqual([422, true]);
    expect(reply.html).not.toMatch(/name="digest" value="\w+" checked/);
  });

  test("an address chooses beforehand", async () => {
    const nashra = await openRoutes();
    const { html } = await nashra.get("/subscribe?digest=economy&section=culture&section=no-such");
    expect(html).toMatch(/name="digest" value="morning"\/>.*name="digest" value="economy" checked/);
    expect(html).toMatch(/<details class="more" open/);
    expect(
      [...html.matchAll(/name="section" value="(\w+)"( checked)?/g)].map(([, slug, ticked]) => [
        slug,
        !!ticked,
      ]),
    ).toEqual([
      ["politics", false],
      ["culture", true],
      ["sport", false],
    ]);
  });

  test("what was typed is kept, as text", async () => {
    const nashra = await openRoutes();
    const typed = `"><script>alert(1)</script>@`;
    const { html } = await nashra.post("/subscribe", { address: typed, digest: "economy" });
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;@"');
    expect(html).toMatch(/name="digest" value="morning"\/>.*name="digest" value="economy" checked/);
  });

  test("bodies are bounded; one that is no form is an empty one", async () => {
    const nashra = await openRoutes();
    expect((await nashra.post("/subscribe", { address: "a".repeat(40_000) })).status).toBe(413);
    const headers = { "Content-Type": "multipart/form-data; boundary=x" };
    expect((await nashra.send("/subscribe", { body: "no such parts", headers })).status).toBe(422);
    expect((await nashra.send("/subscribe", { body: '{"address":"a@example.org"}' })).status).toBe(422);
  });
});

describe("links", () => {
  test("a token for one thing is refused for another, and so is one that was touched", async () => {
    const nashra = await openRoutes();
    await nashra.signUp(salma);
    const confirm = await nashra.confirmToken();
    const leave = await nashra.unsubscribeToken(salma);
    const before = await nashra.everything();
    for (const path of [
      `/confirm/${leave}`,
      `/unsubscribe/${confirm}`,
      `/confirm/${confirm}x`,
      `/confirm/${confirm.slice(0, -1)}`,
      `/unsubscribe/${leave.replace(".", ".z")}`,
      "/confirm/%F0%9F%98%80",
      `/unsubscribe/${"a".repeat(5000)}`,
    ]) {
      const replies = [await nashra.get(path), await nashra.post(path, {})];
      expect(
        replies.map(({ status }) => status),
        path,
      ).toEqual([400, 400]);
      expect(replies[0]?.html).toContain("هذا الرابط غير صحيح");
    }
    expect(await nashra.everything()).toEqual(before);
  });

  test("a confirmation link ends after seven days, and when the person left since", async () => {
    const nashra = await openRoutes();
    await nashra.signUp(salma);
    const token = await nashra.confirmToken();
    expect(token).toMatch(/^[\w.-]+$/);
    const pathname = `/confirm/${token}`;
    await nashra.confirm();
    await nashra.leave(salma);
    const stale = await nashra.post(pathname, {});
    expect([stale.status, stale.html.includes("لم يعد هذا الرابط صالحًا")]).toEqual([410, true]);
    nashra.later({ hours: 24 * 7 });
    const expired = await nashra.get(pathname);
    expect([expired.status, expired.html.includes("انتهت مدة هذا الرابط")]).toEqual([410, true]);
  });

  test("their pages speak the language of the mail, unless the visitor says otherwise", async () => {
    const nashra = await openRoutes();
    await nashra.signUp(salma, economy, [], "en");
    const token = await nashra.confirmToken();
    expect((await nashra.get(`/confirm/${token}`)).html).toContain('<html lang="en" dir="ltr">');
    expect((await nashra.get(`/confirm/${token}?lang=ar`)).html).toContain('<html lang="ar" dir="rtl">');
    expect((await nashra.post(`/confirm/${token}`, {})).html).toContain("You are subscribed");
  });
});
