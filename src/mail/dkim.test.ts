import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DkimKey, dkimKey, dkimRecord, signMessage } from "./dkim.ts";
import { composeMessage, type OwnParts, oneClickHeaders, type SharedParts } from "./message.ts";

const at = Temporal.Instant.from("2026-03-01T04:00:00Z");
const [rsa, ed25519] = await Promise.all([newKey("r1", "rsa"), newKey("e1", "ed25519")]);
const keys = [rsa.key, ed25519.key];

/** dkimpy, which is not ours: one line of "r1=true e1=true" for each message. */
const program = `
import sys, json, dkim
given = json.load(sys.stdin)
dns = lambda name, timeout=5: given["dns"].get((name if isinstance(name, str) else name.decode()).rstrip("."), "").encode()
for message in given["messages"]:
    it = dkim.DKIM(bytes(message, "utf-8"))
    said = []
    for index, selector in enumerate(given["selectors"]):
        try: ok = it.verify(idx=index, dnsfunc=dns)
        except dkim.DKIMException: ok = False
        said.append(ok)
    print(json.dumps(said))
`;
const python = "/usr/bin/python3";
const isHere = spawnSync(python, ["-c", "import dkim, nacl"]).status === 0;
if (!isHere)
  process.stderr.write(
    "\n!!!! dkimpy (python3-dkim, python3-nacl) IS MISSING: signatures were NOT checked by it. See .ci/run.\n\n",
  );

/** Whether each message's signatures hold: first that of the RSA key, then that of the other. */
function verdicts(messages: readonly string[]): unknown[] {
  const dns = Object.fromEntries(
    [rsa, ed25519].map(({ key, record }) => [`${key.selector}._domainkey.example.org`, record]),
  );
  const input = JSON.stringify({ messages, dns, selectors: keys.map(({ selector }) => selector) });
  const { status, stdout, stderr } = spawnSync(python, ["-c", program], { input, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

type Parts = SharedParts & OwnParts;
const digest: Parts = {
  from: { name: "صحيفة المرفأ", address: "bulletin@example.org" },
  to: { name: "", address: "salma@example.net" },
  replyTo: { name: "صحيفة المرفأ", address: "desk@example.org" },
  subject: "المرفأ يستقبل أول باخرة قمح منذ الصيف",
  date: at,
  messageId: "<42.k3y@example.org>",
  language: "ar",
  html: "<p>صباح الخير</p>",
  text: "صباح الخير\n",
  personal: null,
  unsubscribe: oneClickHeaders(new URL("https://news.example.org"), "v1.token"),
  purpose: {
    kind: "bulk",
    list: { id: "morning.news.example.org", phrase: "نشرة الصباح" },
    unattended: true,
    feedbackId: "42:morning:digest:nashra",
  },
};

const signed = async (message: string, by: readonly DkimKey[] = keys) =>
  new TextDecoder().decode(await signMessage(new TextEncoder().encode(message), by, at));
/** As mails leave: whoever composed one knows whether its body is as `relaxed` has it. */
async function signedMail(parts: Parts): Promise<string> {
  const mail = composeMessage(parts);
  return new TextDecoder().decode(await signMessage(mail.bytes, keys, at, mail));
}
const composed = (parts: Parts) => new TextDecoder().decode(composeMessage(parts).bytes);

test("one-click unsubscribe is signed, and what nobody may add is named once too often", async () => {
  const [field = ""] = (await signed(composed(digest), [rsa.key])).split(/\r\n(?! )/);
  const named = /h=([^;]+);/.exec(field)?.[1]?.replace(/\s/g, "").split(":") ?? [];
  expect(named).toEqual(expect.arrayContaining(["List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID"]));
  const times = (name: string) => named.filter((it) => it === name).length;
  expect(["From", "To", "Subject", "Date", "Reply-To"].map(times)).toEqual([2, 2, 2, 2, 1]);
  expect(Math.max(...field.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(78);
  expect(field).toContain("d=example.org; s=r1;".replace(" ", "\r\n "));
});

test("without a key nothing changes", async () => {
  expect(await signed(composed(digest), [])).toBe(composed(digest));
});

test("a file that is no key is refused by name", async () => {
  const nothing = new TextEncoder().encode("no key");
  await expect(dkimKey({ selector: "old", domain: "example.org" }, nothing)).rejects.toThrow("DKIM key old");
});

test.runIf(isHere)("a mail of ours verifies with both keys", async () => {
  expect(verdicts([await signedMail(digest)])).toEqual([[true, true]]);
});

test.runIf(isHere)("whatever is in a mail, it verifies", async () => {
  const texts = fc.string({ unit: "grapheme", maxLength: 300 });
  const bodies = fc.oneof(texts, fc.stringMatching(/^[a-z \t\n=.]{0,200}$/));
  const parts = fc.record({ subject: texts, html: bodies, text: bodies, name: texts });
  const messages: string[] = [];
  for (const { name, ...it } of fc.sample(parts, 150))
    messages.push(await signedMail({ ...digest, ...it, from: { ...digest.from, name } }));
  expect(verdicts(messages)).toEqual(messages.map(() => [true, true]));
});

const plain = "From: a@example.org\r\nTo:  b@example.net\r\nSubject: one\r\n two\r\nDate: x\r\n\r\n";
test.runIf(isHere).each([
  ["no body", ""],
  ["one line end", "\r\n"],
  ["many", "\r\n\r\n\r\n"],
  ["no line end", "word"],
  ["white space at the end", "word \t"],
  ["white space in lines", "a  b\t c \r\n \r\n\t\r\n"],
  ["empty lines between and after", "a\r\n\r\nb\r\n\r\n\r\n"],
])("a body of %s verifies", async (_, body) => {
  expect(verdicts([await signed(plain + body)])).toEqual([[true, true]]);
});

test.runIf(isHere)("a relay may fold and pad, and nobody may change or add", async () => {
  const it = await signed(composed(digest));
  const change = (from: string | RegExp, to: string) => {
    const changed = it.replace(from, to);
    expect(changed).not.toBe(it);
    return changed;
  };
  const add = (field: string) => it.replace("\r\n\r\n", `\r\n${field}\r\n\r\n`);
  const harmless = [
    change("\r\nMIME-Version: 1.0", "\r\nmime-version:  1.0 "),
    `${it}\r\n\r\n`,
    add("X-Spam: no"),
    `Received: from somewhere\r\n${it}`,
  ];
  expect(verdicts(harmless)).toEqual(harmless.map(() => [true, true]));
  const harmful = [
    change("List-Unsubscribe=One-Click", "List-Unsubscribe=None"),
    change(/\/unsubscribe\/\w/, "/unsubscribe/x"),
    change("salma@", "salme@"),
    change("\r\nContent-Language: ar", "\r\nContent-Language: en"),
    change("--\r\n", "--\r\nmore\r\n"),
    ...["From: c@example.org", "To: c@example.org", "Subject: another", "Date: now"].map(add),
  ];
  expect(verdicts(harmful)).toEqual(harmful.map(() => [false, false]));
});

async function newKey(selector: string, kind: "rsa" | "ed25519") {
  const { privateKey, publicKey } =
    kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
  const pkcs8 = new Uint8Array(privateKey.export({ type: "pkcs8", format: "der" }));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const key = await dkimKey({ selector, domain: "example.org" }, pkcs8);
  const octets = kind === "rsa" ? spki : spki.subarray(-32); // RFC 8463 §4: the key alone
  return { key, record: dkimRecord(key.algorithm, octets.toString("base64")) };
}
