// How lists are understood: any sensible heading, encoding and delimiter.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bareCell, csvLine } from "./cells.ts";
import { columnsOf, languageOf, standsFor } from "./columns.ts";
import { type ListFile, recordsOf, UnreadableList } from "./csv.ts";
import { layoutOf, rowsOf, saidColumns } from "./layout.ts";
import { readMoment } from "./moment.ts";
import { type ListOptions, rowReader } from "./row.ts";
import { readWanted, type Wanted, writeWanted } from "./wanted.ts";

const now = Temporal.Instant.from("2026-03-01T05:00:00Z");
const names = {
  digests: [
    { id: 1, slug: "morning", names: ["صباح الخير"] },
    { id: 2, slug: "economy", names: ["نشرة الاقتصاد"] },
  ],
  sections: [
    { id: 4, slug: "سياسة", names: ["سياسة"] },
    { id: 7, slug: "economy", names: ["اقتصاد"] },
  ],
};
const options: ListOptions = {
  consent: "the fair",
  consentedAt: null,
  digest: 1,
  sections: [],
  language: "ar",
  zone: "Asia/Beirut",
};

/** A list in pieces of so many octets, as a disk or a network would give them. */
function fileOf(bytes: Uint8Array<ArrayBuffer>, pieceOctets = 7): ListFile {
  return {
    name: "list.csv",
    identity: "test",
    octets: bytes.length,
    open: () =>
      ReadableStream.from(
        (function* () {
          for (let at = 0; at < bytes.length; at += pieceOctets) yield bytes.slice(at, at + pieceOctets);
        })(),
      ),
  };
}
const utf8 = (text: string) => new Uint8Array(new TextEncoder().encode(text));

/** What the list says: an address with its language, its digests and the day of consent; or why there is none. */
async function understood(bytes: Uint8Array<ArrayBuffer>, encoding: string | null = null) {
  const file = fileOf(bytes);
  const layout = await layoutOf(file, encoding);
  const read = rowReader(layout.columns, names, options, now);
  const rows: string[] = [];
  for await (const { row, cells, holds } of rowsOf(file, layout)) {
    if (!holds) continue;
    const reading = read(cells);
    if (!reading.ok) {
      rows.push(`${row} ${reading.problem.why} ${reading.problem.what}`.trim());
      continue;
    }
    const { address, language, wanted, consentedAt, consentSource } = reading.person;
    const day =
      consentedAt === null
        ? ""
        : ` ${Temporal.Instant.fromEpochMilliseconds(consentedAt).toZonedDateTimeISO("Asia/Beirut").toPlainDate()}`;
    rows.push(`${row} ${address} ${language} ${writeWanted(wanted, names)}${day} ${consentSource}`.trim());
  }
  return rows;
}

test("what a person says of the columns counts more than their headings", async () => {
  const file = fileOf(new TextEncoder().encode("email,contact,tongue\nold@x.org,new@x.org,en"));
  const { headings, columns } = await layoutOf(file, null, [null, "address", "language"]);
  expect(headings).toEqual(["email", "contact", "tongue"]);
  expect([...columns]).toEqual([
    ["address", 1],
    ["language", 2],
  ]);
});

test("what a person says counts in a list without headings, too", async () => {
  const file = fileOf(new TextEncoder().encode("old@x.org,new@x.org,en\nolder@x.org,newer@x.org,ar"));
  const { headings, columns } = await layoutOf(file, null, saidColumns("address=2,language=3"));
  expect([headings, ...columns]).toEqual([null, ["address", 1], ["language", 2]]);
});

test.each([
  "",
  "address",
  "address=0",
  "language=1",
  "address=1,language=1",
  "address=1,address=2",
  "shoe=1",
])("%j says no columns", (text) => expect(saidColumns(text)).toBeNull());

