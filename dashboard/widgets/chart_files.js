// Streamlit's button "Download as PNG" clicks a link of its own; before the browser follows it, the
// picture gets its title, what it was made of, and a telling name.
import { make, penOf } from "./dom.js";
import { withFacts } from "./png_facts.js";
import { chartLink, chartOfToolbar, pageStyle } from "./streamlit_page.js";

/** @typedef {{ title: string, line: string, model: string, name: string, facts: string }} Told */

/** Whose button was pressed last. @type {Element | null} */
let chart = null;

export default function () {
  // The script may be read again when the page is mounted anew: one listener is enough.
  if (document.documentElement.dataset.idcChartFiles) return;
  document.documentElement.dataset.idcChartFiles = "heard";
  document.addEventListener("click", clicked, true);
}

/** @param {MouseEvent} event */
function clicked(event) {
  if (!(event.target instanceof Element)) return;
  const link = chartLink(event.target);
  if (!link) {
    const pressed = chartOfToolbar(event.target);
    if (pressed !== undefined) chart = pressed;
    return;
  }
  /** @type {HTMLElement | null | undefined} */
  const facts = chart?.querySelector(".idc-facts");
  if (!facts) return;
  event.preventDefault();
  event.stopPropagation();
  save(link.href, /** @type {Told} */ ({ ...facts.dataset }));
}

/** @param {string} address @param {Told} told */
async function save(address, told) {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  /** @type {Blob | null} */
  const blob = await new Promise((done) => drawn(picture, told).toBlob(done, "image/png"));
  if (!blob) throw new Error("expected a picture of the chart: the browser made none.");
  const file = withFacts(new Uint8Array(await blob.arrayBuffer()), JSON.parse(told.facts));
  const link = make("a");
  link.href = URL.createObjectURL(new Blob(file, { type: "image/png" }));
  link.download = told.name;
  link.click();
  // eslint-disable-next-line no-restricted-globals -- nothing tells that the file has been written
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * The picture between its title and two lines of small print, on the page's own paper.
 * @param {HTMLImageElement} picture
 * @param {Told} told
 */
function drawn(picture, told) {
  const style = pageStyle();
  const canvas = make("canvas");
  const pen = penOf(canvas);
  const scale = Math.max(2, window.devicePixelRatio || 1); // as Streamlit draws it
  const width = Math.max(picture.width, 480 * scale);
  const set = (/** @type {string} */ text, /** @type {number} */ weight, /** @type {number} */ size) => {
    const font = `${weight} ${size * scale}px sans-serif`;
    pen.font = font;
    const rows = wrapped(pen, text, width - 16 * scale), step = 1.45 * size * scale;
    return { font, step, rows, tall: rows.length * step };
  };
  const title = set(told.title, 600, 14), line = set(told.line, 400, 12), model = set(told.model, 400, 11);
  const top = title.tall + 10 * scale;
  canvas.width = width;
  canvas.height = top + picture.height + line.tall + model.tall + 12 * scale;
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, top);
  pen.fillStyle = style.color;
  pen.textBaseline = "top";
  let y = 6 * scale;
  [title, line, model].forEach(({ font, step, rows }, at) => {
    pen.font = font;
    pen.globalAlpha = at ? 0.75 : 1;
    for (const row of rows) {
      pen.fillText(row, 8 * scale, y);
      y += step;
    }
    if (!at) y = top + picture.height + 4 * scale;
  });
  return canvas;
}

/**
 * A text in rows that fit; a word that is too long stands alone.
 * @param {{ measureText: (text: string) => { width: number } }} pen
 * @param {string} text
 * @param {number} width
 */
export function wrapped(pen, text, width) {
  const rows = [""];
  for (const word of text.split(" ")) {
    const longer = `${rows.at(-1)} ${word}`.trim();
    if (rows.at(-1) && pen.measureText(longer).width > width) rows.push(word);
    else rows[rows.length - 1] = longer;
  }
  return rows;
}
