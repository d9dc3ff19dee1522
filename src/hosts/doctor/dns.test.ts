// What the doctor says of a sender's domain, by a real DNS server: a world in order, and what is wrong in it.
import { afterEach, describe, expect, test } from "vitest";
import { startDns } from "../../../tests/support/dns.ts";
import { checkSender, type Finding, type SenderDomain, zoneLine } from "../../doctor/index.ts";
import { reverseOf } from "../../doctor/names.ts";
import { isIn } from "../../doctor/spf.ts";
import { doctorDns } from "./dns.ts";

type World = Parameters<typeof startDns>[0];

const domain = "news.example";
const bounce = "bounce.news.example";
const record = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A";
const key = { selector: "n1", name: `n1._domainkey.${domain}`, record };

const inOrder: World = {
  com: { ns: "a.gtld-servers.net" },
  [domain]: { txt: ["something else", "v=spf1 include:relay.example -all"], mx: [[10, "mx.news.example"]] },
  [bounce]: { txt: "v=spf1 include:relay.example -all", mx: [[10, "mx.news.example"]] },
  "relay.example": { txt: "v=spf1 ip4:192.0.2.0/24 -all" },
  "out.relay.example": { a: "192.0.2.7" },
  "mx.news.example": { a: "198.51.100.1" },
  [key.name]: { txt: record },
  [`_dmarc.${domain}`]: { txt: `v=DMARC1; p=none; rua=mailto:reports@${domain}` },
  "7.2.0.192.in-addr.arpa": { ptr: "out.relay.example" },
};

const sender: SenderDomain = {
  mailFrom: `bulletin@${domain}`,
  domain,
  bounce,
  keys: [key],
  outgoing: ["192.0.2.7"],
  relay: "out.relay.example",
  hello: "out.relay.example",
  reports: `postmaster@${domain}`,
  inbound: "nashra.news.example",
};

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function seen(world: World, over: Partial<SenderDomain> = {}, seconds = 5): Promise<Finding[]> {
  const server = await startDns(world);
  const { dns, close } = doctorDns({ servers: [server.server], seconds });
  open.push(close, server.close);
  return checkSender(dns, { ...sender, ...over });
}

const states = (findings: readonly Finding[]) =>
  findings.map(({ check, subject, state }) => `${check} ${subject} ${state}`);

test("a domain in order has nothing to mend, and says so in both languages", async () => {
  const findings = await seen(inOrder);
  expect(states(findings)).toEqual([
    `spf ${bounce} ok`,
    `spf ${domain} ok`,
    `dkim ${key.name} ok`,
    `dmarc ${domain} ok`,
    `bounce-host ${bounce} ok`,
    "reverse-name 192.0.2.7 ok",
  ]);
  for (const { what, todo, records } of findings) {
    expect(what.ar).toMatch(/\p{Script=Arabic}/u);
    expect(what.en).not.toMatch(/\p{Script=Arabic}/u);
    expect([todo, records]).toEqual([null, []]);
  }
});

const chain = (length: number): World =>
  Object.fromEntries(
    Array.from({ length }, (_, i) => [
      `i${i}.example`,
      { txt: i === length - 1 ? "v=spf1 ip4:192.0.2.7 -all" : `v=spf1 include:i${i + 1}.example -all` },
    ]),
  );

