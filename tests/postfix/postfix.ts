// A Postfix of our own beside the system's: its own settings, queue, log and port; nothing of the system's is read or written.
import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What is missing here, in words, or null. */
export function missing(): string | null {
  if (process.getuid?.() !== 0) return "Postfix starts as root only: run this as root.";
  if (spawnSync("postconf", ["-d", "mail_version"]).status !== 0)
    return "Postfix is not installed: apt-get install postfix (Debian; no configuration is needed).";
  return null;
}

export type Ports = { smtp: number; far: number; nowhere: number; lmtp: number };

/** Starts it. @param folder one that it alone uses, and that its user can enter */
export function startPostfix(folder: string, ports: Ports, bounceHost: string) {
  const config = join(folder, "config");
  const queue = join(folder, "queue");
  const data = join(folder, "data");
  const log = join(folder, "mail.log");
  for (const it of [config, queue, data]) mkdirSync(it, { recursive: true, mode: 0o755 });
  const idOf = (user: string) => Number(execFileSync("id", ["-u", user], { encoding: "utf8" }));
  chownSync(data, idOf("postfix"), -1);
  const table = (name: string, rows: Record<string, string>) => {
    const file = join(config, name);
    writeFileSync(
      file,
      Object.entries(rows)
        .map(([key, value]) => `${key} ${value}\n`)
        .join(""),
    );
    return `texthash:${file}`;
  };
  const routes = table("transport", {
    "reader.example": `smtp:[127.0.0.1]:${ports.far}`,
    "away.example": `smtp:[127.0.0.1]:${ports.nowhere}`,
    [bounceHost]: `lmtp:inet:[127.0.0.1]:${ports.lmtp}`,
  });
  const refused = table("refused", { "refused.example": "550 5.1.1 No such user: recipient unknown" });
  const settings: Record<string, string | number> = {
    compatibility_level: 3.6,
    queue_directory: queue,
    data_directory: data,
    maillog_file: log,
    maillog_file_prefixes: `${folder}/`,
    mail_owner: "postfix",
    setgid_group: "postdrop",
    multi_instance_name: "postfix-nashra-test",
    myhostname: "mx.postfix-test.example",
    mydestination: "",
    alias_maps: "",
    alias_database: "",
    local_recipient_maps: "",
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    mynetworks: "127.0.0.0/8",
    smtp_dns_support_level: "disabled",
    smtp_host_lookup: "native",
    transport_maps: routes,
    default_transport: "error:5.4.4 this Postfix sends to nobody outside",
    smtpd_relay_restrictions: "permit_mynetworks, reject",
    smtpd_recipient_restrictions: `check_recipient_access ${refused}, permit_mynetworks, reject`,
    smtpd_tls_security_level: "none",
    smtp_tls_security_level: "none",
    // A letter that nobody takes comes back within two minutes; reports live no longer.
    maximal_queue_lifetime: "60s",
    bounce_queue_lifetime: "60s",
    minimal_backoff_time: "10s",
    maximal_backoff_time: "10s",
    queue_run_delay: "10s",
    in_flow_delay: "0s",
    smtp_destination_concurrency_limit: 30,
    smtp_destination_recipient_limit: 1,
    lmtp_destination_recipient_limit: 1,
    smtpd_client_connection_rate_limit: 0,
  };
  writeFileSync(
    join(config, "main.cf"),
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(""),
  );
  // service type private unpriv chroot wakeup maxproc command
  const service = (line: string) => `${line}\n`;
  writeFileSync(
    join(config, "master.cf"),
    [
      `127.0.0.1:${ports.smtp} inet n - n - - smtpd`,
      "pickup unix n - n 60 1 pickup",
      "cleanup unix n - n - 0 cleanup",
      "qmgr unix n - n 300 1 qmgr",
      "rewrite unix - - n - - trivial-rewrite",
      "bounce unix - - n - 0 bounce",
      "defer unix - - n - 0 bounce",
      "trace unix - - n - 0 bounce",
      "verify unix - - n - 1 verify",
      "flush unix n - n 1000? 0 flush",
      "proxymap unix - - n - - proxymap",
      "smtp unix - - n - - smtp",
      "lmtp unix - - n - - lmtp",
      "showq unix n - n - - showq",
      "error unix - - n - - error",
      "retry unix - - n - - error",
      "discard unix - - n - - discard",
      "anvil unix - - n - 1 anvil",
      "scache unix - - n - 1 scache",
      "postlog unix-dgram n - n - 1 postlogd",
    ]
      .map(service)
      .join(""),
  );
  const postfix = (...words: string[]) =>
    spawnSync("postfix", ["-c", config, ...words], { encoding: "utf8", env: { PATH: process.env["PATH"] } });
  const started = postfix("start");
  const logged = () => readFileSync(log, { encoding: "utf8", flag: "a+" });
  if (started.status !== 0) throw new Error(`Postfix did not start: ${started.stderr}\n${logged()}`);
  return {
    logged,
    /** Mails that it still has. */
    waiting: () =>
      ["incoming", "active", "deferred", "maildrop"].reduce(
        (sum, name) => sum + filesIn(join(queue, name)),
        0,
      ),
    stop() {
      postfix("stop");
    },
  };
}

function filesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile()).length;
  } catch (error) {
    if (Object(error).code === "ENOENT") return 0; // moved just now
    throw error;
  }
}
