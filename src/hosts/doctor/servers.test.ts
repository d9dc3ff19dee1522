// The doctor meets real servers: relays with and without TLS, our own page behind https and behind what spoils it.
import { mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createServer as createWeb, type RequestListener } from "node:http";
import { createServer as createSecureWeb } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, test } from "vitest";
import { pair } from "../../../tests/support/certificate.ts";
import {
  judgeCertificate,
  judgeClock,
  judgeDatabase,
  judgeDisk,
  judgeOneClick,
  judgeRelay,
  judgeSignedFields,
} from "../../doctor/index.ts";
import { checkDatabase, roomOf } from "./machine.ts";
import { type Bounds, meetRelay, seePage } from "./servers.ts";

const bounds: Bounds = { seconds: 3, isConnected: async () => true, ca: pair.cert };
const strangers: Bounds = { seconds: 3, isConnected: async () => true };

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const listening = async (server: Pick<Server, "listen" | "address" | "close">) => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close());
  return (server.address() as AddressInfo).port;
};

async function relay(options: SMTPServerOptions, host = "127.0.0.1"): Promise<number> {
  const server = new SMTPServer({ authOptional: true, name: "out.relay.example", ...options });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  open.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}

const judged = async (port: number, secure = false, by = bounds, isHere = false) => {
  const { state, what } = judgeRelay(
    `localhost:${port}`,
    isHere,
    await meetRelay({ host: "localhost", port, secure }, by),
  );
  return `${state}: ${what.en}`;
};

