// The hub as subscribers meet it: real HTTP both ways, real SQLite, the real door, a set clock.
import { createHmac } from "node:crypto";
import { sql } from "kysely";
import { afterEach, describe, expect, test } from "vitest";
import type { SignatureMethod } from "../config.ts";
import { type Got, openHub, type Say, site, startCallback, willing } from "./subscriber.fixture.ts";

const running: { stop: () => Promise<void> }[] = [];
async function callback(...options: Parameters<typeof startCallback>) {
  const started = await startCallback(...options);
  running.push(started);
  return started;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((it) => it.stop()));
});

const all = new URL("/feeds/all.rss", site).href;
const signed = (method: string, secret: string, { body }: Pick<Got, "body">) =>
  `${method}=${createHmac(method, secret).update(body).digest("hex")}`;

describe("subscribing", () => {
  test("the callback is asked with a random challenge, and then gets what is published, as it is polled", async () => {
    const hub = openHub();
    const reader = await callback();
    expect(await hub.ask(reader.at("/push?id=7&x=a+b"), { "hub.lease_seconds": "86400" })).toBe(202);
    const [question] = reader.got;
    expect(question?.url).toMatch(/^\/push\?id=7&x=a\+b&hub\.mode=subscribe&/);
    expect(question?.query.get("hub.topic")).toBe(all);
    expect(question?.query.get("hub.lease_seconds")).toBe("86400");
    expect(question?.query.get("hub.challenge")).toMatch(/^[\w-]{43}$/);
    expect(await hub.subscriptions()).toMatchObject([
      { callback: reader.at("/push?id=7&x=a+b"), lease_ends_at: hub.now().epochMilliseconds + 86_400_000 },
    ]);

    await hub.publish("all");
    await hub.run();
    const [push, ...more] = reader.pushes();
    expect(more).toEqual([]);
    expect(push?.url).toBe("/push?id=7&x=a+b");
    expect(push?.body.toString()).toBe(hub.feeds.textOf("/feeds/all.rss"));
    expect(push?.headers).toMatchObject({
      "content-type": "application/rss+xml; charset=utf-8",
      link: `<https://news.example/websub>; rel="hub", <${all}>; rel="self"`,
    });
    expect(push?.headers["x-hub-signature"]).toBeUndefined();
    expect(hub.counted).toEqual(["verification ok", "push ok"]);

    await hub.run(); // nothing new, nothing sent
    expect(reader.pushes()).toHaveLength(1);
  });

  test("each request has a challenge of its own", async () => {
    const hub = openHub();
    const reader = await callback();
    for (let i = 0; i < 5; i++) await hub.ask(reader.at("/"));
    expect(new Set(reader.questions().map(({ query }) => query.get("hub.challenge"))).size).toBe(5);
  });

  test.each<[string, (got: Got) => ReturnType<typeof willing>]>([
    ["404", () => ({ status: 404 })],
    ["something else", () => ({ status: 200, body: "yes" })],
    [
      "the challenge in a page",
      ({ query }) => ({ status: 200, body: `<p>${query.get("hub.challenge")}</p>` }),
    ],
    [
      "more than anybody reads",
      ({ query }) => ({ status: 200, body: `${query.get("hub.challenge")}${" ".repeat(99_999)}` }),
    ],
  ])("a callback that answers %s is not subscribed, and what was stays", async (_, say) => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"), { "hub.secret": "old" });
    const before = await hub.subscriptions();
    reader.saying(say);
    await hub.ask(reader.at("/"), { "hub.secret": "new" });
    await hub.ask(reader.at("/other"), { "hub.secret": "new" });
    await hub.ask(reader.at("/"), { "hub.mode": "unsubscribe" });
    expect(await hub.subscriptions()).toEqual(before);
    expect(await hub.asks()).toEqual([]);
    expect(hub.counted).toEqual(["verification ok", ...Array(3).fill("verification dropped")]);
  });

  test("a renewal replaces secret and lease, but not before it was meant", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"), { "hub.secret": "old" });
    hub.wait(86_400);
    reader.saying((got) => (got.method === "GET" ? { status: 500 } : { status: 200 }));
    await hub.ask(reader.at("/"), { "hub.secret": "new", "hub.lease_seconds": "864000" });
    await hub.publish("all");
    await hub.run();
    reader.saying(willing);
    hub.wait(60);
    await hub.run();
    await hub.publish("all");
    await hub.run();
    const [first, second] = reader.pushes();
    expect(first && signed("sha256", "old", first)).toBe(first?.headers["x-hub-signature"]);
    expect(second && signed("sha256", "new", second)).toBe(second?.headers["x-hub-signature"]);
    expect(await hub.subscriptions()).toMatchObject([
      { lease_ends_at: hub.now().epochMilliseconds + 864_000_000 },
    ]);
  });

  test("the lease counts from the question, not from the answer", async () => {
    const hub = openHub();
    const reader = await callback((got) => {
      hub.wait(9);
      return willing(got);
    });
    await hub.ask(reader.at("/"), { "hub.lease_seconds": "3600" });
    expect(await hub.subscriptions()).toMatchObject([
      { lease_ends_at: hub.now().epochMilliseconds + 3_591_000 },
    ]);
  });

  test("without a renewal it ends when its lease does", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"), { "hub.lease_seconds": "3600" });
    hub.wait(3600);
    await hub.publish("all");
    await hub.run();
    expect(reader.pushes()).toEqual([]);
    expect(await hub.subscriptions()).toEqual([]);
  });

  test("who unsubscribes and means it gets nothing more", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"));
    await hub.ask(reader.at("/"), { "hub.mode": "unsubscribe" });
    expect(reader.got.at(-1)?.query.get("hub.mode")).toBe("unsubscribe");
    await hub.publish("all");
    await hub.run();
    expect(reader.pushes()).toEqual([]);
    expect(await hub.subscriptions()).toEqual([]);
  });

  test("an old address of a section counts as its new one; the callback is asked in its own words", async () => {
    const hub = openHub();
    const reader = await callback();
    const old = new URL("/feeds/section/old.atom", site);
    const to = new URL("/feeds/section/a.atom", site);
    hub.feeds.answer("/feeds/section/old.atom", { kind: "redirect", status: 301, to });
    await hub.ask(reader.at("/"), { "hub.topic": old.href });
    expect(reader.got[0]?.query.get("hub.topic")).toBe(old.href);
    await hub.ask(reader.at("/"), { "hub.topic": to.href });
    expect(await hub.subscriptions()).toMatchObject([{ topic: to.href }]);
    await hub.publish("section/1");
    await hub.run();
    expect(reader.pushes()[0]?.headers["link"]).toContain(`<${to.href}>; rel="self"`);
  });

  test("a callback that does not answer is asked again and again, by a restarted hub too, and then forgotten", async () => {
    const hub = openHub();
    const reader = await callback(() => "hang up");
    expect(await hub.ask(reader.at("/"))).toBe(202);
    for (const seconds of [60, 120, 240, 480]) {
      hub.wait(seconds - 1);
      await hub.restarted().run();
      hub.wait(1);
      await hub.restarted().run();
    }
    expect(reader.got).toHaveLength(5);
    expect(await hub.asks()).toEqual([]);
    hub.wait(86_400);
    await hub.run();
    expect(reader.got).toHaveLength(5);
  });

  test("a feed that changed between the request and the answer is pushed at once", async () => {
    const hub = openHub();
    const reader = await callback(async (got) => {
      if (got.method === "GET") await hub.publish("all");
      return willing(got);
    });
    await hub.ask(reader.at("/"));
    expect(reader.pushes().map(({ body }) => body.toString())).toEqual([hub.feeds.textOf("/feeds/all.rss")]);
  });
});

