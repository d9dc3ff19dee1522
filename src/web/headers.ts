// The headers that keep a page to itself: no script, no style but ours, nobody's frame.
import type { Context } from "hono";
import { secureHeaders as honoSecureHeaders } from "hono/secure-headers";

const policy = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  fontSrc: ["'self'"],
  imgSrc: ["'self'", "https:", "data:"],
  formAction: ["'self'"],
  frameSrc: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * Lets one page run scripts from our assets, and no others; all else stays as it is on every page.
 *
 * @param asks whether they may ask us for more
 */
export function allowOwnScript(c: Context, asks = false): void {
  const allowed = { ...policy, scriptSrc: ["'self'"], ...(asks && { connectSrc: ["'self'"] }) };
  const directives = Object.entries(allowed).map(
    ([name, sources]) =>
      `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${sources.join(" ")}`,
  );
  c.header("Content-Security-Policy", directives.join("; "));
}

/**
 * Security headers on every reply. A handler that sets one of them itself keeps its own value: the outbox shows mails
 * under another Content-Security-Policy.
 *
 * The referrer is the bare origin: addresses of ours carry tokens, which no other site may see, while a publisher may see
 * who sends it readers; and with `no-referrer` browsers send `Origin: null` on forms, which the check against forged
 * requests refuses.
 *
 * @param publicUrl where the outside finds us; browsers are told to insist on https only if it is https
 */
export function secureHeaders(publicUrl: URL) {
  return honoSecureHeaders({
    overwrite: false,
    contentSecurityPolicy: policy,
    permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
    referrerPolicy: "strict-origin",
    // Of this host alone: its parent's other names are not ours to decide.
    strictTransportSecurity: publicUrl.protocol === "https:" ? "max-age=31536000" : false,
    // Pictures and feeds are there for other sites' readers.
    crossOriginResourcePolicy: false,
    // Said by frame-ancestors, which a handler can loosen in the one place.
    xFrameOptions: false,
    // For browsers and plug-ins that are gone, or of no use here.
    originAgentCluster: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xDnsPrefetchControl: false,
  });
}
