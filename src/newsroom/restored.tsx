// A database that was restored from a copy and sends nothing yet: what that means, and the word that lets it send.
import { type Context, Hono } from "hono";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import { type RestoredIssue, releaseRestored, restoredState } from "../delivery/index.ts";
import { issueName, issuePath } from "../digests/index.ts";
import type { Held } from "../settings/index.ts";
import { Actions, Block, Button, bothLanguages, Choices, Form, Ltr, Notice, Table } from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps } from "./desk.ts";
import { Done, SettingsPage, withDone } from "./settings.tsx";
import { issueStateWord, numberWord } from "./words.ts";

export const restoredPath = "/newsroom/settings/restored";

const words = bothLanguages({
  ar: {
    title: "نسخة مستعادة",
    free: "لا شيء موقوف: هذه القاعدة ترسل أعدادها في مواعيدها.",
    held: (made: string, restored: string) =>
      `أُخذت هذه النسخة في ${made}، واستُعيدت في ${restored}. لا يُرسل منها عدد حتى تأذن.`,
    unknownTitle: "ما لا يُعرف مما جرى بينهما",
    unknown: [
      "الرسائل التي خرجت. لذلك أُوقفت الأعداد التي كان إرسالها جاريًا، وتُركت المواعيد التي فاتت.",
      "من ألغى اشتراكه أو حُجب عنوانه أو طلب محو بياناته: هو هنا كما كان. أخرج من تعرفه منهم قبل أن تأذن.",
      "ما أُدخل من أخبار وتصحيحات، وما اختاره المحررون.",
      "من أُوقف من المحررين يستطيع الدخول مرة أخرى، وأدوارهم كما كانت. راجعهم. وقد أُخرج الجميع.",
      "مفاتيح المرور التي حُذفت، لهاتف ضاع مثلًا، تفتح مرة أخرى. ليراجع كلٌّ مفاتيحه في صفحة «حسابي».",
      "رموز البرامج التي أُلغيت تعمل مرة أخرى. راجعها.",
    ],
    readers: "المشتركون",
    users: "المحررون",
    tokens: "رموز البرامج",
    issues: "أعداد كان إرسالها جاريًا",
    issuesText:
      "لا يُعرف ما خرج من رسائلها. الإذن هنا لا يرسلها: استأنف كلًا منها من صفحته، وقد يصل بعضه مرتين، أو ألغه.",
    issue: "العدد",
    state: "الحال",
    letters: "رسائل لا يُعرف مصيرها",
    release: "ائذن بالإرسال",
    before: "قبل أن تأذن",
    releaseText: "تُرسل بعده الأعداد التي فُتحت منذ الاستعادة، والتي تُفتح بعدها. لا يُستعاد هذا الإذن.",
    sure: "القاعدة التي حلّت هذه محلها لا ترسل شيئًا بعد الآن",
    sureMissing: "تأكد من ذلك أولًا: إن أرسلتا كلتاهما وصلت الأعداد مرتين.",
    done: { released: "أُذن بالإرسال. تخرج الأعداد مع الدقيقة التالية." },
    already: "أذن به غيرك قبلك، أو لا شيء موقوف.",
  },
  en: {
    title: "A restored copy",
    free: "Nothing is held: this database sends its issues at their times.",
    held: (made: string, restored: string) =>
      `This copy was made on ${made} and restored on ${restored}. No issue is sent from it until you say so.`,
    unknownTitle: "What is not known of the time between",
    unknown: [
      "Letters that left. So issues that were under way are paused, and runs that were due are left out.",
      "Readers who left, were suppressed or had themselves erased: they are here as before. Take out those you know of before you say so.",
      "Articles and corrections that came in, and what editors chose.",
      "Editors who were switched off may sign in again, and roles are as they were. Look through them. Everybody was signed out.",
      "Passkeys that were removed, such as of a lost phone, open again. Let each look through theirs on “My account”.",
      "API tokens that were revoked work again. Look through them.",
    ],
    readers: "Subscribers",
    users: "Editors",
    tokens: "API tokens",
    issues: "Issues that were under way",
    issuesText:
      "What left of them is not known. Your word here does not send them: resume each on its page, which may reach some readers twice, or call it off.",
    issue: "Issue",
    state: "State",
    letters: "Letters without an end",
    release: "Let it send",
    before: "Before you do",
    releaseText:
      "Issues that opened since the restore are sent then, and those that open later. This cannot be taken back.",
    sure: "The database that this one stands for sends nothing any more",
    sureMissing: "Make sure of it first: if both send, readers get each issue twice.",
    done: { released: "It may send. Issues leave with the next minute." },
    already: "Somebody said so before you, or nothing is held.",
  },
});

