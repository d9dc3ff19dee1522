import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, type connect, createServer as createTcpServer, type Server } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { type FetchResult, fetchLimits } from "../platform/index.ts";
import { guardedFetch } from "./fetch.ts";

const rangesOf = (text: string) => {
  const reading = readConfig({ NASHRA_FETCH_ALLOW: text });
  if (!reading.ok) throw new Error(reading.problems.join());
  return reading.config.fetchAllow;
};
const thisOne = rangesOf("127.0.0.1");

let listener: RequestListener = (_, response) => void response.end();
let asked = 0;
const server = createServer((request, response) => {
  asked += 1;
  listener(request, response);
});
let port = 0;

async function listen(it: Server): Promise<number> {
  it.listen(0, "127.0.0.1");
  await once(it, "listening");
  const address: AddressInfo | string | null = it.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}

beforeAll(async () => {
  port = await listen(server);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** Gets a path of the server, which answers as told. */
function get(answer: RequestListener, limits = {}, path = "/"): Promise<FetchResult> {
  listener = answer;
  return guardedFetch(thisOne, { ...fetchLimits, ...limits })(new URL(path, `http://127.0.0.1:${port}`));
}
const whyNot = (result: FetchResult) => (result.ok ? "it was read" : result.why);
const textOf = (result: FetchResult) =>
  result.ok ? new TextDecoder().decode(result.page.body) : `refused: ${result.why}`;

describe("what lies inside is refused, however it is written", () => {
  test.each([
    "http://127.0.0.1:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f.0.0.1:PORT/",
    "http://0177.0.0.01:PORT/",
    "http://127.1:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://0.0.0.0:PORT/",
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/",
    "http://user:pw@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/",
    "http://10.0.0.1/",
    "http://192.168.1.1/admin",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
  ])("%s", async (address) => {
    asked = 0;
    const result = await guardedFetch([])(new URL(address.replace("PORT", String(port))));
    expect(whyNot(result)).toContain("inside your own network");
    expect(whyNot(result)).toContain("NASHRA_FETCH_ALLOW");
    expect(asked).toBe(0);
  });

  test.each(["http://127.0.0.2:PORT/", "http://[::1]:PORT/", "http://10.0.0.1/", "//169.254.169.254/"])(
    "a redirect to %s",
    async (to) => {
      asked = 0;
      const location = to.replace("PORT", String(port));
      const result = await get((_, response) => void response.writeHead(302, { location }).end());
      expect(whyNot(result)).toContain("inside your own network");
      expect(asked).toBe(1);
    },
  );

  test.each([
    "ftp://a.example/x",
    "file:///etc/passwd",
    "data:text/html,x",
    "javascript:x",
    "gopher://127.0.0.1/",
  ])("%s, at once or by a redirect", async (address) => {
    expect(whyNot(await guardedFetch([])(new URL(address)))).toContain("neither http nor https");
    const redirected = await get((_, response) => void response.writeHead(301, { location: address }).end());
    expect(whyNot(redirected)).toContain("neither http nor https");
  });

  test("a name that is listed by its address is reached", async () => {
    listener = (_, response) => void response.end("نص");
    const result = await guardedFetch(rangesOf("127.0.0.0/8,::1"))(new URL(`http://localhost:${port}/`));
    expect(textOf(result)).toBe("نص");
  });
});

describe("a page", () => {
  test("comes with its type, its bytes and the address where it was found", async () => {
    const result = await get(
      (request, response) => {
        if (request.url === "/old") response.writeHead(301, { location: "/new?x=1" }).end("moved");
        else response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<p>${request.url}`);
      },
      {},
      "/old",
    );
    expect(textOf(result)).toBe("<p>/new?x=1");
    expect(result.ok && result.page.url.href).toBe(`http://127.0.0.1:${port}/new?x=1`);
    expect(result.ok && result.page.contentType).toBe("text/html; charset=utf-8");
  });

  test.each([
    ["gzip", gzipSync("نص")],
    ["x-gzip", gzipSync("نص")],
    ["GZIP ", gzipSync("نص")],
    ["br", brotliCompressSync("نص")],
    ["identity", Buffer.from("نص")],
    ["", Buffer.from("نص")],
  ])("in the encoding %j", async (encoding, bytes) =>
    expect(
      textOf(
        await get((_, response) => void response.writeHead(200, { "content-encoding": encoding }).end(bytes)),
      ),
    ).toBe("نص"),
  );

  test.each([404, 403, 500, 204, 304, 206])("a %i is no page", async (status) =>
    expect(whyNot(await get((_, response) => void response.writeHead(status).end()))).toContain(
      `answered ${status}`,
    ),
  );
});

describe("what is hostile or broken ends with a reason", () => {
  test.each<[string, RequestListener, object, string]>([
    [
      "too large",
      (_, response) => void response.end("x".repeat(1001)),
      { bytes: 1000 },
      "larger than 1000 octets",
    ],
    [
      "endless",
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(10_000)));
        };
        response.on("drain", more);
        more();
      },
      {},
      "larger than 5000000 octets",
    ],
    [
      "a bomb of gzip",
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
      {},
      "larger than 5000000 octets",
    ],
    [
      "a bomb of brotli",
      (_, response) => void response.writeHead(200, { "content-encoding": "br" }).end(brotliBomb),
      {},
      "larger than 5000000 octets",
    ],
    [
      "gzip that is none",
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("<p>نص</p>"),
      {},
      "could not be read: incorrect header check",
    ],
    [
      "gzip cut short",
      (_, response) =>
        void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("نص").subarray(0, 15)),
      {},
      "could not be read: unexpected end of file",
    ],
    [
      "an encoding nobody asked for",
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip, br" }).end("x"),
      {},
      'in the encoding "gzip, br"',
    ],
    ["silence", () => {}, { seconds: 0.2 }, "took more than 0.2 seconds"],
    [
      "a head and no body",
      (_, response) => void response.writeHead(200).flushHeaders(),
      { seconds: 0.2 },
      "took more than 0.2 seconds",
    ],
    [
      "a body drop by drop",
      (_, response) => {
        const drops = setInterval(() => response.write("x"), 20);
        response.on("close", () => clearInterval(drops));
      },
      { seconds: 0.2 },
      "took more than 0.2 seconds",
    ],
    [
      "the same in gzip",
      (_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" });
        response.write(gzipSync("x".repeat(1000)).subarray(0, 12));
      },
      { seconds: 0.2 },
      "took more than 0.2 seconds",
    ],
    [
      "redirects in a ring",
      (_, response) => void response.writeHead(302, { location: "/" }).end(),
      {},
      "redirects more than 5 times",
    ],
    [
      "a redirect to no address",
      (_, response) => void response.writeHead(302, { location: "http://[" }).end(),
      {},
      "which is no address",
    ],
    [
      "a redirect without an address",
      (_, response) => void response.writeHead(302).end(),
      {},
      "answered 302",
    ],
    ["a connection reset", (request) => void request.socket.resetAndDestroy(), {}, "could not be read"],
    [
      "a connection closed inside the body",
      (_, response) => {
        response.writeHead(200, { "content-length": 1000 });
        response.write("x", () => response.destroy());
      },
      {},
      "could not be read",
    ],
    [
      "the same in gzip",
      (_, response) => {
        response.writeHead(200, { "content-encoding": "gzip", "content-length": 1000 });
        response.write(gzipSync("x").subarray(0, 12), () => response.destroy());
      },
      {},
      "could not be read",
    ],
  ])("%s", async (_, answer, limits, why) => expect(whyNot(await get(answer, limits))).toContain(why));

  test.each([
    ["no HTTP at all", "SSH-2.0-OpenSSH_9.0\r\n\r\n"],
    ["a header without end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"],
    ["a wrong length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
    ["a wrong chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ])("%s", async (_, answer) => {
    const raw = createTcpServer((socket) => socket.on("error", () => {}).end(answer));
    const at = await listen(raw);
    const result = await guardedFetch(thisOne, { ...fetchLimits, seconds: 2 })(
      new URL(`http://127.0.0.1:${at}/`),
    );
    expect(whyNot(result)).toContain("could not be read");
    raw.close();
  });

  test("nobody there, no such name, no certificate", async () => {
    const gone = createTcpServer();
    const at = await listen(gone);
    gone.close();
    const fetch = guardedFetch(thisOne);
    expect(whyNot(await fetch(new URL(`http://127.0.0.1:${at}/`)))).toContain("ECONNREFUSED");
    expect(whyNot(await fetch(new URL("http://nobody.invalid/")))).toContain("could not be read");
    expect(whyNot(await fetch(new URL(`https://127.0.0.1:${port}/`)))).toContain("could not be read");
  });
});

test("once a page is refused, its connection is closed", async () => {
  const sockets: ReturnType<typeof connect>[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  await get((_, response) => void response.write("x".repeat(2000)), { bytes: 1000 });
  await get((_, response) => void response.writeHead(500).flushHeaders());
  await get((_, response) => void response.writeHead(200, { "content-encoding": "zstd" }).flushHeaders());
  await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
});

const bomb = gzipSync(Buffer.alloc(50_000_000));
const brotliBomb = brotliCompressSync(Buffer.alloc(50_000_000), { params: { 1: 1 } });
