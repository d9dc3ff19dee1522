// What the tests of subscribers share: a real store with two digests, and what a person and a mail program do to it.
import { sql } from "kysely";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { AccountTables } from "../accounts/index.ts";
import type { Keyring } from "../config.ts";
import { newPublisher, type SettingsTables } from "../settings/index.ts";
import { parseAddress } from "./address.ts";
import { audiencePage } from "./audience.ts";
import { confirm } from "./confirm.ts";
import type { LeftBy, SubscriberId, SuppressionReason } from "./consent.ts";
import { leave } from "./leave.ts";
import { takeInbound } from "./leaving/inbound.ts";
import { makeLink } from "./links.ts";
import type { LettersToErase } from "./preferences/erase.ts";
import { answerRequest, noticeData, type QueueNotice, recordRequest } from "./requests.ts";
import { subscriberRoutes } from "./routes.tsx";
import type { RequestId, SubscriberTables } from "./tables.ts";

export const site = new URL("https://news.example/");
export const keys: Keyring = [{ id: "k1", key: "0123456789abcdef0123456789abcdef" }];
export const morning = 1;
export const economy = 2;

/** The issue of a day, of a digest with two slots. */
export const theIssue = (date: Temporal.PlainDate, slot = "morning") => ({
  date,
  slot,
  digestSlots: ["morning", "evening"],
});
/** An issue that is for the readers of every slot. */
export const anySlot = { slot: "extra-1", digestSlots: ["morning", "evening"] };
/** What delivery does at an erasure where nothing was sent. */
export const noLetters: LettersToErase = { addresses: async () => [], blank: () => [] };

type Notice = { id: number; kind: string; address: string; language: string; data: string };

export async function openStore() {
  const database = openTestDatabase<SubscriberTables & SettingsTables & AccountTables>();
  const { db } = database;
  for (const slug of ["morning", "economy"]) {
    await sql`insert into digests (slug, name, state, zone, days, slots, max_stories, min_stories, late_minutes, deadline_minutes)
      values (${slug}, ${slug}, 'on', 'Asia/Beirut', '[]', '[]', 10, 1, 180, 360)`.execute(db);
  }
  let now = Temporal.Instant.from("2026-03-01T05:00:00Z");
  const queueNotice: QueueNotice = (notice, at) =>
    sql`insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
      select ${notice.kind}, ${notice.address}, ${notice.language}, ${noticeData(notice)}, 'queued', 0, 0, ${at.epochMilliseconds}
      where changes() > 0`.compile(db);

  const allNotices = async () =>
    (await sql<Notice>`select id, kind, address, language, data from notices order by id`.execute(db)).rows;
  /** All but those that welcome, which every confirmation brings. */
  const notices = async () => (await allNotices()).filter(({ kind }) => kind !== "welcome");
  const welcomes = async () => (await allNotices()).filter(({ kind }) => kind === "welcome");
  const dataOf = async (nth: number): Promise<{ subscriber: SubscriberId; request: RequestId }> => {
    const asked = (await notices()).filter(({ kind }) => kind === "confirm");
    return JSON.parse(asked.at(nth)?.data ?? "{}");
  };
  const tokenIn = (link: string) => link.slice(link.lastIndexOf("/") + 1);
  const ask = (
    typed: string,
    digests: number | number[] = morning,
    sections: number[] = [],
    language: "ar" | "en" = "ar",
  ) => {
    const address = parseAddress(typed);
    if (!address.ok) throw new Error(`${typed}: ${address.why}`);
    const wish = {
      kind: "subscribe",
      digests: [digests].flat(),
      sections,
      language,
      source: "page",
    } as const;
    return recordRequest(db, { address, network: "203.0.113.0/24", wish }, now);
  };
  const answer = (request: RequestId, batch = database.batch) =>
    answerRequest({ db, batch }, queueNotice, request, now);

  return {
    database,
    db,
    notices,
    welcomes,
    now: () => now,
    queueNotice,
    later: (duration: Temporal.DurationLike) => {
      now = now.add(duration);
    },
    /** Types an address into a form; what follows is for `answer`. */
    ask,
    /** What the service does behind the reply: whether a mail is queued. */
    answer,
    signUp: async (...asked: Parameters<typeof ask>) => answer(await ask(...asked)),
    /** Presses the button of a confirmation mail: the last one, or the nth. */
    confirm: async (nth = -1) => confirm(database, queueNotice, await dataOf(nth), { via: "link" }, now),
    confirmToken: async (nth = -1) => tokenIn(await makeLink(keys, site, "confirm", await dataOf(nth), now)),
    /** A token of this kind, made now. */
    token: async <Kind extends Parameters<typeof makeLink>[2]>(
      kind: Kind,
      names: Parameters<typeof makeLink<Kind>>[3],
    ) => tokenIn(await makeLink(keys, site, kind, names, now)),
    unsubscribeToken: async (address: string, digest = morning) => {
      const { id } = await db
        .selectFrom("subscribers")
        .select("id")
        .where("address", "=", address)
        .executeTakeFirstOrThrow();
      return tokenIn(await makeLink(keys, site, "unsubscribe", { subscriber: id, digest }, now));
    },
    personAt: (address: string) =>
      db.selectFrom("subscribers").selectAll().where("address", "=", address).executeTakeFirstOrThrow(),
    leave: async (address: string, digest: number | null = morning, by: LeftBy = "one-click") => {
      const { id } = await db
        .selectFrom("subscribers")
        .select("id")
        .where("address", "=", address)
        .executeTakeFirstOrThrow();
      return leave(database, { subscriber: id, digest }, by, { via: "link" }, now);
    },
    suppress: (key: string, reason: SuppressionReason = "hard-bounce") =>
      db.insertInto("suppressions").values({ address_key: key, reason, at: now.epochMilliseconds }).execute(),
    /** Each one's subscriber state, and why they get nothing of the digest; `mailed` if they do. */
    standing: async (digest = morning, issueDate = Temporal.PlainDate.from("2026-03-01")) => {
      const page = await audiencePage(db, digest, 0, 1000, theIssue(issueDate), now);
      return Object.fromEntries(page.map(({ address, exclusion }) => [address, exclusion ?? "mailed"]));
    },
    states: async () => {
      const rows = await db.selectFrom("subscribers").select(["address", "state"]).orderBy("id").execute();
      return Object.fromEntries(rows.map(({ address, state }) => [address, state]));
    },
    ledger: async () =>
      (await db.selectFrom("consents").select(["act", "digest_id", "proof"]).orderBy("id").execute()).map(
        ({ act, digest_id, proof }) => `${act} ${digest_id} ${proof}`,
      ),
    everything: async () =>
      Promise.all(
        (["subscribers", "subscriptions", "consents", "suppressions"] as const).map((table) =>
          db.selectFrom(table).selectAll().execute(),
        ),
      ),
  };
}

