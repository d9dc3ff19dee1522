// Why one article was not sent, in words. Pure.
import { withDigits } from "../arabic/index.ts";
import type { Refused } from "./special.ts";

/** A sentence that says what happened and what to do. */
export function refusalWords(
  refused: Refused,
  language: "ar" | "en",
  digits: "latn" | "arab" = "latn",
): string {
  return language === "ar" ? withDigits(arabic(refused), digits) : english(refused);
}

function english(it: Refused): string {
  switch (it.kind) {
    case "unknown-digest":
      return `There is no digest "${it.digest}".`;
    case "digest-off":
      return `"${it.digest}" is off: it sends nothing.`;
    case "unknown-issue":
      return `There is no issue "${it.issue}". An issue is called digest/date-slot.`;
    case "unknown-article":
      return `There is no article ${it.article}.`;
    case "not-published":
      return `Article ${it.article} is not published: it waits for its hour, or was retracted.`;
    case "no-breaking":
      return "This digest sends no breaking news.";
    case "day-full":
      return `This digest sends ${it.aDay} pieces of breaking news a day at most, and today's have gone out. What is left is for its next issue.`;
    case "quiet":
      return `From ${it.from} to ${it.until} (${it.zone}) the digest's hours are quiet. Wait until they end, or say that it must go out all the same.`;
    case "nobody":
      return `It would reach nobody${it.excluded.length === 0 ? "" : `: ${it.excluded.map(({ reason, count }) => `${reason} ${count}`).join(", ")}`}.`;
    case "not-carried":
      return `${it.issue} did not carry this article.`;
    case "folded":
      return `${it.issue} is old: its ledger is counts by now, and who was sent it is not kept by name (NASHRA_LEDGER_DAYS). Correct the article; its page and its feeds say so.`;
    case "not-changed":
      return "The article was never changed. Correct or retract it first; then those who were sent it as it was can be told.";
    case "unknown-revision":
      return `The article had no revision ${it.revision} that it was changed to, or was retracted.`;
    case "no-words":
      return "Say what was wrong and what is right.";
    case "too-long":
      return "Your words are longer than 1000 characters.";
    case "no-token":
      return "This confirmation was used, is over, or belongs to something else. Look at what would be sent once more.";
    case "changed":
      return it.what === "article"
        ? "The article was changed since you saw it. Look at what would be sent once more."
        : "The number of readers is not what it was. Look at what would be sent once more.";
  }
}

function arabic(it: Refused): string {
  switch (it.kind) {
    case "unknown-digest":
      return `لا نشرة باسم «${it.digest}».`;
    case "digest-off":
      return `نشرة «${it.digest}» متوقفة، فلا ترسل شيئًا.`;
    case "unknown-issue":
      return `لا عدد باسم «${it.issue}».`;
    case "unknown-article":
      return `لا خبر بالرقم ${it.article}.`;
    case "not-published":
      return `الخبر ${it.article} غير منشور: ينتظر موعده، أو سُحب.`;
    case "no-breaking":
      return "هذه النشرة لا ترسل أخبارًا عاجلة.";
    case "day-full":
      return `الحد الأعلى للأخبار العاجلة في هذه النشرة ${it.aDay} في اليوم، وقد أُرسلت كلها. ما بقي فللعدد القادم.`;
    case "quiet":
      return `من ${it.from} إلى ${it.until} (${it.zone}) ساعات هدوء هذه النشرة. انتظر انتهاءها، أو اختر الإرسال رغمها.`;
    case "nobody":
      return "لن يصل إلى أحد: إما وصلهم الخبر من قبل، أو لا يريدون العاجل، أو ليس من أقسامهم.";
    case "not-carried":
      return `لم يكن هذا الخبر في العدد ${it.issue}.`;
    case "folded":
      return `مضى على العدد ${it.issue} زمن فصار سجله أعدادًا، ولم يبقَ من أُرسل إليهم بالاسم. صحّح الخبر نفسه: تظهر صفحته وخلاصاته مصحَّحة.`;
    case "not-changed":
      return "لم يتغيّر هذا الخبر منذ نُشر. صحّحه أو اسحبه أولًا، ثم أخبر من أُرسل إليهم كما كان.";
    case "unknown-revision":
      return `لم يُعدَّل الخبر إلى مراجعة رقمها ${it.revision}.`;
    case "no-words":
      return "اكتب ما الخطأ وما الصواب.";
    case "too-long":
      return "كلامك أطول من 1000 حرف.";
    case "no-token":
      return "هذا التأكيد استُعمل، أو انتهت مدته، أو هو لشيء آخر. انظر فيما سيُرسل مرة أخرى.";
    case "changed":
      return it.what === "article"
        ? "تغيّر الخبر منذ رأيته. انظر فيما سيُرسل مرة أخرى."
        : "تغيّر عدد القراء منذ رأيته. انظر فيما سيُرسل مرة أخرى.";
  }
}
