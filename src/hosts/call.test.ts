// Calls to addresses that others named: the same promises on Node and inside workerd.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { unstable_startWorker as startWorker } from "wrangler";
import { type AllowedRange, readConfig } from "../config.ts";
import { type Call, type CallResult, callBytes } from "../platform/index.ts";
import { guardedCall } from "./fetch.ts";
import { mayReach } from "./reach.ts";

// Else wrangler asks Cloudflare where this machine stands.
vi.stubEnv("CLOUDFLARE_CF_FETCH_ENABLED", "false");

const rangesOf = (text: string) => {
  const reading = readConfig({ NASHRA_FETCH_ALLOW: text });
  if (!reading.ok) throw new Error(reading.problems.join());
  return reading.config.fetchAllow;
};
const thisOne = rangesOf("127.0.0.1");

/** The doors of Workers behind a Worker: it takes what to do in a header, and the octets to send as its own body. */
const workerSource = `
  import { workerCall } from ${JSON.stringify(new URL("worker-fetch.ts", import.meta.url).pathname)};
  import { mayReach } from ${JSON.stringify(new URL("reach.ts", import.meta.url).pathname)};
  export default {
    async fetch(request) {
      const { allow, call, reach } = JSON.parse(request.headers.get("order"));
      if (reach) return Response.json(reach.map(mayReach(allow)));
      const body = new Uint8Array(await request.arrayBuffer());
      const result = await workerCall(allow)({ ...call, url: new URL(call.url), body });
      return Response.json({ ...result, body: result.body && [...result.body] });
    },
  };`;
const folder = mkdtempSync(join(tmpdir(), "nashra-call-"));
type Dev = NonNullable<Parameters<typeof startWorker>[0]["dev"]>;

/** @param outbound what stands in for the web; without it, workerd's own sockets lead there */
async function workerd(outbound?: Dev["outboundService"]) {
  const entrypoint = join(folder, "worker.js");
  writeFileSync(entrypoint, workerSource);
  const worker = await startWorker({
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
      outboundService: outbound,
    },
  });
  const url = await worker.url;
  const order = async (it: object, body: Uint8Array<ArrayBuffer> = new Uint8Array()) => {
    const reply = await fetch(url, { method: "POST", body, headers: { order: JSON.stringify(it) } });
    return JSON.parse(await reply.text());
  };
  return {
    async call(allow: readonly AllowedRange[], call: Call): Promise<CallResult> {
      const { method, url, headers, seconds } = call;
      const given = { method, url, headers, seconds };
      const result = await order({ allow, call: given }, call.method === "POST" ? call.body : undefined);
      return result.body ? { ...result, body: Uint8Array.from(result.body) } : result;
    },
    reach: (allow: readonly AllowedRange[], addresses: string[]): Promise<boolean[]> =>
      order({ allow, reach: addresses }),
    stop: () => worker.dispose(),
  };
}

let inWorkerd: Awaited<ReturnType<typeof workerd>>;
const doors: [string, (allow: readonly AllowedRange[], call: Call) => Promise<CallResult>][] = [
  ["Node", (allow, call) => guardedCall(allow)(call)],
  ["workerd", (allow, call) => inWorkerd.call(allow, call)],
];

let listener: RequestListener = (_, response) => void response.end();
let asked = 0;
const sockets = new Set<Socket>();
const server = createServer((request, response) => {
  asked += 1;
  listener(request, response);
}).on("connection", (socket) => sockets.add(socket));
let port = 0;

async function listen(it: Server): Promise<number> {
  it.listen(0, "127.0.0.1");
  await once(it, "listening");
  const address = it.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}

beforeAll(async () => {
  port = await listen(server);
  inWorkerd = await workerd();
});
afterEach(() => {
  asked = 0;
  server.closeAllConnections();
  sockets.clear();
});
afterAll(async () => {
  server.close();
  await inWorkerd.stop();
  rmSync(folder, { recursive: true });
});

