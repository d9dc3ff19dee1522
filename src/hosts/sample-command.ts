// nashra sample remove: the invented newsroom goes, whatever else was put in stays.
import { forgetSampleArticles, sampleArticleIds } from "../articles/index.ts";
import { forgetDeliveriesTo } from "../delivery/index.ts";
import { forgetSampleStories, listDigests } from "../digests/index.ts";
import { touchFeeds } from "../feeds/index.ts";
import { newPublisher, savePublisher } from "../settings/index.ts";
import { forgetSampleSubscribers, sampleSubscriberIds } from "../subscribers/index.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { say } from "./output.ts";

/** Removes all of the sample newsroom, its name and address too, in one batch; whatever else was put in stays. */
export async function removeSample(nashra: Nashra): Promise<void> {
  const { database, publishing, now } = nashra;
  const { db, batch } = database;
  const [articles, subscribers, digests] = await Promise.all([
    sampleArticleIds(db),
    sampleSubscriberIds(db),
    listDigests(db),
  ]);
  await batch([
    ...forgetDeliveriesTo(db, subscribers),
    ...forgetSampleStories(db, articles),
    ...forgetSampleArticles(db),
    ...forgetSampleSubscribers(db),
    savePublisher(db, newPublisher, now()),
    ...touchFeeds(db, ["house", "all", ...digests.map(({ id }) => `digest/${id}` as const)], now()),
  ]);
  publishing.changed();
  await logAct(nashra, "sample-remove", `${articles.length} articles`);
  say(`Removed: ${articles.length} articles and ${subscribers.length} subscribers of the sample newsroom.`);
  say("The paper has no name yet: npx nashra publisher name=… (without arguments it lists what can be set).");
  say("Mails in the outbox are files in the data folder; delete them there.");
}