describe("a relay", () => {
  test("that offers STARTTLS, with a certificate of its name", async () => {
    const port = await relay(pair);
    expect(await judged(port)).toMatch(/^ok: .* answers encrypted; its certificate is good for \d{5} days/);
    expect(await meetRelay({ host: "localhost", port, secure: false }, bounds)).toMatchObject({
      kind: "met",
      name: "out.relay.example",
      startTls: true,
    });
  });
  test("that speaks TLS from the first octet", async () =>
    expect(await judged(await relay({ ...pair, secure: true }), true)).toMatch(/^ok: .*encrypted/));
  test("whose certificate nobody vouches for", async () =>
    expect(await judged(await relay(pair), false, strangers)).toMatch(
      /^broken: The certificate .* not accepted/,
    ));
  test("whose certificate is another's", async () => {
    const port = await relay(pair, "127.0.0.2");
    const seen = await meetRelay({ host: "127.0.0.2", port, secure: false }, bounds);
    expect(judgeRelay("127.0.0.2", false, seen)).toMatchObject({
      state: "broken",
      what: { en: expect.stringMatching(/not accepted: it is another name/) },
    });
  });
  test("that offers none: fine on this machine, broken elsewhere", async () => {
    const port = await relay({ disabledCommands: ["STARTTLS"] });
    expect(await judged(port, false, bounds, true)).toMatch(/^ok: .* on this machine/);
    expect(await judged(port)).toMatch(/^broken: .* offers no encryption/);
  });
  test("that is not there", async () => {
    const port = await listening(createServer());
    await open.pop()?.();
    expect(await judged(port)).toMatch(/^broken: .*ECONNREFUSED/);
  });
  test("that is silent, or closes, or speaks another language: soon over", async () => {
    const began = performance.now();
    const silent = await listening(createServer(() => {}));
    expect(await judged(silent, false, { ...bounds, seconds: 0.5 })).toMatch(/^unknown: .*no answer in time/);
    const closing = await listening(createServer((socket) => socket.end()));
    expect(await judged(closing)).toMatch(/^broken: .*it closed the connection/);
    const web = await listening(createServer((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")));
    expect(await judged(web)).toMatch(/^broken: .*no reply of a mail server/);
    const busy = await listening(createServer((socket) => socket.write("554 not you\r\n")));
    expect(await judged(busy)).toMatch(/^broken: .*554 not you/);
    expect(performance.now() - began).toBeLessThan(8000);
  });
  test("whose name is not found: broken, or unknown where no name is", async () => {
    const ask = (isConnected: boolean) =>
      meetRelay(
        { host: "relay.invalid", port: 25, secure: false },
        { ...bounds, isConnected: async () => isConnected },
      );
    expect((await ask(false)).kind).toBe("failed");
    expect(judgeRelay("x", false, await ask(false)).state).toBe("unknown");
  });
});

const form = '<form class="form" method="post" action="/unsubscribe/x"><button>x</button></form>';
const page = (listener: RequestListener) => listening(createSecureWeb(pair, listener));

describe("our own page", () => {
  test.each<[string, RequestListener, string]>([
    ["as it should be", (_, answer) => void answer.end(form), "ok"],
    ["not there", (_, answer) => void answer.writeHead(404).end(), "broken"],
    ["without a form", (_, answer) => void answer.end("<p>coming soon"), "broken"],
    [
      "that sends a press elsewhere",
      ({ method }, answer) =>
        void (method === "POST" ? answer.writeHead(302, { Location: "/login" }).end() : answer.end(form)),
      "broken",
    ],
    [
      "that refuses a press",
      ({ method }, answer) => void (method === "POST" ? answer.writeHead(403).end() : answer.end(form)),
      "broken",
    ],
  ])("%s", async (_, listener, state) => {
    const site = new URL(`https://localhost:${await page(listener)}`);
    const opened = await seePage(new URL("/unsubscribe/x", site), null, bounds);
    const pressed = await seePage(new URL("/unsubscribe/x", site), "List-Unsubscribe=One-Click", bounds);
    expect(judgeOneClick(site, opened, pressed).state).toBe(state);
    expect(judgeCertificate(site, opened).state).toBe("ok");
  });
  test("behind a certificate that nobody vouches for, over http, and not reached", async () => {
    const site = new URL(`https://localhost:${await page((_, answer) => void answer.end(form))}`);
    const seen = await seePage(site, null, strangers);
    expect(judgeCertificate(site, seen)).toMatchObject({
      state: "broken",
      what: { en: expect.stringMatching(/not accepted/) },
    });
  });
  test("a page that never ends is not read to its end", async () => {
    const port = await listening(
      createWeb((_, answer) => {
        const more = setInterval(() => answer.write("x".repeat(100_000)), 1);
        answer.on("close", () => clearInterval(more));
      }),
    );
    const seen = await seePage(new URL(`http://127.0.0.1:${port}/`), null, bounds);
    expect(seen.kind === "answered" && seen.body.length).toBeLessThan(1_000_000);
  });
  test("nobody answers in time", async () => {
    const port = await listening(createServer(() => {}));
    const seen = await seePage(new URL(`http://127.0.0.1:${port}/`), null, { ...bounds, seconds: 0.3 });
    expect(seen).toMatchObject({ kind: "failed", noAnswer: true });
  });
});

describe("the machine", () => {
  const folder = () => {
    const it = mkdtempSync(join(tmpdir(), "nashra-doctor-"));
    open.push(() => rmSync(it, { recursive: true, force: true }));
    return it;
  };
  const made = () => {
    const file = join(folder(), "nashra.sqlite");
    const database = new Database(file);
    database.exec("create table t (a text); create index i on t (a)");
    const insert = database.prepare("insert into t values (?)");
    database.transaction(() => {
      for (let i = 0; i < 20_000; i++) insert.run(`row ${i} ${"x".repeat(50)}`);
    })();
    database.close();
    return file;
  };
  test("a sound database, one that is damaged, one that is none, one that is not there", async () => {
    const file = made();
    expect(await checkDatabase(file, 20)).toEqual({ kind: "good" });
    const hurt = openSync(file, "r+");
    for (let at = 20_000; at < 400_000; at += 4096) writeSync(hurt, Buffer.alloc(600, 0xff), 0, 600, at);
    expect((await checkDatabase(file, 20)).kind).toBe("faulty");
    const none = join(folder(), "none");
    writeFileSync(none, "this is no database, however long it is".repeat(100));
    expect((await checkDatabase(none, 20)).kind).toBe("faulty");
    expect((await checkDatabase(join(folder(), "gone"), 20)).kind).toBe("failed");
  });
  test("a check that takes too long is stopped", async () =>
    expect(await checkDatabase(made(), 0.001)).toEqual({ kind: "slow", seconds: 0.001 }));
  test("room", async () => {
    const file = made();
    const room = await roomOf(join(file, ".."), file);
    expect(room?.database).toBeGreaterThan(1_000_000);
    expect(await roomOf("/no/such/folder", file)).toBe(null);
    const state = (free: number, database = 0) => judgeDisk("d", { free, database }).state;
    expect([state(1e8), state(1e9), state(1e10), state(1e10, 2e10)]).toEqual([
      "broken",
      "warning",
      "ok",
      "warning",
    ]);
    expect(judgeDisk("d", null).state).toBe("unknown");
  });
  test.each<[number | null, number | null, string]>([
    [null, null, "ok"],
    [-1000, 5000, "ok"],
    [30_000, null, "ok"],
    [120_000, null, "broken"],
    [null, -120_000, "warning"],
  ])("a clock with the store %s and the web %s milliseconds ahead: %s", (newest, web, state) => {
    const now = 1_800_000_000_000;
    const at = (off: number | null) => (off === null ? null : now + off);
    expect(judgeClock(now, at(newest), at(web)).state).toBe(state);
  });
  test("every answer about a database is words", () => {
    for (const seen of [
      { kind: "good" },
      { kind: "faulty", words: "row 3 missing" },
      { kind: "slow", seconds: 20 },
      { kind: "failed", error: "no such file" },
    ] as const)
      expect(judgeDatabase("f", seen).what.ar).toMatch(/\p{Script=Arabic}/u);
  });
  test("what a signature must cover", () => {
    const all = ["from", "list-unsubscribe", "list-unsubscribe-post"];
    expect(judgeSignedFields("d", all).state).toBe("ok");
    expect(judgeSignedFields("d", all.slice(0, 2))).toMatchObject({ state: "broken" });
  });
});
