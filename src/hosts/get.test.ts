// Getting whatever there is, redirects followed: the same promises on Node and inside workerd.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { unstable_startWorker as startWorker } from "wrangler";
import { type AllowedRange, readConfig } from "../config.ts";
import { fetchLimits, type Get, type GetResult } from "../platform/index.ts";
import { guardedGet } from "./fetch.ts";
import type { Limits } from "./follow.ts";

// Else wrangler asks Cloudflare where this machine stands.
vi.stubEnv("CLOUDFLARE_CF_FETCH_ENABLED", "false");

const rangesOf = (text: string) => {
  const reading = readConfig({ NASHRA_FETCH_ALLOW: text });
  if (!reading.ok) throw new Error(reading.problems.join());
  return reading.config.fetchAllow;
};
const thisMachine = rangesOf("127.0.0.1,127.0.0.2");

const workerSource = `
  import { workerGet } from ${JSON.stringify(new URL("worker-fetch.ts", import.meta.url).pathname)};
  export default {
    async fetch(request) {
      const { allow, limits, get } = await request.json();
      const result = await workerGet(allow, limits)({ ...get, url: new URL(get.url) });
      if (result.kind !== "answer") return Response.json(result);
      return Response.json({ ...result, headers: [...result.headers], body: [...result.body] });
    },
  };`;
const folder = mkdtempSync(join(tmpdir(), "nashra-get-"));
let worker: Awaited<ReturnType<typeof startWorker>>;

async function inWorkerd(allow: readonly AllowedRange[], limits: Limits, get: Get): Promise<GetResult> {
  const reply = await fetch(await worker.url, {
    method: "POST",
    body: JSON.stringify({ allow, limits, get }),
  });
  const result = JSON.parse(await reply.text());
  if (result.kind !== "answer") return result;
  return {
    ...result,
    url: new URL(result.url),
    permanentUrl: new URL(result.permanentUrl),
    headers: new Headers(result.headers),
    body: Uint8Array.from(result.body),
  };
}

const doors: [string, (allow: readonly AllowedRange[], limits: Limits, get: Get) => Promise<GetResult>][] = [
  ["Node", (allow, limits, get) => guardedGet(allow, limits)(get)],
  ["workerd", inWorkerd],
];

let listener: RequestListener = (_, response) => void response.end();
let asked: { path: string; headers: IncomingHttpHeaders }[] = [];
const sockets = new Set<Socket>();
const server = createServer((request, response) => {
  asked.push({ path: request.url ?? "", headers: request.headers });
  listener(request, response);
}).on("connection", (socket) => sockets.add(socket));
/** The same machine under another address: another origin. */
const other = createServer((request, response) => {
  asked.push({ path: `other ${request.url}`, headers: request.headers });
  listener(request, response);
});
let port = 0;
let otherPort = 0;

async function listen(it: Server, host: string): Promise<number> {
  it.listen(0, host);
  await once(it, "listening");
  const address = it.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}

beforeAll(async () => {
  port = await listen(server, "127.0.0.1");
  otherPort = await listen(other, "127.0.0.2");
  const entrypoint = join(folder, "worker.js");
  writeFileSync(entrypoint, workerSource);
  worker = await startWorker({
    entrypoint,
    compatibilityDate: "2026-11-01",
    compatibilityFlags: ["nodejs_compat"],
    sendMetrics: false,
    dev: {
      server: { hostname: "127.0.0.1", port: 0 },
      logLevel: "none",
      watch: false,
      persist: false,
      inspector: false,
    },
  });
  await worker.url;
});
afterEach(() => {
  asked = [];
  server.closeAllConnections();
  sockets.clear();
});
afterAll(async () => {
  server.close();
  other.close();
  other.closeAllConnections();
  await worker.dispose();
  rmSync(folder, { recursive: true });
});

const whyNot = (result: GetResult) =>
  result.kind === "answer" ? `answered ${result.status}` : `${result.kind}: ${result.why}`;
