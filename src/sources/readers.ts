// The readers of all kinds of sources, together: how each is asked who it is, and how it is read.
import type { GuardedGet } from "../platform/index.ts";
import type { SourceDeps } from "./deps.ts";
import { tellStatus } from "./feed/poll.ts";
import { pullFeed } from "./feed/pull.ts";
import { readFeed } from "./feed/read.ts";
import type { Identify } from "./introduce.ts";
import { identifyPage, pullPage } from "./page/pull.ts";
import { discoverWordPress, isCatchAll, pullWordPress } from "./wordpress/pull.ts";

/** What runs sources, and adds them. */
export type SourceService = SourceDeps & { identify: Identify };

export const sourceReaders: Pick<SourceService, "pulls" | "isCatchAll" | "identify"> = {
  pulls: { wordpress: pullWordPress, feed: pullFeed, page: pullPage },
  isCatchAll,
  async identify(kind, url, { get }) {
    const unsaid = { language: null, zone: null, categories: [] };
    switch (kind) {
      case "wordpress": {
        const found = await discoverWordPress(get, url);
        if (!found.ok) return found;
        const { name, homeUrl, language, zone, categories } = found.site;
        return { ok: true, identity: { url: homeUrl, title: name, language, zone, categories } };
      }
      case "feed":
        return identifyFeed(get, url);
      case "page": {
        const found = await identifyPage(url, get);
        return found.ok ? { ok: true, identity: { ...unsaid, url: found.url, title: found.title } } : found;
      }
    }
  },
};

async function identifyFeed(get: GuardedGet, url: URL): ReturnType<Identify> {
  const answer = await get({ url });
  if (answer.kind !== "answer") return { ok: false, why: answer.why };
  if (answer.status !== 200) return { ok: false, why: `${answer.url.href} ${tellStatus(answer.status)}` };
  const feed = await readFeed(answer.body, answer.headers.get("Content-Type"), answer.url);
  if (!feed.ok) return feed;
  const { title, language } = feed;
  const identity = {
    url: answer.permanentUrl,
    title: title || url.host,
    language,
    zone: null,
    categories: [],
  };
  return { ok: true, identity };
}
