// The baseline: as little as an answer with Hono on @hono/node-server takes. Constant bytes, constant headers, and a 304 to the
// one validator. Started by processes.ts with a file of what to answer.
import { readFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";

const recordings = z.array(
  z.object({
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    etag: z.string(),
    body: z.base64(),
  }),
);
export type Recording = z.output<typeof recordings>[number];

const app = new Hono();
for (const { path, headers, etag, body } of recordings.parse(
  JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")),
)) {
  const bytes = new Uint8Array(Buffer.from(body, "base64"));
  const { "content-type": _, "content-length": __, "content-encoding": ___, ...unchanged } = headers;
  app.get(path, (c) =>
    c.req.header("if-none-match") === etag ? c.body(null, 304, unchanged) : c.body(bytes, 200, headers),
  );
}
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) =>
  process.stdout.write(`The bare server serves http://127.0.0.1:${port}/\n`),
);
process.once("SIGTERM", () => server.close());
