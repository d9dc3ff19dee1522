// Nashra on Cloudflare Workers: D1 for the database, Cron Triggers for the clock, SMTP over the runtime's sockets.
// The first import makes `Temporal`, which workerd lacks: everything else is evaluated after it. The second loads at the
// start what the core loads when it needs it: it calls `new Function`, which workerd allows only then.
import "temporal-polyfill/full/global";
import "mjml-browser";
import { waitUntil } from "cloudflare:workers";
import assets from "../../dist/assets.json" with { type: "json" };
import breakingHtml from "../../templates/breaking.mjml";
import breakingText from "../../templates/breaking.txt";
import briefHtml from "../../templates/brief.mjml";
import compactHtml from "../../templates/compact.mjml";
import compactText from "../../templates/compact.txt";
import correctionHtml from "../../templates/correction.mjml";
import correctionText from "../../templates/correction.txt";
import digestHtml from "../../templates/digest.mjml";
import digestText from "../../templates/digest.txt";
import footText from "../../templates/foot.txt";
import frameHtml from "../../templates/frame.mjml";
import headingHtml from "../../templates/heading.mjml";
import issueHtml from "../../templates/issue.mjml";
import issueText from "../../templates/issue.txt";
import issueFooterHtml from "../../templates/issue-footer.mjml";
import issueFooterText from "../../templates/issue-footer.txt";
import leadHtml from "../../templates/lead.mjml";
import letterHtml from "../../templates/letter.mjml";
import letterText from "../../templates/letter.txt";
import storyHtml from "../../templates/story.mjml";
import storyText from "../../templates/story.txt";
import weeklyHtml from "../../templates/weekly.mjml";
import weeklyText from "../../templates/weekly.txt";
import welcomeHtml from "../../templates/welcome.mjml";
import welcomeText from "../../templates/welcome.txt";
import { isLoopback, readConfig, transportsOf } from "../config.ts";
import { sendDue } from "../delivery/index.ts";
import { createLog, mailerOf, type Transport } from "../platform/index.ts";
import { createService, type Service } from "../service.ts";
import type { AllTables } from "../tables.ts";
import { brotli, gzip } from "./compress.ts";
import { type D1, openD1, withBudget } from "./d1.ts";
import { ensureDigest } from "./first-digest.ts";
import { houseOf } from "./house.ts";
import { hourlyCount } from "./inbound-limits.ts";
import { nodemailerTransport } from "./smtp/nodemailer.ts";
import { routedMailer } from "./transports.ts";
import { type RoutedEmail, takeEmail } from "./worker-email.ts";
import { workerCall, workerGet } from "./worker-fetch.ts";

/** The bindings of wrangler.toml; beside them stand the variables and secrets, which config.ts reads. */
type Env = { DB: D1; LETTERS?: Queue; [name: string]: unknown };

/** A queue as its producer sees it. */
type Queue = { sendBatch(messages: readonly { body: string }[]): Promise<unknown> };

/** Messages of a queue as its consumer gets them. */
type Batch = { messages: readonly { timestamp: Date }[] };

const templates: Readonly<Record<string, string>> = {
  "breaking.mjml": breakingHtml,
  "breaking.txt": breakingText,
  "correction.mjml": correctionHtml,
  "correction.txt": correctionText,
  "issue-footer.mjml": issueFooterHtml,
  "issue-footer.txt": issueFooterText,
  "brief.mjml": briefHtml,
  "compact.mjml": compactHtml,
  "compact.txt": compactText,
  "digest.mjml": digestHtml,
  "digest.txt": digestText,
  "foot.txt": footText,
  "frame.mjml": frameHtml,
  "heading.mjml": headingHtml,
  "issue.mjml": issueHtml,
  "issue.txt": issueText,
  "lead.mjml": leadHtml,
  "letter.mjml": letterHtml,
  "letter.txt": letterText,
  "story.mjml": storyHtml,
  "story.txt": storyText,
  "weekly.mjml": weeklyHtml,
  "weekly.txt": weeklyText,
  "welcome.mjml": welcomeHtml,
  "welcome.txt": welcomeText,
};

function builtIn(name: string): string {
  const text = templates[name];
  if (text === undefined)
    throw new Error(`The Worker was built without templates/${name}; worker.ts names them.`);
  return text;
}

/** A Worker may have 6 connections open at once; D1 and DNS want theirs too. */
const connections = 4;

