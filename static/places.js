// Suggestions while an address or a commune is typed, and the map of a place. Nothing here is needed to answer: each
// field is plain text first, and stays so when our server has nothing to suggest.

const config = document.querySelector("script[data-places]").dataset;
const PAUSE = 200; // after the last key, before anything is asked
const SHORTEST = 3;
const NOT_FOUND = "Votre position n’est pas disponible. Placez le repère sur la carte, ou saisissez l’adresse.";
const FRANCE = { centre: [46.6, 2.4], zoom: 5 };
const STREET = 17;
const TOWN = 16;
const STEP = 12; // pixels that an arrow key moves the pin by

let lists = 0;

function announce(said) {
  document.getElementById("announce").textContent = said;
}

async function ask(address, query, signal) {
  try {
    const answer = await fetch(`${address}?${new URLSearchParams(query)}`, { signal });
    return answer.ok ? (await answer.json()).suggestions : [];
  } catch {
    return [];
  }
}

// Writes in a field as a person would, so that what listens to the form hears of it.
function fill(input, text) {
  if (!input || input.value === text) return;
  input.value = text;
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
}

function named(holder, part) {
  return holder.querySelector(`[name="${CSS.escape(`${holder.dataset[kindOf(holder)]}-${part}`)}"]`);
}

function kindOf(holder) {
  return ["address", "commune", "place"].find((kind) => kind in holder.dataset);
}

// A text field with a list of suggestions under it: the combobox of ARIA 1.2, its list only suggesting.
class Combobox {
  constructor(input, { address, isOpen, choose, signal }) {
    Object.assign(this, { input, address, isOpen, choose, found: [], at: -1, quiet: false });
    this.list = document.createElement("ul");
    this.list.id = `suggestions-${++lists}`;
    this.list.className = "app-suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Propositions");
    this.list.hidden = true;
    const frame = document.createElement("div");
    frame.className = "app-combobox";
    input.before(frame);
    frame.append(input, this.list);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    }))
      input.setAttribute(name, value);
    input.addEventListener("input", () => this.later(), { signal });
    input.addEventListener("keydown", (event) => this.key(event), { signal });
    input.addEventListener("blur", () => this.close(), { signal });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take([...this.list.children].indexOf(event.target.closest("li"))));
  }

  later() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.quiet) return;
    if (this.input.value.trim().length < SHORTEST || !this.isOpen()) return this.close();
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    this.asking = new AbortController();
    const { signal } = this.asking;
    const found = await ask(this.address, { q: this.input.value }, signal);
    if (!signal.aborted && document.activeElement === this.input) this.show(found);
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((each, number) => option(this.list.id, each.label, number)));
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(Boolean(found.length)));
    this.point(-1);
    const count = found.length === 1 ? "1 proposition" : `${found.length} propositions`;
    announce(found.length ? `${count}. Flèche vers le bas pour choisir.` : "Aucune proposition.");
  }

  key(event) {
    const last = this.found.length - 1;
    const open = !this.list.hidden;
    if (event.key === "Escape" && open) this.close();
    else if (event.key === "ArrowDown" && open) this.point(this.at === last ? -1 : this.at + 1);
    else if (event.key === "ArrowUp" && open) this.point(this.at === -1 ? last : this.at - 1);
    else if (event.key === "Enter" && open && this.at >= 0) this.take(this.at);
    else return;
    event.preventDefault();
  }

  point(at) {
    this.at = at;
    [...this.list.children].forEach((each, number) => each.setAttribute("aria-selected", String(number === at)));
    const chosen = this.list.children[at];
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  take(at) {
    const chosen = this.found[at];
    if (!chosen) return;
    this.close();
    this.quiet = true;
    this.choose(chosen);
    this.quiet = false;
    announce(`${chosen.label} : choisi.`);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.found = [];
    this.list.hidden = true;
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.point(-1);
  }
}

function option(list, label, number) {
  const made = document.createElement("li");
  made.id = `${list}-${number}`;
  made.className = "app-suggestions__option";
  made.setAttribute("role", "option");
  made.setAttribute("aria-selected", "false");
  made.textContent = label;
  return made;
}

