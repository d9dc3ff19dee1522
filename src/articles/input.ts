// An article as it comes in: the schema of the API, used by import and sources as well. Parsed once, here.
import { z } from "@hono/zod-openapi";

const instantError = "give a date and time with its offset, such as 2026-03-01T07:00:00+03:00";
const instant = z.iso
  .datetime({ offset: true, error: instantError })
  .refine(isInstant, instantError)
  .openapi({ format: "date-time", example: "2026-03-01T07:00:00+03:00" });

/** No text holds these; ids and addresses are stored as they stand. */
const control = /[\p{Cc}\p{Noncharacter_Code_Point}]/u;

const webUrl = z
  .url({ protocol: /^https?$/, error: "give an absolute http or https URL" })
  .max(2000)
  .refine((url) => !control.test(url), "give a URL without control characters");

const names = (of: string) => z.array(z.string().trim().min(1).max(120)).max(30).openapi({ description: of });

const image = z
  .strictObject({
    url: webUrl,
    type: z
      .string()
      .regex(/^image\/[a-z0-9.+-]+$/)
      .nullish(),
    length: z.int().positive().nullish().openapi({ description: "octets" }),
    width: z.int().positive().nullish().openapi({ description: "pixels" }),
    height: z.int().positive().nullish().openapi({ description: "pixels" }),
    alt: z.string().max(500).nullish(),
    credit: z.string().max(200).nullish(),
  })
  .openapi({ description: "The article's picture." });

export const articleInput = z
  .strictObject({
    external_id: z
      .string()
      .trim()
      .min(1)
      .max(2000)
      .refine(
        (id) => id.isWellFormed() && !control.test(id),
        "give well-formed Unicode without control characters",
      )
      .openapi({
        description:
          "The publisher's own id. Sent again, it is a revision of the same article. An IRI becomes the guid.",
        example: "press-2026-0117",
      }),
    title: z.string().trim().min(1).max(500),
    summary: z
      .string()
      .trim()
      .max(2000)
      .nullish()
      .openapi({ description: "Without one, the first paragraph is cut at a sentence." }),
    body_html: z.string().min(1).max(1_000_000).openapi({ description: "HTML; cleaned by an allow-list." }),
    url: webUrl
      .nullish()
      .openapi({ description: "The publisher's page; without one, the article gets a page here." }),
    sections: names("Slugs or exact titles of known sections; the first is the main one.").min(1),
    tags: names("Names of tags.").default([]),
    authors: names("Names of authors.").default([]),
    source_name: z.string().trim().min(1).max(200).nullish().openapi({
      description: "Whom it is attributed to; without one it is the paper's own report.",
    }),
    image: image.nullish(),
    published_at: instant.nullish().openapi({
      description: "Without one: the time it was first seen. In the future: an embargo.",
    }),
    updated_at: instant.nullish(),
    importance: z.literal([0, 1, 2, 3]).default(0),
    correction: z.string().trim().min(1).max(1000).nullish().openapi({
      description: "A sentence to readers that says what was put right.",
    }),
  })
  .openapi("ArticleInput");

/** An article as given: checked, not yet cleaned. */
export type ArticleInput = z.output<typeof articleInput>;

/** What a change may hold: any of the fields but the id. */
export const articleChange = articleInput
  .omit({ external_id: true, tags: true, authors: true, importance: true })
  .extend({
    tags: names("Names of tags."),
    authors: names("Names of authors."),
    importance: z.literal([0, 1, 2, 3]),
  })
  .partial()
  .openapi("ArticleChange");

/** The schema lets more digits of a second pass than an instant can hold. */
function isInstant(text: string): boolean {
  try {
    const { year } = Temporal.Instant.from(text).toZonedDateTimeISO("UTC");
    return year >= 1000 && year <= 9999; // what dates in feeds can say
  } catch {
    return false;
  }
}
