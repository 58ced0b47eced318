// Draws the network as a row of buttons, grouped by part; a click or an arrow key chooses a layer.
// Names come from a file: they are only ever set as text.
import { find, make } from "../../../widgets/dom.js";

/**
 * @typedef {{ name: string, facts: string, group: string, width: number, height: number }} Box
 * @typedef {{ boxes: Box[], chosen: string | null }} Data as views/network/maps/network_row.py sends it
 * @typedef {{ name: string, boxes: Box[] }} Group
 * @typedef {HTMLElement & { telling?: number }} Row
 */

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const row = /** @type {Row} */ (find(parentElement, ".network"));
  const signature = data.boxes.map((box) => box.name).join("\n");
  if (row.dataset.signature !== signature) {
    row.dataset.signature = signature;
    row.replaceChildren(...grouped(data.boxes).map(drawGroup));
  }
  const buttons = [...row.querySelectorAll("button")];
  buttons.forEach((button, at) => {
    const chosen = data.boxes[at]?.name === data.chosen;
    button.setAttribute("aria-checked", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    button.onclick = () => choose(at, 0);
  });
  row.onkeydown = (event) => {
    const from = buttons.findIndex((button) => button.ariaChecked === "true");
    const to = stepped(from, event.key, buttons.length);
    if (to === null) return;
    event.preventDefault();
    choose(to, 150);
  };
  row.onpointerover = (event) => {
    const pointed = event.target instanceof Element ? event.target.closest("button") : null;
    tell(pointed ? data.boxes[buttons.indexOf(pointed)] : chosenBox());
  };
  row.onpointerleave = () => tell(chosenBox());
  tell(chosenBox());

  function chosenBox() {
    return data.boxes.find((box) => box.name === data.chosen);
  }

  /** @param {number} at @param {number} wait ms until the server hears of it */
  function choose(at, wait) {
    buttons.forEach((button, other) => button.setAttribute("aria-checked", String(other === at)));
    buttons[at]?.focus();
    tell(data.boxes[at]);
    clearTimeout(row.telling);
    // eslint-disable-next-line no-restricted-globals -- a held key passes over many layers
    row.telling = setTimeout(() => setTriggerValue("layer", data.boxes[at]?.name), wait);
  }

  /** @param {Box | undefined} box */
  function tell(box) {
    find(parentElement, ".name").textContent = box ? box.name : "";
    find(parentElement, ".facts").textContent = box ? box.facts : "";
  }
}

/**
 * Where an arrow key leads to in a row, null for any other key.
 * @param {number} from @param {string} key @param {number} count
 */
export function stepped(from, key, count) {
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  return step ? Math.min(count - 1, Math.max(0, from + step)) : null;
}

/** Neighbours of one part together. @param {Box[]} boxes */
export function grouped(boxes) {
  /** @type {Group[]} */
  const groups = [];
  for (const box of boxes) {
    const last = groups.at(-1);
    if (last && last.name === box.group) last.boxes.push(box);
    else groups.push({ name: box.group, boxes: [box] });
  }
  return groups;
}

/** @param {Group} group */
function drawGroup(group) {
  const part = make("div", group.boxes.length > 1 ? "part" : "part single");
  part.style.flexGrow = String(group.boxes.reduce((sum, box) => sum + box.width, 0));
  const bars = make("div", "bars");
  bars.append(...group.boxes.map(drawBox));
  part.append(bars, make("span", "label", group.name));
  return part;
}

/** @param {Box} box */
function drawBox(box) {
  const button = make("button");
  button.type = "button";
  button.setAttribute("role", "radio");
  button.setAttribute("aria-label", `${box.name}: ${box.facts}`);
  button.style.flexGrow = String(box.width);
  const bar = make("i");
  bar.style.height = `${Math.max(7, 100 * box.height)}%`;
  button.append(bar);
  return button;
}
