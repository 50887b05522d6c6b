// What every page gains from scripts. Nothing here is needed to do anything: each page works without it.
import { initAll } from "./vendor/govuk-frontend.min.js";

initAll();
searchable(document);

// A second press on "Envoyer" within this time is a double click, not a second wish (the server forgives it too).
const DOUBLE_CLICK = 4000;
const pressed = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-hx-post")) return;
  const last = pressed.get(form) ?? -Infinity;
  if (event.timeStamp - last < DOUBLE_CLICK) event.preventDefault();
  else pressed.set(form, event.timeStamp);
});

// Back from the page that followed: the form may be sent again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form").forEach((form) => pressed.delete(form));
});

function announce(said) {
  if (typeof said === "string") document.getElementById("announce").textContent = said;
}

// The server speaks to screen readers by the header HX-Trigger: {"announce": "…"}.
document.body.addEventListener("announce", (event) => announce(event.detail?.value ?? event.detail));

// What htmx brings in gets its behaviours; it says what it has to say; what it opens gets the focus.
document.body.addEventListener("htmx:after:swap", (event) => {
  const { target, response } = event.detail?.ctx ?? {};
  if (!(target instanceof Element) || !swapped(response)) return;
  const fresh = document.getElementById(target.id) ?? target;
  initAll({ scope: fresh, onError: unlessAlreadyDone });
  searchable(fresh);
  announce(fresh.dataset.announce);
  fresh.querySelector("[data-focus]")?.focus();
  trouble("");
});

// What did not go through is said at once, and nothing on the page is lost.
document.body.addEventListener("htmx:response:error", (event) => {
  const response = event.detail?.ctx?.response;
  if (!swapped(response)) trouble(document.body.dataset[ended(response) ? "ended" : "failed"]);
});
document.body.addEventListener("htmx:error", () => trouble(document.body.dataset.cut));

// A page with errors to correct (422) is an answer like another; see noSwap in layout.html for the rest.
function swapped(response) {
  return !response || response.status < 400 || response.status === 422;
}

// Who is not signed in, or has not opened the demande, is sent away or told that nothing is there.
function ended({ status }) {
  return status === 401 || status === 404;
}

// A morph keeps elements that already have their behaviour: asking for it again is no fault.
function unlessAlreadyDone(error) {
  if (error.name !== "InitError") console.error(error);
}

// Long lists that are searched by typing: their script comes only where there is one.
async function searchable(scope) {
  if (scope.querySelector("select[data-search]")) (await import("./autocomplete.js")).enhance(scope);
}

function trouble(said) {
  const place = document.getElementById("trouble");
  place.textContent = said;
  place.hidden = !said;
}
