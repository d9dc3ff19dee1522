// Why an article stands where it does in an issue to come, or not in it.
import { Hono } from "hono";
import { type Article, directed } from "../articles/index.ts";
import { handOf, issueName, type Place, placeIn } from "../digests/index.ts";
import {
  Actions,
  Auto,
  Button,
  bothLanguages,
  ErrorPage,
  NewsroomPage,
  Notice,
  PageHead,
} from "../web/index.ts";
import { type Coming, comingIssues } from "./coming.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { issueTitle } from "./issue-title.ts";
import { storyPath } from "./stories.tsx";
import { articleIn } from "./story.tsx";
import { pointsOf, whyWords } from "./why.ts";
import { numberWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    rank: "لماذا هذا موضعه؟",
    rankIn: (issue: string) => `في ${issue}، لو بُني الآن لمن يقرأ كل الأقسام:`,
    chosen: (place: string) => `موضعه ${place}.`,
    next: (place: string) => `ليس في العدد، وهو من أول ما يليه: موضعه ${place}.`,
    behind: (last: string | null) => `ليس في العدد${last === null ? "" : `، وآخر ما فيه درجته ${last}`}.`,
    hiddenWhy: "حذفه محرر من العدد.",
    sent: "حملته أعداد سابقة من هذه النشرة، فلا يُرسل مرة أخرى.",
    beyond: "ليس منشورًا، أو هو أقدم مما ينظر فيه العدد.",
    points: (n: string) => `درجته ${n} من 100:`,
    standsFor: "يمثّل القصة في العدد:",
    back: "إلى الخبر",
  },
  en: {
    rank: "Why is it ranked so?",
    rankIn: (issue: string) => `In ${issue}, if it were built now for those who read all sections:`,
    chosen: (place: string) => `It has place ${place}.`,
    next: (place: string) => `It is not in the issue, but among the first behind it: place ${place}.`,
    behind: (last: string | null) =>
      `It is not in the issue${last === null ? "" : `, whose last story has ${last} points`}.`,
    hiddenWhy: "An editor left it out of the issue.",
    sent: "Earlier issues of this digest carried it: it is not sent again.",
    beyond: "It is not published, or older than the issue looks back.",
    points: (n: string) => `It has ${n} points of 100:`,
    standsFor: "In the issue the story is told by:",
    back: "To the story",
  },
});

/** `/newsroom/stories/:id/rank?issue=…` */
export function storyRankRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  return new Hono<DeskEnv>().get("/newsroom/stories/:id/rank", async (c) => {
    const at = await deskOf(c, deps);
    const [article, coming] = [await articleIn(c, db), await comingIssues(db)];
    const wanted = c.req.query("issue");
    const issue = wanted === undefined ? coming[0] : coming.find((it) => issueName(it) === wanted);
    if (!article || !issue) return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    const { hand } = await handOf(db, issue);
    const place = await placeIn(deps.ticking, issue.digest, issue.before, hand, article.storyId);
    return c.html(<RankPage {...{ at, article, issue, place }} />);
  });
}

function RankPage(props: { at: Desk; article: Article; issue: Coming; place: Place }) {
  const { at, article, issue, place } = props;
  const { language, paper } = at;
  const t = words[language];
  const { digits } = paper;
  const points = (score: number) => pointsOf(score, language, digits);
  return (
    <NewsroomPage {...at.desk} title={t.rank}>
      <PageHead title={t.rank} intro={<Auto>{directed(article.title)}</Auto>} />
      <p>{t.rankIn(issueTitle(issue, issue.digest, at))}</p>
      <Notice>{placeWord(place, at)}</Notice>
      {"parts" in place && (
        <>
          {"article" in place && place.article.id !== article.id && (
            <p>
              {t.standsFor}{" "}
              <a href={storyPath(place.article.id)}>
                <Auto>{directed(place.article.title)}</Auto>
              </a>
            </p>
          )}
          <p>{t.points(points(place.score))}</p>
          <ul class="points">
            {whyWords(place.parts, language, digits).map((reason) => (
              <li>{reason}</li>
            ))}
          </ul>
        </>
      )}
      <Actions>
        <Button kind="quiet" href={storyPath(article.id)}>
          {t.back}
        </Button>
      </Actions>
    </NewsroomPage>
  );
}

function placeWord(place: Place, { language, paper }: Desk): string {
  const t = words[language];
  switch (place.kind) {
    case "chosen":
    case "next":
      return t[place.kind](numberWord(place.place, language, paper));
    case "behind":
      return t.behind(place.last === null ? null : pointsOf(place.last, language, paper.digits));
    case "hidden":
      return t.hiddenWhy;
    case "sent":
    case "beyond":
      return t[place.kind];
  }
}
