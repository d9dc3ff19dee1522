// The editors: who may come in and as what. For administrators.
import { type Context, Hono } from "hono";
import {
  addEditor,
  changeEditor,
  editorAddress,
  editorName,
  endSessions,
  type ListedEditor,
  type ListedSession,
  listApiTokens,
  listEditors,
  longestName,
  type Role,
  removeEditor,
  requireEditor,
  requireFresh,
  roles,
  sessionsOf,
} from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Choices,
  ErrorPage,
  Field,
  Form,
  Ltr,
  Notice,
  Table,
} from "../web/index.ts";
import { Sessions } from "./account.tsx";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps, numberIn } from "./desk.ts";
import {
  ConfirmPage,
  Done,
  RefusedPage,
  roleChoices,
  roleWord,
  SettingsPage,
  withDone,
} from "./settings.tsx";
import { numberWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    title: "المحررون",
    intro: "من يدخل غرفة الأخبار، وما يفعله فيها. ما يُنزع من أحد يُنزع فورًا.",
    caption: "مرتّبون بعناوينهم",
    who: "المحرر",
    role: "الصفة",
    state: "حاله",
    on: "مفعّل",
    off: "موقوف",
    seen: "آخر ظهور",
    never: "لم يدخل بعد",
    passkeys: "مفاتيح المرور",
    add: "أضف محررًا",
    addText: "لا تصله رسالة الآن: يدخل من صفحة الدخول بعنوانه هذا.",
    address: "عنوان بريده",
    name: "اسمه",
    optional: "اختياري",
    addButton: "أضفه",
    noAddress: "ليس هذا عنوان بريد. راجعه، مثل \u2068salma@example.org\u2069.",
    taken: "هذا العنوان بين المحررين.",
    noRole: "اختر صفة.",
    save: "احفظ",
    switchOff: "أوقفه",
    switchOffText: "يُخرج من كل مكان، ولا يدخل حتى تفعّله، وتتوقف معه رموز البرامج التي صنعها. تبقى مفاتيحه.",
    switchOn: "فعّله",
    remove: "احذفه",
    removeAsk: (who: string) => `أتحذف \u2068${who}\u2069؟`,
    removeText: "تُحذف مفاتيحه وجلساته. يبقى في سجل الأعمال ما فعله.",
    removeTokens: (names: string) =>
      `وتُلغى رموز البرامج التي صنعها، فتتوقف البرامج التي تستعملها: ${names}. اصنع لها رموزًا جديدة قبل ذلك.`,
    sessions: "أين هو داخل",
    noSessions: "ليس داخلًا في أي مكان.",
    endAll: "أخرجه من كل مكان",
    last: "هذا آخر مدير. اجعل غيره مديرًا أولًا.",
    done: { added: "أُضيف.", saved: "حُفظ.", removed: "حُذف.", ended: "أُخرج." },
  },
  en: {
    title: "Editors",
    intro:
      "Who comes into the newsroom, and what they may do there. What is taken from somebody is gone at once.",
    caption: "By their addresses",
    who: "Editor",
    role: "Role",
    state: "State",
    on: "On",
    off: "Switched off",
    seen: "Last seen",
    never: "Not yet",
    passkeys: "Passkeys",
    add: "Add an editor",
    addText: "No mail goes out now: they come in by the sign-in page, with this address.",
    address: "Their address",
    name: "Their name",
    optional: "optional",
    addButton: "Add",
    noAddress: "This is no mail address. Check it; one looks like salma@example.org.",
    taken: "This address is among the editors.",
    noRole: "Choose a role.",
    save: "Save",
    switchOff: "Switch off",
    switchOffText:
      "They are signed out everywhere and do not come in until you switch them on; the API tokens they made stop with them. Their passkeys stay.",
    switchOn: "Switch on",
    remove: "Remove",
    removeAsk: (who: string) => `Remove \u2068${who}\u2069?`,
    removeText: "Their passkeys and sessions go. What they did stays in the audit log.",
    removeTokens: (names: string) =>
      `The API tokens they made are revoked, and the programs that use them stop: ${names}. Make new ones for those first.`,
    sessions: "Where they are signed in",
    noSessions: "They are signed in nowhere.",
    endAll: "Sign out everywhere",
    last: "This is the last administrator. Make somebody else one first.",
    done: { added: "Added.", saved: "Saved.", removed: "Removed.", ended: "Signed out." },
  },
});

const path = "/newsroom/settings/users";
type Typed = { address: string; name: string; role: Role };
const nothingTyped: Typed = { address: "", name: "", role: "editor" };