function answerOf(result: GetResult) {
  if (result.kind !== "answer") throw new Error(result.why);
  return { ...result, text: new TextDecoder().decode(result.body) };
}
const pathOf = ({ href }: URL) => href.replace(`http://127.0.0.1:${port}`, "");

describe.each(doors)("on %s", (_, door) => {
  const get = (
    answer: RequestListener,
    {
      path = "/",
      headers = {},
      limits = {},
      ...rest
    }: { path?: string; headers?: Record<string, string>; limits?: Partial<Limits>; bytes?: number } = {},
  ) => {
    listener = answer;
    const url = new URL(path, `http://127.0.0.1:${port}`);
    return door(thisMachine, { ...fetchLimits, ...limits }, { url, headers, ...rest });
  };

  test.each([200, 203, 204, 206, 304, 400, 401, 403, 404, 410, 429, 500, 503])(
    "%i is an answer, with its headers",
    async (status) => {
      const head = { ETag: '"a"', "Retry-After": "60", "X-WP-TotalPages": "7" };
      const result = answerOf(await get((_, response) => void response.writeHead(status, head).end()));
      expect(result.status).toBe(status);
      expect(["etag", "retry-after", "X-WP-TotalPages"].map((name) => result.headers.get(name))).toEqual([
        '"a"',
        "60",
        "7",
      ]);
      expect(result.text).toBe("");
    },
  );

  test.each([
    ["identity", Buffer.from("نص")],
    ["gzip", gzipSync("نص")],
    ["br", brotliCompressSync("نص")],
  ])("a body in %s, also of an error", async (encoding, bytes) => {
    for (const status of [200, 400]) {
      const answer: RequestListener = (_, response) =>
        void response.writeHead(status, { "Content-Encoding": encoding }).end(bytes);
      expect(answerOf(await get(answer)).text).toBe("نص");
    }
  });

  test("a 304 that says gzip has no body, and needs none", async () => {
    const head = { "Content-Encoding": "gzip" };
    expect(answerOf(await get((_, response) => void response.writeHead(304, head).end())).status).toBe(304);
  });

  test("the caller's headers go along; who we are is ours", async () => {
    await get((_, response) => void response.end(), {
      headers: { Accept: "application/json", "If-None-Match": '"x"', "user-agent": "another" },
    });
    expect(asked[0]?.headers).toMatchObject({
      accept: "application/json",
      "if-none-match": '"x"',
      "user-agent": "Nashra/0.1 (+feeds and bulletins)",
    });
  });

  test("a name and a password in an address are neither sent nor shown", async () => {
    listener = (_, response) => void response.end("نص");
    const url = new URL(`http://salma:secret@127.0.0.1:${port}/`);
    const result = answerOf(await door(thisMachine, fetchLimits, { url }));
    expect([result.url.href, result.permanentUrl.href]).toEqual(Array(2).fill(`http://127.0.0.1:${port}/`));
    expect(asked[0]?.headers.authorization).toBe(undefined);
    const inside = await door([], fetchLimits, { url });
    expect(inside.kind).toBe("inside");
    expect(whyNot(inside)).not.toMatch(/salma|secret/);
    const redirect: RequestListener = (request, response) =>
      request.url === "/"
        ? void response.writeHead(302, { Location: `http://salma:secret@127.0.0.1:${port}/next` }).end()
        : void response.writeHead(500).end();
    expect(answerOf(await get(redirect)).url.href).toBe(`http://127.0.0.1:${port}/next`);
    expect(asked.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  describe("redirects", () => {
    /** Answers each path with the status and the place that the chain says, its end with 200. */
    const chain =
      (...steps: readonly [number, string][]): RequestListener =>
      (request, response) => {
        const [status, location] = steps[Number(request.url?.slice(1) || 0)] ?? [200, ""];
        response.writeHead(status, location === "" ? {} : { Location: location }).end("end");
      };

    test.each<[string, readonly [number, string][], string, string]>([
      ["none", [], "/", "/"],
      ["one for ever", [[301, "/1"]], "/1", "/1"],
      ["another for ever", [[308, "/1"]], "/1", "/1"],
      ["one for now", [[302, "/1"]], "/1", "/"],
      [
        "for ever, then for now",
        [
          [301, "/1"],
          [307, "/2"],
        ],
        "/2",
        "/1",
      ],
      [
        "for now, then for ever",
        [
          [303, "/1"],
          [301, "/2"],
        ],
        "/2",
        "/",
      ],
      [
        "five",
        [
          [301, "/1"],
          [301, "/2"],
          [308, "/3"],
          [301, "/4"],
          [301, "/5"],
        ],
        "/5",
        "/5",
      ],
    ])("%s: where it came from, and where it moved for ever", async (_, steps, at, forEver) => {
      const result = answerOf(await get(chain(...steps)));
      expect([result.status, pathOf(result.url), pathOf(result.permanentUrl)]).toEqual([200, at, forEver]);
    });

    test.each<[string, readonly [number, string][], string]>([
      [
        "six",
        [
          [301, "/1"],
          [301, "/2"],
          [301, "/3"],
          [301, "/4"],
          [301, "/5"],
          [301, "/6"],
        ],
        "redirects more than 5 times",
      ],
      ["in a ring", [[302, "/0"]], "redirects more than 5 times"],
      ["to no address", [[302, "http://["]], "which is no address"],
      ["to a file", [[302, "file:///etc/passwd"]], "neither http nor https"],
      ["to text", [[301, "data:text/html,x"]], "neither http nor https"],
    ])("%s are not followed", async (_, steps, why) => {
      const result = await get(chain(...steps));
      expect(whyNot(result)).toContain(`silence: `);
      expect(whyNot(result)).toContain(why);
    });

    test.each([
      "http://127.0.0.3:PORT/",
      "http://localhost:PORT/",
      "http://[::1]:PORT/",
      "http://[::ffff:127.0.0.3]:PORT/",
      "http://2130706435:PORT/",
      "//10.0.0.1/",
      "http://169.254.169.254/latest/meta-data/",
    ])("to %s lead inside", async (to) => {
      const location = to.replace("PORT", String(port));
      listener = (request, response) =>
        request.url === "/first"
          ? void response.writeHead(301, { Location: location }).end()
          : void response.end("inside");
      const url = new URL(`http://127.0.0.2:${otherPort}/first`);
      const result = await door(rangesOf("127.0.0.2"), fetchLimits, { url });
      expect(result.kind).toBe("inside");
      expect(whyNot(result)).toContain("NASHRA_FETCH_ALLOW");
      expect(asked.length).toBe(1);
    });

    test.each([300, 304])("%i is no redirect", async (status) =>
      expect(answerOf(await get(chain([status, "/1"]))).status).toBe(status),
    );

    test("one that names no place is the answer", async () =>
      expect(answerOf(await get(chain([302, ""]))).status).toBe(302));

    test("an Arabic address as it is, in UTF-8", async () => {
      const location = Buffer.from("/أخبار؟").toString("latin1");
      const result = answerOf(
        await get((request, response) =>
          request.url === "/"
            ? void response.writeHead(302, { Location: location }).end()
            : void response.end("نص"),
        ),
      );
      expect(decodeURI(pathOf(result.url))).toBe("/أخبار؟");
      expect(asked[1]?.path).toBe(encodeURI("/أخبار؟"));
    });

    test("what proves who asks stays with its origin, and does not come back with a detour", async () => {
      const headers = {
        Authorization: "Bearer a",
        Cookie: "a=b",
        "X-Api-Key": "a",
        Accept: "text/xml",
        "If-None-Match": '"a"',
        "If-Modified-Since": "Sun, 01 Mar 2026 06:30:00 GMT",
      };
      const lower = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      await get(
        (request, response) => {
          const to = {
            "/": "/1",
            "/1": `http://127.0.0.2:${otherPort}/2`,
            "/2": `http://127.0.0.1:${port}/3`,
          };
          const location = Object.entries(to).find(([path]) => path === request.url)?.[1];
          response.writeHead(location ? 302 : 200, location ? { Location: location } : {}).end();
        },
        { headers },
      );
      const kept = ["accept", "if-none-match", "if-modified-since"];
      const secret = ["authorization", "cookie", "x-api-key"];
      expect(asked.map(({ path }) => path)).toEqual(["/", "/1", "other /2", "/3"]);
      for (const [i, it] of asked.entries()) {
        for (const name of kept) expect(it.headers[name], `${name} of ${i}`).toBe(lower[name]);
        for (const name of secret)
          expect(it.headers[name], `${name} of ${i}`).toBe(i < 2 ? lower[name] : undefined);
      }
    });

    test("one deadline bounds them all", async () => {
      const started = performance.now();
      const result = await get(
        (request, response) =>
          void setTimeout(
            () => response.writeHead(302, { Location: `/${Number(request.url?.slice(1)) + 1}` }).end(),
            200,
          ),
        { limits: { seconds: 0.5 } },
      );
      expect(whyNot(result)).toContain("took more than 0.5 seconds");
      expect(performance.now() - started).toBeLessThan(5000);
    });
  });

  describe("bounds", () => {
    const endless: RequestListener = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", more);
      more();
    };
    const closed = () =>
      expect.poll(() => [...sockets].every(({ destroyed }) => destroyed), { timeout: 5000 }).toBe(true);

    test("the caller says how much is taken in", async () => {
      const of = (length: number, bytes?: number) =>
        get((_, response) => void response.end("x".repeat(length)), bytes ? { bytes } : {});
      expect(answerOf(await of(1000, 1000)).body.length).toBe(1000);
      expect(whyNot(await of(1001, 1000))).toContain("larger than 1000 octets");
      expect(answerOf(await of(5_000_001, 6_000_000)).body.length).toBe(5_000_001);
      expect(whyNot(await of(5_000_001))).toContain("larger than 5000000 octets");
    });

    test.each<[string, RequestListener, string]>([
      ["an endless body", endless, "larger than 5000000 octets"],
      [
        "a bomb",
        (_, response) => void response.writeHead(200, { "Content-Encoding": "gzip" }).end(bomb),
        "larger than 5000000 octets",
      ],
      [
        "a body that breaks off",
        (_, response) => {
          response.writeHead(200, { "Content-Length": 1000 });
          response.write("x", () => response.destroy());
        },
        "could not be read",
      ],
      ["a connection reset", (request) => void request.socket.resetAndDestroy(), "could not be read"],
    ])("%s", async (_, answer, why) => {
      expect(whyNot(await get(answer))).toContain(`silence: http://127.0.0.1:${port}/ `);
      expect(whyNot(await get(answer))).toContain(why);
      await closed();
    });

    test.each<[string, RequestListener]>([
      [
        "an endless one",
        (request, response) => endless(request, response.writeHead(429, { "Retry-After": 9 })),
      ],
      ["none at all", (_, response) => void response.writeHead(429, { "Retry-After": 9 }).flushHeaders()],
    ])("an error's body may be %s: the status counts", async (_, answer) => {
      const { status, headers, text } = answerOf(await get(answer));
      expect([status, headers.get("Retry-After"), text]).toEqual([429, "9", ""]);
      await closed();
    });

    test("nor need it be what it says it is", async () => {
      const head = { "Content-Encoding": "gzip" };
      const result = await get((_, response) => void response.writeHead(503, head).end("<p>"));
      expect(answerOf(result)).toMatchObject({ status: 503, text: "" });
    });
  });
});

const bomb = gzipSync(Buffer.alloc(50_000_000));
