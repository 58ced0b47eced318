import assert from "node:assert/strict";
import { test } from "node:test";

import { cellAt, short as shortEvidence } from "../../dashboard/views/network/evidence/evidence_cards.js";
import { Pictures } from "../../dashboard/views/network/maps/channel_pictures.js";
import { channelAt, colouring, grid, place, sorted } from "../../dashboard/views/network/maps/channel_sheet.js";
import { grouped, stepped } from "../../dashboard/views/network/maps/network_row.js";
import { wrapped } from "../../dashboard/widgets/chart_files.js";

test("channels lie on their sheet row by row", () => {
  const data = { columns: 3, width: 10, height: 7 };
  assert.deepEqual([0, 2, 3, 7].map((at) => place(at, data)), [[0, 0], [20, 0], [0, 7], [10, 14]]);
});

test("a grey is a value between the channel's smallest and largest, and a colour between both ends", () => {
  const { value, level } = colouring({ low: [-1], high: [3] }, 0, -4, 4);
  assert.deepEqual([0, 255].map(value), [-1, 3]);
  assert.deepEqual([0, 255].map(level), [96, 223]);
  const clipped = colouring({ low: [-9], high: [9] }, 0, -4, 4);
  assert.deepEqual([0, 255].map(clipped.level), [0, 255]);
});

test("channels are sorted by number, by mean, or by how far their AUC is from chance", () => {
  const data = { count: 3, mean: [0.1, 0.9, 0.5], auc: [0.6, null, 0.1] };
  assert.deepEqual(sorted(data, "number"), [0, 1, 2]);
  assert.deepEqual(sorted(data, "activation"), [1, 2, 0]);
  assert.deepEqual(sorted(data, "class"), [2, 0, 1]);
  assert.deepEqual(sorted({ ...data, auc: null }, "class"), [0, 1, 2]);
});

test("tiles are as large as fit, and never larger than 150 pixels", () => {
  assert.deepEqual(grid(1, 1000, 500), { columns: 1, rows: 1, side: 150 });
  const many = grid(64, 800, 400);
  assert.equal(many.columns * many.rows >= 64, true);
  assert.equal(many.rows * (many.side + 4) <= 400, true);
});

test("the channel under the pointer is the one shown there, and none between or beside tiles", () => {
  const laid = { side: 46, columns: 2, order: [7, 3, 5] };
  assert.equal(channelAt(10, 10, laid), 7);
  assert.equal(channelAt(60, 10, laid), 3);
  assert.equal(channelAt(10, 60, laid), 5);
  for (const [x, y] of [[60, 60], [1, 10], [10, 1], [110, 10]]) assert.equal(channelAt(x, y, laid), null);
  const high = { side: 46, columns: 20, order: Array.from({ length: 400 }, (_, at) => at) };
  assert.equal(channelAt(4 + 50 * 13 + 1, 4 + 50 * 17 + 1, high), 17 * 20 + 13);
  assert.equal(channelAt(4 + 50 * 13 + 45, 4 + 50 * 17 + 45, high), 17 * 20 + 13);
});

test("a sheet is coloured channel by channel, each pixel where its grey lies", () => {
  // two channels of 2 × 1 pixels, one above the other: a sheet that is not square
  const data = { columns: 1, count: 2, width: 2, height: 1, low: [0, 0], high: [255, 510], signed: false,
    ramp: Array.from({ length: 768 }, (_, at) => Math.floor(at / 3)) };
  const greys = [10, 20, 30, 40];
  const { pictures, painted } = picturesOf(data, { width: 2, height: 2, greys });
  pictures.colour((channel) => data.high[channel]);
  assert.deepEqual([painted[0].width, painted[0].height], [2, 2]);
  assert.deepEqual(pixelsOf(painted[0]), greys.map((grey) => [grey, grey, grey, 255]));
  pictures.veil(1);
  assert.deepEqual([painted[1].width, painted[1].height], [2, 1]);
  assert.deepEqual(pixelsOf(painted[1]).map(([red]) => red), [30, 40]);
});

test("a sheet wider than high is coloured to its last pixel", () => {
  const data = { columns: 3, count: 3, width: 1, height: 1, low: [0, 0, 0], high: [255, 255, 255], signed: false,
    ramp: Array.from({ length: 768 }, (_, at) => Math.floor(at / 3)) };
  const { pictures, painted } = picturesOf(data, { width: 3, height: 1, greys: [1, 2, 3] });
  pictures.colour(() => 255);
  assert.deepEqual([painted[0].width, painted[0].height], [3, 1]);
  assert.deepEqual(pixelsOf(painted[0]).map(([red]) => red), [1, 2, 3]);
});

/** Pictures in a document that has nothing but canvases; `painted`: what was put on each. */
function picturesOf(data, { width, height, greys }) {
  const painted = [];
  globalThis.ImageData = class {
    constructor(across, down) {
      Object.assign(this, { width: across, height: down, data: new Uint8ClampedArray(4 * across * down) });
    }
  };
  globalThis.document = { createElement: () => {
    const canvas = { getContext: () => ({
      drawImage: () => assert.deepEqual([canvas.width, canvas.height], [width, height]),
      getImageData: () => ({ width, height, data: greys.flatMap((grey) => [grey, grey, grey, 255]) }),
      putImageData: (image) => {
        assert.deepEqual([canvas.width, canvas.height], [image.width, image.height]);
        painted.push(image);
      },
    }) };
    return canvas;
  } };
  return { pictures: new Pictures(data, { width, height }, {}), painted };
}

function pixelsOf({ data }) {
  return Array.from({ length: data.length / 4 }, (_, at) => [...data.slice(4 * at, 4 * at + 4)]);
}

test("an arrow key steps along the layers and stops at either end", () => {
  assert.deepEqual([stepped(1, "ArrowRight", 3), stepped(2, "ArrowRight", 3)], [2, 2]);
  assert.deepEqual([stepped(1, "ArrowLeft", 3), stepped(0, "ArrowLeft", 3)], [0, 0]);
  assert.equal(stepped(1, "Enter", 3), null);
});

test("layers that follow each other in one part stand together", () => {
  const boxes = ["a", "a", "b", "a"].map((group, at) => ({ group, name: String(at) }));
  assert.deepEqual(grouped(boxes).map(({ name, boxes: own }) => [name, own.length]), [["a", 2], ["b", 1], ["a", 1]]);
});

test("the cell under the pointer is one of the map's, at its edges too", () => {
  assert.deepEqual([0, 99, 100, 299, 300, -1].map((pixel) => cellAt(pixel, 300, 3)), [0, 0, 1, 2, 2, 0]);
});

test("a value of a map is told in two digits, with a true minus sign", () => {
  assert.deepEqual([0, 0.5, -0.25, 0.0123, -0.000456].map(shortEvidence), ["0", "0.50", "−0.25", "0.012", "−0.00046"]);
});

test("small print under a chart is broken between words", () => {
  const pen = { measureText: (text) => ({ width: text.length }) };
  assert.deepEqual(wrapped(pen, "one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrapped(pen, "incomprehensibilities", 7), ["incomprehensibilities"]);
});
