// Nashra on Node: one process and a data folder, no service beside it.
import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { collectDefaultMetrics } from "prom-client";
import { articleId } from "../articles/index.ts";
import { type Config, type Keyring, transportsOf } from "../config.ts";
import { digestBySlug, openIssueBeside, sampleSlot } from "../digests/index.ts";
import { domainOf } from "../mail/index.ts";
import {
  type Clock,
  createLog,
  type Log,
  type MailDomains,
  mailerOf,
  randomToken,
} from "../platform/index.ts";
import { publishArticle, retract } from "../publish.ts";
import { isEmptyStore, loadSample } from "../sample/index.ts";
import { createService, type Service } from "../service.ts";
import { importSubscribers } from "../subscribers/index.ts";
import type { AssetPaths } from "../web/index.ts";
import { clientAddressOf } from "./client-address.ts";
import { brotli, gzip } from "./compress.ts";
import { dkimKeys } from "./dkim-keys.ts";
import { guardedCall, guardedGet } from "./fetch.ts";
import { ensureDigest } from "./first-digest.ts";
import { mailDomains } from "./mail-domains.ts";
import { fileOutbox } from "./outbox.ts";
import { transportAt } from "./smtp/ways.ts";
import { type OpenDatabase, openDatabase } from "./sqlite.ts";
import { type TemplateFolder, templateFolder } from "./templates.ts";
import { routedMailer } from "./transports.ts";

/** The project's folder: the bundle lies in `dist`, one below it. Sources run from `src/hosts`, two below. */
export const projectFolder = (here = dirname(fileURLToPath(import.meta.url))) =>
  here.endsWith(join("src", "hosts")) ? dirname(dirname(here)) : dirname(here);

export type Nashra = Service & {
  config: Config;
  database: OpenDatabase;
  keys: Keyring;
  log: Log;
  now: Clock;
  dkim: ReturnType<typeof dkimKeys>;
  templates: Pick<TemplateFolder, "check"> & { folder: string; builtIn: readonly string[] };
  /** Waits for what is under way in the background, then closes mailer and database. */
  close: () => Promise<void>;
};

/** WebSub calls at once. */
const lanes = 16;

/** Builds the service in the data folder of the config: opens and migrates the database, finds or makes the secret. */
export async function openNashra(
  config: Config,
  options: { now?: Clock; log?: Log; assets?: AssetPaths; mailDomains?: MailDomains } = {},
): Promise<Nashra> {
  const { now = () => Temporal.Now.instant() } = options;
  const log = options.log ?? createLog(config.logLevel, pino.destination({ dest: 2, sync: true }));
  try {
    mkdirSync(config.data, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(
      `NASHRA_DATA is ${config.data}, and no folder can be there: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const root = projectFolder();
  const keys = config.secret ?? keptSecret(join(config.data, "secret"));
  const database = await openDatabase(join(config.data, "nashra.sqlite"), join(root, "migrations"));
  await ensureDigest(database, now());
  const kept = fileOutbox(join(config.data, "outbox"), now);
  const transports = transportsOf(config).map(({ name, url }) => ({
    name,
    transport: transportAt(url, config.smtpConnections),
  }));
  const mailer =
    transports.length > 0
      ? routedMailer(transports, config.transportDomains)
      : mailerOf("outbox", kept.transport);
  const addressOf = clientAddressOf(config.proxies);
  const underWay = new Set<Promise<unknown>>();
  const dkim = dkimKeys(join(config.data, "dkim"), domainOf(config.mailFrom));
  const builtIn = {
    read: (name: string) => readFileSync(join(root, "templates", name), "utf8"),
    names: readdirSync(join(root, "templates")).sort(),
  };
  const folder = config.templates ?? join(config.data, "templates");
  const templates = templateFolder(folder, join(config.data, "templates-in-use.json"), builtIn, log);
  const service = createService({
    config,
    keys,
    database,
    mailer,
    dkim: dkim.keys,
    outbox: config.smtpUrl ? null : kept.outbox,
    templates: templates.source,
    assets: options.assets ?? JSON.parse(readFileSync(join(root, "dist", "assets.json"), "utf8")),
    now,
    log,
    connections: config.smtpConnections * 2, // a letter's envelope is out while the letter before waits for its last reply
    get: guardedGet(config.fetchAllow),
    call: guardedCall(config.fetchAllow),
    mailDomains: options.mailDomains ?? mailDomains(),
    lanes,
    mostCalls: Number.POSITIVE_INFINITY,
    compress: { gzip, brotli },
    hash: (text) => hash("sha256", text),
    mostFeedMegabytes: Number.POSITIVE_INFINITY,
    // How late the event loop is, in steps of a tenth of a second: in the default's of 10 ms to ask takes half a percent of
    // an idle processor, day and night.
    addHostMetrics: (registry) =>
      collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 }),
    addressOf: (c) => {
      // What @hono/node-server hands on; there is none where tests call the app itself.
      const { incoming }: { incoming?: IncomingMessage } = c.env ?? {};
      return addressOf(incoming?.socket.remoteAddress, c.req.header("x-forwarded-for"));
    },
    later(work) {
      const running = work()
        .catch((error: unknown) => log.error({ error: String(error) }, "background work failed"))
        .finally(() => underWay.delete(running));
      underWay.add(running);
    },
  });
  const close = async () => {
    await service.flush();
    while (underWay.size > 0) await Promise.all(underWay);
    await mailer.close();
    await database.close();
  };
  return {
    ...service,
    config,
    database,
    keys,
    log,
    now,
    dkim,
    templates: { ...templates, folder, builtIn: builtIn.names },
    close,
  };
}

/** The key of this installation: made once, readable by its owner alone. Losing it breaks the links of all mails sent. */
function keptSecret(file: string): Keyring {
  try {
    writeFileSync(file, `k1:${randomToken()}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (Object(error).code !== "EEXIST") throw error;
  }
  const [id, key] = readFileSync(file, "utf8").trim().split(":");
  if (!id || !key)
    throw new Error(`${file} should hold "id:key". Restore it from a backup: links in mails depend on it.`);
  return [{ id, key }];
}

/** Fills an empty store with the sample newsroom and sends its first issue, so that there is something to look at. */
export async function loadSampleIfEmpty(nashra: Nashra): Promise<boolean> {
  const { database, publishing, now, config } = nashra;
  if (!config.sample || !(await isEmptyStore(database))) return false;
  await loadSample({
    database,
    site: config.publicUrl,
    now,
    publish: async (input) => {
      const result = await publishArticle(publishing, "sample", input);
      if (!("article" in result))
        throw new Error(`The sample article ${input.external_id} was refused: ${result.kind}.`);
      return result.article;
    },
    retract: (id, reason) => retract(publishing, articleId(id), reason),
  });
  const digest = await digestBySlug(database.db, "daily");
  if (digest && config.smtpUrl === null) {
    const readers = ["salma", "karim", "noor"].map((name) => `${name}@readers.invalid`);
    await importSubscribers(
      database,
      { digest: digest.id, consent: "sample newsroom", language: "ar", sample: true, now: now() },
      readers,
    );
    await openIssueBeside(nashra.ticking, digest, sampleSlot);
    await nashra.tick(20);
  }
  return true;
}
