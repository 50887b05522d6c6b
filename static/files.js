// Sends each file as soon as it is chosen, says how far it is, and says why when one is refused. Without it, the page
// sends its files with the rest, and the server says the same of them.

const SPOKEN = 25; // per cent between two words of the status
const CAUSES = {
  network: "Votre connexion est coupée : « {name} » n’est pas envoyé. Réessayez.",
  server: "Le site ne répond pas bien : « {name} » n’est pas envoyé. Réessayez dans un instant.",
  session:
    "« {name} » n’est pas envoyé : votre session est terminée. Identifiez-vous ou donnez votre code dans un autre onglet, puis réessayez.",
  closed: "« {name} » n’est pas envoyé : cette demande est déjà envoyée, ou cette question a tous ses fichiers. Rechargez la page.",
  often: "« {name} » n’est pas envoyé : trop de fichiers à la suite. Réessayez dans quelques minutes.",
};
const BY_STATUS = { 0: "network", 401: "session", 404: "session", 409: "closed", 413: "size", 429: "often" };

const form = document.getElementById("answers");
const enhanced = new WeakSet();
const queue = [];
let current = null; // the file on its way
let waiting = null; // the button pressed meanwhile

if (form) {
  document.addEventListener("submit", hold, { capture: true });
  document.body.addEventListener("htmx:after:swap", enhanceAll);
  enhanceAll();
}

function enhanceAll() {
  form.querySelectorAll('input[type="file"]').forEach((input) => {
    if (enhanced.has(input)) return;
    enhanced.add(input);
    const list = element("div", "app-uploads");
    const status = element("p", "govuk-visually-hidden", { role: "status" });
    input.before(list, status);
    input.addEventListener("change", () => choose(input, list, status));
  });
}

function choose(input, list, status) {
  const chosen = [...input.files];
  input.value = ""; // what is sent from here is not sent again with the page
  chosen.forEach((file, index) => {
    const upload = { file, input, status, ...row(file, `${input.id}-upload-${Date.now()}-${index}`) };
    list.append(upload.row);
    upload.stop.addEventListener("click", () => cancel(upload));
    upload.again.addEventListener("click", () => enqueue(upload));
    enqueue(upload);
  });
}

// One file: its name, how far it is, what is said of it, and how to stop or begin again.
function row(file, id) {
  const row = element("div", "app-upload");
  const line = element("p", "app-upload__line");
  const name = element("span", "app-files__name", { id });
  name.textContent = file.name;
  const [stop, again] = [button("Annuler", file.name), button("Réessayer", file.name)];
  const bar = element("progress", "app-upload__bar", { max: 100, value: 0, "aria-labelledby": id });
  const said = element("p", "app-upload__said");
  line.append(name, " ", stop, " ", again);
  row.append(line, bar, said);
  return { row, bar, said, stop, again };
}

function enqueue(upload) {
  const cause = tooLarge(upload);
  if (cause) return fail(upload, cause, false);
  upload.row.classList.remove("app-upload--failed");
  upload.bar.value = 0;
  upload.stop.firstChild.data = "Annuler";
  show(upload, { bar: true, again: false });
  upload.said.textContent = "En attente";
  queue.push(upload);
  next();
}

function tooLarge({ file, input }) {
  if (!file.size) return input.dataset.empty;
  return file.size > Number(input.dataset.most) ? input.dataset.size : "";
}

function next() {
  if (current || !queue.length) return;
  current = queue.shift();
  send(current);
}

function send(upload) {
  const address = new URL(form.action);
  address.pathname += "/fichiers";
  address.search = "";
  const body = new FormData();
  body.append(upload.input.name, upload.file, upload.file.name);
  const request = (upload.request = new XMLHttpRequest());
  upload.spoken = 0;
  upload.said.textContent = "Envoi en cours";
  request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(upload, event));
  request.addEventListener("load", () => done(upload, request));
  request.addEventListener("error", () => settle(upload, () => fail(upload, CAUSES.network, true)));
  request.open("POST", address);
  request.send(body);
}

function progress(upload, { loaded, total }) {
  const percent = Math.floor((100 * loaded) / total);
  upload.bar.value = percent;
  upload.said.textContent = percent < 100 ? `Envoi en cours : ${percent} %` : "Vérification du fichier";
  const step = Math.floor(percent / SPOKEN) * SPOKEN;
  if (step <= upload.spoken) return;
  upload.spoken = step;
  speak(upload, step < 100 ? `${upload.file.name} : ${step} %` : `${upload.file.name} : vérification`);
}

