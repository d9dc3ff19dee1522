// What serving and delivering have in common: the data folder with its database, secret, keys and templates, and the way out for mail.
import { createHmac, createSecretKey } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { type Config, type Keyring, type SigningKey, transportsOf } from "../config.ts";
import { domainOf } from "../mail/index.ts";
import { type Clock, createLog, type Log, mailerOf, randomToken, systemClock } from "../platform/index.ts";
import { noteRestored } from "../settings/index.ts";
import { backupBeforeUpgrade } from "./backup/upgrade.ts";
import { dkimKeys } from "./dkim-keys.ts";
import { fileOutbox } from "./outbox.ts";
import type { Patience } from "./smtp/connection.ts";
import { mostAtOnce } from "./smtp/relay.ts";
import { transportAt } from "./smtp/ways.ts";
import { openDatabase } from "./sqlite.ts";
import { templateFolder } from "./templates.ts";
import { routedMailer } from "./transports.ts";

/** The project's folder: the bundle lies in `dist`, one below it. Sources run from `src/hosts`, two below. */
export const projectFolder = (here = dirname(fileURLToPath(import.meta.url))) =>
  here.endsWith(join("src", "hosts")) ? dirname(dirname(here)) : dirname(here);

export type Parts = Awaited<ReturnType<typeof openParts>>;

/** Opens and migrates the database in the data folder of the config, finds or makes the secret. */
export async function openParts(
  config: Config,
  options: { now?: Clock; log?: Log; patience?: Patience } = {},
) {
  const { now = systemClock() } = options;
  const log = options.log ?? createLog(config.logLevel, pino.destination({ dest: 2, sync: true }));
  try {
    mkdirSync(config.data, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(
      `NASHRA_DATA is ${config.data}, and no folder can be there: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const root = projectFolder();
  const keys = withQuickMacs(config.secret ?? keptSecret(join(config.data, "secret")));
  const folder = config.templates ?? join(config.data, "templates");
  const file = join(config.data, "nashra.sqlite");
  const database = await openDatabase(file, join(root, "migrations"), {
    copyBefore: (first) =>
      backupBeforeUpgrade({ data: config.data, templates: folder, root, log }, first, now()),
  });
  await noteRestored(database.db, now());
  const kept = fileOutbox(join(config.data, "outbox"), now);
  const transports = transportsOf(config).map(({ name, url }) => ({
    name,
    transport: transportAt(url, config.smtpConnections, options.patience),
  }));
  const mailer =
    transports.length > 0
      ? routedMailer(transports, config.transportDomains)
      : mailerOf("outbox", kept.transport);
  const dkim = dkimKeys(join(config.data, "dkim"), domainOf(config.mailFrom));
  const builtIn = {
    read: (name: string) => readFileSync(join(root, "templates", name), "utf8"),
    names: readdirSync(join(root, "templates")).sort(),
  };
  const templates = templateFolder(folder, join(config.data, "templates-in-use.json"), builtIn, log);
  return {
    now,
    log,
    keys,
    database,
    mailer,
    outbox: config.smtpUrl ? null : kept.outbox,
    dkim,
    templates: { ...templates, folder, builtIn: builtIn.names },
    connections: config.smtpConnections * mostAtOnce,
  };
}

/** Node has an HMAC that answers at once; a letter has some five of them. */
function withQuickMacs([first, ...others]: Keyring): Keyring {
  const quick = ({ id, key }: SigningKey): SigningKey => {
    const secret = createSecretKey(key, "utf8");
    return { id, key, mac: (text) => createHmac("sha256", secret).update(text).digest("base64url") };
  };
  return [quick(first), ...others.map(quick)];
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
