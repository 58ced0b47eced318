// One card a patch: picture, score on a rule from 0 to 1 with the operating point, call in words.
// File names are other people's text: they are only ever set as text.
export default function ({ data, parentElement, setTriggerValue }) {
  const cards = parentElement.querySelector(".cards");
  cards.replaceChildren(...data.cards.map((card, at) => draw(card, at)));

  function draw(card, at) {
    const article = add("article", "card");
    article.style.setProperty("--colour", card.colour);
    const picture = new Image();
    picture.src = card.picture;
    picture.alt = `Patch ${card.name}, score ${digits(card.score, 2)}, ${card.call}`;
    const said = add("div", "said");
    const head = add("div", "head");
    head.append(add("strong", "number", digits(card.score, 2)), add("span", "call", card.call));
    said.append(head, rule(card), add("div", "label", card.label));
    const name = add("div", "name", card.name);
    name.title = card.name;
    said.append(name);
    if (card.note) said.append(add("div", "note", card.note));
    const why = add("button", "why", "Why?");
    why.type = "button";
    why.setAttribute("aria-label", `Why? See ${card.name} in the feature maps`);
    why.onclick = () => setTriggerValue("why", at);
    said.append(why);
    article.append(picture, said);
    return article;
  }

  function rule(card) {
    const line = add("div", "rule");
    line.setAttribute("aria-hidden", "true");
    const fill = add("i", "fill"), mark = add("i", "mark"), dot = add("i", "dot");
    fill.style.width = dot.style.left = `${100 * card.score}%`;
    mark.style.left = `${100 * data.threshold}%`;
    mark.title = `threshold ${digits(data.threshold, 3)}`;
    line.append(fill, mark, dot);
    return line;
  }
}

// Digits that say something, wherever in 0 to 1 the score lies.
function digits(score, places) {
  if (score > 0 && score < 0.01) return plain(score.toPrecision(3));
  const half = 0.5 * 10 ** -places; // from here on so many places would say 1
  if (score >= 1 - half && score < 1) return `1 − ${plain((1 - score).toPrecision(3))}`;
  return score.toFixed(places);
}

// 1.00e-7 as 1e-7.
function plain(text) { return text.replace(/\.?0+(?=e|$)/, ""); }

function add(kind, name, text) {
  const element = document.createElement(kind);
  element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}
