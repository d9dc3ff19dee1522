// What a host tells the newsroom's settings of the house it runs in.
import type { Kysely } from "kysely";
import { type Config, showConfig, transportsOf } from "../config.ts";
import type { DkimKey } from "../mail/index.ts";
import type { House } from "../newsroom/index.ts";
import type { Clock, Transport } from "../platform/index.ts";
import { readPublisher, type SettingsTables } from "../settings/index.ts";
import { sendTestLetter, shownTransports } from "./transport-test.ts";

type HouseDeps = {
  config: Config;
  env: Readonly<Record<string, string | undefined>>;
  db: Kysely<SettingsTables>;
  now: Clock;
  dkim: () => Promise<readonly DkimKey[]>;
  open: (url: URL) => Transport;
};

/** The doctor and templates are the host's own to add. */
export function houseOf({ config, env, db, now, dkim, open }: HouseDeps): House {
  return {
    environment: () => showConfig(env),
    transports: () => shownTransports(config),
    mailFrom: config.mailFrom,
    async tryTransport(name, to) {
      const way = transportsOf(config).find((it) => it.name === name);
      if (!way) return null;
      const { name: paper } = await readPublisher(db);
      const tried = await sendTestLetter({ paper, now, dkim, open }, way, config.mailFrom, to);
      return {
        accepted: tried.kind === "accepted",
        kind: tried.kind,
        reply: tried.reply,
        signed: tried.signed,
      };
    },
    signs: async (domain) => (await dkim()).some((key) => key.domain.toLowerCase() === domain.toLowerCase()),
    doctor: null,
    senderDoctor: null,
    watch: null,
    templates: null,
  };
}
