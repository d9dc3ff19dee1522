// nashra webhook: the publisher's own programs that are told what happened.
import { type Command, Option } from "commander";
import { z } from "zod";
import { auditIfChanged } from "../accounts/index.ts";
import {
  addEndpoint,
  type EventKind,
  eventKinds,
  formerHours,
  isEventKind,
  listCalls,
  listEndpoints,
  newSecret,
  removeEndpoint,
  replay,
  rotateSecret,
  switchOn,
  testHook,
  whyNoEndpoint,
} from "../hooks/index.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, tell, WrongUsage } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Json = { json?: boolean };
const actor = "command line";

/** Registers `nashra webhook …`. */
export function webhookCommands(
  nashra: Command,
  { add, withNashra, json, count, instant }: Tools & { instant: (text: string) => Temporal.Instant },
): void {
  const webhook = add(
    nashra,
    "webhook",
    "programs of yours that are told what happened: add, list, calls, secret, remove, test, replay",
  );
  add(webhook, "add <url>", "tell an address; the secret that signs is printed alone, once")
    .addOption(
      new Option(
        "--events <kinds>",
        `of what, separated by commas: ${eventKinds.join(", ")}`,
      ).makeOptionMandatory(),
    )
    .addOption(json())
    .action((url: string, options: Json & { events: string }) =>
      withNashra((it) => addOne(it, url, kindsIn(options.events), options)),
    );
  add(webhook, "list", "where events are told, and how it goes")
    .addOption(json())
    .action((options: Json) => withNashra((it) => list(it, options)));
  add(webhook, "calls <id>", "the newest events of an address, and what became of them")
    .option("--count <n>", "how many", count, 50)
    .addOption(json())
    .action((id: string, options: Json & { count: number }) =>
      withNashra(async (it) => {
        const known = await named(it, id);
        const rows = (await listCalls(it.database.db, known.id, options.count)).map((call) => ({
          ...call,
          id: `msg_${call.id}`,
          at: call.at.toString(),
          due: call.due.toString(),
        }));
        printList(rows, { ...options, empty: `Nothing was to be told to ${known.url.href} this week.` });
      }),
    );
  add(
    webhook,
    "secret <id>",
    `another secret, printed alone, once; the one before signs beside it for ${formerHours} hours`,
  ).action((id: string) =>
    withNashra(async (it) => {
      const { database, now } = it;
      const known = await named(it, id);
      const secret = newSecret();
      await database.batch([
        rotateSecret(database.db, known.id, secret, now()),
        auditIfChanged(database.db, { actor, act: "webhook-secret", subject: known.url.origin }, now()),
      ]);
      say(secret);
      tell(
        `For ${formerHours} hours each call to ${known.url.href} has two signatures, of this secret and of the one before.`,
      );
    }),
  );
  add(webhook, "remove <id>", "tell an address nothing any more, nor what waits for it").action(
    (id: string) =>
      withNashra(async (it) => {
        const { database, now } = it;
        const known = await named(it, id);
        await database.batch([
          removeEndpoint(database.db, known.id),
          auditIfChanged(database.db, { actor, act: "webhook-remove", subject: known.url.origin }, now()),
        ]);
        say(`${known.url.href} is told nothing any more.`);
      }),
  );
  add(webhook, "test <id>", "send a test event at once").action((id: string) =>
    withNashra(async (it) => {
      const answer = await testHook({ call: it.ticking.call, now: it.now }, await named(it, id));
      if (!answer.ok) throw new Refusal(`The test was not taken: ${answer.why}.`);
      say(`Taken: it answered ${answer.status}.`);
    }),
  );
  add(webhook, "replay <id>", "tell again what was given up, and hear again where it said it was gone")
    .option("--since <instant>", "also what it took since then", instant)
    .action((id: string, options: { since?: Temporal.Instant }) =>
      withNashra(async (it) => {
        const { database, now } = it;
        const known = await named(it, id);
        const [, , ...again] = await database.batch([
          switchOn(database.db, known.id),
          auditIfChanged(database.db, { actor, act: "webhook-replay", subject: known.url.origin }, now()),
          ...replay(database.db, known.id, options.since ?? null, now()),
        ]);
        say(
          `${again.reduce((sum, { changes }) => sum + changes, 0)} events are told again, from the next tick on.`,
        );
      }),
    );
}

function kindsIn(text: string): EventKind[] {
  const kinds = [...new Set(text.split(",").map((kind) => kind.trim()))];
  const unknown = kinds.filter((kind) => !isEventKind(kind));
  if (unknown.length > 0)
    throw new WrongUsage(`There is no event ${unknown.join(", ")}. There are ${eventKinds.join(", ")}.`);
  return kinds.filter(isEventKind);
}

async function addOne(
  { database, now }: Nashra,
  url: string,
  events: readonly EventKind[],
  options: Json,
): Promise<void> {
  const why = whyNoEndpoint(url);
  if (why !== null) throw new Refusal(why);
  const secret = newSecret();
  const [added] = await database.batch([
    addEndpoint(database.db, { url: new URL(url), events, secret }, now()),
    auditIfChanged(database.db, { actor, act: "webhook-add", subject: new URL(url).origin }, now()),
  ]);
  const row = z.object({ id: z.number() }).safeParse(added?.rows[0]);
  if (!row.success)
    throw new Refusal("There are too many webhooks already: each costs a row an event. Remove one.");
  if (options.json) return say(JSON.stringify({ id: row.data.id, url, events, secret }));
  say(secret);
  tell(
    `Webhook ${row.data.id} is told of ${events.join(", ")}. What stands above signs it and is not shown again.`,
  );
  if (url.startsWith("http:")) tell("Its address has no https: who listens on the way reads along.");
}

async function list({ database }: Nashra, options: Json): Promise<void> {
  const rows = (await listEndpoints(database.db)).map((it) => ({
    id: it.id,
    url: it.url.href,
    events: it.events.join(","),
    state: it.on ? "on" : "off",
    failing_since: it.failingSince?.toString() ?? null,
    reply: it.reply,
  }));
  printList(rows, {
    ...options,
    empty: "Nobody is told anything: nashra webhook add URL --events issue.sent",
  });
}

async function named({ database }: Nashra, id: string) {
  const known = (await listEndpoints(database.db)).find((it) => String(it.id) === id);
  if (!known) throw new Refusal(`There is no webhook ${id}. "nashra webhook list" shows them.`);
  return known;
}
