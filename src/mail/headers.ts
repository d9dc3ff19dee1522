// Header fields, folded and encoded (RFC 5322 §2.2.3, RFC 2047). Pure.
import { oneLine } from "../arabic/index.ts";
import { type Address, parseAddress } from "./address.ts";

/** Who a message is from or to, as people write it. An empty name is no name. */
export type Mailbox = { name: string; address: string };

/** Lines that hold an encoded word have at most this many octets (RFC 2047 §2); we keep to it everywhere we can fold. */
const longestLine = 76;
const longestEncodedWord = 75;
/** "=?UTF-8?B?" and "?=". */
const wrapping = 12;

/** A field of free text: `Subject`. What cannot be in a header is gone; a text that looks encoded is encoded again. */
export function textField(name: string, text: string): string {
  const clean = oneLine(text);
  return foldTokens(name, plain(clean) ? clean.split(" ") : encodedWords(clean, name.length + 2));
}

/** A field with one address: `From`, `To`, `Reply-To`. */
export function addressField(name: string, { name: person }: Mailbox, address: Address): string {
  return foldTokens(name, [...phrase(oneLine(person), name.length + 2), angled(person, address.text)]);
}

/** `List-Id: phrase <id>` (RFC 2919 §3). */
export function listIdField(words: string, id: string): string {
  if (id.length > 255 || !/^[\w-]+(\.[\w-]+)+$/.test(id)) {
    throw new Error(
      `"${id}" cannot be a List-Id: it takes letters, digits and hyphens with dots between, 255 at most.`,
    );
  }
  return foldTokens("List-Id", [...phrase(oneLine(words), "List-Id: ".length), `<${id}>`]);
}

/**
 * A field whose value is ours and already right: an identifier, a list of URIs. Folded at its spaces only.
 *
 * @throws if there is anything in it but printable ASCII: the value was not ours
 */
export function plainField(name: string, value: string): string {
  if (!/^[!-~]+( [!-~]+)*$/.test(value))
    throw new Error(`${name} takes printable ASCII only, not "${value}".`);
  return foldTokens(name, value.split(" "));
}

/** @throws if it is no address: addresses are checked where they come in, so this needs a person */
export function checkedAddress(field: string, mailbox: Mailbox): Address {
  const address = parseAddress(mailbox.address);
  if (address) return address;
  throw new Error(`${field}: "${oneLine(mailbox.address)}" is no address that mail can be sent with.`);
}

const angled = (person: string, address: string) => (oneLine(person) === "" ? address : `<${address}>`);

/** The words before an address: atoms, one quoted string, or encoded words, never encoded words inside quotes (§5). */
function phrase(text: string, column: number): string[] {
  if (text === "") return [];
  if (!plain(text)) return encodedWords(text, column);
  if (/^[\w!#$%&'*+/=?^`{|}~ -]+$/.test(text)) return text.split(" ");
  const quoted = `"${text.replace(/["\\]/g, "\\$&")}"`;
  return quoted.length + column <= longestLine ? [quoted] : encodedWords(text, column);
}

/** Whether a text may stand as it is: printable ASCII, nothing that reads as an encoded word, every word fits a line. */
const plain = (text: string) =>
  /^[ -~]*$/.test(text) &&
  !text.includes("=?") &&
  text.split(" ").every((word) => word.length < longestLine - 20);

/**
 * The whole text as encoded words, cut between characters as a reader sees them (or, if one is too long for a word,
 * between code points). Spaces between encoded words vanish when they are read (§6.2).
 *
 * @param column where on its line the first word begins
 */
function encodedWords(text: string, column: number): string[] {
  const encoder = new TextEncoder();
  const words: string[] = [];
  let piece = "";
  let room = octetsInWord(Math.min(longestEncodedWord, longestLine - column));
  let left = room;
  const close = () => {
    if (piece !== "") words.push(`=?UTF-8?B?${encoder.encode(piece).toBase64()}?=`);
    piece = "";
    room = octetsInWord(longestEncodedWord);
    left = room;
  };
  const add = (characters: string) => {
    const octets = encoder.encode(characters).length;
    if (octets > left) close();
    if (octets > left && [...characters].length > 1) {
      for (const point of characters) add(point);
      return;
    }
    piece += characters;
    left -= octets;
  };
  for (const { segment } of new Intl.Segmenter("ar", { granularity: "grapheme" }).segment(text)) add(segment);
  close();
  return words;
}

const octetsInWord = (characters: number) => Math.floor((characters - wrapping) / 4) * 3;

/** Puts tokens behind a field's name, with a line break wherever the next would pass the line's end. */
function foldTokens(name: string, tokens: string[]): string {
  let field = `${name}:`;
  let column = field.length;
  for (const [index, token] of tokens.entries()) {
    const fits = column + 1 + token.length <= longestLine;
    // A line of nothing but white space would be obsolete syntax (RFC 5322 §3.2.2); a first token stays by the name.
    field += fits || index === 0 ? ` ${token}` : `\r\n ${token}`;
    column = (fits || index === 0 ? column : 0) + 1 + token.length;
  }
  return field;
}
