// Errors for programs: problem details as RFC 9457 has them.
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

type Problem<Status extends ContentfulStatusCode> = {
  status: Status;
  /** The same words each time this kind of problem occurs. */
  title: string;
  /** What is wrong this time and what to do about it. */
  detail?: string;
  /** A URI that names the kind of problem; without one the status says it all (§4.2.1). */
  type?: string;
  /** A URI of this occurrence. */
  instance?: string;
};

/**
 * Replies with `application/problem+json`.
 *
 * @param it the problem; whatever else it holds goes out as an extension member (§3.2), so nothing secret
 */
export function problem<Status extends ContentfulStatusCode, It extends Problem<Status>>(
  c: Context,
  it: It & { status: Status },
) {
  return c.json({ type: "about:blank", ...it }, it.status, {
    "Content-Type": "application/problem+json",
  });
}
