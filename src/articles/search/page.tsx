// The page where readers search: a form that is an address, and what it finds.
import { type Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import { plural } from "../../arabic/index.ts";
import type { Clock, Database } from "../../platform/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import {
  Actions,
  type AssetPaths,
  Button,
  bothLanguages,
  Empty,
  Field,
  Form,
  Page,
  PageHead,
  Pager,
  Stories,
  Story,
} from "../../web/index.ts";
import type { Article } from "../article.ts";
import { sectionTitle, type Visit, visitOf } from "../shell.ts";
import { directed, type Showing, shownStory } from "../shown.ts";
import type { ArticleTables } from "../tables.ts";
import { type SearchResult, searchArticles } from "./find.ts";
import { longestQuery } from "./query.ts";
import {
  placeText,
  readParameters,
  readSearch,
  type SearchFault,
  type SearchParameters,
  searchAddress,
} from "./request.ts";
import { type Finder, finderOf, highlight, type Piece, plainText, snippet } from "./text.ts";
import { mostSearched } from "./words.ts";

export type SearchPageDeps = {
  database: Database<ArticleTables & SettingsTables>;
  site: URL;
  now: Clock;
  assets: AssetPaths;
};

const pageSize = 20;

const counted = {
  zero: "لا نتائج",
  one: "نتيجة واحدة",
  two: "نتيجتان",
  few: "# نتائج",
  many: "# نتيجة",
  other: "# نتيجة",
};

const words = bothLanguages({
  ar: {
    title: "بحث في الأخبار",
    results: (query: string) => `بحث: ${query}`,
    what: "كلمات البحث",
    help: "نبحث عن الكلمات كلها أيًّا كان رسمها. ضع عبارة بين علامتي تنصيص، واستثنِ كلمة بوضع «-» قبلها.",
    section: "القسم",
    everySection: "كل الأقسام",
    from: "من يوم",
    to: "إلى يوم",
    go: "ابحث",
    by: (name: string) => `ما كتبه ${name} وحده`,
    tagged: (name: string) => `تحت وسم «${name}» وحده`,
    count: (n: number, digits: "latn" | "arab") => plural(n, counted, digits),
    many: "النتائج كثيرة: الأحدث أولًا. أضف كلمة أخرى، أو اختر قسمًا أو تاريخًا.",
    nothing: "لم نجد شيئًا",
    nothingText: "راجع رسم الكلمات، أو ابحث عن كلمة واحدة منها، أو وسّع القسم والتاريخ.",
    end: "انتهت النتائج",
    toFirst: "إلى أول النتائج",
    faults: {
      empty: "",
      "too-long": `هذا أطول من ${longestQuery} حرف. ابحث عن كلمات أقل.`,
      "too-many-words": "هذه كلمات كثيرة. ابحث عن اثنتي عشرة كلمة على الأكثر.",
      "no-words": "ليس في هذا حرف ولا رقم. اكتب الكلمات التي تبحث عنها.",
      "only-without": "ذكرت ما لا تريده وحده. اكتب أيضًا ما تبحث عنه.",
      "no-date": "هذا ليس تاريخًا. اكتب اليوم هكذا: 2026-03-01.",
      "no-place": "هذا الرابط ناقص. ابدأ البحث من أوله.",
      "no-such": "لا يوجد قسم أو وسم أو كاتب بهذا الاسم.",
    },
  },
  en: {
    title: "Search the news",
    results: (query: string) => `Search: ${query}`,
    what: "Words to look for",
    help: "All words have to be there, in whatever spelling. Put a phrase in quotes, and “-” before a word to leave it out.",
    section: "Section",
    everySection: "All sections",
    from: "From",
    to: "To",
    go: "Search",
    by: (name: string) => `Only by ${name}`,
    tagged: (name: string) => `Only tagged “${name}”`,
    count: (n: number) => `${n} ${n === 1 ? "result" : "results"}`,
    many: "There are many, the newest first. Add a word, or choose a section or a date.",
    nothing: "Nothing found",
    nothingText: "Check the spelling, look for only one of the words, or widen section and dates.",
    end: "No more results",
    toFirst: "To the first results",
    faults: {
      empty: "",
      "too-long": `This is longer than ${longestQuery} characters. Look for fewer words.`,
      "too-many-words": "These are too many words. Look for twelve at most.",
      "no-words": "There is no letter and no digit in this. Type the words to look for.",
      "only-without": "This only says what you do not want. Type also what you look for.",
      "no-date": "This is no date. Write a day like this: 2026-03-01.",
      "no-place": "This link is cut short. Begin the search anew.",
      "no-such": "There is no section, tag or author of this name.",
    },
  },
});

