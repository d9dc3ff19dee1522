// The forms of a digest, each with what was typed and what is wrong with it.
import { formatNumber, weekdayName, withDigits } from "../arabic/index.ts";
import {
  type Digest,
  longestDigestName,
  mostExceptions,
  mostSlots,
  mostStories,
  type SeenFacts,
} from "../digests/index.ts";
import { Actions, Button, Choices, Field, Form } from "../web/index.ts";
import type { Desk } from "./desk.ts";
import type {
  ApprovalFaults,
  FactFault,
  ScheduleFaults,
  TypedApproval,
  TypedFacts,
  TypedSchedule,
} from "./digest-form.ts";
import { digestWords as words } from "./digest-words.ts";
import { digestPath } from "./digests.tsx";
import { slotWord } from "./slot.tsx";

/** The days of a week as Arabs count them, from Sunday on. */
const week = [7, 1, 2, 3, 4, 5, 6];

type Shared = { at: Desk; digest: Digest };

export function ScheduleForm(props: Shared & { typed: TypedSchedule; faults: ScheduleFaults }) {
  const { at, digest, typed, faults } = props;
  const { language, paper } = at;
  const t = words[language];
  const number = (n: number) => (language === "ar" ? formatNumber(n, paper.digits) : String(n));
  const dayChoices = (chosen: readonly string[]) =>
    week.map((day) => ({
      value: String(day),
      label: weekdayName(day, language),
      checked: chosen.includes(String(day)),
    }));
  const badTime = language === "ar" ? withDigits(t.badTime, paper.digits) : t.badTime;
  const slotsFault = faults.slots === "none" ? t.noSlots : faults.slots && t.manySlots(number(mostSlots));
  const holidayFault =
    faults.holidays &&
    (faults.holidays.line === null
      ? t.manyHolidays(number(mostExceptions))
      : t.badHoliday(faults.holidays.line));
  return (
    <Form action={`${digestPath(digest)}/schedule`} label={t.changeSchedule}>
      <input type="hidden" name="seen" value={digest.scheduleRevision} />
      <Choices name="days" legend={t.days} options={dayChoices(typed.days)} error={faults.days && t.noDays} />
      <p class="field-help">{t.timesHelp}</p>
      {typed.slots.map(({ name, time, ramadan }) => (
        <div class="form-filter">
          <input type="hidden" name="slots" value={name} />
          <Field
            name={`time-${name}`}
            kind="time"
            label={slotWord(name, language)}
            value={time}
            error={faults.times?.[name] && badTime}
          />
          <Field
            name={`ramadan-${name}`}
            kind="time"
            label={t.ramadanTime(slotWord(name, language))}
            value={ramadan}
            optional={t.optional}
          />
        </div>
      ))}
      <div class="form-filter">
        <Field
          name="newSlot"
          label={t.newSlot}
          help={t.newSlotHelp}
          optional={t.optional}
          value={typed.newSlot}
          error={
            faults.newSlot === "badName" ? t.badName : faults.newSlot === "taken" ? t.takenName : slotsFault
          }
          autocomplete="off"
          maxLength={31}
        />
        <Field
          name="newTime"
          kind="time"
          label={t.newTime}
          optional={t.optional}
          value={typed.newTime}
          error={faults.newTime && badTime}
        />
      </div>
      <Field
        name="zone"
        label={t.zone}
        help={t.zoneHelp}
        value={typed.zone}
        error={faults.zone && t.badZone}
        autocomplete="off"
        maxLength={60}
        required
      />
      <Choices
        name="ramadanDays"
        legend={t.ramadanDays}
        help={t.ramadanDaysHelp}
        options={dayChoices(typed.ramadanDays)}
      />
      <Field
        name="holidays"
        kind="textarea"
        label={t.holidays}
        help={t.holidaysHelp}
        optional={t.optional}
        value={typed.holidays}
        error={holidayFault}
        rows={4}
      />
      <Actions>
        <Button>{t.save}</Button>
      </Actions>
    </Form>
  );
}

export function FactsForm(
  props: Shared & { typed: TypedFacts; faults: Partial<Record<keyof TypedFacts, FactFault>> },
) {
  const { at, digest, typed, faults } = props;
  const t = words[at.language];
  const fault = (field: keyof TypedFacts) => faults[field] && t[faults[field]];
  return (
    <Form action={`${digestPath(digest)}/facts`} label={t.carries}>
      <input type="hidden" name="seen" value={seenFacts(digest)} />
      <Field
        name="name"
        label={t.name}
        value={typed.name}
        error={fault("name")}
        autocomplete="off"
        maxLength={longestDigestName}
        required
      />
      <Field
        name="nameEn"
        label={t.nameEn}
        optional={t.optional}
        value={typed.nameEn}
        error={fault("nameEn")}
        autocomplete="off"
        maxLength={longestDigestName}
      />
      <div class="form-filter">
        <Field
          name="least"
          kind="number"
          label={t.least}
          help={t.leastHelp}
          value={typed.least}
          error={fault("least")}
          min={1}
          max={mostStories}
          required
        />
        <Field
          name="most"
          kind="number"
          label={t.most}
          value={typed.most}
          error={fault("most")}
          min={1}
          max={mostStories}
          required
        />
      </div>
      <Choices
        name="template"
        kind="radio"
        legend={t.template}
        options={(["digest", "compact"] as const).map((value) => ({
          value,
          label: t.templates[value],
          checked: typed.template === value,
        }))}
      />
      <Choices
        name="inDoubt"
        kind="radio"
        legend={t.inDoubt}
        options={(["resend", "hold"] as const).map((value) => ({
          value,
          label: t.doubts[value],
          checked: typed.inDoubt === value,
        }))}
      />
      <Actions>
        <Button>{t.save}</Button>
      </Actions>
    </Form>
  );
}

/** What somebody saw who changes it: it comes back with the form. */
const seenFacts = ({ name, nameEn, minStories, maxStories, template, inDoubt }: SeenFacts) =>
  JSON.stringify({ name, nameEn, minStories, maxStories, template, inDoubt });

export function ApprovalForm(props: Shared & { typed: TypedApproval; faults: ApprovalFaults }) {
  const { at, digest, typed, faults } = props;
  const { language, paper } = at;
  const t = words[language];
  const fault = (most: number | undefined) =>
    most === undefined
      ? null
      : t.minutes(language === "ar" ? formatNumber(most, paper.digits) : String(most));
  return (
    <Form action={`${digestPath(digest)}/approval`} label={t.approvalTitle}>
      <input type="hidden" name="seen" value={digest.scheduleRevision} />
      <Choices
        name="rule"
        kind="radio"
        legend={t.rule}
        options={(["none", "send", "skip"] as const).map((value) => ({
          value,
          label: t.rules[value],
          checked: typed.rule === value,
        }))}
      />
      <div class="form-filter">
        <Field
          name="ahead"
          kind="number"
          label={t.ahead}
          value={typed.ahead}
          error={fault(faults.ahead)}
          min={0}
        />
        <Field
          name="deadline"
          kind="number"
          label={t.deadline}
          value={typed.deadline}
          error={fault(faults.deadline)}
          min={0}
        />
      </div>
      <Actions>
        <Button>{t.save}</Button>
      </Actions>
    </Form>
  );
}
