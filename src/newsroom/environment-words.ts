// What each setting of the environment is, in Arabic; config.ts has the English. A test asks for a sentence for every setting.

type SettingWords = {
  about: string;
  /** What holds where nothing is set, for a setting that stands for no value of its own then. */
  otherwise?: string;
};

/** A name or an address among Arabic words. */
const apart = (latin: string) => `\u2068${latin}\u2069`;

const relay = apart("NASHRA_SMTP_URL");
const from = apart("NASHRA_MAIL_FROM");
const inbound = apart("nashra inbound");
const byPost = apart("POST /inbound/mail");
const noPage = (path: string) => `لا شيء: يجيب ${apart(path)} بالرمز 404`;

/** Arabic words for every setting, by its name. */
export const environmentWords: ReadonlyMap<string, SettingWords> = new Map(
  Object.entries<SettingWords>({
    NASHRA_DATA: { about: "المجلد الذي تُحفظ فيه قاعدة البيانات والسر والبريد الصادر." },
    NASHRA_TEMPLATES: {
      about: "المجلد الذي فيه قوالب رسائلك، وتُقدَّم على قوالبنا.",
      otherwise: `المجلد ${apart("templates")} في مجلد البيانات`,
    },
    NASHRA_HOST: { about: "العنوان الذي يستقبل عليه خادم الوِب الطلبات." },
    NASHRA_PORT: { about: `منفذ خادم الوِب، ويُقرأ ${apart("PORT")} أيضًا.` },
    NASHRA_PUBLIC_URL: {
      about: "العنوان الذي يصل به القرّاء إلى هذا الخادم، وبه يبدأ كل رابط في الخلاصات والرسائل.",
      otherwise: `${apart("http://localhost")} ثم المنفذ`,
    },
    NASHRA_SECRET: {
      about: "يوقّع روابط الرسائل: المفتاح الأول يوقّع، وكلها تتحقق من التوقيع.",
      otherwise: "يُنشأ عند أول تشغيل ويُحفظ في مجلد البيانات",
    },
    NASHRA_SMTP_URL: {
      about: "خادم البريد الذي يتسلّم رسائلنا ليوصلها، ومن دونه تبقى الرسائل في البريد الصادر.",
      otherwise: "لا شيء: تذهب الرسائل إلى البريد الصادر",
    },
    NASHRA_TRANSPORTS: {
      about: "خوادم بريد أخرى: ما دام الأول لا يُبلَغ، تخرج الرسائل من الذي يليه بهذا الترتيب.",
    },
    NASHRA_TRANSPORT_DOMAINS: {
      about: "الخوادم التي تحمل رسائل كل نطاق مُرسِل: أول خادم منها يقدر على ذلك، ولا يحملها غيرها.",
    },
    NASHRA_SMTP_CONNECTIONS: {
      about: "أكثر ما يُفتح من اتصالات مع كل خادم بريد، فاسأل القائمين عليه كم يسمحون لعميل واحد.",
    },
    NASHRA_DELIVER: {
      about: `هل يرسل ${apart("nashra serve")} الرسائل بنفسه في خيط مستقل، أم يتركها لأمر ${apart("nashra deliver")}.`,
    },
    NASHRA_MAIL_FROM: {
      about: "مُرسِل كل رسالة، ونطاقه هو الذي تُوقَّع الرسائل باسمه.",
      otherwise: `${apart("bulletin@")} ثم اسم المضيف في العنوان العام`,
    },
    NASHRA_MAIL_LEAVE: {
      about: `العنوان الذي يراسله من يريد إلغاء اشتراكه بالبريد، فسلّم ما يصل إليه إلى ${inbound} أو ${byPost}.`,
      otherwise: from,
    },
    NASHRA_DKIM: {
      about: `يوقّع الرسائل حيث لا مجلد بيانات، وفي غير ذلك ينشئ ${apart("nashra dkim")} المفاتيح ويحفظها.`,
      otherwise: `المفاتيح التي سمّاها ${apart("nashra dkim use")}`,
    },
    NASHRA_MAIL_BOUNCE: {
      about: "يعطي كل رسالة عنوان رجوع خاصًّا بها على هذا المضيف، فيُعرف من الرسالة المرتدة أي رسالة ارتدّت.",
      otherwise: `لا شيء: تذهب الرسائل المرتدة إلى ${from}`,
    },
    NASHRA_PAUSE_AT: { about: "الحد الذي يتوقف عنده العدد من نفسه، إلى أن يأذن أحد بمتابعته." },
    NASHRA_MAIL_POSTMASTER: {
      about: `الشخص الذي يصله ما يرد إلى ${apart("postmaster@")} و${apart("abuse@")} على مضيف الرسائل المرتدة.`,
      otherwise: from,
    },
    NASHRA_INBOUND: {
      about: `العنوان الذي يستقبل عليه ${apart("nashra serve")} البريد العائد.`,
      otherwise: `لا شيء: سلّمه إلى ${inbound} أو ${byPost}`,
    },
    NASHRA_INBOUND_CERTIFICATE: {
      about: `يتيح لمن يسلّم البريد أن يستعمل ${apart("STARTTLS")}، ويُضبط مع ${apart("NASHRA_INBOUND_KEY")}.`,
      otherwise: "لا شيء: يُسلَّم البريد بلا تعمية",
    },
    NASHRA_INBOUND_KEY: {
      about: `مفتاح الشهادة ${apart("NASHRA_INBOUND_CERTIFICATE")}.`,
      otherwise: "لا شيء",
    },
    NASHRA_IMAP_URL: {
      about: "صندوق بريد يُجلب منه البريد العائد كل دقيقة، حيث لا يمكن تسليمه إلى هنا.",
      otherwise: "لا شيء",
    },
    NASHRA_IMAP_DONE: {
      about: "المجلد الذي تُنقل إليه رسالة ذلك الصندوق بعد أخذها، وما كان موجّهًا إلى شخص يبقى مكانه مُعلَّمًا.",
    },
    NASHRA_SES_TOPIC: {
      about: `ما تبلّغه خدمة ${apart("Amazon SES")} عبر هذا الموضوع يُستقبل على ${apart("/inbound/ses")}.`,
      otherwise: noPage("/inbound/ses"),
    },
    NASHRA_MAILGUN_KEY: {
      about: `يتيح لخدمة ${apart("Mailgun")} أن تبلّغ بما ارتدّ، على ${apart("/inbound/mailgun")}.`,
      otherwise: noPage("/inbound/mailgun"),
    },
    NASHRA_POSTMARK_LOGIN: {
      about: `يتيح لخدمة ${apart("Postmark")} أن تبلّغ بما ارتدّ، على ${apart("/inbound/postmark")}، ويضع لها علامة في كل رسالة.`,
      otherwise: noPage("/inbound/postmark"),
    },
    NASHRA_SENDGRID_KEY: {
      about: `يتيح لخدمة ${apart("SendGrid")} أن تبلّغ بما ارتدّ، على ${apart("/inbound/sendgrid")}.`,
      otherwise: noPage("/inbound/sendgrid"),
    },
    NASHRA_BREVO_LOGIN: {
      about: `يتيح لخدمة ${apart("Brevo")} أن تبلّغ بما ارتدّ، على ${apart("/inbound/brevo")}، ويضع لها علامة في كل رسالة.`,
      otherwise: noPage("/inbound/brevo"),
    },
    NASHRA_CRON_SECRET: {
      about: `يتيح لمُجدوِل من الخارج أن يطلب ${apart("POST /cron/tick")}، ويرسل السر رمزًا لحامله (${apart("bearer token")}).`,
      otherwise: noPage("/cron/tick"),
    },
    NASHRA_SAMPLE: {
      about: "هل تُملأ قاعدة البيانات الفارغة بأخبار الصحيفة المثال.",
      otherwise: `${apart("on")}، أو ${apart("off")} حيث ضُبط ${relay}`,
    },
    NASHRA_FETCH_ALLOW: {
      about: "عناوين داخل شبكتك يُسمح بالجلب منها مع ذلك.",
    },
    NASHRA_PROXIES: {
      about: `الخوادم الوسيطة التي تُصدَّق حين تقول عمّن تطلب (${apart("X-Forwarded-For")}).`,
    },
    NASHRA_LEDGER_DAYS: {
      about:
        "المدة التي يحتفظ فيها العدد المنتهي بسطر عن كل رسالة، ثم لا يبقى إلا ما تعذّر وصوله، والباقي أعداد مجموعة.",
    },
    NASHRA_FEED_CACHE: {
      about: `أكثر ما تشغله الخلاصات الجاهزة من الذاكرة، وفي ${apart("Workers")} لا يزيد على 32.`,
    },
    NASHRA_WEBSUB_HUB: {
      about: `موزّع ${apart("WebSub")} الذي تسمّيه الخلاصات ويُبلَّغ بما يتغير فيها.`,
    },
    NASHRA_WEBSUB_SIGNATURES: {
      about: `طريقة أخرى غير ${apart("sha256")} لتوقيع ما يرسله موزّعنا إلى مضيف بعينه.`,
    },
    NASHRA_LOG_LEVEL: {
      about: `مقدار ما يُدوَّن في السجل، أسطرَ ${apart("JSON")} على مخرج الأخطاء.`,
    },
  }),
);
