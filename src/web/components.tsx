// The small things that pages are made of. News stands in story.tsx, forms in form.tsx.
import type { Child } from "hono/jsx";
import type { NavLink } from "./page.tsx";
import { type Language, words } from "./words.ts";

export type Tone = "plain" | "ok" | "warning" | "error";

/** The top of a page that is no article: its first heading, a sentence below, buttons beside. */
export function PageHead(props: { title: Child; intro?: Child; actions?: Child }) {
  return (
    <header class="page-head">
      <div>
        <h1>{props.title}</h1>
        {props.intro && <p class="page-intro">{props.intro}</p>}
      </div>
      {props.actions && <div class="actions">{props.actions}</div>}
    </header>
  );
}

/** A message about what just happened or what to know. Errors are read out at once, others when there is a pause. */
export function Notice(props: { tone?: Tone; title?: string; children?: Child }) {
  const { tone = "plain" } = props;
  return (
    <div class={`notice notice-${tone}`} role={tone === "error" ? "alert" : "status"}>
      {props.title && <p class="notice-title">{props.title}</p>}
      <div>{props.children}</div>
    </div>
  );
}

/** A state in a word. The word says it; the colour only helps. */
export function Badge({ tone = "plain", children }: { tone?: Tone; children?: Child }) {
  return <span class={`badge badge-${tone}`}>{children}</span>;
}

type Column = {
  label: string;
  numeric?: boolean;
  /** A time, a state: never broken over lines, however long the other columns are. */
  short?: boolean;
};

/**
 * A table that turns into cards on a narrow screen, each value with its column's label. The first cell of a row names
 * the row.
 *
 * @param rows cells in the order of the columns
 */
export function Table(props: {
  caption: string;
  /** The heading above says the same already: then only screen readers say it. */
  isHeaded?: boolean;
  columns: readonly Column[];
  rows: readonly (readonly Child[])[];
}) {
  const { columns } = props;
  return (
    <table class="table">
      <caption>
        {props.isHeaded ? <span class="visually-hidden">{props.caption}</span> : props.caption}
      </caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col" class={columnClass(column)}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr>
            {columns.map((column, at) =>
              at === 0 ? (
                <th scope="row">{row[at]}</th>
              ) : (
                <td data-label={column.label} class={columnClass(column)}>
                  <div>{row[at]}</div>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const columnClass = ({ numeric, short }: Column) => (numeric ? "numeric" : short ? "short" : undefined);

/** Where a list would be and is not yet: what is missing, why, and what to do. */
export function Empty(props: { title: string; children?: Child; action?: Child }) {
  return (
    <div class="empty">
      <p class="empty-title">{props.title}</p>
      {props.children && <p>{props.children}</p>}
      {props.action}
    </div>
  );
}

/** Onwards to the older, back to the newer. Nothing if there is only one page. */
export function Pager(props: { language: Language; newer?: string | null; older?: string | null }) {
  const { language, newer, older } = props;
  if (!newer && !older) return null;
  const t = words[language];
  const [back, onwards] = language === "ar" ? ["→", "←"] : ["←", "→"];
  return (
    <nav class="pager" aria-label={t.pages}>
      {newer && (
        <a href={newer} rel="prev">
          <span aria-hidden="true">{back}</span> {t.newer}
        </a>
      )}
      {older && (
        <a href={older} rel="next" class="pager-older">
          {t.older} <span aria-hidden="true">{onwards}</span>
        </a>
      )}
    </nav>
  );
}

/** Names and their values. */
export function Facts({ facts }: { facts: readonly { name: string; value: Child }[] }) {
  return (
    <dl class="facts">
      {facts.map((fact) => (
        <div>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Views of the same thing, each with an address of its own. */
export function Tabs({ label, links }: { label: string; links: readonly NavLink[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      <ul>
        {links.map((link) => (
          <li>
            <a href={link.href} aria-current={link.current ? "page" : undefined}>
              {link.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Links below each other, each with a word of explanation. */
export function LinkList({ links }: { links: readonly { href: string; label: string; note?: Child }[] }) {
  return (
    <ul class="link-list">
      {links.map((link) => (
        <li>
          <a href={link.href}>{link.label}</a>
          {link.note && <span class="link-note">{link.note}</span>}
        </li>
      ))}
    </ul>
  );
}

/** What is always written left to right: an address, a URL, a code; with `code`, in a fixed pitch. */
export function Ltr({ code = false, children }: { code?: boolean; children?: Child }) {
  const Tag = code ? "code" : "span";
  return (
    <Tag dir="ltr" class="ltr">
      {children}
    </Tag>
  );
}

/** What somebody typed: it finds its own direction and leaves its neighbours alone. */
export function Auto({ children }: { children?: Child }) {
  return <span dir="auto">{children}</span>;
}

/**
 * Text as it is, with its line breaks: a mail's source, a log.
 *
 * @param dir the text's own direction
 * @param label names the region; no other on the page may have the same name
 */
export function Source({
  text,
  dir = "ltr",
  label,
}: {
  text: string;
  dir?: "ltr" | "rtl" | "auto";
  label: string;
}) {
  return (
    // It scrolls, so the keyboard must be able to reach it.
    <section class="source" aria-label={label} tabindex={0}>
      <pre dir={dir}>{text}</pre>
    </section>
  );
}

/**
 * Another document of ours inside the page, such as a mail as it arrives.
 *
 * @param src an address that answers with its own Content-Security-Policy and lets us frame it
 */
export function Frame({
  src,
  title,
  name,
  width = "desktop",
}: {
  src: string;
  title: string;
  /** For forms whose answer stands in it. */
  name?: string;
  width?: "phone" | "desktop" | "form";
}) {
  return (
    <iframe
      class={`frame frame-${width}`}
      src={src}
      title={title}
      name={name}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
    />
  );
}
