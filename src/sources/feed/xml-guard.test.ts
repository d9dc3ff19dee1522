import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guardXml, prologOf } from "./xml-guard.ts";

const mend = (xml: string) => {
  const guarded = guardXml(xml);
  return guarded.ok ? guarded.xml : `refused: ${guarded.why}`;
};

test.each([
  [
    "what is well-formed stays",
    `<a b="1 > 0"><c/>نص<![CDATA[<x>]]></a>`,
    `<a b="1 > 0"><c/>نص<![CDATA[<x>]]></a>`,
  ],
  ["what XML forbids goes", "<a>\u0000x\u000By\u001Fz\uFFFF\t</a>", "<a>xyz\t</a>"],
  [
    "declaration, comments and instructions go",
    '\n<?xml version="1.0"?><!-- x --><a><!-- <b> --><?php ?>x</a>\n<!-- y -->',
    "<a>x</a>",
  ],
  [
    "a DOCTYPE goes",
    '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd"><rss/>',
    "<rss/>",
  ],
  ["a DOCTYPE with harmless parts goes", "<!DOCTYPE rss [<!ELEMENT rss ANY>]><rss/>", "<rss/>"],
  ["what was left open is closed", "<a><b>x<p>y</b>z</a>", "<a><b>x<p>y</p></b>z</a>"],
  ["what was never opened is not closed", "<a>x</b></a>", "<a>x</a>"],
  ["a lone < is escaped", "<a>1 < 2 <3 <<b>x</b> <</a>", "<a>1 &lt; 2 &lt;3 &lt;<b>x</b> &lt;</a>"],
  ["HTML without ends", '<a>x<br>y<hr><img src="p"></br></a>', '<a>x<br/>y<hr/><img src="p"/></a>'],
  ["what follows the root goes", "<a>x</a><b>y</b>", "<a>x</a>"],
])("%s", (_, given, wanted) => expect(mend(given)).toBe(wanted));

test.each([
  ["entities of its own", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entities of its own"],
  [
    "entities from elsewhere",
    '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]><a/>',
    "entities of its own",
  ],
  ["101 deep", `${"<a>".repeat(101)}${"</a>".repeat(101)}`, "more than 100 deep"],
  ["an end that is not there", "<a><b>", "breaks off"],
  ["a CDATA without an end", "<a><![CDATA[x</a>", "breaks off"],
  ["a tag without an end", `<a><b c="${"x".repeat(30_000)}`, "does not end"],
  [
    "too many attributes",
    `<a ${Array.from({ length: 101 }, (_, i) => `b${i}="1"`).join(" ")}/>`,
    "100 attributes",
  ],
  ["a name that is none", `<a><author>${"(".repeat(500)}</author></a>`, "person"],
  ["nothing", "", "no elements"],
])("refuses %s", (_, given, why) => expect(mend(given)).toContain(why));

describe("a bomb costs little time", () => {
  const fill = (piece: string) => piece.repeat(Math.floor(5_000_000 / piece.length));
  const laughs = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
    "",
  );
  test.each([
    ["billion laughs", `<!DOCTYPE a [<!ENTITY l0 "ha">${laughs}]><a>&l10;</a>`],
    ["a million deep", "<a>".repeat(1_000_000)],
    ["a million empty elements", `<a>${fill("<b/>")}</a>`],
    ["a million items", `<a>${fill("<item/>")}</a>`],
    ["quotes without end", fill('<a b="')],
    ["tags without end", fill("<a ")],
    ["comments without end", `<a>${fill("<!-- ")}`],
    ["CDATA without end", `<a>${fill("<![CDATA[")}`],
    ["instructions without end", `<a>${fill("<? ")}`],
    ["comments before the root", fill("<!-- -->")],
    ["brackets of a DOCTYPE", fill("<!DOCTYPE a [")],
    ["ends without beginnings", `<a>${fill("</b>")}`],
    ["lone brackets", `<a>${fill("< ")}</a>`],
  ])("%s", { timeout: 10_000 }, (_, xml) => expect(mend(xml)).toMatch(/^refused/));
});

test.each([
  ["<!doctype HTML><html>", { doctype: "html", root: "html" }],
  ['<?xml version="1.0"?>\n<!-- x -->\n<atom:feed xmlns:atom="a">', { doctype: null, root: "feed" }],
  ["<rdf:RDF>", { doctype: null, root: "rdf" }],
  ["Warning: <b>x</b> <rss>", { doctype: null, root: null }],
  ["<!-- ", { doctype: null, root: null }],
  ["", { doctype: null, root: null }],
])("prolog of %s", (text, wanted) => expect(prologOf(text)).toEqual(wanted));

test("guarding twice is guarding once, and the second finds nothing to mend", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          "<a>",
          "</a>",
          "<b c='>'>",
          "</b>",
          "<br>",
          "<",
          ">",
          "x",
          "<![CDATA[<]]>",
          "<!-- -->",
          '"',
        ),
      ),
      (parts) => {
        const once = guardXml(`<r>${parts.join("")}</r>`);
        if (once.ok) expect(guardXml(once.xml)).toEqual(once);
      },
    ),
  ));
