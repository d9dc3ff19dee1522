// Sign-up under attack, over HTTP: a flood is slowed and stopped, and whoever comes from elsewhere notices nothing.
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import { afterEach, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { listen } from "../../src/hosts/serve.ts";
import { readPublisher, savePublisher } from "../../src/settings/index.ts";
import { startNashra } from "../support/nashra.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server with a real socket; it believes the proxy on this machine, and that is us. */
async function start() {
  const nashra = await startNashra({ env: { NASHRA_PORT: "0" } });
  const server = await listen(nashra);
  closing.push(
    () => nashra.stop(),
    () => new Promise((done) => server.close(done)),
  );
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const send = (path: string, from: string, init: RequestInit) =>
    fetch(new URL(path, origin), {
      ...init,
      method: "POST",
      headers: { "X-Forwarded-For": from, ...init.headers },
    });
  return {
    ...nashra,
    form: (fields: Record<string, string>, from = "203.0.113.7", headers: Record<string, string> = {}) =>
      send("/subscribe", from, { body: new URLSearchParams(fields), headers }),
    api: (token: string, body: unknown) =>
      send("/api/v1/subscribers", "203.0.113.7", {
        body: JSON.stringify(body),
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      }),
    openapi: async () => JSON.parse(await (await fetch(new URL("/api/openapi.json", origin))).text()),
    requests: () => nashra.database.db.selectFrom("requests").selectAll().orderBy("id").execute(),
    refuse: async (settings: { disposable?: "refuse"; refusedDomains?: string }) => {
      const { db, batch } = nashra.database;
      await batch([savePublisher(db, { ...(await readPublisher(db)), ...settings }, nashra.at())]);
    },
  };
}

const unescaped = (html: string) => html.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
const hidden = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
      ([, name = "", value = ""]) => [name, unescaped(value)],
    ),
  );

/** What the page's script does with a challenge page: the fields it would send. */
async function solved(html: string): Promise<Record<string, string>> {
  const challenge = JSON.parse(unescaped(/data-challenge="([^"]*)"/.exec(html)?.[1] ?? ""));
  const solution = await solveChallenge({ challenge, deriveKey });
  const { counter, derivedKey } = solution ?? { counter: 0, derivedKey: "" };
  return { ...hidden(html), answer: JSON.stringify({ challenge, solution: { counter, derivedKey } }) };
}

test("a flood from one network is asked for work, then turned away; another signs up as before; an hour later all is as before", async () => {
  const nashra = await start();
  const flood = (i: number) =>
    nashra.form({ address: `victim${i}@paper${i}.example` }, `198.51.100.${i % 256}`);
  const statuses: number[] = [];
  for (let i = 0; i < 25; i++) statuses.push((await flood(i)).status);
  expect(statuses).toEqual([...Array(20).fill(200), ...Array(5).fill(429)]);

  const asked = await flood(25);
  const page = await asked.text();
  expect(asked.headers.get("retry-after")).toBe("3600");
  expect(asked.headers.get("content-security-policy")).toContain("script-src 'self'");
  expect(page).toContain("بعد 60 دقيقة");
  expect(page).toMatch(/<script type="module" src="\/assets\/[^"]+\/solve\.js">/);
  expect((await nashra.form({ address: "salma@paper.example" })).status).toBe(200);

  const fields = await solved(page);
  expect(fields).toMatchObject({ address: "victim25@paper25.example" });
  expect((await nashra.form(fields, "198.51.100.9")).status).toBe(200);
  expect((await nashra.form(fields, "198.51.100.9")).status, "an answer is good for one").toBe(429);

  const rows = await nashra.requests();
  const template = rows.at(-1);
  if (!template) throw new Error("Nothing was asked.");
  const {
    id: _,
    challenge: __,
    ...row
  } = { ...template, network: "198.51.100.0/24", domain: "many.example" };
  for (let i = 0; i < 18; i++)
    await nashra.database.db.insertInto("requests").values(Array(10).fill(row)).execute();
  const away = await nashra.form(
    await solved(await (await flood(26)).text()).catch(() => fields),
    "198.51.100.9",
  );
  expect(away.status).toBe(429);
  expect(away.headers.get("retry-after")).toBe("3600");
  const sentence = await away.text();
  expect(sentence).toContain("حاول من جديد بعد 60 دقيقة");
  expect(sentence).not.toContain("data-challenge");
  expect((await nashra.form({ address: "omar@paper.example" })).status).toBe(200);

  nashra.wait({ minutes: 60 });
  expect((await flood(27)).status).toBe(200);
});

