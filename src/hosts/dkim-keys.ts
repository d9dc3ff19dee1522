// The DKIM keys of an installation: files in a folder, and one that says which of them sign.
import { createPrivateKey, createPublicKey, generateKeyPair, hash, type KeyObject, sign } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { isSelector } from "../config.ts";
import { type DkimKey, dkimRecord } from "../mail/index.ts";
import { Refusal } from "./output.ts";

/** The one signs what everybody verifies, the other may stand beside it. */
export type KeyKind = "rsa" | "ed25519";

export type ShownKey = {
  selector: string;
  /** Of the senders that it signs for. */
  domain: string;
  algorithm: DkimKey["algorithm"];
  inUse: boolean;
  /** Where its record stands in DNS. */
  name: string;
  record: string;
};

/**
 * A key of the paper's domain is filed under its selector alone, so that it stays the paper's when that moves to another domain; one of
 * another sender's domain under its name in DNS.
 */
const between = "._domainkey.";

/** @param house what follows the @ of the paper's address */
export function dkimKeys(folder: string, house: string) {
  const fileOf = (filed: string) => join(folder, `${filed}.pem`);
  const nameOf = (filed: string): { selector: string; domain: string } => {
    const [selector = "", domain = house] = filed.split(between);
    return { selector, domain };
  };
  const filedAs = (selector: string, domain: string): string =>
    domain === house ? selector : `${selector}${between}${domain}`;
  const inUseFile = join(folder, "in-use");
  const read = (file: string) => {
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      if (Object(error).code === "ENOENT") return null;
      throw error;
    }
  };
  const inUse = () => (read(inUseFile) ?? "").split("\n").filter((line) => line !== "");
  const shown = (filed: string, pem: string): ShownKey => {
    const { selector, domain } = nameOf(filed);
    return shownKey(selector, domain, createPrivateKey(pem), inUse().includes(filed));
  };
  const load = async (): Promise<DkimKey[]> =>
    Promise.all(
      inUse().map((filed) => {
        const pem = read(fileOf(filed));
        if (pem === null)
          throw new Error(`${inUseFile} names the DKIM key ${filed}, and ${fileOf(filed)} is not there.`);
        return nodeKey(nameOf(filed), pem);
      }),
    );
  let loaded: { at: number; keys: DkimKey[] } | null = null;

  return {
    /** Makes a key, which signs nothing yet. @throws Refusal if the selector is none, or taken */
    async create(selector: string, kind: KeyKind, domain = house): Promise<ShownKey> {
      if (!isSelector(selector))
        throw new Refusal(
          `"${selector}" is no selector. Take letters, digits and hyphens, such as nashra-2026.`,
        );
      const filed = filedAs(selector, domain);
      const pem = await newKey(kind);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      try {
        writeFileSync(fileOf(filed), pem, { flag: "wx", mode: 0o600 });
      } catch (error) {
        if (Object(error).code !== "EEXIST") throw error;
        throw new Refusal(`There is a key ${selector} already. Give the new one another selector.`);
      }
      return shown(filed, pem);
    },
    /** All keys, whichever domain's. */
    list(): ShownKey[] {
      let names: string[] = [];
      try {
        names = readdirSync(folder).filter((name) => name.endsWith(".pem"));
      } catch (error) {
        if (Object(error).code !== "ENOENT") throw error;
      }
      return names.sort().map((name) => shown(name.slice(0, -".pem".length), read(join(folder, name)) ?? ""));
    },
    /** Has these keys sign for a domain from now on, and no others; a server that runs sees it at its next letters. */
    use(selectors: readonly string[], domain = house): void {
      const others = inUse().filter((filed) => nameOf(filed).domain !== domain);
      const all = [...others, ...selectors.map((selector) => filedAs(selector, domain))];
      writeFileSync(`${inUseFile}.new`, all.map((filed) => `${filed}\n`).join(""), { mode: 0o600 });
      renameSync(`${inUseFile}.new`, inUseFile);
      loaded = null; // two changes may fall into one tick of the file's clock
    },
    /** The keys that sign, of all domains. */
    async keys(): Promise<readonly DkimKey[]> {
      const at = statSync(inUseFile, { throwIfNoEntry: false })?.mtimeMs;
      if (at === undefined) return [];
      if (loaded?.at !== at) loaded = { at, keys: await load() };
      return loaded.keys;
    },
  };
}

/** A key as it is shown: its public half alone. */
export function shownKey(selector: string, domain: string, secret: KeyObject, inUse: boolean): ShownKey {
  const algorithm = secret.asymmetricKeyType === "rsa" ? "rsa-sha256" : "ed25519-sha256";
  const name = `${selector}${between}${domain}`;
  return { selector, domain, algorithm, inUse, name, record: dkimRecord(algorithm, publicPart(secret)) };
}

async function newKey(kind: KeyKind): Promise<string> {
  const generate = promisify(generateKeyPair);
  const { privateKey } =
    kind === "rsa" ? await generate("rsa", { modulusLength: 2048 }) : await generate("ed25519", {});
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * A key by Node's own means, which ask less of the thread that sends than WebCrypto's: RSA is signed by Node's pool of threads, beside
 * the sockets.
 */
export function nodeKey(name: Pick<DkimKey, "selector" | "domain">, pem: string): DkimKey {
  const key = createPrivateKey(pem);
  const isRsa = key.asymmetricKeyType === "rsa";
  return {
    ...name,
    algorithm: isRsa ? "rsa-sha256" : "ed25519-sha256",
    sign: (text) =>
      new Promise((resolve, reject) => {
        sign(isRsa ? "sha256" : null, text, key, (error, signature) =>
          error ? reject(error) : resolve(signature),
        );
      }),
    sha256: (octets) => new Uint8Array(hash("sha256", octets, "buffer")),
  };
}

/** In base64: for RSA the whole structure, for Ed25519 the 32 octets alone (RFC 8463 §4). */
function publicPart(secret: KeyObject): string {
  const key = createPublicKey(secret);
  if (key.asymmetricKeyType === "rsa") return key.export({ type: "spki", format: "der" }).toString("base64");
  return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
}

/** What DNS says of a key: the record, another one, none; or nothing, since no resolver answered. */
export type Published = "published" | "another" | "none" | "unknown";

/** @param servers `address:port` of resolvers to ask instead of the system's */
export async function publishedKey(
  { name, record }: ShownKey,
  servers?: readonly string[],
): Promise<Published> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  if (servers) resolver.setServers(servers);
  try {
    const records = (await resolver.resolveTxt(name)).map((parts) => parts.join(""));
    const keys = records.map(keyIn).filter((key) => key !== null);
    if (records.some((it) => keyIn(it) === keyIn(record))) return "published";
    return keys.length > 0 ? "another" : "none";
  } catch (error) {
    return ["ENODATA", "ENOTFOUND"].includes(Object(error).code) ? "none" : "unknown";
  }
}

/** The `p=` of a record, without the white space that it may have (RFC 6376 §3.6.1). */
const keyIn = (record: string): string | null =>
  /(?:^|;)\s*p=([^;]*)/.exec(record)?.[1]?.replace(/\s/g, "") ?? null;
