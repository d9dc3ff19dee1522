import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAddress } from "../address.ts";
import { largeProviders, oftenMisspelt } from "./providers.ts";
import { likelyMeant } from "./slips.ts";

test.each([
  ["salma@gmial.com", "salma@gmail.com"],
  ["salma@gmal.com", "salma@gmail.com"],
  ["salma@gmail.con", "salma@gmail.com"],
  ["salma@gmail.co", "salma@gmail.com"],
  ["salma@gamil.com", "salma@gmail.com"],
  ["Salma.K@GMAILL.com", "Salma.K@gmail.com"],
  ["salma@hotmial.con", "salma@hotmail.com"],
  ["salma@hotnail.fr", "salma@hotmail.fr"],
  ["salma@outlok.com", "salma@outlook.com"],
  ["salma@yaho.com", "salma@yahoo.com"],
  ["salma@iclould.com", "salma@icloud.com"],
  ["salma@protonmial.com", "salma@protonmail.com"],
  ["salma@annahar.con", "salma@annahar.com"],
  ["salma@paper.example.ogr", "salma@paper.example.org"],
  // What is no address as it stands.
  ["salma@gmail,com", "salma@gmail.com"],
  ["salma@gmail،com", "salma@gmail.com"],
  ["salma@paper.example.", "salma@paper.example"],
  ["salma@gmail.com،", "salma@gmail.com"],
  ["salma@gmail..com", "salma@gmail.com"],
  ["salma @ gmail.com", "salma@gmail.com"],
  ["salma@@gmail.com", "salma@gmail.com"],
  ["salma@gmail. com", "salma@gmail.com"],
  ["salma@gmail", "salma@gmail.com"],
  // The keyboard left in Arabic.
  ["salma@لةشهمزؤخة", "salma@gmail.com"],
  ["سشمةش@لةشهمزؤخة", "salma@gmail.com"],
  ["salma@اخفةشهم.ؤخة", "salma@hotmail.com"],
  ["salma@xn--jgbjbtsl4ikr", "salma@gmail.com"], // as Chromium sends it
  ["salma@لةشهم،ؤخة", "salma@gmail.com"],
  ["salma٢٠@gmail.com", "salma20@gmail.com"],
  ["salma۲۰@gmial.com", "salma20@gmail.com"],
])("%s: did you mean %s?", (typed, meant) => expect(likelyMeant(typed)).toBe(meant));

test.each([
  "salma@example.org",
  "salma@aub.edu.lb",
  "salma@annahar.com.lb",
  "salma@sana.sy",
  "salma@wafa.ps",
  "salma@spa.gov.sa",
  "salma@mail.com",
  "salma@email.com",
  "salma@outlook.cl",
  "salma@hotmail.be",
  "salma@yahoo.ca",
  "salma@me.com",
  "salma@we.com",
  "salma@lice.com",
  "salma@شبكة.شبكة",
  "سلمى@شبكة.شبكة",
  "سلمى@example.org",
  "salma@xn--ngbof4h.xn--ngbc5azd",
  "salma@xn--.com",
  "salma@xn--\u0663.com",
  "سلمى٢٠@example.org",
  "",
  "salma",
  "@gmial.com",
  "hala example.org",
  "a@gmail.com, b@gmail.com",
  "Salma <salma@gmail.com>",
  "a@example.org\r\nBcc: b@gmial.com",
  `${"a".repeat(300)}@gmial.com`,
])("%j: nothing to ask", (typed) => expect(likelyMeant(typed)).toBeNull());

test("a provider's own domain is never questioned", () => {
  for (const domain of largeProviders) expect(likelyMeant(`salma@${domain}`), domain).toBeNull();
  for (const domain of oftenMisspelt) expect(largeProviders.has(domain), domain).toBe(true);
});

test("what is offered is an address, and is not questioned in its turn", () =>
  fc.assert(
    fc.property(
      fc.tuple(
        fc.constantFrom("salma", "سلمى", "س٢", " a", "a@"),
        fc.constantFrom("@", " @", "@@", ""),
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.constantFrom("gmial.com", "لةشهمزؤخة", "yaho,con", "a.con."),
        ),
        fc.constantFrom("", ".", "،", " ", "\u200F"),
      ),
      (parts) => {
        const meant = likelyMeant(parts.join(""));
        if (meant === null) return;
        expect(parseAddress(meant).ok).toBe(true);
        expect(likelyMeant(meant)).toBeNull();
      },
    ),
    { numRuns: 3000 },
  ));
