// What administrators do with a template, on its page and by the API: try it out, keep it, go back to ours.
import { audit } from "../accounts/index.ts";
import type { TriedTemplate } from "../mail/index.ts";
import { inMails, readPublisher } from "../settings/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import type { SampleMail, SavedTemplate, ShownTemplates } from "./house.ts";

/** As much as a template takes, and more than anybody writes. */
export const longestTemplate = 200_000;

/**
 * Keeps a template's text, with an entry in the log; with null takes the publisher's file away.
 *
 * @param seen the mark of the text that was changed
 */
export async function saveTemplate(
  { database, now }: Pick<NewsroomDeps, "database" | "now">,
  templates: Pick<ShownTemplates, "save">,
  { name, text, seen }: { name: string; text: string | null; seen: string },
  actor: string,
): Promise<SavedTemplate> {
  const saved = await templates.save(name, text, seen);
  if (saved.kind === "saved") {
    const act = text === null ? "template-back" : "template-set";
    await database.batch([audit(database.db, { actor, act, subject: name }, now())]);
  }
  return saved;
}

/** A mail as it would come out with this text in a template's place, in the paper's own looks. Nothing is kept. */
export async function drawTemplate(
  { database, site }: Pick<NewsroomDeps, "database" | "site">,
  templates: Pick<ShownTemplates, "tryOut">,
  draft: { name: string; text: string },
  { mail, language }: { mail: SampleMail; language: "ar" | "en" },
): Promise<TriedTemplate> {
  const { name, colour, logoUrl } = inMails(await readPublisher(database.db), site, language);
  return templates.tryOut(draft, mail, language, { name, colour, logoUrl });
}