describe("pushing", () => {
  test.each<[SignatureMethod]>([["sha1"], ["sha256"], ["sha384"], ["sha512"]])(
    "signed by %s",
    async (method) => {
      const hub = openHub({ signatures: method === "sha256" ? new Map() : new Map([["127.0.0.1", method]]) });
      const reader = await callback();
      await hub.ask(reader.at("/"), { "hub.secret": "سرّ & more" });
      await hub.publish("all");
      await hub.run();
      const [push] = reader.pushes();
      if (!push) throw new Error("nothing was pushed");
      expect(push.headers["x-hub-signature"]).toBe(signed(method, "سرّ & more", push));
    },
  );

  test("each subscriber gets its own format, and a mix when one of its sections changes", async () => {
    const hub = openHub();
    const reader = await callback();
    for (const path of ["/feeds/all.json", "/feeds/section/b.atom", "/feeds/mix.atom?sections=a,b"])
      await hub.ask(reader.at(`/?${encodeURIComponent(path)}`), { "hub.topic": new URL(path, site).href });
    await hub.publish("all", "section/1");
    await hub.run();
    const got = () =>
      reader
        .pushes()
        .map(({ url, headers }) => [decodeURIComponent(url.slice(2)), headers["content-type"]])
        .sort();
    expect(got()).toEqual([
      ["/feeds/all.json", "application/feed+json; charset=utf-8"],
      ["/feeds/mix.atom?sections=a,b", "application/atom+xml; charset=utf-8"],
    ]);
    await hub.publish("section/2", "section/1#3", "house");
    await hub.run();
    expect(got().slice(2)).toEqual(
      [
        ["/feeds/mix.atom?sections=a,b", "application/atom+xml; charset=utf-8"],
        ["/feeds/section/b.atom", "application/atom+xml; charset=utf-8"],
      ].sort(),
    );
  });

  test("a callback that is away gets the newest when it is back; the waiting grows and outlives a restart", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"));
    reader.saying(() => ({ status: 503 }));
    await hub.publish("all");
    await hub.run();
    for (const [i, seconds] of [60, 120, 240].entries()) {
      hub.wait(seconds - 1);
      await hub.restarted().run();
      expect(reader.pushes()).toHaveLength(i + 1);
      hub.wait(1);
      await hub.restarted().run();
      expect(reader.pushes()).toHaveLength(i + 2);
    }
    expect(await hub.subscriptions()).toMatchObject([{ tries: 4, last_error: "it answered 503" }]);
    await hub.publish("all");
    await hub.run(); // news do not cut the waiting short
    expect(reader.pushes()).toHaveLength(4);
    reader.saying(willing);
    hub.wait(480);
    await hub.restarted().run();
    expect(reader.pushes().at(-1)?.body.toString()).toBe(hub.feeds.textOf("/feeds/all.rss"));
    expect(reader.pushes()).toHaveLength(5);
    expect(await hub.subscriptions()).toMatchObject([{ tries: 0, last_error: null, due_at: null }]);
    expect(hub.counted).toEqual(["verification ok", ...Array(4).fill("push failed"), "push ok"]);
  });

  test("an asked-for delay is kept", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"));
    reader.saying(() => ({ status: 429, headers: { "Retry-After": "1800" } }));
    await hub.publish("all");
    await hub.run();
    hub.wait(1799);
    await hub.run();
    expect(reader.pushes()).toHaveLength(1);
    hub.wait(1);
    await hub.run();
    expect(reader.pushes()).toHaveLength(2);
  });

  test("410 ends it", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"));
    reader.saying(() => ({ status: 410 }));
    await hub.publish("all");
    await hub.run();
    expect(await hub.subscriptions()).toEqual([]);
    expect(hub.counted.at(-1)).toBe("push dropped");
  });

  test("a publish during a push leads to another push, in the same run", async () => {
    const hub = openHub();
    let published = false;
    const reader = await callback(async (got) => {
      if (got.method === "POST" && !published) {
        published = true;
        await hub.publish("all");
        await hub.restarted().run();
      }
      return willing(got);
    });
    await hub.ask(reader.at("/"));
    await hub.publish("all");
    await hub.run();
    const bodies = reader.pushes().map(({ body }) => body.toString());
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(hub.feeds.textOf("/feeds/all.rss"));
  });

  test("however many run at once, each callback gets it once", async () => {
    const hub = openHub();
    const reader = await callback();
    for (let i = 0; i < 12; i++) await hub.ask(reader.at(`/${i}`));
    await hub.publish("all");
    await Promise.all(Array.from({ length: 6 }, () => hub.restarted().run()));
    expect(
      reader
        .pushes()
        .map(({ url }) => url)
        .sort(),
    ).toEqual(Array.from({ length: 12 }, (_, i) => `/${i}`).sort());
  });

  test("each of two hundred is pushed and booked, however many end together", async () => {
    const hub = openHub();
    const reader = await callback();
    const [count, ms] = [200, hub.now().epochMilliseconds];
    await sql`insert into websub_subscriptions (topic, asked_topic, callback, host, began_at, lease_ends_at, due_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
      select ${all}, ${all}, ${reader.at("/")} || i, 'host-' || i % 50, ${ms}, ${ms + 3_600_000}, ${ms} from n`.execute(
      hub.database.db,
    );
    hub.wait(1);
    await hub.run();
    expect(new Set(reader.pushes().map(({ url }) => url)).size).toBe(count);
    expect(reader.pushes()).toHaveLength(count);
    for (const it of await hub.subscriptions())
      expect(it).toMatchObject({ worker: null, due_at: null, pushed_at: hub.now().epochMilliseconds });
  });

  test("a host that does not answer holds up nobody", async () => {
    const hub = openHub({ lanes: 4, allow: [{ address: "127.0.0.0", prefix: 8, family: "ipv4" }] });
    const slow = await callback(willing, "127.0.0.2");
    const quick = await callback();
    await hub.ask(quick.at("/"));
    let hangUp = (_: Say) => {};
    const said = new Promise<Say>((resolve) => {
      hangUp = resolve;
    });
    slow.saying(() => said);
    const ms = hub.now().epochMilliseconds;
    await sql`insert into websub_subscriptions (topic, asked_topic, callback, host, began_at, lease_ends_at, due_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)
      select ${all}, ${all}, ${slow.at("/")} || i, '127.0.0.2', ${ms}, ${ms + 3_600_000}, ${ms} from n`.execute(
      hub.database.db,
    );
    hub.wait(1);
    await hub.publish("all");
    const run = hub.run();
    await expect.poll(() => quick.pushes().length, { timeout: 5000 }).toBe(1);
    await expect.poll(() => slow.pushes().length, { timeout: 5000 }).toBe(2); // half of the lanes, and no more
    await hub.publish("all");
    await hub.restarted().run(); // another publish finds its way meanwhile
    expect(quick.pushes()).toHaveLength(2);
    hangUp("hang up");
    await run;
    expect(slow.pushes()).toHaveLength(2); // no answer: its others wait for the next run
  });

  test("nothing is begun when the time is over or a stop was asked for", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"));
    await hub.publish("all");
    const stop = new AbortController();
    stop.abort();
    expect(await hub.runUntil(hub.now())).toBe(0);
    expect(await hub.runUntil(hub.now().add({ seconds: 9 }), stop.signal)).toBe(0);
    expect(reader.pushes()).toEqual([]);
    expect(await hub.run()).toBe(1);
  });
});

