// The digests: when each goes out and what it carries; another one is added here. Administrators change, everybody looks.
import { type Context, Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { formatDateTime, slugify } from "../arabic/index.ts";
import {
  addDailyDigest,
  type Digest,
  digestName,
  listDigests,
  longestDigestName,
  nextThatRuns,
  scheduleWords,
} from "../digests/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Block,
  Button,
  Field,
  Form,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  readForm,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, textIn } from "./desk.ts";
import { type FactFault, readNames } from "./digest-form.ts";
import { digestWords as words } from "./digest-words.ts";
import { withDone } from "./settings.tsx";
import { numberWord } from "./words.ts";

const path = "/newsroom/digests";

/** A digest's page behind the sign-in. */
export const digestPath = ({ slug }: Pick<Digest, "slug">): string => `${path}/${encodeURIComponent(slug)}`;

type Typed = Record<"slug" | "name" | "nameEn", string>;
type Faults = { slug?: "noSlug" | "takenSlug" | "tooMany"; name?: FactFault; nameEn?: FactFault };

/** `/newsroom/digests` */
export function digestListRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  const list = async (c: Context<DeskEnv>, typed: Typed, faults: Faults) => {
    const at = await deskOf(c, deps);
    const page = <DigestsPage at={at} digests={await listDigests(db)} typed={typed} faults={faults} />;
    return c.html(page, Object.keys(faults).length > 0 ? 422 : 200);
  };
  return new Hono<DeskEnv>()
    .get(path, (c) => list(c, { slug: "", name: "", nameEn: "" }, {}))
    .post(path, requireEditor(deps, "administrator"), async (c) => {
      const form = await readForm(c.req.parseBody({ all: true }));
      const typed = {
        slug: textIn(form, "slug", 80),
        name: textIn(form, "name"),
        nameEn: textIn(form, "nameEn"),
      };
      const slug = slugify(typed.slug);
      const { names, faults } = readNames(typed);
      if (slug === null) return list(c, typed, { ...faults, slug: "noSlug" });
      if (Object.keys(faults).length > 0) return list(c, typed, faults);
      const { paper } = await deskOf(c, deps);
      const adding = await addDailyDigest(deps.changing, paper, { slug, ...names }, c.var.editor.address);
      if (adding.kind === "added") return c.redirect(withDone(digestPath(adding.digest), "added"), 303);
      return list(c, typed, { slug: adding.kind === "taken" ? "takenSlug" : "tooMany" });
    });
}

function DigestsPage(props: { at: Desk; digests: readonly Digest[]; typed: Typed; faults: Faults }) {
  const { at, digests, typed, faults } = props;
  const { language } = at;
  const t = words[language];
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead title={t.title} intro={t.intro} />
      <Table
        caption={t.caption}
        columns={[
          { label: t.digest },
          { label: t.state },
          { label: t.schedule },
          { label: t.next, short: true },
          { label: t.length },
          { label: t.approval },
        ]}
        rows={digests.map((digest) => row(digest, at))}
      />
      {at.mayAdminister ? (
        <Block id="add" title={t.add}>
          <p>{t.addText}</p>
          <Form action={path} label={t.add}>
            <Field
              name="slug"
              label={t.slug}
              help={t.slugHelp}
              value={typed.slug}
              error={faults.slug && t[faults.slug]}
              autocomplete="off"
              maxLength={80}
              required
            />
            <Field
              name="name"
              label={t.name}
              value={typed.name}
              error={faults.name && t[faults.name]}
              autocomplete="off"
              maxLength={longestDigestName}
              required
            />
            <Field
              name="nameEn"
              label={t.nameEn}
              optional={t.optional}
              value={typed.nameEn}
              error={faults.nameEn && t[faults.nameEn]}
              autocomplete="off"
              maxLength={longestDigestName}
            />
            <Actions>
              <Button>{t.addButton}</Button>
            </Actions>
          </Form>
        </Block>
      ) : (
        <Notice>{t.onlyAdministrators}</Notice>
      )}
    </NewsroomPage>
  );
}

function row(digest: Digest, at: Desk) {
  const { language, paper } = at;
  const t = words[language];
  const next = digest.on ? nextThatRuns(digest.schedule, digest.next) : null;
  const number = (n: number) => numberWord(n, language, paper);
  return [
    <>
      <a href={digestPath(digest)}>
        <Auto>{digestName(digest, language)}</Auto>
      </a>{" "}
      <small>
        <Ltr>{digest.slug}</Ltr>
      </small>
    </>,
    <OnOff at={at} digest={digest} />,
    scheduleWords(digest.schedule, language, paper.digits),
    next ? formatDateTime(next.at, paper, language) : t.never,
    t.range(number(digest.minStories), number(digest.maxStories)),
    t.rules[digest.approval?.unanswered ?? "none"],
  ];
}

export function OnOff({ at, digest }: { at: Desk; digest: Digest }) {
  const t = words[at.language];
  return digest.on ? <Badge tone="ok">{t.on}</Badge> : <Badge tone="warning">{t.off}</Badge>;
}
