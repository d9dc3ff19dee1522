// What the pages of the settings share: the frame with its tabs, what was just done, a question before what cannot be undone.
import { type Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import { type Role, requireEditor, roles } from "../accounts/index.ts";
import {
  Actions,
  Auto,
  Button,
  bothLanguages,
  Form,
  NewsroomPage,
  Notice,
  PageHead,
  Tabs,
} from "../web/index.ts";
import type { Desk, DeskEnv, NewsroomDeps } from "./desk.ts";

const words = bothLanguages({
  ar: {
    settings: "الإعدادات",
    account: "حسابي",
    publisher: "الصحيفة",
    mail: "خروج البريد",
    doctor: "الفحص",
    templates: "القوالب",
    webhooks: "إخبار البرامج",
    environment: "من الخادم",
    users: "المحررون",
    tokens: "رموز البرامج",
    audit: "سجل الأعمال",
    back: "عد من دون تغيير",
    refused: "لم يتغير شيء",
    return: "عد",
    roles: { viewer: "مطّلع", editor: "محرر", administrator: "مدير" } satisfies Record<Role, string>,
    can: {
      viewer: "يرى الأعداد وما صار إليها، ولا يغيّر شيئًا.",
      editor: "يرتّب ويوافق ويرسل ويصحّح.",
      administrator: "كل ذلك، ويدير المحررين ورموز البرامج والسجل.",
    } satisfies Record<Role, string>,
  },
  en: {
    settings: "Settings",
    account: "My account",
    publisher: "The paper",
    mail: "Mail",
    doctor: "Doctor",
    templates: "Templates",
    webhooks: "Webhooks",
    environment: "From the server",
    users: "Editors",
    tokens: "API tokens",
    audit: "Audit log",
    back: "Back, and change nothing",
    refused: "Nothing was changed",
    return: "Back",
    roles: { viewer: "Viewer", editor: "Editor", administrator: "Administrator" },
    can: {
      viewer: "Sees the issues and what became of them, and changes nothing.",
      editor: "Orders, approves, sends and corrects.",
      administrator: "All of that, and the editors, API tokens and the audit log.",
    },
  },
});

export const roleWord = (role: Role, language: "ar" | "en"): string => words[language].roles[role];

/** The roles as a field offers them. */
export const roleChoices = (language: "ar" | "en", chosen: Role) =>
  roles.map((role) => ({
    value: role,
    label: words[language].roles[role],
    help: words[language].can[role],
    checked: role === chosen,
  }));

const pages = [
  { path: "/newsroom/settings/publisher", word: "publisher", role: "administrator" },
  { path: "/newsroom/settings/mail", word: "mail", role: "administrator" },
  { path: "/newsroom/settings/doctor", word: "doctor", role: "administrator" },
  { path: "/newsroom/settings/templates", word: "templates", role: "administrator" },
  { path: "/newsroom/settings/webhooks", word: "webhooks", role: "administrator" },
  { path: "/newsroom/settings/environment", word: "environment", role: "administrator" },
  { path: "/newsroom/settings/users", word: "users", role: "administrator" },
  { path: "/newsroom/settings/tokens", word: "tokens", role: "administrator" },
  { path: "/newsroom/settings/audit", word: "audit", role: "administrator" },
  { path: "/newsroom/account", word: "account", role: "viewer" },
] as const;

const openTo = (mayAdminister: boolean) => pages.filter(({ role }) => role === "viewer" || mayAdminister);

/** `/newsroom/settings` leads to the first of its pages that whoever asks may open. */
export const settingsRootRoutes = (deps: NewsroomDeps) =>
  new Hono<DeskEnv>().get("/newsroom/settings", requireEditor(deps, "viewer"), (c) => {
    const [first] = openTo(c.var.editor.role === "administrator");
    return c.redirect(first?.path ?? "/newsroom", 303);
  });

type Frame = { at: Desk; title: string; intro?: Child; actions?: Child; children?: Child };

/** A page of the settings, with the others that whoever is signed in may open. */
export function SettingsPage({ at, title, intro, actions, children }: Frame) {
  const t = words[at.language];
  const here = at.shell.path.split("?", 1)[0] ?? "";
  const links = openTo(at.mayAdminister).map(({ path, word }) => ({
    href: path,
    label: t[word],
    current: here === path || here.startsWith(`${path}/`),
  }));
  return (
    <NewsroomPage {...at.desk} title={title}>
      {links.length > 1 && <Tabs label={t.settings} links={links} />}
      <PageHead title={<Auto>{title}</Auto>} intro={intro} actions={actions} />
      {children}
    </NewsroomPage>
  );
}

/** Where a press leads back to, so that the page can say what was done: `…?done=KEY`, shown by {@link Done}. */
export const withDone = (path: string, key: string): string =>
  `${path}?${new URLSearchParams({ done: key })}`;

/** Says what was just done. What stands in the address is looked up in the page's own sentences and never shown as it is. */
export function Done({ c, sentences }: { c: Context<DeskEnv>; sentences: Readonly<Record<string, string>> }) {
  const key = c.req.query("done") ?? "";
  if (!Object.hasOwn(sentences, key)) return null;
  return <Notice tone="ok">{sentences[key]}</Notice>;
}

/** A question before what cannot be undone: what it means, the button that does it, and the way back. */
export function ConfirmPage(props: {
  at: Desk;
  title: string;
  text: Child;
  action: string;
  button: string;
  back: string;
}) {
  const { at } = props;
  return (
    <SettingsPage at={at} title={props.title}>
      <p>{props.text}</p>
      <Form action={props.action}>
        <Actions>
          <Button kind="danger">{props.button}</Button>
          <Button kind="quiet" href={props.back}>
            {words[at.language].back}
          </Button>
        </Actions>
      </Form>
    </SettingsPage>
  );
}

/** Where something was refused: why, and the way back. */
export function RefusedPage({ at, why, back }: { at: Desk; why: string; back: string }) {
  const t = words[at.language];
  return (
    <SettingsPage at={at} title={t.refused}>
      <Notice tone="error">{why}</Notice>
      <Actions>
        <Button kind="quiet" href={back}>
          {t.return}
        </Button>
      </Actions>
    </SettingsPage>
  );
}
