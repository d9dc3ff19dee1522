// What whoever asks is told where there is no answer.
import type { Context } from "hono";
import { type AssetPaths, chooseLanguage, ErrorPage, problem } from "./web/index.ts";

/** What every page shows round the words of a failure. */
type Shell = Omit<Parameters<typeof ErrorPage>[0], "status" | "sentence" | "requestId">;

/** How requests fail: in problem details for programs, as a page for people. */
export function failures({ shell, assets }: { shell: (c: Context) => Promise<Shell>; assets: AssetPaths }) {
  return async function failure(c: Context, status: number, why?: string, sentence?: string) {
    // A person who follows a link to a feed that is gone is told in a page, a reader in problem details.
    const isVisit = c.req.header("Sec-Fetch-Mode") === "navigate";
    if (/^\/(api|cron|metrics)\b/.test(c.req.path) || (c.req.path.startsWith("/feeds") && !isVisit)) {
      const title = status === 404 ? "Not found" : status >= 500 ? "Our fault" : "Refused";
      return problem(c, {
        status: asStatus(status),
        title,
        ...(why ? { detail: why } : {}),
        request: c.get("requestId"),
      });
    }
    const language = chooseLanguage(c, "ar");
    const bare: Shell = {
      language,
      publisher: { name: language === "ar" ? "نشرة" : "Nashra" },
      path: c.req.path,
      assets,
    };
    const page = await shell(c).catch(() => bare); // the database may be what is at fault
    if (page.desk) c.header("Cache-Control", "no-store");
    return c.html(
      <ErrorPage {...page} status={status} sentence={sentence} requestId={c.get("requestId")} />,
      asStatus(status),
    );
  };
}

/** The statuses that we answer with; any other is told as 400 or 500. */
function asStatus(status: number): 400 | 401 | 403 | 404 | 405 | 410 | 413 | 414 | 415 | 500 {
  for (const known of [401, 403, 404, 405, 410, 413, 414, 415] as const) if (status === known) return known;
  return status >= 500 ? 500 : 400;
}