test("forty at once from one network: twenty are taken", async () => {
  const nashra = await start();
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      nashra.form({ address: `a${i}@paper${i}.example` }, "2001:db8:1:2::1"),
    ),
  );
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(20);
  const rows = await nashra.requests();
  expect(rows).toHaveLength(20);
  expect(new Set(rows.map(({ network }) => network))).toEqual(new Set(["2001:db8:1::/48"]));
  expect(JSON.stringify(rows), "nothing of the address itself is kept").not.toContain("2001:db8:1:2");
});

test("whoever fills in the hidden field is told what all are told, and nothing is written", async () => {
  const nashra = await start();
  const real = await (await nashra.form({ address: "salma@paper.example" })).text();
  const trapped = await nashra.form({ address: "salma@paper.example", website: "https://spam.example" });
  expect([trapped.status, await trapped.text()]).toEqual([200, real]);
  expect(await nashra.requests()).toHaveLength(1);
});

test("did you mean …? One press for either answer, and nothing that was chosen is lost", async () => {
  const nashra = await start();
  const reply = await nashra.form({
    address: "salma@gmial.com",
    digest: "daily",
    language: "en",
    colour: "red",
  });
  expect(reply.status).toBe(422);
  const page = await reply.text();
  expect(page).toContain("Did you mean:");
  const kept = hidden(page);
  expect(kept).toEqual({ digest: "daily", language: "en", colour: "red", sure: "yes" });
  const buttons = [...page.matchAll(/<button [^>]*name="address" value="([^"]*)"/g)].map(
    ([, value]) => value,
  );
  expect(buttons).toEqual(["salma@gmail.com", "salma@gmial.com"]);
  expect(await nashra.requests()).toEqual([]);
  for (const address of buttons)
    expect((await nashra.form({ ...kept, address: address ?? "" })).status).toBe(200);
  expect((await nashra.requests()).map(({ address }) => address)).toEqual(buttons);
});

test("what is no address at all is answered with the likely one too, and else with the fault", async () => {
  const nashra = await start();
  const page = await (await nashra.form({ address: "salma@gmail،com", language: "ar" })).text();
  expect(page).toContain('value="salma@gmail.com"');
  const asItWas = await nashra.form({ ...hidden(page), address: "salma@gmail،com" });
  expect(asItWas.status).toBe(422);
  expect(await asItWas.text()).toContain("اكتب عنوانًا واحدًا، بلا فواصل.");
});

test("domains that the publisher refuses, and throwaway ones if that is set", async () => {
  const nashra = await start();
  expect((await nashra.form({ address: "a@mailinator.com", sure: "yes" })).status, "by default").toBe(200);
  await nashra.refuse({ disposable: "refuse", refusedDomains: "spam.example" });
  for (const [address, words] of [
    ["a@mailinator.com", "throwaway"],
    ["a@sub.spam.example", "no addresses of this domain"],
  ] as const) {
    const reply = await nashra.form({ address, language: "en" });
    expect([reply.status, (await reply.text()).includes(words)], address).toEqual([422, true]);
  }
});

