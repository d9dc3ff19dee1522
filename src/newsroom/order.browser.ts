// On the page of an issue: stories are moved by dragging their handles, or with the arrow keys on them. Nothing is sent before the order is
// saved by its button; the forms beside each story work without any of this.
const list = document.querySelector("[data-order]");
const save = document.querySelector("[data-order-save]");
const said = document.querySelector("[data-order-said]");
const field = save?.querySelector("input[name=list]");

if (list instanceof HTMLElement && save instanceof HTMLElement && field instanceof HTMLInputElement) {
  for (const handle of list.querySelectorAll("[data-order-handle]")) {
    const item = handle.closest("li");
    if (handle instanceof HTMLElement && item) makeHandle(handle, item, list, save, field);
  }
}

function makeHandle(
  handle: HTMLElement,
  item: HTMLElement,
  list: HTMLElement,
  save: HTMLElement,
  field: HTMLInputElement,
): void {
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
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    putAt([...list.children].indexOf(item) + by);
    note();
  });

  /** Puts the story where the pointer is: before the first other whose middle lies below. */
  function moveTo(y: number): void {
    const others = [...list.children].filter((it) => it !== item);
    const below = others.findIndex((it) => {
      const { top, height } = it.getBoundingClientRect();
      return y < top + height / 2;
    });
    putAt(below < 0 ? others.length : below);
  }

  /** It is the others that are moved: what leaves its place in a page loses the pointer and the focus. */
  function putAt(place: number): void {
    const wanted = Math.max(0, Math.min(list.children.length - 1, place));
    for (let at = [...list.children].indexOf(item); at !== wanted; ) {
      const passed = list.children[at < wanted ? at + 1 : at - 1];
      if (!passed) return;
      if (at < wanted) item.before(passed);
      else item.after(passed);
      at += at < wanted ? 1 : -1;
    }
  }

  function note(): void {
    const items = [...list.children].filter((it) => it instanceof HTMLElement);
    const order = items.map((it) => it.dataset["article"]).join();
    if (order === field.value) return;
    field.value = order;
    save.hidden = false;
    const words = list.dataset["moved"] ?? "";
    const place = items.indexOf(item) + 1;
    if (said) said.textContent = words.replace("{n}", String(place)).replace("{all}", String(items.length));
  }
}

/** Near an edge of the window the page goes on. */
function scrollAt(y: number): void {
  const edge = 60;
  if (y < edge) scrollBy(0, -12);
  else if (y > innerHeight - edge) scrollBy(0, 12);
}
