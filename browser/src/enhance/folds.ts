/* Menus, popovers and filters are <details>; this adds what people expect of a drawer. */

const LAYERS = "details[data-drawer], details[data-popover], details[data-filters]";

function close(layer: HTMLDetailsElement): void {
  if (!layer.open) return;
  layer.open = false;
  layer.querySelector("summary")?.focus();
}

/** Escape and a press beside it close a layer; focus stays inside a drawer. */
export function listenToDrawers(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelectorAll<HTMLDetailsElement>(LAYERS).forEach(close);
      const department = document.activeElement?.closest<HTMLElement>(".department");
      department?.classList.add("is-dismissed");
    }
    if (event.key === "Tab") stay(event);
  });
  document.addEventListener("focusout", (event) => {
    (event.target as HTMLElement).closest(".department")?.classList.remove("is-dismissed");
  });
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const closer = target.closest("[data-close]");
    const inside = closer?.closest<HTMLDetailsElement>("details[data-drawer]");
    if (inside) close(inside);
    document.querySelectorAll<HTMLDetailsElement>("details[data-popover][open]").forEach((layer) => {
      if (!layer.contains(target)) layer.open = false;
    });
  });
  // On a phone the button under the filters leads back to the pieces.
  document.addEventListener("submit", (event) => {
    const before = (event.target as HTMLElement).previousElementSibling;
    if (before instanceof HTMLDetailsElement && before.matches("[data-filters]")) close(before);
  });
  document.addEventListener(
    "toggle",
    (event) => {
      const layer = event.target as HTMLDetailsElement;
      if (!layer.matches(LAYERS)) return;
      const covers = document.querySelector("details[data-drawer][open], details[data-filters][open]");
      document.documentElement.classList.toggle("is-covered", covers !== null);
    },
    true,
  );
}

/** Send focus from the last thing in an open drawer to the first, and back. */
function stay(event: KeyboardEvent): void {
  const drawer = document.querySelector<HTMLElement>("details[data-drawer][open]");
  if (!drawer) return;
  const able = [...drawer.querySelectorAll<HTMLElement>("a, button, input, select, summary")].filter(
    (element) => element.offsetParent !== null || element.matches(".menu > summary"),
  );
  const first = able[0];
  const last = able.at(-1);
  const [edge, other] = event.shiftKey ? [first, last] : [last, first];
  if (document.activeElement === edge && other) {
    event.preventDefault();
    other.focus();
  }
}

/** What was open before a swap is open after it. */
export function keepFolds(): void {
  const states = new Map<string, boolean>();
  document.addEventListener("htmx:beforeSwap", () => {
    states.clear();
    for (const fold of document.querySelectorAll<HTMLDetailsElement>("details[id]")) {
      states.set(fold.id, fold.open);
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, open] of states) {
      const fold = document.getElementById(id);
      if (fold instanceof HTMLDetailsElement) fold.open = open;
    }
  });
}
