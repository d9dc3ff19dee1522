// What the first page of the newsroom knows of the machine: how much of the disk is left, asked each time, and what is wrong with the
// certificates of our own address and of the relays, looked at behind a page a few times a day. Nobody waits for a server.
import { join } from "node:path";
import { type Config, isLoopback, transportsOf } from "../../config.ts";
import { type Finding, judgeCertificate, judgeDisk, judgeRelay } from "../../doctor/index.ts";
import type { Log } from "../../platform/index.ts";
import { relayOf } from "../smtp/nodemailer.ts";
import { doctorDns } from "./dns.ts";
import { roomOf } from "./machine.ts";
import { meetRelay, seePage } from "./servers.ts";

const serverSeconds = 10;
const lookEveryHours = 6;
/** What could not be looked at, or is wrong, is looked at again so soon: somebody may have put it right. */
const againAfterMinutes = 10;

/**
 * @param look finds out about certificates, in bounded time
 * @param elapsed milliseconds since whenever
 * @returns what needs a person, as far as it is known by now
 */
export function watchHouse(
  config: Pick<Config, "data">,
  log: Log,
  look: () => Promise<Finding[]>,
  elapsed: () => number = () => performance.now(),
): () => Promise<Finding[]> {
  let seen: Finding[] = [];
  let nextLook = Number.NEGATIVE_INFINITY;
  let looking = false;

  async function lookAgain(): Promise<void> {
    looking = true;
    try {
      seen = await look();
    } catch (error) {
      log.warn({ error: String(error) }, "The certificates could not be looked at.");
    }
    const isWell = seen.every(({ state }) => state === "ok");
    nextLook = elapsed() + (isWell ? lookEveryHours * 3_600_000 : againAfterMinutes * 60_000);
    looking = false;
  }

  return async () => {
    if (!looking && elapsed() >= nextLook) void lookAgain();
    const disk = judgeDisk(config.data, await roomOf(config.data, join(config.data, "nashra.sqlite")));
    return [disk, ...seen].filter(({ state }) => state === "warning" || state === "broken");
  };
}

/** The certificates of our own address and of the relays; nothing of a place where one tries things out. */
export async function lookAtCertificates(config: Config, ca?: string): Promise<Finding[]> {
  const { isConnected, close } = doctorDns();
  const bounds = { seconds: serverSeconds, isConnected, ...(ca !== undefined && { ca }) };
  const { publicUrl } = config;
  try {
    const own =
      publicUrl.protocol === "https:"
        ? [
            seePage(new URL("/healthz", publicUrl), null, bounds).then((it) =>
              judgeCertificate(publicUrl, it),
            ),
          ]
        : [];
    const relays = transportsOf(config)
      .filter(({ url }) => url.protocol !== "sendmail:")
      .map(async ({ url }) => {
        const relay = relayOf(url);
        return judgeRelay(`${relay.host}:${relay.port}`, isLoopback(url), await meetRelay(relay, bounds));
      });
    return await Promise.all([...own, ...relays]);
  } finally {
    close();
  }
}