test.each<[string, string, string[]]>([
  ["an address a line", "a@x.org\n\n  b@x.org \n", ["1 a@x.org ar morning", "3 b@x.org ar morning"]],
  ["a byte order mark and CR LF", "\uFEFFemail\r\na@x.org\r\n", ["2 a@x.org ar morning"]],
  ["one line, no line break", "a@x.org", ["1 a@x.org ar morning"]],
  ["no headings", "a@x.org,ar\nb@x.org,EN", ["1 a@x.org ar morning", "2 b@x.org en morning"]],
  ["headings in another order", "Language,Name,E-mail\nen,Salma,a@x.org", ["2 a@x.org en morning"]],
  [
    "semicolons and Arabic",
    "الاسم;البريد الإلكتروني;اللغة\nسلمى;a@x.org;الإنجليزية",
    ["2 a@x.org en morning"],
  ],
  ["tabs, with an empty cell", "name\temail\tlang\n\ta@x.org\ten", ["2 a@x.org en morning"]],
  ["pipes", "email|lang\na@x.org|en\nb@x.org|ar", ["2 a@x.org en morning", "3 b@x.org ar morning"]],
  ["the Arabic comma", "البريد، اللغة\na@x.org، en", ["2 a@x.org en morning"]],
  [
    "commas inside of cells between semicolons",
    'email;name\na@x.org;"Haddad, Salma"\nb@x.org;Haddad, Karim',
    ["2 a@x.org ar morning", "3 b@x.org ar morning"],
  ],
  [
    "a cell over several lines, and quotation marks in it",
    'email,name\na@x.org,"Salma\n""the first""\nHaddad"\nb@x.org,x',
    ["2 a@x.org ar morning", "3 b@x.org ar morning"],
  ],
  ["headings that nobody knows", "Kontakt;Wohnort\na@x.org;Wien", ["2 a@x.org ar morning"]],
  ["a street before the address", "العنوان,البريد\nشارع الحمرا,a@x.org", ["2 a@x.org ar morning"]],
  ["a street, and no word for the address", "العنوان,contact\nشارع الحمرا,a@x.org", ["2 a@x.org ar morning"]],
  [
    "rows that are too short or too long",
    "email,lang\na@x.org\nb@x.org,en,x,y",
    ["2 a@x.org ar morning", "3 b@x.org en morning"],
  ],
  [
    "digests by slug and title, sections of their own and of all",
    "email,digests,sections\na@x.org,economy[سياسة|اقتصاد]/weekly,\nb@x.org,morning; نشرة الاقتصاد,اقتصاد\nc@x.org,,سياسة\nd@x.org,nothing,\ne@x.org,morning,رياضة\nf@x.org,morning/hourly,",
    [
      "2 a@x.org ar economy[سياسة|economy]/weekly",
      "3 b@x.org ar morning[economy]; economy[economy]",
      "4 c@x.org ar morning[سياسة]",
      "5 digest nothing",
      "6 section رياضة",
      "7 manner hourly",
    ],
  ],
  [
    "when and how they agreed",
    "email,consent date,consent source\na@x.org,2024-05-01,fair\nb@x.org,1/5/2024,\nc@x.org,soon,\nd@x.org,2027-01-01,",
    [
      "2 a@x.org ar morning 2024-05-01 fair",
      "3 b@x.org ar morning 2024-05-01",
      "4 no-date soon",
      "5 future-date 2027-01-01",
    ],
  ],
  [
    "who is not subscribed",
    "email,status\na@x.org,subscribed\nb@x.org,Unsubscribed\nc@x.org,مشترك\nd@x.org,VIP\ne@x.org,",
    [
      "2 a@x.org ar morning",
      "3 state-out Unsubscribed",
      "4 c@x.org ar morning",
      "5 state-unknown VIP",
      "6 e@x.org ar morning",
    ],
  ],
  [
    "addresses that are none",
    "email\nSalma <a@x.org>\nnobody\na@x\n'+plus@x.org",
    ["2 not-alone Salma <a@x.org>", "3 no-at nobody", "4 domain a@x", "5 +plus@x.org ar morning"],
  ],
])("%s", async (_, text, rows) => {
  expect(await understood(utf8(text))).toEqual(rows);
});

describe("encodings", () => {
  const text = "البريد,الاسم\na@x.org,سلمى\n";
  const utf16 = (mark: boolean, swap: boolean) => {
    const units = Uint16Array.from([...(mark ? "\uFEFF" : ""), ...text], (c) => c.charCodeAt(0));
    const bytes = new Uint8Array(units.buffer);
    return swap ? bytes.map((_, i) => bytes[i ^ 1] ?? 0) : bytes;
  };
  // The letters of windows-1256 that stand in this text.
  const windows1256 = Uint8Array.from(text, (c) => {
    const at = "ابردسلمىيلء".indexOf(c);
    return at < 0
      ? c.charCodeAt(0)
      : ([0xc7, 0xc8, 0xd1, 0xcf, 0xd3, 0xe1, 0xe3, 0xec, 0xed, 0xe1, 0xc1][at] ?? 0);
  });

  test.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["UTF-8", utf8(text), "utf-8"],
    ["UTF-8 with a mark", utf8(`\uFEFF${text}`), "utf-8"],
    [
      "UTF-8 with a broken letter",
      new Uint8Array([...utf8(text.repeat(9)), 0xd8, ...utf8(`,\n${text}`)]),
      "utf-8",
    ],
    ["UTF-16LE", utf16(true, false), "utf-16le"],
    ["UTF-16LE without a mark", utf16(false, false), "utf-16le"],
    ["UTF-16BE", utf16(true, true), "utf-16be"],
    ["UTF-16BE without a mark", utf16(false, true), "utf-16be"],
    ["windows-1256", windows1256, "windows-1256"],
    [
      "windows-1256 behind much ASCII",
      new Uint8Array([...utf8("email,name\n".repeat(9)), ...windows1256]),
      "windows-1256",
    ],
  ])("%s", async (_, bytes, encoding) => {
    const layout = await layoutOf(fileOf(bytes, 4096), null);
    expect(layout.encoding).toBe(encoding);
    if (layout.headings?.length === 2 && layout.headings[0] !== "email")
      expect(layout.headings).toEqual(["البريد", "الاسم"]);
    expect((await understood(bytes)).at(-1) ?? "").toMatch(/a@x\.org ar/);
  });

  test("one that is given is believed; one that nobody knows is refused", async () => {
    expect((await layoutOf(fileOf(windows1256), "cp1256")).encoding).toBe("windows-1256");
    await expect(layoutOf(fileOf(windows1256), "klingon")).rejects.toThrow(
      /Nobody knows the encoding "klingon"/,
    );
  });
});

