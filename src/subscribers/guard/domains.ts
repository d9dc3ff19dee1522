// Which domains' addresses are taken. It depends on the domain alone.
import type { MailDomains } from "../../platform/index.ts";
import type { Publisher } from "../../settings/index.ts";

/** `refused`: the publisher's own list; `disposable`: a provider of addresses for minutes; `no-mail`: nothing can be sent there. */
export type DomainProblem = "refused" | "disposable" | "no-mail";

export type DomainRules = Pick<Publisher, "disposable" | "refusedDomains">;

/** What is wrong with a domain, or null. @param domain in A-labels */
export async function domainProblem(
  domain: string,
  { disposable, refusedDomains }: DomainRules,
  mailDomains: MailDomains,
): Promise<DomainProblem | null> {
  if (isListed(domain, refusedDomains.split(", "))) return "refused";
  if (disposable === "refuse" && isListed(domain, await disposableDomains())) return "disposable";
  if (isSpecialUse(domain)) return null;
  return (await mailDomains(domain)) === "takes-none" ? "no-mail" : null;
}

/** Whether a list has the domain or one above it. */
function isListed(domain: string, list: readonly string[]): boolean {
  for (let rest = domain; rest !== ""; ) {
    if (list.includes(rest)) return true;
    const dot = rest.indexOf(".");
    rest = dot < 0 ? "" : rest.slice(dot + 1);
  }
  return false;
}

/** Some nine thousand domains, loaded where they are refused and nowhere else. */
async function disposableDomains(): Promise<readonly string[]> {
  const { disposableEmailBlocklist } = await import("disposable-email-domains-js");
  return disposableEmailBlocklist();
}

/** Names that no DNS is asked for (RFC 6761, RFC 7686, RFC 9476): samples and tests have their addresses there. */
export function isSpecialUse(domain: string): boolean {
  return /(^|\.)(test|invalid|localhost|local|example|example\.(com|net|org)|onion|alt|internal|home\.arpa)$/.test(
    domain,
  );
}
