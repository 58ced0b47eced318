// The patch, then a column a method: what speaks for IDC above, what speaks against it below. Cells
// are drawn at their true size; nothing is smoothed. Pointing at a cell reads its value.
const COLOURS = { pro: [1, 102, 94], con: [140, 81, 10] };
const WORDS = { pro: "for IDC", con: "against IDC" };
const SIDE = 300;

export default function ({ data, parentElement, setTriggerValue }) {
  const row = parentElement.querySelector(".row");
  let gone = false;
  const patch = new Image();
  patch.src = data.patch;
  patch.decode().then(() => { if (!gone) draw(); });

  function draw() {
    row.replaceChildren(patchColumn(), ...data.cards.map(column));
  }

  function patchColumn() {
    const box = make("div"), canvas = square();
    canvas.getContext("2d").drawImage(patch, 0, 0, SIDE, SIDE);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", data.alt);
    const figure = make("figure");
    figure.append(make("figcaption", "", data.patch_caption), canvas);
    box.append(make("h4", "", data.heading), make("p", "what", data.under), figure,
      list(data.facts));
    return box;
  }

  function column(card) {
    const box = make("div");
    box.append(make("h4", "", card.name), make("p", "what", card.resolution));
    if (card.waiting) {
      box.append(make("div", "waiting", card.waiting));
      return box;
    }
    const read = make("p", "read", "");
    for (const kind of ["pro", "con"]) box.append(map(card, kind, read));
    read.textContent = `largest value: ${short(card.most)}`;
    read.dataset.rest = read.textContent;
    box.append(read, list(card.checks));
    if (card.can_choose) {
      const button = make("button", "", card.key === data.chosen ? "curves shown below" : "show its curves");
      button.setAttribute("aria-pressed", card.key === data.chosen);
      button.onclick = () => setTriggerValue("method", card.key);
      box.append(button);
    }
    return box;
  }

  function map(card, kind, read) {
    const cells = card[kind], rows = cells.length, columns = cells[0].length;
    const figure = make("figure"), caption = make("figcaption");
    const sign = make("span", "sign", kind === "pro" ? "+" : "−");
    sign.style.background = `rgb(${COLOURS[kind].join(" ")})`;
    caption.append(sign, WORDS[kind]);
    const canvas = square();
    paint(canvas, cells, card.most, COLOURS[kind]);
    canvas.setAttribute("role", "img");
    const most = Math.max(...cells.map((line) => Math.max(...line)));
    canvas.setAttribute("aria-label", `${card.name}: evidence ${WORDS[kind]}, at most ${short(most)} in one of ${rows} by ${columns} cells`);
    canvas.onpointermove = (event) => {
      const column = Math.min(columns - 1, Math.max(0, Math.floor((event.offsetX / canvas.clientWidth) * columns)));
      const line = Math.min(rows - 1, Math.max(0, Math.floor((event.offsetY / canvas.clientHeight) * rows)));
      read.textContent = `row ${line + 1}, column ${column + 1}: ${short(cells[line][column])} ${WORDS[kind]}`;
    };
    canvas.onpointerleave = () => { read.textContent = read.dataset.rest; };
    figure.append(caption, canvas);
    if (most <= data.nothing) figure.append(make("div", "none", `Nothing speaks ${WORDS[kind]}.`));
    return figure;
  }

  function paint(canvas, cells, most, colour) {
    const pen = canvas.getContext("2d");
    pen.filter = "grayscale(1)";
    pen.globalAlpha = 0.6;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.drawImage(patch, 0, 0, SIDE, SIDE);
    pen.filter = "none";
    const rows = cells.length, columns = cells[0].length;
    cells.forEach((line, at) => line.forEach((value, nth) => {
      pen.globalAlpha = most > 0 ? 0.85 * Math.sqrt(value / most) : 0;
      pen.fillStyle = `rgb(${colour.join(" ")})`;
      const left = Math.round((nth * SIDE) / columns), top = Math.round((at * SIDE) / rows);
      pen.fillRect(left, top, Math.round(((nth + 1) * SIDE) / columns) - left, Math.round(((at + 1) * SIDE) / rows) - top);
    }));
  }

  return () => { gone = true; };
}

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
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  return canvas;
}

function make(tag, kind = "", text = "") {
  const found = document.createElement(tag);
  if (kind) found.className = kind;
  found.textContent = text;
  return found;
}

function short(value) {
  if (value === 0) return "0";
  return (Math.abs(value) >= 0.095 ? value.toFixed(2) : value.toPrecision(2)).replace("-", "−");
}
