// The sign-up form: an address, and what one can choose. It stands on the home page, on each section's, and on its own.
import { Button, Choices, Field, Notice } from "../../web/index.ts";
import { digestName, type Offer, sectionName } from "../choices.ts";
import { words } from "./words.ts";

type Language = "ar" | "en";

/** Where one of our forms stands: it says so in a hidden field. A section's form has that section chosen. */
export type Place = "home" | "page" | `section:${string}`;

/** What was sent and is to be mended, or what an address chose beforehand. */
export type Filled = {
  address: string;
  /** Slugs; none: the first newsletter. */
  digests: readonly string[];
  /** Slugs; none: all. */
  sections: readonly string[];
  language?: Language | undefined;
};

export type FormErrors = { address?: string | undefined; digests?: string | undefined };

type FormProps = {
  language: Language;
  offer: Offer;
  place: Place;
  filled?: Filled | undefined;
  errors?: FormErrors | undefined;
};

/** Not validated by the browser: it refuses addresses that are right, such as those with Arabic before the @. */
export function SubscribeForm({ language, offer, place, filled, errors = {} }: FormProps) {
  const t = words[language];
  const [only, ...others] = offer.digests;
  if (!only) return <Notice>{t.noDigest}</Notice>;
  const several = others.length > 0;
  const chosen = filled && filled.digests.length > 0 ? filled.digests : errors.digests ? [] : [only.slug];
  return (
    <form
      class="form form-stack sign-up"
      method="post"
      action="/subscribe"
      aria-label={t.subscribe}
      novalidate
    >
      <Field
        name="address"
        kind="email"
        label={t.address}
        value={filled?.address}
        error={errors.address}
        required
        autocomplete="email"
        maxLength={254}
      />
      {several ? (
        <Choices
          name="digest"
          legend={t.digests}
          error={errors.digests}
          options={offer.digests.map((digest) => ({
            value: digest.slug,
            label: digestName(digest, language),
            checked: chosen.includes(digest.slug),
          }))}
        />
      ) : (
        <input type="hidden" name="digest" value={only.slug} />
      )}
      <More language={language} sections={offer.sections} filled={filled} />
      <input type="hidden" name="from" value={place} />
      <div class="visually-hidden" aria-hidden="true">
        <label>
          {t.trap}
          <input name="website" tabindex={-1} autocomplete="off" />
        </label>
      </div>
      <Button>{t.submit}</Button>
    </form>
  );
}

/** Folded away, so that the form stays small; open where something in it was chosen already. */
function More({
  language,
  sections,
  filled,
}: {
  language: Language;
  sections: Offer["sections"];
  filled?: Filled | undefined;
}) {
  const t = words[language];
  const chosen = filled?.sections ?? [];
  return (
    <details class="more" open={chosen.length > 0}>
      <summary>{t.more}</summary>
      {sections.length > 1 && (
        <Choices
          name="section"
          legend={t.sections}
          help={t.sectionsHelp}
          options={sections.map((section) => ({
            value: section.slug,
            label: sectionName(section, language),
            checked: chosen.length === 0 || chosen.includes(section.slug),
          }))}
        />
      )}
      <Choices
        name="language"
        kind="radio"
        legend={t.language}
        options={[
          { value: "ar", label: "العربية", checked: (filled?.language ?? language) === "ar" },
          { value: "en", label: "English", checked: (filled?.language ?? language) === "en" },
        ]}
      />
    </details>
  );
}
