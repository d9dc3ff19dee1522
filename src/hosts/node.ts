// Nashra on Node: one process and a data folder, no service beside it.
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { collectDefaultMetrics } from "prom-client";
import { articleId } from "../articles/index.ts";
import type { Config, Keyring } from "../config.ts";
import type { Delivery } from "../delivery/index.ts";
import { digestBySlug, openIssueBeside, sampleSlot } from "../digests/index.ts";
import type { Clock, Log, MailDomains } from "../platform/index.ts";
import { publishArticle, retract } from "../publish.ts";
import { isEmptyStore, loadSample } from "../sample/index.ts";
import { createService, type Service } from "../service.ts";
import { importSubscribers } from "../subscribers/index.ts";
import type { AssetPaths } from "../web/index.ts";
import { clientAddressOf } from "./client-address.ts";
import { brotli, gzip } from "./compress.ts";
import { roomOf } from "./doctor/machine.ts";
import { runDoctor, runSenderDoctor } from "./doctor/run.ts";
import { lookAtCertificates, watchHouse } from "./doctor/watch.ts";
import { guardedCall, guardedGet } from "./fetch.ts";
import { ensureDigest } from "./first-digest.ts";
import { houseOf } from "./house.ts";
import { mailDomains } from "./mail-domains.ts";
import { openParts, type Parts, projectFolder } from "./parts.ts";
import type { Patience } from "./smtp/connection.ts";
import { transportAt } from "./smtp/ways.ts";
import type { OpenDatabase } from "./sqlite.ts";

export type Nashra = Service & {
  config: Config;
  database: OpenDatabase;
  keys: Keyring;
  log: Log;
  now: Clock;
  dkim: Parts["dkim"];
  templates: Parts["templates"];
  /** Waits for what is under way in the background, then closes mailer and database. */
  close: () => Promise<void>;
};

/** With less room on the disk there is none for what SQLite writes at once. */
const leastBytes = 8_000_000;

/** WebSub calls at once. */
const lanes = 16;

/** Builds the service in the data folder of the config: opens and migrates the database, finds or makes the secret. */
export async function openNashra(
  config: Config,
  options: {
    now?: Clock;
    log?: Log;
    /** How long a relay may take for what, where that is not as long as the standard says. */
    patience?: Patience;
    assets?: AssetPaths;
    mailDomains?: MailDomains;
    /** Where letters leave, if not here. */
    delivery?: Delivery;
    /** Why what was started beside the service cannot do its work just now. */
    unfit?: () => readonly string[];
    /** What the config was read from, for whoever asks which settings are in force. */
    env?: Readonly<Record<string, string | undefined>>;
  } = {},
): Promise<Nashra> {
  const parts = await openParts(config, options);
  const { now, log, keys, database, mailer, dkim, templates } = parts;
  await ensureDigest(database, now());
  const addressOf = clientAddressOf(config.proxies);
  const underWay = new Set<Promise<unknown>>();
  const service: Service = createService({
    config,
    ...parts,
    ...(options.delivery && { delivery: options.delivery }),
    dkim: dkim.keys,
    templates: templates.source,
    assets: options.assets ?? JSON.parse(readFileSync(join(projectFolder(), "dist", "assets.json"), "utf8")),
    get: guardedGet(config.fetchAllow),
    call: guardedCall(config.fetchAllow),
    mailDomains: options.mailDomains ?? mailDomains(),
    house: {
      ...houseOf({
        config,
        env: options.env ?? process.env,
        db: database.db,
        now,
        dkim: () => service.ticking.dkim(),
        open: (url) => transportAt(url, 1),
      }),
      doctor: () =>
        runDoctor({ config, keys, database, now, dkim, ticking: service.ticking }, { databaseSeconds: 5 }),
      watch: watchHouse(config, log, () => lookAtCertificates(config)),
      senderDoctor: (address) =>
        runSenderDoctor({ config, keys, database, now, dkim, ticking: service.ticking }, address),
      templates,
    },
    lanes,
    mostCalls: Number.POSITIVE_INFINITY,
    compress: { gzip, brotli },
    hash: (text) => hash("sha256", text),
    mostFeedMegabytes: Number.POSITIVE_INFINITY,
    // How late the event loop is, in steps of a tenth of a second: in the default's of 10 ms to ask takes half a percent of
    // an idle processor, day and night.
    addHostMetrics: (registry) =>
      collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 }),
    unfit: async () => {
      const room = await roomOf(config.data, join(config.data, "nashra.sqlite"));
      const isFull = room !== null && room.free < leastBytes;
      return [...(isFull ? ["the disk is full"] : []), ...(options.unfit?.() ?? [])];
    },
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
    templates,
    close,
  };
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
