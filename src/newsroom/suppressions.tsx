// Addresses that must not be mailed: found, added with a reason, lifted.
import { type Context, Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  addressProblems,
  type GivenReason,
  givenReasons,
  liftSuppression,
  listSuppressions,
  parseAddress,
  type Suppression,
  suppress,
  suppressionOf,
  suppressionWords,
} from "../subscribers/index.ts";
import {
  Actions,
  Block,
  Button,
  bothLanguages,
  Choices,
  Empty,
  Field,
  Form,
  Ltr,
  Notice,
  Pager,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps } from "./desk.ts";
import { PeoplePage, peoplePath } from "./people.tsx";
import { Done, withDone } from "./settings.tsx";
import { capital } from "./words.ts";

const path = `${peoplePath}/suppressions`;
const pageSize = 50;
const longestAddress = 254;

const words = bothLanguages({
  ar: {
    title: "عناوين لا نراسلها",
    intro: "لا تصلها رسالة منا أيًّا كان سبب إرسالها، ولا تعيدها قائمة تُستورد.",
    search: "ابحث عن عنوان",
    searchHelp: "العنوان كله. من مُحيت بياناته يُعرف ببصمة عنوانه.",
    look: "ابحث",
    found: (address: string, why: string, since: string) => `لا نراسل ${address} منذ ${since}: ${why}.`,
    notFound: (address: string) => `العنوان ${address} ليس ممنوعًا.`,
    list: "القائمة",
    caption: "بترتيب العناوين",
    address: "العنوان",
    hashed: "عنوان مُحي، لا نحفظ إلا بصمته",
    reason: "السبب",
    since: "منذ",
    act: "عمل",
    lift: "ارفع المنع",
    none: "لا عناوين ممنوعة",
    add: "امنع عنوانًا",
    addButton: "امنعه",
    done: {
      added: "مُنع العنوان: لا يصله شيء من الرسالة المقبلة.",
      known: "كان ممنوعًا من قبل، ولم يتغير شيء.",
      lifted: "رُفع المنع. من ألغى اشتراكه يبقى ملغى.",
      unknown: "لم يكن هذا العنوان ممنوعًا.",
    },
  },
  en: {
    title: "Suppressed addresses",
    intro: "They get no mail of ours, whatever the cause, and no imported list brings them back.",
    search: "Find an address",
    searchHelp: "The whole address. Whoever was erased is known by the hash of theirs.",
    look: "Find",
    found: (address: string, why: string, since: string) => `${address} gets no mail since ${since}: ${why}.`,
    notFound: (address: string) => `${address} is not suppressed.`,
    list: "List",
    caption: "In the order of addresses",
    address: "Address",
    hashed: "An erased address, of which we keep the hash alone",
    reason: "Why",
    since: "Since",
    act: "Act",
    lift: "Lift",
    none: "No suppressed addresses",
    add: "Suppress an address",
    addButton: "Suppress it",
    done: {
      added: "The address is suppressed: it gets nothing from the next letter on.",
      known: "It was suppressed before; nothing has changed.",
      lifted: "The suppression is lifted. Who left stays left.",
      unknown: "The address was not suppressed.",
    },
  },
});

type Typed = { address: string; reason: GivenReason; error: string | null };
type Sought = { typed: string; error: string | null; found: Omit<Suppression, "address"> | null };

