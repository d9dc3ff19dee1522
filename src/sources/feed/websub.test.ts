import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { type Call, type CallResult, sameText } from "../../platform/index.ts";
import {
  callbackUrl,
  isSigned,
  keepSubscribed,
  toAsk,
  type WebSubState,
  webSubCallback,
  webSubState,
} from "./websub.ts";

const site = new URL("https://paper.example/");
const start = Temporal.Instant.from("2026-03-01T06:00:00Z");
const offered = {
  hub: new URL("https://hub.example/"),
  topic: new URL("https://other.example/feed?a=1&b=2"),
};
const day = 86_400;

/** A source with id 7, and the hub's end of the line. */
function startSource() {
  let state: WebSubState | null = null;
  let now = start;
  let answer: CallResult = { kind: "answer", status: 202, retryAfter: null, body: null };
  let meanwhile: () => Promise<unknown> = async () => {};
  const calls: Call[] = [];
  const runs: number[] = [];
  const deps = {
    site,
    now: () => now,
    stateOf: async (source: number) => (source === 7 ? state : null),
    saveState: async (_: number, it: WebSubState) => {
      state = webSubState.parse(JSON.parse(JSON.stringify(it))); // as the store keeps it
    },
    runNow: async (source: number) => void runs.push(source),
    call: async (call: Call) => {
      calls.push(call);
      await meanwhile();
      return answer;
    },
  };
  const app = webSubCallback(deps);
  const form = () => {
    const call = calls.at(-1);
    if (call?.method !== "POST") throw new Error("the hub was not asked");
    return new URLSearchParams(new TextDecoder().decode(call.body));
  };
  const callback = () => new URL(form().get("hub.callback") ?? "").pathname;
  return {
    app,
    runs,
    calls,
    form,
    callback,
    state: () => state,
    after(seconds: number) {
      now = now.add({ seconds });
    },
    answers(it: CallResult, first: () => Promise<unknown> = async () => {}) {
      answer = it;
      meanwhile = first;
    },
    keep: (hub: typeof offered | null = offered) => keepSubscribed(deps, 7, hub),
    asks: (query: Record<string, string>, path = callback()) =>
      app.request(`${path}?${new URLSearchParams(query)}`),
    push: (body: string, signature: string | null, path = callback()) =>
      app.request(path, {
        method: "POST",
        body,
        headers: signature === null ? {} : { "X-Hub-Signature": signature },
      }),
    sign: (body: string, method = "sha256") =>
      `${method}=${createHmac(method, form().get("hub.secret") ?? "")
        .update(body)
        .digest("hex")}`,
  };
}
const confirmation = {
  "hub.mode": "subscribe",
  "hub.topic": offered.topic.href,
  "hub.challenge": "abc-123",
  "hub.lease_seconds": String(5 * day),
};

test("a feed with a hub is subscribed to, and a push has it asked at once", async () => {
  const source = startSource();
  await source.keep();
  expect(source.calls[0]).toMatchObject({ method: "POST", url: offered.hub });
  expect(Object.fromEntries(source.form())).toMatchObject({
    "hub.mode": "subscribe",
    "hub.topic": offered.topic.href,
    "hub.lease_seconds": "864000",
  });
  expect(source.callback()).toMatch(/^\/inbound\/websub\/7\/[\w-]{43}$/);

  const reply = await source.asks(confirmation);
  expect([reply.status, await reply.text(), reply.headers.get("content-type")]).toEqual([
    200,
    "abc-123",
    "text/plain; charset=utf-8",
  ]);
  expect(source.state()).toMatchObject({
    state: "active",
    until: start.add({ hours: 120 }).epochMilliseconds,
  });

  expect((await source.push("<rss/>", source.sign("<rss/>"))).status).toBe(202);
  expect(source.runs).toEqual([7]);
});

test("a hub may ask back while it is still being asked", async () => {
  const source = startSource();
  source.answers({ kind: "answer", status: 204, retryAfter: null, body: null }, async () =>
    expect((await source.asks(confirmation)).status).toBe(200),
  );
  await source.keep();
  expect(source.state()).toMatchObject({ state: "active" });
});

test.each(["sha1", "sha256", "sha384", "sha512"])("a push signed with %s counts", async (method) => {
  const source = startSource();
  await source.keep();
  await source.asks(confirmation);
  await source.push("نص", source.sign("نص", method));
  expect(source.runs).toEqual([7]);
});

test("a push that is not signed by the hub is answered alike and ignored", async () => {
  const source = startSource();
  await source.keep();
  await source.asks(confirmation);
  const good = source.sign("x");
  for (const signature of [
    null,
    "",
    "sha256=",
    good.replace("sha256", "sha1"),
    good.replace("sha256", "md5"),
    `${good}00`,
    source.sign("y"),
    good.slice(0, -2),
  ])
    expect((await source.push("x", signature)).status).toBe(202);
  expect(source.runs).toEqual([]);
});

test.each<[string, Record<string, string>]>([
  ["another topic", { ...confirmation, "hub.topic": "https://other.example/feed" }],
  ["no topic", { "hub.mode": "subscribe", "hub.challenge": "x" }],
  ["an unsubscription", { ...confirmation, "hub.mode": "unsubscribe" }],
  ["no challenge", { ...confirmation, "hub.challenge": "" }],
  ["an endless challenge", { ...confirmation, "hub.challenge": "x".repeat(3000) }],
])("%s is not confirmed", async (_, query) => {
  const source = startSource();
  await source.keep();
  const before = source.state();
  expect((await source.asks(query)).status).toBe(404);
  expect(source.state()).toEqual(before);
});

