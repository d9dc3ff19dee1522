// A backup is made while mail goes out, the machine is lost, and the copy is put on another one: nothing of it is sent twice
// unless a person says so.
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { resumeIssue } from "../../src/digests/index.ts";
import { checkBackup, makeBackup } from "../../src/hosts/backup/make.ts";
import { restoreBackup } from "../../src/hosts/backup/restore.ts";
import { lastBackup, release } from "../../src/settings/index.ts";
import { startNashra } from "../support/nashra.ts";
import { nashra as run, serve } from "../support/process.ts";
import { startSmtp } from "../support/smtp.ts";

const scratch = mkdtempSync(join(tmpdir(), "nashra-backup-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const migrations = resolve(import.meta.dirname, "../../migrations");
const bin = resolve(import.meta.dirname, "../../bin/nashra.js");
const issue = "daily/2026-03-01-morning";

async function paper(now = "2026-03-01T03:00:00Z") {
  const smtp = await startSmtp();
  const folder = mkdtempSync(join(scratch, "data-"));
  const it = await startNashra({ now, smtp: smtp.url, folder });
  await it.sections("سياسة", "اقتصاد", "ثقافة");
  for (const [i, section] of ["سياسة", "اقتصاد", "ثقافة", "اقتصاد"].entries())
    await it.article({ title: `خبر ${i} من ${section}`, sections: [section] });
  const source = { data: folder, templates: join(folder, "templates"), version: "0.1.0" };
  const backup = async (name: string) => {
    const file = join(scratch, name);
    await makeBackup(source, file, it.at());
    return file;
  };
  return { ...it, smtp, backup };
}

test("of a copy that was made in the middle of an issue nothing leaves, until a person lets it; then what the ledger of the copy has open", async () => {
  const old = await paper();
  const early = Array.from({ length: 12 }, (_, i) => `early${i}@example.org`);
  const late = Array.from({ length: 5 }, (_, i) => `late${i}+once451@example.org`);
  await old.confirmed(...early, ...late);
  await old.tickAt("2026-03-01T05:00:00Z"); // those who are late are put off
  expect(old.smtp.arrived.length).toBe(early.length);
  const file = await old.backup("middle.tar.gz");
  await old.tickAt("2026-03-01T05:10:00Z");
  await old.post("/subscribe", { address: "new@example.org" });
  await expect.poll(() => old.smtp.to("new@example.org").length, { timeout: 5000 }).toBe(1);
  await old.article({ title: "خبر الغد", sections: ["سياسة"] });
  for (const [i, section] of ["سياسة", "اقتصاد", "ثقافة"].entries())
    await old.article({ title: `غدا ${i} ${section}`, sections: [section] });
  await old.tickAt("2026-03-02T05:00:00Z");
  expect((await old.issue(issue)).state).toBe("sent");
  expect((await old.issue("daily/2026-03-02-morning")).state).toBe("sent");
  await old.stop();
  const sentBefore = old.smtp.arrived.length;

  // On the new machine, an hour after the second issue, which may have gone out and did.
  const folder = join(scratch, "elsewhere");
  const restored = Temporal.Instant.from("2026-03-02T06:00:00Z");
  await restoreBackup(file, { data: folder, migrations, replace: false }, restored);
  const copy = await startNashra({ now: restored.toString(), smtp: old.smtp.url, folder });
  const tick = async (at: string) => {
    await copy.tickAt(at);
    return old.smtp.arrived.length - sentBefore;
  };
  expect((await copy.issue(issue)).paused?.reason.kind).toBe("restored");
  expect(await tick("2026-03-02T06:01:00Z")).toBe(0);
  const second = await copy.issue("daily/2026-03-02-morning");
  expect([second.state, second.reason]).toEqual([
    "skipped",
    "it may have gone out before the database was restored from a backup",
  ]);
  // The next morning's issue is made, and waits.
  copy.setClock("2026-03-03T04:00:00Z");
  for (const [i, section] of ["سياسة", "اقتصاد", "ثقافة"].entries())
    await copy.article({ title: `بعد الاستعادة ${i} ${section}`, sections: [section] });
  expect(await tick("2026-03-03T05:00:00Z")).toBe(0);
  expect(await tick("2026-03-03T05:01:00Z")).toBe(0);
  expect((await copy.issue("daily/2026-03-03-morning")).state).toBe("sending");
  // What begins with a reader now is nothing that could have left before.
  await copy.post("/subscribe", { address: "later@example.org" });
  await expect.poll(() => old.smtp.to("later@example.org").length, { timeout: 5000 }).toBe(1);

  const { db, batch } = copy.database;
  await batch([release(db, "editor@example.org", copy.at())]);
  expect(await tick("2026-03-03T05:02:00Z")).toBe(1 + early.length + late.length); // the server puts nobody off twice
  await tick("2026-03-03T05:20:00Z");
  const third = await copy.ledger("daily/2026-03-03-morning");
  expect([...third.values()].every(({ state }) => state === "accepted")).toBe(true);
  // The issue of that day still waits for its own word.
  const open = async () =>
    [...(await copy.ledger(issue)).values()]
      .filter(({ state }) => state !== "accepted")
      .map(({ address }) => address);
  expect((await open()).sort()).toEqual(late);
  const before = old.smtp.arrived.length;
  await batch([resumeIssue(db, (await copy.issue(issue)).id, copy.at().add({ hours: 1 }), copy.at())]);
  await copy.tickAt("2026-03-03T05:30:00Z");
  expect(
    old.smtp.arrived
      .slice(before)
      .map(({ to }) => to)
      .sort(),
  ).toEqual(late);
  expect((await copy.issue(issue)).state).toBe("sent");
  await copy.stop();
  await old.smtp.close();
});

test("while mail goes out, backups are made and killed at any moment: what has its name is whole, and the mail does not notice", async () => {
  const old = await paper(Temporal.Now.instant().toString());
  const readers = Array.from({ length: 1200 }, (_, i) => `reader${i}@example.org`);
  await old.confirmed(...readers);
  await old.stop();
  const env = { NASHRA_DATA: old.folder, NASHRA_SMTP_URL: old.smtp.url, NASHRA_SMTP_CONNECTIONS: "4" };
  const sending = run(env, ["digest", "send", "daily"]);
  let over = false;
  void sending.then(() => {
    over = true;
  });
  await expect.poll(() => old.smtp.arrived.length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0);
  const folder = join(scratch, "backups");
  mkdirSync(folder);
  const made: { file: string; arrived: number }[] = [];
  for (let round = 0; !over || round < 4; round++) {
    const file = join(folder, `${round}.tar.gz`);
    const child = spawn(process.execPath, [bin, "backup", file], {
      env: { ...process.env, ...env },
      stdio: "ignore",
    });
    const ended = new Promise<number | null>((done) => child.on("close", done));
    if (round % 2 === 0) {
      await new Promise((after) => setTimeout(after, 200 + Math.random() * 1500));
      child.kill("SIGKILL");
    }
    if ((await ended) === 0) made.push({ file, arrived: old.smtp.arrived.length });
    else expect(round % 2).toBe(0); // only those that were killed
  }
  expect((await sending).code).toBe(0);
  expect(old.smtp.arrived.map(({ to }) => to).sort()).toEqual([...readers].sort());
  expect(made.length).toBeGreaterThan(0);
  await old.backup("backups/last.tar.gz"); // and clears away what the killed ones left
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  const arrived = new Set<string>();
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await checkBackup(file);
    const data = join(scratch, `of-${name}`);
    await restoreBackup(file, { data, migrations, replace: false }, Temporal.Now.instant());
    const copy = new Sqlite(join(data, "nashra.sqlite"), { readonly: true });
    expect(copy.pragma("integrity_check", { simple: true })).toBe("ok");
    expect(copy.pragma("foreign_key_check")).toEqual([]);
    const states = copy
      .prepare(
        "select state, count(*) as count from deliveries where reason is not 'restored' group by state",
      )
      .all();
    const counts = Object.fromEntries(states.map((row) => [Object(row).state, Number(Object(row).count)]));
    expect(Object.values(counts).reduce((sum: number, count) => sum + Number(count), 0)).toBe(readers.length); // all of the audience or, before it, none
    const accepted = counts["accepted"] ?? 0;
    const known = made.find((it) => it.file === file);
    if (known) expect(accepted).toBeLessThanOrEqual(known.arrived); // never more than had arrived when it was done
    arrived.add(name);
    copy.close();
  }
  expect(arrived.size).toBeGreaterThan(0);
  await old.smtp.close();
}, 180_000);

test("by hand: backup, restore on another machine, look, let it send; each step says what it did", async () => {
  const data = mkdtempSync(join(scratch, "hand-"));
  const env = { NASHRA_DATA: data };
  await run(env, ["digest", "list"]);
  await run(env, ["dkim", "create", "first", "--kind", "ed25519"]);
  mkdirSync(join(data, "templates"));
  writeFileSync(join(data, "templates", "head.mjml"), "<mj-raw></mj-raw>");
  const folder = mkdtempSync(join(scratch, "kept-"));
  for (let i = 0; i < 3; i++) {
    const made = await run(env, ["backup", folder, "--keep", "2"]);
    expect(made.code, made.err).toBe(0);
    await new Promise((after) => setTimeout(after, 1000)); // names go by seconds
  }
  const [first = "", second = ""] = readdirSync(folder).sort();
  expect([first, second, readdirSync(folder).length]).toEqual([
    expect.stringMatching(/^nashra-\d{8}T\d{6}Z\.tar\.gz$/),
    expect.stringMatching(/^nashra-/),
    2,
  ]);
  const file = join(folder, second);
  expect((await run(env, ["backup", file])).err).toContain("is there already");
  const noted = await startNashra({ folder: data });
  expect((await lastBackup(noted.database.db))?.file).toBe(file);
  await noted.stop();

  const elsewhere = { NASHRA_DATA: join(scratch, "hand-elsewhere") };
  const restored = await run(elsewhere, ["restore", file, "--json"]);
  expect(restored.code, restored.err).toBe(0);
  for (const name of ["secret", "dkim/first.pem", "templates/head.mjml"])
    expect(readFileSync(join(elsewhere.NASHRA_DATA, name))).toEqual(readFileSync(join(data, name)));
  expect(JSON.parse((await run(elsewhere, ["restore", "--json"])).out)).toMatchObject({
    held: true,
    paused: [],
  });
  expect((await run(elsewhere, ["restore", "--resume"])).code).toBe(0);
  expect(JSON.parse((await run(elsewhere, ["restore", "--json"])).out)).toMatchObject({ held: false });
  const again = await run(elsewhere, ["restore", "--resume"]);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining("Nothing is held")]);
  // A database that came back by other means, such as a snapshot of the whole machine.
  expect((await run(elsewhere, ["restore", "--mark", "2026-03-01T04:00:00Z"])).code).toBe(0);
  expect(JSON.parse((await run(elsewhere, ["restore", "--json"])).out)).toMatchObject({
    held: true,
    made_at: "2026-03-01T04:00:00Z",
  });
});

