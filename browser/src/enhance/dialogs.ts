/* <button data-open="ID"> opens a <dialog>; [data-close] and a press beside it close it. */
export function listenToDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const opener = target.closest<HTMLElement>("[data-open]");
    const dialog = opener && document.getElementById(opener.dataset["open"] ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
    if (target.closest("[data-close]") || target instanceof HTMLDialogElement) {
      target.closest("dialog")?.close();
    }
  });
}
