// What a person sees instead of the page: in words, with a way out, and never with the inside of the program.

import type { AssetPaths } from "./assets.ts";
import { Ltr } from "./components.tsx";
import { Button } from "./form.tsx";
import { NewsroomPage, type NewsroomPart, Page, type Publisher } from "./page.tsx";
import { type Language, words } from "./words.ts";

type ErrorPageProps = {
  status: number;
  language: Language;
  publisher: Publisher;
  path: string;
  assets: AssetPaths;
  sample?: boolean | undefined;
  /** Who is signed in, and what they may open: they stay in the newsroom. Without it, the page is one for readers. */
  desk?: { user: { name: string }; parts: readonly NewsroomPart[] } | undefined;
  /** Instead of the sentence that goes with the status. */
  sentence?: string | undefined;
  /** Shown for a fault of ours, so that whoever asks about it can name the line in the log. */
  requestId?: string | undefined;
};

/** The page for an error. A status without words of its own gets those of 400 or 500. */
export function ErrorPage(props: ErrorPageProps) {
  const { status, language, publisher, path, assets, sample, desk, requestId } = props;
  const t = words[language];
  const said = t.errors[knownStatus(status)];
  const shell = { language, title: said.title, publisher, path, assets, sample };
  const failure = (
    <div class="failure">
      <p class="failure-status">
        <span class="visually-hidden">{t.status}: </span>
        {status}
      </p>
      <h1>{said.title}</h1>
      <p>{props.sentence ?? said.sentence}</p>
      {status >= 500 && requestId && (
        <p class="failure-request">
          {t.requestId}: <Ltr code>{requestId}</Ltr>
        </p>
      )}
      {desk ? <Button href="/newsroom">{t.toNewsroom}</Button> : <Button href="/">{t.toHome}</Button>}
    </div>
  );
  return desk ? (
    <NewsroomPage {...shell} {...desk}>
      {failure}
    </NewsroomPage>
  ) : (
    <Page {...shell} robots="noindex">
      {failure}
    </Page>
  );
}

function knownStatus(status: number): keyof (typeof words)["ar"]["errors"] {
  if (status === 403 || status === 404 || status === 410 || status === 429) return status;
  return status >= 500 ? 500 : 400;
}
