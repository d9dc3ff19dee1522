// Which digits a publisher writes. Texts of others are never changed; this is for numbers that we write.

/** Latin digits (0123) or Arabic-Indic ones (٠١٢٣), by their names in Unicode's locale data. */
export type Digits = "latn" | "arab";

/** Our own text with its digits as the publisher wants them. */
export function withDigits(s: string, digits: Digits): string {
  if (digits === "latn") return s;
  return s.replace(/[0-9]/g, (digit) => String.fromCharCode(0x0660 + Number(digit)));
}

/** A whole number with thousands grouped: 12,500 or ١٢٬٥٠٠. */
export function formatNumber(n: number, digits: Digits): string {
  return new Intl.NumberFormat(`ar-u-nu-${digits}`).format(n);
}
