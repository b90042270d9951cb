/* Steppers, size pickers, and forms that send themselves. */

/** Make what has just come into the page do what it does only with JavaScript. */
export function equip(root: HTMLElement): void {
  const all = (selector: string) => root.querySelectorAll<HTMLElement>(selector);
  all("[data-drawer] [data-close]").forEach((button) => (button.hidden = false));
  all("[data-stepper]").forEach(step);
  all("[data-sizes]").forEach(pick);
  all("[role=alert][tabindex]").forEach((alert) => alert.focus());
}

function step(stepper: HTMLElement): void {
  const input = stepper.querySelector("input");
  if (!input || stepper.dataset["ready"]) return;
  stepper.dataset["ready"] = "yes";
  const buttons = [...stepper.querySelectorAll<HTMLButtonElement>("[data-step]")];
  const show = () => {
    for (const button of buttons) {
      const next = Number(input.value) + Number(button.dataset["step"]);
      button.hidden = false;
      button.disabled = next < Number(input.min) || next > Number(input.max);
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      input.value = String(Number(input.value) + Number(button.dataset["step"]));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  input.addEventListener("change", show);
  show();
}

function pick(sizes: HTMLElement): void {
  const note = sizes.querySelector("[data-sizes-note]");
  const show = () => {
    const chosen = sizes.querySelector<HTMLInputElement>("input:checked");
    if (note) note.textContent = chosen?.dataset["note"] ?? "";
  };
  sizes.addEventListener("change", show);
  show();
}
