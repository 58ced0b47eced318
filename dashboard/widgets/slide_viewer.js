// One slide, or two side by side that move together: tissue below, one square a patch above.
// OpenSeadragon pans and zooms; the squares are coloured here, so a threshold costs one number. They
// follow the bar's slider while it moves; the server's answer brings all other figures after it.

const GLYPH_PX = 9, LETTER_PX = 30, GRID_PX = 14;
const LETTERS = { tp: "TP", fn: "FN", fp: "FP", tn: "TN" };

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".slide");
  const view = (host.view ??= new View(host));
  view.tell = (x, y) => setTriggerValue("square", [x, y, ++view.clicks]);
  view.tellArea = (area) => setTriggerValue("area", [...area, ++view.clicks]);
  view.update(data);
  return () => setTimeout(() => host.isConnected || view.end(), 2000);
}

class View {
  constructor(host) {
    this.host = host;
    this.clicks = 0;
    this.panes = [];
    this.parts = new Map();
    host.querySelector(".buttons").onclick = (event) => {
      const does = event.target.closest("button")?.dataset.does;
      if (does && this.panes.length) this.lead(this.panes[0]) || this.panes[0][does]();
    };
  }

  async update(data) {
    const wanted = (this.wanted = data);
    const style = getComputedStyle(this.host);
    data.ink.paper = style.getPropertyValue("--st-background-color") || "#fff";
    data.ink.text = style.getPropertyValue("--st-text-color") || "#1c2733";
    this.host.querySelector(".buttons [data-does=patch]").hidden = !data.picked;
    const [library, parts] = await Promise.all([
      openSeadragon(data.library),
      Promise.all(data.maps.map((map) => this.fetched(map.squares))),
    ]);
    if (this.wanted !== wanted) return;
    const shape = JSON.stringify([data.tissue, data.maps.length, parts[0].columns, parts[0].rows]);
    if (this.shape !== shape) this.rebuild(library, data, parts[0]);
    this.shape = shape;
    const moved = this.picked !== String(data.picked);
    this.picked = String(data.picked);
    this.shown = parts;
    this.watchBar();
    this.colour(this.atBar() ?? data.threshold, moved);
  }

  colour(threshold, moved = false) {
    // Another run is called at its own threshold, whatever the bar says.
    this.panes.forEach((pane, at) => {
      const map = this.wanted.maps[at];
      pane.update({ ...this.wanted, threshold: map.threshold ?? threshold }, map, this.shown[at], moved);
    });
  }

  // What the bar's slider says, if that is not the threshold that was sent, rounded.
  atBar() {
    const said = parseFloat(this.bar?.querySelector('[data-testid="stSliderThumbValue"]')?.textContent);
    return Math.abs(said - this.wanted.threshold) > 0.0006 ? said : null;
  }

  watchBar() {
    const bar = document.querySelector(".st-key-bar_threshold");
    if (!bar || bar === this.bar) return;
    this.bar = bar;
    this.watcher?.disconnect();
    this.watcher = new MutationObserver(() => {
      const threshold = this.atBar() ?? this.wanted.threshold;
      if (this.panes.length && threshold !== this.panes[0].data?.threshold) this.colour(threshold);
    });
    this.watcher.observe(bar, { subtree: true, childList: true, characterData: true });
  }

  async fetched(source) {
    if (!this.parts.has(source)) {
      if (this.parts.size > 8) this.parts.clear();
      this.parts.set(source, fetch(address(source)).then((answer) => answer.json()));
    }
    return this.parts.get(source);
  }

  rebuild(library, data, frame) {
    this.destroy();
    const box = this.host.querySelector(".panes");
    box.replaceChildren(...data.maps.map(() => document.createElement("div")));
    for (const element of box.children) element.className = "pane";  // all before one is measured
    const width = this.host.clientWidth / data.maps.length;
    const fitting = (width * frame.rows) / frame.columns;
    box.style.height = `${Math.round(Math.min(600, Math.max(340, fitting)))}px`;
    this.panes = [...box.children].map((element) => new Pane(library, element, frame, data.tissue, this));
    this.lead(this.panes[0]);
  }

