// The dates of feeds, as the standards have them and as they are found. Pure: what cannot be read is null, never now.
import { fold } from "../../arabic/index.ts";

/** All names of the twelve months, folded: English, Levantine, Gulf and Egypt, Maghreb (Tunis, Algiers, Rabat). */
const months = new Map(
  [
    "jan january يناير جانفي كانون-الثاني كانون-ثاني",
    "feb february فبراير فيفري شباط فبرائر",
    "mar march مارس آذار أذار",
    "apr april أبريل إبريل أفريل نيسان",
    "may مايو ماي أيار",
    "jun june يونيو يونيه جوان حزيران",
    "jul july يوليو يوليه جويلية يوليوز تموز",
    "aug august أغسطس أوغسطس أوت غشت آب",
    "sep sept september سبتمبر شتنبر أيلول",
    "oct october أكتوبر اكتوبر تشرين-الأول تشرين-أول",
    "nov november نوفمبر نونبر تشرين-الثاني تشرين-ثاني",
    "dec december ديسمبر دجنبر كانون-الأول كانون-أول",
  ].flatMap((names, i) => names.split(" ").map((name) => [fold(name.replace("-", " ")), i + 1] as const)),
);

const monthName = [...months.keys()].join("|");
const clock = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`;
const iso = new RegExp(
  String.raw`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[t ,]+${clock}\s*(.*))?$|^(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)(.*)$`,
);
// "sunday, 1 march 2026", "1-mar-26"; "١ آذار/مارس ٢٠٢٦" has two names of one month.
const dayFirst = new RegExp(
  String.raw`(?<![\d:])(\d{1,2})[ -](${monthName})(?: ?/ ?(?:${monthName}))?\.?[ ,-]+(\d{2,4})(?![\d:])(.*)$`,
);
const monthFirst = new RegExp(String.raw`(?<!\p{L})(${monthName})\.? (\d{1,2}),? (\d{4})(?!\d)(.*)$`, "u");

/** Longer than any date; what is longer is text. */
const longest = 120;

/** Hours from UTC. RFC 5322 §4.3 names the American ones; the others are what Arab and European papers write. */
const zones = new Map(
  Object.entries({
    est: -5,
    edt: -4,
    cst: -6,
    cdt: -5,
    mst: -7,
    mdt: -6,
    pst: -8,
    pdt: -7,
    cet: 1,
    cest: 2,
    bst: 1,
    west: 1,
    eet: 2,
    eest: 3,
    msk: 3,
  }),
);

/**
 * A date of a feed: RFC 3339 and its kin, RFC 822 with two-digit years and its zones, Arabic month names and digits.
 *
 * @returns null where it cannot be read, or is the zero of some clock. Without a zone, or in one that nobody knows, it is read
 *   as UTC, as RFC 5322 §4.3 says
 */
export function readDate(text: string | null | undefined): Temporal.Instant | null {
  if (!text || text.length > longest) return null;
  const s = fold(text.replace(/\([^()]*\)/g, " ").replaceAll("،", ","))
    .replace(/\s+/g, " ")
    .trim();
  const parts = isoParts(s) ?? namedParts(s);
  return parts && instantOf(parts);
}

type Parts = { year: number; month: number; day: number; rest: string };

function isoParts(s: string): Parts | null {
  const found = iso.exec(s);
  if (!found) return null;
  const [, y, m, d, hour, minute, second, fraction, zone, by, bm, bd, bh, bmin, bs, bzone] = found;
  const year = Number(y ?? by);
  const rest =
    y === undefined
      ? `${bh}:${bmin}:${bs} ${bzone}`
      : hour === undefined
        ? ""
        : `${hour}:${minute}:${second ?? "00"}.${fraction ?? "0"} ${zone}`;
  return { year, month: Number(m ?? bm), day: Number(d ?? bd), rest };
}

function namedParts(s: string): Parts | null {
  const found = dayFirst.exec(s);
  const [, first = "", second = "", year = "", after = ""] = found ?? monthFirst.exec(s) ?? [];
  if (year === "") return null;
  const [day, month] = found ? [first, second] : [second, first];
  // The time may stand before the date as well: "10:30, 15 نيسان 2026".
  const rest = /\d:\d/.test(after) ? after : s.slice(0, found?.index ?? 0);
  return { year: wholeYear(year), month: months.get(month) ?? 0, day: Number(day), rest };
}

/** Two digits are 1950 to 2049, three are years since 1900 (RFC 5322 §4.3). */
function wholeYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

const timeThenZone = new RegExp(String.raw`${clock}\s*(am|pm|ص|م|صباحا|مساء)?(?!\p{L})\.?\s*(.*)$`, "u");

function instantOf({ year, month, day, rest }: Parts): Temporal.Instant | null {
  const [, hour, minute, second, fraction, half, zone] = timeThenZone.exec(rest) ?? [];
  // Before 1971 lie the zeros of clocks and databases, beyond 2200 what no feed means.
  if (year < 1971 || year > 2200) return null;
  try {
    const local = Temporal.PlainDateTime.from(
      {
        year,
        month,
        day,
        hour: inHalf(Number(hour ?? 0), half),
        minute: Number(minute ?? 0),
        second: Math.min(Number(second ?? 0), 60) === 60 ? 59 : Number(second ?? 0), // a leap second
        millisecond: Number((fraction ?? "0").padEnd(3, "0").slice(0, 3)),
      },
      { overflow: "reject" },
    );
    return local
      .toZonedDateTime("UTC")
      .toInstant()
      .subtract({ minutes: offsetMinutes(zone ?? "") });
  } catch {
    return null; // the 31st of February
  }
}

function inHalf(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour;
  return (hour % 12) + (/^(?:pm|م)/.test(half) ? 12 : 0);
}

function offsetMinutes(zone: string): number {
  const [, sign, hours, minutes] = /^(?:gmt|utc?)? ?([+\-−])(\d{1,2}):?(\d{2})?/.exec(zone) ?? [];
  if (sign !== undefined) {
    const minutesOff = Number(hours) * 60 + Number(minutes ?? 0);
    return minutesOff > 18 * 60 ? 0 : sign === "+" ? minutesOff : -minutesOff;
  }
  return (zones.get(/^[a-z]+/.exec(zone)?.[0] ?? "") ?? 0) * 60;
}
