// The pages around the preferences: how one gets there, another address, erasure.
import { Actions, Button, Field, Form, Ltr, Notice, Page, PageHead } from "../../web/index.ts";
import { type Shell, SignUpAgain, Told } from "../visit.tsx";
import { words as shared } from "../words.ts";
import { words } from "./words.ts";

/** Whoever lost the link types their address. */
export function AskPage(props: { shell: Shell; typed?: string; error?: string }) {
  const t = words[props.shell.language];
  return (
    <Page {...props.shell} title={t.askTitle}>
      <PageHead title={t.askTitle} intro={t.askIntro} />
      <form class="form form-stack" method="post" action="/preferences" aria-label={t.askTitle} novalidate>
        <Field
          name="address"
          kind="email"
          label={t.address}
          value={props.typed}
          error={props.error}
          required
          autocomplete="email"
          maxLength={254}
        />
        <input type="hidden" name="language" value={props.shell.language} />
        <div class="visually-hidden" aria-hidden="true">
          <label>
            {t.trap}
            <input name="website" tabindex={-1} autocomplete="off" />
          </label>
        </div>
        <Actions>
          <Button>{t.askButton}</Button>
        </Actions>
      </form>
    </Page>
  );
}

/** The same for every address; null where it was not typed but is on file, and is shown to nobody. */
export function LinkSentPage({ shell, address }: { shell: Shell; address: string | null }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.asked}>
      <Notice>
        {address === null ? (
          t.askedRenewed
        ) : (
          <>
            {t.askedText} <Ltr>{address}</Ltr>
          </>
        )}
      </Notice>
    </Told>
  );
}

/** The link is too old to show anything; its owner has another sent. */
export function ExpiredPage({ shell, token }: { shell: Shell; token: string }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.expired}>
      <Notice tone="warning">{t.expiredText}</Notice>
      <Form action={`/preferences/${token}/link`}>
        <Actions>
          <Button>{t.renew}</Button>
        </Actions>
      </Form>
    </Told>
  );
}

export function GonePage({ shell }: { shell: Shell }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.gone}>
      <Notice>{t.goneText}</Notice>
      <SignUpAgain language={shell.language} />
    </Told>
  );
}

export function AddressAskedPage({
  shell,
  token,
  address,
}: {
  shell: Shell;
  token: string;
  address: string;
}) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.addressAsked}>
      <Notice>
        <p>
          <Ltr>{address}</Ltr>
        </p>
        <p>{t.addressAskedText}</p>
      </Notice>
      <Onward href={`/preferences/${token}`} label={t.back} />
    </Told>
  );
}

export function AddressConfirmPage({
  shell,
  token,
  address,
}: {
  shell: Shell;
  token: string;
  address: string;
}) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.addressConfirmTitle}>
      <PageHead
        title={t.addressConfirmTitle}
        intro={
          <>
            {t.addressConfirmText} <Ltr>{address}</Ltr>
          </>
        }
      />
      <form class="form" method="post" action={`/preferences/address/${token}`}>
        <Button>{t.addressConfirmButton}</Button>
      </form>
    </Page>
  );
}

export function AddressMovedPage({ shell, address }: { shell: Shell; address: string }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.addressMoved}>
      <Notice tone="ok">
        <p>
          {t.addressMovedText} <Ltr>{address}</Ltr>
        </p>
        <p>{t.addressMovedNext}</p>
      </Notice>
      <Actions>
        <Button href="/">{shared[shell.language].toHome}</Button>
      </Actions>
    </Told>
  );
}

export function StaleAddressPage({ shell }: { shell: Shell }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.staleAddress}>
      <Notice tone="warning">{t.staleAddressText}</Notice>
      <Onward href="/preferences" label={t.title} />
    </Told>
  );
}

/** What erasure means, and the press that does it. */
export function ErasePage({ shell, token }: { shell: Shell; token: string }) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.eraseTitle}>
      <PageHead title={t.eraseTitle} intro={t.eraseIntro} />
      <ul class="points">
        {t.erasePoints.map((point) => (
          <li>{point}</li>
        ))}
      </ul>
      <form class="form" method="post" action={`/preferences/${token}/erase`}>
        <Actions>
          <Button kind="danger">{t.eraseButton}</Button>
          <Button kind="quiet" href={`/preferences/${token}`}>
            {t.back}
          </Button>
        </Actions>
      </form>
      <p class="aside">{t.eraseExport}</p>
    </Page>
  );
}

export function ErasedPage({ shell }: { shell: Shell }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.erased}>
      <Notice tone="ok">{t.erasedText}</Notice>
      <Onward href="/" label={shared[shell.language].toHome} />
    </Told>
  );
}

/** Where one may go when all is said. */
const Onward = ({ href, label }: { href: string; label: string }) => (
  <Actions>
    <Button kind="quiet" href={href}>
      {label}
    </Button>
  </Actions>
);
