// What the pages of the subscribers share: the frame with its tabs, the words for states, and what they count days and names from.
import type { Child } from "hono/jsx";
import { listSections } from "../articles/index.ts";
import { listDigests } from "../digests/index.ts";
import { readPublisher } from "../settings/index.ts";
import { namesOf, type ShownSubscriber, type SubscriberState } from "../subscribers/index.ts";
import { Auto, bothLanguages, type Language, NewsroomPage, PageHead, Tabs, type Tone } from "../web/index.ts";
import type { Desk, NewsroomDeps } from "./desk.ts";

export const peoplePath = "/newsroom/subscribers";

const words = bothLanguages({
  ar: {
    label: "صفحات المشتركين",
    list: "المشتركون",
    segments: "الشرائح",
    suppressions: "الممنوعون",
    imports: "الاستيراد",
    states: {
      pending: "لم يؤكد بعد",
      confirmed: "مشترك",
      left: "ألغى اشتراكه",
      suppressed: "لا نراسله",
      erased: "مُحيت بياناته",
    } satisfies Record<SubscriberState, string>,
    sources: {
      home: "الصفحة الأولى",
      section: "صفحة قسم",
      page: "صفحة الاشتراك",
      embed: "موقع آخر",
      api: "برنامج أو محرر",
      import: "قائمة مستوردة",
      sample: "الصحيفة التجريبية",
    } satisfies Record<ShownSubscriber["source"], string>,
    subscription: { pending: "لم يؤكدها بعد", active: "تصله", paused: "أوقفها مؤقتًا", left: "ألغاها" },
  },
  en: {
    label: "Pages of the subscribers",
    list: "Subscribers",
    segments: "Segments",
    suppressions: "Suppressed",
    imports: "Import",
    states: {
      pending: "not confirmed",
      confirmed: "subscribed",
      left: "left",
      suppressed: "suppressed",
      erased: "erased",
    },
    sources: {
      home: "the front page",
      section: "a section’s page",
      page: "the sign-up page",
      embed: "another site",
      api: "a program or an editor",
      import: "an imported list",
      sample: "the sample newsroom",
    },
    subscription: { pending: "not confirmed", active: "active", paused: "paused", left: "left" },
  },
});

export const stateWord = (state: SubscriberState, language: Language): string =>
  words[language].states[state];

/** How somebody came. */
export const sourceWord = (source: ShownSubscriber["source"], language: Language): string =>
  words[language].sources[source];

export const subscriptionWord = (
  state: "pending" | "active" | "paused" | "left",
  language: Language,
): string => words[language].subscription[state];

export const stateTones: Readonly<Record<SubscriberState | "active" | "paused", Tone>> = {
  pending: "plain",
  confirmed: "ok",
  active: "ok",
  paused: "warning",
  left: "plain",
  suppressed: "warning",
  erased: "plain",
};

const pages = [
  { path: peoplePath, word: "list", own: /^\/newsroom\/subscribers(\/(\d+(\/.*)?|add))?$/ },
  { path: `${peoplePath}/segments`, word: "segments", own: /\/segments/ },
  { path: `${peoplePath}/suppressions`, word: "suppressions", own: /\/suppressions/ },
  { path: `${peoplePath}/imports`, word: "imports", own: /\/imports/, administers: true },
] as const;

/** A page of the subscribers, with the others that whoever is signed in may open. */
export function PeoplePage(props: {
  at: Desk;
  title: string;
  /** The title where it is more than words. */
  heading?: Child;
  intro?: Child;
  actions?: Child;
  children?: Child;
}) {
  const { at, title } = props;
  const t = words[at.language];
  const here = at.shell.path.split("?", 1)[0] ?? "";
  const links = pages
    .filter((page) => !("administers" in page) || at.mayAdminister)
    .map(({ path, word, own }) => ({ href: path, label: t[word], current: own.test(here) }));
  return (
    <NewsroomPage {...at.desk} title={title}>
      <Tabs label={t.label} links={links} />
      <PageHead title={props.heading ?? <Auto>{title}</Auto>} intro={props.intro} actions={props.actions} />
      {props.children}
    </NewsroomPage>
  );
}

/** What lists and filters name, and what their days are counted from. */
export async function listDeps({ database: { db }, now }: Pick<NewsroomDeps, "database" | "now">) {
  const [digests, sections, publisher] = await Promise.all([
    listDigests(db),
    listSections(db),
    readPublisher(db),
  ]);
  return {
    digests,
    sections,
    names: namesOf(digests, sections),
    today: { now: now(), zone: publisher.zone },
  };
}
