// A body part's text as lines a relay leaves alone: base64 or quoted-printable, whichever is shorter (RFC 2045 §6).

export type Encoding = "base64" | "quoted-printable";

export type EncodedBody = { encoding: Encoding; lines: string };

/** A text of which some parts are known later: what stands fast, and between it the names of what is filled in. */
export type Pieces = {
  /** One more than there are names. */
  texts: readonly string[];
  names: readonly string[];
};

/** A body part that is encoded as far as it is known. */
export type PreparedBody = {
  encoding: Encoding;
  /** The whole, with a value for each name in its order; each of its lines has an end. */
  fill: (values: readonly string[]) => Piece[];
};

/** ASCII either way: octets are what all have, text is one's own. */
export type Piece = string | Uint8Array;

/**
 * Encodes a text as UTF-8 with CRLF line ends. Never 8bit: a relay may change the encoding, and the DKIM signature
 * breaks (RFC 6376 §5.3).
 *
 * The choice is by octets: a letter outside ASCII takes 3 for each of its octets in quoted-printable, and everything
 * takes 1.37 in base64.
 */
export function encodeBody(text: string): EncodedBody {
  const { encoding, fill } = prepareBody({ texts: [text], names: [] });
  return { encoding, lines: linesOf(fill([])) };
}

/** What was filled in as one text, without the end of its last line. */
export const linesOf = (pieces: readonly Piece[]): string =>
  pieces
    .map((piece) => (typeof piece === "string" ? piece : new TextDecoder().decode(piece)))
    .join("")
    .slice(0, -lineEnd.length);

/**
 * The same for a text that goes to many: what all have is encoded once, and what is one's own is put in between. Around it lines
 * may be shorter than they could be.
 */
export function prepareBody({ texts }: Pieces): PreparedBody {
  const clean = texts.map(canonical);
  const octets = clean.map((text) => new TextEncoder().encode(text));
  const { base64, quotedPrintable } = lengths(octets);
  return base64 < quotedPrintable
    ? { encoding: "base64", fill: fillBase64(octets) }
    : { encoding: "quoted-printable", fill: fillQuotedPrintable(clean) };
}

/**
 * In base64 three octets are four letters, so that a text's letters depend on how many octets stand before it, modulo 3. What
 * stands fast is encoded for each of the three when it is first wanted; the octets around a value go with the value.
 */
function fillBase64(pieces: readonly Uint8Array[]): PreparedBody["fill"] {
  type Turned = { lines: Uint8Array; rest: Uint8Array };
  const turned = pieces.map((): (Turned | undefined)[] => []);
  const turn = (piece: Uint8Array, skip: number): Turned => {
    const end = piece.length - ((piece.length - skip) % 3);
    return { lines: encoder.encode(base64Lines(piece.subarray(skip, end))), rest: piece.subarray(end) };
  };
  const around = scratch();
  return (values) => {
    const lines: Piece[] = [];
    around.clear();
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) around.addText(canonical(values[index - 1] ?? ""));
      const skip = (3 - (around.length() % 3)) % 3;
      if (piece.length < skip) {
        around.add(piece);
        continue;
      }
      around.add(piece.subarray(0, skip));
      if (around.length() > 0) lines.push(base64Lines(around.octets()));
      around.clear();
      const variants = turned[index] ?? [];
      const variant = variants[skip] ?? turn(piece, skip);
      variants[skip] = variant;
      if (variant.lines.length > 0) lines.push(variant.lines);
      around.add(variant.rest);
    }
    if (around.length() > 0) lines.push(base64Lines(around.octets()));
    return lines.length > 0 ? lines : [lineEnd];
  };
}

const encoder = new TextEncoder();

/** A piece of memory that is used again and again, as asking for one for each value of each letter takes longer than to fill it. */
function scratch() {
  let octets = new Uint8Array(512);
  let length = 0;
  const makeRoom = (more: number) => {
    if (octets.length >= length + more) return;
    const larger = new Uint8Array(2 * (length + more));
    larger.set(octets.subarray(0, length));
    octets = larger;
  };
  return {
    add(more: Uint8Array): void {
      makeRoom(more.length);
      octets.set(more, length);
      length += more.length;
    },
    addText(text: string): void {
      makeRoom(3 * text.length); // no unit of UTF-16 takes more in UTF-8
      length += encoder.encodeInto(text, octets.subarray(length)).written;
    },
    length: () => length,
    /** As they are until more is added. */
    octets: (): Uint8Array => octets.subarray(0, length),
    clear(): void {
      length = 0;
    },
  };
}

/** Between what stands fast and a value is a soft line break, which is nothing when it is read (RFC 2045 §6.7). */
function fillQuotedPrintable(texts: readonly string[]): PreparedBody["fill"] {
  const fast = texts.map((text, index) => quotedPrintableLines(text, index < texts.length - 1));
  return (values) => {
    const lines = fast
      .flatMap((lines, index) =>
        index === 0 ? lines : [quotedPrintableLines(canonical(values[index - 1] ?? ""), true), lines],
      )
      .filter((lines, index) => lines !== "" || index === 0)
      .join("=\r\n");
    return [lines, lineEnd];
  };
}

/** About how many octets a text takes as a body part. */
export function encodedOctets(text: string): number {
  const { base64, quotedPrintable } = lengths([new TextEncoder().encode(canonical(text))]);
  return Math.ceil(Math.min(base64, quotedPrintable));
}

/** How many octets each of the encodings takes, about. */
function lengths(pieces: readonly Uint8Array[]): { base64: number; quotedPrintable: number } {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  let coded = 0;
  for (const piece of pieces) for (const octet of piece) if (!literal(octet)) coded++;
  return {
    quotedPrintable: (length + 2 * coded) * (76 / 73), // with its soft line breaks
    base64: Math.ceil(length / 3) * 4 * (78 / 76),
  };
}

/** One kind of line end, and no control that a mail may not have: NUL, the rest of C0, and C1 (Gmail clips at U+0092). */
const canonical = (text: string) => (/^[ -~]*$/.test(text) ? text : cleaned(text));

const cleaned = (text: string) =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "")
    .replaceAll("\n", "\r\n");

const literal = (octet: number) =>
  (octet >= 0x20 && octet <= 0x7e && octet !== 0x3d) || octet === 0x0d || octet === 0x0a;

const lineEnd = "\r\n";

/** Each with its end. By slices, as a regular expression takes longer than all the rest of a reader's own places. */
function base64Lines(octets: Uint8Array): string {
  const letters = octets.toBase64();
  let lines = "";
  for (let at = 0; at < letters.length; at += 76) lines += letters.slice(at, at + 76) + lineEnd;
  return lines;
}

/**
 * RFC 2045 §6.7: at most 76 characters a line, soft breaks only between characters, no white space at a line's end.
 *
 * @param goesOn whether a soft break follows, which its last line must have room for
 */
function quotedPrintableLines(text: string, goesOn: boolean): string {
  const encoder = new TextEncoder();
  const quoted = (character: string) =>
    [...encoder.encode(character)]
      .map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  const lines: string[] = [];
  for (const line of text.split("\r\n")) {
    let out = "";
    const characters = [...line];
    for (const [index, character] of characters.entries()) {
      const last = index === characters.length - 1;
      const stays = /^[!-<>-~]$/.test(character) || (/^[ \t]$/.test(character) && !last);
      const token = stays ? character : quoted(character);
      if (out.length + token.length > (last && !goesOn ? 76 : 75)) {
        lines.push(`${out}=`);
        out = "";
      }
      out += token;
    }
    lines.push(out);
  }
  return lines.join("\r\n");
}
