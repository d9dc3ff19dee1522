// A real IMAP server: Debian's dovecot, in a folder of its own, with one user. Needs root, as dovecot drops its rights itself.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pair } from "./certificate.ts";

const program = "/usr/sbin/dovecot";

/** Null where there is one that this can start; else why not. Its settings have other names from 2.4 on. */
export function noDovecot(): string | null {
  if (process.getuid?.() !== 0) return "not root";
  if (!existsSync(program)) return "Debian's dovecot-imapd is not installed";
  const version = execFileSync(program, ["--version"]).toString();
  return version.startsWith("2.3.") ? null : `dovecot ${version.trim()} wants other settings`;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address ? address.port : 0;
}

const answers = (port: number) =>
  new Promise<boolean>((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => done(true));
    socket.once("error", () => done(false));
    socket.once("close", () => done(false));
  });

export async function startImap() {
  const folder = mkdtempSync(join(tmpdir(), "nashra-imap-"));
  chmodSync(folder, 0o755);
  const mail = join(folder, "mail");
  mkdirSync(mail);
  chmodSync(mail, 0o777);
  const [port, tlsPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, "cert.pem"), pair.cert);
  writeFileSync(join(folder, "key.pem"), pair.key);
  const settings = `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:${mail}/%u
passdb {
  driver = static
  args = password=of-the-box
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${mail}
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
  }
}
`;
  writeFileSync(join(folder, "dovecot.conf"), settings);
  const child = spawn(program, ["-F", "-c", join(folder, "dovecot.conf")], { stdio: "ignore" });
  const ended = new Promise((done) => child.once("close", done));
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries === 100)
      throw new Error(`dovecot does not answer: ${readFileSync(join(folder, "log"), "utf8")}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  const box = (name = "") => join(mail, "bounces", name === "" ? "" : `.${name}`);
  return {
    url: (user = "bounces", password = "of-the-box") => `imap://${user}:${password}@127.0.0.1:${port}/INBOX`,
    tlsUrl: `imaps://bounces:of-the-box@127.0.0.1:${tlsPort}/INBOX`,
    log: () => readFileSync(join(folder, "log"), "utf8"),
    /** Puts a mail into the inbox, as a mail server does. */
    deliver(bytes: Uint8Array, name: string) {
      for (const part of ["", "new", "cur", "tmp"]) {
        mkdirSync(join(box(), part), { recursive: true });
        chmodSync(join(box(), part), 0o777);
      }
      writeFileSync(join(box(), "new", name), bytes);
      chmodSync(join(box(), "new", name), 0o666);
    },
    /** The mails of a folder: their names, and the letters that dovecot keeps flags in (S seen, F flagged). */
    mails(name = ""): string[] {
      return ["new", "cur"]
        .flatMap((part) => {
          const path = join(box(name), part);
          return existsSync(path)
            ? readdirSync(path).map((it) => it.replace(/^([^:,]*)[^:]*(:2,)?/, "$1 ").trim())
            : [];
        })
        .sort();
    },
    async stop() {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
