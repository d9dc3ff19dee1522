// The page of somebody's preferences: what comes to them, and all that they can do about it.
import { formatDate } from "../../arabic/index.ts";
import type { Publisher } from "../../settings/index.ts";
import {
  Actions,
  Block,
  Button,
  Choices,
  Field,
  Form,
  Ltr,
  Notice,
  Page,
  PageHead,
} from "../../web/index.ts";
import { type DigestChoice, digestName, type Offer, type SectionChoice, sectionName } from "../choices.ts";
import { frequencies } from "../consent.ts";
import type { Language, Shell } from "../visit.tsx";
import { type Chosen, hasDigest, type Person } from "./choose.ts";
import { fieldNames, pauseBounds, pauses } from "./read.ts";
import { words } from "./words.ts";

/** What was just done, as the address of the page says it. */
export const deeds = ["saved", "resumed"] as const;
export type Deed = (typeof deeds)[number];

/** What is wrong with what was sent. */
export type Mistakes = {
  /** Digests that are wanted without any section. */
  withoutSections?: readonly number[];
  date?: boolean;
  address?: { typed: string; error: string };
};

type Props = {
  shell: Shell;
  token: string;
  person: Person;
  offer: Offer;
  publisher: Publisher;
  now: Temporal.Instant;
  done?: Deed | undefined;
  mistakes?: Mistakes;
};

export function PreferencesPage(props: Props) {
  const { shell, token, person, now, done, mistakes = {} } = props;
  const t = words[shell.language];
  const path = `/preferences/${token}`;
  const has = person.chosen.filter(hasDigest);
  return (
    <Page {...shell} title={t.title}>
      <PageHead
        title={t.title}
        intro={
          <>
            {t.forAddress} <Ltr>{person.address}</Ltr>
          </>
        }
      />
      {done && <Notice tone="ok">{t[done]}</Notice>}
      <Standing {...props} path={path} />
      <div class="settings">
        <Choosing {...props} path={path} />
        <div>
          {has.length > 0 && <Pausing {...props} path={path} />}
          <Block id="address" title={t.addressTitle}>
            <p>{t.addressText}</p>
            <Form action={`${path}/address`}>
              <Field
                name="address"
                kind="email"
                label={t.newAddress}
                value={mistakes.address?.typed}
                error={mistakes.address?.error}
                autocomplete="off"
                maxLength={254}
              />
              <Actions>
                <Button kind="quiet">{t.addressButton}</Button>
              </Actions>
            </Form>
          </Block>
          <Block id="data" title={t.dataTitle}>
            <p>
              {t.dataText} {t.clicks[props.publisher.clicks]}
            </p>
            <Form action={`${path}/export`}>
              <Actions>
                <Button kind="quiet">{t.exportButton}</Button>
              </Actions>
            </Form>
            <p class="aside">
              <a href={`${path}/erase`}>{t.eraseLink}</a>
            </p>
          </Block>
          {has.length > 0 && (
            <Block id="leave" title={t.leaveTitle}>
              <p>{t.leaveText}</p>
              <Form action={`${path}/leave`}>
                <Actions>
                  <Button kind="danger">{t.leaveButton}</Button>
                </Actions>
              </Form>
            </Block>
          )}
        </div>
      </div>
    </Page>
  );

  function Standing({ publisher, path }: Props & { path: string }) {
    const until = pausedUntil(has, now);
    if (!person.reachable)
      return (
        <Notice tone="warning" title={t.unreachable}>
          {t.unreachableText}
        </Notice>
      );
    if (has.length === 0)
      return (
        <Notice tone="warning" title={t.nothing}>
          {t.nothingText}
        </Notice>
      );
    return until ? (
      <Notice tone="warning">
        <form class="resume" method="post" action={`${path}/resume`}>
          <p>{t.pausedUntil(formatDate(until, publisher, shell.language))}</p>
          <Button kind="quiet">{t.resume}</Button>
        </form>
      </Notice>
    ) : null;
  }
}

/** When the last of their pauses ends; null while none lasts. */
function pausedUntil(has: readonly Chosen[], now: Temporal.Instant): Temporal.Instant | null {
  const ends = has.flatMap(({ state, pausedUntil }) =>
    state === "paused" && pausedUntil ? [pausedUntil] : [],
  );
  const last = ends.toSorted(Temporal.Instant.compare).at(-1);
  return last && Temporal.Instant.compare(last, now) > 0 ? last : null;
}

