// The pages of signing up and confirming.
import { Actions, Auto, Button, Ltr, Notice, Page, PageHead } from "../../web/index.ts";
import { type Shell, Told } from "../visit.tsx";
import { words as shared } from "../words.ts";
import { SubscribeForm } from "./form.tsx";
import { words } from "./words.ts";

export function SubscribePage({
  shell,
  ...form
}: { shell: Shell } & Omit<Parameters<typeof SubscribeForm>[0], "language" | "place">) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.subscribe}>
      <PageHead title={t.subscribe} intro={t.intro} />
      <SubscribeForm language={shell.language} place="page" {...form} />
      <p class="aside">
        <a href="/preferences">{t.preferences}</a>
      </p>
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
export function ConfirmPage(props: {
  shell: Shell;
  token: string;
  digest: string;
  /** Whether one of them sends breaking news. */
  hasBreaking: boolean;
}) {
  const t = words[props.shell.language];
  return (
    <Page {...props.shell} title={t.confirmTitle}>
      <PageHead title={t.confirmTitle} intro={<Auto>{t.confirmText(props.digest)}</Auto>} />
      {props.hasBreaking && <p>{t.confirmBreaking}</p>}
      <form class="form" method="post" action={`/confirm/${props.token}`}>
        <Button>{t.confirmButton}</Button>
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
        <Button href="/">{shared[shell.language].toHome}</Button>
      </Actions>
    </Told>
  );
}
