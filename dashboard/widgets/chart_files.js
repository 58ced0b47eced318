// Streamlit's button "Download as PNG" clicks a link of its own; before the browser follows it, the
// picture gets its title, what it was made of, and a telling name.

const LINK = "a[download$='_chart.png']"; // as Streamlit names every chart
let chart = null; // whose button was pressed last

export default function () {
  // The script may be read again when the page is mounted anew: one listener is enough.
  if (document.documentElement.dataset.idcChartFiles) return;
  document.documentElement.dataset.idcChartFiles = "heard";
  document.addEventListener("click", clicked, true);
}

function clicked(event) {
  const link = event.target.closest?.(LINK);
  if (!link) {
    if (event.target.closest?.("[data-testid='stElementToolbar']"))
      chart = event.target.closest("[class*='st-key-chart_']");
    return;
  }
  const told = chart?.querySelector(".idc-facts")?.dataset;
  if (!told) return;
  event.preventDefault();
  event.stopPropagation();
  save(link.href, { ...told });
}

async function save(address, told) {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const blob = await new Promise((done) => drawn(picture, told).toBlob(done, "image/png"));
  const file = withFacts(new Uint8Array(await blob.arrayBuffer()), JSON.parse(told.facts));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(file, { type: "image/png" }));
  link.download = told.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// The picture between its title and two lines of small print, on the page's own paper.
function drawn(picture, told) {
  const style = getComputedStyle(document.querySelector(".stApp"));
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const scale = Math.max(2, window.devicePixelRatio || 1); // as Streamlit draws it
  const width = Math.max(picture.width, 480 * scale);
  const lines = [[told.title, 600, 14], [told.line, 400, 12], [told.model, 400, 11]].map(
    ([text, weight, size]) => {
      const font = `${weight} ${size * scale}px sans-serif`;
      pen.font = font;
      return { font, step: 1.45 * size * scale, rows: wrapped(pen, text, width - 16 * scale) };
    },
  );
  const tall = lines.map((line) => line.rows.length * line.step);
  const top = tall[0] + 10 * scale;
  canvas.width = width;
  canvas.height = top + picture.height + tall[1] + tall[2] + 12 * scale;
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, top);
  pen.fillStyle = style.color;
  pen.textBaseline = "top";
  let y = 6 * scale;
  lines.forEach(({ font, step, rows }, at) => {
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

function wrapped(pen, text, width) {
  const rows = [""];
  for (const word of text.split(" ")) {
    const longer = `${rows.at(-1)} ${word}`.trim();
    if (rows.at(-1) && pen.measureText(longer).width > width) rows.push(word);
    else rows[rows.length - 1] = longer;
  }
  return rows;
}

// Each fact as a text chunk (iTXt) after the header; the same as idc_core/exports/pictures.py.
function withFacts(png, facts) {
  const after = 33;
  const said = Object.entries(facts).map(([name, text]) =>
    chunk("iTXt", new TextEncoder().encode(`idc:${name}\0\0\0\0\0${text}`)),
  );
  return [png.slice(0, after), ...said, png.slice(after)];
}

function chunk(kind, body) {
  const whole = new Uint8Array(12 + body.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, body.length);
  whole.set(new TextEncoder().encode(kind), 4);
  whole.set(body, 8);
  view.setUint32(8 + body.length, checksum(whole.subarray(4, 8 + body.length)));
  return whole;
}

function checksum(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