/** `/search`, and its description for browsers at `/opensearch.xml`. */
export function searchPages(deps: SearchPageDeps) {
  const { site, assets } = deps;
  const { db } = deps.database;
  return new Hono()
    .get("/search", async (c) => {
      c.header("Cache-Control", "no-cache"); // a retraction is gone at once
      const it = await visitOf(c, { db, assets });
      const showing: Showing = { language: it.language, paper: it.paper, site, now: deps.now() };
      const given = readParameters((name) => c.req.query(name));
      const asked = await readSearch(db, given, { zone: it.paper.zone, now: showing.now, limit: pageSize });
      if (!asked.ok) {
        const status = asked.why === "empty" ? 200 : 400;
        return c.html(<SearchPage {...it} given={given} fault={asked.why} />, status);
      }
      const result = await searchArticles(db, asked.search);
      const finder = finderOf(asked.search.query, result.begins);
      const t = words[it.language];
      const limits = [asked.tag && t.tagged(asked.tag.name), asked.author && t.by(asked.author.name)];
      return c.html(
        <SearchPage {...it} given={given} fault={null}>
          <Found {...{ showing, given, result, finder }} limits={limits.filter((limit) => limit !== null)} />
        </SearchPage>,
      );
    })
    .get("/opensearch.xml", async (c) => openSearch(c, await visitOf(c, { db, assets }), site));
}

function SearchPage(props: Visit & { given: SearchParameters; fault: SearchFault | null; children?: Child }) {
  const { shell, language, given, fault, sections } = props;
  const t = words[language];
  const error = (...faults: SearchFault[]) => (fault && faults.includes(fault) ? t.faults[fault] : null);
  return (
    <Page {...shell} title={given.q === "" ? t.title : t.results(given.q)} robots="noindex, follow">
      <PageHead title={t.title} />
      <Form action="/search" method="get" label={t.title}>
        <Field
          name="q"
          kind="search"
          label={t.what}
          value={given.q}
          help={t.help}
          error={error("too-long", "too-many-words", "no-words", "only-without", "no-place")}
          maxLength={longestQuery}
          required
        />
        <div class="form-line">
          <Field
            name="section"
            kind="select"
            label={t.section}
            value={given.section}
            error={error("no-such")}
            options={[
              { value: "", label: t.everySection },
              ...sections.map((section) => ({ value: section.slug, label: sectionTitle(section, language) })),
            ]}
          />
          <Field name="from" kind="date" label={t.from} value={given.from} error={error("no-date")} />
          <Field name="to" kind="date" label={t.to} value={given.to} />
        </div>
        {(["tag", "author"] as const).map(
          (name) => given[name] !== "" && <input type="hidden" name={name} value={given[name]} />,
        )}
        <Actions>
          <Button>{t.go}</Button>
        </Actions>
      </Form>
      {props.children}
    </Page>
  );
}

function Found(props: {
  showing: Showing;
  given: SearchParameters;
  result: SearchResult;
  finder: Finder;
  limits: readonly string[];
}) {
  const { showing, given, result, finder } = props;
  const { language, paper } = showing;
  const t = words[language];
  const first = searchAddress("/search", given, "");
  if (result.articles.length === 0 && result.next === null)
    return given.after === "" ? (
      <Empty title={t.nothing}>{[...props.limits, t.nothingText].join(" · ")}</Empty>
    ) : (
      <Empty title={t.end} action={<Button href={first}>{t.toFirst}</Button>} />
    );
  const count =
    result.count === null ? (given.after === "" ? t.many : null) : t.count(result.count, paper.digits);
  const said = [count, ...props.limits].filter((it) => it !== null);
  return (
    <>
      {said.length > 0 && (
        <p class="search-count" role="status" dir="auto">
          {said.join(" · ")}
        </p>
      )}
      <Stories layout="rows">
        {result.articles.map((article) => (
          <FoundStory article={article} showing={showing} finder={finder} />
        ))}
      </Stories>
      <Pager
        language={language}
        newer={given.after === "" ? null : first}
        older={result.next && searchAddress("/search", given, placeText(result.next))}
      />
    </>
  );
}

function FoundStory({ article, showing, finder }: { article: Article; showing: Showing; finder: Finder }) {
  const story = shownStory(article, showing);
  const found = snippet(plainText(article.bodyHtml, mostSearched), finder);
  const text = directed(found.map((piece) => piece.text).join(""));
  return (
    <Story
      {...story}
      title={<Marked pieces={highlight(story.title, finder)} />}
      summary={<Marked pieces={highlight(text, finder)} />}
      level={2}
    />
  );
}

const Marked = ({ pieces }: { pieces: readonly Piece[] }) => (
  <>{pieces.map(({ text, found }) => (found ? <mark>{text}</mark> : text))}</>
);

/** Lets a browser search the paper from its address field (OpenSearch 1.1). */
function openSearch(c: Context, { language, shell }: Visit, site: URL) {
  const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const { name } = shell.publisher;
  c.header("Content-Type", "application/opensearchdescription+xml; charset=utf-8");
  c.header("Cache-Control", "public, max-age=86400");
  return c.body(`<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>${escaped(Array.from(name).slice(0, 16).join(""))}</ShortName>
  <Description>${escaped(`${words[language].title}: ${name}`)}</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Url type="text/html" template="${new URL("/search", site)}?q={searchTerms}"/>
</OpenSearchDescription>
`);
}
