// One's own account: what one is called, passkeys, and where one is signed in.
import { type Context, Hono } from "hono";
import {
  canHavePasskeys,
  changeEditor,
  editorName,
  endSessions,
  type ListedPasskey,
  type ListedSession,
  longestName,
  longestPasskeyName,
  passkeysOf,
  registerPasskey,
  registrationOptions,
  removePasskey,
  renamePasskey,
  requireEditor,
  requireFresh,
  type SessionId,
  sessionsOf,
} from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  Actions,
  Auto,
  allowOwnScript,
  Badge,
  Block,
  Button,
  besideStylesheet,
  bothLanguages,
  Choices,
  Empty,
  ErrorPage,
  Facts,
  Field,
  Form,
  Ltr,
  Notice,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps, numberIn } from "./desk.ts";
import { Done, RefusedPage, roleWord, SettingsPage, withDone } from "./settings.tsx";

const words = bothLanguages({
  ar: {
    title: "حسابي",
    address: "العنوان",
    role: "الصفة",
    name: "اسمك كما يراه زملاؤك",
    saveName: "احفظ الاسم",
    language: "لغة رسائل غرفة الأخبار إليك",
    languageHelp: "رابط الدخول، وعدد ينتظر موافقتك، وعدد لم يصدر. لغة الصفحات تُختار من رأسها.",
    languageUnset: "لم تختر بعد: تأتيك بالعربية، ومعها الإنجليزية.",
    languages: { ar: "العربية", en: "الإنجليزية" },
    saveLanguage: "احفظ اللغة",
    passkeys: "مفاتيح المرور",
    passkeysIntro: "تدخل بها ببصمتك أو وجهك أو رمز جهازك، من دون بريد. سجّل مفتاحًا في كل جهاز تعمل عليه.",
    noPasskeys: "لا مفاتيح بعد",
    noPasskeysHere: "مفاتيح المرور تعمل حيث يُفتح الموقع باسم نطاقه وبـ https. هنا ادخل برابط.",
    add: "أضف مفتاح مرور",
    addIntro: "يسألك جهازك عن بصمتك أو وجهك أو رمزه، ويحفظ المفتاح عنده. لا يصلنا منه إلا ما يتحقق به منك.",
    addName: "سمِّ هذا المفتاح",
    addNameHelp: "لتعرفه في القائمة: «هاتفي» أو «حاسوب المكتب».",
    addButton: "سجّل هذا الجهاز",
    addFailed: "لم يُسجَّل شيء. لعل الجهاز مسجّل هنا من قبل، أو لم تؤكد في الوقت.",
    needsScript:
      "تسجيل مفتاح يحتاج إلى متصفح يعرف مفاتيح المرور ويسمح بالبرامج النصية. إن لم ترَ زرًا فادخل برابط.",
    unnamed: "مفتاح بلا اسم",
    made: "سُجّل",
    used: "آخر استعمال",
    never: "لم يُستعمل بعد",
    synced: "متزامن بين أجهزتك",
    bound: "في جهاز واحد",
    kind: "نوعه",
    open: "سمِّه أو احذفه",
    passkey: "مفتاح مرور",
    rename: "احفظ الاسم",
    remove: "احذف هذا المفتاح",
    removeText: "بعد حذفه لا يفتح شيئًا. احذفه من جهازك أيضًا كي لا يعرضه عليك.",
    sessions: "أين أنت داخل",
    sessionsIntro: "إن رأيت ما لا تعرفه فأخرجه، ثم اطلب من المدير أن ينظر في السجل.",
    device: "الجهاز",
    unknownDevice: "متصفح لا نعرفه",
    way: "كيف دخل",
    ways: { link: "برابط", passkey: "بمفتاح مرور" },
    network: "الشبكة",
    since: "منذ",
    seen: "آخر ظهور",
    act: "إخراجه",
    here: "هذا المتصفح",
    end: "أخرجه",
    endAll: "اخرج من كل مكان سوى هذا",
    done: {
      name: "حُفظ الاسم.",
      language: "حُفظت اللغة، وبها تأتيك الرسالة القادمة.",
      passkey: "سُجّل المفتاح. جرّبه في دخولك القادم.",
      renamed: "حُفظ اسم المفتاح.",
      removed: "حُذف المفتاح.",
      ended: "انتهت الجلسة.",
    },
    known: "هذا المفتاح مسجّل من قبل.",
    tooMany: "عندك من المفاتيح أكثر ما يمكن. احذف واحدًا منها أولًا.",
    refusedPasskey: "لم يُقبل ما أرسله الجهاز. افتح صفحة الإضافة من جديد وحاول مرة أخرى.",
  },
  en: {
    title: "My account",
    address: "Address",
    role: "Role",
    name: "Your name, as colleagues see it",
    saveName: "Save the name",
    language: "Language of the newsroom’s mails to you",
    languageHelp:
      "Links to sign in, an issue that waits for you, one that did not go out. That of the pages is chosen at their top.",
    languageUnset: "You did not choose yet: they come in Arabic, with English below.",
    languages: { ar: "Arabic", en: "English" },
    saveLanguage: "Save the language",
    passkeys: "Passkeys",
    passkeysIntro:
      "With them you sign in by your fingerprint, your face or your device’s code, without a mail. Register one on each device you work on.",
    noPasskeys: "No passkeys yet",
    noPasskeysHere:
      "Passkeys work where the site is opened by its domain’s name and over https. Here, sign in by a link.",
    add: "Add a passkey",
    addIntro:
      "Your device asks for your fingerprint, your face or its code, and keeps the key to itself. All we get is what checks it.",
    addName: "Name this passkey",
    addNameHelp: "So that you know it in the list: “my phone”, “the desk’s computer”.",
    addButton: "Register this device",
    addFailed:
      "Nothing was registered. The device may be registered here already, or you did not confirm in time.",
    needsScript:
      "Registering takes a browser that knows passkeys and runs scripts. If you see no button, sign in by a link.",
    unnamed: "Passkey without a name",
    made: "Registered",
    used: "Last used",
    never: "Not used yet",
    synced: "Shared by your devices",
    bound: "On one device",
    kind: "Kind",
    open: "Name or remove it",
    passkey: "Passkey",
    rename: "Save the name",
    remove: "Remove this passkey",
    removeText:
      "Once removed it opens nothing. Remove it from your device too, so that it is not offered there.",
    sessions: "Where you are signed in",
    sessionsIntro:
      "If you see one that you do not know, sign it out and ask an administrator to look into the audit log.",
    device: "Device",
    unknownDevice: "A browser we do not know",
    way: "Signed in",
    ways: { link: "By link", passkey: "By passkey" },
    network: "Network",
    since: "Since",
    seen: "Last seen",
    act: "Sign out",
    here: "This browser",
    end: "Sign out",
    endAll: "Sign out everywhere but here",
    done: {
      name: "The name was saved.",
      language: "The language was saved; the next mail comes in it.",
      passkey: "The passkey was registered. Try it when you next sign in.",
      renamed: "The passkey’s name was saved.",
      removed: "The passkey was removed.",
      ended: "The session has ended.",
    },
    known: "This passkey was registered before.",
    tooMany: "You have as many passkeys as there can be. Remove one first.",
    refusedPasskey:
      "What the device sent was not accepted. Open the page for adding one anew, and try again.",
  },
});

