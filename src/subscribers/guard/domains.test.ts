import { expect, test } from "vitest";
import type { MailDomains } from "../../platform/index.ts";
import { domainProblem, isSpecialUse } from "./domains.ts";

const lists = { disposable: "refuse" as const, refusedDomains: "spam.paper, xn--mgbh0fb.paper" };
const known: Awaited<ReturnType<MailDomains>>[] = ["takes-mail", "unknown", "takes-none"];

test.each([
  ["spam.paper", lists, "refused"],
  ["mail.spam.paper", lists, "refused"],
  ["nospam.paper", lists, null],
  ["xn--mgbh0fb.paper", lists, "refused"],
  ["mailinator.com", lists, "disposable"],
  ["sub.mailinator.com", lists, "disposable"],
  ["mailinator.com", { disposable: "allow" as const, refusedDomains: "" }, null],
  ["gmail.com", lists, null],
  ["paper", { disposable: "allow" as const, refusedDomains: "" }, null],
])("%s under %j: %s", async (domain, rules, problem) => {
  expect(await domainProblem(domain, rules, async () => "takes-mail")).toBe(problem);
});

test("only what is known to take no mail is refused for it", async () => {
  const answers = known.map((answer) => domainProblem("news.paper", lists, async () => answer));
  expect(await Promise.all(answers)).toEqual([null, null, "no-mail"]);
});

test.each([
  ["example.org", true],
  ["mail.example.org", true],
  ["readers.invalid", true],
  ["paper.test", true],
  ["localhost", true],
  ["news.example", true],
  ["myexample.org", false],
  ["test.org", false],
  ["latest", false],
])("%s is never looked up: %s", async (domain, special) => {
  expect(isSpecialUse(domain)).toBe(special);
  const asked: string[] = [];
  await domainProblem(domain, lists, async (it) => {
    asked.push(it);
    return "takes-none";
  });
  expect(asked).toEqual(special ? [] : [domain]);
});