  // The pane that was touched last leads; the other one follows.
  lead(pane) { this.leading = pane; }
  follow(pane) {
    if (pane !== this.leading || !this.panes.every((each) => each.isOpen)) return;
    const bounds = pane.viewer.viewport.getBounds(true);
    for (const other of this.panes) if (other !== pane) other.viewer.viewport.fitBounds(bounds, true);
  }

  destroy() {
    for (const pane of this.panes) pane.destroy();
    this.panes = [];
    this.shape = null;
  }

  end() {
    this.watcher?.disconnect();
    this.destroy();
  }
}

class Pane {
  constructor(library, element, frame, tissue, view) {
    Object.assign(this, { library, element, frame, view });
    element.innerHTML = `<div class="stage"></div><div class="name"></div><div class="tip" hidden></div>`;
    this.viewer = new library.Viewer({
      element: element.querySelector(".stage"),
      tileSources: { type: "image", url: tissue ? address(tissue) : blank(frame) },
      drawer: "canvas", showNavigationControl: false, showNavigator: true,
      navigatorPosition: "TOP_RIGHT", navigatorSizeRatio: 0.14, navigatorAutoFade: true,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      gestureSettingsTouch: { clickToZoom: false }, gestureSettingsPen: { clickToZoom: false },
      maxZoomPixelRatio: 32, minZoomImageRatio: 0.7, visibilityRatio: 0.4, animationTime: 0.35,
    });
    const canvas = (this.canvas = document.createElement("canvas"));
    canvas.className = "over";
    this.viewer.canvas.append(canvas);
    this.viewer.canvas.setAttribute("role", "application");
    this.listen();
  }

  listen() {
    const { viewer } = this;
    viewer.addHandler("open", () => {
      this.isOpen = true;
      viewer.viewport.goHome(true);
      this.show();
    });
    viewer.addHandler("open-failed", () => { this.isOpen = false; });
    viewer.addHandler("update-viewport", () => this.draw());
    viewer.addHandler("resize", () => this.draw());
    viewer.addHandler("viewport-change", () => this.view.follow(this));
    viewer.addHandler("canvas-click", (event) => {
      const at = event.quick ? this.squareAt(event.position) : null;
      if (at !== null) this.view.tell(this.parts.x[at], this.parts.y[at]);
    });
    // With the Shift key a drag draws a rectangle instead of moving the slide.
    viewer.addHandler("canvas-press", (event) => {
      const shift = this.data?.areas && event.originalEvent.shiftKey;
      this.from = shift ? viewer.viewport.pointFromPixel(event.position, true) : null;
    });
    viewer.addHandler("canvas-drag", (event) => {
      if (!this.from) return;
      event.preventDefaultAction = true;
      this.to = viewer.viewport.pointFromPixel(event.position, true);
      this.draw();
    });
    viewer.addHandler("canvas-drag-end", (event) => { if (this.from) event.preventDefaultAction = true; });
    viewer.addHandler("canvas-release", () => {
      if (this.from && this.to) this.view.tellArea(this.area());
      this.from = this.to = null;
      this.draw();
    });
    // Letters belong to the page's own keys; turning a slide would lose the way.
    viewer.addHandler("canvas-key", (event) => {
      if (/^[a-z]$/i.test(event.originalEvent.key)) event.preventDefaultAction = true;
    });
    for (const kind of ["pointerenter", "focusin"]) {
      this.element.addEventListener(kind, () => this.view.lead(this));
    }
    this.element.addEventListener("pointermove", (event) => this.hover(event));
    this.element.addEventListener("pointerleave", () => { this.tip.hidden = true; });
  }

