import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { pair } from "../../../tests/support/certificate.ts";
import { readConfig } from "../../config.ts";
import type { Finding } from "../../doctor/index.ts";
import { createLog } from "../../platform/index.ts";
import { lookAtCertificates, watchHouse } from "./watch.ts";

const silent = createLog("silent");
const soonOver: Finding = {
  check: "certificate",
  subject: "news.example",
  state: "warning",
  what: { ar: "تنتهي", en: "The certificate of news.example ends in 3 days." },
  todo: null,
  records: [],
};

test("certificates are looked at behind the page, once at a time, and again after hours, or soon where something is wrong", async () => {
  let minutes = 0;
  let looks = 0;
  let found: Finding[] = [];
  const watch = watchHouse(
    { data: tmpdir() },
    silent,
    async () => {
      looks++;
      return found;
    },
    () => minutes * 60_000,
  );
  const certificates = async () => (await watch()).filter(({ check }) => check === "certificate");
  await Promise.all([certificates(), certificates()]);
  expect(looks).toBe(1);
  minutes = 359;
  found = [soonOver];
  expect(await certificates()).toEqual([]);
  minutes = 361;
  await certificates();
  expect([looks, await certificates()]).toEqual([2, [soonOver]]);
  found = [{ ...soonOver, state: "ok" }];
  minutes = 372;
  await certificates();
  expect([looks, await certificates()]).toEqual([3, []]);
});

test("a look that fails is noted, and takes nothing from the page", async () => {
  const watch = watchHouse({ data: tmpdir() }, silent, async () => {
    throw new Error("no network");
  });
  await watch();
  expect((await watch()).filter(({ check }) => check !== "disk")).toEqual([]);
});

test("a folder that is not there says nothing of the disk", async () => {
  expect(await watchHouse({ data: "/no/such/folder" }, silent, async () => [])()).toEqual([]);
});

test("our own address is met over https, and each relay", async () => {
  const server = createServer(pair, (_, reply) => reply.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const reading = readConfig({
    NASHRA_PUBLIC_URL: `https://localhost:${port}`,
    NASHRA_SMTP_URL: "smtp://127.0.0.1:9",
    NASHRA_MAIL_FROM: "bulletin@news.example",
  });
  if (!reading.ok) throw new Error(reading.problems.join("\n"));
  const states = (findings: Finding[]) => findings.map(({ check, state }) => `${check} ${state}`);
  expect(states(await lookAtCertificates(reading.config, pair.cert))).toEqual([
    "certificate ok",
    "relay broken",
  ]);
  expect(states(await lookAtCertificates(reading.config))).toEqual(["certificate broken", "relay broken"]);
  server.close();
});
