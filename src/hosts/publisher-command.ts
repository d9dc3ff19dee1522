// nashra publisher: what the paper is called and how it writes dates, listed and set.
import { listSections } from "../articles/index.ts";
import { keyOf, touchFeeds } from "../feeds/index.ts";
import { publisherSchema, readPublisher, savePublisher } from "../settings/index.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { Refusal, say, WrongUsage } from "./output.ts";

/** Sets each `name=value`, then prints all of them. A value is text; `true`, `false`, `null` and numbers are themselves. */
export async function publisherCommand(
  nashra: Nashra,
  settings: readonly string[],
  options: { json?: boolean },
): Promise<void> {
  const { database, now, publishing } = nashra;
  const { db, batch } = database;
  const before = await readPublisher(db);
  const given = Object.fromEntries(
    settings.map((setting) => {
      const [, name = "", value = ""] = /^([^=]+)=([\s\S]*)$/.exec(setting) ?? [];
      if (!(name in before) || name === "sample") {
        throw new WrongUsage(
          `"${setting}" sets nothing. Write name=value with one of ${Object.keys(before).join(", ")}.`,
        );
      }
      return [name, /^(true|false|null|-?\d+)$/.test(value) ? JSON.parse(value) : value];
    }),
  );
  const checked = publisherSchema.safeParse({ ...before, ...given });
  if (!checked.success) {
    throw new Refusal(
      checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"),
    );
  }
  if (settings.length > 0) {
    // What feeds say of the paper changes with it.
    const feeds = [
      "all" as const,
      ...(await listSections(db)).map(({ id }) => keyOf({ kind: "section", id })),
    ];
    await batch([savePublisher(db, checked.data, now()), ...touchFeeds(db, feeds, now())]);
    publishing.changed();
    await logAct(nashra, "publisher-set", Object.keys(given).join(" "));
  }
  if (options.json) return say(JSON.stringify(checked.data));
  for (const [name, value] of Object.entries(checked.data)) say(`${name}=${value ?? "null"}`);
}
