// One import: how far it is, and what came of it.
import { formatDateTime } from "../arabic/index.ts";
import { type importById, type keptReport, mostKept } from "../subscribers/index.ts";
import { Actions, Badge, Block, Button, Facts, Form, Notice, Table } from "../web/index.ts";
import type { Desk } from "./desk.ts";
import { importsPath, outcomeWord, importWords as words } from "./import-words.ts";
import { PeoplePage } from "./people.tsx";
import { numberWord } from "./words.ts";

/** An import under way, or over. @param of rows that its list has, where it is known */
export function ImportPage(props: {
  at: Desk;
  it: NonNullable<Awaited<ReturnType<typeof importById>>>;
  of: number | null;
  isStalled: boolean;
  report: Awaited<ReturnType<typeof keptReport>>;
}) {
  const { at, it, of, report } = props;
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const isDone = it.state === "done";
  return (
    <PeoplePage at={at} title={it.name} heading={<FileName name={it.name} />}>
      {isDone ? (
        <Notice tone="ok">{t.finished}</Notice>
      ) : (
        <Notice tone={props.isStalled ? "warning" : "plain"}>
          {props.isStalled ? t.stalled : t.running}
        </Notice>
      )}
      <Facts
        facts={[
          { name: t.state, value: <Badge tone={isDone ? "ok" : "warning"}>{t.states[it.state]}</Badge> },
          {
            name: t.rows,
            value: of === null || isDone ? n(it.rows) : t.progress(n(Math.min(it.rows, of)), n(of)),
          },
          { name: t.added, value: n(it.added) },
          { name: t.when, value: formatDateTime(it.startedAt, paper, language) },
        ]}
      />
      {it.counts && Object.keys(it.counts.others).length > 0 && (
        <Block id="others" title={t.others}>
          <Others at={at} others={it.counts.others} />
          {report ? (
            <Form action={`${importsPath}/${it.id}/report`} label={t.report}>
              {report.more && <p>{t.reportMore(n(mostKept))}</p>}
              <Actions>
                <Button kind="quiet">{t.report}</Button>
              </Actions>
            </Form>
          ) : (
            <p>{t.noReport}</p>
          )}
        </Block>
      )}
      <Actions>
        <Button kind="quiet" href={importsPath}>
          {t.back}
        </Button>
      </Actions>
    </PeoplePage>
  );
}

/** A file's name, whose ending stays its ending behind an Arabic name, too. */
export function FileName({ name }: { name: string }) {
  const [, stem, ending] = /^(.*?)([!-~]*\.[!-~]+)$/su.exec(name) ?? [null, name, ""];
  return (
    <span dir="auto">
      {stem}
      {ending && <bdi>{ending}</bdi>}
    </span>
  );
}

/** What became of rows that add nobody, or would. */
export function Others({ at, others }: { at: Desk; others: Readonly<Record<string, number>> }) {
  const { language, paper } = at;
  const t = words[language];
  const rows = Object.entries(others).filter(([, count]) => count > 0);
  if (rows.length === 0) return null;
  return (
    <Table
      caption={t.others}
      isHeaded
      columns={[{ label: t.will }, { label: t.rows, numeric: true }]}
      rows={rows.map(([outcome, count]) => [
        outcomeWord(outcome, language),
        numberWord(count, language, paper),
      ])}
    />
  );
}
