// The pages of the subscribers, in the whole service: found, looked at, imported, erased, given out.
import { afterAll, describe, expect, test } from "vitest";
import { startNashra } from "../../tests/support/nashra.ts";
import { createLoginLink, type Role } from "../accounts/index.ts";
import { subscriberId } from "../subscribers/index.ts";

const nashra = await startNashra({ now: "2026-03-01T04:00:00Z" });
afterAll(() => nashra.stop());
const { db } = nashra.database;
const origin = "http://localhost:3000";
await createLoginLink(nashra.database, "first@example.org", nashra.at());
await db
  .insertInto("editors")
  .values({ address: "karim@example.org", role: "editor", created_at: 0 })
  .execute();
await db
  .insertInto("editors")
  .values({ address: "nada@example.org", role: "viewer", created_at: 0 })
  .execute();
const cookies: Record<Role, string> = {
  administrator: await enter("first@example.org"),
  editor: await enter("karim@example.org"),
  viewer: await enter("nada@example.org"),
};

/** Somebody whose id lies far from everybody's. */
const farAway = {
  id: subscriberId(4_000_000_000),
  address: "far@example.org",
  address_key: "far@example.org",
  state: "confirmed",
  language: "ar",
  created_at: 0,
} as const;

async function enter(address: string): Promise<string> {
  const link = await createLoginLink(nashra.database, address, nashra.at());
  const reply = await nashra.app.request(`${origin}/newsroom/login/${link}`, {
    method: "POST",
    headers: { Origin: origin },
  });
  return reply.headers.get("Set-Cookie")?.split(";")[0] ?? "";
}

async function visit(path: string, form?: Record<string, string | File>, role: Role = "administrator") {
  const body = form && new FormData();
  for (const [name, value] of Object.entries(form ?? {})) body?.append(name, value);
  const bytes = body && new Uint8Array(await new Response(body).clone().arrayBuffer());
  const typed = body && new Response(body);
  const reply = await nashra.app.request(`${origin}${path}`, {
    method: body ? "POST" : "GET",
    headers: {
      Cookie: `${cookies[role]}; nashra_language=en`,
      Origin: origin,
      ...(typed && { "Content-Type": typed.headers.get("Content-Type") ?? "" }),
      ...(bytes && { "Content-Length": String(bytes.length) }),
    },
    ...(typed && { body: await typed.arrayBuffer() }),
  });
  return {
    status: reply.status,
    to: reply.headers.get("Location"),
    headers: reply.headers,
    html: await reply.text(),
  };
}
const acts = async () =>
  (await db.selectFrom("audit_log").select(["act", "subject"]).orderBy("id").execute()).map(
    ({ act, subject }) => `${act} ${subject}`,
  );
const idOf = async (address: string) =>
  (
    await db
      .selectFrom("subscribers")
      .select("id")
      .where("address_key", "=", address)
      .executeTakeFirstOrThrow()
  ).id;
