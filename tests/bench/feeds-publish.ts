// A publish and the first requests after it, in a small store and in a large one: neither may notice the size.
import { gunzipSync } from "node:zlib";
import { makePaper, type Paper, paragraphs, words } from "./paper.ts";
import { ask, measured, quiet, type Server, startNashra } from "./processes.ts";
import { digits, median, medianAndQuarters, say, table } from "./report.ts";
import type { Options } from "./run.ts";

/** What a repetition took, in milliseconds; `cpu` is the server's processor time. */
type Taken = Record<string, { milliseconds: number; cpu: number }>;

const firstAsked = "/feeds/section/section-3.rss";
const others = ["/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json"];

export async function publishing({ articles, repetitions, profile }: Options): Promise<void> {
  const stores: { paper: Paper; server: Server; taken: Taken[] }[] = [];
  for (const count of [1000, articles]) {
    const started = performance.now();
    const paper = makePaper({ articles: count, sections: 10, each: 1, characters: 2600 });
    say(
      `A store of ${count.toLocaleString("en")} articles was made in ${digits((performance.now() - started) / 1000)} s.`,
    );
    stores.push({ paper, server: await startNashra(paper.folder, profile), taken: [] });
  }
  const warmUp = 5;
  for (let turn = -warmUp; turn < repetitions; turn++)
    for (const { paper, server, taken } of stores) {
      const it = await publishAndRead(server, paper.token, turn);
      if (turn >= 0) taken.push(it);
    }

  const [small, large] = stores;
  if (!small || !large) return;
  const names = Object.keys(small.taken[0] ?? {});
  const of = (taken: readonly Taken[], name: string, what: "milliseconds" | "cpu") =>
    taken.map((it) => it[name]?.[what] ?? Number.NaN);
  const rows = (what: "milliseconds" | "cpu") =>
    names.map((name) => {
      const [a, b] = [of(small.taken, name, what), of(large.taken, name, what)];
      return [name, medianAndQuarters(a), medianAndQuarters(b), digits(median(b) / median(a))];
    });
  const head = ["", ...stores.map(({ paper }) => `${paper.articles.toLocaleString("en")} articles`), "ratio"];
  say(
    `\nWhat one waits for, in milliseconds: median of ${repetitions} interleaved repetitions (and the quarters around it).`,
  );
  say("Wanted: first requests in 20 ms or less; ratios of 1.2 or less.");
  table(head.with(0, "ms"), rows("milliseconds"));
  say("The server's processor time for it, in milliseconds:");
  table(head.with(0, "ms of processor"), rows("cpu"));
  for (const { server, paper } of stores) {
    await server.stop();
    paper.remove();
  }
}

async function publishAndRead(server: Server, token: string, turn: number): Promise<Taken> {
  await quiet(server);
  const title = words(10_000_000 + turn, 60);
  const article = {
    external_id: `bench-${turn}`,
    title,
    body_html: paragraphs(10_000_000 + turn, 2600),
    sections: ["section-3"],
    tags: ["وسم 7", "وسم 8"],
    authors: ["كاتب 9"],
  };
  const timed = async (work: () => ReturnType<typeof ask>) => {
    const { cpu, result } = await measured(server, work);
    return { milliseconds: result.milliseconds, cpu: cpu / 1000, reply: result };
  };
  const { reply, ...publish } = await timed(() =>
    ask(`${server.origin}/api/v1/articles`, { authorization: `Bearer ${token}` }, article),
  );
  if (reply.status !== 201) throw new Error(`A publish was answered ${reply.status}: ${reply.body}`);
  const taken: Taken = {};
  for (const path of [firstAsked, ...others]) {
    const { reply, ...first } = await timed(() => ask(server.origin + path, { "accept-encoding": "gzip" }));
    const gzipped = reply.headers["content-encoding"] === "gzip";
    const text = (gzipped ? gunzipSync(reply.body) : reply.body).toString();
    if (reply.status !== 200 || !text.includes(title))
      throw new Error(`${path} does not show what was just published: ${reply.status}.`);
    taken[`first GET ${path}`] = first;
  }
  const visible = taken[`first GET ${firstAsked}`] ?? publish;
  return {
    "publish: the API's answer": publish,
    "publish: until its section's feed has it": {
      milliseconds: publish.milliseconds + visible.milliseconds,
      cpu: publish.cpu + visible.cpu,
    },
    ...taken,
  };
}
