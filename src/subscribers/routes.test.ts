import { describe, expect, test } from "vitest";
import { signToken } from "../platform/index.ts";
import { economy, keys, openRoutes } from "./subscribers.fixture.ts";

const salma = "salma@example.org";
const form = { address: salma, digest: "morning", language: "ar", website: "" };

describe("the road in", () => {
  test("form, mail, button; each GET changes nothing", async () => {
    const nashra = await openRoutes();
    const page = await nashra.get("/subscribe");
    expect(page.status).toBe(200);
    expect(page.html).toContain('<html lang="ar" dir="rtl">');
    expect(page.html).toContain('<option value="economy">نشرة الاقتصاد</option>');

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
    expect(reply.html).toContain('aria-invalid="true"');
    expect(await nashra.everything()).toEqual([[], [], [], []]);
  });

  test("what was typed is kept, as text", async () => {
    const nashra = await openRoutes();
    const typed = `"><script>alert(1)</script>@`;
    const { html } = await nashra.post("/subscribe", { address: typed, digest: "economy" });
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;@"');
    expect(html).toMatch(/<option value="economy" selected/);
  });

  test("bodies are bounded; one that is no form is an empty one", async () => {
    const nashra = await openRoutes();
    expect((await nashra.post("/subscribe", { address: "a".repeat(20_000) })).status).toBe(413);
    const headers = { "Content-Type": "multipart/form-data; boundary=x" };
    expect((await nashra.send("/subscribe", { body: "no such parts", headers })).status).toBe(422);
    expect((await nashra.send("/subscribe", { body: '{"address":"a@example.org"}' })).status).toBe(422);
  });
});

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
    expect(html).toContain('href="/subscribe"');
    expect(await nashra.standing()).toEqual({ [salma]: "left-by-page" });
  });

  test("works years later, and for whoever is known to nobody any more", async () => {
    const { nashra, path } = await subscribed();
    nashra.later({ hours: 24 * 365 * 5 });
    expect((await nashra.post(path, {})).status).toBe(200);
    const gone = await signToken(keys, "unsubscribe", [4711, 99], null);
    expect((await nashra.post(`/unsubscribe/${gone}`, {})).status).toBe(200);
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
    expect([stale.status, stale.html.includes("لم يعد هذا الرابط صالحاً")]).toEqual([410, true]);
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
