// What a sign-up form says, ours or one on another site, read against what the paper offers. Pure.
import type { DigestChoice, Offer } from "../choices.ts";
import type { Wish } from "../requests.ts";
import type { Fields, Language } from "../visit.tsx";
import type { Filled } from "./form.tsx";

type SubscribeWish = Extract<Wish, { kind: "subscribe" }>;

export type SignUp = {
  /** As typed, not checked. */
  address: string;
  filled: Filled;
  /** What fills in the field that people do not see is a program. */
  isProgram: boolean;
  wish: SubscribeWish | { problem: "unknown-digest" | "no-digest" };
};

/**
 * Reads a form. One that names no digest means the first, since a form on another site may hold nothing but an address; only
 * ours, where the boxes can be seen, must have one ticked. Sections that are closed by now are left out; none means all.
 *
 * @param referrer the address of the page that the form stood on, as far as the browser tells it; '' if it does not
 */
export function readSignUp(
  fields: Fields,
  offer: Offer,
  pageLanguage: Language,
  site: URL,
  referrer: string,
): SignUp {
  const said = fields.one("language");
  const language = said === "ar" || said === "en" ? said : null;
  const slugs = fields.all("digest").filter((slug) => slug !== "");
  const place = fields.one("from");
  const chosenSections = fields.all("section");
  const digests = digestsOf(slugs, offer.digests, place !== "" && place !== "embed");
  const sections = offer.sections.filter(({ slug }) => chosenSections.includes(slug));
  const all = sections.length === offer.sections.length;
  return {
    address: fields.one("address"),
    filled: {
      address: fields.one("address").slice(0, 254),
      digests: slugs,
      sections: all ? [] : sections.map(({ slug }) => slug),
      language: language ?? undefined,
    },
    isProgram: fields.one("website") !== "",
    wish:
      "problem" in digests
        ? digests
        : {
            kind: "subscribe",
            digests: digests.map(({ id }) => id),
            sections: all ? [] : sections.map(({ id }) => id),
            language: language ?? pageLanguage,
            ...sourceOf(place, offer, site, referrer),
          },
  };
}

function digestsOf(
  slugs: readonly string[],
  offered: readonly DigestChoice[],
  isOurForm: boolean,
): DigestChoice[] | { problem: "unknown-digest" | "no-digest" } {
  const [first] = offered;
  if (slugs.length === 0) return first && !isOurForm ? [first] : { problem: "no-digest" };
  const found = offered.filter(({ slug }) => slugs.includes(slug));
  return found.length === new Set(slugs).size ? found : { problem: "unknown-digest" };
}

/** Where the form stood. What a browser says of the page counts more than what the form says of itself. */
function sourceOf(
  place: string,
  offer: Offer,
  site: URL,
  referrer: string,
): Pick<SubscribeWish, "source" | "place"> {
  const from = URL.parse(referrer);
  if (from !== null && /^https?:$/.test(from.protocol) && from.host !== site.host) {
    return { source: "embed", place: from.host.slice(0, 255) };
  }
  if (place === "home") return { source: "home" };
  // Kept, and shown to the publisher: so only what the paper has, not whatever a visitor writes.
  const section = offer.sections.find(({ slug }) => place === `section:${slug}`);
  if (section) return { source: "section", place: section.slug };
  return { source: place === "embed" ? "embed" : "page" };
}
