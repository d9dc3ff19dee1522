import { describe, expect, test } from "vitest";
import { isLoopback, readConfig, showConfig, transportsOf } from "./config.ts";

type Env = Record<string, string>;

function config(env: Env) {
  const reading = readConfig(env);
  if (!reading.ok) throw new Error(reading.problems.join("\n"));
  return reading.config;
}
const problems = (env: Env) => {
  const reading = readConfig(env);
  return reading.ok ? [] : reading.problems;
};

const key = "k".repeat(32);
const relay = "smtps://post:hush-hush@relay.example";
const site = "https://paper.example";

test("with nothing set, a newsroom on this machine", () =>
  expect(config({})).toEqual({
    data: "./data",
    templates: null,
    host: "127.0.0.1",
    port: 3000,
    publicUrl: new URL("http://localhost:3000"),
    secret: null,
    smtpUrl: null,
    transports: [],
    transportDomains: new Map(),
    smtpConnections: 10,
    mailFrom: "bulletin@localhost",
    mailLeave: "bulletin@localhost",
    dkim: null,
    mailBounce: null,
    mailPostmaster: "bulletin@localhost",
    inbound: null,
    inboundCertificate: null,
    inboundKey: null,
    imap: null,
    imapDone: "Nashra",
    sesTopics: null,
    mailgunKey: null,
    postmarkLogin: null,
    sendgridKey: null,
    brevoLogin: null,
    cronSecret: null,
    sample: true,
    fetchAllow: [],
    proxies: [
      { address: "127.0.0.0", prefix: 8, family: "ipv4" },
      { address: "::1", prefix: 128, family: "ipv6" },
    ],
    feedCacheMegabytes: 64,
    webSubHub: { kind: "own" },
    webSubSignatures: new Map(),
    ledgerDays: 90,
    deliver: "inside",
    pauseAt: { bounces: 5, complaints: 0.1, after: 500 },
    logLevel: "info",
  }));

test("empty values are not set", () =>
  expect(
    config({ NASHRA_PORT: "", PORT: "", NASHRA_SMTP_URL: "", NASHRA_SAMPLE: "", NASHRA_DATA: "" }),
  ).toEqual(config({})));

test.each<[Env, number, string]>([
  [{ PORT: "8080" }, 8080, "http://localhost:8080/"],
  [{ PORT: "8080", NASHRA_PORT: "9090" }, 9090, "http://localhost:9090/"],
  [{ PORT: "8080", NASHRA_PORT: "" }, 8080, "http://localhost:8080/"],
  [{ NASHRA_PORT: "80", NASHRA_PUBLIC_URL: site }, 80, "https://paper.example/"],
  [{ NASHRA_PORT: "65535" }, 65535, "http://localhost:65535/"],
])("port of %j", (env, port, publicUrl) => {
  expect(config(env).port).toBe(port);
  expect(config(env).publicUrl.href).toBe(publicUrl);
});

test.each<[Env, boolean]>([
  [{}, true],
  [{ NASHRA_SAMPLE: "off" }, false],
  [{ NASHRA_SMTP_URL: relay, NASHRA_PUBLIC_URL: site }, false],
  [{ NASHRA_SMTP_URL: relay, NASHRA_PUBLIC_URL: site, NASHRA_SAMPLE: "on" }, true],
])("sample newsroom with %j", (env, sample) => expect(config(env).sample).toBe(sample));

test("keys: the first signs, all verify", () =>
  expect(config({ NASHRA_SECRET: `new1:${key}:x , old:${"o".repeat(40)}` }).secret).toEqual([
    { id: "new1", key: `${key}:x` },
    { id: "old", key: "o".repeat(40) },
  ]));

test("ranges that fetching may reach", () =>
  expect(
    config({ NASHRA_FETCH_ALLOW: "10.0.0.0/8, 192.168.1.7,fd00::/8, ::1 ,0.0.0.0/0" }).fetchAllow,
  ).toEqual([
    { address: "10.0.0.0", prefix: 8, family: "ipv4" },
    { address: "192.168.1.7", prefix: 32, family: "ipv4" },
    { address: "fd00::", prefix: 8, family: "ipv6" },
    { address: "::1", prefix: 128, family: "ipv6" },
    { address: "0.0.0.0", prefix: 0, family: "ipv4" },
  ]));

