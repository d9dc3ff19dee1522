import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { openTestDatabase } from "../../../tests/support/database.ts";
import { keepCall } from "../store/hints.ts";
import { keepSource, sourceBy } from "../store/sources.ts";
import type { SourceTables } from "../tables.ts";
import { readCall, sourceWebhook, webhookPath } from "./webhook.ts";

const now = Temporal.Instant.from("2026-03-01T06:30:00Z");
const seconds = Math.floor(now.epochMilliseconds / 1000);
const secret = "one-secret-of-one-source";
const sign = (body: string | Uint8Array, key = secret) =>
  `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
const bytes = (text: string) => new TextEncoder().encode(text);
const call = { event: "update", post: 7, at: seconds, delivery: "a1b2c3d4e5f60718" };

/** A paper with one WordPress site, صوت, and what came of its calls. */
async function startPaper() {
  const database = openTestDatabase<SourceTables>();
  const url = new URL("https://sawt.example/");
  const known = {
    slug: "صوت",
    kind: "wordpress",
    url,
    origin: "wordpress sawt.example",
    title: "صوت",
  } as const;
  const rest = { language: null, zone: null, sectionId: null, nextRunAt: null };
  await keepSource(database.db, { ...known, ...rest }, now);
  const clock = { now };
  const hints: string[] = [];
  const app = new Hono().route(
    "/",
    sourceWebhook({
      now: () => clock.now,
      async signerOf(slug) {
        const source = await sourceBy(database.db, { slug });
        return source && { id: source.id, secret };
      },
      firstTime: (source, delivery, until) => keepCall(database, source, delivery, until, clock.now),
      hint: async (source, remoteId) => hints.push(`${source} ${remoteId}`),
    }),
  );
  const kept = async () => (await database.db.selectFrom("source_calls").selectAll().execute()).length;
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    over: { to?: string; signature?: string } = {},
  ) => {
    const signature = over.signature ?? sign(body);
    const reply = await app.request(over.to ?? webhookPath("صوت"), {
      method: "POST",
      body,
      headers: signature === "" ? {} : { "X-Nashra-Signature": signature },
    });
    return { status: reply.status, text: await reply.text() };
  };
  return { post, hints, kept, clock, ran: database.ran };
}

describe("a call", () => {
  test.each(["publish", "update", "trash", "delete"])(
    "of %s makes the source ask for the post",
    async (event) => {
      const { post, hints } = await startPaper();
      expect(await post(JSON.stringify({ ...call, event }))).toEqual({
        status: 202,
        text: '{"result":"taken"}',
      });
      expect(hints).toEqual(["1 7"]);
    },
  );

  test("that is a test asks for nothing", async () => {
    const { post, hints } = await startPaper();
    expect((await post(JSON.stringify({ ...call, event: "test", post: 0 }))).status).toBe(202);
    expect(hints).toEqual([]);
  });

  test("is taken once, and another of the same post again", async () => {
    const { post, hints } = await startPaper();
    const body = JSON.stringify(call);
    expect((await post(body)).status).toBe(202);
    expect(await post(body)).toEqual({ status: 200, text: '{"result":"repeated"}' });
    expect((await post(JSON.stringify({ ...call, delivery: "another-delivery" }))).status).toBe(202);
    expect(hints).toEqual(["1 7", "1 7"]);
  });

  test("is taken once, however long one keeps it", async () => {
    for (const ahead of [-299, 0, 299]) {
      const { post, hints, clock } = await startPaper();
      const body = JSON.stringify({ ...call, at: seconds + ahead });
      for (let later = 0; later < 1200; later += 50) {
        clock.now = now.add({ seconds: later });
        await post(
          JSON.stringify({ ...call, at: seconds + later, post: 8, delivery: `${later}`.padEnd(16, "x") }),
        );
        await post(body);
      }
      expect(hints.filter((hint) => hint === "1 7")).toEqual(["1 7"]);
    }
  });

  test.each([
    [-301, 400],
    [-300, 202],
    [0, 202],
    [300, 202],
    [301, 400],
  ])("by a clock %i seconds off: %i", async (off, status) => {
    const { post, hints } = await startPaper();
    const reply = await post(JSON.stringify({ ...call, at: seconds + off }));
    expect(reply.status).toBe(status);
    if (status === 400) {
      expect(reply.text).toContain("set the clocks right");
      expect(hints).toEqual([]);
    }
  });

  test.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ["nothing", ""],
    ["no JSON", "{"],
    ["no object", "[7]"],
    ["null", "null"],
    ["no event", JSON.stringify({ ...call, event: undefined })],
    ["another event", JSON.stringify({ ...call, event: "drop" })],
    ["no post", JSON.stringify({ ...call, post: 0 })],
    ["half a post", JSON.stringify({ ...call, post: 7.5 })],
    ["a post before the first", JSON.stringify({ ...call, post: -7 })],
    ["a post beyond all numbers", '{"event":"update","post":1e400,"at":1,"delivery":"a1b2c3d4e5f60718"}'],
    ["a post in words", JSON.stringify({ ...call, post: "7" })],
    ["a time beyond all", JSON.stringify({ ...call, at: 8.64e15 })],
    ["no delivery", JSON.stringify({ ...call, delivery: "" })],
    ["a delivery that is guessed", JSON.stringify({ ...call, delivery: "1" })],
    ["a long delivery", JSON.stringify({ ...call, delivery: "a".repeat(65) })],
    ["a delivery of other letters", JSON.stringify({ ...call, delivery: "a1b2c3d4e5f6071\0" })],
    ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d)],
  ])("that holds %s is malformed", async (_, body) => {
    const { post, hints, kept } = await startPaper();
    expect((await post(body)).status).toBe(400);
    expect([hints, await kept()]).toEqual([[], 0]);
  });

  test("is 4096 bytes at most", async () => {
    const { post, hints } = await startPaper();
    const padded = (length: number) => JSON.stringify(call).padEnd(length, " ");
    expect((await post(padded(4097))).status).toBe(413);
    expect((await post(new Uint8Array(1_000_000))).status).toBe(413);
    expect(hints).toEqual([]);
    expect((await post(padded(4096))).status).toBe(202);
  });
});

describe("who did not sign learns nothing", () => {
  const body = JSON.stringify(call);
  test.each<[string, { to?: string; signature?: string }]>([
    ["no signature", { signature: "" }],
    ["another secret", { signature: sign(body, "another") }],
    ["an empty secret", { signature: sign(body, "") }],
    ["another method", { signature: `sha1=${createHmac("sha1", secret).update(body).digest("hex")}` }],
    ["half a signature", { signature: sign(body).slice(0, 39) }],
    ["more than one", { signature: `${sign(body)}, ${sign(body)}` }],
    ["zeros", { signature: `sha256=${"0".repeat(64)}` }],
    ["an unknown source", { to: webhookPath("none") }],
    [
      "an unknown source, signed with what stands in",
      { to: webhookPath("none"), signature: sign(body, "nobody's") },
    ],
    ["a name beyond all", { to: webhookPath("a".repeat(5000)) }],
    ["a name that is none", { to: "/inbound/wordpress/%E0%A4%A" }],
  ])("%s", async (_, over) => {
    const { post, hints, kept } = await startPaper();
    const answer = await post(body, over);
    const wrong = await post("[", { signature: sign("{") });
    expect(answer).toEqual(wrong);
    expect(answer.status).toBe(401);
    expect([hints, await kept()]).toEqual([[], 0]);
  });

  test("a malformed call to an unknown source is answered like any other", async () => {
    const { post } = await startPaper();
    expect(await post("{", { to: webhookPath("none") })).toEqual(await post("{", { signature: "" }));
  });

  test("a name beyond all is not looked for", async () => {
    const { post, ran } = await startPaper();
    const before = ran.length;
    await post(body, { to: webhookPath("a".repeat(5000)) });
    expect(ran.length).toBe(before);
  });
});

test("whatever is changed of body, signature or secret, it is not signed", async () =>
  fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.string({ minLength: 1, unit: "binary" }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (body, key, at, change) => {
        const read = (it: Uint8Array, signature: string, with_: string) =>
          readCall(with_, signature, Uint8Array.from(it), now).then(({ kind }) => kind);
        const signature = sign(body, key.toWellFormed());
        expect(await read(body, signature, key.toWellFormed())).not.toBe("unsigned");
        const other = body.with(at % body.length, (body[at % body.length] ?? 0) ^ change);
        const digit = 7 + (at % 64);
        const wrongDigit = signature[digit] === "0" ? "1" : "0";
        expect(await read(other, signature, key.toWellFormed())).toBe("unsigned");
        expect(await read(body.slice(1), signature, key.toWellFormed())).toBe("unsigned");
        expect(await read(Uint8Array.of(0xef, 0xbb, 0xbf, ...body), signature, key.toWellFormed())).toBe(
          "unsigned",
        );
        expect(
          await read(body, `${signature.slice(0, digit)}${wrongDigit}${signature.slice(digit + 1)}`, key),
        ).toBe("unsigned");
        expect(await read(body, signature, `${key}x`)).toBe("unsigned");
      },
    ),
  ));

test("a call that is signed and right is the post it names", async () => {
  const body = bytes(JSON.stringify(call));
  expect(await readCall(secret, sign(body), body, now)).toEqual({
    kind: "post",
    remoteId: "7",
    delivery: call.delivery,
    until: now.add({ seconds: 600 }),
  });
  expect(await readCall(null, sign(body), body, now)).toEqual({ kind: "unsigned" });
  expect(await readCall(null, sign(body, "nobody's"), body, now)).toEqual({ kind: "unsigned" });
  expect(await readCall("", sign(body, ""), body, now)).toEqual({ kind: "unsigned" });
});
