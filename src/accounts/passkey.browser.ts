// In the pages that sign in or register by passkey: asks the device when the button is pressed, and sends its answer with the
// form. Where a browser has no passkeys, what is about them stays hidden. The words stand in the form.
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from "@simplewebauthn/browser";

if (browserSupportsWebAuthn()) {
  for (const place of document.querySelectorAll<HTMLElement>("[data-passkey-place]")) place.hidden = false;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]"))
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void answer(form);
    });
}

async function answer(form: HTMLFormElement): Promise<void> {
  const { passkey, options = "", failed = "" } = form.dataset;
  const response = form.querySelector<HTMLInputElement>("input[name=login_response]");
  const status = form.querySelector("[role=status]");
  if (!response || !status) return;
  status.textContent = "";
  try {
    const optionsJSON = JSON.parse(options);
    const said =
      passkey === "create"
        ? await startRegistration({ optionsJSON })
        : await startAuthentication({ optionsJSON });
    response.value = JSON.stringify(said);
    form.submit();
  } catch {
    status.textContent = failed; // they said no, were too slow, or the device has none
  }
}
