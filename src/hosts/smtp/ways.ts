// From a transport's URL to the transport, on Node.
import type { Transport } from "../../platform/index.ts";
import type { Patience } from "./connection.ts";
import { relayTransport } from "./relay.ts";
import { sendmailTransport } from "./sendmail.ts";

/** @param connections how many letters it may have under way at once @param patience how long a server may take for what */
export const transportAt = (url: URL, connections: number, patience?: Patience): Transport =>
  url.protocol === "sendmail:"
    ? sendmailTransport(decodeURIComponent(url.pathname), connections)
    : relayTransport(url, connections, patience);
