// Several relays: the first goes away in the middle of an issue, comes back, and the ledger has each letter once.
import { afterEach, expect, test } from "vitest";
import { startNashra } from "../support/nashra.ts";
import { nashra as run } from "../support/process.ts";
import { startSmtp } from "../support/smtp.ts";

const issue = "daily/2026-03-01-morning";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const portOf = (url: string) => Number(new URL(url).port);

test("while the first relay is away an issue goes by the second; what was tried before is the same letter", async () => {
  const first = await startSmtp();
  const second = await startSmtp();
  const nashra = await startNashra({
    now: "2026-03-01T03:00:00Z",
    smtp: first.url,
    env: { NASHRA_TRANSPORTS: `second=${second.url}`, NASHRA_SMTP_CONNECTIONS: "2" },
  });
  closing.push(second.close, nashra.stop);
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const [title, section] of [
    ["المجلس يقر الموازنة", "سياسة"],
    ["الليرة تستقر", "اقتصاد"],
    ["معرض الكتاب", "ثقافة"],
  ] as const)
    await nashra.article({ title, sections: [section] });
  const put = "a+once451@example.org"; // the first server puts it off
  await nashra.confirmed(put);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const before = (await nashra.ledger(issue)).get(put);
  expect(before?.state).toBe("deferred");
  await first.close();
  await nashra.tickAt("2026-03-01T05:10:00Z");
  await nashra.tickAt("2026-03-01T05:20:00Z"); // the second does so too, once
  const line = (await nashra.ledger(issue)).get(put);
  expect(line).toMatchObject({ state: "accepted", in_doubt: 0, message_id: before?.message_id });
  expect(second.to(put)).toHaveLength(1);
  expect(second.to(put)[0]?.raw).toContain(`Message-ID: ${before?.message_id}`);
  expect((await nashra.issue(issue)).state).toBe("sent");
});

test("the relays are listed without their passwords, and one is tried with a letter", async () => {
  const smtp = await startSmtp();
  closing.push(smtp.close);
  const nashra = await startNashra();
  closing.push(nashra.stop);
  const env = {
    NASHRA_DATA: nashra.folder,
    NASHRA_SMTP_URL: `smtp://127.0.0.1:1`,
    NASHRA_MAIL_FROM: "desk@news.example",
    NASHRA_TRANSPORTS: `spare=${smtp.url},ses=smtps://me:hush-hush@127.0.0.1`,
    NASHRA_TRANSPORT_DOMAINS: "alerts.example=spare/ses,*=relay",
  };
  const list = await run(env, ["transport", "list", "--json"]);
  expect(list.out + list.err).not.toContain("hush-hush");
  expect(
    list.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { name: "relay", kind: "smtp", at: "127.0.0.1:1", user: null, carries: "*" },
    {
      name: "spare",
      kind: "smtp",
      at: `127.0.0.1:${portOf(smtp.url)}`,
      user: null,
      carries: "alerts.example",
    },
    { name: "ses", kind: "smtps", at: "127.0.0.1:465", user: "me", carries: "alerts.example" },
  ]);

  const good = await run(env, ["transport", "test", "spare", "salma@example.org", "--json"]);
  expect([good.code, JSON.parse(good.out)]).toMatchObject([0, { kind: "accepted", signed: false }]);
  expect((await smtp.read("salma@example.org")).text).toContain("sent by spare");
  const refused = await run(env, ["transport", "test", "spare", "a+r550@example.org"]);
  expect([refused.code, refused.out]).toEqual([1, expect.stringMatching(/spare: refused: 550/)]);
  const away = await run(env, ["transport", "test", "relay", "salma@example.org"]);
  expect([away.code, away.out]).toEqual([1, expect.stringMatching(/relay: not-sent: .*ECONNREFUSED/)]);
  const unknown = await run(env, ["transport", "test", "other", "salma@example.org"]);
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining("There are: relay, spare, ses.")]);
  expect((await run(env, ["transport", "test", "spare", "nobody"])).code).toBe(2);
});
