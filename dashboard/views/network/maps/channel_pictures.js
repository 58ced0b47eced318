// A layer's channels in colour: all of them in one sheet, and each alone to overlay on the patch.
import { make, penOf } from "../../../widgets/dom.js";
import { colouring, place } from "./channel_sheet.js";

/** @import { Data } from "./channel_sheet.js" */

/**
 * A picture, decoded.
 * @param {string} source
 */
export async function picture(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}

export class Pictures {
  /**
   * @param {Data} data
   * @param {HTMLImageElement} sheet grey values, 0 to 255 between each channel's smallest and largest
   * @param {HTMLImageElement} patch
   */
  constructor(data, sheet, patch) {
    this.data = data;
    this.grey = readSheet(sheet);
    this.patch = patch;
    this.sheet = make("canvas");
    this.top = (/** @type {number} */ at) => at;
    /** @type {Map<number, HTMLCanvasElement>} */
    this.veils = new Map();
  }

  /**
   * All channels are coloured in one picture: a canvas per channel costs more than its pixels. An
   * overlay is made when it is first needed.
   * @param {(channel: number) => number} top the value of a channel's last colour
   */
  colour(top) {
    const { data, grey } = this, image = new ImageData(grey.width, grey.height);
    this.top = top;
    this.veils = new Map();
    for (let at = 0; at < data.count; at++) {
      const { level } = this.colouring(at), [left, above] = place(at, data);
      this.eachPixel(at, (from, x, y) => {
        this.put(image, 4 * ((above + y) * grey.width + left + x), level(from), 255);
      });
    }
    this.sheet = canvasOf(image);
  }

  /**
   * A channel in colours that lets the patch through where it is near zero.
   * @param {number} at
   */
  veil(at) {
    const known = this.veils.get(at);
    if (known) return known;
    const { width, height } = this.data, image = new ImageData(width, height);
    const { level, value } = this.colouring(at), top = this.top(at);
    this.eachPixel(at, (from, x, y) => {
      const opacity = 255 * Math.min(1, Math.abs(value(from)) / top) ** 0.7;
      this.put(image, 4 * (y * width + x), level(from), opacity);
    });
    const veil = canvasOf(image);
    this.veils.set(at, veil);
    return veil;
  }

  /** @param {number} at */
  colouring(at) {
    const top = this.top(at);
    return colouring(this.data, at, this.data.signed ? -top : 0, top);
  }

  /** @param {number} at @param {(grey: number, x: number, y: number) => void} act */
  eachPixel(at, act) {
    const { data, grey } = this, [left, above] = place(at, data);
    for (let y = 0; y < data.height; y++) {
      for (let x = 0; x < data.width; x++) {
        act(grey.data[4 * ((above + y) * grey.width + left + x)], x, y);
      }
    }
  }

  /** @param {ImageData} image @param {number} to @param {number} level @param {number} opacity */
  put(image, to, level, opacity) {
    const { ramp } = this.data;
    for (let part = 0; part < 3; part++) image.data[to + part] = ramp[3 * level + part];
    image.data[to + 3] = opacity;
  }
}

/** @param {HTMLImageElement} image */
function readSheet(image) {
  const sheet = make("canvas");
  sheet.width = image.width;
  sheet.height = image.height;
  const pen = penOf(sheet, { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  return pen.getImageData(0, 0, image.width, image.height);
}

/** @param {ImageData} image */
function canvasOf(image) {
  const canvas = make("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  penOf(canvas).putImageData(image, 0, 0);
  return canvas;
}
