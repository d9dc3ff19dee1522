// What the publisher decides about the paper: its names, how it writes dates, who signs its mail.
import { z } from "zod";
import { parseAddress } from "../mail/index.ts";

/** Domains in one line, as they are written in an address, become A-labels in lower case, each once. */
const domains = z
  .string()
  .max(10_000)
  .transform((text, context): string => {
    const read = text
      .split(/[\s,،]+/)
      .filter((it) => it !== "")
      .map((it) => ({ it, domain: parseAddress(`a@${it}`)?.text.slice("a@".length) }));
    const wrong = read.filter(({ domain }) => domain === undefined).map(({ it }) => it);
    if (wrong.length > 0)
      context.addIssue({ code: "custom", message: `${wrong.join(", ")} is no domain, such as spam.example` });
    return [...new Set(read.map(({ domain }) => domain ?? ""))].sort().join(", ");
  });

const mostSocial = 8;

/** Addresses of pages, separated by spaces or commas, each once. */
const pages = z
  .string()
  .max(2000)
  .transform((text, context): string => {
    const read = text.split(/[\s,،]+/).filter((it) => it !== "");
    const wrong = read.filter((it) => URL.parse(it)?.protocol !== "https:");
    if (wrong.length > 0)
      context.addIssue({
        code: "custom",
        message: `${wrong.join(", ")} is no address such as https://t.me/paper`,
      });
    if (read.length > mostSocial)
      context.addIssue({ code: "custom", message: `it takes ${mostSocial} addresses at most` });
    return [...new Set(read.map((it) => URL.parse(it)?.href ?? ""))].join(" ");
  });

export const publisherSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  nameEn: z.string().trim().min(1).max(80),
  tagline: z.string().max(200),
  taglineEn: z.string().max(200),
  /** IANA zone of the newsroom: what "today" means. */
  zone: z.string().refine(isZone, "it is no IANA time zone, such as Asia/Beirut"),
  /** The days that the country rests; weeks begin behind them. */
  weekend: z.enum(["fri-sat", "sat-sun", "fri"]),
  /** The language of readers who chose none. */
  language: z.enum(["ar", "en"]),
  months: z.enum(["levant", "international", "both", "maghreb-tn", "maghreb-ma"]),
  digits: z.enum(["latn", "arab"]),
  hijri: z.boolean(),
  /** A day more or fewer than Umm al-Qura says, as the moon was seen. */
  hijriOffset: z.literal([-1, 0, 1]),
  /** Six hexadecimal digits, kept in small letters: the accent of mails. */
  colour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .toLowerCase(),
  logoUrl: z.url({ protocol: /^https?$/ }).nullable(),
  postalAddress: z.string().max(200),
  /** The paper's pages elsewhere, at the foot of each mail; separated by spaces. */
  social: pages,
  /** Whether addresses at providers that hand them out for minutes may be signed up. */
  disposable: z.enum(["allow", "refuse"]),
  /** Domains, and what is below them, whose addresses may not be signed up; separated by commas. */
  refusedDomains: domains,
  /** Whether it is counted how often a mail's stories are followed: not at all, without the person, or with their number. */
  clicks: z.enum(["off", "anonymous", "personal"]),
  /** True while the store holds the sample newsroom: pages and mails say so. */
  sample: z.boolean(),
});

export type Publisher = z.output<typeof publisherSchema>;

/** A new paper, before anybody set anything. */
export const newPublisher: Publisher = {
  name: "نشرة",
  nameEn: "Nashra",
  tagline: "أخبار اليوم في نشرة واحدة",
  taglineEn: "The day's news in one bulletin",
  zone: "Asia/Beirut",
  weekend: "fri-sat",
  language: "ar",
  months: "both",
  digits: "latn",
  hijri: false,
  hijriOffset: 0,
  colour: "#8a1c2c",
  logoUrl: null,
  postalAddress: "",
  social: "",
  disposable: "allow",
  refusedDomains: "",
  clicks: "anonymous",
  sample: false,
};

const restDays: Readonly<Record<Publisher["weekend"], readonly number[]>> = {
  "fri-sat": [5, 6],
  "sat-sun": [6, 7],
  fri: [5],
};

/** The days of the weekend, as ISO numbers: 1 is Monday. */
export const weekendDays = ({ weekend }: Pick<Publisher, "weekend">): readonly number[] => restDays[weekend];

/** The days of a week as ISO numbers, from the first behind the weekend on. */
export function weekOf(publisher: Pick<Publisher, "weekend">): number[] {
  const last = weekendDays(publisher).at(-1) ?? 7;
  return Array.from({ length: 7 }, (_, i) => ((last + i) % 7) + 1);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
