// Saves a page of a form while it is being filled, says so, and says when it failed. Without it, nothing is missing:
// "Continuer" and "Enregistrer et reprendre plus tard" keep everything too. Files are never sent from here.

const AFTER_CHANGE = 3000; // once the person has stopped for so long
const AT_MOST_EVERY = 8000;
const AGAIN = { network: 10000, server: 10000, often: 60000 }; // after a failure that may pass by itself
const GIVE_UP = 15000;
const PATIENCE = 3000; // how long a pressed button waits for what is being saved
const OUTLIVES_THE_PAGE = 60000; // bytes that browsers still send once the page is gone
const CAUSES = { 401: "session", 404: "session", 409: "sent", 413: "large", 429: "often" };

const form = document.getElementById("answers");
const place = document.getElementById("autosave");
let [timer, saving, saved, lastAt] = [0, null, form && said(), -Infinity];
let leaving = false; // the form itself is on its way, with all that it says
let failing = false;

if (form && place) {
  for (const name of ["input", "change"]) form.addEventListener(name, () => plan(AFTER_CHANGE));
  // Before app.js hears of it: what is being sent here ends first, so that the older text never comes last.
  document.addEventListener("submit", beforeSubmit, { capture: true });
  // A redraw by htmx saves the page as well; what is typed meanwhile is saved after it.
  document.body.addEventListener("htmx:before:request", () => clearTimeout(timer));
  document.body.addEventListener("htmx:finally:request", () => plan(AFTER_CHANGE));
  // Back from another tab, where the person may have signed in, or on the network again.
  for (const name of ["online", "focus"]) window.addEventListener(name, () => failing && plan(0));
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save(true));
  window.addEventListener("pagehide", () => save(true));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });
}

// What the form says now: text only, in the order of the page.
function said() {
  const texts = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(texts).toString();
}

function plan(delay) {
  clearTimeout(timer);
  if (leaving || said() === saved) return;
  timer = setTimeout(save, Math.max(delay, lastAt + AT_MOST_EVERY - performance.now()));
}

async function save(isLast) {
  const body = said();
  if (leaving || body === saved || (saving && isLast !== true)) return;
  clearTimeout(timer);
  lastAt = performance.now();
  const mine = (saving = post(body, isLast === true));
  const { cause, hour } = await mine;
  if (saving !== mine) return;
  saving = null;
  failing = Boolean(cause);
  if (!cause) saved = body;
  tell(cause ? place.dataset[cause] : place.dataset.saved.replace("{hour}", hour));
  if (!cause) plan(AFTER_CHANGE);
  else if (AGAIN[cause]) plan(AGAIN[cause]);
}

// The cause of a failure, or the hour of what was saved. Never rejects. isLast: the page is on its way out; a request
// under way is cut with it, so that this one says everything again.
async function post(body, isLast) {
  const sent = new URLSearchParams(body);
  sent.set("then", "autosave");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: sent,
      credentials: "same-origin",
      redirect: "manual",
      keepalive: isLast && body.length < OUTLIVES_THE_PAGE,
      signal: AbortSignal.timeout(GIVE_UP),
    });
    if (answer.status === 204) return { hour: (answer.headers.get("X-Saved-At") ?? "").replaceAll(" ", "\u00a0") };
    return { cause: CAUSES[answer.status] ?? (answer.status >= 500 ? "server" : "refused") };
  } catch {
    return { cause: "network" };
  }
}

function beforeSubmit(event) {
  if (event.target !== form) {
    if (event.target.method === "post") save(true); // such as taking a file away: what is typed here goes first
    return;
  }
  clearTimeout(timer);
  leaving = !saving;
  if (leaving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.submitter;
  Promise.race([saving, new Promise((done) => setTimeout(done, PATIENCE))]).then(() => {
    saving = null;
    form.requestSubmit(button);
  });
}

// The same words again are no news.
function tell(words) {
  if (place.textContent === words) return;
  place.textContent = words;
  place.classList.toggle("app-autosave--failed", failing);
}
