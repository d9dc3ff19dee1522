// nashra doctor over a whole service: a real web server, a real relay, a DNS server of the test's own.
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { freely } from "../../src/delivery/pace/rules.ts";
import { keepPace } from "../../src/delivery/pace/store.ts";
import { listDigests, setFacts } from "../../src/digests/index.ts";
import { runDoctor } from "../../src/hosts/doctor/run.ts";
import { listen } from "../../src/hosts/serve.ts";
import { noteBackup } from "../../src/settings/index.ts";
import { startDns } from "../support/dns.ts";
import { startNashra } from "../support/nashra.ts";
import { nashra as command, serve } from "../support/process.ts";
import { startSmtp } from "../support/smtp.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

async function service(
  withWeb: boolean,
  world: Parameters<typeof startDns>[0],
  settings: Record<string, string> = {},
) {
  const smtp = await startSmtp();
  const port = await freePort();
  const nashra = await startNashra({
    now: Temporal.Now.instant().toString(),
    smtp: smtp.url,
    env: {
      NASHRA_PORT: String(port),
      NASHRA_PUBLIC_URL: `http://localhost:${port}`,
      NASHRA_MAIL_FROM: "bulletin@news.example",
      NASHRA_MAIL_BOUNCE: "bounce.news.example",
      ...settings,
    },
  });
  const dns = await startDns(world);
  open.push(nashra.stop, smtp.close, dns.close);
  if (withWeb) {
    const web: Server = await listen(nashra);
    open.push(() => new Promise((resolve) => web.close(resolve)));
  }
  const run = () => runDoctor(nashra, { databaseSeconds: 20, servers: [dns.server] });
  return { nashra, run };
}

const com = { com: { ns: "a.gtld-servers.net" } };

async function everything(nashra: Awaited<ReturnType<typeof startNashra>>) {
  const { db } = nashra.database;
  const tables = [
    "subscribers",
    "subscriptions",
    "consents",
    "requests",
    "suppressions",
    "deliveries",
    "notices",
  ];
  const rows = await Promise.all(
    tables.map(async (table) => (await sql`select * from ${sql.table(table)}`.execute(db)).rows),
  );
  return JSON.stringify(rows);
}

test("a service in order: the key that was made, the link that leaves, the machine; and it changes nothing", async () => {
  const { nashra, run } = await service(true, com);
  await nashra.confirmed("salma@example.org");
  const key = await nashra.dkim.create("n1", "rsa");
  nashra.dkim.use(["n1"]);
  const before = await everything(nashra);
  const found = new Map((await run()).map((it) => [`${it.check} ${it.subject}`, it]));
  const state = (check: string) => [...found.values()].find((it) => it.check === check)?.state;
  expect(found.get(`dkim ${key.name}`)).toMatchObject({
    state: "broken",
    records: [{ name: key.name, type: "TXT", value: key.record }],
  });
  expect(state("one-click"), "it works, and is http").toBe("warning");
  expect(state("certificate")).toBe("warning");
  for (const check of ["relay", "signed-headers", "clock", "database"])
    expect([check, state(check)]).toEqual([check, "ok"]);
  expect(await everything(nashra)).toBe(before);
});

test("each sender's domain is looked at with its own keys and relays; resting relays, programs and backups are told of", async () => {
  const { nashra, run } = await service(true, com, {
    NASHRA_TRANSPORTS: "local=sendmail:///bin/true,gone=sendmail:///nowhere/sendmail",
    NASHRA_TRANSPORT_DOMAINS: "alerts.example=local/gone,*=relay",
  });
  const { db, batch } = nashra.database;
  const [daily] = await listDigests(db);
  if (!daily) throw new Error("There is no digest.");
  await batch([setFacts(db, daily.id, { fromAddress: "morning@alerts.example" })]);
  await nashra.dkim.create("n1", "rsa", "alerts.example");
  nashra.dkim.use(["n1"], "alerts.example");
  const states = async () => (await run()).map(({ check, subject, state }) => `${check} ${subject} ${state}`);
  const first = await states();
  expect(first).toEqual(
    expect.arrayContaining([
      "dkim news.example broken", // unsigned
      "dkim n1._domainkey.alerts.example broken", // not in DNS
      "signed-headers alerts.example ok",
      "dmarc alerts.example broken",
      "relay /bin/true unknown",
      "relay /nowhere/sendmail broken",
      "backup  ok", // nobody would be lost
    ]),
  );
  expect(first.filter((it) => it.startsWith("bounce-host"))).toHaveLength(1);
  expect(new Set(first).size).toBe(first.length);
  await nashra.confirmed("salma@example.org");
  const rests = {
    ...freely,
    restsUntil: nashra.at().add({ minutes: 15 }).epochMilliseconds,
    reply: "535 no",
  };
  await batch([keepPace(db, { transport: "relay", destination: "" }, rests, nashra.at().epochMilliseconds)]);
  const second = await states();
  expect(second).toEqual(expect.arrayContaining(["backup  warning", "relay relay warning"]));
  await batch([noteBackup(db, { at: nashra.at().subtract({ hours: 49 }), file: "f", bytes: 1 })]);
  expect(await states()).toContain("backup  warning");
  await batch([noteBackup(db, { at: nashra.at().subtract({ hours: 20 }), file: "f", bytes: 1 })]);
  expect(await states()).toContain("backup  ok");
}, 60_000);

test("the command ends with 0 where there are warnings only, and with 1 where something is broken", async () => {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "nashra-"));
  open.push(() => rmSync(folder, { recursive: true, force: true }));
  const env = { NASHRA_DATA: folder, NASHRA_PORT: String(port), NASHRA_SAMPLE: "off" };
  const server = await serve(env);
  const fine = await command(env, ["doctor", "--json"]);
  await server.stop();
  const states = new Set(
    fine.out
      .trim()
      .split("\n")
      .map((line) => Object(JSON.parse(line)).state),
  );
  expect([fine.code, [...states].sort()]).toEqual([0, ["ok", "warning"]]);
  const alone = await command(env, ["doctor"]);
  expect([alone.code, alone.out]).toEqual([1, expect.stringContaining("BROKEN")]);
}, 60_000);

test("no network at all: it ends soon, and says that it does not know", async () => {
  const { run } = await service(false, { "news.example": { fails: "silent" } });
  const began = performance.now();
  const findings = await run();
  expect(performance.now() - began).toBeLessThan(30_000);
  const byCheck = (check: string) => findings.filter((it) => it.check === check).map(({ state }) => state);
  for (const check of ["spf", "dmarc", "bounce-host"])
    expect(new Set(byCheck(check))).toEqual(new Set(["unknown"]));
  expect(byCheck("database")).toEqual(["ok"]);
});