  // Left, top, right, bottom of the drawn rectangle, in pixels of the slide.
  area() {
    const px = 50 * this.frame.columns;
    const [left, right] = [this.from.x, this.to.x].sort((a, b) => a - b);
    const [top, bottom] = [this.from.y, this.to.y].sort((a, b) => a - b);
    const [x, y] = [50 * this.frame.left, 50 * this.frame.top];
    return [left * px + x, top * px + y, right * px + x, bottom * px + y].map(Math.round);
  }

  get tip() { return this.element.querySelector(".tip"); }

  update(data, map, parts, moved) {
    Object.assign(this, { data, map, parts });
    this.at = new Map(parts.x.map((x, at) => [`${x},${parts.y[at]}`, at]));
    this.element.querySelector(".name").textContent = data.maps.length > 1 ? map.name : "";
    this.viewer.canvas.setAttribute("aria-label", data.said);
    this.colours = colours(this.frame, parts, map, data);
    this.edges = map.contour ? contour(parts, data.threshold) : null;
    if (this.isOpen) this.show(moved);
  }

  show(moved) {
    if (!this.parts) return;
    if (moved) this.reveal();
    this.draw();
  }

  // The square's left, top and side as parts of the picture's width, as OpenSeadragon counts.
  place(x, y) {
    const one = 1 / this.frame.columns;
    const column = Math.floor((x - 1) / 50) - this.frame.left;
    return [column * one, (Math.floor((y - 1) / 50) - this.frame.top) * one, one];
  }

  reveal() {
    if (!this.data.picked || this.view.leading !== this) return;
    const [left, top, side] = this.place(...this.data.picked);
    const bounds = this.viewer.viewport.getBounds(true);
    const inside = left >= bounds.x && top >= bounds.y && left + side <= bounds.x + bounds.width
      && top + side <= bounds.y + bounds.height;
    if (!inside) this.viewer.viewport.panTo(new this.library.Point(left + side / 2, top + side / 2));
  }

  closer() { this.viewer.viewport.zoomBy(1.6).applyConstraints(); }
  farther() { this.viewer.viewport.zoomBy(1 / 1.6).applyConstraints(); }
  whole() { this.viewer.viewport.goHome(); }
  patch() {
    if (!this.data.picked) return;
    const [left, top, side] = this.place(...this.data.picked);
    this.viewer.viewport.fitBounds(new this.library.Rect(left - 2 * side, top - 2 * side, 5 * side, 5 * side));
  }

  squareAt(pixel) {
    const point = this.viewer.viewport.pointFromPixel(pixel, true);
    const column = Math.floor(point.x * this.frame.columns) + this.frame.left;
    const row = Math.floor(point.y * this.frame.columns) + this.frame.top;
    return this.grid.get(`${column},${row}`) ?? null;
  }

  get grid() {
    if (this.gridOf !== this.parts) {
      this.gridOf = this.parts;
      this.places = new Map(this.parts.x.map((x, at) =>
        [`${Math.floor((x - 1) / 50)},${Math.floor((this.parts.y[at] - 1) / 50)}`, at]));
    }
    return this.places;
  }

  hover(event) {
    if (!this.isOpen || !this.parts) return;
    const box = this.element.getBoundingClientRect();
    const pixel = new this.library.Point(event.clientX - box.left, event.clientY - box.top);
    const at = this.squareAt(pixel);
    this.tip.hidden = at === null;
    if (at === null) return;
    this.tip.textContent = words(this.parts, at, this.data);
    const right = pixel.x > box.width - 190;
    this.tip.style.transform = `translate(${Math.round(pixel.x + (right ? -190 : 14))}px, ${Math.round(pixel.y + 14)}px)`;
  }

