// A WordPress on loopback that answers from the recorded answers of a real one, as far as it is asked: lists by number, order,
// place and time, chosen fields, single posts, names.
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { GuardedGet } from "../../platform/index.ts";
import type { Asked, NoStretch, Stretch } from "../pull.ts";
import { pullWordPress } from "./pull.ts";

export type Row = Record<string, unknown> & { id: number };

const recorded = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/wordpress/rest/${name}.json`, import.meta.url), "utf8"));
const rows = (name: string): Row[] => recorded(name);

export type FakeSite = Awaited<ReturnType<typeof startWordPress>>;

export async function startWordPress() {
  const site = {
    posts: [1, 2, 3, 4].flatMap((page) => rows(`posts-page-${page}`)),
    /** Not for visitors: in the trash, private. */
    offline: new Set<number>(),
    /** Whether it has addresses such as /wp-json/. */
    pretty: true,
    version: 6.1,
    mostPerPage: 100,
    /** What it says of the time. */
    clock: Temporal.Instant.from("2026-11-24T06:00:00Z"),
    /** Each question, as path and query. */
    asked: [] as URL[],
    /** Answers before anything else does; true if it did. */
    instead: (_: URL, __: ServerResponse): boolean => false,
    home: new URL("http://127.0.0.1/"),
    close: async () => {},
    get: loopbackGet,
    post(id: number): Row {
      const found = site.posts.find((post) => post.id === id);
      if (!found) throw new Error(`There is no post ${id}.`);
      return found;
    },
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", site.home);
    site.asked.push(url);
    response.setHeader("Date", new Date(site.clock.epochMilliseconds).toUTCString());
    if (site.instead(url, response)) return;
    const pretty = /^\/wp-json(\/.*)/.exec(url.pathname)?.[1];
    const route = site.pretty ? pretty : url.searchParams.get("rest_route");
    if (route === null || route === undefined) {
      const known = ["/", "/2026/04/75/"].includes(url.pathname);
      const root = site.pretty ? "/wp-json/" : "/index.php?rest_route=/";
      response.writeHead(known ? 200 : 404, {
        "Content-Type": "text/html; charset=UTF-8",
        ...(known && { Link: `<${new URL(root, site.home).href}>; rel="https://api.w.org/"` }),
      });
      response.end('<!DOCTYPE html><html dir="rtl" lang="ar"><title>بوابة</title>');
      return;
    }
    const { status, body, total } = answer(route, url.searchParams);
    response.writeHead(status, {
      "Content-Type": "application/json; charset=UTF-8",
      Link: `<${site.home.href}wp-json/>; rel="https://api.w.org/"`,
      ...(total !== undefined && { "X-WP-Total": total }),
    });
    response.end(JSON.stringify(body).replaceAll("newsroom.test", site.home.host));
  });

  type Reply = { status: number; body: unknown; total?: number };
  const error = (status: number, code: string, params = {}): Reply => ({
    status,
    body: { code, message: "…", data: { status, params } },
  });

  function answer(route: string, query: URLSearchParams): Reply {
    if (route === "/") return { status: 200, body: recorded("root") };
    const [, kind = "", id] = /^\/wp\/v2\/(\w+)(?:\/(\d+))?$/.exec(route) ?? [];
    if (id !== undefined) {
      if (site.offline.has(Number(id))) return { status: 401, body: recorded("post-trashed") };
      const found = site.posts.find((post) => post.id === Number(id));
      return found
        ? { status: 200, body: chosen(found, query) }
        : { status: 404, body: recorded("post-missing") };
    }
    const perPage = Number(query.get("per_page") ?? 10);
    if (perPage > site.mostPerPage) return error(400, "rest_invalid_param", { per_page: "…" });
    if (!["posts", "users", "tags", "categories", "media"].includes(kind)) return error(404, "rest_no_route");
    const include = query.get("include")?.split(",").map(Number);
    const all = (kind === "posts" ? published(query) : rows(kind)).filter(
      (row) => !include || include.includes(row.id),
    );
    const from = Number(query.get("offset") ?? (Number(query.get("page") ?? 1) - 1) * perPage);
    const page = all.slice(from, from + perPage);
    return { status: 200, body: page.map((row) => chosen(row, query)), total: all.length };
  }

  function published(query: URLSearchParams): Row[] {
    const since = site.version >= 5.7 ? query.get("modified_after") : null;
    const after = since && Temporal.Instant.from(since).toZonedDateTimeISO("Asia/Beirut").toPlainDateTime();
    // As it is stored, which is what is compared; a time that never was is shown as another.
    const local = (row: Row) => String(row["modified"]);
    const order = query.get("orderby") === "id" ? (row: Row) => row.id : (row: Row) => String(row["date"]);
    const sign = query.get("order") === "asc" ? 1 : -1;
    return site.posts
      .filter(
        (row) =>
          !site.offline.has(row.id) && (!after || local(row) > after.toString({ smallestUnit: "second" })),
      )
      .sort((a, b) => (order(a) < order(b) ? -sign : sign));
  }

  const chosen = (row: Row, query: URLSearchParams) => {
    const fields = query.get("_fields")?.split(",");
    return fields
      ? Object.fromEntries(
          Object.entries(row).filter(([name]) => fields.some((it) => it.split(".")[0] === name)),
        )
      : row;
  };

  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  site.home = new URL(`http://127.0.0.1:${address.port}/`);
  site.close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return site;
}

