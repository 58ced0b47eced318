// Which key means which act, and when it must not count: the rules of a verdict panel, without a page.

export const REACTION_MS = 300; // nobody sees a patch and answers it faster
export const ASKED_MS = { soonest: 600, latest: 8000 };

/**
 * @typedef {{ does: string, words: string, key: string, hint: string, verdict: string, to: string,
 *   off: boolean }} Action as widgets/verdict_keys.py sends it
 * @typedef {{ verdict: string, words: string, token: string }} Standing
 * @typedef {{ reader: string }} About
 * @typedef {{ name: string, listens: string, about: About, identity: string, buttons: Action[],
 *   steps: Action[], undo: Action | null, standing: Standing | null, title: string, where: string,
 *   said: string, picture: string | null, alt: string, missing: string, stored: string,
 *   trouble: string, patches: number, notes: number, reading: boolean,
 *   answered: Record<string, boolean> }} Shown
 * @typedef {{ does: string, verdict: string, to: string, about: About, note: string,
 *   reader: string, replaces: string, identity: string, words: string, token: string }} Act
 * @typedef {{ verdict: string, at: number }} Asked
 *
 * @typedef {object} Seen what a panel knows when a key is pressed
 * @property {Shown | null} shown what stands on the screen
 * @property {boolean} isAwaited whether something else is on its way to the screen
 * @property {Act | null} pending the act under way
 * @property {boolean} isBlank whether the picture could not be fetched
 * @property {number} since when the patch came up (ms)
 * @property {Asked | null} asked the verdict that a second press would replace the standing one by
 * @property {string} note what is typed in its field
 * @property {string | null} named what the reader's field says, null where there is no field
 * @typedef {Seen & { shown: Shown }} State
 */

/**
 * The action of a key, undefined where it has none here.
 * @param {Pick<Shown, "buttons" | "steps" | "undo">} shown
 * @param {string} key
 */
export function actionOf({ buttons, steps, undo }, key) {
  const found = [...buttons, ...steps, ...(undo ? [undo] : [])].find((each) => each.key === key);
  return found?.off ? undefined : found;
}

/**
 * Whether a key comes too early: the server's answer or a picture is still to come.
 * @param {Pick<Seen, "shown" | "pending" | "isAwaited" | "named">} seen
 */
export function isBusy({ shown, pending, isAwaited, named }) {
  if (pending || isAwaited || !shown) return true;
  return shown.reading && Boolean(named) && named !== shown.about.reader;
}

/**
 * What a key is aimed at, so that a key that had to wait does nothing to what comes up meanwhile: a
 * verdict is on what is displayed, an undo takes back what it names. A step goes on from wherever
 * the page stands: undefined.
 * @param {Pick<Shown, "buttons" | "steps" | "undo" | "identity">} shown
 * @param {string} key
 */
export function aimOf(shown, key) {
  const action = actionOf(shown, key);
  if (action?.does === "verdict") return shown.identity;
  return action?.does === "undo" ? action.to : undefined;
}

/**
 * Why an action must not be done now, null where it may; and what a second press would confirm.
 * @param {Action} action
 * @param {State} state
 * @param {number} now ms, on the clock of `since`
 * @returns {{ said: string, asked: Asked | null } | null}
 */
export function refusalOf(action, state, now) {
  const { pending, asked } = state;
  if (pending) return { said: `“${pending.words}” is still being done: this click was ignored.`, asked };
  if (state.isAwaited) return { said: "The next patch is loading: this click was ignored.", asked };
  if (action.does !== "verdict") return null;
  const said = refusedBefore(action, state, now);
  if (said) return { said, asked };
  return state.shown.reading && state.shown.standing ? again(action, state.shown, asked, now) : null;
}

/**
 * @param {Action} action @param {State} state @param {number} now
 * @returns {string | null}
 */
function refusedBefore(action, { shown, isBlank, since, note, named }, now) {
  const { about, standing, reading, patches } = shown;
  if (isBlank) return "A patch cannot be judged without its picture: reload the page.";
  if (now - since < REACTION_MS) return "This patch had only just appeared: the key was ignored.";
  if (!reading) return null;
  if (!(named ?? about.reader)) return "Enter your reader name first, at the top right.";
  if (named !== null && named !== about.reader) return "Your name is still being saved: click again.";
  if (standing && patches === 1 && standing.verdict === action.verdict && !note) {
    return `You have already judged this patch “${standing.words}”. Z undoes it.`;
  }
  return null;
}

/**
 * A standing verdict is replaced by the second of two presses, neither at once nor much later.
 * @param {Action} action @param {Shown} shown @param {Asked | null} asked @param {number} now
 */
function again(action, { standing, patches }, asked, now) {
  const since = asked?.verdict === action.verdict ? now - asked.at : null;
  if (since !== null && since > ASKED_MS.soonest && since < ASKED_MS.latest) return null;
  const isFirst = since === null || since >= ASKED_MS.latest;
  const press = action.key ? `press ${action.key}` : "click";
  return {
    said: patches === 1
      ? `You have judged this patch “${standing?.words}”: ${press} again to replace that, Z undoes it.`
      : `${standing?.words}: ${press} again to replace that.`,
    asked: isFirst ? { verdict: action.verdict, at: now } : asked,
  };
}