function address(holder, signal) {
  const [country, postcode, city] = ["country", "postcode", "city"].map((part) => named(holder, part));
  new Combobox(named(holder, "line1"), {
    signal,
    address: config.addresses,
    isOpen: () => ["", "france"].includes((country?.value ?? "").trim().toLowerCase()),
    choose(found) {
      fill(named(holder, "line1"), found.line1 || named(holder, "line1").value);
      fill(postcode, found.postcode);
      fill(city, found.city);
    },
  });
}

function commune(holder, signal) {
  const [input, country] = ["name", "country"].map((part) => named(holder, part));
  const choice = holder.querySelector(`input[type="hidden"]`);
  const isOpen = () => country.selectedIndex === 0;
  input.addEventListener("input", () => choice && (choice.value = ""), { signal });
  new Combobox(input, {
    signal,
    address: config.communes,
    isOpen,
    choose(found) {
      fill(input, found.text);
      if (choice) choice.value = found.key;
    },
  });
}

function place(holder, signal) {
  const input = named(holder, "address");
  const map = config.tiles && window.L ? new Pin(holder, input) : null;
  if (!config.addresses) return;
  new Combobox(input, {
    signal,
    address: config.addresses,
    isOpen: () => true,
    choose(found) {
      fill(input, found.label);
      map?.put([found.latitude, found.longitude], { zoom: STREET });
    },
  });
}

// The map of a place: a pin that a click, the keyboard, the device's position or a suggestion puts and moves.
class Pin {
  constructor(holder, input) {
    Object.assign(this, { holder, input, written: null });
    [this.longitude, this.latitude] = ["longitude", "latitude"].map((part) => named(holder, part));
    this.build();
    this.map = window.L.map(this.canvas, { scrollWheelZoom: false, zoomControl: false, worldCopyJump: true });
    this.map.attributionControl.setPrefix(false);
    window.L.control.zoom({ zoomInTitle: "Agrandir la carte", zoomOutTitle: "Réduire la carte" }).addTo(this.map);
    window.L.tileLayer(`${config.tiles}/{z}/{x}/{y}.png`, { maxZoom: 19, attribution: escaped(config.credit) }).addTo(this.map);
    this.map.on("click", ({ latlng }) => this.put(latlng, { find: true }));
    const [east, north] = [this.longitude.value, this.latitude.value].map(Number.parseFloat);
    if (Number.isFinite(east) && Number.isFinite(north)) this.put([north, east], { zoom: STREET, isNew: false });
    else this.begin();
  }

  build() {
    const after = `${this.holder.id}-after-map`;
    this.frame = document.createElement("div");
    this.frame.className = "app-map";
    const skip = Object.assign(document.createElement("a"), { href: `#${after}`, className: "govuk-skip-link", textContent: "Passer la carte" });
    this.canvas = Object.assign(document.createElement("div"), { className: "app-map__canvas" });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", "Carte. Les flèches la déplacent, plus et moins changent l’échelle.");
    const acts = document.createElement("div");
    acts.className = "govuk-button-group app-map__acts";
    acts.append(
      button("Placer le repère au centre", () => this.put(this.map.getCenter(), { find: true, focus: true })),
      ...("geolocation" in navigator ? [button("Utiliser ma position", () => this.locate())] : []),
      (this.removal = button("Enlever le repère", () => this.remove())),
    );
    this.said = Object.assign(document.createElement("p"), { className: "govuk-hint app-map__said", id: after, tabIndex: -1 });
    this.frame.append(skip, this.canvas, acts, this.said);
    this.holder.append(this.frame);
    this.tell();
  }

  async begin() {
    this.map.setView(FRANCE.centre, FRANCE.zoom);
    const [centre] = await ask(config.centre, {});
    if (centre && !this.marker) this.map.setView([centre.latitude, centre.longitude], TOWN);
  }

  put(place, { zoom, find, focus, isNew = true } = {}) {
    const at = window.L.latLng(place).wrap();
    if (zoom) this.map.setView(at, Math.max(zoom, this.map.getZoom() || 0));
    if (this.marker) this.marker.setLatLng(at);
    else this.mark(at);
    fill(this.longitude, at.lng.toFixed(6));
    fill(this.latitude, at.lat.toFixed(6));
    this.tell();
    if (focus) this.marker.getElement().focus();
    if (isNew) announce("Repère placé.");
    if (find) this.find(at);
  }

