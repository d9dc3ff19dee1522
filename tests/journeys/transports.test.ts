// Several relays: the first goes away in the middle of an issue, comes back, and the ledger has each letter once.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createLoginLink } from "../../src/accounts/index.ts";
import { readPaces } from "../../src/delivery/index.ts";
import { createLog } from "../../src/platform/index.ts";
import { startChaos } from "../support/chaos-smtp.ts";
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
  await nashra.threeArticles();
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

test("a relay that does not let us in, while another carries its letters, is told to the log and the newsroom until it lets us in", async () => {
  const manners: { auth?: string } = { auth: "post:hush" };
  const first = await startChaos(manners);
  const second = await startChaos();
  const logged: string[] = [];
  const how = {
    now: "2026-03-01T03:00:00Z",
    smtp: `smtp://post:secret-word@127.0.0.1:${first.port}`,
    env: { NASHRA_TRANSPORTS: `second=${second.url.href}`, NASHRA_SMTP_CONNECTIONS: "1" },
    log: createLog("warn", { write: (line) => void logged.push(line) }),
    folder: mkdtempSync(join(tmpdir(), "nashra-")),
  };
  const nashra = await startNashra(how);
  closing.push(first.close, second.close);
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    await nashra.article({ title: `خبر ${section}`, sections: [section] });
  const readers = ["a", "b", "c"].map((name) => `${name}@example.org`);
  await nashra.confirmed(...readers);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(second.taken.map(({ to }) => to).sort()).toEqual(readers);
  const [kept] = await readPaces(nashra.database.db);
  expect(kept).toMatchObject({
    transport: "relay",
    destination: "",
    pace: { alarm: "535 5.7.8 wrong", reason: "credentials", restsUntil: null },
  });
  expect(logged.filter((line) => /not let in/.test(line) && line.includes("535 5.7.8"))).not.toEqual([]);
  const link = await createLoginLink(nashra.database, "editor@paper.example", nashra.at());
  const signedIn = await nashra.post(`/newsroom/login/${link}`, {}, { Origin: "http://localhost:3000" });
  const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  for (const path of ["/newsroom", "/newsroom/settings/mail"]) {
    const page = await (await nashra.get(path, { Cookie: cookie })).text();
    expect(page).toContain("535 5.7.8 wrong");
    expect(page).not.toContain("secret-word");
  }
  // Somebody puts it right: the next letter that goes by it shows that, also to a process that was started since.
  manners.auth = "post:secret-word";
  await nashra.stop();
  const restarted = await startNashra({ ...how, now: "2026-03-01T06:00:00Z", folder: nashra.folder });
  closing.push(restarted.stop);
  expect(await readPaces(restarted.database.db)).toMatchObject([{ pace: { alarm: "535 5.7.8 wrong" } }]);
  await restarted.post("/subscribe", { address: "new@example.org", language: "ar" });
  await restarted.tickAt("2026-03-01T06:01:00Z");
  expect(first.taken.map(({ to }) => to)).toEqual(["new@example.org"]);
  expect(await readPaces(restarted.database.db)).toMatchObject([{ pace: { alarm: null, reason: null } }]);
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
