// In the frame of another site: says how high the page is, to a site that may show it, and opens the rest in the whole
// window. Without it the frame scrolls, and the server says what opens elsewhere.
const { sites, root } = document.body.dataset;
const INSIDE = [`${root}/demarches/`, `${root}/brouillons/`];
let host = "";

function tell() {
  if (host) parent.postMessage({ height: Math.ceil(document.body.getBoundingClientRect().height) }, host);
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || data !== "procedure" || !sites.split(" ").includes(origin)) return;
  host = origin;
  tell();
});
new ResizeObserver(tell).observe(document.body);

document.addEventListener("click", ({ target }) => {
  const link = target instanceof Element && target.closest("a[href]");
  if (!link || link.target) return;
  const stays = link.origin === location.origin && INSIDE.some((beginning) => link.pathname.startsWith(beginning));
  if (!stays) link.target = "_top";
}, true);
