// What the doctor found, as data: a page and a command show the same.

export type Check =
  | "spf"
  | "dkim"
  | "dmarc"
  | "reverse-name"
  | "bounce-host"
  | "relay"
  | "certificate"
  | "one-click"
  | "signed-headers"
  | "clock"
  | "disk"
  | "database"
  | "backup";

/** `unknown`: nobody answered, so that nothing can be said; asked again it may be known. */
export type State = "ok" | "warning" | "broken" | "unknown";

type Said = { ar: string; en: string };

/** A record of DNS that should be there. */
export type ZoneRecord = { name: string; type: "TXT" | "MX" | "A" | "PTR"; value: string };

export type Finding = {
  check: Check;
  /** What was looked at: a domain, a key, a server. */
  subject: string;
  state: State;
  what: Said;
  /** Null where nothing is to be done. */
  todo: Said | null;
  /** To be put into DNS, as they are. */
  records: readonly ZoneRecord[];
};

/** A line of a zone file; a text in pieces of 255 octets at most (RFC 1035 §3.3). */
export const zoneLine = ({ name, type, value }: ZoneRecord): string =>
  `${name}. IN ${type} ${type === "TXT" ? (value.match(/.{1,250}/g) ?? []).map((piece) => `"${piece}"`).join(" ") : value}`;

/** What stands for a check that could not be made. */
export const unanswered = (check: Check, subject: string, name: string): Finding => ({
  check,
  subject,
  state: "unknown",
  what: {
    ar: `لم يُجب أي خادم أسماء (DNS) عن ${name}.`,
    en: `No DNS server answered for ${name}.`,
  },
  todo: { ar: "أعد الفحص حين تعود الشبكة.", en: "Ask again when the network is back." },
  records: [],
});
