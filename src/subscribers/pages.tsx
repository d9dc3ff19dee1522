// The pages of sign-up, confirmation and leaving, and the form that stands on the home page too.
import type { Child } from "hono/jsx";
import { Actions, Auto, Button, Field, Ltr, Notice, Page, PageHead } from "../web/index.ts";
import { words } from "./words.ts";

type Language = "ar" | "en";

/** A newsletter as the form names it. */
export type DigestChoice = { id: number; slug: string; name: string; nameEn: string | null };

/** What all pages need of the request and the paper. */
export type Shell = Omit<Parameters<typeof Page>[0], "title" | "children">;

export const digestName = (digest: DigestChoice, language: Language): string =>
  language === "en" ? (digest.nameEn ?? digest.name) : digest.name;

/**
 * The sign-up form: an address, and a choice where there are several newsletters.
 *
 * @param typed what was sent before, to be mended
 * @param error what is wrong with the address
 */
export function SubscribeForm(props: {
  language: Language;
  digests: readonly DigestChoice[];
  typed?: { address: string; digest: string } | undefined;
  error?: string | undefined;
  digestError?: string | undefined;
}) {
  const { language, digests, typed } = props;
  const t = words[language];
  const [only, ...others] = digests;
  if (!only) return <Notice>{t.noDigest}</Notice>;
  const layout = others.length > 0 ? "form-stack" : "form-line";
  // Not validated by the browser: it refuses addresses that are right, such as those with Arabic before the @.
  return (
    <form class={`form ${layout}`} method="post" action="/subscribe" aria-label={t.subscribe} novalidate>
      <Field
        name="address"
        kind="email"
        label={t.address}
        value={typed?.address}
        error={props.error}
        required
        autocomplete="email"
        maxLength={254}
      />
      {others.length > 0 ? (
        <Field
          name="digest"
          kind="select"
          label={t.digest}
          value={typed?.digest}
          error={props.digestError}
          options={digests.map((digest) => ({ value: digest.slug, label: digestName(digest, language) }))}
        />
      ) : (
        <input type="hidden" name="digest" value={only.slug} />
      )}
      <input type="hidden" name="language" value={language} />
      <div class="visually-hidden" aria-hidden="true">
        <label>
          {t.trap}
          <input name="website" tabindex={-1} autocomplete="off" />
        </label>
      </div>
      <Button>{t.submit}</Button>
    </form>
  );
}

export function SubscribePage({
  shell,
  ...form
}: { shell: Shell } & Omit<Parameters<typeof SubscribeForm>[0], "language">) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.subscribe}>
      <PageHead title={t.subscribe} intro={t.intro} />
      <SubscribeForm language={shell.language} {...form} />
    </Page>
  );
}

/** The same for everybody: whether the address is known is nobody's business. */
export function AskedPage({ shell, address }: { shell: Shell; address: string }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.checkMail}>
      <Notice>
        <p>
          {t.asked} <Ltr>{address}</Ltr>
        </p>
        <p>{t.askedNext}</p>
      </Notice>
    </Told>
  );
}

/** A question whose answer is a press: opening the page changes nothing, since mail scanners follow links. */
export function PressPage(props: {
  shell: Shell;
  act: "confirm" | "unsubscribe";
  token: string;
  digest: string;
}) {
  const t = words[props.shell.language];
  const leaving = props.act === "unsubscribe";
  const title = leaving ? t.leaveTitle : t.confirmTitle;
  return (
    <Page {...props.shell} title={title}>
      <PageHead title={title} intro={<Auto>{(leaving ? t.leaveText : t.confirmText)(props.digest)}</Auto>} />
      <form class="form" method="post" action={`/${props.act}/${props.token}`}>
        <Button>{leaving ? t.leaveButton : t.confirmButton}</Button>
      </form>
    </Page>
  );
}

export function ConfirmedPage({ shell, digest }: { shell: Shell; digest: string }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.confirmed}>
      <Notice tone="ok">
        <Auto>{t.confirmedText(digest)}</Auto>
      </Notice>
      <Actions>
        <Button href="/">{t.toHome}</Button>
      </Actions>
    </Told>
  );
}

export function LeftPage({ shell, digest }: { shell: Shell; digest: string }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.left}>
      <Notice tone="ok">
        <p>
          <Auto>{t.leftText(digest)}</Auto>
        </p>
        <p>{t.comeBack}</p>
      </Notice>
      <SignUpAgain language={shell.language} />
    </Told>
  );
}

/** A link that cannot be used: cut short or forged, too old, or overtaken by what happened since. */
export function BadLinkPage({ shell, why }: { shell: Shell; why: "broken" | "expired" | "stale" }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t[why]}>
      <Notice tone="warning">{t[`${why}Text`]}</Notice>
      {why === "broken" ? null : <SignUpAgain language={shell.language} />}
    </Told>
  );
}

function SignUpAgain({ language }: { language: Language }) {
  return (
    <Actions>
      <Button kind="quiet" href="/subscribe">
        {words[language].again}
      </Button>
    </Actions>
  );
}

function Told({ shell, title, children }: { shell: Shell; title: string; children?: Child }) {
  return (
    <Page {...shell} title={title}>
      <PageHead title={title} />
      {children}
    </Page>
  );
}
