// DNS for the doctor, by the system's own resolver. It ends in bounded time, whoever answers.
import { Resolver } from "node:dns/promises";
import type { Answer, Dns } from "../../doctor/index.ts";

/** After so long all that is still asked counts as not answered. */
const allSeconds = 15;

/** Names that are asked for in all: records of others can name many. */
const mostQuestions = 200;

/** @param options.servers `address:port` of resolvers to ask instead of the system's */
export function doctorDns(options: { servers?: readonly string[]; seconds?: number } = {}) {
  const { servers, seconds = allSeconds } = options;
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  if (servers) resolver.setServers(servers);
  let over = false;
  let questions = 0;
  const timer = setTimeout(() => {
    over = true;
    resolver.cancel();
  }, seconds * 1000);
  timer.unref();
  const asked = new Map<string, Promise<Answer<unknown>>>();

  async function ask<Row>(resolve: () => Promise<Row[]>): Promise<Answer<Row>> {
    if (over || ++questions > mostQuestions) return { kind: "unknown" };
    try {
      const rows = await resolve();
      return rows.length > 0 ? { kind: "found", rows } : { kind: "none" };
    } catch (error) {
      const { code } = Object(error);
      // EBADNAME: such a name cannot be.
      return { kind: ["ENODATA", "ENOTFOUND", "EBADNAME"].includes(code) ? "none" : "unknown" };
    }
  }

  /** In a network of its own a resolver says of every name that it is not there. */
  const isConnected = async (): Promise<boolean> => {
    const known = asked.get("com") ?? ask(() => resolver.resolveNs("com"));
    asked.set("com", known);
    return (await known).kind === "found";
  };

  async function sure<Row>(resolve: () => Promise<Row[]>): Promise<Answer<Row>> {
    const answer = await ask(resolve);
    return answer.kind === "none" && !(await isConnected()) ? { kind: "unknown" } : answer;
  }

  const dns: Dns = {
    txt: (name) => sure(async () => (await resolver.resolveTxt(name)).map((pieces) => pieces.join(""))),
    mx: (name) =>
      sure(async () =>
        (await resolver.resolveMx(name))
          .map(({ priority, exchange }) => ({ preference: priority, host: exchange.toLowerCase() }))
          .sort((a, b) => a.preference - b.preference),
      ),
    async addresses(name) {
      const [four, six] = await Promise.all([
        sure(() => resolver.resolve4(name)),
        sure(() => resolver.resolve6(name)),
      ]);
      const rows = [four, six].flatMap((it) => (it.kind === "found" ? it.rows : []));
      if (rows.length > 0) return { kind: "found", rows };
      return { kind: four.kind === "unknown" || six.kind === "unknown" ? "unknown" : "none" };
    },
    names: (address) => sure(() => resolver.reverse(address)),
  };
  const close = () => {
    clearTimeout(timer);
    resolver.cancel();
  };
  return { dns, isConnected, close };
}
