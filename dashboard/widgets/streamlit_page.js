// All that our scripts know of Streamlit's own page. None of it is promised by Streamlit:
// tests/dashboard/test_fences.py fails where the installed one no longer has it, and the linter
// lets no other script look into the document.

const APP = ".stApp";
const DIALOG = "[data-testid='stDialog']";
const TOOLBAR = "[data-testid='stElementToolbar']";
const CHART = "[class*='st-key-chart_']";
const MOVING = ".idc-facts[data-moves]"; // beside its chart
const AHEAD_NAME = "data-ahead";
const AHEAD = `[${AHEAD_NAME}]`;
const IN_USE = "[data-in-use]";
const USE_TEXT = "[data-live^='use.']";
const CHART_LINK = "a[download$='_chart.png']"; // as Streamlit names every chart
const PANEL = ".st-key-verdicts, .st-key-verdicts_status, .st-key-quiz_keys";
const RUN_STATE = "data-test-script-state";
const DRAWN = ".stApp[data-test-script-state='notRunning'] .idc-foot";
const ANSWER = ".idc-foot[data-answer]"; // another number with each answer
// As widgets/live.py marks what follows the threshold in the browser; texts in use have a painter of
// their own.
const LIVE = "[data-live]:not([data-live^='use.'])";
const LIVE_TABLE = "[data-live-table]";
const FADES = ".stVegaLiteChart, .stDataFrame, .stImage, .stHtml, .stMarkdown";
const SAYS_AS_EVER = ".idc-still, .idc-question, .idc-intro, .idc-warn, .idc-facts";
const NOT_OF_THE_PAGE = ".st-key-selection_bar, .st-key-page_head";
const CHART_BEHIND = `${CHART}:has([data-moves][data-behind]) .stVegaLiteChart`;
// What the server alone can say anew, as long as the threshold moves.
const AWAITED = `.st-key-page :is(${FADES}):not(:has([data-live], ${SAYS_AS_EVER}))`
  + `:not(:is(${NOT_OF_THE_PAGE}, ${CHART}:has([data-moves])) *), ${CHART_BEHIND}, .st-key-verdicts`;
const AWAITED_CHARTS = `${CHART}:has([data-moves]) .stVegaLiteChart`;

/** Whether a dialog lies over the page. */
export function isDialogOpen() {
  return document.querySelector(DIALOG) !== null;
}

/** Whether the server's answer stands on the page, all of it. */
export function isDrawn() {
  return document.querySelector(DRAWN) !== null;
}

/** The number of the answer that stands on the page, all of it; "" while one is drawn. */
export function answerShown() {
  return isDrawn() ? answerNumber() ?? "" : "";
}

/** Whether the page has a place for a panel of verdicts. */
export function isPanelDue() {
  return document.querySelector(PANEL) !== null;
}

/**
 * Calls `act` whenever the server's answer stands on the page. Either sign of it may be missing:
 * where all messages come at once the script is never seen to run, and a part that is redrawn alone
 * sends no new number.
 * @param {() => void} act
 */
export function whenDrawn(act) {
  whenAnswered(() => onceDrawn(act));
}

/**
 * Calls `act` after the next frame, if the server's answer stands on the page by then.
 * @param {() => void} act
 */
export function onceDrawn(act) {
  afterNextFrame(() => { if (isDrawn()) act(); });
}

/**
 * The same as soon as the answer's elements stand there: what draws itself later may not have.
 * @param {() => void} act
 */
export function whenAnswered(act) {
  let answer = answerNumber();
  new MutationObserver((changes) => {
    const now = answerNumber();
    if (now === answer && changes.every(({ type }) => type === "childList")) return;
    answer = now;
    act();
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: [RUN_STATE] });
}

/**
 * Calls `act` after every change of the page's elements, but for the marks of charts.
 * @param {() => void} act
 */
export function whenAnythingChanges(act) {
  new MutationObserver((changes) => {
    if (!changes.every(({ target }) => target instanceof SVGElement)) act();
  }).observe(document.body, { subtree: true, childList: true });
}

function answerNumber() {
  const last = document.querySelector(ANSWER);
  return last instanceof HTMLElement ? last.dataset.answer : undefined;
}

/** Whether the bar is folded to one line: the page's root says so, for the style to follow. */
export function isBarFolded() {
  return document.documentElement.dataset.bar === "folded";
}

/**
 * Folds or unfolds the bar, on this page and on those opened next.
 * @param {boolean} folded
 */
export function foldBar(folded) {
  const now = folded ? "folded" : "open";
  document.documentElement.dataset.bar = now;
  try {
    localStorage.setItem("idc_bar", now);
  } catch { /* storage is forbidden: it holds until the page is loaded again */ }
}

/**
 * A button by its key, as long as it can be pressed.
 * @param {string} key
 * @returns {HTMLElement | null}
 */
export function buttonOf(key) {
  return document.querySelector(`.st-key-${key} button:not(:disabled)`);
}

/** The page's own colours. */
export function pageStyle() {
  return getComputedStyle(document.querySelector(APP) ?? document.body);
}

/**
 * The link to a chart's picture that Streamlit is about to follow.
 * @param {Element} pressed
 * @returns {HTMLAnchorElement | null}
 */
export function chartLink(pressed) {
  return pressed.closest(CHART_LINK);
}

/**
 * The chart whose toolbar was pressed; undefined where no toolbar was.
 * @param {Element} pressed
 */
export function chartOfToolbar(pressed) {
  return pressed.closest(TOOLBAR) ? pressed.closest(CHART) : undefined;
}

/** Elements whose text follows the threshold in the browser. @returns {Iterable<HTMLElement>} */
export function liveElements() {
  return document.querySelectorAll(LIVE);
}