const links = (html: string) =>
  [...html.matchAll(/\/newsroom\/subscribers\/(\d+)"/g)].map(([, id]) => Number(id));

await nashra.confirmed("salma@example.org", "sami@example.org", "karim@example.net");

describe("finding", () => {
  test.each([
    ["sa", ["salma@example.org", "sami@example.org"]],
    ["SALMA@example.org", ["salma@example.org"]],
    ["nobody", []],
    ["%", []],
    ["e", []], // nobody who is erased
  ])("%s finds %j", async (typed, found) => {
    const page = await visit(`/newsroom/subscribers?q=${encodeURIComponent(typed)}`);
    expect(page.status).toBe(200);
    const ids = await Promise.all(found.map(idOf));
    expect(links(page.html)).toEqual(ids);
  });

  test("the newest stand first, and counts say how many stand how", async () => {
    const { html } = await visit("/newsroom/subscribers");
    expect(links(html)).toEqual([3, 2, 1]);
    expect(html).toMatch(/Subscribed<\/dt><dd>3</);
  });

  test.each(["/newsroom/subscribers?before=x", "/newsroom/subscribers?before=0"])(
    "%s is no page",
    async (path) => expect((await visit(path)).status).toBe(400),
  );
});

test("who may do what", async () => {
  const id = await idOf("salma@example.org");
  expect((await visit("/newsroom/subscribers", undefined, "viewer")).status).toBe(403);
  const page = await visit(`/newsroom/subscribers/${id}`, undefined, "editor");
  expect(page.status).toBe(200);
  expect(page.html).not.toContain("/erase");
  expect((await visit(`/newsroom/subscribers/${id}/erase`, {}, "editor")).status).toBe(403);
  expect((await visit(`/newsroom/subscribers/${id}/export`, {}, "editor")).status).toBe(403);
  expect((await visit("/newsroom/subscribers/export", {}, "editor")).status).toBe(403);
  expect((await visit("/newsroom/subscribers/imports", undefined, "editor")).status).toBe(403);
});

test("a list is looked at, imported, and what it did not add is told", async () => {
  const list = "البريد,الاسم\nhala@example.org,هالة\nsalma@example.org,سلمى\nnot an address,؟\n";
  const fields = { consent: "book fair", digest: "", language: "ar", consentedAt: "" };
  const none = await visit("/newsroom/subscribers/imports", {
    ...fields,
    consent: "",
    file: new File([list], "l.csv"),
  });
  expect([none.status, none.html.includes("Say how they agreed")]).toEqual([422, true]);
  const unread = await visit("/newsroom/subscribers/imports", {
    ...fields,
    file: new File(["a,b\n1,2\n"], "l.csv"),
  });
  expect(unread.status).toBe(422);
  const before = await acts();
  const preview = await visit("/newsroom/subscribers/imports", {
    ...fields,
    file: new File([list], "l.csv"),
  });
  expect(preview.status).toBe(200);
  expect(preview.html).toContain("Name (not kept)");
  expect(await acts()).toEqual(before);
  const hidden = Object.fromEntries(
    [...preview.html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
      ([, name = "", value = ""]) => [name, value],
    ),
  );
  const run = await visit("/newsroom/subscribers/imports/run", hidden);
  expect(run.status).toBe(303);
  await expect.poll(async () => (await visit(run.to ?? "")).html).toContain("The import is done");
  const done = await visit(run.to ?? "");
  expect(done.headers.get("Refresh")).toBeNull();
  expect(done.html).toContain("Gets this digest already");
  const [path = ""] = (run.to ?? "").split("?");
  const report = await visit(`${path}/report`, {});
  expect(report.html).toContain("not an address");
  expect(await idOf("hala@example.org")).toBeGreaterThan(3);
  expect(await acts()).toContain("subscribers-import l.csv (daily)");
});

test("a list as large as one may be chosen may be taken over", async () => {
  const rows = Array.from({ length: 1900 }, () => `salma@example.org,${"note ".repeat(200)}`);
  const file = new File([["email,notes", ...rows].join("\n")], "large.csv");
  expect(file.size).toBeGreaterThan(1_900_000);
  const preview = await visit("/newsroom/subscribers/imports", { consent: "book fair", file });
  expect(preview.status).toBe(200);
  const form = { consent: "book fair", list: await file.text(), name: "large.csv", rows: "1901" };
  expect((await visit("/newsroom/subscribers/imports/run", form)).status).toBe(303);
});

test("a whole export streams, and stands in the log", async () => {
  const file = await visit("/newsroom/subscribers/export", { segment: "", format: "csv" });
  expect(file.headers.get("Content-Type")).toContain("text/csv");
  expect(file.html.split("\n").filter((line) => line.includes("@"))).toHaveLength(4);
  expect(await acts()).toContain("subscribers-export all (csv)");
  expect((await visit("/newsroom/subscribers/export", { segment: "no-such" })).status).toBe(404);
});

test("one person's data, their leaving, and their erasure, after which no report names them", async () => {
  const id = await idOf("salma@example.org");
  const data = await visit(`/newsroom/subscribers/${id}/export`, {});
  expect(JSON.parse(data.html).subscriber.address).toBe("salma@example.org");
  expect((await visit(`/newsroom/subscribers/${id}/leave`, {}, "editor")).to).toContain("done=left");
  expect((await visit(`/newsroom/subscribers/${id}/leave`, {}, "editor")).to).toContain("done=had-left");
  expect((await visit(`/newsroom/subscribers/${id}/erase`)).html).toContain("There is no way back");
  expect((await visit(`/newsroom/subscribers/${id}/erase`, {})).to).toContain("done=erased");
  expect((await visit(`/newsroom/subscribers/${id}/erase`, {})).status).toBe(404);
  const page = await visit(`/newsroom/subscribers/${id}`);
  expect([page.status, page.html.includes("salma@example.org")]).toEqual([200, false]);
  const reports = await db
    .selectFrom("settings")
    .select("name")
    .where("name", "=", "import-report")
    .execute();
  expect(reports).toEqual([]);
  const log = await acts();
  for (const act of ["subscriber-export", "subscriber-leave", "subscriber-erase"])
    expect(log.filter((it) => it === `${act} subscriber ${id}`)).toHaveLength(1);
  expect((await visit("/newsroom/subscribers?q=e")).html).not.toContain(`/subscribers/${id}"`);
});

test("a segment is saved, listed, counted and forgotten; what is no filter is told beside the form", async () => {
  const path = "/newsroom/subscribers/segments";
  expect((await visit(path, { slug: "a b" })).status).toBe(422);
  expect((await visit(path, { slug: "x", created_from: "yesterday" })).status).toBe(422);
  expect((await visit(path, { slug: "x", state: "active" })).status).toBe(422); // only of a digest
  expect((await visit(path, { slug: "قراء", digest: "daily", state: "active" })).to).toContain("done=saved");
  expect((await visit(path, { slug: "قراء", language: "ar" })).status).toBe(422);
  const one = await visit(`/newsroom/subscribers?segment=${encodeURIComponent("قراء")}`);
  expect(links(one.html)).toEqual([await idOf("hala@example.org"), 3, 2]);
  expect((await visit(`${path}?count=${encodeURIComponent("قراء")}`)).html).toContain("now: 3.");
  // So many ids are not looked at in the time of one page: it says how far it came, and the next goes on from there.
  await db.insertInto("subscribers").values(farAway).execute();
  const some = await visit(`${path}?count=${encodeURIComponent("قراء")}`);
  expect(some.html).toContain("so far: 3.");
  const [, on = "", after = "0"] = /^0; url=(\S+&after=(\d+)&found=3)$/.exec(
    some.headers.get("Refresh") ?? "",
  ) ?? [""];
  expect(some.html).toContain(`href="${on.replaceAll("&", "&amp;")}"`);
  expect(Number(after)).toBeGreaterThan(0);
  expect((await visit(on)).html).toContain("so far: 3.");
  const last = await visit(on.replace(`after=${after}`, `after=${farAway.id - 1}`));
  expect([last.html, last.headers.get("Refresh")]).toEqual([expect.stringContaining("now: 3."), null]);
  await db.deleteFrom("subscribers").where("id", "=", farAway.id).execute();
  expect((await visit(`${path}/remove`, { slug: "قراء" })).to).toContain("done=removed");
  expect((await visit(`${path}/remove`, { slug: "قراء" })).status).toBe(404);
});

test("an address is suppressed by an editor, found, and lifted by an administrator", async () => {
  const path = "/newsroom/subscribers/suppressions";
  expect((await visit(path, { address: "no", reason: "manual" })).status).toBe(422);
  const added = await visit(path, { address: "sami@example.org", reason: "complaint" }, "editor");
  expect(added.to).toContain("done=added");
  const found = await visit(`${path}?address=Sami@example.org`, undefined, "editor");
  expect(found.html).toContain("reported our mail as spam");
  expect(found.html).not.toContain(`${path}/lift`);
  expect((await visit(`${path}/lift`, { address: "sami@example.org" }, "editor")).status).toBe(403);
  expect((await visit(`${path}/lift`, { address: "sami@example.org" })).to).toContain("done=lifted");
  expect((await visit(`${path}/lift`, { address: "sami@example.org" })).to).toContain("done=unknown");
});

test("one is added: they are asked to confirm, and nothing before", async () => {
  const path = "/newsroom/subscribers/add";
  expect((await visit(path, { address: "no" })).status).toBe(422);
  const asked = await visit(path, {
    address: "new@example.org",
    digest: "1",
    language: "ar",
    note: "by phone",
  });
  expect(asked.to).toContain("done=asked");
  await expect
    .poll(
      async () => (await db.selectFrom("notices").select("address").execute()).map(({ address }) => address),
      { timeout: 10_000 }, // it is answered at no moment that tells anything
    )
    .toContain("new@example.org");
  const person = await visit(`/newsroom/subscribers/${await idOf("new@example.org")}`);
  expect(person.html).toContain("not confirmed");
  expect(person.html).toContain("by phone");
});
