// Bytes become text, whatever encoding they are in. One rule for pages, texts and feeds.

/** Text in UTF-8 with a few broken letters, as when an excerpt was cut inside one: so many whole ones stand beside each. */
const wholeBesideBroken = 10;

/**
 * The text, without a byte order mark, in the encoding that its first bytes show; else as UTF-8; else in the encoding that the
 * server, the XML declaration or a meta element names.
 *
 * @param contentType what the server called it; null for a file
 * @returns null if it is in none of these
 */
export function decode(bytes: Uint8Array, contentType: string | null): string | null {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 2048));
  const served = /charset\s*=\s*["']?([\w-]+)/i.exec(contentType ?? "")?.[1];
  const declared = /^\s*<\?xml\b[^>]*?encoding\s*=\s*["']([\w-]+)/i.exec(head)?.[1];
  const named = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1];
  const text =
    decodeFirst([wide(head), "utf-8"], bytes) ??
    decodeDamaged(bytes) ??
    decodeFirst([served, declared, named], bytes);
  return text?.includes("\0") ? null : text;
}

/** UTF-16, by its mark, or by the zeros in `<?` or `<r` (XML 1.0 appendix F). */
function wide(head: string): string | null {
  if (/^(?:\xFF\xFE|<\0[?!\w]\0)/.test(head)) return "utf-16le";
  return /^(?:\xFE\xFF|\0<\0[?!\w])/.test(head) ? "utf-16be" : null;
}

function decodeFirst(labels: readonly (string | null | undefined)[], bytes: Uint8Array): string | null {
  for (const label of labels) {
    try {
      if (label) return new TextDecoder(label, { fatal: true }).decode(bytes);
    } catch {
      // Not in this encoding, or an encoding that nobody knows: the next one may do.
    }
  }
  return null;
}

/** No other encoding looks like UTF-8 nearly everywhere. */
function decodeDamaged(bytes: Uint8Array): string | null {
  const text = new TextDecoder("utf-8").decode(bytes);
  const broken = text.match(/\uFFFD/g)?.length ?? 0;
  const whole = text.match(/[^\0-\x7F\uFFFD]/g)?.length ?? 0;
  return whole >= broken * wholeBesideBroken ? text : null;
}
