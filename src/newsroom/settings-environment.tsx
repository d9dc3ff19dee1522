// What is set on the server, from outside: shown as such, changed there. What is secret is told only as set or not.
import { Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { hiddenValue, type ShownSetting } from "../config.ts";
import { Badge, bothLanguages, Empty, type Language, Ltr, Table } from "../web/index.ts";
import { type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { environmentWords } from "./environment-words.ts";
import type { House } from "./house.ts";
import { SettingsPage } from "./settings.tsx";

const words = bothLanguages({
  ar: {
    title: "ما يُضبط على الخادم",
    intro:
      "تُقرأ هذه عند البدء من متغيرات البيئة، ولا تتغير من هنا: غيّرها على الخادم ثم أعد تشغيل «نشرة». الأسرار لا تظهر.",
    caption: "المضبوط أولًا",
    name: "الاسم",
    value: "القيمة",
    set: "مضبوط",
    notSet: "كما هو أصلًا",
    state: "من أين",
    about: "ما هو",
    hidden: "مضبوط ولا يظهر",
    none: "لا يقول هذا الخادم ما ضُبط عليه",
  },
  en: {
    title: "Set on the server",
    intro:
      "These are read from environment variables at the start and are not changed here: change them on the server and restart Nashra. Secrets are not shown.",
    caption: "Those that are set come first",
    name: "Name",
    value: "Value",
    set: "set",
    notSet: "default",
    state: "From where",
    about: "What it is",
    hidden: "set, hidden",
    none: "This server does not tell what is set on it",
  },
});

/** What is set from outside, and then what holds without. */
export const settingsShown = ({ environment }: Pick<House, "environment">): ShownSetting[] =>
  environment().toSorted((a, b) => Number(b.set) - Number(a.set));

/** `/newsroom/settings/environment`, for administrators. */
export function environmentRoutes(deps: NewsroomDeps) {
  const administrators = requireEditor(deps, "administrator");
  return new Hono<DeskEnv>().get("/newsroom/settings/environment", administrators, async (c) => {
    const at = await deskOf(c, deps);
    const t = words[at.language];
    const shown = settingsShown(deps.house);
    return c.html(
      <SettingsPage at={at} title={t.title} intro={t.intro}>
        {shown.length === 0 ? (
          <Empty title={t.none} />
        ) : (
          <Table
            caption={t.caption}
            columns={[{ label: t.name }, { label: t.state }, { label: t.value }, { label: t.about }]}
            rows={shown.map((it) => [
              <Ltr code>{it.name}</Ltr>,
              <Badge tone={it.set ? "ok" : "plain"}>{it.set ? t.set : t.notSet}</Badge>,
              <Value it={it} language={at.language} />,
              <About it={it} language={at.language} />,
            ])}
          />
        )}
      </SettingsPage>,
    );
  });
}

type Shown = { it: ShownSetting; language: Language };

function Value({ it, language }: Shown) {
  const arabic = language === "ar" && !it.set ? environmentWords.get(it.name)?.otherwise : undefined;
  const said = it.value === hiddenValue ? words[language].hidden : arabic;
  return said ? <span>{said}</span> : <Ltr>{it.value || "—"}</Ltr>;
}

function About({ it, language }: Shown) {
  const arabic = language === "ar" ? environmentWords.get(it.name)?.about : undefined;
  if (arabic) return <span>{arabic}</span>;
  return (
    <span lang="en" dir="ltr">
      {it.about}
    </span>
  );
}