test("nobody else's address is one of ours", async () => {
  const source = startSource();
  await source.keep();
  const guessed = `${source.callback().slice(0, -1)}${source.callback().endsWith("A") ? "B" : "A"}`;
  for (const path of [
    guessed,
    source.callback().replace("/7/", "/8/"),
    source.callback().replace("/7/", "/7.0/"),
    "/inbound/websub/x/y",
  ]) {
    expect((await source.asks(confirmation, path)).status).toBe(404);
    expect((await source.push("x", source.sign("x"), path)).status).toBe(410); // ends what the hub still believes
  }
  expect(source.runs).toEqual([]);
});

test("a denial is kept with its reason, and is asked about again after a day, under another address", async () => {
  const source = startSource();
  await source.keep();
  const first = source.callback();
  expect(
    (await source.asks({ "hub.mode": "denied", "hub.topic": offered.topic.href, "hub.reason": "لا\nنعرفه" }))
      .status,
  ).toBe(200);
  expect(source.state()).toMatchObject({ state: "refused", why: "The hub denied it: لا نعرفه" });
  expect((await source.push("x", source.sign("x"))).status).toBe(410);
  source.after(day - 1);
  await source.keep();
  expect(source.calls).toHaveLength(1);
  source.after(1);
  await source.keep();
  expect(source.calls).toHaveLength(2);
  expect(source.callback()).not.toBe(first);
});

test("a hub that refuses is told in words; one in trouble is asked again", async () => {
  const source = startSource();
  source.answers({
    kind: "answer",
    status: 400,
    retryAfter: null,
    body: new TextEncoder().encode("unknown topic"),
  });
  await source.keep();
  expect(source.state()).toMatchObject({ state: "refused", why: "It answered 400: unknown topic" });

  const other = startSource();
  other.answers({ kind: "silence", why: "hub.example did not answer." });
  await other.keep();
  expect(other.state()).toMatchObject({ state: "asked", tries: 1 });
  other.after(3599);
  await other.keep();
  expect(other.calls).toHaveLength(1);
  other.after(1);
  await other.keep();
  expect(other.state()).toMatchObject({ state: "asked", tries: 2 });
});

test.each<[string, (form: string) => string]>([
  ["as it is", (form) => form],
  ["cut off in the middle of the secret", (form) => form.slice(0, form.indexOf("hub.secret=") + 40)],
  ["escaped once more", encodeURIComponent],
  ["as base64", btoa],
  ["as JSON", (form) => JSON.stringify(Object.fromEntries(new URLSearchParams(form)))],
])("a hub that repeats the request (%s) has nothing of it kept", async (_, repeat) => {
  for (const denied of [false, true]) {
    const source = startSource();
    const { keep, form, asks, answers } = source;
    const body = () => new TextEncoder().encode(`unknown topic, you said: ${repeat(form().toString())}`);
    answers({
      kind: "answer",
      status: denied ? 202 : 400,
      retryAfter: null,
      get body() {
        return body();
      },
    });
    await keep();
    const { topic } = offered;
    const reason = `unknown topic, you said: ${repeat(form().toString())}`;
    if (denied) await asks({ "hub.mode": "denied", "hub.topic": topic.href, "hub.reason": reason });
    const state = source.state();
    if (state?.state !== "refused") throw new Error("it was not refused");
    expect(state.why).toContain("unknown topic");
    for (const secret of [state.secret, state.token]) {
      expect(state.why).not.toContain(secret.slice(0, 20));
      expect(state.why).not.toContain(btoa(secret).slice(4, 24));
    }
  }
});

test("it is renewed before it ends, under the same address, and no more than once an hour", async () => {
  const source = startSource();
  await source.keep();
  await source.asks(confirmation);
  const address = source.callback();
  source.after(4 * day - 1);
  await source.keep();
  expect(source.calls).toHaveLength(1);
  source.after(1);
  await source.keep();
  await source.keep();
  expect(source.calls).toHaveLength(2);
  expect(source.callback()).toBe(address);
  source.answers({ kind: "answer", status: 404, retryAfter: null, body: null });
  source.after(3600);
  await source.keep();
  expect(source.state()).toMatchObject({ state: "active" }); // what holds holds until it ends
  await source.asks(confirmation);
  expect(source.state()).toMatchObject({ until: start.add({ seconds: 9 * day + 3600 }).epochMilliseconds });
});

test("a feed that names another hub is subscribed to there; one that names none is left alone", async () => {
  const source = startSource();
  await source.keep();
  await source.keep(null);
  expect(source.calls).toHaveLength(1);
  await source.keep({ ...offered, hub: new URL("https://new.example/") });
  expect(source.calls[1]).toMatchObject({ url: new URL("https://new.example/") });
});

test.each([
  ["60", 300],
  ["99999999999", day],
  ["9999999999", 30 * day],
  ["x", day],
])("a lease of %s seconds is one of %i", async (lease, seconds) => {
  const source = startSource();
  await source.keep();
  await source.asks({ ...confirmation, "hub.lease_seconds": lease });
  expect(source.state()).toMatchObject({ until: start.add({ seconds }).epochMilliseconds });
});

test("token and secret are long, and differ", () => {
  const state = toAsk(null, offered, start);
  if (state === null) throw new Error("nothing is asked");
  expect(sameText(state.token, state.secret)).toBe(false);
  expect(new TextEncoder().encode(state.secret).length).toBeLessThan(200); // WebSub §5.1
  expect(callbackUrl(site, 7, state).href).toBe(`https://paper.example/inbound/websub/7/${state.token}`);
});

test("the example of RFC 2202", async () => {
  const body = new TextEncoder().encode("what do ya want for nothing?");
  expect(await isSigned("Jefe", "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", body)).toBe(true);
});