/** The routes over such a store, with a count of how often the sender was woken. */
export async function openRoutes() {
  const store = await openStore();
  let woken = 0;
  const underWay: Promise<unknown>[] = [];
  const digests = [
    { id: morning, slug: "morning", name: "صباح الخير", nameEn: "Good Morning" },
    {
      id: economy,
      slug: "economy",
      name: "نشرة الاقتصاد",
      nameEn: null,
      slots: [
        { name: "morning", time: "07:00" },
        { name: "evening", time: "18:00" },
      ],
    },
  ];
  const sections = [
    { id: 4, slug: "politics", title: "سياسة", titleEn: "Politics" },
    { id: 5, slug: "culture", title: "ثقافة", titleEn: null },
    { id: 6, slug: "sport", title: "رياضة", titleEn: "Sport" },
  ];
  const routes = subscriberRoutes({
    database: store.database,
    keys,
    site,
    now: store.now,
    assets: { css: "/assets/styles.css" },
    publisher: async () => ({ ...newPublisher, name: "الجريدة", nameEn: "The Paper" }),
    digests: async () => digests,
    sections: async () => sections,
    queueNotice: store.queueNotice,
    // What delivery does is tested with delivery; here nothing was sent.
    mail: { of: async () => ({}), ...noLetters, readerOf: async () => null },
    mailDomains: async () => "takes-mail",
    addressOf: (c) => c.req.header("From-Address") ?? "203.0.113.7",
    later(work) {
      underWay.push(work());
    },
    wake: () => {
      woken++;
    },
  });
  const request = async (method: string, path: string, init: RequestInit = {}) => {
    const reply = await routes.request(path, { method, ...init });
    await Promise.all(underWay.splice(0));
    return { status: reply.status, headers: reply.headers, html: await reply.text() };
  };
  return {
    ...store,
    woken: () => woken,
    get: (path: string) => request("GET", path),
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      request("POST", path, { body: new URLSearchParams(fields), headers }),
    send: (path: string, init: RequestInit) => request("POST", path, init),
    /** Takes a mail in that answers none of ours. */
    inbound: (mail: string) =>
      takeInbound(
        {
          database: store.database,
          keys,
          now: store.now,
          digests: async () => digests,
          mail: { readerOf: async () => null },
        },
        new TextEncoder().encode(mail),
      ),
  };
}
