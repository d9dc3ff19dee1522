// JSON Feed 1.1 as a schema that knows no other fields, and no null.
import { z } from "zod";
import { htmlFaults, isMediaType, isRfc3339, isWebUrl, twice, unless } from "./valid-values.ts";

const uri = z.string().refine(isWebUrl, "no absolute URL");
const name = z.string().min(1);
const authors = z.array(z.strictObject({ name, url: uri.optional(), avatar: uri.optional() })).min(1);
const date = z.string().refine(isRfc3339, "no date of RFC 3339");

/** JSON Feed 1.1, with the fields that it only recommends required where we always have them. */
const jsonFeed = z.strictObject({
  version: z.literal("https://jsonfeed.org/version/1.1"),
  title: name,
  home_page_url: uri,
  feed_url: uri,
  description: name.optional(),
  next_url: uri.optional(),
  icon: uri.optional(),
  favicon: uri.optional(),
  authors,
  language: z.string().regex(/^[a-z]{2,3}$/),
  expired: z.boolean().optional(),
  hubs: z
    .array(z.strictObject({ type: name, url: uri }))
    .min(1)
    .optional(),
  items: z.array(
    z.strictObject({
      id: name,
      url: uri,
      external_url: uri.optional(),
      title: name,
      content_html: z.string(),
      summary: name.optional(),
      image: uri.optional(),
      banner_image: uri.optional(),
      date_published: date,
      date_modified: date,
      authors: authors.optional(),
      tags: z.array(name).optional(),
      language: z.string().optional(),
      attachments: z
        .array(
          z.strictObject({
            url: uri,
            mime_type: z.string().refine(isMediaType),
            size_in_bytes: z.int().optional(),
          }),
        )
        .min(1)
        .optional(),
    }),
  ),
});

/** What is wrong with a JSON Feed, a sentence each. */
export function jsonFaults(document: string, selfUrl: URL): string[] {
  const { success, data, error } = jsonFeed.safeParse(JSON.parse(document));
  if (!success) return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return [
    ...unless(
      [data.feed_url === selfUrl.href, `feed_url is ${data.feed_url}, and not ${selfUrl.href}`],
      [data.next_url !== data.feed_url, "next_url leads back to the feed"], // JSON Feed 1.1, "next_url": must not
    ),
    ...twice(data.items.map(({ id }) => id)).map((id) => `${id} stands in the feed twice`),
    ...data.items.flatMap(({ content_html, id, date_published, date_modified }) => [
      ...htmlFaults(content_html),
      ...unless([
        Date.parse(date_modified) >= Date.parse(date_published),
        `${id} changed before it was there`,
      ]),
    ]),
  ];
}
