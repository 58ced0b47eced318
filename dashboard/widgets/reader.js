// The reader's name. It is kept in this browser, never in an address, and told to the server, which
// knows it as long as the session lasts.
import { find, make } from "./dom.js";
import { pageKeys } from "./keys.js";

const KEPT = "idc.reader";

/**
 * @typedef {{ name: string, field: boolean, longest: number, signed: boolean }} Data as
 *   widgets/reader.py sends it; `signed`: whose name it is has signed in, and nobody types one
 * @typedef {HTMLInputElement & { isTyped?: boolean, told?: string }} Field
 */

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  pageKeys();
  const tell = (/** @type {string} */ name) => {
    keep(name);
    window.idcReaderTold = { name, at: Date.now() };
    setTriggerValue("name", { name });
  };
  if (data.field) draw(fieldIn(find(parentElement, ".reader")), data, tell);
  if (data.signed) return;
  const known = kept();
  // A new session has not heard it yet. Once is enough, should it not be taken.
  const told = window.idcReaderTold;
  const isTold = told && told.name === known && Date.now() - told.at < 5000;
  if (!data.name && known && !isTold) tell(known);
}

/** @param {HTMLElement} host */
function fieldIn(host) {
  if (!host.firstChild) {
    const field = Object.assign(make("input"), {
      type: "text", placeholder: "Reader name", autocomplete: "off", spellcheck: false,
    });
    field.setAttribute("aria-label", "Reader name");
    host.append(field);
  }
  return /** @type {Field} */ (host.firstChild);
}

/** @param {Field} field @param {Data} data @param {(name: string) => void} tell */
function draw(field, data, tell) {
  field.maxLength = data.longest;
  field.readOnly = data.signed;
  // An answer that was under way still has the old name: only a changed one is taken over.
  if (field.dataset.server !== data.name) {
    if (!field.isTyped || data.signed) field.value = data.name || kept();
    field.dataset.server = data.name;
  }
  const commit = () => {
    field.isTyped = false;
    field.value = field.value.trim();
    if (field.value === (field.told ?? field.dataset.server)) return;
    field.told = field.value;
    tell(field.value);
  };
  field.oninput = () => { field.isTyped = true; };
  field.onblur = commit;
  field.onkeydown = (event) => {
    if (event.key === "Escape") field.value = field.told ?? field.dataset.server ?? "";
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  };
  // What stands in the field now, for whatever stores something now.
  window.idcReader = {
    get isThere() { return field.isConnected; },
    get name() { return field.value.trim(); },
  };
}

// Storage can be forbidden: the name then lasts as long as the session.
function kept() {
  try { return (localStorage.getItem(KEPT) ?? "").trim(); } catch { return ""; }
}

/** @param {string} name */
function keep(name) {
  try {
    if (name) localStorage.setItem(KEPT, name);
    else localStorage.removeItem(KEPT);
  } catch { /* see above */ }
}