function Choosing({ shell, person, offer, mistakes = {}, path }: Props & { path: string }) {
  const { language } = shell;
  const t = words[language];
  return (
    <Block id="digests" title={t.digests}>
      <Form action={path}>
        {offer.digests.map((digest) => (
          <DigestCard
            digest={digest}
            chosen={person.chosen.find((it) => it.digest === digest.id)}
            sections={offer.sections}
            language={language}
            error={mistakes.withoutSections?.includes(digest.id) ? t.noSections : undefined}
          />
        ))}
        <Choices
          name="language"
          kind="radio"
          legend={t.language}
          options={[
            { value: "ar", label: "العربية", checked: person.language === "ar" },
            { value: "en", label: "English", checked: person.language === "en" },
          ]}
        />
        <Actions>
          <Button>{t.save}</Button>
        </Actions>
      </Form>
    </Block>
  );
}

/** One newsletter: whether it comes, how often, with which sections. What follows the first box shows while that is ticked. */
function DigestCard(props: {
  digest: DigestChoice;
  chosen: Chosen | undefined;
  sections: readonly SectionChoice[];
  language: Language;
  error: string | undefined;
}) {
  const { digest, chosen, sections, language, error } = props;
  const t = words[language];
  const names = fieldNames(digest.id);
  const { slots = [] } = digest;
  const isChosen = chosen !== undefined && hasDigest(chosen);
  const picked = sections.filter(({ id }) => chosen?.sections.includes(id));
  const isAll = chosen === undefined || chosen.sections.length === 0;
  return (
    <fieldset class="digest-card">
      <legend class="visually-hidden" dir="auto">
        {digestName(digest, language)}
      </legend>
      <label class="choice digest-card-name">
        <input type="checkbox" name="digest" value={digest.id} checked={isChosen || error !== undefined} />
        <span dir="auto">{digestName(digest, language)}</span>
      </label>
      <div class="digest-card-more">
        <Choices
          name={names.frequency}
          kind="radio"
          legend={t.frequency}
          options={frequencies.map((frequency) => ({
            value: frequency,
            label: t.frequencies[frequency],
            checked: (chosen?.frequency ?? "each") === frequency,
          }))}
        />
        {digest.hasBreaking && (
          <Choices
            name={names.breaking}
            kind="radio"
            legend={t.breaking}
            help={t.breakingHelp}
            options={[
              { value: "yes", label: t.breakingYes, checked: chosen?.breaking ?? true },
              { value: "no", label: t.breakingNo, checked: !(chosen?.breaking ?? true) },
            ]}
          />
        )}
        {slots.length > 1 && (
          <Choices
            name={names.slots}
            legend={t.hours}
            help={t.hoursHelp}
            options={slots.map(({ name, time }) => ({
              value: name,
              label: t.hour(name, time),
              checked: !chosen || chosen.slots.length === 0 || chosen.slots.includes(name),
            }))}
          />
        )}
        {sections.length > 1 && (
          <details class="more" open={error !== undefined}>
            <summary>{isAll ? t.allSections : t.someSections(picked.length, sections.length)}</summary>
            <Choices
              name={names.sections}
              legend={t.sections}
              help={t.sectionsHelp}
              error={error}
              options={sections.map((section) => ({
                value: section.slug,
                label: sectionName(section, language),
                checked: error === undefined && (isAll || picked.includes(section)),
              }))}
            />
          </details>
        )}
      </div>
    </fieldset>
  );
}

function Pausing({ shell, publisher, now, mistakes = {}, path }: Props & { path: string }) {
  const t = words[shell.language];
  const { first, last } = pauseBounds(now.toZonedDateTimeISO(publisher.zone).toPlainDate());
  return (
    <Block id="pause" title={t.pauseTitle}>
      <p>{t.pauseText}</p>
      <Form action={`${path}/pause`}>
        <Choices
          name="days"
          kind="radio"
          legend={t.pauseFor}
          options={pauses.map(({ days, word }) => ({
            value: String(days),
            label: t[word],
            checked: days === 14,
          }))}
        />
        <Field
          name="until"
          kind="date"
          label={t.until}
          optional={t.optional}
          error={mistakes.date ? t.badDate : undefined}
          min={first.toString()}
          max={last.toString()}
        />
        <Actions>
          <Button kind="quiet">{t.pause}</Button>
        </Actions>
      </Form>
    </Block>
  );
}
