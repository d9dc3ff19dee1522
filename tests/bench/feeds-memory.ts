// Many more feeds than there is room for, each in every format and encoding: the copies stay within their bound.
import { setTimeout as pause } from "node:timers/promises";
import { makePaper } from "./paper.ts";
import type { Usage } from "./probe.ts";
import { ask, quiet, type Server, startNashra } from "./processes.ts";
import { digits, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const sections = 500;
const formats = ["rss", "atom", "json"];
/** Below the default, so that there is three times as much to keep as there is room. */
const boundMegabytes = 16;

export async function feedMemory({ profile }: Options): Promise<void> {
  const paper = makePaper({ articles: 600, sections, each: 10, characters: 300 });
  const nashra = await startNashra(paper.folder, profile, { NASHRA_FEED_CACHE: String(boundMegabytes) });
  await ask(`${nashra.origin}/feeds/all.rss`);
  await quiet(nashra);
  const before = await nashra.usage();
  const paths = Array.from({ length: sections }, (_, index) => `/feeds/section/section-${index + 1}`).flatMap(
    (feed) => formats.map((format) => `${feed}.${format}`),
  );
  let octets = 0;
  let inBrotli = 0;
  let mostCached = 0;
  const askAll = async (encodings: readonly string[]) => {
    for (const path of paths) {
      for (const encoding of encodings) {
        const { reply, offered } = await asked(nashra, path, encoding);
        octets += reply.body.length;
        if (offered && encoding === "br") inBrotli += 1;
      }
      mostCached = Math.max(mostCached, await cachedOctets(nashra, paper.token));
    }
    await quiet(nashra);
    return nashra.usage();
  };
  const after = await askAll(["identity", "gzip", "br"]);
  const octetsOfAll = octets;
  // Made anew, as most were pushed out: what the process takes must not go on growing.
  const again: Usage[] = [];
  for (let time = 0; time < 4; time++) again.push(await askAll(["identity", "gzip"]));
  const megabytes = (number: number) => digits(number / 1_000_000);
  say(
    `\n${sections} feeds in ${formats.length} formats and 3 encodings, with NASHRA_FEED_CACHE=${boundMegabytes}`,
  );
  say(`(brotli was offered for ${inBrotli} of ${paths.length}).`);
  table(
    ["", "MB"],
    [
      ["all documents in all encodings", megabytes(octetsOfAll)],
      ["the cache's bound", digits(boundMegabytes)],
      ["the most that the cache held", megabytes(mostCached)],
      ["the process before", megabytes(before.rss)],
      ["the process after", megabytes(after.rss)],
      ...again.map(({ rss }, index) => [`the process after ${index + 2} times`, megabytes(rss)]),
    ],
  );
  await nashra.stop();
  paper.remove();
}

/** Asks; for brotli as often as it takes until it is made. */
async function asked({ origin }: Server, path: string, encoding: string) {
  for (let tries = 0; ; tries++) {
    const reply = await ask(origin + path, { "accept-encoding": encoding });
    if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}.`);
    const offered = (reply.headers["content-encoding"] ?? "identity") === encoding;
    if (offered || tries === 40) return { reply, offered };
    await pause(25);
  }
}

/** What the process itself says that its copies take. */
async function cachedOctets({ origin }: Server, token: string): Promise<number> {
  const { status, body } = await ask(`${origin}/metrics`, { authorization: `Bearer ${token}` });
  const [, octets] = /^nashra_feed_cache_bytes (\S+)$/m.exec(body.toString()) ?? [];
  if (octets === undefined)
    throw new Error(`/metrics answered ${status} and does not say nashra_feed_cache_bytes.`);
  return Number(octets);
}