describe("what is wrong", () => {
  test.each<[string, World, Partial<SenderDomain>, string, RegExp, string[]]>([
    // SPF
    [
      "no SPF",
      { [bounce]: { mx: [[10, "mx.news.example"]] } },
      {},
      `spf ${bounce} broken`,
      /no SPF record/,
      [`${bounce}. IN TXT "v=spf1 a:out.relay.example -all"`],
    ],
    [
      "two SPF records",
      {
        [bounce]: {
          txt: ["v=spf1 a -all", "v=spf1 include:relay.example ~all"],
          mx: [[10, "mx.news.example"]],
        },
      },
      {},
      `spf ${bounce} broken`,
      /2 SPF records/,
      [`${bounce}. IN TXT "v=spf1 a include:relay.example -all"`],
    ],
    [
      "eleven lookups, counted with those of includes",
      { [bounce]: { txt: "v=spf1 include:i0.example -all", mx: [[10, "mx.news.example"]] }, ...chain(11) },
      {},
      `spf ${bounce} broken`,
      /takes 11 lookups, and 10 are the most/,
      [],
    ],
    [
      "ten are allowed",
      { [bounce]: { txt: "v=spf1 include:i0.example -all", mx: [[10, "mx.news.example"]] }, ...chain(10) },
      {},
      `spf ${bounce} ok`,
      /takes 10 of 10 lookups/,
      [],
    ],
    [
      "an include of nothing",
      { [bounce]: { txt: "v=spf1 include:gone.example -all", mx: [[10, "mx.news.example"]] } },
      {},
      `spf ${bounce} broken`,
      /gone\.example/,
      [],
    ],
    [
      "a circle",
      {
        [bounce]: { txt: "v=spf1 include:b.example -all", mx: [[10, "mx.news.example"]] },
        "b.example": { txt: `v=spf1 include:${bounce} -all` },
      },
      {},
      `spf ${bounce} broken`,
      /no record of its own/,
      [],
    ],
    [
      "anybody may send",
      { [bounce]: { txt: "v=spf1 include:relay.example +all", mx: [[10, "mx.news.example"]] } },
      {},
      `spf ${bounce} broken`,
      /lets anybody send/,
      [`${bounce}. IN TXT "v=spf1 include:relay.example -all"`],
    ],
    [
      "the relay is not in it",
      { "relay.example": { txt: "v=spf1 ip4:203.0.113.0/24 -all" } },
      {},
      `spf ${bounce} warning`,
      /does not allow the address/,
      [`${bounce}. IN TXT "v=spf1 a:out.relay.example include:relay.example -all"`],
    ],
    [
      "it says nothing of others",
      { [bounce]: { txt: "v=spf1 include:relay.example ?all", mx: [[10, "mx.news.example"]] } },
      {},
      `spf ${bounce} warning`,
      /says nothing of all other/,
      [`${bounce}. IN TXT "v=spf1 include:relay.example -all"`],
    ],
    [
      "nobody answers for an include",
      { "relay.example": { fails: "servfail" } },
      {},
      `spf ${bounce} unknown`,
      /nobody answered for all/,
      [],
    ],
    [
      "a server that is allowed by its name",
      {
        [bounce]: { txt: "v=spf1 mx a:out.relay.example/30 -all", mx: [[10, "mx.news.example"]] },
        "out.relay.example": { a: "192.0.2.5" },
      },
      {},
      `spf ${bounce} ok`,
      /takes 2 of 10/,
      [],
    ],
    [
      "of the domain in From it is a habit",
      { [domain]: { mx: [[10, "mx.news.example"]] } },
      {},
      `spf ${domain} warning`,
      /no SPF record/,
      [`${domain}. IN TXT "v=spf1 a:out.relay.example -all"`],
    ],
    // DKIM
    [
      "no key in DNS",
      { [key.name]: {} },
      {},
      `dkim ${key.name} broken`,
      /DNS has none/,
      [`${key.name}. IN TXT "${record}"`],
    ],
    [
      "another key",
      { [key.name]: { txt: "v=DKIM1; p=AAAA" } },
      {},
      `dkim ${key.name} broken`,
      /another key/,
      [`${key.name}. IN TXT "${record}"`],
    ],
    [
      "a revoked key",
      { [key.name]: { txt: "v=DKIM1; p=" } },
      {},
      `dkim ${key.name} broken`,
      /revoked/,
      [`${key.name}. IN TXT "${record}"`],
    ],
    [
      "a test key",
      { [key.name]: { txt: `${record}; t=y` } },
      {},
      `dkim ${key.name} warning`,
      /is a test/,
      [`${key.name}. IN TXT "${record}"`],
    ],
    [
      "white space in the key",
      { [key.name]: { txt: record.replace("MIIB", "MI IB ") } },
      {},
      `dkim ${key.name} ok`,
      /published/,
      [],
    ],
    ["no key at all", {}, { keys: [] }, `dkim ${domain} broken`, /leaves unsigned/, []],
    // DMARC
    [
      "no DMARC",
      { [`_dmarc.${domain}`]: {} },
      {},
      `dmarc ${domain} broken`,
      /no DMARC record/,
      [`_dmarc.${domain}. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@${domain}"`],
    ],
    [
      "two of them",
      { [`_dmarc.${domain}`]: { txt: ["v=DMARC1; p=none", "v=DMARC1; p=reject"] } },
      {},
      `dmarc ${domain} broken`,
      /2 records/,
      [],
    ],
    [
      "no policy",
      { [`_dmarc.${domain}`]: { txt: "v=DMARC1; rua=mailto:a@b.example" } },
      {},
      `dmarc ${domain} broken`,
      /no policy/,
      [`_dmarc.${domain}. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@${domain}"`],
    ],
    [
      "no reports",
      { [`_dmarc.${domain}`]: { txt: "v=DMARC1; p=quarantine" } },
      {},
      `dmarc ${domain} warning`,
      /where reports go/,
      [`_dmarc.${domain}. IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@${domain}"`],
    ],
    [
      "reports to who does not take them",
      { [`_dmarc.${domain}`]: { txt: "v=DMARC1; p=none; rua=mailto:a@reports.example" } },
      {},
      `dmarc ${domain} warning`,
      /does not say that it takes them/,
      [`${domain}._report._dmarc.reports.example. IN TXT "v=DMARC1"`],
    ],
    [
      "reports to who says so",
      {
        [`_dmarc.${domain}`]: { txt: "v=DMARC1; p=none; rua=mailto:a@reports.example!10m" },
        [`${domain}._report._dmarc.reports.example`]: { txt: "v=DMARC1" },
      },
      {},
      `dmarc ${domain} ok`,
      /p=none/,
      [],
    ],
    [
      "strict about the return path",
      { [`_dmarc.${domain}`]: { txt: "v=DMARC1; p=none; aspf=s; rua=mailto:a@news.example" } },
      {},
      `dmarc ${domain} warning`,
      /only the signature speaks/,
      [],
    ],
    [
      "neither is of the house",
      {},
      { bounce: "bounce.elsewhere.example", keys: [] },
      `dmarc ${domain} broken`,
      /Neither the signature \(none\)/,
      [],
    ],
    // The host for bounces
    [
      "no MX",
      { [bounce]: { txt: "v=spf1 include:relay.example -all" } },
      {},
      `bounce-host ${bounce} broken`,
      /is lost/,
      [`${bounce}. IN MX 10 nashra.news.example.`],
    ],
    [
      "an address alone",
      { [bounce]: { txt: "v=spf1 include:relay.example -all", a: "198.51.100.1" } },
      {},
      `bounce-host ${bounce} warning`,
      /no MX record/,
      [`${bounce}. IN MX 10 nashra.news.example.`],
    ],
    [
      "it takes no mail",
      { [bounce]: { mx: [[0, "."]] } },
      {},
      `bounce-host ${bounce} broken`,
      /takes no mail/,
      [`${bounce}. IN MX 10 nashra.news.example.`],
    ],
    [
      "its server is not there",
      { "mx.news.example": {} },
      {},
      `bounce-host ${bounce} broken`,
      /has no address/,
      [],
    ],
    [
      "no host for bounces",
      {},
      { bounce: null },
      `bounce-host bulletin@${domain} warning`,
      /does not tell which letter/,
      [],
    ],
    // Reverse names
    [
      "no name",
      { "7.2.0.192.in-addr.arpa": {} },
      {},
      "reverse-name 192.0.2.7 warning",
      /has no name/,
      ["7.2.0.192.in-addr.arpa. IN PTR out.relay.example."],
    ],
    [
      "a name that leads elsewhere",
      { "out.relay.example": { a: "192.0.2.8" } },
      {},
      "reverse-name 192.0.2.7 warning",
      /does not lead back/,
      ["out.relay.example. IN A 192.0.2.7"],
    ],
    [
      "another name in EHLO",
      {},
      { hello: "localhost.localdomain" },
      "reverse-name 192.0.2.7 warning",
      /calls itself localhost\.localdomain/,
      [],
    ],
  ])("%s", async (_, over, other, state, what, records) => {
    const findings = await seen({ ...inOrder, ...over }, other);
    const [check, subject] = state.split(" ");
    const it = findings.find((finding) => finding.check === check && finding.subject === subject);
    expect(`${it?.check} ${it?.subject} ${it?.state}: ${it?.what.en}`).toMatch(
      new RegExp(`^${state.replace(/[.]/g, "\\.")}: .*${what.source}`),
    );
    expect(it?.records.map(zoneLine)).toEqual(records);
    if (it?.state !== "ok") expect(it?.todo?.ar).toMatch(/\p{Script=Arabic}/u);
  });
});

