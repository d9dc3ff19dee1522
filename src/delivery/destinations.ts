// Which mailboxes belong together: a provider judges a sender by all that it gets from them, under whichever of its names. Pure.

/** A group and the domains that are in it: whole, or a beginning of one that ends in a country (`hotmail.` is `hotmail.fr`). */
type Group = readonly [name: string, domains: readonly string[]];

/**
 * Large providers, and those of the Arab countries that give mailboxes under several names. No MX is asked: a company whose
 * mailboxes are at Google is `other`, since the relay and not we look where it is.
 */
const groups: readonly Group[] = [
  ["gmail", ["gmail.com", "googlemail.com"]],
  ["outlook", ["outlook.", "hotmail.", "live.", "msn.com", "windowslive.com", "passport.com"]],
  ["yahoo", ["yahoo.", "ymail.com", "rocketmail.com", "myyahoo.com", "maktoob.com", "aol.", "aim.com"]],
  ["icloud", ["icloud.com", "me.com", "mac.com"]],
  ["yandex", ["yandex.", "ya.ru"]],
  ["mailru", ["mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"]],
  ["zoho", ["zoho.com", "zoho.eu", "zoho.in", "zohomail.com", "zohomail.eu", "zohomail.in"]],
  ["proton", ["proton.me", "protonmail.com", "protonmail.ch", "pm.me"]],
  ["gmx", ["gmx.", "gmx.net", "web.de", "mail.com", "email.com"]],
  ["telekom", ["t-online.de", "magenta.de"]],
  ["orange", ["orange.fr", "wanadoo.fr", "orange.jo", "orange.tn", "orange.ma", "orange.eg"]],
  ["free", ["free.fr", "aliceadsl.fr"]],
  ["sfr", ["sfr.fr", "neuf.fr", "club-internet.fr"]],
  ["laposte", ["laposte.net"]],
  ["libero", ["libero.it", "virgilio.it", "inwind.it", "iol.it", "blu.it"]],
  ["comcast", ["comcast.net", "xfinity.com"]],
  ["fastmail", ["fastmail.com", "fastmail.fm"]],
  ["tencent", ["qq.com", "foxmail.com"]],
  ["netease", ["163.com", "126.com", "yeah.net"]],
  ["naver", ["naver.com"]],
  ["etisalat", ["eim.ae", "emirates.net.ae"]],
  ["stc", ["stc.com.sa", "saudi.net.sa"]],
  ["idm", ["idm.net.lb", "inco.com.lb"]],
  ["tedata", ["tedata.net.eg", "te.eg"]],
  ["iam", ["menara.ma", "iam.ma"]],
];

/** All that are in no group. */
export const otherDestination = "other";

const whole = new Map<string, string>();
const beginnings = new Map<string, string>();
for (const [name, domains] of groups)
  for (const domain of domains) (domain.endsWith(".") ? beginnings : whole).set(domain, name);

/** `yahoo.co.uk`, `hotmail.fr`, `aol.com`: a name, and a country or `com`; `live.example.org` is somebody else's. */
const ofOneHouse = /^([a-z]+\.)(?:com|(?:com?\.)?[a-z]{2})$/;

/** The domain of an address, as it is compared. */
export const domainIn = (address: string): string =>
  address.slice(address.lastIndexOf("@") + 1).toLowerCase();

/** The group of mailboxes that an address is in. */
export function destinationOf(address: string): string {
  const domain = domainIn(address);
  const [, beginning = ""] = ofOneHouse.exec(domain) ?? [];
  return whole.get(domain) ?? beginnings.get(beginning) ?? otherDestination;
}
