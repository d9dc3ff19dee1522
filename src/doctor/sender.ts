// All that DNS must say for one sender's domain and what sends its mail.
import type { Dns } from "./dns.ts";
import type { Finding } from "./finding.ts";
import {
  checkBounceHost,
  checkDkim,
  checkDmarc,
  checkReverseName,
  noBounceHost,
  type SigningRecord,
  unsigned,
} from "./names.ts";
import { checkSpf } from "./spf.ts";

export type SenderDomain = {
  /** The address in From. */
  mailFrom: string;
  domain: string;
  /** The host in MAIL FROM; null where that is `mailFrom`. */
  bounce: string | null;
  /** The keys that sign now. */
  keys: readonly SigningRecord[];
  /** Addresses that its mail leaves from, and what is known of them; none where nobody knows. */
  outgoing: readonly string[];
  /** The relay's own name; null where it is this machine, or there is none. */
  relay: string | null;
  /** What calls itself how at these addresses. */
  hello: string | null;
  /** Who has reports sent, where there is no address yet. */
  reports: string;
  /** A name for the server that takes what comes back. */
  inbound: string;
};

/** How many addresses are asked for their names. */
const mostAddresses = 8;

/** In the order of the ways that a mail goes. Asks DNS some dozen times. */
export async function checkSender(dns: Dns, sender: SenderDomain): Promise<Finding[]> {
  const { domain, bounce, keys, outgoing, relay, hello } = sender;
  const via = relay
    ? `a:${relay}`
    : outgoing.map((it) => (it.includes(":") ? `ip6:${it}` : `ip4:${it}`)).join(" ") || "mx";
  const findings = await Promise.all([
    ...[...new Set([bounce ?? domain, domain])].map((it) => checkSpf(dns, it, outgoing, via)),
    ...(keys.length === 0 ? [unsigned(domain)] : keys.map((key) => checkDkim(dns, key))),
    checkDmarc(
      dns,
      domain,
      bounce ?? domain,
      keys.map(({ name }) => name.slice(name.indexOf("._domainkey.") + "._domainkey.".length)),
      sender.reports,
    ),
    bounce === null ? noBounceHost(sender.mailFrom) : checkBounceHost(dns, bounce, sender.inbound),
    ...outgoing.slice(0, mostAddresses).map((address) => checkReverseName(dns, address, hello)),
  ]);
  // Of the domain in From, SPF is a good habit where another stands in MAIL FROM: that one decides.
  return findings.map((it) =>
    it.check === "spf" && bounce !== null && it.subject === domain && it.state === "broken"
      ? { ...it, state: "warning" }
      : it,
  );
}