test("where changes of feeds are told, and how what is told is signed", () => {
  expect(config({ NASHRA_WEBSUB_HUB: "off" }).webSubHub).toEqual({ kind: "off" });
  expect(config({ NASHRA_WEBSUB_HUB: "https://hub.example/" }).webSubHub).toEqual({
    kind: "outside",
    url: new URL("https://hub.example/"),
  });
  expect(
    config({ NASHRA_WEBSUB_SIGNATURES: "Old.example=sha1, b.example = SHA512," }).webSubSignatures,
  ).toEqual(
    new Map([
      ["old.example", "sha1"],
      ["b.example", "sha512"],
    ]),
  );
});

test("the sender is at the public host, unless it is set", () => {
  expect(config({ NASHRA_PUBLIC_URL: site }).mailFrom).toBe("bulletin@paper.example");
  expect(config({ NASHRA_PUBLIC_URL: site, NASHRA_MAIL_FROM: "desk@paper.example" }).mailFrom).toBe(
    "desk@paper.example",
  );
});

describe("a wrong value: which setting, and what it takes", () => {
  test.each<[name: string, value: string, takes: string]>([
    ["NASHRA_PORT", "http", "a port"],
    ["NASHRA_PORT", "65536", "a port"],
    ["NASHRA_PORT", "-1", "a port"],
    ["NASHRA_PORT", "80.5", "a port"],
    ["NASHRA_PORT", "3000\n", "a port"],
    ["PORT", "/run/pipe", "a port"],
    ["NASHRA_LEDGER_DAYS", "29", "days"],
    ["NASHRA_FEED_CACHE", "15", "megabytes"],
    ["NASHRA_FEED_CACHE", "1e3", "megabytes"],
    ["NASHRA_PROXIES", "nginx", "ranges"],
    ["NASHRA_WEBSUB_HUB", "hub.example", "own, off"],
    ["NASHRA_WEBSUB_SIGNATURES", "old.example=md5", "HOST=METHOD"],
    ["NASHRA_WEBSUB_SIGNATURES", "=sha1", "HOST=METHOD"],
    ["NASHRA_IMAP_URL", "imap://me:hush-hush@mail.example/INBOX", "imaps://"],
    ["NASHRA_IMAP_URL", "imaps://mail.example/INBOX", "imaps://"],
    ["NASHRA_IMAP_URL", "imaps://me@mail.example", "imaps://"],
    ["NASHRA_IMAP_URL", "imaps://me:hush-hush%@mail.example", "imaps://"],
    ["NASHRA_IMAP_URL", "https://me:hush-hush@mail.example", "imaps://"],
    ["NASHRA_SES_TOPIC", "arn:aws:sqs:eu-west-1:123456789012:news", "the ARN"],
    ["NASHRA_SES_TOPIC", "arn:aws:sns:evil.example/:123456789012:news", "the ARN"],
    ["NASHRA_SES_TOPIC", "arn:aws:sns:eu-west-1:123456789012:news,", "the ARN"],
    ["NASHRA_POSTMARK_LOGIN", "me:short", "16 characters"],
    ["NASHRA_BREVO_LOGIN", "a token with blanks in it", "16 characters"],
    ["NASHRA_SENDGRID_KEY", "bm8ga2V5", "the verification key"],
    ["NASHRA_PUBLIC_URL", "paper.example", "a URL with http or https"],
    ["NASHRA_PUBLIC_URL", "ftp://paper.example", "a URL with http or https"],
    ["NASHRA_PUBLIC_URL", "javascript:alert(1)", "a URL with http or https"],
    ["NASHRA_PUBLIC_URL", "https://paper.example/news", "no path"],
    ["NASHRA_PUBLIC_URL", "https://paper.example/?x", "no path"],
    ["NASHRA_PUBLIC_URL", "https://me:pw@paper.example", "no path"],
    ["NASHRA_SECRET", key, "id:key"],
    ["NASHRA_SECRET", "k1:short-and-hush", "id:key"],
    ["NASHRA_SECRET", `K1:${key}`, "id:key"],
    ["NASHRA_SECRET", `:${key}`, "id:key"],
    ["NASHRA_SECRET", `k1:${key},`, "id:key"],
    ["NASHRA_SECRET", `k1:${key},k1:${key}`, "id:key"],
    ["NASHRA_SMTP_URL", "relay.example:587", "smtp://user:password@host:port"],
    ["NASHRA_SMTP_URL", "https://post:hush-hush@relay.example", "smtp://"],
    ["NASHRA_SMTP_URL", "smtp:hush-hush", "smtp://"],
    ["NASHRA_SMTP_URL", "smtp://post:hush-hush@relay.example:99999", "smtp://"],
    ["NASHRA_SMTP_URL", "smtp://post:hush-hush%zz@relay.example", "smtp://"],
    ["NASHRA_MAIL_FROM", "desk", "an address"],
    ["NASHRA_MAIL_FROM", "Desk <desk@paper.example>", "an address"],
    ["NASHRA_MAIL_FROM", "desk@paper.example\r\nBcc: x@y.example", "an address"],
    ["NASHRA_CRON_SECRET", "hush-hush", "16 characters"],
    ["NASHRA_SAMPLE", "yes", "on or off"],
    ["NASHRA_LOG_LEVEL", "loud", "debug, info"],
    ["NASHRA_FETCH_ALLOW", "intranet", "IP addresses or ranges"],
    ["NASHRA_FETCH_ALLOW", "10.0.0.0/", "IP addresses or ranges"],
    ["NASHRA_FETCH_ALLOW", "10.0.0.0/33", "IP addresses or ranges"],
    ["NASHRA_FETCH_ALLOW", "10.0.0.0/8/8", "IP addresses or ranges"],
    ["NASHRA_FETCH_ALLOW", "10.0.0.0/0x8", "IP addresses or ranges"],
    ["NASHRA_FETCH_ALLOW", "fd00::/129", "IP addresses or ranges"],
    ["NASHRA_FETCH_ALLOW", "10.0.0.0/8;fd00::/8", "IP addresses or ranges"],
  ])("%s=%j", (name, value, takes) => {
    const found = problems({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${name} is `));
    expect(found[0]).toContain(takes);
    expect(found[0]).not.toMatch(/hush-hush|kkkk/);
  });

  test("all of them at once", () =>
    expect(
      problems({ NASHRA_PORT: "x", NASHRA_SAMPLE: "x", NASHRA_SMTP_URL: relay }).map(
        (it) => it.split(" ")[0],
      ),
    ).toEqual(["NASHRA_PORT", "NASHRA_SAMPLE"]));
});

test.each([
  ["Bounce.News.Example", "bounce.news.example"],
  ["xn--mgbab2bd.example", "xn--mgbab2bd.example"],
])("bounces come to %s", (given, host) =>
  expect(config({ NASHRA_MAIL_BOUNCE: given }).mailBounce).toBe(host),
);

test.each([
  "localhost",
  "b@news.example",
  "news.example.",
  "192.0.2.1",
  "-.example",
  "نشرة.example",
  "a b.example",
])("bounces cannot come to %s", (given) =>
  expect(problems({ NASHRA_MAIL_BOUNCE: given })).toEqual([expect.stringMatching("no host's name")]),
);

describe("where mail is listened for", () => {
  const bounce = { NASHRA_MAIL_BOUNCE: "bounce.paper.example" };
  test.each([
    ["lmtp://127.0.0.1:2400", { protocol: "lmtp", host: "127.0.0.1", port: 2400 }],
    ["smtp://0.0.0.0:25", { protocol: "smtp", host: "0.0.0.0", port: 25 }],
    ["smtp://[::1]:2525", { protocol: "smtp", host: "::1", port: 2525 }],
  ])("%s", (given, inbound) => expect(config({ ...bounce, NASHRA_INBOUND: given }).inbound).toEqual(inbound));

  test.each([
    "2400",
    "127.0.0.1:2400",
    "lmtp://127.0.0.1",
    "http://127.0.0.1:25",
    "smtp://u:p@127.0.0.1:25",
    "smtp://",
  ])("not at %s", (given) => expect(problems({ ...bounce, NASHRA_INBOUND: given })).toHaveLength(1));

  test.each<[Env, RegExp]>([
    [{ NASHRA_INBOUND: "smtp://127.0.0.1:25" }, /NASHRA_MAIL_BOUNCE, which is not set/],
    [{ NASHRA_INBOUND_KEY: "key.pem" }, /belong together/],
    [
      {
        ...bounce,
        NASHRA_INBOUND: "smtp://127.0.0.1:25",
        NASHRA_MAIL_POSTMASTER: "abuse@Bounce.Paper.example",
      },
      /in circles/,
    ],
  ])("%j is refused", (env, why) => expect(problems(env)).toEqual([expect.stringMatching(why)]));
});

describe("mail that leaves needs links that readers can follow", () => {
  const here = "smtp://127.0.0.1:2525";
  test.each<[smtp: string, site: string | null, refused: string | null]>([
    [relay, site, null],
    [relay, "http://paper.example", "NASHRA_PUBLIC_URL"],
    [here, "http://paper.example", "NASHRA_PUBLIC_URL"],
    [here, null, null],
    [here, "http://localhost:3000", null],
    [here, "http://127.0.0.1", null],
    ["smtp://LOCALHOST:2525", "http://[::1]:3000", null],
    [relay, null, "NASHRA_SMTP_URL"],
    [relay, "http://localhost:3000", "NASHRA_SMTP_URL"],
  ])("%s from %s", (smtp, publicUrl, refused) => {
    const found = problems({ NASHRA_SMTP_URL: smtp, ...(publicUrl && { NASHRA_PUBLIC_URL: publicUrl }) });
    expect(found.map((it) => it.split(" ")[0])).toEqual(refused === null ? [] : [refused]);
    expect(found.join()).not.toContain("hush-hush");
  });
});

test.each([
  ["http://localhost", true],
  ["http://2130706433/", true],
  ["http://[::1]:80/", true],
  ["http://localhost.example/", false],
  ["http://10.0.0.1/", false],
])("%s is this machine: %s", (url, here) => expect(isLoopback(new URL(url))).toBe(here));

test("settings are shown with their values, secrets as set or not", () => {
  const env = {
    NASHRA_SECRET: `k1:${key}`,
    NASHRA_SMTP_URL: relay,
    NASHRA_CRON_SECRET: "hush-hush-hush-hush",
    PORT: "8080",
    NASHRA_PUBLIC_URL: site,
  };
  const shown = showConfig(env);
  expect(JSON.stringify(shown)).not.toMatch(/hush-hush|kkkk/);
  const byName = new Map(shown.map((it) => [it.name, it]));
  expect(byName.get("NASHRA_SMTP_URL")).toMatchObject({ value: "(set, hidden)", set: true });
  expect(byName.get("NASHRA_PORT")).toMatchObject({ value: "8080", set: true });
  expect(byName.get("NASHRA_DATA")).toMatchObject({ value: "./data", set: false });
  expect(shown.every(({ takes, about }) => takes !== "" && about.endsWith("."))).toBe(true);
  expect(showConfig({}).some(({ set }) => set)).toBe(false);
});

test("DKIM keys, for hosts without a folder", () => {
  const pkcs8 = new Uint8Array([1, 2, 3]);
  expect(config({ NASHRA_DKIM: "n2026:AQID, n2026-ed@Alerts.example:AQID" }).dkim).toEqual([
    { selector: "n2026", domain: null, pkcs8 },
    { selector: "n2026-ed", domain: "alerts.example", pkcs8 },
  ]);
});

test.each(["AQID", "n2026:", "n 2026:AQID", "n2026:no base64", "n2026:AQID,", `${"n".repeat(64)}:AQID`])(
  "DKIM keys of %j are refused, and not repeated",
  (text) => {
    const [problem = "", ...others] = problems({ NASHRA_DKIM: text });
    expect(others).toEqual([]);
    expect(problem).toMatch(/^NASHRA_DKIM is refused: each is a selector/);
    expect(problem).not.toContain(text);
  },
);

describe("further relays", () => {
  const env = { NASHRA_SMTP_URL: relay, NASHRA_PUBLIC_URL: site };
  test("with names, in their order, and whose mail they carry", () => {
    const given = config({
      ...env,
      NASHRA_TRANSPORTS: "ses=smtps://u:p@ses.example:465, local=sendmail:///usr/sbin/sendmail",
      NASHRA_TRANSPORT_DOMAINS: "Alerts.example=ses/relay, *=relay/local",
    });
    expect(transportsOf(given).map(({ name, url }) => `${name} ${url.protocol}${url.hostname}`)).toEqual([
      "relay smtps:relay.example",
      "ses smtps:ses.example",
      "local sendmail:",
    ]);
    expect([...given.transportDomains]).toEqual([
      ["alerts.example", ["ses", "relay"]],
      ["*", ["relay", "local"]],
    ]);
  });

  test.each([
    "smtps://u:hush-hush@ses.example",
    "relay=smtps://u:hush-hush@ses.example",
    "outbox=smtps://u:hush-hush@ses.example",
    "SES=smtps://u:hush-hush@ses.example",
    "ses=https://u:hush-hush@ses.example",
    "ses=smtps://u:hush-hush%zz@ses.example",
    "ses=sendmail://host/usr/sbin/sendmail",
    "ses=sendmail:",
    "ses=smtp://a.example,ses=smtp://b.example",
  ])("%s is refused, and no password repeated", (given) => {
    const [problem = "", ...others] = problems({ ...env, NASHRA_TRANSPORTS: given });
    expect(others).toEqual([]);
    expect(problem).toMatch(/^NASHRA_TRANSPORTS is refused/);
    expect(problem).not.toContain("hush-hush");
  });

  test.each<[Env, RegExp]>([
    [{ NASHRA_TRANSPORTS: "ses=smtp://127.0.0.1" }, /NASHRA_SMTP_URL's, which is not set/],
    [{ ...env, NASHRA_TRANSPORT_DOMAINS: "news.example=ses" }, /names ses, .* There are: relay\./],
    [{ NASHRA_TRANSPORT_DOMAINS: "news.example=relay" }, /There are: none/],
    [{ ...env, NASHRA_TRANSPORT_DOMAINS: "news.example" }, /is not DOMAIN=NAME/],
    [{ ...env, NASHRA_TRANSPORT_DOMAINS: "a b=relay" }, /is not DOMAIN=NAME/],
    [{ ...env, NASHRA_TRANSPORT_DOMAINS: "news.example=relay,news.example=relay" }, /twice/],
    [
      { NASHRA_SMTP_URL: "smtp://127.0.0.1:2525", NASHRA_TRANSPORTS: "ses=smtps://ses.example" },
      /^NASHRA_TRANSPORTS has ses, which is a server elsewhere/,
    ],
  ])("%j is refused", (given, why) => expect(problems(given)[0]).toMatch(why));

  test.each<[Env, RegExp | null]>([
    [{ NASHRA_SMTP_URL: "sendmail:///usr/sbin/sendmail" }, null],
    [
      { NASHRA_SMTP_URL: "sendmail:///usr/sbin/sendmail", NASHRA_PUBLIC_URL: "http://paper.example" },
      /https/,
    ],
  ])("a program of this machine: %j", (given, why) =>
    expect(problems(given)).toEqual(why === null ? [] : [expect.stringMatching(why)]),
  );
});
