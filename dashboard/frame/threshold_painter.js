// Texts of the page that follow the threshold in the browser: while it moves each live element says
// what the server wrote for that threshold; what cannot be looked up keeps its text and fades.
import { fade, liveElements, tablesOnPage, whenAnythingChanges } from "../widgets/streamlit_page.js";
import { ownTables, tell } from "../widgets/threshold_bus.js";
import { tableOf } from "../widgets/threshold_table.js";

/**
 * @import { Now } from "../widgets/threshold_bus.js"
 */

export class Painter {
  /** What the server wrote into the elements that say something else now. @type {Map<Text, string>} */
  written = new Map();
  /** Tables that parts of the page have of their own, by their address; null until they are there. */
  tables = ownTables();
  /** @type {Now | null} */
  now = null;

  constructor() {
    // An answer under way brings texts of an older threshold: they are painted over before they show.
    whenAnythingChanges(() => {
      if (this.now?.moving) {
        this.paint();
        fade();
      }
      this.fetchTables(); // before they are needed: the first movement would find none
    });
  }

  /** @param {Now} now */
  follow(now) {
    this.now = now;
    if (now.moving) this.paint();
    else this.restore();
    this.fetchTables();
  }

  paint() {
    for (const element of liveElements()) {
      const said = this.textOf(element), text = textIn(element);
      const isBehind = said === undefined;
      if (element.hasAttribute("data-behind") !== isBehind) element.toggleAttribute("data-behind", isBehind);
      if (said === undefined) this.restoreOne(text);
      else if (text.data !== said) {
        if (!this.written.has(text)) this.written.set(text, text.data);
        text.data = said;
      }
    }
  }

  /** What an element says at the threshold that moves; undefined where only the server knows.
   * @param {HTMLElement} element */
  textOf(element) {
    if (!this.now) return undefined;
    const own = element.closest("[data-live-table]");
    const source = own instanceof HTMLElement ? own.dataset.liveTable ?? "" : null;
    const table = source === null ? this.now.table : this.tables.get(source);
    const index = source === null ? this.now.index : table?.indexOf(this.now.at) ?? -1;
    return table && index >= 0 ? table.text(element.dataset.live ?? "", index) : undefined;
  }

  /** The server's answer stands on the page: what it left as it was says again what it wrote. */
  restore() {
    for (const [text, said] of this.written) if (text.isConnected) text.data = said;
    this.written.clear();
    for (const element of liveElements()) element.removeAttribute("data-behind");
  }

  /** @param {Text} text */
  restoreOne(text) {
    const said = this.written.get(text);
    if (said === undefined) return;
    text.data = said;
    this.written.delete(text);
  }

  fetchTables() {
    const wanted = tablesOnPage();
    for (const source of this.tables.keys()) if (!wanted.has(source)) this.tables.delete(source);
    for (const [source, of] of wanted) if (!this.tables.has(source)) this.fetchOne(source, of);
  }

  /** @param {string} source @param {string} of */
  async fetchOne(source, of) {
    this.tables.set(source, null);
    const table = await tableOf(source, of).catch(() => null); // without it the server answers
    if (!this.tables.has(source)) return;
    this.tables.set(source, table);
    if (!this.now?.moving) return;
    this.paint();
    tell(this.now); // figures that waited for it
  }
}

/** An element's one text; its letters are changed in place, which no watcher of the page takes for an
 * answer of the server's. @param {HTMLElement} element @returns {Text} */
function textIn(element) {
  if (element.firstChild instanceof Text) return element.firstChild;
  const text = new Text("");
  element.replaceChildren(text);
  return text;
}
