import fc from "fast-check";
import { expect, test } from "vitest";
import { readDate } from "./feed-dates.ts";

const read = (text: string) => readDate(text)?.toString() ?? null;

test.each([
  // RFC 822, and how it is written
  ["Sun, 01 Mar 2026 07:05:09 +0300", "2026-03-01T04:05:09Z"],
  ["Sun, 01 Mar 2026 07:05:09 GMT", "2026-03-01T07:05:09Z"],
  ["1 Mar 26 07:05 UT", "2026-03-01T07:05:00Z"],
  ["01 Mar 97 07:05:00 EST", "1997-03-01T12:05:00Z"],
  ["Sunday, 01-Mar-26 07:05:00 GMT", "2026-03-01T07:05:00Z"],
  ["Sun, 1 March 2026 07:05:00 EEST", "2026-03-01T04:05:00Z"],
  ["Sun, 01 Mar 2026 07:05:00 GMT+3", "2026-03-01T04:05:00Z"],
  ["Sun, 01 Mar 2026 07:05:00 -03:30", "2026-03-01T10:35:00Z"],
  ["Sun, 01 Mar 2026 07:05:00 K", "2026-03-01T07:05:00Z"],
  ["Sun, 01 Mar 2026 07:05:00 Somewhere/Else", "2026-03-01T07:05:00Z"],
  ["Sun, 01 Mar 2026 07:05:00", "2026-03-01T07:05:00Z"],
  ["Sun, 01 Mar 2026 07:05:00 +0000 (Coordinated Universal Time)", "2026-03-01T07:05:00Z"],
  ["Sun, 01 Mar 2026", "2026-03-01T00:00:00Z"],
  ["Sun Mar 01 2026 07:05:00 GMT+0300 (EEST)", "2026-03-01T04:05:00Z"],
  ["March 1, 2026 7:05 pm", "2026-03-01T19:05:00Z"],
  ["Sept 1, 2026 12:05 AM", "2026-09-01T00:05:00Z"],
  ["Thu, 31 Dec 2015 23:59:60 GMT", "2015-12-31T23:59:59Z"],
  // RFC 3339, and how it is written
  ["2026-03-01T07:05:09Z", "2026-03-01T07:05:09Z"],
  ["2026-03-01t07:05:09.1234567+03:00", "2026-03-01T04:05:09.123Z"],
  ["2026-03-01T07:05+03", "2026-03-01T04:05:00Z"],
  ["2026-03-01 07:05:09 +0300", "2026-03-01T04:05:09Z"],
  ["2026-03-01 07:05:09", "2026-03-01T07:05:09Z"],
  ["2026/03/01 07:05", "2026-03-01T07:05:00Z"],
  ["20260301T070509Z", "2026-03-01T07:05:09Z"],
  ["2026-03-01", "2026-03-01T00:00:00Z"],
  // Arabic
  ["الأحد، ١ آذار ٢٠٢٦ ٠٧:٠٥", "2026-03-01T07:05:00Z"],
  ["الأحد 1 آذار/مارس 2026 - 7:05 مساءً", "2026-03-01T19:05:00Z"],
  ["1 مارس، 2026 12:05 ص", "2026-03-01T00:05:00Z"],
  ["۱ يناير ۲۰۲۶ ۰۷:۰۵ +0300", "2026-01-01T04:05:00Z"],
  ["15 كانون الثاني 2026", "2026-01-15T00:00:00Z"],
  ["15 كانون الأول 2026", "2026-12-15T00:00:00Z"],
  ["15 تشرين الثاني/نوفمبر 2026", "2026-11-15T00:00:00Z"],
  ["الثلاثاء 4 أوت 2026", "2026-08-04T00:00:00Z"],
  ["4 غشت 2026", "2026-08-04T00:00:00Z"],
  ["4 شتنبر 2026", "2026-09-04T00:00:00Z"],
  ["10 جويلية 2026", "2026-07-10T00:00:00Z"],
  ["10:30, 15 نيسان 2026", "2026-04-15T10:30:00Z"],
  ["٢٠٢٦-٠٣-٠١T٠٧:٠٥:٠٩+٠٣:٠٠", "2026-03-01T04:05:09Z"],
])("%s", (text, wanted) => expect(read(text)).toBe(wanted));

test.each([
  "",
  "now",
  "أمس",
  "منذ ساعتين",
  "Mon, 30 Nov -0001 00:00:00 +0000",
  "0000-00-00 00:00:00",
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "31 Feb 2026 07:00 GMT",
  "2026-02-30T07:00:00Z",
  "Sun, 01 Mar 2026 25:05:00 GMT",
  "01/03/2026", // the third of January or the first of March
  "12 رمضان 1447",
  "1772345109",
  "9999-01-01T00:00:00Z",
  `Sun, 01 Mar 2026 ${" ".repeat(200)}`,
])("%s is no date", (text) => expect(read(text)).toBeNull());

test("what JavaScript and Temporal write is read back", () =>
  fc.assert(
    fc.property(
      fc.date({ min: new Date("1972-01-01"), max: new Date("2199-01-01"), noInvalidDate: true }),
      (date) => {
        expect(read(date.toISOString())).toBe(date.toTemporalInstant().toString());
        expect(readDate(date.toUTCString())?.epochMilliseconds).toBe(
          Math.floor(date.getTime() / 1000) * 1000,
        );
      },
    ),
  ));

test("nothing makes it throw", () =>
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (s) => void readDate(s))));