  draw() {
    if (!this.isOpen || !this.parts) return;
    const { canvas, frame, viewer } = this;
    const width = viewer.canvas.clientWidth, height = viewer.canvas.clientHeight;
    const dense = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
      canvas.width = Math.round(width * dense);
      canvas.height = Math.round(height * dense);
    }
    const origin = viewer.viewport.pixelFromPoint(new this.library.Point(0, 0), true);
    const end = viewer.viewport.pixelFromPoint(new this.library.Point(1, 0), true);
    const side = (end.x - origin.x) / frame.columns;
    const { threshold, tissue } = this.data;
    Object.assign(canvas.dataset, { left: origin.x, top: origin.y, side, dense, threshold, tissue });
    viewer.drawer.setImageSmoothingEnabled?.(side < 150);
    const pen = canvas.getContext("2d");
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.colours, origin.x, origin.y, side * frame.columns, side * frame.rows);
    pen.translate(origin.x, origin.y);
    if (side >= GRID_PX) this.drawGrid(pen, side);
    if (this.edges) this.drawContour(pen, side);
    this.drawMarks(pen, side, { left: -origin.x, top: -origin.y, width, height });
    this.drawChoice(pen, side);
    if (this.from && this.to) this.drawArea(pen, side * frame.columns);
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    this.drawScale(pen, side, height);
  }

  drawGrid(pen, side) {
    pen.strokeStyle = "rgba(255,255,255,.45)";
    pen.lineWidth = 1;
    pen.beginPath();
    this.parts.x.forEach((x, at) => pen.rect(...this.box(at, side)));
    pen.stroke();
  }

  box(at, side) {
    const column = Math.floor((this.parts.x[at] - 1) / 50) - this.frame.left;
    const row = Math.floor((this.parts.y[at] - 1) / 50) - this.frame.top;
    return [column * side, row * side, side, side];
  }

  drawContour(pen, side) {
    pen.save();
    pen.scale(side, side);
    pen.translate(-this.frame.left, -this.frame.top);
    for (const [colour, wide] of [["rgba(255,255,255,.9)", 3.5], [this.data.ink.contour, 1.8]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = wide / side;
      pen.stroke(this.edges);
    }
    pen.restore();
  }

  // Colour is never alone: a ring for a false alarm, a disc for missed IDC, letters when near.
  drawMarks(pen, side, seen) {
    const by = this.map.rule, { threshold, ink, judged } = this.data;
    const errors = by === "outcome";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (let at = 0; at < this.parts.x.length; at++) {
      const [left, top] = this.box(at, side);
      if (left + side < seen.left || top + side < seen.top
        || left > seen.left + seen.width || top > seen.top + seen.height) continue;
      const what = outcome(this.parts, at, threshold);
      if (errors && (what === "fn" || what === "fp") && side >= GLYPH_PX) {
        pen.beginPath();
        pen.arc(left + side / 2, top + side / 2, Math.min(7, side * 0.2), 0, 7);
        pen.lineWidth = 2;
        pen.strokeStyle = pen.fillStyle = "#fff";
        what === "fn" ? pen.fill() : pen.stroke();
      }
      if (side >= LETTER_PX && what && by !== "nothing") {
        const text = what === "unlabelled" && (errors || by === "label") ? "?"
          : by === "label" ? (this.parts.label[at] ? "IDC" : "no IDC")
          : errors ? LETTERS[what] : short(this.parts.score[at]);
        this.letter(pen, text, left + side / 2, top + side - 9);
      }
      const verdict = judged[`${this.parts.x[at]},${this.parts.y[at]}`];
      if (verdict && side >= 7) this.badge(pen, verdict, left + side, top, side, ink);
    }
  }

  letter(pen, text, x, y) {
    pen.font = "600 11px system-ui, sans-serif";
    pen.lineWidth = 3;
    pen.strokeStyle = "rgba(0,0,0,.65)";
    pen.fillStyle = "#fff";
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }

  badge(pen, text, right, top, side, ink) {
    const size = Math.min(15, side * 0.55);
    pen.fillStyle = ink.verdict;
    pen.fillRect(right - size, top, size, size);
    if (size < 9) return;
    pen.fillStyle = "#fff";
    pen.font = `700 ${size - 4}px system-ui, sans-serif`;
    pen.fillText(text, right - size / 2, top + size / 2 + 0.5);
  }

  drawChoice(pen, side) {
    for (const [x, y] of this.data.chosen) this.frameOf(pen, x, y, side, this.data.ink.verdict, 2.5);
    for (const [x, y] of this.data.strip) this.frameOf(pen, x, y, side, "#fff", 1.5, [3, 3]);
    if (!this.data.picked) return;
    this.frameOf(pen, ...this.data.picked, side, "#fff", 6);
    this.frameOf(pen, ...this.data.picked, side, "#111", 3);
  }

  drawArea(pen, width) {
    pen.strokeStyle = "#111";
    pen.lineWidth = 1.5;
    pen.setLineDash([5, 4]);
    pen.strokeRect(this.from.x * width, this.from.y * width,
      (this.to.x - this.from.x) * width, (this.to.y - this.from.y) * width);
    pen.setLineDash([]);
  }

  frameOf(pen, x, y, side, colour, wide, dashes = []) {
    const at = this.at.get(`${x},${y}`);
    if (at === undefined) return;
    pen.setLineDash(dashes);
    pen.strokeStyle = colour;
    pen.lineWidth = wide;
    pen.strokeRect(...this.box(at, side));
    pen.setLineDash([]);
  }

  drawScale(pen, side, height) {
    const count = [1, 2, 5, 10, 20, 50, 100, 200].find((many) => many * side >= 70) ?? 500;
    const wide = count * side, um = this.data.um_per_px;
    const length = um ? ` · ${metres(count * 50 * um)}` : "";
    const text = `${count} ${count === 1 ? "patch" : "patches"} · ${count * 50} px${length}`;
    pen.font = "12px system-ui, sans-serif";
    const box = Math.max(wide, pen.measureText(text).width) + 20;
    pen.fillStyle = this.data.ink.paper;
    pen.globalAlpha = 0.86;
    pen.fillRect(8, height - 40, box, 32);
    pen.globalAlpha = 1;
    pen.fillStyle = this.data.ink.text;
    pen.fillRect(18, height - 15, wide, 3);
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.fillText(text, 18, height - 21);
  }

  destroy() { this.isOpen = false; this.viewer.destroy(); }
}

