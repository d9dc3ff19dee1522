// Sign-up and confirmation over HTTP. No answer tells whether an address is known.
import { Hono } from "hono";
import { oneLine } from "../../arabic/index.ts";
import { inItsLetters } from "../address.ts";
import { askedDigests, confirm } from "../confirm.ts";
import { explain } from "../guard/explain.tsx";
import { take } from "../guard/take.ts";
import { problemWords } from "../guard/words.ts";
import { readLink } from "../links.ts";
import { asksForJson, tellScript } from "../script.ts";
import { fieldsOf, type SubscriberDeps, type Visits } from "../visit.tsx";
import type { FormErrors } from "./form.tsx";
import { AskedPage, ConfirmedPage, ConfirmPage, SubscribePage } from "./pages.tsx";
import { readSignUp } from "./read.ts";
import { words } from "./words.ts";

/** `/subscribe` and `/confirm/:token`. The first takes forms of any origin. */
export function signUpRoutes(deps: SubscriberDeps, visits: Visits) {
  const { database, keys, now, site } = deps;
  const { shellOf, shellFor, proofOf, namesOf, badLink, bounded } = visits;

  return (
    new Hono()
      // What is chosen beforehand may stand in the address: ?digest=morning&section=politics
      .get("/subscribe", async (c) => {
        const filled = {
          address: "",
          digests: c.req.queries("digest") ?? [],
          sections: c.req.queries("section") ?? [],
        };
        const shell = await shellOf(c);
        return c.html(<SubscribePage shell={shell} offer={await visits.offerToNew()} filled={filled} />);
      })
      .post("/subscribe", bounded, async (c) => {
        const fields = await fieldsOf(c);
        const said = fields.one("language");
        const shell = await shellOf(c, said === "ar" || said === "en" ? said : null);
        const offer = await visits.offerToNew();
        const referrer = c.req.header("Referer") ?? c.req.header("Origin") ?? "";
        const {
          address: typed,
          filled,
          isProgram,
          wish,
        } = readSignUp(fields, offer, shell.language, site, referrer);
        const t = words[shell.language];
        const refuse = (errors: FormErrors) =>
          asksForJson(c)
            ? tellScript(c, 422, { ok: false, message: errors.address ?? errors.digests ?? "" })
            : c.html(<SubscribePage shell={shell} offer={offer} filled={filled} errors={errors} />, 422);
        if ("problem" in wish)
          return refuse({ digests: wish.problem === "no-digest" ? t.noDigestChosen : t.unknownDigest });
        // A program is told what everybody is told.
        if (!isProgram) {
          const asked = { typed, wish, ...visits.askedBy(c, fields) };
          const taken = await take(deps, asked);
          if (taken.kind === "refused") return refuse({ address: problemWords[shell.language][taken.why] });
          if (taken.kind !== "admitted")
            return explain(c, taken, shell, {
              action: "/subscribe",
              fields: fields.sent(),
              typed: inItsLetters(typed),
            });
        }
        if (asksForJson(c))
          return tellScript(c, 200, { ok: true, message: `${t.checkMail}. ${t.askedNext}` });
        return c.html(<AskedPage shell={shell} address={oneLine(inItsLetters(typed))} />);
      })
      .get("/confirm/:token", async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "confirm", token, now());
        if (!link.ok) return badLink(c, link.why);
        const shell = await shellFor(c, link.named);
        const asked = await askedDigests(database.db, link.named);
        const digest = await namesOf(asked, shell);
        const hasBreaking = (await deps.digests()).some((it) => it.hasBreaking && asked.includes(it.id));
        return c.html(<ConfirmPage shell={shell} token={token} digest={digest} hasBreaking={hasBreaking} />);
      })
      .post("/confirm/:token", bounded, async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "confirm", token, now());
        if (!link.ok) return badLink(c, link.why);
        const proof = proofOf(c, "confirm", token);
        const confirmed = await confirm(database, deps.queueNotice, link.named, proof, now());
        if (confirmed.kind === "confirmed") deps.wake();
        if (confirmed.kind === "stale") return badLink(c, "stale", link.named);
        const shell = await shellFor(c, link.named);
        return c.html(<ConfirmedPage shell={shell} digest={await namesOf(confirmed.digests, shell)} />);
      })
  );
}
