// How one gets to the preferences without a password: an address is typed, or an old link is pressed, and a new link goes to the
// address on file. And the link by which a new address is confirmed.
import { Hono } from "hono";
import { oneLine } from "../../arabic/index.ts";
import { inItsLetters, parseAddress } from "../address.ts";
import { explain } from "../guard/explain.tsx";
import { take } from "../guard/take.ts";
import { problemWords } from "../guard/words.ts";
import { readLink } from "../links.ts";
import { answerRequest, recordLinkRequest } from "../requests.ts";
import { fieldsOf, type SubscriberDeps, type Visits } from "../visit.tsx";
import { personOf } from "./choose.ts";
import { move, newAddressOf } from "./move.ts";
import {
  AddressConfirmPage,
  AddressMovedPage,
  AskPage,
  GonePage,
  LinkSentPage,
  StaleAddressPage,
} from "./other-pages.tsx";

/** `/preferences`, `/preferences/:token/link` and `/preferences/address/:token`. */
export function preferenceLinkRoutes(deps: SubscriberDeps, visits: Visits) {
  const { database, keys, now } = deps;
  const { shellOf, shellFor, proofOf, badLink, bounded } = visits;

  return (
    new Hono()
      .get("/preferences", async (c) => c.html(<AskPage shell={await shellOf(c)} />))
      .post("/preferences", bounded, async (c) => {
        const shell = await shellOf(c);
        const fields = await fieldsOf(c);
        const typed = fields.one("address");
        if (fields.one("website") === "") {
          const wish = { kind: "preferences" as const, language: shell.language };
          const taken = await take(deps, { typed, wish, ...visits.askedBy(c, fields) });
          if (taken.kind === "refused") {
            const error = problemWords[shell.language][taken.why];
            return c.html(<AskPage shell={shell} typed={typed.slice(0, 254)} error={error} />, 422);
          }
          if (taken.kind !== "admitted")
            return explain(c, taken, shell, {
              action: "/preferences",
              fields: fields.sent(),
              typed: inItsLetters(typed),
            });
        }
        return c.html(<LinkSentPage shell={shell} address={oneLine(inItsLetters(typed))} />);
      })
      // An old link, or one that works: both get another sent, to the address that we hold, whoever presses.
      .post("/preferences/:token/link", bounded, async (c) => {
        const link = await readLink(keys, "preferences", c.req.param("token"), now());
        if (!link.ok && link.why === "broken") return badLink(c, link.why);
        const shell = await shellFor(c, link.named);
        const person = await personOf(database.db, link.named.subscriber);
        const address = person && parseAddress(person.address);
        if (person && address?.ok) {
          const asked = { address, network: visits.networkOf(c), language: person.language };
          const request = await recordLinkRequest(database.db, asked, now());
          if (request !== null)
            visits.answerLater((id) => answerRequest(database, deps.queueNotice, id, now()), request);
        }
        return c.html(<LinkSentPage shell={shell} address={null} />);
      })
      .get("/preferences/address/:token", async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "address", token, now());
        if (!link.ok && link.why === "broken") return badLink(c, link.why);
        const shell = await shellFor(c, link.named);
        const wanted = link.ok ? await newAddressOf(database.db, link.named) : null;
        if (wanted === null) return c.html(<StaleAddressPage shell={shell} />, 410);
        return c.html(<AddressConfirmPage shell={shell} token={token} address={wanted.address} />);
      })
      .post("/preferences/address/:token", bounded, async (c) => {
        const token = c.req.param("token");
        const link = await readLink(keys, "address", token, now());
        if (!link.ok && link.why === "broken") return badLink(c, link.why);
        const shell = await shellFor(c, link.named);
        if (!link.ok) return c.html(<StaleAddressPage shell={shell} />, 410);
        if ((await personOf(database.db, link.named.subscriber)) === null)
          return c.html(<GonePage shell={shell} />, 410);
        const moved = await move(database, deps.queueNotice, link.named, proofOf(c, "address", token), now());
        if (moved.kind === "stale") return c.html(<StaleAddressPage shell={shell} />, 410);
        if (moved.kind === "moved") deps.wake();
        return c.html(<AddressMovedPage shell={shell} address={moved.address} />);
      })
  );
}