describe("a feed that is no more", () => {
  const gone = {
    kind: "refused",
    status: 410,
    why: "This section is closed: its feed will not come back.",
  } as const;
  const topic = new URL("/feeds/section/a.atom", site).href;

  test("its subscribers are told so, once, and hear no more", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/?x"), { "hub.topic": topic });
    hub.feeds.answer("/feeds/section/a.atom", gone);
    await hub.publish("section/1");
    await hub.run();
    const denial = reader.got.at(-1)?.query;
    expect([denial?.get("hub.mode"), denial?.get("hub.topic"), denial?.get("hub.reason")]).toEqual([
      ...["denied", topic, gone.why],
    ]);
    expect(await hub.subscriptions()).toEqual([]);
    const { length } = reader.got;
    await hub.publish("section/1");
    await hub.run();
    expect(reader.got).toHaveLength(length);
    expect(hub.counted.at(-1)).toBe("denial ok");
  });

  test("who cannot be told now is told later", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"), { "hub.topic": topic });
    hub.feeds.answer("/feeds/section/a.atom", gone);
    reader.saying(() => "hang up");
    await hub.publish("section/1");
    await hub.run();
    reader.saying(willing);
    hub.wait(60);
    await hub.restarted().run();
    expect(reader.questions().map(({ query }) => query.get("hub.mode"))).toEqual([
      "subscribe",
      "denied",
      "denied",
    ]);
    expect(await hub.asks()).toEqual([]);
  });

  test("one cannot subscribe to it, but leave it", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"), { "hub.topic": topic });
    hub.feeds.answer("/feeds/section/a.atom", gone);
    const reply = await hub.post({
      "hub.mode": "subscribe",
      "hub.topic": topic,
      "hub.callback": reader.at("/2"),
    });
    expect([reply.status, await reply.text()]).toEqual([410, expect.stringContaining("closed")]);
    expect(await hub.ask(reader.at("/"), { "hub.topic": topic, "hub.mode": "unsubscribe" })).toBe(202);
    expect(await hub.subscriptions()).toEqual([]);
  });

  test("a feed that moved is pushed under its new address, and is one subscription for who subscribes anew", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"), { "hub.topic": topic });
    const to = new URL("/feeds/section/b.atom", site);
    hub.feeds.answer("/feeds/section/a.atom", { kind: "redirect", status: 301, to });
    await hub.publish("section/1");
    await hub.run();
    expect(reader.pushes()[0]?.headers["link"]).toContain(`<${to.href}>; rel="self"`);
    await hub.ask(reader.at("/"), { "hub.topic": to.href });
    expect(await hub.subscriptions()).toMatchObject([{ topic: to.href }]);
  });
});

