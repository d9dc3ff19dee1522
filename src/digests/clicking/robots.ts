// Requests that no reader makes: mail programs and scanners that look at links before anybody does. Pure.

/**
 * Names of programs that say what they are. Bots, crawlers and libraries say so in one of these ways, and whatever fetches a preview
 * of a link for a chat. (Cubot makes telephones.) Scanners that pass for browsers are told by what they do: see people.ts.
 */
const programs =
  /(?<!cu)bot\b|crawl|spider|slurp|scan|monitor|preview|fetch|headless|phantomjs|imageproxy|mailproxy|externalhit|whatsapp|^skype|curl\/|wget\/|python|perl|ruby|java\/|okhttp|go-http|httpclient|http-client|libwww|axios|undici|^node|barracuda|mimecast|proofpoint|bitdefender|cisco|sophos|fireeye|trendmicro|kaspersky|symantec|messagelabs|forcepoint|fortinet|zscaler|urldefense|safelinks/i;

/** @param header of the request, by its name in any case */
export function isRobot(method: string, header: (name: string) => string | undefined): boolean {
  if (method !== "GET") return true;
  // Fetched in advance, by whatever name (W3C Resource Hints, and what was there before).
  const purpose = [header("sec-purpose"), header("purpose"), header("x-purpose"), header("x-moz")].join(" ");
  if (/prefetch|prerender|preview/i.test(purpose)) return true;
  // A browser that says what it does with the answer shows a page of it (W3C Fetch Metadata).
  const mode = header("sec-fetch-mode");
  if (mode !== undefined && mode !== "navigate") return true;
  const userAgent = header("user-agent") ?? "";
  return userAgent === "" || programs.test(userAgent.slice(0, 400));
}
