import { describe, expect, test } from "vitest";
import { economy, morning, openRoutes } from "../subscribers.fixture.ts";
import { readPause } from "./read.ts";

const salma = "salma@example.org";

async function subscribed(digests: number[] = [morning]) {
  const nashra = await openRoutes();
  await nashra.signUp(salma, digests);
  await nashra.confirm();
  const subscriber = (await nashra.personAt(salma)).id;
  const path = `/preferences/${await nashra.token("preferences", { subscriber })}`;
  const post = (to: string, fields: Record<string, string | string[]>) => {
    const body = new URLSearchParams();
    for (const [name, values] of Object.entries(fields))
      for (const value of [values].flat()) body.append(name, value);
    return nashra.send(path + to, { body });
  };
  return { nashra, subscriber, path, post };
}

describe("the page", () => {
  test("shows what comes, in the language of the mails, and is nobody else's", async () => {
    const { nashra, path } = await subscribed();
    const before = await nashra.everything();
    const { status, html, headers } = await nashra.get(path);
    expect(status).toBe(200);
    expect([headers.get("Cache-Control"), html.includes('content="noindex"')]).toEqual(["no-store", true]);
    expect(html).toContain(salma);
    expect(html).toMatch(/name="digest" value="1" checked.*name="digest" value="2"\/>/);
    expect(html).toContain("الأقسام: كلها");
    expect(await nashra.everything()).toEqual(before);
  });

  test("saves, says so by a GET, and shows it", async () => {
    const { nashra, path, post } = await subscribed();
    const saved = await post("", {
      digest: ["1", "2"],
      "sections-1": ["politics", "sport"],
      "frequency-1": "daily",
      "sections-2": ["politics", "culture", "sport"],
      "frequency-2": "each",
      language: "en",
    });
    expect([saved.status, saved.headers.get("Location")]).toEqual([303, `${path}?done=saved`]);
    const { html } = await nashra.get(`${path}?done=saved`);
    expect(html).toContain("Your preferences are saved.");
    expect(html).toContain("Sections: 2 of 3");
    expect(html).toContain("Sections: all");
    expect(html).toMatch(/name="frequency-1" value="daily" checked/);
    expect(await nashra.standing(economy)).toEqual({ [salma]: "mailed" });
  });

  test("a digest of several hours comes at those that are chosen; at all where none is", async () => {
    const { nashra, path, post } = await subscribed([morning, economy]);
    const all = { digest: "2", "sections-2": ["politics", "culture", "sport"] };
    const slots = async () =>
      (
        await nashra.db.selectFrom("subscriptions").select("slots").where("digest_id", "=", economy).execute()
      )[0]?.slots;
    expect((await nashra.get(path)).html).toMatch(
      /value="morning" checked.*الصباح، 07:00.*value="evening" checked/,
    );
    await post("", { ...all, "slots-2": ["evening", "no-such"] });
    expect(await slots()).toBe('["evening"]');
    expect((await nashra.get(path)).html).toMatch(
      /name="slots-2" value="morning"\/>.*value="evening" checked/,
    );
    await post("", { ...all, "slots-2": ["morning", "evening"] });
    expect(await slots()).toBe("");
    await post("", { ...all, "slots-2": "morning" });
    await post("", all);
    expect(await slots()).toBe("");
  });

  test("a digest without any section is asked about, and nothing of it is saved", async () => {
    const { nashra, post } = await subscribed();
    const before = await nashra.everything();
    const { status, html } = await post("", { digest: ["1", "2"], "sections-1": "politics", language: "en" });
    expect([status, html.includes("اختر قسمًا واحدًا على الأقل")]).toEqual([422, true]);
    expect(html).toMatch(/<details class="more" open/);
    expect(html).toContain("الأقسام: قسم واحد من 3");
    expect(await nashra.everything()).toEqual(before);
  });

  test("values that no page of ours has are none", async () => {
    const { nashra, post } = await subscribed();
    await post("", {
      digest: ["1", "99", "x"],
      "sections-1": ["politics", "no-such"],
      "frequency-1": "hourly",
      language: "fr",
    });
    const rows = await nashra.db
      .selectFrom("subscriptions")
      .select(["digest_id", "sections", "frequency"])
      .execute();
    expect(rows).toEqual([{ digest_id: 1, sections: "[4]", frequency: "each" }]);
    expect((await nashra.personAt(salma)).language).toBe("ar");
  });
});

