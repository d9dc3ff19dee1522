// Mail that Cloudflare's Email Routing hands to the Worker: what comes back is taken here, as the listener takes it on Node.
import type { Config, Keyring } from "../config.ts";
import {
  mostInboundBytes,
  readReturnPath,
  recipientOf,
  type TakeMailDeps,
  takeMail,
} from "../delivery/index.ts";
import { listDigests } from "../digests/index.ts";
import type { Log } from "../platform/index.ts";
import { type HourlyCount, hourly } from "./inbound-limits.ts";
import { bounded } from "./reach.ts";

/** As Cloudflare hands it over (ForwardableEmailMessage). */
export type RoutedEmail = {
  to: string;
  raw: ReadableStream<Uint8Array>;
  rawSize: number;
  /** The sender is told so, for good. */
  setReject: (reason: string) => void;
  /** To an address that Email Routing knows as verified. */
  forward: (to: string) => Promise<unknown>;
};

type Deps = Omit<TakeMailDeps, "digests"> & { config: Config; keys: Keyring; log: Log };

/**
 * Takes one mail. What it throws Cloudflare tells the sender as a failure for the time being, so that the mail comes again.
 *
 * @param within counts mails by the letter they are for; an isolate's own, so that the limits are some times higher than on Node
 */
export async function takeEmail(deps: Deps, within: HourlyCount, email: RoutedEmail): Promise<void> {
  const { config, keys, database, now, log } = deps;
  const { mailFrom, mailLeave, mailBounce, mailPostmaster } = config;
  if (mailBounce === null)
    throw new Error("Mail came in, but NASHRA_MAIL_BOUNCE is not set. Set the host that bounces come to.");
  const kind = await recipientOf({ keys, mailFrom, mailLeave, mailBounce }, email.to);
  if (kind === null) return email.setReject("No such address here, and we relay nothing");
  const letter = kind === "letter" ? await readReturnPath(keys, email.to) : null;
  if (!within(letter ? `${letter.table} ${letter.id}` : kind, hourly[kind]))
    throw new Error("Too much mail for one address in this hour.");
  const mail = email.rawSize > mostInboundBytes ? null : await bounded(email.raw, mostInboundBytes);
  if (mail === null) return email.setReject(`A mail of at most ${mostInboundBytes} bytes is taken`);
  const digests = () => listDigests(database.db);
  const took = await takeMail({ database, keys, now, digests }, mail, email.to);
  log.info({ took }, "mail came in");
  if (kind === "person" && took.did === "ignored" && took.why !== "progress") {
    if (!within("forwards", hourly.forwards)) throw new Error("Too much mail for a person in this hour.");
    await email.forward(mailPostmaster);
  }
}
