// What every page gains from scripts. Nothing here is needed to do anything: each page works without it.
import { initAll } from "./vendor/govuk-frontend.min.js";

initAll();

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
  const target = event.detail?.ctx?.target;
  if (!(target instanceof Element)) return;
  const fresh = document.getElementById(target.id) ?? target;
  initAll({ scope: fresh });
  announce(fresh.dataset.announce);
  fresh.querySelector("[data-focus]")?.focus();
});
