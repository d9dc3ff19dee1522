// For publishers: the form for other sites, to look at and to copy, and the script that may go with it.
import { type Context, Hono } from "hono";
import { html, raw } from "hono/html";
import { Auto, Block, Frame, Page, PageHead, Source } from "../../web/index.ts";
import { digestName, listed, type Offer, sectionName } from "../choices.ts";
import type { Language, Shell, SubscriberDeps, Visits } from "../visit.tsx";
import { formScript, formSnippet } from "./snippet.ts";
import { words } from "./words.ts";

/** `/subscribe/embed`, its previews, and `/subscribe.js`. All are public and change nothing. */
export function embedRoutes({ site }: SubscriberDeps, visits: Visits) {
  /** What the address asks for, as far as the paper has it. */
  const chosenIn = async (c: Context): Promise<Offer> => {
    const { digests, sections } = await visits.offerToNew();
    const asked = (name: string) => c.req.queries(name) ?? [];
    return {
      digests: digests.filter(({ slug }) => asked("digest").includes(slug)),
      sections: sections.filter(({ slug }) => asked("section").includes(slug)),
    };
  };
  return new Hono()
    .get("/subscribe/embed", async (c) => {
      const shell = { ...(await visits.shellOf(c)), robots: "noindex" };
      const chosen = await chosenIn(c);
      const [first] = (await visits.offerToNew()).digests;
      const digests = chosen.digests.length > 0 ? chosen.digests : first ? [first] : [];
      return c.html(<EmbedPage shell={shell} site={site} offer={{ ...chosen, digests }} />);
    })
    .get("/subscribe/embed/preview", async (c) => {
      const language = c.req.query("language") === "en" ? "en" : "ar";
      c.header("Cache-Control", "no-store");
      c.header(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
      );
      return c.html(previewOf(formSnippet(site, language, slugsOf(await chosenIn(c))), language));
    })
    .get("/subscribe.js", (c) => {
      c.header("Cache-Control", "public, max-age=86400");
      c.header("Content-Type", "text/javascript; charset=utf-8");
      return c.body(formScript);
    });
}

const slugsOf = ({ digests, sections }: Offer) => ({
  digests: digests.map(({ slug }) => slug),
  sections: sections.map(({ slug }) => slug),
});

/** A page of somebody else's, with nothing on it but the form, and without the script. */
const previewOf = (snippet: string, language: Language) =>
  html`<!doctype html>
<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark"><title>${words[language].embedPreview}</title>
<body style="margin:1rem;font:1rem/1.7 'Segoe UI',Tahoma,Arial,sans-serif">
${raw(snippet.replace(/<script.*$/s, ""))}
</body></html>`;

function EmbedPage({ shell, site, offer }: { shell: Shell; site: URL; offer: Offer }) {
  const { language } = shell;
  const t = words[language];
  const query = [
    ...offer.digests.map(({ slug }) => `&digest=${encodeURIComponent(slug)}`),
    ...offer.sections.map(({ slug }) => `&section=${encodeURIComponent(slug)}`),
  ].join("");
  const what = t.embedFor(
    listed(
      offer.digests.map((it) => digestName(it, language)),
      language,
    ),
    listed(
      offer.sections.map((it) => sectionName(it, language)),
      language,
    ),
  );
  return (
    <Page {...shell} title={t.embedTitle}>
      <PageHead title={t.embedTitle} intro={t.embedIntro} />
      <p>
        <Auto>{what}</Auto> {t.embedNote}
      </p>
      {(language === "ar" ? (["ar", "en"] as const) : (["en", "ar"] as const)).map((of) => {
        const title = of === "ar" ? t.embedArabic : t.embedEnglish;
        return (
          <Block id={`form-${of}`} title={title}>
            <Frame
              src={`/subscribe/embed/preview?language=${of}${query}`}
              title={`${title}: ${t.embedPreview}`}
              width="form"
            />
            <Source text={formSnippet(site, of, slugsOf(offer))} label={`${title}: ${t.embedCode}`} />
          </Block>
        );
      })}
    </Page>
  );
}