describe("addresses inside the operator's network", () => {
  test.each([
    "http://127.0.0.1:1/",
    "http://[::1]:1/",
    "http://localhost:1/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0/",
  ])("%s is never called, and forgotten", async (url) => {
    const hub = openHub({ allow: [] });
    expect(await hub.ask(url)).toBe(202); // the answer says nothing of what is inside (§5.1.2)
    expect(hub.counted).toEqual(["verification dropped"]);
    expect([...(await hub.asks()), ...(await hub.subscriptions())]).toEqual([]);
  });

  test("a server that listens there hears nothing, by its address or by a name", async () => {
    const hub = openHub({ allow: [] });
    const inside = await callback();
    await hub.ask(inside.at("/"));
    await hub.ask(inside.at("/", "localhost"));
    expect(inside.got).toEqual([]);
  });

  test("a redirect leads nowhere, neither for a question nor for a push", async () => {
    const hub = openHub();
    const target = await callback();
    const reader = await callback();
    await hub.ask(reader.at("/"));
    for (const status of [301, 302, 303, 307, 308]) {
      reader.saying(() => ({ status, headers: { Location: target.at("/inside") } }));
      await hub.ask(reader.at(`/${status}`));
      await hub.publish("all");
      await hub.run();
      hub.wait(21_600);
    }
    expect(target.got).toEqual([]);
    expect(await hub.subscriptions()).toMatchObject([{ last_error: "it answered 308" }]);
  });

  test("a subscription whose callback leads inside later is ended and not called", async () => {
    const hub = openHub();
    const reader = await callback();
    await hub.ask(reader.at("/"));
    await hub.publish("all");
    await hub.restarted({ allow: [] }).run();
    expect(reader.pushes()).toEqual([]);
    expect(await hub.subscriptions()).toEqual([]);
    expect(hub.counted.at(-1)).toBe("push dropped");
  });
});

