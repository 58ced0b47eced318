// Where the threshold stands now, for all components of the page: the slider tells, figures follow.
// Each component's script is read on its own, so what they share lies at the window.

/**
 * @import { Table } from "./threshold_table.js"
 *
 * @typedef {object} Now
 * @property {number} at the threshold, exactly
 * @property {number} index of it in `table.grid`; -1 where it is off the grid, or without a table
 * @property {boolean} moving from the first movement until the server's answer for the value at rest
 *   stands on the page
 * @property {Table | null} table
 *
 * @typedef {object} Bus
 * @property {Now | null} now
 * @property {Set<(now: Now) => void>} followers
 * @property {Map<string, Table | null>} own
 * @property {number} painted the threshold that all charts of the page show which the browser paints
 *   in the server's place; NaN where one of them does not
 * @property {() => void} ask has the server send the charts for the threshold at rest
 */

/** What was told last; null where the page has no threshold. @returns {Now | null} */
export function now() {
  return bus().now;
}

/**
 * Tells every follower, once and before it returns. One that fails keeps it from no other.
 * @param {Now} said
 */
export function tell(said) {
  const { followers } = Object.assign(bus(), { now: said });
  for (const act of [...followers]) calling(act, said);
}

/**
 * Calls `act` with what is told from now on, and at once with what was told last.
 * @param {(now: Now) => void} act
 * @returns {() => void} what ends it
 */
export function follow(act) {
  const { followers, now: said } = bus();
  followers.add(act);
  if (said) calling(act, said);
  return () => { followers.delete(act); };
}

/**
 * Tables that parts of the page have of their own, by their address; null until one is there. Who
 * paints their texts fetches them.
 * @returns {Map<string, Table | null>}
 */
export function ownTables() {
  return bus().own;
}

/** What figures have painted, and whom they ask for the server's own. @returns {Bus} */
export function bus() {
  return (window.idcThreshold ??= {
    now: null, followers: new Set(), own: new Map(), painted: NaN, ask: () => {},
  });
}

/** @param {(now: Now) => void} act @param {Now} said */
function calling(act, said) {
  try {
    act(said);
  } catch (error) {
    reportError(error);
  }
}
