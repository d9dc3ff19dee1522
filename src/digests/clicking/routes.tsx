// `/c/{token}`: from a mail to the story. Leads to what we published and nowhere else, whatever the token says.
import { type Context, Hono } from "hono";
import type { Kysely } from "kysely";
import { type ArticleTables, articleUrl, linkedArticle, visitOf } from "../../articles/index.ts";
import type { Keyring } from "../../config.ts";
import type { Clock } from "../../platform/index.ts";
import { readPublisher, type SettingsTables } from "../../settings/index.ts";
import { testToken } from "../../subscribers/index.ts";
import { type AssetPaths, bothLanguages, ErrorPage } from "../../web/index.ts";
import type { DigestTables } from "../tables.ts";
import type { ClickCount } from "./count.ts";
import { type ClickLink, readClick, readMark } from "./links.ts";
import { isRobot } from "./robots.ts";

type ClickDeps = {
  database: { db: Kysely<DigestTables & ArticleTables & SettingsTables> };
  keys: Keyring;
  site: URL;
  now: Clock;
  assets: AssetPaths;
  addressOf: (c: Context) => string;
  clicks: Pick<ClickCount, "note">;
};

const words = bothLanguages({
  ar: { broken: "هذا الرابط ناقص أو غير صحيح. افتحه من الرسالة نفسها، أو ابحث عن الخبر في الموقع." },
  en: {
    broken: "This link is cut short or wrong. Open it from the mail itself, or look for the story here.",
  },
});

/** `/c/:token`, and behind it who followed it, where the publisher counts that. */
export function clickRoutes({ database: { db }, keys, site, now, assets, addressOf, clicks }: ClickDeps) {
  return new Hono().get("/c/:token/:mark?", async (c) => {
    c.header("Cache-Control", "no-store"); // each click is one, and what it leads to may be taken back
    c.header("X-Robots-Tag", "noindex");
    const link = await readClick(keys, c.req.param("token"), now());
    const article = link && (await linkedArticle(db, link.article));
    if (!link || !article || article.state === "embargoed") {
      const { shell } = await visitOf(c, { db, assets });
      return c.html(<ErrorPage {...shell} status={404} sentence={words[shell.language].broken} />, 404);
    }
    await counted(c, link);
    // Of what was withdrawn our own page says so, wherever it stood.
    const isHere = article.state === "retracted";
    const target = isHere ? new URL(`/articles/${article.id}`, site) : new URL(articleUrl(site, article));
    return c.redirect(target.href, 302);
  });

  async function counted(c: Context, { issue, article }: ClickLink): Promise<void> {
    const mark = c.req.param("mark");
    if (mark === testToken) return;
    const { clicks: mode } = await readPublisher(db);
    if (mode === "off") return;
    const clicker = mode === "personal" && mark ? await readMark(keys, mark, issue, now()) : null;
    const header = (name: string) => c.req.header(name);
    await clicks.note(
      {
        issue,
        article,
        clicker,
        address: addressOf(c),
        userAgent: header("user-agent") ?? "",
        robot: isRobot(c.req.method, header),
      },
      now(),
    );
  }
}
