// What descriptions of API routes have in common.
import { z } from "zod";

/** A body in JSON, asked for or answered with. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

/** An answer that refuses, in problem details (RFC 9457). */
export const refusal = (description: string) => ({
  description,
  content: {
    "application/problem+json": {
      schema: z.looseObject({ type: z.string(), title: z.string(), status: z.int() }),
    },
  },
});
