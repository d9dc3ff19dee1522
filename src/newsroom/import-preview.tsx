// A list of people as it would be understood, before anything is taken over: what stands in each column, the first rows, what would come.
import { type Digest, digestName } from "../digests/index.ts";
import { type Column, type Names, type Preview, previewRow, rowWords } from "../subscribers/index.ts";
import {
  Actions,
  Auto,
  Block,
  Button,
  Facts,
  Form,
  type Language,
  Ltr,
  Notice,
  Table,
} from "../web/index.ts";
import type { Desk } from "./desk.ts";
import { importsPath, importWords as words } from "./import-words.ts";
import { PeoplePage } from "./people.tsx";
import { FileName, Others } from "./subscriber-import.tsx";
import { numberWord } from "./words.ts";

/** What a form about a list holds beside the list. */
export type Asked = { consent: string; consentedAt: string; digest: number | null; language: Language };

/** What stands in each column, as chosen on the page; null for what is not read. */
export type Columns = readonly (Column | null)[];

/** More columns than a list of people has. */
export const mostColumns = 50;

/** How a list is understood, with a form that takes it over or looks once more. */
export function PreviewPage(props: {
  at: Desk;
  name: string;
  text: string;
  asked: Asked;
  preview: Preview;
  names: Names;
  digest: Digest;
  /** What was chosen of its columns, where that cannot be. */
  wrong: { columns: Columns; why: string } | null;
}) {
  const { at, name, asked, preview, wrong } = props;
  const { language, paper } = at;
  const t = words[language];
  const { layout, counts } = preview;
  const n = (value: number) => numberWord(value, language, paper);
  const meaningAt = new Map([...layout.columns].map(([column, place]) => [place, column]));
  const headings = layout.first.slice(0, mostColumns);
  const found: Columns = headings.map((_, place) => meaningAt.get(place) ?? null);
  return (
    <PeoplePage at={at} title={t.seen} intro={t.seenText}>
      {wrong && <Notice tone="error">{wrong.why}</Notice>}
      <Form action={`${importsPath}/run`} label={t.import} multipart>
        <input type="hidden" name="columns" value={found.join()} />
        <input type="hidden" name="name" value={name} />
        <input type="hidden" name="list" value={props.text} />
        <input type="hidden" name="rows" value={String(counts.rows)} />
        <input type="hidden" name="consent" value={asked.consent} />
        <input type="hidden" name="consentedAt" value={asked.consentedAt} />
        <input type="hidden" name="digest" value={String(props.digest.id)} />
        <input type="hidden" name="language" value={asked.language} />
        <Block id="read-as" title={t.readAs}>
          <Facts
            facts={[
              { name: t.name, value: <FileName name={name} /> },
              { name: t.encoding, value: <Ltr>{layout.encoding}</Ltr> },
              {
                name: t.delimiter,
                value: layout.delimiter === "\t" ? t.tab : <Ltr code>{layout.delimiter}</Ltr>,
              },
              { name: t.digest, value: <Auto>{digestName(props.digest, language)}</Auto> },
              { name: t.consent, value: <Auto>{asked.consent}</Auto> },
            ]}
          />
          {layout.headings === null && <p>{t.noHeadings}</p>}
          <ColumnChoices at={at} headings={headings} columns={wrong?.columns ?? found} />
        </Block>
        <Block id="first" title={t.first}>
          <Table
            caption={t.first}
            isHeaded
            columns={[{ label: t.row }, { label: t.will }]}
            rows={preview.sample.map((it) => {
              const row = previewRow(it, props.names);
              return [
                n(row.row),
                it.understood.ok ? (
                  <Ltr>{[row.address, row.digests].filter(Boolean).join(" · ")}</Ltr>
                ) : (
                  rowWords[language]({ outcome: "refused", problem: it.understood.problem })
                ),
              ];
            })}
          />
        </Block>
        <Block id="will" title={t.will}>
          <Facts
            facts={[
              { name: t.rows, value: n(counts.rows) },
              { name: t.willAdd, value: n(counts.added) },
            ]}
          />
          <Others at={at} others={counts.others} />
          {counts.added === 0 && <Notice tone="warning">{t.nothingAdded}</Notice>}
        </Block>
        <Actions>
          {counts.added > 0 && (
            <Button name="act" value="import">
              {t.import}
            </Button>
          )}
          <Button kind="quiet" href={importsPath}>
            {t.again}
          </Button>
        </Actions>
      </Form>
    </PeoplePage>
  );
}

/** What is read from each column, to be chosen otherwise. */
function ColumnChoices(props: { at: Desk; headings: readonly string[]; columns: Columns }) {
  const t = words[props.at.language];
  return (
    <>
      <p>{t.rename}</p>
      <Table
        caption={t.columns}
        columns={[{ label: t.column }, { label: t.meaning }]}
        rows={props.headings.map((heading, place) => [
          <Auto>{heading || "—"}</Auto>,
          <div class="field">
            <select name={`column-${place}`} aria-label={t.meaningOf(heading)}>
              <option value="">{t.unused}</option>
              {Object.entries(t.meanings).map(([column, meaning]) => (
                <option value={column} selected={column === props.columns[place]}>
                  {meaning}
                </option>
              ))}
            </select>
          </div>,
        ])}
      />
      <Actions>
        <Button kind="quiet" name="act" value="look">
          {t.look}
        </Button>
      </Actions>
    </>
  );
}
