// On the page of an issue: stories are moved by dragging their handles, or with the arrow keys on them. Nothing is sent before the order is
// saved by its button; the forms beside each story work without any of this.
const list = document.querySelector("[data-order]");
const save = document.querySelector("[data-order-save]");
const said = document.querySelector("[data-order-said]");
const field = save?.querySelector("input[name=list]");

if (list instanceof HTMLElement && save instanceof HTMLElement && field instanceof HTMLInputElement) {
  for (const handle of list.querySelectorAll("[data-order-handle]"))
    if (handle instanceof HTMLElement) makeHandle(handle, list, save, field);
}

function makeHandle(
  handle: HTMLElement,
  list: HTMLElement,
  save: HTMLElement,
  field: HTMLInputElement,
): void {
  const item = handle.closest("li");
  if (!item) return;
  handle.hidden = false;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    item.classList.add("order-moving");
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    moveTo(event.clientY);
    scrollAt(event.clientY);
  });
  const end = () => {
    if (!item.classList.contains("order-moving")) return;
    item.classList.remove("order-moving");
    note();
  };
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
  handle.addEventListener("keydown", (event) => {
    const beside =
      event.key === "ArrowUp"
        ? item.previousElementSibling
        : event.key === "ArrowDown"
          ? item.nextElementSibling
          : null;
    if (!beside) return;
    event.preventDefault();
    if (event.key === "ArrowUp") beside.before(item);
    else beside.after(item);
    handle.focus(); // moving it in the page took the focus away
    note();
  });

  /** Puts the story where the pointer is: before the first whose middle lies below. */
  function moveTo(y: number): void {
    const others = [...list.children].filter((it) => it !== item);
    const below = others.find((it) => {
      const { top, height } = it.getBoundingClientRect();
      return y < top + height / 2;
    });
    if (below && below !== item?.nextElementSibling && item) below.before(item);
    if (!below && item && list.lastElementChild !== item) list.append(item);
  }

  function note(): void {
    const items = [...list.children].filter((it) => it instanceof HTMLElement);
    const order = items.map((it) => it.dataset["article"]).join();
    if (order === field.value) return;
    field.value = order;
    save.hidden = false;
    const words = list.dataset["moved"] ?? "";
    const place = item ? items.indexOf(item) + 1 : 0;
    if (said) said.textContent = words.replace("{n}", String(place)).replace("{all}", String(items.length));
  }
}

/** Near an edge of the window the page goes on. */
function scrollAt(y: number): void {
  const edge = 60;
  if (y < edge) scrollBy(0, -12);
  else if (y > innerHeight - edge) scrollBy(0, 12);
}
