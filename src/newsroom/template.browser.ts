// On the page of a template: what it becomes is drawn again while somebody types. The form's own button does it, into a frame that takes
// the old one's place once it is there: the first page of a frame is none that the browser's way back would stop at.
const pause = 400;
const form = document.querySelector<HTMLFormElement>("form[data-template]");
const button = form?.querySelector<HTMLButtonElement>("button[formtarget]");

let timer: ReturnType<typeof setTimeout> | undefined;
let drawing = false;
let again = false;
let drawn = 0;

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(draw, pause);
});

function draw(): void {
  const old = document.querySelector<HTMLIFrameElement>(".template-desk iframe");
  again = drawing;
  if (drawing || !form || !button || !old) return;
  drawing = true;
  const next = document.createElement("iframe");
  for (const { name, value } of old.attributes) if (name !== "src") next.setAttribute(name, value);
  next.name = `preview-${++drawn}`; // a frame is found by the name it had first, whatever it is called later
  next.hidden = true;
  old.after(next);
  next.addEventListener("load", () => {
    old.remove();
    next.hidden = false;
    drawing = false;
    if (again) draw();
  });
  button.formTarget = next.name;
  form.requestSubmit(button);
}