/** Gets as the hosts' own door does, without its guards. */
export const loopbackGet: GuardedGet = async ({ url, headers, bytes = 5_000_000 }) => {
  try {
    const response = await fetch(url, { headers: { ...headers } });
    const body = new Uint8Array(await response.arrayBuffer());
    if (body.length > bytes) return { kind: "silence", why: `${url.href} is larger than ${bytes} octets.` };
    const from = new URL(response.url);
    return {
      kind: "answer",
      url: from,
      permanentUrl: from,
      status: response.status,
      headers: response.headers,
      body,
    };
  } catch (thrown) {
    return { kind: "silence", why: `${url.href} could not be read: ${thrown}` };
  }
};

/** Asks a site as runs do, and remembers what runs remember: the cursor, and which articles stand. */
export function readerOf(site: FakeSite) {
  const reader = {
    cursor: null as unknown,
    now: Temporal.Instant.from("2026-11-24T06:00:00Z"),
    /** Remote ids to titles, the newest first as they stand. */
    stands: new Map<string, { title: string; published: string }>(),
    get: loopbackGet as GuardedGet,
    async stretch(only: readonly string[] | null = null): Promise<Stretch | NoStretch> {
      const asked: Asked = {
        url: site.home,
        cursor: JSON.parse(JSON.stringify(reader.cursor)),
        only,
        recentRemoteIds: async (limit) =>
          [...reader.stands.entries()]
            .sort(([, a], [, b]) => (a.published < b.published ? 1 : -1))
            .slice(0, limit)
            .map(([id]) => id),
        remoteIdsAfter: async (after, limit) =>
          [...reader.stands.keys()]
            .filter((id) => id > after)
            .sort()
            .slice(0, limit),
        get: reader.get,
        now: reader.now,
      };
      const told = await pullWordPress(asked);
      if (!told.ok) return told;
      reader.cursor = told.cursor;
      for (const { remoteId, title, published } of told.items)
        reader.stands.set(remoteId ?? "", { title, published: published?.toString() ?? "" });
      for (const { remoteId } of told.gone) reader.stands.delete(remoteId);
      return told;
    },
    /** Stretches until there is no more; all they brought. Throws where one brought nothing. */
    async run(): Promise<Stretch> {
      const all: Stretch[] = [];
      for (let i = 0; i < 1000; i++) {
        const told = await reader.stretch();
        if (!told.ok) throw new Error(told.why);
        all.push(told);
        if (!told.more) break;
      }
      const last = all.at(-1);
      if (!last || last.more) throw new Error("It never ends.");
      return {
        ...last,
        items: all.flatMap(({ items }) => items),
        skipped: all.flatMap(({ skipped }) => skipped),
        gone: all.flatMap(({ gone }) => gone),
        categories: all.flatMap(({ categories }) => categories),
      };
    },
  };
  return reader;
}
