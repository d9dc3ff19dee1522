// What programs are told where the doctor cannot say anything: tests/journeys/settings-api.test.ts has the rest.
import { afterEach, expect, test, vi } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { NewsroomDeps } from "./desk.ts";
import { bareHouse, type House } from "./house.ts";
import { houseApi } from "./house-api.ts";

afterEach(() => vi.useRealTimers());

function apiWith(doctor: House["doctor"]) {
  const database: NewsroomDeps["database"] = openTestDatabase();
  const house = { ...bareHouse, doctor };
  return houseApi(
    { database, now: () => Temporal.Instant.fromEpochMilliseconds(0), house },
    () => new Response(),
  );
}
const told = async (reply: Response) => [reply.status, reply.headers.get("Content-Type"), await reply.json()];

test("a host that has no doctor says where it runs", async () => {
  const reply = await apiWith(null).request("/api/v1/doctor");
  expect(await told(reply)).toEqual([
    404,
    "application/problem+json",
    expect.objectContaining({ status: 404, detail: expect.stringContaining("npx nashra doctor") }),
  ]);
});

test("a doctor that is not done in forty seconds is not waited for", async () => {
  vi.useFakeTimers();
  const asked = apiWith(() => new Promise(() => undefined)).request("/api/v1/doctor");
  await vi.advanceTimersByTimeAsync(39_000);
  const early = await Promise.race([asked, "nothing yet"]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(early).toBe("nothing yet");
  expect(await told(await asked)).toEqual([
    503,
    "application/problem+json",
    expect.objectContaining({ status: 503, detail: expect.stringContaining("forty seconds") }),
  ]);
});