/** `/newsroom/subscribers/suppressions`: editors look and add, administrators lift. */
export function suppressionRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db } = database;
  const editors = requireEditor(deps, "editor");
  const page = async (c: Context<DeskEnv>, typed: Typed, sought: Sought | null) => {
    const at = await deskOf(c, deps);
    const after = (c.req.query("after") ?? "").slice(0, 400);
    const list = await listSuppressions(db, after, pageSize + 1);
    const status = typed.error === null && !sought?.error ? 200 : 422;
    return c.html(<SuppressionsPage {...{ c, at, after, list, typed, sought }} />, status);
  };
  const nothing: Typed = { address: "", reason: "manual", error: null };
  return new Hono<DeskEnv>()
    .get(path, editors, async (c) => {
      const typed = (c.req.query("address") ?? "").trim().slice(0, 1000);
      if (typed === "") return page(c, nothing, null);
      const { language } = await deskOf(c, deps);
      const address = parseAddress(typed);
      const error = address.ok ? null : addressProblems[language][address.why];
      const found = address.ok ? await suppressionOf(db, address.key) : null;
      return page(c, nothing, { typed, error, found });
    })
    .post(path, editors, async (c) => {
      const typed = (await fieldIn(c, "address")).slice(0, 1000);
      const given = await fieldIn(c, "reason");
      const reason = givenReasons.find((it) => it === given) ?? "manual";
      const address = parseAddress(typed);
      const { language } = await deskOf(c, deps);
      if (!address.ok)
        return page(c, { address: typed, reason, error: addressProblems[language][address.why] }, null);
      const added = await suppress({ database, actor: c.var.editor.address, now: now() }, address, reason);
      return c.redirect(withDone(path, added ? "added" : "known"), 303);
    })
    .post(`${path}/lift`, requireEditor(deps, "administrator"), async (c) => {
      const address = parseAddress(await fieldIn(c, "address"));
      const lifted =
        address.ok && (await liftSuppression({ database, actor: c.var.editor.address, now: now() }, address));
      return c.redirect(withDone(path, lifted ? "lifted" : "unknown"), 303);
    });
}

function SuppressionsPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  after: string;
  list: readonly Suppression[];
  typed: Typed;
  sought: Sought | null;
}) {
  const { at, after, list, typed, sought } = props;
  const { language, paper } = at;
  const t = words[language];
  const shown = list.slice(0, pageSize);
  const last = list.length > pageSize ? shown.at(-1) : undefined;
  const time = (instant: Temporal.Instant) => formatDateTime(instant, paper, language);
  return (
    <PeoplePage at={at} title={t.title} intro={t.intro}>
      <Done c={props.c} sentences={t.done} />
      <Form action={path} method="get" layout="line" label={t.look}>
        <Field
          name="address"
          id="field-sought"
          kind="email"
          label={t.search}
          help={t.searchHelp}
          value={sought?.typed ?? ""}
          error={sought?.error ?? null}
          maxLength={longestAddress}
          autocomplete="off"
        />
        <Button>{t.look}</Button>
      </Form>
      {sought && sought.error === null && (
        <Notice tone={sought.found ? "warning" : "plain"}>
          {sought.found
            ? t.found(
                `\u2068${sought.typed}\u2069`,
                suppressionWords[language][sought.found.reason],
                time(sought.found.at),
              )
            : t.notFound(`\u2068${sought.typed}\u2069`)}
          {sought.found && at.mayAdminister && <Lift address={sought.typed} label={t.lift} />}
        </Notice>
      )}
      <Block id="add" title={t.add}>
        <Form action={path} label={t.add}>
          <Field
            name="address"
            kind="email"
            label={t.address}
            value={typed.address}
            error={typed.error}
            maxLength={longestAddress}
            autocomplete="off"
            required
          />
          <Choices
            name="reason"
            kind="radio"
            legend={t.reason}
            options={givenReasons.map((value) => ({
              value,
              label: capital(suppressionWords[language][value]),
              checked: value === typed.reason,
            }))}
          />
          <Actions>
            <Button kind="quiet">{t.addButton}</Button>
          </Actions>
        </Form>
      </Block>
      <Block id="list" title={t.list}>
        {shown.length === 0 ? (
          <Empty title={t.none} />
        ) : (
          <Table
            caption={t.caption}
            columns={[
              { label: t.address },
              { label: t.reason },
              { label: t.since, short: true },
              { label: t.act },
            ]}
            rows={shown.map(({ address, reason, at: since }) => {
              const isHash = reason === "erased";
              return [
                isHash ? t.hashed : <Ltr>{address}</Ltr>,
                capital(suppressionWords[language][reason]),
                time(since),
                isHash || !at.mayAdminister ? "—" : <Lift address={address} label={t.lift} />,
              ];
            })}
          />
        )}
        <Pager
          language={language}
          newer={after === "" ? null : path}
          older={last ? `${path}?${new URLSearchParams({ after: last.address })}` : null}
        />
      </Block>
    </PeoplePage>
  );
}

const Lift = ({ address, label }: { address: string; label: string }) => (
  <Form action={`${path}/lift`} layout="line">
    <input type="hidden" name="address" value={address} />
    <Button kind="quiet">{label}</Button>
  </Form>
);
