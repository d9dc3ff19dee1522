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

/** The id of a row, as it stands in a path: decimal digits, and no other way to write the number. */
export const idInPath = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "it is no id, which is a number such as 12")
  .transform(Number);

/** An instant of a request (RFC 3339), as `Temporal.Instant.from` takes it. */
export const instantText = z.iso
  .datetime({ offset: true })
  .refine((it) => !/\.\d{10}/.test(it), "it has more than nine digits of a second");
