// The doors for providers, as they knock and as strangers do: on a real database, with signatures of keys of our own.
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { createLog, type GuardedGet } from "../../platform/index.ts";
import { liftSuppression } from "../../subscribers/index.ts";
import { keys, openLedger, start } from "../feedback/letters.fixture.ts";
import { amazonHost, certificateUrl, startAmazon, topic } from "./amazon.fixture.ts";
import {
  brevoEvents,
  mailgunEvents,
  type Named,
  postmarkEvents,
  sendgridEvents,
  sesEvents,
} from "./events.fixture.ts";
import { webhookRoutes } from "./routes.ts";
import { forgetWebhookEvents } from "./store.ts";

const mailgunKey = "key-0123456789abcdef";
const basic = "nashra:a-long-password";
const bearer = "a-token-of-32-characters-or-more";
const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const sendgridKey = Uint8Array.from(pair.publicKey.export({ type: "spki", format: "der" }));

const all = {
  sesTopics: [topic] as const,
  mailgunKey,
  postmarkLogin: basic,
  sendgridKey,
  brevoLogin: bearer,
};
const none = { sesTopics: null, mailgunKey: null, postmarkLogin: null, sendgridKey: null, brevoLogin: null };

type Post = (provider: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;

async function open(config: Parameters<typeof webhookRoutes>[0]["config"] = all) {
  const ledger = await openLedger();
  const amazon = startAmazon();
  let clock = start;
  let get: GuardedGet = amazon.get;
  const begin = () =>
    webhookRoutes({
      config,
      keys,
      database: ledger.database,
      now: () => clock,
      log: createLog("silent"),
      get: (it) => get(it),
      addressOf: (c) => c.req.header("x-from") ?? "192.0.2.1",
    });
  let app = begin();
  const post: Post = async (provider, body, headers = {}) =>
    app.request(`/inbound/${provider}`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers,
    });
  let token = 0;
  return {
    ...ledger,
    amazon,
    post,
    restart: () => {
      app = begin();
    },
    wait: (duration: Temporal.DurationLike) => {
      clock = clock.add(duration);
    },
    useGet: (other: GuardedGet) => {
      get = other;
    },
    send: {
      ses: (event: object) => post("ses", amazon.notification(event)),
      mailgun: (event: object, mark = `token-${token++}`) => post("mailgun", mailgunBody(event, clock, mark)),
      postmark: (event: object) => post("postmark", event, { Authorization: `Basic ${btoa(basic)}` }),
      sendgrid: (event: object | object[]) => sendgridPost(post, [event].flat()),
      brevo: (event: object) => post("brevo", event, { Authorization: `Bearer ${bearer}` }),
    },
  };
}
type Opened = Awaited<ReturnType<typeof open>>;

function mailgunBody(event: object, now: Temporal.Instant, token: string, key = mailgunKey) {
  const timestamp = String(Math.floor(now.epochMilliseconds / 1000));
  const signature = createHmac("sha256", key)
    .update(timestamp + token)
    .digest("hex");
  return { signature: { timestamp, token, signature }, "event-data": event };
}

function sendgridPost(post: Post, events: readonly object[], spoil = (body: string) => body) {
  const body = JSON.stringify(events);
  const timestamp = "1772341209";
  const signature = sign("sha256", Buffer.from(timestamp + body), pair.privateKey).toBase64();
  return post("sendgrid", spoil(body), {
    "X-Twilio-Email-Event-Webhook-Signature": signature,
    "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
  });
}

const asObject = (event: unknown): object => Object(event);

