// What a paper has after some weeks and a fresh one has not: sources, a second newsletter, who followed it day by day.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import type { FakeSite } from "../../src/sources/wordpress/site.fixture.ts";
import type { Site } from "./site.ts";

const days = 28;
const members = 160;
const agency = `<rss version="2.0"><channel><title>وكالة أنباء الأرخبيل</title><link>https://agency.example/</link>
<description>أخبار الجزر</description></channel></rss>`;
const dayMilliseconds = 86_400_000;

export const viewer = "hadi@marsa.example";

/** Lets some weeks have passed. The newsletter `evening` has an issue that waits for approval, and `weekend` is switched off. */
export async function lastWeeks(house: { desk: Site; wordpress: FakeSite }): Promise<void> {
  const { desk: site, wordpress } = house;
  await site.run("editor", "add", "karim@marsa.example", "--role", "editor", "--name", "كريم الخزامي");
  await site.run("editor", "add", "nada@marsa.example", "--role", "viewer");
  await site.run("editor", "set", "nada@marsa.example", "--off");
  await site.run("editor", "add", viewer, "--role", "viewer", "--name", "هادي");
  let isDown = false;
  wordpress.instead = ({ pathname, searchParams }, response) => {
    const challenge = searchParams.get("hub.challenge"); // a subscriber of feeds means what it is asked
    if (challenge === null && pathname !== "/agency.xml") return false;
    if (isDown && challenge === null) response.statusCode = 503;
    response.end(challenge ?? agency);
    return true;
  };
  await site.run("source", "add", "wordpress", wordpress.home.href, "--name", "harbour-gate");
  await site.run("source", "run", "harbour-gate");
  await site.run("source", "add", "feed", new URL("/agency.xml", wordpress.home).href, "--name", "agency");
  isDown = true;
  await site.run("source", "run", "agency").catch(() => {}); // it cannot be read, which is what it is for

  const soon = Temporal.Now.zonedDateTimeISO("UTC").add({ hours: 6 }).toPlainTime();
  const at = `evening=${soon.toString({ smallestUnit: "minute" })}`;
  await site.run("digest", "add", "evening", "--name", "موجز المساء", "--name-en", "Evening brief");
  await site.run("digest", "set", "evening", "--zone", "UTC", "--days", "daily", "--at", at);
  await site.run("digest", "set", "evening", "--approval", "skip", "--build-ahead", "720");
  await site.run("digest", "add", "weekend", "--name", "ملحق نهاية الأسبوع", "--name-en", "Weekend reading");
  await site.run("digest", "set", "weekend", "--off");
  await site.run("tick");

  await takenOver(site);
  countedBefore(site);
  await fetch(new URL("/websub", site.origin), {
    method: "POST",
    body: new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.topic": new URL("/feeds/all.rss", site.origin).href,
      "hub.callback": new URL("/reader", wordpress.home).href,
    }),
  });
}

/** A list that another program had. They are at `.invalid`, where no mail goes. */
async function takenOver(site: Site): Promise<void> {
  const file = join(site.data, "members.csv");
  const addresses = Array.from({ length: members }, (_, i) => `member-${i + 1}@members.invalid`);
  await writeFile(file, `email\n${addresses.join("\n")}\n`);
  await site.run("subscriber", "import", file, "--consent", "قائمة المشتركين في النسخة الورقية");
}

/** What its categories became is known by Arabic names alone, and the pages are seen in English too. */
const sectionsInEnglish = {
  أسواق: "Markets",
  "تحت المجهر": "In focus",
  "ثقافة وفنون": "Arts",
  صحّة: "Health",
  "علوم & تقنية": "Technology",
};

/** Days that are over, as they are kept once they are closed: nobody can count readers in the past. */
function countedBefore(site: Site): void {
  const store = new SQLite(join(site.data, "nashra.sqlite"));
  for (const [title, english] of Object.entries(sectionsInEnglish))
    store.prepare("update sections set title_en = ? where title = ?").run(english, title);
  const today = Math.floor(Temporal.Now.instant().epochMilliseconds / dayMilliseconds);
  const subscribers = store.prepare("insert or replace into subscriber_days (day, confirmed) values (?, ?)");
  const readers = store.prepare(
    "insert or replace into feed_days (day, feed, open, requests, unchanged, touched, weight, claims) values (?, ?, 0, ?, ?, ?, ?, ?)",
  );
  const feeds = [
    "all",
    "mix",
    ...store.prepare("select 'section/' || id as feed from sections").pluck().all(),
  ];
  for (let ago = days; ago >= 0; ago--) {
    subscribers.run(today - ago, Math.round(members * (1 - ago / 70)));
    for (const [i, feed] of feeds.entries()) {
      const touched = Math.round((380 - 5 * ago + 23 * (ago % 7)) / (i + 1));
      const claims = JSON.stringify(
        i < 3
          ? [
              ["Feedly", 400 - 9 * ago],
              ["Inoreader", 120 - 2 * ago],
            ]
          : [],
      );
      readers.run(today - ago, feed, touched * 96, touched * 88, touched, touched / 2, claims);
    }
  }
  store.close();
}

/** Makes somebody's sessions so old that they are asked once more who they are. */
export function grownOld(site: Site, address: string): void {
  const store = new SQLite(join(site.data, "nashra.sqlite"));
  store
    .prepare("update sessions set fresh_at = 0 where editor_id = (select id from editors where address = ?)")
    .run(address);
  store.close();
}
