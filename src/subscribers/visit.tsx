// What all pages of this part need: what they are given, the shell in the reader's language, fields of forms, and the page for
// a link that does not work.
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Child } from "hono/jsx";
import type { Keyring } from "../config.ts";
import { type Clock, type Database, type MailDomains, networkOf } from "../platform/index.ts";
import type { Publisher, SettingsTables } from "../settings/index.ts";
import {
  Actions,
  type AssetPaths,
  Button,
  chooseLanguage,
  ErrorPage,
  Notice,
  Page,
  PageHead,
} from "../web/index.ts";
import { type DigestChoice, digestName, listed, offeredToNew, type SectionChoice } from "./choices.ts";
import type { SubscriberId } from "./consent.ts";
import { tokenMark } from "./links.ts";
import type { LettersToErase } from "./preferences/erase.ts";
import type { Proof } from "./proof.ts";
import type { QueueNotice } from "./requests.ts";
import { languageOf } from "./store.ts";
import type { RequestId, SubscriberTables } from "./tables.ts";
import { words } from "./words.ts";

export type Language = "ar" | "en";

/** What all pages need of the request and the paper. */
export type Shell = Omit<Parameters<typeof Page>[0], "title" | "children">;

/** What whoever sends mail knows of one reader, handed in from above. */
export type ReadersMail = LettersToErase & {
  /** All that is held of what they were sent. */
  of: (subscriber: SubscriberId) => Promise<Readonly<Record<string, unknown>>>;
  /** Whom a message of ours went to, and of which digest, by its Message-ID with angle brackets; null if it is none of ours. */
  readerOf: (messageId: string) => Promise<{ subscriber: SubscriberId; digest: number } | null>;
};

export type SubscriberDeps = {
  database: Database<SubscriberTables & SettingsTables>;
  keys: Keyring;
  site: URL;
  now: Clock;
  assets: AssetPaths;
  publisher: () => Promise<Publisher>;
  /** What one can subscribe to; the first is meant where a form names none. */
  digests: () => Promise<readonly DigestChoice[]>;
  /** The open sections in the paper's order. */
  sections: () => Promise<readonly SectionChoice[]>;
  queueNotice: QueueNotice;
  mailDomains: MailDomains;
  mail: ReadersMail;
  /** The address of whoever asks; empty where nobody knows. */
  addressOf: (c: Context) => string;
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
  /** Tells the sender that something waits. */
  wake: () => void;
};

/** An address, some choices and a few words; more is no form of ours. */
const mostBytes = 32 * 1024;

/** A form's fields: the first value of a name or '', all values of it, and all there are. Files have none. */
export type Fields = {
  one: (name: string) => string;
  all: (name: string) => string[];
  sent: () => [name: string, value: string][];
};

/** The fields of a form, urlencoded or multipart. A body that is neither has none. */
export async function fieldsOf(c: Context): Promise<Fields> {
  const body = await c.req.parseBody({ all: true }).catch(() => ({}));
  const fields = new Map<string, unknown>(Object.entries(body));
  const all = (name: string) => [fields.get(name)].flat().filter((value) => typeof value === "string");
  return {
    one: (name) => all(name)[0] ?? "",
    all,
    sent: () =>
      [...fields.keys()].flatMap((name) => all(name).map((value): [string, string] => [name, value])),
  };
}

/** What each of the routes does at its beginning and end. */
export function visits(deps: SubscriberDeps) {
  const { database, now } = deps;

  /** @param theirs the language that is known of the visitor, who may have chosen another since */
  const shellOf = async (c: Context, theirs?: Language | null): Promise<Shell> => {
    const publisher = await deps.publisher();
    const language = chooseLanguage(c, theirs ?? publisher.language);
    const english = language === "en";
    const { pathname, search } = new URL(c.req.url);
    c.header("Cache-Control", "no-store");
    return {
      language,
      publisher: {
        name: english ? publisher.nameEn : publisher.name,
        tagline: english ? publisher.taglineEn : publisher.tagline,
      },
      path: pathname + search,
      assets: deps.assets,
      sample: publisher.sample,
    };
  };

  /** The shell of a page that a mail's link opens: in the language of the mail, unless the visitor chose another. */
  const shellFor = async (c: Context, named: { subscriber: SubscriberId } | null): Promise<Shell> => ({
    ...(await shellOf(c, named && (await languageOf(database.db, named.subscriber)))),
    robots: "noindex",
  });

  return {
    shellOf,
    shellFor,
    offer: async () => ({ digests: await deps.digests(), sections: await deps.sections() }),
    offerToNew: async () => ({
      digests: offeredToNew(await deps.digests()),
      sections: await deps.sections(),
    }),
    networkOf: (c: Context) => networkOf(deps.addressOf(c)),

    /** What stands beside a typed address for `take`: who asks, and what the questions in between were answered with. */
    askedBy: (c: Context, fields: Fields) => ({
      sure: fields.one("sure") !== "",
      answer: fields.one("answer"),
      asker: { network: networkOf(deps.addressOf(c)) },
    }),

    /** How we know of an act on the page of a signed link. */
    proofOf: (c: Context, kind: Parameters<typeof tokenMark>[0], token: string): Proof => {
      const network = networkOf(deps.addressOf(c));
      return { via: "link", token: tokenMark(kind, token), ...(network ? { network } : {}) };
    },

    /** The names of digests in a sentence; the paper's where none is known. */
    namesOf: async (ids: readonly number[], { language, publisher }: Shell): Promise<string> => {
      const names = (await deps.digests())
        .filter(({ id }) => ids.includes(id))
        .map((digest) => digestName(digest, language));
      return names.length > 0 ? listed(names, language) : publisher.name;
    },

    badLink: async (
      c: Context,
      why: "broken" | "expired" | "stale",
      named: { subscriber: SubscriberId } | null = null,
    ) => c.html(<BadLinkPage shell={await shellFor(c, named)} why={why} />, why === "broken" ? 400 : 410),

    /** Answers a request behind the reply, and wakes the sender if a mail waits. */
    answerLater: (answer: (request: RequestId) => Promise<boolean>, request: RequestId) =>
      deps.later(async () => {
        if (await answer(request)) deps.wake();
      }),

    bounded: bodyLimit({
      maxSize: mostBytes,
      onError: async (c) => {
        const shell = await shellOf(c);
        return c.html(<ErrorPage {...shell} status={413} sentence={words[shell.language].tooLarge} />, 413);
      },
    }),

    now,
  };
}

export type Visits = ReturnType<typeof visits>;

/** A link that cannot be used: cut short or forged, too old, or overtaken by what happened since. */
function BadLinkPage({ shell, why }: { shell: Shell; why: "broken" | "expired" | "stale" }) {
  const t = words[shell.language];
  return (
    <Told shell={shell} title={t[why]}>
      <Notice tone="warning">{t[`${why}Text`]}</Notice>
      {why === "broken" ? null : <SignUpAgain language={shell.language} />}
    </Told>
  );
}

export function SignUpAgain({ language }: { language: Language }) {
  return (
    <Actions>
      <Button kind="quiet" href="/subscribe">
        {words[language].again}
      </Button>
    </Actions>
  );
}

/** A page that says what happened. */
export function Told({ shell, title, children }: { shell: Shell; title: string; children?: Child }) {
  return (
    <Page {...shell} title={title}>
      <PageHead title={title} />
      {children}
    </Page>
  );
}