describe.each([
  ["ses", sesEvents],
  ["mailgun", mailgunEvents],
  ["postmark", postmarkEvents],
  ["sendgrid", sendgridEvents],
  ["brevo", brevoEvents],
] as const)("%s tells of", (provider, samples) => {
  test.each(samples)("%s", async (_, event, meant) => {
    const it = await open();
    const letter = await it.sent();
    const reply = await it.send[provider](asObject(event(letter)));
    expect(reply.status).toBe(200);
    const facts = await it.facts();
    if (meant === null) return expect(facts).toEqual([]);
    expect(facts).toMatchObject([
      {
        delivery_id: letter.id,
        verdict: meant.verdict,
        ...(meant.code === undefined ? {} : { code: meant.code }),
      },
    ]);
    expect(facts[0]?.known_by).not.toBe("address");
    expect(facts[0]?.words).toMatch(meant.words ?? /^/);
    expect((await it.suppressed()).length).toBe(meant.suppressed ? 1 : 0);
  });

  test("each event once: what comes again changes nothing, also where the publisher let somebody back", async () => {
    const it = await open();
    const letter = await it.sent();
    const complaint = samples.find(([what]) => what === "a complaint")?.[1](letter);
    await it.send[provider](asObject(complaint));
    await liftSuppression({ database: it.database, actor: "test", now: start }, { key: "salma@example.org" });
    await it.send[provider](asObject(complaint));
    await it.db.deleteFrom("webhook_events").execute(); // as it is a week later
    await it.send[provider](asObject(complaint));
    expect([(await it.facts()).length, await it.suppressed()]).toEqual([1, []]);
  });
});

test("a door whose setting is absent is not there", async () => {
  const it = await open(none);
  for (const provider of ["ses", "mailgun", "postmark", "sendgrid", "brevo"])
    expect((await it.post(provider, {})).status).toBe(404);
});

describe("a letter is found", () => {
  const bounce = (names: Partial<Named>) =>
    sesEvents[0]?.[1]({ messageId: "<x@y.example>", returnPath: "b@ses.example", mark: "", ...names });

  test("by its return path, or by its Message-ID where a relay has another", async () => {
    for (const name of ["returnPath", "messageId"] as const) {
      const it = await open();
      const letter = await it.sent();
      await it.send.ses(asObject(bounce({ [name]: letter[name] })));
      expect(await it.facts()).toMatchObject([
        { delivery_id: letter.id, known_by: name === "returnPath" ? "return-path" : "message-id" },
      ]);
    }
  });

  test("by its address alone: that is noted, and ends nothing", async () => {
    const it = await open();
    const letter = await it.sent();
    await it.send.ses(asObject(bounce({})));
    expect(await it.facts()).toMatchObject([{ delivery_id: letter.id, known_by: "address" }]);
    expect(await it.suppressed()).toEqual([]);
  });

  test("or not: of what is none of ours nothing is booked, and the provider need not send it again", async () => {
    const it = await open();
    expect((await it.send.ses(asObject(bounce({})))).status).toBe(200);
    expect(await it.facts()).toEqual([]);
  });

  test("not by what a server's words name: whoever writes them could mean anybody", async () => {
    const it = await open();
    const letter = await it.sent();
    const event = asObject(bounce({}));
    const words = JSON.stringify(event)
      .replace("user unknown", `user unknown ${letter.returnPath} ${letter.messageId}`)
      .replaceAll("salma@example.org", "nobody@example.org");
    await it.send.ses(JSON.parse(words));
    expect(await it.facts()).toEqual([]);
  });
});

describe("many events in a request", () => {
  const failures = async (it: Opened, count: number) => {
    const letters = [];
    for (let n = 0; n < count; n++) letters.push(await it.sent(n));
    return letters.map(({ messageId }, n) => ({
      event: "bounce",
      type: "bounce",
      status: "5.2.2",
      reason: "552 5.2.2 full",
      sg_event_id: `e${n}`,
      "smtp-id": messageId,
    }));
  };

  test("each is booked; of more than a hundred the rest when they come again", async () => {
    const it = await open();
    const events = await failures(it, 130);
    const opens = Array.from({ length: 800 }, (_, n) => ({ event: "open", sg_event_id: `o${n}` }));
    const first = await it.send.sendgrid([...opens, ...events]);
    expect([first.status, first.headers.get("Retry-After"), (await it.facts()).length]).toEqual([
      503,
      "60",
      100,
    ]);
    const second = await it.send.sendgrid([...opens, ...events]);
    expect([second.status, (await it.facts()).length]).toEqual([200, 130]);
    expect(await second.json()).toEqual({ events: 130, did: { booked: 30 } });
  });

  test("what fails is sent again, what was booked before it stays", async () => {
    const it = await open();
    const events = await failures(it, 3);
    const broken = JSON.stringify({ ...events[1], reason: "552 5.2.2 full BREAK" });
    await sql`create trigger no_more before insert on feedback when new.words like '%BREAK%'
      begin select raise(abort, 'disk full'); end`.execute(it.db);
    const told = [events[0], JSON.parse(broken), events[2]].map(asObject);
    expect((await it.send.sendgrid(told)).status).toBe(503);
    expect((await it.facts()).length).toBe(1);
    await sql`drop trigger no_more`.execute(it.db);
    expect((await it.send.sendgrid(told)).status).toBe(200);
    expect((await it.facts()).length).toBe(3);
  });
});

