// The page's keys, one listener for all of it: they work wherever the focus is, but for fields that
// are written in. A list that was chosen from gives them back; Escape frees any field.

// Buttons of the page itself that have a key. Their own shortcut is lost while a slider, a toggle
// or a table has the focus.
const PAGE_BUTTONS = { U: "next_unreviewed", "Shift+N": "next_patient", "Shift+P": "previous_patient" };
const NOT_WRITTEN_IN = ["range", "checkbox", "radio", "button", "submit", "reset", "file", "color"];

function pageKeys() {
  return (window.idcKeys ??= startKeys());
}

function startKeys() {
  const listeners = new Map();
  window.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.composedPath()[0];
    if (isWrittenIn(field)) {
      if (event.key === "Escape") setTimeout(() => field.blur(), 60);
      return;
    }
    if (document.querySelector('[data-testid="stDialog"]')) return;
    const key = keyOf(event);
    for (const [name, { host, press }] of listeners) {
      if (!host.isConnected) listeners.delete(name);
      else if (press(key, event.repeat)) return handled(event);
    }
    const button = document.querySelector(`.st-key-${PAGE_BUTTONS[key]} button:not(:disabled)`);
    if (!button) return;
    if (!event.repeat) button.click();
    handled(event);
  }, true);
  // A list that closes has been chosen from, or left: the keys are the page's again.
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.getAttribute("role") !== "combobox" || target.ariaExpanded !== "false") continue;
      setTimeout(() => target === document.activeElement
        && target.getAttribute("aria-expanded") === "false" && target.blur(), 80);
    }
  }).observe(document.body, { subtree: true, attributeFilter: ["aria-expanded"] });
  return { listen: (name, host, press) => listeners.set(name, { host, press }) };
}

function handled(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// "1" on every keyboard, "N", "Shift+N", "Enter".
function keyOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit && !event.shiftKey) return digit[1];
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return event.shiftKey && /^[A-Z]$/.test(key) ? `Shift+${key}` : key;
}

function isWrittenIn(field) {
  if (!(field instanceof HTMLElement)) return false;
  if (field.isContentEditable || ["TEXTAREA", "SELECT"].includes(field.tagName)) return true;
  return field.tagName === "INPUT" && !NOT_WRITTEN_IN.includes(field.type);
}
