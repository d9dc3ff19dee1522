import { expect, test } from "vitest";
import { paletteOf } from "./colour.ts";

test.each([
  ["#8a1c2c", "#8a1c2c", "#b97780"],
  ["#000000", "#000000", "#8c8c8c"],
  ["#ffd400", "#7e6a0b", "#ffd400"], // yellow on white is darkened, on dark paper it stays
  ["#ffffff", "#727272", "#ffffff"],
])("%s is %s on white, %s on dark paper", (given, accent, accentOnDark) => {
  expect(paletteOf(given)).toEqual({ accent, accentOnDark });
});

test.each(["red", "#fff", "#8a1c2", "#8a1c2c;display:none", ""])("%j is refused", (colour) => {
  expect(() => paletteOf(colour)).toThrow(/six hexadecimal digits/);
});
