import { expect, test } from "vitest";
import { fillPersonal, personalPlaces } from "./personal.ts";

const salma = {
  unsubscribeUrl: "https://news.example.org/unsubscribe/t?a=1&b=2",
  preferencesUrl: "https://news.example.org/preferences/t",
  worthUrl: "https://news.example.org/worth/t",
  webUrl: "https://news.example.org/issues/morning/2026-03-01-morning",
  address: `o'neill"<b>@example.org`,
};

test("every place is filled, and escaped in HTML only", () => {
  const { unsubscribeUrl, address } = personalPlaces;
  expect(
    fillPersonal(
      {
        html: `<a href="${unsubscribeUrl}">x</a> ${address} ${address}`,
        text: `${unsubscribeUrl}\n${address}`,
      },
      salma,
    ),
  ).toEqual({
    html: `<a href="https://news.example.org/unsubscribe/t?a=1&amp;b=2">x</a> o'neill&quot;&lt;b&gt;@example.org o'neill&quot;&lt;b&gt;@example.org`,
    text: `https://news.example.org/unsubscribe/t?a=1&b=2\no'neill"<b>@example.org`,
  });
});

test("a value that looks like a place, or like a replacement pattern, is written as it is", () => {
  const address = `${personalPlaces.webUrl} $& $1`;
  const filled = fillPersonal({ html: "", text: personalPlaces.address }, { ...salma, address });
  expect(filled.text).toBe(address);
});

test.each([
  "\uFDD0name\uFDD1",
  "\uFDD0webUrl",
  "\uFDD0",
  "\uFDD0constructor\uFDD1",
  "\uFDD0webUrl \uFDD0webUrl\uFDD1",
])("%j is no place", (text) =>
  expect(() => fillPersonal({ html: "", text }, salma)).toThrow(/personal place/),
);
