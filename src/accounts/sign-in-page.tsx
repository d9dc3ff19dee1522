// The page that asks who somebody is: at the door, before what asks for it once more, and after a mail was asked for. It keeps
// what they were about to do.
import type { Context } from "hono";
import {
  allowOwnScript,
  Block,
  Button,
  besideStylesheet,
  Field,
  Form,
  Ltr,
  Notice,
  Page,
  PageHead,
} from "../web/index.ts";
import type { AccessDeps } from "./access.tsx";
import type { Held } from "./held.ts";
import { canHavePasskeys, signInOptions } from "./passkeys.ts";
import type { Editor } from "./roles.ts";
import { words } from "./words.ts";

/** Why the page is shown. */
export type Asking = { held: Held | null } & (
  | { kind: "sign-in" }
  /** They typed something, and are not signed in any more. */
  | { kind: "signed-out" }
  /** They are signed in, and what they do asks for it once more. */
  | { kind: "again"; editor: Editor }
  /** A mail was asked for. */
  | { kind: "mailed" }
  | { kind: "no-address"; typed: string }
  | { kind: "too-often"; minutes: number }
  | { kind: "passkey-refused" }
);

type PageDeps = Pick<AccessDeps, "database" | "keys" | "site" | "assets" | "now" | "shell">;

export async function showSignIn(c: Context, deps: PageDeps, asking: Asking, status: 200 | 403 | 422 | 429) {
  const shell = { ...(await deps.shell(c)), robots: "noindex, nofollow" };
  const options = canHavePasskeys(deps.site) ? await signInOptions(deps, deps.now()) : null;
  c.header("Cache-Control", "no-store");
  if (options !== null) allowOwnScript(c);
  const script = besideStylesheet(deps.assets, "passkey.js");
  return c.html(<SignInPage shell={shell} asking={asking} options={options} script={script} />, status);
}

type Shell = Awaited<ReturnType<PageDeps["shell"]>>;

function SignInPage(props: { shell: Shell; asking: Asking; options: string | null; script: string }) {
  const { shell, asking, options } = props;
  const t = words[shell.language];
  const { held } = asking;
  const again = asking.kind === "again";
  const title = again ? t.again : t.login;
  return (
    <Page {...shell} title={title}>
      <PageHead
        title={title}
        intro={again ? t.againIntro(asking.editor.name || asking.editor.address) : t.intro}
      />
      <Said asking={asking} language={shell.language} />
      {asking.kind === "mailed" && held?.method === "post" && (
        <Form action="/newsroom/login/go-on" label={t.goOn}>
          <Kept held={held} />
          <p>{t.goOnText}</p>
          <div>
            <Button>{t.goOn}</Button>
          </div>
        </Form>
      )}
      {options !== null && (
        <div data-passkey-place hidden>
          <Block id="passkey" title={t.passkey}>
            <form
              class="form form-stack"
              method="post"
              action="/newsroom/login/passkey"
              data-passkey="get"
              data-options={options}
              data-failed={t.passkeyFailed}
            >
              <Kept held={held} />
              <input type="hidden" name="login_response" value="" />
              <p>{t.passkeyText}</p>
              <p role="status" />
              <div>
                <Button>{t.usePasskey}</Button>
              </div>
            </form>
          </Block>
          <script type="module" src={props.script} />
        </div>
      )}
      <Block id="link" title={t.byMail}>
        <Form action="/newsroom/login" label={t.byMail}>
          <Kept held={held} />
          {again ? (
            <>
              <input type="hidden" name="login_address" value={asking.editor.address} />
              <p>
                {t.byMailTo} <Ltr>{asking.editor.address}</Ltr>
              </p>
            </>
          ) : (
            <Field
              name="login_address"
              kind="email"
              label={t.address}
              help={t.addressHelp}
              value={asking.kind === "no-address" ? asking.typed : null}
              error={asking.kind === "no-address" ? t.noAddress : null}
              autocomplete="email"
              maxLength={254}
              required
            />
          )}
          <div>
            <Button kind={options === null ? "main" : "quiet"}>{t.sendLink}</Button>
          </div>
        </Form>
      </Block>
      <Block id="command" title={t.noMail}>
        <p>{t.how}</p>
        <p>
          <Ltr code>npx nashra login-link ADDRESS</Ltr>
        </p>
        <p>{t.whom}</p>
      </Block>
    </Page>
  );
}

function Said({ asking, language }: { asking: Asking; language: "ar" | "en" }) {
  const t = words[language];
  switch (asking.kind) {
    case "sign-in":
    case "again":
      return asking.held?.method === "post" ? <Notice>{t.kept}</Notice> : null;
    case "signed-out":
      return <Notice tone="warning">{asking.held ? t.signedOut : t.signedOutBare}</Notice>;
    case "mailed":
      return (
        <Notice tone="ok" title={t.mailed}>
          {t.mailedText}
        </Notice>
      );
    case "no-address":
      return null; // said beside the field
    case "too-often":
      return <Notice tone="warning">{t.tooOften(asking.minutes)}</Notice>;
    case "passkey-refused":
      return <Notice tone="error">{t.passkeyRefused}</Notice>;
  }
}

/** What they were about to do, along with the sign-in's own form. */
function Kept({ held }: { held: Held | null }) {
  if (held === null) return null;
  return (
    <>
      <input type="hidden" name="login_to" value={held.to} />
      <input type="hidden" name="login_method" value={held.method} />
      {held.method === "post" && (
        <>
          <input type="hidden" name="login_for" value={held.by} />
          {held.fields.map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
        </>
      )}
    </>
  );
}
