// What the mails say that are no issues: which template, and what stands in it.
import { z } from "zod";
import type { Keyring } from "../config.ts";
import { type ConfirmMail, mailWords } from "../mail/index.ts";
import type { Publisher } from "../settings/index.ts";
import type { SubscriberId } from "./consent.ts";
import { makeLink } from "./links.ts";
import { type DigestChoice, digestName } from "./pages.tsx";
import type { RequestId } from "./tables.ts";

/** A notice as the ledger has it. */
type QueuedNotice = { id: number; kind: string; language: "ar" | "en"; data: string };

type NoticeDeps = {
  publisher: Publisher;
  site: URL;
  keys: Keyring;
  digests: readonly DigestChoice[];
  /** The mail's own: its links work from then on. */
  date: Temporal.Instant;
};

const id = <Id extends number>() => z.custom<Id>((it) => Number.isSafeInteger(it));
const confirmData = z.object({
  subscriber: id<SubscriberId>(),
  request: id<RequestId>(),
  digests: z.array(z.number()),
});

/** The template of a notice and what it is given. @throws on a notice of a kind that nobody here writes */
export async function noticeMail(
  notice: QueuedNotice,
  { publisher, site, keys, digests, date }: NoticeDeps,
): Promise<{ template: "confirm"; data: ConfirmMail }> {
  if (notice.kind !== "confirm")
    throw new Error(`Notice ${notice.id} is of the unknown kind "${notice.kind}".`);
  const { language } = notice;
  const asked = confirmData.parse(JSON.parse(notice.data));
  const names = digests.filter((it) => asked.digests.includes(it.id)).map((it) => digestName(it, language));
  if (names.length === 0) throw new Error(`Notice ${notice.id} asks about digests that are gone.`);
  const words = mailWords(language);
  const name = language === "ar" ? publisher.name : publisher.nameEn;
  return {
    template: "confirm",
    data: {
      language,
      dir: language === "ar" ? "rtl" : "ltr",
      publisher: {
        name,
        url: new URL("/", site).href,
        logoUrl: publisher.logoUrl,
        colour: publisher.colour,
        postalAddress: publisher.postalAddress,
      },
      digest: { name: names.join(language === "ar" ? "، " : ", ") },
      subject: `${words.confirmSubject} ${name}`,
      preheader: words.confirmTitle,
      sample: publisher.sample,
      words,
      link: await makeLink(keys, site, "confirm", asked, date),
      expiry: words.confirmExpiry,
    },
  };
}
