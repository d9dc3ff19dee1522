// Providers that sign nothing and send a password along: Postmark and Brevo. Whoever has it is believed, so it is a long one.
import { sameText } from "../../platform/index.ts";
import type { Told } from "./provider.ts";

/**
 * Whether a request brings the login of the setting: `user:password` as Basic (RFC 7617), anything without a colon as Bearer
 * (RFC 6750). The comparison takes the same time wherever they differ.
 */
export function bringsLogin({ header }: Told, login: string): boolean {
  const [, scheme = "", given = ""] = /^(\S{1,20}) +(\S+) *$/.exec(header("authorization") ?? "") ?? [];
  const isBasic = login.includes(":");
  const expected = isBasic ? new TextEncoder().encode(login).toBase64() : login;
  return sameText(given, expected) && scheme.toLowerCase() === (isBasic ? "basic" : "bearer");
}
