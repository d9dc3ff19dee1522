// Signing in by a link, and out again. A GET changes nothing: whatever looks at links in mails and chats would use one up.
import { type Context, Hono } from "hono";
import { Button, Form, Ltr, Notice, Page, PageHead } from "../web/index.ts";
import type { AccessDeps } from "./access.tsx";
import { dropSession, keepSession, sessionToken } from "./session.ts";
import { loginLinkWorks, signIn, signOut } from "./store.ts";
import { words } from "./words.ts";

/** `/newsroom/login`, `/newsroom/login/:token` and `/newsroom/sign-out`. */
export function accountRoutes(deps: AccessDeps) {
  const { database, site, now } = deps;

  const shellOf = async (c: Context) => {
    c.header("Cache-Control", "no-store");
    return { ...(await deps.shell(c)), robots: "noindex, nofollow" };
  };

  return new Hono()
    .get("/newsroom/login", async (c) => c.html(<HowPage shell={await shellOf(c)} />))
    .get("/newsroom/login/:token", async (c) => {
      const shell = await shellOf(c);
      const token = c.req.param("token");
      if (!isToken(token) || !(await loginLinkWorks(database.db, token, now())))
        return c.html(<SpentPage shell={shell} />, 410);
      return c.html(<PressPage shell={shell} token={token} />);
    })
    .post("/newsroom/login/:token", async (c) => {
      const token = c.req.param("token");
      const session = isToken(token) ? await signIn(database, token, now()) : null;
      if (session === null) return c.html(<SpentPage shell={await shellOf(c)} />, 410);
      keepSession(c, site, session);
      c.header("Cache-Control", "no-store");
      return c.redirect("/newsroom", 303);
    })
    .post("/newsroom/sign-out", async (c) => {
      const token = sessionToken(c, site);
      if (token !== null) await signOut(database.db, token);
      dropSession(c, site);
      c.header("Cache-Control", "no-store");
      return c.redirect("/newsroom/login", 303);
    });
}

/** The shape of our tokens, so that nothing else reaches the store or a page. */
const isToken = (text: string): boolean => /^[\w-]{20,100}$/.test(text);

type Shell = Awaited<ReturnType<AccessDeps["shell"]>>;

function HowPage({ shell }: { shell: Shell }) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.login}>
      <PageHead title={t.login} intro={t.intro} />
      <p>{t.how}</p>
      <p>
        <Ltr code>npx nashra login-link ADDRESS</Ltr>
      </p>
      <p>{t.whom}</p>
    </Page>
  );
}

function PressPage({ shell, token }: { shell: Shell; token: string }) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.login}>
      <PageHead title={t.login} intro={t.press} />
      <Form action={`/newsroom/login/${token}`}>
        <div>
          <Button>{t.enter}</Button>
        </div>
      </Form>
    </Page>
  );
}

function SpentPage({ shell }: { shell: Shell }) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.spent}>
      <PageHead title={t.spent} />
      <Notice tone="warning">{t.spentText}</Notice>
      <Button kind="quiet" href="/newsroom/login">
        {t.another}
      </Button>
    </Page>
  );
}