describe("POST /websub", () => {
  const right = { "hub.mode": "subscribe", "hub.topic": all, "hub.callback": "http://127.0.0.1:1/" };

  test.each<[string, Record<string, string>, number, RegExp]>([
    ["no mode", { "hub.mode": "" }, 400, /hub\.mode/],
    ["no callback", { "hub.callback": "" }, 400, /hub\.callback/],
    ["a callback with a fragment", { "hub.callback": "http://127.0.0.1/#x" }, 400, /fragment/],
    ["another site's feed", { "hub.topic": "https://other.example/feeds/all.rss" }, 400, /this site/],
    [
      "no feed of ours",
      { "hub.topic": "https://news.example/feeds/section/none.rss" },
      404,
      /no such section/,
    ],
    ["a secret too long", { "hub.secret": "s".repeat(200) }, 400, /200 bytes/],
  ])("%s is told in a sentence of plain text", async (_, fields, status, sentence) => {
    const hub = openHub();
    const reply = await hub.post({ ...right, ...fields });
    expect(reply.status).toBe(status);
    expect(reply.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await reply.text()).toMatch(sentence);
    expect(await hub.asks()).toEqual([]);
  });

  test("an archive, the list of feeds and a sitemap are no topics", async () => {
    const hub = openHub();
    const document = await hub.feeds.find(all);
    if (document.kind !== "document" || !document.feed) throw new Error("no feed");
    hub.feeds.answer("/feeds.opml", { ...document, feed: null });
    hub.feeds.answer("/feeds/all/archives/3.rss", { ...document, feed: { ...document.feed, archive: 3 } });
    hub.feeds.answer("/feeds/all/archives/9.rss", { kind: "redirect", status: 307, to: new URL(all) });
    for (const path of ["/feeds.opml", "/feeds/all/archives/3.rss", "/feeds/all/archives/9.rss"]) {
      const reply = await hub.post({ ...right, "hub.topic": new URL(path, site).href });
      expect([reply.status, await reply.text()]).toEqual([404, expect.stringContaining("no feed")]);
    }
  });

  test("a body of another type or without end is refused", async () => {
    const hub = openHub();
    expect((await hub.post("{}", { "Content-Type": "application/json" })).status).toBe(415);
    expect((await hub.post("{}", { "Content-Type": "application/x-www-form-urlencoded-not" })).status).toBe(
      415,
    );
    expect((await hub.post({ ...right, more: "x".repeat(30_000) })).status).toBe(413);
    const charset = { "Content-Type": "application/X-WWW-form-urlencoded; charset=UTF-8" };
    expect((await hub.post(right && new URLSearchParams(right).toString(), charset)).status).toBe(202);
  });

  test("too many for one host are told to come again", async () => {
    const hub = openHub({ allow: [] });
    const statuses: number[] = [];
    for (let i = 0; i < 121; i++) statuses.push(await hub.ask(`http://10.0.0.1/${i}`));
    expect(statuses.slice(0, 120).every((status) => status === 202)).toBe(true);
    const reply = await hub.post({ ...right, "hub.callback": "http://10.0.0.1/" });
    expect([statuses[120], reply.status, reply.headers.get("retry-after")]).toEqual([429, 429, "60"]);
    expect(await hub.ask("http://10.0.0.2/")).toBe(202);
  });

  test("a person who opens it reads what it is; other methods are refused", async () => {
    const { app } = openHub();
    const page = await app.request(new URL("/websub", site));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("مركز WebSub")]);
    expect((await app.request(new URL("/websub", site), { method: "HEAD" })).status).toBe(200);
    const refused = await app.request(new URL("/websub", site), { method: "PUT" });
    expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
  });
});

