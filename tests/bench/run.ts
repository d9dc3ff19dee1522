// npm run bench: measures what Nashra promises to be quick at, and prints it as tables for the README. No test: nothing
// fails here, a person reads the ratios.
//
//   npm run bench                    everything (some fifteen minutes)
//   npm run bench -- feeds           what begins with "feeds"
//   npm run bench -- feeds --articles 100000 --requests 1000 --repetitions 5     a quick look
//   npm run bench -- feeds-warm --profile /tmp/profiles     with a .cpuprofile of each server, for Chromium's tools
//
// Who adds a bench writes a file that exports a function of `Options` and names it below. Every row of a table is measured
// against a baseline of the same run, the two in turn (A B A B A B): these machines change their speed by a third.
import { parseArgs } from "node:util";
import { machine, say } from "./report.ts";

export type Options = {
  /** How many articles the large store holds. */
  articles: number;
  /** How many people the largest list holds. */
  subscribers: number;
  /** How many times a feed of 300 kB is asked for in a round. */
  requests: number;
  /** How many letters an issue has. */
  letters: number;
  /** How many recipients an issue has whose process is killed, and how often it is. */
  recipients: number;
  kills: number;
  rounds: number;
  /** How often what happens once at a time, such as a publish, is measured. */
  repetitions: number;
  /** The folder for processor profiles of the servers; null for none, as they slow them down. */
  profile: string | null;
};

const benches: Record<string, () => Promise<(options: Options) => Promise<void>>> = {
  "feeds-warm": async () => (await import("./feeds-warm.ts")).warmFeeds,
  "feeds-publish": async () => (await import("./feeds-publish.ts")).publishing,
  "feeds-memory": async () => (await import("./feeds-memory.ts")).feedMemory,
  "digests-tick": async () => (await import("./digests.ts")).ticks,
  "digests-freeze": async () => (await import("./freeze.ts")).freezing,
  websub: async () => (await import("./websub.ts")).pushing,
  "sources-wxr": async () => (await import("./wxr.ts")).exports,
  "digests-choice": async () => (await import("./choice.ts")).choice,
  search: async () => (await import("./search.ts")).searching,
  subscribers: async () => (await import("./subscribers.ts")).subscribing,
  delivery: async () => (await import("./delivery.ts")).delivering,
  "delivery-claims": async () => (await import("./claims.ts")).claiming,
  "delivery-link": async () => (await import("./delivery-link.ts")).farAway,
  "delivery-feeds": async () => (await import("./delivery-feeds.ts")).feedsMeanwhile,
  "delivery-kills": async () => (await import("./delivery-kills.ts")).kills,
  newsroom: async () => (await import("./newsroom.ts")).newsroomPages,
  story: async () => (await import("./story.ts")).story,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    articles: { type: "string", default: "1000000" },
    subscribers: { type: "string", default: "1000000" },
    requests: { type: "string", default: "5000" },
    letters: { type: "string", default: "20000" },
    recipients: { type: "string", default: "100000" },
    kills: { type: "string", default: "100" },
    rounds: { type: "string", default: "3" },
    repetitions: { type: "string", default: "25" },
    profile: { type: "string" },
  },
});
const options: Options = {
  articles: positive("articles", values.articles),
  subscribers: positive("subscribers", values.subscribers),
  requests: positive("requests", values.requests),
  letters: positive("letters", values.letters),
  recipients: positive("recipients", values.recipients),
  kills: positive("kills", values.kills),
  rounds: positive("rounds", values.rounds),
  repetitions: positive("repetitions", values.repetitions),
  profile: values.profile ?? null,
};
for (const name of positionals)
  if (!chosen(name).length)
    throw new Error(`There is no bench "${name}", only ${Object.keys(benches).join(", ")}.`);

say(machine());
for (const [name, load] of positionals.length ? positionals.flatMap(chosen) : Object.entries(benches)) {
  say(`\n## ${name}`);
  const bench = await load();
  await bench(options);
}

function chosen(name: string) {
  const all = Object.entries(benches);
  const exact = all.filter(([known]) => known === name);
  return exact.length > 0 ? exact : all.filter(([known]) => known.startsWith(`${name}-`));
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} is ${text}; it takes a whole number above 0.`);
}
