// Articles: what they are, how they are cleaned, stored, read, and told to be one story. Others publish through
// publish.ts, which runs the statements made here together with those of the feeds.
export { type ArticleApiDeps, articleApi } from "./api.ts";
export {
  type Article,
  type ArticleHead,
  type ArticleId,
  type ArticleImage,
  articleId,
  articleUrl,
  type Candidate,
  type Importance,
  type Outcome,
  type Published,
  type Section,
  type SectionId,
} from "./article.ts";
export { createArticles, storedUnder, takenGuids } from "./bulk.ts";
export { type ArticleChange, type Changing, changeArticle } from "./change.ts";
export {
  type DeskFilter,
  type DeskPlace,
  deskArticles,
  sourceNames,
  type ToldBy,
  tellersOf,
} from "./desk.ts";
export { draftArticle, guidFor, type Hash, mintGuid, type Prepared, prepare } from "./ingest.ts";
export { type ArticleInput, articleInput } from "./input.ts";
export { articlePages } from "./pages.tsx";
export {
  type ArticleList,
  articleById,
  articlesById,
  candidatesById,
  coverageOf,
  embargoesEnding,
  hasArticles,
  hasGuid,
  lastChanged,
  linkedArticle,
  listSections,
  nameOf,
  newestArticles,
  newestOfSections,
  publishedBetween,
  standsAmongNewest,
  storedAs,
  titlesBetween,
} from "./read.ts";
export { countPublishedSince, publishedSince, type RecentArticle } from "./recent.ts";
export { type SearchResult, searchArticles } from "./search/find.ts";
export { searchPages } from "./search/page.tsx";
export { placeText, readParameters, readSearch, type SearchFault, searchAddress } from "./search/request.ts";
export { type Indexed, indexArticles, indexMissing } from "./search/store.ts";
export {
  closeSection,
  formerSlugs,
  moveSection,
  openSection,
  renameSection,
  type SectionNames,
} from "./sections.ts";
export { sectionTitle, type Visit, visitOf } from "./shell.ts";
export { directed, hrefOf, type Showing, shownStory } from "./shown.ts";
export {
  type ArticleDraft,
  addSection,
  createArticle,
  endEmbargoes,
  forgetSampleArticles,
  reinstateArticle,
  renewShingles,
  retractArticle,
  reviseArticle,
  sampleArticleIds,
} from "./store.ts";
export { storyToJson } from "./story/api.ts";
export { type HandDeps, type Merging, mergeStories, type Splitting, splitStory } from "./story/hand.ts";
export {
  findStory,
  forgetOldShingles,
  recentStories,
  type Story,
  type StoryArticle,
  storyWith,
} from "./story/stories.ts";
export { storyShingles, storyWindowHours } from "./story/story.ts";
export type { ArticleTables } from "./tables.ts";
