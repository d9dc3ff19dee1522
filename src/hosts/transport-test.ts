// The ways out for mail as they are shown, without what is secret; and one letter by one of them alone.
import { type Config, type NamedTransport, transportsOf } from "../config.ts";
import { composeMessage, type DkimKey, domainOf, signMessage } from "../mail/index.ts";
import type { ShownTransport } from "../newsroom/index.ts";
import { type Clock, randomToken, type Transport } from "../platform/index.ts";
import { relayOf } from "./smtp/nodemailer.ts";

/** All of them in the order in which they stand in for each other, and for whom. */
export function shownTransports(config: Config): ShownTransport[] {
  const named = [...config.transportDomains];
  const others = config.transportDomains.get("*");
  return transportsOf(config).map(({ name, url }) => ({
    name,
    ...placeOf(url),
    carries: [
      ...named.flatMap(([domain, names]) => (domain !== "*" && names.includes(name) ? domain : [])),
      ...(others === undefined || others.includes(name) ? ["*"] : []),
    ].join(", "),
  }));
}

/** Where it is, without what is secret. */
function placeOf(url: URL): { kind: string; at: string; user: string | null } {
  if (url.protocol === "sendmail:")
    return { kind: "sendmail", at: decodeURIComponent(url.pathname), user: null };
  const { host, port, auth } = relayOf(url);
  return { kind: url.protocol.slice(0, -1), at: `${host}:${port}`, user: auth?.user ?? null };
}

/** Sends a letter that says that it is a test. @param open makes the connection, which is closed behind it */
export async function sendTestLetter(
  deps: { paper: string; now: Clock; dkim: () => Promise<readonly DkimKey[]>; open: (url: URL) => Transport },
  { name, url }: NamedTransport,
  from: string,
  to: string,
) {
  const { paper } = deps;
  const date = deps.now();
  const composed = composeMessage({
    from: { name: paper, address: from },
    to: { name: "", address: to },
    replyTo: { name: paper, address: from },
    subject: `تجربة إرسال (test of ${name})`,
    date,
    messageId: `<transport-test.${randomToken().slice(0, 22).replace(/[-_]/g, "0")}@${domainOf(from)}>`,
    language: "ar",
    html: `<p dir="rtl">هذه رسالة تجريبية أرسلها ${name}.</p><p dir="ltr" lang="en">A test letter, sent by ${name}.</p>`,
    text: `هذه رسالة تجريبية أرسلها ${name}.\n\nA test letter, sent by ${name}.\n`,
    purpose: { kind: "auto" },
    personal: null,
    unsubscribe: null,
  });
  const keys = (await deps.dkim()).filter(({ domain }) => domain === domainOf(from));
  const transport = deps.open(url);
  try {
    const outcome = await transport.send(
      { from, to: composed.recipient },
      await signMessage(composed.bytes, keys, date),
      { mayLeave: async () => true, over: async () => {} },
    );
    return { from, to: composed.recipient, signed: keys.length > 0, ...outcome };
  } finally {
    await transport.close();
  }
}
