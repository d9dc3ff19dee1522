// Feeds that are in memory already, against the least that Hono can do with the same bytes.
import { setTimeout as pause } from "node:timers/promises";
import type { Recording } from "./bare.ts";
import { makePaper } from "./paper.ts";
import { ask, measured, type Reply, type Server, startBare, startLoad, startNashra } from "./processes.ts";
import { digits, mean, meanAndSpread, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const path = "/feeds/all.rss";

type Case = {
  name: string;
  path: string;
  headers: Record<string, string>;
  status: 200 | 304;
  octets: number;
};
type Round = { microseconds: number; perSecond: number };

export async function warmFeeds({ requests, rounds, profile }: Options): Promise<void> {
  const paper = makePaper({ articles: 1000, sections: 10, each: 1, characters: 2600 });
  const nashra = await startNashra(paper.folder, profile);
  const answers = await everyEncoding(nashra);
  const bare = await startBare(paper.folder, answers.map(recorded), profile);
  const load = startLoad();

  const round = async (server: Server, url: string, { headers, status }: Case): Promise<Round> => {
    const count = status === 304 ? requests * 4 : requests;
    const { cpu, result } = await measured(server, () => load.run({ url, headers, requests: count, status }));
    return { microseconds: cpu / count, perSecond: result };
  };
  const rows: string[][] = [];
  const all = await cases(answers, bare);
  const ours = (it: Case) => round(nashra, nashra.origin + path, it);
  const theirs = (it: Case) => round(bare, bare.origin + it.path, it);
  for (const it of all) {
    await ours(it); // the first round of each is for the compiler
    await theirs(it);
  }
  for (const it of all) {
    const [a, b]: [Round[], Round[]] = [[], []];
    for (let turn = 0; turn < rounds; turn++) {
      a.push(await ours(it));
      b.push(await theirs(it));
    }
    const [cpuA, cpuB] = [a, b].map((them) => them.map(({ microseconds }) => microseconds)) as [
      number[],
      number[],
    ];
    rows.push([
      it.name,
      digits(it.octets / 1000),
      meanAndSpread(cpuA),
      meanAndSpread(cpuB),
      digits(mean(cpuA) / mean(cpuB)),
      ...[a, b].map((them) => Math.round(mean(them.map(({ perSecond }) => perSecond))).toLocaleString("en")),
    ]);
  }
  say(`\nA warm feed of 50 articles, mean of ${rounds} interleaved rounds; ratio wanted: 1.10 or less.`);
  table(["answer", "kB", "Nashra µs", "bare Hono µs", "ratio", "Nashra/s", "bare/s"], rows);
  load.stop();
  await Promise.all([nashra.stop(), bare.stop()]);
  paper.remove();
}

/** Our own answers in each encoding. The smallest is made off the request's path, so it takes a while to be offered. */
async function everyEncoding(nashra: Server): Promise<Reply[]> {
  const answers: Reply[] = [];
  for (const encoding of ["identity", "gzip", "br"]) {
    const asked = () => ask(nashra.origin + path, { "accept-encoding": encoding });
    const given = ({ headers }: Reply) => headers["content-encoding"] ?? "identity";
    let answer = await asked();
    for (let tries = 0; given(answer) !== encoding && tries < 100; tries++) {
      await pause(100);
      answer = await asked();
    }
    if (answer.status === 200 && given(answer) === encoding) answers.push(answer);
    else say(`${path} is not offered in ${encoding}: it answers ${answer.status} in ${given(answer)}.`);
  }
  return answers;
}

const encodingOf = ({ headers }: Reply): string => headers["content-encoding"] ?? "identity";

function recorded(answer: Reply): Recording {
  // Without what the server puts on each answer by itself, and in an order that compares.
  const { date: _, connection: __, "keep-alive": ___, ...headers } = answer.headers;
  return {
    path: `/${encodingOf(answer)}`,
    headers: Object.fromEntries(Object.entries(headers).toSorted()),
    etag: answer.headers["etag"] ?? "",
    body: answer.body.toString("base64"),
  };
}

/** @throws if the baseline does not say the same: the comparison would be worth nothing */
async function cases(answers: readonly Reply[], bare: Server): Promise<Case[]> {
  const all: Case[] = [];
  for (const answer of answers) {
    const encoding = encodingOf(answer);
    const headers = { "accept-encoding": encoding, "user-agent": "bench/1.0" };
    const same = await ask(`${bare.origin}/${encoding}`, headers);
    const [a, b] = [answer, same].map((it) => JSON.stringify(recorded(it)));
    if (a !== b) throw new Error(`The bare server answers otherwise in ${encoding}.`);
    all.push({
      name: `200 ${encoding}`,
      path: `/${encoding}`,
      headers,
      status: 200,
      octets: answer.body.length,
    });
  }
  const last = all.at(-1);
  const etag = answers.at(-1)?.headers["etag"];
  if (last && etag)
    all.push({
      ...last,
      name: "304",
      headers: { ...last.headers, "if-none-match": etag },
      status: 304,
      octets: 0,
    });
  return all;
}