test("a backup that the system's tar unpacks by hand is held all the same", async () => {
  const old = await paper();
  await old.confirmed("a+once451@example.org");
  await old.tickAt("2026-03-01T05:00:00Z");
  const file = await old.backup("by-hand.tar.gz");
  await old.stop();
  const folder = mkdtempSync(join(scratch, "untarred-"));
  execFileSync("tar", ["-xzf", file, "-C", folder]);
  const copy = await startNashra({ now: "2026-03-01T05:10:00Z", smtp: old.smtp.url, folder });
  await copy.tickAt("2026-03-01T05:20:00Z");
  expect(old.smtp.arrived).toEqual([]);
  expect((await copy.ledger(issue)).get("a+once451@example.org")?.state).toBe("deferred");
  await copy.stop();
  await old.smtp.close();
});

test("nothing is restored over a server that runs, nor over anything unasked; and nothing is deleted", async () => {
  const data = mkdtempSync(join(scratch, "served-"));
  const env = { NASHRA_DATA: data };
  await run(env, ["digest", "list"]);
  const file = join(scratch, "served.tar.gz");
  expect((await run(env, ["backup", file])).code).toBe(0);
  const unasked = await run(env, ["restore", file]);
  expect([unasked.code, unasked.err]).toEqual([
    1,
    expect.stringContaining("holds nashra.sqlite, secret already"),
  ]);
  const server = await serve(env);
  const served = await run(env, ["restore", file, "--replace"]);
  expect([served.code, served.err]).toEqual([1, expect.stringContaining("A process of Nashra has")]);
  expect((await fetch(new URL("/readyz", server.url))).status).toBe(200);
  await server.stop("SIGKILL"); // its log stays behind, and its lock does not
  const before = readdirSync(data).sort();
  const replaced = await run(env, ["restore", file, "--replace"]);
  expect(replaced.code, replaced.err).toBe(0);
  const [aside = ""] = readdirSync(data).filter((name) => name.startsWith("before-restore-"));
  expect(readdirSync(join(data, aside))).toEqual(expect.arrayContaining(["nashra.sqlite", "secret"]));
  expect(
    before.filter(
      (name) => !readdirSync(join(data, aside)).includes(name) && !readdirSync(data).includes(name),
    ),
  ).toEqual(
    before.filter((name) => name === "nashra.sqlite-wal"), // which is in the file now
  );
  expect(readdirSync(data).filter((name) => name.startsWith("."))).toEqual([]);
  const old = new Sqlite(join(data, aside, "nashra.sqlite"), { readonly: true });
  expect(old.pragma("integrity_check", { simple: true })).toBe("ok");
  old.close();
});

