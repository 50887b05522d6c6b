// A long list becomes one that is searched by typing. Without this script it stays the plain list that it is, and the
// list is always what is sent: what is typed only chooses in it.
import "./vendor/accessible-autocomplete.min.js";

const STYLES = ["./vendor/accessible-autocomplete.min.css", "./autocomplete.css"];
let styled;
let focused = "";

export async function enhance(scope) {
  await (styled ??= Promise.all(STYLES.map(load)));
  for (const list of scope.querySelectorAll("select[data-search]:not([data-searched])")) search(list);
}

function load(address) {
  return new Promise((ready) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", onload: ready, onerror: ready });
    link.href = new URL(address, import.meta.url);
    document.head.append(link);
  });
}

function search(list) {
  const { id } = list;
  const notes = (list.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  const faulty = list.getAttribute("aria-invalid");
  const choices = [...list.options].filter((option) => option.value);
  const chosen = list.selectedOptions[0];
  list.dataset.searched = "";
  self.accessibleAutocomplete.enhanceSelectElement({
    selectElement: list,
    defaultValue: chosen?.value ? chosen.text : "",
    autoselect: false,
    showAllValues: true,
    displayMenu: "overlay",
    required: list.required,
    inputClasses: `govuk-input${faulty ? " govuk-input--error" : ""}`,
    menuAttributes: { "aria-labelledby": `${id}-label` },
    source: (typed, show) => show(matches(choices, typed, list)),
    onConfirm: (text) => settle(list, choices, text ?? input.value),
    // The library writes suggestions as HTML.
    templates: { inputValue: (text) => text, suggestion: escaped },
    dropdownArrow: ({ className }) => `<svg class="${className}" viewBox="0 0 16 10" aria-hidden="true"><path d="M0 0h16L8 10z"/></svg>`,
    tNoResults: () => "Aucune réponse de ce nom",
    tAssistiveHint: () =>
      "Saisissez quelques lettres, puis choisissez avec les flèches et la touche Entrée, ou en touchant une réponse.",
    tStatusNoResults: () => "Aucune réponse de ce nom",
    tStatusResults: (count, selected) => `${count} réponse${count > 1 ? "s" : ""} possible${count > 1 ? "s" : ""}. ${selected}`,
    tStatusSelectedOption: (text, count, at) => `${text}, ${at + 1} sur ${count}.`,
  });
  const input = document.getElementById(id);
  document.querySelector(`label[for="${CSS.escape(id)}"]`).id = `${id}-label`;
  if (faulty) input.setAttribute("aria-invalid", faulty);
  keepNotes(input, notes);
  input.addEventListener("input", () => settle(list, choices, input.value));
  // The list says when the answer changes; the text beside it is nobody's answer.
  input.addEventListener("change", (event) => event.stopPropagation());
  // Passing through it tells the library that the answer there is one already: its list stays closed on focus.
  if (chosen?.value) for (const passing of ["focus", "blur"]) input.dispatchEvent(new FocusEvent(passing));
  keepFocus(input);
}

// A choice that opens questions has its page drawn anew: who was there stays there.
function keepFocus(input) {
  if (input.id === focused && document.activeElement === document.body) input.focus();
  input.addEventListener("focus", () => (focused = input.id));
  // Said late, on a busy machine the person may be back already.
  const left = () => input.isConnected && document.activeElement !== input && (focused = "");
  input.addEventListener("blur", () => setTimeout(left));
}

// The library drops its own hint once something is typed; the question's hint and error stay.
function keepNotes(input, notes) {
  const write = () => {
    const own = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && !notes.includes(each));
    const all = [...notes, ...own].join(" ");
    if (all && input.getAttribute("aria-describedby") !== all) input.setAttribute("aria-describedby", all);
  };
  write();
  new MutationObserver(write).observe(input, { attributeFilter: ["aria-describedby"] });
}

function settle(list, choices, text) {
  const found = choices.find((option) => plain(option.text) === plain(text));
  const value = found?.value ?? "";
  if (list.value === value) return;
  list.value = value;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

// Those whose words begin as typed, then those that hold it; all of them while the answer itself is shown.
function matches(choices, typed, list) {
  const sought = plain(typed);
  if (list.value && plain(list.selectedOptions[0].text) === sought) return choices.map((option) => option.text);
  const ranked = choices.map((option) => ({ text: option.text, rank: rank(plain(option.text), sought) }));
  return ranked
    .filter((each) => each.rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .map((each) => each.text);
}

function rank(text, sought) {
  if (text.startsWith(sought)) return 0;
  if (text.includes(` ${sought}`)) return 1;
  return sought.split(" ").every((word) => text.includes(word)) ? 2 : 3;
}

// Without accents, capitals and signs: "Côte d’Ivoire" is found by "cote d ivoire".
function plain(text) {
  const letters = text.toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae").normalize("NFD").replace(/\p{M}/gu, "");
  return letters.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

function escaped(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}
