// Runs before Streamlit. One of its libraries tries WebAssembly on every page and carries on without
// it; since the page's policy forbids it, the attempt would be reported as an attack.
Reflect.deleteProperty(globalThis, "WebAssembly");
// Keys that are pressed before the page can act on them: widgets/keys.js takes them over, and with
// them the listening.
window.idcEarlyKeys = [];
window.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLElement} */ (event.composedPath()[0]);
  if (!event.repeat) window.idcEarlyKeys?.push({ event, field });
}, true);

// The bar stands as it was left; at first it is folded where it would fill a small screen. Known
// before anything is drawn, so that nothing moves.
function barAsLeft() {
  try {
    return localStorage.getItem("idc_bar");
  } catch { // storage is forbidden
    return null;
  }
}
document.documentElement.dataset.bar = barAsLeft() ?? (innerWidth <= 640 ? "folded" : "open");

// Signing in leads to the front page (server/access.py): whoever came by a link goes on to what it
// named. Each tab knows its own.
window.addEventListener("pagehide", () => {
  try {
    sessionStorage.setItem("idc_link", location.pathname + location.search);
  } catch { // storage is forbidden: the front page it is
  }
});
function linkAsLeft() {
  try {
    return sessionStorage.getItem("idc_link");
  } catch {
    return null;
  }
}
if (location.hash === "#back") history.replaceState(null, "", linkAsLeft() ?? location.pathname);