describe("Amazon", () => {
  const event = async (it: Opened, day = 0) => asObject(sesEvents[0]?.[1](await it.sent(day)));

  test.each<[string, (it: Opened, message: Record<string, string>) => Record<string, string>]>([
    ["a body that was changed", (_, message) => ({ ...message, Message: `${message["Message"]} ` })],
    [
      "a signature of SHA-1",
      ({ amazon }, { Signature: _, ...m }) => amazon.signed({ ...m, SignatureVersion: "1" }, "sha1"),
    ],
    [
      "another's topic",
      ({ amazon }, { Signature: _, ...m }) =>
        amazon.signed({ ...m, TopicArn: topic.replace("news", "evil") }),
    ],
    ["a signature that is none", (_, message) => ({ ...message, Signature: "%%%" })],
    ...[
      "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
      "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem",
      "https://evil.example/SimpleNotificationService-0123456789abcdef.pem",
      "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
      "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem",
      "https://me@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
      "https://sns.eu-west-1.amazonaws.com/elsewhere/SimpleNotificationService-0123456789abcdef.pem",
      "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem?x=y",
    ].map((url): [string, (it: Opened, message: Record<string, string>) => Record<string, string>] => [
      `a certificate at ${url}`,
      ({ amazon }, { Signature: _, ...m }) => {
        amazon.pages.set(url, amazon.pages.get(certificateUrl) ?? "");
        return amazon.signed({ ...m, SigningCertURL: url });
      },
    ]),
  ])("%s is refused", async (_, spoil) => {
    const it = await open();
    const reply = await it.post("ses", spoil(it, it.amazon.notification(await event(it))));
    expect([reply.status, await it.facts()]).toEqual([401, []]);
  });

  test("a certificate is asked for once, whatever is signed with it, and again a day later", async () => {
    const it = await open();
    for (let n = 0; n < 5; n++) await it.send.ses(await event(it, n));
    expect(it.amazon.asked).toEqual([certificateUrl]);
    it.wait({ hours: 25 });
    await it.send.ses(await event(it, 6));
    expect(it.amazon.asked.length).toBe(2);
  });

  test("one that is over is not believed", async () => {
    const it = await open();
    it.wait({ hours: 24 * 365 });
    expect((await it.send.ses(await event(it))).status).toBe(401);
  });

  test("where Amazon does not answer, the message may come again", async () => {
    const it = await open();
    it.useGet(async () => ({ kind: "silence", why: "nobody is there" }));
    const told = await event(it);
    expect((await it.send.ses(told)).status).toBe(503);
    it.useGet(it.amazon.get);
    expect((await it.send.ses(told)).status).toBe(200);
  });

  /** Somebody who knows the topic, and wants us to ask Amazon for what is not there. */
  const forge = (it: Opened, n: number, from: string) => {
    const SigningCertURL = `https://${amazonHost}/SimpleNotificationService-${n}.pem`;
    return it.post("ses", it.amazon.notification("{}", { SigningCertURL }), { "x-from": from });
  };

  test("whoever knows the topic has us ask three times an hour, and for what is not there once", async () => {
    const it = await open();
    for (let n = 0; n < 20; n++) await forge(it, 0, "198.51.100.7");
    expect(it.amazon.asked.length).toBe(1);
    for (let n = 0; n < 20; n++) await forge(it, n, `198.51.100.${n}`);
    expect(it.amazon.asked.length).toBe(3);
    const spoilt = { ...it.amazon.notification("{}"), SigningCertURL: certificateUrl.replace("abc", "") };
    await it.post("ses", { ...spoilt, Signature: "AAAA" }, { "x-from": "203.0.113.1" });
    expect(it.amazon.asked.length, "what is no signature asks for nothing").toBe(3);
    it.wait({ hours: 1 });
    await forge(it, 0, "198.51.100.7");
    expect(it.amazon.asked.length).toBe(4);
  });

  test("nobody crowds Amazon out: not one network, and where it was heard before not all of them, also after a start", async () => {
    const it = await open();
    for (let n = 0; n < 20; n++) await forge(it, n, "198.51.100.7");
    expect((await it.send.ses(await event(it))).status).toBe(200);
    it.wait({ hours: 25 });
    it.restart();
    for (let n = 0; n < 200; n++) await forge(it, n, `203.0.${n}.1`);
    const asked = it.amazon.asked.length;
    expect(asked).toBeLessThan(70);
    expect((await it.send.ses(await event(it, 1))).status).toBe(200);
    expect(it.amazon.asked.slice(asked)).toEqual([certificateUrl]);
  });

  test("a forged message that names the next certificate does not keep it from being believed", async () => {
    const it = await open();
    const forged = { ...it.amazon.notification("{}"), Message: "[]" };
    expect((await it.post("ses", forged, { "x-from": "198.51.100.7" })).status).toBe(401);
    expect((await it.send.ses(await event(it))).status).toBe(200);
    expect(it.amazon.asked).toEqual([certificateUrl]);
  });

  test("a subscription to our topic is confirmed, at Amazon, with the token of the message", async () => {
    const it = await open();
    const reply = await it.post("ses", it.amazon.confirmation());
    expect([reply.status, await reply.json()]).toMatchObject([
      200,
      { did: expect.stringContaining("confirmed") },
    ]);
    expect(it.amazon.asked.slice(1)).toEqual([
      `https://${amazonHost}/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topic)}&Token=2336412f37`,
    ]);
  });

  test.each([
    ["another's topic", { TopicArn: topic.replace("news", "evil") }],
    ["an address elsewhere", { SubscribeURL: "https://evil.example/?Action=ConfirmSubscription" }],
    ["an address in clear", { SubscribeURL: `http://${amazonHost}/?Action=ConfirmSubscription` }],
    ["an address inside", { SubscribeURL: "https://169.254.169.254/latest/meta-data" }],
  ])("nothing is confirmed for %s", async (_, more) => {
    const it = await open();
    expect((await it.post("ses", it.amazon.confirmation(more))).status).toBe(401);
    expect(it.amazon.asked.filter((url) => url !== certificateUrl)).toEqual([]);
  });

  test("words and tests of SNS ask for nothing", async () => {
    const it = await open();
    for (const words of [
      "Successfully validated SNS topic for Amazon SES event publishing.",
      '{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have subscribed"}',
    ])
      expect((await it.post("ses", it.amazon.notification(words))).status).toBe(200);
  });
});

