// Runs before Streamlit. One of its libraries tries WebAssembly on every page and goes on without
// where it is not there; forbidden by the page's policy, the try would be told as an attack.
Reflect.deleteProperty(globalThis, "WebAssembly");
