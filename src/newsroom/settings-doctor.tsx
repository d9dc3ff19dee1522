// What the doctor finds when asked: DNS, relay, certificate, clock, disk and database, with the records to add.
import { Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { type Check, type Finding, type State, zoneLine } from "../doctor/index.ts";
import {
  Actions,
  Badge,
  Block,
  Button,
  bothLanguages,
  Form,
  type Language,
  Ltr,
  Notice,
  Source,
  type Tone,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { SettingsPage } from "./settings.tsx";

const path = "/newsroom/settings/doctor";

/** The doctor ends by itself in some twenty seconds; nobody waits longer for the page. */
const longestSeconds = 40;

const words = bothLanguages({
  ar: {
    title: "الفحص",
    intro:
      "هل تصل رسائلنا؟ يُسأل DNS والخادم الذي يحمل البريد والشهادة والساعة والقرص وقاعدة البيانات. قد يستغرق نصف دقيقة.",
    run: "افحص الآن",
    again: "افحص مرة أخرى",
    command: "لا يجري الفحص من صفحات هذا الخادم. شغّله حيث وُضع البرنامج:",
    late: "لم ينته الفحص في أربعين ثانية. أعده، أو شغّله بالأمر:",
    states: { ok: "سليم", warning: "يُنظر فيه", broken: "معطل", unknown: "لا يُعرف" } satisfies Record<
      State,
      string
    >,
    checks: {
      spf: "من يرسل باسم النطاق (SPF)",
      dkim: "التوقيع (DKIM)",
      dmarc: "ما يُفعل بغير الموقّع (DMARC)",
      "reverse-name": "اسم عنوان الخادم (PTR)",
      "bounce-host": "استقبال الرسائل المرتدة",
      relay: "خادم البريد",
      certificate: "الشهادة",
      "one-click": "إلغاء الاشتراك بنقرة",
      "signed-headers": "الترويسات الموقّعة",
      clock: "الساعة",
      disk: "القرص",
      database: "قاعدة البيانات",
      backup: "النسخ الاحتياطي",
    } satisfies Record<Check, string>,
    records: (name: string) => `انسخ هذا إلى DNS: \u2068${name}\u2069`,
    allWell: "كل شيء سليم.",
  },
  en: {
    title: "Doctor",
    intro:
      "Does our mail arrive? DNS, the relay, the certificate, the clock, the disk and the database are asked. It may take half a minute.",
    run: "Look now",
    again: "Look again",
    command: "The doctor does not run from the pages of this host. Run it where the program is kept:",
    late: "The doctor was not done within forty seconds. Try again, or run:",
    states: { ok: "in order", warning: "to look at", broken: "broken", unknown: "unknown" },
    checks: {
      spf: "Who sends in the domain’s name (SPF)",
      dkim: "Signature (DKIM)",
      dmarc: "What becomes of unsigned mail (DMARC)",
      "reverse-name": "Name of the server’s address (PTR)",
      "bounce-host": "Bounces come in",
      relay: "Relay",
      certificate: "Certificate",
      "one-click": "One-click unsubscribe",
      "signed-headers": "Signed headers",
      clock: "Clock",
      disk: "Disk",
      database: "Database",
      backup: "Backup",
    },
    records: (name: string) => `To copy into DNS: ${name}`,
    allWell: "All is in order.",
  },
});

const tones: Readonly<Record<State, Tone>> = {
  ok: "ok",
  warning: "warning",
  broken: "error",
  unknown: "plain",
};
const order: readonly State[] = ["broken", "warning", "unknown", "ok"];

/** `/newsroom/settings/doctor`, for administrators. It looks when it is asked to, and changes nothing. */
export function doctorRoutes(deps: NewsroomDeps) {
  const administrators = requireEditor(deps, "administrator");
  return new Hono<DeskEnv>()
    .get(path, administrators, async (c) => {
      const at = await deskOf(c, deps);
      return c.html(<DoctorPage at={at} can={deps.house.doctor !== null} found={null} />);
    })
    .post(path, administrators, async (c) => {
      const found = deps.house.doctor === null ? null : await within(deps.house.doctor());
      const at = await deskOf(c, deps);
      return c.html(<DoctorPage at={at} can={deps.house.doctor !== null} found={found} />);
    });
}

/** What was found, the worst first. */
export const worstFirst = (found: readonly Finding[]): Finding[] =>
  found.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));

/** The findings, or that they took longer than anybody waits. */
export async function within(findings: Promise<Finding[]>): Promise<Finding[] | "late"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), longestSeconds * 1000);
  });
  try {
    return await Promise.race([findings, late]);
  } finally {
    clearTimeout(timer);
  }
}

function DoctorPage({ at, can, found }: { at: Desk; can: boolean; found: Finding[] | "late" | null }) {
  const t = words[at.language];
  const command = <Ltr code>npx nashra doctor</Ltr>;
  return (
    <SettingsPage at={at} title={t.title} intro={t.intro}>
      {!can && (
        <Notice>
          {t.command} {command}
        </Notice>
      )}
      {found === "late" && (
        <Notice tone="error">
          {t.late} {command}
        </Notice>
      )}
      {can && (
        <Form action={path} label={t.title}>
          <Actions>
            <Button>{found === null ? t.run : t.again}</Button>
          </Actions>
        </Form>
      )}
      {Array.isArray(found) && <Findings at={at} found={found} />}
    </SettingsPage>
  );
}

/** What was found, the worst first, each with what to do and the records to copy. */
export function Findings({ at, found }: { at: Desk; found: readonly Finding[] }) {
  const { language } = at;
  const t = words[language];
  return (
    <>
      {found.every(({ state }) => state === "ok") && <Notice tone="ok">{t.allWell}</Notice>}
      {worstFirst(found).map(({ check, subject, state, what, todo, records }, i) => (
        <Block
          id={`finding-${i}`}
          title={subject === "" ? t.checks[check] : `${t.checks[check]}: \u2068${subject}\u2069`}
        >
          <p>
            <Badge tone={tones[state]}>{t.states[state]}</Badge> {findingWords(what, language)}
          </p>
          {todo && <p>{findingWords(todo, language)}</p>}
          {records.map((record, j) => (
            <Source label={`${t.records(record.name)} ${i + 1}.${j + 1}`} text={zoneLine(record)} />
          ))}
        </Block>
      ))}
    </>
  );
}

/** Words, names, addresses and commands in other letters, one after the other; a full stop or a colon behind them is the sentence's. */
const foreign = /(?:[A-Za-z]|\d+\.\d)(?:[\w.@:/-]*[\w/])?(?: (?:--)?[A-Za-z0-9](?:[\w.@:/-]*[\w/])?)*/g;

/** A sentence of a finding; in Arabic its names, addresses and commands are isolated, so that each reads whole and the other way. */
export const findingWords = (said: Finding["what"], language: Language): string =>
  language === "ar" ? said.ar.replace(foreign, "\u2068$&\u2069") : said[language];
