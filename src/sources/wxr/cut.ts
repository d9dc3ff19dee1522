// The bytes of a WordPress export, cut into the elements that matter, each to be read by itself: what is broken harms no
// other, memory is that of one element, and the end of each is a place to go on from. Knows no more of XML than where CDATA
// and comments begin and end, in which the tags of an article about exports may stand.

/** What stands before the first element: the site's name and address. Only where reading begins at the first byte. */
export const preamble = "";

/** `why` is a sentence on which a person can act. Offsets are octets in the file. */
export type Cut<T> =
  | { ok: true; value: T; end: number }
  | { ok: false; why: string; start: number; end: number };

export type CutOptions<T> = {
  /** Names of elements of which none stands inside another. */
  names: readonly string[];
  /** Reads one, at once: its bytes are used again afterwards. Null where it is broken. */
  read: (name: string, bytes: Uint8Array) => T | null;
};

/** No article is longer; what is goes by without being kept. */
export const mostElementOctets = 20_000_000;
const mostPreambleOctets = 1_000_000;

/** A broken element may have swallowed the next one and is read again from there: no hostile file is read much longer by it. */
const mostReadAgain = 1_000_000_000;

const bytesOf = (text: string) => new TextEncoder().encode(text);
const cdata = bytesOf("<![CDATA[");
const comment = bytesOf("<!--");
const ends = { cdata: bytesOf("]]>"), comment: bytesOf("-->") };
const lastTags = [bytesOf("</channel"), bytesOf("</rss")];
const longestMark = 32;
const [lt, gt, slash] = [0x3c, 0x3e, 0x2f];
const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

type Open = { name: string; start: number; tooLarge: boolean };

/**
 * Cuts a stream of bytes into elements, in their order.
 *
 * @param from at which octet of the file the stream begins: 0, or the end of an earlier cut
 */