describe("a pause", () => {
  test("of two weeks, shown with its end, and ended", async () => {
    const { nashra, path, post } = await subscribed([morning, economy]);
    expect((await post("/pause", { days: "14", until: "" })).headers.get("Location")).toBe(path);
    expect(await nashra.standing()).toEqual({ [salma]: "paused" });
    expect((await nashra.get(path)).html).toContain("نشراتك متوقفة حتى 15 آذار/مارس 2026.");
    expect((await post("/resume", {})).headers.get("Location")).toBe(`${path}?done=resumed`);
    expect(await nashra.standing()).toEqual({ [salma]: "mailed" });
  });

  test.each([
    [{ until: "2026-03-01" }],
    [{ until: "2027-03-02" }],
    [{ until: "2026-02-30" }],
    [{ until: "soon" }],
    [{ days: "15" }],
    [{}],
  ])("%j is asked about", async (fields) => {
    const { nashra, post } = await subscribed();
    const { status, html } = await post("/pause", fields);
    expect([status, html.includes("اختر يومًا بعد اليوم")]).toEqual([422, true]);
    expect(await nashra.standing()).toEqual({ [salma]: "mailed" });
  });

  test.each([
    ["Asia/Beirut", "2026-03-01T05:00:00Z", { days: "7", until: "" }, "2026-03-07T22:00:00Z"],
    ["Asia/Beirut", "2026-03-01T22:30:00Z", { days: "7", until: "" }, "2026-03-08T22:00:00Z"], // a day later there
    ["Asia/Beirut", "2026-03-01T05:00:00Z", { days: "14", until: "2026-03-05" }, "2026-03-04T22:00:00Z"],
    ["Asia/Beirut", "2026-03-20T05:00:00Z", { days: "14", until: "2026-03-29" }, "2026-03-28T22:00:00Z"], // has no 00:00
  ])("in %s at %s, %j ends at %s", (zone, now, given, end) => {
    const fields = {
      one: (name: string) => new Map(Object.entries(given)).get(name) ?? "",
      all: () => [],
      sent: () => [],
    };
    expect(readPause(fields, zone, Temporal.Instant.from(now))?.toString()).toBe(end);
  });
});

describe("another address", () => {
  test("is asked there, confirmed by a press, and told here", async () => {
    const { nashra, subscriber, path, post } = await subscribed();
    const asked = await post("/address", { address: "Salma@New.example" });
    expect([asked.status, asked.html.includes("Salma@New.example")]).toEqual([200, true]);
    expect(nashra.woken()).toBe(1);
    const change = JSON.parse((await nashra.notices()).at(-1)?.data ?? "{}").change;
    const link = `/preferences/address/${await nashra.token("address", { subscriber, change })}`;
    const before = await nashra.everything();
    const question = await nashra.get(link);
    expect(question.html).toContain("Salma@new.example");
    expect(await nashra.everything()).toEqual(before);
    const moved = await nashra.post(link, {});
    expect([moved.status, moved.html.includes("تغيّر عنوانك")]).toEqual([200, true]);
    expect(await nashra.standing()).toEqual({ "Salma@new.example": "mailed" });
    expect((await nashra.notices()).at(-1)).toMatchObject({ kind: "moved", address: salma });
    // The link lies in a mailbox that may be somebody else's by now.
    const old = await nashra.get(path);
    expect([old.status, old.html.includes("Salma@new.example")]).toEqual([410, false]);
    nashra.later({ hours: 49 });
    expect((await nashra.get(link)).status).toBe(410);
  });

  test.each<[string, string, string]>([
    ["no address", "salma", "علامة @"],
    ["the one it is", "SALMA@example.org", "هذا هو عنوانك الآن."],
  ])("%s is refused, and the page keeps what was typed", async (_, typed, words) => {
    const { nashra, post } = await subscribed();
    const { status, html } = await post("/address", { address: typed });
    expect([status, html.includes(words), html.includes(`value="${typed}"`)]).toEqual([422, true, true]);
    expect(await nashra.notices()).toHaveLength(1);
  });

  test("the page is the same whether the new address is a subscriber's, nobody's, or must not be mailed", async () => {
    const { nashra, post } = await subscribed();
    for (const name of ["has", "left"]) {
      await nashra.signUp(`${name}@example.org`);
      await nashra.confirm();
    }
    await nashra.leave("left@example.org", null);
    const answer = async (address: string) => {
      const { status, html } = await post("/address", { address });
      return [status, html.replace(address, "ADDRESS")];
    };
    const unknown = await answer("nobody@example.org");
    for (const name of ["has", "left"]) expect(await answer(`${name}@example.org`), name).toEqual(unknown);
    await nashra.suppress("gone@example.org", "complaint");
    const mails = (await nashra.notices()).length;
    expect(await answer("gone@example.org")).toEqual(unknown);
    expect(await nashra.notices()).toHaveLength(mails);
  });
});