describe("a hub outside", () => {
  const outside = async (...options: Parameters<typeof startCallback>) => {
    const server = await callback(...options);
    const hub = openHub({ hub: { kind: "outside", url: new URL(server.at("/hub")) } });
    await hub.run(); // from now on
    const told = () => server.got.map(({ body }) => new URLSearchParams(body.toString()).get("hub.url"));
    return { server, hub, told };
  };

  test("is told of each feed that changed, once, by the names that hubs read", async () => {
    const { server, hub, told } = await outside();
    await hub.publish("all", "section/1", "section/1#2", "house");
    await hub.publish("all");
    await hub.run();
    await hub.run();
    expect(told().sort()).toEqual([
      "https://news.example/feeds/all.rss",
      "https://news.example/feeds/section/1.rss",
    ]);
    expect(server.got[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    const form = new URLSearchParams(server.got[0]?.body.toString());
    expect([form.get("hub.mode"), form.get("hub.topic")]).toEqual(["publish", form.get("hub.url")]);
    expect(hub.counted).toEqual(["ping ok", "ping ok"]);
  });

  test("that is away is told when it is back, by a restarted service too", async () => {
    const { server, hub, told } = await outside(() => ({ status: 503 }));
    await hub.publish("all");
    await hub.run();
    server.saying(willing);
    hub.wait(59);
    await hub.restarted().run();
    expect(told()).toHaveLength(1);
    hub.wait(1);
    await hub.restarted().run();
    expect(told()).toEqual(Array(2).fill("https://news.example/feeds/all.rss"));
  });

  test("that is away for hours is asked at least every ten minutes", async () => {
    const { server, hub, told } = await outside(() => ({ status: 500 }));
    await hub.publish("all");
    await hub.run();
    for (const [i, seconds] of [60, 120, 240, 480, 600, 600].entries()) {
      hub.wait(seconds - 1);
      await hub.run();
      expect(told()).toHaveLength(i + 1);
      hub.wait(1);
      await hub.run();
      expect(told()).toHaveLength(i + 2);
    }
    server.saying(willing);
    hub.wait(600);
    await hub.run();
    expect(hub.counted.at(-1)).toBe("ping ok");
  });

  test("that refuses one feed still hears of the others", async () => {
    const { hub, told } = await outside(({ body }) => ({ status: body.includes("section") ? 400 : 204 }));
    await hub.publish("section/1");
    await hub.publish("all");
    await hub.run();
    hub.wait(86_400);
    await hub.run();
    expect(told()).toEqual([
      "https://news.example/feeds/section/1.rss",
      "https://news.example/feeds/all.rss",
    ]);
    expect(hub.counted).toEqual(["ping dropped", "ping ok"]);
  });

  test("subscribers are sent there; where WebSub is off there is nothing", async () => {
    const { server, hub } = await outside();
    const reply = await hub.post({ "hub.mode": "subscribe" });
    expect([reply.status, reply.headers.get("location")]).toEqual([307, server.at("/hub")]);
    const off = openHub({ hub: { kind: "off" } });
    expect((await off.post({})).status).toBe(404);
    await off.publish("all");
    expect(await off.run()).toBe(0);
  });
});
