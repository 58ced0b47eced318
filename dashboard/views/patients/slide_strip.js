// The slides of a patient in a row, each with its picture; a click or an arrow key opens one.
// Names come from files: they are only ever set as text.
import { address, find, make } from "../../widgets/dom.js";

/**
 * @typedef {{ name: string, said: string, picture: string | null }} Slide
 * @typedef {{ slides: Slide[], chosen: string | null, named: string }} Data as slide_strip.py sends it
 */

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const row = find(parentElement, ".slides");
  row.setAttribute("aria-label", data.named);
  const signature = JSON.stringify(data.slides);
  if (row.dataset.signature !== signature) {
    row.dataset.signature = signature;
    row.replaceChildren(...data.slides.map(drawn));
  }
  const buttons = [...row.querySelectorAll("button")];
  show(data.slides.findIndex(({ name }) => name === data.chosen));
  buttons.forEach((button, at) => { button.onclick = () => choose(at); });
  row.onkeydown = (event) => {
    const from = buttons.findIndex((button) => button.ariaChecked === "true");
    const to = beside(from, event.key, buttons.length);
    if (to === null) return;
    event.preventDefault();
    choose(to);
  };

  /** @param {number} at */
  function choose(at) {
    show(at);
    buttons[at]?.focus();
    setTriggerValue("slide", data.slides[at]?.name);
  }

  /** @param {number} chosen */
  function show(chosen) {
    buttons.forEach((button, at) => {
      button.setAttribute("aria-checked", String(at === chosen));
      button.tabIndex = at === Math.max(0, chosen) ? 0 : -1;
    });
    const button = buttons[chosen];
    if (button) row.scrollLeft = Math.max(0, button.offsetLeft - row.offsetLeft - 40);
  }
}

/**
 * Where an arrow key leads to, round the ends; null for any other key.
 * @param {number} from @param {string} key @param {number} count
 */
export function beside(from, key, count) {
  const step = key === "ArrowRight" || key === "ArrowDown" ? 1
    : key === "ArrowLeft" || key === "ArrowUp" ? -1 : 0;
  return step && count ? (from + step + count) % count : null;
}

/** @param {Slide} slide */
function drawn(slide) {
  const button = make("button");
  button.type = "button";
  button.setAttribute("role", "radio");
  const picture = make("span", "picture", slide.picture ? "" : "no picture");
  if (slide.picture) {
    const image = new Image();
    image.src = address(slide.picture);
    image.alt = "";
    picture.append(image);
  }
  const name = make("span", "name", slide.name);
  name.title = slide.name;
  button.append(picture, name, make("span", "said", slide.said));
  return button;
}
