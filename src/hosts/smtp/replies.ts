// What a server says, cut into replies (RFC 5321 §4.2). Pure.

export type Reply = {
  code: number;
  /** All of its lines, without the codes. */
  lines: readonly string[];
  /** Code and text on one line, for ledgers and logs. */
  text: string;
};

/** So much of a line is kept; the rest is read and forgotten. In octets. */
const mostOfLine = 1024;
/** So many lines of a reply are kept. */
const mostLines = 100;

/**
 * Takes what arrives, in whatever pieces, and hands on replies. A code alone is a reply, and so are many lines of one code;
 * a line may end in LF alone.
 *
 * @param heard is told each reply in its order; null for a line that is none, after which nothing can be matched any more
 */
export function replyReader(heard: (reply: Reply | null) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  const line = new Uint8Array(mostOfLine);
  let length = 0;
  let lines: string[] = [];
  const endLine = () => {
    const text = decoder.decode(line.subarray(0, length)).replace(/\r$/, "");
    length = 0;
    const [, code, mark, words = ""] = /^(\d{3})(?:([ -])(.*))?$/s.exec(text) ?? [];
    if (code === undefined) return heard(null);
    if (lines.length < mostLines) lines.push(words);
    if (mark === "-") return;
    const reply = { code: Number(code), lines, text: `${code} ${lines.join(" ")}`.trimEnd() };
    lines = [];
    heard(reply);
  };
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); from < chunk.length; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      const kept = piece.subarray(0, mostOfLine - length);
      line.set(kept, length);
      length += kept.length;
      if (end < 0) return;
      endLine();
      from = end + 1;
    }
  };
}

/** Replies to EHLO name what a server can do: each line a keyword, and what belongs to it (RFC 5321 §4.1.1.1). */
export function extensionsIn({ lines }: Reply): ReadonlyMap<string, string> {
  return new Map(
    lines.slice(1).map((line) => {
      const [, keyword = "", parameters = ""] = /^([^ =]+)[ =]?(.*)$/.exec(line.trim()) ?? [];
      return [keyword.toUpperCase(), parameters.toUpperCase()];
    }),
  );
}
