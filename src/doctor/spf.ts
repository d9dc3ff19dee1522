// SPF: whether the domain that mail comes from says who may send it (RFC 7208).
import { type Answer, type Dns, rowsOf } from "./dns.ts";
import { type Finding, unanswered, type ZoneRecord } from "./finding.ts";

/** RFC 7208 §4.6.4: with more, the record counts for nothing. */
const mostLookups = 10;
/** Names that are not there; with more it counts for nothing either. */
const mostVoid = 2;
/** We stop to count. */
const enough = 25;

type Term = { qualifier: string; name: string; value: string };

/** The record of a domain as terms: `a:host/24` is `a` with `host/24`. */
const termsOf = (record: string): Term[] =>
  record
    .split(/\s+/)
    .slice(1)
    .filter((it) => it !== "")
    .map((it) => {
      const [, qualifier = "+", name = "", value = ""] = /^([+?~-]?)([a-z0-9]+)[:=]?(.*)$/i.exec(it) ?? [];
      return { qualifier: qualifier || "+", name: name.toLowerCase(), value };
    });

const isSpf = (text: string) => /^v=spf1( |$)/i.test(text);

type Walk = {
  lookups: number;
  voids: number;
  unknown: boolean;
  /** Domains whose record is wrong, and why nothing counts then. */
  wrong: string[];
  /** Whether one of the addresses may send; null where a macro decides. */
  covers: boolean | null;
};

/** Counts what a record costs, and whether it allows one of the addresses. */
async function walk(
  dns: Dns,
  domain: string,
  record: string,
  addresses: readonly string[],
  so: Walk,
  allows: boolean,
  above: readonly string[],
): Promise<void> {
  const ask = async <Row>(answer: Promise<Answer<Row>>): Promise<readonly Row[]> => {
    so.lookups += 1;
    const it = await answer;
    if (it.kind === "unknown") so.unknown = true;
    if (it.kind === "none") so.voids += 1;
    return rowsOf(it);
  };
  const seen = (mechanism: string, ranges: readonly string[]) => {
    if (mechanism !== "+" || !allows) return;
    if (addresses.some((address) => ranges.some((range) => isIn(address, range)))) so.covers = true;
  };
  for (const { qualifier, name, value } of termsOf(record)) {
    if (so.lookups >= enough) return;
    if (name === "ip4" || name === "ip6") seen(qualifier, [value]);
    if (!["include", "redirect", "a", "mx", "exists", "ptr"].includes(name)) continue;
    if (value.includes("%") || name === "exists" || name === "ptr") {
      so.lookups += 1;
      if (so.covers === false) so.covers = null;
      continue;
    }
    const [, host = "", length = ""] = /^([^/]*)(\/.*)?$/.exec(value) ?? [];
    const target = (host || domain).toLowerCase().replace(/\.$/, "");
    if (name === "a") {
      const found = await ask(dns.addresses(target));
      seen(
        qualifier,
        found.map((it) => it + lengthFor(it, length)),
      );
    } else if (name === "mx") {
      for (const { host: server } of (await ask(dns.mx(target))).slice(0, 10)) {
        const found = await dns.addresses(server);
        if (found.kind === "unknown") so.unknown = true;
        seen(
          qualifier,
          rowsOf(found).map((it) => it + lengthFor(it, length)),
        );
      }
    } else {
      if (above.includes(target)) {
        so.wrong.push(target);
        continue;
      }
      const unknownBefore = so.unknown;
      const records = (await ask(dns.txt(target))).filter(isSpf);
      const [only] = records;
      if (only === undefined || records.length > 1) {
        if (so.unknown === unknownBefore) so.wrong.push(target);
      } else await walk(dns, target, only, addresses, so, allows && qualifier === "+", [...above, target]);
    }
  }
}

/** `a/24//64`: the first length is of IPv4, the second of IPv6. */
function lengthFor(address: string, lengths: string): string {
  const [, four, six] = /^(?:\/(\d+))?(?:\/\/(\d+))?$/.exec(lengths) ?? [];
  const length = address.includes(":") ? six : four;
  return length === undefined ? "" : `/${length}`;
}

/** Whether an address is in a range of its own family. */
export function isIn(address: string, range: string): boolean {
  const [base = "", length] = range.split("/");
  const [a, b] = [bitsOf(address), bitsOf(base)];
  if (a === null || b === null || a.length !== b.length) return false;
  const prefix = length === undefined ? a.length : Number(length);
  return Number.isInteger(prefix) && a.slice(0, prefix) === b.slice(0, prefix);
}

function bitsOf(address: string): string | null {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address))
    return address
      .split(".")
      .map((it) => Number(it).toString(2).padStart(8, "0"))
      .join("");
  if (!address.includes(":")) return null;
  const [head = "", tail, ...more] = address.split("::");
  if (more.length > 0) return null;
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const [first, last] = [groups(head), groups(tail)];
  const middle =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  const all = [...first, ...middle, ...last];
  if (all.length !== 8 || !all.every((it) => /^[0-9a-f]{1,4}$/i.test(it))) return null;
  return all.map((it) => parseInt(it, 16).toString(2).padStart(16, "0")).join("");
}

/**
 * SPF of a domain that stands in MAIL FROM.
 *
 * @param outgoing addresses that the mail leaves from, as far as they are known; none where they are not
 * @param via what its record should allow, for who has none: `a:relay.example`, `ip4:192.0.2.1`
 */
