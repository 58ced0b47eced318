// What the hand does to the threshold, and what the server has answered: while the hand moves nothing
// is sent, at rest one message, and the threshold moves until its answer stands on the page.

const LATE_MS = 5000; // so long after a page was drawn without it, the message is sent once more

/**
 * @typedef {{ run: string | null, split: string }} About what a threshold is chosen for
 * @typedef {{ threshold: number, about: About, token: string, painted: boolean }} Act as frame/threshold_slider.py takes it
 * @typedef {{ value: number, about: About, answered: string }} Answer `answered`: the token of the last
 *   act that the server took or ignored
 * @typedef {object} Ways
 * @property {(act: Act) => void} send
 * @property {() => void} tell
 * @property {() => number} time
 * @property {() => string} token
 * @property {(at: number) => boolean} isPainted whether the page's charts show a threshold
 */

export class Hand {
  /** What stands on the slider. */
  at = NaN;
  /** Whether the hand has moved and not let go. */
  isHeld = false;
  /** From the first movement until the answer stands on the page. */
  moving = false;
  /** The act that is not answered yet. @type {Act | null} */
  sent = null;
  /** Whether its answer is being drawn. */
  isAnswered = false;
  since = 0;
  /** @type {Answer | null} */
  server = null;

  /** @param {Ways} ways */
  constructor(ways) { this.ways = ways; }

  /** What the server says now. @param {Answer} answer */
  update(answer) {
    const { server } = this;
    this.server = answer;
    if (server && !isSame(server.about, answer.about)) this.letGo();
    if (this.sent?.token === answer.answered) this.isAnswered = true;
    if (this.isHeld || (this.sent && !this.isAnswered)) return;
    this.at = answer.value;
    this.ways.tell();
  }

  /** The hand moves it. @param {number} at */
  move(at) {
    if (at === this.at && !this.isHeld) return;
    this.isHeld = this.moving = true;
    this.at = at;
  }

  /** The hand has let go, or rests. */
  rest() {
    if (!this.isHeld || !this.server) return;
    this.isHeld = false;
    if (this.sent?.threshold === this.at) return;
    if (!this.sent && this.at === this.server.value) return this.end();
    this.ask(this.at, this.server.about, this.ways.isPainted(this.at));
  }

  /** Has the server send its own of all that it left to the browser. */
  settle() {
    if (!this.moving && !this.sent && this.server) this.ask(this.at, this.server.about, false);
  }

  /** @param {number} threshold @param {About} about @param {boolean} painted */
  ask(threshold, about, painted) {
    this.sent = { threshold, about, token: this.ways.token(), painted };
    this.isAnswered = false;
    this.hurry();
  }

  /** All of an answer stands on the page. */
  drawn() {
    if (this.sent && !this.isAnswered) {
      if (this.ways.time() - this.since > LATE_MS) this.hurry();
      return;
    }
    this.sent = null;
    if (this.moving && !this.isHeld) this.end();
  }

  hurry() {
    if (!this.sent) return;
    this.since = this.ways.time();
    this.ways.send(this.sent);
  }

  /** Another run or split: what was moved, was moved for the one before. */
  letGo() {
    this.isHeld = false;
    this.sent = null;
  }

  end() {
    this.moving = false;
    if (this.server) this.at = this.server.value;
    this.ways.tell();
  }
}

/** @param {About} one @param {About} other */
function isSame(one, other) {
  return one.run === other.run && one.split === other.split;
}