describe("what we hold", () => {
  test("comes as a file, whole", async () => {
    const { nashra, post } = await subscribed([morning, economy]);
    await post("", {
      digest: ["1", "2"],
      "sections-1": "politics",
      "sections-2": ["politics", "culture", "sport"],
    });
    const reply = await post("/export", {});
    expect(reply.headers.get("Content-Disposition")).toBe('attachment; filename="subscription.json"');
    expect(reply.headers.get("Cache-Control")).toBe("no-store");
    const at = nashra.now().toString();
    expect(JSON.parse(reply.html)).toMatchObject({
      subscriber: { address: salma, state: "confirmed", language: "ar", source: "page", confirmed_at: at },
      suppression: null,
      subscriptions: [
        { digest: "صباح الخير", state: "active", sections: ["سياسة"], frequency: "each", since: at },
        { digest: "نشرة الاقتصاد", state: "active", sections: "all" },
      ],
      consents: [
        { act: "changed", digest: "صباح الخير", proof: { via: "link", network: "203.0.113.0/24" } },
        { act: "confirmed" },
        { act: "confirmed" },
        { act: "asked" },
        { act: "asked" },
      ],
      requests: [{ at, address: salma, network: "203.0.113.0/24", wish: { kind: "subscribe" } }],
    });
  });

  test("is erased by a press on a page of its own that says what it means", async () => {
    const { nashra, path, post } = await subscribed();
    const before = await nashra.everything();
    expect((await nashra.get(`${path}/erase`)).html).toContain("لا رجعة بعد هذا.");
    expect(await nashra.everything()).toEqual(before);
    const erased = await post("/erase", {});
    expect([erased.status, erased.html.includes("مُحي كل شيء")]).toEqual([200, true]);
    expect(JSON.stringify(await nashra.everything())).not.toMatch(/salma|203\.0/);
    for (const reply of [await nashra.get(path), await post("/erase", {}), await post("", { digest: "1" })])
      expect([reply.status, reply.html.includes("لا شيء محفوظ هنا")]).toEqual([410, true]);
  });
});

test("leaving all is taken back on the same page", async () => {
  const { nashra, path, post } = await subscribed([morning, economy]);
  const { html } = await post("/leave", {});
  expect(html).toContain("لن نرسل إليك «صباح الخير، نشرة الاقتصاد» بعد الآن.");
  expect(await nashra.states()).toEqual({ [salma]: "left" });
  expect((await nashra.get(path)).html).toContain("لا تصلك أي نشرة الآن");
  await nashra.post(/action="(\/unsubscribe\/return\/[^"]+)"/.exec(html)?.[1] ?? "", {});
  expect(await nashra.states()).toEqual({ [salma]: "confirmed" });
});

describe("the way there", () => {
  test("whoever is known, unknown or must not be mailed gets the very same page; the link goes to who is known", async () => {
    const { nashra } = await subscribed();
    await nashra.signUp("left@example.org");
    await nashra.confirm();
    await nashra.leave("left@example.org", null);
    await nashra.signUp("bounced@example.org");
    await nashra.confirm();
    await nashra.suppress("bounced@example.org");
    const mails = (await nashra.notices()).length;
    const answer = async (address: string, fields = {}) => {
      const { status, headers, html } = await nashra.post("/preferences", { address, ...fields });
      return [status, [...headers].toSorted(), html.replace(address, "ADDRESS")];
    };
    const unknown = await answer("nobody@example.org");
    for (const address of [salma, "left@example.org", "bounced@example.org"])
      expect(await answer(address), address).toEqual(unknown);
    expect(await answer("left@example.org", { website: "x" })).toEqual(unknown);
    expect((await nashra.notices()).slice(mails).map(({ kind, address }) => [kind, address])).toEqual([
      ["preferences", salma],
      ["preferences", "left@example.org"],
    ]);
    expect((await nashra.post("/preferences", { address: "salma" })).status).toBe(422);
  });

  test("a link that is too old shows nothing, and one press has another sent to the address on file", async () => {
    const { nashra, path, post } = await subscribed();
    nashra.later({ hours: 24 * 90 });
    const before = await nashra.everything();
    for (const reply of [await nashra.get(path), await post("", { digest: "2" }), await post("/erase", {})]) {
      expect([reply.status, reply.html.includes("انتهت مدة هذا الرابط")]).toEqual([410, true]);
      expect(reply.html).not.toContain(salma);
      expect(reply.html).toContain(`action="${path}/link"`);
    }
    expect(await nashra.everything()).toEqual(before);
    const mails = (await nashra.notices()).length;
    for (let i = 0; i < 5; i++) expect((await post("/link", {})).html).not.toContain(salma);
    expect((await nashra.notices()).slice(mails).map(({ kind, address }) => [kind, address])).toEqual(
      Array(3).fill(["preferences", salma]),
    );
  });

  test("a token for another thing opens nothing", async () => {
    const { nashra, subscriber } = await subscribed();
    const leave = await nashra.unsubscribeToken(salma);
    const before = await nashra.everything();
    const back = await nashra.token("return", { subscriber, leftAt: nashra.now() });
    for (const token of [leave, back, `${leave}x`, "abc"]) {
      for (const path of ["", "/erase", "/export", "/pause", "/resume", "/leave", "/address", "/link"])
        expect((await nashra.post(`/preferences/${token}${path}`, {})).status, path).toBe(400);
      expect((await nashra.get(`/preferences/${token}`)).status).toBe(400);
      expect((await nashra.post(`/preferences/address/${token}`, {})).status).toBe(400);
    }
    expect(await nashra.everything()).toEqual(before);
  });
});
