// Getting by steps, alike on both hosts: redirects are followed by hand, each step is checked anew, one deadline bounds all.
import { type fetchLimits, type GetResult, type GuardedGet, withoutKeys } from "../platform/index.ts";
import { insideWhy, isWeb, withinASecond, wordsOf } from "./reach.ts";

/** One request. @returns the head of its answer; null if it leads inside. Throws what goes wrong on the way. */
export type Step = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  deadline: AbortSignal,
) => Promise<Answer | null>;

type Answer = {
  status: number;
  headers: Headers;
  /** The body unpacked; null if that takes more octets. Throws if it breaks off. */
  read: (most: number) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Lets go of the connection. */
  close: () => void;
};

export type Limits = Readonly<Record<keyof typeof fetchLimits, number>>;

/** Gets by such steps. */
export function following(step: Step, limits: Limits): GuardedGet {
  return async ({ url: start, headers = {}, bytes = limits.bytes }) => {
    const deadline = AbortSignal.timeout(limits.seconds * 1000);
    let url = withoutLogin(start);
    let permanentUrl = url;
    let forEver = true;
    let sent = headers;
    try {
      for (let redirects = 0; redirects <= limits.redirects; redirects++) {
        if (!isWeb(url)) return silence(`${url.href} is neither http nor https.`);
        const answer = await step(url, sent, deadline);
        if (answer === null) return { kind: "inside", why: insideWhy(url) };
        const { status } = answer;
        const location = redirecting.has(status) ? answer.headers.get("Location") : null;
        if (!location) return await whole(answer, { url, permanentUrl, bytes });
        answer.close();
        const next = URL.parse(asUtf8(location), url);
        if (!next) return silence(`${url.href} redirects to "${location}", which is no address.`);
        if (next.origin !== url.origin) sent = openHeaders(sent);
        url = withoutLogin(next);
        forEver &&= status === 301 || status === 308;
        if (forEver) permanentUrl = url;
      }
      return silence(`${start.href} redirects more than ${limits.redirects} times.`);
    } catch (error) {
      return silence(
        deadline.aborted
          ? `${url.href} took more than ${limits.seconds} seconds.`
          : `${url.href} could not be read: ${wordsOf(error)}`,
      );
    }
  };
}

const silence = (why: string): GetResult => ({ kind: "silence", why: withoutKeys(why) });

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Of an answer that is no success the status counts: its body is what came of it within a second, if anything. */
async function whole(
  { status, headers, read, close }: Answer,
  { url, permanentUrl, bytes }: { url: URL; permanentUrl: URL; bytes: number },
): Promise<GetResult> {
  try {
    const isSuccess = status >= 200 && status < 300 && status !== 204;
    const body = isSuccess
      ? await read(bytes)
      : ((await withinASecond(read(bytes).catch(() => null))) ?? new Uint8Array());
    if (body === null) return silence(`${url.href} is larger than ${bytes} octets.`);
    return { kind: "answer", url, permanentUrl, status, headers, body };
  } finally {
    close();
  }
}

/** Nobody's name and password are sent, nor shown where an address is named. */
function withoutLogin(url: URL): URL {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare;
}

/** What another origin may see too: what is wanted and what is known of it, never who asks. */
const openHeaders = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) =>
      /^(?:accept|accept-language|if-none-match|if-modified-since)$/i.test(name),
    ),
  );

/** Servers write Arabic addresses as they are, in UTF-8; of a header we are given each octet as a letter. */
function asUtf8(location: string): string {
  if (!/^[\0-\xff]*[\x80-\xff][\0-\xff]*$/.test(location)) return location;
  try {
    const octets = Uint8Array.from(location, (letter) => letter.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    return location;
  }
}
