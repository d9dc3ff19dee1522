// The pictures of a WordPress export. An article names its picture by a number, and the picture may stand anywhere in the
// file: so a first reading keeps of each no more than what an article shows of it, packed, in memory that has a bound.
import { z } from "zod";
import type { ArticleImage } from "../../articles/index.ts";
import { plainText } from "../wordpress/text.ts";
import type { Fields } from "./element.ts";

/** About half a million pictures, at some 120 octets each; what comes after those is not found. */
const mostPages = 64;
const pageOctets = 1 << 20;

export type Pictures = {
  add: (id: number, picture: ArticleImage) => void;
  find: (id: number) => ArticleImage | null;
  /** How many found no room. */
  lost: () => number;
};

const packed = z.tuple([
  z.string(),
  z.number().nullable(),
  z.number().nullable(),
  z.number().nullable(),
  z.string().nullable(),
  z.string().nullable(),
]);

/** An empty index of pictures by their numbers. Each picture is JSON in a page of bytes, an entry two numbers. */
export function pictureIndex(): Pictures {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const pages: Uint8Array[] = [];
  let free = pageOctets; // in the last page
  let lost = 0;
  // In rising order of ids, as exports mostly are; where one is not, both are put in order before the next search.
  let entries: { ids: number[]; places: number[] } = { ids: [], places: [] };
  let inOrder = true;

  function add(id: number, { url, width, height, length, alt, credit }: ArticleImage): void {
    const bytes = encoder.encode(JSON.stringify([url, width, height, length, alt, credit]));
    if (free + bytes.length + 2 > pageOctets) {
      if (pages.length === mostPages || bytes.length + 2 > pageOctets) {
        lost += 1;
        return;
      }
      pages.push(new Uint8Array(pageOctets));
      free = 0;
    }
    pages.at(-1)?.set(bytes, free);
    inOrder &&= id > (entries.ids.at(-1) ?? -1);
    entries.ids.push(id);
    entries.places.push((pages.length - 1) * pageOctets + free);
    free += bytes.length + 1; // a zero ends it, which JSON never holds
  }

  function find(id: number): ArticleImage | null {
    if (!inOrder) {
      const { ids, places } = entries;
      const order = ids.map((_, i) => i).sort((a, b) => (ids[a] ?? 0) - (ids[b] ?? 0) || a - b);
      entries = { ids: order.map((i) => ids[i] ?? 0), places: order.map((i) => places[i] ?? 0) };
      inOrder = true;
    }
    const place = entries.places[search(entries.ids, id)];
    if (place === undefined) return null;
    const page = pages[Math.floor(place / pageOctets)] ?? new Uint8Array();
    const start = place % pageOctets;
    const [url, width, height, length, alt, credit] = packed.parse(
      JSON.parse(decoder.decode(page.subarray(start, page.indexOf(0, start)))),
    );
    return { url, type: typeOf(url), length, width, height, alt, credit };
  }

  return { add, find, lost: () => lost };
}

/** Where a number stands among rising ones, or -1. */
function search(ids: readonly number[], id: number): number {
  let [low, high] = [0, ids.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = ids[middle] ?? 0;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** An attachment's number and picture; null if it is none. */
export function readPicture({ text, meta }: Fields): { id: number; picture: ArticleImage } | null {
  const url = text.get("wp:attachment_url")?.trim() ?? "";
  const id = Number(text.get("wp:post_id"));
  const type = typeOf(url);
  if (!Number.isSafeInteger(id) || id <= 0 || url.length > 2000 || type === null) return null;
  // PHP's way to write an array. The sizes of the smaller copies follow the picture's own; the camera's notes follow those.
  const [own = "", ...others] = (meta.get("_wp_attachment_metadata") ?? "").split('s:5:"sizes";');
  const number = (name: string) => {
    const found = new RegExp(`"${name}";(?:i:|s:\\d{1,3}:")(\\d{1,12})(?!\\d)`).exec(own)?.[1];
    return Number(found ?? 0) || null;
  };
  const credit = /"credit";s:\d{1,4}:"([^"]*)"/.exec(others.join(" "))?.[1] ?? "";
  return {
    id,
    picture: {
      url,
      type,
      length: number("filesize"),
      width: number("width"),
      height: number("height"),
      alt: plainText(meta.get("_wp_attachment_image_alt") ?? "").slice(0, 500) || null,
      credit: plainText(credit).slice(0, 200) || null,
    },
  };
}

const types: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  jpe: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  svg: "image/svg+xml",
  bmp: "image/bmp",
  tif: "image/tiff",
  tiff: "image/tiff",
  heic: "image/heic",
};

/** Exports name no type; WordPress itself goes by the ending. */
const typeOf = (url: string): string | null =>
  types[/\.(\w{3,4})(?:[?#]|$)/.exec(url)?.[1]?.toLowerCase() ?? ""] ?? null;
