// Signing in by a passkey or a link, and out again. A GET changes nothing: whatever looks at links in mails and chats would
// use one up. No page tells whether an address is somebody's here.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { CompiledQuery } from "kysely";
import { networkOf } from "../platform/index.ts";
import { Button, ErrorPage, Form, Ltr, Notice, Page, PageHead } from "../web/index.ts";
import { type AccessDeps, type EditorEnv, editorIn } from "./access.tsx";
import { deviceOf } from "./device.ts";
import { editorAddress, languageOfEditor } from "./editors.ts";
import { type Held, heldIn, isMarkOf, isTarget, mostHeld, personMark } from "./held.ts";
import { type LoginNotice, loginToken, newLoginNotice } from "./letter.ts";
import { countTry, type Tried } from "./limits.ts";
import { credentialIn, longestResponse, signInByPasskey } from "./passkeys.ts";
import { type Refused, refusedSignIn } from "./refused.ts";
import { dropSession, keepSession, sessionToken } from "./session.ts";
import { loginLinkOf, mailLoginLink, signIn, signOut } from "./sign-in.ts";
import { showSignIn } from "./sign-in-page.tsx";
import { words } from "./words.ts";

/** A mail with a link to sign in by, as delivery queues it. */
export type LoginMail = { kind: "login"; address: string; language: "ar" | "en"; data: LoginNotice };

export type AccountDeps = AccessDeps & {
  /** The statement that queues a notice, behind one that changed something. */
  queueNotice: (notice: LoginMail, now: Temporal.Instant) => CompiledQuery;
  /** Lets work go on after the reply, at no moment that tells anything. */
  later: (work: () => Promise<unknown>) => void;
  /** Tells the sender that something waits. */
  wake: () => void;
};

