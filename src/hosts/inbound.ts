// Takes mail that comes back, by SMTP or LMTP (RFC 5321, RFC 2033). It relays nothing and answers nothing: a mail is for a letter of
// ours, for leaving, or for the person responsible, or it is refused before its content is sent.
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import {
  type SMTPServer as Server,
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from "smtp-server";
import type { Config, InboundListener } from "../config.ts";
import { mostInboundBytes, readReturnPath, recipientOf, takeMail } from "../delivery/index.ts";
import { listDigests } from "../digests/index.ts";
import { composeForward, domainOf, isLoop } from "../mail/index.ts";
import { randomToken } from "../platform/index.ts";
import type { Nashra } from "./node.ts";
import { Refusal } from "./output.ts";

/** What strangers may take of this process: connections, recipients of each, and its time. */
const limits = { connections: 40, ofAddress: 5, recipients: 10, idleSeconds: 60, connectionSeconds: 300 };

/**
 * How many mails an hour are read: to one letter's return path, which its reader can see; to the address for leaving, and to postmaster
 * and abuse, which anybody knows; and how many of those go on to a person. To read one that was made for it may take a fifth of
 * a second.
 */
const hourly = { letter: 20, leave: 500, person: 1000, forwards: 60 };

const noSuchAddress = { code: 550, words: "5.1.1 No such address here, and we relay nothing" };

/** What is answered for one recipient: a code with its words. */
type Answer = { code: number; words: string };

export type InboundServer = { port: number; close: () => Promise<void> };

type Deps = Pick<Nashra, "config" | "database" | "keys" | "now" | "log" | "ticking">;

/** Starts listening where the config says. @throws Refusal if that cannot be, or a certificate cannot be read */
export async function listenForMail(deps: Deps, listener: InboundListener): Promise<InboundServer> {
  const { config, keys } = deps;
  const { mailBounce, mailFrom, mailLeave } = config;
  if (mailBounce === null) throw new Refusal("NASHRA_INBOUND needs NASHRA_MAIL_BOUNCE.");
  const addresses = { keys, mailFrom, mailLeave, mailBounce };
  const tls = tlsOf(config);
  const take = taker(deps, addresses);
  const server = new SMTPServer({
    lmtp: listener.protocol === "lmtp",
    name: mailBounce,
    banner: "bounces",
    ...tls,
    authOptional: true,
    disabledCommands: tls ? ["AUTH"] : ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    size: mostInboundBytes,
    maxClients: limits.connections,
    maxRecipients: limits.recipients,
    socketTimeout: limits.idleSeconds * 1000,
    closeTimeout: 5000,
    onRcptTo({ address }, _session, done) {
      recipientOf(addresses, address).then(
        (kind) => done(kind === null ? refusal(noSuchAddress) : null),
        (error: unknown) => done(refusal(broken(deps, error))),
      );
    },
    onData(stream, session, done) {
      readMail(stream)
        .then((mail) => answersFor(mail, session, take))
        .catch((error: unknown) => session.envelope.rcptTo.map(() => broken(deps, error)))
        .then((answers) => {
          if (listener.protocol === "lmtp")
            done(
              null,
              answers.map((it) => (it.code === 250 ? it.words : refusal(it))),
            );
          else done(...oneFor(answers));
        });
    },
  });
  server.on("error", (error: Error) => deps.log.debug({ error: error.message }, "inbound connection failed"));
  const open = new Map<string, number>();
  server.server.on("connection", (socket: Socket) => {
    const from = socket.remoteAddress ?? "";
    const before = open.get(from) ?? 0;
    // By LMTP one's own mail server brings what comes back, all of it from one address; Postfix opens twenty.
    if (listener.protocol === "smtp" && before >= limits.ofAddress) return void socket.destroy();
    open.set(from, before + 1);
    socket.once("close", () => {
      const left = (open.get(from) ?? 1) - 1;
      if (left > 0) open.set(from, left);
      else open.delete(from);
    });
    // Who sends a byte a minute is not idle.
    const timer = setTimeout(() => socket.destroy(), limits.connectionSeconds * 1000);
    socket.once("close", () => clearTimeout(timer));
  });
  return { port: await listening(server, listener), close: () => closed(server) };
}

function tlsOf({ inboundCertificate, inboundKey }: Config) {
  if (inboundCertificate === null || inboundKey === null) return null;
  try {
    return { cert: readFileSync(inboundCertificate), key: readFileSync(inboundKey) };
  } catch (error) {
    throw new Refusal(
      `The certificate for inbound mail cannot be read (NASHRA_INBOUND_CERTIFICATE, NASHRA_INBOUND_KEY): ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The whole mail, or null if it is larger than we take: then the rest of it is read and dropped. */
async function readMail(stream: SMTPServerDataStream): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > mostInboundBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return bytes > mostInboundBytes ? null : Buffer.concat(chunks);
}

/** One after the other: a mail with ten recipients takes no more at once than one with one. */
async function answersFor(
  mail: Uint8Array | null,
  { envelope }: SMTPServerSession,
  take: (mail: Uint8Array, recipient: string) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { address } of envelope.rcptTo)
    answers.push(mail === null ? { code: 552, words: "5.3.4 Too large" } : await take(mail, address));
  return answers;
}

function taker(deps: Deps, addresses: Parameters<typeof recipientOf>[0]) {
  const { database, keys, now, log } = deps;
  const within = hourlyCount(now);
  const forward = forwarder(deps, within);
  return async (mail: Uint8Array, recipient: string): Promise<Answer> => {
    const kind = await recipientOf(addresses, recipient);
    if (kind === null) return noSuchAddress;
    // By the letter: its return path can be written in many ways, with whatever before it.
    const letter = kind === "letter" ? await readReturnPath(keys, recipient) : null;
    if (!within(letter ? `${letter.table} ${letter.id}` : kind, hourly[kind])) return tooMuch;
    const digests = () => listDigests(database.db);
    const took = await takeMail({ database, keys, now, digests }, mail, recipient);
    log.info({ took }, "mail came in");
    // What a program understood, nobody has to read; everything else that is for a person goes to one.
    if (kind === "person" && took.did === "ignored" && took.why !== "progress")
      return forward(mail, recipient);
    return { code: 250, words: "2.0.0 Taken" };
  };
}

const tooMuch: Answer = { code: 451, words: "4.7.1 Too much mail here in this hour; come back later" };

/** So many names are counted at a time; whoever brings mail for more begins a new hour. */
const mostNames = 50_000;

/** Counts by name over an hour of the clock. @returns whether one more is within what is allowed */
function hourlyCount(now: Nashra["now"]) {
  const counts = new Map<string, number>();
  let hour = 0;
  return (name: string, most: number): boolean => {
    const current = Math.floor(now().epochMilliseconds / 3_600_000);
    if (current !== hour || counts.size >= mostNames) counts.clear();
    hour = current;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= most;
  };
}

/** Hands mail on to the person responsible, while the sender waits: our relay's word is our answer, so that nothing is lost here. */
function forwarder({ config, ticking, now }: Deps, within: ReturnType<typeof hourlyCount>) {
  return async (mail: Uint8Array, recipient: string): Promise<Answer> => {
    const cameTo = recipient.includes("@") ? recipient : `${recipient}@${config.mailBounce}`;
    if (isLoop(mail, cameTo)) return { code: 554, words: "5.4.6 This mail goes round in circles" };
    if (!within("forwards", hourly.forwards)) return tooMuch;
    const { mailFrom, mailPostmaster: to } = config;
    const messageId = `<forward.${randomToken().replace(/[-_]/g, "0").slice(0, 24)}@${domainOf(mailFrom)}>`;
    const bytes = composeForward(mail, { from: mailFrom, to, cameTo, messageId, date: now() });
    const sent = await ticking.mailer.send({ from: mailFrom, to, sender: mailFrom }, bytes, unrecorded);
    if (sent.kind === "accepted") return { code: 250, words: "2.0.0 Handed on" };
    return sent.kind === "refused" && sent.code >= 500
      ? { code: 550, words: "5.2.0 The person responsible cannot be reached" }
      : { code: 451, words: "4.3.0 The person responsible cannot be reached now" };
  };
}

/** No ledger: whoever brings the mail keeps it until we say that we have handed it on. */
const unrecorded = { mayLeave: async () => true, over: async () => {} };

const refusal = ({ code, words }: Answer) => Object.assign(new Error(words), { responseCode: code });

function broken({ log }: Deps, error: unknown): Answer {
  log.error(
    { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    "mail could not be taken",
  );
  return { code: 451, words: "4.3.0 Our fault; come back later" };
}

/** SMTP has one answer for all recipients: any that is to come back later, else any refusal. What was booked is not booked again. */
function oneFor(answers: readonly Answer[]): [Error | null, string?] {
  const bad =
    answers.find(({ code }) => code < 500 && code !== 250) ?? answers.find(({ code }) => code !== 250);
  return bad ? [refusal(bad)] : [null, answers[0]?.words ?? "2.0.0 Taken"];
}

function listening(server: Server, { host, port }: InboundListener): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      reject(
        new Refusal(
          `Inbound mail cannot be listened for at ${host}:${port} (NASHRA_INBOUND): ${error.message}`,
        ),
      );
    server.server.once("error", failed);
    server.listen(port, host, () => {
      server.server.off("error", failed);
      const address = server.server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

const closed = (server: Server) => new Promise<void>((resolve) => void server.close(() => resolve()));
