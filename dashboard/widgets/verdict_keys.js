// A patch with its keys and its note, or several patches with their buttons: what is pressed says
// what stood on the screen when it was pressed. One act at a time is under way; picture and keys
// change together, once the next picture is there.

import { address, find, make } from "./dom.js";
import { pageKeys } from "./keys.js";
import { actionOf, aimOf, isBusy, refusalOf } from "./verdict_rules.js";

/**
 * @import { Act, Action, Asked, Seen, Shown } from "./verdict_rules.js"
 * @typedef {HTMLElement & { panel?: Panel }} Host
 */

const PATIENCE_MS = 10000;

/** @param {Mounted<Shown>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const host = /** @type {Host} */ (find(parentElement, ".verdicts"));
  const panel = (host.panel ??= new Panel(host));
  panel.send = (act) => setTriggerValue("act", act);
  panel.update(data);
  if (data.listens) pageKeys().listen(data.listens, panel);
}

class Panel {
  /** What the server sent last. @type {Shown | null} */
  wanted = null;
  /** What stands on the screen. @type {Shown | null} */
  shown = null;
  /** @type {Asked | null} */
  asked = null;
  /** The last act that no answer came to. @type {Act | null} */
  unanswered = null;
  /** @type {(act: Act) => void} */
  send = () => {};
  isBlank = false;
  since = 0;
  begunLocked = false;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.note = /** @type {HTMLInputElement} */ (find(host, ".note"));
    this.note.onkeydown = (event) => this.typed(event);
    this.note.onfocus = this.note.onpointerdown = () => { this.begunLocked = false; };
    this.note.oninput = () => this.keepDraft();
    // A button that is held with Enter clicks again and again.
    host.addEventListener("keydown", (event) => {
      const pressed = /** @type {HTMLElement} */ (event.target);
      if (event.repeat && pressed.tagName === "BUTTON") event.preventDefault();
    });
  }

  /** @param {string} name */
  find(name) { return find(this.host, `.${name}`); }

  // An act under way belongs to the page, not to this element: Streamlit may redraw it.
  get pending() { return underWay().get(this.wanted?.name ?? "") ?? null; }
  set pending(act) {
    const name = this.wanted?.name ?? "";
    if (act) underWay().set(name, act);
    else underWay().delete(name);
  }

  /** @param {Shown} data */
  async update(data) {
    this.wanted = data;
    if (this.shown && this.shown.about.reader !== data.about.reader) this.say("");
    this.answer(data.answered);
    if (this.shown?.identity !== data.identity || this.shown.picture !== data.picture) {
      const picture = data.picture ? await fetched(data.picture) : null;
      if (this.wanted !== data) return;
      this.swap(data, picture);
    }
    this.shown = data;
    this.draw(data);
    pageKeys().settled();
  }

  /** @param {Shown} data @param {HTMLImageElement | null} picture */
  swap(data, picture) {
    const isOther = this.shown?.identity !== data.identity;
    this.find("picture").replaceChildren(...(picture ? [picture] : []));
    if (picture) picture.alt = data.alt;
    this.isBlank = Boolean(data.picture) && !picture;
    if (!isOther) return;
    this.since = performance.now();
    this.asked = null;
    this.say("");
    this.note.value = this.draft(data.identity);
  }

  /** @param {Shown} data */
  draw(data) {
    const find = (/** @type {string} */ name) => this.find(name);
    find("title").textContent = data.title;
    find("where").textContent = data.where;
    find("missing").textContent = this.isBlank
      ? "The picture of this patch could not be fetched: reload the page." : data.missing;
    find("missing").hidden = !find("missing").textContent;
    find("picture").hidden = !data.picture;
    find("said").textContent = data.said;
    find("said").hidden = !data.said;
    this.buttons("steps", data.steps);
    this.buttons("keys", data.buttons);
    this.buttons("undo", data.undo ? [data.undo] : []);
    this.note.hidden = !data.notes;
    this.note.maxLength = data.notes || 1;
    this.note.placeholder = data.patches > 1 ? "Note on all of them" : "Note on this patch";
    this.note.readOnly = Boolean(this.pending);
    find("stored").textContent = data.stored;
    find("trouble").textContent = data.trouble;
    find("trouble").hidden = !data.trouble;
    this.host.dataset.identity = data.identity;
    this.host.dataset.pending = String(Boolean(this.pending));
  }

  /** @param {string} name @param {Action[]} wanted */
  buttons(name, wanted) {
    const box = this.find(name), said = JSON.stringify(wanted);
    if (box.dataset.said === said) return;
    box.dataset.said = said;
    box.replaceChildren(...wanted.map((action) => {
      const button = make("button");
      button.type = "button";
      button.dataset.does = action.does + (action.verdict ? ` ${action.verdict}` : "");
      button.disabled = action.off;
      if (action.words) button.append(make("b", "", action.words));
      if (action.key) button.append(make("kbd", "", action.key));
      if (action.hint) button.append(make("small", "", action.hint));
      if (action.key) button.setAttribute("aria-keyshortcuts", action.key);
      button.onclick = () => this.act(action);
      return button;
    }));
  }

  isBusy() { return isBusy(this.state()); }

  /** @param {string} key */
  aimOf(key) { return this.shown ? aimOf(this.shown, key) : undefined; }

  /** @param {string} key @param {boolean} held @param {{ aim: string | undefined }} [waited] */
  press(key, held, waited) {
    const action = this.shown && actionOf(this.shown, key);
    if (!action) return false;
    const isLate = waited && waited.aim !== this.aimOf(key);
    if (held) this.say(this.pending ? this.find("now").textContent : "A held key counts once.");
    else if (isLate) this.say(`Key ${key} was pressed before this was on the screen: it was ignored.`);
    else this.act(action);
    return true;
  }

  /** What is known when a key is pressed. @returns {Seen} */
  state() {
    const { shown, isBlank, since, asked, pending } = this;
    const named = window.idcReader?.isThere ? window.idcReader.name : null;
    const isAwaited = shown !== this.wanted, note = this.note.value.trim();
    return { shown, isAwaited, pending, isBlank, since, asked, note, named };
  }

  /** @param {Action} action */
  act(action) {
    const state = this.state(), { shown, note, named } = state;
    if (!shown) return;
    const refused = refusalOf(action, { ...state, shown }, performance.now());
    this.asked = refused?.asked ?? null;
    if (refused) return this.say(refused.said);
    const { about, identity, standing } = shown;
    const { does, verdict, to, words } = action;
    const reader = named ?? about.reader, replaces = standing?.token ?? "";
    this.go({
      does, verdict, to, about, note: this.note.hidden ? "" : note, reader, replaces, identity, words,
    }, shown);
  }

  /** @param {Omit<Act, "token">} wanted @param {Shown} shown */
  go(wanted, shown) {
    // The same act once more, after no answer came, counts once.
    const same = this.unanswered;
    const isSame = same && JSON.stringify({ ...same, token: "" }) === JSON.stringify({ ...wanted, token: "" });
    const act = { ...wanted, token: isSame ? same.token : token() };
    this.pending = act;
    this.say(act.does === "verdict" ? `Storing “${act.words}” …` : "");
    this.draw(shown);
    this.send(act);
    // eslint-disable-next-line no-restricted-globals -- nothing tells that an answer will not come
    setTimeout(() => {
      if (this.pending?.token !== act.token) return;
      this.pending = null;
      this.unanswered = act;
      this.say(`No answer yet to “${act.words}”: press again, it counts once.`);
      if (this.shown) this.draw(this.shown);
    }, PATIENCE_MS);
  }

  /** @param {Record<string, boolean>} answered */
  answer(answered) {
    const act = this.pending ?? this.unanswered;
    if (!act || !(act.token in answered)) return;
    this.pending = this.unanswered = null;
    this.say("");
    if (act.does === "verdict" && answered[act.token]) {
      this.draft(act.identity, "");
      if (this.shown?.identity === act.identity) this.note.value = "";
    }
  }

  /** @param {string} text */
  say(text) { this.find("now").textContent = text; }

  /**
   * A note begun while the field is locked is ignored whole: its second half alone would be stored.
   * @param {KeyboardEvent} event
   */
  typed(event) {
    if (event.key === "Enter") return this.note.blur();
    if (event.key.length > 1 || event.ctrlKey || event.metaKey) return;
    if (!this.note.readOnly && !this.begunLocked) return;
    this.begunLocked = true;
    event.preventDefault();
    this.say("A verdict was being stored: these letters were ignored. Click the note and type again.");
  }

  keepDraft() { if (this.shown) this.draft(this.shown.identity, this.note.value); }

  /**
   * What was typed beside a patch and not stored yet; it stays with that patch, even over a reload.
   * @param {string} identity
   * @param {string} [text] what to keep; without it, what was kept is asked for
   */
  draft(identity, text) {
    const name = `idc.note ${identity}`;
    try {
      if (text === undefined) return sessionStorage.getItem(name) ?? "";
      if (text) sessionStorage.setItem(name, text);
      else sessionStorage.removeItem(name);
    } catch { /* storage is forbidden: a note lasts until the patch is left */ }
    return "";
  }
}

function underWay() {
  return (window.idcPending ??= new Map());
}

/** @param {string} source */
async function fetched(source) {
  for (const wait of [0, 400, 1200]) {
    // eslint-disable-next-line no-restricted-globals -- a picture that is not there yet is asked for again
    if (wait) await new Promise((done) => setTimeout(done, wait));
    const picture = new Image();
    picture.src = address(source);
    try {
      await picture.decode();
      return picture;
    } catch { /* asked for again: the server may be about to give it another address */ }
  }
  return null;
}

// `crypto.randomUUID` is not there on plain http.
function token() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
