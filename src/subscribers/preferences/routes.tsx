// Preferences over HTTP. Whoever holds the signed link may choose; no password, no cookie. A GET changes nothing.
import { type Context, Hono } from "hono";
import { inItsLetters, parseAddress } from "../address.ts";
import { explain } from "../guard/explain.tsx";
import { take } from "../guard/take.ts";
import { problemWords } from "../guard/words.ts";
import { leave } from "../leave.ts";
import { LeftPage } from "../leaving/pages.tsx";
import { undoOf } from "../leaving/routes.tsx";
import { readLink } from "../links.ts";
import { fieldsOf, type Shell, type SubscriberDeps, type Visits } from "../visit.tsx";
import { choose, type Person, personOf } from "./choose.ts";
import { erase } from "./erase.ts";
import { everythingOf } from "./export.ts";
import { movedSince } from "./move.ts";
import { AddressAskedPage, ErasedPage, ErasePage, ExpiredPage, GonePage } from "./other-pages.tsx";
import { deeds, type Mistakes, PreferencesPage } from "./page.tsx";
import { pause, resume } from "./pause.ts";
import { readChoices, readPause } from "./read.ts";
import { words } from "./words.ts";

/** Who is there, by a link that works. */
type Opened = { token: string; person: Person; shell: Shell };

/** `/preferences/:token` and what can be done there. */
export function preferencesRoutes(deps: SubscriberDeps, visits: Visits) {
  const { database, keys, now } = deps;
  const { db } = database;
  const { shellFor, badLink, bounded } = visits;

  /** Runs for whoever holds a link that works; for others there is a page that says what to do. */
  const opened = (then: (c: Context, it: Opened) => Promise<Response>) => async (c: Context) => {
    const token = c.req.param("token") ?? "";
    const link = await readLink(keys, "preferences", token, now());
    if (!link.ok && link.why === "broken") return badLink(c, link.why);
    const shell = await shellFor(c, link.named);
    if (!link.ok) return c.html(<ExpiredPage shell={shell} token={token} />, 410);
    // A link from before they moved lies in a mailbox that is theirs no more.
    if (link.madeAt !== null && (await movedSince(db, link.named.subscriber, link.madeAt)))
      return c.html(<ExpiredPage shell={shell} token={token} />, 410);
    const person = await personOf(db, link.named.subscriber);
    if (person === null) return c.html(<GonePage shell={shell} />, 410);
    return then(c, { token, person, shell });
  };

  const proofOf = (c: Context, { token }: Opened) => visits.proofOf(c, "preferences", token);

  const page = async (c: Context, { token, person, shell }: Opened, mistakes?: Mistakes) => {
    const done = deeds.find((it) => it === c.req.query("done"));
    return c.html(
      <PreferencesPage
        {...{ shell, token, person, done }}
        offer={await visits.offer()}
        publisher={await deps.publisher()}
        now={now()}
        {...(mistakes ? { mistakes } : {})}
      />,
      mistakes ? 422 : 200,
    );
  };

  /** Back to the page by a GET, so that looking at it again sends nothing again. */
  const back = (c: Context, { token }: Opened, done?: (typeof deeds)[number]) =>
    c.redirect(`/preferences/${token}${done ? `?done=${done}` : ""}`, 303);

  return new Hono()
    .get("/preferences/:token", opened(page))
    .post(
      "/preferences/:token",
      bounded,
      opened(async (c, it) => {
        const offer = await visits.offer();
        const { wanted, withoutSections } = readChoices(await fieldsOf(c), offer, it.person.language);
        if (withoutSections.length > 0) {
          const chosen = wanted.digests.map((digest) => ({
            ...digest,
            state: "active" as const,
            pausedUntil: null,
            breaking: digest.breaking ?? true,
          }));
          return page(
            c,
            { ...it, person: { ...it.person, language: wanted.language, chosen } },
            { withoutSections },
          );
        }
        await choose(database, it.person, wanted, proofOf(c, it), now());
        return back(c, it, "saved");
      }),
    )
    .post(
      "/preferences/:token/pause",
      bounded,
      opened(async (c, it) => {
        const until = readPause(await fieldsOf(c), (await deps.publisher()).zone, now());
        if (until === null) return page(c, it, { date: true });
        await pause(database, it.person.id, until, proofOf(c, it), now());
        return back(c, it); // which says until when
      }),
    )
    .post(
      "/preferences/:token/resume",
      bounded,
      opened(async (c, it) => {
        await resume(database, it.person.id, proofOf(c, it), now());
        return back(c, it, "resumed");
      }),
    )
    .post(
      "/preferences/:token/leave",
      bounded,
      opened(async (c, it) => {
        const at = now();
        const what = { subscriber: it.person.id, digest: null };
        const ended = await leave(database, what, "preferences", proofOf(c, it), at);
        if (ended.length === 0) return back(c, it);
        const undo = await undoOf(deps, it.person.id, at);
        return c.html(
          <LeftPage shell={it.shell} digest={await visits.namesOf(ended, it.shell)} undo={undo} />,
        );
      }),
    )
    .post(
      "/preferences/:token/address",
      bounded,
      opened(async (c, it) => {
        const t = words[it.shell.language];
        const fields = await fieldsOf(c);
        const typed = fields.one("address");
        const refuse = (error: string) => page(c, it, { address: { typed: typed.slice(0, 254), error } });
        const address = parseAddress(typed);
        const present = parseAddress(it.person.address);
        if (address.ok && present.ok && present.key === address.key) return refuse(t.sameAddress);
        const wish = { kind: "address" as const, subscriber: it.person.id, language: it.shell.language };
        const taken = await take(deps, { typed, wish, ...visits.askedBy(c, fields) });
        if (taken.kind === "refused") return refuse(problemWords[it.shell.language][taken.why]);
        if (taken.kind !== "admitted")
          return explain(c, taken, it.shell, {
            action: `/preferences/${it.token}/address`,
            fields: fields.sent(),
            typed: inItsLetters(typed),
          });
        return c.html(<AddressAskedPage shell={it.shell} token={it.token} address={inItsLetters(typed)} />);
      }),
    )
    .post(
      "/preferences/:token/export",
      bounded,
      opened(async (c, { person }) => {
        const everything = await everythingOf(
          db,
          person.id,
          await visits.offer(),
          await deps.mail.of(person.id),
        );
        c.header("Cache-Control", "no-store");
        c.header("Content-Disposition", 'attachment; filename="subscription.json"');
        c.header("Content-Type", "application/json; charset=utf-8");
        return c.body(`${JSON.stringify(everything, null, 2)}\n`);
      }),
    )
    .get(
      "/preferences/:token/erase",
      opened(async (c, { shell, token }) => c.html(<ErasePage shell={shell} token={token} />)),
    )
    .post(
      "/preferences/:token/erase",
      bounded,
      opened(async (c, it) => {
        const { network: _, ...proof } = proofOf(c, it);
        await erase(database, deps.mail, it.person.id, proof, now());
        return c.html(<ErasedPage shell={it.shell} />);
      }),
    );
}
