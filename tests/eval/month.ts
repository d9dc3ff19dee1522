// A month of an invented paper and of those that reprint: what happened, how much it matters, and every article that tells it.
import { type Random, randomOf } from "./random.ts";
import { events, family, first, places, sources, topics, vocabulary } from "./words.ts";

export type Planted = {
  /** What it tells: articles of one number tell the same. */
  truth: number;
  kind: "report" | "reprint" | "formula";
  /** How much it matters, 0 to 3: what a perfect editor would say. */
  worth: 0 | 1 | 2 | 3;
  at: Temporal.Instant;
  section: string;
  title: string;
  paragraphs: readonly string[];
  source: string | null;
  /** What the paper's editor said, in the hurry of the day. */
  importance: 0 | 1 | 2 | 3;
};

export type MonthSize = { days: number; storiesADay: number };

const start = Temporal.Instant.from("2026-03-01T05:00:00Z");
export const morningOf = (day: number) => start.add({ hours: 24 * day });

/** All articles, the earliest first. Those of a day come in before the morning that ends it. */
export function inventMonth(size: MonthSize, seed: number): Planted[] {
  const random = randomOf(seed);
  const all: Planted[] = [];
  let truth = 0;
  for (let day = 0; day < size.days; day++) {
    const event = random.chance(0.5) ? random.of(events) : null;
    const followUps = event ? random.between(2, 4) : 0;
    for (let i = 0; i < size.storiesADay; i++) {
      const onEvent = event !== null && i < followUps;
      all.push(...story(random, truth++, momentOf(random, day), onEvent ? event : null));
    }
    all.push(...formulas(random, day, () => truth++));
  }
  return all.sort((a, b) => Temporal.Instant.compare(a.at, b.at));
}

/** In the day before its morning. */
const momentOf = (random: Random, day: number) =>
  morningOf(day).subtract({ minutes: random.between(5, 24 * 60 - 5) });

/** How many others carry what matters so much, at least and at most. */
const carriers = { 0: [0, 1], 1: [0, 2], 2: [1, 5], 3: [4, 9] } as const;

function story(random: Random, truth: number, at: Temporal.Instant, event: string | null): Planted[] {
  const section = random.of([...topics.keys()]);
  const chance = random.next();
  const usual = chance < 0.6 ? 0 : chance < 0.87 ? 1 : chance < 0.97 ? 2 : 3;
  const worth = event ? (random.chance(0.4) ? 3 : 2) : usual;
  const own = random.chance(0.7);
  const subject = event ?? `${random.of(vocabulary.common)} ${random.of(topics.get(section) ?? places)}`;
  const told: Planted = {
    truth,
    kind: "report",
    worth,
    at,
    section,
    title: headline(random, section, subject),
    paragraphs: Array.from({ length: random.between(4, 8) }, () => paragraph(random, section)),
    source: own ? null : random.of(sources),
    importance: own ? hurried(random, worth) : 0,
  };
  const [least, most] = carriers[worth];
  const reprints = worth === 0 && !random.chance(0.3) ? 0 : random.between(least, most);
  return [told, ...Array.from({ length: reprints }, () => reprint(random, told))];
}

/** Seven times of ten the editor marks what matters; now and then also what does not. */
function hurried(random: Random, worth: Planted["worth"]): Planted["importance"] {
  if (worth === 0) return random.chance(0.05) ? 1 : 0;
  return random.chance(0.7) ? worth : 0;
}

const name = (random: Random) => `${random.of(first)} ${random.of(family)}`;

function headline(random: Random, section: string, subject: string): string {
  const place = random.of(places);
  switch (random.between(0, 3)) {
    case 0:
      return `${place}: ${subject} ${random.of(vocabulary.tails)}`;
    case 1:
      return `${name(random)} ${random.of(vocabulary.verbs)} ${subject} في ${place}`;
    case 2:
      return `${subject} ${random.of(vocabulary.adjectives)} و${random.of(topics.get(section) ?? places)} في ${place}`;
    default:
      return `${random.between(12, 970)} من سكان ${place} و${subject}`;
  }
}

function paragraph(random: Random, section: string): string {
  const topic = () => random.of(topics.get(section) ?? places);
  const sentences = Array.from({ length: random.between(1, 3) }, () => {
    const { common, verbs, adjectives, tails } = vocabulary;
    switch (random.between(0, 3)) {
      case 0:
        return `${random.of(verbs)} ${name(random)} ${random.of(common)} ${topic()} في ${random.of(places)} ${random.of(tails)}، ويشمل ${random.between(3, 9800)} من ${topic()}`;
      case 1:
        return `وقال ${name(random)} إن ${topic()} ${random.of(adjectives)}، وإن ${random.of(common)} ${topic()} يحتاج إلى ${random.between(2, 48)} شهرًا ${random.of(tails)}`;
      case 2:
        return `وبلغت كلفة ${topic()} ${random.between(10, 900)} مليونًا، دفع ${random.of(places)} منها ${random.between(5, 95)} في المئة ${random.of(tails)}`;
      default:
        return `في ${random.of(places)} ${random.of(verbs)} ${random.of(common)} ${random.of(adjectives)} عن ${topic()} مع ${name(random)} ${random.of(tails)}`;
    }
  });
  return `${sentences.join(". ")}.`;
}

/** As agencies' copy is reprinted: each edit that a newsroom makes, alone or together with another. */
function reprint(random: Random, told: Planted): Planted {
  const edits = [random.of(allEdits), ...(random.chance(0.4) ? [random.of(allEdits)] : [])];
  const copy: Planted = {
    ...told,
    kind: "reprint",
    at: told.at.add({ minutes: random.between(10, 9 * 60) }),
    source: random.of(sources),
    importance: 0,
  };
  return edits.reduce((it, edit) => edit(random, it), copy);
}