export async function* cutElements<T>(
  chunks: AsyncIterable<Uint8Array>,
  from: number,
  { names, read }: CutOptions<T>,
): AsyncGenerator<Cut<T>> {
  const tags = names.map((name) => ({ name, open: bytesOf(`<${name}`), close: bytesOf(`</${name}`) }));
  // Most tags are none of these, and one look at their first letter tells.
  const initials = new Set([slash, ...tags.map((it) => it.open[1])]);
  let store = new Uint8Array(1 << 18);
  let bytes = store.subarray(0, 0);
  let base = from; // the octet of the file at which `bytes` begins
  let at = 0; // everything before is understood
  let inside: keyof typeof ends | null = null;
  let insideSince = 0;
  let open: Open | null = from === 0 ? { name: preamble, start: 0, tooLarge: false } : null;
  let sawEnd = false;
  let readAgain = 0;

  const startsAt = (index: number, mark: Uint8Array) => isAt(bytes, mark, index);
  const endsName = (byte: number | undefined) => byte === gt || byte === slash || isSpace(byte);
  const broken = (why: string, start: number, end: number): Cut<T> => ({
    ok: false,
    why,
    start: base + start,
    end: base + end,
  });

  function take(chunk: Uint8Array): void {
    // What was cut before is forgotten; of what is too large, everything.
    const keep = open === null || open.tooLarge ? at : Math.min(at, open.start);
    const left = bytes.length - keep;
    if (left + chunk.length > store.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(left + chunk.length)));
      larger.set(bytes.subarray(keep));
      store = larger;
    } else store.copyWithin(0, keep, bytes.length);
    store.set(chunk, left);
    bytes = store.subarray(0, left + chunk.length);
    base += keep;
    at -= keep;
    insideSince -= keep;
    if (open) open = { ...open, start: open.start - keep };
  }

  /** Where the next element begins inside a broken one that swallowed it, or null. */
  function swallowed({ name, start }: Open, end: number): number | null {
    const tag = tags.find((it) => it.name === name);
    if (!tag || readAgain >= mostReadAgain) return null;
    for (let i = start; ; ) {
      i = indexOf(bytes, tag.close, i);
      if (i < 0 || i >= end) return null;
      i = bytes.indexOf(gt, i) + 1;
      if (i <= 0 || i >= end) return null;
      let next = i;
      while (isSpace(bytes[next])) next++;
      if (next < end && startsAt(next, tag.open)) {
        readAgain += end - i;
        return i;
      }
    }
  }

  /** Ends the open element, whole or not; reading goes on after it, or at the next one inside it. */
  function close(element: Open, end: number, why: string | null): Cut<T> {
    const piece =
      element.tooLarge || why !== null ? null : read(element.name, bytes.subarray(element.start, end));
    open = null;
    inside = null;
    if (piece !== null) {
      at = end;
      return { ok: true, value: piece, end: base + end };
    }
    const next = element.tooLarge ? null : swallowed(element, end);
    at = next ?? end;
    return broken(
      element.tooLarge
        ? `It is larger than ${mostElementOctets / 1_000_000} MB, too large for one article.`
        : (why ?? "Its tags do not close as they open."),
      element.start,
      at,
    );
  }

  /** The next cut among the bytes at hand; null where more are needed. */
  function next(last: boolean): Cut<T> | null {
    for (;;) {
      if (open && open.name !== preamble && !open.tooLarge && at - open.start > mostElementOctets) {
        const start = swallowed(open, at);
        if (start !== null) {
          const cut = broken("It has no end.", open.start, start);
          open = null;
          inside = null;
          at = start;
          return cut;
        }
        open = { ...open, tooLarge: true };
      }
      if (inside !== null) {
        const end = indexOf(bytes, ends[inside], at);
        if (end < 0) {
          at = Math.max(at, bytes.length - 2);
          return null;
        }
        at = end + 3;
        inside = null;
        continue;
      }
      const tag = bytes.indexOf(lt, at);
      if (tag < 0) {
        at = bytes.length;
        return null;
      }
      if (!last && bytes.length - tag < longestMark) {
        at = tag;
        return null;
      }
      at = tag + 1;
      if (bytes[at] === 0x21) {
        if (startsAt(tag, cdata)) [inside, insideSince, at] = ["cdata", tag, tag + cdata.length];
        else if (startsAt(tag, comment)) [inside, insideSince, at] = ["comment", tag, tag + comment.length];
        continue;
      }
      if (!initials.has(bytes[at])) continue;
      if (open && open.name !== preamble && bytes[at] === slash) {
        const element: Open = open;
        const mark = tags.find(({ name }) => name === element.name)?.close;
        if (!mark || !startsAt(tag, mark) || !endsName(bytes[tag + mark.length])) continue;
        const end = bytes.indexOf(gt, tag);
        if (end < 0) {
          at = tag;
          return null;
        }
        return close(element, end + 1, null);
      }
      if (lastTags.some((mark) => startsAt(tag, mark))) {
        sawEnd = true;
        continue;
      }
      const begun = tags.find((it) => startsAt(tag, it.open) && endsName(bytes[tag + it.open.length]));
      if (!begun) continue;
      const before = open;
      if (before && before.name !== preamble) {
        at = tag;
        open = null;
        return broken("Another begins before it ends.", before.start, tag);
      }
      open = { name: begun.name, start: tag, tooLarge: false };
      if (before) {
        const value = read(preamble, bytes.subarray(0, Math.min(tag, mostPreambleOctets)));
        if (value !== null) return { ok: true, value, end: base };
      }
    }
  }

  for await (const chunk of chunks) {
    take(chunk);
    for (let cut = next(false); cut !== null; cut = next(false)) yield cut;
    // Nothing but terms before the first element that matters: enough was seen of the site.
    if (open?.name === preamble && bytes.length > mostPreambleOctets) {
      const value = read(preamble, bytes.subarray(0, mostPreambleOctets));
      open = null;
      if (value !== null) yield { ok: true, value, end: base };
    }
  }
  for (;;) {
    const cut = next(true);
    if (cut) {
      yield cut;
      continue;
    }
    const element: Open | null = open;
    if (element === null) break;
    if (element.name === preamble) {
      const value = read(preamble, bytes);
      if (value !== null) yield { ok: true, value, end: base };
      break;
    }
    yield close(element, bytes.length, "The file ends in the middle of it.");
    sawEnd = true; // said already
  }
  if (!sawEnd)
    yield broken(
      inside === "comment"
        ? `A comment that begins at octet ${base + insideSince} has no end: what follows it was not read.`
        : "The file breaks off before its end, as when an export is cut short: export again, or in parts.",
      bytes.length,
      bytes.length,
    );
}

/** Where a mark begins at or after an index, or -1. */
function indexOf(bytes: Uint8Array, mark: Uint8Array, from: number): number {
  const [first = 0] = mark;
  let at = bytes.indexOf(first, from);
  while (at >= 0 && !isAt(bytes, mark, at)) at = bytes.indexOf(first, at + 1);
  return at;
}

function isAt(bytes: Uint8Array, mark: Uint8Array, index: number): boolean {
  for (let i = 0; i < mark.length; i++) if (bytes[index + i] !== mark[i]) return false;
  return true;
}
