// Feeds over the real web server, cold and warm: on Node the warm ones are answered before the framework sees them.
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen } from "../../src/hosts/serve.ts";
import { dayToShow, readersOf } from "../../src/readership/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

let nashra: TestNashra;
let server: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  nashra = await startNashra({ env: { NASHRA_PORT: "0" } });
  await nashra.sections("سياسة");
  await nashra.article({ title: "المجلس يقر الموازنة", sections: ["سياسة"] });
  server = await listen(nashra);
});
afterAll(async () => {
  server.close();
  await nashra.stop();
});

type Headers = Record<string, string>;

/** An answer over the wire, as it came. */
function ask(path: string, headers: Headers = {}, method = "GET") {
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return new Promise<{ status: number; headers: Headers; body: string }>((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, async (reply) => {
      const body = Buffer.concat(await reply.toArray()).toString("latin1");
      resolve({ status: reply.statusCode ?? 0, headers: Object(reply.headers), body });
    });
    asked.on("error", reject).end();
  });
}

/** What makes the answer, without what guards pages and what the server says of itself. */
function told({ status, headers, body }: Awaited<ReturnType<typeof ask>>) {
  const names = ["etag", "last-modified", "cache-control", "vary", "link", "content-type", "content-length"];
  const more = ["content-encoding", "access-control-allow-origin", "x-content-type-options"];
  return [status, [...names, ...more].map((name) => headers[name]), body];
}
/** Only an answer through the app carries the policy that guards pages. */
const throughApp = ({ headers }: Awaited<ReturnType<typeof ask>>) => "content-security-policy" in headers;

test.each([
  ["as it is", {}, "GET"],
  ["gzipped", { "accept-encoding": "gzip" }, "GET"],
  ["its head alone", {}, "HEAD"],
  ["known by its tag", { "if-none-match": "*" }, "GET"],
  ["known by its date", { "if-modified-since": "Sun, 01 Mar 2099 00:00:00 GMT" }, "GET"],
])("cold and warm are one answer: %s", async (_, headers, method) => {
  nashra.wait({ seconds: 2 }); // what is known is too old: the next must go the long way
  const [cold, warm] = [
    await ask("/feeds/all.atom", headers, method),
    await ask("/feeds/all.atom", headers, method),
  ];
  expect([throughApp(cold), throughApp(warm)]).toEqual([true, false]);
  expect(told(warm)).toEqual(told(cold));
});

test("a person reads a page, also where the feed is in memory", async () => {
  await ask("/feeds/all.rss");
  const page = await ask("/feeds/all.rss", { "sec-fetch-mode": "navigate" });
  expect(page.headers["content-type"]).toMatch(/^text\/html/);
});

test("a publish is seen at once, and what is refused is refused", async () => {
  const before = await ask("/feeds/all.rss");
  await nashra.article({ title: "افتتاح الجسر الجديد", sections: ["سياسة"] });
  const after = await ask("/feeds/all.rss");
  expect(after.headers["etag"]).not.toBe(before.headers["etag"]);
  for (const times of [1, 2])
    expect([times, (await ask("/feeds/section/x.rss")).status]).toEqual([times, 404]);
});

test("readers are told apart by the address that a proxy on this machine gives, on both ways", async () => {
  nashra.wait({ seconds: 2 });
  await ask("/feeds/all.json"); // cold, and the first note has the day's salt read
  await nashra.flush();
  for (let i = 1; i <= 40; i++)
    await ask("/feeds/all.json", { "x-forwarded-for": `198.51.100.${i}`, "user-agent": "Reader/1" });
  await nashra.flush();
  const { db } = nashra.database;
  const [all] = await readersOf(db, await dayToShow(db, nashra.at()), { limit: 1 });
  expect(all?.clients).toBeGreaterThan(35);
  expect(all?.clients).toBeLessThan(46);
});
