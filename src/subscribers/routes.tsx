// Sign-up, confirmation and leaving over HTTP. A GET changes nothing, and no answer tells whether an address is known.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { oneLine } from "../arabic/index.ts";
import type { Publisher } from "../settings/index.ts";
import { type AssetPaths, chooseLanguage, ErrorPage } from "../web/index.ts";
import { inItsLetters } from "./address.ts";
import { askedDigests, confirm } from "./confirm.ts";
import type { SubscriberId } from "./consent.ts";
import { explain } from "./guard/explain.tsx";
import type { Fields } from "./guard/pages.tsx";
import { type TakeDeps, take } from "./guard/take.ts";
import { problemWords } from "./guard/words.ts";
import { leave } from "./leave.ts";
import { readLink, tokenMark } from "./links.ts";
import {
  AskedPage,
  BadLinkPage,
  ConfirmedPage,
  type DigestChoice,
  digestName,
  LeftPage,
  PressPage,
  type Shell,
  SubscribePage,
} from "./pages.tsx";
import { networkOf, type Proof } from "./proof.ts";
import { asksForJson, tellScript } from "./script.ts";
import { languageOf } from "./store.ts";
import { words } from "./words.ts";

type Language = "ar" | "en";
type Person = { subscriber: SubscriberId };

export type SubscriberDeps = Omit<TakeDeps, "publisher"> & {
  assets: AssetPaths;
  publisher: () => Promise<Publisher>;
  /** What one can subscribe to; the first is meant where a form names none. */
  digests: () => Promise<readonly DigestChoice[]>;
  /** The address of whoever asks; empty where nobody knows. */
  addressOf: (c: Context) => string;
};

/** An address and a few words; more is no form of ours. */
const mostBytes = 16 * 1024;

