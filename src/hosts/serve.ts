// nashra serve: the web server and the clock, in one process, until it is told to stop.
import {
  createServer as createWebServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import cron from "node-cron";
import pino from "pino";
import { createLoginLink, tryOutAddress } from "../accounts/index.ts";
import { type Config, isLoopback, readConfig } from "../config.ts";
import type { FeedAnswers } from "../feeds/index.ts";
import { createLog } from "../platform/index.ts";
import { clientAddressOf } from "./client-address.ts";
import { deliveryApart, deliveryBeside } from "./delivery-beside.ts";
import { listenForMail } from "./inbound.ts";
import { mailboxPoller } from "./mailbox.ts";
import { loadSampleIfEmpty, type Nashra, openNashra } from "./node.ts";
import { Refusal, say } from "./output.ts";
import { projectFolder } from "./parts.ts";

/** A tick sends for less than a minute, so that the next finds the way free. */
const tickSeconds = 50;

/** Serves until SIGTERM or SIGINT; then finishes what is under way and closes the database. */
export async function serveNashra(env: NodeJS.ProcessEnv, given: Config): Promise<void> {
  const config = given.port === 0 ? await withFreePort(env, given) : given;
  const told = new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolve(name));
  });
  const beside = config.deliver === "inside" ? threadFor(env, config) : null;
  const nashra = await openNashra(config, {
    delivery: beside ?? deliveryApart,
    unfit: () => (beside?.isDown() ? ["the delivery thread ended, and is being started again"] : []),
  });
  await nashra.ticking.dkim(); // a broken key stops the start, and not the morning's mail
  beside?.start();
  const loaded = await loadSampleIfEmpty(nashra);
  const inbound = config.inbound && (await listenForMail(nashra, config.inbound));
  const server = await listen(nashra);
  await greet(nashra, loaded);

  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();
  const wake = () => {
    const tick = nashra.tick(tickSeconds, stop.signal).catch((error: unknown) => {
      nashra.log.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        "tick failed",
      );
    });
    running.add(tick);
    return tick.finally(() => running.delete(tick));
  };
  const poll = config.imap && mailboxPoller(nashra, config.imap);
  const look = () => {
    const looking = poll?.(stop.signal).catch((error: unknown) => {
      nashra.log.error({ error: String(error) }, "mailbox not read");
    });
    if (!looking) return;
    running.add(looking);
    return looking.finally(() => running.delete(looking));
  };
  const clock = cron.schedule("* * * * *", wake, { noOverlap: true });
  const postman = poll && cron.schedule("* * * * *", look, { noOverlap: true });
  void wake(); // what came due while nobody was there
  void look();

  const signal = await told;
  say(`${signal}: finishing what is under way.`);
  stop.abort();
  await clock.stop();
  await postman?.stop();
  await inbound?.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  await Promise.all(running);
  await beside?.stop();
  await nashra.close();
  say("Stopped.");
}

/** Sends letters in a thread of its own, which reads the same settings. */
const threadFor = (env: NodeJS.ProcessEnv, { port, logLevel }: Config) =>
  deliveryBeside(
    { ...env, NASHRA_PORT: String(port) },
    createLog(logLevel, pino.destination({ dest: 2, sync: true })),
  );

/** Port 0 asks for any port; links need to know which before anything is built. */
async function withFreePort(env: NodeJS.ProcessEnv, given: Config): Promise<Config> {
  const port = await new Promise<number>((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, given.host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
  const reading = readConfig({ ...env, NASHRA_PORT: String(port) });
  if (!reading.ok) throw new Refusal(reading.problems.join("\n"));
  return reading.config;
}

/** Starts the web server of a service that stands. @throws Refusal if its port cannot be had */
export function listen({
  app,
  config,
  answers,
}: Pick<Nashra, "app" | "config" | "answers">): Promise<Server> {
  const outer = new Hono();
  outer.use(
    "/assets/*",
    serveStatic({
      root: join(projectFolder(), "dist", "public"),
      onFound: (_path, c) => {
        // The folder of styles and fonts is named after its bytes; the sample's pictures are not.
        const forEver = !c.req.path.startsWith("/assets/sample/");
        c.header("Cache-Control", forEver ? "public, max-age=31536000, immutable" : "public, max-age=3600");
        c.header("X-Content-Type-Options", "nosniff");
      },
    }),
  );
  outer.all("*", (c) => app.fetch(c.req.raw, c.env)); // the app answers for what is not there, too
  const throughApp = getRequestListener(outer.fetch);
  const throughMemory = warmFeeds(answers, config);
  const server = createWebServer((request, response) => {
    if (!throughMemory(request, response)) void throughApp(request, response);
  });
  return new Promise((resolve, reject) => {
    server.listen(config.port, config.host, () => resolve(server));
    server.on("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE"
          ? `Port ${config.port} of ${config.host} is taken; set NASHRA_PORT to another.`
          : `${error.message}. NASHRA_HOST and NASHRA_PORT say where it listens.`;
      reject(new Refusal(`The web server cannot start. ${why}`));
    });
  });
}

/**
 * Feeds that are in memory are answered before the framework sees them: most requests are these, and for them it would cost
 * more than the answer. What is answered, and what is counted, is the same, but for the headers that guard pages.
 *
 * @returns whether it answered
 */
function warmFeeds(answers: FeedAnswers, { publicUrl, proxies }: Config) {
  const addressOf = clientAddressOf(proxies);
  const { origin } = publicUrl;
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { url = "", method = "", headers } = request;
    if ((method !== "GET" && method !== "HEAD") || !url.startsWith("/feeds")) return false;
    const header = (name: string) => {
      const value = headers[name];
      return typeof value === "string" ? value : undefined;
    };
    const address = addressOf(request.socket.remoteAddress, header("x-forwarded-for"));
    const answer = answers.warm({ url: origin + url, method, header, address });
    if (answer === null) return false;
    response.writeHead(answer.status, answer.headers);
    response.end(method === "GET" ? answer.body : null);
    return true;
  };
}

/** Says what to open. */
async function greet(nashra: Nashra, loaded: boolean): Promise<void> {
  const { config, database, now } = nashra;
  const at = (path: string) => new URL(path, config.publicUrl).href;
  say(`Nashra serves ${at("/")}`);
  if (loaded)
    say("  The store was empty: it holds a sample newsroom now. Take it out with: npx nashra sample remove");
  say(`  Home page   ${at("/")}`);
  say(
    `  Feeds       ${at("/feeds/all.rss")}  ${at("/feeds/all.atom")}  ${at("/feeds/all.json")}  ${at("/feeds.opml")}`,
  );
  const link = isFirstUse(config) ? await createLoginLink(database, tryOutAddress, now()) : null;
  if (link)
    say(
      `  Sign in     ${at(`/newsroom/login/${link}`)}  (good for 30 minutes; npx nashra login-link makes another)`,
    );
  else say("  Sign in     npx nashra login-link ADDRESS");
  if (config.smtpUrl === null)
    say(`  Outbox      ${at("/newsroom/outbox")}  (no relay is set: mails stay there)`);
}

/** Only where one tries things out does a sign-in link belong on the screen: elsewhere the screen is a log. */
const isFirstUse = (config: Config) => config.publicUrl.protocol === "http:" && isLoopback(config.publicUrl);
