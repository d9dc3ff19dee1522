import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startDns } from "../../tests/support/dns.ts";
import { dkimKey, signMessage } from "../mail/index.ts";
import { belongs } from "./backup/manifest.ts";
import { dkimKeys, nodeKey, publishedKey } from "./dkim-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "nashra-dkim-"));
afterAll(() => rmSync(folder, { recursive: true }));
const keys = dkimKeys(join(folder, "dkim"), "paper.example");
const names = async () => (await keys.keys()).map(({ selector, algorithm }) => [selector, algorithm]);

test("a key is made, then used; a server that runs sees a change", async () => {
  expect(keys.list()).toEqual([]);
  expect(await names()).toEqual([]);
  const rsa = await keys.create("n2026", "rsa");
  const ed = await keys.create("n2026-ed", "ed25519");
  expect(statSync(join(folder, "dkim", "n2026.pem")).mode & 0o777).toBe(0o600);
  expect(rsa).toMatchObject({ name: "n2026._domainkey.paper.example", inUse: false });
  expect(rsa.record).toMatch(/^v=DKIM1; k=rsa; p=MIIB[\w+/=]{350,}$/);
  expect(ed.record).toMatch(/^v=DKIM1; k=ed25519; p=[\w+/]{43}=$/);
  expect(await names()).toEqual([]);
  keys.use(["n2026", "n2026-ed"]);
  expect(await names()).toEqual([
    ["n2026", "rsa-sha256"],
    ["n2026-ed", "ed25519-sha256"],
  ]);
  expect(keys.list().map(({ selector, inUse }) => [selector, inUse])).toEqual([
    ["n2026-ed", true],
    ["n2026", true],
  ]);
  keys.use(["n2026"]);
  expect(await names()).toEqual([["n2026", "rsa-sha256"]]);
});

test.each(["rsa", "ed25519"] as const)("Node signs by %s as WebCrypto does, octet by octet", async (kind) => {
  const { privateKey } =
    kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
  const name = { selector: "s", domain: "paper.example" };
  const pkcs8 = new Uint8Array(privateKey.export({ type: "pkcs8", format: "der" }));
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const message = new TextEncoder().encode("From: a@paper.example\r\nSubject: x\r\n\r\nصباح  الخير \r\n\r\n");
  const at = Temporal.Instant.from("2026-03-01T04:00:00Z");
  expect(await signMessage(message, [nodeKey(name, pem)], at)).toEqual(
    await signMessage(message, [await dkimKey(name, pkcs8)], at),
  );
});

test("a key of another domain has the same selector, its own file in a backup, and a turn of its own", async () => {
  keys.use(["n2026"]);
  const other = await keys.create("n2026", "rsa", "alerts.example");
  expect(other).toMatchObject({ name: "n2026._domainkey.alerts.example", domain: "alerts.example" });
  expect(belongs("dkim/n2026._domainkey.alerts.example.pem")).toBe(true);
  keys.use(["n2026"], "alerts.example");
  const domains = async () => (await keys.keys()).map(({ selector, domain }) => `${selector} ${domain}`);
  expect(await domains()).toEqual(["n2026 paper.example", "n2026 alerts.example"]);
  keys.use([]);
  expect(await domains()).toEqual(["n2026 alerts.example"]);
  keys.use([], "alerts.example");
  expect(await domains()).toEqual([]);
});

test("no key is made twice, and none outside the folder", async () => {
  await expect(keys.create("n2026", "rsa")).rejects.toThrow("There is a key n2026 already");
  await expect(keys.create("../secret", "rsa")).rejects.toThrow("is no selector");
});

test("a key in use that is not there is told", async () => {
  keys.use(["lost"]);
  await expect(keys.keys()).rejects.toThrow("names the DKIM key lost");
});

test("DNS says whether a key is published", async () => {
  const key = await keys.create("asked", "rsa");
  const dns = await startDns({
    com: {},
    "asked._domainkey.paper.example": { txt: key.record.replace("p=", "p= ") },
    "other._domainkey.paper.example": { txt: "v=DKIM1; p=MIIB" },
    "empty._domainkey.paper.example": { txt: "hello" },
    "broken._domainkey.paper.example": { fails: "servfail" },
  });
  const at = (selector: string) =>
    publishedKey({ ...key, name: `${selector}._domainkey.paper.example` }, [dns.server]);
  expect(await Promise.all(["asked", "other", "empty", "missing", "broken"].map(at))).toEqual([
    "published",
    "another",
    "none",
    "none",
    "unknown",
  ]);
  await dns.close();
});