  mark(at) {
    const icon = window.L.divIcon({ className: "app-pin", iconSize: [30, 40], iconAnchor: [15, 39] });
    this.marker = window.L.marker(at, { icon, draggable: true, keyboard: true }).addTo(this.map);
    const drawn = this.marker.getElement();
    drawn.setAttribute("aria-label", "Repère. Les flèches le déplacent.");
    drawn.addEventListener("keydown", (event) => this.key(event));
    this.marker.on("dragend", () => this.put(this.marker.getLatLng(), { find: true }));
  }

  key(event) {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? 1 : STEP;
    const moved = this.map.latLngToLayerPoint(this.marker.getLatLng()).add([x * step, y * step]);
    const at = this.map.layerPointToLatLng(moved);
    this.put(at, { isNew: false });
    if (!this.map.getBounds().pad(-0.05).contains(at)) this.map.panTo(at);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(at), 600);
  }

  // The address of the pin goes where the person wrote nothing.
  async find({ lng, lat }) {
    if (!config.addresses || (this.input.value.trim() && this.input.value !== this.written)) return;
    const [found] = await ask(config.addresses, { lon: lng.toFixed(6), lat: lat.toFixed(6) });
    if (!found) return;
    this.written = found.label;
    fill(this.input, found.label);
    announce(`Adresse du repère : ${found.label}.`);
  }

  locate() {
    announce("Recherche de votre position…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.put([coords.latitude, coords.longitude], { zoom: STREET, find: true }),
      () => this.tell(NOT_FOUND),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  }

  remove() {
    this.marker?.remove();
    this.marker = null;
    fill(this.longitude, "");
    fill(this.latitude, "");
    this.tell();
    announce("Repère enlevé.");
    this.canvas.focus();
  }

  tell(trouble) {
    this.removal.hidden = !this.marker;
    const state = this.marker ? "Le repère est placé. Il part avec votre réponse." : "Pas de repère : l’adresse ou quelques mots suffisent.";
    this.said.textContent = trouble ?? state;
    if (trouble) announce(trouble);
  }
}

function button(text, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  made.className = "govuk-button govuk-button--secondary";
  made.addEventListener("click", act);
  return made;
}

// Leaflet writes the credit as HTML.
function escaped(text) {
  return Object.assign(document.createElement("span"), { textContent: text ?? "" }).innerHTML;
}

// A place that is only shown: data-longitude, data-latitude and, for who does not see the map, the words beside it.
function shown(canvas) {
  const at = [canvas.dataset.latitude, canvas.dataset.longitude].map(Number.parseFloat);
  const map = window.L.map(canvas, { scrollWheelZoom: false, zoomControl: false, keyboard: false }).setView(at, STREET);
  map.attributionControl.setPrefix(false);
  window.L.tileLayer(`${config.tiles}/{z}/{x}/{y}.png`, { maxZoom: 19, attribution: escaped(config.credit) }).addTo(map);
  const icon = window.L.divIcon({ className: "app-pin", iconSize: [30, 40], iconAnchor: [15, 39] });
  window.L.marker(at, { icon, interactive: false, keyboard: false }).addTo(map);
}

// What ends the behaviours of a field: a redraw takes the list and the map away, and may keep the field itself.
const equipped = new WeakMap();

function prepare() {
  const offered = { address: config.addresses && address, commune: config.communes && commune, place };
  for (const [kind, equip] of Object.entries(offered)) {
    for (const holder of document.querySelectorAll(`[data-${kind}]`)) {
      const first = holder.querySelector("input:not([type=hidden])");
      if (!equip || !first || (equipped.has(first) && holder.querySelector(".app-combobox, .app-map"))) continue;
      equipped.get(first)?.abort();
      equipped.set(first, new AbortController());
      equip(holder, equipped.get(first).signal);
    }
  }
  if (config.tiles && window.L) {
    for (const canvas of document.querySelectorAll("[data-shown-place]:not(.leaflet-container)")) shown(canvas);
  }
}

prepare();
document.body.addEventListener("htmx:after:swap", prepare);
