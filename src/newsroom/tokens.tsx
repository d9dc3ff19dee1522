// Tokens of the API: made for what a program does and no more, listed with their last use, revoked. For administrators.
import { type Context, Hono } from "hono";
import {
  createApiToken,
  type ListedToken,
  listApiTokens,
  requireEditor,
  requireFresh,
  revokeApiToken,
  type Scope,
  scopes,
  tokenName,
} from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Choices,
  Empty,
  ErrorPage,
  Field,
  Form,
  Ltr,
  Notice,
  readForm,
  Source,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps, numberIn, textsIn } from "./desk.ts";
import { ConfirmPage, Done, roleWord, SettingsPage, withDone } from "./settings.tsx";

const words = bothLanguages({
  ar: {
    title: "رموز البرامج",
    intro:
      "يدخل بها نظام النشر أو المراقبة أو أي برنامج آخر إلى واجهة «نشرة» البرمجية. أعطِ كل برنامج رمزًا لما يفعله لا أكثر. ولا يجوز لرمز إلا ما يجوز اليوم لمن صنعه.",
    caption: "الأحدث أولًا",
    name: "لأي برنامج",
    nameHelp: "اسمه كما يظهر في سجل الأعمال، من دون علامة @.",
    power: "ما يجوز له",
    made: "صُنع",
    used: "آخر استعمال",
    never: "لم يُستعمل بعد",
    nothing: "متوقف: ليس من صنعه محررًا هنا الآن",
    only: "بقي منه، بعد أن تغيرت صفة من صنعه:",
    act: "إلغاؤه",
    revoke: "ألغِه",
    revoked: "أُلغي",
    revokeAsk: (name: string) => `أتلغي رمز «\u2068${name}\u2069»؟`,
    revokeText: "كل برنامج يستعمله يتوقف عن العمل فورًا، ولا رجعة في ذلك.",
    none: "لا رموز بعد",
    add: "اصنع رمزًا",
    create: "اصنعه",
    badName: "أعطه اسمًا من حرف إلى مئة، من دون علامة @.",
    noScope: "اختر واحدًا على الأقل.",
    shown: "هذا هو الرمز",
    shownText: "انسخه الآن إلى البرنامج: لا يظهر مرة أخرى، ولا نحفظ منه إلا بصمته.",
    back: "إلى القائمة",
    roleOf: (role: string) => `كل ما لصفة «${role}»`,
    scopes: {
      "articles:read": "قراءة الأخبار والأقسام والبحث",
      "articles:write": "نشر الأخبار وتعديلها وسحبها، وضم القصص",
      "issues:read": "رؤية الأعداد",
      "issues:write": "ترتيب الأعداد ومعاينتها وإلغاؤها",
      "issues:send": "الموافقة على الأعداد، والأخبار العاجلة والتصحيحات",
      "subscribers:read": "رؤية المشتركين والعناوين الممنوعة",
      "subscribers:write": "تسجيل المشتركين ومنع العناوين",
      "subscribers:manage": "استيراد المشتركين وتصديرهم ورفع المنع",
      "feedback:write": "تسليم الرسائل المرتدة والشكاوى",
      "metrics:read": "قراءة المقاييس والأعداد، من دون أسماء",
      admin: "كل شيء",
    } satisfies Record<Scope, string>,
    done: { revoked: "أُلغي الرمز." },
  },
  en: {
    title: "API tokens",
    intro:
      "A publishing system, a monitor or any other program comes in by one. Give each program a token for what it does, and no more. A token may never do more than whoever made it may do today.",
    caption: "Newest first",
    name: "For which program",
    nameHelp: "Its name as the audit log shows it, without an @.",
    power: "What it may do",
    made: "Made",
    used: "Last used",
    never: "Not used yet",
    nothing: "Stopped: whoever made it is no editor here now",
    only: "What is left of it, since its maker’s role was changed:",
    act: "Revoke",
    revoke: "Revoke",
    revoked: "Revoked",
    revokeAsk: (name: string) => `Revoke the token “\u2068${name}\u2069”?`,
    revokeText: "Every program that uses it stops working at once, and there is no way back.",
    none: "No tokens yet",
    add: "Make a token",
    create: "Make it",
    badName: "Give it a name of one to a hundred characters, without an @.",
    noScope: "Choose at least one.",
    shown: "This is the token",
    shownText: "Copy it to the program now: it is not shown again, and we keep no more than its hash.",
    back: "To the list",
    roleOf: (role: string) => `All that the role “${role}” may`,
    scopes: {
      "articles:read": "Read articles and sections, and search",
      "articles:write": "Publish, change and retract articles, and merge stories",
      "issues:read": "See issues",
      "issues:write": "Order, preview and call off issues",
      "issues:send": "Approve issues, send breaking news and corrections",
      "subscribers:read": "See subscribers and suppressed addresses",
      "subscribers:write": "Sign up subscribers and suppress addresses",
      "subscribers:manage": "Import and export subscribers, and lift suppressions",
      "feedback:write": "Hand over bounces and complaints",
      "metrics:read": "Read metrics and counts, without names",
      admin: "Everything",
    },
    done: { revoked: "The token was revoked." },
  },
});

const path = "/newsroom/settings/tokens";
type Typed = { name: string; scopes: readonly Scope[] };

