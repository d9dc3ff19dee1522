// nashra story: list, show, merge, split.
import { type Command, InvalidArgumentError } from "commander";
import { auditIfChanged } from "../accounts/index.ts";
import {
  type ArticleId,
  articleId,
  type HandDeps,
  mergeStories,
  recentStories,
  type Story,
  splitStory,
  storyToJson,
  storyWith,
} from "../articles/index.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Json = { json?: boolean };

/** Registers `nashra story …`. Stories go by the id of any of their articles. */
export function storyCommands(nashra: Command, { add, withNashra, json, count }: Tools): void {
  const story = add(nashra, "story", "the same story told by several articles: list, show, merge, split");
  const command = (usage: string, about: string) => add(story, usage, about).addOption(json());
  command("list", "stories of several articles, the most recent first")
    .option("--days <n>", "how far back", count, 3)
    .option("--count <n>", "how many", count, 50)
    .action((options: Json & { days: number; count: number }) => withNashra((it) => list(it, options)));
  command("show <article>", "the story that an article tells: its lead and its members").action(
    (id: string, options: Json) => withNashra(async (it) => print(it, await known(it, idOf(id)), options)),
  );
  command("merge <story> <other>", "put the other story into this one").action(
    (id: string, other: string, options: Json) =>
      withNashra((it) => merge(it, idOf(id), idOf(other), options)),
  );
  command("split <story> <articles...>", "take articles out of it, for a story of their own").action(
    (id: string, articles: string[], options: Json) =>
      withNashra((it) => split(it, idOf(id), articles.map(idOf), options)),
  );
}

function idOf(text: string): ArticleId {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new InvalidArgumentError(`"${text}" is no article: give its id, a number.`);
  return articleId(Number(text));
}

/** Who did it, for the audit log. */
const actor = "command line";

const handOf = ({ database, now }: Nashra): HandDeps => ({
  database,
  now,
  audit: (entry, at) => auditIfChanged(database.db, entry, at),
});

const missing = (id: ArticleId) => new Refusal(`There is no article ${id}, so no story has it.`);

async function known({ database: { db } }: Nashra, id: ArticleId): Promise<Story> {
  const story = await storyWith(db, id);
  if (story === null) throw missing(id);
  return story;
}

async function list(nashra: Nashra, options: Json & { days: number; count: number }): Promise<void> {
  const { db } = nashra.database;
  const ids = await recentStories(db, nashra.now().subtract({ hours: 24 * options.days }), options.count);
  const rows = [];
  for (const id of ids) {
    const { lead, spread } = await known(nashra, id);
    const { articles, sources, last } = spread;
    rows.push({ story: id, articles, sources, last: last?.toString() ?? null, title: lead.title });
  }
  printList(rows, { ...options, empty: `No story of the last ${options.days} days has several articles.` });
}

function print({ config }: Nashra, story: Story, options: Json): void {
  if (options.json) {
    say(JSON.stringify(storyToJson(story, config.publicUrl)));
    return;
  }
  const rows = [story.lead, ...story.members].map((it) => ({
    article: it.id,
    is: it === story.lead ? "lead" : "member",
    by: it.byHand ? "hand" : "likeness",
    state: it.state,
    published: it.publishedAt.toString(),
    source: it.sourceName,
    title: it.title,
  }));
  printList(rows, { ...options, empty: "" });
}

async function merge(nashra: Nashra, id: ArticleId, other: ArticleId, options: Json): Promise<void> {
  const result = await mergeStories(handOf(nashra), id, other, actor);
  if (result.kind === "unknown") throw missing(result.id);
  print(nashra, result.story, options);
}

async function split(
  nashra: Nashra,
  id: ArticleId,
  articles: readonly ArticleId[],
  options: Json,
): Promise<void> {
  const result = await splitStory(handOf(nashra), id, articles, actor);
  switch (result.kind) {
    case "unknown":
      throw missing(result.id);
    case "elsewhere":
      throw new Refusal(
        `The story does not have article ${result.ids.join(", ")}: nashra story show ${id} lists those it has.`,
      );
    case "all":
      throw new Refusal("These are all the articles of the story. Leave out at least one, for it to stay.");
    case "split":
      print(nashra, result.opened, options);
      print(nashra, result.left, options);
  }
}