test("a log that its database has left behind is not taken for the log of the one that is restored", async () => {
  const data = mkdtempSync(join(scratch, "orphaned-"));
  const env = { NASHRA_DATA: data };
  await run(env, ["digest", "list"]);
  const file = join(scratch, "orphaned.tar.gz");
  expect((await run(env, ["backup", file])).code).toBe(0);
  const writer = new Sqlite(join(data, "nashra.sqlite"));
  writer.pragma("journal_mode = wal");
  writer.exec("create table after_the_backup (it)");
  const log = readFileSync(join(data, "nashra.sqlite-wal"));
  writer.close();
  rmSync(join(data, "nashra.sqlite")); // damaged, and thrown away by hand
  writeFileSync(join(data, "nashra.sqlite-wal"), log);
  rmSync(join(data, "secret"));
  const unasked = await run(env, ["restore", file]);
  expect([unasked.code, unasked.err]).toEqual([
    1,
    expect.stringContaining("holds nashra.sqlite-wal already"),
  ]);
  expect((await run(env, ["restore", file, "--replace"])).code).toBe(0);
  const restored = new Sqlite(join(data, "nashra.sqlite"));
  expect(restored.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(restored.prepare("select name from sqlite_schema where name = 'after_the_backup'").all()).toEqual(
    [],
  );
  restored.close();
  const [aside = ""] = readdirSync(data).filter((name) => name.startsWith("before-restore-"));
  expect(readFileSync(join(data, aside, "nashra.sqlite-wal")).equals(log)).toBe(true);
});

test("a secret, a key and a template that stand elsewhere, with links to them, are in a backup as what they are", async () => {
  const data = mkdtempSync(join(scratch, "linked-"));
  const mounted = mkdtempSync(join(scratch, "mounted-"));
  await run({ NASHRA_DATA: data }, ["digest", "list"]);
  renameSync(join(data, "secret"), join(mounted, "secret"));
  symlinkSync(join(mounted, "secret"), join(data, "secret"));
  mkdirSync(join(data, "templates"));
  writeFileSync(join(mounted, "foot"), "تذييلنا");
  symlinkSync(join(mounted, "foot"), join(data, "templates", "foot.txt"));
  symlinkSync("/dev/zero", join(data, "templates", "zero.txt"));
  const file = join(scratch, "linked.tar.gz");
  const source = { data, templates: join(data, "templates"), version: "0.1.0" };
  const { manifest } = await makeBackup(source, file, Temporal.Now.instant());
  expect(manifest.files.map(({ name }) => name)).toEqual(["nashra.sqlite", "secret", "templates/foot.txt"]);
  const folder = join(scratch, "unlinked");
  await restoreBackup(file, { data: folder, migrations, replace: false }, Temporal.Now.instant());
  expect(readFileSync(join(folder, "secret"), "utf8")).toBe(readFileSync(join(mounted, "secret"), "utf8"));
  rmSync(join(mounted, "secret"));
  await expect(makeBackup(source, file, Temporal.Now.instant())).rejects.toThrow("secret");
});

test("a damaged backup, one of a later version and one that would write elsewhere are refused, and nothing is changed", async () => {
  const data = mkdtempSync(join(scratch, "refused-"));
  await run({ NASHRA_DATA: data }, ["digest", "list"]);
  const good = join(scratch, "good.tar.gz");
  await run({ NASHRA_DATA: data }, ["backup", good]);
  const contents = mkdtempSync(join(scratch, "contents-"));
  const repacked = (name: string) => {
    const archive = join(scratch, name);
    execFileSync("tar", [
      "-czf",
      archive,
      "--format=ustar",
      "-C",
      contents,
      "backup.json",
      "nashra.sqlite",
      "secret",
    ]);
    return archive;
  };
  const fresh = () => execFileSync("tar", ["-xzf", good, "-C", contents]);
  const manifest = () => JSON.parse(readFileSync(join(contents, "backup.json"), "utf8"));

  const cut = join(scratch, "cut.tar.gz");
  writeFileSync(cut, readFileSync(good).subarray(0, -100));
  fresh();
  writeFileSync(join(contents, "secret"), "k1:another");
  const altered = repacked("altered.tar.gz");
  fresh();
  const later = new Sqlite(join(contents, "nashra.sqlite"));
  later.exec("insert into kysely_migration (name, timestamp) values ('9999_later.sql', '')");
  later.close();
  const newer = manifest();
  const database = newer.files.find(({ name }: { name: string }) => name === "nashra.sqlite");
  const bytes = readFileSync(join(contents, "nashra.sqlite"));
  database.sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
  writeFileSync(join(contents, "backup.json"), JSON.stringify(newer));
  const ofLater = repacked("later.tar.gz");
  fresh();
  const leading = manifest();
  leading.files.find(({ name }: { name: string }) => name === "secret").name = "../secret";
  writeFileSync(join(contents, "backup.json"), JSON.stringify(leading));
  const outside = join(scratch, "outside.tar.gz");
  execFileSync("tar", [
    "-czPf",
    outside,
    "--transform=s,^secret,../secret,",
    "-C",
    contents,
    "backup.json",
    "nashra.sqlite",
    "secret",
  ]);
  const noBackup = join(scratch, "none.tar.gz");
  execFileSync("tar", ["-czf", noBackup, "-C", contents, "secret"]);

  for (const [file, why] of [
    [cut, /is not restored: .*Nothing was changed/],
    [altered, /secret is damaged/],
    [ofLater, /made by a later Nashra: its database has 9999_later.sql/],
    [outside, /\.\.\/secret does not belong into a backup/],
    [noBackup, /it is no backup of Nashra's/],
    [join(scratch, "nowhere"), /There is no file/],
  ] as const) {
    const target = mkdtempSync(join(scratch, "target-"));
    const refused = await run({ NASHRA_DATA: target }, ["restore", file]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(why)]);
    expect(readdirSync(target)).toEqual([]);
  }
  expect(existsSync(join(scratch, "secret"))).toBe(false);
});
