// The three programs behind a WordPress, their settings in the site's folder, stopped by their ids.
import { execFile, spawn } from "node:child_process";
import { existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Site } from "./wordpress.ts";

type User = { uid: number; gid: number } | null;

/** Writes what nginx, PHP and WordPress read. Nobody but this machine can reach any of them. */
export async function writeSettings(folder: string, { port, token, keys }: Site): Promise<void> {
  const names = ["AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE"].flatMap((name) => [
    `${name}_KEY`,
    `${name}_SALT`,
  ]);
  const constants = {
    DB_NAME: "wordpress",
    DB_USER: "root", // of a database that lives in this folder alone, and listens on no port
    DB_PASSWORD: "",
    DB_HOST: `localhost:${folder}/run/mariadb.sock`,
    DB_CHARSET: "utf8mb4",
    DB_COLLATE: "",
    WP_HOME: `http://127.0.0.1:${port}`,
    WP_SITEURL: `http://127.0.0.1:${port}`,
    WP_HTTP_BLOCK_EXTERNAL: true, // it asks nobody for updates
    WP_ACCESSIBLE_HOSTS: "127.0.0.1,localhost",
    WP_ENVIRONMENT_TYPE: "local", // application passwords without https
    DISABLE_WP_CRON: true, // a test says when
    FS_METHOD: "direct",
    NASHRA_TEST_TOKEN: token,
    ...Object.fromEntries(names.map((name, n) => [name, keys[n] ?? ""])),
  };
  const config = [
    "<?php",
    ...Object.entries(constants).map(([name, value]) => `define('${name}', ${JSON.stringify(value)});`),
    "$table_prefix = 'wp_';",
    "defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');",
    "require_once ABSPATH . 'wp-settings.php';",
  ];
  await writeFile(join(folder, "site/wp-config.php"), `${config.join("\n")}\n`);
  await writeFile(
    join(folder, "php-fpm.conf"),
    `[global]
pid = ${folder}/run/php-fpm.pid
error_log = ${folder}/log/php-fpm.log
daemonize = no
[www]
listen = ${folder}/run/php.sock
pm = static
pm.max_children = 3
catch_workers_output = yes
php_admin_value[memory_limit] = 256M
`,
  );
  await writeFile(
    join(folder, "nginx.conf"),
    `daemon off;
worker_processes 1;
pid ${folder}/run/nginx.pid;
error_log ${folder}/log/nginx.log;
events {}
http {
  include /etc/nginx/mime.types;
  access_log ${folder}/log/access.log;
  client_max_body_size 20m;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/run/${name};`).join("\n  ")}
  server {
    listen 127.0.0.1:${port};
    root ${folder}/site;
    index index.php;
    charset utf-8;
    location / { try_files $uri $uri/ /index.php?$args; }
    location ~ \\.php$ {
      try_files $uri =404;
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_param HTTP_HOST $http_host;
      fastcgi_pass unix:${folder}/run/php.sock;
      fastcgi_read_timeout 120;
    }
  }
}
`,
  );
  await writeFile(
    join(folder, "init.sql"),
    "CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4;\n",
  );
}

/** How to start and stop the programs of the site in this folder, as `user` where that is not who we are. */
export function siteProcesses(folder: string, user: User) {
  const pids = join(folder, "run/pids.json");
  const running: { pid: number; ended: Promise<void> }[] = [];

  const begin = async (
    name: string,
    program: string,
    args: readonly string[],
    ready: () => Promise<boolean>,
  ) => {
    const log = join(folder, `log/${name}.out`);
    const out = openSync(log, "a");
    const child = spawn(program, args, { stdio: ["ignore", out, out], ...user });
    let end: string | null = null;
    const ended = new Promise<void>((done) => {
      const over = (why: string) => {
        end = why;
        done();
      };
      child.on("error", (error) => over(error.message));
      child.on("exit", (code, signal) => over(`it ended with ${code ?? signal}`));
    });
    if (child.pid !== undefined) running.push({ pid: child.pid, ended });
    await writeFile(pids, JSON.stringify(running.map(({ pid }) => pid)));
    for (let tries = 0; tries < 300; tries++) {
      if (end !== null) break;
      if (await ready()) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(
      `${name} did not start: ${end ?? "no answer in 30 s"}. ${(await readFile(log, "utf8")).slice(-1000)} See ${folder}/log.`,
    );
  };

  const stop = async () => {
    for (const { pid, ended } of running.splice(0).reverse()) {
      signal(pid, "SIGTERM");
      const late = setTimeout(() => signal(pid, "SIGKILL"), 20_000);
      await ended;
      clearTimeout(late);
    }
    await rm(pids, { force: true });
  };

  return {
    stop,
    async start(url: URL) {
      await stopLeftOver(folder, pids);
      const socket = join(folder, "run/mariadb.sock");
      const data = join(folder, "data");
      if (!existsSync(join(data, "mysql")))
        await promisify(execFile)(
          "mariadb-install-db",
          [
            "--no-defaults",
            `--datadir=${data}`,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
          ],
          { ...user, env: { PATH: process.env["PATH"] } },
        );
      const small = [
        "--innodb-buffer-pool-size=32M",
        "--innodb-flush-log-at-trx-commit=0",
        "--key-buffer-size=1M",
      ];
      await begin(
        "mariadb",
        "/usr/sbin/mariadbd",
        [
          "--no-defaults",
          `--datadir=${data}`,
          `--socket=${socket}`,
          `--pid-file=${folder}/run/mariadb.pid`,
          `--init-file=${folder}/init.sql`,
          "--skip-networking",
          "--performance-schema=off",
          ...small,
        ],
        async () => existsSync(socket),
      );
      await begin("php-fpm", phpFpm(), ["-c", "/etc/php", "-y", join(folder, "php-fpm.conf")], async () =>
        existsSync(join(folder, "run/php.sock")),
      );
      await begin(
        "nginx",
        "/usr/sbin/nginx",
        ["-c", join(folder, "nginx.conf"), "-e", `${folder}/log/nginx.log`],
        () =>
          fetch(new URL("readme.html", url)).then(
            (response) => response.ok,
            () => false,
          ),
      );
    },
    /** What the processes and their children hold of memory together, in megabytes (proportional: shared pages once). */
    memory: () => {
      const all = familyOf(running.map(({ pid }) => pid));
      return Math.round(all.reduce((sum, pid) => sum + kilobytes(pid), 0) / 1024);
    },
  };
}

/** Debian names it by PHP's version. */
function phpFpm(): string {
  const name = readdirSync("/usr/sbin").find((entry) => entry.startsWith("php-fpm"));
  if (name === undefined) throw new Error("There is no /usr/sbin/php-fpm*. Run tests/wordpress/setup.sh.");
  return join("/usr/sbin", name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended by itself
  }
}

/** A run that was killed leaves its programs behind. Only what names this folder is ended: ids are given out anew. */
async function stopLeftOver(folder: string, pids: string): Promise<void> {
  if (!existsSync(pids)) return;
  const left: unknown = JSON.parse(await readFile(pids, "utf8"));
  const ours = (pid: number) => read(`/proc/${pid}/cmdline`).includes(folder);
  for (const pid of Array.isArray(left) ? left.filter(Number.isInteger).reverse() : []) {
    if (ours(pid)) signal(pid, "SIGTERM");
    for (let tries = 0; ours(pid); tries++) {
      if (tries === 200)
        throw new Error(`Process ${pid} of an earlier run still uses ${folder}. End it and try again.`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

const kilobytes = (pid: number) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

const familyOf = (pids: readonly number[]): number[] =>
  pids.flatMap((pid) => [
    pid,
    ...familyOf(read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number)),
  ]);
