// The bar folds to one line that says what is selected.
import { find } from "../widgets/dom.js";
import { foldBar, isBarFolded } from "../widgets/streamlit_page.js";

/**
 * Draws the button that folds the bar, and what is selected while it is folded.
 * @param {HTMLElement} end
 * @param {string} selected
 */
export function offerFold(end, selected) {
  const words = find(end, ".selected"), button = find(end, ".fold");
  words.textContent = selected;

  const draw = () => {
    const folded = isBarFolded();
    end.classList.toggle("folded", folded);
    words.hidden = !folded;
    button.textContent = folded ? "▼" : "▲";
    button.title = folded ? "Show the controls of the bar" : "Collapse the bar to one line";
    button.setAttribute("aria-label", button.title);
    button.setAttribute("aria-expanded", String(!folded));
  };

  button.onclick = () => {
    foldBar(!isBarFolded());
    draw();
  };
  draw();
}