function outcome(parts, at, threshold) {
  if (parts.score[at] === null) return null;
  if (parts.label[at] === null) return "unlabelled";
  const called = parts.score[at] >= threshold;
  return parts.label[at] ? (called ? "tp" : "fn") : called ? "fp" : "tn";
}

// One pixel a square; where no patch was exported the page shows, not tissue and not a colour.
function colours(frame, parts, map, data) {
  const canvas = document.createElement("canvas");
  canvas.width = frame.columns;
  canvas.height = frame.rows;
  const pen = canvas.getContext("2d");
  pen.fillStyle = data.ink.paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const image = pen.getImageData(0, 0, canvas.width, canvas.height);
  const put = (x, y, [red, green, blue, alpha]) => {
    const column = Math.floor((x - 1) / 50) - frame.left, row = Math.floor((y - 1) / 50) - frame.top;
    image.data.set([red, green, blue, Math.round(255 * alpha)], 4 * (row * frame.columns + column));
  };
  for (const [x, y] of parts.unscored) put(x, y, [0, 0, 0, 0]);
  parts.x.forEach((x, at) => put(x, parts.y[at], colour(parts, at, map, data)));
  pen.putImageData(image, 0, 0);
  return canvas;
}

const CLEAR = [0, 0, 0, 0];

// Red, green, blue and alpha of a square, by the rule of its overlay (overlays.py).
const RULES = {
  nothing: () => CLEAR,
  score: ({ score }, { opacity, ink }) => [...ink.score, opacity * score],
  near: ({ score }, { threshold, opacity, ink }) => [...ink.near, opacity * nearness(score, threshold)],
  label: ({ what, label }, { opacity, ink }) => what === "unlabelled" ? [...ink[what], 0.2 * opacity]
    : label ? [...ink.label, opacity] : [...ink.tn, 0.2 * opacity],
  outcome: ({ what }, { opacity, ink }, kinds) => kinds.includes(what)
    ? [...ink[what], what === "tn" || what === "unlabelled" ? 0.2 * opacity : opacity] : CLEAR,
};

