// The patch on the left, every channel of a layer on the right; a channel under the pointer, or the
// chosen one, lies over the patch. Values come as one grey picture (0..255 between each channel's
// smallest and largest) and are coloured here, so that pointing needs no answer from the server.
const GAP = 4;

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (name) => parentElement.querySelector(name);
  const canvas = find(".tiles"), over = find(".over");
  const state = { chosen: data.chosen, pointed: null, scale: data.scale, sort: data.sort };
  state.order = sorted(data, state.sort);
  const top = (channel) => data[state.scale][channel];
  let gone = false;
  const watcher = new ResizeObserver(() => state.ready && layOut());

  // Mostly the layer changes and the patch stays: it is not decoded anew.
  if (over.source !== data.patch) Object.assign(over, { source: data.patch, picture: picture(data.patch) });
  Promise.all([picture(data.sheet), over.picture]).then(([sheet, patch]) => {
    if (gone) return;
    state.patch = patch;
    state.grey = readSheet(sheet);
    state.ready = true;
    colourAll();
    layOut();
    watcher.observe(find(".mosaic"));
  });

  // All channels are coloured into one picture: a canvas a channel costs more than its pixels. What
  // lies over the patch is made when it is first asked for.
  function colourAll() {
    const { width, height, data: grey } = state.grey;
    const image = new ImageData(width, height);
    for (let at = 0; at < data.count; at++) {
      const colour = colouring(data, at, data.signed ? -top(at) : 0, top(at));
      const [left, above] = place(at, data);
      for (let y = 0; y < data.height; y++) {
        let pixel = 4 * ((above + y) * width + left);
        for (let x = 0; x < data.width; x++, pixel += 4) {
          const level = 3 * colour.level(grey[pixel]);
          for (let part = 0; part < 3; part++) image.data[pixel + part] = data.ramp[level + part];
          image.data[pixel + 3] = 255;
        }
      }
    }
    state.sheet = canvasOf(image);
    state.veils = new Map();
    const colours = Array.from({ length: 17 }, (_, at) => colour(data, Math.round((at * 255) / 16)));
    find(".ramp").style.background = `linear-gradient(90deg, ${colours.join(",")})`;
  }

  // A channel in colours that lets the patch through where it is near zero.
  function veil(at) {
    if (!state.veils.has(at)) {
      const { width, data: grey } = state.grey, image = new ImageData(data.width, data.height);
      const colour = colouring(data, at, data.signed ? -top(at) : 0, top(at));
      const [left, above] = place(at, data);
      for (let y = 0, to = 0; y < data.height; y++) {
        for (let x = 0; x < data.width; x++, to += 4) {
          const from = grey[4 * ((above + y) * width + left + x)], level = 3 * colour.level(from);
          for (let part = 0; part < 3; part++) image.data[to + part] = data.ramp[level + part];
          image.data[to + 3] = 255 * Math.min(1, Math.abs(colour.value(from)) / top(at)) ** 0.7;
        }
      }
      state.veils.set(at, canvasOf(image));
    }
    return state.veils.get(at);
  }

  function layOut() {
    const width = find(".mosaic").clientWidth;
    if (!width) return;
    const room = window.innerHeight - find(".tiles").getBoundingClientRect().top - 24;
    Object.assign(state, grid(data.count, width, Math.min(720, Math.max(300, state.room ??= room))));
    const scale = window.devicePixelRatio || 1;
    const wide = state.columns * (state.side + GAP) + GAP, high = state.rows * (state.side + GAP) + GAP;
    Object.assign(canvas.style, { width: `${wide}px`, height: `${high}px` });
    Object.assign(canvas, { width: Math.round(wide * scale), height: Math.round(high * scale) });
    draw();
  }

  function draw() {
    const scale = canvas.width / (state.columns * (state.side + GAP) + GAP);
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingEnabled = false;
    for (const at of state.order) {
      pen.drawImage(state.sheet, ...place(at, data), data.width, data.height, ...corner(at), state.side, state.side);
    }
    outline(pen, state.chosen, true);
    if (state.pointed !== state.chosen) outline(pen, state.pointed, false);
    drawPatch();
    tell();
    canvas.dataset.drawn = data.sheet.slice(-48) + data.patch.slice(-48);  // what is on show
  }

  // Dark and pale lines side by side are seen on every colour.
  function outline(pen, at, kept) {
    if (at === null || at === undefined) return;
    const [left, top] = corner(at);
    pen.lineWidth = GAP;
    pen.strokeStyle = getComputedStyle(canvas).getPropertyValue(kept ? "--st-text-color" : "--st-primary-color");
    pen.strokeRect(left - GAP / 2, top - GAP / 2, state.side + GAP, state.side + GAP);
    pen.lineWidth = 2;
    pen.strokeStyle = "#fff";
    pen.strokeRect(left + 1, top + 1, state.side - 2, state.side - 2);
  }

  function corner(channel) {
    const step = state.side + GAP, at = state.order.indexOf(channel);
    return [GAP + (at % state.columns) * step, GAP + Math.floor(at / state.columns) * step];
  }

  function drawPatch() {
    const at = state.pointed ?? state.chosen;
    const pen = over.getContext("2d");
    pen.globalAlpha = 1;
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(state.patch, 0, 0, over.width, over.height);
    if (at === null || at === undefined || !data.has_place) return;
    pen.globalAlpha = Number(find(".veil").value);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(veil(at), 0, 0, over.width, over.height);
  }

  function tell() {
    const at = state.pointed ?? state.chosen;
    const some = at !== null && at !== undefined;
    find(".card .head").textContent = some ? `Channel ${at}` : "The patch";
    find(".card .state").textContent = !some
      ? "Point at a channel to lay it over the patch, click to keep it there."
      : [data.has_place ? "" : "This layer has no places: each channel is one number.",
         data.odd ? data.odd[at] : ""].filter(Boolean).join(" ");
    const facts = some
      ? [["smallest", short(data.low[at])], ["largest", short(data.high[at])],
         ["mean", short(data.mean[at])], ["zeros", `${Math.round(100 * data.zeros[at])} %`]]
      : [];
    if (some && data.auc) facts.push(["class AUC", data.auc[at] === null ? "–" : data.auc[at].toFixed(2)]);
    find(".card dl").replaceChildren(...facts.flatMap(([name, value]) => {
      const term = document.createElement("dt"), said = document.createElement("dd");
      term.textContent = name;
      said.textContent = value;
      return [term, said];
    }));
    find(".veiling").hidden = !some || !data.has_place;
    const own = state.scale === "own" && !some;
    find(".low").textContent = !data.signed ? "0" : own ? "− its largest" : short(-top(at ?? 0));
    find(".zero").textContent = data.signed ? "0" : "";
    find(".high").textContent = own ? "its largest" : short(top(at ?? 0));
    canvas.setAttribute("aria-valuenow", some ? at : -1);
    canvas.setAttribute("aria-valuetext", find(".card").textContent);
  }

  function at(event) {
    const column = Math.floor((event.offsetX - GAP) / (state.side + GAP));
    const row = Math.floor((event.offsetY - GAP) / (state.side + GAP));
    const number = row * state.columns + column;
    return column >= 0 && column < state.columns && row >= 0 && number < data.count ? state.order[number] : null;
  }

  // A held key passes over many channels; the server hears of the one it stops at.
  function choose(number) {
    state.chosen = number;
    draw();
    clearTimeout(canvas.telling);
    canvas.telling = setTimeout(() => setTriggerValue("channel", number ?? -1), 150);
  }

  canvas.onpointermove = (event) => {
    const number = state.ready ? at(event) : null;
    if (number === state.pointed) return;
    state.pointed = number;
    draw();
  };
  canvas.onpointerleave = () => { state.pointed = null; if (state.ready) draw(); };
  canvas.onclick = (event) => {
    if (!state.ready) return;
    const number = at(event);
    if (number !== null) choose(number === state.chosen ? null : number);
  };
  canvas.onkeydown = (event) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: state.columns, ArrowUp: -state.columns };
    if (event.key === "Escape" && state.ready && state.chosen !== null) choose(null);
    if (!(event.key in steps) || !state.ready) return;
    event.preventDefault();
    const next = state.chosen === null ? 0 : state.order.indexOf(state.chosen) + steps[event.key];
    if (next >= 0 && next < data.count) choose(state.order[next]);
  };
  for (const choice of parentElement.querySelectorAll(".scale input")) {
    choice.checked = choice.value === state.scale;
    choice.onchange = () => {
      state.scale = choice.value;
      if (state.ready) { colourAll(); draw(); }
      setTriggerValue("scale", choice.value);
    };
  }
  find(".by-class").hidden = !data.auc;
  for (const choice of parentElement.querySelectorAll(".sort input")) {
    choice.checked = choice.value === state.sort;
    choice.onchange = () => {
      state.sort = choice.value;
      state.order = sorted(data, state.sort);
      if (state.ready) draw();
      setTriggerValue("sort", choice.value);
    };
  }
  find(".veil").oninput = () => state.ready && drawPatch();
  return () => { gone = true; watcher.disconnect(); };
}

