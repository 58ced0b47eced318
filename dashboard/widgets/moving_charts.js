// Charts follow the threshold while it moves: marks that Vega has drawn get the attributes with which
// the server's answer will draw them. What a chart draws anew meanwhile is changed again before it is
// painted.
/** @import { Now } from "./threshold_bus.js" */
/** @import { Table } from "./threshold_table.js" */
/** @import { Point } from "./moving_curves.js" */
/** @import { Histogram } from "./moving_histogram.js" */
/** @import { Matrix } from "./moving_matrix.js" */
/** @import { Predictive, Thousand } from "./moving_clinic.js" */
import { paintPoint, paintRule } from "./moving_curves.js";
import { paintHistogram } from "./moving_histogram.js";
import { Marks } from "./moving_marks.js";
import { paintMatrix } from "./moving_matrix.js";
import { paintPredictive, paintThousand } from "./moving_clinic.js";
import { fade, movingCharts, showWhatIsAhead, textsInUse, whenDrawnOver, whenReachedAhead } from "./streamlit_page.js";
import { bus, follow, now, ownTables } from "./threshold_bus.js";
import { useTexts } from "./use_texts.js";

/** @typedef {Point | Histogram | Matrix | Predictive | Thousand | { kind: "rule" }} Moves */

const ATTRIBUTES = ["d", "transform", "fill", "stroke", "display"];

export default function () {
  // The script may be read again when the page is mounted anew: one follower is enough.
  if (document.documentElement.dataset.idcMovingCharts) return;
  document.documentElement.dataset.idcMovingCharts = "following";
  new Charts();
}

class Charts {
  marks = new Marks();
  /** What was told, by its text. @type {Map<string, any>} */
  told = new Map();
  /** The threshold that was painted last; null where nothing of ours stands. @type {number | null} */
  painted = null;
  /** Whether a chart was ahead of the server when the threshold was last at rest. */
  wasAhead = false;

  constructor() {
    this.take = whenDrawnOver(ATTRIBUTES, (changes) => this.changed(changes));
    follow((said) => this.follow(said));
    whenReachedAhead(() => bus().ask());
  }

  /** @param {Now} said */
  follow(said) {
    const isAhead = this.mark(said);
    if (!said.moving) this.wasAhead = isAhead;
    if (said.moving || isAhead || (this.painted !== null && this.painted !== said.at)) this.paint(said);
  }

  /** @param {MutationRecord[]} changes */
  changed(changes) {
    this.heard(changes);
    const said = now();
    if (said && (this.mark(said) || said.moving)) this.paint(said);
  }

  /** Marks the charts that are not as the server sent them; whether there is one at rest.
   * @param {Now} said */
  mark(said) {
    const ahead = movingCharts().filter(({ told }) => isOfAnother(told, said));
    showWhatIsAhead(said.moving ? movingCharts() : ahead);
    return ahead.length > 0;
  }

  /** @param {MutationRecord[]} changes by Vega */
  heard(changes) {
    /** @type {Set<Node>} */
    const anew = new Set();
    for (const { type, target, attributeName } of changes) {
      if (type === "childList") anew.add(target);
      else if (target instanceof Element) this.marks.overwritten(target, attributeName ?? "");
    }
    if (anew.size) this.marks.drawnAnew(anew);
  }

  /** @param {Now} said */
  paint(said) {
    this.heard(this.take());
    bus().painted = NaN;
    const { index, table } = said;
    if (index < 0 || !table) this.leave(said);
    else {
      const known = { ...said, table };
      this.painted = said.at;
      if (movingCharts().map((each) => this.paintKnown(each, known)).every(Boolean)) bus().painted = said.at;
      if (said.moving) this.sayInUse(index, table);
    }
    this.take();
  }

  /** Only the server knows what stands at a threshold. @param {Now} said */
  leave(said) {
    if (said.moving && this.wasAhead) return; // what Vega drew is older than what stands there
    this.marks.restore();
    this.painted = null;
    if (!said.moving) bus().ask();
  }

  /**
   * A chart with a table of its own stays as it is, and says so, until that knows the threshold.
   * @param {{ told: HTMLElement, svg: Element | null }} chart
   * @param {Now & { table: Table }} said
   * @returns {boolean} whether it shows the threshold
   */
  paintKnown({ told, svg }, said) {
    if (!svg) return false;
    const moves = this.read(told.dataset.moves ?? ""), source = "source" in moves && moves.source;
    const table = source ? ownTables().get(source) : said.table;
    const index = source ? table?.indexOf(said.at) ?? -1 : said.index;
    const isBehind = !table || index < 0;
    if (told.hasAttribute("data-behind") !== isBehind) {
      told.toggleAttribute("data-behind", isBehind);
      fade();
    }
    if (isBehind) this.marks.restore(svg);
    else this.paintOne(svg, moves, { ...said, index, table });
    return !isBehind;
  }

  /** @param {number} index @param {Table} table */
  sayInUse(index, table) {
    const found = textsInUse();
    if (!found) return;
    const said = useTexts(this.read(found.told), table, index);
    for (const text of found.texts) {
      const now = said[text.dataset.live ?? ""];
      if (now !== undefined) this.marks.say(text, now);
    }
  }

  /** What is told stays the same text while the threshold moves. @param {string} text @returns {any} */
  read(text) {
    const known = this.told.get(text) ?? JSON.parse(text);
    if (this.told.size > 30) this.told.clear();
    this.told.set(text, known);
    return known;
  }

  /** @param {Element} svg @param {Moves} told @param {Now & { table: Table }} said */
  paintOne(svg, told, said) {
    if (told.kind === "matrix") paintMatrix(this.marks, svg, told, said);
    else if (told.kind === "point") paintPoint(this.marks, svg, told, said);
    else if (told.kind === "histogram") paintHistogram(this.marks, svg, told, said);
    else if (told.kind === "rule") paintRule(this.marks, svg, said);
    else if (told.kind === "thousand") paintThousand(this.marks, svg, told, said);
    else if (told.kind === "predictive") paintPredictive(this.marks, svg, told, said);
  }
}

/** Whether a chart was sent for another threshold than the one in force. @param {HTMLElement} told
 * @param {Now} said */
function isOfAnother(told, said) {
  return told.dataset.drawn !== undefined && Number(told.dataset.drawn) !== said.at;
}