/** Tables that parts of the page have of their own: what each is of, by its address. */
export function tablesOnPage() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const part of /** @type {Iterable<HTMLElement>} */ (document.querySelectorAll(LIVE_TABLE))) {
    found.set(part.dataset.liveTable ?? "", part.dataset.liveOf ?? "");
  }
  return found;
}

/**
 * The charts that follow the threshold: what each says of itself, and its picture, null until that is
 * drawn.
 * @returns {{ told: HTMLElement, svg: Element | null }[]}
 */
export function movingCharts() {
  const told = /** @type {Iterable<HTMLElement>} */ (document.querySelectorAll(MOVING));
  return [...told].map((each) => (
    { told: each, svg: each.closest(CHART)?.querySelector("svg.marks") ?? null }));
}

/**
 * Marks the charts whose picture is not Vega's own: what Vega says and saves of it would be of another
 * threshold, so the style hides both.
 * @param {{ told: HTMLElement }[]} charts
 */
export function showWhatIsAhead(charts) {
  const ahead = new Set(charts.map(({ told }) => told.closest(CHART)));
  for (const each of document.querySelectorAll(AHEAD)) if (!ahead.has(each)) each.removeAttribute(AHEAD_NAME);
  for (const each of ahead) each?.toggleAttribute(AHEAD_NAME, true);
  document.documentElement.toggleAttribute("data-any-ahead", ahead.size > 0);
}

/**
 * Calls `act` when a pointer or the keyboard comes to a chart whose picture is not Vega's own.
 * @param {() => void} act
 */
export function whenReachedAhead(act) {
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, ({ target }) => {
      if (target instanceof Element && target.closest(AHEAD)) act();
    }, { passive: true });
  }
}

/**
 * Texts that follow the threshold at the prevalence chosen on the page, and what they are made with;
 * null where the page has none.
 * @returns {{ told: string, texts: HTMLElement[] } | null}
 */
export function textsInUse() {
  const told = document.querySelector(IN_USE);
  if (!(told instanceof HTMLElement)) return null;
  return { told: told.dataset.inUse ?? "", texts: [...document.querySelectorAll(USE_TEXT)].filter((each) => each instanceof HTMLElement) };
}

/**
 * Calls `act` with what was drawn, whoever drew it: elements anywhere, attributes in the charts. A text
 * that follows the threshold does not count.
 * @param {string[]} attributes
 * @param {(changes: MutationRecord[]) => void} act
 * @returns {() => MutationRecord[]} takes what was drawn since, which is then not told
 */
export function whenDrawnOver(attributes, act) {
  const counts = (/** @type {MutationRecord} */ { type, target }) => target instanceof Element
    && (type === "childList" ? !target.matches("[data-live]") : target.closest(CHART) !== null);
  const watcher = new MutationObserver((changes) => {
    const found = changes.filter(counts);
    if (found.length) act(found);
  });
  watcher.observe(document.body, { subtree: true, childList: true, attributeFilter: attributes });
  return () => watcher.takeRecords().filter(counts);
}

/**
 * Sets aside the style of what is still to come, while nothing new comes (frame/style.py).
 * @param {boolean} aside
 */
export function setStyleAside(aside) {
  const media = aside ? "not all" : "all";
  for (const style of document.querySelectorAll("style.idc-coming")) {
    if (style instanceof HTMLStyleElement && style.media !== media) style.media = media;
  }
}

/**
 * Whether the threshold moves: the page's root says so, and what does not follow fades.
 * @param {boolean} moving
 * @param {boolean} isKnown whether the browser can look up what the page says there
 */
export function showThatItMoves(moving, isKnown) {
  const { dataset } = document.documentElement;
  const now = moving ? (isKnown ? "followed" : "awaited") : undefined;
  if (dataset.threshold === now) return;
  if (now) dataset.threshold = now;
  else delete dataset.threshold;
  fade();
}

/** While the threshold moves no file is taken, by pointer or key: it would not be of what is shown. */
export function takeNoFileWhileItMoves() {
  document.addEventListener("click", keepFile, { capture: true }); // once, however often it is asked
}

/** @param {Event} event */
function keepFile(event) {
  const { target } = event, { threshold } = document.documentElement.dataset;
  if (!threshold || !(target instanceof Element) || !target.closest(".stDownloadButton")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/**
 * Marks what does not follow, for the style to let it fade. A rule that found it by itself would have
 * the browser style the whole page anew whenever Streamlit changes the class of any element.
 */
export function fade() {
  const { threshold } = document.documentElement.dataset;
  const those = threshold === "awaited" ? `${AWAITED}, ${AWAITED_CHARTS}` : AWAITED;
  const found = new Set(threshold ? document.querySelectorAll(those) : []);
  for (const each of document.querySelectorAll("[data-awaits]")) {
    if (!found.delete(each)) each.removeAttribute("data-awaits");
  }
  for (const each of found) each.setAttribute("data-awaits", "");
}

/**
 * Calls `act` with the field of a list that has closed and still has the focus.
 * @param {(field: HTMLElement) => void} act
 */
export function whenAListCloses(act) {
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLElement) || !isClosedList(target)) continue;
      // The list gives the focus back to its field when it has closed: two frames later it has.
      afterNextFrame(() => {
        if (target === document.activeElement && isClosedList(target)) act(target);
      });
    }
  }).observe(document.body, { subtree: true, attributeFilter: ["aria-expanded"] });
}

/** @param {HTMLElement} field */
function isClosedList(field) {
  return field.getAttribute("role") === "combobox"
    && field.getAttribute("aria-expanded") === "false";
}

/**
 * When what an event has changed is drawn.
 * @param {() => void} act
 */
export function afterNextFrame(act) {
  requestAnimationFrame(() => requestAnimationFrame(act));
}
