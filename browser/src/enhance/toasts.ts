/* Short messages at the foot of the screen. Errors stay until they are dismissed. */

const STAYS_MS = 6000;

export function listenToToasts(): void {
  const toasts = document.getElementById("toasts");
  if (!toasts) return;
  toasts.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    if (target.closest("[data-dismiss]")) target.closest("[data-toast]")?.remove();
  });
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(leaveLater);
  }).observe(toasts, { childList: true });
}

function leaveLater(node: Node): void {
  if (!(node instanceof HTMLElement) || node.classList.contains("is-error")) return;
  const leave = () => {
    // Whoever is reading or about to press keeps it.
    if (node.matches(":hover, :focus-within")) setTimeout(leave, STAYS_MS);
    else node.remove();
  };
  setTimeout(leave, STAYS_MS);
}

/** Say something that the server could not. */
export function say(text: string, tone: "info" | "error"): void {
  const toast = document.createElement("div");
  toast.className = `toast is-${tone}`;
  toast.dataset["toast"] = "";
  const words = document.createElement("p");
  words.textContent = text;
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "icon-button";
  dismiss.dataset["dismiss"] = "";
  dismiss.setAttribute("aria-label", document.body.dataset["dismiss"] ?? "");
  dismiss.textContent = "×";
  toast.append(words, dismiss);
  document.getElementById("toasts")?.append(toast);
}