async function picture(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}

function readSheet(image) {
  const sheet = document.createElement("canvas");
  sheet.width = image.width;
  sheet.height = image.height;
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  return pen.getImageData(0, 0, image.width, image.height);
}

function canvasOf(image) {
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// Where a channel lies on the sheet.
function place(at, data) {
  return [(at % data.columns) * data.width, Math.floor(at / data.columns) * data.height];
}

// From the grey of a channel to its value, and to one of the 256 colours.
function colouring(data, at, bottom, top) {
  const span = data.high[at] - data.low[at], range = top - bottom;
  const value = (grey) => data.low[at] + (grey / 255) * span;
  const level = (grey) =>
    Math.min(255, Math.max(0, Math.round((255 * (value(grey) - bottom)) / range)));
  return { value, level };
}

// Channels in the order they are shown: by number, by their mean on this patch, or by how well each
// tells the classes apart alone (an AUC of 0.1 tells as much as one of 0.9).
function sorted(data, sort) {
  const order = Array.from({ length: data.count }, (_, at) => at);
  const worth = {
    activation: (at) => data.mean[at],
    class: (at) => data.auc ? Math.abs((data.auc[at] ?? 0.5) - 0.5) : 0,
  }[sort];
  return worth ? order.sort((one, other) => worth(other) - worth(one) || one - other) : order;
}

// The fewest columns (the largest tiles) whose rows still fit on the page.
function grid(count, width, highest) {
  for (let columns = 1; ; columns++) {
    const side = Math.min(150, Math.floor((width - GAP) / columns) - GAP);
    const rows = Math.ceil(count / columns);
    if (rows * (side + GAP) <= highest || side <= 5) return { columns, rows, side };
  }
}

function colour(data, level) {
  return `rgb(${data.ramp.slice(3 * level, 3 * level + 3).join(" ")})`;
}

function short(value) {
  if (value === 0) return "0";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replace("-", "−");
}
