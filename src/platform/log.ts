// Structured logs: JSON lines that a person can search by request id. Secrets never go in.
import pino from "pino";
import type { Config } from "../config.ts";

/** What the core logs to. The first argument holds facts, the second a sentence. */
export type Log = Record<"debug" | "info" | "warn" | "error", (facts: object, message: string) => void> & {
  child(facts: object): Log;
};

/** @param destination where lines go; without one, pino's own default of the host */
export function createLog(level: Config["logLevel"], destination?: pino.DestinationStream): Log {
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    base: null,
    browser: { asObject: true }, // on Workers pino writes to the console: one object a line, which their logs index
  };
  return destination ? pino(options, destination) : pino(options);
}
