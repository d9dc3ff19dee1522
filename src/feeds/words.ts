// The words of a feed's page, in both languages.
import { bothLanguages } from "../web/index.ts";

/** Foreign names in a sentence, each kept in its own direction. */
const names = (list: readonly string[], and: string) => list.map((name) => `\u2068${name}\u2069`).join(and);

const everywhere = ["Feedly", "Inoreader"];
const apple = "\u2068NetNewsWire\u2069";
const android = "\u2068Feeder\u2069";
const desktop = "\u2068Thunderbird\u2069";

export const words = bothLanguages({
  ar: {
    refusals: {
      400: "هذا العنوان ليس عنوان خلاصة سليمًا. انسخه من صفحة القسم أو من قائمة الخلاصات.",
      404: "لا خلاصة على هذا العنوان. لكل قسم خلاصته، ورابطها في صفحته.",
      410: "أُغلق هذا القسم، وخلاصته لا جديد فيها. أخبار الأقسام الأخرى في خلاصة الصحيفة.",
      414: "هذا العنوان أطول من أي عنوان خلاصة. انسخه من صفحة القسم.",
    },
    comma: "، ",
    kinds: {
      all: "خلاصة الصحيفة",
      section: "خلاصة قسم",
      tag: "خلاصة وسم",
      author: "خلاصة كاتب",
      mix: "خلاصة من اختيارك",
      digest: "خلاصة نشرة بريدية",
    },
    title: (name: string) => `${name} (خلاصة)`,
    everything: "كل الأخبار",
    mix: "أقسام مختارة",
    intro:
      "الخلاصة عنوان تعطيه لقارئ الخلاصات مرة واحدة، فيأتيك فيه كل جديد حين يُنشر، بلا حساب ولا بريد ولا خوارزمية تختار عنك. هذه صفحتها للناس، وقارئك يجد الخلاصة نفسها على هذا العنوان.",
    address: "عنوان الخلاصة",
    formats: "صيغ الخلاصة",
    copy: "نقرة على العنوان تحدّده كلّه، ثم انسخه. الصيغ الثلاث تحمل الأخبار نفسها، وكل قارئ يفهم RSS.",
    changed: "آخر تغيير",
    called: "اسمها في قارئك",
    shows: {
      all: "على الموقع",
      section: "على الموقع",
      tag: "على الموقع",
      author: "على الموقع",
      mix: "أقسامها",
      digest: "بالبريد",
    },
    how: "كيف تشترك",
    steps: [
      {
        title: "اختر قارئًا",
        text: `${names(everywhere, " و")} في المتصفح والهاتف، و${apple} على آيفون وماك، و${android} على أندرويد، و${desktop} على الحاسوب. وغيرها كثير.`,
      },
      { title: "انسخ العنوان", text: "العنوان المكتوب في هذه الصفحة كما هو، من أوله إلى آخره." },
      {
        title: "أضفه في القارئ",
        text: "ألصقه حيث يقول القارئ «إضافة خلاصة» أو «متابعة» أو «اشتراك». وتتركنا متى شئت بحذفها منه.",
      },
    ],
    sectionPage: (name: string) => `صفحة قسم «${name}»`,
    frontPage: "الصفحة الرئيسية",
    allIssues: "كل أعداد النشرة",
    byMail: "اشترك في النشرة نفسها",
    allFeeds: "كل خلاصاتنا",
    opml: "ملف OPML",
    opmlNote: "يستورده القارئ دفعة واحدة",
    newest: "أحدث ما فيها",
    issues: "أعداد سابقة",
    empty: "لا جديد في هذه الخلاصة بعد",
    emptyText: "اشترك من الآن، وأول ما يُنشر يأتيك في قارئك.",
  },
  en: {
    refusals: {
      400: "This is not a feed's address as it should be. Copy it from the section's page or from the list of feeds.",
      404: "There is no feed at this address. Each section has one, linked on its page.",
      410: "This section is closed, and its feed brings nothing new. The paper's own feed has the news of all others.",
      414: "This is longer than any feed's address. Copy it from the section's page.",
    },
    comma: ", ",
    kinds: {
      all: "The paper’s feed",
      section: "Feed of a section",
      tag: "Feed of a tag",
      author: "Feed of an author",
      mix: "Feed of your own choosing",
      digest: "Feed of a newsletter",
    },
    title: (name: string) => `${name} (feed)`,
    everything: "All news",
    mix: "Chosen sections",
    intro:
      "A feed is an address that you give to a feed reader once; whatever is new then comes to you there, with no account, no e-mail and no algorithm that chooses for you. This is its page for people; your reader finds the feed itself at the same address.",
    address: "The feed’s address",
    formats: "Formats of the feed",
    copy: "One click on the address selects all of it; then copy it. The three formats carry the same news, and every reader understands RSS.",
    changed: "Last changed",
    called: "In your reader",
    shows: {
      all: "On the site",
      section: "On the site",
      tag: "On the site",
      author: "On the site",
      mix: "Its sections",
      digest: "By mail",
    },
    how: "How to subscribe",
    steps: [
      {
        title: "Choose a reader",
        text: `${names(everywhere, " and ")} in the browser and on phones, ${apple} on iPhone and Mac, ${android} on Android, ${desktop} on computers. There are many more.`,
      },
      {
        title: "Copy the address",
        text: "The address on this page as it stands, from its first letter to its last.",
      },
      {
        title: "Add it to the reader",
        text: "Paste it where the reader says “Add feed”, “Follow” or “Subscribe”. To leave us, delete it there.",
      },
    ],
    sectionPage: (name: string) => `The page of “${name}”`,
    frontPage: "The front page",
    allIssues: "All issues of the newsletter",
    byMail: "Subscribe to the newsletter itself",
    allFeeds: "All our feeds",
    opml: "An OPML file",
    opmlNote: "that readers take over in one go",
    newest: "The newest in it",
    issues: "Past issues",
    empty: "Nothing new in this feed yet",
    emptyText: "Subscribe now, and the first that is published comes to your reader.",
  },
});
