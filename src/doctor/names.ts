// What else DNS says of a sender's domain: DKIM, DMARC, where bounces go, and the names of what sends.
import { type Dns, isWithin, rowsOf, tagsOf } from "./dns.ts";
import { type Finding, unanswered, type ZoneRecord } from "./finding.ts";

/** A key that signs now, and the record that it needs. */
export type SigningRecord = { selector: string; name: string; record: string };

/** The `p=` of a record, without the white space that it may have (RFC 6376 §3.6.1). */
const keyIn = (record: string): string | null => tagsOf(record).get("p")?.replace(/\s/g, "") ?? null;

/** Whether DNS has a key of ours as it is (RFC 6376 §3.6.1). */
export async function checkDkim(dns: Dns, { selector, name, record }: SigningRecord): Promise<Finding> {
  const answer = await dns.txt(name);
  if (answer.kind === "unknown") return unanswered("dkim", name, name);
  const published = rowsOf(answer).filter((it) => keyIn(it) !== null);
  const same = published.find((it) => keyIn(it) === keyIn(record));
  const wanted: ZoneRecord[] = [{ name, type: "TXT", value: record }];
  if (same === undefined) {
    const revoked = published.some((it) => keyIn(it) === "");
    return {
      check: "dkim",
      subject: name,
      state: "broken",
      what:
        published.length === 0
          ? {
              ar: `المفتاح ${selector} يوقّع بريدنا، ولا سجل له عند ${name}.`,
              en: `The key ${selector} signs our mail, and DNS has none at ${name}.`,
            }
          : {
              ar: `${revoked ? "المفتاح مسحوب" : "عند DNS مفتاح آخر"} عند ${name}، فلا يُصدَّق توقيعنا.`,
              en: `DNS has ${revoked ? "a key that was revoked" : "another key"} at ${name}, so that our signature is not believed.`,
            },
      todo: {
        ar: "ضع السجل أدناه كما هو، أو وقّع بمفتاح منشور: nashra dkim use.",
        en: "Put the record below there as it is, or sign with a key that is published: nashra dkim use.",
      },
      records: wanted,
    };
  }
  if (/(^|:)y(:|$)/.test(tagsOf(same).get("t") ?? ""))
    return {
      check: "dkim",
      subject: name,
      state: "warning",
      what: {
        ar: `سجل ${name} يقول إنه تجربة (t=y)، فقد لا يُحسب التوقيع.`,
        en: `The record at ${name} says that it is a test (t=y); signatures may not count.`,
      },
      todo: { ar: "احذف t=y منه.", en: "Take t=y out of it." },
      records: wanted,
    };
  return {
    check: "dkim",
    subject: name,
    state: "ok",
    what: { ar: `المفتاح ${selector} منشور كما هو.`, en: `The key ${selector} is published as it is.` },
    todo: null,
    records: [],
  };
}

/** For a domain whose mail nothing signs. */
export const unsigned = (domain: string): Finding => ({
  check: "dkim",
  subject: domain,
  state: "broken",
  what: {
    ar: `بريد ${domain} يخرج بلا توقيع، وكبار المزوّدين يرفضونه.`,
    en: `Mail of ${domain} leaves unsigned, and large providers refuse that.`,
  },
  todo: {
    ar: "اصنع مفتاحًا (nashra dkim create SELECTOR)، وانشر سجله، ثم استعمله (nashra dkim use SELECTOR).",
    en: "Make a key (nashra dkim create SELECTOR), publish its record, then put it to use (nashra dkim use SELECTOR).",
  },
  records: [],
});

/**
 * DMARC of the domain in From (RFC 7489): its policy, where reports go, and whether return path and signature are of the same house.
 *
 * @param bounce the host in MAIL FROM
 * @param signing the domains that sign
 */
