/* A hand scanner types like a keyboard: whatever has the focus, its keys belong to the scan field. */
const field = document.querySelector<HTMLInputElement>(".scan .input");

document.addEventListener("keydown", (event) => {
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  const within = document.activeElement;
  if (within instanceof HTMLElement && within.matches("input, textarea, select, dialog *")) return;
  // A space scrolls the page or presses a button: it never begins a code.
  if (event.key === " ") return;
  field.value = "";
  field.focus();
});

// The next scan replaces what is there.
field?.addEventListener("focus", () => { field.select(); });
if (field && document.activeElement === field) field.select();

export {};
