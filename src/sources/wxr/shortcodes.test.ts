import { expect, test } from "vitest";
import { unfoldShortcodes } from "./shortcodes.ts";

const picture = (id: number) =>
  id === 4 || id === 5
    ? {
        url: `https://paper.test/${id}.jpg?a=1&b="`,
        type: "image/jpeg",
        length: null,
        width: id === 4 ? 640 : null,
        height: 480,
        alt: id === 4 ? 'قارب "صغير"' : null,
        credit: null,
      }
    : null;

const img = '<img src="/1.jpg" alt="">';
const figure4 =
  '<figure><img src="https://paper.test/4.jpg?a=1&amp;b=&quot;" alt="قارب &quot;صغير&quot;" width="640" height="480"></figure>';
const figure5 = '<figure><img src="https://paper.test/5.jpg?a=1&amp;b=&quot;" alt=""></figure>';

test.each<[string, string, string, string]>([
  ["no brackets", "نص", "نص", ""],
  [
    "a caption",
    `[caption id="a" width="640"]${img} جسر <b>قديم</b>[/caption]`,
    `\n\n<figure>${img}<figcaption>جسر <b>قديم</b></figcaption></figure>\n\n`,
    "",
  ],
  [
    "a caption of a linked picture",
    `[caption]<a href="/">${img}</a> جسر[/caption]`,
    `\n\n<figure><a href="/">${img}</a><figcaption>جسر</figcaption></figure>\n\n`,
    "",
  ],
  [
    "a caption as it was before 3.4",
    `[wp_caption caption="جسر قديم"]${img}[/wp_caption]`,
    `\n\n<figure>${img}<figcaption>جسر قديم</figcaption></figure>\n\n`,
    "",
  ],
  [
    "a caption in its attribute",
    `[caption caption='جسر']${img}[/caption]`,
    `\n\n<figure>${img}<figcaption>جسر</figcaption></figure>\n\n`,
    "",
  ],
  ["a caption without words", `[caption]${img}[/caption]`, `\n\n<figure>${img}</figure>\n\n`, ""],
  ["a caption without an end", `[caption]${img} جسر`, `${img} جسر`, ""],
  ["an end without a caption", "نص[/caption]", "نص", ""],
  ["a gallery", '[gallery ids="4, 5,9,x" columns="3"]', `\n\n${figure4}\n${figure5}\n\n`, ""],
  ["a gallery of what is not known", '[gallery ids="7"]', "", ""],
  ["a gallery of the article's own", "قبل[gallery]بعد", "قبلبعد", ""],
  [
    "an embedded address",
    "[embed width=500]https://v.test/1?a=1[/embed]",
    '\n\n<p><a href="https://v.test/1?a=1">https://v.test/1?a=1</a></p>\n\n',
    "",
  ],
  ["an embedded script", '[embed]javascript:alert("1")[/embed]', "", ""],
  [
    "a recording",
    '[audio mp3="https://v.test/1.mp3"][/audio]',
    '\n\n<p><a href="https://v.test/1.mp3">https://v.test/1.mp3</a></p>\n\n',
    "",
  ],
  ["a page builder", '[vc_row][vc_column width="1/2"]نص[/vc_column][/vc_row]', "نص", "vc_row vc_column"],
  ["its raw HTML", "[vc_raw_html]JTNDcCUzRQ==[/vc_raw_html]نص", "نص", ""],
  ["a plugin's with values", '[contact-form-7 id="12" title="راسلنا"]', "", "contact-form-7"],
  ["values with brackets of HTML", '[x_y css=".a>b{c:d}"]نص', "نص", "x_y"],
  ["one that closes itself", "[ad /]نص", "نص", "ad"],
  ["one that encloses", "[box]نص[/box]", "نص", "box"],
  ["escaped", '[[gallery ids="4"]]', '[gallery ids="4"]', ""],
  ["an agency", "[AFP] قال [sic] ثم [1] و[يتبع]", "[AFP] قال [sic] ثم [1] و[يتبع]", ""],
  ["code", "a[i] = b[j]", "a[i] = b[j]", ""],
  ["the end of a list", "[related_posts n=3]]", "]", "related_posts"],
])("%s", (_, text, html, removed) =>
  expect(unfoldShortcodes(text, picture)).toEqual({ html, removed: removed.split(" ").filter(Boolean) }),
);

test.each(["[a ", '[a "', "[a '", "[caption]", "[[", "[/x]", "[embed]h[/embed]", "[gallery ids=1]"])(
  "a million octets of %s are done before the test times out",
  (unit) => {
    unfoldShortcodes(unit.repeat(1_000_000 / unit.length), picture);
  },
);
