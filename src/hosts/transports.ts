// Several ways out for mail: which of them carries a sender's, and what happens when one cannot be reached. On both hosts.
import type { TransportDomains } from "../config.ts";
import { domainOf } from "../mail/index.ts";
import type { Mailer, SendOutcome, Transport } from "../platform/index.ts";

/** One that failed is left alone so long, then twice as long, up to the most; then one letter tries it. */
const firstRestSeconds = 30;
const mostRestSeconds = 600;

type Unsent = Extract<SendOutcome, { kind: "not-sent" }> & { transport: string };
type Route = {
  name: string;
  transport: Transport;
  restsUntil: number;
  restSeconds: number;
  /** A letter is under way that shows whether it is well again. */
  probed: boolean;
  /** When its server last said yes or no to a letter. */
  answeredAt: number;
};

/**
 * Sends each message by the first of its sender's transports that is well. What certainly was not sent goes by the next, in the same
 * try, with the same bytes and envelope; nothing else does: what is in doubt, or was refused, is for the ledger.
 *
 * @param transports at least one, in the order in which they stand in for each other
 * @param domains those of some senders' domains; all transports carry the others
 * @param clock milliseconds that only grow
 */
export function routedMailer(
  transports: readonly { name: string; transport: Transport }[],
  domains: TransportDomains,
  clock: () => number = () => performance.now(),
): Mailer {
  const routes = new Map(
    transports.map(({ name, transport }): [string, Route] => [
      name,
      {
        name,
        transport,
        restsUntil: Number.NEGATIVE_INFINITY,
        restSeconds: 0,
        probed: false,
        answeredAt: Number.NEGATIVE_INFINITY,
      },
    ]),
  );
  const everyName = [...routes.keys()];
  const routesFor = (sender: string): Route[] => {
    const names = domains.get(domainOf(sender).toLowerCase()) ?? domains.get("*") ?? everyName;
    return names.flatMap((name) => routes.get(name) ?? []);
  };
  const isWell = (route: Route) => route.restSeconds === 0;
  const mayBeTried = (route: Route) => isWell(route) || (!route.probed && route.restsUntil <= clock());

  /** In which order they are tried now. Where all rest the first is tried all the same: who sends then stops by itself. */
  const tried = (sender: string): Route[] => {
    const all = routesFor(sender);
    const able = all.filter(mayBeTried);
    return able.length > 0 ? able : all.slice(0, 1);
  };

  /** Notes how a transport does. A server that answered since the letter began is not away, whatever became of this one. */
  function judge(route: Route, outcome: SendOutcome, since: number): void {
    if (outcome.kind === "accepted" || outcome.kind === "refused") {
      route.answeredAt = clock();
      route.restSeconds = 0;
    } else if (outcome.kind === "not-sent" && route.answeredAt < since) {
      // Others that began before it was known to be away do not double its rest.
      if (!isWell(route) && route.restsUntil > since) return;
      route.restSeconds = Math.min(Math.max(route.restSeconds * 2, firstRestSeconds), mostRestSeconds);
      route.restsUntil = clock() + route.restSeconds * 1000;
    }
  }

  return {
    async send({ sender, ...envelope }, message, steps) {
      let unsent: Unsent = {
        kind: "not-sent",
        reply: "no relay carries this sender's mail",
        transport: "none",
      };
      let last: { transport: string; reply: string } | null = null;
      const barred: { transport: string; reply: string }[] = [];
      const told = () => (barred.length > 0 ? { barredBy: barred } : {});
      for (const { name } of tried(sender)) {
        const route = routes.get(name);
        if (!route) continue;
        if (last) barred.push(last);
        last = null;
        let asked = false;
        let passedOn = false;
        const since = clock();
        const probes = !isWell(route);
        if (probes) route.probed = true;
        try {
          const outcome = await route.transport.send(envelope, message, {
            mayLeave() {
              asked = true;
              return steps.mayLeave();
            },
            async over(it) {
              const unsent = it.kind === "not-sent";
              // Nothing of it was written down yet: another may have it.
              passedOn = unsent && !asked;
              if (passedOn || !unsent) judge(route, it, since);
              if (!passedOn) await steps.over({ ...it, transport: name, ...told() });
            },
          });
          if (!passedOn) return { ...outcome, transport: name, ...told() };
          // That we were not let in is kept: then the way rests until somebody puts that right.
          const fault = outcome.kind === "not-sent" ? outcome.fault : undefined;
          last = fault ? { transport: name, reply: outcome.reply } : null;
          unsent = { kind: "not-sent", reply: outcome.reply, transport: name, ...(fault ? { fault } : {}) };
        } finally {
          if (probes) route.probed = false;
        }
      }
      const result = { ...unsent, ...told() };
      await steps.over(result);
      return result;
    },
    transportFor: (sender) => (tried(sender)[0] ?? { name: "none" }).name,
    async close() {
      await Promise.all(transports.map(({ transport }) => transport.close()));
    },
  };
}
