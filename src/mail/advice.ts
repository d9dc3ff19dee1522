// What to do about what is wrong with a template, by what is said of it. Pure.

type Said = { ar: string; en: string };

/** The first that fits counts. Names in Arabic sentences are isolated where they are shown. */
const advices: readonly (readonly [RegExp, Said])[] = [
  [
    /undefined variable/i,
    {
      ar: "لا قيمة بهذا الاسم في هذه الرسالة. راجع تهجئته، وأسماء القيم في docs/templates.md.",
      en: "This mail has no value of that name. Check its spelling; docs/templates.md says where the names stand.",
    },
  ],
  [
    /undefined filter/i,
    {
      ar: "لا مرشّح بهذا الاسم. راجع ما بعد العلامة |، أو احذفه.",
      en: "There is no filter of that name. Check what stands behind the |, or take it away.",
    },
  ],
  [
    /tag .*not (?:found|closed)|unexpected|not closed|expected|illegal tag|unknown tag/i,
    {
      ar: "علامة من علامات Liquid ناقصة أو زائدة: لكل {% if %} خاتمة {% endif %}، ولكل {% for %} خاتمة {% endfor %}، ولكل {{ خاتمة }}.",
      en: "A tag of Liquid is missing or too many: {% if %} ends with {% endif %}, {% for %} with {% endfor %}, and {{ with }}.",
    },
  ],
  [
    /doesn.t exist or is not registered/i,
    {
      ar: "لا وسم بهذا الاسم في MJML. راجع تهجئته في documentation.mjml.io.",
      en: "MJML has no tag of that name. Check its spelling at documentation.mjml.io.",
    },
  ],
  [
    /Attribute .* (?:is illegal|has invalid value)/i,
    {
      ar: "لا يقبل هذا الوسم هذه الصفة أو قيمتها. احذفها أو صحّحها.",
      en: "This tag does not take that attribute, or not its value. Take it away or put it right.",
    },
  ],
  [
    /cannot be used inside|can only/i,
    {
      ar: "ضع هذا الوسم داخل الوسم الذي يقبله: mj-section ثم mj-column ثم ما فيه.",
      en: "Put the tag inside one that takes it: mj-section, then mj-column, then what it holds.",
    },
  ],
  [
    /mail programs take no|cannot be a script|cannot lead elsewhere|do not take/i,
    {
      ar: "احذفه: برامج البريد تحذف هذه الرسالة أو تحذّر منها.",
      en: "Take it away: mail programs drop such a mail, or warn of it.",
    },
  ],
  [
    /fonts and styles from elsewhere|would tell who/i,
    {
      ar: "احذفه: يخبر غيرنا بمن يقرأ.",
      en: "Take it away: it tells others who reads.",
    },
  ],
  [
    /filter raw|without escaping/i,
    {
      ar: "اكتب النص بـ {{ النص | bidi }} من دون raw.",
      en: "Write the text as {{ text | bidi }}, without raw.",
    },
  ],
  [
    /^lacks/i,
    {
      ar: "أعد إلى القالب ما نقص منه: لا تخرج رسالة من دونه.",
      en: "Put back what is missing: no mail leaves without it.",
    },
  ],
  [
    /is no name of a template|no such file|ENOENT/i,
    {
      ar: "لا قالب بهذا الاسم. راجع ما بعد render أو reuse أو layout.",
      en: "There is no template of that name. Check what stands behind render, reuse or layout.",
    },
  ],
  [
    /limit exceeded/i,
    {
      ar: "في القالب حلقة لا تنتهي أو أكبر مما ينبغي. اختصرها.",
      en: "The template has a loop without end, or one that is too large. Shorten it.",
    },
  ],
];

const other: Said = {
  ar: "صحّح السطر، أو عد إلى قالبنا.",
  en: "Put the line right, or go back to our template.",
};

/** What to do about a fault. */
export const faultAdvice = ({ message }: { message: string }): Said =>
  advices.find(([pattern]) => pattern.test(message))?.[1] ?? other;
