// Do two texts that share much tell one story, or is it the form that they share, such as two telegrams or the weather of
// two days? Their headlines and figures say. Pure.
//
// Arabic has no capitals, and in a window of three days the word for weather is as rare as a minister's name. So what a
// headline names is found by what it is not (a word of grammar, of the calendar, or of a known form) and by the two texts
// themselves: a form has slots, and each headline tells what stands in its own text's slots and nowhere in the other's.
import { fold, words } from "../../arabic/index.ts";
import type { Told } from "./story.ts";

/** No more of a text than this is looked at: what a headline names stands near the top. */
const mostRead = 8000;

/** So few figures say nothing of a text. */
const fewestFigures = 3;

/** Of the figures of the one text, the share that at least stands in the other: an edited reprint has half or more. */
const leastFigures = 0.34;

/**
 * Whether two texts tell one story: their headlines name the same, more than each names what the other text has nowhere;
 * and where both are full of figures, the figures agree.
 */
export function tellTheSame(a: Telling, b: Telling): boolean {
  const shared = [...a.names].filter((name) => holds(b.names, name)).length;
  const foreign = Math.min(onlyIn(a, b), onlyIn(b, a));
  return shared > foreign && figuresAgree(a.figures, b.figures);
}

/** What an article's headline names, the words of its text, and its figures, each with the word before it. */
export type Telling = { names: Set<string>; text: Set<string>; figures: Set<string> };

/** Reads what `tellTheSame` compares. */
export function tellingOf({ title, text }: Told): Telling {
  const parts = bare(fold(text.slice(0, mostRead))).split(/[^\p{L}\p{N}]+/u);
  return {
    names: new Set(
      words(fold(title))
        .map((word) => stem(bare(word)))
        .filter(tells),
    ),
    text: new Set([...new Set(parts)].map(stem)),
    figures: new Set(
      parts.flatMap((part, i) => (/\d/.test(part) ? [`${stem(parts[i - 1] ?? "")} ${part}`] : [])),
    ),
  };
}

/** How many of the names in a headline stand in its own text, and nowhere in the other article. */
const onlyIn = (mine: Telling, theirs: Telling): number =>
  [...mine.names].filter(
    (name) => holds(mine.text, name) && !holds(theirs.text, name) && !holds(theirs.names, name),
  ).length;

function figuresAgree(a: Set<string>, b: Set<string>): boolean {
  const fewer = Math.min(a.size, b.size);
  return fewer < fewestFigures || a.intersection(b).size / fewer >= leastFigures;
}

/** Whether it is there, but for a particle that is written with the word: وبيروت, لبيروت. */
function holds(all: ReadonlySet<string>, name: string): boolean {
  if (all.has(name) || (/^[وبلفك]../u.test(name) && all.has(name.slice(1)))) return true;
  return [..."وبلفك"].some((particle) => all.has(particle + name));
}

/** Without what stands around or inside numbers: 2,034.5 is 20345. */
const bare = (text: string): string => text.replace(/[.,٫٬]/g, "");

/** Without the article, alone or behind particles: الكويت, بالكويت and وللكويت are كويت. */
const stem = (word: string): string => word.replace(/^(?:و|ف)?(?:[بك]?ال|لل)(?=..)/u, "");

/** Whether a word of a headline may name what it is about. Small numbers and years stand in too many. */
const tells = (word: string): boolean =>
  /\d/.test(word)
    ? /^\d{3,}$/.test(word) && !/^(?:19|20)\d\d$/.test(word)
    : word.length >= 3 && !holds(untelling, word);

/** Words that name nothing: grammar, the calendar, offices, and the forms that news is most often poured into. */
const untelling: ReadonlySet<string> = new Set(
  words(
    fold(`
    عن على إلى من في مع بعد قبل بين خلال حول ضد لدى منذ حتى إن أن إنه أنه أنها هذا هذه ذلك تلك التي الذي الذين ما لا لم لن قد كما
    أو ثم أي كل بعض غير عند نحو فوق تحت أكثر أقل أول أولى ثاني ثانية ثالث ثالثة آخر أخرى جديد جديدة كيف لماذا هل كان كانت يكون
    مليون مليار ألف آلاف مئة عشرات مرة توالي عاجل خاص بيان خبر أخبار صور فيديو مصدر مصادر
    يوم أيام غد غدًا أمس اليوم الليلة مساء صباح ظهر أسبوع شهر عام سنة ساعة ساعات دقيقة مقبل مقبلة جاري جارية ماضي ماضية حالي
    السبت الأحد الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة كانون شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر جانفي فيفري أفريل ماي جوان جويلية أوت غشت شتنبر
    رمضان شوال محرم صفر رجب شعبان
    رئيس رئيسة ملك أمير سلطان وزير وزيرة وزراء ولي عهد نائب جلالة سمو فخامة معالي دولة حكومة مجلس جمهورية مملكة
    برقية برقيات رسالة تعزية تعازي يعزي تعزي يعزيان يقدم عزاء مواساة وفاة رحيل ضحايا يبعث تبعث بعث يتلقى تلقى أرسل يرسل
    تهنئة تهاني يهنئ تهنئ يهنئان يتبادلان مناسبة ذكرى عيد أعياد وطني استقلال أضحى فطر مبارك
    يستقبل استقبل يلتقي التقى يبحث بحث مباحثات لقاء اجتماع جلسة يزور زيارة هاتفي اتصال
    طقس حالة جو أجواء جوية درجة درجات حرارة متوقع متوقعة أرصاد نشرة انخفاض ارتفاع معدل معدلات أمطار رياح غبار ضباب حارة باردة
    حار بارد معتدل معتدلة مستقر مستقرة غائم غائمة صحو مشمس منخفض مرتفع جبهة موجة مناطق معظم متفرقة
    سعر أسعار صرف فائدة ذهب فضة نفط برنت دولار يورو ليرة دينار درهم ريال جنيه عملة عملات عيار غرام جرام أونصة برميل خام
    بورصة مؤشر أسهم سهم تداول تداولات تعاملات إغلاق افتتاح يغلق تغلق أغلق أغلقت يفتتح تفتتح مكاسب خسائر أرباح محدودة دعم
    يرتفع ترتفع ارتفع ينخفض تنخفض انخفض يتراجع تتراجع تراجع يستقر تستقر استقرار نقطة نقاط نسبة مقابل أمام مستوى
    سوق أسواق محلي محلية عالمي عالمية مالي مالية مركزي مصرف مصارف بنك
    مواقيت صلاة أذان إمساكية أبراج حظك توقعات جدول مباريات نتائج ترتيب مواعيد
    `),
  ).map(stem),
);