/** `/subscribe`, `/confirm/:token` and `/unsubscribe/:token`. The first and the last take forms of any origin. */
export function subscriberRoutes(deps: SubscriberDeps) {
  const { database, keys, now } = deps;

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
  const shellFor = async (c: Context, named: Person | null): Promise<Shell> => ({
    ...(await shellOf(c, named && (await languageOf(database.db, named.subscriber)))),
    robots: "noindex",
  });

  const proofOf = (c: Context, via: Proof["via"], kind: "confirm" | "unsubscribe", token: string): Proof => {
    const network = networkOf(deps.addressOf(c));
    return { via, token: tokenMark(kind, token), ...(network ? { network } : {}) };
  };

  const namesOf = async (ids: readonly number[], { language, publisher }: Shell): Promise<string> => {
    const found = (await deps.digests()).filter(({ id }) => ids.includes(id));
    const names = found.map((digest) => digestName(digest, language));
    return names.length > 0 ? names.join(language === "ar" ? "، " : ", ") : publisher.name;
  };

  const badLink = async (c: Context, why: "broken" | "expired" | "stale", named: Person | null = null) =>
    c.html(<BadLinkPage shell={await shellFor(c, named)} why={why} />, why === "broken" ? 400 : 410);

  const bounded = bodyLimit({
    maxSize: mostBytes,
    onError: async (c) => {
      const shell = await shellOf(c);
      return c.html(<ErrorPage {...shell} status={413} sentence={words[shell.language].tooLarge} />, 413);
    },
  });

  return (
    new Hono()
      .get("/subscribe", async (c) =>
        c.html(<SubscribePage shell={await shellOf(c)} digests={await deps.digests()} />),
      )
      .post("/subscribe", bounded, async (c) => {
        const fields = await fieldsOf(c);
        const asked = fields("language");
        const shell = await shellOf(c, asked === "ar" || asked === "en" ? asked : null);
        const language = asked === "ar" || asked === "en" ? asked : shell.language;
        const digests = await deps.digests();
        const slug = fields("digest");
        const digest = slug === "" ? digests[0] : digests.find((it) => it.slug === slug);
        const typed = fields("address");
        const refuse = (error: string | undefined, digestError?: string) =>
          asksForJson(c)
            ? tellScript(c, 422, { ok: false, message: error ?? digestError ?? "" })
            : c.html(
                <SubscribePage
                  shell={shell}
                  digests={digests}
                  typed={{ address: typed.slice(0, 254), digest: slug }}
                  error={error}
                  digestError={digestError}
                />,
                422,
              );
        if (!digest) return refuse(undefined, words[shell.language].unknownDigest);
        // People do not see the field "website"; what fills it in is a program, and is told what everybody is told.
        if (fields("website") === "") {
          const wish = {
            kind: "subscribe" as const,
            digests: [digest.id],
            sections: [],
            language,
            source: "page" as const,
          };
          const taken = await take(deps, {
            typed,
            sure: fields("sure") !== "",
            answer: fields("answer"),
            asker: { network: networkOf(deps.addressOf(c)) },
            wish,
          });
          if (taken.kind === "refused") return refuse(problemWords[shell.language][taken.why]);
          if (taken.kind !== "admitted")
            return explain(c, taken, shell, {
              action: "/subscribe",
              fields: await sentFields(c),
              typed: inItsLetters(typed),
            });
        }
        if (asksForJson(c)) {
          const { checkMail, askedNext } = words[shell.language];
          return tellScript(c, 200, { ok: true, message: `${checkMail}. ${askedNext}` });
        }
        return c.html(<AskedPage shell={shell} address={oneLine(inItsLetters(typed))} />);
      })
      .get("/confirm/:token", async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "confirm", token, now());
        if (!link.ok) return badLink(c, link.why);
        const shell = await shellFor(c, link.named);
        const asked = await askedDigests(database.db, link.named);
        const digest = await namesOf(asked, shell);
        return c.html(<PressPage shell={shell} act="confirm" token={token} digest={digest} />);
      })
      .post("/confirm/:token", bounded, async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "confirm", token, now());
        if (!link.ok) return badLink(c, link.why);
        const confirmed = await confirm(database, link.named, proofOf(c, "link", "confirm", token), now());
        if (confirmed.kind === "stale") return badLink(c, "stale", link.named);
        const shell = await shellFor(c, link.named);
        return c.html(<ConfirmedPage shell={shell} digest={await namesOf(confirmed.digests, shell)} />);
      })
      .get("/unsubscribe/:token", async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "unsubscribe", token, now());
        if (!link.ok) return badLink(c, link.why);
        const shell = await shellFor(c, link.named);
        const digest = await namesOf([link.named.digest], shell);
        return c.html(<PressPage shell={shell} act="unsubscribe" token={token} digest={digest} />);
      })
      // RFC 8058 §3.1: the token alone names person and list; no cookie, no check of origins, no redirect.
      .post("/unsubscribe/:token", bounded, async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "unsubscribe", token, now());
        if (!link.ok) return badLink(c, link.why);
        const fields = await fieldsOf(c);
        const by = fields("List-Unsubscribe") === "One-Click" ? "one-click" : "page";
        await leave(database, link.named, by, proofOf(c, "link", "unsubscribe", token), now());
        const shell = await shellFor(c, link.named);
        return c.html(<LeftPage shell={shell} digest={await namesOf([link.named.digest], shell)} />);
      })
  );
}

/** All that a form sent, in its order; files apart. */
async function sentFields(c: Context): Promise<Fields> {
  const form = await c.req.formData();
  return [...form].flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : []));
}

/** The fields of a form, urlencoded or multipart. A body that is neither has none. */
async function fieldsOf(c: Context): Promise<(name: string) => string> {
  const body = await c.req.parseBody().catch(() => ({}) as Record<string, never>);
  const fields = new Map(Object.entries(body));
  return (name) => {
    const value = fields.get(name);
    return typeof value === "string" ? value : "";
  };
}
