// Where channels lie on their sheet and on the page, and what their greys mean.

/**
 * @typedef {{ patch: string, sheet: string, ramp: number[], columns: number, count: number,
 *   height: number, width: number, signed: boolean, has_place: boolean, scale: "shared" | "own",
 *   sort: string, chosen: number | null, auc: (number | null)[] | null, odd: string[] | null,
 *   low: number[], high: number[], mean: number[], zeros: number[], shared: number[], own: number[]
 * }} Data as views/network/maps/channel_mosaic.py sends it
 */

export const GAP = 4;

/**
 * Where a channel lies on the sheet: left, top.
 * @param {number} at
 * @param {Pick<Data, "columns" | "width" | "height">} data
 * @returns {[number, number]}
 */
export function place(at, data) {
  return [(at % data.columns) * data.width, Math.floor(at / data.columns) * data.height];
}

/**
 * From the grey of a channel to its value, and to one of the 256 colours between bottom and top.
 * @param {Pick<Data, "low" | "high">} data @param {number} at @param {number} bottom @param {number} top
 */
export function colouring(data, at, bottom, top) {
  const low = data.low[at], span = data.high[at] - low, range = top - bottom;
  const value = (/** @type {number} */ grey) => low + (grey / 255) * span;
  const level = (/** @type {number} */ grey) =>
    Math.min(255, Math.max(0, Math.round((255 * (value(grey) - bottom)) / range)));
  return { value, level };
}

/**
 * Channels in the order they are shown: by number, by their mean on this patch, or by how well each
 * separates the classes by itself (an AUC of 0.1 is as good as one of 0.9).
 * @param {Pick<Data, "count" | "mean" | "auc">} data
 * @param {string} sort
 */
export function sorted(data, sort) {
  const order = Array.from({ length: data.count }, (_, at) => at);
  /** @type {Record<string, (at: number) => number>} */
  const worths = {
    activation: (at) => data.mean[at],
    class: (at) => data.auc ? Math.abs((data.auc[at] ?? 0.5) - 0.5) : 0,
  };
  const worth = worths[sort];
  return worth ? order.sort((one, other) => worth(other) - worth(one) || one - other) : order;
}

/**
 * The fewest columns (the largest tiles) whose rows still fit on the page.
 * @param {number} count @param {number} width @param {number} highest pixels that they may have
 */
export function grid(count, width, highest) {
  for (let columns = 1; ; columns++) {
    const side = Math.min(150, Math.floor((width - GAP) / columns) - GAP);
    const rows = Math.ceil(count / columns);
    if (rows * (side + GAP) <= highest || side <= 5) return { columns, rows, side };
  }
}

/**
 * The channel at so many pixels of the mosaic, null between and beside them.
 * @param {number} x
 * @param {number} y
 * @param {{ side: number, columns: number, order: number[] }} laid
 */
export function channelAt(x, y, { side, columns, order }) {
  const column = Math.floor((x - GAP) / (side + GAP)), row = Math.floor((y - GAP) / (side + GAP));
  const number = row * columns + column;
  return column >= 0 && column < columns && row >= 0 ? order[number] ?? null : null;
}

/** @param {Pick<Data, "ramp">} data @param {number} level */
export function colour(data, level) {
  return `rgb(${data.ramp.slice(3 * level, 3 * level + 3).join(" ")})`;
}

/** @param {number} value */
export function short(value) {
  if (value === 0) return "0";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replace("-", "−");
}
