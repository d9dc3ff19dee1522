// Forms: what a person fills in, each control with its label, its help and what was wrong with it.
import type { Child } from "hono/jsx";

/**
 * A form that posts to us; `line` sets one field and its button side by side where there is
 * room, `filter` several.
 */
export function Form(props: {
  action: string;
  method?: "post" | "get";
  layout?: "stack" | "line" | "filter";
  label?: string;
  /** For file uploads. */
  multipart?: boolean;
  children?: Child;
}) {
  const { method = "post", layout = "stack" } = props;
  return (
    <form
      class={`form form-${layout}`}
      method={method}
      action={props.action}
      aria-label={props.label}
      role={method === "get" ? "search" : undefined}
      enctype={props.multipart ? "multipart/form-data" : undefined}
    >
      {props.children}
    </form>
  );
}

type FieldKind =
  | "text"
  | "email"
  | "url"
  | "tel"
  | "search"
  | "password"
  | "number"
  | "date"
  | "time"
  | "file"
  | "textarea"
  /** A text that machines read, line by line. */
  | "code"
  | "select";

type FieldProps = {
  name: string;
  /** Where two fields of a page have one name. */
  id?: string;
  label: string;
  kind?: FieldKind;
  value?: string | number | null | undefined;
  /** What to enter and why we ask. */
  help?: string | null | undefined;
  /** What is wrong and how to mend it. */
  error?: string | null | undefined;
  required?: boolean;
  /** Said after the label of a field that may stay empty. */
  optional?: string;
  autocomplete?: string;
  placeholder?: string;
  maxLength?: number;
  min?: string | number;
  max?: string | number;
  /** For `textarea`. */
  rows?: number;
  /** For `select`. */
  options?: readonly { value: string; label: string }[];
};

/** A labelled control. Addresses and numbers are typed left to right, words whichever way they are written. */
export function Field(props: FieldProps) {
  const id = props.id ?? `field-${props.name}`;
  return (
    <div class="field">
      <label for={id}>
        {props.label}
        {props.optional && <span class="field-optional"> ({props.optional})</span>}
      </label>
      <Said id={id} help={props.help} error={props.error} />
      <Control {...props} id={id} />
    </div>
  );
}

function Control(props: FieldProps & { id: string }) {
  const { kind = "text" } = props;
  const shared = {
    id: props.id,
    name: props.name,
    required: props.required,
    autocomplete: props.autocomplete,
    maxlength: props.maxLength,
    placeholder: props.placeholder,
    ...describedBy(props.id, props),
  };
  if (kind === "textarea") {
    return (
      <textarea {...shared} rows={props.rows ?? 5} dir="auto">
        {props.value ?? ""}
      </textarea>
    );
  }
  if (kind === "code") {
    return (
      <textarea {...shared} class="code" rows={props.rows ?? 20} dir="ltr" wrap="off">
        {/* What stands first in it is taken for the line break behind the tag (HTML §13.1.2.5). */}
        {`\n${props.value ?? ""}`}
      </textarea>
    );
  }
  if (kind === "select") {
    return (
      <select {...shared}>
        {(props.options ?? []).map((option) => (
          <option dir="auto" value={option.value} selected={option.value === String(props.value ?? "")}>
            {option.label}
          </option>
        ))}
      </select>
    );
  }
  const isWords = kind === "text" || kind === "search" || kind === "file";
  return (
    <input
      {...shared}
      type={kind}
      value={kind === "password" || kind === "file" ? undefined : (props.value ?? undefined)}
      min={props.min}
      max={props.max}
      dir={isWords ? "auto" : "ltr"}
    />
  );
}

type Choice = {
  value: string;
  label: string;
  checked?: boolean | undefined;
  help?: Child;
};

/** Boxes to tick, or with `kind="radio"` one of several. */
export function Choices(props: {
  name: string;
  legend: string;
  options: readonly Choice[];
  kind?: "checkbox" | "radio";
  /** Titles and the like: each has a line of its own, however few they are. */
  isLong?: boolean;
  help?: string | null | undefined;
  error?: string | null | undefined;
}) {
  const id = `field-${props.name}`;
  const { "aria-describedby": described } = describedBy(id, props);
  return (
    <fieldset class={`field choices${props.isLong ? " choices-long" : ""}`} aria-describedby={described}>
      <legend>{props.legend}</legend>
      <Said id={id} help={props.help} error={props.error} />
      <div class="choices-list">
        {props.options.map((option) => (
          <label class="choice">
            <input
              type={props.kind ?? "checkbox"}
              name={props.name}
              value={option.value}
              checked={option.checked}
            />
            <span>
              <span dir="auto">{option.label}</span>
              {option.help && <small>{option.help}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/**
 * A button that sends its form, or, given an `href`, a link that looks like one.
 *
 * @param kind `main`: what the page is for, one a page; `quiet`: everything else; `danger`: what cannot be undone
 */
export function Button(props: {
  kind?: "main" | "quiet" | "danger";
  href?: string;
  name?: string;
  value?: string;
  /** What it is called where its sign alone does not say it. */
  label?: string;
  disabled?: boolean;
  children?: Child;
}) {
  const look = `button button-${props.kind ?? "main"}`;
  if (props.href !== undefined) {
    return (
      <a class={look} href={props.href}>
        {props.children}
      </a>
    );
  }
  return (
    <button
      class={look}
      type="submit"
      name={props.name}
      value={props.value}
      aria-label={props.label}
      disabled={props.disabled}
    >
      {props.children}
    </button>
  );
}

/** Buttons in a row, the main one first. */
export function Actions({ children }: { children?: Child }) {
  return <div class="actions">{children}</div>;
}

/** What a field says of itself, under the ids that describedBy names. */
const Said = ({ id, help, error }: { id: string } & Pick<FieldProps, "help" | "error">) => (
  <>
    {help && (
      <p class="field-help" id={`${id}-help`}>
        {help}
      </p>
    )}
    {error && (
      <p class="field-error" id={`${id}-error`}>
        {error}
      </p>
    )}
  </>
);

function describedBy(id: string, { help, error }: Pick<FieldProps, "help" | "error">) {
  const ids = [help ? `${id}-help` : "", error ? `${id}-error` : ""].filter((it) => it !== "");
  return {
    "aria-describedby": ids.length > 0 ? ids.join(" ") : undefined,
    "aria-invalid": error ? ("true" as const) : undefined,
  };
}
