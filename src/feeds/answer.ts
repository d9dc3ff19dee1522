// Requests for feeds, answered from memory where that can be done: the same for Hono, for Workers, and for Node's own server.
import type { Clock } from "../platform/index.ts";
import { answerer, type FeedAnswer, type FeedRequest, takesBrotli } from "./http.ts";
import type { FeedService, Found } from "./service.ts";

/** Notes what was answered to whom: for counting requests and readers. Called for each request, so it must be quick. */
export type NoteAnswer = (
  found: Found,
  status: number,
  request: FeedRequest,
  nowMilliseconds: number,
) => void;

export type FeedAnswers = {
  /** At once and from memory; null where something must be read, or a person is to see a page. */
  warm(request: FeedRequest): FeedAnswer | null;
  /** The same, reading and rendering what must be; what cannot be served as a document is for the caller to say. */
  answer(request: FeedRequest): Promise<FeedAnswer | Extract<Found, { kind: "refused" | "nothing" }>>;
};

export function feedAnswers(
  feeds: FeedService,
  hubUrls: readonly string[],
  now: Clock,
  note: NoteAnswer,
): FeedAnswers {
  const answerTo = answerer(hubUrls);

  // The clock is read once a request: as an Instant it costs as much as all else that is done here.
  function answered(found: Found, request: FeedRequest, nowMilliseconds: number) {
    if (found.kind === "nothing" || found.kind === "refused") {
      note(found, found.kind === "refused" ? found.status : 404, request, nowMilliseconds);
      return found;
    }
    const answer = answerTo(found, request.header, nowMilliseconds);
    note(found, answer.status, request, nowMilliseconds);
    if (found.kind === "document" && found.document.br === null && answer.status === 200)
      if (takesBrotli(request.header("accept-encoding"))) feeds.wantBrotli(found);
    return answer;
  }
  return {
    warm(request) {
      if (isVisit(request)) return null;
      const nowMilliseconds = now().epochMilliseconds;
      const found = feeds.warm(request.url, nowMilliseconds);
      if (found === null || found.kind === "nothing" || found.kind === "refused") return null;
      const answer = answered(found, request, nowMilliseconds);
      return "headers" in answer ? answer : null;
    },
    answer: async (request) => answered(await feeds.find(request.url), request, now().epochMilliseconds),
  };
}

/** A person in a browser, who came by a link or an address (Fetch Metadata §2.2); no reader says this. */
export const isVisit = ({ header }: Pick<FeedRequest, "header">): boolean =>
  header("sec-fetch-mode") === "navigate";