function done(upload, request) {
  settle(upload, () => {
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const list = answer.getElementById(`${upload.input.id}-sent`);
    if (!list) return fail(upload, ...causeOf(upload, request.status));
    bringIn(upload, list, answer);
    const problem = answer.querySelector("[data-problem]");
    if (problem) return fail(upload, problem.textContent, false);
    corrected(upload.input);
    speak(upload, `${upload.file.name} : envoyé`);
    remove(upload);
  });
}

function causeOf(upload, status) {
  const cause = BY_STATUS[status] ?? "server";
  if (cause === "size") return [upload.input.dataset.size, false];
  return [CAUSES[cause], cause !== "closed"];
}

// The list of the files already sent, as the server shows it, and the forms that take them away.
function bringIn(upload, list, answer) {
  const { input } = upload;
  const full = list.querySelector("p[tabindex]"); // the question takes no more
  full?.removeAttribute("id"); // that of the input, which stays, unseen
  document.getElementById(list.id).replaceWith(list);
  answer.querySelectorAll("form").forEach((each) => document.getElementById(each.id) ?? document.body.append(each));
  if (list.querySelector(".app-files")) input.removeAttribute("required");
  if (full) input.hidden = true;
}

// A question that has its file is wrong no more: its error goes, in its place and in the summary.
function corrected(input) {
  const error = document.getElementById(`${input.id}-error`);
  if (!error) return;
  error.remove();
  input.closest(".govuk-form-group--error")?.classList.remove("govuk-form-group--error");
  input.classList.remove("govuk-file-upload--error");
  input.removeAttribute("aria-invalid");
  input.setAttribute("aria-describedby", input.getAttribute("aria-describedby").replace(error.id, "").trim());
  summarise(input);
}

function summarise(input) {
  const summary = document.querySelector(".govuk-error-summary");
  summary?.querySelector(`a[href="#${CSS.escape(input.id)}"]`)?.closest("li").remove();
  const left = summary?.querySelectorAll("li").length;
  if (left === 0) {
    summary.remove();
    document.title = document.title.replace(/^Erreur\s*:\s*/, "");
  } else if (left) {
    summary.querySelector("h2").textContent = left === 1 ? "Corrigez cette erreur pour continuer" : `Corrigez ${left} erreurs pour continuer`;
  }
}

function settle(upload, act) {
  current = null;
  act();
  next();
  release();
}

function fail(upload, sentence, mayRetry) {
  upload.row.classList.add("app-upload--failed");
  upload.said.textContent = worded(sentence, upload.file.name);
  upload.stop.firstChild.data = "Retirer";
  show(upload, { bar: false, again: mayRetry });
  speak(upload, upload.said.textContent);
  if (waiting) upload.input.focus();
  waiting = null;
}

function cancel(upload) {
  const at = queue.indexOf(upload);
  if (at >= 0) queue.splice(at, 1);
  const isOnItsWay = current === upload;
  if (isOnItsWay) {
    current = null;
    upload.request.abort();
  }
  speak(upload, `${upload.file.name} : retiré`);
  remove(upload);
  next();
  release();
}

function remove(upload) {
  const hadFocus = upload.row.contains(document.activeElement);
  upload.row.remove();
  if (!hadFocus) return;
  if (!upload.input.hidden) upload.input.focus();
  else document.querySelector(`#${CSS.escape(upload.input.id)}-sent p[tabindex]`)?.focus();
}

// A page is not left while a file is on its way: it goes on by itself afterwards, unless a file was refused.
function hold(event) {
  if (event.target !== form || !(current || queue.length)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = event.submitter;
  (current ?? queue[0]).status.textContent = "La page continuera à la fin de l’envoi.";
}

function release() {
  if (!waiting || current || queue.length) return;
  const pressed = waiting;
  waiting = null;
  form.requestSubmit(pressed);
}

function show({ bar, again }, shown) {
  bar.hidden = !shown.bar;
  again.hidden = !shown.again;
}

function speak(upload, words) {
  upload.status.textContent = words;
}

function worded(sentence, name) {
  const set = sentence.replaceAll("« ", "«\u00a0").replaceAll(" »", "\u00a0»").replaceAll(" :", "\u00a0:");
  return set.replace("{name}", () => name);
}

function button(label, name) {
  const made = element("button", "app-link-button", { type: "button" });
  const hidden = element("span", "govuk-visually-hidden");
  hidden.textContent = ` ${name}`;
  made.append(label, hidden);
  return made;
}

function element(tag, name, attributes = {}) {
  const made = document.createElement(tag);
  made.className = name;
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}
