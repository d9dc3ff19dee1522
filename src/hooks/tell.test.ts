// Webhooks on the wire: a receiver checks them as the standard says, misbehaves, and is told again.
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { startChaos } from "../../tests/support/chaos-smtp.ts";
import { startNashra } from "../../tests/support/nashra.ts";
import { createApiToken } from "../accounts/index.ts";
import { createLog } from "../platform/index.ts";
import { nextTry, signedHeaders, whyNoEndpoint } from "./event.ts";
import { listEndpoints } from "./store.ts";
import { tellHooks } from "./tell.ts";

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

const told = z.looseObject({
  id: z.number().optional(),
  secret: z.string().default(""),
  ok: z.boolean().optional(),
  answer: z.string().optional(),
});
const read = async (answer: Response | Promise<Response>) => told.parse(await (await answer).json());
const listIn = async (answer: Response | Promise<Response>) =>
  z.array(z.looseObject({})).parse(await (await answer).json());

type Got = { headers: IncomingHttpHeaders; body: string };

async function receiver() {
  const got: Got[] = [];
  let answer: { status: number; headers?: Record<string, string> } = { status: 204 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  running.push(() => new Promise((done) => server.close(() => done())));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/hook`,
    got,
    told: () => got.map(({ body }) => JSON.parse(body)),
    answers: (status: number, headers?: Record<string, string>) => {
      answer = { status, ...(headers && { headers }) };
    },
  };
}

async function paper(env: Record<string, string> = { NASHRA_FETCH_ALLOW: "127.0.0.1" }, smtp?: string) {
  const it = await startNashra({ now: "2026-03-01T03:00:00Z", env, ...(smtp && { smtp }) });
  running.unshift(() => it.stop());
  const token = await createApiToken(it.database, "automation", ["admin"], it.at());
  const api = (method: string, path: string, body?: object) =>
    it.app.request(new URL(`/api/v1/webhooks${path}`, it.config.publicUrl).href, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
  return { ...it, api };
}

/** As a receiver checks it, with nothing of ours. */
function isSigned({ headers, body }: Got, secret: string): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

test("the signature is the one that the standard's own example has", async () => {
  // From the specification's test vectors: msg_p5jXN8AQM9LWM0D4loKWxJek at 1614265330.
  const headers = await signedHeaders(
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    new TextEncoder().encode('{"test": 2432232314}'),
    Temporal.Instant.fromEpochMilliseconds(1614265330_000),
  );
  expect(headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("an issue and its readers are told, signed, once; what fails is told again with the same id, later and later", async () => {
  const hook = await receiver();
  const nashra = await paper();
  const added = await nashra.api("POST", "", {
    url: hook.url,
    events: ["issue.sent", "subscriber.unsubscribed", "letter.bounced"],
  });
  const { id, secret } = await read(added);
  expect([added.status, secret]).toEqual([201, expect.stringMatching(/^whsec_.{44}$/)]);
  expect(JSON.stringify(await (await nashra.api("GET", "")).json())).not.toContain(secret);
  expect(await (await nashra.api("POST", `/${id}/test`)).json()).toEqual({
    ok: true,
    answer: "it answered 204",
  });
  expect(hook.told()[0].type).toBe("webhook.test");

  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    await nashra.article({ title: `خبر ${section}`, sections: [section] });
  await nashra.confirmed("salma@example.org");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  hook.answers(500);
  await nashra.tickAt("2026-03-01T05:01:00Z");
  const ids = () => hook.got.slice(1).map(({ headers }) => headers["webhook-id"]);
  expect(hook.told().at(-1)).toEqual({
    type: "issue.sent",
    timestamp: "2026-03-01T05:00:00Z",
    data: {
      issue: "daily/2026-03-01-morning",
      kind: "digest",
      url: expect.stringContaining("/issues/daily/2026-03-01-morning"),
      planned_at: "2026-03-01T05:00:00Z",
      finished_at: "2026-03-01T05:00:00Z",
      candidates: 1,
    },
  });
  await nashra.tickAt("2026-03-01T05:01:30Z"); // not yet
  expect(ids()).toHaveLength(1);
  const [listed] = await listIn(nashra.api("GET", ""));
  expect(listed).toMatchObject({ failing_since: "2026-03-01T05:01:00Z", reply: "it answered 500" });
  hook.answers(200);
  await nashra.tickAt("2026-03-01T05:02:01Z");
  await nashra.tickAt("2026-03-01T09:00:00Z");
  expect(ids()).toEqual([ids()[0], ids()[0]]);
  expect(hook.got.every((it) => isSigned(it, secret))).toBe(true);
  expect((await listIn(nashra.api("GET", "")))[0]?.["failing_since"]).toBeNull();
  // All of that once more, for whoever lost it.
  expect(await (await nashra.api("POST", `/${id}/replay`, { since: "2026-03-01T00:00:00Z" })).json()).toEqual(
    { events: 1 },
  );
  await nashra.tickAt("2026-03-01T09:01:00Z");
  expect(ids()).toHaveLength(3);
  expect((await nashra.api("DELETE", `/${id}`)).status).toBe(204);
  expect((await nashra.api("DELETE", `/${id}`)).status).toBe(404);
});

test("another secret: both sign for a day, then the new one alone; and what was told is listed", async () => {
  const hook = await receiver();
  const nashra = await paper();
  const { id, secret } = await read(
    nashra.api("POST", "", { url: hook.url, events: ["subscriber.confirmed"] }),
  );
  const rotated = await read(nashra.api("POST", `/${id}/secret`));
  expect(rotated).toMatchObject({ former_secret_until: "2026-03-02T03:00:00Z" });
  const signers = async () => {
    await nashra.api("POST", `/${id}/test`);
    const call = hook.got.at(-1);
    const signatures = String(call?.headers["webhook-signature"]).split(" ");
    return [rotated["secret"], secret].map(
      (it) =>
        call !== undefined &&
        signatures.some((signature) =>
          isSigned({ ...call, headers: { ...call.headers, "webhook-signature": signature } }, String(it)),
        ),
    );
  };
  expect(await signers()).toEqual([true, true]);
  nashra.setClock("2026-03-02T03:00:00Z");
  expect(await signers()).toEqual([true, false]);
  expect(await (await nashra.api("GET", `/${id}/calls`)).json()).toEqual([]);
  const { db } = nashra.database;
  await db
    .insertInto("webhook_calls")
    .values({
      endpoint_id: (await listEndpoints(db))[0]?.id ?? expect.fail("There is no endpoint."),
      event: "subscriber.confirmed",
      data: "{}",
      at: 0,
      state: "dead",
      due_at: 1000,
      expires_at: 1000,
      reply: "it answered 500",
    })
    .execute();
  expect(await (await nashra.api("GET", `/${id}/calls`)).json()).toEqual([
    {
      id: "msg_1",
      event: "subscriber.confirmed",
      at: "1970-01-01T00:00:00Z",
      state: "dead",
      tries: 0,
      due: "1970-01-01T00:00:01Z",
      reply: "it answered 500",
    },
  ]);
  expect((await nashra.api("POST", "/99/secret")).status).toBe(404);
});

test("that an issue was sent is told once, also where a person has letters in doubt sent again when it was over", async () => {
  const hook = await receiver();
  const server = await startChaos();
  running.push(server.close);
  const nashra = await paper(undefined, server.url.href);
  const { db } = nashra.database;
  await nashra.api("POST", "", { url: hook.url, events: ["issue.sent"] });
  await db.updateTable("digests").set({ in_doubt: "hold" }).execute();
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    await nashra.article({ title: `خبر ${section}`, sections: [section] });
  await nashra.confirmed("salma@example.org", "karim+dropdot@example.org");
  const name = "daily/2026-03-01-morning";
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await nashra.tickAt("2026-03-01T05:01:00Z");
  expect((await nashra.issue(name)).state).toBe("sent");
  expect(hook.told()).toHaveLength(1);
  const token = await createApiToken(nashra.database, "desk", "editor", nashra.at());
  const decided = await nashra.app.request(
    new URL(`/api/v1/issues/${name}/doubts`, nashra.config.publicUrl).href,
    {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ decision: "resend" }),
    },
  );
  expect(await decided.json()).toMatchObject({ letters: 1 });
  expect((await nashra.issue(name)).state).toBe("sending");
  await nashra.tickAt("2026-03-01T05:02:00Z");
  await nashra.tickAt("2026-03-01T05:03:00Z");
  expect((await nashra.issue(name)).state).toBe("sent");
  expect(server.to("karim+dropdot@example.org")).toHaveLength(2);
  expect(hook.told()).toHaveLength(1);
});

test("an address inside is not called, unless it is allowed", async () => {
  const hook = await receiver();
  const nashra = await paper({});
  const { id } = await read(nashra.api("POST", "", { url: hook.url, events: ["issue.sent"] }));
  const { ok, answer } = await read(nashra.api("POST", `/${id}/test`));
  expect([ok, answer, hook.got]).toEqual([false, expect.stringContaining("127.0.0.1"), []]);
});

test("one that is gone for good is told nothing until somebody says so", async () => {
  const hook = await receiver();
  const nashra = await paper();
  const { id } = await read(nashra.api("POST", "", { url: hook.url, events: ["subscriber.confirmed"] }));
  const { db, batch } = nashra.database;
  await nashra.confirmed("salma@example.org");
  const confirm = () =>
    batch([
      db
        .insertInto("consents")
        .columns(["subscriber_id", "at", "act", "digest_id", "proof"])
        .expression(
          db
            .selectFrom("subscribers")
            .select((eb) => [
              "id",
              eb.val(nashra.at().epochMilliseconds).as("at"),
              eb.val("confirmed").as("act"),
              eb.val(1).as("digest_id"),
              eb.val("{}").as("proof"),
            ]),
        )
        .compile(),
    ]);
  await confirm();
  hook.answers(410);
  await nashra.tickAt("2026-03-01T03:01:00Z");
  expect(hook.told()[0]).toMatchObject({
    type: "subscriber.confirmed",
    data: { address: "salma@example.org", digest: "daily" },
  });
  await confirm();
  await nashra.tickAt("2026-03-01T04:00:00Z");
  expect(hook.got).toHaveLength(1);
  hook.answers(200);
  await nashra.api("POST", `/${id}/replay`, {});
  await nashra.tickAt("2026-03-01T04:01:00Z");
  expect(hook.got).toHaveLength(2); // what waited; what happened while it was off was never meant for it
});

test("an endpoint that is dead costs a tick a few calls, however much waits for it, and the others are told", async () => {
  const [dead, alive] = [await receiver(), await receiver()];
  dead.answers(503, { "Retry-After": "3600" });
  const nashra = await paper();
  for (const { url } of [dead, alive])
    await nashra.api("POST", "", { url, events: ["subscriber.unsubscribed"] });
  const { db, batch } = nashra.database;
  await nashra.confirmed("salma@example.org");
  const row = {
    subscriber_id: (await db.selectFrom("subscribers").select("id").executeTakeFirstOrThrow()).id,
    act: "left" as const,
  };
  await batch(
    Array.from({ length: 200 }, () =>
      db
        .insertInto("consents")
        .values({ ...row, at: nashra.at().epochMilliseconds, digest_id: 1, proof: "{}" })
        .compile(),
    ),
  );
  await nashra.tickAt("2026-03-01T03:01:00Z");
  expect(alive.got).toHaveLength(200);
  expect(dead.got.length).toBeLessThanOrEqual(4);
});

test("a slow endpoint is not told twice by two turns of the clock: none goes on after its time", async () => {
  const nashra = await paper();
  const added = await nashra.api("POST", "", {
    url: "http://127.0.0.1:9/",
    events: ["subscriber.unsubscribed"],
  });
  expect(added.status).toBe(201);
  const { db, batch } = nashra.database;
  await nashra.confirmed("salma@example.org");
  const { id } = await db.selectFrom("subscribers").select("id").executeTakeFirstOrThrow();
  let now = nashra.at();
  const act = { subscriber_id: id, act: "left" as const, digest_id: 1, proof: "{}" };
  const at = now.epochMilliseconds;
  await batch(
    Array.from({ length: 30 }, () =>
      db
        .insertInto("consents")
        .values({ ...act, at })
        .compile(),
    ),
  );
  const told: string[] = [];
  const turn = () =>
    tellHooks(
      {
        database: nashra.database,
        site: nashra.config.publicUrl,
        now: () => now,
        log: createLog("silent"),
        lanes: 1,
        mostCalls: 100,
        async call({ headers }) {
          told.push(String(headers["webhook-id"]));
          now = now.add({ seconds: 14 });
          if (told.length % 5 === 0) await turn(); // the next minute's
          return { kind: "answer", status: 204, retryAfter: null, body: null };
        },
      },
      now.add({ seconds: 25 }),
    );
  for (let n = 0; n < 40 && told.length < 30; n++) await turn();
  expect(told.toSorted()).toEqual([...new Set(told)].toSorted());
  expect(told).toHaveLength(30);
});

test.each([
  [1, null, 60],
  [2, null, 300],
  [5, null, 18_000],
  [9, null, 86_400],
  [50, null, 86_400],
  [1, "600", 600],
  [9, "600", 86_400],
  [1, "999999", 86_400],
  [1, "Wed, 21 Oct 2026 07:28:00 GMT", 60],
  [1, "-5", 60],
])("after try %i and Retry-After %s it waits %i seconds", (tries, retryAfter, seconds) => {
  const now = Temporal.Instant.fromEpochMilliseconds(0);
  expect(nextTry(now, tries, retryAfter).epochMilliseconds / 1000).toBe(seconds);
});

test.each([
  ["https://crm.example.org/hook?key=1", null],
  ["ftp://crm.example.org/", "no URL with http"],
  ["crm.example.org", "no URL with http"],
  ["https://user:secret@crm.example.org/", "user or password"],
  ["https://crm.example.org/#x", "behind #"],
  [`https://crm.example.org/${"x".repeat(2000)}`, "longer"],
])("%s", (url, why) => {
  if (why === null) expect(whyNoEndpoint(url)).toBeNull();
  else expect(whyNoEndpoint(url)).toContain(why);
});