/** `/newsroom/settings/restored`, for administrators. */
export function restoredRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  const page = async (c: Context<DeskEnv>, refused: "sureMissing" | "already" | null = null) => {
    const at = await deskOf(c, deps);
    const status = { sureMissing: 422, already: 409 } as const;
    return c.html(
      <RestoredPage {...{ c, at, refused }} {...(await restoredState(db))} />,
      refused ? status[refused] : 200,
    );
  };
  return new Hono<DeskEnv>()
    .get(restoredPath, requireEditor(deps, "administrator"), (c) => page(c))
    .post(`${restoredPath}/release`, requireFresh(deps, "administrator"), async (c) => {
      if ((await fieldIn(c, "sure")) !== "yes") return page(c, "sureMissing");
      const releasing = { ...deps, audit: deps.changing.audit };
      if (!(await releaseRestored(releasing, c.var.editor.address))) return page(c, "already");
      return c.redirect(withDone(restoredPath, "released"), 303);
    });
}

function RestoredPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  held: Held | null;
  issues: readonly RestoredIssue[];
  refused: "sureMissing" | "already" | null;
}) {
  const { at, held, issues, refused } = props;
  const { language, paper } = at;
  const t = words[language];
  const moment = (it: Temporal.Instant) => formatDateTime(it, paper, language);
  return (
    <SettingsPage at={at} title={t.title}>
      <Done c={props.c} sentences={t.done} />
      {refused === "already" && <Notice tone="error">{t.already}</Notice>}
      {held === null ? (
        <p>{t.free}</p>
      ) : (
        <Notice tone="warning">{t.held(moment(held.madeAt), moment(held.restoredAt))}</Notice>
      )}
      {held !== null && (
        <Block id="unknown" title={t.unknownTitle}>
          <ul class="points">
            {t.unknown.map((it) => (
              <li>{it}</li>
            ))}
          </ul>
          <Actions>
            <Button kind="quiet" href="/newsroom/subscribers">
              {t.readers}
            </Button>
            <Button kind="quiet" href="/newsroom/settings/users">
              {t.users}
            </Button>
            <Button kind="quiet" href="/newsroom/settings/tokens">
              {t.tokens}
            </Button>
          </Actions>
        </Block>
      )}
      {issues.length > 0 && (
        <Block id="issues" title={t.issues}>
          <p>{t.issuesText}</p>
          <Table
            caption={t.issues}
            columns={[{ label: t.issue }, { label: t.state }, { label: t.letters, numeric: true }]}
            rows={issues.map(({ issue, unknown }) => [
              <a href={`/newsroom${issuePath(issue)}`}>
                <Ltr>{issueName(issue)}</Ltr>
              </a>,
              issueStateWord(issue.state, language),
              numberWord(unknown, language, paper),
            ])}
          />
        </Block>
      )}
      {held !== null && (
        <Block id="release" title={t.release}>
          <p>{t.releaseText}</p>
          <Form action={`${restoredPath}/release`} label={t.release}>
            <Choices
              name="sure"
              legend={t.before}
              error={refused === "sureMissing" ? t.sureMissing : null}
              options={[{ value: "yes", label: t.sure }]}
            />
            <Actions>
              <Button kind="danger">{t.release}</Button>
            </Actions>
          </Form>
        </Block>
      )}
    </SettingsPage>
  );
}