test.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
  ["a spreadsheet", new Uint8Array([0x50, 0x4b, 3, 4, 20, 0]), /spreadsheet.*Save it as CSV/],
  ["a picture", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 9, 0, 200, 7]), /no text/],
  ["nothing", new Uint8Array(), /No column of list\.csv holds addresses/],
  ["no addresses", utf8("name,city\nSalma,Tyre\n"), /No column .* holds addresses.*name \| city/],
])("%s is no list", async (_, bytes, words) => {
  await expect(layoutOf(fileOf(bytes, 4096), null)).rejects.toThrow(words);
});

test("a quotation mark that nothing closes is told with its line, and takes no memory", async () => {
  const bytes = utf8(`email,name\na@x.org,"Salma\n${"b@x.org,x\n".repeat(100_000)}`);
  const file = fileOf(bytes, 65_536);
  const layout = await layoutOf(file, null);
  const reading = (async () => {
    for await (const _ of recordsOf(file, layout));
  })();
  await expect(reading).rejects.toThrow(UnreadableList);
  await expect(reading).rejects.toThrow(/quotation mark/);
});

test.each<[string, string | null]>([
  ["2026-03-01", "2026-02-28T22:00:00Z"],
  ["2026/3/1", "2026-02-28T22:00:00Z"],
  ["01.03.2026", "2026-02-28T22:00:00Z"],
  ["١/٣/٢٠٢٦", "2026-02-28T22:00:00Z"],
  ["2026-03-01 12:30", "2026-03-01T10:30:00Z"],
  ["2026-03-01 12:30:15 UTC", "2026-03-01T12:30:15Z"],
  ["2026-03-01T12:30:00+03:00", "2026-03-01T09:30:00Z"],
  ["2026-02-31", null],
  ["13/13/2026", null],
  ["2026-03-01 25:00", null],
  ["March 1st", null],
  ["", null],
])("the moment %s", (text, instant) => {
  const ms = readMoment(text, "Asia/Beirut");
  expect(ms === null ? null : Temporal.Instant.fromEpochMilliseconds(ms).toString()).toBe(instant);
});

test("the surer of two headings counts", () => {
  expect(
    Object.fromEntries(columnsOf(["Source", "Consent_Date", "EMAIL ADDRESS", "consent source", "x"])),
  ).toEqual({
    consentSource: 3,
    consentedAt: 1,
    address: 2,
  });
});

test.each([
  ["ar-SY", "ar", null],
  ["العَرَبيّة", "ar", null],
  ["EN_us", "en", null],
  ["fr", null, null],
  ["غير مشترك", null, "out"],
  ["Opted-In", null, "in"],
] as const)("the word %s", (word, language, standing) => {
  expect([languageOf(word), standsFor(word)]).toEqual([language, standing]);
});

const wanted: fc.Arbitrary<Wanted> = fc.record({
  digest: fc.constantFrom(1, 2),
  sections: fc.constantFrom("", "[4]", "[7]", "[4,7]"),
  frequency: fc.constantFrom("each", "daily", "weekly"),
  slots: fc.constantFrom("", '["morning"]', '["evening","morning"]'),
  breaking: fc.constantFrom(null, 0, 1),
  state: fc.constant("active"),
  until: fc.constant(null),
});
const paused: fc.Arbitrary<Wanted> = fc
  .tuple(wanted, fc.option(fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })))
  .map(([it, until]) => ({ ...it, state: "paused", until }));

test("what is written of subscriptions is read again", () =>
  fc.assert(
    fc.property(fc.uniqueArray(fc.oneof(wanted, paused), { selector: ({ digest }) => digest }), (them) => {
      expect(readWanted(writeWanted(them, names), names, [])).toEqual({ ok: true, wanted: them });
    }),
  ));

const cell = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("=1+1", " +1", "'=x", "' =x", '"', "a\r\nb", "'", "-", "", " "),
);

test.each([",", ";", "|", "\t", "،", '"', "\n", "\r"])(
  "a cell with %j is quoted, whatever a spreadsheet separates by",
  (mark) => {
    expect(csvLine([`a${mark}=1`, "b"])).toBe(`"a${mark === '"' ? '""' : mark}=1",b\r\n`);
  },
);

test("cells are read as they were written, and none begins like a formula", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), async (rows) => {
      const text = rows.map((row) => csvLine(["x@y.z", ...row])).join("");
      const read: string[][] = [];
      for await (const record of recordsOf(fileOf(utf8(text), 64), { encoding: "utf-8", delimiter: "," }))
        read.push(record);
      expect(read.map(([, ...cells]) => cells.map((it) => bareCell(it).trim()))).toEqual(
        rows.map((row) => row.map((it) => it.trim())),
      );
      for (const it of read.flat()) expect(it).not.toMatch(/^[=+\-@]/);
    }),
  ));
