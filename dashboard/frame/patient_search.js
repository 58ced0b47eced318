// The patient in the bar: letters go to the server, which answers with the names that hold them.
// Names come from files: they are only ever set as text.
import { find, make } from "../widgets/dom.js";

/**
 * @typedef {{ label: string, chosen: string | null, any: string, found: string[], more: string,
 *   turn: string | null }} Data as patient_search.py sends it; `turn`: of the letters that were answered
 * @typedef {HTMLElement & { picker?: Picker }} Host
 */

const LETTERS_REST_MS = 150; // so long after the last letter the server is asked

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const host = /** @type {Host} */ (find(parentElement, ".picker"));
  const picker = (host.picker ??= new Picker(host));
  picker.ask = (search, turn) => setTriggerValue("searched", { search, turn });
  picker.pick = (name) => setTriggerValue("picked", { name });
  picker.update(data);
}

class Picker {
  /** @type {Data | null} */
  data = null;
  /** Of the letters that are not answered yet. @type {string | null} */
  turn = null;
  turns = 0;
  /** The suggestion that Enter takes; 0 is all patients. */
  at = 0;
  timer = 0;
  /** Whether Enter was pressed before the server had answered. */
  isAwaited = false;
  /** @type {(search: string, turn: string) => void} */
  ask = () => {};
  /** @type {(name: string | null) => void} */
  pick = () => {};

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.field = /** @type {HTMLInputElement} */ (find(host, "input"));
    this.list = find(host, "ul");
    const { field, list } = this;
    field.onfocus = () => { field.select(); this.open(); };
    field.onclick = () => this.open();
    field.onblur = () => this.close();
    field.oninput = () => this.typed();
    field.onkeydown = (event) => this.pressed(event);
    list.onmousedown = (event) => event.preventDefault(); // the field keeps the focus
    list.onclick = (event) => {
      const pressed = event.target instanceof Element ? event.target.closest("li") : null;
      if (pressed) this.choose([...list.children].indexOf(pressed));
    };
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    find(this.host, "label").textContent = data.label;
    if (this.turn === data.turn) this.turn = null;
    const isTyped = this.field.matches(":focus") && !find(this.host, ".found").hidden;
    if (!isTyped) this.field.value = data.chosen ?? data.any;
    this.draw(data);
    if (this.isAwaited && this.turn === null) this.choose(this.at);
  }

  /** @param {Data} data */
  draw({ any, found, more, chosen }) {
    this.at = found.length && this.isSearched() ? 1 : 0;
    this.list.replaceChildren(...[any, ...found].map((name, at) => {
      const option = make("li", "", name);
      option.setAttribute("role", "option");
      option.id = `option-${at}`;
      option.dataset.chosen = String(at > 0 && name === chosen);
      return option;
    }));
    find(this.host, ".more").textContent = more;
    this.mark();
  }

  isSearched() {
    return this.data !== null && ![this.data.chosen ?? this.data.any, ""].includes(this.field.value);
  }

  typed() {
    this.open();
    clearTimeout(this.timer);
    // eslint-disable-next-line no-restricted-globals -- nothing tells that no further letter will come
    this.timer = setTimeout(() => this.search(), LETTERS_REST_MS);
  }

  search() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.turn = `${Date.now()}.${this.turns++}`;
    this.ask(this.field.value.trim(), this.turn);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key === "Escape") return this.leave();
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.timer) this.search();
      if (this.turn === null) this.choose(this.at);
      else this.isAwaited = true;
      return;
    }
    const to = optionAfter(this.at, event.key, this.list.children.length);
    if (to === null) return;
    event.preventDefault();
    this.open();
    this.at = to;
    this.mark();
  }

  /** @param {number} at */
  choose(at) {
    this.isAwaited = false;
    const { data } = this;
    if (!data || (this.isSearched() && !data.found.length)) return;
    const name = at === 0 ? null : data.found[at - 1];
    this.close();
    this.field.value = name ?? data.any;
    this.field.blur();
    if (name !== data.chosen) this.pick(name);
  }

  leave() {
    this.close();
    this.field.value = this.data?.chosen ?? this.data?.any ?? "";
    this.field.blur();
  }

  open() {
    find(this.host, ".found").hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.mark();
  }

  close() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.isAwaited = false;
    find(this.host, ".found").hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    if (this.data && !this.field.matches(":focus")) this.field.value = this.data.chosen ?? this.data.any;
  }

  mark() {
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.at)));
    if (find(this.host, ".found").hidden) return;
    this.field.setAttribute("aria-activedescendant", `option-${this.at}`);
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }
}

/**
 * Where an arrow key leads to among the suggestions, round the ends; null for any other key.
 * @param {number} from @param {string} key @param {number} count
 */
export function optionAfter(from, key, count) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  return step && count ? (from + step + count) % count : null;
}
