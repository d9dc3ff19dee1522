import fc from "fast-check";
import { expect, test } from "vitest";
import { paragraphs } from "./paragraphs.ts";

test.each([
  ["one line", "سطر", "<p>سطر</p>"],
  ["a blank line between", "أول\n\nثان", "<p>أول</p>\n<p>ثان</p>"],
  ["several, with spaces in them", "أول\n \n\t\n\nثان", "<p>أول</p>\n<p>ثان</p>"],
  ["a line's end", "أول\nثان", "<p>أول<br>\nثان</p>"],
  ["Windows and old Mac line ends", "أول\r\n\r\nثان\rثالث", "<p>أول</p>\n<p>ثان<br>\nثالث</p>"],
  ["a break that is there", "أول<br />\nثان", "<p>أول<br />\nثان</p>"],
  ["two breaks", "أول<br><br />ثان", "<p>أول</p>\n<p>ثان</p>"],
  ["inline tags", "<strong>أول</strong> و<em>ثان</em>", "<p><strong>أول</strong> و<em>ثان</em></p>"],
  ["a line's end in a tag", '<a\nhref="/x">رابط</a>', '<p><a href="/x">رابط</a></p>'],
  ["paragraphs that are there", "<p>أول</p>\n\n<p>ثان</p>", "<p>أول</p>\n<p>ثان</p>"],
  ["a line's end in one", "<p>أول\nثان</p>", "<p>أول<br>\nثان</p>"],
  ["a blank line in one", "<p>أول\n\nثان</p>", "<p>أول</p>\n<p>ثان</p>"],
  ["one that nobody closed", "<p>أول\n<h2>عنوان</h2>\nثان", "<p>أول<h2>عنوان</h2>\n<p>ثان</p>"],
  ["a heading", "أول\n<h2>عنوان</h2>\nثان", "<p>أول</p>\n<h2>عنوان</h2>\n<p>ثان</p>"],
  ["a line's end in a heading", "<h2>أول\nثان</h2>", "<h2>أول<br>\nثان</h2>"],
  ["a list", "<ul>\n<li>أول</li>\n<li>ثان</li>\n</ul>", "<ul>\n<li>أول</li>\n<li>ثان</li>\n</ul>"],
  ["a division of one paragraph", "<div>نص</div>", "<div>نص</div>"],
  ["a division of two", "<div>أول\n\nثان</div>", "<div>\n<p>أول</p>\n<p>ثان</p>\n</div>"],
  ["a quotation", "<blockquote>قول</blockquote>", "<blockquote>\n<p>قول</p>\n</blockquote>"],
  ["a table", "<table><tr><td>1\n2</td></tr></table>", "<table><tr><td>1<br>\n2</td></tr></table>"],
  ["preformatted text", "<pre>a\n\n  <b>b</b>\nc</pre>", "<pre>a\n\n  <b>b</b>\nc</pre>"],
  ["a script", "<script>a\n\nb</script>\nنص", "<script>a\n\nb</script>\n<p>نص</p>"],
  ["preformatted text without an end", "نص<pre>a\n\nb", "<p>نص</p>\n<pre>a\n\nb"],
  [
    "an address alone",
    "أول\n\nhttps://v.test/1\n\nثان",
    '<p>أول</p>\n<p><a href="https://v.test/1">https://v.test/1</a></p>\n<p>ثان</p>',
  ],
  ["a lone <", "1 < 2\n\n3 > 2", "<p>1 < 2</p>\n<p>3 > 2</p>"],
  ["nothing", " \n\n ", ""],
])("%s", (_, given, html) => {
  expect(paragraphs(given)).toBe(html);
  expect(paragraphs(html)).toBe(html);
});

const parts = [
  "<p>",
  "</p>",
  "<div>",
  "</div>",
  "<pre>",
  "</pre>",
  "<li>",
  "<b>",
  "</b>",
  "<br>",
  "<blockquote>",
  "</blockquote>",
  "<h2>",
  "</h2>",
  "<hr>",
  "\n",
  "\n\n",
  " ",
  "نص",
  "<",
  ">",
  '"',
];

test("no word is lost or doubled", () =>
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 30 }), (given) => {
      const text = given.join("");
      const words = (html: string) => html.match(/نص/g)?.length ?? 0;
      expect(words(paragraphs(text))).toBe(words(text));
    }),
    { numRuns: 2000 },
  ));

test.each([
  ["breaks", "<br>"],
  ["line ends", "\n"],
  ["spaces", " "],
  ["opened", "<div>"],
  ["closed", "</p>"],
  ["quotes", '<a b="'],
  ["brackets", "<a "],
])("a million of %s are done before the test times out", (_, unit) => {
  paragraphs(`س${unit.repeat(2_000_000 / unit.length)}س`);
});
