// The threshold in the bar: a slider and a number to type. It tells the page while it moves, and the
// server once it rests.
import { digits } from "../widgets/digits.js";
import { find } from "../widgets/dom.js";
import {
  answerShown, isDrawn, onceDrawn, setStyleAside, showThatItMoves, takeNoFileWhileItMoves, whenAnswered,
  whenDrawn,
} from "../widgets/streamlit_page.js";
import { bus, tell } from "../widgets/threshold_bus.js";
import { tableOf } from "../widgets/threshold_table.js";
import { Hand } from "./threshold_hand.js";
import { Painter } from "./threshold_painter.js";
import { exactly, Scale, spoken, stepsOf, thresholdOf } from "./threshold_scale.js";

/**
 * @import { Act, Answer } from "./threshold_hand.js"
 * @import { Table } from "../widgets/threshold_table.js"
 *
 * @typedef {Answer & { label: string, state: string, help: string, rates: string[], steps: number[] | null,
 *   table: { address: string, of: string } | null, follows: boolean }} Data as threshold_slider.py sends it
 * @typedef {HTMLElement & { slider?: Slider }} Host
 */

const KEYS_REST_MS = 300; // so long after the last key the threshold is where it was wanted

/** @param {Mounted<Data>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const host = /** @type {Host} */ (find(parentElement, ".threshold"));
  const slider = (host.slider ??= new Slider(host));
  slider.send = (act) => {
    slider.shown = answerShown();
    setTriggerValue("moved", { ...act, shown: slider.shown });
  };
  slider.update(data);
}

class Slider {
  scale = new Scale();
  /** @type {Table | null} */
  table = null;
  /** What `scale` and `table` were made of. */
  made = "";
  /** @type {Data | null} */
  data = null;
  painter = new Painter();
  isTyping = false;
  frame = 0;
  timer = 0;
  /** @type {(act: Act) => void} */
  send = () => {};
  /** The answer that stood on the page when the last act was sent. */
  shown = "";

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.range = /** @type {HTMLInputElement} */ (find(host, ".range"));
    this.number = /** @type {HTMLInputElement} */ (find(host, ".number"));
    this.hand = new Hand({
      send: (act) => this.send(act), tell: () => this.draw(), time: () => performance.now(), token,
      isPainted: (at) => bus().painted === at,
    });
    this.listen();
    bus().ask = () => this.hand.settle();
    whenAnswered(() => this.drawnIfPainted());
    whenDrawn(() => this.hand.drawn()); // what draws itself has drawn two frames after the answer
    takeNoFileWhileItMoves();
  }

  listen() {
    const { range, number } = this, rest = () => this.rest();
    range.oninput = () => this.move(this.scale.at(Number(range.value)));
    range.onchange = range.onpointerup = range.onpointercancel = range.onblur = rest;
    range.onpointerdown = () => setStyleAside(true); // before the first movement, which it would delay
    range.onkeydown = (event) => this.key(event);
    range.onkeyup = () => this.restSoon();
    const help = find(this.host, ".help");
    help.onkeydown = (event) => { if (event.key === "Escape") help.blur(); };
    number.onfocus = () => { this.complain(""); this.write(exactly(this.hand.at)); number.select(); };
    number.oninput = () => { this.isTyping = true; };
    number.onblur = () => { if (this.isTyping) this.typed(); else this.draw(); };
    number.onkeydown = (event) => {
      if (event.key === "Enter") this.typed();
      if (event.key === "Escape") { this.isTyping = false; this.draw(); number.blur(); }
    };
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    this.prepare(data);
    find(this.host, ".name").textContent = data.label;
    find(this.host, ".state").textContent = data.state;
    find(this.host, ".tip").textContent = data.help;
    this.hand.update(data);
    const shown = answerShown();
    if (!shown || shown === this.shown) return;
    // All of it came at once, and its number before this: nothing else tells that it is drawn.
    this.drawnIfPainted();
    onceDrawn(() => this.hand.drawn());
  }

  /** What the browser has painted need not be waited for. */
  drawnIfPainted() {
    if (isDrawn() && bus().painted === this.hand.at) this.hand.drawn();
  }

  /** The scale and the table, where they are others than before. @param {Data} data */
  async prepare({ table, steps }) {
    const made = JSON.stringify([table, steps]);
    if (made === this.made) return;
    this.made = made;
    this.table = null;
    this.scale = steps ? new Scale(steps, "logit") : new Scale();
    if (!table?.address) return;
    const found = await tableOf(table.address, table.of).catch(() => null); // the server answers then
    if (made !== this.made || !found) return;
    this.table = found;
    this.scale = new Scale(found.grid, found.scale);
    this.draw();
  }

  /** @param {number} at */
  move(at) {
    this.hand.move(at);
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  rest() {
    clearTimeout(this.timer);
    if (this.frame) this.draw();
    this.hand.rest();
    setStyleAside(this.hand.moving);
  }

  restSoon() {
    clearTimeout(this.timer);
    // eslint-disable-next-line no-restricted-globals -- nothing tells that no further key will come
    this.timer = setTimeout(() => this.rest(), KEYS_REST_MS);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = event.ctrlKey || event.metaKey || event.altKey ? null : stepsOf(event.key, event.shiftKey);
    if (by === null) return;
    event.preventDefault();
    setStyleAside(true);
    clearTimeout(this.timer);
    this.move(this.scale.step(this.hand.at, by));
  }

  typed() {
    if (!this.isTyping) return;
    this.isTyping = false;
    const typed = this.number.value, value = thresholdOf(typed);
    if (value !== null) this.move(value);
    this.rest();
    this.draw();
    if (value === null) this.complain(`Expected a threshold from 0 to 1: found ${typed.slice(0, 40)}.`);
  }

  /** In the field, which is as wide as what it says. @param {string} said */
  write(said) {
    this.number.value = said;
    this.host.style.setProperty("--letters", String(said.length));
  }

  /** @param {string} sentence */
  complain(sentence) {
    const trouble = find(this.host, ".trouble");
    if (trouble.textContent === sentence) return;
    trouble.textContent = sentence;
    trouble.hidden = !sentence;
    this.number.setAttribute("aria-invalid", String(sentence !== ""));
  }

  /** Everything that says where the threshold stands: this slider, then the page. */
  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { hand, table, scale, range, number, data } = this, { at, moving } = hand;
    if (!data) return;
    const index = table ? table.indexOf(at) : -1, place = scale.placeOf(at);
    this.host.style.setProperty("--place", String(place));
    this.host.dataset.moving = String(moving);
    range.value = String(place);
    number.title = `Exactly ${exactly(at)}`;
    if (!this.isTyping) {
      this.write(number.matches(":focus") ? exactly(at) : digits(at));
      this.complain("");
    }
    const isAtRest = !moving && at === data.value;
    const [sensitivity, specificity] = isAtRest ? data.rates : ["sensitivity", "specificity"]
      .map((name) => (index < 0 ? undefined : table?.text(`${name}.value`, index)));
    range.setAttribute("aria-valuetext", spoken(at, sensitivity, specificity));
    if (!data.follows) return;
    showThatItMoves(moving, index >= 0);
    if (!moving) setStyleAside(false);
    const now = { at, index, moving, table };
    this.painter.follow(now);
    tell(now);
  }
}

// `crypto.randomUUID` is not there on plain http.
function token() {
  return [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