test("a script on another site is told in JSON, whoever asks and without cookies", async () => {
  const nashra = await start();
  const tell = async (fields: Record<string, string>) => {
    const reply = await nashra.form({ language: "en", ...fields }, "203.0.113.7", {
      Accept: "application/json",
      Origin: "https://elsewhere.example",
    });
    expect(reply.headers.get("access-control-allow-origin")).toBe("*");
    expect(reply.headers.get("access-control-allow-credentials")).toBeNull();
    const told: object = JSON.parse(await reply.text());
    return { status: reply.status, ...told };
  };
  await nashra.confirmed("known@paper.example");
  const unknown = await tell({ address: "new@paper.example" });
  expect(unknown).toMatchObject({
    status: 200,
    ok: true,
    message: expect.stringContaining("Check your mail"),
  });
  expect(await tell({ address: "known@paper.example" })).toEqual(unknown);
  expect(await tell({ address: "nobody" })).toMatchObject({
    status: 422,
    ok: false,
    message: expect.stringContaining("@"),
  });
  expect(await tell({ address: "a@paper.example", digest: "none" })).toMatchObject({
    status: 422,
    ok: false,
  });
  expect(await tell({ address: "a@gmial.com" })).toMatchObject({
    status: 422,
    ok: false,
    meant: "a@gmail.com",
  });
  for (let i = 0; i < 18; i++) await tell({ address: `a${i}@other.example` });
  expect(await tell({ address: "late@paper.example" })).toMatchObject({ status: 429, ok: false, page: true });
});

test("a program signs people up by API: they confirm as all do, and the answer is the same for whoever is known", async () => {
  const nashra = await start();
  const token = await createApiToken(nashra.database, "site", "editor", nashra.at());
  const viewer = await createApiToken(nashra.database, "reader", "viewer", nashra.at());
  await nashra.sections("سياسة", "اقتصاد");
  await nashra.confirmed("known@paper.example");
  const ask = async (body: unknown, by = token) => {
    const reply = await nashra.api(by, body);
    return { status: reply.status, body: await reply.json() };
  };
  const request = { digests: ["daily"], sections: ["اقتصاد"], language: "en", consent: "checkout, 1 March" };
  const unknown = await ask({ ...request, address: "new@paper.example" });
  expect(unknown).toEqual({ status: 202, body: { state: "asked", meant: null } });
  expect(await ask({ ...request, address: "known@paper.example" })).toEqual(unknown);
  expect(await ask({ address: "a@gmial.com" })).toEqual({
    status: 202,
    body: { state: "asked", meant: "a@gmail.com" },
  });

  const { db } = nashra.database;
  const asked = () =>
    db
      .selectFrom("consents as c")
      .innerJoin("subscribers as u", "u.id", "c.subscriber_id")
      .select("c.proof")
      .where("u.address", "=", "new@paper.example")
      .executeTakeFirst();
  // The request is answered some moment behind the reply.
  await expect.poll(asked, { timeout: 10_000 }).toBeDefined();
  expect(JSON.parse((await asked())?.proof ?? "")).toEqual({
    via: "api",
    place: "site",
    note: "checkout, 1 March",
    sections: "[2]",
    language: "en",
  });
  const states = await db.selectFrom("subscribers").select(["address", "state"]).orderBy("id").execute();
  expect(states).toContainEqual({ address: "new@paper.example", state: "pending" });

  for (const [body, words] of [
    [{ address: "nobody" }, "An address has exactly one @"],
    [{ address: "a@paper.example", digests: ["none"] }, "newsletter"],
    [{ address: "a@paper.example", sections: ["رياضة"] }, "رياضة"],
    [{ address: "a@paper.example", more: 1 }, "more"],
    [{}, "address"],
  ] as const) {
    const { status, body: told } = await ask(body);
    expect([status, JSON.stringify(told)], JSON.stringify(body)).toEqual([
      422,
      expect.stringContaining(words),
    ]);
  }
  expect((await ask({ address: "a@paper.example" }, viewer)).status).toBe(403);
  expect((await ask({ address: "a@paper.example" }, "nashra_none")).status).toBe(401);
  const described = await nashra.openapi();
  expect(Object.keys(described.paths["/api/v1/subscribers"].post.responses)).toEqual(
    expect.arrayContaining(["202", "401", "403", "422", "429"]),
  );
});