type Edit = (random: Random, it: Planted) => Planted;

const asItIs: Edit = (_, it) => it;
const respelled: Edit = (_, it) => {
  const careless = (text: string) =>
    text
      .replace(/[أإآ]/g, "ا")
      .replace(/ى(?=\s|$)/g, "ي")
      .replace(/ة(?=\s|\.|$)/g, "ه")
      .replace(/[\u064B-\u0652]/g, "");
  return { ...it, title: careless(it.title), paragraphs: it.paragraphs.map(careless) };
};
const vocalised: Edit = (random, it) => ({
  ...it,
  paragraphs: it.paragraphs.map((text) =>
    text.replace(/(?<=[بتسلم])(?=[اوير])/g, () => (random.chance(0.3) ? "َ" : "")),
  ),
});
const cut: Edit = (random, it) => ({
  ...it,
  paragraphs: it.paragraphs.slice(
    0,
    Math.max(2, Math.ceil(it.paragraphs.length * (0.5 + 0.4 * random.next()))),
  ),
});
const newHeadline: Edit = (random, it) => ({
  ...it,
  title: headline(
    random,
    it.section,
    `${random.of(vocabulary.common)} ${random.of(topics.get(it.section) ?? places)}`,
  ),
});
const addedParagraph: Edit = (random, it) => {
  const paragraphs = [...it.paragraphs];
  paragraphs.splice(random.between(0, paragraphs.length), 0, paragraph(random, it.section));
  return { ...it, paragraphs };
};
const attributed: Edit = (random, it) => ({
  ...it,
  paragraphs: [...it.paragraphs, `${random.of(sources)}${random.between(1, 9)}-${random.of(sources)}`],
});
const allEdits: readonly Edit[] = [
  asItIs,
  respelled,
  vocalised,
  cut,
  newHeadline,
  addedParagraph,
  attributed,
];

/** What is filled in anew each day: the weather, the closing prices, telegrams. */
function formulas(random: Random, day: number, nextTruth: () => number): Planted[] {
  const date = morningOf(day).toZonedDateTimeISO("UTC").subtract({ days: 1 });
  const form = (section: string, title: string, ...paragraphs: string[]): Planted => ({
    truth: nextTruth(),
    kind: "formula",
    worth: 0,
    at: momentOf(random, day),
    section,
    title,
    paragraphs,
    source: null,
    importance: 0,
  });
  const degrees = () => `${random.between(14, 31)} و${random.between(3, 13)}`;
  const up = random.between(4, 30);
  const weather = form(
    "science",
    `حالة الطقس المتوقعة ليوم ${date.day}`,
    `توقعت المديرية العامة للأرصاد الجوية أن يكون الجو ${random.of(["صحوًا", "غائمًا جزئيًا", "ماطرًا", "مغبرًا"])} في معظم المناطق، وأن تكون الرياح غربية بين الخفيفة والمعتدلة مع هبات نشطة أحيانًا، والبحر خفيف ارتفاع الموج.`,
    `وجاءت درجات الحرارة العظمى والصغرى المتوقعة على النحو الآتي: ${places
      .slice(0, 6)
      .map((place) => `${place} ${degrees()}`)
      .join("، ")}.`,
    "ودعت المديرية السائقين إلى الانتباه على الطرق الجبلية في ساعات الصباح الأولى بسبب احتمال تشكّل الضباب، والصيادين إلى متابعة النشرة البحرية.",
  );
  const closing = form(
    "economy",
    `بورصة مرسانة تغلق عند ${random.between(4200, 5100)}.${random.between(10, 99)} نقطة`,
    `أغلق المؤشر العام لبورصة مرسانة تعاملات اليوم بتغيّر نسبته 0.${random.between(10, 99)} بالمئة عن إغلاق الجلسة السابقة.`,
    `وبلغت قيمة التداولات ${random.between(19, 60)}.${random.between(1, 9)} مليون درهم، نُفّذت من خلال صفقات توزعت على قطاعات المصارف والنقل والصناعات الغذائية والاتصالات.`,
    `وارتفعت أسهم ${up} شركة وتراجعت أسهم ${34 - up} شركة، فيما حافظت بقية الشركات المدرجة على إغلاقها السابق، وفق النشرة اليومية التي تصدرها إدارة السوق في ختام كل جلسة.`,
  );
  const telegrams = Array.from({ length: 2 }, () => {
    const [to, who] = [random.of(places), name(random)];
    return form(
      "politics",
      `الرئيس يعزي أمير ${to} بوفاة ${who}`,
      `بعث الرئيس اليوم ببرقية تعزية ومواساة إلى أمير ${to}، عبّر فيها باسمه وباسم شعب وحكومة الجمهورية عن أحرّ التعازي وأصدق مشاعر المواساة بوفاة ${who}.`,
      `وجاء في البرقية: تلقينا ببالغ الحزن والأسى نبأ وفاة ${who}، وإننا إذ نتقدم إليكم وإلى شعب ${to} الشقيق بأحرّ التعازي، نسأل الله أن يتغمد الفقيد بواسع رحمته وأن يلهمكم جميل الصبر وحسن العزاء.`,
      `وأكد سيادته وقوف الجمهورية قيادة وشعبًا إلى جانب ${to} في هذا المصاب الأليم، ومتمنيًا لكم دوام الصحة والعافية.`,
    );
  });
  return [weather, closing, ...telegrams];
}