/** Of the same 6: one push and one question at a time beside the letters. */
const lanes = 1;

/** Each takes some four queries, of the 1,000 that D1 allows an event. The clock takes up the rest, a minute later. */
const mostCalls = 100;

/** A burst of a scanner is over then, and an event may go on for thirty seconds behind its reply. */
const clicksAfterSeconds = 12;

/** An isolate has 128 MB for everything. */
const mostFeedMegabytes = 32;

/** A tick ends before the next minute's begins. */
const tickSeconds = 25;

/**
 * D1 refuses more than 1,000 queries of one event, and a letter that left must still be booked. So a tick begins nothing
 * new after these; the rest is for what is under way.
 */
const tickQueries = 700;

/** Letters that one event can send: a letter takes two queries, and what all letters share some more. */
const lettersATurn = 300;

/** Turns that one tick asks for; the next asks for what is left. */
const mostTurns = 40;

/** A consumer has 15 minutes; its queries are over long before. */
const turnSeconds = 600;

/** A turn that waited longer was asked for again since, by a later tick. */
const staleMilliseconds = 120_000;

type Opened =
  | {
      ok: true;
      service: Service;
      prepare: () => Promise<void>;
      fail: (error: unknown, what: string) => void;
      email: (email: RoutedEmail) => Promise<void>;
    }
  | { ok: false; problems: readonly string[] };

/**
 * Builds the service from what wrangler bound. Reads and writes nothing yet.
 *
 * @param pool how many connections to the relay are kept from letter to letter; whoever keeps any closes the mailer. None outlives the
 *   event that opened it.
 */
