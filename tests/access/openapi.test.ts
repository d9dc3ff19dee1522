// What the API says of itself: every door of it is described, and whatever is described has its door.
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { apiDoors } from "../../src/api-doors.ts";
import { startNashra } from "../support/nashra.ts";

const nashra = await startNashra();
afterAll(() => nashra.stop());

const operation = z.looseObject({
  summary: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
});
const document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});
const told = document.parse(await (await nashra.get("/api/openapi.json")).json());
const operations = Object.entries(told.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, it]) => ({ name: `${method.toUpperCase()} ${path}`, it })),
);

test("every door of the API stands in its description, and the reverse", () => {
  const doors = apiDoors.map(
    ([method, path]) => `${method} ${path.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}")}`,
  );
  expect(new Set(doors).size).toBe(doors.length);
  expect(operations.map(({ name }) => name).toSorted()).toEqual(doors.toSorted());
});

test.each(operations)("$name says what it does, what it takes of a token, and how it refuses", ({ it }) => {
  expect(it.summary).not.toBe("");
  expect(it.security).toEqual([{ token: [] }]);
  expect(Object.keys(it.responses)).toEqual(expect.arrayContaining(["401", "403"]));
});
