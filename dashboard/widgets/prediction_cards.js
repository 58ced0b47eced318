// One card per patch: picture, score on a scale from 0 to 1 with the threshold, prediction.
// File names are other people's text: they are only ever set as text.
import { digits } from "./digits.js";
import { find, make } from "./dom.js";

/**
 * @typedef {{ picture: string, score: number, prediction: string, label: string, colour: string,
 *   name: string, note: string }} Card as widgets/prediction_cards.py sends it
 */

/** @param {Mounted<{ cards: Card[], threshold: number }>} mounted */
export default function ({ data, parentElement, setTriggerValue }) {
  const cards = find(parentElement, ".cards");
  cards.replaceChildren(...data.cards.map((card, at) => draw(card, at)));

  /** @param {Card} card @param {number} at */
  function draw(card, at) {
    const article = make("article", "card");
    article.style.setProperty("--colour", card.colour);
    const picture = new Image();
    picture.src = card.picture;
    picture.alt = `Patch ${card.name}, score ${digits(card.score, 2)}, ${card.prediction}`;
    const said = make("div", "said");
    const head = make("div", "head");
    head.append(make("strong", "number", digits(card.score, 2)), make("span", "call", card.prediction));
    said.append(head, rule(card), make("div", "label", card.label));
    const name = make("div", "name", card.name);
    name.title = card.name;
    said.append(name);
    if (card.note) said.append(make("div", "note", card.note));
    const why = make("button", "why", "Why?");
    why.type = "button";
    why.setAttribute("aria-label", `Why? Show the evidence for ${card.name}`);
    why.onclick = () => setTriggerValue("why", at);
    said.append(why);
    article.append(picture, said);
    return article;
  }

  /** @param {Card} card */
  function rule(card) {
    const line = make("div", "rule");
    line.setAttribute("aria-hidden", "true");
    const fill = make("i", "fill"), mark = make("i", "mark"), dot = make("i", "dot");
    fill.style.width = dot.style.left = `${100 * card.score}%`;
    mark.style.left = `${100 * data.threshold}%`;
    mark.title = `threshold ${digits(data.threshold, 3)}`;
    line.append(fill, mark, dot);
    return line;
  }
}
