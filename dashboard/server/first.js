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
