// Runs before Streamlit. One of its libraries tries WebAssembly on every page and goes on without
// where it is not there; forbidden by the page's policy, the try would be told as an attack.
Reflect.deleteProperty(globalThis, "WebAssembly");

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
