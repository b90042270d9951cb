/* Everything works without this file; with it, a page answers without being loaded again. */
import htmx from "htmx.org";
import { guardAnswers } from "./enhance/answers";
import { keepFolds, listenToDrawers } from "./enhance/folds";
import { listenToDialogs } from "./enhance/dialogs";
import { equip } from "./enhance/forms";
import { listenToToasts } from "./enhance/toasts";

// The content security policy forbids eval and styles of the library's own.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
// Pages of a person leave no copy in the browser's storage.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
// A refusal (422 and its like) is an answer with a fragment; a failure is not.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "4..", swap: true, error: true },
  { code: "...", swap: false, error: true },
];

// Buttons that only send what now sends itself go away, before the page is seen.
document.documentElement.classList.add("has-script");
guardAnswers();
listenToDrawers();
listenToDialogs();
listenToToasts();
keepFolds();
equip(document.body);

document.addEventListener("htmx:afterSettle", (event) => equip(event.target as HTMLElement));
