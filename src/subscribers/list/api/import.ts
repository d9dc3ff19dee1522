// POST /api/v1/subscribers/import: a list in the body of a request.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { instantText, problem } from "../../../web/index.ts";
import { columnNames } from "../columns.ts";
import { UnreadableList } from "../csv.ts";
import { importList } from "../import.ts";
import { saidColumns } from "../layout.ts";
import { fileOf } from "../memory.ts";
import { previewImport, previewRow } from "../preview.ts";
import type { ReportedRow } from "../report.ts";
import type { ImportDeps } from "../rows.ts";
import { type Names, named } from "../wanted.ts";
import { rowWords } from "../words.ts";
import { json, type ListApiDeps, type ListApiEnv, refusals, security } from "./shared.ts";

/** Refused rows that an import tells one by one. */
const mostTold = 100;

const bothWords = z.object({ ar: z.string(), en: z.string() });
const countsJson = z.object({
  rows: z.int(),
  added: z.int().openapi({ description: "Rows that gave somebody a digest." }),
  others: z.record(z.string(), z.int()).openapi({
    description:
      "The others by what became of them: refused, duplicate, known, left, suppressed-REASON, erased.",
  }),
});

const route = createRoute({
  method: "post",
  path: "/api/v1/subscribers/import",
  summary: "Take over a list of people who agreed (administrators)",
  description:
    "Of 2 MB at most; `nashra subscriber import` takes files of any size. The same list with the same query, sent again after it was broken off, goes on where it stopped.",
  security,
  request: {
    query: z.object({
      consent: z
        .string()
        .trim()
        .min(1)
        .max(500)
        .openapi({ description: "How these people agreed; kept with each." }),
      consented_at: instantText.optional(),
      digest: z
        .string()
        .optional()
        .openapi({ description: "Of rows that name none; the first one without it." }),
      section: z
        .string()
        .optional()
        .openapi({ description: "Slugs or titles, separated by commas; all without it." }),
      language: z.enum(["ar", "en"]).default("ar"),
      encoding: z.string().max(40).optional(),
      columns: z
        .string()
        .max(500)
        .optional()
        .openapi({
          description: `What its columns hold, where their headings do not say it: NAME=PLACE separated by commas, such as address=2,language=3, the first place being 1. Names: ${columnNames.join(", ")}. Without it the headings say it; a dry run tells how they are understood.`,
        }),
      name: z.string().max(200).default("list by API"),
      dry_run: z.enum(["true", "false"]).default("false"),
    }),
    body: { required: true, content: { "text/csv": { schema: z.string() } } },
  },
  responses: {
    200: json(
      z.object({
        import: z.int().nullable().openapi({ description: "Its id; null for a dry run." }),
        counts: countsJson,
        refused: z
          .array(z.object({ row: z.int(), text: z.string(), outcome: z.string(), why: bothWords }))
          .openapi({ description: "The first hundred rows that added nobody; none for a dry run." }),
        read_as: z
          .object({
            encoding: z.string(),
            delimiter: z.string(),
            headings: z.array(z.string()).nullable(),
            columns: z.record(z.string(), z.int()),
            rows: z.array(
              z.object({
                row: z.int(),
                address: z.string().nullable(),
                language: z.enum(["ar", "en"]).nullable(),
                digests: z.string().nullable(),
                consented_at: z.string().nullable(),
                refused: z.string().nullable(),
              }),
            ),
          })
          .nullable()
          .openapi({ description: "How the list was understood, with its first rows; for a dry run." }),
      }),
      "What became of it, or would.",
    ),
    ...refusals,
  },
});

export function importApi(deps: ListApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const { database, now } = deps;
  const app = new OpenAPIHono<ListApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  app.openapi(route, async (c) => {
    const query = c.req.valid("query");
    const names = await deps.names();
    const digest = query.digest === undefined ? names.digests[0] : named(names.digests, query.digest);
    const asked = (query.section ?? "").split(",").filter((name) => name.trim() !== "");
    const sections = asked.flatMap((name) => named(names.sections, name)?.id ?? []);
    if (!digest || sections.length < asked.length)
      return problem(c, {
        status: 422,
        title: "Unknown digest or section",
        detail: `There are the digests ${listed(names.digests)} and the sections ${listed(names.sections)}.`,
      });
    const columns = query.columns === undefined ? null : saidColumns(query.columns);
    if (query.columns !== undefined && columns === null)
      return problem(c, {
        status: 422,
        title: "Columns that cannot be",
        detail: `"${query.columns}" is not NAME=PLACE separated by commas, each once and address among them. Names: ${columnNames.join(", ")}.`,
      });
    const request = {
      consent: query.consent,
      consentedAt: query.consented_at === undefined ? null : Temporal.Instant.from(query.consented_at),
      digest: digest.id,
      sections,
      language: query.language,
      zone: await deps.zone(),
      encoding: query.encoding ?? null,
      ...(columns && { columns }),
    };
    const importing: ImportDeps = { database, names, actor: c.get("actor"), now: now() };
    const file = await fileOf(query.name, new Uint8Array(await c.req.arrayBuffer()));
    try {
      if (query.dry_run === "true") {
        const { layout, sample, counts } = await previewImport(importing, file, request);
        const { encoding, delimiter, headings, columns } = layout;
        const rows = sample.map((it) => previewRow(it, names));
        const readAs = { encoding, delimiter, headings: headings && [...headings], rows };
        return c.json(
          { import: null, counts, refused: [], read_as: { ...readAs, columns: Object.fromEntries(columns) } },
          200,
        );
      }
      const told: ReportedRow[] = [];
      const { id, counts } = await importList(importing, file, request, async (rows) => {
        for await (const row of rows) if (told.push(row) === mostTold) break;
      });
      const refused = told.map((it) => ({
        row: it.row,
        text: it.text,
        outcome: it.outcome,
        why: { ar: rowWords.ar(it), en: rowWords.en(it) },
      }));
      return c.json({ import: id, counts, refused, read_as: null }, 200);
    } catch (error) {
      if (!(error instanceof UnreadableList)) throw error;
      return problem(c, { status: 422, title: "Unreadable list", detail: error.message });
    }
  });

  return app;
}

const listed = (all: Names["digests"]) => all.map(({ slug: name }) => name).join(", ") || "none";
