// The templates of mails: which are the publisher's own, and what is wrong with them, by file and line.
import { Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { issuePath, newestIssues } from "../digests/index.ts";
import { Actions, Badge, Block, Button, bothLanguages, Ltr, Notice, Table } from "../web/index.ts";
import { type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { SettingsPage } from "./settings.tsx";
import { Faults, placed, templatePath } from "./template-faults.tsx";
import { numberWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    title: "قوالب الرسائل",
    intro:
      "افتح قالبًا لتغيّره وترى ما يصير إليه وأنت تكتب. أو ضع قالبك في هذا المجلد باسم قالبنا، فيحل محله من الرسالة التالية. ما فيه خطأ لا يُستعمل، ويبقى آخر ما صلح.",
    folder: "المجلد",
    notHere: "القوالب هنا جزء من البرنامج: تُغيّر حيث يُبنى، وتُفحص بالأمر:",
    faults: "ما فيها من خطأ",
    good: "لا خطأ في قوالبك.",
    noneOwn: "لا قوالب لك في المجلد، فتُستعمل قوالبنا.",
    unused: "لا تستعمله رسالة: ليس له اسم قالب من قوالبنا.",
    list: "القوالب كلها",
    caption: "بترتيب الأسماء",
    name: "الاسم",
    whose: "الأصل",
    own: "قالبكم",
    ours: "قالب «نشرة»",
    preview: "كيف تبدو",
    previewText: "هكذا يبدو أقرب عدد بالقوالب المستعملة الآن: أعد فتحه بعد كل تغيير.",
    open: "عاين العدد",
  },
  en: {
    title: "Templates of mails",
    intro:
      "Open a template to change it, and see what becomes of it as you type. Or put one of yours into this folder under the name of one of ours, and it takes its place with the next mail. One with a fault is not used; the last good one stays.",
    folder: "Folder",
    notHere: "Templates are a part of the program here: they are changed where it is built, and checked by:",
    faults: "What is wrong with them",
    good: "Nothing is wrong with your templates.",
    noneOwn: "There is none of yours in the folder: ours are used.",
    unused: "No mail uses it: none of ours has its name.",
    list: "All templates",
    caption: "By name",
    name: "Name",
    whose: "Whose",
    own: "yours",
    ours: "Nashra’s",
    preview: "What they look like",
    previewText: "The newest issue, drawn with the templates in force now: open it again after each change.",
    open: "Look at the issue",
  },
});

/** `/newsroom/settings/templates`, for administrators. */
export function templateRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  const administrators = requireEditor(deps, "administrator");
  return new Hono<DeskEnv>().get("/newsroom/settings/templates", administrators, async (c) => {
    const at = await deskOf(c, deps);
    const { language, paper } = at;
    const t = words[language];
    const { templates } = deps.house;
    if (templates === null)
      return c.html(
        <SettingsPage at={at} title={t.title}>
          <Notice>
            {t.notHere} <Ltr code>npx nashra template check</Ltr>
          </Notice>
        </SettingsPage>,
      );
    const { files, faults, unused } = await templates.check();
    const names = [...new Set([...templates.builtIn, ...files])].sort();
    const [issue] = await newestIssues(db, 1);
    return c.html(
      <SettingsPage at={at} title={t.title} intro={t.intro}>
        <p>
          {t.folder}: <Ltr code>{templates.folder}</Ltr>
        </p>
        {faults.length > 0 ? (
          <Block id="faults" title={`${t.faults} (${numberWord(faults.length, language, paper)})`}>
            <Faults language={language} faults={await placed(templates, faults, null)} />
          </Block>
        ) : (
          <Notice tone={files.length > 0 ? "ok" : "plain"}>{files.length > 0 ? t.good : t.noneOwn}</Notice>
        )}
        {unused.map((file) => (
          <Notice tone="warning">
            <Ltr code>{file}</Ltr> {t.unused}
          </Notice>
        ))}
        {issue && (
          <Block id="preview" title={t.preview}>
            <p>{t.previewText}</p>
            <Actions>
              <Button kind="quiet" href={`/newsroom${issuePath(issue)}/preview`}>
                {t.open}
              </Button>
            </Actions>
          </Block>
        )}
        <Block id="list" title={t.list}>
          <Table
            caption={t.caption}
            columns={[{ label: t.name }, { label: t.whose }]}
            rows={names.map((name) => [
              <a href={templatePath(name)}>
                <Ltr code>{name}</Ltr>
              </a>,
              files.includes(name) ? <Badge tone="ok">{t.own}</Badge> : t.ours,
            ])}
          />
        </Block>
      </SettingsPage>,
    );
  });
}
