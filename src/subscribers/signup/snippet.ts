// The form that a publisher puts on any other page: HTML to copy, and a small script that may go with it. Pure.
import { escapeHtml } from "../../arabic/index.ts";

type Language = "ar" | "en";

const words = {
  ar: { address: "بريدك الإلكتروني", submit: "اشترك في النشرة", trap: "اترك هذا الحقل فارغًا" },
  en: { address: "Your email address", submit: "Subscribe", trap: "Leave this field empty" },
} as const;

/** Takes the type and the colours of the page that it stands on. */
const style = {
  form: "display:flex;flex-wrap:wrap;align-items:end;gap:.75em;max-width:34em;margin:0;text-align:start;line-height:1.7",
  field: "display:block;flex:1 1 14em",
  input:
    "display:block;box-sizing:border-box;width:100%;margin:.25em 0 0;padding:.5em .75em;border:1px solid;border-radius:0;background:transparent;color:inherit;font:inherit;text-align:start",
  button:
    "padding:.5em 1.5em;border:1px solid;border-radius:0;background:transparent;color:inherit;font:inherit;font-weight:bold;cursor:pointer",
  trap: "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)",
  said: "flex:1 0 100%;margin:0",
} as const;

/**
 * A form as HTML for another site, complete in itself: right to left in Arabic, with the field that only programs fill in.
 *
 * @param chosen slugs of newsletters and sections; none: the first newsletter, all sections
 */
export function formSnippet(
  site: URL,
  language: Language,
  chosen: { digests: readonly string[]; sections: readonly string[] },
): string {
  const t = words[language];
  const hidden = (name: string, value: string) =>
    `  <input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
  return [
    `<form action="${new URL("/subscribe", site).href}" method="post" lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}" novalidate style="${style.form}">`,
    hidden("from", "embed"),
    hidden("language", language),
    ...chosen.digests.map((slug) => hidden("digest", slug)),
    ...chosen.sections.map((slug) => hidden("section", slug)),
    `  <label style="${style.field}">${t.address}`,
    `    <input type="email" name="address" required maxlength="254" autocomplete="email" dir="ltr" style="${style.input}">`,
    "  </label>",
    `  <label aria-hidden="true" style="${style.trap}">${t.trap} <input name="website" tabindex="-1" autocomplete="off"></label>`,
    `  <button type="submit" style="${style.button}">${t.submit}</button>`,
    `  <p role="status" aria-live="polite" style="${style.said}"></p>`,
    "</form>",
    `<script src="${new URL("/subscribe.js", site).href}" async></script>`,
  ].join("\n");
}

/**
 * Sends such forms in the background and says the answer where they stand. Whatever goes wrong, and whatever needs a page of
 * ours (429: a question first; `meant`: is it a slip?), the form is sent as it would be without this.
 */
export const formScript = `(() => {
  const action = new URL("/subscribe", document.currentScript.src).href;
  const send = async (form) => {
    const said = form.querySelector('[role="status"]');
    const button = form.querySelector('[type="submit"]');
    const field = form.elements.address;
    button.disabled = true;
    try {
      const answer = await fetch(action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
      });
      if (answer.status === 429) throw answer;
      const { ok, message, meant } = await answer.json();
      if (meant) throw answer;
      said.textContent = message;
      field.setAttribute("aria-invalid", String(!ok));
      if (ok) form.reset();
      else field.focus();
    } catch {
      HTMLFormElement.prototype.submit.call(form);
    } finally {
      button.disabled = false;
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.action !== action || !form.querySelector('[role="status"]')) return;
    event.preventDefault();
    send(form);
  });
})();
`;
