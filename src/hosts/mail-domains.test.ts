import { afterAll, expect, test } from "vitest";
import { startDns } from "../../tests/support/dns.ts";
import { mailDomains } from "./mail-domains.ts";

const dns = await startDns({
  com: { ns: "a.servers.paper" },
  "mail.paper": {
    mx: [
      [10, "mx.mail.paper"],
      [20, "mx2.mail.paper"],
    ],
  },
  "null.paper": { mx: [[0, "."]], a: "192.0.2.1" },
  "address.paper": { a: "192.0.2.1" },
  "six.paper": { aaaa: true },
  "nothing.paper": {},
  "broken.paper": { fails: "servfail" },
  "silent.paper": { fails: "silent" },
  "xn--mgbh0fb.paper": { mx: [[10, "mx.mail.paper"]] },
});
afterAll(() => dns.close());

test.each([
  ["mail.paper", "takes-mail"],
  ["xn--mgbh0fb.paper", "takes-mail"],
  ["address.paper", "takes-mail"],
  ["six.paper", "takes-mail"],
  ["null.paper", "takes-none"],
  ["nothing.paper", "takes-none"],
  ["gone.paper", "takes-none"],
  ["broken.paper", "unknown"],
])("%s: %s", async (domain, answer) => {
  expect(await mailDomains({ servers: [dns.server] })(domain)).toBe(answer);
});

test("a server that says nothing, or is not there, is waited for two seconds at most", async () => {
  const started = performance.now();
  const answers = await Promise.all([
    mailDomains({ servers: [dns.server, dns.server, dns.server] })("silent.paper"),
    mailDomains({ servers: ["127.0.0.1:1"] })("mail.paper"),
  ]);
  expect(answers).toEqual(["unknown", "unknown"]);
  expect(performance.now() - started).toBeLessThan(4000);
});

test("a resolver in a network of its own, which knows no domain at all, says nothing", async () => {
  const island = await startDns({});
  expect(await mailDomains({ servers: [island.server] })("mail.paper")).toBe("unknown");
  await island.close();
});

test("an answer is remembered for a while, and whoever asks at the same time shares it", async () => {
  let clock = 0;
  const takesMail = mailDomains({ servers: [dns.server], milliseconds: () => clock });
  const asks = () => dns.asked.length;
  const before = asks();
  const together = await Promise.all(Array.from({ length: 5 }, () => takesMail("mail.paper")));
  expect([new Set(together), asks() - before]).toEqual([new Set(["takes-mail"]), 1]);
  clock = 59 * 60_000;
  await takesMail("mail.paper");
  expect(asks() - before).toBe(1);
  clock = 61 * 60_000;
  await takesMail("mail.paper");
  expect(asks() - before).toBe(2);
});

test("a flood of names is not passed on: what is under way is bounded, and so is what is remembered", async () => {
  const takesMail = mailDomains({ servers: [dns.server] });
  const before = dns.asked.length;
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => takesMail(`flood-${i}.paper`)));
  expect(dns.asked.slice(before).filter((question) => question.startsWith("flood"))).toHaveLength(32);
  expect(answers.filter((answer) => answer === "takes-none")).toHaveLength(32);
  expect(answers.filter((answer) => answer === "unknown")).toHaveLength(168);
});
