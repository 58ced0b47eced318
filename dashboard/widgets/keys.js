// The page's keys, one listener for all of it: they work wherever the focus is, except in fields that
// take text. A list that was chosen from gives them back; Escape leaves any field. A key that is
// pressed faster than the server answers waits, and counts once the page has settled.
import {
  afterNextFrame, buttonOf, isDialogOpen, isDrawn, isPanelDue, whenAListCloses, whenAnythingChanges,
  whenDrawn,
} from "./streamlit_page.js";

// Buttons of the page itself that have a key. Their own shortcut is lost while a slider, a toggle
// or a table has the focus.
/** @type {Record<string, string>} */
const PAGE_BUTTONS = { U: "next_unreviewed", "Shift+N": "next_patient", "Shift+P": "previous_patient" };
const PANEL_KEYS = ["1", "2", "3", "4", "5", "K", "N", "P", "Z"];
const NOT_WRITTEN_IN = ["range", "checkbox", "radio", "button", "submit", "reset", "file", "color"];
const ANSWER_MS = 60000; // after that nothing will come of a button that was pressed
const LATE_MS = 5000; // so long after its page a button may still come up

/**
 * @typedef {Map<string, KeyListener>} Listeners
 * @typedef {Pick<KeyboardEvent, "isComposing" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "key"
 *   | "code" | "repeat" | "composedPath">} Pressed
 *
 * @typedef {object} Page what the keys must know of the page
 * @property {() => boolean} isDialogOpen
 * @property {() => boolean} isDrawn whether the server's answer stands on the screen
 * @property {() => boolean} isPanelDue whether there is a place for a panel
 * @property {(key: string) => { click: () => void } | null} buttonOf
 * @property {(field: HTMLElement) => void} free
 * @property {() => string} place the address of the page, without what it carries
 * @property {() => number} now ms
 *
 * @typedef {{ key: string, aim: string | undefined, place: string, missed?: number }} Waiting a key, what
 *   it meant when it was pressed, on which page that was, and since when (ms) that page stands without
 *   its button
 */

export function pageKeys() {
  return (window.idcKeys ??= startKeys());
}

function startKeys() {
  const keys = new Keys({
    isDialogOpen, isDrawn, isPanelDue, buttonOf, free,
    place: () => window.location.pathname, now: () => performance.now(),
  });
  for (const { event, field } of window.idcEarlyKeys ?? []) {
    if (!event.defaultPrevented) keys.isTaken(event, field);
  }
  window.idcEarlyKeys = undefined; // from now on keys are heard here
  keys.settled();
  window.addEventListener("keydown", (event) => {
    if (!keys.isTaken(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  // Whoever points at something has moved on.
  window.addEventListener("pointerdown", () => keys.forget(), true);
  // A list that closes has been chosen from, or left: the keys are the page's again.
  whenAListCloses((field) => field.blur());
  whenDrawn(() => keys.drawn());
  whenAnythingChanges(() => { if (keys.waiting.length) keys.settled(); });
  return {
    /** @param {string} name @param {KeyListener} listener */
    listen: (name, listener) => { keys.listeners.set(name, listener); },
    settled: () => keys.settled(),
  };
}

export class Keys {
  /** @type {Listeners} */
  listeners = new Map();
  /** Keys that were pressed too early, oldest first. @type {Waiting[]} */
  waiting = [];
  /** When a button of the page was pressed that the server has not answered yet (ms). */
  clicked = -Infinity;

  /** @param {Page} page */
  constructor(page) { this.page = page; }

  /**
   * Does what a key means, now or once the page has settled; whether it was meant for us.
   * @param {Pressed} event
   * @param {HTMLElement} [early] where it was pressed, before these keys listened
   */
  isTaken(event, early) {
    const field = early ?? /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (isWrittenIn(field)) {
      if (event.key === "Escape") this.page.free(field);
      return false;
    }
    if (this.page.isDialogOpen() || this.live().some((panel) => panel.holds?.())) return false;
    const key = keyOf(event);
    if (!event.repeat && (this.mustWait(key) || (early && key in PAGE_BUTTONS))) {
      this.waiting.push({ key, aim: this.aimOf(key), place: this.page.place() });
      return true;
    }
    if (this.does(key, event.repeat)) return true;
    if (key in PAGE_BUTTONS && !event.repeat) this.awaitButton(key);
    return false;
  }

  /** The page is there, but draws its buttons one by one: that of this key may still come up.
   * @param {string} key */
  awaitButton(key) {
    this.waiting.push({ key, aim: undefined, place: this.page.place(), missed: this.page.now() });
  }

  /** @param {string} key */
  mustWait(key) {
    if (!(key in PAGE_BUTTONS) && !PANEL_KEYS.includes(key)) return false;
    return this.isBusy() || this.live().some((panel) => panel.isBusy()) || this.isEarly(key);
  }

  /** @param {string} key @param {boolean} held @param {Waiting} [waited] the key, if it had to wait */
  does(key, held, waited) {
    for (const panel of this.live()) if (panel.press(key, held, waited)) return true;
    const named = PAGE_BUTTONS[key];
    const button = named === undefined ? null : this.page.buttonOf(named);
    if (!button) return false;
    if (held) return true;
    this.clicked = this.page.now();
    // The page has its buttons: those that wait behind this one wait for its answer, however long.
    for (const each of this.waiting) each.missed = undefined;
    button.click();
    return true;
  }

  /** The server's answer stands on the screen. */
  drawn() {
    this.clicked = -Infinity;
    this.settled();
  }

  /** Do what had to wait, one key after the other, each once the one before has been answered. */
  settled() {
    for (const waited of [...this.waiting]) {
      if (this.isBusy() || this.live().some((panel) => panel.isBusy())) return;
      const isOver = waited.place !== this.page.place() || this.isTooLate(waited);
      if (!isOver && this.isEarly(waited.key)) return;
      if (!isOver && this.isStillDue(waited)) continue;
      this.waiting = this.waiting.filter((each) => each !== waited);
      if (!isOver) this.does(waited.key, false, waited);
    }
  }

  /** Whether its button may still come up: a page is not drawn all at once. @param {Waiting} waited */
  isStillDue(waited) {
    const named = PAGE_BUTTONS[waited.key];
    if (named === undefined || this.page.buttonOf(named)) return false;
    waited.missed ??= this.page.now();
    return true;
  }

  /** Whether its page stood so long without its button that the hand no longer means it.
   * @param {Waiting} waited */
  isTooLate({ missed }) { return missed !== undefined && this.page.now() - missed >= LATE_MS; }

  /** Whether what a key is for is still to come. @param {string} key */
  isEarly(key) {
    if (key in PAGE_BUTTONS) return !this.page.isDrawn();
    return !this.live().length && (!this.page.isDrawn() || this.page.isPanelDue());
  }

  forget() { this.waiting = []; }

  isBusy() { return this.page.now() - this.clicked < ANSWER_MS; }

  /** @param {string} key */
  aimOf(key) {
    return this.live().map((panel) => panel.aimOf(key)).find((aim) => aim !== undefined);
  }

  /** Panels that are still on the page. */
  live() {
    for (const [name, { host }] of this.listeners) if (!host.isConnected) this.listeners.delete(name);
    return [...this.listeners.values()];
  }
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
