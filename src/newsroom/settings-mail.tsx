// How mail leaves: the ways out with a letter to try one, what rests and why, domains that are made known slowly.
import { type Context, Hono } from "hono";
import { audit, auditIfChanged, requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  allowanceOn,
  dayOf,
  limitsNow,
  listWarmups,
  readPaces,
  restsNow,
  resumeWay,
  takenToday,
  warmupDays,
} from "../delivery/index.ts";
import { type Digest, digestName, listDigests } from "../digests/index.ts";
import { domainOf } from "../mail/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import { addressProblems, parseAddress } from "../subscribers/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Empty,
  Facts,
  Field,
  Form,
  Ltr,
  Notice,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps } from "./desk.ts";
import { digestPath } from "./digests.tsx";
import type { ShownTransport, TransportTried } from "./house.ts";
import { Done, SettingsPage, withDone } from "./settings.tsx";
import { numberWord } from "./words.ts";

const path = "/newsroom/settings/mail";

const words = bothLanguages({
  ar: {
    title: "خروج البريد",
    intro: "الخوادم التي تحمل رسائلنا، بالترتيب الذي ينوب فيه بعضها عن بعض. تُضبط على الخادم.",
    from: "المرسِل",
    senders: "المرسِلون",
    whose: "لأي بريد",
    paper: "كل ما ليس لنشرة مرسِل خاص، يضبطه على الخادم",
    signed: "التوقيع",
    isSigned: "يُوقّع",
    notSigned: "لا مفتاح DKIM",
    fromServer: "من متغيرات البيئة على الخادم، ولا تظهر كلمات المرور:",
    transports: "طرق الخروج",
    name: "الاسم",
    place: "المكان",
    carries: "لأي نطاق",
    all: "لكل النطاقات",
    none: "لا طريق بعد",
    noneText: "تبقى الرسائل في البريد الصادر هنا. اضبط على الخادم:",
    try: "أرسل رسالة تجربة",
    tryText: "تخرج رسالة واحدة من هذا الطريق وحده، وترى كلام خادمه.",
    way: "الطريق",
    to: "إلى",
    send: "أرسلها",
    taken: "قبل الخادم الرسالة.",
    notTaken: "لم يقبل الخادم الرسالة.",
    said: "كلام الخادم:",
    unsigned: "لم تُوقّع الرسالة: لا مفتاح DKIM لهذا النطاق.",
    pace: "ما أُبطئ أو أُوقف",
    paceCaption: "كل ما سوى ذلك يخرج بلا قيد",
    free: "لا شيء موقوف ولا مُبطأ",
    destination: "إلى أين",
    everything: "كل ما يحمله",
    state: "الحال",
    rests: (until: string) => `يستريح حتى ${until}`,
    slowed: "أُبطئ",
    alarm: "يحتاج إلى نظر",
    reply: "كلام الخادم",
    act: "عمل",
    resume: "أعده",
    warmup: "نطاقات تُعرَّف على مهل",
    warmupDay: (day: string, of: string) => `اليوم ${day} من ${of}`,
    allowance: (n: string) => `${n} رسالة لكل مجموعة من صناديق البريد اليوم`,
    noWarmup: "لا نطاق يُعرَّف الآن",
    warmupHow: "يبدأ ذلك على الخادم:",
    done: { resumed: "يخرج البريد منه بلا قيد.", free: "لم يكن شيء يوقفه." },
  },
  en: {
    title: "How mail leaves",
    intro:
      "The servers that carry our mail, in the order in which they stand in for each other. They are set on the server.",
    from: "Sender",
    senders: "Senders",
    whose: "Of which mail",
    paper: "All but digests with a sender of their own; set on the server by",
    signed: "Signature",
    isSigned: "is signed",
    notSigned: "no DKIM key",
    fromServer: "From environment variables of the server; passwords are not shown:",
    transports: "Ways out",
    name: "Name",
    place: "Where",
    carries: "For which domain",
    all: "All domains",
    none: "No way out yet",
    noneText: "Mails stay in the outbox here. Set on the server:",
    try: "Send a test letter",
    tryText: "One letter leaves by this way alone, and you see what its server says.",
    way: "Way",
    to: "To",
    send: "Send it",
    taken: "The server took the letter.",
    notTaken: "The server did not take the letter.",
    said: "Its words:",
    unsigned: "The letter was not signed: there is no DKIM key of this domain.",
    pace: "What rests or is slowed down",
    paceCaption: "All else goes freely",
    free: "Nothing is held back",
    destination: "To where",
    everything: "all that it carries",
    state: "State",
    rests: (until: string) => `rests until ${until}`,
    slowed: "slowed down",
    alarm: "to be looked at",
    reply: "The server’s words",
    act: "Act",
    resume: "Resume",
    warmup: "Domains that are made known slowly",
    warmupDay: (day: string, of: string) => `day ${day} of ${of}`,
    allowance: (n: string) => `${n} letters to each group of mailboxes today`,
    noWarmup: "No domain is being warmed up",
    warmupHow: "It is begun on the server:",
    done: { resumed: "Mail goes freely by it.", free: "Nothing held it back." },
  },
});