const path = "/newsroom/account";

/** `/newsroom/account`: everybody's own. */
export function ownAccountRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db } = database;
  const anybody = requireEditor(deps, "viewer");
  const fresh = requireFresh(deps, "viewer");
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);
  const passkeyIn = async (c: Context<DeskEnv>) =>
    (await passkeysOf(db, c.var.editor.id)).find(({ id }) => id === numberIn(c.req.param("id")));

  return new Hono<DeskEnv>()
    .get(path, anybody, async (c) => {
      const at = await deskOf(c, deps);
      const { editor } = c.var;
      const [passkeys, sessions] = await Promise.all([
        passkeysOf(db, editor.id),
        sessionsOf(db, editor.id, now()),
      ]);
      return c.html(
        <AccountPage
          c={c}
          at={at}
          passkeys={passkeys}
          sessions={sessions}
          canAdd={canHavePasskeys(deps.site)}
        />,
      );
    })
    .post(`${path}/name`, anybody, async (c) => {
      const { address } = c.var.editor;
      await changeEditor(database, address, { name: editorName(await fieldIn(c, "name")) }, address, now());
      return c.redirect(withDone(path, "name"), 303);
    })
    .post(`${path}/language`, anybody, async (c) => {
      const { address } = c.var.editor;
      const language = (await fieldIn(c, "language")) === "en" ? "en" : "ar";
      await changeEditor(database, address, { language }, address, now());
      return c.redirect(withDone(path, "language"), 303);
    })
    .get(`${path}/passkeys/new`, fresh, async (c) => {
      const at = await deskOf(c, deps);
      if (!canHavePasskeys(deps.site)) return missing(c);
      const options = await registrationOptions(deps, c.var.editor, at.desk.publisher.name, now());
      allowOwnScript(c);
      return c.html(
        <NewPasskeyPage at={at} options={options} script={besideStylesheet(deps.assets, "passkey.js")} />,
      );
    })
    .post(`${path}/passkeys`, fresh, async (c) => {
      const name = (await fieldIn(c, "name")).slice(0, longestPasskeyName);
      const done = await registerPasskey(deps, c.var.editor, await fieldIn(c, "login_response"), name, now());
      if (done.kind === "registered") return c.redirect(withDone(path, "passkey"), 303);
      const at = await deskOf(c, deps);
      const t = words[at.language];
      const why = { known: t.known, "too-many": t.tooMany, refused: t.refusedPasskey }[done.kind];
      return c.html(<RefusedPage at={at} why={why} back={path} />, 422);
    })
    .get(`${path}/passkeys/:id`, anybody, async (c) => {
      const passkey = await passkeyIn(c);
      return passkey ? c.html(<PasskeyPage at={await deskOf(c, deps)} passkey={passkey} />) : missing(c);
    })
    .post(`${path}/passkeys/:id/name`, anybody, async (c) => {
      const name = (await fieldIn(c, "name")).slice(0, longestPasskeyName);
      const id = numberIn(c.req.param("id")) ?? 0;
      return (await renamePasskey(database, c.var.editor, id, name, now()))
        ? c.redirect(withDone(path, "renamed"), 303)
        : missing(c);
    })
    .post(`${path}/passkeys/:id/remove`, fresh, async (c) =>
      (await removePasskey(database, c.var.editor, numberIn(c.req.param("id")) ?? 0, now()))
        ? c.redirect(withDone(path, "removed"), 303)
        : missing(c),
    )
    .post(`${path}/sessions/end`, anybody, async (c) => {
      const { editor } = c.var;
      await endSessions(database, editor, { but: editor.session.id }, editor.address, now());
      return c.redirect(withDone(path, "ended"), 303);
    })
    .post(`${path}/sessions/:id/end`, anybody, async (c) => {
      const { editor } = c.var;
      const sessions = await sessionsOf(db, editor.id, now());
      const session = sessions.find(({ id }) => id === numberIn(c.req.param("id")));
      if (!session) return missing(c);
      await endSessions(database, editor, { only: session.id }, editor.address, now());
      return c.redirect(withDone(path, "ended"), 303);
    });
}

function AccountPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  passkeys: readonly ListedPasskey[];
  sessions: readonly ListedSession[];
  canAdd: boolean;
}) {
  const { c, at, passkeys, sessions, canAdd } = props;
  const { language, paper } = at;
  const t = words[language];
  const { editor } = c.var;
  return (
    <SettingsPage at={at} title={t.title}>
      <Done c={c} sentences={t.done} />
      <Facts
        facts={[
          { name: t.address, value: <Ltr>{editor.address}</Ltr> },
          { name: t.role, value: roleWord(editor.role, language) },
        ]}
      />
      <Form action={`${path}/name`} layout="line" label={t.name}>
        <Field name="name" label={t.name} value={editor.name} maxLength={longestName} autocomplete="name" />
        <Button kind="quiet">{t.saveName}</Button>
      </Form>
      <Form action={`${path}/language`} label={t.language}>
        <Choices
          name="language"
          kind="radio"
          legend={t.language}
          help={editor.language === null ? `${t.languageHelp} ${t.languageUnset}` : t.languageHelp}
          options={(["ar", "en"] as const).map((value) => ({
            value,
            label: t.languages[value],
            checked: value === (editor.language ?? language),
          }))}
        />
        <Actions>
          <Button kind="quiet">{t.saveLanguage}</Button>
        </Actions>
      </Form>
      <Block id="passkeys" title={t.passkeys}>
        <p>{canAdd ? t.passkeysIntro : t.noPasskeysHere}</p>
        {passkeys.length > 0 && (
          <Table
            caption={t.passkeys}
            isHeaded
            columns={[
              { label: t.passkey },
              { label: t.kind },
              { label: t.made },
              { label: t.used },
              { label: t.open },
            ]}
            rows={passkeys.map((it) => [
              <Auto>{it.name || t.unnamed}</Auto>,
              it.synced ? t.synced : t.bound,
              formatDateTime(it.createdAt, paper, language),
              it.usedAt ? formatDateTime(it.usedAt, paper, language) : t.never,
              <a href={`${path}/passkeys/${it.id}`}>{t.open}</a>,
            ])}
          />
        )}
        {canAdd && passkeys.length === 0 && <Empty title={t.noPasskeys} />}
        {canAdd && (
          <Actions>
            <Button href={`${path}/passkeys/new`}>{t.add}</Button>
          </Actions>
        )}
      </Block>
      <Block id="sessions" title={t.sessions}>
        <p>{t.sessionsIntro}</p>
        <Sessions at={at} sessions={sessions} own={editor.session.id} path={`${path}/sessions`} />
        {sessions.length > 1 && (
          <Form action={`${path}/sessions/end`}>
            <Actions>
              <Button kind="danger">{t.endAll}</Button>
            </Actions>
          </Form>
        )}
      </Block>
    </SettingsPage>
  );
}

