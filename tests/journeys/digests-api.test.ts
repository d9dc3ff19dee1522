// What programs read and change of digests: as their pages do, by the same rules and for the same people.
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createApiToken } from "../../src/accounts/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

let nashra: TestNashra;
const tokens = { viewer: "", editor: "", administrator: "" };

beforeEach(async () => {
  nashra = await startNashra({ now: "2026-03-01T06:00:00Z" });
  for (const role of ["viewer", "editor", "administrator"] as const)
    tokens[role] = await createApiToken(nashra.database, role, role, nashra.at());
});
afterEach(() => nashra.stop());

async function api(method: string, path: string, body?: unknown, who: keyof typeof tokens = "administrator") {
  const reply = await nashra.app.request(`http://localhost:3000/api/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${tokens[who]}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, json: JSON.parse(await reply.text()) };
}
const acts = async () =>
  (await nashra.database.db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute()).filter(
    ({ act }) => act.startsWith("digest-"),
  );
const told = z.object({
  runs: z.array(z.object({ date: z.string(), at: z.string(), skipped: z.string().nullable() })),
});

test("digests: added, listed, and each as its page shows it", async () => {
  const added = await api("POST", "digests", { digest: "Weekly", name: "  الأسبوع ", name_en: "The week" });
  expect(added).toMatchObject({
    status: 201,
    json: {
      ...{ digest: "weekly", name: "الأسبوع", name_en: "The week", on: true, least: 3, most: 8 },
      ...{ template: "digest", in_doubt: "resend", from: null, from_name: null, approval: null },
      schedule: {
        days: [1, 2, 3, 4, 5, 6, 7],
        slots: [{ name: "morning", time: "07:00", ramadan_time: null }],
        ...{ ramadan_days: [], holidays: [], skips: [] },
      },
      next: expect.stringMatching(/^2026-03-02T.*Z$/),
    },
  });
  expect(await acts()).toEqual([{ actor: "administrator", act: "digest-add", subject: "weekly" }]);
  const list = await api("GET", "digests", undefined, "viewer");
  expect(list.json.map((it: { digest: string }) => it.digest)).toEqual(["daily", "weekly"]);
  expect(list.json[1]).toEqual(added.json);
  expect((await api("GET", "digests/weekly", undefined, "viewer")).json).toEqual(added.json);

  expect((await api("POST", "digests", { digest: "weekly", name: "غيرها" })).status).toBe(409);
  for (const [wrong, at] of [
    [{ digest: "!!", name: "اسم" }, "`digest`"],
    [{ digest: "other", name: " " }, "`name`"],
    [{ digest: "other", name: "x".repeat(101) }, "`name`"],
    [{ digest: "other", name: "اسم", on: true }, "on"],
  ] as const) {
    const refused = await api("POST", "digests", wrong);
    expect([refused.status, JSON.stringify(refused.json)]).toEqual([422, expect.stringContaining(at)]);
  }
  expect((await api("GET", "digests/none")).status).toBe(404);
  expect(await acts()).toHaveLength(1);
});

test("names, length, look and sender: in part, refused as the page refuses, and not over another's change", async () => {
  const changed = await api("PATCH", "digests/daily", {
    ...{ name: "الصباح", least: 2, most: 5, template: "compact" },
    seen: { least: 3 },
  });
  expect(changed).toMatchObject({
    status: 200,
    json: { name: "الصباح", least: 2, most: 5, template: "compact" },
  });
  const sender = { from: "morning@alerts.example", from_name: "الصباح" };
  expect(await api("PATCH", "digests/daily", sender)).toMatchObject({ status: 200, json: sender });
  expect((await api("PATCH", "digests/daily", { ...sender, most: 6 })).json).toMatchObject({
    ...sender,
    most: 6,
  });
  const log = await acts();
  expect(log.map(({ subject }) => subject)).toEqual([
    "daily: name=الصباح, minStories=2, maxStories=5, template=compact",
    "daily: fromAddress=morning@alerts.example, fromName=الصباح",
    "daily: maxStories=6",
  ]);

  // What was read before that is not what stands.
  expect((await api("PATCH", "digests/daily", { least: 4, seen: { least: 3 } })).status).toBe(409);
  expect((await api("PATCH", "digests/daily", { from: null, seen: { from: null } })).status).toBe(409);
  // Nothing new is no act.
  expect((await api("PATCH", "digests/daily", { least: 2 })).status).toBe(200);
  for (const [wrong, at] of [
    [{ least: 7 }, "`least`"],
    [{ least: 0 }, "least"],
    [{ most: 51 }, "most"],
    [{ name: "" }, "`name`"],
    [{ from: "nobody at all" }, "from"],
    [{ template: "newspaper" }, "template"],
    [{ seen: { least: 2 } }, "changes nothing"],
    [{ slug: "x" }, "slug"],
  ] as const) {
    const refused = await api("PATCH", "digests/daily", wrong);
    expect([refused.status, JSON.stringify(refused.json)]).toEqual([422, expect.stringContaining(at)]);
  }
  expect((await api("PATCH", "digests/daily", { in_doubt: "hold" }, "editor")).status).toBe(200);
  expect((await api("PATCH", "digests/daily", { in_doubt: "hold", least: 1 }, "editor")).status).toBe(403);
  expect(await acts()).toHaveLength(4);
});

test("the schedule: all of it at once, from the one that was read, and the next runs by it", async () => {
  const { schedule_revision: seen } = (await api("GET", "digests/daily")).json;
  const schedule = {
    zone: "asia/beirut",
    days: [7, 1, 2],
    slots: [
      { name: "morning", time: "07:00", ramadan_time: "08:30" },
      { name: "evening", time: "18:00" },
    ],
    holidays: [{ day: "03-09", name: "عيد المعلم" }],
  };
  const kept = await api("PUT", "digests/daily/schedule", { ...schedule, seen });
  expect(kept).toMatchObject({
    status: 200,
    json: { schedule: { zone: "Asia/Beirut", days: [1, 2, 7], holidays: schedule.holidays } },
  });
  expect(kept.json.schedule.slots[0]).toEqual(schedule.slots[0]);
  expect(kept.json.schedule_revision).toBeGreaterThan(seen);
  // Whoever read the one before changes nothing.
  expect((await api("PUT", "digests/daily/schedule", { ...schedule, seen })).status).toBe(409);

  const now = kept.json.schedule_revision;
  for (const [wrong, at] of [
    [{ zone: "Asia/Nowhere" }, "`zone`"],
    [{ days: [] }, "`days`"],
    [{ days: [8] }, "days"],
    [{ slots: [] }, "`slots`"],
    [{ slots: [{ name: "morning", time: "25:00" }] }, "`slots`"],
    [{ slots: [{ name: "Morning!", time: "07:00" }] }, "small Latin"],
    [{ slots: [schedule.slots[0], schedule.slots[0]] }, "one name"],
    [{ holidays: [{ day: "13-40", name: "لا يوم" }] }, "no holiday"],
    [{ holidays: [{ day: "03-09", name: "" }] }, "no holiday"],
  ] as const) {
    const refused = await api("PUT", "digests/daily/schedule", { ...schedule, ...wrong, seen: now });
    expect([refused.status, JSON.stringify(refused.json)]).toEqual([422, expect.stringContaining(at)]);
  }

  const runs = told.parse((await api("GET", "digests/daily/runs", undefined, "viewer")).json).runs;
  expect(runs).toHaveLength(10);
  // Ramadan is on: an hour and a half later than else.
  expect(runs[2]).toMatchObject({ date: "2026-03-02", at: "2026-03-02T06:30:00Z", skipped: null });
  expect(runs.find(({ date }) => date === "2026-03-09")?.skipped).toBe("holiday: عيد المعلم");
  expect(await acts()).toHaveLength(1);
});

test("a run is left out and let go after all, but none that is not to come", async () => {
  const { schedule_revision: first } = (await api("GET", "digests/daily")).json;
  const run = { date: "2026-03-05", slot: "morning" };
  const out = await api("POST", "digests/daily/runs", { ...run, act: "skip", seen: first });
  expect(out.status).toBe(200);
  const skippedIn = (json: unknown) => told.parse(json).runs.filter(({ skipped }) => skipped !== null);
  expect(skippedIn(out.json)).toMatchObject([{ date: "2026-03-05", skipped: "left out by hand" }]);
  const again = { ...run, act: "unskip" };
  expect((await api("POST", "digests/daily/runs", { ...again, seen: first })).status).toBe(409);
  const seen = out.json.schedule_revision;
  const back = await api("POST", "digests/daily/runs", { ...again, seen });
  expect([back.status, skippedIn(back.json)]).toEqual([200, []]);

  const now = back.json.schedule_revision;
  const skip = (it: object) => api("POST", "digests/daily/runs", { ...run, act: "skip", seen: now, ...it });
  expect((await skip({ slot: "midnight" })).status).toBe(409);
  expect((await skip({ date: "2026-02-30" })).status).toBe(422);
  expect((await skip({ act: "burn" })).status).toBe(422);
  expect(await acts()).toHaveLength(2);
});

test("the approval rule, on and off, with what each takes", async () => {
  const { schedule_revision: seen } = (await api("GET", "digests/daily")).json;
  const approval = { ahead_minutes: 45, deadline_minutes: 20, unanswered: "skip" };
  const ruled = await api("PUT", "digests/daily/approval", { approval, seen });
  expect(ruled).toMatchObject({ status: 200, json: { approval } });
  expect((await api("PUT", "digests/daily/approval", { approval: null, seen: seen + 7 })).status).toBe(409);
  const late = { ...approval, deadline_minutes: 90_000 };
  const refused = await api("PUT", "digests/daily/approval", { approval: late, seen });
  expect([refused.status, refused.json.detail]).toEqual([422, expect.stringContaining("deadline_minutes")]);

  expect(await api("POST", "digests/daily/off", {})).toMatchObject({
    status: 200,
    json: { on: false, next: null },
  });
  expect(await api("POST", "digests/daily/off", {})).toMatchObject({ status: 200, json: { on: false } });
  expect(await api("POST", "digests/daily/on", {})).toMatchObject({ status: 200, json: { on: true } });
  expect((await acts()).map(({ act }) => act)).toEqual(["digest-set", "digest-off", "digest-on"]);

  for (const who of ["viewer", "editor"] as const)
    for (const [method, path] of [
      ["POST", "digests"],
      ["PUT", "digests/daily/schedule"],
      ["PUT", "digests/daily/approval"],
      ["POST", "digests/daily/on"],
      ["POST", "digests/daily/off"],
      ["POST", "digests/daily/runs"],
    ] as const)
      expect((await api(method, path, {}, who)).status).toBe(403);
});