/** `/newsroom/settings/tokens` */
export function tokenRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db } = database;
  const administrators = requireEditor(deps, "administrator");
  const fresh = requireFresh(deps, "administrator");
  const list = async (c: Context<DeskEnv>, typed: Typed, error?: "badName" | "noScope") => {
    const at = await deskOf(c, deps);
    const tokens = (await listApiTokens(db)).reverse();
    return c.html(
      <TokensPage c={c} at={at} tokens={tokens} typed={typed} error={error} />,
      error ? 422 : 200,
    );
  };
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);

  return new Hono<DeskEnv>()
    .get(path, administrators, (c) => list(c, { name: "", scopes: [] }))
    .post(path, fresh, async (c) => {
      const chosen = textsIn(await readForm(c.req.parseBody({ all: true })), "scope");
      const typed = { name: await fieldIn(c, "name"), scopes: scopes.filter((it) => chosen.includes(it)) };
      if (tokenName(typed.name) === null) return list(c, typed, "badName");
      if (typed.scopes.length === 0) return list(c, typed, "noScope");
      const token = await createApiToken(database, typed.name, typed.scopes, now(), c.var.editor.address);
      return c.html(<TokenPage at={await deskOf(c, deps)} token={token} />, 201);
    })
    .get(`${path}/:id/revoke`, administrators, async (c) => {
      const id = numberIn(c.req.param("id"));
      const token = (await listApiTokens(db)).find((it) => it.id === id && it.revokedAt === null);
      if (!token) return missing(c);
      const at = await deskOf(c, deps);
      const t = words[at.language];
      return c.html(
        <ConfirmPage
          at={at}
          title={t.revokeAsk(token.name)}
          text={t.revokeText}
          action={`${path}/${token.id}/revoke`}
          button={t.revoke}
          back={path}
        />,
      );
    })
    .post(`${path}/:id/revoke`, fresh, async (c) =>
      (await revokeApiToken(database, numberIn(c.req.param("id")) ?? 0, now(), c.var.editor.address))
        ? c.redirect(withDone(path, "revoked"), 303)
        : missing(c),
    );
}

function TokensPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  tokens: readonly ListedToken[];
  typed: Typed;
  error: "badName" | "noScope" | undefined;
}) {
  const { c, at, tokens, typed, error } = props;
  const { language, paper } = at;
  const t = words[language];
  const time = (ms: number) => formatDateTime(fromMilliseconds(ms), paper, language);
  return (
    <SettingsPage at={at} title={t.title} intro={t.intro}>
      <Done c={c} sentences={t.done} />
      {tokens.length === 0 ? (
        <Empty title={t.none} />
      ) : (
        <Table
          caption={t.caption}
          columns={[
            { label: t.name },
            { label: t.power },
            { label: t.made, short: true },
            { label: t.used, short: true },
            { label: t.act },
          ]}
          rows={tokens.map((it) => [
            <Auto>{it.name}</Auto>,
            <>
              {it.role ? t.roleOf(roleWord(it.role, language)) : <ScopeList scopes={it.scopes} />}
              {it.revokedAt === null && <Left t={t} token={it} />}
            </>,
            <>
              {time(it.createdAt)}
              <br />
              <Ltr>{it.createdBy}</Ltr>
            </>,
            it.usedAt === null ? (
              t.never
            ) : (
              <>
                {time(it.usedAt)}
                <br />
                {it.network && <Ltr>{it.network}</Ltr>}
              </>
            ),
            it.revokedAt === null ? (
              <a href={`${path}/${it.id}/revoke`}>{t.revoke}</a>
            ) : (
              <Badge tone="warning">{t.revoked}</Badge>
            ),
          ])}
        />
      )}
      <Block id="add" title={t.add}>
        <Form action={path} label={t.add}>
          <Field
            name="name"
            label={t.name}
            help={t.nameHelp}
            value={typed.name}
            error={error === "badName" ? t.badName : null}
            autocomplete="off"
            maxLength={100}
            required
          />
          <Choices
            name="scope"
            legend={t.power}
            options={scopes.map((scope) => ({
              value: scope,
              label: t.scopes[scope],
              help: <Ltr>{scope}</Ltr>,
              checked: typed.scopes.includes(scope),
            }))}
            error={error === "noScope" ? t.noScope : null}
          />
          <Actions>
            <Button>{t.create}</Button>
          </Actions>
        </Form>
      </Block>
    </SettingsPage>
  );
}

/** What its maker's going took from a token. */
function Left({ t, token }: { t: { nothing: string; only: string }; token: ListedToken }) {
  if (token.now.length === 0)
    return (
      <p>
        <Badge tone="warning">{t.nothing}</Badge>
      </p>
    );
  if (token.cut)
    return (
      <p>
        {t.only} <ScopeList scopes={token.now} />
      </p>
    );
  return null;
}

const ScopeList = ({ scopes: held }: { scopes: readonly Scope[] }) => <Ltr>{held.join(", ")}</Ltr>;

function TokenPage({ at, token }: { at: Desk; token: string }) {
  const t = words[at.language];
  return (
    <SettingsPage at={at} title={t.shown}>
      <Notice tone="warning">{t.shownText}</Notice>
      <Source text={token} label={t.shown} />
      <Actions>
        <Button href={path}>{t.back}</Button>
      </Actions>
    </SettingsPage>
  );
}
