/* What htmx does with an answer that is not the fragment it asked for. */
import { say } from "./toasts";

interface Question {
  headers: Record<string, string>;
  formData: FormData;
  verb: string;
}

interface Answer {
  xhr: XMLHttpRequest;
  shouldSwap: boolean;
  requestConfig: { elt: HTMLElement; triggeringEvent?: Event };
}

/* What a page fetches by itself fails in silence; what a person asked for does not. */
function complain(answer: Answer, text: string): void {
  if (answer.requestConfig.triggeringEvent) say(text, "error");
}

const answerOf = (event: Event) => (event as CustomEvent<Answer>).detail;

/** Never put a whole page inside another: say its error, or go to it. */
export function guardAnswers(): void {
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers, formData, verb } = (event as CustomEvent<Question>).detail;
    // Without this the server would take us for a program and answer in JSON.
    headers["Accept"] = "text/html";
    // An address says what was chosen, not what was left empty.
    const empty = [...formData.keys()].filter((name) => formData.getAll(name).join("") === "");
    if (verb === "get") empty.forEach((name) => formData.delete(name));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = answerOf(event);
    // Of the one that asked: the event itself comes from what is to be replaced.
    const selects = answer.requestConfig.elt.closest("[hx-select]") !== null;
    if (!isPage(answer.xhr)) return;
    if (answer.xhr.status >= 400) {
      answer.shouldSwap = false;
      complain(answer, titleOf(answer.xhr));
    } else if (!selects) {
      // Signed out meanwhile, most often.
      answer.shouldSwap = false;
      location.assign(answer.xhr.responseURL);
    }
  });
  for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(failure, (event) => {
      const answer = answerOf(event);
      const unheard = failure !== "htmx:responseError";
      if (unheard || (answer.xhr.status >= 500 && !isPage(answer.xhr))) {
        complain(answer, document.body.dataset["failed"] ?? "");
      }
    });
  }
}

function isPage(xhr: XMLHttpRequest): boolean {
  return /^\s*<!doctype/i.test(xhr.responseText);
}

function titleOf(xhr: XMLHttpRequest): string {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const words = page.querySelector(".error-title")?.textContent?.trim();
  return words || (document.body.dataset["failed"] ?? "");
}
