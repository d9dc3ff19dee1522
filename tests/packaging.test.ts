// What an administrator installs: units, the container's file, the dashboard. Their syntax, and that what they name is there.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { validate } from "dockerfile-utils";
import { sql } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createApiToken } from "../src/accounts/index.ts";
import { readConfig } from "../src/config.ts";
import { countLetters } from "../src/delivery/pace/counts.ts";
import { noteBackup } from "../src/settings/index.ts";
import { startNashra } from "./support/nashra.ts";

const root = resolve(import.meta.dirname, "..");
const packaging = join(root, "packaging");
const read = (name: string) => readFileSync(join(packaging, name), "utf8");
const units = readdirSync(packaging).filter((name) => /\.(service|timer)$/.test(name));
const scratch = mkdtempSync(join(tmpdir(), "nashra-units-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The words of every `nashra …` that a text runs. */
const commandsIn = (text: string) =>
  [...text.matchAll(/bin\/nashra\.js"?,? "?(\w+)/g)].map(([, name]) => name);

describe("units of systemd", () => {
  const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

  test.runIf(hasSystemd)("are what systemd takes", () => {
    const program = process.execPath;
    for (const name of units) {
      // As they would be on a machine that has the project there and the user: both are checked, too.
      const there = read(name)
        .replaceAll("/srv/nashra/node_modules/.bin/node", program)
        .replaceAll("/srv/nashra", root)
        .replaceAll("=nashra\n", "=root\n")
        .replace("file:/srv", "file:/");
      writeFileSync(join(scratch, name), there.replace("Unit=", "Unit="));
    }
    const { status, stderr } = spawnSync(
      "systemd-analyze",
      ["verify", "--man=no", ...units.map((name) => join(scratch, name))],
      { encoding: "utf8", env: { ...process.env, SYSTEMD_LOG_LEVEL: "warning" } },
    );
    expect([
      status,
      stderr.split("\n").filter((line) => line.includes(scratch) || /nashra/.test(line)),
    ]).toEqual([0, []]);
  });

  test.each(units.filter((name) => name.endsWith(".service")))(
    "%s runs the project's own Node and a command that there is",
    (name) => {
      const [, program = "", script = ""] = /^ExecStart=\/srv\/nashra\/(\S+) (\S+)/m.exec(read(name)) ?? [];
      expect([existsSync(join(root, program)), existsSync(join(root, script))]).toEqual([true, true]);
      for (const command of commandsIn(read(name)))
        expect(
          execFileSync(join(root, program), [join(root, script), command ?? "", "--help"]).toString(),
        ).toContain("Usage: nashra");
    },
  );

  test.each(units)("%s sets only what can be set", (name) => {
    const env = Object.fromEntries(
      [...read(name).matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, key = "", value]) => [key, value]),
    );
    expect(readConfig(env).ok).toBe(true);
  });
});

describe("the container's file", () => {
  const text = read("Containerfile");

  test("is one that is understood", () => {
    expect(validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
  });

  test("runs as nobody in particular, keeps its data apart, and is asked how it is", () => {
    expect(text).toMatch(/^USER nashra$/m);
    expect(text).toMatch(/^VOLUME \/data$/m);
    expect(text).toMatch(/^ENV NASHRA_DATA=\/data /m);
    expect(text).toMatch(/^HEALTHCHECK /m);
    expect(text.indexOf("\nUSER ")).toBeGreaterThan(text.lastIndexOf("\nRUN ")); // nothing is installed as it
  });

  test("its health check says yes to a server that is ready, and no to one that is not", () => {
    const code = /"-e", "(.+)"\]/.exec(text)?.[1] ?? "";
    const dead = spawnSync(process.execPath, ["-e", code], { env: { ...process.env, NASHRA_PORT: "1" } });
    expect(dead.status).toBe(1);
    expect(z.string().min(20).parse(code)).toContain("/readyz");
  });
});

describe("the dashboard for Grafana", () => {
  const panel = z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) });
  const dashboard = z.object({ title: z.string(), panels: z.array(panel) });

  test("names only what /metrics has, and all that is told of the mail", async () => {
    const { panels } = dashboard.parse(JSON.parse(read("grafana-dashboard.json")));
    const named = new Set(
      panels.flatMap(({ targets }) =>
        targets.flatMap(({ expr }) => expr.match(/\b(nashra|process|nodejs)_\w+/g) ?? []),
      ),
    );
    const nashra = await startNashra({});
    await nashra.database.batch([
      noteBackup(nashra.database.db, { at: nashra.at(), file: "/b.tar.gz", bytes: 1 }),
    ]);
    const token = await createApiToken(nashra.database, "prometheus", ["metrics:read"], nashra.at());
    await nashra.database.batch([
      countLetters(nashra.database.db, "relay", "accepted", 7),
      countLetters(nashra.database.db, "", "bounced", 2),
    ]);
    await sql`insert into sources (slug, kind, url, origin, title, secret, failures, created_at)
      values ('wire', 'feed', 'https://wire.example/', 'feed:wire', 'وكالة', 'x', 3, 0)`.execute(
      nashra.database.db,
    );
    await sql`insert into delivery_workers (name, beats) values ('one', 12)`.execute(nashra.database.db);
    nashra.wait({ hours: 3 });
    const metrics = await (await nashra.get("/metrics", { Authorization: `Bearer ${token}` })).text();
    await nashra.stop();
    const known = new Set([...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name ?? ""));
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
    expect(
      [...known].filter(
        (name) =>
          /^nashra_(mail|issues|webhooks|backup|notices|delivery|letters|source)/.test(name) &&
          !named.has(name),
      ),
    ).toEqual([]);
    expect(metrics).toContain("nashra_backup_age_seconds 10800\n");
    for (const line of [
      "nashra_mail_held 0",
      'nashra_letters_total{result="accepted",transport="relay"} 7',
      'nashra_letters_total{result="bounced",transport=""} 2',
      'nashra_source_failures{source="wire"} 3',
      "nashra_delivery_workers 1",
      "nashra_delivery_beats 12",
      "nashra_notices_oldest_due_seconds 0",
    ])
      expect(metrics).toContain(`${line}\n`);
  });
});
