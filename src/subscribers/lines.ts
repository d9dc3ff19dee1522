// A list of subscribers as it comes out of other programs: an address a line, or CSV. Pure.
import { fold } from "../arabic/index.ts";

export type ListedLine = { text: string; address: string; language: "ar" | "en" | null };

/** Longer lines hold no address; they are handed on cut, and refused as too long. */
const mostCharacters = 2000;

const addressWords = ["address", "email", "e-mail", "mail", "email address", "e-mail address"];
const arabicAddressWords = ["البريد", "البريد الإلكتروني", "العنوان", "عنوان البريد", "الإيميل"];
const languageWords = ["language", "lang", "اللغة", "لغة"].map(fold);
const addressHeaders = [...addressWords, ...arabicAddressWords].map(fold);
const languages: Readonly<Record<string, "ar" | "en">> = {
  ar: "ar",
  arabic: "ar",
  [fold("العربية")]: "ar",
  [fold("عربي")]: "ar",
  en: "en",
  english: "en",
  [fold("الإنجليزية")]: "en",
  [fold("إنجليزي")]: "en",
};

/**
 * Makes a reader for the lines of one list. The first line that is not empty says how the rest is laid out: its
 * delimiter (comma, semicolon or tab), and, where a cell of it is a word for "address", the columns; else the columns
 * are address and language.
 *
 * @returns a function of a line; null for an empty line and for the header
 */
export function createLineReader(): (line: string) => ListedLine | null {
  let layout: { delimiter: string; address: number; language: number } | null = null;
  return (line) => {
    const text = line.slice(0, mostCharacters).replace(/^\uFEFF/, "");
    if (text.trim() === "") return null;
    if (layout === null) {
      const delimiter = [",", ";", "\t"].find((mark) => text.includes(mark)) ?? ",";
      const heads = cellsOf(text, delimiter).map((cell) => fold(cell).trim());
      const address = heads.findIndex((head) => addressHeaders.includes(head));
      layout = { delimiter, address: 0, language: 1 };
      if (address >= 0) {
        const language = heads.findIndex((head) => languageWords.includes(head));
        layout = { delimiter, address, language };
        return null;
      }
    }
    const cells = cellsOf(text, layout.delimiter);
    const language = fold(cells[layout.language] ?? "").trim();
    return { text, address: cells[layout.address] ?? "", language: languages[language] ?? null };
  };
}

/** The cells of a CSV line (RFC 4180), a doubled quote inside quotes being one. */
function cellsOf(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (quoted && character === '"' && text.charAt(i + 1) === '"') {
      cell += '"';
      i++;
    } else if (character === '"' && (quoted || cell.trim() === "")) {
      quoted = !quoted;
      if (quoted) cell = "";
    } else if (character === delimiter && !quoted) {
      cells.push(cell);
      cell = "";
    } else {
      cell += character;
    }
  }
  return [...cells, cell];
}