export async function checkDmarc(
  dns: Dns,
  domain: string,
  bounce: string,
  signing: readonly string[],
  reports: string,
): Promise<Finding> {
  const found = (
    state: Finding["state"],
    what: Finding["what"],
    todo: Finding["todo"] = null,
    records: readonly ZoneRecord[] = [],
  ): Finding => ({ check: "dmarc", subject: domain, state, what, todo, records });
  const advised = (policy: string): ZoneRecord[] => [
    { name: `_dmarc.${domain}`, type: "TXT", value: `v=DMARC1; p=${policy}; rua=mailto:${reports}` },
  ];
  const isDmarc = (text: string) => /^v=DMARC1\s*(;|$)/.test(text);
  let house = domain;
  let records: string[] = [];
  // A domain without a record of its own has that of a domain above it.
  for (const labels = domain.split("."); labels.length >= 2; labels.shift()) {
    house = labels.join(".");
    const answer = await dns.txt(`_dmarc.${house}`);
    if (answer.kind === "unknown") return unanswered("dmarc", domain, `_dmarc.${house}`);
    records = rowsOf(answer).filter(isDmarc);
    if (records.length > 0) break;
  }
  const [record] = records;
  if (record === undefined)
    return found(
      "broken",
      { ar: `لا سجل DMARC عند _dmarc.${domain}.`, en: `There is no DMARC record at _dmarc.${domain}.` },
      {
        ar: "أضف السجل أدناه. p=none يكفي للبدء، ثم quarantine حين تقول التقارير إن كل بريدك موقّع.",
        en: "Add the record below. p=none is enough to begin with; quarantine once reports say that all your mail is signed.",
      },
      advised("none"),
    );
  if (records.length > 1)
    return found(
      "broken",
      {
        ar: `عند _dmarc.${house} سجلات عددها ${records.length}، فلا يُحسب أي منها.`,
        en: `There are ${records.length} records at _dmarc.${house}, and so none of them counts.`,
      },
      { ar: "أبقِ واحدًا منها.", en: "Keep one of them." },
    );
  const tags = tagsOf(record);
  const policy = tags.get("p")?.toLowerCase() ?? "";
  if (!["none", "quarantine", "reject"].includes(policy))
    return found(
      "broken",
      {
        ar: `سجل DMARC عند _dmarc.${house} بلا سياسة معروفة (p=).`,
        en: `The DMARC record at _dmarc.${house} has no policy that is known (p=).`,
      },
      { ar: "صحّحه كما في السجل أدناه.", en: "Mend it as the record below has it." },
      advised("none"),
    );
  const isAligned = (name: string, how: string | undefined) =>
    how?.toLowerCase() === "s"
      ? name === domain
      : (isWithin(name, house) && isWithin(domain, house)) ||
        isWithin(name, domain) ||
        isWithin(domain, name);
  const bySignature = signing.some((name) => isAligned(name, tags.get("adkim")));
  const byPath = isAligned(bounce, tags.get("aspf"));
  if (!bySignature && !byPath)
    return found(
      "broken",
      {
        ar: `لا التوقيع (${signing.join("، ") || "لا شيء"}) ولا مسار الرجوع (${bounce}) من نطاق المرسل ${domain}.`,
        en: `Neither the signature (${signing.join(", ") || "none"}) nor the return path (${bounce}) is of the sender's domain ${domain}.`,
      },
      {
        ar: `وقّع بمفتاح لـ ${domain}، واجعل NASHRA_MAIL_BOUNCE تحته.`,
        en: `Sign with a key of ${domain}, and let NASHRA_MAIL_BOUNCE lie below it.`,
      },
    );
  if (!byPath || !bySignature)
    return found(
      "warning",
      {
        ar: byPath
          ? `التوقيع ليس من نطاق المرسل ${domain}.`
          : `مسار الرجوع ${bounce} ليس من نطاق المرسل ${domain}، فلا يشهد له إلا التوقيع.`,
        en: byPath
          ? `The signature is not of the sender's domain ${domain}.`
          : `The return path ${bounce} is not of the sender's domain ${domain}, so that only the signature speaks for it.`,
      },
      {
        ar: `اجعل NASHRA_MAIL_BOUNCE تحت ${domain}، ووقّع بمفتاح له.`,
        en: `Let NASHRA_MAIL_BOUNCE lie below ${domain}, and sign with a key of it.`,
      },
    );
  const rua = (tags.get("rua") ?? "")
    .split(",")
    .flatMap((it) => /^\s*mailto:[^@\s]+@([^!\s]+)/i.exec(it)?.[1]?.toLowerCase() ?? []);
  if (rua.length === 0)
    return found(
      "warning",
      {
        ar: `سجل DMARC عند _dmarc.${house} لا يقول إلى أين تُرسل التقارير (rua=).`,
        en: `The DMARC record at _dmarc.${house} does not say where reports go (rua=).`,
      },
      {
        ar: "أضف rua إليه: منها تعرف من يرسل باسمك.",
        en: "Add rua to it: reports say who sends in your name.",
      },
      advised(policy),
    );
  // Who takes reports of another domain must say so (RFC 7489 §7.1).
  for (const to of rua.filter((it) => !isWithin(it, house) && !isWithin(house, it))) {
    const name = `${house}._report._dmarc.${to}`;
    const answer = await dns.txt(name);
    if (answer.kind === "none" || (answer.kind === "found" && !answer.rows.some(isDmarc)))
      return found(
        "warning",
        {
          ar: `تقارير DMARC ترسل إلى ${to}، ولم يقل ذلك النطاق إنه يقبلها.`,
          en: `DMARC reports go to ${to}, and that domain does not say that it takes them.`,
        },
        { ar: `يضيفه من يملك ${to}.`, en: `Whoever keeps ${to} adds it.` },
        [{ name, type: "TXT", value: "v=DMARC1" }],
      );
  }
  return found("ok", {
    ar: `سجل DMARC عند _dmarc.${house}: p=${policy}، والتوقيع ومسار الرجوع من نطاق المرسل.`,
    en: `A DMARC record at _dmarc.${house}: p=${policy}; signature and return path are of the sender's domain.`,
  });
}

