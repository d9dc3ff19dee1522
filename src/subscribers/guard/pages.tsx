// The two questions that may come between the form and "check your mail". Both keep what was filled in.
import { Actions, Button, besideStylesheet, Ltr, Notice, Page, PageHead } from "../../web/index.ts";
import type { Shell } from "../visit.tsx";
import type { Challenge } from "./challenge.ts";
import { guardWords } from "./words.ts";

/** Names and values of a form as they were sent; a name may come several times. */
export type SentFields = readonly (readonly [string, string])[];

/** What is ours to add or to ask anew, and so is not kept. */
const ours = new Set(["answer", "website"]);

function Kept({ fields, but = [] }: { fields: SentFields; but?: readonly string[] }) {
  return (
    <>
      {fields
        .filter(([name]) => !ours.has(name) && !but.includes(name))
        .map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
    </>
  );
}

/** Did you mean …? One press for either answer. */
export function SlipPage(props: {
  shell: Shell;
  action: string;
  fields: SentFields;
  typed: string;
  meant: string;
}) {
  const t = guardWords[props.shell.language];
  return (
    <Page {...props.shell} title={t.slipTitle} robots="noindex">
      <PageHead title={t.slipTitle} />
      <Notice tone="warning">
        <p>
          {t.slip} <Ltr>{props.typed}</Ltr>
        </p>
        <p>
          {t.slipMeant} <Ltr>{props.meant}</Ltr>
        </p>
      </Notice>
      <form class="form" method="post" action={props.action}>
        <Kept fields={props.fields} but={["address", "sure"]} />
        <input type="hidden" name="sure" value="yes" />
        <Actions>
          <Button name="address" value={props.meant}>
            {t.slipYes} <Ltr>{props.meant}</Ltr>
          </Button>
          <Button kind="quiet" name="address" value={props.typed}>
            {t.slipNo}
          </Button>
        </Actions>
      </form>
    </Page>
  );
}

/**
 * The challenge, which the script beside the styles solves at once (solve.browser.ts). Without script the button works too: some
 * minutes later, when fewer ask.
 *
 * @param seconds until a request is taken without a solution
 */
export function ChallengePage(props: {
  shell: Shell;
  action: string;
  fields: SentFields;
  typed: string;
  challenge: Challenge;
  seconds: number;
}) {
  const { shell, challenge, seconds } = props;
  const t = guardWords[shell.language];
  return (
    <Page {...shell} title={t.challengeTitle} robots="noindex">
      <PageHead title={t.challengeTitle} intro={t.challenge} />
      <form
        class="form"
        method="post"
        action={props.action}
        data-challenge={JSON.stringify(challenge)}
        data-solving={t.solving}
        data-solved={t.solved}
        data-unsolved={t.unsolved(seconds)}
      >
        <Kept fields={props.fields} />
        <input type="hidden" name="answer" value="" />
        <p>
          {t.challengeAddress} <Ltr>{props.typed}</Ltr>
        </p>
        <p role="status">
          <noscript>{t.noScript(seconds)}</noscript>
        </p>
        <Actions>
          <Button>{t.submit}</Button>
        </Actions>
      </form>
      <script type="module" src={besideStylesheet(shell.assets, "solve.js")} />
    </Page>
  );
}
