// <a data-procedure href="(the form)">: the form in the page, the link where it cannot be.
for (const link of document.querySelectorAll("a[data-procedure]")) {
  const { href, origin } = link;
  const frame = document.createElement("iframe");
  let pages = 0;
  frame.title = link.textContent.trim();
  frame.src = href.replace("/demarches/", "/cadre/demarches/");
  frame.allow = "geolocation";
  Object.assign(frame.style, { width: "100%", height: 0, border: 0 });
  frame.onload = () => {
    frame.contentWindow.postMessage("procedure", origin);
    if (pages++) frame.scrollIntoView();
  };
  addEventListener("message", ({ source, origin: from, data }) => {
    if (source !== frame.contentWindow || from !== origin || !(data?.height > 0)) return;
    frame.style.height = Math.min(data.height, 30000) + "px";
    link.hidden = true;
  });
  link.after(frame);
}