describe("Mailgun", () => {
  const complaint = { event: "complained", id: "x" };

  test("a signature of another key, none, or of no hex is refused", async () => {
    const it = await open();
    const good = mailgunBody(complaint, start, "t");
    for (const body of [
      mailgunBody(complaint, start, "t", "key-of-somebody-else"),
      { "event-data": complaint },
      { ...good, signature: { ...good.signature, signature: "zz" } },
      { ...good, signature: { ...good.signature, token: "u" } },
      "no json",
    ])
      expect((await it.post("mailgun", body)).status).toBe(401);
  });

  test.each([
    [-301, 401],
    [-299, 200],
    [299, 200],
    [301, 401],
  ])("signed %i seconds from now: %i", async (seconds, status) => {
    const it = await open();
    const body = mailgunBody(complaint, start.add({ seconds }), "t");
    expect((await it.post("mailgun", body)).status).toBe(status);
  });

  test("a token serves one body: the same may come again, and nothing else comes with it", async () => {
    const it = await open();
    const [letter, other] = [await it.sent(0, 1), await it.sent(0, 2)];
    const forged = asObject(mailgunEvents.find(([what]) => what === "a complaint")?.[1](other));
    const delivered = {
      event: "delivered",
      id: "y",
      message: { headers: { "message-id": letter.messageId } },
    };
    expect((await it.send.mailgun(delivered, "once")).status).toBe(200);
    expect((await it.send.mailgun(delivered, "once")).status).toBe(200);
    expect((await it.send.mailgun(forged, "once")).status).toBe(401);
    expect(await it.facts()).toEqual([]);
  });
});

