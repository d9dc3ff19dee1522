// A little DNS server on this machine, by UDP: it knows the names that a test tells it, and counts what it was asked.
import { createSocket } from "node:dgram";

type Name = {
  /** Preference and host; the host "." is the root. */
  mx?: readonly (readonly [number, string])[];
  a?: string;
  aaaa?: true;
  ns?: string;
  /** One record, or several. */
  txt?: string | readonly string[];
  ptr?: string;
  /** Instead of records: a failure of the server, or no answer at all. */
  fails?: "servfail" | "silent";
};

const types = { a: 1, ns: 2, ptr: 12, mx: 15, txt: 16, aaaa: 28 };

/** @param names whoever is not among them does not exist (NXDOMAIN) */
export async function startDns(names: Readonly<Record<string, Name>>) {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, type, end } = questionOf(query);
    asked.push(`${name} ${Object.entries(types).find(([, code]) => code === type)?.[0] ?? type}`);
    const known = names[name];
    if (known?.fails === "silent") return;
    const answers = known ? answersOf(known, type) : [];
    const code = known === undefined ? 3 : known.fails === "servfail" ? 2 : 0;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180 | code, 2); // an answer, recursion wanted and available (RFC 1035 §4.1.1)
    header.writeUInt16BE(answers.length, 6);
    header.fill(0, 8, 12);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  return {
    server: `127.0.0.1:${socket.address().port}`,
    asked,
    close: () => new Promise<void>((done) => socket.close(() => done())),
  };
}

function questionOf(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answersOf({ mx = [], a, aaaa, ns, ptr, txt }: Name, type: number): Buffer[] {
  if (type === types.mx)
    return mx.map(([preference, host]) => record(type, Buffer.concat([uint16(preference), nameOf(host)])));
  if (type === types.a && a) return [record(type, Buffer.from(a.split(".").map(Number)))];
  if (type === types.ns && ns) return [record(type, nameOf(ns))];
  if (type === types.ptr && ptr) return [record(type, nameOf(ptr))];
  if (type === types.txt && txt !== undefined) return [txt].flat().map((it) => record(type, piecesOf(it)));
  return type === types.aaaa && aaaa ? [record(type, Buffer.alloc(16, 1))] : [];
}

/** A text in pieces with their lengths before them (RFC 1035 §3.3.14). */
const piecesOf = (text: string) =>
  Buffer.concat((text.match(/.{1,200}/g) ?? []).flatMap((it) => [Buffer.from([it.length]), Buffer.from(it)]));

/** A record of the name that was asked for (a pointer to it, §4.1.4), of class IN, for a minute. */
const record = (type: number, data: Buffer) =>
  Buffer.concat([
    Buffer.from([0xc0, 12]),
    uint16(type),
    uint16(1),
    uint16(0),
    uint16(60),
    uint16(data.length),
    data,
  ]);

const uint16 = (n: number) => Buffer.from([n >> 8, n & 255]);

const nameOf = (host: string) =>
  Buffer.concat([
    ...host
      .split(".")
      .filter((label) => label !== "")
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
