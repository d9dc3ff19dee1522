// The publisher's one colour, made legible on light and on dark paper (WCAG 2.2 §1.4.3: a contrast of 4.5). Pure.

type Rgb = readonly [red: number, green: number, blue: number];

type Palette = { accent: string; accentOnDark: string };

const white: Rgb = [255, 255, 255];
const ink: Rgb = [20, 20, 20];
/** The dark paper of templates/frame.mjml. */
const darkPaper: Rgb = [22, 24, 27];

/**
 * The colour as text on white and as text on dark paper, each moved no further than legible: white text is
 * legible on the first.
 *
 * @throws if it is not written as `#8a1c2c`
 */
export function paletteOf(colour: string): Palette {
  const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!digits)
    throw new Error(`The publisher's colour is "${colour}"; it takes six hexadecimal digits: #8a1c2c.`);
  const [, red = "", green = "", blue = ""] = digits;
  const given: Rgb = [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
  return { accent: hex(legible(given, white, ink)), accentOnDark: hex(legible(given, darkPaper, white)) };
}

/** Mixed with more and more of `towards`, until it can be read on `paper`. */
function legible(colour: Rgb, paper: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, towards, share);
    if (contrast(mixed, paper) >= 4.6) return mixed;
  }
  return towards;
}

const mix = (a: Rgb, b: Rgb, share: number): Rgb => {
  const channel = (x: number, y: number) => Math.round(x + (y - x) * share);
  return [channel(a[0], b[0]), channel(a[1], b[1]), channel(a[2], b[2])];
};

/** WCAG 2.2's contrast ratio, from 1 to 21. */
function contrast(a: Rgb, b: Rgb): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

const hex = (colour: Rgb) => `#${colour.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