describe("SendGrid", () => {
  const complaint = { event: "spamreport", sg_event_id: "x" };
  test("a body that was changed, a signature that is none, no signature: refused", async () => {
    const it = await open();
    const statuses = [
      await sendgridPost(it.post, [complaint]),
      await sendgridPost(it.post, [complaint], (body) => `${body} `),
      await it.post("sendgrid", [complaint]),
      ...["", "%", "MAA=", "MEUCIQ==", btoa("x".repeat(71))].map((signature) =>
        it.post("sendgrid", [complaint], {
          "X-Twilio-Email-Event-Webhook-Signature": signature,
          "X-Twilio-Email-Event-Webhook-Timestamp": "1772341209",
        }),
      ),
    ];
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([200, ...Array(7).fill(401)]);
  });

  test("signatures of every length are read", async () => {
    const it = await open();
    for (let n = 0; n < 100; n++)
      expect((await sendgridPost(it.post, [{ event: "open", sg_event_id: `x${n}` }])).status).toBe(200);
  });
});

describe("a login", () => {
  test.each([
    ["postmark", undefined],
    ["postmark", `Basic ${btoa("nashra:another-password")}`],
    ["postmark", `Bearer ${basic}`],
    ["postmark", `Bearer ${btoa(basic)}`],
    ["postmark", "Basic"],
    ["brevo", `Basic ${btoa(bearer)}`],
    ["brevo", `Bearer ${bearer}x`],
    ["brevo", `Bearer ${bearer.slice(1)}`],
    ["brevo", bearer],
  ])("%s: %s is refused", async (provider, login) => {
    const it = await open();
    const headers: Record<string, string> = login === undefined ? {} : { Authorization: login };
    expect((await it.post(provider, { event: "spam", RecordType: "SpamComplaint" }, headers)).status).toBe(
      401,
    );
  });
});

test("whoever guesses is not listened to after thirty times in a minute; others are", async () => {
  const it = await open();
  const statuses = [];
  for (let n = 0; n < 32; n++)
    statuses.push((await it.post("brevo", {}, { "x-from": "198.51.100.7" })).status);
  expect(statuses).toEqual([...Array(30).fill(401), 429, 429]);
  expect((await it.send.brevo({ event: "opened" })).status).toBe(200);
  it.wait({ minutes: 1 });
  expect((await it.post("brevo", {}, { "x-from": "198.51.100.7" })).status).toBe(401);
});

test("a body of more than a megabyte, or of another form, is refused", async () => {
  const it = await open();
  const authorized = { Authorization: `Bearer ${bearer}` };
  expect((await it.post("brevo", "x".repeat(1_000_001), authorized)).status).toBe(413);
  for (const body of ["", "[", "null", "7", '"x"', "{}", '{"event":7}', "[[]]", "\u0000"])
    expect((await it.post("brevo", body, authorized)).status).toBe(400);
  expect((await it.post("brevo", Array(1001).fill({ event: "opened" }), authorized)).status).toBe(400);
});

test("what was seen is forgotten after a week", async () => {
  const it = await open();
  const letter = await it.sent();
  await it.send.brevo(asObject(brevoEvents[0]?.[1](letter)));
  const count = async () => (await it.db.selectFrom("webhook_events").selectAll().execute()).length;
  await forgetWebhookEvents(it.db, start.add({ hours: 24 * 6 }));
  expect(await count()).toBe(1);
  await forgetWebhookEvents(it.db, start.add({ hours: 24 * 8 }));
  expect(await count()).toBe(0);
});
