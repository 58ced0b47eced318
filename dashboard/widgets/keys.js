// The page's keys, one listener for all of it: they work wherever the focus is, but for fields that
// are written in. A list that was chosen from gives them back; Escape frees any field.
import { afterNextFrame, buttonOf, isDialogOpen, whenAListCloses } from "./streamlit_page.js";

// Buttons of the page itself that have a key. Their own shortcut is lost while a slider, a toggle
// or a table has the focus.
/** @type {Record<string, string>} */
const PAGE_BUTTONS = { U: "next_unreviewed", "Shift+N": "next_patient", "Shift+P": "previous_patient" };
const NOT_WRITTEN_IN = ["range", "checkbox", "radio", "button", "submit", "reset", "file", "color"];

/** @typedef {Map<string, { host: { isConnected: boolean }, press: Press }>} Listeners */

export function pageKeys() {
  return (window.idcKeys ??= startKeys());
}

function startKeys() {
  /** @type {Listeners} */
  const listeners = new Map();
  const page = { isDialogOpen, buttonOf, free };
  window.addEventListener("keydown", (event) => {
    if (!isTaken(event, listeners, page)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  // A list that closes has been chosen from, or left: the keys are the page's again.
  whenAListCloses((field) => field.blur());
  return {
    /** @param {string} name @param {Element} host @param {Press} press */
    listen: (name, host, press) => { listeners.set(name, { host, press }); },
  };
}

/**
 * Does what a key means; whether it was meant for us.
 * @param {Pick<KeyboardEvent, "isComposing" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "key"
 *   | "code" | "repeat" | "composedPath">} event
 * @param {Listeners} listeners
 * @param {{ isDialogOpen: () => boolean, buttonOf: (key: string) => { click: () => void } | null,
 *   free: (field: HTMLElement) => void }} page
 */
export function isTaken(event, listeners, page) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
  const field = /** @type {HTMLElement} */ (event.composedPath()[0]);
  if (isWrittenIn(field)) {
    if (event.key === "Escape") page.free(field);
    return false;
  }
  if (page.isDialogOpen()) return false;
  const key = keyOf(event);
  for (const [name, { host, press }] of listeners) {
    if (!host.isConnected) listeners.delete(name);
    else if (press(key, event.repeat)) return true;
  }
  const named = PAGE_BUTTONS[key];
  const button = named === undefined ? null : page.buttonOf(named);
  if (!button) return false;
  if (!event.repeat) button.click();
  return true;
}

/** The field itself hears Escape first: a list closes by it. @param {HTMLElement} field */
function free(field) {
  afterNextFrame(() => field.blur());
}

/**
 * "1" on every keyboard, "N", "Shift+N", "Enter".
 * @param {Pick<KeyboardEvent, "code" | "key" | "shiftKey">} event
 */
export function keyOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit?.[1] && !event.shiftKey) return digit[1];
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return event.shiftKey && /^[A-Z]$/.test(key) ? `Shift+${key}` : key;
}

/**
 * Whether letters pressed now belong to a field. The document itself is none.
 * @param {{ isContentEditable?: boolean, tagName?: string, type?: string }} field
 */
export function isWrittenIn(field) {
  if (field.isContentEditable || ["TEXTAREA", "SELECT"].includes(field.tagName ?? "")) return true;
  return field.tagName === "INPUT" && !NOT_WRITTEN_IN.includes(field.type ?? "");
}
