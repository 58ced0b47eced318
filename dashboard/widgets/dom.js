// The few words for elements that every script needs.

/**
 * An element of the component's own markup.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`expected ${selector} in the component: there is none.`);
  return /** @type {HTMLElement} */ (found);
}

/**
 * A new element; other people's text is only ever set as text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} kind its class
 */
export function make(tag, kind = "", text = "") {
  const found = document.createElement(tag);
  if (kind) found.className = kind;
  found.textContent = text;
  return found;
}

/**
 * What draws on a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function penOf(canvas, settings) {
  const pen = canvas.getContext("2d", settings);
  if (!pen) throw new Error("expected a canvas to draw on: the browser gives none.");
  return pen;
}

/**
 * Files of this server, under whatever path it stands.
 * @param {string} source
 */
export function address(source) {
  return new URL(`.${source}`, window.location.href).href;
}
