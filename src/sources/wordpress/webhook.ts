// A WordPress site tells at once that a post changed. It is believed that there is something to ask for, and nothing more:
// what the post is now, the source asks the site itself.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { type Clock, isHmac } from "../../platform/index.ts";
import { problem } from "../../web/index.ts";
import type { SourceId } from "../source.ts";

export type WebhookDeps = {
  now: Clock;
  /** The source of this name and what its site signs with; null where there is none, or none that has a webhook. */
  signerOf: (slug: string) => Promise<{ id: SourceId; secret: string } | null>;
  /** Takes a call unless it was taken before, which is to be remembered until then. */
  firstTime: (source: SourceId, delivery: string, until: Temporal.Instant) => Promise<boolean>;
  /** Lets the source ask for this post soon; who called is not kept waiting for it. */
  hint: (source: SourceId, remoteId: string) => Promise<unknown>;
};

/** Where a source's site sends its calls. */
export const webhookPath = (slug: string): string => `/inbound/wordpress/${encodeURIComponent(slug)}`;

const largestBody = 4096;

/** How far the clocks may differ, in seconds. A call is no older, so nobody keeps one to play it again later. */
const farthest = 300;

const call = z.object({
  /** `test` asks whether address, secret and clock are right. */
  event: z.enum(["publish", "update", "trash", "delete", "test"]),
  /** WordPress counts posts from 1; a test is about none. */
  post: z.int().min(0),
  at: z.int().min(0).max(1e11),
  /** Random, and new with each try. */
  delivery: z.string().regex(/^[\w-]{16,64}$/),
});

/** `test` is a call that asks for nothing. `why` is a sentence for whoever set up the site. */
export type Told =
  | { kind: "post"; remoteId: string; delivery: string; until: Temporal.Instant }
  | { kind: "test"; delivery: string; until: Temporal.Instant }
  | { kind: "unsigned" }
  | { kind: "malformed"; why: string };

/**
 * Reads a call: first who signed it, and only then what it says.
 *
 * @param secret null where nobody could have signed it, which takes as long and is told as a wrong signature is
 * @param signature the header `X-Nashra-Signature`: `sha256=` and the HMAC-SHA-256 of the whole body, in hex
 */
export async function readCall(
  secret: string | null,
  signature: string | null,
  body: Uint8Array<ArrayBuffer>,
  now: Temporal.Instant,
): Promise<Told> {
  const signed = await isSigned(secret || "nobody's", signature ?? "", body);
  if (!secret || !signed) return { kind: "unsigned" };
  const parsed = call.safeParse(jsonOf(body));
  if (!parsed.success)
    return {
      kind: "malformed",
      why: "The body is JSON with event, post, at and delivery, as the plugin writes it.",
    };
  const { event, post, at, delivery } = parsed.data;
  const when = Temporal.Instant.fromEpochMilliseconds(at * 1000);
  if (Math.abs(now.epochMilliseconds / 1000 - at) > farthest)
    return {
      kind: "malformed",
      why: `The call says it is ${when}, here it is ${now.round("second")}: set the clocks right.`,
    };
  // Twice as long as it would be taken, since the clock goes on between the two looks at it.
  const seen = { delivery, until: when.add({ seconds: 2 * farthest }) };
  if (event === "test") return { kind: "test", ...seen };
  if (post === 0) return { kind: "malformed", why: "The call names no post." };
  return { kind: "post", remoteId: String(post), ...seen };
}

/** `POST /inbound/wordpress/:source`: 202 taken, 200 taken before, 401 not signed by this source's site, 400 or 413 else. */
export function sourceWebhook({ now, signerOf, firstTime, hint }: WebhookDeps) {
  return new Hono().post(
    "/inbound/wordpress/:source",
    bodyLimit({
      maxSize: largestBody,
      onError: (c) =>
        problem(c, { status: 413, title: "Too large", detail: `A call has at most ${largestBody} bytes.` }),
    }),
    async (c) => {
      const slug = c.req.param("source");
      const signer = slug.length <= 200 ? await signerOf(slug.normalize("NFC")) : null;
      const body = new Uint8Array(await c.req.arrayBuffer());
      const signature = c.req.header("X-Nashra-Signature") ?? null;
      const told = await readCall(signer?.secret ?? null, signature, body, now());
      if (told.kind === "unsigned" || signer === null)
        return problem(c, {
          status: 401,
          title: "Not signed",
          detail:
            "This is not signed with the secret of a source: check address and secret in the plugin's settings.",
        });
      if (told.kind === "malformed")
        return problem(c, { status: 400, title: "Cannot be read", detail: told.why });
      if (!(await firstTime(signer.id, told.delivery, told.until))) return c.json({ result: "repeated" });
      if (told.kind === "post") await hint(signer.id, told.remoteId);
      return c.json({ result: "taken" }, 202);
    },
  );
}

/** What is no signature at all takes as long to refuse. */
const isSigned = (secret: string, header: string, body: Uint8Array<ArrayBuffer>): Promise<boolean> =>
  isHmac("SHA-256", secret, /^sha256=([0-9a-f]{64})$/.exec(header)?.[1] ?? "00".repeat(32), body);

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return null;
  }
}
