// Who reads. The name is kept in this browser, never in an address, and told to the server, which
// knows it as long as the session lasts.

const KEPT = "idc.reader";

export default function ({ data, parentElement, setTriggerValue }) {
  pageKeys();
  const tell = (name) => {
    keep(name);
    window.idcReaderTold = { name, at: Date.now() };
    setTriggerValue("name", { name });
  };
  if (data.field) draw(fieldIn(parentElement.querySelector(".reader")), data, tell);
  const known = kept();
  // A new session has not heard it yet. Once is enough, should it not be taken.
  const told = window.idcReaderTold;
  const isTold = told && told.name === known && Date.now() - told.at < 5000;
  if (!data.name && known && !isTold) tell(known);
}

function fieldIn(host) {
  if (!host.firstChild) {
    const field = Object.assign(document.createElement("input"), {
      type: "text", placeholder: "Who reads? Name", autocomplete: "off", spellcheck: false,
    });
    field.setAttribute("aria-label", "Reader name");
    host.append(field);
  }
  return host.firstChild;
}

function draw(field, data, tell) {
  field.maxLength = data.longest;
  // An answer that was under way says the name of before: only a changed one is taken over.
  if (field.dataset.server !== data.name) {
    if (!field.isTyped) field.value = data.name || kept();
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
    if (event.key === "Escape") field.value = field.told ?? field.dataset.server;
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  };
  // What stands in the field now, for who stores something now.
  window.idcReader = {
    get isThere() { return field.isConnected; },
    get name() { return field.value.trim(); },
  };
}

// Storage can be forbidden: the name then lasts as long as the session.
function kept() {
  try { return (localStorage.getItem(KEPT) ?? "").trim(); } catch { return ""; }
}

function keep(name) {
  try { name ? localStorage.setItem(KEPT, name) : localStorage.removeItem(KEPT); } catch { /* see above */ }
}