/** `/newsroom/settings/users` */
export function userRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db } = database;
  const administrators = requireEditor(deps, "administrator");
  const fresh = requireFresh(deps, "administrator");
  const found = async (c: Context<DeskEnv>) => {
    const id = numberIn(c.req.param("id"));
    return (await listEditors(db)).find((it) => it.id === id);
  };
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);
  const list = async (c: Context<DeskEnv>, typed: Typed, error?: Problem) => {
    const at = await deskOf(c, deps);
    return c.html(
      <UsersPage c={c} at={at} editors={await listEditors(db)} typed={typed} error={error} />,
      error ? 422 : 200,
    );
  };
  /** Does something to somebody, and goes where it is seen; the last administrator stays. */
  const doing =
    (work: (editor: ListedEditor, c: Context<DeskEnv>) => ReturnType<typeof changeEditor>, key: string) =>
    async (c: Context<DeskEnv>) => {
      const editor = await found(c);
      if (!editor) return missing(c);
      const done = await work(editor, c);
      const own = `${path}/${editor.id}`;
      if (done === "done") return c.redirect(withDone(key === "removed" ? path : own, key), 303);
      if (done === "unknown") return missing(c);
      const at = await deskOf(c, deps);
      return c.html(<RefusedPage at={at} why={words[at.language].last} back={own} />, 409);
    };

  return new Hono<DeskEnv>()
    .get(path, administrators, (c) => list(c, nothingTyped))
    .post(path, fresh, async (c) => {
      const address = await fieldIn(c, "address");
      const role = roleIn(await fieldIn(c, "role"));
      const typed = {
        address: address.slice(0, 254),
        name: editorName(await fieldIn(c, "name")),
        role: role ?? "editor",
      };
      const key = editorAddress(address);
      if (key === null) return list(c, typed, "noAddress");
      if (role === null) return list(c, typed, "noRole");
      const added = await addEditor(database, { ...typed, address: key }, c.var.editor.address, now());
      return added ? c.redirect(withDone(path, "added"), 303) : list(c, typed, "taken");
    })
    .get(`${path}/:id`, administrators, async (c) => {
      const editor = await found(c);
      if (!editor) return missing(c);
      const at = await deskOf(c, deps);
      return c.html(
        <UserPage c={c} at={at} editor={editor} sessions={await sessionsOf(db, editor.id, now())} />,
      );
    })
    .post(
      `${path}/:id`,
      fresh,
      doing(async ({ address }, c) => {
        const role = roleIn(await fieldIn(c, "role"));
        const wish = { name: editorName(await fieldIn(c, "name")), ...(role && { role }) };
        return changeEditor(database, address, wish, c.var.editor.address, now());
      }, "saved"),
    )
    .post(
      `${path}/:id/off`,
      fresh,
      doing(
        ({ address }, c) => changeEditor(database, address, { off: true }, c.var.editor.address, now()),
        "saved",
      ),
    )
    .post(
      `${path}/:id/on`,
      fresh,
      doing(
        ({ address }, c) => changeEditor(database, address, { off: false }, c.var.editor.address, now()),
        "saved",
      ),
    )
    .get(`${path}/:id/remove`, administrators, async (c) => {
      const editor = await found(c);
      if (!editor) return missing(c);
      const at = await deskOf(c, deps);
      const t = words[at.language];
      const own = `${path}/${editor.id}`;
      const tokens = (await listApiTokens(db)).filter(
        (it) => it.createdBy === editor.address && it.revokedAt === null,
      );
      const names = tokens.map(({ name }) => `\u2068${name}\u2069`).join(at.language === "ar" ? "، " : ", ");
      return c.html(
        <ConfirmPage
          at={at}
          title={t.removeAsk(editor.name || editor.address)}
          text={names === "" ? t.removeText : `${t.removeText} ${t.removeTokens(names)}`}
          action={`${own}/remove`}
          button={t.remove}
          back={own}
        />,
      );
    })
    .post(
      `${path}/:id/remove`,
      fresh,
      doing(({ address }, c) => removeEditor(database, address, c.var.editor.address, now()), "removed"),
    )
    .post(`${path}/:id/sessions/end`, administrators, async (c) => {
      const editor = await found(c);
      if (!editor) return missing(c);
      await endSessions(database, editor, { but: null }, c.var.editor.address, now());
      return c.redirect(withDone(`${path}/${editor.id}`, "ended"), 303);
    })
    .post(`${path}/:id/sessions/:session/end`, administrators, async (c) => {
      const editor = await found(c);
      const sessions = editor ? await sessionsOf(db, editor.id, now()) : [];
      const session = sessions.find(({ id }) => id === numberIn(c.req.param("session")));
      if (!editor || !session) return missing(c);
      await endSessions(database, editor, { only: session.id }, c.var.editor.address, now());
      return c.redirect(withDone(`${path}/${editor.id}`, "ended"), 303);
    });
}

