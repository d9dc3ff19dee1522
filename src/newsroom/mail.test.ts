import { expect, test } from "vitest";
import { readHead, readMail, withScheme } from "./mail.ts";
import { mailBytes } from "./newsroom.fixture.ts";

test("a mail is read", async () => {
  expect(await readMail(mailBytes())).toMatchObject({
    from: { name: "المرسى", address: "bulletin@marsa.example" },
    to: "salma@example.org",
    subject: "صباح المرسى",
    text: expect.stringContaining("https://marsa.example/confirm/x"),
    html: expect.stringContaining('<p style="color:#111">'),
  });
});

test("of a mail for the list only the headers are read", async () => {
  const head = await readHead(mailBytes({ text: "x".repeat(1_000_000) }));
  expect(head).toMatchObject({ to: "salma@example.org", subject: "صباح المرسى" });
  expect(head?.date?.toString()).toBe("2026-03-01T05:00:00Z");
});

test.each([
  ["nothing", ""],
  ["no header", "\r\n\r\nx"],
  ["a date that is none", "Date: yesterday\r\n\r\n"],
  ["groups and commas", 'To: "a, b" <a@b.example>, undisclosed-recipients:;\r\n\r\n'],
  ["half a multipart", 'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n'],
  ["a megabyte of one header", `X: ${"x".repeat(1_000_000)}\r\n\r\n`],
  [
    "a thousand parts inside each other",
    Array.from(
      { length: 1000 },
      (_, i) => `Content-Type: multipart/mixed; boundary=${i}\r\n\r\n--${i}\r\n`,
    ).join(""),
  ],
])("%s does not stop a page", async (_, source) => {
  const bytes = new TextEncoder().encode(source);
  for (const read of [readHead, readMail]) {
    const mail = await read(bytes);
    expect(mail === null || typeof mail.subject === "string").toBe(true);
  }
});

test.each([
  ["@media (prefers-color-scheme: dark) {", "@media (min-width: 0) {", "@media (max-width: 0) {"],
  [
    "@media screen and (PREFERS-COLOR-SCHEME:light)",
    "@media screen and (max-width: 0)",
    "@media screen and (min-width: 0)",
  ],
  [":root { color-scheme: light dark; }", ":root { color-scheme: dark; }", ":root { color-scheme: light; }"],
  [
    '<meta name="color-scheme" content="light dark">',
    '<meta name="color-scheme" content="dark">',
    '<meta name="color-scheme" content="light">',
  ],
  [
    "<p>prefers-color-scheme: dark</p>",
    "<p>prefers-color-scheme: dark</p>",
    "<p>prefers-color-scheme: dark</p>",
  ],
])("%s", (html, dark, light) => {
  expect(withScheme(html, "dark")).toBe(dark);
  expect(withScheme(html, "light")).toBe(light);
});
