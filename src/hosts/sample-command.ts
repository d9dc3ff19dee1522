// nashra sample remove: the invented newsroom goes, whatever else was put in stays.
import { forgetSampleArticles, sampleArticleIds } from "../articles/index.ts";
import { forgetDeliveriesTo } from "../delivery/index.ts";
import { forgetStories } from "../digests/index.ts";
import { touchFeeds } from "../feeds/index.ts";
import { readPublisher, savePublisher } from "../settings/index.ts";
import { forgetSampleSubscribers, sampleSubscriberIds } from "../subscribers/index.ts";
import type { Nashra } from "./node.ts";
import { say } from "./output.ts";

/** Removes sample articles, sections that hold nothing else, and sample subscribers, all in one batch. */
export async function removeSample({ database, now }: Nashra): Promise<void> {
  const { db, batch } = database;
  const [articles, subscribers, publisher] = await Promise.all([
    sampleArticleIds(db),
    sampleSubscriberIds(db),
    readPublisher(db),
  ]);
  await batch([
    ...forgetDeliveriesTo(db, subscribers),
    ...forgetStories(db, articles),
    ...forgetSampleArticles(db),
    ...forgetSampleSubscribers(db),
    savePublisher(db, { ...publisher, sample: false }, now()),
    ...touchFeeds(db, ["all"], now()),
  ]);
  say(`Removed: ${articles.length} articles and ${subscribers.length} subscribers of the sample newsroom.`);
  say("Mails in the outbox are files in the data folder; delete them there.");
}
