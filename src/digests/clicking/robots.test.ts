import { expect, test } from "vitest";
import { isRobot } from "./robots.ts";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const iphone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

test.each<[string, boolean, Record<string, string>, method?: string]>([
  ["a browser", false, { "user-agent": firefox }],
  ["a browser that says it opens a page", false, { "user-agent": firefox, "sec-fetch-mode": "navigate" }],
  ["a telephone", false, { "user-agent": iphone }],
  [
    "a telephone of Cubot's",
    false,
    { "user-agent": "Mozilla/5.0 (Linux; Android 11; CUBOT X50) Chrome/130.0 Mobile Safari/537.36" },
  ],
  ["the browser of Facebook's program", false, { "user-agent": `${iphone} [FBAN/FBIOS;FBAV/470.0]` }],
  ["HEAD", true, { "user-agent": firefox }, "HEAD"],
  ["no name", true, {}],
  ["an empty name", true, { "user-agent": "" }],
  ["fetched in advance", true, { "user-agent": firefox, "sec-purpose": "prefetch" }],
  ["rendered in advance", true, { "user-agent": firefox, "sec-purpose": "prefetch;prerender" }],
  ["fetched in advance by an old name", true, { "user-agent": firefox, "x-moz": "prefetch" }],
  ["previewed by Safari", true, { "user-agent": iphone, "x-purpose": "preview" }],
  ["fetched by a script", true, { "user-agent": firefox, "sec-fetch-mode": "cors" }],
  ["as a picture", true, { "user-agent": firefox, "sec-fetch-mode": "no-cors" }],
  [
    "Google's crawler",
    true,
    { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" },
  ],
  ["a preview in a chat", true, { "user-agent": "TelegramBot (like TwitterBot)" }],
  [
    "another",
    true,
    { "user-agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)" },
  ],
  ["a third", true, { "user-agent": "WhatsApp/2.23.20.0 A" }],
  ["a library", true, { "user-agent": "python-requests/2.32.3" }],
  ["another library", true, { "user-agent": "Go-http-client/2.0" }],
  ["a browser without a window", true, { "user-agent": firefox.replace("Firefox", "HeadlessChrome") }],
  ["a scanner by its name", true, { "user-agent": "Barracuda Sentinel (EE)" }],
])("%s: %s", (_, robot, headers, method = "GET") =>
  expect(isRobot(method, (name) => headers[name])).toBe(robot),
);
