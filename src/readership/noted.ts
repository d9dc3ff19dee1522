// What an answer adds to the metrics and to the count of readers.

import type { FeedRequest, Found } from "../feeds/index.ts";
import type { ReaderCount } from "./counting.ts";
import { feedLabel, type Metrics } from "./metrics.ts";
import { countedFeed } from "./store.ts";

/**
 * Notes an answer, whatever it was; a reader is who asked for a feed by GET and got it, or was told that it is the same.
 *
 * @returns what to call for each answer to a program; less than a microsecond each
 */
export const noteAnswers =
  (readers: Pick<ReaderCount, "note">, metrics: Pick<Metrics, "countRequest">) =>
  (found: Found, status: number, { method, header, address }: FeedRequest, nowMilliseconds: number): void => {
    const feed = found.kind === "document" ? found.feed : null;
    metrics.countRequest(feedLabel(found), feed?.format ?? "none", status);
    const counted = feed === null || method !== "GET" ? null : countedFeed(feed);
    if (feed === null || counted === null) return;
    const userAgent = header("user-agent") ?? "";
    const poll = { feed: counted, format: feed.format, unchanged: status === 304, address, userAgent };
    readers.note(poll, nowMilliseconds);
  };