const textOf = (result: CallResult) =>
  result.kind === "answer" && result.body ? new TextDecoder().decode(result.body) : null;
const whyNot = (result: CallResult) => (result.kind === "answer" ? `answered ${result.status}` : result.why);

describe.each(doors)("on %s", (_, door) => {
  const get = (answer: RequestListener, seconds = 10, path = "/") => {
    listener = answer;
    return door(thisOne, {
      method: "GET",
      url: new URL(path, `http://127.0.0.1:${port}`),
      headers: {},
      seconds,
    });
  };
  const post = (answer: RequestListener, body: Uint8Array<ArrayBuffer>, headers = {}) => {
    listener = answer;
    const url = new URL(`http://127.0.0.1:${port}/hook?a=1`);
    return door(thisOne, { method: "POST", url, headers, body, seconds: 10 });
  };

  describe("what lies inside is not called, however it is written", () => {
    test.each([
      "http://127.0.0.1:PORT/",
      "http://localhost:PORT/",
      "http://LOCALHOST:PORT/",
      "http://2130706433:PORT/",
      "http://0x7f.0.0.1:PORT/",
      "http://127.1:PORT/",
      "http://127.0.0.1.:PORT/",
      "http://①②⑦.⓪.⓪.①:PORT/",
      "http://0.0.0.0:PORT/",
      "http://[::1]:PORT/",
      "http://[::]:PORT/",
      "http://[::ffff:127.0.0.1]:PORT/",
      "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/",
      "http://user:pw@127.0.0.1:PORT/",
      "https://127.0.0.1:PORT/",
      "http://10.0.0.1/",
      "http://169.254.169.254/latest/meta-data/",
      "http://[fd00::1]/",
      "http://[fe80::1]/",
    ])("%s", async (address) => {
      const url = new URL(address.replace("PORT", String(port)));
      for (const method of ["GET", "POST"] as const) {
        const call = { method, url, headers: {}, body: new Uint8Array(1), seconds: 10 };
        const result = await door(rangesOf("10.9.9.9, ::2"), call);
        expect(result.kind).toBe("inside");
        expect(whyNot(result)).toContain("NASHRA_FETCH_ALLOW");
      }
      expect(asked).toBe(0);
    });

    test.each(["ftp://a.example/x", "file:///etc/passwd", "data:text/html,x", "javascript:x"])(
      "%s",
      async (address) => {
        const result = await door([], { method: "GET", url: new URL(address), headers: {}, seconds: 1 });
        expect(result.kind).toBe("silence");
        expect(whyNot(result)).toContain("neither http nor https");
      },
    );

    test("a name that is listed by its addresses is called", async () => {
      listener = (_, response) => void response.end("نعم");
      const url = new URL(`http://localhost:${port}/`);
      const call: Call = { method: "GET", url, headers: {}, seconds: 10 };
      expect(textOf(await door(rangesOf("127.0.0.0/8,::1"), call))).toBe("نعم");
    });
  });

  describe("a call arrives as it was meant", () => {
    const echo: RequestListener = async (request, response) => {
      const { "user-agent": agent, "content-type": type, "content-length": length } = request.headers;
      const { method, url } = request;
      const octets = Buffer.concat(await request.toArray());
      received = octets;
      response.end(JSON.stringify({ method, url, agent, type, length, octets: octets.length }));
    };
    let received = Buffer.alloc(0);
    const agent = "Nashra/0.1 (+feeds and bulletins)";

    test("a GET with its query, as it is", async () => {
      const path = "/hook?x=%D9%86&y=a+b&hub.mode=subscribe&hub.challenge=%2F&&z";
      expect(JSON.parse(textOf(await get(echo, 10, path)) ?? "")).toEqual({
        method: "GET",
        url: path,
        agent,
        octets: 0,
      });
    });

    test.each([
      ["text", new TextEncoder().encode("نشرة\r\n\0")],
      ["every octet", Uint8Array.from({ length: 256 }, (_, n) => n)],
      ["300 kB", Uint8Array.from({ length: 300_000 }, (_, n) => (n * n) % 251)],
      ["nothing", new Uint8Array()],
    ])("a POST of %s, byte for byte", async (_, body) => {
      const type = "application/atom+xml; charset=utf-8";
      const result = await post(echo, body, { "Content-Type": type });
      expect(JSON.parse(textOf(result) ?? "")).toEqual({
        method: "POST",
        url: "/hook?a=1",
        agent,
        type,
        length: String(body.length),
        octets: body.length,
      });
      expect(received.equals(body)).toBe(true);
    });

    test("with the caller's headers, but ours says who we are", async () => {
      let headers: IncomingMessage["headers"] = {};
      const link = '<http://a.example/hub>; rel="hub", <http://a.example/f>; rel="self"';
      const answer: RequestListener = (request, response) => {
        headers = request.headers;
        response.end();
      };
      const sent = { Link: link, "X-Hub-Signature": "sha256=ab", "user-agent": "another" };
      await post(answer, new Uint8Array(1), sent);
      expect(headers).toMatchObject({ link, "x-hub-signature": "sha256=ab", "user-agent": agent });
    });
  });

  describe("what comes back", () => {
    test.each([200, 202, 204, 299, 400, 404, 410, 429, 500, 503])(
      "%i is told, with Retry-After",
      async (status) =>
        expect(
          await get((_, response) => void response.writeHead(status, { "Retry-After": "120" }).end()),
        ).toMatchObject({ kind: "answer", status, retryAfter: "120", body: { length: 0 } }),
    );

    test.each([301, 302, 303, 307, 308])("%i is followed nowhere", async (status) => {
      const location = `http://127.0.0.1:${port}/elsewhere`;
      const answer: RequestListener = (_, response) =>
        void response.writeHead(status, { location }).end("moved");
      const there = { kind: "answer", status, retryAfter: null };
      expect(await get(answer)).toMatchObject(there);
      expect(await post(answer, new Uint8Array(9))).toMatchObject(there);
      expect(asked).toBe(2);
    });

    test.each<[string, string, Uint8Array]>([
      ["as it is", "identity", Buffer.from("تحدٍّ")],
      ["in gzip", "gzip", gzipSync("تحدٍّ")],
      ["in brotli", "br", brotliCompressSync("تحدٍّ")],
    ])("a body %s", async (_, encoding, bytes) =>
      expect(
        textOf(
          await get(
            (_, response) => void response.writeHead(200, { "content-encoding": encoding }).end(bytes),
          ),
        ),
      ).toBe("تحدٍّ"),
    );

    test("4,096 octets are taken in, one more is none", async () => {
      const bodyOf = async (length: number) =>
        textOf(await get((_, response) => void response.end("x".repeat(length))))?.length;
      expect(await bodyOf(callBytes)).toBe(4096);
      expect(await bodyOf(callBytes + 1)).toBe(undefined);
    });

    test.each<[string, RequestListener]>([
      [
        "an endless one",
        (_, response) => {
          const more = () => {
            while (!response.destroyed && response.write("x".repeat(10_000)));
          };
          response.on("drain", more);
          more();
        },
      ],
      ["a bomb", (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(bomb)],
      [
        "one cut short",
        (_, response) => {
          response.writeHead(200, { "content-length": 1000 });
          response.write("x", () => response.destroy());
        },
      ],
      ["one that never comes", (_, response) => void response.writeHead(200).flushHeaders()],
      [
        "one drop by drop",
        (_, response) => {
          const drops = setInterval(() => response.write("x"), 20);
          response.on("close", () => clearInterval(drops));
        },
      ],
    ])("of %s the status counts, and the connection is closed", async (_, answer) => {
      const result = await get(answer, 2);
      expect(result).toEqual({ kind: "answer", status: 200, retryAfter: null, body: null });
      await expect.poll(() => [...sockets].every(({ destroyed }) => destroyed), { timeout: 5000 }).toBe(true);
    });

    test("a wrong encoding is no body", async () => {
      const head = { "content-encoding": "gzip" };
      const result = await get((_, response) => void response.writeHead(200, head).end("x"));
      expect(result).toEqual({ kind: "answer", status: 200, retryAfter: null, body: null });
    });

    test("what comes before the answer is not the answer", async () => {
      const result = await post((_, response) => {
        response.writeContinue();
        response.writeEarlyHints({ link: "</a.css>; rel=preload" });
        response.writeProcessing();
        response.writeHead(202).end();
      }, new Uint8Array(10));
      expect(result).toMatchObject({ kind: "answer", status: 202 });
    });

    test("an answer before the body was read is an answer", async () => {
      const result = await post(
        (_, response) => void response.writeHead(410).end(),
        new Uint8Array(1_000_000),
      );
      expect(result).toMatchObject({ kind: "answer", status: 410 });
    });
  });

  describe("silence has a reason, and names the host alone", () => {
    test.each<[string, RequestListener, number, string]>([
      ["no answer", () => {}, 0.3, "took more than 0.3 seconds"],
      [
        "nothing but 100 Continue",
        (_, response) => {
          const more = setInterval(() => response.writeContinue(), 20);
          response.on("close", () => clearInterval(more));
        },
        0.3,
        "took more than 0.3 seconds",
      ],
      ["a connection reset", (request) => void request.socket.resetAndDestroy(), 10, "could not be called"],
      ["a connection closed", (request) => void request.socket.destroy(), 10, "could not be called"],
    ])("%s", async (_, answer, seconds, why) => {
      const result = await get(answer, seconds, "/hook?secret=1234");
      expect(result.kind).toBe("silence");
      expect(whyNot(result)).toContain(`127.0.0.1:${port} ${why}`);
      expect(whyNot(result)).not.toMatch(/hook|1234/);
    });

    test.each([
      ["no HTTP at all", "SSH-2.0-OpenSSH_9.0\r\n\r\n"],
      ["a header without end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(300_000)}`],
      ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"],
      ["a status that is none", "HTTP/1.1 abc OK\r\n\r\n"],
    ])("%s", async (_, answer) => {
      const raw = createTcpServer((socket) =>
        socket.on("error", () => {}).once("data", () => socket.end(answer)),
      );
      const url = new URL(`http://127.0.0.1:${await listen(raw)}/`);
      const result = await door(thisOne, { method: "GET", url, headers: {}, seconds: 5 });
      expect(result.kind).toBe("silence");
      expect(whyNot(result)).toContain("could not be called");
      raw.close();
    });

    test("who takes no body", async () => {
      const held = new Set<Socket>();
      const raw = createTcpServer((socket) => held.add(socket.on("error", () => {}).pause()));
      const url = new URL(`http://127.0.0.1:${await listen(raw)}/`);
      const body = new Uint8Array(20_000_000);
      const result = await door(thisOne, { method: "POST", url, headers: {}, body, seconds: 1 });
      expect(whyNot(result)).toContain("took more than 1 seconds");
      for (const socket of held) socket.destroy();
      raw.close();
    });

    test("nobody there, no such name, no certificate, no header", async () => {
      const gone = createTcpServer();
      const at = await listen(gone);
      gone.close();
      const call = async (url: string, headers = {}) =>
        whyNot(await door(thisOne, { method: "GET", url: new URL(url), headers, seconds: 5 }));
      expect(await call(`http://127.0.0.1:${at}/`)).toContain("could not be called: ");
      expect(await call("http://nobody.invalid/")).toContain("nobody.invalid could not be called: ");
      expect(await call(`https://127.0.0.1:${port}/`)).toContain("could not be called: ");
      expect(await call(`http://127.0.0.1:${port}/`, { Link: "a\r\nb: c" })).toContain(
        "could not be called: ",
      );
    });
  });
});

describe("in workerd alone", () => {
  test("the same addresses may be reached as on Node", async () => {
    const addresses = [
      ...["::ffff:10.1.2.3", "::ffff:a01:203", "::ffff:7f00:1", "::1", "::", "fd12::1", "2001:4860::1"],
      ...fc.sample(fc.oneof(fc.ipV4(), fc.ipV6()), 300),
      ...fc.sample(fc.ipV4(), 100).map((address) => `::ffff:${address}`),
    ];
    for (const listed of ["", "10.0.0.0/8,fd12::/16", "::/0", "0.0.0.0/1"]) {
      const allow = rangesOf(listed);
      expect(await inWorkerd.reach(allow, addresses)).toEqual(addresses.map(mayReach(allow)));
    }
  });

  test("a name must be listed with all its addresses, since the runtime chooses", async () => {
    const call: Call = { method: "GET", url: new URL(`http://localhost:${port}/`), headers: {}, seconds: 5 };
    expect((await inWorkerd.call(thisOne, call)).kind).toBe("inside");
    expect(asked).toBe(0);
  });

  describe("a name is looked up over the web", () => {
    const [a, cname, aaaa] = [1, 5, 28];
    const zone: Record<string, [number, string][]> = {
      "inside.example": [[a, "10.0.0.5"]],
      "inside6.example": [[aaaa, "fd00::1"]],
      "mapped.example": [[aaaa, "::ffff:169.254.169.254"]],
      "both.example": [
        [a, "93.184.215.14"],
        [a, "127.0.0.1"],
      ],
      "either.example": [
        [a, "93.184.215.14"],
        [aaaa, "::1"],
      ],
      "alias.example": [
        [cname, "inside.example."],
        [a, "192.168.1.1"],
      ],
      "outside.example": [
        [a, "93.184.215.14"],
        [aaaa, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
      ],
      "alias-out.example": [
        [cname, "outside.example."],
        [a, "93.184.215.14"],
      ],
      "nobody.example": [],
    };
    let called: string[] = [];
    let web: Awaited<ReturnType<typeof workerd>>;

    beforeAll(async () => {
      web = await workerd(async (request: Request) => {
        const { hostname, searchParams } = new URL(request.url);
        if (hostname !== "cloudflare-dns.com") {
          called.push(request.url);
          return new Response("نعم");
        }
        const name = searchParams.get("name") ?? "";
        if (name === "slow.example") await new Promise(() => {});
        if (name === "broken.example") return new Response("", { status: 500 });
        const type = searchParams.get("type") === "A" ? a : aaaa;
        const found = (zone[name] ?? []).filter(([its]) => its === type || its === cname);
        const Answer = found.map(([its, data]) => ({ name, type: its, TTL: 60, data }));
        return Response.json({ Status: 0, Question: [{ name, type }], ...(Answer.length > 0 && { Answer }) });
      });
    });
    afterEach(() => {
      called = [];
    });
    afterAll(() => web.stop());
    const callName = (name: string, seconds = 10) =>
      web.call([], { method: "GET", url: new URL(`http://${name}/hook`), headers: {}, seconds });

    test.each([
      "inside.example",
      "inside6.example",
      "mapped.example",
      "both.example",
      "either.example",
      "alias.example",
      "localhost",
      "localhost.",
      "a.localhost",
    ])("%s lies inside", async (name) => {
      expect((await callName(name)).kind).toBe("inside");
      expect(called).toEqual([]);
    });

    test.each(["outside.example", "alias-out.example"])("%s is called", async (name) => {
      expect(textOf(await callName(name))).toBe("نعم");
      expect(called).toEqual([`http://${name}/hook`]);
    });

    test.each([
      ["nobody.example", "could not be called: ", 10],
      ["broken.example", "could not be called: ", 10],
      ["slow.example", "took more than 1 seconds", 1],
    ])("%s is silence", async (name, why, seconds) => {
      const result = await callName(name, seconds);
      expect(result.kind).toBe("silence");
      expect(whyNot(result)).toContain(`${name} ${why}`);
      expect(called).toEqual([]);
    });
  });
});

const bomb = gzipSync(Buffer.alloc(50_000_000));
