// Whether a domain takes mail, by the system's own resolver, remembered for a while.
import { Resolver } from "node:dns/promises";
import type { MailDomains } from "../platform/index.ts";

type Answer = Awaited<ReturnType<MailDomains>>;

/** Somebody waits for the page. */
const longestMilliseconds = 2000;

/** Domains remembered; the one that was asked for longest ago goes first. */
const mostRemembered = 2000;

/** Lookups under way at once: with more, a flood of made-up domains would have us flood our resolver. */
const mostAtOnce = 32;

/** A domain that takes mail goes on taking it; one that takes none may be mended; a resolver that was silent may be back. */
const rememberedSeconds: Readonly<Record<Answer, number>> = {
  "takes-mail": 60 * 60,
  "takes-none": 5 * 60,
  unknown: 30,
};

/** @param options.servers `address:port` of resolvers to ask instead of the system's */
export function mailDomains(
  options: { servers?: readonly string[]; milliseconds?: () => number } = {},
): MailDomains {
  const { milliseconds = () => performance.now() } = options;
  const remembered = new Map<string, { answer: Answer; until: number }>();
  const underWay = new Map<string, Promise<Answer>>();

  const remember = (domain: string, answer: Answer): Answer => {
    remembered.delete(domain);
    remembered.set(domain, { answer, until: milliseconds() + rememberedSeconds[answer] * 1000 });
    if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value ?? "");
    return answer;
  };

  return async (domain) => {
    const known = remembered.get(domain);
    if (known && known.until > milliseconds()) return known.answer;
    const asked = underWay.get(domain);
    if (asked) return asked;
    if (underWay.size >= mostAtOnce) return "unknown";
    const asking = ask(domain, options.servers)
      .then((answer) => remember(domain, answer))
      .finally(() => underWay.delete(domain));
    underWay.set(domain, asking);
    return asking;
  };
}

async function ask(domain: string, servers: readonly string[] | undefined): Promise<Answer> {
  const resolver = new Resolver({ timeout: longestMilliseconds, tries: 1 });
  if (servers) resolver.setServers(servers);
  // With several servers the resolver would ask one after the other; cancelled, what it still asks fails.
  const timer = setTimeout(() => resolver.cancel(), longestMilliseconds);
  try {
    const mx = await found(() => resolver.resolveMx(domain));
    if (mx === "no-such") return (await isConnected(resolver)) ? "takes-none" : "unknown";
    if (mx === "unknown") return mx;
    // RFC 7505 §3: a single record that names the root.
    if (mx.length > 0)
      return mx.every(({ exchange }) => exchange === "" || exchange === ".") ? "takes-none" : "takes-mail";
    // RFC 5321 §5.1: without MX records, the domain's own address is its mail server.
    for (const addresses of [() => resolver.resolve4(domain), () => resolver.resolve6(domain)]) {
      const hosts = await found(addresses);
      if (hosts === "unknown") return hosts;
      if (hosts !== "no-such" && hosts.length > 0) return "takes-mail";
    }
    return "takes-none";
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the resolver knows the world: in a network of its own it says of every name that there is none. */
async function isConnected(resolver: Resolver): Promise<boolean> {
  const servers = await found(() => resolver.resolveNs("com"));
  return Array.isArray(servers) && servers.length > 0;
}

/** The records, none if the domain has none of this kind. */
async function found<Row>(resolve: () => Promise<Row[]>): Promise<Row[] | "no-such" | "unknown"> {
  try {
    return await resolve();
  } catch (error) {
    const { code } = Object(error);
    if (code === "ENODATA") return [];
    return code === "ENOTFOUND" ? "no-such" : "unknown";
  }
}
