// A page of a list: the server sorts and searches, here is what one sees and presses. While the
// threshold moves, cells that follow it say what the page's own table has for it; the order waits.
import { find } from "./dom.js";
import { drawnCells, drawnHead, drawnRow, say } from "./paged_cells.js";
import { many, rowsOf } from "./paged_rows.js";
import { follow } from "./threshold_bus.js";

/**
 * @import { Now } from "./threshold_bus.js"
 * @import { Rows } from "./paged_rows.js"
 *
 * @typedef {{ key: string, title: string, kind: "name" | "text" | "number" | "share" | "picture",
 *   help: string, width: number, sorts: boolean, moves: boolean, ascending: boolean }} Column
 * @typedef {{ name: string, cells: string[] }} Row
 * @typedef {{ page: number, order: string, descending: boolean, search: string }} Place
 *
 * @typedef {object} Data as paged_table.py sends it
 * @property {Column[]} columns
 * @property {Row[]} rows those of the page
 * @property {Place} place
 * @property {number} first rows before the page
 * @property {number} found rows of all pages
 * @property {number} every rows before any filter
 * @property {number} pages
 * @property {string} named
 * @property {string} searched
 * @property {string | null} marked
 * @property {string | null} turn of the last asking that was answered
 * @property {number | null} at the threshold of the cells
 * @property {{ address: string, of: string } | null} table
 *
 * @typedef {HTMLElement & { paged?: Paged }} Host
 */

const TYPING_RESTS_MS = 250; // so long after the last letter the search is sent

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const host = /** @type {Host} */ (find(parentElement, ".paged"));
  const paged = (host.paged ??= new Paged(host));
  paged.open = (name) => setTriggerValue("opened", name);
  paged.send = (asked) => setTriggerValue("asked", asked);
  paged.update(data);
  // eslint-disable-next-line no-restricted-globals -- Streamlit may be putting the element elsewhere
  return () => { setTimeout(() => host.isConnected || paged.unfollow(), 2000); };
}

