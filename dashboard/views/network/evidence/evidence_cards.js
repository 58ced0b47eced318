// The patch, then one column per method: evidence for the positive class above, against it below. Cells are
// drawn at their true size, without smoothing. Pointing at a cell shows its value.
import { find, make, penOf } from "../../../widgets/dom.js";

/**
 * @typedef {"pro" | "con"} Kind
 * @typedef {[mark: string, text: string, hint: string]} Fact
 * @typedef {{ key: string, name: string, resolution: string, waiting?: string,
 *   pro: number[][], con: number[][], most: number, checks: Fact[], can_choose: boolean }} Card
 * @typedef {{ patch: string, heading: string, under: string, patch_caption: string, alt: string,
 *   facts: Fact[], chosen: string | null, positive: string, nothing: number,
 *   cards: Card[] }} Data
 *   as views/network/evidence/evidence_cards.py sends it; a card that waits has no cells yet
 */

/** @type {Record<Kind, [number, number, number]>} */
const COLOURS = { pro: [1, 102, 94], con: [140, 81, 10] };
const SIDE = 300;

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const row = find(parentElement, ".row");
  /** @type {Record<Kind, string>} */
  const words = { pro: `for ${data.positive}`, con: `against ${data.positive}` };
  let gone = false;
  const patch = new Image();
  patch.src = data.patch;
  patch.decode().then(() => { if (!gone) draw(); });

  function draw() {
    row.replaceChildren(patchColumn(), ...data.cards.map(column));
  }

  function patchColumn() {
    const box = make("div"), canvas = square();
    penOf(canvas).drawImage(patch, 0, 0, SIDE, SIDE);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", data.alt);
    const figure = make("figure");
    figure.append(make("figcaption", "", data.patch_caption), canvas);
    box.append(make("h2", "", data.heading), make("p", "what", data.under), figure,
      list(data.facts));
    return box;
  }

  /** @param {Card} card */
  function column(card) {
    const box = make("div");
    box.append(make("h2", "", card.name), make("p", "what", card.resolution));
    if (card.waiting) {
      box.append(make("div", "waiting", card.waiting));
      return box;
    }
    const read = make("p", "read", "");
    box.append(map(card, "pro", read), map(card, "con", read));
    read.textContent = `maximum: ${short(card.most)}`;
    read.dataset.rest = read.textContent;
    box.append(read, list(card.checks));
    if (card.can_choose) {
      const button = make("button", "", card.key === data.chosen ? "Curves shown below" : "Show curves");
      button.setAttribute("aria-pressed", String(card.key === data.chosen));
      button.onclick = () => setTriggerValue("method", card.key);
      box.append(button);
    }
    return box;
  }

  /** @param {Card} card @param {Kind} kind @param {HTMLElement} read */
  function map(card, kind, read) {
    const cells = card[kind], rows = cells.length, columns = cells[0]?.length ?? 0;
    const figure = make("figure"), caption = make("figcaption");
    const sign = make("span", "sign", kind === "pro" ? "+" : "−");
    sign.style.background = `rgb(${COLOURS[kind].join(" ")})`;
    caption.append(sign, words[kind]);
    const canvas = square();
    paint(canvas, cells, card.most, COLOURS[kind]);
    canvas.setAttribute("role", "img");
    const most = Math.max(...cells.map((line) => Math.max(...line)));
    canvas.setAttribute("aria-label", `${card.name}: evidence ${words[kind]}, at most ${short(most)} in one of ${rows} by ${columns} cells`);
    canvas.onpointermove = (event) => {
      const column = cellAt(event.offsetX, canvas.clientWidth, columns);
      const line = cellAt(event.offsetY, canvas.clientHeight, rows);
      const value = cells[line]?.[column] ?? 0;
      read.textContent = `row ${line + 1}, column ${column + 1}: ${short(value)} ${words[kind]}`;
    };
    canvas.onpointerleave = () => { read.textContent = read.dataset.rest ?? ""; };
    figure.append(caption, canvas);
    if (most <= data.nothing) figure.append(make("div", "none", `No evidence ${words[kind]}.`));
    return figure;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number[][]} cells
   * @param {number} most the value that is drawn strongest
   * @param {[number, number, number]} colour
   */
  function paint(canvas, cells, most, colour) {
    const pen = penOf(canvas);
    pen.filter = "grayscale(1)";
    pen.globalAlpha = 0.6;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.drawImage(patch, 0, 0, SIDE, SIDE);
    pen.filter = "none";
    const rows = cells.length, columns = cells[0]?.length ?? 0;
    cells.forEach((line, at) => line.forEach((value, nth) => {
      pen.globalAlpha = most > 0 ? 0.85 * Math.sqrt(value / most) : 0;
      pen.fillStyle = `rgb(${colour.join(" ")})`;
      const left = Math.round((nth * SIDE) / columns), top = Math.round((at * SIDE) / rows);
      pen.fillRect(left, top, Math.round(((nth + 1) * SIDE) / columns) - left, Math.round(((at + 1) * SIDE) / rows) - top);
    }));
  }

  return () => { gone = true; };
}

/** @param {Fact[]} items */
function list(items) {
  const found = make("ul");
  for (const [mark, text, hint] of items) {
    const item = make("li", "", text);
    item.dataset.mark = mark;
    if (hint) item.title = hint;
    found.append(item);
  }
  return found;
}

function square() {
  const canvas = make("canvas");
  canvas.width = canvas.height = SIDE;
  return canvas;
}

/**
 * Which of `count` cells lies at so many pixels of `size`.
 * @param {number} pixel @param {number} size @param {number} count
 */
export function cellAt(pixel, size, count) {
  return Math.min(count - 1, Math.max(0, Math.floor((pixel / size) * count)));
}

/** @param {number} value */
export function short(value) {
  if (value === 0) return "0";
  return (Math.abs(value) >= 0.095 ? value.toFixed(2) : value.toPrecision(2)).replace("-", "−");
}
