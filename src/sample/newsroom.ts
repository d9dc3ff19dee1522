// The sample newsroom: «صحيفة المرسى», the paper of Marsana, capital of Sidrana. The city, the country, the
// people, the clubs and the agencies are all invented; addresses are at .example and .invalid, where no mail goes.
import { culture } from "./articles/culture.ts";
import { economy } from "./articles/economy.ts";
import { opinion } from "./articles/opinion.ts";
import { politics } from "./articles/politics.ts";
import { science } from "./articles/science.ts";
import { society } from "./articles/society.ts";
import { sports } from "./articles/sports.ts";
import type { SampleArticle, SampleSection } from "./types.ts";

/** The sections in the paper's order. */
export const sampleSections: SampleSection[] = [
  { slug: "سياسة", title: "سياسة", titleEn: "Politics" },
  { slug: "اقتصاد", title: "اقتصاد", titleEn: "Economy" },
  { slug: "مجتمع", title: "مجتمع", titleEn: "Society" },
  { slug: "ثقافة", title: "ثقافة", titleEn: "Culture" },
  { slug: "رياضة", title: "رياضة", titleEn: "Sports" },
  { slug: "علوم-وتقنية", title: "علوم وتقنية", titleEn: "Science and technology" },
  { slug: "رأي", title: "رأي", titleEn: "Opinion" },
];

/** Every article, section by section; sort by `hoursAgo` for the order of publication. */
export const sampleArticles: SampleArticle[] = [
  ...politics,
  ...economy,
  ...society,
  ...culture,
  ...sports,
  ...science,
  ...opinion,
];
