// What strangers and broken programs send to every route: none of it is answered as a fault of ours, and no answer shows how we are made.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWalk, origin, type Route } from "./walk.fixture.ts";

const walk = await openWalk();
afterAll(() => walk.stop());
const Authorization = `Bearer ${await walk.token("administrator")}`;

/** What stands in a path for one of its parts, as it is written in a URL. */
const parts = [
  "0",
  "-1",
  "1.5",
  "1e3",
  "99999999999999999999999999",
  "9007199254740993",
  "__proto__",
  "constructor",
  "%00",
  "%0d%0aSet-Cookie:%20x=1",
  "%ff%fe",
  "%",
  "..%2f..%2fsecret",
  "%F0%9F%98%80",
  "2026-02-30-morning",
  "2026-03-01-morning",
  "-271821-04-20-x",
  "a.b.c",
  "MS0xLTA.k1.abcdefghijklmnopqrstuv",
  "%22%3E%3Cscript%3E",
  "x".repeat(3000),
];

const queries = [
  "",
  "?after=-1&edition=99999999999999999999&address=%00&issue=%00&from=0000-00-00&q=%00&limit=1e9&login_to=%2f%2fevil.example",
  "?after=1&after=2&address[]=a&issue[x]=y&from=275760-09-13&until=-271821-04-20&q=%22*%22+OR+NEAR&page=NaN&lang=xx",
  "?after=9e999&edition=NaN&address=a%40b&issue=daily%2f2026-02-30-x&q=%F0%9F%98%80%D9%80&from=2026-13-45&actor=%ff",
];

const bodies: readonly (readonly [type: string, body: string])[] = [
  ["", ""],
  ["application/json", "{"],
  ["application/json", "null"],
  ["application/json", '[1,"\\u0000",{"__proto__":{"x":1}}]'],
  ["application/json", `${"[".repeat(5000)}${"]".repeat(5000)}`],
  [
    "application/json",
    JSON.stringify({
      id: 1e300,
      address: {},
      role: ["administrator"],
      events: "x",
      since: "+275760-09-13T00:00:00Z",
    }),
  ],
  [
    "application/x-www-form-urlencoded",
    "address=%00&role=administrator&role=viewer&revision=-1&minutes=1e99&reason=%ff&decision=resend&id=&__proto__=x",
  ],
  ["application/x-www-form-urlencoded", `${"a=1&".repeat(3000)}login_to=/newsroom/issues&login_method=post`],
  [
    "multipart/form-data; boundary=x",
    '--x\r\nContent-Disposition: form-data; name="address"; filename="a"\r\n\r\nx',
  ],
  ["multipart/form-data", "--"],
  ["text/csv", '"'],
];

const methodsOf = ({ method }: Route) => (method === "ALL" ? ["GET", "POST"] : [method]);
/** What a page never says: where our code stands, and how SQLite and zod complain. */
const insides = /\bat \S+ \(|node_modules|file:\/\/|SQLITE_|\.tsx?:\d+|dist\/\w+\.js/;

async function looked(path: string, init: RequestInit): Promise<void> {
  const reply = await walk.app.request(new Request(`${origin}${path}`, init));
  const text = await reply.text();
  const about = `${init.method} ${path.slice(0, 200)} ${String(init.body ?? "").slice(0, 60)}`;
  expect([about, reply.status < 500], text.slice(0, 300)).toEqual([about, true]);
  expect([about, insides.exec(text)?.[0]]).toEqual([about, undefined]);
  expect([about, reply.headers.get("Set-Cookie")?.includes("x=1") ?? false]).toEqual([about, false]);
}

describe.each(walk.routes.filter(({ path }) => path !== "/newsroom/sign-out"))("$method $path", (route) => {
  let headers = { Cookie: "", Authorization, Origin: origin };
  beforeAll(async () => {
    headers = { ...headers, Cookie: await walk.enter("administrator") }; // what came before may have ended the last one
  });
  const places = (part: string) => route.path.replace(/\*$/, part).replace(/:\w+(\{[^}]*\})?\??/g, part);

  test("odd paths and questions", async () => {
    for (const method of methodsOf(route))
      for (const part of /[:*]/.test(route.path) ? parts : ["x"])
        for (const query of queries.slice(0, part === "1" || part === "x" || part === "0" ? 4 : 1))
          await looked(`${places(part)}${query}`, { method, headers });
  });

  test.runIf(methodsOf(route).some((it) => it !== "GET"))("odd bodies", async () => {
    for (const method of methodsOf(route))
      for (const part of ["1", "daily", "2026-03-01-morning"])
        for (const [type, body] of method === "GET" ? [] : bodies)
          await looked(places(part), {
            method,
            headers: {
              ...headers,
              ...(type && { "Content-Type": type }),
              "Content-Length": String(Buffer.byteLength(body)),
            },
            body,
          });
  });
});

test.each([
  ["cut short", '--x\r\nContent-Disposition: form-data; name="login_address"\r\n\r\nx', 400],
  ["of a megabyte", "x".repeat(1_000_001), 413],
])("a form that is %s is its sender's fault", async (_, body, status) => {
  const Cookie = await walk.enter("viewer");
  for (const path of ["/newsroom/login", "/newsroom/account/name"]) {
    const headers = { Cookie, Origin: origin, "Content-Type": "multipart/form-data; boundary=x" };
    const reply = await walk.app.request(`${origin}${path}`, { method: "POST", headers, body });
    expect([path, reply.status]).toEqual([path, status]);
    expect(await reply.text()).toContain('lang="ar"');
  }
});