type Trying = { way: string; to: string; error: string | null; tried: TransportTried | null };

/** `/newsroom/settings/mail`, for administrators. */
export function mailSettingsRoutes(deps: NewsroomDeps) {
  const { database, now, house } = deps;
  const { db, batch } = database;
  const page = async (c: Context<DeskEnv>, trying: Trying) => {
    const at = await deskOf(c, deps);
    const held = heldBack(await readPaces(db), now());
    const warmups = await Promise.all(
      (await listWarmups(db)).map(async (it) => ({
        domain: it.domain,
        day: dayOf(now()) - it.startedOn,
        taken: await takenToday(db, it.domain, now()),
      })),
    );
    const own = (await listDigests(db)).flatMap((digest) =>
      digest.sender.address === null ? [] : [{ address: digest.sender.address, digest }],
    );
    const senders = await Promise.all(
      [{ address: house.mailFrom, digest: null }, ...own].map(async (it) => ({
        ...it,
        signed: await house.signs(domainOf(it.address)),
      })),
    );
    const transports = house.transports();
    const status = trying.error === null ? 200 : 422;
    return c.html(<MailPage {...{ c, at, senders, transports, held, warmups, trying }} />, status);
  };
  return new Hono<DeskEnv>()
    .get(path, requireEditor(deps, "administrator"), (c) =>
      page(c, { way: "", to: c.var.editor.address, error: null, tried: null }),
    )
    .post(`${path}/test`, requireFresh(deps, "administrator"), async (c) => {
      const way = (await fieldIn(c, "way")).slice(0, 100);
      const to = (await fieldIn(c, "to")).slice(0, 254);
      const { language } = await deskOf(c, deps);
      const address = parseAddress(to);
      if (!address.ok)
        return page(c, { way, to, error: addressProblems[language][address.why], tried: null });
      const tried = await house.tryTransport(way, address.address);
      if (tried === null) return page(c, { way, to, error: words[language].none, tried });
      // Whom it went to stands in no log: it is somebody's address.
      const entry = { actor: c.var.editor.address, act: "transport-test", subject: way };
      await batch([audit(db, entry, now())]);
      return page(c, { way, to, error: null, tried });
    })
    .post(`${path}/resume`, requireEditor(deps, "administrator"), async (c) => {
      const transport = (await fieldIn(c, "transport")).slice(0, 200);
      const destination = (await fieldIn(c, "destination")).slice(0, 300);
      const subject = destination === "" ? transport : `${transport} ${destination}`;
      const [resumed] = await batch([
        resumeWay(db, { transport, destination }),
        auditIfChanged(db, { actor: c.var.editor.address, act: "pace-resume", subject }, now()),
      ]);
      return c.redirect(withDone(path, resumed?.changes === 1 ? "resumed" : "free"), 303);
    });
}

/** What does not go freely. */
export function heldBack(paces: Awaited<ReturnType<typeof readPaces>>, now: Temporal.Instant) {
  const moment = now.epochMilliseconds;
  return paces.flatMap(({ transport, destination, pace }) => {
    const limits = limitsNow(pace, destination === "" ? "transport" : "destination", moment);
    const until = restsNow(pace, moment) ? pace.restsUntil : null;
    const isFree =
      limits.perSecond === Number.POSITIVE_INFINITY && limits.atOnce === Number.POSITIVE_INFINITY;
    if (isFree && until === null && pace.alarm === null) return [];
    const reply = pace.alarm ?? pace.reply;
    return [{ transport, destination, until, hasAlarm: pace.alarm !== null, reply }];
  });
}

function MailPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  senders: readonly { address: string; signed: boolean; digest: Digest | null }[];
  transports: readonly ShownTransport[];
  held: ReturnType<typeof heldBack>;
  warmups: readonly { domain: string; day: number; taken: ReadonlyMap<string, number> }[];
  trying: Trying;
}) {
  const { at, transports, held, warmups } = props;
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  return (
    <SettingsPage at={at} title={t.title} intro={t.intro}>
      <Done c={props.c} sentences={t.done} />
      <Block id="senders" title={t.senders}>
        <Table
          caption={t.senders}
          isHeaded
          columns={[{ label: t.from }, { label: t.signed }, { label: t.whose }]}
          rows={props.senders.map(({ address, signed, digest }) => [
            <Ltr>{address || "—"}</Ltr>,
            <Badge tone={signed ? "ok" : "warning"}>{signed ? t.isSigned : t.notSigned}</Badge>,
            digest === null ? (
              <>
                {t.paper} <Ltr code>NASHRA_MAIL_FROM</Ltr>
              </>
            ) : (
              <a href={`${digestPath(digest)}#sender`}>
                <Auto>{digestName(digest, language)}</Auto>
              </a>
            ),
          ])}
        />
      </Block>
      <Block id="transports" title={t.transports}>
        {transports.length === 0 ? (
          <Empty title={t.none}>
            {t.noneText} <Ltr code>NASHRA_SMTP_URL</Ltr>
          </Empty>
        ) : (
          <>
            <p>
              {t.fromServer} <Ltr code>NASHRA_SMTP_URL</Ltr>, <Ltr code>NASHRA_TRANSPORTS</Ltr>
            </p>
            <Table
              caption={t.transports}
              isHeaded
              columns={[{ label: t.name }, { label: t.place }, { label: t.carries }]}
              rows={transports.map((it) => [
                <Ltr>{it.name}</Ltr>,
                <Ltr>{`${it.kind} ${it.at}${it.user === null ? "" : ` (${it.user})`}`}</Ltr>,
                it.carries === "*" ? t.all : <Ltr>{it.carries || "—"}</Ltr>,
              ])}
            />
          </>
        )}
      </Block>
      {transports.length > 0 && <TryOut at={at} transports={transports} trying={props.trying} />}
      <Block id="pace" title={t.pace}>
        {held.length === 0 ? (
          <Empty title={t.free} />
        ) : (
          <Table
            caption={t.paceCaption}
            columns={[
              { label: t.way },
              { label: t.destination },
              { label: t.state },
              { label: t.reply },
              { label: t.act },
            ]}
            rows={held.map((it) => [
              <Ltr>{it.transport}</Ltr>,
              it.destination === "" ? t.everything : <Ltr>{it.destination}</Ltr>,
              <Badge tone={it.until === null && !it.hasAlarm ? "warning" : "error"}>
                {it.until !== null
                  ? t.rests(formatDateTime(fromMilliseconds(it.until), paper, language))
                  : it.hasAlarm
                    ? t.alarm
                    : t.slowed}
              </Badge>,
              <Ltr>{it.reply ?? "—"}</Ltr>,
              <Form action={`${path}/resume`} layout="line">
                <input type="hidden" name="transport" value={it.transport} />
                <input type="hidden" name="destination" value={it.destination} />
                <Button kind="quiet">{t.resume}</Button>
              </Form>,
            ])}
          />
        )}
      </Block>
      <Block id="warmup" title={t.warmup}>
        {warmups.length === 0 ? (
          <Empty title={t.noWarmup}>
            {t.warmupHow} <Ltr code>npx nashra warmup start</Ltr>
          </Empty>
        ) : (
          <Facts
            facts={warmups.map(({ domain, day, taken }) => ({
              name: domain,
              value: [
                t.warmupDay(n(day + 1), n(warmupDays)),
                ...allowed(allowanceOn(day), (count) => t.allowance(n(count))),
                ...[...taken].map(([group, count]) => `\u2068${group}\u2069 ${n(count)}`),
              ].join(" · "),
            }))}
          />
        )}
      </Block>
    </SettingsPage>
  );
}

/** Nothing is said of a day that has no bounds. */
const allowed = (count: number | null, say: (count: number) => string): string[] =>
  count === null ? [] : [say(count)];

function TryOut({
  at,
  transports,
  trying,
}: {
  at: Desk;
  transports: readonly ShownTransport[];
  trying: Trying;
}) {
  const t = words[at.language];
  const { tried } = trying;
  return (
    <Block id="try" title={t.try}>
      <p>{t.tryText}</p>
      {tried && (
        <Notice tone={tried.accepted ? "ok" : "error"}>
          {tried.accepted ? t.taken : t.notTaken} {t.said} <Ltr>{tried.reply}</Ltr>{" "}
          {!tried.signed && t.unsigned}
        </Notice>
      )}
      <Form action={`${path}/test`} label={t.try}>
        <Field
          name="way"
          kind="select"
          label={t.way}
          value={trying.way}
          options={transports.map(({ name }) => ({ value: name, label: name }))}
        />
        <Field
          name="to"
          kind="email"
          label={t.to}
          value={trying.to}
          error={trying.error}
          maxLength={254}
          required
        />
        <Actions>
          <Button kind="quiet">{t.send}</Button>
        </Actions>
      </Form>
    </Block>
  );
}
