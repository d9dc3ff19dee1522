// The pages of the way out: the question, what happened, and the way back.
import { Actions, Auto, Button, Notice, Page, PageHead } from "../../web/index.ts";
import { type Language, type Shell, SignUpAgain, Told } from "../visit.tsx";
import { words as shared } from "../words.ts";
import { words } from "./words.ts";

/** One press for this newsletter; where the paper has several, another for all. Opening it changes nothing. */
export function LeavePage(props: { shell: Shell; token: string; digest: string; several: boolean }) {
  const { shell, token, digest, several } = props;
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.leaveTitle}>
      <PageHead title={t.leaveTitle} intro={<Auto>{t.leaveText(digest)}</Auto>} />
      <form class="form" method="post" action={`/unsubscribe/${token}`}>
        <Actions>
          <Button>{several ? t.leaveOne(digest) : t.leaveButton}</Button>
          {several && (
            <Button kind="quiet" name="what" value="all">
              {t.leaveAll}
            </Button>
          )}
        </Actions>
      </form>
      <Rather language={shell.language} />
    </Page>
  );
}

/** Leads to the page where a link is sent by mail: that of an old mail opens no one's preferences. */
function Rather({ language }: { language: Language }) {
  return (
    <p class="aside">
      {words[language].rather} <a href="/preferences">{shared[language].toPreferences}</a>
    </p>
  );
}

/** @param undo where the leaving is taken back; null where it is too late for that */
export function LeftPage({ shell, digest, undo }: { shell: Shell; digest: string; undo: string | null }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.left}>
      <Notice tone="ok">
        <p>
          <Auto>{t.leftText(digest)}</Auto> {t.leftThanks}
        </p>
      </Notice>
      {undo === null ? (
        <SignUpAgain language={shell.language} />
      ) : (
        <form class="form form-stack" method="post" action={undo}>
          <p>{t.slip}</p>
          <Actions>
            <Button kind="quiet">{t.undo}</Button>
          </Actions>
        </form>
      )}
      <p class="aside">
        <a href="/preferences">{shared[shell.language].toPreferences}</a>
      </p>
    </Told>
  );
}

/** Where the links of a mail lead that was sent to be looked at. */
export function TestPage({ shell }: { shell: Shell }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.test}>
      <Notice>{t.testText}</Notice>
    </Told>
  );
}

/** For whoever presses where there is nothing to leave, and has not left just now. */
export function NotSubscribedPage({ shell, digest }: { shell: Shell; digest: string }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.leftBefore}>
      <Notice>
        <Auto>{t.leftBeforeText(digest)}</Auto>
      </Notice>
      <SignUpAgain language={shell.language} />
    </Told>
  );
}

export function ReturnPage({ shell, token }: { shell: Shell; token: string }) {
  const t = words[shell.language];
  return (
    <Page {...shell} title={t.returnTitle}>
      <PageHead title={t.returnTitle} intro={t.returnText} />
      <form class="form" method="post" action={`/unsubscribe/return/${token}`}>
        <Button>{t.undo}</Button>
      </form>
    </Page>
  );
}

export function ReturnedPage({ shell, digest }: { shell: Shell; digest: string }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.returned}>
      <Notice tone="ok">
        <Auto>{t.returnedText(digest)}</Auto>
      </Notice>
      <Actions>
        <Button href="/">{shared[shell.language].toHome}</Button>
        <Button kind="quiet" href="/preferences">
          {shared[shell.language].toPreferences}
        </Button>
      </Actions>
    </Told>
  );
}

export function TooLatePage({ shell }: { shell: Shell }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t.tooLate}>
      <Notice tone="warning">{t.tooLateText}</Notice>
      <SignUpAgain language={shell.language} />
    </Told>
  );
}
