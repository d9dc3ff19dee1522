// Where else readers find the paper, and all that mails say of it.
import type { DigestMail } from "../mail/index.ts";
import type { Publisher } from "./publisher.ts";

/** Sites that readers know by a name; any other is called by its host. */
const sites: readonly { host: RegExp; ar: string; en: string }[] = [
  { host: /(^|\.)facebook\.com$|^fb\.com$/, ar: "فيسبوك", en: "Facebook" },
  { host: /^(x|twitter)\.com$/, ar: "إكس", en: "X" },
  { host: /(^|\.)instagram\.com$/, ar: "إنستغرام", en: "Instagram" },
  { host: /(^|\.)youtube\.com$|^youtu\.be$/, ar: "يوتيوب", en: "YouTube" },
  { host: /^t\.me$|(^|\.)telegram\.me$/, ar: "تلغرام", en: "Telegram" },
  { host: /(^|\.)whatsapp\.com$|^wa\.me$/, ar: "واتساب", en: "WhatsApp" },
  { host: /(^|\.)linkedin\.com$/, ar: "لينكدإن", en: "LinkedIn" },
  { host: /(^|\.)tiktok\.com$/, ar: "تيك توك", en: "TikTok" },
  { host: /(^|\.)threads\.(net|com)$/, ar: "ثريدز", en: "Threads" },
  { host: /^bsky\.app$/, ar: "بلوسكاي", en: "Bluesky" },
];

/** The name of a page of the paper elsewhere. */
export function siteName(url: string, language: "ar" | "en"): string {
  const host = new URL(url).hostname.replace(/^(www|m)\./, "");
  return sites.find((site) => site.host.test(host))?.[language] ?? host;
}

/** What every mail says of the paper. */
export const inMails = (publisher: Publisher, site: URL, language: "ar" | "en"): DigestMail["publisher"] => ({
  name: language === "ar" ? publisher.name : publisher.nameEn,
  url: new URL("/", site).href,
  logoUrl: publisher.logoUrl,
  colour: publisher.colour,
  postalAddress: publisher.postalAddress,
  social: publisher.social
    .split(" ")
    .filter((url) => url !== "")
    .map((url) => ({ name: siteName(url, language), url })),
});