function openNashra(env: Env, stop?: AbortSignal, pool = 0): Opened {
  const { LETTERS: letters } = env;
  const texts = Object.entries(env).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const reading = readConfig(Object.fromEntries(texts));
  if (!reading.ok) return reading;
  const { config } = reading;
  const problems = [];
  if (config.secret === null) {
    problems.push(
      "NASHRA_SECRET is not set. It signs the links in mails, and a Worker has no folder to keep one in. Make one and keep a copy: npx wrangler secret put NASHRA_SECRET (it takes id:key, the key 32 characters or more).",
    );
  }
  for (const { name, url } of transportsOf(config)) {
    if (url.protocol === "sendmail:")
      problems.push(`The relay ${name} is a program, and a Worker runs none. Use smtps:// or smtp://.`);
    else if (url.port === "25" && !isLoopback(url))
      problems.push(
        `The relay ${name} is at port 25, which Workers cannot reach. Use the relay's port 587 or 465.`,
      );
  }
  if (config.secret === null || problems.length > 0) return { ok: false, problems };

  const transports = transportsOf(config).map(({ name, url }) => ({
    name,
    transport: nodemailerTransport(url, pool),
  }));
  const log = createLog(config.logLevel);
  const now = () => Temporal.Now.instant();
  const database = openD1<AllTables>(env.DB);
  const fail = (error: unknown, what: string) =>
    log.error({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, what);
  const service: Service = createService({
    config,
    keys: config.secret,
    database,
    mailer:
      transports.length > 0 ? routedMailer(transports, config.transportDomains) : mailerOf("none", nowhere),
    outbox: null,
    // The doctor asks DNS in ways that Workers have not, and templates are bundled: both are for commands.
    house: houseOf({
      config,
      env: Object.fromEntries(texts),
      db: database.db,
      now,
      dkim: () => service.ticking.dkim(),
      open: (url) => nodemailerTransport(url, 1),
    }),
    templates: () => builtIn,
    assets,
    now,
    log,
    later: (work) => waitUntil(work().catch((error: unknown) => fail(error, "background work failed"))),
    connections,
    get: workerGet(config.fetchAllow),
    call: workerCall(config.fetchAllow),
    mailDomains: async () => "unknown", // a lookup there would be a call to somebody's DNS over HTTPS
    lanes,
    mostCalls,
    clicksAfterSeconds,
    compress: { gzip, brotli }, // where it stands: workerd has no threads
    mostFeedMegabytes,
    addressOf: (c) => c.req.header("cf-connecting-ip") ?? "",
    ...(letters && { handOn: { lettersATurn, mostTurns, wake: wakeBy(letters) } }),
    ...(stop && { stop }),
  });
  let prepared = false;
  const prepare = async () => {
    // No promise is shared between requests: on Workers it would die with the request that made it.
    if (!prepared) await ensureDigest(database, now());
    prepared = true;
  };
  const taking = { config, keys: config.secret, database, now, log };
  const within = hourlyCount(now);
  return { ok: true, service, prepare, fail, email: (email) => takeEmail(taking, within, email) };
}

/** A service of its own for one event, so that its queries are counted apart from those of requests at the same time. */
function openBounded(env: Env, stop = new AbortController(), pool = 0): Opened {
  return openNashra({ ...env, DB: withBudget(env.DB, tickQueries, () => stop.abort()) }, stop.signal, pool);
}

/** Asks for turns of sending: a message of the queue is no letter, but a turn in which the ledger's next letters leave. */
const wakeBy = (letters: Queue) => async (turns: number) => {
  await letters.sendBatch(Array.from({ length: turns }, () => ({ body: "send what is due" })));
};

/** Without a relay there is nowhere to put a letter: it waits until there is one, or its time is over. */
const nowhere: Transport = {
  async send(_envelope, _message, { over }) {
    const result = {
      kind: "not-sent" as const,
      reply: "no relay is set (NASHRA_SMTP_URL), and a Worker keeps no outbox",
    };
    await over(result);
    return result;
  },
  close: async () => {},
};

/**
 * Cloudflare says `Accept-Encoding: br, gzip` to every Worker, whatever the client takes; what that was stands beside the
 * request. Who takes no brotli must not be sent any.
 */
function asSent(request: Request & { cf?: { clientAcceptEncoding?: string } }): Request {
  const headers = new Headers(request.headers);
  headers.set("Accept-Encoding", request.cf?.clientAcceptEncoding ?? "");
  return new Request(request, { headers });
}

const unready = (reasons: readonly string[]) =>
  new Response(`Nashra cannot start here.\n\n${reasons.join("\n")}\n`, {
    status: 503,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
  });

function createWorker() {
  // One service an isolate, so that its feeds stay in memory from request to request.
  const services = new WeakMap<Env, Opened>();
  const serviceFor = (env: Env): Opened => {
    const opened = services.get(env) ?? openNashra(env);
    services.set(env, opened);
    return opened;
  };
  return {
    async fetch(request: Request, env: Env): Promise<Response> {
      const ticks = new URL(request.url).pathname === "/cron/tick";
      const opened = ticks ? openBounded(env) : serviceFor(env);
      if (!opened.ok) return unready(opened.problems);
      try {
        await opened.prepare();
      } catch (error) {
        opened.fail(error, "the database is not ready");
        return unready([
          "The database does not answer or has no tables. Make them: npx wrangler d1 migrations apply DB --remote (the log says more).",
        ]);
      }
      return opened.service.app.fetch(asSent(request));
    },

    /** What Email Routing hands over. Throws what is to come again. */
    async email(email: RoutedEmail, env: Env): Promise<void> {
      const opened = serviceFor(env);
      if (!opened.ok) throw new Error(opened.problems.join("\n"));
      try {
        await opened.prepare();
        await opened.email(email);
      } catch (error) {
        opened.fail(error, "mail could not be taken");
        throw error;
      }
    },

    /** Each minute. Throws what goes wrong, so that Cloudflare's list of past events shows it. */
    async scheduled(_event: unknown, env: Env): Promise<void> {
      const opened = openBounded(env);
      if (!opened.ok) throw new Error(opened.problems.join("\n"));
      try {
        await opened.prepare();
        await opened.service.tick(tickSeconds);
      } catch (error) {
        opened.fail(error, "tick failed");
        throw error;
      }
    },

    /**
     * A turn of sending for each message, which has queries of its own. Messages come once or more often, at once or later: which
     * letters leave is decided by the ledger's claims.
     */
    async queue({ messages }: Batch, env: Env): Promise<void> {
      for (const { timestamp } of messages) {
        if (Date.now() - timestamp.getTime() > staleMilliseconds) continue;
        const stop = new AbortController();
        const opened = openBounded(env, stop, connections);
        if (!opened.ok) throw new Error(opened.problems.join("\n"));
        const { ticking } = opened.service;
        try {
          await sendDue(ticking, ticking.now().add({ seconds: turnSeconds }), stop.signal);
        } catch (error) {
          opened.fail(error, "letters not sent on");
          throw error;
        } finally {
          await ticking.mailer.close();
        }
      }
    },
  };
}

export default createWorker();