/** Whether mail to the host for bounces reaches a server. @param server what its record should name */
export async function checkBounceHost(dns: Dns, host: string, server: string): Promise<Finding> {
  const found = (
    state: Finding["state"],
    what: Finding["what"],
    todo: Finding["todo"] = null,
    records: readonly ZoneRecord[] = [],
  ): Finding => ({ check: "bounce-host", subject: host, state, what, todo, records });
  const advised: ZoneRecord[] = [{ name: host, type: "MX", value: `10 ${server}.` }];
  const answer = await dns.mx(host);
  if (answer.kind === "unknown") return unanswered("bounce-host", host, host);
  const servers = rowsOf(answer);
  if (servers.length > 0 && servers.every(({ host: it }) => it === "" || it === "."))
    return found(
      "broken",
      {
        ar: `${host} يقول إنه لا يستقبل بريدًا (RFC 7505).`,
        en: `${host} says that it takes no mail (RFC 7505).`,
      },
      { ar: "ضع مكانه السجل أدناه.", en: "Put the record below in its place." },
      advised,
    );
  if (servers.length === 0) {
    const own = await dns.addresses(host);
    if (own.kind === "unknown") return unanswered("bounce-host", host, host);
    return found(
      own.kind === "found" ? "warning" : "broken",
      own.kind === "found"
        ? {
            ar: `لا سجل MX عند ${host}، فيذهب ما يعود إلى الجهاز نفسه.`,
            en: `${host} has no MX record, and what comes back goes to that machine itself.`,
          }
        : {
            ar: `لا سجل MX عند ${host}: ما يعود من الرسائل يضيع.`,
            en: `${host} has no MX record: what comes back is lost.`,
          },
      {
        ar: "أضف السجل أدناه، واسم الخادم فيه هو الذي يستقبل.",
        en: "Add the record below; it names the server that takes the mail.",
      },
      advised,
    );
  }
  for (const { host: it } of servers) {
    const there = await dns.addresses(it);
    if (there.kind === "unknown") return unanswered("bounce-host", host, it);
    if (there.kind === "none")
      return found(
        "broken",
        {
          ar: `سجل MX عند ${host} يسمّي ${it}، ولا عنوان له.`,
          en: `The MX record of ${host} names ${it}, which has no address.`,
        },
        { ar: "صحّح الاسم، أو أعطه عنوانًا.", en: "Mend the name, or give it an address." },
      );
  }
  return found("ok", {
    ar: `ما يعود إلى ${host} يصل إلى ${servers.map(({ host: it }) => it).join("، ")}.`,
    en: `What comes back to ${host} reaches ${servers.map(({ host: it }) => it).join(", ")}.`,
  });
}