function colour(parts, at, map, data) {
  const what = outcome(parts, at, data.threshold);
  if (what === null) return CLEAR;
  return RULES[map.rule]({ what, score: parts.score[at], label: parts.label[at] }, data, map.kinds);
}

// 1 at the threshold, 0 at the far end of its side.
function nearness(score, threshold) {
  const far = score >= threshold ? 1 - threshold : threshold;
  return far === 0 ? 1 : 1 - Math.abs(score - threshold) / far;
}

// The border between called squares and all others, in grid squares.
function contour(parts, threshold) {
  const called = new Set();
  const place = (at) => [Math.floor((parts.x[at] - 1) / 50), Math.floor((parts.y[at] - 1) / 50)];
  parts.score.forEach((score, at) => score !== null && score >= threshold && called.add(place(at).join()));
  const path = new Path2D();
  for (const name of called) {
    const [column, row] = name.split(",").map(Number);
    for (const [right, down, x0, y0, x1, y1] of [
      [-1, 0, 0, 0, 0, 1], [1, 0, 1, 0, 1, 1], [0, -1, 0, 0, 1, 0], [0, 1, 0, 1, 1, 1],
    ]) {
      if (called.has(`${column + right},${row + down}`)) continue;
      path.moveTo(column + x0, row + y0);
      path.lineTo(column + x1, row + y1);
    }
  }
  return path;
}

function words(parts, at, data) {
  const place = `x ${parts.x[at]}, y ${parts.y[at]}`;
  const what = outcome(parts, at, data.threshold);
  if (what === null) return `${place}\nnot read yet: the model's answer and the label are hidden`;
  if (parts.label[at] === null) {
    const call = parts.score[at] >= data.threshold ? "called IDC" : "no IDC";
    return `${call}\nscore ${digits(parts.score[at])} · ${data.words.unlabelled}\n${place}`;
  }
  const label = parts.label[at] ? "labelled IDC" : "labelled no IDC";
  return `${LETTERS[what]} · ${data.words[what]}\nscore ${digits(parts.score[at])} · ${label}\n${place}`;
}

// Three digits that say something, wherever in 0 to 1 the score lies.
function digits(score) {
  if (score > 0 && score < 0.01) return plain(score.toPrecision(3));
  return score >= 0.9995 && score < 1 ? `1 − ${plain((1 - score).toPrecision(3))}` : score.toFixed(3);
}

// Two digits, for where there is little room.
function short(score) {
  if (score > 0 && score < 0.005) return score.toExponential(0);
  return score >= 0.995 && score < 1 ? `1−${(1 - score).toExponential(0)}` : score.toFixed(2);
}

// 1.00e-7 as 1e-7.
function plain(text) { return text.replace(/\.?0+(?=e|$)/, ""); }

function metres(um) { return um >= 1000 ? `${(um / 1000).toFixed(1)} mm` : `${Math.round(um)} µm`; }

// Without pixels there is still a slide to move over.
function blank(frame) {
  const canvas = document.createElement("canvas");
  canvas.width = frame.columns;
  canvas.height = frame.rows;
  return canvas.toDataURL();
}

// Files of this server, under whatever path it stands.
function address(source) { return new URL(`.${source}`, window.location.href).href; }

function openSeadragon(source) {
  if (window.OpenSeadragon) return Promise.resolve(window.OpenSeadragon);
  window.idcOpenSeadragon ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address(source);
    script.onload = () => done(window.OpenSeadragon);
    script.onerror = failed;
    document.head.append(script);
  });
  return window.idcOpenSeadragon;
}
