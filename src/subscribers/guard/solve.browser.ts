// In the page of a challenge: solves it at once, says so, and lets the button send the answer. The words stand in the form.
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";

/** Longer than this no machine should need; then the page says what else to do. */
const longestMilliseconds = 120_000;

const form = document.querySelector<HTMLFormElement>("form[data-challenge]");
if (form) void solve(form);

async function solve(it: HTMLFormElement): Promise<void> {
  const { challenge: text = "", solving = "", solved = "", unsolved = "" } = it.dataset;
  const button = it.querySelector("button");
  const answer = it.querySelector<HTMLInputElement>("input[name=answer]");
  const status = it.querySelector("[role=status]");
  if (!button || !answer || !status) return;
  button.disabled = true;
  status.textContent = solving;
  const challenge = JSON.parse(text);
  // Where the page came by plain http there is no WebCrypto.
  const solution = await solveChallenge({ challenge, deriveKey, timeout: longestMilliseconds }).catch(
    () => null,
  );
  if (solution) {
    const { counter, derivedKey } = solution;
    answer.value = JSON.stringify({ challenge, solution: { counter, derivedKey } });
  }
  status.textContent = solution ? solved : unsolved;
  button.disabled = false;
}
