// The shell that all pages share: the HTML around them, the components in them, styles and fonts, the language a visitor
// reads, security headers, and errors for people and for programs. It knows nothing of articles or subscribers: words,
// dates and addresses come in ready to show.
export { type AssetPaths, besideStylesheet } from "./assets.ts";
export { Bar, Line } from "./charts.tsx";
export {
  Auto,
  Badge,
  Empty,
  Facts,
  Frame,
  LinkList,
  Ltr,
  Notice,
  PageHead,
  Pager,
  Source,
  Table,
  Tabs,
  type Tone,
} from "./components.tsx";
export { ErrorPage } from "./error-page.tsx";
export { Actions, Button, Choices, Field, Form } from "./form.tsx";
export { readForm } from "./form-body.ts";
export { allowOwnScript, secureHeaders } from "./headers.ts";
export { chooseLanguage } from "./language.ts";
export { idInPath, instantText, json, refusal } from "./openapi.ts";
export { type FeedLink, NewsroomPage, type NewsroomPart, Page } from "./page.tsx";
export { problem } from "./problem.ts";
export { Article, Block, Front, type Picture, type ShownTime, Stories, Story } from "./story.tsx";
export { bothLanguages, type Language } from "./words.ts";