export async function checkSpf(
  dns: Dns,
  domain: string,
  outgoing: readonly string[],
  via: string,
): Promise<Finding> {
  const found = (
    state: Finding["state"],
    what: Finding["what"],
    todo: Finding["todo"] = null,
    records: readonly ZoneRecord[] = [],
  ): Finding => ({ check: "spf", subject: domain, state, what, todo, records });
  const answer = await dns.txt(domain);
  if (answer.kind === "unknown") return unanswered("spf", domain, domain);
  const records = rowsOf(answer).filter(isSpf);
  const [record] = records;
  if (record === undefined)
    return found(
      "broken",
      { ar: `لا سجل SPF عند ${domain}.`, en: `There is no SPF record at ${domain}.` },
      {
        ar: "أضف السجل أدناه، وفيه كل خادم يرسل بريد هذا النطاق: ما يطلبه مزوّدك يبدأ غالبًا بـ include.",
        en: "Add the record below, with every server that sends mail of this domain: your relay's keeper names it, mostly as include:…",
      },
      [{ name: domain, type: "TXT", value: `v=spf1 ${via} -all` }],
    );
  if (records.length > 1)
    return found(
      "broken",
      {
        ar: `عند ${domain} سجلات SPF عددها ${records.length}، فلا يُحسب أي منها.`,
        en: `There are ${records.length} SPF records at ${domain}, and so none of them counts.`,
      },
      {
        ar: "اجمعها في سجل واحد، واحذف الباقي.",
        en: "Put what they say into one record, and remove the others.",
      },
      [{ name: domain, type: "TXT", value: joined(records) }],
    );
  const so: Walk = { lookups: 0, voids: 0, unknown: false, wrong: [], covers: false };
  await walk(dns, domain, record, outgoing, so, true, [domain]);
  const cost = so.lookups >= enough ? `${enough}+` : String(so.lookups);
  if (so.lookups > mostLookups)
    return found(
      "broken",
      {
        ar: `سجل SPF عند ${domain} يحتاج ${cost} استعلامًا، والحد ${mostLookups}: لا يُحسب.`,
        en: `The SPF record of ${domain} takes ${cost} lookups, and ${mostLookups} are the most: it does not count.`,
      },
      {
        ar: "احذف ما لم يعد يرسل، أو اكتب عناوينه (ip4، ip6) بدل include.",
        en: "Take out who does not send any more, or write addresses (ip4, ip6) in the place of an include.",
      },
    );
  if (so.wrong.length > 0 || so.voids > mostVoid)
    return found(
      "broken",
      {
        ar: `سجل SPF عند ${domain} يسمّي ما لا سجل له: ${so.wrong.join("، ") || `أسماء غير موجودة عددها ${so.voids}`}. فلا يُحسب.`,
        en: `The SPF record of ${domain} names what has no record of its own: ${so.wrong.join(", ") || `${so.voids} names that do not exist`}. So it does not count.`,
      },
      { ar: "احذف هذه الأسماء منه، أو صحّحها.", en: "Take these names out of it, or mend them." },
    );
  if (so.unknown)
    return {
      ...unanswered("spf", domain, domain),
      what: {
        ar: `سجل SPF موجود عند ${domain}، ولم يُجب خادم عن كل ما يسمّيه.`,
        en: `There is an SPF record at ${domain}, and nobody answered for all that it names.`,
      },
    };
  const all = termsOf(record).find(({ name }) => name === "all");
  if (all?.qualifier === "+")
    return found(
      "broken",
      {
        ar: `سجل SPF عند ${domain} يسمح لكل أحد (+all).`,
        en: `The SPF record of ${domain} lets anybody send (+all).`,
      },
      { ar: "اجعل آخره -all.", en: "Let it end in -all." },
      [{ name: domain, type: "TXT", value: record.replace(/\s\+?all\b/i, " -all") }],
    );
  if (outgoing.length > 0 && so.covers === false)
    return found(
      "warning",
      {
        ar: `سجل SPF عند ${domain} لا يسمح للعنوان الذي يُرسل منه: ${outgoing.join("، ")}.`,
        en: `The SPF record of ${domain} does not allow the address that the relay has: ${outgoing.join(", ")}.`,
      },
      {
        ar: "إن كان هو ما يخرج البريد منه فأضفه إلى السجل.",
        en: "If that is what mail leaves from, add it to the record.",
      },
      [{ name: domain, type: "TXT", value: withTerm(record, via) }],
    );
  const isOpen = all === undefined && !termsOf(record).some(({ name }) => name === "redirect");
  if (isOpen || all?.qualifier === "?")
    return found(
      "warning",
      {
        ar: `سجل SPF عند ${domain} لا يقول شيئًا عن بقية الخوادم.`,
        en: `The SPF record of ${domain} says nothing of all other servers.`,
      },
      { ar: "اجعل آخره -all أو ~all.", en: "Let it end in -all or ~all." },
      [{ name: domain, type: "TXT", value: `${record.replace(/\s\?all\b/i, "").trim()} -all` }],
    );
  return found("ok", {
    ar: `سجل SPF واحد عند ${domain}، يحتاج ${cost} من ${mostLookups} استعلامات.`,
    en: `One SPF record at ${domain}, which takes ${cost} of ${mostLookups} lookups.`,
  });
}

const withTerm = (record: string, term: string): string =>
  record.replace(/^v=spf1\s*/i, `v=spf1 ${term} `).trimEnd();

/** Every term of all of them once, what is said of all others last. */
function joined(records: readonly string[]): string {
  const terms = [...new Set(records.flatMap((it) => it.split(/\s+/).slice(1)))];
  const isAll = (term: string) => /^[+?~-]?all$/i.test(term);
  const ends = terms.filter(isAll);
  const end = ["-all", "~all"].find((it) => ends.includes(it)) ?? "-all";
  return ["v=spf1", ...terms.filter((term) => term !== "" && !isAll(term)), end].join(" ");
}
