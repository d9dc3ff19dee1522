// Feeds that are in memory already, against the least that Hono can do with the same bytes.
import { setTimeout as pause } from "node:timers/promises";
import type { Recording } from "./bare.ts";
import { makePaper } from "./paper.ts";
import { ask, measured, type Reply, type Server, startBare, startLoad, startNashra } from "./processes.ts";
import { digits, mean, meanAndSpread, median, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const path = "/feeds/all.rss";

type Case = {
  name: string;
  path: string;
  headers: Record<string, string>;
  status: 200 | 304;
  octets: number;
};
type Slice = { microseconds: number; perSecond: number };

/** A round is so many short slices of either server, in turn: what else the machine does then falls on both. */
const slicesInRound = 10;

export async function warmFeeds({ requests, rounds, profile }: Options): Promise<void> {
  const paper = makePaper({ articles: 1000, sections: 10, each: 1, characters: 2600 });
  const nashra = await startNashra(paper.folder, profile);
  const answers = await everyEncoding(nashra);
  const bare = await startBare(paper.folder, answers.map(recorded), profile);
  const load = startLoad();

  const slice = async (server: Server, url: string, { headers, status }: Case): Promise<Slice> => {
    const count = Math.ceil((status === 304 ? requests * 4 : requests) / slicesInRound);
    const { cpu, result } = await measured(server, () => load.run({ url, headers, requests: count, status }));
    return { microseconds: cpu / count, perSecond: result };
  };
  const rows: string[][] = [];
  for (const it of await cases(answers, bare)) {
    const ours = () => slice(nashra, nashra.origin + path, it);
    const theirs = () => slice(bare, bare.origin + it.path, it);
    await inTurn(slicesInRound, ours, theirs); // for the compiler
    const slices: [Slice, Slice][] = [];
    const means: [number, number][] = [];
    for (let turn = 0; turn < rounds; turn++) {
      const round = await inTurn(slicesInRound, ours, theirs);
      slices.push(...round);
      means.push([meanOf(round, 0, "microseconds"), meanOf(round, 1, "microseconds")]);
    }
    const [a, b] = [means.map(([mine]) => mine), means.map(([, other]) => other)];
    rows.push([
      it.name,
      digits(it.octets / 1000),
      meanAndSpread(a),
      meanAndSpread(b),
      digits(mean(a) / mean(b)),
      digits(median(slices.map(([mine, other]) => mine.microseconds / other.microseconds))),
      ...([0, 1] as const).map((side) => Math.round(meanOf(slices, side, "perSecond")).toLocaleString("en")),
    ]);
  }
  say(
    `\nA warm feed of 50 articles, mean of ${rounds} interleaved rounds of ${slicesInRound} slices; ratio wanted: 1.10 or less.`,
  );
  say(
    "Beside it the median of the ratios of neighbouring slices, which what else the machine does touches less.",
  );
  table(["answer", "kB", "Nashra µs", "bare Hono µs", "ratio", "median ratio", "Nashra/s", "bare/s"], rows);
  load.stop();
  await Promise.all([nashra.stop(), bare.stop()]);
  paper.remove();
}

/** Both, one after the other, so many times; which is first changes. */
async function inTurn(times: number, ours: () => Promise<Slice>, theirs: () => Promise<Slice>) {
  const pairs: [Slice, Slice][] = [];
  for (let turn = 0; turn < times; turn++) {
    if (turn % 2 === 0) pairs.push([await ours(), await theirs()]);
    else {
      const other = await theirs();
      pairs.push([await ours(), other]);
    }
  }
  return pairs;
}

const meanOf = (pairs: readonly [Slice, Slice][], side: 0 | 1, what: keyof Slice): number =>
  mean(pairs.map((pair) => pair[side][what]));

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