/** `/newsroom/login`, `/newsroom/login/passkey`, `/newsroom/login/go-on`, `/newsroom/login/:token` and `/newsroom/sign-out`. */
export function accountRoutes(deps: AccountDeps) {
  const { database, site, now, keys } = deps;

  const shellOf = async (c: Context) => {
    c.header("Cache-Control", "no-store");
    return { ...(await deps.shell(c)), robots: "noindex, nofollow" };
  };
  const bounded = bodyLimit({
    maxSize: mostHeld + 2 * longestResponse,
    onError: async (c) => c.html(<ErrorPage {...(await shellOf(c))} status={413} />, 413),
  });
  const originOf = (c: Context) => ({
    device: deviceOf(c.req.header("User-Agent") ?? ""),
    network: networkOf(deps.addressOf(c)),
  });
  /** Written behind the reply, which must not be slower for one who is known. */
  const note = (c: Context, refused: Refused) => {
    const { network } = originOf(c);
    deps.later(async () => database.batch([await refusedSignIn(database.db, refused, network, now())]));
  };
  const tooOften = (c: Context, held: Held | null, of: Tried, seconds: number) => {
    note(c, { way: "too-often", of });
    c.header("Retry-After", String(seconds));
    return showSignIn(c, deps, { kind: "too-often", held, minutes: Math.ceil(seconds / 60) }, 429);
  };

  /** Sends who is signed in to where they were going, with what they typed; what somebody else typed stays where it is. */
  const goOn = async (c: Context, held: Held | null, address: string) => {
    c.header("Cache-Control", "no-store");
    if (held?.method !== "post") return c.redirect(held?.to ?? "/newsroom", 303);
    // 307 sends the form once more, with all that was typed, to where it was going.
    if (await isMarkOf(keys, held.by, address)) return c.redirect(held.to, 307);
    return c.html(<NotYoursPage shell={await shellOf(c)} address={address} />, 403);
  };

  return new Hono<EditorEnv>()
    .get("/newsroom/login", (c) => {
      const to = c.req.query("login_to") ?? "";
      const held: Held | null = isTarget(to) ? { to, method: "get" } : null;
      return showSignIn(c, deps, { kind: "sign-in", held }, 200);
    })
    .post("/newsroom/login", bounded, async (c) => {
      const { held, field } = await heldIn(c);
      const typed = field("address");
      const address = editorAddress(typed);
      if (address === null)
        return showSignIn(c, deps, { kind: "no-address", held, typed: typed.slice(0, 254) }, 422);
      const wait = await countTry(database.db, "link", originOf(c).network, now());
      if (wait !== null) return tooOften(c, held, "link", wait);
      const { language } = await deps.shell(c);
      const target = held?.method === "get" ? held.to : "";
      // Off the request: neither what the page says nor how soon it comes tells whether somebody has this address.
      deps.later(async () => {
        const chosen = (await languageOfEditor(database.db, address)) ?? language;
        const data = newLoginNotice(now());
        const token = await loginToken(keys, data);
        const notice = deps.queueNotice({ kind: "login", address, language: chosen, data }, now());
        if (await mailLoginLink(database, { address, token, target }, notice, now())) deps.wake();
      });
      return showSignIn(c, deps, { kind: "mailed", held }, 200);
    })
    .post("/newsroom/login/passkey", bounded, async (c) => {
      const { held, field } = await heldIn(c);
      const origin = originOf(c);
      const wait = await countTry(database.db, "passkey", origin.network, now());
      if (wait !== null) return tooOften(c, held, "passkey", wait);
      const before = sessionToken(c, site);
      const response = field("response");
      const done = await signInByPasskey(deps, response, origin, before, now());
      if (done === null) {
        note(c, { way: "passkey", credential: credentialIn(response) });
        return showSignIn(c, deps, { kind: "passkey-refused", held }, 403);
      }
      keepSession(c, site, done.session, await personMark(keys, done.address));
      return goOn(c, held, done.address);
    })
    .post("/newsroom/login/go-on", bounded, async (c) => {
      const { held } = await heldIn(c);
      const editor = await editorIn(c, deps);
      if (editor !== null) return goOn(c, held, editor.address);
      if (held !== null) return showSignIn(c, deps, { kind: "signed-out", held }, 403);
      c.header("Cache-Control", "no-store");
      return c.redirect("/newsroom/login", 303);
    })
    .get("/newsroom/login/:token", async (c) => {
      const shell = await shellOf(c);
      const token = c.req.param("token");
      const whose = isToken(token) ? await loginLinkOf(database.db, token, now()) : null;
      if (whose === null) return c.html(<SpentPage shell={shell} />, 410);
      return c.html(<PressPage shell={shell} token={token} whose={whose} />);
    })
    .post("/newsroom/login/:token", async (c) => {
      const token = c.req.param("token");
      const before = sessionToken(c, site);
      const done = isToken(token) ? await signIn(database, token, originOf(c), before, now()) : null;
      if (done === null && isToken(token)) note(c, { way: "link", token });
      if (done === null) return c.html(<SpentPage shell={await shellOf(c)} />, 410);
      keepSession(c, site, done.session, await personMark(keys, done.address));
      c.header("Cache-Control", "no-store");
      return c.redirect(isTarget(done.target) ? done.target : "/newsroom", 303);
    })
    .post("/newsroom/sign-out", async (c) => {
      const token = sessionToken(c, site);
      if (token !== null) await signOut(database, token, now());
      dropSession(c, site);
      c.header("Cache-Control", "no-store");
      return c.redirect("/newsroom/login", 303);
    });
}

/** The shape of our tokens, so that nothing else reaches the store or a page. */
const isToken = (text: string): boolean => /^[\w.-]{20,150}$/.test(text);

type Shell = Awaited<ReturnType<AccessDeps["shell"]>>;

function PressPage({ shell, token, whose }: { shell: Shell; token: string; whose: string }) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.login}>
      <PageHead title={t.login} intro={t.press} />
      <Form action={`/newsroom/login/${token}`}>
        <p>
          {t.asWhom} <Ltr>{whose}</Ltr>
        </p>
        <div>
          <Button>{t.enter}</Button>
        </div>
      </Form>
    </Page>
  );
}

function NotYoursPage({ shell, address }: { shell: Shell; address: string }) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.notYours}>
      <PageHead title={t.notYours} />
      <Notice tone="warning">{t.notYoursText(address)}</Notice>
      <Button href="/newsroom">{t.newsroom}</Button>
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
