// Draws the network as a row of buttons, grouped by part; a click or an arrow key chooses a layer.
// Names come from a file: they are only ever set as text.
export default function ({ data, parentElement, setTriggerValue }) {
  const row = parentElement.querySelector(".network");
  const signature = data.boxes.map((box) => box.name).join("\n");
  if (row.dataset.signature !== signature) {
    row.dataset.signature = signature;
    row.replaceChildren(...grouped(data.boxes).map(drawGroup));
  }
  const buttons = [...row.querySelectorAll("button")];
  buttons.forEach((button, at) => {
    const chosen = data.boxes[at].name === data.chosen;
    button.setAttribute("aria-checked", chosen);
    button.tabIndex = chosen ? 0 : -1;
    button.onclick = () => choose(at, 0);
  });
  row.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = buttons.findIndex((button) => button.ariaChecked === "true");
    choose(Math.min(buttons.length - 1, Math.max(0, at + step)), 150);
  };
  row.onpointerover = (event) => {
    const at = buttons.indexOf(event.target.closest("button"));
    tell(at >= 0 ? data.boxes[at] : data.boxes.find((box) => box.name === data.chosen));
  };
  row.onpointerleave = () => tell(data.boxes.find((box) => box.name === data.chosen));
  row.onpointerleave();

  function choose(at, wait) {
    buttons.forEach((button, other) => button.setAttribute("aria-checked", other === at));
    buttons[at].focus();
    tell(data.boxes[at]);
    clearTimeout(row.telling);  // a held key passes over many layers
    row.telling = setTimeout(() => setTriggerValue("layer", data.boxes[at].name), wait);
  }

  function tell(box) {
    parentElement.querySelector(".name").textContent = box ? box.name : "";
    parentElement.querySelector(".facts").textContent = box ? box.facts : "";
  }
}

function grouped(boxes) {
  const groups = [];
  for (const box of boxes) {
    const last = groups.at(-1);
    if (last && last.name === box.group) last.boxes.push(box);
    else groups.push({ name: box.group, boxes: [box] });
  }
  return groups;
}

function drawGroup(group) {
  const part = document.createElement("div");
  part.className = group.boxes.length > 1 ? "part" : "part single";
  part.style.flexGrow = group.boxes.reduce((sum, box) => sum + box.width, 0);
  const bars = document.createElement("div");
  bars.className = "bars";
  bars.append(...group.boxes.map(drawBox));
  const label = document.createElement("span");
  label.className = "label";
  label.textContent = group.name;
  part.append(bars, label);
  return part;
}

function drawBox(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "radio");
  button.setAttribute("aria-label", `${box.name}: ${box.facts}`);
  button.style.flexGrow = box.width;
  const bar = document.createElement("i");
  bar.style.height = `${Math.max(7, 100 * box.height)}%`;
  button.append(bar);
  return button;
}