class Paged {
  /** @type {Data | null} */
  data = null;
  /** What is asked for, whether the server has answered it or not. @type {Place} */
  place = { page: 1, order: "", descending: true, search: "" };
  /** The asking that is not answered yet. @type {string | null} */
  turn = null;
  turns = 0;
  /** What they say at every threshold. @type {Rows | null} */
  rows = null;
  /** The address of `rows`. */
  source = "";
  /** @type {Now | null} */
  now = null;
  timer = 0;
  /** @type {(name: string) => void} */
  open = () => {};
  /** @type {(asked: Place & { turn: string }) => void} */
  send = () => {};

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.body = find(host, "tbody");
    this.field = /** @type {HTMLInputElement} */ (find(host, "input"));
    this.listen();
    this.unfollow = follow((now) => { this.now = now; this.paint(); });
  }

  listen() {
    const { body, field, host } = this;
    body.onclick = (event) => this.pressed(event.target);
    body.onkeydown = (event) => this.stepped(event);
    find(host, ".pages").onclick = (event) => this.turned(event.target);
    find(host, "thead").onclick = (event) => this.sorted(event.target);
    field.oninput = () => {
      clearTimeout(this.timer);
      // eslint-disable-next-line no-restricted-globals -- nothing tells that no further letter will come
      this.timer = setTimeout(() => this.search(), TYPING_RESTS_MS);
    };
    field.onchange = () => this.search();
  }

  /** @param {Data} data */
  update(data) {
    const isNew = this.data === null;
    this.data = data;
    if (this.turn === data.turn) this.turn = null;
    if (this.turn === null) {
      this.place = { ...data.place };
      if (!this.field.matches(":focus")) this.field.value = data.place.search;
    }
    this.prepare(data);
    this.draw(data);
    this.paint();
    if (isNew) this.showMarked();
  }

  /** Whoever comes back finds the row that was left in sight; the page itself stays where it is. */
  showMarked() {
    const row = this.body.querySelector("[aria-current]");
    if (!(row instanceof HTMLElement)) return;
    const scroll = find(this.host, ".scroll");
    scroll.scrollTop = Math.max(0, row.offsetTop - (scroll.clientHeight - row.offsetHeight) / 2);
  }

  /** The rows at every threshold, where they are others than before. @param {Data} data */
  async prepare({ table }) {
    const source = table?.address ?? "";
    if (source === this.source) return;
    this.source = source;
    this.rows = null;
    if (!table) return;
    const found = await rowsOf(source, table.of).catch(() => null); // the server answers then
    if (this.source !== source) return;
    this.rows = found;
    this.paint();
  }

  /** @param {Data} data */
  draw(data) {
    const { host, body } = this, focused = nameAt(body.querySelector("button:focus"));
    const isOther = drawnHead(host, data);
    const known = new Map(isOther ? [] : [...body.children].map((row) => [nameAt(row), row]));
    const rows = data.rows.map((row, at) => {
      const found = /** @type {HTMLElement} */ (known.get(row.name) ?? drawnRow(row.name, data.columns));
      drawnCells(found, row, data.columns);
      if (row.name === data.marked) found.setAttribute("aria-current", "true");
      else found.removeAttribute("aria-current");
      find(found, "button").tabIndex = at ? -1 : 0;
      return found;
    });
    const isSame = rows.length === body.children.length && rows.every((row, at) => body.children[at] === row);
    if (!isSame) body.replaceChildren(...rows);
    if (focused !== undefined) this.focus(data.rows.findIndex(({ name }) => name === focused));
    this.drawPages(data);
  }

  /** @param {Data} data */
  drawPages({ place, pages, first, rows, found, every, searched }) {
    const { host } = this, isFirst = place.page <= 1, isLast = place.page >= pages;
    find(host, ".search span").textContent = searched;
    find(host, ".where").textContent = whereOf(first, rows.length, found, every);
    for (const [kind, isOff] of /** @type {const} */ ([
      ["first", isFirst], ["previous", isFirst], ["next", isLast], ["last", isLast],
    ])) find(host, `.${kind}`).setAttribute("aria-disabled", String(isOff));
    find(host, ".pages").hidden = false;
    host.toggleAttribute("data-one", pages === 1);
  }

  /** What the cells say at the threshold that moves; what the server wrote where it rests. */
  paint() {
    const { data, now, rows, body } = this;
    if (!data) return;
    const moves = now?.moving && data.at !== null && now.at !== data.at;
    const index = moves && rows ? rows.indexOf(now.at) : -1;
    data.rows.forEach((row, at) => {
      const drawn = body.children[at];
      if (!(drawn instanceof HTMLElement)) return;
      data.columns.forEach((column, nth) => {
        const cell = /** @type {HTMLElement} */ (drawn.children[nth]);
        const said = index >= 0 ? rows?.text(at, column.key, index) : undefined;
        if (column.moves) say(cell, column, said ?? row.cells[nth]);
        cell.toggleAttribute("data-behind", Boolean(moves && column.moves && said === undefined && row.cells[nth]));
      });
    });
  }

  /** @param {Partial<Place>} changed */
  ask(changed) {
    Object.assign(this.place, changed);
    this.turn = `${Date.now()}.${this.turns++}`;
    this.send({ ...this.place, turn: this.turn });
  }

  search() {
    clearTimeout(this.timer);
    const search = this.field.value.trim();
    if (search !== this.place.search) this.ask({ search, page: 1 });
  }

  /** @param {EventTarget | null} target */
  sorted(target) {
    const head = target instanceof Element ? target.closest("th") : null;
    const column = this.data?.columns.find(({ key }) => key === head?.dataset.key);
    if (!column?.sorts) return;
    const { order, descending } = this.place;
    this.ask({ order: column.key, descending: order === column.key ? !descending : !column.ascending, page: 1 });
  }

  /** @param {EventTarget | null} target */
  turned(target) {
    const button = target instanceof Element ? target.closest("button") : null;
    const pages = this.data?.pages ?? 1, { page } = this.place;
    const to = { first: 1, previous: page - 1, next: page + 1, last: pages }[button?.className ?? ""] ?? page;
    if (to !== page && to >= 1 && to <= pages) this.ask({ page: to });
  }

  /** @param {EventTarget | null} target */
  pressed(target) {
    const name = target instanceof Element ? nameAt(target.closest("tr")) : undefined;
    if (name !== undefined) this.open(name);
  }

  /** @param {KeyboardEvent} event */
  stepped(event) {
    const buttons = [...this.body.querySelectorAll("button")];
    const from = buttons.findIndex((button) => button === event.target);
    const to = from < 0 ? null : rowAfter(from, event.key, buttons.length);
    if (to === null) return;
    event.preventDefault();
    this.focus(to);
  }

  /** @param {number} to */
  focus(to) {
    const buttons = [...this.body.querySelectorAll("button")];
    if (!buttons[to]) return;
    buttons.forEach((button, at) => { button.tabIndex = at === to ? 0 : -1; });
    buttons[to].focus();
  }
}

/**
 * Where a key leads to among the rows of a page; null for any other key.
 * @param {number} from @param {string} key @param {number} count
 */
export function rowAfter(from, key, count) {
  const to = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
}

/**
 * Which rows are shown, of how many.
 * @param {number} first rows before them @param {number} shown @param {number} found
 * @param {number} every before any filter
 */
export function whereOf(first, shown, found, every) {
  const of = found === every ? "" : ` (${many(every)} without filters)`;
  if (!found) return `none found${of}`;
  return `${many(first + 1)} to ${many(first + shown)} of ${many(found)}${of}`;
}

/** @param {Element | null} row */
function nameAt(row) {
  return row?.closest("tr")?.dataset.name;
}