/** Somebody's sessions, each with a button that ends it. @param own the one that looks at them */
export function Sessions(props: {
  at: Desk;
  sessions: readonly ListedSession[];
  own: SessionId | null;
  path: string;
}) {
  const { at, sessions, own, path } = props;
  const { language, paper } = at;
  const t = words[language];
  return (
    <Table
      caption={t.sessions}
      isHeaded
      columns={[
        { label: t.device },
        { label: t.way },
        { label: t.network },
        { label: t.since },
        { label: t.seen },
        { label: t.act },
      ]}
      rows={sessions.map((it) => [
        it.device === "" ? t.unknownDevice : <Ltr>{it.device}</Ltr>,
        t.ways[it.way],
        it.network === "" ? "–" : <Ltr>{it.network}</Ltr>,
        formatDateTime(it.createdAt, paper, language),
        formatDateTime(it.seenAt, paper, language),
        it.id === own ? (
          <Badge tone="ok">{t.here}</Badge>
        ) : (
          <Form
            action={`${path}/${it.id}/end`}
            layout="line"
            label={`${t.end}: \u2068${it.device} ${it.id}\u2069`}
          >
            <Button kind="quiet">{t.end}</Button>
          </Form>
        ),
      ])}
    />
  );
}

function NewPasskeyPage({ at, options, script }: { at: Desk; options: string; script: string }) {
  const t = words[at.language];
  return (
    <SettingsPage at={at} title={t.add} intro={t.addIntro}>
      <div data-passkey-place hidden>
        <form
          class="form form-stack"
          method="post"
          action={`${path}/passkeys`}
          data-passkey="create"
          data-options={options}
          data-failed={t.addFailed}
        >
          <Field name="name" label={t.addName} help={t.addNameHelp} maxLength={longestPasskeyName} required />
          <input type="hidden" name="login_response" value="" />
          <p role="status" />
          <Actions>
            <Button>{t.addButton}</Button>
          </Actions>
        </form>
        <script type="module" src={script} />
      </div>
      <Notice>{t.needsScript}</Notice>
    </SettingsPage>
  );
}

function PasskeyPage({ at, passkey }: { at: Desk; passkey: ListedPasskey }) {
  const t = words[at.language];
  const own = `${path}/passkeys/${passkey.id}`;
  return (
    <SettingsPage at={at} title={passkey.name || t.unnamed}>
      <Form action={`${own}/name`} layout="line" label={t.rename}>
        <Field name="name" label={t.addName} value={passkey.name} maxLength={longestPasskeyName} required />
        <Button kind="quiet">{t.rename}</Button>
      </Form>
      <Form action={`${own}/remove`} label={t.remove}>
        <p>{t.removeText}</p>
        <Actions>
          <Button kind="danger">{t.remove}</Button>
        </Actions>
      </Form>
    </SettingsPage>
  );
}
