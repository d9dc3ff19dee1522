// From a transport's URL to the transport, on Node.
import type { Transport } from "../../platform/index.ts";
import { relayTransport } from "./relay.ts";
import { sendmailTransport } from "./sendmail.ts";

/** @param connections how many letters it may have under way at once */
export const transportAt = (url: URL, connections: number): Transport =>
  url.protocol === "sendmail:"
    ? sendmailTransport(decodeURIComponent(url.pathname), connections)
    : relayTransport(url, connections);