test("a domain below another has its DMARC", async () => {
  const world = { ...inOrder, [`_dmarc.${domain}`]: {}, "_dmarc.example": {} };
  const below = await seen(
    { ...world, "_dmarc.news.example": { txt: "v=DMARC1; p=reject; rua=mailto:a@news.example" } },
    { domain: "mail.news.example", mailFrom: "a@mail.news.example" },
  );
  expect(states(below)).toContain("dmarc mail.news.example ok");
});

test("a record of more than 255 octets stands in pieces", () => {
  const value = "x".repeat(600);
  const line = zoneLine({ name: "a.example", type: "TXT", value });
  expect(line.replace(/^.* TXT "|" "|"$/g, "")).toBe(value);
  for (const piece of line.match(/"[^"]*"/g) ?? []) expect(piece.length).toBeLessThanOrEqual(257);
});

test.each<[string, World]>([
  [
    "a server that is silent",
    Object.fromEntries(Object.keys(inOrder).map((name) => [name, { fails: "silent" }])),
  ],
  [
    "a server that fails",
    Object.fromEntries(Object.keys(inOrder).map((name) => [name, { fails: "servfail" }])),
  ],
  ["a network of its own, where no name is there", {}],
])("%s: all is unknown, soon", async (_, world) => {
  const began = performance.now();
  const findings = await seen(world, {}, 1.5);
  expect(new Set(findings.map(({ state }) => state))).toEqual(new Set(["unknown"]));
  expect(performance.now() - began).toBeLessThan(10_000);
});

test.each<[string, string, boolean]>([
  ["192.0.2.7", "192.0.2.7", true],
  ["192.0.2.7", "192.0.2.0/24", true],
  ["192.0.3.7", "192.0.2.0/24", false],
  ["192.0.2.7", "0.0.0.0/0", true],
  ["2001:db8::1", "2001:db8::/32", true],
  ["2001:db9::1", "2001:db8::/32", false],
  ["2001:db8::1", "2001:db8:0:0:0:0:0:1", true],
  ["192.0.2.7", "2001:db8::/0", false],
  ["192.0.2.7", "nonsense", false],
  ["192.0.2.7", "192.0.2.0/x", false],
])("%s in %s: %s", (address, range, inside) => expect(isIn(address, range)).toBe(inside));

test("the names of addresses stand in reverse", () => {
  expect(reverseOf("192.0.2.7")).toBe("7.2.0.192.in-addr.arpa");
  expect(reverseOf("2001:db8::1")).toBe(`1.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`);
});
