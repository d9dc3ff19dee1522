// Mail providers that anybody can have an address at, as far as readers of Arabic papers use them. Their domains are where most
// sign-ups come from, and where most slips of the keyboard happen.

/** Domains of large providers, as they are written in an address. */
export const largeProviders: ReadonlySet<string> = new Set([
  ...["gmail.com", "googlemail.com"],
  ...["hotmail.com", "outlook.com", "live.com", "msn.com", "windowslive.com", "passport.com"],
  ...["hotmail.fr", "hotmail.co.uk", "hotmail.de", "hotmail.it", "hotmail.es", "hotmail.ca", "hotmail.se"],
  ...["live.fr", "live.co.uk", "live.ca", "live.nl", "live.se", "live.de", "live.dk"],
  ...["outlook.fr", "outlook.sa", "outlook.de", "outlook.es", "outlook.co", "outlook.cl"],
  ...["yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com", "yahoo.fr", "yahoo.co.uk", "yahoo.de"],
  ...[
    "yahoo.ca",
    "yahoo.com.au",
    "yahoo.es",
    "yahoo.it",
    "yahoo.co",
    "yahoo.cn",
    "yahoo.co.jp",
    "yahoo.com.br",
  ],
  ...["icloud.com", "me.com", "mac.com", "aol.com", "aim.com", "proton.me", "protonmail.com", "pm.me"],
  ...["tutanota.com", "tuta.com", "tuta.io", "fastmail.com", "fastmail.fm", "hey.com", "zoho.com"],
  ...[
    "mail.com",
    "email.com",
    "hmail.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "gmx.fr",
    "web.de",
    "t-online.de",
  ],
  ...["orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "libero.it", "btinternet.com"],
  ...["yandex.com", "yandex.ru", "ya.ru", "mail.ru", "bk.ru", "list.ru", "inbox.ru", "qq.com", "163.com"],
  ...["comcast.net", "att.net", "sbcglobal.net", "verizon.net", "rogers.com", "bell.net", "bigpond.com"],
]);

/** Those worth suggesting to whoever wrote something close to one: long enough that this is no other domain by chance. */
export const oftenMisspelt = [
  ...[
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "outlook.com",
    "windowslive.com",
    "yahoo.com",
    "ymail.com",
  ],
  ...[
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "tutanota.com",
    "fastmail.com",
    "laposte.net",
    "yandex.com",
  ],
  ...["hotmail.fr", "outlook.fr", "yahoo.fr", "outlook.sa", "hotmail.co.uk", "yahoo.co.uk"],
] as const;
