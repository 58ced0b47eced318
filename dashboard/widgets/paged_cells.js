// The head, the rows and the cells of a page of a list. Texts are other people's: they are only ever
// set as text.
import { find, make } from "./dom.js";

/**
 * @import { Column, Data, Row } from "./paged_table.js"
 */

/** The head; whether it has other columns than before. @param {HTMLElement} host @param {Data} data */
export function drawnHead(host, { columns, named, place }) {
  const row = find(host, "thead tr"), signature = JSON.stringify(columns);
  const isOther = row.dataset.signature !== signature;
  if (isOther) {
    row.dataset.signature = signature;
    row.replaceChildren(...columns.map(titled));
    find(host, "colgroup").replaceChildren(...columns.map(({ width }) => {
      const col = make("col");
      col.style.width = `${width}px`;
      return col;
    }));
    const width = columns.reduce((sum, each) => sum + each.width, 0);
    find(host, "table").style.minWidth = `${width}px`;
  }
  find(host, "caption").textContent = named;
  find(host, ".scroll").setAttribute("aria-label", named);
  for (const head of /** @type {Iterable<HTMLElement>} */ (row.children)) {
    if (head.dataset.key !== place.order) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", place.descending ? "descending" : "ascending");
  }
  return isOther;
}

/** @param {Column} column */
function titled({ key, title, help, sorts, kind }) {
  const head = make("th", kind);
  head.scope = "col";
  head.dataset.key = key;
  if (help) head.title = help;
  if (!sorts) {
    head.textContent = title;
    return head;
  }
  const button = make("button", "", title);
  button.type = "button";
  button.prepend(make("span", "arrow"));
  head.append(button);
  return head;
}

/** A row without its texts. @param {string} name @param {Column[]} columns */
export function drawnRow(name, columns) {
  const row = make("tr");
  row.dataset.name = name;
  row.append(...columns.map(({ kind }) => {
    if (kind !== "name") return make("td", kind);
    const head = make("th", kind), button = make("button");
    head.scope = "row";
    button.type = "button";
    head.append(button);
    return head;
  }));
  return row;
}

/** @param {HTMLElement} drawn @param {Row} row @param {Column[]} columns */
export function drawnCells(drawn, row, columns) {
  columns.forEach((column, nth) => say(/** @type {HTMLElement} */ (drawn.children[nth]), column, row.cells[nth]));
}

/**
 * Lets a cell say a text, where it says another; its letters are changed in place.
 * @param {HTMLElement} cell @param {Column} column @param {string} text
 */
export function say(cell, { kind, title }, text) {
  if (cell.dataset.said === text) return;
  cell.dataset.said = text;
  if (kind === "picture") cell.replaceChildren(...(text ? [pictureOf(text, title)] : []));
  else if (kind === "name") find(cell, "button").textContent = text;
  else cell.textContent = text;
  if (kind === "share") cell.style.setProperty("--share", String(shareOf(text)));
}

/** How much of its room a share's bar takes, 0 to 1. @param {string} text */
export function shareOf(text) {
  return text ? Math.min(1, Math.max(0, parseFloat(text) / 100)) : 0;
}

/** @param {string} source @param {string} said */
function pictureOf(source, said) {
  const image = new Image();
  image.src = source;
  image.alt = said;
  return image;
}
