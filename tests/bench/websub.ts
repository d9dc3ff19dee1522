// Many who subscribed to a feed by WebSub: how long after a publish each of them has it. Beside it the least that it takes to send
// them all these bytes, as many at once, with no store behind.
import { createServer, request } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { makePaper, type Paper } from "./paper.ts";
import { ask, quiet, startNashra } from "./processes.ts";
import { digits, median, quantile, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const callbacks = 1000;
/** As many as `nashra serve` has under way: in all, and to one host. */
const lanes = { all: 16, host: 8 };

export async function pushing({ rounds, profile }: Options): Promise<void> {
  const rows: string[][] = [];
  for (const { characters, hosts } of [
    { characters: 100, hosts: 1 },
    { characters: 100, hosts: 100 },
    { characters: 2600, hosts: 100 },
  ]) {
    const paper = makePaper({ articles: 1000, sections: 10, each: 1, characters });
    const reader = await startReader();
    subscribe(paper, hosts, reader.port);
    const server = await startNashra(paper.folder, profile, { NASHRA_FETCH_ALLOW: "127.0.0.0/8" });
    const pushed: number[] = [];
    const last: number[] = [];
    const bare: number[] = [];
    let octets = 0;
    for (let round = 0; round <= rounds; round++) {
      await quiet(server);
      const got = reader.expect(callbacks);
      const authorization = `Bearer ${paper.token}`;
      const article = {
        external_id: `news-${round}`,
        title: `خبر ${round}`,
        body_html: `<p>نص ${round}</p>`,
        sections: ["section-1"],
      };
      const { status } = await ask(`${server.origin}/api/v1/articles`, { authorization }, article);
      if (status !== 201) throw new Error(`The article was answered ${status}.`);
      const published = performance.now();
      const times = (await got).map((at) => at - published);
      octets = reader.octets();
      const alone = await sendBare(reader, hosts, octets);
      if (round === 0) continue; // all is warm after that
      pushed.push(median(times));
      last.push(Math.max(...times));
      bare.push(alone);
    }
    await server.stop();
    await reader.stop();
    paper.remove();
    rows.push([
      `${callbacks.toLocaleString("en")} callbacks, ${hosts} ${hosts === 1 ? "host" : "hosts"}`,
      digits(octets / 1000),
      digits(median(pushed) / 1000),
      digits(quantile(last, 0.5) / 1000),
      digits(Math.max(...last) / 1000),
      digits(median(bare) / 1000),
      digits(median(last) / median(bare)),
    ]);
  }
  say(`\nSeconds from the reply to a publish; ${rounds} rounds. Wanted: the last of a thousand after 2 s.`);
  table(["", "kB", "half have it", "all have it", "in the worst round", "bare", "ratio"], rows);
}

/** Subscribers of the feed of everything, on addresses of this machine. */
function subscribe({ folder }: Paper, hosts: number, port: number): void {
  const sqlite = new Sqlite(join(folder, "nashra.sqlite"));
  const now = Date.now();
  sqlite.exec(`insert into websub_subscriptions (topic, asked_topic, callback, host, began_at, lease_ends_at)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${callbacks})
    select topic, topic, 'http://' || host || ':${port}/' || i, host, ${now}, ${now + 86_400_000}
    from (select i, 'http://localhost:3000/feeds/all.rss' as topic, '127.0.0.' || (1 + i % ${hosts}) as host from n)`);
  sqlite.exec(
    "insert into websub_watches (feed, subscription_id) select 'all', id from websub_subscriptions",
  );
  sqlite.close();
}

/** A server that takes everything, and tells when. */
async function startReader() {
  let arrived: number[] = [];
  let enough = { count: Number.POSITIVE_INFINITY, reached: () => {} };
  let octets = 0;
  const server = createServer((incoming, reply) => {
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
    });
    incoming.on("end", () => {
      octets = size;
      reply.writeHead(204).end();
      arrived.push(performance.now());
      if (arrived.length >= enough.count) enough.reached();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was found.");
  return {
    port: address.port,
    octets: () => octets,
    /** @returns when each of so many from now on arrived */
    async expect(count: number): Promise<number[]> {
      arrived = [];
      await Promise.race([
        new Promise<void>((resolve) => {
          enough = { count, reached: resolve };
        }),
        pause(120_000, null, { ref: false }).then(() => {
          throw new Error(`Only ${arrived.length} of ${count} arrived within two minutes.`);
        }),
      ]);
      return arrived;
    },
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

/** The same bytes to the same places by connections of their own. @returns milliseconds */
async function sendBare({ port }: { port: number }, hosts: number, octets: number): Promise<number> {
  const body = Buffer.alloc(octets, "x");
  const started = performance.now();
  let next = 1;
  const lane = async () => {
    for (let i = next++; i <= callbacks; i = next++) {
      await new Promise<void>((resolve, reject) => {
        request(
          { host: `127.0.0.${1 + (i % hosts)}`, port, path: `/${i}`, method: "POST", agent: false },
          (reply) => reply.resume().on("end", resolve),
        )
          .on("error", reject)
          .end(body);
      });
    }
  };
  await Promise.all(Array.from({ length: hosts === 1 ? lanes.host : lanes.all }, lane));
  return performance.now() - started;
}
