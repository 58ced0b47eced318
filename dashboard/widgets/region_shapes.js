// Geometry of regions: what is drawn, how large it is, which corner or edge lies under the pointer.
// Coordinates are pixels of the slide's frame; a ring is x, y, x, y, … without the point that closes it.

/**
 * @typedef {{ x: number, y: number }} Spot
 * @typedef {number[]} Ring
 * @typedef {Ring[]} Part a polygon: its exterior, then its holes
 * @typedef {{ points: [number, number][], radius: number, erases: boolean }} Stroke
 * @typedef {{ part: number, ring: number, corner: number }} Handle a corner by its numbers
 */

/**
 * Area of a ring, whichever way it turns.
 * @param {Ring} ring
 */
export function ringArea(ring) {
  let twice = 0;
  for (let at = 0; at < ring.length; at += 2) {
    const next = (at + 2) % ring.length;
    twice += ring[at] * ring[next + 1] - ring[next] * ring[at + 1];
  }
  return Math.abs(twice) / 2;
}

/**
 * Area of polygons without their holes, a pixel being `um` wide and high; [1, 1] for pixels.
 * @param {Part[]} parts @param {[number, number]} um
 */
export function areaOfParts(parts, [across, down]) {
  return across * down * parts.reduce((sum, [outer, ...holes]) =>
    sum + ringArea(outer) - holes.reduce((cut, hole) => cut + ringArea(hole), 0), 0);
}

/**
 * Length of all edges, those of holes too.
 * @param {Part[]} parts @param {[number, number]} um
 */
export function perimeterOf(parts, [across, down]) {
  let sum = 0;
  for (const ring of parts.flat()) {
    for (let at = 0; at < ring.length; at += 2) {
      const next = (at + 2) % ring.length;
      sum += Math.hypot((ring[next] - ring[at]) * across, (ring[next + 1] - ring[at + 1]) * down);
    }
  }
  return sum;
}

/**
 * The corner nearest to a point, no farther than `reach`; null where none is.
 * @param {Part[]} parts @param {Spot} point @param {number} reach
 * @returns {Handle | null}
 */
export function cornerAt(parts, point, reach) {
  /** @type {Handle | null} */
  let found = null;
  let nearest = reach;
  parts.forEach((rings, part) => rings.forEach((points, ring) => {
    for (let corner = 0; 2 * corner < points.length; corner++) {
      const away = Math.hypot(points[2 * corner] - point.x, points[2 * corner + 1] - point.y);
      if (away <= nearest) [found, nearest] = [{ part, ring, corner }, away];
    }
  }));
  return found;
}

/**
 * The edge nearest to a point, no farther than `reach`, by the corner that a new one on it would be;
 * null where none is.
 * @param {Part[]} parts @param {Spot} point @param {number} reach
 * @returns {Handle | null}
 */
export function edgeAt(parts, point, reach) {
  /** @type {Handle | null} */
  let found = null;
  let nearest = reach;
  parts.forEach((rings, part) => rings.forEach((points, ring) => {
    for (let at = 0; at < points.length; at += 2) {
      const next = (at + 2) % points.length;
      const away = awayFrom(point, points[at], points[at + 1], points[next], points[next + 1]);
      if (away <= nearest) [found, nearest] = [{ part, ring, corner: at / 2 + 1 }, away];
    }
  }));
  return found;
}

/**
 * Distance of a point from an edge.
 * @param {Spot} point @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1
 */
function awayFrom({ x, y }, x0, y0, x1, y1) {
  const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const along = square ? Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / square)) : 0;
  return Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0));
}

/**
 * The polygons with a ring changed: `cut` numbers from `corner` on are replaced by `put`.
 * @param {Part[]} parts @param {Handle} handle @param {number} cut @param {number[]} put
 * @returns {Part[]}
 */
function changed(parts, { part, ring, corner }, cut, put) {
  return parts.map((rings, at) => at !== part ? rings
    : rings.map((points, number) => number !== ring ? points : points.toSpliced(2 * corner, cut, ...put)));
}

/** @param {Part[]} parts @param {Handle} handle @param {Spot} to @returns {Part[]} */
export function withMoved(parts, handle, { x, y }) { return changed(parts, handle, 2, [x, y]); }

/** @param {Part[]} parts @param {Handle} handle @param {Spot} at @returns {Part[]} */
export function withAdded(parts, handle, { x, y }) { return changed(parts, handle, 0, [x, y]); }

/**
 * Without a corner; of a ring of three the ring goes, and with the exterior its polygon.
 * @param {Part[]} parts @param {Handle} handle @returns {Part[]}
 */
export function withRemoved(parts, handle) {
  const { part, ring } = handle;
  if (parts[part][ring].length > 6) return changed(parts, handle, 2, []);
  if (ring === 0) return parts.toSpliced(part, 1);
  return parts.map((rings, at) => at === part ? rings.toSpliced(ring, 1) : rings);
}

/**
 * The corner after another one, through all rings and round again; the first for none.
 * @param {Part[]} parts @param {Handle | null} from @param {1 | -1} step
 * @returns {Handle | null}
 */
export function nextCorner(parts, from, step) {
  const all = parts.flatMap((rings, part) => rings.flatMap((points, ring) =>
    Array.from({ length: points.length / 2 }, (_, corner) => ({ part, ring, corner }))));
  if (!all.length) return null;
  const at = from ? all.findIndex((each) => JSON.stringify(each) === JSON.stringify(from)) : -1;
  if (at < 0) return all[0];
  return all[(at + step + all.length) % all.length];
}

/**
 * What a region's size is called, as the server says it of a stored one.
 * @param {number} area in µm² or px² @param {number} length in µm or px @param {boolean} inUm
 */
export function sizeInWords(area, length, inUm) {
  const many = (/** @type {number} */ value) => Math.round(value).toLocaleString("en-US");
  const few = (/** @type {number} */ value) => String(Number(value.toPrecision(3)));
  const round = length >= 100 ? many(length) : few(length);
  if (!inUm) return `${many(area)} px², perimeter ${round} px`;
  const mm = area / 1e6;
  return `${mm >= 1000 ? many(mm) : few(mm)} mm², perimeter ${round} µm`;
}
