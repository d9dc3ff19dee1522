// The load, from a process of its own: a fixed number of requests, told by processes.ts, one after the other on each connection.
import autocannon from "autocannon";
import { z } from "zod";

const job = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  requests: z.int(),
  /** What every answer must be. */
  status: z.literal([200, 304]),
});
export type Job = z.output<typeof job>;
export type Loaded = { perSecond: number } | { wrong: string };

const connections = 20;
/** It ends at the end of a sample; a second, its default, would round the rates. In milliseconds. */
const sampleInt = 20;

/**
 * It would put every body together as text, which takes a millisecond for 80 kB that are none: the servers would wait for it
 * nine tenths of the time, and what they do while they wait would be counted as what a request costs.
 */
const leaveBodies = (client: autocannon.Client): void => {
  Object.assign(Reflect.get(client, "pipelinedRequests"), { addBody: () => {} });
};

process.on("message", async (message) => {
  const { url, headers, requests, status } = job.parse(message);
  const started = performance.now();
  const result = await autocannon({
    url,
    headers,
    amount: requests,
    connections,
    pipelining: 1,
    sampleInt,
    setupClient: leaveBodies,
  });
  const seconds = (performance.now() - started) / 1000;
  const right = status === 200 ? result["2xx"] : result["3xx"];
  const loaded: Loaded =
    right === requests && result.errors === 0
      ? { perSecond: requests / seconds }
      : { wrong: `${url}: ${right} of ${requests} answers were ${status}, ${result.errors} failed.` };
  process.send?.(loaded);
});