const roleIn = (text: string): Role | null => roles.find((role) => role === text) ?? null;

type Problem = "noAddress" | "noRole" | "taken";

function UsersPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  editors: readonly ListedEditor[];
  typed: Typed;
  error: Problem | undefined;
}) {
  const { c, at, editors, typed, error } = props;
  const { language, paper } = at;
  const t = words[language];
  return (
    <SettingsPage at={at} title={t.title} intro={t.intro}>
      <Done c={c} sentences={t.done} />
      <Table
        caption={t.caption}
        columns={[
          { label: t.who },
          { label: t.role },
          { label: t.state },
          { label: t.passkeys, numeric: true },
          { label: t.seen },
        ]}
        rows={editors.map((it) => [
          <>
            <a href={`${path}/${it.id}`}>
              {it.name === "" ? <Ltr>{it.address}</Ltr> : <Auto>{it.name}</Auto>}
            </a>
            {it.name !== "" && (
              <>
                <br />
                <Ltr>{it.address}</Ltr>
              </>
            )}
          </>,
          roleWord(it.role, language),
          it.offAt ? <Badge tone="warning">{t.off}</Badge> : <Badge tone="ok">{t.on}</Badge>,
          numberWord(it.passkeys, language, paper),
          it.seenAt ? formatDateTime(it.seenAt, paper, language) : t.never,
        ])}
      />
      <Block id="add" title={t.add}>
        <p>{t.addText}</p>
        <Form action={path} label={t.add}>
          <Field
            name="address"
            kind="email"
            label={t.address}
            value={typed.address}
            error={error === "noAddress" || error === "taken" ? t[error] : null}
            autocomplete="off"
            maxLength={254}
            required
          />
          <Field
            name="name"
            label={t.name}
            optional={t.optional}
            value={typed.name}
            autocomplete="off"
            maxLength={longestName}
          />
          <Choices
            name="role"
            kind="radio"
            legend={t.role}
            options={roleChoices(language, typed.role)}
            error={error === "noRole" ? t.noRole : null}
          />
          <Actions>
            <Button>{t.addButton}</Button>
          </Actions>
        </Form>
      </Block>
    </SettingsPage>
  );
}

function UserPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  editor: ListedEditor;
  sessions: readonly ListedSession[];
}) {
  const { c, at, editor, sessions } = props;
  const { language } = at;
  const t = words[language];
  const own = `${path}/${editor.id}`;
  return (
    <SettingsPage at={at} title={editor.name || editor.address} intro={<Ltr>{editor.address}</Ltr>}>
      <Done c={c} sentences={t.done} />
      {editor.offAt && <Notice tone="warning">{t.off}</Notice>}
      <Form action={own} label={t.save}>
        <Field
          name="name"
          label={t.name}
          optional={t.optional}
          value={editor.name}
          autocomplete="off"
          maxLength={longestName}
        />
        <Choices name="role" kind="radio" legend={t.role} options={roleChoices(language, editor.role)} />
        <Actions>
          <Button>{t.save}</Button>
        </Actions>
      </Form>
      <Block id="sessions" title={t.sessions}>
        {sessions.length === 0 ? (
          <p>{t.noSessions}</p>
        ) : (
          <>
            <Sessions at={at} sessions={sessions} own={c.var.editor.session.id} path={`${own}/sessions`} />
            <Form action={`${own}/sessions/end`}>
              <Actions>
                <Button kind="quiet">{t.endAll}</Button>
              </Actions>
            </Form>
          </>
        )}
      </Block>
      <Block id="off" title={editor.offAt ? t.switchOn : t.switchOff}>
        {!editor.offAt && <p>{t.switchOffText}</p>}
        <Form action={`${own}/${editor.offAt ? "on" : "off"}`}>
          <Actions>
            <Button kind={editor.offAt ? "quiet" : "danger"}>
              {editor.offAt ? t.switchOn : t.switchOff}
            </Button>
            <Button kind="quiet" href={`${own}/remove`}>
              {t.remove}
            </Button>
          </Actions>
        </Form>
      </Block>
    </SettingsPage>
  );
}
