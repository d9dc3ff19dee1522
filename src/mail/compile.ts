// MJML becomes the HTML of mail clients, directed and squeezed.
import { directedOutlook } from "./direction.ts";
import { messageOf } from "./liquid.ts";

/** @throws if it is no valid MJML; the message shows the line, since nobody has seen the filled-in text that MJML counts in */
export async function compile(file: string, mjml: string, dir: "rtl" | "ltr"): Promise<string> {
  try {
    // Loaded when first needed: half of the start of a command that renders nothing.
    const { default: mjml2html } = await import("mjml-browser");
    const { html } = await mjml2html(mjml, { validationLevel: "strict" });
    return squeezed(darkPreheader(directedOutlook(html, dir)));
  } catch (error) {
    throw new Error(`Template ${file}, filled in, is no valid MJML: ${withLines(messageOf(error), mjml)}`, {
      cause: error,
    });
  }
}

/** MJML counts the lines of the filled-in text, which nobody has seen: the line itself is shown behind its number. */
function withLines(message: string, mjml: string): string {
  const lines = mjml.split("\n");
  return message.replace(/Line (\d+) of [^()]*\(/g, (_, line: string) => {
    const text = lines[Number(line) - 1]?.trim().slice(0, 120) ?? "";
    return `line ${line}, "${text}" (`;
  });
}

/**
 * MJML hides what inboxes show behind the subject, and writes it white on white besides: what is hidden needs no colour of its own, and
 * to SpamAssassin text in the colour of its paper is a trick (HTML_FONT_LOW_CONTRAST, 0.7 points).
 */
const darkPreheader = (html: string) =>
  html.replace(/(<div style="display: ?none; ?font-size: ?1px; ?color: ?)#ffffff/, "$1#1c1c1a");

/** Without indentation and without spaces in styles, a third of the whole; Gmail cuts a mail off near 102 KB. */
const squeezed = (html: string) =>
  html
    .replace(/\s*\n\s*/g, "\n")
    .replace(/ style="[^"]*"/g, (style) => style.replace(/([:;,]) /g, "$1").replace(/;"$/, '"'))
    .trim();
