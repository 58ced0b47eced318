// So much of a picture's elements as the scripts ask for: groups by their class, attributes, texts.

export class Fake {
  constructor(tag, attributes = {}, text = "") {
    this.tagName = tag;
    this.attributes = new Map(Object.entries(attributes));
    this.children = [];
    this.parentNode = null;
    this.firstChild = text ? { nodeType: 3, nodeValue: text } : null;
    this.ownerDocument = { createElementNS: (_, name) => new Fake(name) };
  }

  get textContent() { return this.firstChild?.nodeValue ?? ""; }
  set textContent(text) { this.firstChild = { nodeType: 3, nodeValue: text }; }
  get isConnected() { return this.attributes.has("root") || Boolean(this.parentNode?.isConnected); }
  getAttribute(name) { return this.attributes.get(name) ?? null; }
  setAttribute(name, value) { this.attributes.set(name, String(value)); }
  removeAttribute(name) { this.attributes.delete(name); }

  contains(other) { return other === this || this.inside().includes(other); }

  append(...some) {
    for (const each of some) {
      each.parentNode = this;
      this.children.push(each);
    }
    return this;
  }

  remove() {
    this.parentNode.children = this.parentNode.children.filter((each) => each !== this);
    this.parentNode = null;
  }

  replaceChildren(...some) {
    for (const each of [...this.children]) each.remove();
    return this.append(...some);
  }

  /** `.name`, `.name > *` or `.name .other`: what the scripts ask for. */
  querySelectorAll(selector) {
    const [first, ...rest] = selector.split(/[ >]+/).map((each) => each.replace(".", ""));
    const found = this.inside().filter((each) => (each.getAttribute("class") ?? "").split(" ").includes(first));
    if (!rest.length) return found;
    return found.flatMap((each) => rest[0] === "*" ? each.children : each.querySelectorAll(`.${rest[0]}`));
  }

  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }
  inside() { return this.children.flatMap((each) => [each, ...each.inside()]); }
}

/** A chart of 200 × 100 px between its axes, with layers by name. */
export function chart(layers) {
  const background = new Fake("path", { class: "background", d: "M0.5,0.5h200v100h-200Z" });
  const svg = new Fake("svg", { class: "marks", root: "" });
  svg.append(new Fake("g", { class: "mark-group role-frame root" }).append(background));
  for (const [name, marks] of Object.entries(layers)) {
    svg.append(new Fake("g", { class: `role-mark ${name}_marks` }).append(...marks));
  }
  return svg;
}

export const at = (x, y, more = {}) => new Fake("path", { transform: `translate(${x},${y})`, ...more });
export const said = (text) => new Fake("text", { transform: "translate(0,11)" }, text);

/** A table of three thresholds: 0, 0.5 and 1; four patches with IDC and six without. */
export const TABLE = {
  grid: [0, 0.5, 1],
  positives: 4,
  negatives: 6,
  counts: (index) => [
    { tp: 4, fn: 0, fp: 6, tn: 0 }, { tp: 3, fn: 1, fp: 2, tn: 4 }, { tp: 0, fn: 4, fp: 0, tn: 6 },
  ][index],
  text: (key, index) => (key === "unknown" ? undefined : `${key} ${index}`),
};

export const moved = (index, table = TABLE) => ({ at: table.grid[index], index, moving: true, table });
