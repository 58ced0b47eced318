// The marks of a chart as Vega has drawn them, and what is changed of them while the threshold moves.
// Vega writes an attribute only where its own value changes: what is changed here is remembered, so
// that it can be undone where no answer of the server draws the chart again.

const SVG = "http://www.w3.org/2000/svg";

export class Marks {
  /** What Vega had written, by element and attribute. @type {WeakMap<Element, Map<string, string | null>>} */
  before = new WeakMap();
  /** Elements with something to undo. @type {Set<Element>} */
  changed = new Set();
  /** Elements of our own, after those of Vega in their group. @type {Set<Element>} */
  own = new Set();

  /**
   * The group of a layer's marks, null where the chart is not drawn yet.
   * @param {Element} svg
   * @param {string} layer its name in the specification
   */
  group(svg, layer) {
    return svg.querySelector(`.${layer}_marks`);
  }

  /**
   * A layer's marks, those that are hidden too.
   * @param {Element} svg
   * @param {string} layer
   */
  of(svg, layer) {
    return [...svg.querySelectorAll(`.${layer}_marks > *`)];
  }

  /**
   * So many shapes of a layer: what Vega has drawn first, then our own; those beyond are hidden. None
   * is removed: it may be needed at the next movement, and an element that comes or goes has the
   * browser style the whole page anew.
   * @param {Element} svg
   * @param {string} layer
   * @param {number} count
   */
  shapes(svg, layer, count) {
    const group = this.group(svg, layer);
    if (!group) return [];
    const found = [...group.children];
    for (const [at, each] of found.entries()) this.set(each, "display", at < count ? null : "none");
    while (found.length < count) found.push(this.added(group));
    return found.slice(0, count);
  }

  /** @param {Element} group */
  added(group) {
    const shape = group.ownerDocument.createElementNS(SVG, "path");
    group.append(shape);
    this.own.add(shape);
    return shape;
  }

  /** @param {Element} shape one of ours */
  remove(shape) {
    shape.remove();
    this.own.delete(shape);
  }

  /**
   * An attribute, written where it differs; null removes it.
   * @param {Element} element
   * @param {string} name
   * @param {string | number | null} value
   */
  set(element, name, value) {
    const said = element.getAttribute(name), now = value === null ? null : String(value);
    if (said === now) return;
    this.remember(element, name, said);
    written(element, name, now);
  }

  /** @param {Element} element @param {string} text */
  say(element, text) {
    if (element.textContent === text) return;
    this.remember(element, "", element.textContent);
    rewritten(element, text);
  }

  /** @param {Element} element @param {string} name @param {string | null} said */
  remember(element, name, said) {
    if (this.own.has(element)) return;
    const known = this.before.get(element) ?? new Map();
    this.before.set(element, known);
    this.changed.add(element);
    if (!known.has(name)) known.set(name, said);
  }

  /** What Vega writes over ours is its own from now on. @param {Element} element @param {string} name */
  overwritten(element, name) {
    const known = this.before.get(element);
    if (known?.has(name)) known.set(name, element.getAttribute(name));
  }

  /** Vega has drawn groups anew: what is ours in them stands there no longer. @param {Set<Node>} groups */
  drawnAnew(groups) {
    for (const each of this.own) if (each.parentNode && groups.has(each.parentNode)) this.remove(each);
    for (const each of this.changed) if (!each.isConnected) this.changed.delete(each);
  }

  /** As Vega has drawn it, all or what is within an element. @param {Element} [within] */
  restore(within) {
    const isMeant = (/** @type {Element} */ each) => !within || within.contains(each);
    for (const each of [...this.own].filter(isMeant)) this.remove(each);
    for (const element of [...this.changed].filter(isMeant)) {
      for (const [name, said] of this.before.get(element) ?? []) {
        if (name) written(element, name, said);
        else rewritten(element, said ?? "");
      }
      this.before.delete(element);
      this.changed.delete(element);
    }
  }
}

/** @param {Element} element @param {string} name @param {string | null} value */
function written(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** Letters are changed in place: no watcher of the page takes that for an answer of the server's.
 * @param {Element} element @param {string} text */
function rewritten(element, text) {
  if (element.firstChild?.nodeType === 3) element.firstChild.nodeValue = text;
  else element.textContent = text;
}

/**
 * Width and height of the area between the axes, px; null where the chart is not drawn yet.
 * @param {Element} svg
 */
export function plotSize(svg) {
  const drawn = svg.querySelector(".role-frame .background")?.getAttribute("d") ?? "";
  const found = /^M[\d.]+,[\d.]+h([\d.]+)v([\d.]+)/.exec(drawn);
  return found && { width: Number(found[1]), height: Number(found[2]) };
}

/** Where a mark stands, px; null where it says nothing of it. @param {Element | undefined} mark */
export function placeOf(mark) {
  const found = /translate\(([-\d.e]+),([-\d.e]+)\)/.exec(mark?.getAttribute("transform") ?? "");
  return found && { x: Number(found[1]), y: Number(found[2]) };
}

/** @param {number} x @param {number} y */
export function place(x, y) {
  return `translate(${x},${y})`;
}

/** The outline of a disc of so many square px, as Vega writes it. @param {number} size */
export function disc(size) {
  const r = rounded(Math.sqrt(size) / 2);
  return `M${r},0A${r},${r},0,1,1,${-r},0A${r},${r},0,1,1,${r},0`;
}

/** The outline of a square of so many square px. @param {number} size */
export function squareOf(size) {
  const side = rounded(Math.sqrt(size)), half = rounded(Math.sqrt(size) / 2);
  return `M${-half},${-half}h${side}v${side}h${-side}Z`;
}

/** A length to three decimals, as in every path that Vega writes. @param {number} px */
export function rounded(px) {
  return Math.round(1000 * px) / 1000;
}
