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