/** For who has no host for bounces. */
export const noBounceHost = (mailFrom: string): Finding => ({
  check: "bounce-host",
  subject: mailFrom,
  state: "warning",
  what: {
    ar: `ما يعود من الرسائل يذهب إلى ${mailFrom}، ولا يُعرف أي رسالة عاد بها.`,
    en: `What comes back goes to ${mailFrom}, and does not tell which letter it is about.`,
  },
  todo: {
    ar: "أعطِ ما يعود نطاقًا له وحده (NASHRA_MAIL_BOUNCE)؛ الدليل يقول كيف.",
    en: "Give what comes back a host of its own (NASHRA_MAIL_BOUNCE); docs/operating.md says how.",
  },
  records: [],
});

/**
 * Whether an address that mail leaves from has a name that leads back to it, and calls itself by it.
 *
 * @param hello what the server calls itself; null where nobody heard it
 */
export async function checkReverseName(dns: Dns, address: string, hello: string | null): Promise<Finding> {
  const found = (
    state: Finding["state"],
    what: Finding["what"],
    todo: Finding["todo"] = null,
    records: readonly ZoneRecord[] = [],
  ): Finding => ({ check: "reverse-name", subject: address, state, what, todo, records });
  const advised = (name: string): ZoneRecord[] => [
    { name: reverseOf(address), type: "PTR", value: `${name}.` },
  ];
  const answer = await dns.names(address);
  if (answer.kind === "unknown") return unanswered("reverse-name", address, address);
  const names = rowsOf(answer).map((it) => it.toLowerCase().replace(/\.$/, ""));
  const hint = {
    ar: "من يعطيك العنوان (مزوّد الخادم) هو من يضبطه. إن كان الخادم مزوّدًا يرسل من عناوين أخرى فلا عليك.",
    en: "Whoever gives you the address sets it. Where the relay is a provider's, which sends from other addresses, it is theirs.",
  };
  if (names.length === 0)
    return found(
      "warning",
      { ar: `لا اسم للعنوان ${address} (PTR).`, en: `The address ${address} has no name (PTR).` },
      hint,
      hello ? advised(hello) : [],
    );
  for (const name of names) {
    const back = await dns.addresses(name);
    if (back.kind === "unknown") return unanswered("reverse-name", address, name);
    if (!rowsOf(back).some((it) => isSame(it, address))) continue;
    if (hello !== null && hello.toLowerCase() !== name && !names.includes(hello.toLowerCase()))
      return found(
        "warning",
        {
          ar: `العنوان ${address} اسمه ${name}، والخادم يسمّي نفسه ${hello}.`,
          en: `The address ${address} is called ${name}, and the server calls itself ${hello}.`,
        },
        {
          ar: `اجعل الاسمين واحدًا: في Postfix myhostname = ${name}.`,
          en: `Let both be one: in Postfix, myhostname = ${name}.`,
        },
      );
    return found("ok", {
      ar: `${address} اسمه ${name}، والاسم يعود إليه.`,
      en: `${address} is called ${name}, and the name leads back to it.`,
    });
  }
  return found(
    "warning",
    {
      ar: `العنوان ${address} اسمه ${names.join("، ")}، والاسم لا يعود إليه.`,
      en: `The address ${address} is called ${names.join(", ")}, and the name does not lead back to it.`,
    },
    hint,
    names.slice(0, 1).map((name) => ({ name, type: "A", value: address })),
  );
}

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** The name under which the names of an address stand (RFC 1035 §3.5, RFC 3596 §2.5). */
export function reverseOf(address: string): string {
  if (!address.includes(":")) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  const [head = "", tail] = address.split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const [first, last] = [groups(head), groups(tail)];
  const middle =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  const digits = [...first, ...middle, ...last].map((it) => it.padStart(4, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
